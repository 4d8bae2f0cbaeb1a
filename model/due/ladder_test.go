package due_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// staffed is a room with somebody behind each rung of a P0 that calls a person,
// apart from command, which nobody has taken.
func staffed(t *testing.T) *modeltest.Room {
	t.Helper()
	r := modeltest.New(t, ana, ben)
	r.As(ana, model.SetTarget{Target: "on-call", People: []string{ben}})
	for person, target := range map[string]string{"Eva Lind": "engineering-manager", "Femi Ade": "support-lead", "Gro Dahl": "vp-engineering", "Hal Ito": "executive-team"} {
		r.As(ana, model.AddPerson{Name: person, Email: "p@example.com"})
		r.As(ana, model.SetTarget{Target: target, People: []string{person}})
	}
	return r
}

// page pages whom a rung is for and says that the page left.
func page(t *testing.T, r *modeltest.Room, inc, rung, person string) {
	t.Helper()
	call := r.As(ana, model.Page{Incident: inc, Rung: rung, Person: person}).ID
	for _, a := range r.Incident(inc).Attempts() {
		if a.ID == call {
			r.As(ana, model.RecordResult{Message: a.Message.String(), Outcome: model.Sent})
		}
	}
}

func loud(r *modeltest.Room, inc string) (what string) {
	for _, d := range of(r, inc) {
		if d.Kind == due.Ladder && d.State == due.Overdue {
			what = d.What
		}
	}
	return what
}

// TestALadderNobodyAnswersIsLoud with the matrix that ships: nobody has command,
// and nobody has written to customers.
func TestALadderNobodyAnswersIsLoud(t *testing.T) {
	r := staffed(t)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	for _, rung := range []struct {
		after      time.Duration
		id, person string
	}{{0, "p0-on-call", ben}, {5, "p0-manager", "Eva Lind"}, {5, "p0-support", "Femi Ade"}, {5, "p0-vp", "Gro Dahl"}, {15, "p0-executives", "Hal Ito"}} {
		r.Wait(rung.after * time.Minute)
		page(t, r, inc, rung.id, rung.person)
		if got := loud(r, inc); got != "" {
			t.Fatalf("loud as %s is paged: %q", rung.person, got)
		}
	}
	r.Wait(5*time.Minute - time.Second)
	if got := loud(r, inc); got != "" {
		t.Errorf("loud while the last call has time to be answered: %q", got)
	}
	r.Wait(time.Second)
	if got := loud(r, inc); !strings.Contains(got, "Nobody has answered") {
		t.Errorf("35 minutes after the declaration nobody has answered, and it says %q", got)
	}
	at := find(t, of(r, inc), due.Ladder, model.P0).DueAt
	page(t, r, inc, "p0-vp", "Hal Ito")
	if d := find(t, of(r, inc), due.Ladder, model.P0); d.State != due.Overdue || !d.DueAt.Equal(at) {
		t.Errorf("one more call silences it: %s at %s", d.State, d.DueAt)
	}
	r.Wait(4 * time.Minute)
	if d := find(t, of(r, inc), due.Ladder, model.P0); len(d.RemindAt) < 2 || !d.RemindAt[len(d.RemindAt)-2].After(at) {
		t.Errorf("it is said once: %v", d.RemindAt)
	}
	r.As(ben, model.AckPage{Incident: inc})
	if has(of(r, inc), due.Ladder, model.P0) {
		t.Error("it goes on though somebody has answered")
	}
}

func TestARungThatIsLeftHoldsTheLadder(t *testing.T) {
	r := staffed(t)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	r.Wait(2 * time.Hour)
	for _, rung := range []string{"p0-on-call", "p0-manager", "p0-support", "p0-vp"} {
		r.As(ana, model.RecordAttempt{Incident: inc, Rung: rung, Person: ben, Way: "phone", Result: model.NoAnswer})
	}
	r.Wait(time.Hour)
	if got := loud(r, inc); got != "" {
		t.Errorf("with the executives not called it says %q", got)
	}
	r.As(ana, model.RecordAttempt{Incident: inc, Rung: "p0-executives", Person: "Hal Ito", Way: "phone", Result: model.Declined})
	if got := loud(r, inc); got == "" {
		t.Error("all were called, the last refused, and it is silent")
	}
}

func TestALadderWithNobodyOnItIsLoud(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	r.Wait(5*time.Minute - time.Second)
	if got := loud(r, inc); got != "" {
		t.Errorf("after %s: %q", 5*time.Minute-time.Second, got)
	}
	r.Wait(time.Second)
	if got := loud(r, inc); !strings.Contains(got, "Nobody is named") {
		t.Errorf("with nobody named it says %q", got)
	}
}

// TestAPageThatHasNotLeftIsSaidToBeSo, with the reason, and its rung waits a
// minute for it.
func TestAPageThatHasNotLeftIsSaidToBeSo(t *testing.T) {
	r := staffed(t)
	r.As(ana, model.SetTarget{Target: "secondary", People: []string{"Hal Ito"}})
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	r.As(ana, model.Page{Incident: inc, Rung: "p0-on-call", Person: ben, Way: "pager"})
	call := r.Incident(inc).Attempts()[0]
	r.As(ana, model.RecordResult{Message: call.Message.String(), Outcome: model.Deferred, Detail: "the routing key is not known there"})
	rung := find(t, of(r, inc), due.Escalation, "p0-on-call")
	if rung.Result != "not sent yet to Ben Okafor by pager: the routing key is not known there" {
		t.Errorf("the rung says %q", rung.Result)
	}
	if d := find(t, of(r, inc), due.Answer, "p0-on-call"); d.What != "Not sent, call by phone: try secondary" || !d.DueAt.Equal(call.At.Add(time.Minute)) {
		t.Errorf("%q at %s", d.What, d.DueAt.Sub(call.At))
	}
	r.As(ana, model.RecordResult{Message: call.Message.String(), Outcome: model.Sent})
	if d := find(t, of(r, inc), due.Answer, "p0-on-call"); d.What != "No answer: try secondary" || !d.DueAt.Equal(call.At.Add(5*time.Minute)) {
		t.Errorf("once it left: %q at %s", d.What, d.DueAt.Sub(call.At))
	}
}
