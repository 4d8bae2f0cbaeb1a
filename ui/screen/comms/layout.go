package comms

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fyne.io/fyne/v2/container"

	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
	"holdfast/ui/theme"
)

// threeColumns places the templates, the form and the preview. Where there is no
// room for three, as with large text, the form makes way for the templates while
// one is picked, and both for the letter while it is read once more. Where the
// letter would have no room, what was sent is left out: the timeline has it too.
type threeColumns struct {
	s    *Screen
	sent *fyne.Container
}

// narrowComms is the width, in units at text of 13, below which there is no room
// for three columns, and narrowForm the share of the form where there are two.
const (
	narrowComms = 820
	narrowForm  = 0.48
)

// sentFrom is how many rows of room there must be to list what was sent.
const sentFrom = 14

func (threeColumns) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(720, 320) }

func (c threeColumns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	form.Show(c.sent, size.Height >= sentFrom*base.Size(theme.SizeRow))
	x, scale := float32(0), base.TextSize()/13
	narrow := size.Width < narrowComms*scale
	form.Show(c.s.pick, narrow)
	form.Show(objects[0], !narrow || c.s.picking && c.s.review == nil)
	form.Show(objects[1], !narrow || !c.s.picking && c.s.review == nil)
	for i, o := range objects {
		if !o.Visible() {
			continue
		}
		width := size.Width - x
		if narrow && i < 2 {
			width *= narrowForm
			flush := edge * float32(i) // the room the form keeps at its left
			o.Move(fyne.NewPos(x-flush, 0))
			o.Resize(fyne.NewSize(width+flush, size.Height))
			x += width + edge
			continue
		}
		switch i { // larger text gets more room, but never that of the letter
		case 0:
			width = min(listWidth*scale, max(listWidth, size.Width*0.28))
		case 1:
			width = min(formWidth*scale, max(formWidth, size.Width*0.34))
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(width, size.Height))
		x += width + edge
	}
}

// foot places what Ctrl+Enter will do and its buttons: beside each other where
// both fit, else the buttons below.
type foot struct {
	says *form.Words
	wide float32
}

// beside tells whether the words and all buttons fit on one line.
func (f *foot) beside(o []fyne.CanvasObject) bool {
	buttons, ok := o[1].(*fyne.Container)
	if !ok {
		return false
	}
	words := fyne.MeasureText(f.says.Text(), base.TextSize(), fyne.TextStyle{Bold: true}).Width + 4*base.InnerPadding()
	return f.wide < 1 || words+across(buttons) <= f.wide
}

// across is the width of the visible objects side by side.
func across(c *fyne.Container) (width float32) {
	for _, o := range c.Objects {
		if o.Visible() {
			width += o.MinSize().Width
		}
	}
	return width
}

func (f *foot) MinSize(o []fyne.CanvasObject) fyne.Size {
	says, buttons := o[0].MinSize().Height, o[1].MinSize().Height
	if f.beside(o) {
		return fyne.NewSize(240, max(says, buttons))
	}
	return fyne.NewSize(240, says+buttons)
}

func (f *foot) Layout(o []fyne.CanvasObject, size fyne.Size) {
	f.wide = size.Width
	pad := base.InnerPadding()
	o[0].Resize(fyne.NewSize(size.Width-pad, o[0].Size().Height)) // the width says how tall it is
	says := o[0].MinSize().Height
	if !f.beside(o) {
		o[0].Move(fyne.NewPos(pad, 0))
		o[0].Resize(fyne.NewSize(size.Width-pad, says))
		o[1].Move(fyne.NewPos(pad, says))
		o[1].Resize(fyne.NewSize(size.Width-base.InnerPadding(), size.Height-says))
		return
	}
	width := size.Width
	if c, ok := o[1].(*fyne.Container); ok {
		width = across(c) - form.RingRoom
	}
	o[0].Move(fyne.NewPos(pad, (size.Height-says)/2))
	o[0].Resize(fyne.NewSize(size.Width-width-pad, says))
	o[1].Move(fyne.NewPos(size.Width-width, 0))
	o[1].Resize(fyne.NewSize(width, size.Height))
}

// asLabel keeps words off the edges as a label keeps its own; nothing is below.
type asLabel struct{}

func (asLabel) MinSize(o []fyne.CanvasObject) fyne.Size {
	return o[0].MinSize().AddWidthHeight(2*base.InnerPadding(), base.InnerPadding())
}

func (asLabel) Layout(o []fyne.CanvasObject, size fyne.Size) {
	pad := base.InnerPadding()
	o[0].Move(fyne.NewPos(pad, pad))
	o[0].Resize(fyne.NewSize(size.Width-2*pad, size.Height-pad))
}

// flow places objects in lines, as words are.
type flow struct{ width float32 }

func newFlow() *fyne.Container { return container.New(&flow{}) }

func (f *flow) MinSize(objects []fyne.CanvasObject) fyne.Size {
	width := f.width
	if width == 0 {
		width = formWidth - 2*edge
	}
	return fyne.NewSize(160, f.place(objects, width, false))
}

func (f *flow) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	f.width = size.Width
	f.place(objects, size.Width, true)
}

func (f *flow) place(objects []fyne.CanvasObject, width float32, move bool) float32 {
	gap := base.InnerPadding()
	start := float32(0)
	if len(objects) > 0 {
		if _, button := objects[0].(*fynex.Button); button {
			start, gap = -form.RingRoom, 0 // a button keeps room around it for its ring
		}
	}
	x, y, high := start, float32(0), float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		if x > start && x+least.Width > width {
			x, y, high = start, y+high+gap, 0
		}
		if move {
			o.Move(fyne.NewPos(x, y))
			o.Resize(fyne.NewSize(min(least.Width, width), least.Height))
		}
		x, high = x+least.Width+gap, max(high, least.Height)
	}
	return y + high
}

// ground is the surface a letter stands on; it follows the theme.
type ground struct {
	widget.BaseWidget
	fill *canvas.Rectangle
}

func newGround() *ground {
	g := &ground{fill: canvas.NewRectangle(color.Transparent)}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer draws the surface.
func (g *ground) CreateRenderer() fyne.WidgetRenderer {
	r := &groundRenderer{g}
	r.Refresh()
	return r
}

type groundRenderer struct{ g *ground }

func (r *groundRenderer) Layout(size fyne.Size)        { r.g.fill.Resize(size) }
func (r *groundRenderer) MinSize() fyne.Size           { return fyne.NewSize(1, 1) }
func (r *groundRenderer) Destroy()                     {}
func (r *groundRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.g.fill} }

func (r *groundRenderer) Refresh() {
	r.g.fill.FillColor = base.ColorForWidget(theme.ColorSurface, r.g)
	r.g.fill.StrokeColor, r.g.fill.StrokeWidth = base.ColorForWidget(base.ColorNameSeparator, r.g), 1
	r.g.fill.CornerRadius = 4
	canvas.Refresh(r.g)
}

// setLabel changes the words of a label where they changed.
func setLabel(l *widget.Label, words string, importance widget.Importance) {
	if l.Text != words || l.Importance != importance {
		l.Importance = importance
		l.SetText(words)
	}
}

// caption is the bold title of a few fields.
func caption(words string) *widget.Label {
	return widget.NewLabelWithStyle(words, fyne.TextAlignLeading, fyne.TextStyle{Bold: true})
}

// prose is text over several lines.
func prose(words string) *widget.Label {
	l := widget.NewLabel(words)
	l.Wrapping = fyne.TextWrapWord
	return l
}
