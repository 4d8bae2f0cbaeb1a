package form

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/fynex"
)

// SideMargin is between a screen and the rail, and the edge of the window; the
// same for every screen, so that going from one to the next moves nothing.
const SideMargin = 12

// Margins keeps a screen off the rail and the edges.
func Margins() fyne.Layout { return layout.NewCustomPaddedLayout(12, 8, SideMargin, SideMargin) }

// Buttons puts buttons in a row, the first flush with the fields above.
func Buttons(buttons ...fyne.CanvasObject) *fyne.Container {
	return container.New(&row{}, buttons...)
}

// row places objects one after another from the left, and below one another
// where they do not fit. A button keeps RingRoom around it; that hangs over the
// edge. It remembers the width it was given, which says how tall it is.
type row struct{ wide float32 }

// RingRoom is what a button keeps around it for its focus ring.
const RingRoom = fynex.RingRoom

// each gives every visible object its place and size, and returns the height.
func (r *row) each(objects []fyne.CanvasObject, put func(o fyne.CanvasObject, at fyne.Position, least fyne.Size)) float32 {
	wide := r.wide
	if wide < 1 {
		wide = unknownWidth
	}
	var y, high float32
	x, fresh := float32(0), true
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		_, button := o.(*fynex.Button)
		if !fresh && x+least.Width > wide+RingRoom {
			y, high, fresh = y+high, 0, true
		}
		switch {
		case fresh && button:
			x = -RingRoom
		case fresh:
			x = 0
		case !button:
			x += 2 * RingRoom
		}
		put(o, fyne.NewPos(x, y+max(0, (high-least.Height)/2)), least)
		x, high, fresh = x+least.Width, max(high, least.Height), false
	}
	return y + high
}

func (r *row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var widest float32
	height := r.each(objects, func(_ fyne.CanvasObject, _ fyne.Position, least fyne.Size) {
		widest = max(widest, least.Width-RingRoom)
	})
	return fyne.NewSize(widest, height)
}

func (r *row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	r.wide = size.Width
	r.each(objects, func(o fyne.CanvasObject, at fyne.Position, least fyne.Size) {
		o.Move(at)
		o.Resize(least)
	})
}

// Stack places objects below one another with a gap, taking no room for what
// is hidden or says nothing.
func Stack(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&stack{gap}, objects...)
}

type stack struct{ gap float32 }

func (s *stack) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if least := o.MinSize(); o.Visible() && least.Height > 0 {
			if size.Height > 0 {
				size.Height += s.gap
			}
			size = fyne.NewSize(max(size.Width, least.Width), size.Height+least.Height)
		}
	}
	return size
}

func (s *stack) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	y := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		// The width first: words wrap to it and say how tall they are.
		o.Resize(fyne.NewSize(size.Width, o.Size().Height))
		least := o.MinSize()
		o.Move(fyne.NewPos(0, y))
		o.Resize(fyne.NewSize(size.Width, least.Height))
		if least.Height > 0 {
			y += least.Height + s.gap
		}
	}
}

// Gap is room between what stands in a stack, beside its own gaps.
func Gap(units float32) fyne.CanvasObject {
	r := canvas.NewRectangle(color.Transparent)
	r.SetMinSize(fyne.NewSize(1, units))
	return r
}

// Column holds a form to a width that is read without moving the head, in units
// at text of 13; below it, it takes what there is.
func Column(width float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{width: width, rows: &stack{rowGap}}, objects...)
}

// rowGap is between the rows of a form.
const rowGap = 8

type column struct {
	width float32
	rows  fyne.Layout
}

func (c *column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	least := c.rows.MinSize(objects)
	// Less than its width: a scroller gives its content the least width even
	// where that is cut off.
	return fyne.NewSize(min(least.Width, c.width/2), least.Height)
}

func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.rows.Layout(objects, fyne.NewSize(min(size.Width, scaled(c.width)), size.Height))
}

// Columns places objects side by side, each of a width, their tops level, and
// the whole in the middle.
func Columns(width, gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&columns{width, gap}, objects...)
}

