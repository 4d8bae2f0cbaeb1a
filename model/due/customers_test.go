package due_test

import (
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// TestTheDecisionOnCustomersIsOwed: from the resolution on, by whoever speaks to
// the outside, until somebody made it.
func TestTheDecisionOnCustomersIsOwed(t *testing.T) {
	owed := func(r *modeltest.Room, inc string) (found *due.Due) {
		for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
			if d.Incident == inc && d.Kind == due.Question && d.Key == "customers" {
				found = &d
			}
		}
		return found
	}
	for _, level := range []string{model.P0, model.P1} {
		r := modeltest.New(t, ana, ben)
		inc := r.As(ana, model.Declare{Title: "Checkout down", Severity: level}).Code
		r.As(ana, model.AssignRole{Incident: inc, Role: "ic", Person: ana})
		if d := owed(r, inc); d != nil {
			t.Errorf("%s: owed while it is open: %+v", level, d)
		}
		r.As(ana, model.Resolve{Incident: inc, Verification: "orders flow"})
		resolved := r.Now
		if d := owed(r, inc); d == nil || d.Who != ana || !d.DueAt.Equal(resolved.Add(30*time.Minute)) || d.State != due.Later {
			t.Errorf("%s: owed is %+v", level, d)
		}
		r.Wait(time.Hour)
		r.As(ana, model.AssignRole{Incident: inc, Role: "comms", Person: ben})
		if d := owed(r, inc); d == nil || d.Who != ben || len(d.WhoIDs) != 1 || d.State != due.Overdue {
			t.Errorf("%s: an hour later owed is %+v", level, d)
		}
		r.As(ben, model.RecordFacts{Incident: inc, Customers: "sent by support"})
		if d := owed(r, inc); d != nil {
			t.Errorf("%s: owed after the decision: %+v", level, d)
		}
		if d := find(t, of(r, inc), due.Question, "customers"); d.State != due.Done || d.Result != "sent by support" {
			t.Errorf("%s: done as %+v", level, d)
		}
	}
	// A message that goes out after the resolution is the decision too.
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "Checkout down", Severity: model.P0}).Code
	r.As(ana, model.Resolve{Incident: inc, Verification: "orders flow"})
	r.As(ana, model.QueueMessage{Incident: inc, Draft: model.Draft{
		Audience: "customers", Channel: "mail", Subject: "It works again", Body: "Orders flow.", Recipients: []model.Recipient{{Address: "all@example.com"}},
	}})
	if d := find(t, of(r, inc), due.Question, "customers"); d.State != due.Done || d.Result != "a message went out" {
		t.Errorf("after a message it is %+v", d)
	}
	for name, declare := range map[string]model.Declare{"P2": {Title: "x", Severity: model.P2}, "P3": {Title: "x", Severity: model.P3}} {
		r := modeltest.New(t, ana)
		inc := r.As(ana, declare).Code
		r.As(ana, model.Resolve{Incident: inc, Verification: "orders flow"})
		if d := owed(r, inc); d != nil {
			t.Errorf("%s: owed is %+v", name, d)
		}
	}
}
