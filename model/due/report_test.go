package due_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

func TestWordOnAHypothesisIsDue(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	at := r.Now.Add(12 * time.Minute)
	id := r.As(ana, model.AddHypothesis{Incident: inc, Text: "the certificate ran out", Owner: ben, Due: at}).ID.String()
	r.As(ana, model.AddHypothesis{Incident: inc, Text: "a bad deploy"}) // nobody said when
	list := kindOf(of(r, inc), due.Report)
	if len(list) != 1 || !list[0].DueAt.Equal(at) || list[0].Who != ben || list[0].State != due.Later || list[0].What != "Word on: the certificate ran out" {
		t.Fatalf("%+v", list)
	}
	r.Wait(12 * time.Minute)
	if d := find(t, of(r, inc), due.Report, id); d.State != due.Overdue {
		t.Errorf("at its time it is %s", d.State)
	}
	r.As(ben, model.SetHypothesis{Hypothesis: id, State: model.HypothesisRejected, Reason: "valid until May"})
	if d := find(t, of(r, inc), due.Report, id); d.State != due.Done || d.Result != model.HypothesisRejected {
		t.Errorf("rejected, and it is %s (%s)", d.State, d.Result)
	}
}

func TestATeamReportsAgainAndAgain(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	id := r.As(ana, model.AddTeam{Incident: inc, Name: "Alpha", Leader: ben, Objective: "the network", ReportMinutes: 10}).ID.String()
	r.As(ana, model.AddTeam{Incident: inc, Name: "Bravo", Leader: ana, Objective: "the database"})
	made := r.Now
	if list := kindOf(of(r, inc), due.Report); len(list) != 1 || !list[0].DueAt.Equal(made.Add(10*time.Minute)) || list[0].Who != ben {
		t.Fatalf("%+v", list)
	}
	r.Wait(11 * time.Minute)
	if d := find(t, of(r, inc), due.Report, id); d.State != due.Overdue {
		t.Errorf("a minute late it is %s", d.State)
	}
	r.As(ben, model.SetTeam{Team: id, Word: "half the links are back; the rest by hand; two more people"})
	if d := find(t, of(r, inc), due.Report, id); !d.DueAt.Equal(r.Now.Add(10 * time.Minute)) {
		t.Errorf("after a report the next is due at %s", d.DueAt)
	}
	if v := r.State.TeamView(r.Incident(inc), r.Now); !strings.HasPrefix(v.Teams[0].Word, "half the links") || !v.Teams[0].WordAt.Equal(r.Now) {
		t.Errorf("%+v", v.Teams[0])
	}
	r.As(ana, model.SetTeam{Team: id, Close: true})
	if list := kindOf(of(r, inc), due.Report); len(list) != 0 {
		t.Errorf("a dissolved team owes %+v", list)
	}
}

func TestTheLevelIsLookedAtInEachPhase(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	declared := r.Now
	if d := find(t, of(r, inc), due.Reassess, "level"); !d.DueAt.Equal(declared.Add(30 * time.Minute)) {
		t.Errorf("first at %s", d.DueAt)
	}
	r.Wait(6 * time.Minute)
	r.As(ana, model.SetIncident{Incident: inc, Phase: "investigation"})
	if d := find(t, of(r, inc), due.Reassess, "level"); !d.DueAt.Equal(r.Now.Add(5 * time.Minute)) {
		t.Errorf("after a change of phase at %s", d.DueAt)
	}
	r.As(ana, model.AssessSeverity{Incident: inc, Answers: map[string]string{"data": "no", "all": "yes"}, Apply: true})
	if d := find(t, of(r, inc), due.Reassess, "level"); !d.DueAt.Equal(r.Now.Add(30 * time.Minute)) {
		t.Errorf("looked at, and due again at %s", d.DueAt)
	}
}

func TestAnUpdateThatDoesNotLeaveIsNotTold(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	queued := r.Now
	message := r.As(ana, model.QueueMessage{Incident: inc, Next: r.Now.Add(20 * time.Minute), Draft: model.Draft{
		Audience: "customers", Channel: "mail", Subject: "s", Body: "b", Recipients: []model.Recipient{{Address: "a@example.com"}},
	}}).ID.String()
	if d := find(t, of(r, inc), due.Update, "customers"); !strings.Contains(d.What, "promised") {
		t.Errorf("on its way, and due is %+v", d)
	}
	r.Wait(5 * time.Minute)
	d := find(t, of(r, inc), due.Update, "customers")
	if d.What != "The update to Customers directly has not left: tell them another way" || !d.DueAt.Equal(queued.Add(5*time.Minute)) || d.State != due.Overdue {
		t.Errorf("it waits for 5 min, and due is %+v", d)
	}
	if d := find(t, of(r, inc), due.Escalation, "p0-customers"); d.State == due.Done {
		t.Error("customers count as told by what has not left")
	}
	told := r.As(ana, model.TellByHand{Incident: inc, Where: "phone", Draft: model.Draft{Audience: "customers", Body: "b"}}).ID.String()
	if d := find(t, of(r, inc), due.Update, "customers"); !d.DueAt.Equal(r.Now.Add(2*time.Hour)) || told == message {
		t.Errorf("told by phone, and due is %+v", d)
	}
	if d := find(t, of(r, inc), due.Escalation, "p0-customers"); d.State != due.Done {
		t.Errorf("told by phone, and the rung is %+v", d)
	}
}
