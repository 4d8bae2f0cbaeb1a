package plain_test

import (
	"testing"

	"holdfast/model/plain"
)

func TestWordsInsideASentence(t *testing.T) {
	for words, want := range map[string]string{
		"Severity, commander, room": "severity, commander, room", "SLO is met": "SLO is met", "already small": "already small", "A": "A", "": "",
	} {
		if got := plain.Inside(words); got != want {
			t.Errorf("%q inside a sentence is %q", words, got)
		}
	}
}
