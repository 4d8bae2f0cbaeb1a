package due_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// answered has a trigger answered and wants it done.
func answered(t *testing.T, r *modeltest.Room, inc, id, key string) {
	t.Helper()
	r.As(ana, model.AnswerTrigger{Incident: inc, Trigger: id, Decision: "taken to the manager"})
	if d := find(t, of(r, inc), due.Trigger, key); d.State != due.Done || d.Result != "taken to the manager" {
		t.Errorf("answered, and %s is %s (%s)", key, d.State, d.Result)
	}
}

func TestTriggersAskWhetherToEscalate(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := r.As(ana, model.Declare{Title: "checkout slow", Severity: model.P1}).Code
	if list := kindOf(of(r, inc), due.Trigger); len(list) != 0 {
		t.Fatalf("nothing happened, and %s", said(list))
	}

	r.Wait(time.Minute)
	r.As(ana, model.AssessImpact{Incident: inc, Share: "5"})
	r.Wait(time.Minute)
	r.As(ana, model.AssessImpact{Incident: inc, Share: "40"})
	d := find(t, of(r, inc), due.Trigger, "impact")
	if !d.DueAt.Equal(r.Now.Add(5*time.Minute)) || d.What != "Larger than first assessed: more users. Escalate?" {
		t.Errorf("%+v", d)
	}
	answered(t, r, inc, "impact", "impact")
	r.Wait(time.Minute)
	r.As(ana, model.AssessImpact{Incident: inc, Share: "60"})
	if d := find(t, of(r, inc), due.Trigger, "impact"); !d.Open() {
		t.Error("it grew again after the answer, and nobody is asked")
	}

	r.As(ana, model.AddHypothesis{Incident: inc, Text: "the certificate"})
	if d := find(t, of(r, inc), due.Trigger, "people/hypothesis"); !d.DueAt.Equal(r.Now.Add(10*time.Minute)) || d.What != "Nobody looks into: the certificate" {
		t.Errorf("%+v", d)
	}
	answered(t, r, inc, "people", "people/hypothesis")

	r.As(ana, model.SetIncident{Incident: inc, Type: "Integration Failure"})
	if d := find(t, of(r, inc), due.Trigger, "vendor"); !d.DueAt.Equal(r.Now.Add(10 * time.Minute)) {
		t.Errorf("%+v", d)
	}
	answered(t, r, inc, "vendor", "vendor")

	r.As(ana, model.SetIncident{Incident: inc, Data: "yes"})
	if d := find(t, of(r, inc), due.Trigger, "legal"); !d.DueAt.Equal(r.Now.Add(15 * time.Minute)) {
		t.Errorf("%+v", d)
	}
	r.As(ana, model.AssignRole{Incident: inc, Role: "legal", Person: ben})
	if has(of(r, inc), due.Trigger, "legal") {
		t.Error("legal is in the room, and is to be told")
	}
	r.As(ana, model.SetIncident{Incident: inc, Severity: model.P3, Reason: "one page"})
	if list := kindOf(of(r, inc), due.Trigger); len(list) != 0 {
		t.Errorf("a P3 is not escalated: %s", said(list))
	}
}

func TestTooManyDirectReportsAskForTeams(t *testing.T) {
	people := []string{ana, ben}
	for n := range 7 {
		people = append(people, "Responder "+strconv.Itoa(n))
	}
	r := modeltest.New(t, people...)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	r.As(ana, model.AssignRole{Incident: inc, Role: "ic", Person: ana})
	for _, p := range people[1:] {
		r.As(ana, model.AssignRole{Incident: inc, Role: "sme", Person: p})
	}
	if d := find(t, of(r, inc), due.Trigger, "people"); !strings.HasPrefix(d.What, "8 people report to the commander, 7 is the most") {
		t.Errorf("%+v", d)
	}
	r.As(ana, model.AddTeam{Incident: inc, Name: "Alpha", Leader: ben, Objective: "the network", Members: people[2:5]})
	if has(of(r, inc), due.Trigger, "people") {
		t.Error("five report to the commander, and it is still too many")
	}
}

func TestATriggerIsSwitchedOff(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "their API fails", Severity: model.P1, Type: "Integration Failure"}).Code
	if !has(of(r, inc), due.Trigger, "vendor") || !has(of(r, inc), due.Quiet, "log") {
		t.Fatal(said(of(r, inc)))
	}
	r.As(ana, model.SetPolicy{Section: "triggers", Text: `[{"id": "vendor", "text": "x", "off": true}, {"id": "quiet", "text": "x", "off": true}]`})
	if has(of(r, inc), due.Trigger, "vendor") || has(of(r, inc), due.Quiet, "log") {
		t.Error("switched off, and they ask")
	}
}
