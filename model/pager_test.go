package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// paged is a room in which Ben was paged by pager, two minutes ago.
func paged(t *testing.T) (r *modeltest.Room, inc string) {
	t.Helper()
	r, inc = paging(t)
	r.As(ana, model.Page{Incident: inc, Rung: "p0-on-call", Person: ben, Way: "pager"})
	r.As(ana, model.RecordResult{Message: onlyAttempt(t, r, inc).Message.String(), Outcome: model.Sent})
	r.Wait(2 * time.Minute)
	return r, inc
}

func answer(r *modeltest.Room, inc, by string) model.AnswerPager {
	return model.AnswerPager{Incident: inc, Person: ben, By: by, At: r.Now.Add(-time.Second), Event: "01CH754SM17TWPE2V2H4VPBRO7"}
}

func kindsOwed(r *modeltest.Room, inc string) (kinds []string) {
	for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
		if d.Incident == inc {
			kinds = append(kinds, d.Kind)
		}
	}
	return kinds
}

func TestAnAnswerInPagerDutyStopsTheLadder(t *testing.T) {
	for name, c := range map[string]struct {
		by, who  string
		resolved bool
		detail   string
	}{
		"whom it was for":  {ben, ben, false, "acknowledged in PagerDuty by " + ben},
		"by their address": {strings.ToUpper("ben@example.org"), ben, false, "acknowledged in PagerDuty by " + ben},
		"somebody else":    {ana, ana, false, "acknowledged in PagerDuty by " + ana},
		"nobody we know":   {"Tenex Engineer", "Tenex Engineer", false, "acknowledged in PagerDuty by Tenex Engineer"},
		"part of a name":   {"Ben", "Ben", false, "acknowledged in PagerDuty by Ben"},
		"resolved":         {ben, ben, true, "resolved in PagerDuty by " + ben},
	} {
		t.Run(name, func(t *testing.T) {
			r, inc := paged(t)
			r.As(ana, model.SetPerson{Person: ben, Fields: map[string]string{"email": "ben@example.org"}})
			r.Wait(20 * time.Minute)
			if owed := kindsOwed(r, inc); !slices.Contains(owed, due.Answer) || !slices.Contains(owed, due.Response) {
				t.Fatalf("before it, owed are %v", owed)
			}
			a := answer(r, inc, c.by)
			a.Resolved = c.resolved
			r.As(ana, a)
			owed := kindsOwed(r, inc)
			if slices.Contains(owed, due.Answer) || slices.Contains(owed, due.Response) || slices.Contains(owed, due.Ladder) {
				t.Errorf("after it, owed are %v", owed)
			}
			call := onlyAttempt(t, r, inc)
			if call.Result != model.Reached || call.Detail != c.detail || r.State.Answerer(call) != c.who {
				t.Errorf("%+v was answered by %q", call, r.State.Answerer(call))
			}
			if at, ok := r.Incident(inc).Milestone("acknowledged"); !ok || !at.Equal(a.At) {
				t.Errorf("acknowledged at %s, and it was at %s", at, a.At)
			}
			if !r.Incident(inc).Open() {
				t.Error("what is resolved in PagerDuty ended the incident")
			}
		})
	}
}

func TestTwoOfOneNameAreNoPerson(t *testing.T) {
	r, inc := paged(t)
	r.As(ana, model.AddPerson{Name: "Sam Low", Email: "sam@example.org"})
	r.As(ana, model.AddPerson{Name: "Sam Low", Email: "low@example.org"})
	r.As(ana, answer(r, inc, "Sam Low"))
	if a := onlyAttempt(t, r, inc); a.Answerer != "Sam Low" || a.Result != model.Reached {
		t.Errorf("%+v", a)
	}
}

func TestAnAnswerIsTakenOnce(t *testing.T) {
	r, inc := paged(t)
	a := answer(r, inc, "Tenex Engineer")
	r.As(ana, a)
	before := len(r.Incident(inc).Items[onlyAttempt(t, r, inc).ID].Fields[model.AttemptEvent].History())
	if done := r.As(ana, a); done.Note != "the answer is known" || before != len(r.Incident(inc).Items[onlyAttempt(t, r, inc).ID].Fields[model.AttemptEvent].History()) {
		t.Errorf("a second time changes the record: %q", done.Note)
	}
	// The incident is over and comes back, and Ben is paged anew: what was
	// recorded of the first page may not answer the second.
	r.As(ana, model.Resolve{Incident: inc, Verification: "orders flow"})
	r.As(ana, model.Reopen{Incident: inc, Reason: "orders fail again"})
	r.Wait(10 * time.Minute)
	r.As(ana, model.Page{Incident: inc, Person: ben, Way: "pager"})
	again := r.Incident(inc).Attempts()[1]
	r.As(ana, a)
	if got := r.Incident(inc).Attempts()[1]; got.ID != again.ID || got.Result != "" {
		t.Errorf("an old answer settled a new page: %+v", got)
	}
	// With an id nobody has seen it is still older than the call.
	a.Event = "02"
	r.As(ana, a)
	if got := r.Incident(inc).Attempts()[1]; got.Result != "" {
		t.Errorf("an answer settled a page that came after it: %+v", got)
	}
}

func TestAnAnswerThatFitsNoCallIsRefused(t *testing.T) {
	r, inc := paged(t)
	early := answer(r, inc, ben)
	early.At = r.Now.Add(-time.Hour)
	other := answer(r, inc, ben)
	other.Person = ana
	nameless := answer(r, inc, " ")
	elsewhere := answer(r, "INC-0000", ben)
	for says, c := range map[string]model.AnswerPager{
		"before anybody was called": early, "was not called": other, "who answered is missing": nameless, "no incident": elsewhere,
	} {
		if why := r.Refused(ana, c); !strings.Contains(why, says) {
			t.Errorf("%s; want to hear %q", why, says)
		}
	}
	r.As(ana, model.Resolve{Incident: inc, Verification: "orders flow"})
	if why := r.Refused(ana, answer(r, inc, ben)); !strings.Contains(why, "nothing to acknowledge") {
		t.Errorf("of an incident that is over: %s", why)
	}
}
