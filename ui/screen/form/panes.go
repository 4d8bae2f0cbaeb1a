package form

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Panes shows what is read at the left of a form, each scrolling by itself. Where the place is narrow, or the text
// large, the form stands below what is read and they scroll as one. What ends the form stands below it
// and is always in view.
func Panes(read, fields, end fyne.CanvasObject) *fyne.Container {
	p := &panes{read: read, fields: fields, left: Stack(panesGap), right: Stack(panesGap)}
	return container.New(p, Scroll(ClearOfBar(p.left)), Scroll(ClearOfBar(p.right)), container.NewStack(newGround(), end))
}

// ground is the background of the window, in front of what scrolls behind it.
type ground struct {
	widget.BaseWidget
	fill *canvas.Rectangle
}

func newGround() *ground {
	g := &ground{fill: canvas.NewRectangle(color.Transparent)}
	g.ExtendBaseWidget(g)
	return g
}

// Refresh follows the theme.
func (g *ground) Refresh() {
	g.fill.FillColor = base.ColorForWidget(base.ColorNameBackground, g)
	g.fill.Refresh()
}

// CreateRenderer draws the ground.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	g.Refresh()
	return widget.NewSimpleRenderer(g.fill)
}

// ClearOfBar keeps an object clear of the bar of the scroller it is in.
func ClearOfBar(o fyne.CanvasObject) *fyne.Container { return container.New(barRoom{}, o) }

type barRoom struct{}

func (barRoom) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(base.ScrollBarSmallSize(), 0)
}

func (barRoom) Layout(o []fyne.CanvasObject, size fyne.Size) {
	place(o[0], 0, 0, size.Width-base.ScrollBarSmallSize(), size.Height)
}

// Measures of panes, in units; the width is at text of 13.
const (
	narrowPanes = 820
	panesGap    = 12
	endGap      = 4
)

// Narrow tells whether what is read and a form do not fit side by side.
func Narrow(width float32) bool { return width < scaled(narrowPanes) }

type panes struct {
	read, fields fyne.CanvasObject
	left, right  *fyne.Container // in the scrollers
}

func (*panes) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(320, 3*o[2].MinSize().Height)
}

func (p *panes) Layout(o []fyne.CanvasObject, size fyne.Size) {
	if Narrow(size.Width) {
		p.put(p.left, p.read, p.fields)
		p.put(p.right)
		Show(o[1], false)
		high := ended(o[2], size.Width)
		place(o[0], 0, 0, size.Width, max(0, size.Height-high-endGap))
		place(o[2], RingRoom, size.Height-high, size.Width, high)
		return
	}
	p.put(p.left, p.read)
	p.put(p.right, p.fields)
	Show(o[1], true)
	half := (size.Width - panesGap) / 2
	place(o[0], 0, 0, half, size.Height)
	high := ended(o[2], half)
	x := half + panesGap
	room := max(0, size.Height-high-endGap)
	place(o[1], x, 0, half, room) // the width says how tall the fields are
	tall := min(o[1].(*container.Scroll).Content.MinSize().Height, room)
	place(o[1], x, 0, half, tall)
	place(o[2], x+RingRoom, tall+endGap, half, high)
}

// put fills a scroller, where it holds something else.
func (*panes) put(into *fyne.Container, objects ...fyne.CanvasObject) {
	if len(into.Objects) == len(objects) {
		return
	}
	into.Objects = objects
	into.Refresh()
}

// ended is how tall what ends a form is at a width.
func ended(o fyne.CanvasObject, width float32) float32 {
	o.Resize(fyne.NewSize(width-2*RingRoom, o.Size().Height))
	return o.MinSize().Height
}

func place(o fyne.CanvasObject, x, y, width, height float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(width, height))
}
