package model

import (
	"strings"
	"time"

	"holdfast/model/policy"
)

// AlertView is an alert in a list.
type AlertView struct {
	ID          ID     `json:"id"`
	Source      string `json:"source"`
	Fingerprint string `json:"fingerprint"`
	// Class is that of the routing, Severity what the routing makes of it.
	Class    string `json:"class"`
	Severity string `json:"severity"`
	What     string `json:"what"`
	Metric   string `json:"metric"`
	Why      string `json:"why"`
	Runbook  string `json:"runbook"`
	Link     string `json:"link"`
	Method   string `json:"method"`
	Service  string `json:"service"`
	Labels   string `json:"labels"`
	// State is firing, acknowledged or over.
	State      string    `json:"state"`
	At         time.Time `json:"first_signal_at"`
	RecordedAt time.Time `json:"recorded_at"`
	// Via is intake, import or hand.
	Via            string    `json:"via"`
	SeenBy         string    `json:"seen_by"`
	AcknowledgedAt time.Time `json:"acknowledged_at,omitzero"`
	AcknowledgedBy string    `json:"acknowledged_by"`
	// AcknowledgeS is from the first signal to the acknowledgement; left out where
	// there is none.
	AcknowledgeS *int64    `json:"acknowledge_s,omitempty"`
	EndedAt      time.Time `json:"ended_at,omitzero"`
	// Incidents are codes; two are a conflict.
	Incidents   []string `json:"incidents"`
	Route       string   `json:"route"`
	RouteResult string   `json:"route_result"`
	RouteDetail string   `json:"route_detail"`
	// Episodes counts the alerts of the fingerprint, Flaps those that came again
	// within an hour after the end of the one before.
	Episodes int `json:"episodes"`
	Flaps    int `json:"flaps"`
}

// Waiting reports that nobody has taken the alert up.
func (v AlertView) Waiting() bool { return v.State == AlertFiring && len(v.Incidents) == 0 }

// States of an alert.
const (
	AlertFiring   = "firing"
	AlertAnswered = "acknowledged"
	AlertOver     = "over"
)

// AlertView gives one alert for people.
func (s *State) AlertView(a *Alert) AlertView {
	route, _ := s.Policy().Route(a.Class)
	v := AlertView{
		ID: a.ID, Source: a.Source, Fingerprint: a.Fingerprint, Class: a.Class, Severity: route.Severity, What: a.What, Metric: a.Metric, Why: a.Why,
		Runbook: a.Runbook, Link: a.Link, Method: a.Method, Service: a.Service, Labels: a.Labels, State: AlertFiring, At: a.At,
		RecordedAt: a.Recorded, Via: a.Via, SeenBy: s.whoIs(a.Seen), AcknowledgedAt: a.Acknowledged, AcknowledgedBy: s.whoIs(a.AckBy), EndedAt: a.Ended,
		Incidents: []string{}, Route: a.Route, RouteResult: a.RouteResult, RouteDetail: a.RouteDetail, Episodes: a.Episodes, Flaps: a.Flaps,
	}
	if !a.Acknowledged.IsZero() {
		v.State, v.AcknowledgeS = AlertAnswered, wholeSeconds(a.Acknowledged.Sub(a.At))
	}
	if !a.Ended.IsZero() {
		v.State = AlertOver
	}
	for _, id := range a.Incidents {
		v.Incidents = append(v.Incidents, s.codeOf(id.String()))
	}
	return v
}

func wholeSeconds(d time.Duration) *int64 {
	n := int64(d / time.Second)
	return &n
}

// AlertViews lists the alerts of the room, the last signal first; without all
// those that wait for somebody.
func (s *State) AlertViews(all bool) []AlertView {
	views := []AlertView{}
	for _, a := range s.Alerts() {
		if all || a.Waiting() {
			views = append(views, s.AlertView(a))
		}
	}
	return views
}

// AlertSummary is what the alerts of an incident tell together.
type AlertSummary struct {
	Alerts []AlertView `json:"alerts"`
	// Distinct counts fingerprints, Duplicates the alerts beyond one for each.
	Distinct   int `json:"distinct"`
	Duplicates int `json:"duplicates"`
	// Flapping counts the fingerprints that flap.
	Flapping    int       `json:"flapping"`
	FirstSignal time.Time `json:"first_signal_at,omitzero"`
	// DetectS is from the start of the incident to the first signal,
	// AcknowledgeS from the first signal to the first acknowledgement; left out where
	// one of the times is not known.
	DetectS      *int64 `json:"detect_s,omitempty"`
	AcknowledgeS *int64 `json:"acknowledge_s,omitempty"`
}

