package sample

import (
	"fmt"
	"time"

	"holdfast/assets"
	"holdfast/model"
)

// checkout is the alert of the Alertmanager webhook in the tests of the intake,
// as it is told of a region.
func checkout(region string, at time.Time) model.AlertFact {
	return model.AlertFact{
		Source: "alertmanager", Fingerprint: "1a30ba71cca2921f" + region, Class: "critical", What: "Checkout 5xx above 5 %", Why: "5xx ratio 0.12 in " + region,
		Metric: "checkout_error_ratio > 0.05", Runbook: "https://runbooks.example.com/api-error-spike", Service: "checkout-api", At: at,
		Link:   "http://prometheus.example.com:9090/graph?g0.expr=checkout_error_ratio+%3E+0.05&g0.tab=1",
		Group:  `{}/{severity="critical"}:{alertname="CheckoutErrorRateHigh"}`,
		Labels: "alertname=CheckoutErrorRateHigh region=" + region + " service=checkout-api severity=critical team=checkout",
	}
}

// noticed is the first sign of a shipped sample as an alert.
func noticed(name, class, source string, at time.Time) (model.AlertFact, error) {
	in, err := Load(name)
	if err != nil {
		return model.AlertFact{}, err
	}
	f := model.AlertFact{Source: source, Fingerprint: name, Class: class, What: in.Title, Service: in.ID, At: at}
	for _, e := range in.Entries {
		if e.Kind == "detection" {
			f.What, f.Why = e.Text, in.Title
			break
		}
	}
	return f, nil
}

// Alerted is the typical night with alerts beside it: some wait, one of them for
// two regions and one that comes and goes, one is answered and one belongs to the
// incident.
func Alerted() (Story, error) {
	story, err := Typical()
	if err != nil {
		return Story{}, err
	}
	r, now := story.Room, story.Now
	d := r.Device(0)
	if err := r.flap(now); err != nil {
		return Story{}, err
	}
	for _, a := range []struct {
		name, class, source string
		age                 time.Duration
		then                model.Command
	}{
		{"gitlab-2017-01-31-database", "high", "monitoring", 3 * time.Hour, model.LinkAlert{Alert: "gitlab-2017-01-31-database", Incident: story.Incident.String()}},
		{"dfds-2022-01-25-metrics-down", "high", "grafana", 17 * time.Minute, model.AckAlert{Alert: "dfds-2022-01-25-metrics-down", Person: people[3]}},
		{"moj-2023-09-18-disk", "high", "alertmanager", 22 * time.Minute, nil},
		{"dfds-2021-03-31-sso-certificate", "low", "by hand", 52 * time.Minute, nil},
	} {
		f, err := noticed(a.name, a.class, a.source, now.Add(-a.age))
		if err != nil {
			return Story{}, err
		}
		r.step(now.Add(-a.age+20*time.Second), d, model.TakeAlerts{Alerts: []model.AlertFact{f}, Via: model.ViaImport})
		if a.then != nil {
			r.step(now.Add(-a.age+4*time.Minute), r.Device(3), a.then)
		}
	}
	at := now.Add(-3 * time.Minute)
	r.step(at.Add(10*time.Second), d, model.TakeAlerts{Alerts: []model.AlertFact{checkout("eu-west-1", at), checkout("us-east-1", at)}, Via: model.ViaImport})
	r.At(now)
	return story, nil
}

// First is a room on its first day in which an alert came in.
func First() (Story, error) {
	story := Empty()
	at := story.Now.Add(-2 * time.Minute)
	story.Room.step(at.Add(5*time.Second), story.Room.Device(0), model.TakeAlerts{Alerts: []model.AlertFact{checkout("eu-west-1", at)}, Via: model.ViaImport})
	story.Room.At(story.Now)
	return story, nil
}

// flap takes in the alarm that came and went for two hours at the Ministry of
// Justice, until a user complained.
func (r *Room) flap(now time.Time) error {
	f, err := noticed("moj-2024-07-25-logs-lost", "medium", "alertmanager", now)
	if err != nil {
		return err
	}
	f.What = "Write-block alarm"
	for i, min := range []int{90, 65, 45, 20} {
		f.At, f.Ended = now.Add(-time.Duration(min)*time.Minute), now.Add(-time.Duration(min-20)*time.Minute)
		if i == 3 {
			f.Ended = time.Time{}
		}
		r.step(f.At.Add(time.Minute), r.Device(0), model.TakeAlerts{Alerts: []model.AlertFact{f}, Via: model.ViaImport})
	}
	return nil
}

// storm is how many alerts a room far too full holds.
const storm = 420

// Stormed is the room far too full, with hundreds of alerts: a third of them
// told together by their source, and texts that break layouts among them.
func Stormed() (Story, error) {
	story, err := Overfull()
	if err != nil {
		return Story{}, err
	}
	names, err := assets.Samples()
	if err != nil {
		return Story{}, err
	}
	classes := [...]string{"medium", "low", "high", "medium", "critical", "low", "medium"}
	var facts []model.AlertFact
	for i := range storm {
		name := names[i%len(names)]
		f, err := noticed(name, classes[i%len(classes)], [...]string{"alertmanager", "grafana", "opsgenie", "pagerduty"}[i%4], story.Now.Add(-time.Duration(i)*time.Minute))
		if err != nil {
			return Story{}, err
		}
		f.Fingerprint = fmt.Sprint(name, i)
		if i%3 == 0 {
			f.Group, f.Class, f.Source = name, "high", "alertmanager"
		}
		if i%17 == 0 {
			f.What = hard[i/17%len(hard)]
		}
		facts = append(facts, f)
	}
	r, d := story.Room, story.Room.Device(0)
	for from := 0; from < len(facts); from += model.MaxAlerts {
		r.step(story.Now.Add(time.Duration(from/model.MaxAlerts*3-6)*time.Minute), d, model.TakeAlerts{Alerts: facts[from:min(from+model.MaxAlerts, len(facts))], Via: model.ViaImport})
	}
	r.At(story.Now)
	return story, nil
}
