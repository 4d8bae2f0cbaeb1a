package form

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Area is a field of several lines. Tab leaves it, as every other field: in a
// stock one it writes a tab, and the keyboard is trapped.
type Area struct {
	widget.Entry
	OnKey func(fyne.KeyName) bool // sees keys first; true means handled
}

// NewArea makes a field that shows some lines.
func NewArea(lines int) *Area {
	a := &Area{}
	a.MultiLine = true
	a.Wrapping = fyne.TextWrapWord
	a.ExtendBaseWidget(a)
	a.SetMinRowsVisible(lines)
	return a
}

// AcceptsTab says that Tab moves on.
func (a *Area) AcceptsTab() bool { return false }

// TypedKey offers the key to OnKey before the text.
func (a *Area) TypedKey(k *fyne.KeyEvent) {
	if a.OnKey != nil && a.OnKey(k.Name) {
		return
	}
	a.Entry.TypedKey(k)
}
