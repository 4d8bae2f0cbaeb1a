package due_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

func alertDues(r *modeltest.Room) map[string]due.Due {
	found := map[string]due.Due{}
	for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
		if d.Kind == due.Alert {
			key := d.Act
			if strings.HasSuffix(d.Key, "/acknowledge") {
				key = "acknowledge"
			}
			found[key] = d
		}
	}
	return found
}

func alertOf(class string) model.AlertFact {
	return model.AlertFact{Source: "alertmanager", Fingerprint: class, Class: class, What: "Checkout 5xx above 5 %", At: modeltest.Start.Add(-time.Minute)}
}

func TestACriticalAlertAsksTheNextPerson(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor", "Chidi Eze")
	for target, person := range map[string]string{"on-call": "Ana", "secondary": "Ben", "engineering-manager": "Chidi"} {
		r.As("Ana Ruiz", model.SetTarget{Target: target, People: []string{person}})
	}
	r.As("Ana Ruiz", model.TakeAlerts{Alerts: []model.AlertFact{alertOf("critical")}, Via: model.ViaIntake})
	if d := alertDues(r)["page"]; d.State != due.Overdue || d.Who != "Ana Ruiz" || d.Severity != model.P0 {
		t.Errorf("at once: %+v", d)
	}
	for _, step := range []struct {
		after time.Duration
		who   string
		state string
	}{
		{0, "Ana Ruiz", due.Soon},
		{5 * time.Minute, "Ben Okafor", due.Overdue},
		{5 * time.Minute, "Chidi Eze", due.Overdue},
		{24 * time.Hour, "Chidi Eze", due.Overdue},
	} {
		r.Wait(step.after)
		if d := alertDues(r)["acknowledge"]; d.Who != step.who || d.State != step.state {
			t.Errorf("after %s more: %s, %s, want %+v", step.after, d.Who, d.State, step)
		}
	}
	if d, had := alertDues(r)["page"]; had {
		t.Errorf("a day later a machine would still act: %+v", d)
	}
	r.As("Ben Okafor", model.AckAlert{Alert: "checkout"})
	if n := len(alertDues(r)); n != 0 {
		t.Errorf("%d deadlines after it was acknowledged", n)
	}
}

func TestWhatAlertsOweByClassAndWay(t *testing.T) {
	for _, c := range []struct {
		class, via string
		want       string
	}{
		{"critical", model.ViaIntake, "acknowledge page"},
		{"critical", model.ViaImport, "acknowledge"},
		{"high", model.ViaIntake, "acknowledge notify"},
		{"medium", model.ViaIntake, "notify"},
		{"low", model.ViaIntake, "notify"},
		{"low", model.ViaHand, ""},
	} {
		r := modeltest.New(t, "Ana Ruiz")
		r.As("Ana Ruiz", model.TakeAlerts{Alerts: []model.AlertFact{alertOf(c.class)}, Via: c.via})
		var got []string
		for _, key := range []string{"acknowledge", "notify", "page"} {
			if _, ok := alertDues(r)[key]; ok {
				got = append(got, key)
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s by %s owes %q, want %q", c.class, c.via, got, c.want)
		}
		r.As("Ana Ruiz", model.DeclareAlert{Alert: "checkout"})
		if n := len(alertDues(r)); n != 0 {
			t.Errorf("%s: %d deadlines after it became an incident", c.class, n)
		}
	}
}

func TestAStormIsNotListedWhole(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	facts := make([]model.AlertFact, model.MaxAlerts)
	for n := range facts {
		facts[n] = alertOf("critical")
		facts[n].Fingerprint += strings.Repeat("x", n)[:min(n, 150)] + time.Duration(n).String()
	}
	r.As("Ana Ruiz", model.TakeAlerts{Alerts: facts, Via: model.ViaIntake})
	n := 0
	for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
		if d.Kind == due.Alert {
			n++
		}
	}
	if n != 40 {
		t.Errorf("%d deadlines of %d alerts", n, len(facts))
	}
}

// BenchmarkListWithAlerts: a room that took in six thousand alerts in its life,
// of which a few wait.
func BenchmarkListWithAlerts(b *testing.B) {
	r := modeltest.New(b, "Ana Ruiz")
	for n := range 20 {
		facts := make([]model.AlertFact, model.MaxAlerts)
		for i := range facts {
			facts[i] = alertOf("critical")
			facts[i].Fingerprint = time.Duration(n*model.MaxAlerts + i).String()
			if n > 0 || i > 5 {
				facts[i].Ended = r.Now
			}
		}
		r.As("Ana Ruiz", model.TakeAlerts{Alerts: facts, Via: model.ViaIntake})
	}
	p := r.State.Policy()
	for b.Loop() {
		due.List(r.State, p, r.Now)
	}
}

// TestWhoIsAskedIsCalledAgainEachMinute: three calls a person, and then the next.
func TestWhoIsAskedIsCalledAgainEachMinute(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	r.As("Ana Ruiz", model.TakeAlerts{Alerts: []model.AlertFact{alertOf("critical")}, Via: model.ViaIntake})
	start := r.Now
	for _, step := range []struct {
		after time.Duration
		want  string
	}{
		{0, "1m0s 2m0s 5m0s"},
		{5 * time.Minute, "5m0s 6m0s 7m0s 10m0s"},
		{5 * time.Minute, "5m0s 10m0s 11m0s 12m0s"},
	} {
		r.Wait(step.after)
		var got []string
		for _, at := range alertDues(r)["acknowledge"].RemindAt {
			got = append(got, at.Sub(start).String())
		}
		if text := strings.Join(got, " "); text != step.want {
			t.Errorf("%s after it came: called at %s, want %s", r.Now.Sub(start), text, step.want)
		}
	}
}
