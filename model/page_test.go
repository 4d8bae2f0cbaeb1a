package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest"
	"holdfast/model/policy"
)

func paging(t *testing.T) (*modeltest.Room, string) {
	r := modeltest.New(t, ana, ben)
	return r, r.As(ana, model.Declare{Title: "Checkout down", Severity: model.P0}).Code
}

func onlyAttempt(t *testing.T, r *modeltest.Room, inc string) model.Attempt {
	t.Helper()
	list := r.Incident(inc).Attempts()
	if len(list) != 1 {
		t.Fatalf("%d calls on record", len(list))
	}
	return list[0]
}

func TestPageQueuesAMessageAndRecordsTheCall(t *testing.T) {
	r, inc := paging(t)
	r.As(ana, model.Page{Incident: inc, Rung: "p0-on-call", Person: ben, Text: "card payments only"})
	a := onlyAttempt(t, r, inc)
	m := r.Incident(inc).Messages[a.Message]
	if m == nil || a.Rung != "p0-on-call" || a.Way != "mail" || a.Result != "" {
		t.Fatalf("the call is %+v, its message %v", a, m)
	}
	for _, want := range []string{"P0", inc, "Checkout down", "card payments only", "holdfastctl ack " + inc} {
		if !strings.Contains(m.Draft.Body, want) {
			t.Errorf("the page does not say %q:\n%s", want, m.Draft.Body)
		}
	}
	r.As(ana, model.RecordResult{Message: a.Message.String(), Outcome: model.Sent})
	if a := onlyAttempt(t, r, inc); a.Result != model.Delivered {
		t.Errorf("a page that was sent is %q", a.Result)
	}
	r.As(ben, model.AckPage{Incident: inc})
	if a := onlyAttempt(t, r, inc); a.Result != model.Reached {
		t.Errorf("a page that was answered is %q", a.Result)
	}
}

func TestPageLooksAtTheRecordFirst(t *testing.T) {
	r, inc := paging(t)
	r.As(ana, model.Page{Incident: inc, Rung: "p0-on-call", Person: ben})
	for _, c := range []struct {
		wait time.Duration
		page model.Page
		says string
	}{
		{0, model.Page{Incident: inc, Person: ben}, "less than a minute ago"},
		{time.Hour, model.Page{Incident: inc, Rung: "p0-on-call", Person: ben}, "already"},
		{0, model.Page{Incident: inc, Rung: "p9", Person: ben}, "no rung"},
	} {
		r.Wait(c.wait)
		if said := r.Refused(ana, c.page); !strings.Contains(said, c.says) {
			t.Errorf("%+v: %q", c.page, said)
		}
	}
	r.As(ana, model.Resolve{Incident: inc, Verification: "payments work"})
	if said := r.Refused(ana, model.Page{Incident: inc, Person: ben}); !strings.Contains(said, "nobody was paged") {
		t.Errorf("a resolved incident pages: %q", said)
	}
}

func TestPageOfWhoHasNoAddressNamesTheirNumbers(t *testing.T) {
	r, inc := paging(t)
	r.As(ana, model.AddPerson{Name: "Eva Lind", Fields: map[string]string{"phone": "+46 8 123", "messenger": "signal +46 70"}})
	said := r.Refused(ana, model.Page{Incident: inc, Person: "Eva Lind"})
	if !strings.Contains(said, "phone +46 8 123") || !strings.Contains(said, "messenger signal +46 70") {
		t.Errorf("it says %q", said)
	}
}

func TestPageOfASecurityIncidentTellsNothing(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := r.As(ana, model.Declare{Title: "Intruder in the build system", Severity: model.P0, Type: "Security Breach"}).Code
	r.As(ana, model.Page{Incident: inc, Person: ben})
	d := r.Incident(inc).Messages[onlyAttempt(t, r, inc).Message].Draft
	if strings.Contains(d.Subject+d.Body, "Intruder") {
		t.Errorf("the page tells what it is about: %s\n%s", d.Subject, d.Body)
	}
}

func TestFailedPageIsNotACall(t *testing.T) {
	r, inc := paging(t)
	r.As(ana, model.Page{Incident: inc, Rung: "p0-on-call", Person: ben})
	r.As(ana, model.RecordResult{
		Message: onlyAttempt(t, r, inc).Message.String(), Outcome: model.Failed, Refused: []model.Refusal{{Address: "ben@example.com", Reason: "no such user"}},
	})
	if a := onlyAttempt(t, r, inc); a.Result != model.Undelivered || a.Detail != "no such user" {
		t.Errorf("it is %q: %q", a.Result, a.Detail)
	}
}

