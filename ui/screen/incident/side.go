package incident

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// side is the right panel: roles, tasks, milestones.
type side struct {
	screen     *Screen
	roles      *section
	tasks      *section
	milestones *section
	task       string // the task selected last
	allTasks   bool
	allRoles   bool // also those nobody has and not every incident needs
	column     *fyne.Container
	object     *container.Scroll
}

// scrollRoom keeps the rows clear of the scroll bar.
const scrollRoom = 10

// Widths of the left column of the sections, in units at the usual text size.
const (
	roleColumn      = 148
	milestoneColumn = 92
)

func newSide(s *Screen) *side {
	p := &side{screen: s}
	p.roles, p.tasks, p.milestones = newSection("Roles", roleColumn), newSection("Tasks", 0), newSection("Milestones", milestoneColumn)
	p.column = container.NewVBox(p.roles.object, p.tasks.object, p.milestones.object)
	p.object = container.NewVScroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, scrollRoom), p.column))
	return p
}

// section is a heading and its rows. Rows are kept and set again.
type section struct {
	note   *item.Note
	head   *fyne.Container
	rows   []*item.Row
	left   float32
	body   *fyne.Container
	object *fyne.Container
}

func newSection(title string, left float32) *section {
	heading := item.NewNote(base.ColorNameForeground, base.SizeNameCaptionText, true, false)
	heading.Set(title, base.ColorNameForeground)
	s := &section{note: item.NewNote(theme.ColorMuted, base.SizeNameCaptionText, false, false), left: left, body: container.New(&rowsLayout{})}
	s.head = container.NewBorder(nil, nil, heading, s.note)
	s.object = container.NewVBox(s.head, s.body)
	return s
}

// say sets the words beside the heading.
func (s *section) say(words string) {
	if s.note.Set(words, theme.ColorMuted) {
		s.head.Refresh()
	}
}

// fill gives the section n rows.
func (s *section) fill(n int) {
	if n == len(s.rows) {
		return
	}
	for len(s.rows) < n {
		s.rows = append(s.rows, item.New(s.left))
	}
	s.rows = s.rows[:n]
	s.body.Objects = s.body.Objects[:0]
	for _, r := range s.rows {
		s.body.Objects = append(s.body.Objects, r)
	}
	s.body.Refresh()
}

func (p *side) set(c content, now time.Time) {
	p.setRoles(c)
	p.setTasks(c, now)
	p.setMilestones(c, now)
	p.column.Refresh()
	p.object.Refresh()
}

// essential roles are wanted in every incident: an empty one is said aloud.
func essential(role string) bool {
	return role == model.RoleCommander || role == model.RoleComms || role == model.RoleScribe || role == model.RoleOnCall
}

func (p *side) setRoles(c content) {
	shown := c.holders
	if !p.allRoles {
		shown = slices.DeleteFunc(slices.Clone(shown), func(h holder) bool { return len(h.people) == 0 && !essential(h.role.Name) })
	}
	hidden := len(c.holders) - len(shown)
	p.roles.fill(len(shown) + 1)
	for i, h := range shown {
		p.roles.rows[i].Set(roleContent(h))
		p.bindRole(p.roles.rows[i], h)
	}
	last := p.roles.rows[len(shown)]
	words := text.Count(hidden, "more role, unassigned", "more roles, unassigned")
	if p.allRoles {
		words = "Fewer roles"
	}
	last.Set(item.Content{Left: words})
	last.OnOpen = func() {
		p.allRoles = !p.allRoles
		p.screen.host.Refresh()
	}
	last.OnRune, last.OnKey = p.screen.rune, p.screen.sideKey
	p.roles.say("a assigns · x releases")
}

func roleContent(h holder) item.Content {
	it := item.Content{Left: h.role.Title}
	switch n := len(h.people); {
	case n == 0 && essential(h.role.Name):
		it.Main, it.MainColor = "UNASSIGNED", theme.Severity(0).Text
	case n == 0:
		it.Main, it.MainColor = "unassigned", theme.ColorMuted
	case h.conflict:
		it.Main, it.Right, it.RightColor = joined(firsts(h.people)), "conflict", theme.Severity(0).Text
	default:
		it.Main, it.Person = strings.Join(firsts(h.people), " / "), true
		if !h.accepted {
			it.Right, it.RightColor = "not accepted", theme.Severity(2).Text
			if h.mine {
				it.Right = "Enter accepts"
			}
		}
	}
	return it
}

func (p *side) bindRole(r *item.Row, h holder) {
	s := p.screen
	r.OnOpen = func() {
		if h.mine && !h.accepted {
			s.do(model.AcceptRole{Incident: s.content.id.String(), Role: h.role.Name}, "You hold "+h.role.Title)
			return
		}
		s.begin("/assign " + h.role.Name + " @")
	}
	r.OnRune = func(c rune) {
		switch {
		case c == 'x' && len(h.people) > 0:
			p.release(h)
		case c == 'a':
			s.begin("/assign " + h.role.Name + " @")
		default:
			s.rune(c)
		}
	}
	r.OnKey = s.sideKey
}

// release empties a role, after a question.
func (p *side) release(h holder) {
	s := p.screen
	s.host.Confirm("Release "+h.role.Title+"?", joined(h.people)+" will not hold it any more.", "Release", func() {
		for _, id := range h.ids {
			s.do(model.ReleaseRole{Incident: s.content.id.String(), Role: h.role.Name, Person: id.String()}, h.role.Title+" is released")
			if !h.role.Several {
				return
			}
		}
	})
}

// tasksShown is how many tasks are shown before the rest is asked for.
const tasksShown = 8

