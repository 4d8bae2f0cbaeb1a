package board

import (
	"fmt"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/ui/screen"
)

// TestABoardReadsNoClosedIncidents: after a start the board, and what the rail
// counts of it, read none of the incidents that were put away, until somebody asks
// for them.
func TestABoardReadsNoClosedIncidents(t *testing.T) {
	const over = 3 * model.KeepRecent
	r := modeltest.New(t, "Ana Ruiz")
	for i := range over {
		if i == over-1 {
			r.Wait(90 * 24 * time.Hour) // who worked on those closed of late is at hand
		}
		inc := r.As("Ana Ruiz", model.Declare{Title: fmt.Sprintf("over %d", i), Severity: model.P2}).Code
		r.As("Ana Ruiz", model.Resolve{Incident: inc, Verification: "orders pass"})
		r.As("Ana Ruiz", model.Close{Incident: inc, Customers: "only staff saw it"})
	}
	open := r.As("Ana Ruiz", model.Declare{Title: "checkout down", Severity: model.P0}).Code
	snap, err := r.State.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s, err := model.DecodeState(snap.State)
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	s.KeepPacks(func(key model.Hash) ([]byte, error) {
		asked++
		return snap.Closed[key], nil
	})
	c := read(s, false, r.Now)
	readAlerts(s)
	(&Screen{}).Waiting(screen.Input{State: s, Now: r.Now})
	if len(c.open) != 1 || c.open[0].code != open || len(c.past) != model.KeepRecent || c.more != over-model.KeepRecent || asked != 0 {
		t.Errorf("%d open, %d over, %d more; parts were read %d times", len(c.open), len(c.past), c.more, asked)
	}
	if c := read(s, true, r.Now); len(c.past) != over || c.more != 0 || asked == 0 {
		t.Errorf("asked for all: %d over, %d more; parts were read %d times", len(c.past), c.more, asked)
	}
}