type columns struct{ width, gap float32 }

func (c *columns) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var tall float32
	for _, o := range objects {
		tall = max(tall, o.MinSize().Height)
	}
	return fyne.NewSize(c.total(len(objects)), tall)
}

func (c *columns) total(n int) float32 { return float32(n)*c.width + float32(max(n-1, 0))*c.gap }

func (c *columns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := max(0, (size.Width-c.total(len(objects)))/2)
	for _, o := range objects {
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(c.width, size.Height))
		x += c.width + c.gap
	}
}

// Line puts the name of a choice in front of it, or above it where both would not fit.
func Line(name string, o fyne.CanvasObject) *fyne.Container {
	return container.New(&named{}, NewWords(name, Quiet), o)
}

// Widths in units at text of 13.
const (
	nameWidth   = 84  // the room for the name of a choice
	narrowLine  = 300 // below it the name stands above
	narrowField = 130 // below it two fields stand below one another
)

func scaled(units float32) float32 { return units * base.TextSize() / 13 }

// named remembers the width it was given, which says where the name stands.
type named struct{ wide float32 }

func (n *named) stacked() bool { return n.wide >= 1 && n.wide < scaled(narrowLine) }

func (n *named) MinSize(o []fyne.CanvasObject) fyne.Size {
	least := o[1].MinSize()
	if n.stacked() {
		return fyne.NewSize(least.Width, o[0].MinSize().Height+least.Height)
	}
	return fyne.NewSize(scaled(nameWidth)+least.Width, least.Height)
}

func (n *named) Layout(o []fyne.CanvasObject, size fyne.Size) {
	n.wide = size.Width
	name := scaled(nameWidth)
	if n.stacked() {
		name = size.Width
	}
	o[0].Resize(fyne.NewSize(name, 0))
	height := o[0].MinSize().Height
	if n.stacked() {
		place(o[0], 0, 0, size.Width, height)
		place(o[1], 0, height, size.Width, max(size.Height-height, 0))
		return
	}
	place(o[0], 0, (size.Height-height)/2, name, height)
	place(o[1], name, 0, max(size.Width-name, 0), size.Height)
}

// Beside places two objects side by side, the left with a share of the width. Where either would be
// too narrow to read what is typed, the right one stands below.
func Beside(share float32, left, right fyne.CanvasObject) *fyne.Container {
	return container.New(&beside{share: share, rows: &stack{rowGap}}, left, right)
}

// betweenGap is between objects that stand side by side.
const betweenGap = 12

// beside remembers the width it was given, which says whether the two stand below one another.
type beside struct {
	share, wide float32
	rows        fyne.Layout
}

func (b *beside) stacked() bool {
	return b.wide >= 1 && (b.wide-betweenGap)*min(b.share, 1-b.share) < scaled(narrowField)
}

func (b *beside) MinSize(o []fyne.CanvasObject) fyne.Size {
	if b.stacked() {
		return b.rows.MinSize(o)
	}
	left, right := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(left.Width+right.Width+betweenGap, max(left.Height, right.Height))
}

func (b *beside) Layout(o []fyne.CanvasObject, size fyne.Size) {
	b.wide = size.Width
	if b.stacked() {
		b.rows.Layout(o, size)
		return
	}
	left := (size.Width - betweenGap) * b.share
	place(o[0], 0, 0, left, size.Height)
	place(o[1], left+betweenGap, 0, max(size.Width-betweenGap-left, 0), size.Height)
}

// Wrap breaks the objects of a row into as many rows as they need.
func Wrap(c *fyne.Container) *fyne.Container {
	c.Layout = &wrapped{}
	return c
}

// wrapped remembers the width it was given, which says how tall it is.
type wrapped struct{ wide float32 }

const chipGap = 4

