package item

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
)

// Note is a line of words in a colour of the theme. A stock label draws what is
// read second in the colour of what cannot be used, and measures an ellipsis
// anew each time.
type Note struct {
	widget.BaseWidget
	words string
	color fyne.ThemeColorName
	size  fyne.ThemeSizeName
	bold  bool
	elide bool // shortened to the room there is; else the room is asked for

	drawn    *canvas.Text
	face     *text.Face
	faceSize float32
}

// NewNote makes an empty line.
func NewNote(c fyne.ThemeColorName, size fyne.ThemeSizeName, bold, elide bool) *Note {
	n := &Note{color: c, size: size, bold: bold, elide: elide, drawn: canvas.NewText("", color.Transparent)}
	n.ExtendBaseWidget(n)
	return n
}

// Set shows words in a colour; it reports whether anything changed.
func (n *Note) Set(words string, c fyne.ThemeColorName) bool {
	if n.words == words && n.color == c {
		return false
	}
	n.words, n.color = words, c
	n.Refresh()
	return true
}

// Text is what was set.
func (n *Note) Text() string { return n.words }

// Wanted is the width at which nothing is shortened.
func (n *Note) Wanted() float32 {
	r := noteRenderer{n}
	return r.measure().Width(n.words) + 2*n.Theme().Size(base.SizeNameInnerPadding) + 1
}

// CreateRenderer draws the line.
func (n *Note) CreateRenderer() fyne.WidgetRenderer {
	r := &noteRenderer{n}
	r.Layout(n.Size())
	return r
}

type noteRenderer struct{ n *Note }

func (r *noteRenderer) measure() *text.Face {
	n, size := r.n, r.n.Theme().Size(r.n.size)
	if n.face == nil || n.faceSize != size {
		style := fyne.TextStyle{Bold: n.bold}
		n.faceSize = size
		n.face = text.NewFace(func(s string) float32 { return fyne.MeasureText(s, size, style).Width })
	}
	return n.face
}

func (r *noteRenderer) MinSize() fyne.Size {
	n, pad := r.n, r.n.Theme().Size(base.SizeNameInnerPadding)
	high := fyne.MeasureText("Mg", n.Theme().Size(n.size), fyne.TextStyle{Bold: n.bold}).Height + pad
	if n.elide {
		return fyne.NewSize(1, high)
	}
	return fyne.NewSize(r.measure().Width(n.words)+2*pad, high)
}

func (r *noteRenderer) Layout(size fyne.Size) {
	n, pad := r.n, r.n.Theme().Size(base.SizeNameInnerPadding)
	n.drawn.Text = n.words
	if n.elide {
		n.drawn.Text = r.measure().Ellipsis(n.words, size.Width-2*pad)
	}
	n.drawn.Color, n.drawn.TextSize = base.ColorForWidget(n.color, n), n.Theme().Size(n.size)
	n.drawn.TextStyle.Bold = n.bold
	n.drawn.Move(fyne.NewPos(pad, 0))
	n.drawn.Resize(fyne.NewSize(max(size.Width-pad, 0), size.Height))
}

func (r *noteRenderer) Refresh() {
	r.Layout(r.n.Size())
	canvas.Refresh(r.n)
}

func (r *noteRenderer) Destroy() {}

func (r *noteRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.n.drawn} }