func (p *side) setTasks(c content, now time.Time) {
	tasks := inOrder(c.tasks)
	shown := len(tasks)
	if !p.allTasks && shown > tasksShown+1 {
		shown = tasksShown
	}
	more := len(tasks) > tasksShown+1
	rows := max(shown, 1)
	if more {
		rows++
	}
	p.tasks.fill(rows)
	for i, t := range tasks[:shown] {
		p.tasks.rows[i].Set(taskContent(t, now))
		p.bindTask(p.tasks.rows[i], t)
	}
	if more {
		p.bindMore(p.tasks.rows[shown], len(tasks)-shown)
	}
	open, overdue := 0, 0
	for _, t := range tasks {
		if !t.Done {
			open++
			if !t.DueAt.IsZero() && t.DueAt.Before(now) {
				overdue++
			}
		}
	}
	if len(c.tasks) == 0 {
		r := p.tasks.rows[0]
		r.Set(item.Content{Main: "No task yet", MainColor: theme.ColorMuted, Right: "t adds one"})
		r.OnOpen, r.OnRune, r.OnKey, r.OnFocus = func() { p.screen.begin("/task @") }, p.screen.rune, p.screen.sideKey, nil
	}
	says := ""
	if len(c.tasks) > 0 {
		says = text.Count(open, "open", "open")
	}
	if overdue > 0 {
		says += ", " + text.Count(overdue, "overdue", "overdue")
	}
	p.tasks.say(says)
}

func taskContent(t model.TaskView, now time.Time) item.Content {
	it := item.Content{Main: text.Line(t.Text), Box: true, Ticked: t.Done}
	if t.Owner != "" {
		it.Main = author(t.Owner) + ": " + it.Main
	}
	if t.Done {
		it.MainColor = theme.ColorMuted
		return it
	}
	if t.DueAt.IsZero() {
		return it
	}
	var tone text.Tone
	it.Right, tone = due(t.DueAt.Sub(now))
	switch tone {
	case text.Late:
		it.RightColor = theme.Severity(0).Text
	case text.Soon:
		it.RightColor = theme.Severity(2).Text
	case text.Quiet:
	}
	return it
}

// bindMore makes the row that shows the other tasks, or fewer again.
func (p *side) bindMore(r *item.Row, hidden int) {
	words := text.Count(hidden, "more task", "more tasks")
	if p.allTasks {
		words = "Fewer tasks"
	}
	r.Set(item.Content{Main: words, MainColor: theme.ColorMuted})
	r.OnOpen = func() {
		p.allTasks = !p.allTasks
		p.screen.host.Refresh()
	}
	r.OnRune, r.OnKey, r.OnFocus = p.screen.rune, p.screen.sideKey, nil
}

// inOrder puts open tasks first, those due first before the others.
func inOrder(tasks []model.TaskView) []model.TaskView {
	tasks = slices.Clone(tasks)
	rank := func(t model.TaskView) int {
		switch {
		case t.Done:
			return 2
		case t.DueAt.IsZero():
			return 1
		}
		return 0
	}
	slices.SortStableFunc(tasks, func(a, b model.TaskView) int {
		return cmp.Or(rank(a)-rank(b), a.DueAt.Compare(b.DueAt))
	})
	return tasks
}

func (p *side) bindTask(r *item.Row, t model.TaskView) {
	s, id := p.screen, t.ID.String()
	finish := func() {
		p.task = id
		if t.Done {
			s.host.Toast("Answered: " + text.Line(t.Result))
			return
		}
		s.begin("/done ")
	}
	r.OnOpen = finish
	r.OnFocus = func() { p.task = id }
	r.OnRune = func(c rune) {
		if c == 'x' {
			finish()
			return
		}
		s.rune(c)
	}
	r.OnKey = s.sideKey
}

// current gives the open task a line without a name is about: the one selected
// last, or the only one.
func (p *side) current(c content) (id string, open int) {
	only := ""
	for _, t := range c.tasks {
		if t.Done {
			continue
		}
		open++
		only = t.ID.String()
		if only == p.task {
			id = only
		}
	}
	if id == "" && open == 1 {
		id = only
	}
	return id, open
}

func (p *side) setMilestones(c content, now time.Time) {
	names := c.milestones()
	p.milestones.fill(len(names))
	for i, name := range names {
		r := p.milestones.rows[i]
		it := item.Content{Left: milestoneLabel(name), Main: "not set", MainColor: theme.ColorMuted}
		if at, ok := c.marks[name]; ok {
			it.Main, it.MainColor = text.Clock(at)+" UTC", ""
			if at.UTC().Format(time.DateOnly) != now.UTC().Format(time.DateOnly) {
				it.Right = at.UTC().Format("2 Jan")
			}
		}
		r.Set(it)
		r.OnOpen = func() { p.screen.begin("/milestone " + name + " ") }
		r.OnRune, r.OnKey = p.screen.rune, p.screen.sideKey
	}
}

// milestones are those every incident has, and the others where they are set.
func (c content) milestones() []string {
	var out []string
	for _, name := range model.Milestones {
		_, set := c.marks[name]
		if set || name != "closed" && name != "reopened" {
			out = append(out, name)
		}
	}
	return out
}

// milestoneLabel writes a milestone for people.
func milestoneLabel(name string) string { return sentence(strings.ReplaceAll(name, "-", " ")) }

func joined(people []string) string { return strings.Join(people, " and ") }

// rowsLayout puts rows below each other without a gap.
type rowsLayout struct{}

func (rowsLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, 0)
	for _, o := range objects {
		m := o.MinSize()
		size = fyne.NewSize(max(size.Width, m.Width), size.Height+m.Height)
	}
	return size
}

func (rowsLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		h := o.MinSize().Height
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, h))
		y += h
	}
}
