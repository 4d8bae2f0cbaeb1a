package fynex

import (
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

// InSight scrolls what a widget stands in as little as shows it, with the frame it is in. Tab moves the
// keyboard and Fyne scrolls nothing, so that a person would type below the edge of the window.
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
// it; nil where it is not there.
func bring(around, o fyne.CanvasObject) fyne.CanvasObject {
	if around == o {
		return o
	}
	switch in := around.(type) {
	case *fyne.Container:
		for _, child := range in.Objects {
			if !child.Visible() {
				continue
			}
			if shown := bring(child, o); shown != nil {
				return shown
			}
		}
	case *container.Scroll:
		shown := bring(in.Content, o)
		if shown != nil {
			scrollTo(in, shown)
		}
		return shown
	case Framed:
		if bring(in.Framed(), o) != nil {
			return in
		}
	}
	return nil
}

// scrollTo moves what scrolls to where an object is between its edges; the upper end counts where it is
// taller.
func scrollTo(s *container.Scroll, o fyne.CanvasObject) {
	d := fyne.CurrentApp().Driver()
	top := d.AbsolutePositionForObject(o).Y - d.AbsolutePositionForObject(s).Y
	low, view, by := top+o.Size().Height, s.Size().Height, float32(0)
	switch {
	case top < edgeRoom:
		by = top - edgeRoom
	case low > view-edgeRoom:
		by = min(low-view+edgeRoom, top-edgeRoom)
	}
	y := max(0, min(s.Offset.Y+by, s.Content.Size().Height-view))
	s.ScrollToOffset(fyne.NewPos(s.Offset.X, y))
}
