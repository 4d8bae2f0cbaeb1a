package node

import (
	"testing"

	"holdfast/model"
	"holdfast/model/due"
)

// TestABriefSaysTheUpdateThatIsDueAsTheBoardDoes: whoever waits for it, so that nobody is told of calm by hearsay.
func TestABriefSaysTheUpdateThatIsDueAsTheBoardDoes(t *testing.T) {
	r := foundedRoom(t, opened(t, false))
	if _, err := r.Do(t.Context(), model.Declare{Title: "checkout down", Severity: model.P0}); err != nil {
		t.Fatal(err)
	}
	told, ok := decodeBrief(r.brief(r.Device()))
	if !ok || len(told) != 1 {
		t.Fatalf("told %+v", told)
	}
	r.View(func(s *model.State) {
		if want := due.Briefs(s, false, r.Now())[0].NextUpdateAt; want.IsZero() || !told[0].NextUpdateAt.Equal(want) {
			t.Errorf("told of %v, and the board says %v", told[0].NextUpdateAt, want)
		}
	})
}
