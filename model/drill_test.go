package model

import (
	"strings"
	"testing"
	"time"
)

func TestDrillMessagesAreMarkedAndStayInside(t *testing.T) {
	w := founded(t, RoleMember)
	ana := w.peers[0]
	ana.do(SetRoom{Field: "audience.stakeholders", Value: "Ana Ruiz <ana@example.com>\nBig Customer <cto@customer.example>"})
	inc := ana.do(StartDrill{Scenario: "gitlab-2017-01-31-database", Down: []string{"chat", "status-page"}})
	i := ana.incident(inc.ID)
	if !i.Drill() || i.Fields.Text(FieldTool("chat")) != "down" || i.Fields.Text(FieldType) != "Data Loss or Corruption" {
		t.Fatalf("the drill is %+v", i.Fields)
	}
	draft, _, err := Compose(ana.state, i, investigation, ComposeOptions{Now: ana.now, Fields: map[string]string{"bridge": "x"}})
	if err == nil && !strings.HasPrefix(draft.Subject, "DRILL ") {
		t.Errorf("the preview's subject is %q", draft.Subject)
	}
	sent := ana.do(QueueMessage{Incident: inc.Code, Draft: Draft{
		Audience: "stakeholders", Channel: "mail", Subject: "[P0] down", Body: "All is down.",
		Recipients: []Recipient{{"Ana Ruiz", "ana@example.com"}, {"Big Customer", "cto@customer.example"}},
	}})
	got := i.Messages[sent.ID].Draft
	if !strings.HasPrefix(got.Subject, "DRILL ") || !strings.HasPrefix(got.Body, "DRILL: this is an exercise") {
		t.Errorf("queued as %q\n%s", got.Subject, got.Body)
	}
	if len(got.Recipients) != 1 || got.Recipients[0].Address != "ana@example.com" {
		t.Errorf("a drill writes to %v", got.Recipients)
	}
	for name, d := range map[string]Draft{
		"only outsiders":  {Audience: "customers", Channel: "mail", Subject: "s", Body: "b", Recipients: []Recipient{{"Big Customer", "cto@customer.example"}}},
		"the status page": {Audience: "public", Channel: "statuspage", Subject: "s", Body: "b", Recipients: []Recipient{{"", "ana@example.com"}}},
	} {
		if _, err := ana.try(QueueMessage{Incident: inc.Code, Draft: d}); err == nil || !strings.Contains(err.Error(), "is a drill") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if name := i.channelName(); !strings.HasPrefix(name, "drill-inc-") {
		t.Errorf("its chat room is %s", name)
	}
}

func TestDrillTellsItsScenario(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	inc := ana.do(StartDrill{Scenario: "facebook-2021-10-04-backbone"})
	told := 0
	for ; ; told++ {
		if _, err := ana.try(InjectDrill{Incident: inc.Code}); err != nil {
			if !strings.Contains(err.Error(), "were told") {
				t.Error(err)
			}
			break
		}
	}
	if told != 13 || len(ana.incident(inc.ID).Entries) != 13 {
		t.Errorf("%d events were told", told)
	}
	real := ana.do(Declare{Title: "checkout down"})
	if _, err := ana.try(InjectDrill{Incident: real.Code}); err == nil || !strings.Contains(err.Error(), "no drill") {
		t.Errorf("an event told into a real incident: %v", err)
	}
	if _, err := ana.try(StartDrill{Scenario: "no-such"}); err == nil || !strings.Contains(err.Error(), "drill scenarios") {
		t.Errorf("an unknown scenario: %v", err)
	}
	if _, err := ana.try(StartDrill{Title: "x", Down: []string{"abacus"}}); err == nil || !strings.Contains(err.Error(), "no tool") {
		t.Errorf("an unknown tool: %v", err)
	}
}

func TestDrillScoreRewardsHabits(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	idle := ana.do(StartDrill{Title: "nobody moves", Severity: P1})
	busy := ana.do(StartDrill{Title: "all do their part", Severity: P1, Down: []string{"vpn"}})
	ana.do(SetIncident{Incident: busy.Code, Milestones: map[string]time.Time{"acknowledged": ana.now}})
	for _, role := range []string{"ic", "on-call", "sme", "comms"} {
		ana.do(AssignRole{Incident: busy.Code, Role: role, Person: "Ana"})
	}
	ana.do(QueueMessage{Incident: busy.Code, Draft: Draft{Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []Recipient{{"", "ana@example.com"}}}})
	ana.do(Resolve{Incident: busy.Code, Verification: "the exercise is over"})
	low, high := ana.state.Score(ana.incident(idle.ID), ana.now), ana.state.Score(ana.incident(busy.ID), ana.now)
	if low.Points != 0 || high.Points != high.Most || low.Most != high.Most {
		t.Errorf("idle %d of %d, busy %d of %d: %+v", low.Points, low.Most, high.Points, high.Most, high.Lines)
	}
}

// TestWhoTakesCommandOfADrillHasAnswered: the score and the deadlines say the
// same of who took an exercise up.
func TestWhoTakesCommandOfADrillHasAnswered(t *testing.T) {
	ana := founded(t).peers[0]
	inc := ana.do(StartDrill{Title: "Pull the plug", Severity: P0})
	points := func() int {
		for _, l := range ana.state.Score(ana.incident(inc.ID), ana.now).Lines {
			if l.What == "Answered" {
				return l.Points
			}
		}
		t.Fatal("the score does not say whether somebody answered")
		return 0
	}
	if got := points(); got != 0 {
		t.Errorf("nobody answered: %d points", got)
	}
	ana.do(AssignRole{Incident: inc.Code, Role: RoleCommander, Person: "Ana"})
	ana.do(AcceptRole{Incident: inc.Code, Role: RoleCommander})
	if got := points(); got != 2 {
		t.Errorf("the commander accepted at once: %d points", got)
	}
}
