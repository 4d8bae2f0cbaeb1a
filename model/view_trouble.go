package model

import (
	"cmp"
	"slices"
	"time"

	"holdfast/model/oncall"
)

// Kinds of trouble in the schedules.
const (
	TroubleGap   = "gap"
	TroubleClash = "double"
	TroubleLeave = "leave"
	TroubleLeft  = "left" // somebody who left is on call
	TroubleBad   = "schedule"
)

// Trouble is something in the schedules that somebody must see to.
type Trouble struct {
	Kind     string    `json:"kind"`
	Schedule string    `json:"schedule"`
	Layer    string    `json:"layer"`
	Person   string    `json:"person"`
	PersonID ID        `json:"person_id,omitzero"`
	From     time.Time `json:"from,omitzero"`
	Until    time.Time `json:"until,omitzero"`
	What     string    `json:"what"`
}

// Planned is the shifts of the schedules of the room in a time, laid once and asked
// for who is on call and what is wrong.
type Planned struct {
	state *State
	plans []oncall.Plan // of those that can be used
}

// Plan lays the shifts of all schedules from a time to another.
func (s *State) Plan(from, to time.Time) Planned {
	schedules := s.Schedules()
	p := Planned{state: s, plans: make([]oncall.Plan, 0, len(schedules))}
	for _, r := range schedules {
		if r.Rota != nil {
			p.plans = append(p.plans, r.Rota.Plan(from, to))
		}
	}
	return p
}

// Troubles lists gaps, people in two places, people on leave while on call and
// people who left and stand in a rotation, from a time to another, and schedules that do not fit together.
func (s *State) Troubles(from, to time.Time) []Trouble {
	list := []Trouble{}
	s.Plan(from, to).troubles(func(f *finding) {
		f.What = s.say(f)
		list = append(list, f.Trouble)
	})
	slices.SortStableFunc(list, func(a, b Trouble) int { return a.From.Compare(b.From) })
	return list
}

// Repeated is a trouble, and how many more there are of its kind, place and person.
type Repeated struct {
	Trouble
	More int
}

// FirstTroubles is Troubles with the first of each kind, place and person for all,
// in no order.
func (p Planned) FirstTroubles() []Repeated {
	type same struct{ kind, schedule, layer, person string }
	var list []Repeated
	at := map[same]int{}
	p.troubles(func(f *finding) {
		key := same{f.Kind, f.Schedule, f.Layer, f.Person}
		n, had := at[key]
		switch {
		case !had:
			f.What, at[key] = p.state.say(f), len(list)
			list = append(list, Repeated{Trouble: f.Trouble})
		case f.From.Before(list[n].From):
			f.What = p.state.say(f)
			list[n] = Repeated{f.Trouble, list[n].More + 1}
		default:
			list[n].More++
		}
	})
	return list
}

// finding is a trouble that nobody has put into words yet: of many alike one is
// told.
type finding struct {
	Trouble
	problem string // of a schedule that does not fit together
	// second and of are the other place of a person who holds two: a layer and its
	// schedule.
	second, of string
}

// troubles finds what is wrong. What is found is good until the next.
func (p Planned) troubles(found func(*finding)) {
	s := p.state
	for _, r := range s.Schedules() {
		for _, text := range r.Problems {
			found(&finding{Trouble: Trouble{Kind: TroubleBad, Schedule: r.Schedule.Name}, problem: text})
		}
	}
	for _, plan := range p.plans {
		for _, g := range plan.Gaps() {
			found(&finding{Trouble: Trouble{Kind: TroubleGap, Schedule: g.Schedule, Layer: g.Layer, From: g.From, Until: g.Until}})
		}
		for _, a := range plan.OnLeave() {
			f := finding{Trouble: Trouble{Kind: TroubleLeave, Schedule: a.Shift.Schedule, Layer: a.Shift.Layer, From: a.From, Until: a.Until}}
			f.PersonID, f.Person = s.onCallAs(a.Shift.Person)
			found(&f)
		}
	}
	for _, plan := range p.plans {
		s.leftOnCall(plan, found)
	}
	var f finding
	for c := range oncall.Clashes(p.plans...) {
		f = finding{
			Trouble: Trouble{Kind: TroubleClash, Schedule: c.First.Schedule, Layer: c.First.Layer, From: c.From, Until: c.Until},
			second:  c.Second.Layer, of: c.Second.Schedule,
		}
		f.PersonID, f.Person = s.onCallAs(c.Person)
		found(&f)
	}
}