func (w *wrapped) each(objects []fyne.CanvasObject, wide float32, put func(fyne.CanvasObject, fyne.Position, fyne.Size)) (height float32) {
	var x, y, row float32
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		if x > 0 && x+least.Width > wide {
			x, y, row = 0, y+row+chipGap, 0
		}
		put(o, fyne.NewPos(x, y), least)
		x, row = x+least.Width+chipGap, max(row, least.Height)
	}
	return y + row
}

func (w *wrapped) MinSize(objects []fyne.CanvasObject) fyne.Size {
	wide := w.wide
	if wide < 1 {
		wide = unknownWidth
	}
	return fyne.NewSize(1, w.each(objects, wide, func(fyne.CanvasObject, fyne.Position, fyne.Size) {}))
}

func (w *wrapped) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	w.wide = size.Width
	w.each(objects, size.Width, func(o fyne.CanvasObject, at fyne.Position, least fyne.Size) {
		o.Move(at)
		o.Resize(least)
	})
}

// Page is a screen of a heading, a list, and forms below it. The list takes
// the room its rows need, up to half of what the heading leaves.
func Page(top, list, below fyne.CanvasObject, rows func() int) *fyne.Container {
	return container.New(&page{rows}, top, list, below)
}

const pageGap = 14

type page struct{ rows func() int }

func (*page) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(640, o[0].MinSize().Height+o[1].MinSize().Height+120)
}

func (p *page) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(size.Width, o[0].Size().Height))
	top := o[0].MinSize().Height
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(size.Width, top))
	if top > 0 {
		top += pageGap
	}
	o[1].Resize(fyne.NewSize(size.Width, o[1].Size().Height)) // how wide it is says how tall its rows are
	row := o[1].MinSize().Height
	list := row * min(float32(max(p.rows(), 1)), max(1, float32(int((size.Height-top)/2/row)))) // whole rows
	o[1].Move(fyne.NewPos(0, top))
	o[1].Resize(fyne.NewSize(size.Width, list))
	y := top + list + pageGap - RingRoom
	o[2].Move(fyne.NewPos(-RingRoom, y))
	o[2].Resize(fyne.NewSize(size.Width+2*RingRoom, max(size.Height-y, 0)))
}

// Scroll lets a form be taller than its place, and keeps room at its edges for
// the rings of what has the keyboard.
func Scroll(o fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(container.New(fynex.Held(layout.NewCustomPaddedLayout(RingRoom, RingRoom, RingRoom, RingRoom)), o))
}

// Footed keeps what stands below a form in sight: under its end where there is room, else at the
// lower edge with the form scrolling above.
func Footed(s *container.Scroll, foot fyne.CanvasObject) *fyne.Container {
	return container.New(&footed{s}, s, foot)
}

type footed struct{ scroll *container.Scroll }

func (*footed) MinSize(o []fyne.CanvasObject) fyne.Size {
	foot := o[1].MinSize()
	return fyne.NewSize(foot.Width, foot.Height+o[0].MinSize().Height)
}

func (f *footed) Layout(o []fyne.CanvasObject, size fyne.Size) {
	foot := o[1].MinSize().Height
	// The width first: a form says how tall it is once it has one.
	f.scroll.Resize(fyne.NewSize(size.Width, max(size.Height-foot, 0)))
	high := size.Height - foot
	if foot > 0 {
		high = min(high, f.scroll.Content.MinSize().Height)
	}
	f.scroll.Resize(fyne.NewSize(size.Width, max(high, 0)))
	o[1].Move(fyne.NewPos(0, max(high, 0)))
	o[1].Resize(fyne.NewSize(size.Width, foot))
}

// Flush lets the room that Scroll keeps for rings hang over the margins, so that
// fields stand where the lists of other screens do.
func Flush(o fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(-RingRoom, -RingRoom, -RingRoom, -RingRoom), o)
}

// Wide gives an object a width, in units at text of 13, and what height it
// needs.
func Wide(width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&wide{width}, o)
}

type wide struct{ width float32 }

func (w *wide) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(scaled(w.width), o[0].MinSize().Height)
}

func (w *wide) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(min(scaled(w.width), size.Width), size.Height))
}
