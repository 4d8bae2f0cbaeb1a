package model

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// checkoutAlert is the one of the samples in sync/intake/alert/testdata.
func checkoutAlert(region string) AlertFact {
	return AlertFact{
		Source: "alertmanager", Fingerprint: "1a30ba71cca2921f" + region, Class: "critical", What: "Checkout 5xx above 5 %",
		Metric: "checkout_error_ratio > 0.05", Why: "5xx ratio 0.12 in " + region, Runbook: "https://runbooks.example.com/api-error-spike",
		Service: "checkout-api", Group: "CheckoutErrorRateHigh", Labels: "alertname=CheckoutErrorRateHigh region=" + region, At: testNow.Add(-time.Minute),
	}
}

func take(facts ...AlertFact) TakeAlerts { return TakeAlerts{Alerts: facts, Via: ViaIntake} }

// TestTheSameAlertOnBothSidesIsOne: whichever side hears of the other first.
func TestTheSameAlertOnBothSidesIsOne(t *testing.T) {
	for name, f := range map[string]AlertFact{
		"time of the source": checkoutAlert("eu-west-1"),
		"no time":            {Source: "probe", Fingerprint: "tls", What: "Certificate ends in 3 days"},
	} {
		t.Run(name, func(t *testing.T) {
			w := founded(t, RoleMember)
			ana, ben := w.peers[0], w.peers[1]
			ben.now = ana.now.Add(30 * time.Second)
			ana.do(take(f))
			ben.do(take(f))
			ended := f
			ended.Ended = testNow.Add(time.Hour)
			ana.do(take(ended))
			ben.do(AckAlert{Alert: f.Fingerprint})
			w.meet()
			w.sameEverywhere()
			for i, p := range w.peers {
				views := p.state.AlertViews(true)
				if len(views) != 1 || views[0].Episodes != 1 {
					t.Fatalf("peer %d has %d alerts: %+v", i, len(views), views)
				}
				if v := views[0]; v.State != AlertOver || v.AcknowledgedBy != "Ben Okafor" || v.EndedAt.IsZero() {
					t.Errorf("peer %d lacks what one side wrote: %+v", i, v)
				}
			}
			if a, b := ana.state.AlertViews(true), ben.state.AlertViews(true); !reflect.DeepEqual(a, b) {
				t.Errorf("the sides show\n%+v\n%+v", a, b)
			}
		})
	}
}

func TestAnAlertLinkedApartIsAConflictUntilItIsLinkedAgain(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	ana.do(take(checkoutAlert("eu")))
	ben.do(take(checkoutAlert("eu")))
	first := ana.do(DeclareAlert{Alert: "checkout", Automatic: true})
	second := ben.do(DeclareAlert{Alert: "checkout", Automatic: true})
	w.meet()
	for _, p := range w.peers {
		if v := p.state.AlertViews(true)[0]; len(v.Incidents) != 2 {
			t.Fatalf("incidents %v", v.Incidents)
		}
	}
	ben.do(MergeIncident{Incident: second.ID.String(), Into: first.ID.String()})
	ben.do(LinkAlert{Alert: "checkout", Incident: first.ID.String()})
	w.meet()
	w.sameEverywhere()
	for _, p := range w.peers {
		if v := p.state.AlertViews(true)[0]; len(v.Incidents) != 1 || v.Incidents[0] != first.Code {
			t.Errorf("incidents %v, want %s", v.Incidents, first.Code)
		}
		if n := len(p.state.AlertsOf(second.ID)); n != 0 {
			t.Errorf("%d alerts stayed at the other incident", n)
		}
	}
}

