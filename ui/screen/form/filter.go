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
	stays bool // it is seen while it is not used
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

// NewOpenFilter makes a filter that is always seen: for a list that is the screen. Escape empties it, and
// leads back to the list where it is empty.
func NewOpenFilter(hint string, focus func(fyne.Focusable), list fyne.Focusable, draw func()) *Filter {
	f := NewFilter(hint, focus, list, draw)
	f.stays = true
	f.Entry.Show()
	return f
}

// Text is what was typed.
func (f *Filter) Text() string { return f.Entry.Text }

// Find puts the keyboard into the filter.
func (f *Filter) Find() {
	if Show(f.Entry, true) {
		f.draw()
	}
	f.focus(f.Entry)
}

// Leave shows every row again; false where the filter is not used.
func (f *Filter) Leave() bool {
	if !f.Entry.Visible() {
		return false
	}
	if f.stays {
		if f.Entry.Text == "" {
			f.focus(f.list)
		}
		f.Entry.SetText("") // draws
		return true
	}
	f.Entry.Hide()
	f.Entry.SetText("")
	f.draw()
	f.focus(f.list)
	return true
}

// Holds tells whether texts, taken together, have every word that was typed.
func (f *Filter) Holds(texts ...string) bool { return holds(f.Entry.Text, strings.Join(texts, " ")) }

func holds(query, text string) bool {
	in := strings.ToLower(text)
	for word := range strings.FieldsSeq(strings.ToLower(query)) {
		if !strings.Contains(in, word) {
			return false
		}
	}
	return true
}

// Matching keeps the items whose words hold every word of a query; without one, all.
func Matching[T any](items []T, query string, words func(T) string) []T {
	if strings.TrimSpace(query) == "" {
		return items
	}
	var out []T
	for _, item := range items {
		if holds(query, words(item)) {
			out = append(out, item)
		}
	}
	return out
}
