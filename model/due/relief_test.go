package due_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// shift is what a person does, and how long it then goes on.
type shift struct {
	do   func(r *modeltest.Room)
	then time.Duration
}

func TestHoursAreThoseOfThePerson(t *testing.T) {
	var first, second string
	as := func(who string, c func() model.Command) func(*modeltest.Room) {
		return func(r *modeltest.Room) { r.As(who, c()) }
	}
	declare := func(into *string, severity string) func(*modeltest.Room) {
		return func(r *modeltest.Room) {
			*into = r.As(ana, model.Declare{Title: "checkout down " + severity, Severity: severity}).Code
		}
	}
	take := func(inc *string, role string) func(*modeltest.Room) {
		return as(ben, func() model.Command { return model.AssignRole{Incident: *inc, Role: role, Person: ben} })
	}
	leave := func(inc *string, role string) func(*modeltest.Room) {
		return as(ben, func() model.Command { return model.ReleaseRole{Incident: *inc, Role: role} })
	}
	finish := func(inc *string) func(*modeltest.Room) {
		return as(ana, func() model.Command {
			return model.Resolve{Incident: *inc, Verification: "card payments pass", Customers: "none is needed"}
		})
	}
	h := time.Hour
	for name, c := range map[string]struct {
		shifts []shift
		// worked is the stretch at the end, commanded the part of it in command.
		worked, commanded time.Duration
	}{
		"one role": {[]shift{{declare(&first, model.P2), 0}, {take(&first, "scribe"), 3 * h}}, 3 * h, 0},
		"one role after another": {
			[]shift{{declare(&first, model.P2), 0}, {take(&first, "scribe"), 3 * h}, {leave(&first, "scribe"), 0}, {take(&first, "comms"), 2 * h}}, 5 * h, 0,
		},
		"handed over, and taken again after a pause": {
			[]shift{{declare(&first, model.P2), 0}, {take(&first, "scribe"), 3 * h}, {leave(&first, "scribe"), 5 * h}, {take(&first, "scribe"), h}}, 9 * h, 0,
		},
		"after a rest": {
			[]shift{{declare(&first, model.P2), 0}, {take(&first, "scribe"), 3 * h}, {leave(&first, "scribe"), 6 * h}, {take(&first, "scribe"), h}}, h, 0,
		},
		"two incidents at once": {
			[]shift{{declare(&first, model.P2), 0}, {take(&first, "scribe"), 3 * h}, {declare(&second, model.P3), 0}, {take(&second, "comms"), 2 * h}}, 5 * h, 0,
		},
		"an incident that is resolved holds nobody": {
			[]shift{{declare(&first, model.P2), 0}, {take(&first, "scribe"), 3 * h}, {finish(&first), 8 * h}, {declare(&second, model.P3), 0}, {take(&second, "comms"), h}}, h, 0,
		},
		"one that was resolved within the stretch counts": {
			[]shift{{declare(&first, model.P2), 0}, {take(&first, "scribe"), 3 * h}, {finish(&first), 2 * h}, {declare(&second, model.P3), 0}, {take(&second, "comms"), h}}, 6 * h, 0,
		},
		"command counts without its pauses": {
			[]shift{
				{declare(&first, model.P2), 0},
				{take(&first, "ic"), 3 * h},
				{finish(&first), 2 * h},
				{declare(&second, model.P2), 0},
				{take(&second, "scribe"), h},
				{take(&second, "ic"), h},
			}, 7 * h, 4 * h,
		},
		"two commands at once are one": {
			[]shift{{declare(&first, model.P2), 0}, {take(&first, "ic"), 2 * h}, {declare(&second, model.P2), 0}, {take(&second, "ic"), h}}, 3 * h, 3 * h,
		},
		"came an hour before it was written down": {
			[]shift{
				{declare(&first, model.P2), 2 * h},
				{func(r *modeltest.Room) { r.As(ben, model.SetPresence{Incident: first, At: r.Now.Add(-h)}) }, h},
			}, 2 * h, 0,
		},
		"came later than it was written down": {
			[]shift{
				{declare(&first, model.P2), 0},
				{as(ben, func() model.Command { return model.SetPresence{Incident: first} }), 2 * h},
				{func(r *modeltest.Room) { r.As(ben, model.SetPresence{Incident: first, At: r.Now.Add(-h)}) }, h},
			}, 2 * h, 0,
		},
		"went before it was written down, for long enough to rest": {
			[]shift{
				{declare(&first, model.P2), 0},
				{as(ben, func() model.Command { return model.SetPresence{Incident: first} }), 9 * h},
				{func(r *modeltest.Room) {
					r.As(ben, model.SetPresence{Incident: first, Left: true, At: r.Now.Add(-8 * h)})
				}, 0},
				{take(&first, "scribe"), h},
			}, h, 0,
		},
		"said twice, and nothing begins again": {
			[]shift{
				{declare(&first, model.P2), 0},
				{as(ben, func() model.Command { return model.SetPresence{Incident: first} }), 2 * h},
				{as(ben, func() model.Command { return model.SetPresence{Incident: first} }), h},
			}, 3 * h, 0,
		},
		"joined without a role": {
			[]shift{{declare(&first, model.P2), 0}, {as(ben, func() model.Command { return model.SetPresence{Incident: first} }), 2 * h}}, 2 * h, 0,
		},
	} {
		r := modeltest.New(t, ana, ben)
		for _, s := range c.shifts {
			s.do(r)
			r.Wait(s.then)
		}
		person, err := r.State.FindPerson(ben)
		if err != nil {
			t.Fatal(err)
		}
		duty, ok := r.State.Duties(r.Now).Of(person)
		commanded := time.Duration(0)
		if !duty.Command.IsZero() {
			commanded = r.Now.Sub(duty.Command)
		}
		if worked := r.Now.Sub(duty.Since); !ok || worked != c.worked || commanded != c.commanded {
			t.Errorf("%s: Ben has worked %s and commanded %s, want %s and %s", name, worked, commanded, c.worked, c.commanded)
		}
	}
}

