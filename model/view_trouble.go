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

// Troubles lists gaps, people in two places, people on leave while on call and
// people who left and stand in a rotation, from a time to another, and schedules that do not fit together.
func (s *State) Troubles(from, to time.Time) []Trouble {
	list := []Trouble{}
	var all []oncall.Plan
	for _, r := range s.Schedules() {
		for _, text := range r.Problems {
			list = append(list, Trouble{Kind: TroubleBad, Schedule: r.Schedule.Name, What: text})
		}
		if r.Rota == nil {
			continue
		}
		plan := r.Rota.Plan(from, to)
		all = append(all, plan)
		for _, g := range plan.Gaps() {
			list = append(list, Trouble{
				Kind: TroubleGap, Schedule: g.Schedule, Layer: g.Layer, From: g.From, Until: g.Until, What: "Nobody is on call as " + g.Layer + " of " + g.Schedule,
			})
		}
		for _, a := range plan.OnLeave() {
			t := Trouble{Kind: TroubleLeave, Schedule: a.Shift.Schedule, Layer: a.Shift.Layer, From: a.From, Until: a.Until}
			t.PersonID, _ = ParseID(a.Shift.Person)
			t.Person = s.PersonName(t.PersonID)
			t.What = t.Person + " is on leave while on call as " + t.Layer + " of " + t.Schedule
			list = append(list, t)
		}
	}
	for _, plan := range all {
		list = s.leftOnCall(list, plan)
	}
	twice := oncall.DoubleBooked(all...)
	list = slices.Grow(list, len(twice))
	for i := range twice {
		c := &twice[i]
		t := Trouble{Kind: TroubleClash, Schedule: c.First.Schedule, Layer: c.First.Layer, From: c.From, Until: c.Until}
		t.PersonID, _ = ParseID(c.Person)
		t.Person = s.PersonName(t.PersonID)
		t.What = t.Person + " holds two places at once: " + place(&c.First) + " and " + place(&c.Second)
		list = append(list, t)
	}
	slices.SortStableFunc(list, func(a, b Trouble) int { return a.From.Compare(b.From) })
	return list
}

// leftOnCall adds the shifts of people who are gone by their end: nobody answers
// then.
func (s *State) leftOnCall(list []Trouble, plan oncall.Plan) []Trouble {
	gone := func(person string, until time.Time) (ID, bool) {
		id, err := ParseID(person)
		return id, err == nil && s.hasLeft(id, until.Add(-time.Second))
	}
	if !slices.ContainsFunc(plan.Holds(), func(h oncall.Hold) bool { _, left := gone(h.Person, h.Until); return left }) {
		return list
	}
	for _, shift := range plan.Shifts() {
		id, left := gone(shift.Person, shift.Until)
		if !left {
			continue
		}
		t := Trouble{Kind: TroubleLeft, Schedule: shift.Schedule, Layer: shift.Layer, Person: s.PersonName(id), PersonID: id, From: shift.From, Until: shift.Until}
		t.What = t.Person + " left on " + s.People[id].Fields.Text(PersonLeft) + " and is on call as " + place(&shift) + ": nobody answers; put somebody in"
		list = append(list, t)
	}
	return list
}

func place(x *oncall.Shift) string { return x.Layer + " of " + x.Schedule }

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

// LoadViews counts what everybody bears from a time to another, by the name of the
// schedule and in it by layer; in a layer by hours, then by those at night, the
// most first, and where these are equal by name.
func (s *State) LoadViews(from, to time.Time) []LoadView {
	views, pages := []LoadView{}, s.pages(from, to)
	for _, r := range s.byName() {
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
