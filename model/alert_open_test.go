package model

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestAlertsToldTogetherAreOneDecision: a source tells what belongs together, a
// class never hides in another, and what somebody has does not wait.
func TestAlertsToldTogetherAreOneDecision(t *testing.T) {
	p := founded(t).peers[0]
	eu, us, low := checkoutAlert("eu"), checkoutAlert("us"), checkoutAlert("lab")
	low.Class, low.At = "low", testNow
	alone := AlertFact{Source: "grafana", Fingerprint: "disk", Class: "critical", What: "Disk nearly full", At: testNow.Add(-time.Hour)}
	over := AlertFact{Source: "grafana", Fingerprint: "over", What: "Search is slow", At: testNow.Add(-time.Hour), Ended: testNow}
	p.do(take(eu, us, low, alone, over))
	said := func() (all []string) {
		for _, set := range p.state.OpenAlerts() {
			var ids []string
			for _, a := range set.Alerts {
				ids = append(ids, strings.TrimPrefix(a.Fingerprint, "1a30ba71cca2921f"))
			}
			all = append(all, strings.Join(ids, "+")+[...]string{" waits", " answered", " linked"}[set.Stage])
		}
		return all
	}
	want := []string{"eu+us waits", "disk waits", "lab waits"}
	if got := said(); !slices.Equal(got, want) {
		t.Fatalf("%q, want %q", got, want)
	}
	if n := p.state.AlertsWaiting(); n != 4 {
		t.Errorf("%d wait", n)
	}
	p.do(AckAlert{Alert: eu.Fingerprint, With: []string{us.Fingerprint}})
	inc := p.do(Declare{Title: "Disk", Severity: P1})
	p.do(LinkAlert{Alert: "disk", Incident: inc.Code})
	want = []string{"lab waits", "eu+us answered", "disk linked"}
	if got := said(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	p.do(Resolve{Incident: inc.Code, Verification: "normal for 30 minutes"})
	if got := said(); !slices.Equal(got, want[:2]) {
		t.Errorf("after its incident is over: %q", got)
	}
}

// TestOneWordTakesSeveralAlerts: each act takes those named with it, and leaves
// the answers that were there before.
func TestOneWordTakesSeveralAlerts(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	eu, us := checkoutAlert("eu"), checkoutAlert("us")
	eu.Group, us.Group = "", ""
	ana.do(take(eu, us))
	w.meet()
	ben.do(AckAlert{Alert: us.Fingerprint})
	w.meet()
	ana.do(AckAlert{Alert: eu.Fingerprint, With: []string{us.Fingerprint, eu.Fingerprint}})
	inc := ana.do(DeclareAlert{Alert: eu.Fingerprint, With: []string{us.Fingerprint}, Started: testNow.Add(-time.Hour), Impact: "nobody can pay"})
	w.meet()
	w.sameEverywhere()
	views := ben.state.AlertViews(true)
	for _, v := range views {
		who := "Ana Ruiz"
		if v.Fingerprint == us.Fingerprint {
			who = "Ben Okafor"
		}
		if v.AcknowledgedBy != who || len(v.Incidents) != 1 || v.Incidents[0] != inc.Code {
			t.Errorf("%s: has %s, %v", v.Fingerprint, v.AcknowledgedBy, v.Incidents)
		}
	}
	at, err := ben.state.FindIncident(inc.Code)
	if err != nil {
		t.Fatal(err)
	}
	if started, ok := at.Milestone("started"); !ok || !started.Equal(testNow.Add(-time.Hour)) {
		t.Errorf("started %v", started)
	}
	if !slices.ContainsFunc(ben.state.Timeline(at), func(r Row) bool { return r.Kind == "impact" && r.Text == "nobody can pay" }) {
		t.Error("the impact is not told")
	}
	ana.do(LinkAlert{Alert: eu.Fingerprint, With: []string{us.Fingerprint}})
	ana.do(SetAlert{Alert: eu.Fingerprint, With: []string{us.Fingerprint}, Ended: ana.now})
	for _, v := range ana.state.AlertViews(true) {
		if v.State != AlertOver || len(v.Incidents) != 0 {
			t.Errorf("%s is %s in %v", v.Fingerprint, v.State, v.Incidents)
		}
	}
	many := make([]string, MaxAlerts)
	if _, err := ana.try(AckAlert{Alert: eu.Fingerprint, With: many}); err == nil || !strings.Contains(err.Error(), "the limit is") {
		t.Errorf("%d alerts at once: %v", len(many)+1, err)
	}
}

func TestHistoryOfAnAlertTellsWhoDidWhat(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	before := checkoutAlert("eu")
	before.At, before.Ended = testNow.Add(-time.Hour), testNow.Add(-40*time.Minute)
	ana.do(take(before, checkoutAlert("eu")))
	w.meet()
	ben.now = ana.now.Add(time.Minute)
	ben.do(AckAlert{Alert: "checkout"})
	inc := ben.do(Declare{Title: "Checkout", Severity: P0})
	ben.do(LinkAlert{Alert: "checkout", Incident: inc.Code, Reason: "same release"})
	w.meet()
	a, err := ana.state.FindAlert("checkout")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range ana.state.AlertHistory(a) {
		got = append(got, row.Author+": "+row.Text)
	}
	want := []string{
		"alertmanager: Fired before, over after 20 min", "alertmanager: First signal", "Ana Ruiz: Came in by itself",
		"Ben Okafor: Acknowledged by Ben Okafor", "Ben Okafor: Linked to " + inc.Code + ", same release",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestADeclarationAnswersAllOfTheLine: the alerts a line joins are acknowledged by who declares from it, so that
// none of them waits again once it is told apart; who has one already keeps it.
func TestADeclarationAnswersAllOfTheLine(t *testing.T) {
	p := founded(t).peers[0]
	eu, us := checkoutAlert("eu"), checkoutAlert("us")
	eu.Group, us.Group = "", ""
	if done := p.do(take(eu, us)); done.Known {
		t.Error("what is new is called known")
	}
	if done := p.do(take(eu)); !done.Known {
		t.Error("what was told twice is not called known")
	}
	p.do(DeclareAlert{Alert: eu.Fingerprint, With: []string{us.Fingerprint}})
	p.do(LinkAlert{Alert: us.Fingerprint})
	for _, v := range p.state.AlertViews(true) {
		if v.AcknowledgedBy != "Ana Ruiz" || v.State == AlertFiring {
			t.Errorf("%s is %s, %q has it", v.Fingerprint, v.State, v.AcknowledgedBy)
		}
	}
}

// TestAnIncidentIsDetectedWhenTheMonitorSaidSo: to the millisecond, for its clock
// is not ours.
func TestAnIncidentIsDetectedWhenTheMonitorSaidSo(t *testing.T) {
	w := founded(t, RoleMember)
	ana := w.peers[0]
	eu := checkoutAlert("eu-west-1")
	eu.At = testNow.Add(-time.Minute - 484*time.Millisecond)
	ana.do(take(eu))
	ana.now = ana.now.Add(222 * time.Millisecond)
	inc := ana.state.Incident(ana.do(DeclareAlert{Alert: eu.Fingerprint}).ID)
	if at, _ := inc.Milestone("detected"); !at.Equal(eu.At) {
		t.Errorf("detected %s, want %s", at, eu.At)
	}
}
