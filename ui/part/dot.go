package part

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/theme"
)

// dotSize is the width of a health dot, in units at text of 13.
const dotSize = 9

func dotWide(p pen) float32 { return dotSize * p.size(base.SizeNameText) / 13 }

// dashes is how many arcs make the ring of a stale dot.
const dashes = 4

// healthDot draws a state as a shape: a filled circle, a dashed ring, a filled square. Colour only
// adds to the shape.
type healthDot struct {
	circle *canvas.Circle
	square *canvas.Rectangle
	ring   [dashes]*canvas.Arc
}

func newHealthDot() healthDot {
	d := healthDot{circle: canvas.NewCircle(color.Transparent), square: newRect()}
	for i := range d.ring {
		start := float32(i) * 360 / dashes
		d.ring[i] = canvas.NewArc(start, start+360/dashes*0.6, 0.62, color.Transparent)
	}
	return d
}

func (d healthDot) draw(p pen, h Health, x, middle float32, visible bool) {
	show(d.circle, visible && h == Good)
	show(d.square, visible && h == Bad)
	d.circle.FillColor = p.colour(theme.ColorOK)
	p.fill(d.square, theme.Severity(0).Fill)
	wide := dotWide(p)
	place(d.circle, x, middle-wide/2+0.5, wide-1, wide-1)
	place(d.square, x, middle-wide/2+0.5, wide-1, wide-1)
	for _, a := range d.ring {
		show(a, visible && h == Stale)
		a.FillColor = p.colour(theme.ColorStale)
		place(a, x, middle-wide/2, wide, wide)
	}
}

func (d healthDot) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{d.circle, d.square}
	for _, a := range d.ring {
		all = append(all, a)
	}
	return all
}
