package fynex

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
)

// Entry is a one-line field that does not swallow keys. A stock entry takes every shortcut, Escape
// and function key without a trace; this one offers them to OnKey and OnShortcut first.
type Entry struct {
	widget.Entry
	OnKey      func(fyne.KeyName) bool // true means handled
	OnShortcut func(fyne.Shortcut) bool
	OnChoose   func() // has the person choose a file for the field; nil where it is for none
	// Given is what the field holds before anybody typed. While it does, all of it is selected when the
	// keyboard comes, so that typing takes its place.
	Given string

	hint string // what the empty field says, before it is cut to the width
}

var _ desktop.Keyable = (*Entry)(nil)

// NewEntry makes a field.
func NewEntry() *Entry {
	e := &Entry{}
	e.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	e.ExtendBaseWidget(e)
	return e
}

// SetPlaceHolder sets what the empty field says. Where it has no room it is cut: the stock entry puts a
// scroll bar over it.
func (e *Entry) SetPlaceHolder(words string) {
	e.hint = words
	e.fitHint()
}

// Resize cuts what the empty field says to the width.
func (e *Entry) Resize(size fyne.Size) {
	e.Entry.Resize(size)
	e.fitHint()
}

func (e *Entry) fitHint() {
	words := e.hint
	th := e.Theme()
	if room := e.Size().Width - 4*th.Size(theme.SizeNameInnerPadding); room > 0 && words != "" {
		words = text.NewFace(func(s string) float32 {
			return fyne.MeasureText(s, th.Size(theme.SizeNameText), e.TextStyle).Width
		}).Ellipsis(words, room)
	}
	if words != e.PlaceHolder {
		e.Entry.SetPlaceHolder(words)
	}
}

// FocusGained draws the cursor and brings the field into sight.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.Given != "" && e.Text == e.Given {
		e.SelectAll()
	}
	InSight(e)
}

// SelectAll selects the text, so that typing takes its place.
func (e *Entry) SelectAll() { e.Entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

// TypedKey offers the key to OnKey before the text.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	if e.OnKey != nil && e.OnKey(k.Name) {
		return
	}
	e.Entry.TypedKey(k)
}

// TypedShortcut offers the shortcut to OnShortcut unless it edits text.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if e.OnShortcut != nil && !EditsText(s) && e.OnShortcut(s) {
		return
	}
	e.Entry.TypedShortcut(s)
}

// EditsText reports shortcuts that belong to a focused entry: copy, cut, paste, undo, redo, select
// all, and moving or deleting by words.
func EditsText(s fyne.Shortcut) bool {
	c, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return true
	}
	switch c.KeyName {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	default:
		return false
	}
}
