package incident

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// sheetKind is what the drawer over the box shows.
type sheetKind int

const (
	drawerShut sheetKind = iota
	drawerSeverity
	drawerTools
	drawerSheet
	drawerFiles
	drawerPicture
	drawerCustomers
)

// drawer asks over the box, and keeps nobody from anything: the timeline, the
// box and every key work on beside it.
type drawer struct {
	screen *Screen
	kind   sheetKind
	offer  model.OfferView // with drawerSheet; none is zero
	ending ending          // with drawerCustomers
	title  *item.Note
	hint   *item.Note
	shut   *fynex.Button
	list   *item.List
	object *fyne.Container
	// skipped are incidents whose question for the tools was put off here.
	skipped map[model.ID]bool
}

func newDrawer(s *Screen) *drawer {
	d := &drawer{
		screen: s, list: item.NewList(), skipped: map[model.ID]bool{},
		title: item.NewNote(base.ColorNameForeground, base.SizeNameText, true, false),
		hint:  item.NewNote(theme.ColorMuted, base.SizeNameCaptionText, false, true),
	}
	d.shut = fynex.NewButton("Not now", d.close)
	d.shut.SetHint("Esc")
	d.list.Focus = func(f fyne.Focusable) { s.host.Focus(f) }
	d.list.Rune = s.command
	d.list.Key = func(k *fyne.KeyEvent) bool {
		id, file := strings.CutPrefix(d.list.At(), "file.")
		switch {
		case k.Name == fyne.KeyEscape:
			d.close()
		case d.kind == drawerFiles && file && (k.Name == fyne.KeyDelete || k.Name == fyne.KeyBackspace):
			s.files.retract(id)
		default:
			return false
		}
		return true
	}
	d.list.Hint = d.say
	head := container.NewBorder(nil, nil, d.title, d.shut, d.hint)
	d.object = container.New(&drawerLayout{d}, head, d.list.Object())
	return d
}

func (d *drawer) say(hint string) {
	if hint == "" {
		hint = "Ctrl+J goes there"
	}
	d.hint.Set(hint, theme.ColorMuted)
}

// show opens the drawer. enter moves the keyboard into it.
func (d *drawer) show(kind sheetKind, enter bool) {
	s := d.screen
	if s.versionsOf != "" {
		s.versions("")
	}
	fresh := d.kind != kind
	d.kind = kind
	d.say("")
	d.shut.SetText("Not now")
	if kind == drawerFiles || kind == drawerSheet { // nothing is put off
		d.shut.SetText("Close")
	}
	d.set(s.host.Now())
	s.panel.Objects = []fyne.CanvasObject{d.object}
	if kind == drawerPicture {
		s.panel.Objects = []fyne.CanvasObject{s.files.picture.object}
		enter = false
	}
	setVisible(s.panel, true)
	s.panel.Refresh()
	s.relayout()
	if fresh {
		d.list.Object().ScrollToTop()
	}
	if enter {
		d.list.Enter()
	}
}

// close shuts the drawer; a question that was not answered stays owed.
func (d *drawer) close() {
	s := d.screen
	if d.kind == drawerShut {
		return
	}
	if d.kind == drawerTools {
		d.skipped[s.content.id] = true
		if !s.content.work.asked {
			s.host.Toast("Which tools are down stays among what is due")
		}
	}
	if d.kind == drawerPicture {
		d.show(drawerFiles, true)
		return
	}
	inside := d.list.Held()
	d.kind = drawerShut
	setVisible(s.panel, false)
	s.relayout()
	if inside {
		s.host.Focus(s.timeline)
	}
}

// set draws what the drawer shows.
func (d *drawer) set(now time.Time) {
	s := d.screen
	switch d.kind {
	case drawerSeverity:
		d.title.Set("How severe is it?", base.ColorNameForeground)
		d.list.Set(d.severity())
	case drawerTools:
		d.title.Set("Which tools are down?", base.ColorNameForeground)
		d.list.Set(d.tools())
	case drawerSheet:
		d.title.Set("Hand-over sheet", base.ColorNameForeground)
		d.list.Set(d.sheet(now))
	case drawerFiles:
		title, note := s.files.title()
		d.title.Set(title, base.ColorNameForeground)
		d.list.Set(s.files.blocks())
		if !d.list.Held() {
			d.hint.Set(note, theme.ColorMuted)
		}
	case drawerCustomers:
		d.title.Set(d.ending.what+": what are customers told?", base.ColorNameForeground)
		d.list.Set(d.customers())
	case drawerPicture, drawerShut:
	}
}