func TestWhoWorkedTwelveHoursIsRelieved(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	morning := r.As(ana, model.Declare{Title: "mail is slow", Severity: model.P2}).Code
	begun := r.Now
	r.As(ben, model.AssignRole{Incident: morning, Role: "on-call", Person: ben})
	r.Wait(7 * time.Hour)
	r.As(ana, model.Resolve{Incident: morning, Verification: "mail leaves", Customers: "none is needed"})
	r.As(ana, model.Close{Incident: morning})
	r.Wait(4 * time.Hour)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	r.As(ben, model.AssignRole{Incident: inc, Role: "scribe", Person: ben})
	r.As(ben, model.AssignRole{Incident: inc, Role: "comms", Person: ben})
	r.As(ana, model.AssignRole{Incident: inc, Role: "ic", Person: ana})
	tired := func() []due.Due { return kindOf(of(r, inc), due.Relief) }
	list := tired()
	if len(list) != 2 || list[0].What != "Relieve Ben Okafor as Communications lead" || !list[0].DueAt.Equal(begun.Add(12*time.Hour)) {
		t.Errorf("Ben, at work since the morning: %s", said(list))
	}
	if list[1].What != "Relieve Ana Ruiz as Incident commander" || !list[1].DueAt.Equal(r.Now.Add(4*time.Hour)) {
		t.Errorf("the commander: %s", said(list))
	}
	r.Wait(90 * time.Minute)
	if list := tired(); list[0].State != due.Overdue {
		t.Errorf("after 12.5 hours Ben's relief is %s", list[0].State)
	}
	v := r.State.TeamView(r.Incident(inc), r.Now)
	if text := strings.Join(v.Warnings, "; "); !strings.Contains(text, "Ben Okafor has been at work for 12 h 30 min without a rest: plan relief") {
		t.Errorf("warnings: %s", text)
	}
	longer := strings.Replace(r.State.Policy().Section("people"), `"awake": "12h"`, `"awake": "16h"`, 1)
	r.As(ana, model.SetPolicy{Section: "people", Text: longer, Reason: "long shifts"})
	if tired()[0].State == due.Overdue {
		t.Error("a longer day of the policy changes nothing")
	}
}

func TestWhoJoinedWithoutARoleIsRelievedToo(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P2}).Code
	r.As(ben, model.SetPresence{Incident: inc})
	r.Wait(13 * time.Hour)
	if list := kindOf(of(r, inc), due.Relief); len(list) != 1 || list[0].What != "Relieve Ben Okafor" || list[0].State != due.Overdue {
		t.Errorf("who joined without a role and works for 13 hours: %s", said(list))
	}
	r.As(ben, model.SetPresence{Incident: inc, Left: true})
	if list := kindOf(of(r, inc), due.Relief); len(list) != 0 {
		t.Errorf("who left: %s", said(list))
	}
}
