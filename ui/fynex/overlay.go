// Package fynex holds what the desktop has to do around the toolkit: overlays that keep the focus
// where it was, buttons that answer Enter, lists with many heights, Markdown without images. Each
// work-around names the Fyne issue it answers, so that it can go when the issue does.
//
// Everything here belongs to the UI goroutine.
package fynex

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// Placement puts content of a smallest size on a canvas and returns where and how large.
type Placement func(area, least fyne.Size) (fyne.Position, fyne.Size)

// Options say how an overlay behaves.
type Options struct {
	Focus    fyne.Focusable // what the keyboard acts on first; nil leaves nothing focused
	OnEscape func()         // nil closes the overlay
	OnReturn func()         // nil does nothing
	OnRune   func(rune)     // nil does nothing
	Outside  bool           // a click outside does what Escape does
	Place    Placement      // nil is Middle
}

// Overlay lies over the whole canvas. Fyne's dialogs focus nothing, ignore Return and Escape, and
// let canvas keys through to what lies below; this one takes them while it is open and gives them
// back, with the focus, when it closes.
type Overlay struct {
	widget.BaseWidget
	canvas   fyne.Canvas
	content  fyne.CanvasObject
	options  Options
	previous fyne.Focusable
	onKey    func(*fyne.KeyEvent)
	onRune   func(rune)
}

// Open shows content over a canvas.
func Open(c fyne.Canvas, content fyne.CanvasObject, o Options) *Overlay {
	if o.Place == nil {
		o.Place = Middle
	}
	v := &Overlay{canvas: c, content: content, options: o, previous: c.Focused(), onKey: c.OnTypedKey(), onRune: c.OnTypedRune()}
	v.ExtendBaseWidget(v)
	// An overlay has a focus manager of its own; without this the field below keeps its cursor.
	c.Unfocus()
	c.Overlays().Add(v)
	c.SetOnTypedKey(v.TypedKey)
	c.SetOnTypedRune(v.typedRune)
	if o.Focus != nil {
		c.Focus(o.Focus)
	}
	return v
}

// Close takes the overlay, and any opened above it, off the canvas and gives focus and keys back.
// Closing twice does nothing.
func (v *Overlay) Close() {
	if !v.IsOpen() {
		return
	}
	v.canvas.Unfocus()
	v.canvas.Overlays().Remove(v)
	v.canvas.SetOnTypedKey(v.onKey)
	v.canvas.SetOnTypedRune(v.onRune)
	if o, ok := v.previous.(fyne.CanvasObject); ok && o.Visible() {
		v.canvas.Focus(v.previous)
	}
}

// IsOpen reports whether the overlay is on the canvas.
func (v *Overlay) IsOpen() bool {
	return slices.Contains(v.canvas.Overlays().List(), fyne.CanvasObject(v))
}

// TypedKey handles a key that no widget of the overlay took.
func (v *Overlay) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyEscape:
		v.Escape()
	case fyne.KeyReturn, fyne.KeyEnter:
		if v.options.OnReturn != nil {
			v.options.OnReturn()
		}
	}
}

func (v *Overlay) typedRune(r rune) {
	if v.options.OnRune != nil {
		v.options.OnRune(r)
	}
}

// Escape does what the Escape key does. Widgets of the overlay that take keys themselves call it.
func (v *Overlay) Escape() {
	if v.options.OnEscape != nil {
		v.options.OnEscape()
		return
	}
	v.Close()
}

// Tapped is a click outside the content.
func (v *Overlay) Tapped(e *fyne.PointEvent) {
	pos, size := v.content.Position(), v.content.Size()
	inside := e.Position.X >= pos.X && e.Position.Y >= pos.Y && e.Position.X < pos.X+size.Width && e.Position.Y < pos.Y+size.Height
	if v.options.Outside && !inside {
		v.Escape()
	}
}

// TappedSecondary keeps right clicks from what lies below.
func (v *Overlay) TappedSecondary(*fyne.PointEvent) {}

// Scrolled keeps the wheel from what lies below.
func (v *Overlay) Scrolled(*fyne.ScrollEvent) {}

// CreateRenderer draws the scrim and the content.
func (v *Overlay) CreateRenderer() fyne.WidgetRenderer {
	return &overlayRenderer{v: v, scrim: canvas.NewRectangle(base.ColorForWidget(theme.ColorScrim, v))}
}

type overlayRenderer struct {
	v     *Overlay
	scrim *canvas.Rectangle
}

func (r *overlayRenderer) Layout(size fyne.Size) {
	r.scrim.Resize(size)
	pos, s := r.v.options.Place(size, r.v.content.MinSize())
	r.v.content.Move(pos)
	r.v.content.Resize(s)
}

// MinSize is small: an overlay must never make the window larger.
func (r *overlayRenderer) MinSize() fyne.Size { return fyne.NewSize(1, 1) }

func (r *overlayRenderer) Refresh() {
	r.scrim.FillColor = base.ColorForWidget(theme.ColorScrim, r.v)
	r.scrim.Refresh()
	r.v.content.Refresh()
	r.Layout(r.v.Size())
}

func (r *overlayRenderer) Destroy() {}

func (r *overlayRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.scrim, r.v.content}
}

// Middle puts content in the middle, a little above it as eyes expect.
func Middle(area, least fyne.Size) (fyne.Position, fyne.Size) {
	size := least.Min(area)
	return fyne.NewPos((area.Width-size.Width)/2, (area.Height-size.Height)*0.4), size
}

// Upper returns a placement of a width in the upper part of the canvas, for palettes: its top does
// not move when its height does.
func Upper(width float32) Placement {
	return func(area, least fyne.Size) (fyne.Position, fyne.Size) {
		size := fyne.NewSize(max(width, least.Width), least.Height).Min(area)
		top := min(area.Height/8, area.Height-size.Height)
		return fyne.NewPos((area.Width-size.Width)/2, top), size
	}
}

// Free reports that no overlay is open. Menu and canvas shortcuts fire under open overlays, so every
// command asks this first.
func Free(c fyne.Canvas) bool { return len(c.Overlays().List()) == 0 }

// CommandSurface is a widget that may be focused while single keys are commands: a list.
type CommandSurface interface{ CommandSurface() }

// Mode says in a word what the keys mean now: single keys are commands, or are typed into a field, or
// choose and press what has the ring.
func Mode(c fyne.Canvas) string {
	if CommandMode(c) {
		return "Commands"
	}
	if _, field := c.Focused().(interface{ SelectedText() string }); field {
		return "Typing"
	}
	return "Choosing"
}

// CommandMode reports that single keys are commands: no overlay, and nothing or a list focused.
func CommandMode(c fyne.Canvas) bool {
	if !Free(c) {
		return false
	}
	f := c.Focused()
	if f == nil {
		return true
	}
	_, ok := f.(CommandSurface)
	return ok
}
