package due_test

import (
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

func TestTheBoardShowsTheUpdateThatIsDueFirst(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	r.As("Ana Ruiz", model.Declare{Title: "search is slow", Severity: "P2"})
	r.As("Ana Ruiz", model.Declare{Title: "checkout is down", Severity: "P0"})
	r.Wait(3 * time.Hour)
	late := r.As("Ana Ruiz", model.Declare{Title: "a third", Severity: "P1"})
	briefs := due.Briefs(r.State, false, r.Now)
	if len(briefs) != 3 || briefs[0].Severity != "P0" || briefs[2].ID != late.ID {
		t.Fatalf("order %+v", briefs)
	}
	for _, b := range briefs {
		first := time.Time{}
		for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
			if d.IncidentID == b.ID && d.Kind == due.Update {
				first = d.DueAt
				break
			}
		}
		if !b.NextUpdateAt.Equal(first) {
			t.Errorf("%s waits until %v, the board says %v", b.Code, first, b.NextUpdateAt)
		}
	}
}