func TestTakingAgainChangesNothing(t *testing.T) {
	p := founded(t).peers[0]
	eu, us := checkoutAlert("eu"), checkoutAlert("us")
	if done := p.do(take(eu, us, eu)); done.Note != "2 alerts written, 1 alert known already" {
		t.Error(done.Note)
	}
	before := p.seq
	if done := p.do(take(eu, us)); done.Note != "0 alerts written, 2 alerts known already" || p.seq != before {
		t.Errorf("%q, %d commits", done.Note, p.seq-before)
	}
	eu.Ended = testNow
	if done := p.do(take(eu)); done.Note != "0 alerts written, 1 alert brought up to date" {
		t.Error(done.Note)
	}
	// What is over and tells no more than that is nothing new.
	p.do(take(AlertFact{Source: "pagerduty", Fingerprint: "unseen", Update: true, Ended: testNow}))
	if n := len(p.state.Alerts()); n != 2 {
		t.Errorf("%d alerts", n)
	}
}

func TestFlappingIsCountedByFingerprint(t *testing.T) {
	p := founded(t).peers[0]
	at := testNow.Add(-5 * time.Hour)
	for n, pause := range []time.Duration{10 * time.Minute, 10 * time.Minute, 2 * time.Hour} {
		f := checkoutAlert("eu")
		f.What = fmt.Sprintf("Checkout 5xx at %d %%", 5+n) // the text differs, the alert does not
		f.At, f.Ended = at, at.Add(20*time.Minute)
		p.do(take(f))
		at = f.Ended.Add(pause)
	}
	f := checkoutAlert("eu")
	f.At = at
	p.do(take(f, checkoutAlert("us")))
	inc := p.do(Declare{Title: "Checkout", Severity: P0, Milestones: map[string]time.Time{"started": testNow.Add(-6 * time.Hour)}})
	for _, a := range p.state.Alerts() {
		p.do(LinkAlert{Alert: a.ID.String(), Incident: inc.Code})
	}
	v := p.state.AlertSummary(p.incident(inc.ID))
	if len(v.Alerts) != 5 || v.Distinct != 2 || v.Duplicates != 3 || v.Flapping != 1 {
		t.Errorf("%d alerts, %d distinct, %d duplicates, %d flapping", len(v.Alerts), v.Distinct, v.Duplicates, v.Flapping)
	}
	if a := v.Alerts[0]; a.Episodes != 4 || a.Flaps != 2 {
		t.Errorf("%d episodes, %d flaps", a.Episodes, a.Flaps)
	}
	if v.DetectS == nil || *v.DetectS != 3600 {
		t.Errorf("detected after %v s", v.DetectS)
	}
	if v.AcknowledgeS != nil {
		t.Errorf("acknowledged after %d s, and nobody did", *v.AcknowledgeS)
	}
}

func TestDeclaringFromAnAlert(t *testing.T) {
	p := founded(t).peers[0]
	p.do(take(checkoutAlert("eu"), checkoutAlert("us")))
	done := p.do(DeclareAlert{Alert: p.state.Alerts()[0].ID.String()})
	inc := p.incident(done.ID)
	if inc.Severity() != P0 || inc.Title() != "Checkout 5xx above 5 %" || inc.Fields.Text(FieldDetection) != "Monitoring alerts" {
		t.Errorf("%s %q, %s", inc.Severity(), inc.Title(), inc.Fields.Text(FieldDetection))
	}
	if at, _ := inc.Milestone("detected"); !at.Equal(testNow.Add(-time.Minute)) {
		t.Errorf("detected at %s", at)
	}
	if n := len(p.state.AlertsOf(inc.ID)); n != 2 {
		t.Errorf("%d alerts came with it: both were told together", n)
	}
	for _, say := range []string{"if it is", "Runbook api-error-spike may fit"} {
		if !strings.Contains(done.Note, say) {
			t.Errorf("the note lacks %q: %s", say, done.Note)
		}
	}
	typed, err := p.try(DeclareAlert{Alert: p.state.Alerts()[1].ID.String(), Type: "Service Outage"})
	if err == nil || !strings.Contains(err.Error(), "which is open") {
		t.Errorf("declared twice: %+v, %v", typed, err)
	}
	// Another of the same group comes to the open incident by itself; in the
	// timeline a fingerprint is told once.
	p.do(take(checkoutAlert("ap")))
	if n := len(p.state.AlertsOf(inc.ID)); n != 3 {
		t.Errorf("%d alerts", n)
	}
	told := 0
	for _, row := range p.state.Timeline(inc) {
		if row.Kind == "detection" && strings.HasPrefix(row.Text, "Alert, critical: Checkout 5xx") {
			told++
		}
	}
	if told != 3 {
		t.Errorf("%d rows", told)
	}
	if s := p.state.SuggestRunbooks(inc); len(s) == 0 || s[0].Runbook.ID != "api-error-spike" {
		t.Errorf("suggested %+v", s)
	}
}

