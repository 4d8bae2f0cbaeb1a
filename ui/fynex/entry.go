package fynex

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Entry is a one-line field that does not swallow keys. A stock entry takes every shortcut, Escape
// and function key without a trace; this one offers them to OnKey and OnShortcut first.
type Entry struct {
	widget.Entry
	OnKey      func(fyne.KeyName) bool // true means handled
	OnShortcut func(fyne.Shortcut) bool
}

var _ desktop.Keyable = (*Entry)(nil)

// NewEntry makes a field.
func NewEntry() *Entry {
	e := &Entry{}
	e.Wrapping = fyne.TextWrap(fyne.TextTruncateClip)
	e.ExtendBaseWidget(e)
	return e
}

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
