package alert

import (
	"fmt"
	"net/url"
	"time"

	"holdfast/model"
)

// webhook is what Alertmanager and Grafana post.
type webhook struct {
	GroupKey  string `json:"groupKey"`
	Truncated uint64 `json:"truncatedAlerts"`
	Alerts    []struct {
		Status      string            `json:"status"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		StartsAt    time.Time         `json:"startsAt"`
		EndsAt      time.Time         `json:"endsAt"`
		Generator   string            `json:"generatorURL"`
		Fingerprint string            `json:"fingerprint"`
		// Of Grafana.
		Dashboard   string `json:"dashboardURL"`
		Panel       string `json:"panelURL"`
		ValueString string `json:"valueString"`
	} `json:"alerts"`
}

func readAlertmanager(b []byte, now time.Time) (Batch, error) {
	return readWebhook(Alertmanager, b, now)
}
func readGrafana(b []byte, now time.Time) (Batch, error) { return readWebhook(Grafana, b, now) }

func readWebhook(source string, b []byte, now time.Time) (batch Batch, err error) {
	var w webhook
	if err := unmarshal(b, &w); err != nil {
		return Batch{}, err
	}
	if w.Truncated > 0 {
		batch.Warnings = append(batch.Warnings, fmt.Sprintf("%d alerts were left out by %s itself (truncatedAlerts); look there for them", w.Truncated, source))
	}
	for _, a := range w.Alerts {
		name := a.Labels["alertname"]
		f := model.AlertFact{
			Source: source, Fingerprint: first(a.Fingerprint, hashed(labels(a.Labels))), Class: first(a.Labels["severity"], a.Labels["priority"]),
			What: first(a.Annotations["summary"], a.Annotations["title"], a.Annotations["message"], name, "An alert without a name"),
			Why:  first(a.Annotations["description"], a.Annotations["impact"]), Runbook: first(a.Annotations["runbook_url"], a.Annotations["runbook"]),
			Metric: first(expression(a.Generator), a.ValueString), Link: first(a.Panel, a.Dashboard, a.Generator),
			Service: first(a.Labels["service"], a.Labels["job"]), Group: w.GroupKey, Labels: labels(a.Labels), At: a.StartsAt,
		}
		if a.Status == "resolved" {
			if f.Ended = known(a.EndsAt); f.Ended.IsZero() {
				f.Ended = now
			}
		}
		batch.Facts = append(batch.Facts, f)
	}
	return batch, nil
}

// expression reads the query of an alert from the link Prometheus gives it.
func expression(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Query().Get("g0.expr")
}
