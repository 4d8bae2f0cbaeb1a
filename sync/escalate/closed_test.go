package escalate

import (
	"fmt"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// TestALookReadsNoClosedIncidents: what the escalation reads at each look is at
// hand after a start, and says the same as where all is.
func TestALookReadsNoClosedIncidents(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	for i := range 3 * model.KeepRecent {
		if i == 3*model.KeepRecent-1 {
			r.Wait(90 * 24 * time.Hour) // who worked on those closed of late is at hand
		}
		inc := r.As("Ana Ruiz", model.Declare{Title: fmt.Sprintf("over %d", i), Severity: model.P2}).Code
		if i == 0 { // put away, and the one that says who has sent something
			id := r.As("Ana Ruiz", model.QueueMessage{Incident: inc, Draft: model.Draft{
				Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []model.Recipient{{Address: "a@example.com"}},
			}}).ID
			r.As("Ana Ruiz", model.RecordResult{Message: id.String(), Outcome: model.Sent})
		}
		r.As("Ana Ruiz", model.Resolve{Incident: inc, Verification: "orders pass"})
		r.As("Ana Ruiz", model.Close{Incident: inc, Customers: "only staff saw it"})
		r.Wait(1e6)
	}
	r.As("Ana Ruiz", model.Declare{Title: "checkout down", Severity: model.P0})
	snap, err := r.State.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s, err := model.DecodeState(snap.State)
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	s.KeepPacks(func(key model.Hash) ([]byte, error) {
		read++
		return snap.Closed[key], nil
	})
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
	if read != 0 {
		t.Errorf("parts were read %d times", read)
	}
}
