package comms

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fyne.io/fyne/v2/container"

	"holdfast/ui/theme"
)

// threeColumns places the templates, the form and the preview.
type threeColumns struct{}

func (threeColumns) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(720, 320) }

func (threeColumns) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	x := float32(0)
	for i, o := range objects {
		width := size.Width - x
		if i < 2 {
			width = []float32{listWidth, formWidth}[i]
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(width, size.Height))
		x += width + edge
	}
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
	x, y, high := float32(0), float32(0), float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		least := o.MinSize()
		if x > 0 && x+least.Width > width {
			x, y, high = 0, y+high+gap, 0
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