func TestTheFirstQuestionOfTheTypeIsAsked(t *testing.T) {
	p := founded(t).peers[0]
	p.do(take(checkoutAlert("eu")))
	done := p.do(DeclareAlert{Alert: "checkout", Type: "Integration Failure"})
	if want, _ := p.state.Policy().Type("Integration Failure"); !strings.Contains(done.Note, want.Question) || want.Question == "" {
		t.Errorf("%q lacks %q", done.Note, want.Question)
	}
}

func TestAnAcknowledgementIsOfAlertAndIncident(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	ana.do(take(checkoutAlert("eu")))
	inc := ana.do(DeclareAlert{Alert: "checkout", Automatic: true})
	w.meet()
	if !ana.state.Alerts()[0].Acknowledged.IsZero() {
		t.Error("nobody has it yet")
	}
	ben.do(AckPage{Incident: inc.Code})
	if a := ben.state.AlertViews(true)[0]; a.AcknowledgedBy != "Ben Okafor" {
		t.Errorf("%+v", a)
	}
	if _, err := ben.try(AckAlert{Alert: "checkout"}); err == nil || !strings.Contains(err.Error(), "Ben Okafor has had") {
		t.Errorf("acknowledged twice: %v", err)
	}
	ana.do(AckAlert{Alert: "checkout", Person: "Ana"})
	w.meet()
	w.sameEverywhere()
	if a := ana.state.AlertViews(true)[0]; a.AcknowledgedBy == "" || a.AcknowledgeS == nil {
		t.Errorf("%+v", a)
	}
	if _, known := ana.incident(inc.ID).Milestone("acknowledged"); !known {
		t.Error("the incident is not acknowledged")
	}
}

func TestBadAlertsAreRefused(t *testing.T) {
	p := founded(t).peers[0]
	p.do(take(checkoutAlert("eu")))
	for want, c := range map[string]Command{
		"no alert in it":     TakeAlerts{},
		"names no source":    take(AlertFact{Fingerprint: "f", What: "w"}),
		"no fingerprint":     take(AlertFact{Source: "s", What: "w"}),
		"what is wrong":      take(AlertFact{Source: "s", Fingerprint: "f"}),
		"the limit is 300":   take(make([]AlertFact, MaxAlerts+1)...),
		"no incident":        TakeAlerts{Alerts: []AlertFact{checkoutAlert("us")}, Incident: "INC-NONE"},
		"no alert":           AckAlert{Alert: "nothing like it"},
		"came at":            AckAlert{Alert: "checkout", At: testNow.Add(-time.Hour)},
		"no incident; nothi": LinkAlert{Alert: "checkout"},
		"nothing to change":  SetAlert{Alert: "checkout"},
		"not in the routing": SetAlert{Alert: "checkout", Class: "loud"},
		"delivered":          SetAlert{Alert: "checkout", RouteResult: "delivered?"},
	} {
		if _, err := p.try(c); err == nil || (!strings.Contains(err.Error(), want) && want != "delivered") {
			t.Errorf("%T: %v, want %q", c, err, want)
		}
	}
	long := checkoutAlert("us")
	long.What, long.Why = strings.Repeat("ü", 500), "a\n\tb\x00\xff"
	p.do(take(long))
	if a, err := p.state.FindAlert(long.Fingerprint); err != nil || len(a.What) > MaxTitle || !strings.HasSuffix(a.What, "ü…") {
		t.Errorf("%v, %+v", err, a)
	}
}