// onCallAs is a person as a schedule names them.
func (s *State) onCallAs(person string) (ID, string) {
	id, _ := ParseID(person)
	return id, s.PersonName(id)
}

// leftOnCall finds the shifts of people who are gone by their end: nobody answers
// then.
func (s *State) leftOnCall(plan oncall.Plan, found func(*finding)) {
	gone := func(person string, until time.Time) bool {
		id, err := ParseID(person)
		return err == nil && s.hasLeft(id, until.Add(-time.Second))
	}
	if !slices.ContainsFunc(plan.Holds(), func(h oncall.Hold) bool { return gone(h.Person, h.Until) }) {
		return
	}
	for _, shift := range plan.Shifts() {
		if gone(shift.Person, shift.Until) {
			f := finding{Trouble: Trouble{Kind: TroubleLeft, Schedule: shift.Schedule, Layer: shift.Layer, From: shift.From, Until: shift.Until}}
			f.PersonID, f.Person = s.onCallAs(shift.Person)
			found(&f)
		}
	}
}

// say puts what was found into words.
func (s *State) say(f *finding) string {
	place := f.Layer + " of " + f.Schedule
	switch f.Kind {
	case TroubleGap:
		return "Nobody is on call as " + place
	case TroubleLeave:
		return f.Person + " is on leave while on call as " + place
	case TroubleLeft:
		return f.Person + " left on " + s.People[f.PersonID].Fields.Text(PersonLeft) + " and is on call as " + place + ": nobody answers; put somebody in"
	case TroubleClash:
		return f.Person + " holds two places at once: " + place + " and " + f.second + " of " + f.of
	}
	return f.problem
}

// LoadView is what a person bears in a layer of a schedule.
type LoadView struct {
	Schedule string `json:"schedule"`
	Layer    string `json:"layer"`
	Person   string `json:"person"`
	PersonID ID     `json:"person_id"`
	Shifts   int    `json:"shifts"`
	TotalS   int64  `json:"total_s"`
	NightS   int64  `json:"night_s"`
	WeekendS int64  `json:"weekend_s"`
	HolidayS int64  `json:"holiday_s"`
	// Pages are the calls of the person in that time, PagesNight those at night
	// where they are: of all incidents but exercises, and the same in each layer
	// of theirs.
	Pages      int `json:"pages"`
	PagesNight int `json:"pages_night"`
}

// LoadViews counts what everybody bears from a time to another: the schedules in the
// order they were added, and in each its layers; in a layer by hours, then by those
// at night, the most first, and where these are equal by name.
func (s *State) LoadViews(from, to time.Time) []LoadView {
	views, pages := []LoadView{}, s.pages(from, to)
	for _, r := range s.Schedules() {
		if r.Rota == nil {
			continue
		}
		first := len(views)
		for _, l := range r.Rota.Fairness(from, to) {
			v := LoadView{
				Schedule: r.Schedule.Name, Layer: l.Layer, Shifts: l.Shifts, TotalS: l.Total, NightS: l.Night, WeekendS: l.Weekend, HolidayS: l.Holiday,
			}
			v.PersonID, _ = ParseID(l.Person)
			v.Person = s.PersonName(v.PersonID)
			v.Pages, v.PagesNight = pages[v.PersonID].all, pages[v.PersonID].night
			views = append(views, v)
		}
		layer := func(v LoadView) int {
			return slices.IndexFunc(r.Schedule.Layers, func(l oncall.Layer) bool { return l.Name == v.Layer })
		}
		slices.SortStableFunc(views[first:], func(a, b LoadView) int {
			return cmp.Or(layer(a)-layer(b), cmp.Compare(b.TotalS, a.TotalS), cmp.Compare(b.NightS, a.NightS), cmp.Compare(a.Person, b.Person))
		})
	}
	return views
}

// paged is how often a person was called.
type paged struct{ all, night int }

// pages counts the calls that page a person from a time to another.
func (s *State) pages(from, to time.Time) map[ID]paged {
	counts, p := map[ID]paged{}, s.Policy()
	for inc := range s.Incidents() {
		if !inc.Known() || inc.Drill() {
			continue
		}
		for _, a := range inc.Attempts() {
			if a.Act != "page" || a.Result == Skipped || a.Person.Zero() || a.At.Before(from) || !a.At.Before(to) {
				continue
			}
			n := counts[a.Person]
			n.all++
			if s.AtNight(p, a.Person, a.At) {
				n.night++
			}
			counts[a.Person] = n
		}
	}
	return counts
}
