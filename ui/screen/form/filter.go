package form

import (
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/ui/fynex"
)

// Filter is a field that filters a list. It shows while it is used: the list
// needs the room.
type Filter struct {
	Entry *fynex.Entry

	focus func(fyne.Focusable)
	list  fyne.Focusable
	draw  func()
}

// NewFilter makes a hidden filter. draw draws the rows that are left, and lays
// out the screen anew; Escape empties the field and leads back to the list.
func NewFilter(hint string, focus func(fyne.Focusable), list fyne.Focusable, draw func()) *Filter {
	f := &Filter{Entry: fynex.NewEntry(), focus: focus, list: list, draw: draw}
	f.Entry.SetPlaceHolder(hint)
	f.Entry.OnChanged = func(string) { f.draw() }
	f.Entry.OnKey = func(k fyne.KeyName) bool {
		switch k {
		case fyne.KeyEscape:
			f.Leave()
		case fyne.KeyDown, fyne.KeyReturn, fyne.KeyEnter:
			f.focus(f.list)
		default:
			return false
		}
		return true
	}
	f.Entry.Hide()
	return f
}

// Find puts the keyboard into the filter.
func (f *Filter) Find() {
	Show(f.Entry, true)
	f.draw()
	f.focus(f.Entry)
}

// Leave shows every row again; false where the filter is not used.
func (f *Filter) Leave() bool {
	if !f.Entry.Visible() {
		return false
	}
	f.Entry.Hide()
	f.Entry.SetText("")
	f.draw()
	f.focus(f.list)
	return true
}

// Holds tells whether texts, taken together, have every word that was typed.
func (f *Filter) Holds(texts ...string) bool {
	in := strings.ToLower(strings.Join(texts, " "))
	for word := range strings.FieldsSeq(strings.ToLower(f.Entry.Text)) {
		if !strings.Contains(in, word) {
			return false
		}
	}
	return true
}
