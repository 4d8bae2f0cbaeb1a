package fynex

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Framed is a widget with another in it, as a field has an entry between its name and its help.
type Framed interface {
	fyne.CanvasObject
	Framed() fyne.CanvasObject
}

// edgeRoom keeps what is brought into sight clear of the shade at the edge of a scroller.
const edgeRoom = 8

// InSight scrolls what a widget stands in as little as shows it, with the frame it is in, and with the buttons
// that come next below a field where both fit: what ends a form is in sight while it is filled in; a button ends
// what it stands under itself. Tab moves the keyboard and Fyne scrolls nothing, so that a person would type below
// the edge of the window.
func InSight(o fyne.CanvasObject) {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return
	}
	if over := c.Overlays().Top(); over != nil {
		bring(over, o)
		return
	}
	bring(c.Content(), o)
}

// bring looks for a widget in what is around it, scrolls on the way back, and returns what is to be seen of
// it, and the buttons below it; nil where they are not there.
func bring(around, o fyne.CanvasObject) (shown, end fyne.CanvasObject) {
	if around == o {
		return o, nil
	}
	switch in := around.(type) {
	case *fyne.Container:
		for i, child := range in.Objects {
			if !child.Visible() {
				continue
			}
			if shown, end = bring(child, o); shown != nil {
				if _, button := o.(*Button); end == nil && !button {
					end = buttonsBelow(child, in.Objects[i+1:])
				}
				return shown, end
			}
		}
	case *container.Scroll:
		if shown, end = bring(in.Content, o); shown != nil {
			scrollTo(in, shown, end)
			hold(in, o)
		}
		return shown, nil
	case *Panel:
		return bring(in.content, o)
	case Framed:
		if shown, _ = bring(in.Framed(), o); shown != nil {
			return in, nil
		}
	}
	return nil, nil
}

// buttonsBelow finds the next object below another that has a button in it.
func buttonsBelow(o fyne.CanvasObject, after []fyne.CanvasObject) fyne.CanvasObject {
	low := o.Position().Y + o.Size().Height
	for _, next := range after {
		if next.Visible() && next.Position().Y >= low && hasButton(next) {
			return next
		}
	}
	return nil
}

func hasButton(o fyne.CanvasObject) bool {
	switch in := o.(type) {
	case *Button:
		return true
	case *fyne.Container:
		return slices.ContainsFunc(in.Objects, hasButton)
	case *Panel:
		return hasButton(in.content)
	}
	return false
}

// scrollTo moves what scrolls to where an object is between its edges, and what ends it too where there is
// room for both; the upper end counts where it is taller.
func scrollTo(s *container.Scroll, o, end fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	from := d.AbsolutePositionForObject(s).Y
	top := d.AbsolutePositionForObject(o).Y - from
	low, view, by := top+o.Size().Height, s.Size().Height, float32(0)
	if end != nil {
		if ends := d.AbsolutePositionForObject(end).Y - from + end.Size().Height; ends-top <= view-2*edgeRoom {
			low = max(low, ends)
		}
	}
	switch {
	case top < edgeRoom:
		by = top - edgeRoom
	case low > view-edgeRoom:
		by = min(low-view+edgeRoom, top-edgeRoom)
	}
	y := max(0, min(s.Offset.Y+by, s.Content.Size().Height-view))
	s.ScrollToOffset(fyne.NewPos(s.Offset.X, y))
}

// Held is a layout of what scrolls that keeps the widget with the keyboard in sight where what is above it
// grows: words say how tall they are once they have a width, which may come after the keyboard.
func Held(l fyne.Layout) fyne.Layout { return &held{inner: l} }

type held struct {
	inner  fyne.Layout
	size   fyne.Size
	in     *container.Scroll
	widget fyne.CanvasObject
	at     fyne.Position // where it was scrolled to; elsewhere a person has scrolled since
}

// hold notes what was brought into sight, where the layout keeps it there.
func hold(s *container.Scroll, widget fyne.CanvasObject) {
	if c, ok := s.Content.(*fyne.Container); ok {
		if h, ok := c.Layout.(*held); ok {
			h.in, h.widget, h.at = s, widget, s.Offset
		}
	}
}

// MinSize is that of the layout.
func (h *held) MinSize(o []fyne.CanvasObject) fyne.Size { return h.inner.MinSize(o) }

// Layout brings what has the keyboard into sight again, unless somebody has looked elsewhere.
func (h *held) Layout(o []fyne.CanvasObject, size fyne.Size) {
	h.inner.Layout(o, size)
	same := h.size == size
	if h.size = size; same || h.in == nil || h.in.Offset != h.at {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(h.widget)
	if c == nil || c.Focused() == nil || c.Focused() != h.widget.(fyne.Focusable) {
		h.in, h.widget = nil, nil
		return
	}
	InSight(h.widget)
}