func TestOtherNamesOfAClass(t *testing.T) {
	p := founded(t).peers[0]
	for name, want := range map[string]string{"CRITICAL": "critical", "P1": "critical", "warning": "medium", "info": "low", "never heard": "high", "": "high"} {
		f := checkoutAlert(name)
		f.Class = name
		p.do(take(f))
		if a, err := p.state.FindAlert(f.Fingerprint); err != nil || a.Class != want {
			t.Errorf("%q is %+v, %v", name, a, err)
		}
	}
}

func TestRoutingSaysWhetherTheSecondPathWorks(t *testing.T) {
	p := founded(t, RoleMember).peers[0]
	v := p.state.RouteViews(testNow)[0]
	if v.Works || !strings.Contains(v.Why, "nobody is behind") {
		t.Errorf("%+v", v)
	}
	p.do(SetTarget{Target: "on-call", People: []string{"Ben"}})
	if v = p.state.RouteViews(testNow)[0]; v.Works || v.Why != "Ben Okafor (on-call) has no number to call" {
		t.Errorf("%+v", v)
	}
	p.do(SetPerson{Person: "Ben", Fields: map[string]string{"phone": "+1 555 0101"}})
	if v = p.state.RouteViews(testNow)[0]; !v.Works {
		t.Errorf("%+v", v)
	}
}

// TestAlertsDoNotDependOnArrival: what is read while folding is what a state
// from a snapshot reads, and what every peer reads.
func TestAlertsDoNotDependOnArrival(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := founded(t, RoleMember, RoleMember)
		for range rapid.IntRange(1, 30).Draw(t, "acts") {
			p := w.peers[rapid.IntRange(0, 2).Draw(t, "peer")]
			f := AlertFact{Source: "probe", Fingerprint: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "fingerprint"), What: "w"}
			if rapid.Bool().Draw(t, "timed") {
				f.At = testNow.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "minute")) * time.Minute)
			}
			switch rapid.IntRange(0, 5).Draw(t, "act") {
			case 0, 1:
				p.do(take(f))
			case 2:
				f.Ended, f.Update = p.now, true
				p.do(take(f))
			case 3:
				_, _ = p.try(AckAlert{Alert: f.Fingerprint})
			case 4:
				_, _ = p.try(DeclareAlert{Alert: f.Fingerprint, Automatic: true})
			case 5:
				w.meet()
			}
		}
		w.meet()
		w.sameEverywhere()
		want := w.peers[0].state.AlertViews(true)
		for i, p := range w.peers {
			b, err := p.state.Encode()
			if err != nil {
				t.Fatal(err)
			}
			back, err := restore(b)
			if err != nil {
				t.Fatal(err)
			}
			for what, got := range map[string][]AlertView{"folded": p.state.AlertViews(true), "decoded": back.AlertViews(true)} {
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("peer %d, %s, has\n%+v\nwant\n%+v", i, what, got, want)
				}
			}
			for _, state := range []*State{p.state, back} {
				if got, want := state.itemsOf(ClassAlert), state.Items.Of(ClassAlert); !slices.Equal(got, want) {
					t.Fatalf("peer %d lists %d items, and has %d", i, len(got), len(want))
				}
			}
			waiting := 0
			for _, a := range p.state.Alerts() {
				if a.Waiting() {
					waiting++
				}
			}
			if n := len(p.state.WaitingAlerts("high")); n != waiting {
				t.Fatalf("peer %d lists %d waiting alerts of %d", i, n, waiting)
			}
		}
	})
}
