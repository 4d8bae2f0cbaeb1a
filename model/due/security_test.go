package due_test

import (
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// intrusion declares the start of the Cloudflare intrusion as it was found.
func intrusion(r *modeltest.Room) string {
	return r.As(ana, model.Declare{
		Title: "Intruder in the internal Atlassian server", Severity: model.P0, Type: "Security Breach",
		Milestones: map[string]time.Time{"detected": r.Now.Add(-103 * time.Minute)},
	}).Code
}

func state(t *testing.T, r *modeltest.Room, inc, kind, key string) string {
	t.Helper()
	return find(t, of(r, inc), kind, key).State
}

func TestSecurityStepsHaveTheirTimes(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := intrusion(r)
	for key, after := range map[string]time.Duration{"team": 15 * time.Minute, "legal": time.Hour, "insurer": 24 * time.Hour, "police": 24 * time.Hour} {
		if d := find(t, of(r, inc), due.Security, key); d.DueAt.Sub(r.Now) != after {
			t.Errorf("%s is due after %s, want %s", key, d.DueAt.Sub(r.Now), after)
		}
	}
	r.As(ana, model.TickSecurityStep{Incident: inc, Step: "legal", Note: "counsel on the bridge"})
	r.As(ana, model.DecideSheet{Incident: inc, Topic: "police", Options: "yes, no", Advice: "counsel: yes", Choice: "yes", Person: ben})
	for _, key := range []string{"legal", "police"} {
		if got := state(t, r, inc, due.Security, key); got != due.Done {
			t.Errorf("%s is %s", key, got)
		}
	}
	outage := r.As(ana, model.Declare{Title: "checkout down", Type: "Service Outage"}).Code
	if has(of(r, outage), due.Security, "legal") {
		t.Error("an outage asks for legal")
	}
}

func TestEvidenceComesBeforeEradication(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := intrusion(r)
	id := r.As(ana, model.Isolate{Incident: inc, System: "wiki-1", How: "VLAN"}).ID.String()
	r.Wait(61 * time.Minute)
	if got := state(t, r, inc, due.Security, "evidence/"+id); got != due.Overdue {
		t.Errorf("an isolated system without an image is %s after an hour", got)
	}
	r.As(ana, model.AddEvidence{Incident: inc, What: "disk", Kind: "image", System: "wiki-1", Store: "safe"})
	if got := state(t, r, inc, due.Security, "evidence/"+id); got != due.Done {
		t.Errorf("with an image it is %s", got)
	}
}

// TestUnusedCredentialIsCheckedTwice is what four credentials believed unused
// taught.
func TestUnusedCredentialIsCheckedTwice(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := intrusion(r)
	id := r.As(ana, model.AddCredential{Incident: inc, Name: "service token", Kind: "token", Owner: "IT", Unused: true}).ID.String()
	wants := func(key, what string) {
		t.Helper()
		if d := find(t, of(r, inc), due.Credential, key); d.What != what {
			t.Errorf("it says %q, want %q", d.What, what)
		}
	}
	wants(id, "Rotate service token, which is believed unused")
	r.As(ana, model.RotateCredential{Credential: id, Revoked: r.Now})
	wants(id, "See that the old service token is refused")
	r.As(ana, model.RotateCredential{Credential: id, Refused: "wiki"})
	wants(id+"/again", "Check once more that the old service token is refused")
	r.Wait(24 * time.Hour)
	r.As(ana, model.RotateCredential{Credential: id, Refused: "wiki and tracker"})
	if got := state(t, r, inc, due.Credential, id+"/again"); got != due.Done {
		t.Errorf("after the second check it is %s", got)
	}
}

func TestHeightenedWatchLastsThirtyDays(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := intrusion(r)
	r.As(ana, model.Resolve{Incident: inc, Verification: "no indicator for 72 h"})
	r.As(ana, model.Close{Incident: inc, Customers: "not needed because only staff saw it"})
	if d := find(t, of(r, inc), due.Watch, "intruder"); d.DueAt.Sub(r.Now) != 30*24*time.Hour || d.State != due.Later {
		t.Errorf("the watch is %s, after %s", d.State, d.DueAt.Sub(r.Now))
	}
	r.Wait(31 * 24 * time.Hour)
	r.As(ana, model.TickSecurityStep{Incident: inc, Step: "watch"})
	if got := state(t, r, inc, due.Watch, "intruder"); got != due.Done {
		t.Errorf("ended, it is %s", got)
	}
}

func TestSecurityIncidentPromisesOutsidersNothing(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := intrusion(r)
	if !has(of(r, inc), due.Update, "team") || has(of(r, inc), due.Update, "stakeholders") || has(of(r, inc), due.Update, "executives") {
		t.Errorf("updates are due to: %s", said(of(r, inc)))
	}
}

// TestClockRunsThroughNightsAndClockChanges counts 72 true hours over both
// changes of the clocks in Europe, after the incident was closed too.
func TestClockRunsThroughNightsAndClockChanges(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for name, start := range map[string]time.Time{
		"spring": time.Date(2026, 3, 27, 22, 30, 0, 0, berlin), // a Friday night
		"autumn": time.Date(2026, 10, 23, 22, 30, 0, 0, berlin),
	} {
		r := modeltest.New(t, ana)
		r.Now = start
		inc := r.As(ana, model.Declare{Title: "Members can read other members", Type: "Data Privacy Incident", Severity: model.P1}).Code
		clock := r.As(ana, model.StartClock{Incident: inc, Clock: "gdpr33", At: start, Reason: "two members saw it"}).ID.String()
		r.As(ana, model.Resolve{Incident: inc, Verification: "fixed"})
		r.As(ana, model.Close{Incident: inc, Customers: "not needed because only staff saw it"})
		key := clock + "/notify"
		d := find(t, of(r, inc), due.Clock, key)
		if d.DueAt.Sub(start) != 72*time.Hour {
			t.Errorf("%s: due after %s", name, d.DueAt.Sub(start))
		}
		for i, share := range []time.Duration{36 * time.Hour, 54 * time.Hour, 64*time.Hour + 48*time.Minute, 72 * time.Hour} {
			if got := d.RemindAt[i].Sub(start); got != share {
				t.Errorf("%s: reminder %d after %s, want %s", name, i, got, share)
			}
		}
		r.Wait(36*time.Hour - time.Second)
		if got := state(t, r, inc, due.Clock, key); got != due.Later {
			t.Errorf("%s: before half of the time it is %s", name, got)
		}
		r.Wait(time.Second)
		if got := state(t, r, inc, due.Clock, key); got != due.Soon {
			t.Errorf("%s: at half of the time it is %s", name, got)
		}
		r.Wait(36 * time.Hour)
		if got := state(t, r, inc, due.Clock, key); got != due.Overdue {
			t.Errorf("%s: after 72 h it is %s", name, got)
		}
		r.As(ana, model.FileNotice{Incident: inc, Clock: "gdpr33", Receipt: "4711", Phase: "first phase"})
		if got := state(t, r, inc, due.Clock, key); got != due.Done {
			t.Errorf("%s: filed, it is %s", name, got)
		}
		if next := find(t, of(r, inc), due.Clock, clock+"/next phase"); next.DueAt.Sub(r.Now) != 7*24*time.Hour {
			t.Errorf("%s: the next phase is due after %s", name, next.DueAt.Sub(r.Now))
		}
	}
}

func TestMinutePlanOfABreach(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := r.As(ana, model.Declare{Title: "Members can read other members", Type: "Data Privacy Incident", Severity: model.P1}).Code
	if d := find(t, of(r, inc), due.Breach, "aware"); d.DueAt.Sub(r.Now) != time.Hour {
		t.Errorf("the awareness is to be decided after %s", d.DueAt.Sub(r.Now))
	}
	r.Wait(30 * time.Minute)
	r.As(ana, model.StartClock{Incident: inc, Clock: "gdpr33", At: r.Now, Reason: "two members saw it"})
	if has(of(r, inc), due.Breach, "aware") {
		t.Error("the decision is asked for again")
	}
	for key, after := range map[string]time.Duration{
		"team": time.Hour, "estimate": 4 * time.Hour, "draft": 12 * time.Hour, "nis2": 24 * time.Hour, "risk": 48 * time.Hour, "text": 60 * time.Hour, "register": 120 * time.Hour,
	} {
		if d := find(t, of(r, inc), due.Breach, key); d.DueAt.Sub(r.Now) != after {
			t.Errorf("%s is due after %s, want %s", key, d.DueAt.Sub(r.Now), after)
		}
	}
	r.As(ana, model.SetBreach{Incident: inc, Fields: map[string]string{"people": "40-60", "records": "unknown", "data": "name, e-mail"}})
	r.As(ana, model.DecideRisk{Incident: inc, Result: "risk", Reason: "names of members"})
	r.As(ana, model.DeclineClock{Incident: inc, Clock: "nis2", Reason: "not an essential entity", Approver: ben})
	r.As(ana, model.TickBreachStep{Incident: inc, Step: "team"})
	for key, want := range map[string]string{"team": model.StepDone, "estimate": model.StepDone, "risk": model.StepDone, "nis2": model.StepNotNeeded} {
		if d := find(t, of(r, inc), due.Breach, key); d.State != due.Done || d.Result != want {
			t.Errorf("%s is %s and says %q, want %q", key, d.State, d.Result, want)
		}
	}
	// A clock that runs is no notice that was filed: the plan leaves the asking to it.
	if has(of(r, inc), due.Breach, "filed") {
		t.Error("a clock that runs ends the step that the notice is filed, or asks twice")
	}
	if step := plan(t, r, inc, "filed"); step.Done || step.State != model.StepOnClock {
		t.Errorf("before the notice its step is %+v", step)
	}
	r.As(ana, model.FileNotice{Incident: inc, Clock: "gdpr33", Receipt: "BlnBDI 2026-4711", Phase: model.NoticeFirst})
	if d := find(t, of(r, inc), due.Breach, "filed"); d.Result != model.StepDone {
		t.Errorf("after the notice its step says %q", d.Result)
	}
	if step := plan(t, r, inc, "filed"); !step.Done {
		t.Errorf("after the notice its step is %+v", step)
	}

	// A high risk is told to the people, too, or there is a reason why not.
	if has(of(r, inc), due.Breach, "letter") {
		t.Error("a risk that is not high asks for a message to the people")
	}
	r.As(ana, model.DecideRisk{Incident: inc, Result: "high risk", Reason: "health data among them"})
	if d := find(t, of(r, inc), due.Breach, "letter"); d.DueAt.Sub(r.Now) != time.Hour || !d.Open() {
		t.Errorf("the message is %s, due after %s", d.State, d.DueAt.Sub(r.Now))
	}
	r.As(ana, model.StartClock{Incident: inc, Clock: "gdpr34", At: r.Now, Reason: "high risk decided"})
	if got := state(t, r, inc, due.Breach, "letter"); got != due.Done {
		t.Errorf("with its clock the message is %s", got)
	}

	// Not notifiable, decided before anybody was aware: nothing more is asked.
	quiet := r.As(ana, model.Declare{Title: "Encrypted laptop lost", Type: "Data Privacy Incident", Severity: model.P2}).Code
	r.As(ana, model.DeclineClock{Incident: quiet, Clock: "gdpr33", Reason: "encrypted, key safe", Approver: ben})
	if has(of(r, quiet), due.Breach, "aware") {
		t.Error("a declined clock still asks for the awareness")
	}
}

// plan gives a step of the minute plan of a breach as people see it.
func plan(t *testing.T, r *modeltest.Room, inc, step string) model.BreachStepView {
	t.Helper()
	for _, s := range r.State.BreachView(r.Incident(inc), r.Now).Steps {
		if s.ID == step {
			return s
		}
	}
	t.Fatalf("there is no step %q", step)
	return model.BreachStepView{}
}
