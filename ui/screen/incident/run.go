package incident

import (
	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/theme"
)

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	if s.content.id.Zero() {
		return false
	}
	if line, ok := begins()[command]; ok {
		s.begin(line)
		return true
	}
	switch command {
	case "capture.focus", "capture.focus.here":
		s.host.Focus(s.box.Focusable())
	case "capture.submit":
		s.box.Submit()
	case "update.write", "update.write.here":
		s.host.Compose(s.content.id, "")
	case "incident.transfer":
		s.begin("/assign ic @me")
	case "incident.close":
		s.closeIncident()
	case "incident.reopen":
		s.reopen()
	case "timeline.edit":
		s.edit(s.timeline.Selected())
	case "timeline.retract":
		s.retract(s.timeline.Selected())
	case "timeline.versions", "list.peek":
		s.versions(s.timeline.Selected())
	case "timeline.copy":
		s.copyRow(s.timeline.Selected())
	case "timeline.pin":
		s.pin(s.timeline.Selected())
	case "incident.settle":
		s.goSettle()
	case "view.panel":
		s.togglePanel()
	default:
		return s.respond(command) || s.move(command)
	}
	return true
}

// begins are the commands that begin a line in the box.
func begins() map[keys.ID]string {
	return map[keys.ID]string{
		"incident.phase": "/phase ", "incident.assign": "/assign ", "incident.task": "/task @",
		"incident.task.done": "/done ", "incident.task.drop": "/drop ", "timeline.decision": "/decide ", "incident.resolve": "/resolve ",
	}
}

// move are the commands that move about.
func (s *Screen) move(command keys.ID) bool {
	switch command {
	case "timeline.goto":
		s.enter(seeking, row{}, promptSeek, "")
	case "go.find", "list.filter":
		s.enter(finding, row{}, promptFind, "")
	case "go.next", "go.next.here":
		s.neighbour(1)
	case "go.previous", "go.previous.here":
		s.neighbour(-1)
	case "list.down":
		s.timeline.TypedRune('j')
	case "list.up":
		s.timeline.TypedRune('k')
	case "list.top":
		s.timeline.TypedRune('g')
	case "list.end":
		s.timeline.TypedRune('G')
	case "list.open":
		s.edit(s.timeline.Selected())
	default:
		return false
	}
	return true
}

// reopen asks in the box why the work is taken up again.
func (s *Screen) reopen() {
	s.host.Confirm("Reopen "+s.content.code+"?", "The work is taken up again. The reason can be added in the timeline.", "Reopen", func() {
		s.do(model.Reopen{Incident: s.content.id.String(), Reason: "reopened by " + s.content.me}, s.content.code+" is open again")
	})
}

// pin makes the text of an entry the impact of the incident.
func (s *Screen) pin(id string) {
	r, ok := s.content.row(id)
	if !ok || r.source != model.FromEntry || r.Retracted != "" {
		s.host.Toast("Select the entry to pin first")
		return
	}
	s.do(model.SetIncident{Incident: s.content.id.String(), Impact: r.raw}, "Pinned as the impact")
}

// Widths of the right panel, and below which it takes turns with the timeline.
const (
	narrow      = 1066 // 1150 units of window less the rail
	roomy       = 1300
	sideWidth   = 316
	sideWide    = 360
	sideTabHigh = 30
)

func (s *Screen) togglePanel() {
	if s.body.Size().Width < narrowWidth() {
		s.sideOpen = !s.sideOpen
	} else {
		s.sideHidden = !s.sideHidden
	}
	s.body.Refresh()
}

// narrowWidth is narrow at text so large that two columns of it would hold a
// few words each.
func narrowWidth() float32 { return narrow * max(1, base.TextSize()/largeText) }

// factsFrom is how many rows of room there must be for the facts: with fewer,
// as at the largest text in a small window, the timeline needs theirs.
const factsFrom = 12

// fitFacts shows the facts where there is room for them.
func (s *Screen) fitFacts() {
	tall := s.body.Size().Height
	setVisible(s.facts, len(s.shown) > 0 && (tall < 1 || tall >= factsFrom*s.facts.Theme().Size(theme.SizeRow)))
}

// largeText is the size from which on the panel needs more room; the comfort
// density stays below it.
const largeText = 16

// split places the centre and the right panel. In a narrow window one of them
// is seen at a time, under a button.
type split struct{ s *Screen }

func (l *split) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(480, 240) }

func (l *split) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	s, centre, side, tab := l.s, objects[0], objects[1], objects[2]
	gap := 2 * base.InnerPadding()
	s.fitFacts()
	s.box.SetLow(s.fewRows())
	if size.Width < narrowWidth() {
		setVisible(side, s.sideOpen)
		setVisible(centre, !s.sideOpen)
		word := "Team and tasks"
		if s.sideOpen {
			word = "Timeline"
		}
		s.sideTab.SetText(word)
		least := tab.MinSize()
		tab.Move(fyne.NewPos(size.Width-least.Width-gap, 0))
		tab.Resize(least)
		s.side.list.Fit(size.Width - 2*gap)
		under := max(sideTabHigh, least.Height)
		for _, o := range []fyne.CanvasObject{centre, side} {
			top := under
			if o == centre && s.tight() || o == side && s.side.tabs.End() < size.Width-3*gap-least.Width {
				top = 0 // what stands over the box has no room to give; the tabs leave room beside them
			}
			o.Move(fyne.NewPos(gap, top))
			o.Resize(fyne.NewSize(size.Width-2*gap, size.Height-top-gap/2))
		}
		setVisible(tab, s.sideOpen || !s.tight())
		s.fitDrawer()
		return
	}
	setVisible(tab, false)
	setVisible(centre, true)
	setVisible(side, !s.sideHidden)
	width := float32(0)
	if !s.sideHidden {
		width = sideWidth
		if size.Width >= roomy {
			width = sideWide
		}
	}
	centre.Move(fyne.NewPos(gap, gap/2))
	room := size.Width - 2*gap
	if width > 0 {
		room = size.Width - width - 2*gap
	}
	centre.Resize(fyne.NewSize(room, size.Height-gap))
	s.side.list.Fit(width)
	side.Move(fyne.NewPos(size.Width-width, gap/2))
	side.Resize(fyne.NewSize(width, size.Height-gap))
	s.fitDrawer()
}

// topLayout puts the lines that stand under the header below it, as tall as
// they are at this width.
type topLayout struct{ width float32 }

func (l *topLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := objects[0].MinSize()
	if standing := objects[1]; standing.Visible() {
		if standing.Size().Width != l.width {
			standing.Resize(fyne.NewSize(l.width, standing.Size().Height))
		}
		size.Height += standing.MinSize().Height
	}
	return size
}

func (l *topLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	l.width = size.Width
	head := objects[0].MinSize().Height
	objects[0].Resize(fyne.NewSize(size.Width, head))
	objects[1].Move(fyne.NewPos(0, head))
	objects[1].Resize(fyne.NewSize(size.Width, max(size.Height-head, 0)))
}
