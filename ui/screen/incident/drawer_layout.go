package incident

import (
	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/theme"
)

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
