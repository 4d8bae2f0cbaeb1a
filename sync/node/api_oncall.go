package node

import (
	"time"

	"holdfast/model"
	"holdfast/sync/export"
)

// Window is the time an on-call query looks at. What is left out is from now
// for two weeks.
type Window struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Bad is what the schedules and the contacts of a room lack.
type Bad struct {
	Troubles []model.Trouble        `json:"troubles"`
	Contacts []model.ContactWarning `json:"contacts"`
}

// between makes a handler of a query about a window.
func between(query func(s *model.State, w Window, now time.Time) any) handler {
	return func(r *request) (any, error) {
		room, err := r.pick()
		if err != nil {
			return nil, err
		}
		var w Window
		if err := r.params(&w); err != nil {
			return nil, err
		}
		now := room.Now()
		if w.From.IsZero() {
			w.From = now
		}
		if w.To.IsZero() {
			w.To = w.From.Add(model.RotaAhead)
		}
		var out any
		room.View(func(s *model.State) { out = query(s, w, now) })
		return out, nil
	}
}

// directory are the methods about people, vendors, access and on call.
var directory = map[string]handler{
	"vendors":     read(func(_ *Room, s *model.State, _ ref) (any, error) { return s.VendorViews(), nil }),
	"access":      read(func(r *Room, s *model.State, _ ref) (any, error) { return s.AccessViews(r.Now()), nil }),
	"person":      read(person),
	"people/pack": read(func(r *Room, s *model.State, _ ref) (any, error) { return export.BuildPack(s, r.Now()), nil }),
	"oncall/now":  between(func(s *model.State, _ Window, now time.Time) any { return s.DutyViews(now) }),
	"oncall":      between(func(s *model.State, w Window, now time.Time) any { return s.ScheduleViews(w.From, w.To, now) }),
	"oncall/bad": between(func(s *model.State, w Window, now time.Time) any {
		return Bad{Troubles: s.Troubles(w.From, w.To), Contacts: s.ContactWarnings(now)}
	}),
	"oncall/load":     between(func(s *model.State, w Window, _ time.Time) any { return s.LoadViews(w.From, w.To) }),
	"oncall/handoffs": between(func(s *model.State, w Window, now time.Time) any { return s.HandoffViews(now, w.To) }),
}

// Person is a person of the room, with what keeps others from reaching them.
type Person struct {
	model.PersonView
	Warnings []string `json:"warnings"`
}

func person(r *Room, s *model.State, q ref) (any, error) {
	id, err := s.FindPerson(q.Ref)
	if err != nil {
		return nil, err
	}
	v := Person{Warnings: append([]string{}, s.ReachWarnings(id, r.Now())...)}
	for _, p := range s.PersonViews() {
		if p.ID == id {
			v.PersonView = p
		}
	}
	return v, nil
}
