package shell

import "testing"

// TestAQuestionKeepsTheKeyboard: an incident that was declared is opened once it is on disk, which may be after
// something else was asked.
func TestAQuestionKeepsTheKeyboard(t *testing.T) {
	f := open(t, Entry{"board", newPaper("Board")}, Entry{"incident", newPaper("Incident")})
	f.Confirm("Cut all links?", "", "Cut links", func() {})
	had := f.window.Canvas().Focused()
	f.bring(1)
	if at := f.window.Canvas().Focused(); had == nil || at != had {
		t.Errorf("the keyboard was on %v, and is on %v", had, at)
	}
}
