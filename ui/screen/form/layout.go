package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/fynex"
)

// Margins keeps a screen off the rail and the edges.
func Margins() fyne.Layout { return layout.NewCustomPaddedLayout(12, 8, 16, 16) }

// Buttons puts buttons in a row, the first flush with the fields above.
func Buttons(buttons ...fyne.CanvasObject) *fyne.Container {
	return container.New(&row{}, buttons...)
}

// row places objects one after another from the left. A button keeps 3 units
// around it for its ring; they hang over the edge.
type row struct{}

const ringRoom = 3

func (row) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	for _, o := range objects {
		if o.Visible() {
			least := o.MinSize()
			size = fyne.NewSize(size.Width+least.Width, max(size.Height, least.Height))
		}
	}
	return size
}

func (row) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	if len(objects) > 0 {
		if _, button := objects[0].(*fynex.Button); button {
			x = -ringRoom
		}
	}
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		o.Move(fyne.NewPos(x, (size.Height-least.Height)/2))
		o.Resize(least)
		x += least.Width
	}
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

// Column holds a form to a width that is read without moving the head; below
// it, it takes what there is.
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
	return fyne.NewSize(min(least.Width, c.width), least.Height)
}

func (c *column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	c.rows.Layout(objects, fyne.NewSize(min(size.Width, c.width), size.Height))
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

// Line puts the name of a choice in front of it.
func Line(name string, o fyne.CanvasObject) *fyne.Container {
	return container.New(&named{}, NewWords(name, Quiet), o)
}

// nameWide is the room for the name of a choice: 84 units at text of 13.
func nameWide() float32 { return 84 * base.TextSize() / 13 }

type named struct{}

func (named) MinSize(o []fyne.CanvasObject) fyne.Size {
	least := o[1].MinSize()
	return fyne.NewSize(nameWide()+least.Width, least.Height)
}

func (named) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(fyne.NewSize(nameWide(), 0))
	height := o[0].MinSize().Height
	o[0].Move(fyne.NewPos(0, (size.Height-height)/2))
	o[0].Resize(fyne.NewSize(nameWide(), height))
	o[1].Move(fyne.NewPos(nameWide(), 0))
	o[1].Resize(fyne.NewSize(max(size.Width-nameWide(), 0), size.Height))
}

// Beside places two objects side by side, the left with a share of the width.
func Beside(share float32, left, right fyne.CanvasObject) *fyne.Container {
	return container.New(&beside{share}, left, right)
}

// betweenGap is between objects that stand side by side.
const betweenGap = 12

type beside struct{ share float32 }

func (b *beside) MinSize(o []fyne.CanvasObject) fyne.Size {
	left, right := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(left.Width+right.Width+betweenGap, max(left.Height, right.Height))
}

func (b *beside) Layout(o []fyne.CanvasObject, size fyne.Size) {
	left := (size.Width - betweenGap) * b.share
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(left, size.Height))
	o[1].Move(fyne.NewPos(left+betweenGap, 0))
	o[1].Resize(fyne.NewSize(max(size.Width-betweenGap-left, 0), size.Height))
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
// the room its rows need, up to half of the screen.
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
	list := min(o[1].MinSize().Height*float32(max(p.rows(), 1)), size.Height/2)
	o[1].Move(fyne.NewPos(0, top+pageGap))
	o[1].Resize(fyne.NewSize(size.Width, list))
	y := top + list + 2*pageGap - ringRoom
	o[2].Move(fyne.NewPos(-ringRoom, y))
	o[2].Resize(fyne.NewSize(size.Width+2*ringRoom, max(size.Height-y, 0)))
}

// Scroll lets a form be taller than its place, and keeps room at its edges for
// the rings of what has the keyboard.
func Scroll(o fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(container.New(layout.NewCustomPaddedLayout(ringRoom, ringRoom, ringRoom, ringRoom), o))
}

// Wide gives an object a width and what height it needs.
func Wide(width float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&wide{width}, o)
}

type wide struct{ width float32 }

func (w *wide) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(w.width, o[0].MinSize().Height)
}

func (w *wide) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(fyne.NewSize(min(w.width, size.Width), size.Height))
}
