package model

import (
	"strings"
	"time"
	"unicode/utf8"
)

// AlertFact is one alert as a monitoring system, or a person, tells it.
type AlertFact struct {
	Source      string `json:"source"`
	Fingerprint string `json:"fingerprint"`
	// Class is that of the routing, or what the source calls it. One the routing
	// does not know is high: unsure takes the higher.
	Class   string `json:"class,omitempty"`
	What    string `json:"what"`
	Metric  string `json:"metric,omitempty"`
	Why     string `json:"why,omitempty"`
	Runbook string `json:"runbook,omitempty"`
	Link    string `json:"link,omitempty"`
	Method  string `json:"method,omitempty"` // one of Detections; empty is the first
	Service string `json:"service,omitempty"`
	Group   string `json:"group,omitempty"`
	Labels  string `json:"labels,omitempty"`
	Seen    string `json:"seen_by,omitempty"`
	// At is the first signal; zero where the source names no time: then it is
	// the alert of the fingerprint that is not over, or a new one of now.
	At time.Time `json:"at,omitzero"`
	// Acknowledged and Ended are what came after it; zero where it has not.
	Acknowledged time.Time `json:"acknowledged_at,omitzero"`
	AckBy        string    `json:"acknowledged_by,omitempty"`
	Ended        time.Time `json:"ended_at,omitzero"`
	// Update says that the fact only tells what became of an alert: without one
	// it is nothing.
	Update bool `json:"update,omitempty"`
	// Route and RouteResult tell how it reached people, where that is known.
	Route       string `json:"route,omitempty"`
	RouteResult string `json:"route_result,omitempty"`
}

// Limits of what is kept of an alert. Its texts are written by machines, so they
// are cut rather than refused: a page must not fail because a label is long.
const (
	// MaxAlerts bounds the alerts of one command: each is at most three ops, and
	// a commit holds MaxOps.
	MaxAlerts = 300
	// maxAlertWhy takes a description of some paragraphs.
	maxAlertWhy = 2000
	// maxAlertLink takes the links of dashboards, which carry whole queries.
	maxAlertLink = 2000
)

// TakeAlerts takes in alerts: new ones are written, those that are here are
// brought up to date, and what is known already changes nothing.
type TakeAlerts struct {
	Alerts []AlertFact
	// Via says how they came; empty is by hand.
	Via string
	// Incident is the one they belong to; may be empty.
	Incident string
}

// Plan implements Command.
func (c TakeAlerts) Plan(p *Planner) (Done, error) {
	switch {
	case len(c.Alerts) == 0:
		return Done{}, refuse("there is no alert in it; nothing was taken in")
	case len(c.Alerts) > MaxAlerts:
		return Done{}, refuse("%d alerts at once; the limit is %d. Take them in parts", len(c.Alerts), MaxAlerts)
	}
	via := ViaHand
	var err error
	if c.Via != "" {
		if via, err = choose("via", c.Via, []string{ViaIntake, ViaImport, ViaHand}); err != nil {
			return Done{}, err
		}
	}
	t := taking{p: p, via: via, here: map[string]bool{}}
	if c.Incident != "" {
		inc, err := p.State.FindIncident(c.Incident)
		if err != nil {
			return Done{}, err
		}
		t.incident, t.code = inc.ID, inc.Code
	}
	for _, fact := range c.Alerts {
		if err := t.take(fact); err != nil {
			return Done{}, err
		}
	}
	note := count(t.added, "alert") + " written"
	if t.changed > 0 {
		note += ", " + count(t.changed, "alert") + " brought up to date"
	}
	if t.known > 0 {
		note += ", " + count(t.known, "alert") + " known already"
	}
	return Done{ID: t.first, Code: t.code, Note: note, Known: t.added == 0}, nil
}

// Untaken tells how many of some alerts the room does not have, and how many it
// has just as they are told.
func (s *State) Untaken(facts []AlertFact) (fresh, known int) {
	for _, f := range facts {
		f, err := f.checked(s)
		if err != nil {
			continue
		}
		switch a := s.alertOf(f); {
		case a == nil && !f.Update:
			fresh++
		case a == nil, !a.tells(f):
			known++
		}
	}
	return fresh, known
}

// tells reports whether a fact says more of an alert than is known.
func (a *Alert) tells(f AlertFact) bool {
	return a.Acknowledged.IsZero() && !f.Acknowledged.IsZero() || a.Ended.IsZero() && !f.Ended.IsZero()
}

// taking is one command on its way.
type taking struct {
	p        *Planner
	via      string
	incident ID
	code     string
	// here are the alerts of this very command, which no state has yet.
	here                  map[string]bool
	added, changed, known int
	first                 ID
}

func (t *taking) take(f AlertFact) error {
	f, err := f.checked(t.p.State)
	if err != nil {
		return err
	}
	key := alertKey(f.Source, f.Fingerprint) + "\x00" + FormatTime(f.At)
	found := t.p.State.alertOf(f)
	switch {
	case found != nil:
		if t.update(found, f) {
			t.changed++
		} else {
			t.known++
		}
		if t.first.Zero() {
			t.first = found.ID
		}
	case f.Update || t.here[key]:
		t.known++
	default:
		t.here[key] = true
		t.added++
		if id := t.p.addItem(ID{}, ClassAlert, t.fields(f)); t.first.Zero() {
			t.first = id
		}
	}
	return nil
}