// severity are the questions of the policy, and the level the answers mean.
func (d *drawer) severity() []item.Block {
	s, a := d.screen, d.screen.content.work.Assessment
	b := item.Block{}
	for i, q := range a.Questions {
		l := line("question."+q.ID, text.Line(q.Text), 2)
		l.Right, l.Hint = "y  n  u", "y yes · n no · u unknown"
		if a.Suggested != "" { // the line below may be out of view
			l.Hint += " · Enter applies " + a.Suggested
			l.Open = func() { s.applySeverity(a) }
		}
		if q.Answer != "" {
			l.Right, l.RightColor = q.Answer, base.ColorNameForeground
		}
		answer := func(word string) func() {
			return func() {
				next := "level"
				if i+1 < len(a.Questions) {
					next = "question." + a.Questions[i+1].ID
				}
				s.host.Do(model.AssessSeverity{Incident: s.content.id.String(), Answers: map[string]string{q.ID: word}}, func(_ model.Done, err error) {
					if err != nil {
						s.host.Fail("The answer was not kept", err)
						return
					}
					d.list.Select(next)
				})
			}
		}
		l.Rune = on(map[rune]func(){'y': answer("yes"), 'n': answer("no"), 'u': answer("unknown")})
		b.Lines = append(b.Lines, l)
	}
	level := line("level", "Not decided yet. "+text.Line(a.Why), 2)
	level.Bold = true
	if a.Suggested != "" {
		level.Main = "The answers mean " + a.Suggested + ": " + text.Line(a.Why)
		level.Right, level.Hint = "Enter applies", "Enter applies it, with a reason"
		level.Open = func() { s.applySeverity(a) }
	}
	other := quiet("level.other", "Set a level without the questions", 1)
	other.Open, other.Hint = func() { s.begin("/sev ") }, "Enter takes the level and its reason"
	b.Lines = append(b.Lines, level, other)
	return []item.Block{b}
}

// applySeverity asks for the reason of a level.
func (s *Screen) applySeverity(a model.AssessmentView) {
	s.ask(question{prompt: "Why " + a.Suggested + "?", begin: text.Line(a.Why), then: func(why string) plan {
		return plan{
			says:     s.content.brief.Severity + " becomes " + a.Suggested + " · Enter applies",
			commands: []model.Command{model.AssessSeverity{Incident: s.content.id.String(), Apply: true, Reason: why}},
			toast:    s.content.code + " is " + a.Suggested,
		}
	}})
}

// toolKeys are the letters of the tools; j and k move.
const toolKeys = "abcdefghilmnopqrstuvwxyz"

// tools asks how each tool of the responders is: a letter a tool.
func (d *drawer) tools() []item.Block {
	s, tools := d.screen, d.screen.content.work.Tools
	b := item.Block{Left: toolColumn, Cell: toolCell}
	turn := func(t model.ToolView) {
		next := model.ToolDown
		if t.State == model.ToolDown {
			next = model.ToolUp
		}
		s.do(model.SetTools{Incident: s.content.id.String(), Tools: map[string]string{t.ID: next}}, text.Line(t.Name)+" is "+next)
	}
	acts := map[rune]func(){}
	for i, t := range tools {
		if i < len(toolKeys) {
			acts[rune(toolKeys[i])] = func() { turn(t) }
		}
	}
	rest := quiet("tools.rest", "All others work", 1)
	rest.Left = "0"
	rest.Hint = "Enter or 0: everything that was not named works"
	rest.Open = func() {
		up := map[string]string{}
		for _, t := range tools {
			if t.State == model.ToolUnknown {
				up[t.ID] = model.ToolUp
			}
		}
		d.close()
		if len(up) > 0 {
			s.do(model.SetTools{Incident: s.content.id.String(), Tools: up}, "The tools are answered for")
		}
	}
	acts['0'] = rest.Open
	rest.Rune = on(acts)
	for i, t := range tools {
		l := item.Line{ID: "tool." + t.ID, Content: item.Content{Main: text.Line(t.Name), Right: t.State, Lines: 1}, Rune: on(acts), Open: func() { turn(t) }}
		if i < len(toolKeys) {
			l.Left = string(toolKeys[i])
		}
		l.Hint = "its letter or Enter turns it down, and up again · 0: all others work"
		switch t.State {
		case model.ToolDown:
			l.RightColor, l.Bold = red(), true
		case model.ToolShaky:
			l.RightColor = amber()
		case model.ToolUnknown:
			l.Right = "not said"
		}
		b.Lines = append(b.Lines, l)
	}
	return []item.Block{b, {Left: toolColumn, Lines: []item.Line{rest}}}
}

// toolColumn holds the letter of a tool, toolCell a tool with its state.
const (
	toolColumn = 16
	toolCell   = 230
)

// showSheet opens the hand-over sheet, of an offer where there is one.
func (s *Screen) showSheet(o model.OfferView) {
	s.drawer.offer = o
	s.drawer.show(drawerSheet, true)
	s.want()
	s.host.Refresh()
}

