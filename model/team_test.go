package model

import (
	"strings"
	"testing"
	"time"
)

func TestCommandIsNeverEmpty(t *testing.T) {
	w := founded(t, RoleMember, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	inc := ana.do(Declare{Title: "checkout down", Severity: P0}).Code
	ana.do(AssignRole{Incident: inc, Role: "ic", Person: "Ana"})
	role, _ := FindRole(RoleCommander)
	commander := func() string {
		id := ana.do(SetIncident{Incident: inc, Impact: "cards fail"}).ID
		var names []string
		for _, h := range ana.incident(id).Holders(role) {
			names = append(names, ana.state.PersonName(h.Person))
		}
		return strings.Join(names, " and ")
	}
	if _, err := ana.try(ReleaseRole{Incident: inc, Role: "ic"}); err == nil || !strings.Contains(err.Error(), "hand over") {
		t.Errorf("command released with nobody to take it: %v", err)
	}
	if done := ana.do(AssignRole{Incident: inc, Role: "ic", Person: "Ben"}); !strings.Contains(done.Note, "Ana Ruiz stays") {
		t.Errorf("giving command away says %q", done.Note)
	}
	if got := commander(); got != "Ana Ruiz" {
		t.Errorf("before Ben accepts, %s commands", got)
	}
	w.meet()
	if _, err := w.peers[2].try(AcceptRole{Incident: inc, Role: "ic"}); err == nil {
		t.Error("Chen accepts what was offered to Ben")
	}
	ben.do(AcceptRole{Incident: inc, Role: "ic"})
	w.meet()
	if got := commander(); got != "Ben Okafor" {
		t.Errorf("after Ben accepted, %s commands", got)
	}
	for _, row := range ana.state.Timeline(ana.incident(ana.do(SetIncident{Incident: inc, Impact: "some fail"}).ID)) {
		if row.Text == "" {
			t.Errorf("a row of kind %s says nothing", row.Kind)
		}
	}
	id := ana.do(SetIncident{Incident: inc, Impact: "all fail"}).ID
	if _, open := ana.incident(id).Offered(role); open {
		t.Error("the offer stands after it was accepted")
	}
	if h := ana.incident(id).Holders(role); !h[0].Accepted {
		t.Error("who accepted the hand-over is shown as not accepted")
	}
}

func TestHandOverIsRefusedWhereNobodyCanTakeIt(t *testing.T) {
	w := founded(t, RoleMember)
	ana := w.peers[0]
	inc := ana.do(Declare{Title: "checkout down", Severity: P0}).Code
	for name, c := range map[string]struct {
		c    HandOver
		want string
	}{
		"nobody holds it": {HandOver{Incident: inc, Role: "ic", To: "Ben"}, "assign it instead"},
		"several hold it": {HandOver{Incident: inc, Role: "sme", To: "Ben"}, "several people"},
		"unknown person":  {HandOver{Incident: inc, Role: "ic", To: "Zoe"}, "no person"},
	} {
		if _, err := ana.try(c.c); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	ana.do(AssignRole{Incident: inc, Role: "ic", Person: "Ana"})
	ana.do(RemoveMember{Device: w.peers[1].key.String(), Reason: "left the company"})
	if _, err := ana.try(HandOver{Incident: inc, Role: "ic", To: "Ben"}); err == nil || !strings.Contains(err.Error(), "no device") {
		t.Errorf("a hand-over to somebody who left: %v", err)
	}
}

func TestTeamViewWarns(t *testing.T) {
	w := founded(t, RoleMember)
	ana := w.peers[0]
	inc := ana.do(Declare{Title: "checkout down", Severity: P0}).Code
	id := ana.do(AssignRole{Incident: inc, Role: "ic", Person: "Ana"}).ID
	if done := ana.do(AssignRole{Incident: inc, Role: "sme", Person: "Ana"}); !strings.Contains(done.Note, "commander and expert") {
		t.Errorf("commander and expert at once says %q", done.Note)
	}
	if done := ana.do(AddTask{Incident: inc, Text: "restart the writer", Owner: "Ana"}); !strings.Contains(done.Note, "commands") {
		t.Errorf("a repair for the commander says %q", done.Note)
	}
	var names []string
	for _, name := range []string{"Kim", "Lena", "Marta", "Nils", "Olga", "Pavel", "Quinn", "Rosa"} {
		ana.do(AddPerson{Name: name, Fields: map[string]string{"zone": "America/Los_Angeles"}})
		ana.do(AssignRole{Incident: inc, Role: "sme", Person: name})
		names = append(names, name)
	}
	v := ana.state.TeamView(ana.incident(id), testNow.Add(5*time.Hour))
	text := strings.Join(v.Warnings, "; ")
	for _, want := range []string{"8 people report to the commander", "commander and expert at once", "plan relief"} {
		if !strings.Contains(text, want) {
			t.Errorf("warnings lack %q: %s", want, text)
		}
	}
	if len(v.Missing) != 4 {
		t.Errorf("missing roles are %v", v.Missing)
	}
	ana.do(AddTeam{Incident: inc, Name: "Alpha", Leader: "Kim", Objective: "bring the writer back", ReportMinutes: 10, Members: names[1:]})
	v = ana.state.TeamView(ana.incident(id), testNow.Add(time.Minute))
	if v.Span != 1 || len(v.Teams) != 1 || v.Teams[0].Leader != "Kim" {
		t.Errorf("with a team of seven under Kim, %d report to the commander: %+v", v.Span, v.Teams)
	}
	for _, m := range v.Members { // 14:01 UTC is 07:01 there
		if m.Person == "Kim" && (m.Local != "07:01" || m.Night) {
			t.Errorf("Kim's time is %s, night %v", m.Local, m.Night)
		}
	}
	if v := ana.state.TeamView(ana.incident(id), testNow.Add(15*time.Hour)); !v.Members[3].Night {
		t.Errorf("at 22:00 it is no night for %s: %+v", v.Members[3].Person, v.Members[3])
	}
}

func TestPromises(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	done := ana.do(Declare{Title: "checkout down", Severity: P0})
	send := func(next time.Duration) {
		ana.do(QueueMessage{Incident: done.Code, Next: ana.now.Add(next), Draft: Draft{
			Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []Recipient{{Address: "a@example.com"}},
		}})
	}
	claim := func() { // a message that is being delivered is not replaced
		for _, m := range ana.state.MessageViews(nil) {
			if m.Status == "waiting" {
				ana.do(RecordResult{Message: m.ID.String(), Outcome: Sent})
			}
		}
	}
	send(30 * time.Minute)
	claim()
	ana.now = ana.now.Add(20 * time.Minute)
	send(30 * time.Minute)
	claim()
	ana.now = ana.now.Add(40 * time.Minute)
	send(30 * time.Minute)
	claim()
	var states []string
	for _, p := range ana.incident(done.ID).Promises(ana.now.Add(time.Hour)) {
		states = append(states, p.State)
	}
	if got := strings.Join(states, " "); got != "kept late missed" {
		t.Errorf("promises are %s", got)
	}
}

func TestSlowRhythmIsNotDecidedInTheFirstHour(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	inc := ana.do(Declare{Title: "checkout down", Severity: P0}).Code
	if _, err := ana.try(SetRhythm{Incident: inc, Long: true}); err == nil || !strings.Contains(err.Error(), "first hour") {
		t.Errorf("in the first hour: %v", err)
	}
	ana.now = ana.now.Add(2 * time.Hour)
	ana.do(SetRhythm{Incident: inc, Long: true})
}

func TestHandoverSheetHasFiveBlocks(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	done := ana.do(Declare{Title: "checkout down", Severity: P0})
	ana.do(AssignRole{Incident: done.Code, Role: "ic", Person: "Ana"})
	ana.do(SetIncident{Incident: done.Code, Impact: "cards fail for all"})
	ana.do(Log{Incident: done.Code, Kind: "hypothesis", Text: "the pool is pinned to the old writer"})
	ana.do(Log{Incident: done.Code, Kind: "action", Text: "restarted db-2"})
	ana.do(AddTask{Incident: done.Code, Text: "look at the load balancer"})
	sheet := ana.state.HandoverSheet(ana.incident(done.ID), "Ana Ruiz", []string{"Next update to customers 15:00 UTC"}, testNow.Add(time.Hour))
	for name, block := range map[string][]string{
		"cards fail for all": sheet.Situation, "pinned to the old writer": sheet.Objectives, "restarted db-2": sheet.Actions,
		"Open: look at the load balancer (nobody)": sheet.Actions, "Incident commander: Ana Ruiz": sheet.Organisation, "Next update to customers": sheet.Resources,
	} {
		if !strings.Contains(strings.Join(block, "\n"), name) {
			t.Errorf("the sheet lacks %q: %v", name, block)
		}
	}
}
