package alert

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
)

type reference struct {
	ID      string `json:"id"`
	Summary string `json:"summary"`
}

type pagerdutyIncident struct {
	Title      string     `json:"title"`
	Status     string     `json:"status"`
	Urgency    string     `json:"urgency"`
	CreatedAt  time.Time  `json:"created_at"`
	ResolvedAt *time.Time `json:"resolved_at"`
	Link       string     `json:"html_url"`
	Service    reference  `json:"service"`
	Priority   *reference `json:"priority"` // null where none was set
	Acks       []struct {
		At time.Time `json:"at"`
		By reference `json:"acknowledger"`
	} `json:"acknowledgements"`
}

// readPagerDuty takes any of the three forms. An alert is named by service and
// title in all of them: the incident's own key is only in one.
func readPagerDuty(b []byte, _ time.Time) (batch Batch, err error) {
	if trimmed := bytes.TrimSpace(b); trimmed[0] != '{' {
		return readPagerDutyTable(b)
	}
	var w struct {
		Incidents []pagerdutyIncident `json:"incidents"`
		Entries   []logEntry          `json:"log_entries"`
	}
	if err := unmarshal(b, &w); err != nil {
		return Batch{}, err
	}
	for _, i := range w.Incidents {
		f := model.AlertFact{
			Source: PagerDuty, Fingerprint: hashed(i.Service.ID, i.Title), Class: i.Urgency, What: i.Title, Link: i.Link, Service: i.Service.Summary,
			At: i.CreatedAt, Route: "pager",
		}
		if i.Priority != nil && i.Priority.Summary != "" {
			f.Class = i.Priority.Summary
		}
		for _, a := range i.Acks {
			if f.Acknowledged.IsZero() || a.At.Before(f.Acknowledged) {
				f.Acknowledged, f.AckBy = a.At, a.By.Summary
			}
		}
		if i.ResolvedAt != nil {
			f.Ended = *i.ResolvedAt
		}
		batch.Facts = append(batch.Facts, f)
	}
	batch.Facts = append(batch.Facts, fromLog(w.Entries)...)
	return batch, nil
}

type logEntry struct {
	Type      string    `json:"type"`
	CreatedAt time.Time `json:"created_at"`
	Agent     reference `json:"agent"`
	Service   reference `json:"service"`
	Incident  struct {
		reference
		Link string `json:"html_url"`
	} `json:"incident"`
	Channel json.RawMessage `json:"channel"`
}

// fromLog makes an alert of the log entries of each incident: they come newest
// first, and only the kinds that tell of signal, answer, page and end count.
func fromLog(entries []logEntry) []model.AlertFact {
	slices.SortStableFunc(entries, func(a, b logEntry) int { return a.CreatedAt.Compare(b.CreatedAt) })
	facts := map[string]*model.AlertFact{}
	var order []string
	for _, e := range entries {
		f := facts[e.Incident.ID]
		if f == nil {
			title := e.Incident.Summary
			if _, rest, ok := strings.Cut(title, "] "); ok && strings.HasPrefix(title, "[#") {
				title = rest
			}
			f = &model.AlertFact{
				Source: PagerDuty, Fingerprint: hashed(e.Service.ID, title), Class: "high", What: title, Service: e.Service.Summary, Link: e.Incident.Link,
				At: e.CreatedAt,
			}
			facts[e.Incident.ID] = f
			order = append(order, e.Incident.ID)
		}
		switch e.Type {
		case "trigger_log_entry":
			f.At = e.CreatedAt
		case "acknowledge_log_entry":
			if f.Acknowledged.IsZero() {
				f.Acknowledged, f.AckBy = e.CreatedAt, e.Agent.Summary
			}
		case "notify_log_entry":
			f.Route, f.RouteResult = "pager", notified(e.Channel, f.RouteResult)
		case "resolve_log_entry":
			f.Ended = e.CreatedAt
		}
	}
	list := make([]model.AlertFact, len(order))
	for i, id := range order {
		list[i] = *facts[id]
	}
	return list
}

// notified tells whether a page got through: one that did is enough.
func notified(channel json.RawMessage, before string) string {
	var c struct {
		Notification struct {
			Status string `json:"status"`
		} `json:"notification"`
	}
	result := model.RouteUnknown
	if json.Unmarshal(channel, &c) == nil {
		switch c.Notification.Status {
		case "success":
			result = model.RouteDelivered
		case "":
		default:
			result = model.RouteFailed
		}
	}
	if before == model.RouteDelivered {
		return before
	}
	return result
}