// sheet is the hand-over sheet in its five blocks. What is offered to the
// reader is accepted on its first line, with the sheet in sight.
func (d *drawer) sheet(now time.Time) []item.Block {
	s, sheet := d.screen, d.screen.content.work.sheet
	var blocks []item.Block
	if o := d.offer; slices.ContainsFunc(s.content.work.team.Offers, func(v model.OfferView) bool { return v.Role == o.Role && v.To == o.To }) {
		l := line("accept", text.Line(o.From)+" hands "+o.Role+" over to "+text.Line(o.To)+". "+text.Line(o.Briefing), whole)
		l.Bold = true
		l.Right = "since " + lasting(now.Sub(o.At))
		if o.To == s.content.me {
			accept := func() { s.acceptOffer(o) }
			l.Right, l.RightColor, l.Hint = "Enter accepts", amber(), "Then you hold "+o.Role
			l.Open, l.Rune = accept, on(map[rune]func(){'y': accept})
		}
		blocks = append(blocks, item.Block{Lines: []item.Line{l}})
	}
	for _, part := range []struct {
		title string
		lines []string
	}{
		{"Situation", sheet.Situation},
		{"Objectives", sheet.Objectives},
		{"Actions", sheet.Actions},
		{"Organisation", sheet.Organisation},
		{"Resources and promises", sheet.Resources},
	} {
		b := item.Block{Title: part.title}
		for i, words := range part.lines {
			b.Lines = append(b.Lines, line(part.title+"."+count(i), noArrow(text.Line(words)), whole))
		}
		if len(part.lines) == 0 {
			b.Lines = append(b.Lines, quiet(part.title+".none", "nothing written down", 1))
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// acceptOffer takes a role that was offered.
func (s *Screen) acceptOffer(o model.OfferView) {
	for _, role := range model.ResponseRoles {
		if role.Title == o.Role {
			s.do(model.AcceptRole{Incident: s.content.id.String(), Role: role.Name}, "You have "+o.Role+"; say so aloud")
			s.drawer.close()
			return
		}
	}
}

// drawerLayout gives the drawer the room its lines need, at most half of the
// screen; in a window too low for that, all that is above the box.
type drawerLayout struct{ d *drawer }

const (
	drawerShare = 0.5
	drawerRows  = 16 // rows of room from which on the timeline stays beside it
)

// fewRows reports whether the window has few rows, as at a large zoom.
func (s *Screen) fewRows() bool {
	tall := s.body.Size().Height
	return tall > 1 && tall < drawerRows*s.rowHeight()
}

// tight reports whether what stands over the box takes the place of the timeline.
func (s *Screen) tight() bool { return s.panel.Visible() && s.fewRows() }

// topHeight is how tall the conflicts and the facts are, with all conflicts or
// the first alone.
func (s *Screen) topHeight(folded bool) float32 {
	pad, high := s.facts.Theme().Size(base.SizeNamePadding), float32(0)
	for i, o := range s.disputes.Objects {
		if folded && i > 0 {
			break
		}
		if wide := s.top.Size().Width; o.Size().Width != wide { // one that is hidden was not given a new width
			o.Resize(fyne.NewSize(wide, o.Size().Height))
		}
		high += o.MinSize().Height + pad
	}
	if s.facts.Visible() {
		high += s.facts.MinSize().Height + pad
	}
	return max(high-pad, 0)
}

// foldDisputes leaves the first conflict alone, which says how many there are:
// when it is settled, the next one takes its place.
func (s *Screen) foldDisputes(folded bool) {
	if folded == s.folded {
		return
	}
	s.folded = folded
	s.sayFirst()
	for i, o := range s.disputes.Objects {
		setVisible(o, i == 0 || !folded)
	}
	s.centre.Layout.Layout(s.centre.Objects, s.centre.Size())
}

func (s *Screen) rowHeight() float32 { return s.facts.Theme().Size(theme.SizeRow) }

// fitDrawer hides what has no room beside the box and what stands over it: first
// the conflicts and facts, then the timeline.
func (s *Screen) fitDrawer() {
	room := s.centre.Size().Height - s.low.MinSize().Height
	if s.centre.Size().Height < 1 {
		setVisible(s.top, true)
		setVisible(s.middle, true)
		return
	}
	setVisible(s.middle, !s.tight() && room >= s.rowHeight())
	s.foldDisputes(len(s.settling) > 1 && room < s.topHeight(false)+s.rowHeight())
	setVisible(s.top, !s.tight() && room >= s.topHeight(s.folded)+s.rowHeight())
}

func (l *drawerLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	s := l.d.screen
	head := objects[0].MinSize().Height
	return fyne.NewSize(320, head+max(min(l.d.list.High(s.low.Size().Width), s.panelRoom(drawerShare)-head), 0))
}

// panelRoom is the most that stands over the box may take: a share of the body,
// in a low window all that is above the box.
func (s *Screen) panelRoom(share float32) float32 {
	if s.tight() {
		return s.centre.Size().Height - s.box.MinSize().Height - 2*base.Padding()
	}
	return s.body.Size().Height * share
}

func (l *drawerLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	head := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, head))
	l.d.list.Fit(size.Width)
	objects[1].Move(fyne.NewPos(0, head))
	objects[1].Resize(fyne.NewSize(size.Width, max(size.Height-head, 0)))
}