// checked makes a fact fit to be kept.
func (f AlertFact) checked(s *State) (AlertFact, error) {
	f.Source, f.Fingerprint = fit(f.Source, MaxName), fit(f.Fingerprint, MaxTitle)
	f.What = fit(f.What, MaxTitle)
	switch {
	case f.Source == "":
		return f, refuse("the alert names no source; say which system, or who, told it. Nothing was taken in")
	case f.Fingerprint == "":
		return f, refuse("the alert has no fingerprint; it could not be told from others. Nothing was taken in")
	case f.What == "" && !f.Update:
		return f, refuse("the alert does not say what is wrong. Nothing was taken in")
	}
	route, ok := s.Policy().Route(f.Class)
	if !ok {
		route, ok = s.Policy().Route("high")
	}
	if f.Class = route.Class; !ok {
		f.Class = "high"
	}
	method := Detections[0]
	for _, d := range Detections {
		if strings.EqualFold(d, f.Method) {
			method = d
		}
	}
	f.Method = method
	if f.RouteResult != "" {
		var err error
		if f.RouteResult, err = choose("route result", f.RouteResult, RouteResults[:]); err != nil {
			return f, err
		}
	}
	if !f.At.IsZero() {
		f.At = f.At.UTC().Truncate(time.Millisecond)
	}
	return f, nil
}

// alertOf finds the alert a fact tells of; nil where it is new.
func (s *State) alertOf(f AlertFact) *Alert {
	made := s.alerts.made[alertKey(f.Source, f.Fingerprint)]
	for i := len(made) - 1; i >= 0; i-- {
		a := made[i]
		if f.At.IsZero() && a.Ended.IsZero() || !f.At.IsZero() && a.At.Equal(f.At) {
			return a
		}
	}
	return nil
}

func (t *taking) fields(f AlertFact) map[string]string {
	fields := map[string]string{
		AlertSource: f.Source, AlertFingerprint: f.Fingerprint, AlertVia: t.via, AlertClass: f.Class, AlertWhat: f.What,
		AlertMetric: fit(f.Metric, maxAlertWhy), AlertWhy: fit(f.Why, maxAlertWhy), AlertRunbook: fit(f.Runbook, maxAlertLink),
		AlertLink: fit(f.Link, maxAlertLink), AlertMethod: f.Method, AlertService: fit(f.Service, MaxName), AlertGroup: fit(f.Group, maxAlertWhy),
		AlertLabels: fit(f.Labels, maxAlertWhy), AlertSeen: t.p.named(f.Seen), AlertRoute: fit(f.Route, MaxName), AlertRouteResult: f.RouteResult,
	}
	if !f.At.IsZero() {
		fields[AlertAt] = FormatTime(f.At)
	}
	if !f.Acknowledged.IsZero() {
		fields[AlertAck] = FormatTime(f.Acknowledged) + " " + t.p.named(f.AckBy)
	}
	if !f.Ended.IsZero() {
		fields[AlertEnded] = FormatTime(f.Ended)
	}
	incident := t.incident
	if incident.Zero() && t.via == ViaIntake {
		incident = t.p.State.joins(f)
	}
	if !incident.Zero() {
		fields[AlertIncident] = incident.String()
	}
	return fields
}

// joins finds the open incident that an alert comes in to by itself: one that
// holds an alert of the same fingerprint, or of the group the source tells it
// with. An exercise takes in nothing: a real alert would be lost in it.
func (s *State) joins(f AlertFact) (into ID) {
	group := fit(f.Group, maxAlertWhy)
	for incident, alerts := range s.alerts.linked {
		inc := s.Incident(incident)
		if inc == nil || !inc.Known() || !inc.Open() || inc.Drill() {
			continue
		}
		for a := range alerts {
			together := a.Source == f.Source && (a.Fingerprint == f.Fingerprint || group != "" && a.Group == group)
			if together && (into.Zero() || inc.Declared.Compare(s.Incident(into).Declared) > 0) {
				into = incident
			}
		}
	}
	return into
}

// update writes what a fact tells beyond what is known; false where it is
// nothing.
func (t *taking) update(a *Alert, f AlertFact) bool {
	before := len(t.p.ops)
	if a.Acknowledged.IsZero() && !f.Acknowledged.IsZero() {
		t.p.setAlert(a, AlertAck, FormatTime(f.Acknowledged)+" "+t.p.named(f.AckBy), "")
	}
	if a.Ended.IsZero() && !f.Ended.IsZero() {
		t.p.setAlert(a, AlertEnded, FormatTime(f.Ended), "")
	}
	if !t.incident.Zero() && len(a.Incidents) == 0 {
		t.p.setAlert(a, AlertIncident, t.incident.String(), "")
	}
	return len(t.p.ops) > before
}

// setAlert plans a write to a field of an alert. All its items take it, so that
// a value written to one of them on another side is replaced too.
func (p *Planner) setAlert(a *Alert, field, value, reason string) {
	for n, id := range a.Items {
		if n == 0 || p.State.Items[id].Fields.Text(field) != "" {
			p.setItem(ID{}, id, p.State.Items[id], field, value, reason)
		}
	}
}

// named gives the id of a person of the room, or else the name as it came.
func (p *Planner) named(who string) string {
	if who = fit(who, MaxName); who == "" {
		return ""
	}
	if id, err := p.State.FindPerson(who); err == nil {
		return id.String()
	}
	return who
}

// whoIs is named for people.
func (s *State) whoIs(text string) string {
	if id, err := ParseID(text); err == nil && s.People[id] != nil {
		return s.PersonName(id)
	}
	return text
}

// fit makes a text of a machine one line of at most limit bytes.
func fit(text string, limit int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	if len(text) <= limit {
		return text
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
