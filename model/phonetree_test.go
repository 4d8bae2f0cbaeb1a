package model_test

import (
	"testing"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/model/policy"
)

// TestThePhoneTreeGoesOnWithTheWaysThatWereNotTried: the record says by what a
// person was really called, so the next call takes another number.
func TestThePhoneTreeGoesOnWithTheWaysThatWereNotTried(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	r.As("Ana Ruiz", model.SetTarget{Target: "on-call", People: []string{"Ben"}})
	r.As("Ana Ruiz", model.SetPerson{Person: "Ben", Fields: map[string]string{
		"phone": "+44 20 7946 0101", "private_phone": "+44 20 7946 0111", "messenger": "Signal ben.77",
	}})
	inc := r.As("Ana Ruiz", model.Declare{Title: "Checkout down", Severity: model.P0}).Code
	var rung policy.Rung
	for _, known := range r.State.Policy().Escalation {
		if known.ID == "p0-on-call" {
			rung = known
		}
	}
	next := func() string {
		calls := model.PhoneTree(r.State, r.State.Policy(), r.Incident(inc), rung, r.Now)
		if len(calls) != 1 {
			t.Fatalf("%+v", calls)
		}
		marked := 0
		for _, n := range calls[0].Numbers {
			if n.Next {
				marked++
				if n.Name != calls[0].Way {
					t.Errorf("%s is marked, and the way is %s", n.Name, calls[0].Way)
				}
			}
		}
		if marked != 1 {
			t.Errorf("%d numbers are marked", marked)
		}
		return calls[0].Way
	}
	for _, c := range []struct{ way, recorded, next string }{
		{"Phone", "phone", "private phone"},
		{"private-phone", "private phone", "messenger"},
		{"SMS", "sms", "messenger"},
		{"signal", "messenger", "phone"},
		{"pigeon", "pigeon", "phone"},
		{"call", "phone", "private phone"},
		{"face to face", "in person", "private phone"},
	} {
		r.Wait(2 * model.PageAgain)
		r.As("Ana Ruiz", model.RecordAttempt{Incident: inc, Rung: "p0-on-call", Person: "Ben", Way: c.way, Result: model.NoAnswer})
		list := r.Incident(inc).Attempts()
		if got := list[len(list)-1].Way; got != c.recorded {
			t.Errorf("%q is recorded as %q, want %q", c.way, got, c.recorded)
		}
		if got := next(); got != c.next {
			t.Errorf("after %q the next is %q, want %q", c.way, got, c.next)
		}
	}
}

// TestWherePhonesAreDownTheNumberOfWorkComesLast: every instruction names what
// still works.
func TestWherePhonesAreDownTheNumberOfWorkComesLast(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	r.As("Ana Ruiz", model.SetTarget{Target: "on-call", People: []string{"Ben"}})
	r.As("Ana Ruiz", model.SetPerson{Person: "Ben", Fields: map[string]string{"phone": "+44 20 7946 0101", "messenger": "Signal ben.77"}})
	inc := r.As("Ana Ruiz", model.Declare{Title: "Rogers: the network is gone", Severity: model.P0}).Code
	rung := r.State.Policy().Escalation[0]
	way := func() string { return model.PhoneTree(r.State, r.State.Policy(), r.Incident(inc), rung, r.Now)[0].Way }
	if got := way(); got != "phone" {
		t.Errorf("first is %q", got)
	}
	r.As("Ana Ruiz", model.SetTools{Incident: inc, Tools: map[string]string{"phone": model.ToolDown}})
	if got := way(); got != "messenger" {
		t.Errorf("with the phones down first is %q", got)
	}
	r.As("Ana Ruiz", model.RecordAttempt{Incident: inc, Rung: rung.ID, Person: "Ben", Way: "messenger", Result: model.NoAnswer})
	if got := way(); got != "messenger" {
		t.Errorf("with the phones down next is %q", got)
	}
}
