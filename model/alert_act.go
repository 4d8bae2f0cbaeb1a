package model

import (
	"slices"
	"strings"
	"time"

	"holdfast/model/policy"
	"holdfast/model/runbook"
)

// alertsNamed finds an alert and those that go along with it, each once.
func (s *State) alertsNamed(text string, with []string) (a *Alert, others []*Alert, err error) {
	if len(with) >= MaxAlerts {
		return nil, nil, refuse("%d alerts at once; the limit is %d. Take them in parts; nothing was changed", len(with)+1, MaxAlerts)
	}
	if a, err = s.FindAlert(text); err != nil {
		return nil, nil, err
	}
	for _, text := range with {
		other, err := s.FindAlert(text)
		if err != nil {
			return nil, nil, err
		}
		if other != a && !slices.Contains(others, other) {
			others = append(others, other)
		}
	}
	return a, others, nil
}

func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// AckAlert says "I have it" of an alert, and of the incidents it belongs to.
type AckAlert struct {
	Alert string
	// With are further ones that are taken by the same word, as those the source
	// told together. Who has one already keeps it.
	With []string
	// Person is who has it; empty is the author.
	Person string
	At     time.Time // zero is now
}

// Plan implements Command.
func (c AckAlert) Plan(p *Planner) (Done, error) {
	a, others, err := p.State.alertsNamed(c.Alert, c.With)
	if err != nil {
		return Done{}, err
	}
	if !a.Acknowledged.IsZero() {
		return Done{}, refuse("%s has had the alert since %s UTC; nothing was changed", either(p.State.whoIs(a.AckBy), "somebody"), a.Acknowledged.Format("15:04"))
	}
	person := p.Person
	if c.Person != "" {
		if person, err = p.State.FindPerson(c.Person); err != nil {
			return Done{}, err
		}
	}
	at := latest(p.Now, a.At) // the clock of the source may be ahead of ours
	if !c.At.IsZero() {
		at = c.At
	}
	if at.Before(a.At) {
		return Done{}, refuse("the alert first came at %s UTC, after that; nothing was changed", a.At.Format("2006-01-02 15:04:05"))
	}
	p.setAlert(a, AlertAck, FormatTime(at)+" "+person.String(), "")
	for _, other := range others {
		if other.Acknowledged.IsZero() {
			p.setAlert(other, AlertAck, FormatTime(latest(at, other.At))+" "+person.String(), "")
		}
	}
	done := Done{ID: a.ID}
	for _, id := range a.Incidents {
		if inc := p.State.Incident(id); inc != nil && inc.Known() && inc.Open() {
			done.Code = inc.Code
			done.Note = p.answered(inc, person, at)
		}
	}
	return done, nil
}

// LinkAlert puts an alert to an incident: it is the incident's first signal
// where none is recorded.
type LinkAlert struct {
	Alert string
	// With are further ones that go along.
	With []string
	// Incident takes it; empty takes it out of all.
	Incident string
	Reason   string
}

// Plan implements Command.
func (c LinkAlert) Plan(p *Planner) (Done, error) {
	a, others, err := p.State.alertsNamed(c.Alert, c.With)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	if c.Incident == "" {
		if len(a.Incidents) == 0 {
			return Done{}, refuse("the alert belongs to no incident; nothing was changed")
		}
		p.setAlert(a, AlertIncident, "", reason)
		for _, other := range others {
			if len(other.Incidents) > 0 {
				p.setAlert(other, AlertIncident, "", reason)
			}
		}
		return Done{ID: a.ID}, nil
	}
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if len(a.Incidents) == 1 && a.Incidents[0] == inc.ID {
		return Done{}, refuse("the alert belongs to %s already", inc.Code)
	}
	p.setAlert(a, AlertIncident, inc.ID.String(), reason)
	for _, other := range others {
		if len(other.Incidents) != 1 || other.Incidents[0] != inc.ID {
			p.setAlert(other, AlertIncident, inc.ID.String(), reason)
		}
	}
	done := Done{ID: a.ID, Code: inc.Code}
	declared := inc.DeclaredAt()
	switch detected, known := inc.Milestone("detected"); {
	case !known && !declared.IsZero() && a.At.After(declared):
		// What came after the declaration is no first signal.
	case !known:
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("detected"), FormatTime(a.At), "first signal: "+a.What)
	case a.At.Before(detected):
		done.Note = "the alert came at " + a.At.Format("15:04:05") + " UTC, before the recorded detection; correct it with `set " + inc.Code + " --milestone detected=`"
	}
	if _, known := inc.Milestone("acknowledged"); !known && !a.Acknowledged.IsZero() && !a.Acknowledged.Before(p.detected(inc)) {
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("acknowledged"), FormatTime(a.Acknowledged), "the alert was acknowledged")
	}
	return done, nil
}

