package due_test

import (
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// TestReviewIsOwedStepByStep: each step is due from the resolution, names the
// owner, and is done once its command was given.
func TestReviewIsOwedStepByStep(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	code := r.As("Ana Ruiz", model.Declare{Title: "Checkout down", Severity: "P1"}).Code
	r.As("Ana Ruiz", model.Resolve{Incident: code, Verification: "works", Customers: "told"})
	resolved := r.Now
	step := func(key string) due.Due {
		t.Helper()
		for _, d := range due.Of(r.State, r.State.Policy(), r.Incident(code), r.Now) {
			if d.Kind == due.Review && d.Key == key {
				return d
			}
		}
		return due.Due{}
	}
	for key, after := range map[string]time.Duration{"draft": 2 * time.Hour, "booked": 24 * time.Hour, "held": 48 * time.Hour, "actions": 96 * time.Hour, "published": 168 * time.Hour} {
		if d := step(key); !d.DueAt.Equal(resolved.Add(after)) || !d.Open() {
			t.Errorf("%s: %+v", key, d)
		}
	}
	if d := step("readable"); d.ID != "" {
		t.Errorf("a meeting that is not booked asks for its paper: %+v", d)
	}
	r.As("Ana Ruiz", model.WriteReviewDraft{Incident: code, Owner: "Ben"})
	r.As("Ana Ruiz", model.BookReview{Incident: code, At: resolved.Add(40 * time.Hour)})
	if d := step("readable"); !d.DueAt.Equal(resolved.Add(16*time.Hour)) || d.Who != "Ben Okafor" {
		t.Errorf("a day before the meeting: %+v", d)
	}
	if d := step("held"); d.Who != "Ben Okafor" || len(d.WhoIDs) != 1 {
		t.Errorf("nobody is named: %+v", d)
	}
	r.As("Ana Ruiz", model.SetReview{Incident: code, Status: model.ReviewInReview})
	if d := step("readable"); d.ID != "" {
		t.Errorf("still asked for: %+v", d)
	}
	r.Wait(40 * time.Hour)
	r.As("Ana Ruiz", model.HoldReview{Incident: code})
	r.As("Ana Ruiz", model.SettleActions{Incident: code, None: "nothing to change"})
	r.As("Ana Ruiz", model.PublishReview{Incident: code, Shared: "all", Confirm: true})
	for _, key := range []string{"draft", "booked", "held", "actions", "published"} {
		if d := step(key); d.State != due.Done {
			t.Errorf("%s is %s", key, d.State)
		}
	}
}

func TestFalseAlarmOwesNoReview(t *testing.T) {
	r := modeltest.New(t, "Ana Ruiz")
	code := r.As("Ana Ruiz", model.Declare{Title: "Alert on a test", Severity: "P1"}).Code
	r.As("Ana Ruiz", model.Resolve{Incident: code, Verification: "nothing was wrong", Customers: "not needed"})
	r.As("Ana Ruiz", model.SetReview{Incident: code, FalseAlarm: "yes"})
	for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
		if d.Kind == due.Review {
			t.Errorf("%s is owed", d.What)
		}
	}
}

// TestActionsAreSpokenOf: a week before their day, on it, and every week after.
func TestActionsAreSpokenOf(t *testing.T) {
	const day = 24 * time.Hour
	r := modeltest.New(t, "Ana Ruiz", "Ben Okafor")
	code := r.As("Ana Ruiz", model.Declare{Title: "Disk full", Severity: "P2"}).Code
	id := r.As("Ana Ruiz", model.AddAction{Incident: code, Text: "Add an alert", Owner: "Ben", Due: r.Now.Add(20 * day)}).ID
	start := r.Now
	action := func() due.Due {
		for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
			if d.Kind == due.Action {
				return d
			}
		}
		return due.Due{}
	}
	for _, c := range []struct {
		wait  time.Duration
		state string
		next  time.Duration // from the start
	}{
		{0, due.Later, 13 * day}, {13 * day, due.Soon, 20 * day}, {20 * day, due.Overdue, 27 * day}, {28 * day, due.Overdue, 34 * day},
	} {
		r.Now = start.Add(c.wait)
		d := action()
		if d.State != c.state || d.Who != "Ben Okafor" {
			t.Errorf("after %s: %+v", c.wait, d)
		}
		if next := due.Next([]due.Due{d}, r.Now); !next.Equal(start.Add(c.next)) {
			t.Errorf("after %s it is spoken of at %s, want %s", c.wait, next.Sub(start), c.next)
		}
	}
	r.As("Ben Okafor", model.FinishAction{Action: id.String(), Proof: "it fired"})
	if d := action(); d.ID != "" {
		t.Errorf("done, and still due: %+v", d)
	}
}
