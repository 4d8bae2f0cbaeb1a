// Package review is the screen of the post-mortem of an incident: its texts,
// which several people write at once, what contributed, the actions with their
// owners and days, who reads and approves it, and what it lacks before it is
// published.
package review

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/report"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// Screen is the screen of the post-mortem. All but Read belongs to the UI
// goroutine.
type Screen struct {
	host screen.Host
	keys *keys.Map

	// wanted is what Read is to read: it runs on another goroutine.
	wanted struct {
		sync.Mutex
		want
	}
	// answers counts the texts that were sent and answered: what was read before
	// one may lack it.
	answers atomic.Int64

	content content
	rows    []line
	shown   string // the row at the right
	drawn   line
	writing bool // the keyboard is in the text
	later   screen.Later
	export  func(report.Document) // waits for the paper

	title  *form.Words
	stands *form.Words
	filter *form.Filter
	list   *part.SheetList
	panel  *form.Panel
	page   *fyne.Container
	scroll *container.Scroll
	below  *fyne.Container // the page, with the buttons of its form under it
	writer *writer
	empty  *part.EmptyState
	body   *fyne.Container
	object *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// listWide is the width of the list: most titles of actions and factors are whole in it.
const listWide = 540

// scrollRoom keeps what is read clear of the scroll bar.
const scrollRoom = 10

// New makes the screen.
func New(h screen.Host) *Screen {
	s := &Screen{
		host: h, keys: keys.Default(), title: form.Heading("").Most(titleLines), stands: form.NewWords("", form.Quiet), list: part.NewSheetList("unnoticed"),
		panel: form.NewPanel(h, "review."), page: form.Stack(8),
		empty: part.NewEmptyState("There is no incident yet. The post-mortem of one is written here: together, from the log, asking how and not who."),
	}
	s.writer = newWriter(s)
	s.panel.OnClose = func() {
		s.drawPage()
		s.host.Focus(s.list)
	}
	s.list.OnSelect = func(string) { s.look() }
	s.list.OnOpen = func(string) { s.enter() }
	s.list.OnPeek = func(string) { s.enter() }
	s.list.OnRune = func(r rune) {
		if e, ok := s.keys.Rune(r); ok && !s.Run(e.ID) {
			s.pass(e.ID)
		}
	}
	s.list.OnKey = func(k *fyne.KeyEvent) {
		if e, ok := s.keys.Key(k.Name); ok && !s.Run(e.ID) {
			s.pass(e.ID)
		}
	}
	s.scroll = form.Scroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, scrollRoom), s.page))
	s.panel.Foot = form.Stack(4)
	s.below = form.Footed(s.scroll, container.New(layout.NewCustomPaddedLayout(0, 0, form.RingRoom, form.RingRoom), s.panel.Foot))
	s.body = form.Halves(listWide, s.list, container.NewStack(form.Flush(s.below), s.writer.object), func() bool { return s.writing || s.panel.IsOpen() })
	s.filter = form.NewFilter("Filter: words of a row", s.host.Focus, s.list, s.refilter)
	top := form.Stack(4, s.title, s.stands, s.filter.Entry)
	s.object = container.New(form.Margins(), container.NewBorder(top, nil, nil, nil, container.NewStack(s.body, s.empty)))
	return s
}

func (s *Screen) pass(id keys.ID) {
	if shell, ok := s.host.(interface{ Run(keys.ID) bool }); ok {
		shell.Run(id)
	}
}

