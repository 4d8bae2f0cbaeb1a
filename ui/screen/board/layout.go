package board

import (
	"fyne.io/fyne/v2"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// Measures of the section of alerts, in units at text of 13.
const (
	detailList = 470 // width of the list beside the details
	alertGap   = 10
	listShare  = 0.35 // of a narrow board, over the details
	mostUpper  = 0.55 // of the board the incidents keep over the alerts
)

// place lays the section out in what is left of the board below a height; with
// the details open, it has the whole board.
func (a *alerts) place(top float32, size fyne.Size) {
	scale := base.TextSize() / 13
	wide := float32(0) // of the buttons in one row
	for _, o := range a.acts.Objects {
		wide += o.MinSize().Width
	}
	high := max(a.title.MinSize().Height, 2*base.Padding())
	beside := a.acts.Visible() && a.title.Wanted()+wide+2*alertGap < size.Width
	if beside {
		a.acts.Resize(fyne.NewSize(wide, a.acts.Size().Height)) // how wide it is says in how many rows
		high = max(high, a.acts.MinSize().Height)
		place(a.acts, size.Width-wide, top, wide, high)
		a.head(top, size.Width-wide-alertGap, high)
	} else {
		a.head(top, size.Width, high)
		a.acts.Resize(fyne.NewSize(size.Width, a.acts.Size().Height))
		acts := a.acts.MinSize().Height
		place(a.acts, 0, top+high, size.Width, acts)
		high += acts
	}
	y := top + high + base.Padding()
	left := max(size.Height-y, 0)
	switch {
	case !a.open():
		a.list.Resize(fyne.NewSize(size.Width, a.list.Size().Height))
		rows := a.list.MinSize().Height * float32(max(len(a.shown), 1))
		place(a.list, 0, y, size.Width, min(rows, left))
	case size.Width < 2*detailList*scale:
		a.list.Resize(fyne.NewSize(size.Width, a.list.Size().Height))
		row := a.list.MinSize().Height
		rows := row * max(1, float32(int(left*listShare/row))) // whole rows
		place(a.list, 0, y, size.Width, rows)
		place(a.detail.object, 0, y+rows+alertGap, size.Width, max(left-rows-alertGap, 0))
	default:
		place(a.list, 0, y, detailList*scale, left)
		x := detailList*scale + 2*alertGap
		place(a.detail.object, x, y, size.Width-x, left)
	}
}

// head places the title, and the keys beside it where there is room for all of both.
func (a *alerts) head(top, wide, high float32) {
	title, more := a.title.Wanted(), a.more.Wanted()
	setVisible(a.more, title+more <= wide)
	if title+more > wide {
		title = wide
	}
	place(a.title, 0, top, title, high)
	place(a.more, title, top, more, high)
}

func place(o fyne.CanvasObject, x, y, width, height float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(width, height))
}

var _ fyne.Layout = (*lists)(nil)

// lists places the open incidents, the toggle below them, the others below that,
// and the alerts at the lower end. None takes more than it needs while another
// wants room.
type lists struct{ b *Screen }

func (t *lists) MinSize([]fyne.CanvasObject) fyne.Size {
	if t.b.toldAlone() {
		return fyne.NewSize(320, 0) // there is nothing to list yet
	}
	return fyne.NewSize(320, 96)
}

func (t *lists) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	b := t.b
	if !b.alerts.visible() {
		t.incidents(size)
		return
	}
	if b.alerts.open() {
		b.alerts.place(0, size)
		return
	}
	for _, l := range []*part.BoardList{b.list, b.past} { // how wide it is says how tall its rows are
		l.Resize(fyne.NewSize(size.Width, l.Size().Height))
	}
	need := t.incidents(fyne.NewSize(size.Width, size.Height*mostUpper))
	b.alerts.place(min(need, size.Height*mostUpper)+alertGap, size)
}

// incidents places what is about incidents, and gives the height it needs.
func (t *lists) incidents(size fyne.Size) float32 {
	b, gap := t.b, base.Padding()
	for _, l := range []*part.BoardList{b.list, b.past} {
		l.Resize(fyne.NewSize(size.Width, l.Size().Height))
	}
	toggle, open := float32(0), float32(0)
	if b.toggle.Visible() {
		toggle = b.toggle.MinSize().Height + gap
	}
	switch all := b.list.MinSize().Height * float32(max(len(b.shown), 1)); {
	case !b.list.Visible():
		open = b.empty.MinSize().Height
	case b.past.Visible():
		open = min(all, size.Height*2/3)
	default:
		open = min(all, size.Height-toggle)
	}
	place(b.list, 0, 0, size.Width, open)
	b.toggle.Move(fyne.NewPos(-form.RingRoom, open+gap)) // flush with the rows
	b.toggle.Resize(b.toggle.MinSize())
	below := open + gap + toggle
	place(b.past, 0, below, size.Width, max(size.Height-below, 0))
	if b.past.Visible() {
		return below + b.past.MinSize().Height*float32(len(b.pastIn))
	}
	return below
}
