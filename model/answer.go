package model

import (
	"time"

	"holdfast/model/policy"
)

// FirstAnswer tells when and by whom the incident was taken up first: an
// acknowledgement, a command or an on-call role that was accepted, or a call
// that was answered. The person is zero for an acknowledgement. attempts and
// team are those of the incident.
func (i *Incident) FirstAnswer(attempts []Attempt, team []Holder) (at time.Time, who ID, ok bool) {
	if t, set := i.Milestone("acknowledged"); set {
		return t, ID{}, true
	}
	for _, name := range [...]string{RoleCommander, RoleOnCall} {
		for _, h := range team {
			if h.Role == name && h.Accepted {
				return viewMilli(h.Since.Recorded()), h.Person, true
			}
		}
	}
	for _, a := range attempts {
		if a.Result == Reached {
			return a.Answered, a.Person, true
		}
	}
	return time.Time{}, ID{}, false
}

// AtNight reports whether it was night for a person at a time; false where
// their zone is not known.
func (s *State) AtNight(p *policy.Policy, person ID, at time.Time) bool {
	who := s.People[person]
	if who == nil || who.Fields.Text("zone") == "" {
		return false
	}
	return p.People.Night(at.In(policy.Calendar{Zone: who.Fields.Text("zone")}.Location()).Hour())
}

// External reports whether an audience is outside of the organisation.
func External(audience string) bool { return audience == "public" || audience == "customers" }

// FirstMessage is when any of the audiences a test names first heard; false
// where none has. What was withdrawn was not heard.
func (i *Incident) FirstMessage(to func(audience string) bool) (first time.Time, ok bool) {
	for _, m := range i.Messages {
		if !m.Known() || !to(m.Draft.Audience) {
			continue
		}
		if o, _ := m.Outcome(); o == Withdrawn || o == Failed {
			continue
		}
		if at := viewMilli(m.Queued.Recorded()); !ok || at.Before(first) {
			first, ok = at, true
		}
	}
	return first, ok
}

// Outage is a stretch of an incident: from its start, or from the reopening, to
// the resolution after it; To is zero while it is open.
type Outage struct{ From, To time.Time }

// Outages lists the stretches of an incident. The first begins at no time: what
// it counts from is the figure's. A resolution that was corrected counts as
// corrected.
func (i *Incident) Outages() []Outage {
	list := []Outage{{}}
	resolved, reopened := i.Fields[FieldMilestone("resolved")], i.Fields[FieldMilestone("reopened")]
	if reopened == nil || len(reopened.History()) == 0 {
		list[0].To, _ = i.Milestone("resolved")
		return list
	}
	ends := []Value{}
	if resolved != nil {
		for _, w := range resolved.History() {
			ends = append(ends, w.Value)
		}
	}
	for _, w := range reopened.History() {
		at, ok := w.Value.Time()
		if !ok {
			continue
		}
		n := 0
		for n < len(ends) && ends[n].Stamp.Compare(w.Value.Stamp) <= 0 {
			list[len(list)-1].To, _ = ends[n].Time()
			n++
		}
		ends = ends[n:]
		list = append(list, Outage{From: at})
	}
	for _, end := range ends {
		list[len(list)-1].To, _ = end.Time()
	}
	return list
}