func TestPhoneTreeCallsTheTargetThenTheDeputy(t *testing.T) {
	r, inc := paging(t)
	r.As(ana, model.SetTarget{Target: "on-call", People: []string{ben}})
	r.As(ana, model.SetTarget{Target: "secondary", People: []string{ana}})
	r.As(ana, model.AddPerson{Name: ben, Email: "ben@example.com", Fields: map[string]string{"phone": "+1 1", "second_phone": "+1 2"}})
	p := r.State.Policy()
	rung := p.Escalation[0]
	next := func() string {
		for _, c := range model.PhoneTree(r.State, p, r.Incident(inc), rung, r.Now) {
			if c.Next {
				return c.Person
			}
		}
		return ""
	}
	calls := model.PhoneTree(r.State, p, r.Incident(inc), rung, r.Now)
	if len(calls) != 2 || calls[0].Person != ben || len(calls[0].Numbers) != 2 || !calls[1].Deputy || !strings.Contains(calls[0].Script, inc) {
		t.Fatalf("the tree is %+v", calls)
	}
	for _, step := range []struct{ call, result, next string }{
		{ben, model.NoAnswer, ana}, {ana, model.Voicemail, ben}, {ben, model.Declined, ana}, {ana, model.Reached, ""},
	} {
		r.As(ana, model.RecordAttempt{Incident: inc, Rung: rung.ID, Person: step.call, Way: "phone", Result: step.result})
		if got := next(); got != step.next {
			t.Errorf("after %s: %s, the next is %q, want %q", step.call, step.result, got, step.next)
		}
	}
}

// TestATargetThatNothingCallsIsNamed: a slip of the pen in a name would leave a
// rung without anybody.
func TestATargetThatNothingCallsIsNamed(t *testing.T) {
	r := modeltest.New(t, ana)
	if done := r.As(ana, model.SetTarget{Target: "vp-enginering", People: []string{ana}}); !strings.Contains(done.Note, "nothing in the policy calls them yet") || !strings.Contains(done.Note, "vp-engineering") {
		t.Errorf("it says %q", done.Note)
	}
	for _, target := range []string{"vp-engineering", "secondary", "legal"} {
		if done := r.As(ana, model.SetTarget{Target: target, People: []string{ana}}); strings.Contains(done.Note, "nothing") {
			t.Errorf("%s: %q", target, done.Note)
		}
	}
}

func TestATaskIsOnePersons(t *testing.T) {
	r, inc := paging(t)
	if done := r.As(ana, model.AddTask{Incident: inc, Text: "read the replica lag"}); !strings.Contains(done.Note, "nobody is named") {
		t.Errorf("it says %q", done.Note)
	}
	if done := r.As(ana, model.AddTask{Incident: inc, Text: "read the replica lag", Owner: ben}); done.Note != "" {
		t.Errorf("it says %q", done.Note)
	}
}

// TestWhoIsAddedLivesInAZoneThatIsKnown: their night, and their day of leaving,
// are counted from what is written here.
func TestWhoIsAddedLivesInAZoneThatIsKnown(t *testing.T) {
	r := modeltest.New(t, ana)
	for field, value := range map[string]string{"zone": "Mars/Base", "left": "yesterday", "contact_order": "pigeon"} {
		if err := r.Refused(ana, model.AddPerson{Name: "Sam Poe", Fields: map[string]string{field: value}}); !strings.Contains(err, value) {
			t.Errorf("%s %q: %v", field, value, err)
		}
	}
	r.As(ana, model.AddPerson{Name: "Sam Poe", Fields: map[string]string{"zone": "Australia/Lord_Howe"}})
}

// TestACallAndWhatItCameToStandOnceEach in the timeline, and a page that has not
// left is not told as a call.
func TestACallAndWhatItCameToStandOnceEach(t *testing.T) {
	r, inc := paging(t)
	r.As(ana, model.SetTarget{Target: "on-call", People: []string{ben}})
	r.As(ana, model.Page{Incident: inc, Rung: "p0-on-call", Person: ben, Way: "pager"})
	a := onlyAttempt(t, r, inc)
	r.As(ana, model.RecordResult{Message: a.Message.String(), Outcome: model.Deferred, Detail: "the routing key is not known there"})
	p := r.State.Policy()
	i := slices.IndexFunc(p.Escalation, func(rung policy.Rung) bool { return rung.ID == "p0-on-call" })
	if calls := model.PhoneTree(r.State, p, r.Incident(inc), p.Escalation[i], r.Now); calls[0].Last != "page not sent" {
		t.Errorf("the phone tree says %q", calls[0].Last)
	}
	r.As(ana, model.RecordResult{Message: a.Message.String(), Outcome: model.Sent})
	var told []string
	for _, row := range r.State.Timeline(r.Incident(inc)) {
		if row.Kind == "escalation" {
			told = append(told, row.Text)
		}
	}
	if want := []string{ben + ", pager", ben + ", pager, sent"}; !slices.Equal(told, want) {
		t.Errorf("the timeline says %q, want %q", told, want)
	}
}
