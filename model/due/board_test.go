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

// TestAnIncidentShowsTheUpdateThatIsDueFirst: the page of an incident and the
// board say the same.
func TestAnIncidentShowsTheUpdateThatIsDueFirst(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	inc := r.Incident(r.As("Ana Ruiz", model.Declare{Title: "checkout is down", Severity: "P0"}).Code)
	if v := due.View(r.State, inc, r.Now); !v.NextUpdateAt.Equal(r.Now.Add(10 * time.Minute)) {
		t.Errorf("the status page waits from %v, the incident says %v", r.Now.Add(10*time.Minute), v.NextUpdateAt)
	}
	r.As("Ana Ruiz", model.Resolve{Incident: inc.Code, Verification: "three outside probes are well"})
	if v := due.View(r.State, r.Incident(inc.Code), r.Now); !v.NextUpdateAt.IsZero() {
		t.Errorf("it is resolved, and an update is due at %v", v.NextUpdateAt)
	}
}
