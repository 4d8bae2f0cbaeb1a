package board

import (
	"testing"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/ui/screen"
)

// TestABoardReadsNoClosedIncidents: after a start the board, and what the rail
// counts of it, read none of the incidents that were put away, until somebody asks
// for them.
func TestABoardReadsNoClosedIncidents(t *testing.T) {
	r, open := modeltest.Closed(t, "Ana Ruiz")
	s, asked := r.Restarted()
	c := read(s, false, r.Now)
	readAlerts(s)
	(&Screen{}).Waiting(screen.Input{State: s, Now: r.Now})
	if len(c.open) != 1 || c.open[0].code != open || len(c.past) != model.KeepRecent || c.more != modeltest.Over-model.KeepRecent || *asked != 0 {
		t.Errorf("%d open, %d over, %d more; parts were read %d times", len(c.open), len(c.past), c.more, *asked)
	}
	if c := read(s, true, r.Now); len(c.past) != modeltest.Over || c.more != 0 || *asked == 0 {
		t.Errorf("asked for all: %d over, %d more; parts were read %d times", len(c.past), c.more, *asked)
	}
}
