package part

import (
	"strings"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
)

// captureEntry is the field itself. Stock multi-line entries take Enter as a newline, Shift+Enter as
// submit, insert Tab, and swallow every shortcut and Escape.
type captureEntry struct {
	widget.Entry
	box   *Capture
	shift bool
}

var (
	_ desktop.Keyable   = (*captureEntry)(nil)
	_ fyne.Shortcutable = (*captureEntry)(nil)
	_ fyne.Tabbable     = (*captureEntry)(nil)
)

func newCaptureEntry(c *Capture) *captureEntry {
	e := &captureEntry{box: c}
	e.MultiLine, e.Wrapping = true, fyne.TextWrapWord
	e.ExtendBaseWidget(e)
	e.SetMinRowsVisible(captureMinLines)
	e.OnChanged = c.changed
	return e
}

// AcceptsTab keeps Tab only while a suggestion can be taken with it.
func (e *captureEntry) AcceptsTab() bool { return e.box.suggesting() }

func (e *captureEntry) KeyDown(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		e.shift = true
	}
	e.Entry.KeyDown(k)
}

func (e *captureEntry) KeyUp(k *fyne.KeyEvent) {
	if k.Name == desktop.KeyShiftLeft || k.Name == desktop.KeyShiftRight {
		e.shift = false
	}
	e.Entry.KeyUp(k)
}

// FocusLost forgets Shift: its release goes to whoever is focused next.
func (e *captureEntry) FocusLost() {
	e.shift = false
	e.Entry.FocusLost()
}

func (e *captureEntry) TypedKey(k *fyne.KeyEvent) {
	c := e.box
	if c.suggesting() && e.suggestionKey(k.Name) {
		return
	}
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		if e.shift {
			e.Entry.TypedKey(k)
			return
		}
		c.Submit()
	case fyne.KeyEscape:
		c.flushDraft()
		if c.OnEscape != nil {
			c.OnEscape()
		}
	case fyne.KeyUp:
		if e.Text == "" {
			if c.OnEditLast != nil {
				c.OnEditLast()
			}
			return
		}
		e.Entry.TypedKey(k)
	default:
		e.Entry.TypedKey(k)
	}
}

// suggestionKey moves in the list of suggestions. Enter takes one only after it was chosen with the
// arrows: who types a whole command and presses Enter means what was typed.
func (e *captureEntry) suggestionKey(k fyne.KeyName) bool {
	c := e.box
	switch k {
	case fyne.KeyDown:
		c.list.Step(1)
	case fyne.KeyUp:
		c.list.Step(-1)
	case fyne.KeyEscape:
		c.SetSuggestions(nil)
	case fyne.KeyTab:
		if c.list.Selected() == "" {
			c.list.Step(1)
		}
		c.take(c.list.Selected())
	case fyne.KeyReturn, fyne.KeyEnter:
		if c.list.Selected() == "" || e.shift {
			return false
		}
		c.take(c.list.Selected())
	default:
		return false
	}
	return true
}

// TypedShortcut offers what does not edit text to the owner: a focused entry would swallow it.
func (e *captureEntry) TypedShortcut(s fyne.Shortcut) {
	if c := e.box; c.OnShortcut != nil && !fynex.EditsText(s) && c.OnShortcut(s) {
		return
	}
	if p, ok := s.(*fyne.ShortcutPaste); ok && e.box.OnNoText != nil && !written(p.Clipboard.Content()) {
		e.box.OnNoText()
		return
	}
	e.Entry.TypedShortcut(s)
}

// written reports whether what a clipboard gives is text. Some programs give the bytes
// of a picture to whoever asks for text.
func written(content string) bool {
	return content != "" && utf8.ValidString(content) && !strings.ContainsRune(content, 0)
}

// toEnd puts the cursor behind the last character.
func (e *captureEntry) toEnd() { e.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown}) }
