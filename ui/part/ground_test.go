package part

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// TestGroundIsUnderTheWords: the ring of a row is a filled ground, and what is
// drawn before it cannot be read.
func TestGroundIsUnderTheWords(t *testing.T) {
	test.NewTempApp(t)
	due, board := newDueLine(faces{}), newBoardLine(faces{})
	for name, pieces := range map[string][2]fyne.CanvasObject{
		"due": {due.pieces()[0], due.ground.ring}, "board": {board.pieces()[0], board.ground.ring},
	} {
		if pieces[0] != pieces[1] {
			t.Errorf("%s draws something below its ring", name)
		}
	}
}
