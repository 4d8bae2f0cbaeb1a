package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"

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
	return &PathField{Field: NewField(name, container.NewBorder(nil, nil, nil, button, e)), Entry: e}
}