// detected is when an incident was; zero where that is not known.
func (p *Planner) detected(inc *Incident) time.Time {
	at, _ := inc.Milestone("detected")
	return at
}

// DeclareAlert declares an incident from an alert. Alerts of the same group that
// wait come with it.
type DeclareAlert struct {
	Alert string
	// With are further ones that come along.
	With []string
	// Title, Severity and Type are those of the alert where they are empty.
	Title, Severity, Type string
	// Started is when it began, where that is known; Impact is the first entry.
	Started time.Time
	Impact  string
	// Automatic marks a declaration nobody made: the alert stays unanswered, so
	// that the matrix pages.
	Automatic bool
}

// Plan implements Command.
func (c DeclareAlert) Plan(p *Planner) (Done, error) {
	a, others, err := p.State.alertsNamed(c.Alert, c.With)
	if err != nil {
		return Done{}, err
	}
	for _, id := range a.Incidents {
		if inc := p.State.Incident(id); inc != nil && inc.Known() && inc.Open() {
			return Done{}, refuse("the alert belongs to %s, which is open; nothing was declared", inc.Code)
		}
	}
	if c.Automatic && !a.Waiting() {
		return Done{}, refuse("the alert waits no more; nothing was declared")
	}
	route, _ := p.State.Policy().Route(a.Class)
	books := p.State.suggest(runbook.Facts{Types: lines(c.Type), Services: lines(a.Service), Alerts: []string{a.Said()}, Title: a.What})
	d := Declare{
		Title: either(c.Title, a.What), Severity: either(c.Severity, route.Severity), Type: c.Type, Detection: either(a.Method, Detections[0]),
		Milestones: map[string]time.Time{}, Confirm: true,
	}
	if detected := map[string]time.Time{"detected": a.At}; a.Via == ViaHand {
		d.Milestones = detected
	} else {
		d.heard = detected
	}
	if !c.Started.IsZero() {
		d.Milestones["started"] = c.Started
	}
	if c.Impact != "" {
		d.Entries = []Log{{Kind: "impact", Text: c.Impact}}
	}
	done, err := d.Plan(p)
	if err != nil {
		return Done{}, err
	}
	seen := append([]*Alert{a}, others...)
	p.setAlert(a, AlertIncident, done.ID.String(), "")
	for _, other := range p.State.waitingWith(a) {
		if !slices.Contains(others, other) {
			others = append(others, other)
		}
	}
	for _, other := range others[:min(len(others), MaxAlerts)] {
		p.setAlert(other, AlertIncident, done.ID.String(), "")
	}
	for _, was := range seen { // all that stood on the line are answered, also where they are told apart later
		if !c.Automatic && was.Acknowledged.IsZero() {
			p.setAlert(was, AlertAck, FormatTime(p.Now)+" "+p.Person.String(), "")
		}
	}
	done.Note = p.State.firstQuestion(c.Type, books, done.Note)
	return done, nil
}

