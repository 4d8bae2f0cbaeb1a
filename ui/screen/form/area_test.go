package form

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func TestCursorGoesBehindAnyCharacter(t *testing.T) {
	test.NewTempApp(t)
	a := NewArea(4)
	w := test.NewTempWindow(t, a)
	w.Resize(fyne.NewSize(160, 120)) // long lines are wrapped
	a.SetText("Größe\n\n" + strings.Repeat("the disk was full ", 12) + "\nend")
	for at := range len([]rune(a.Text)) + 1 {
		a.SetCursor(at)
		if got := a.Cursor(); got != at {
			t.Fatalf("put behind %d characters it is behind %d, in row %d column %d", at, got, a.CursorRow, a.CursorColumn)
		}
	}
	a.SetCursor(1 << 20)
	if a.Cursor() != len([]rune(a.Text)) {
		t.Error("beyond the end is not the end")
	}
	a.SetCursor(5)
	a.TypedRune('!')
	if !strings.HasPrefix(a.Text, "Größe!\n") {
		t.Errorf("what is typed stands elsewhere: %.20q", a.Text)
	}
}
