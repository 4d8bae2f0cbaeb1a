package report_test

import (
	"strconv"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/model/report"
)

func TestNoisyAlertsAreCountedByFingerprint(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	for n := range 3 {
		at := modeltest.Start.Add(time.Duration(n) * time.Hour)
		r.Now = at.Add(time.Minute)
		r.As("Ana Ruiz", model.TakeAlerts{Alerts: []model.AlertFact{{
			Source: "alertmanager", Fingerprint: "1a30ba71cca2921f", Class: "critical", What: "Checkout 5xx at " + strconv.Itoa(5+n) + " %",
			At: at, Ended: at.Add(10 * time.Minute),
		}}})
	}
	inc := r.As("Ana Ruiz", model.Declare{Title: "Checkout down", Severity: model.P0})
	r.As("Ana Ruiz", model.LinkAlert{Alert: "1a30ba71cca2921f", Incident: inc.Code})
	for range 2 {
		r.As("Ana Ruiz", model.Declare{Title: "Search is slow", Severity: model.P2})
	}
	r.Wait(time.Hour)
	b := report.Report(r.State, r.State.Policy(), periodOf(t, r, report.Monthly, "2026-03-17"), r.Now)
	if len(b.Noisy) != 2 || b.Noisy[0].Name != "Checkout 5xx at 7 % (alertmanager)" || b.Noisy[0].N != 3 || len(b.Noisy[0].Incidents) != 1 {
		t.Fatalf("%+v", b.Noisy)
	}
	if b.Noisy[1].Name != "Search is slow" || b.Noisy[1].N != 2 {
		t.Errorf("%+v", b.Noisy[1])
	}
}

func TestTimeToAcknowledgeCountsFromTheAlertWhereNobodyElsePaged(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	r.As("Ana Ruiz", model.TakeAlerts{Alerts: []model.AlertFact{{
		Source: "pagerduty", Fingerprint: "checkout-5xx", Class: "critical", What: "Checkout 5xx above 5 %", At: modeltest.Start,
		Acknowledged: modeltest.Start.Add(4 * time.Minute), AckBy: "Ana Ruiz",
	}}})
	r.Wait(10 * time.Minute)
	inc := r.As("Ana Ruiz", model.Declare{Title: "Checkout down", Severity: model.P0})
	r.As("Ana Ruiz", model.LinkAlert{Alert: "checkout-5xx", Incident: inc.Code})
	r.Wait(time.Hour)
	m := report.Measure(r.State, r.State.Policy(), time.Time{}, time.Time{}, r.Now)
	if d := m.Duration("acknowledge"); d.N != 1 || d.Wall.MedianS != 240 {
		t.Errorf("%+v", d)
	}
	if at, _ := r.Incident(inc.Code).Milestone("detected"); !at.Equal(modeltest.Start) {
		t.Errorf("detected at %s", at)
	}
}