// Said is all an alert says of itself, for a look into the runbooks.
func (a *Alert) Said() string {
	return strings.Join([]string{a.What, a.Labels, a.Service, a.Metric, a.Why, a.Runbook}, " ")
}

// waitingWith lists the waiting alerts that the source tells together with one.
func (s *State) waitingWith(a *Alert) []*Alert {
	var list []*Alert
	for _, made := range s.alerts.waiting {
		for _, other := range made {
			if other != a && other.Source == a.Source && a.Group != "" && other.Group == a.Group && len(list) < MaxAlerts {
				list = append(list, other)
			}
		}
	}
	return list
}

// firstQuestion tells what to ask first: that of the type, else that of the type
// the best runbook is for.
func (s *State) firstQuestion(named string, books []runbook.Suggestion, note string) string {
	var parts []string
	if note != "" {
		parts = append(parts, note)
	}
	if len(books) == 0 {
		return strings.Join(parts, " · ")
	}
	best := books[0].Runbook
	if named == "" && len(best.Types) > 0 {
		if t, ok := s.Policy().Type(best.Types[0]); ok && t.Question != "" {
			parts = append(parts, "No type yet; if it is "+t.Name+": "+t.Question)
		}
	}
	parts = append(parts, "Runbook "+best.ID+" may fit: "+strings.Join(books[0].Reasons, ", "))
	return strings.Join(parts, " · ")
}

// SetAlert corrects what is known of an alert. Empty members keep what it has.
type SetAlert struct {
	// With are further ones that are corrected alike.
	With                                    []string
	Alert                                   string
	Class, What, Metric, Why, Runbook, Link string
	Service, Method, Seen                   string
	// Route is the way it took, RouteResult what that came to.
	Route, RouteResult, RouteDetail string
	Ended                           time.Time
	Reason                          string
}

// Plan implements Command.
func (c SetAlert) Plan(p *Planner) (Done, error) {
	a, others, err := p.State.alertsNamed(c.Alert, c.With)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	if c.Class != "" {
		route, ok := p.State.Policy().Route(c.Class)
		if !ok {
			return Done{}, refuse("class %.40q is not in the routing; it has: %s", c.Class, strings.Join(classes(p.State.Policy()), ", "))
		}
		c.Class = route.Class
	}
	if c.Method != "" {
		if c.Method, err = choose("method", c.Method, Detections[:]); err != nil {
			return Done{}, err
		}
	}
	if c.RouteResult != "" {
		if c.RouteResult, err = choose("route result", c.RouteResult, RouteResults[:]); err != nil {
			return Done{}, err
		}
	}
	ended := ""
	if !c.Ended.IsZero() {
		ended = FormatTime(c.Ended)
	}
	changed := false
	for _, w := range [...]struct{ field, value string }{
		{AlertClass, c.Class},
		{AlertWhat, fit(c.What, MaxTitle)},
		{AlertMetric, fit(c.Metric, maxAlertWhy)},
		{AlertWhy, fit(c.Why, maxAlertWhy)},
		{AlertRunbook, fit(c.Runbook, maxAlertLink)},
		{AlertLink, fit(c.Link, maxAlertLink)},
		{AlertService, fit(c.Service, MaxName)},
		{AlertMethod, c.Method},
		{AlertSeen, p.named(c.Seen)},
		{AlertRoute, fit(c.Route, MaxName)},
		{AlertRouteResult, c.RouteResult},
		{AlertRouteDetail, fit(c.RouteDetail, maxAlertWhy)},
		{AlertEnded, ended},
	} {
		if w.value != "" {
			for _, one := range append([]*Alert{a}, others...) {
				p.setAlert(one, w.field, w.value, reason)
			}
			changed = true
		}
	}
	if !changed {
		return Done{}, refuse("nothing to change was named")
	}
	return Done{ID: a.ID}, nil
}

func classes(p *policy.Policy) []string {
	list := make([]string, len(p.Routing))
	for i, r := range p.Routing {
		list[i] = r.Class
	}
	return list
}
