package due_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// past fills a room with incidents that are over: many that nothing is owed for,
// and one of each kind that something is.
func past(r *modeltest.Room) {
	over := func(c model.Declare, then ...func(inc string)) {
		inc := r.As(ana, c).Code
		r.As(ana, model.Resolve{Incident: inc, Verification: "orders pass"})
		for _, do := range then {
			do(inc)
		}
		r.As(ana, model.Close{Incident: inc, Customers: "only staff saw it"})
		r.Wait(1)
	}
	over(model.Declare{Title: "its review is owed", Severity: model.P1})
	over(model.Declare{Title: "its action is owed", Severity: model.P2}, func(inc string) {
		r.As(ana, model.AddAction{Incident: inc, Text: "Raise the limit of the pool", Owner: ben, Due: r.Now.AddDate(0, 0, 20)})
	})
	over(model.Declare{Title: "its lock is held", Severity: model.P2}, func(inc string) {
		r.As(ana, model.TakeLock{Incident: inc, Thing: "load balancer"})
	})
	r.As(ana, model.AddVendor{Fields: map[string]string{"name": "Carrier One"}})
	over(model.Declare{Title: "its ticket waits", Severity: model.P2}, func(inc string) {
		r.As(ana, model.OpenTicket{Incident: inc, Vendor: "carrier"})
	})
	over(model.Declare{Title: "its ticket was answered", Severity: model.P2}, func(inc string) {
		r.As(ana, model.SetTicket{Ticket: r.As(ana, model.OpenTicket{Incident: inc, Vendor: "carrier"}).ID.String(), Answer: "a card is broken"})
	})
	over(model.Declare{Title: "an intruder", Severity: model.P2, Type: "Security Breach"})
	over(model.Declare{Title: "data was seen", Severity: model.P2}, func(inc string) { r.As(ana, model.SetIncident{Incident: inc, Data: "yes"}) })
	over(model.Declare{Title: "its message waits", Severity: model.P2}, func(inc string) {
		r.As(ana, model.QueueMessage{Incident: inc, Draft: model.Draft{
			Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []model.Recipient{{Address: "a@example.com"}},
		}})
	})
	for i := range 60 {
		over(model.Declare{Title: fmt.Sprintf("forgotten %d", i), Severity: model.Severities[2+i%2]})
	}
	r.Wait(90 * 24 * time.Hour)
	over(model.Declare{Title: "the last one", Severity: model.P2})
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	r.As(ana, model.AssignRole{Incident: inc, Role: "ic", Person: ben})
}

// reopened gives the state as it is after a start, and how often it read closed
// incidents.
func reopened(t *testing.T, s *model.State) (*model.State, *int) {
	t.Helper()
	snap, err := s.Encode()
	if err != nil || len(snap.Closed) == 0 {
		t.Fatalf("%d parts: %v", len(snap.Closed), err)
	}
	back, err := model.DecodeState(snap.State)
	if err != nil {
		t.Fatal(err)
	}
	read := new(int)
	back.KeepPacks(func(key model.Hash) ([]byte, error) {
		*read++
		return snap.Closed[key], nil
	})
	return back, read
}

func asJSON(t *testing.T, values ...any) string {
	t.Helper()
	text, err := json.MarshalIndent(values, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestWhatIsOwedIsKnownWithoutClosedIncidents: after a start the deadlines, and
// what else waits for somebody, are those of a peer that has all at hand, and no
// closed incident is read for them.
func TestWhatIsOwedIsKnownWithoutClosedIncidents(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	past(r)
	s, read := reopened(t, r.State)
	for days := range 40 {
		now := r.Now.AddDate(0, 0, days)
		want := asJSON(t, due.List(r.State, r.State.Policy(), now), due.Briefs(r.State, false, now), r.State.OpenActions(), r.State.Summary(now))
		if got := asJSON(t, due.List(s, s.Policy(), now), due.Briefs(s, false, now), s.OpenActions(), s.Summary(now)); got != want {
			t.Fatalf("after %d days: %s\nwant %s", days, got, want)
		}
	}
	if len(s.Locks()) != 1 || len(due.Recent(s, r.Now)) < 20 || *read != 0 {
		t.Errorf("%d locks, %d recent incidents; parts were read %d times", len(s.Locks()), len(due.Recent(s, r.Now)), *read)
	}
}

// TestAnotherPolicyAsksTheClosedIncidents: what owed nothing when it was put away
// may owe something under a policy that came later.
func TestAnotherPolicyAsksTheClosedIncidents(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	past(r)
	s, read := reopened(t, r.State)
	stricter := *s.Policy()
	stricter.Severities = append(stricter.Severities[:0:0], stricter.Severities...)
	for i := range stricter.Severities {
		stricter.Severities[i].Review = "required"
	}
	want := due.List(r.State, &stricter, r.Now)
	if got := due.List(s, &stricter, r.Now); asJSON(t, got) != asJSON(t, want) || *read == 0 || len(want) < 60*5 {
		t.Errorf("%d deadlines, want %d; parts were read %d times", len(got), len(want), *read)
	}
}