// AlertSummary tells of the alerts of an incident.
func (s *State) AlertSummary(inc *Incident) AlertSummary {
	v := AlertSummary{Alerts: []AlertView{}}
	seen := map[string]bool{}
	var acknowledged time.Time
	for _, a := range s.AlertsOf(inc.ID) {
		v.Alerts = append(v.Alerts, s.AlertView(a))
		if key := alertKey(a.Source, a.Fingerprint); !seen[key] {
			seen[key] = true
			if a.Flaps > 0 {
				v.Flapping++
			}
		}
		if v.FirstSignal.IsZero() || a.At.Before(v.FirstSignal) {
			v.FirstSignal = a.At
		}
		if !a.Acknowledged.IsZero() && (acknowledged.IsZero() || a.Acknowledged.Before(acknowledged)) {
			acknowledged = a.Acknowledged
		}
	}
	v.Distinct, v.Duplicates = len(seen), len(v.Alerts)-len(seen)
	if v.FirstSignal.IsZero() {
		return v
	}
	if started, ok := inc.Milestone("started"); ok {
		v.DetectS = wholeSeconds(v.FirstSignal.Sub(started))
	}
	if at, ok := inc.Milestone("acknowledged"); ok && (acknowledged.IsZero() || at.Before(acknowledged)) {
		acknowledged = at
	}
	if !acknowledged.IsZero() {
		v.AcknowledgeS = wholeSeconds(acknowledged.Sub(v.FirstSignal))
	}
	return v
}

// alertRows tells the alerts of an incident in its timeline: each fingerprint
// once, when it first came, and when it was acknowledged.
func (s *State) alertRows(inc *Incident) []Row {
	var rows []Row
	seen := map[string]bool{}
	for _, a := range s.AlertsOf(inc.ID) {
		key := alertKey(a.Source, a.Fingerprint)
		if seen[key] {
			continue
		}
		seen[key] = true
		row := s.newRow(a.ID, a.added, FromChange)
		row.At, row.Kind = a.At, "detection"
		row.Text = strings.Join(append([]string{"Alert, " + a.Class, a.What}, lines(strings.Join([]string{a.Metric, a.Why}, "\n"))...), ": ")
		if a.Source != "" {
			row.Text += " (" + a.Source + ")"
		}
		rows = append(rows, row)
		if !a.Acknowledged.IsZero() {
			ack := s.newRow(a.ID, a.added, FromChange)
			ack.At, ack.Kind, ack.nth = a.Acknowledged, "detection", 1
			ack.Text = "Alert acknowledged by " + either(s.whoIs(a.AckBy), "somebody") + ": " + a.What
			rows = append(rows, ack)
		}
	}
	return rows
}

// RouteView is a row of the routing and whether its second path works.
type RouteView struct {
	policy.Route
	// Works says that the second path reaches those who are asked first; Why
	// tells what is missing, where it does not.
	Works bool   `json:"fallback_works"`
	Why   string `json:"why"`
}

// RouteViews checks the second path of every class of alerts: a telephone path
// needs a number for everybody who is asked.
func (s *State) RouteViews(now time.Time) []RouteView {
	var views []RouteView
	for _, r := range s.Policy().Routing {
		v := RouteView{Route: r, Works: true}
		if strings.Contains(strings.ToLower(r.Fallback), "phone") {
			v.Works, v.Why = s.callable(r.Then, now)
		}
		views = append(views, v)
	}
	return views
}

func (s *State) callable(targets []string, now time.Time) (ok bool, why string) {
	known := false
	for _, target := range targets {
		people := s.Standing(target, now)
		known = known || len(people) > 0
		for _, id := range people {
			if len(numbers(s.People[id])) == 0 {
				return false, s.PersonName(id) + " (" + target + ") has no number to call"
			}
		}
	}
	if !known {
		return false, "nobody is behind " + either(strings.Join(targets, ", "), "it") + "; name them with `target set`"
	}
	return true, ""
}