func readPagerDutyTable(b []byte) (batch Batch, err error) {
	r := csv.NewReader(bytes.NewReader(b))
	rows, err := r.ReadAll()
	if err != nil {
		return Batch{}, invalid("the table: %s", err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[strings.TrimSpace(name)] = i
	}
	for _, name := range []string{"created_at", "description", "service_id"} {
		if _, ok := column[name]; !ok {
			return Batch{}, invalid("the table has no column %s", name)
		}
	}
	for _, row := range rows[1:] {
		cell := func(name string) string {
			if i, ok := column[name]; ok {
				return row[i]
			}
			return ""
		}
		at, err := time.Parse(time.RFC3339, cell("created_at"))
		if err != nil {
			return Batch{}, invalid("created_at is %.40q, and no RFC 3339 time", cell("created_at"))
		}
		f := model.AlertFact{
			Source: PagerDuty, Fingerprint: hashed(cell("service_id"), cell("description")), Class: first(cell("priority_name"), cell("urgency")),
			What: cell("description"), Service: cell("service_name"), At: at, Route: "pager",
		}
		if n, err := strconv.ParseInt(cell("seconds_to_first_ack"), 10, 32); err == nil {
			f.Acknowledged = at.Add(time.Duration(n) * time.Second)
			f.AckBy, _, _ = strings.Cut(cell("acknowledged_user_names"), ",")
		}
		f.Ended, _ = time.Parse(time.RFC3339, cell("resolved_at"))
		batch.Facts = append(batch.Facts, f)
	}
	return batch, nil
}

// event is one of the PagerDuty Events API v2.
type event struct {
	Action  string `json:"event_action"`
	Key     string `json:"dedup_key"`
	Client  string `json:"client"`
	URL     string `json:"client_url"`
	Payload struct {
		Summary   string          `json:"summary"`
		Source    string          `json:"source"`
		Severity  string          `json:"severity"`
		Timestamp string          `json:"timestamp"`
		Component string          `json:"component"`
		Group     string          `json:"group"`
		Class     string          `json:"class"`
		Details   json.RawMessage `json:"custom_details"`
	} `json:"payload"`
	Links []struct {
		Href string `json:"href"`
		Text string `json:"text"`
	} `json:"links"`
}

// longestKey is what the API allows for a dedup_key.
const longestKey = 255

func readEvent(b []byte, now time.Time) (Batch, error) {
	var e event
	if err := unmarshal(b, &e); err != nil {
		return Batch{}, err
	}
	f := model.AlertFact{Source: Events, Fingerprint: e.Key}
	switch {
	case len(e.Key) > longestKey:
		return Batch{}, invalid("dedup_key has %d bytes, and the limit is %d", len(e.Key), longestKey)
	case e.Action == "acknowledge" || e.Action == "resolve":
		if e.Key == "" {
			return Batch{}, invalid("event_action %s needs the dedup_key of the event it answers", e.Action)
		}
		f.Update = true
		if f.Acknowledged, f.AckBy = now, e.Client; e.Action == "resolve" {
			f.Acknowledged, f.Ended = time.Time{}, now
		}
		return Batch{Facts: []model.AlertFact{f}}, nil
	case e.Action != "trigger":
		return Batch{}, invalid("event_action is %.40q; it is one of trigger, acknowledge, resolve", e.Action)
	case e.Payload.Summary == "" || e.Payload.Source == "" || e.Payload.Severity == "":
		return Batch{}, invalid("payload needs summary, source and severity")
	case !slices.Contains([]string{"critical", "error", "warning", "info"}, e.Payload.Severity):
		return Batch{}, invalid("payload.severity is %.40q; it is one of critical, error, warning, info", e.Payload.Severity)
	}
	f.Fingerprint = first(e.Key, hashed(e.Payload.Source, e.Payload.Summary))
	f.Class, f.What, f.Service, f.Metric = e.Payload.Severity, e.Payload.Summary, first(e.Payload.Component, e.Payload.Source), e.Payload.Class
	f.Why, f.Link, f.Group = string(e.Payload.Details), e.URL, e.Payload.Group
	f.Labels = labels(map[string]string{"source": e.Payload.Source, "client": e.Client})
	for _, l := range e.Links {
		if f.Link = first(f.Link, l.Href); strings.Contains(strings.ToLower(l.Text), "runbook") {
			f.Runbook = l.Href
		}
	}
	if e.Payload.Timestamp != "" {
		at, err := time.Parse(time.RFC3339Nano, e.Payload.Timestamp)
		if err != nil {
			return Batch{}, invalid("payload.timestamp is %.40q, and no ISO 8601 time with a zone", e.Payload.Timestamp)
		}
		f.At = at
	}
	return Batch{Facts: []model.AlertFact{f}}, nil
}
