package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/fynex"
)

// PathField is a field for the path of a file: typed, dropped, or chosen with the button beside it or
// Ctrl+O.
type PathField struct {
	*Field
	Entry *fynex.Entry
}

// NewPathField makes a field; choose asks for a file, beginning with what is typed.
func NewPathField(name string, choose func(typed string)) *PathField {
	e := fynex.NewEntry()
	e.OnChoose = func() { choose(e.Text) }
	e.OnShortcut = func(s fyne.Shortcut) bool {
		c, ok := s.(*desktop.CustomShortcut)
		if !ok || c.KeyName != fyne.KeyO || c.Modifier != fyne.KeyModifierShortcutDefault {
			return false
		}
		e.OnChoose()
		return true
	}
	button := fynex.NewButton("Choose…", e.OnChoose)
	button.OnKey = func(k fyne.KeyName) bool { return e.OnKey != nil && e.OnKey(k) }
	return &PathField{Field: NewField(name, container.New(pathRow{}, e, button)), Entry: e}
}

// pathRow puts a button behind a field, so that it ends where the fields above and below do: the room for
// its ring hangs over the edge. The row is as tall as any field.
type pathRow struct{}

func (pathRow) MinSize(o []fyne.CanvasObject) fyne.Size {
	field, button := o[0].MinSize(), o[1].MinSize()
	return fyne.NewSize(field.Width+button.Width, field.Height)
}

func (pathRow) Layout(o []fyne.CanvasObject, size fyne.Size) {
	button := o[1].MinSize()
	x := size.Width + fynex.RingRoom - button.Width
	place(o[0], 0, 0, max(0, x-base.Padding()), size.Height)
	place(o[1], x, (size.Height-button.Height)/2, button.Width, button.Height)
}