// Title names the screen.
func (s *Screen) Title() string { return "Review" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read copies the post-mortem and gives the step that shows it.
func (s *Screen) Read(in screen.Input) func() {
	s.wanted.Lock()
	w := s.wanted.want
	s.wanted.Unlock()
	answered := s.answers.Load()
	c := read(in, w)
	return func() {
		s.wanted.Lock()
		same := s.wanted.incident == w.incident
		s.wanted.Unlock()
		if !same {
			return // another incident is read next
		}
		s.content = c
		s.draw()
		if c.section == s.writer.section && c.id == s.writer.incident && answered == s.answers.Load() && c.err == nil {
			s.writer.follow(c.text, sectionNamed(c.section))
		}
		s.hand(c.paper)
		s.object.Refresh()
		if waited := s.later.Fresh(); waited != "" {
			s.carry(waited)
		}
	}
}

// hand gives the paper to the export that waits for it.
func (s *Screen) hand(paper *report.Document) {
	if then := s.export; then != nil && paper != nil {
		s.export = nil
		s.wanted.Lock()
		s.wanted.paper = false
		s.wanted.Unlock()
		then(*paper)
	}
}

func sectionNamed(name string) model.ReviewSection {
	for _, section := range model.ReviewSections {
		if section.Name == name {
			return section
		}
	}
	return model.ReviewSection{}
}

// Tick sends what was typed.
func (s *Screen) Tick(now time.Time) { s.writer.tick(now) }

// Shown puts the keyboard into the list.
func (s *Screen) Shown(front bool) {
	s.later.Forget()
	s.later.Stale()
	if !front {
		s.writer.save()
		return
	}
	s.host.Focus(s.list)
}

// Open shows the post-mortem of an incident.
func (s *Screen) Open(id model.ID) {
	s.wanted.Lock()
	same := s.wanted.incident == id
	s.wanted.incident, s.wanted.section = id, ""
	s.wanted.Unlock()
	if same {
		return
	}
	s.panel.Close()
	s.writer.save()
	s.shown, s.export = "", nil
	s.later.Stale()
	s.host.Refresh()
}

func (s *Screen) draw() {
	c := s.content
	none := c.id.Zero()
	form.Show(s.empty, none)
	form.Show(s.body, !none)
	if none {
		s.title.Set("Post-mortem", form.Plain)
		s.stands.Set("", form.Quiet)
		return
	}
	s.title.Set("Post-mortem of "+c.view.Incident+"  "+text.Line(c.view.Title), form.Plain)
	s.stands.Set(s.standing(), form.Quiet)
	s.drawRows()
	if s.list.Selected() == "" || s.row(s.list.Selected()).ID == "" {
		s.list.Select(s.rows[0].ID)
	}
	s.look()
}

// titleLines leaves a small window with large text room for the post-mortem.
const titleLines = 2

// standing says in a line how far the post-mortem is.
func (s *Screen) standing() string {
	v := s.content.view
	parts := []string{plain.Capital(stateWord(v.Status))}
	if v.Owner != "" {
		parts = append(parts, text.Line(v.Owner)+" sees it through")
	}
	if !v.MeetingAt.IsZero() {
		word := "meeting "
		if !v.Steps[model.StepHeld].IsZero() {
			word = "met "
		}
		parts = append(parts, word+stamp(v.MeetingAt, s.host.Zone()))
	}
	if n := len(v.Checks); n > 0 && v.Steps[model.StepPublished].IsZero() {
		parts = append(parts, text.Count(n, "thing is missing", "things are missing"))
	}
	if len(s.content.all) > 1 {
		parts = append(parts, "[ and ] go to other incidents")
	}
	return strings.Join(parts, " · ")
}

func (s *Screen) drawRows() {
	s.rows = s.content.lines(s.host.Now(), s.host.Zone(), func(section string) bool {
		return s.host.Drafted("review."+s.content.id.String()+"."+section) != ""
	})
	s.rows = slices.DeleteFunc(s.rows, func(l line) bool { return !l.Head && !s.filter.Holds(l.Mark, l.Label, l.Text, l.Meta, s.textOf(l)) })
	rows := make([]part.SheetRow, len(s.rows))
	for i, l := range s.rows {
		rows[i] = l.SheetRow
	}
	s.list.SetRows(rows)
}

// textOf is what a row about a text holds, for the filter.
func (s *Screen) textOf(l line) string {
	for _, t := range s.content.view.Sections {
		if l.kind == rowText && t.Name == l.key {
			return t.Text
		}
	}
	return ""
}

// refilter shows the rows that are left.
func (s *Screen) refilter() {
	if s.content.id.Zero() {
		return
	}
	s.drawRows()
	if i := slices.IndexFunc(s.rows, func(l line) bool { return !l.Head }); s.filter.Entry.Text != "" && i >= 0 {
		s.list.Select(s.rows[i].ID)
	}
	s.look()
}

// row finds a row by its id.
func (s *Screen) row(id string) line {
	if i := slices.IndexFunc(s.rows, func(l line) bool { return l.ID == id }); i >= 0 {
		return s.rows[i]
	}
	return line{}
}

// look shows the row that is selected.
func (s *Screen) look() {
	l := s.row(s.list.Selected())
	moved := l.ID != s.shown
	if moved {
		s.shown = l.ID
		s.panel.Close()
	}
	section := ""
	if l.kind == rowText {
		section = l.key
		s.writer.open(s.content.id, section)
	} else {
		s.writer.save()
	}
	s.wanted.Lock()
	changed := s.wanted.section != section
	s.wanted.section = section
	s.wanted.Unlock()
	if changed {
		s.host.Refresh()
	}
	form.Show(s.writer.object, section != "" && !s.panel.IsOpen())
	form.Show(s.below, section == "" || s.panel.IsOpen())
	s.drawPage()
	s.object.Refresh()
	if moved {
		s.scroll.ScrollToTop()
		s.list.Select(l.ID) // what is read took room: the row stays in sight
	}
}

// enter does what Enter does with the row: it goes into the text, or begins the
// first of its acts.
func (s *Screen) enter() {
	l := s.row(s.list.Selected())
	switch {
	case l.kind == rowText:
		s.host.Focus(s.writer.area)
	case len(l.acts) > 0:
		s.begin(l.acts[0])
	}
}

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	switch command {
	case "capture.submit":
		switch {
		case s.panel.IsOpen():
			s.panel.Press()
		case s.writer.object.Visible():
			s.writer.refused = ""
			s.writer.save()
		default:
			return false
		}
	case "go.find", "list.filter":
		s.filter.Find()
	case "go.back":
		if !s.panel.IsOpen() {
			return s.filter.Leave()
		}
		s.panel.Close()
	case "list.open", "timeline.edit":
		s.enter()
	case "go.previous.here", "go.previous":
		s.step(-1)
	case "go.next.here", "go.next":
		s.step(1)
	case "list.down":
		s.list.Step(1)
	case "list.up":
		s.list.Step(-1)
	case "list.top":
		s.list.Step(-len(s.rows))
	case "list.end":
		s.list.Step(len(s.rows))
	default:
		return s.carry(command)
	}
	return true
}

// step shows the next of the incidents.
func (s *Screen) step(by int) {
	n := len(s.content.all)
	if at := slices.Index(s.content.all, s.content.id); at >= 0 && n > 1 {
		s.Open(s.content.all[(at+by+n)%n])
	}
}

// Pick selects a row by the start of its id.
func (s *Screen) Pick(id string) {
	for _, l := range s.rows {
		if strings.HasPrefix(l.ID, id) {
			s.list.Select(l.ID)
			return
		}
	}
}
