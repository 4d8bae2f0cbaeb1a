// Package part holds the reusable widgets of the desktop: severity pills, clocks, the incident
// header, board rows, the timeline, the capture box, the palette and smaller ones. A part takes plain
// values through Set, draws with canvas primitives, knows nothing of the model, and reports what the
// person did through callbacks.
//
// Texts given to parts must already be fit to show: times and counts are written by the caller, and
// anything a peer wrote has gone through text.Line or text.Block. Parts belong to the UI goroutine.
// Every part re-reads colours and sizes when it is refreshed, since canvas primitives do not follow
// a change of theme by themselves.
package part

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// drawing is a part that places its own canvas objects.
type drawing interface {
	fyne.Widget
	draw(size fyne.Size)         // sets colours, words and places of everything for a size
	least() fyne.Size            // the smallest size
	pieces() []fyne.CanvasObject // what is drawn, back to front
}

// renderer draws a drawing. Fyne asks for a layout whenever the smallest size of a child changed,
// which it does on every change of words, so a layout at the size drawn last does nothing; whoever
// changes what is shown calls Refresh.
type renderer struct {
	d     drawing
	self  fyne.Widget // what is on the canvas: d, or the widget that embeds it
	drawn fyne.Size
}

func newRenderer(d drawing) *renderer { return newRendererOf(d, d) }

func newRendererOf(d drawing, self fyne.Widget) *renderer {
	r := &renderer{d: d, self: self}
	r.Layout(d.Size())
	return r
}

func (r *renderer) Layout(size fyne.Size) {
	if size != r.drawn {
		r.drawn = size
		r.d.draw(size)
	}
}

func (r *renderer) Refresh() {
	r.drawn = r.d.Size()
	r.d.draw(r.drawn)
	canvas.Refresh(r.self)
}

func (r *renderer) MinSize() fyne.Size           { return r.d.least() }
func (r *renderer) Objects() []fyne.CanvasObject { return r.d.pieces() }
func (r *renderer) Destroy()                     {}

// pen reads the theme for one widget while it draws.
type pen struct {
	w  fyne.Widget
	th fyne.Theme
}

func newPen(w fyne.Widget) pen { return pen{w: w, th: base.CurrentForWidget(w)} }

func (p pen) colour(n fyne.ThemeColorName) color.Color { return base.ColorForWidget(n, p.w) }

func (p pen) size(n fyne.ThemeSizeName) float32 { return p.th.Size(n) }

// Text styles used by parts.
var (
	regular = fyne.TextStyle{}
	bold    = fyne.TextStyle{Bold: true}
	mono    = fyne.TextStyle{Monospace: true}
)

// write sets the words of a text.
func (p pen) write(t *canvas.Text, s string, c fyne.ThemeColorName, size fyne.ThemeSizeName, style fyne.TextStyle) {
	t.Text, t.Color, t.TextSize, t.TextStyle = text.Shown(s, style.Monospace), p.colour(c), p.size(size), style
}

// width measures words as they would be drawn.
func (p pen) width(s string, size fyne.ThemeSizeName, style fyne.TextStyle) float32 {
	return fyne.MeasureText(s, p.size(size), style).Width
}

func (p pen) height(size fyne.ThemeSizeName, style fyne.TextStyle) float32 {
	return fyne.MeasureText("Mg", p.size(size), style).Height
}

// level is how far down words of a style are moved, so that they stand on the line of the regular ones
// beside them: the fonts differ in how much of their height is above it.
func (p pen) level(size fyne.ThemeSizeName, style fyne.TextStyle) float32 {
	if style == regular {
		return 0
	}
	units := p.size(size)
	return baseline(units, regular) - baseline(units, style)
}

// baseline is how far below the middle of its room the painter draws the line of a text, which it puts
// a whole number of pixels below the top.
func baseline(units float32, style fyne.TextStyle) float32 {
	size, line := fyne.CurrentApp().Driver().RenderedTextSize("M", units, style, nil)
	return ceil(line) - size.Height/2
}

// fill sets the ground colour of a rectangle.
func (p pen) fill(r *canvas.Rectangle, c fyne.ThemeColorName) { r.FillColor = p.colour(c) }

// ring makes a rectangle the focus ring.
func (p pen) ring(r *canvas.Rectangle) {
	r.FillColor = color.Transparent
	r.StrokeColor, r.StrokeWidth = p.colour(theme.ColorFocusRing), p.size(theme.SizeFocusRing)
	r.CornerRadius = p.size(base.SizeNameSelectionRadius)
}

// place puts an object somewhere. Text taller than its line is centred by the painter.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

// show hides or shows an object.
func show(o fyne.CanvasObject, visible bool) {
	switch {
	case visible && !o.Visible():
		o.Show()
	case !visible && o.Visible():
		o.Hide()
	}
}

func newRect() *canvas.Rectangle { return canvas.NewRectangle(color.Transparent) }

func newText() *canvas.Text { return canvas.NewText("", color.Transparent) }

// toneColour is the colour of a countdown.
func toneColour(t text.Tone) fyne.ThemeColorName {
	switch t {
	case text.Late:
		return theme.Severity(0).Text
	case text.Soon:
		return theme.Severity(2).Text
	default:
		return base.ColorNameForeground
	}
}

// faces keeps a text face per size and style, so that words are measured once.
type faces map[faceKey]*text.Face

type faceKey struct {
	size  float32
	style fyne.TextStyle
}

// at returns the face of a size and style.
func (f faces) at(size float32, style fyne.TextStyle) *text.Face {
	k := faceKey{size, style}
	if f[k] == nil {
		f[k] = text.NewFace(func(s string) float32 { return fyne.MeasureText(s, size, style).Width })
	}
	return f[k]
}

// cut shortens words to a width.
func (p pen) cut(f faces, s string, size fyne.ThemeSizeName, style fyne.TextStyle, width float32) string {
	return f.at(p.size(size), style).Ellipsis(s, width)
}
