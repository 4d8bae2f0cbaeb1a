package alert_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/sync/intake/alert"
)

var now = time.Date(2026, 3, 17, 15, 0, 0, 0, time.UTC)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func read(t *testing.T, name string) alert.Batch {
	t.Helper()
	batch, err := alert.Read("", file(t, name), now)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return batch
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func TestWebhooksOfAlertmanagerAndGrafana(t *testing.T) {
	for _, name := range []string{"alertmanager", "grafana"} {
		batch := read(t, name+"-webhook-firing.json")
		if batch.Format != name || len(batch.Facts) != 2 || len(batch.Warnings) != 0 {
			t.Fatalf("%+v", batch)
		}
		want := model.AlertFact{
			Source: name, Fingerprint: "1a30ba71cca2921f", Class: "critical", What: "Checkout 5xx above 5 %", Why: "5xx ratio 0.12 in eu-west-1",
			Runbook: "https://runbooks.example.com/api-error-spike", Metric: "checkout_error_ratio > 0.05", Service: "checkout-api",
			Link:   "http://prometheus.example.com:9090/graph?g0.expr=checkout_error_ratio+%3E+0.05&g0.tab=1",
			Group:  `{}/{severity="critical"}:{alertname="CheckoutErrorRateHigh"}`,
			Labels: "alertname=CheckoutErrorRateHigh region=eu-west-1 service=checkout-api severity=critical team=checkout",
			At:     at("2026-03-17T14:02:11.738203117Z"),
		}
		if !reflect.DeepEqual(batch.Facts[0], want) {
			t.Errorf("%s:\n%+v\nwant\n%+v", name, batch.Facts[0], want)
		}
	}
	over := read(t, "alertmanager-webhook-resolved.json").Facts[0]
	if !over.Ended.Equal(at("2026-03-17T14:48:41.738203117Z")) {
		t.Errorf("ended %s", over.Ended)
	}
	cut := strings.Replace(string(file(t, "alertmanager-webhook-firing.json")), `"truncatedAlerts": 0`, `"truncatedAlerts": 7`, 1)
	if batch, err := alert.Read("", []byte(cut), now); err != nil || len(batch.Warnings) != 1 || !strings.HasPrefix(batch.Warnings[0], "7 alerts were left out") {
		t.Errorf("%v, %v", batch.Warnings, err)
	}
}

// TestHistoriesOfPagers: the three forms of one vendor tell of one alert.
func TestHistoriesOfPagers(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	for _, name := range []string{"pagerduty-incidents.json", "pagerduty-log-entries.json", "pagerduty-analytics-incidents.csv", "opsgenie-alerts.json"} {
		r.As("Ana Ruiz", model.TakeAlerts{Alerts: read(t, name).Facts, Via: model.ViaImport})
	}
	views := map[string]model.AlertView{}
	for _, v := range r.State.AlertViews(true) {
		views[v.Source+" "+v.What] = v
	}
	if len(views) != 3 || len(r.State.Alerts()) != 3 {
		t.Fatalf("%d alerts of %d, want the checkout and the search of one pager and the checkout of the other: %v", len(views), len(r.State.Alerts()), views)
	}
	pd := views["pagerduty Checkout 5xx above 5 %"]
	if pd.Class != "critical" || *pd.AcknowledgeS != 172 || pd.AcknowledgedBy != "Ana Ruiz" || !pd.EndedAt.Equal(at("2026-03-17T15:20:05Z")) || pd.Route != "pager" {
		t.Errorf("%+v", pd)
	}
	og := views["opsgenie Checkout 5xx above 5 %"]
	if og.Fingerprint != "checkout-5xx" || *og.AcknowledgeS != 172 || og.AcknowledgedBy != "Ana Ruiz" && og.AcknowledgedBy != "ana.ruiz@example.com" ||
		!og.EndedAt.Equal(at("2026-03-17T15:20:05.894Z")) {
		t.Errorf("%+v", og)
	}
	log := read(t, "pagerduty-log-entries.json").Facts[0]
	if log.RouteResult != model.RouteDelivered || !log.At.Equal(at("2026-03-17T14:02:40Z")) {
		t.Errorf("%+v", log)
	}
}

const trigger = `{"routing_key":"k","event_action":"trigger","dedup_key":"checkout-5xx","client":"Probe","client_url":"https://probe.example.com",
"payload":{"summary":"Checkout 5xx above 5 %","source":"checkout-7","severity":"critical","component":"checkout-api","group":"eu","class":"5xx ratio",
"custom_details":{"ratio":0.12}},"links":[{"href":"https://runbooks.example.com/api-error-spike","text":"Runbook"}]}`

func TestEventsFindTheAlertTheyAnswer(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	for _, text := range []string{
		trigger, trigger, `{"event_action":"acknowledge","dedup_key":"checkout-5xx","client":"Ana Ruiz"}`, `{"event_action":"resolve","dedup_key":"checkout-5xx"}`,
		`{"event_action":"resolve","dedup_key":"never seen"}`,
	} {
		batch, err := alert.Read("", []byte(text), r.Now)
		if err != nil || batch.Format != alert.Events {
			t.Fatalf("%s: %v", text, err)
		}
		r.As("Ana Ruiz", model.TakeAlerts{Alerts: batch.Facts})
		r.Wait(time.Minute)
	}
	views := r.State.AlertViews(true)
	if len(views) != 1 || views[0].State != model.AlertOver || *views[0].AcknowledgeS != 120 || views[0].AcknowledgedBy != "Ana Ruiz" {
		t.Fatalf("%+v", views)
	}
	if v := views[0]; v.Service != "checkout-api" || v.Runbook == "" || v.Why != `{"ratio":0.12}` || v.Metric != "5xx ratio" {
		t.Errorf("%+v", v)
	}
	// It fires again after its end: that is another alert.
	batch, _ := alert.Read("", []byte(trigger), r.Now)
	r.As("Ana Ruiz", model.TakeAlerts{Alerts: batch.Facts})
	if v := r.State.AlertViews(false); len(v) != 1 || v[0].Episodes != 2 || v[0].Flaps != 1 {
		t.Errorf("%+v", v)
	}
}

func TestPlainForms(t *testing.T) {
	for text, want := range map[string]int{
		`{"what":"Disk full on db-3","class":"high","service":"db"}`:                               1,
		`[{"what":"a"},{"what":"b","status":"resolved"}]`:                                          2,
		`{"alerts":[{"source":"probe","fingerprint":"f","what":"c","at":"2026-03-17T14:00:00Z"}]}`: 1,
	} {
		batch, err := alert.Read("", []byte(text), now)
		if err != nil || batch.Format != alert.Plain || len(batch.Facts) != want {
			t.Errorf("%s: %+v, %v", text, batch, err)
		}
	}
}

func TestPastedLines(t *testing.T) {
	batch, err := alert.Read("", []byte("[FIRING:2] CheckoutErrorRateHigh\r\n\n- 14:02 critical: Checkout 5xx above 5 %\n* [RESOLVED] Search is slow\nP2 | 5 workers left\n"), now)
	if err != nil || batch.Format != alert.Text {
		t.Fatal(batch, err)
	}
	var got []string
	for _, f := range batch.Facts {
		line := f.Class + "|" + f.What
		if !f.At.IsZero() {
			line = f.At.Format("15:04 ") + line
		}
		if !f.Ended.IsZero() {
			line += "|over"
		}
		got = append(got, line)
	}
	want := []string{"|CheckoutErrorRateHigh", "14:02 critical|Checkout 5xx above 5 %", "|Search is slow|over", "p2|| 5 workers left"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
}

func TestWhatIsWrongIsSaid(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "nothing in it",
		"{":                                  "no JSON",
		`{"groupKey":"g","alerts":[]}`:       "no alert in it",
		`{"groupKey":"g","alerts":"none"}`:   "alerts is a string",
		`{"event_action":"snooze"}`:          "trigger, acknowledge, resolve",
		`{"event_action":"resolve"}`:         "needs the dedup_key",
		`{"event_action":"trigger"}`:         "summary, source and severity",
		`{"what":"x","colour":"red"}`:        "unknown field",
		`{"what":"x","status":"broken"}`:     "firing, acknowledged, resolved",
		`{"service":"db"}`:                   "what is wrong",
		`{"incidents":[{"created_at":"3"}]}`: "parsing time",
		"id,incident_number,created_at\n":    "no column",
		"id,incident_number,created_at,description,service_id\n1,2,yesterday,d,s\n":                             "no RFC 3339",
		strings.Replace(trigger, `"critical"`, `"purple"`, 1):                                                   "critical, error, warning, info",
		strings.Replace(trigger, `"component"`, `"timestamp":"noon","component"`, 1):                            "ISO 8601",
		strings.Replace(trigger, `"dedup_key":"checkout-5xx"`, `"dedup_key":"`+strings.Repeat("x", 300)+`"`, 1): "the limit is 255",
		`[` + strings.Repeat(`{"what":"x"},`, alert.MaxFacts) + `{"what":"x"}]`:                                 "the limit is 5000",
		`{"data":[{"id":"1","createdAt":7}]}`:                                                                   "not a JSON string",
		strings.Repeat(" ", alert.MaxBytes+1):                                                                   "the limit is",
	} {
		_, err := alert.Read("", []byte(text), now)
		if !errors.Is(err, alert.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v, want %q", text, err, want)
		}
	}
	if _, err := alert.Read("nagios", []byte("{}"), now); err == nil || !strings.Contains(err.Error(), "alertmanager, grafana") {
		t.Error(err)
	}
}

// FuzzRead: whatever comes, the answer is facts a room takes, or one error.
func FuzzRead(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		f.Add("", file(f, filepath.Base(name)))
	}
	for _, format := range alert.Formats {
		f.Add(format, []byte(trigger))
	}
	f.Add("", []byte("[FIRING:2] 14:02 critical: Checkout 5xx above 5 %"))
	f.Fuzz(func(t *testing.T, format string, b []byte) {
		batch, err := alert.Read(format, b, now)
		if err != nil {
			if !errors.Is(err, alert.ErrInvalid) {
				t.Fatalf("%v", err)
			}
			return
		}
		again, err := alert.Read(format, b, now)
		if err != nil || !reflect.DeepEqual(batch, again) {
			t.Fatalf("read twice: %+v and %+v, %v", batch, again, err)
		}
		r := modeltest.New(t, "Ana Ruiz")
		facts := batch.Facts[:min(len(batch.Facts), model.MaxAlerts)]
		if _, err := r.Try("Ana Ruiz", model.TakeAlerts{Alerts: facts}); err != nil && !errors.Is(err, model.ErrRefused) {
			t.Fatalf("%v", err)
		}
	})
}
