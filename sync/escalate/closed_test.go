package escalate

import (
	"testing"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// TestALookReadsNoClosedIncidents: what the escalation reads at each look is at
// hand after a start, and says the same as where all is.
func TestALookReadsNoClosedIncidents(t *testing.T) {
	r, _ := modeltest.Closed(t, "Ana Ruiz")
	s, read := r.Restarted()
	var self model.DeviceKey
	for key := range r.State.Members {
		self = key
	}
	if len(s.Delivered()) != 1 || !s.Delivered()[self] || len(r.State.Delivered()) != 1 {
		t.Errorf("%d devices have sent something, want %d", len(s.Delivered()), len(r.State.Delivered()))
	}
	for _, st := range []*model.State{s, r.State} {
		list := due.List(st, st.Policy(), r.Now)
		if steps, pages := plan(st, list, r.Now, func(model.ID) bool { return true }), idle(st, list, self); len(list) == 0 || len(steps) != 0 || len(pages) != 0 {
			t.Errorf("%d deadlines, %d steps, %d idle pages", len(list), len(steps), len(pages))
		}
		rank(st, self, "a step")
	}
	if *read != 0 {
		t.Errorf("parts were read %d times", *read)
	}
}
