package model

import (
	"cmp"
	"slices"
)

// Stages of an alert that is not over, the one that waits for a decision first.
const (
	// StageWaits: nobody has taken it up.
	StageWaits = iota
	// StageAnswered: somebody has it, and it belongs to no incident.
	StageAnswered
	// StageLinked: it belongs to an incident that is open.
	StageLinked
)

// AlertSet is what one decision takes: alerts of one class that their source
// tells together and that stand alike. One alone is a group too.
type AlertSet struct {
	Stage int
	// Alerts are those of the group, the first signal first; it is never empty.
	Alerts []*Alert
}

// Newest is the alert whose signal came last.
func (g *AlertSet) Newest() *Alert { return g.Alerts[len(g.Alerts)-1] }

// stage tells how an alert stands; none where no decision is left: it is over,
// or its incident is.
func (s *State) stage(a *Alert) (stage int, ok bool) {
	switch {
	case !a.Ended.IsZero():
		return 0, false
	case a.Waiting():
		return StageWaits, true
	case len(a.Incidents) == 0:
		return StageAnswered, true
	}
	for _, id := range a.Incidents {
		if inc := s.Incident(id); inc != nil && inc.Known() && inc.Open() {
			return StageLinked, true
		}
	}
	return 0, false
}

// OpenAlerts lists the alerts that are not over in groups: those that wait
// first, the severest class on top, and in a class the last signal first.
func (s *State) OpenAlerts() []AlertSet {
	type place struct {
		stage         int
		source, group string
		class, id     string
		incident      ID
	}
	at := map[place]int{}
	var groups []AlertSet
	for _, made := range s.alerts.made {
		for _, a := range made {
			stage, ok := s.stage(a)
			if !ok {
				continue
			}
			key := place{stage: stage, source: a.Source, group: a.Group, class: a.Class}
			if len(a.Incidents) > 0 {
				key.incident = a.Incidents[0]
			}
			if a.Group == "" {
				key.id = a.ID.String()
			}
			i, known := at[key]
			if !known {
				i = len(groups)
				at[key], groups = i, append(groups, AlertSet{Stage: stage})
			}
			groups[i].Alerts = append(groups[i].Alerts, a)
		}
	}
	rank := map[string]int{}
	for i, class := range classes(s.Policy()) {
		rank[class] = i - len(s.Policy().Routing) // one the routing does not know comes last
	}
	for _, g := range groups {
		slices.SortFunc(g.Alerts, func(a, b *Alert) int { return cmp.Or(a.At.Compare(b.At), compareAlerts(a, b)) })
	}
	slices.SortFunc(groups, func(a, b AlertSet) int {
		x, y := a.Newest(), b.Newest()
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(rank[x.Class], rank[y.Class]), y.At.Compare(x.At), compareAlerts(y, x))
	})
	return groups
}

// AlertsWaiting counts the alerts nobody has taken up.
func (s *State) AlertsWaiting() (n int) {
	for _, list := range s.alerts.waiting {
		n += len(list)
	}
	return n
}
