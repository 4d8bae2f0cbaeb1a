package form

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
)

// Area is a field of several lines. Tab leaves it, as every other field: in a
// stock one it writes a tab, and the keyboard is trapped.
type Area struct {
	widget.Entry
	OnKey   func(fyne.KeyName) bool // sees keys first; true means handled
	OnFocus func(in bool)           // the keyboard came, or went
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

// FocusGained draws the cursor, brings the field into sight and reports where the keyboard is.
func (a *Area) FocusGained() {
	a.Entry.FocusGained()
	fynex.InSight(a)
	if a.OnFocus != nil {
		a.OnFocus(true)
	}
}

// FocusLost takes the cursor away and reports it.
func (a *Area) FocusLost() {
	a.Entry.FocusLost()
	if a.OnFocus != nil {
		a.OnFocus(false)
	}
}

// Cursor gives how many characters are before the cursor.
func (a *Area) Cursor() int { return a.CursorTextOffset() }

// SetCursor puts the cursor behind as many characters of the text. The rows are
// as the text is wrapped: a stock entry sets its cursor by row and column alone.
func (a *Area) SetCursor(at int) {
	at = min(max(at, 0), utf8.RuneCountInString(a.Text))
	a.CursorRow, a.CursorColumn = 0, 0
	for row := 1; ; row++ {
		a.CursorRow = row
		if start := a.CursorTextOffset(); start == 0 || start > at { // 0 is no row
			a.CursorRow = row - 1
			break
		}
	}
	a.CursorColumn = at - a.CursorTextOffset()
	a.Refresh()
}
