package due_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

const (
	ana = "Ana Ruiz"
	ben = "Ben Okafor"
)

// of gives the deadlines of the room's only incident.
func of(r *modeltest.Room, inc string) []due.Due {
	return due.Of(r.State, r.State.Policy(), r.Incident(inc), r.Now)
}

func find(t *testing.T, list []due.Due, kind, key string) due.Due {
	t.Helper()
	for _, d := range list {
		if d.Kind == kind && d.Key == key {
			return d
		}
	}
	t.Fatalf("there is no %s of %s in %s", kind, key, said(list))
	return due.Due{}
}

func has(list []due.Due, kind, key string) bool {
	for _, d := range list {
		if d.Kind == kind && d.Key == key {
			return true
		}
	}
	return false
}

func said(list []due.Due) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "\n  %s %s %s %s", d.DueAt.Format("15:04"), d.Kind, d.Key, d.State)
	}
	return b.String()
}

// TestMatrix holds the escalation to the minutes of the response plan.
func TestMatrix(t *testing.T) {
	for severity, rungs := range map[string]map[string]time.Duration{
		model.P0: {"p0-on-call": 0, "p0-manager": 5 * time.Minute, "p0-vp": 15 * time.Minute, "p0-executives": 30 * time.Minute, "p0-customers": time.Hour},
		model.P1: {"p1-on-call": 0, "p1-manager": 30 * time.Minute, "p1-vp": 2 * time.Hour, "p1-customers": 4 * time.Hour},
	} {
		r := modeltest.New(t, ana)
		inc := r.As(ana, model.Declare{Title: "checkout down", Severity: severity}).Code
		list := of(r, inc)
		for rung, after := range rungs {
			d := find(t, list, due.Escalation, rung)
			if !d.DueAt.Equal(r.Now.Add(after)) {
				t.Errorf("%s is due %s after the declaration, want %s", rung, d.DueAt.Sub(r.Now), after)
			}
		}
	}
}

func TestRaisingMakesEarlierRungsDueNow(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout slow", Severity: model.P1}).Code
	declared := r.Now
	r.Wait(40 * time.Minute)
	r.As(ana, model.SetIncident{Incident: inc, Severity: model.P0, Reason: "nobody can pay"})
	raised := r.Now
	list := of(r, inc)
	for rung, want := range map[string]time.Time{
		"p0-manager": raised, "p0-vp": raised, "p0-executives": raised, "p0-customers": declared.Add(time.Hour),
	} {
		if d := find(t, list, due.Escalation, rung); !d.DueAt.Equal(want) {
			t.Errorf("%s is due at %s, want %s", rung, d.DueAt.Format("15:04"), want.Format("15:04"))
		}
	}
	if has(list, due.Escalation, "p1-manager") || has(list, due.Escalation, "p1-vp") {
		t.Errorf("rungs of the former level stand beside those of the present one: %s", said(list))
	}
}

func TestRaisingCallsNobodyTwice(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	r.As(ana, model.SetTarget{Target: "engineering-manager", People: []string{ben}})
	inc := r.As(ana, model.Declare{Title: "checkout slow", Severity: model.P1}).Code
	r.Wait(31 * time.Minute)
	r.As(ana, model.RecordAttempt{Incident: inc, Rung: "p1-manager", Person: ben, Way: "phone", Result: model.Reached})
	r.As(ana, model.SetIncident{Incident: inc, Severity: model.P0, Reason: "nobody can pay"})
	if d := find(t, of(r, inc), due.Escalation, "p0-manager"); d.State != due.Done {
		t.Errorf("the manager who was reached at P1 is %s at P0", d.State)
	}
}

// TestCommandIsNotOnCall: who takes command has not answered for who is on call,
// unless it is the same person or nobody is known to be.
func TestCommandIsNotOnCall(t *testing.T) {
	for name, c := range map[string]struct {
		onCall string
		then   []model.Command
		want   bool
	}{
		"another is on call":      {ben, nil, false},
		"the commander is":        {ana, nil, true},
		"nobody is known":         {"", nil, true},
		"another, who was called": {ben, []model.Command{model.RecordAttempt{Rung: "p0-on-call", Person: ben, Way: "phone", Result: model.Reached}}, true},
		"another took the role":   {"", []model.Command{model.AssignRole{Role: "on-call", Person: ana}, model.AcceptRole{Role: "on-call"}}, true},
	} {
		r := modeltest.New(t, ana, ben)
		if c.onCall != "" {
			r.As(ana, model.SetTarget{Target: "on-call", People: []string{c.onCall}})
		}
		inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
		r.As(ana, model.AssignRole{Incident: inc, Role: "ic", Person: ana})
		r.As(ana, model.AcceptRole{Incident: inc, Role: "ic"})
		for _, command := range c.then {
			switch v := command.(type) {
			case model.RecordAttempt:
				v.Incident = inc
				command = v
			case model.AssignRole:
				v.Incident = inc
				command = v
			case model.AcceptRole:
				v.Incident = inc
				command = v
			}
			r.As(ana, command)
		}
		if got := find(t, of(r, inc), due.Escalation, "p0-on-call").State == due.Done; got != c.want {
			t.Errorf("%s: the page of the on-call engineer is done: %v, want %v", name, got, c.want)
		}
	}
}

// TestAPageStandsForTheNoticeOfALowerLevel: who is paged at P0 is not told in
// chat, too, because it was P2 before.
func TestAPageStandsForTheNoticeOfALowerLevel(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout slow", Severity: model.P2}).Code
	r.Wait(time.Minute)
	r.As(ana, model.SetIncident{Incident: inc, Severity: model.P0, Reason: "nobody can pay"})
	if list := of(r, inc); has(list, due.Escalation, "p2-on-call") || !has(list, due.Escalation, "p0-on-call") {
		t.Errorf("the on-call engineer is called twice: %s", said(list))
	}
}

func TestLoweringKeepsWhatWasDue(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	r.Wait(16 * time.Minute)
	r.As(ana, model.SetIncident{Incident: inc, Data: "no", Severity: model.P1, Reason: "half of it is back"})
	list := of(r, inc)
	if !has(list, due.Escalation, "p0-support") {
		t.Errorf("a rung that was due is dropped: %s", said(list))
	}
	if has(list, due.Escalation, "p0-executives") || has(list, due.Escalation, "p0-customers") {
		t.Errorf("rungs to come of the former level are kept: %s", said(list))
	}
	if has(list, due.Escalation, "p0-vp") {
		t.Errorf("the VP is to be called at both levels: %s", said(list))
	}
}

func TestNoAnswerGoesToTheDeputy(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	r.As(ana, model.SetTarget{Target: "engineering-manager", People: []string{ben}})
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	r.Wait(5 * time.Minute)
	r.As(ana, model.RecordAttempt{Incident: inc, Rung: "p0-manager", Person: ben, Way: "phone", Result: model.Voicemail})
	d := find(t, of(r, inc), due.Answer, "p0-manager")
	if !d.DueAt.Equal(r.Now.Add(5*time.Minute)) || !strings.Contains(d.What, "vp-engineering") {
		t.Errorf("after a voicemail: %q at %s", d.What, d.DueAt.Format("15:04"))
	}
	r.Wait(5 * time.Minute)
	r.As(ana, model.RecordAttempt{Incident: inc, Rung: "p0-manager", Person: ben, Way: "phone", Result: model.NoAnswer})
	if d := find(t, of(r, inc), due.Answer, "p0-manager"); !strings.Contains(d.What, "next rung") {
		t.Errorf("after two misses: %q", d.What)
	}
}

func TestSkippingNeedsAReason(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	said := r.Refused(ana, model.RecordAttempt{Incident: inc, Rung: "p0-executives", Result: model.Skipped})
	if !strings.Contains(said, "reason") {
		t.Errorf("skipping without a reason: %q", said)
	}
	if said := r.Refused(ana, model.RecordAttempt{Incident: inc, Rung: "p0-vp", Result: model.Reached, Way: "phone"}); !strings.Contains(said, "who") {
		t.Errorf("done without a person: %q", said)
	}
	r.As(ana, model.RecordAttempt{Incident: inc, Rung: "p0-executives", Result: model.Skipped, Detail: "they are in the room"})
	if d := find(t, of(r, inc), due.Escalation, "p0-executives"); d.State != due.Skipped || d.Result != "they are in the room" {
		t.Errorf("a skipped rung is %s: %q", d.State, d.Result)
	}
}

func TestUpdatesFollowPromiseThenCadence(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	declared := r.Now
	if d := find(t, of(r, inc), due.Update, "stakeholders"); !d.DueAt.Equal(declared.Add(15 * time.Minute)) {
		t.Errorf("the first is due after %s", d.DueAt.Sub(declared))
	}
	r.Wait(10 * time.Minute)
	send := func(next time.Time) {
		id := r.As(ana, model.QueueMessage{Incident: inc, Next: next, Draft: model.Draft{
			Audience: "stakeholders", Channel: "mail", Subject: "s", Body: "b", Recipients: []model.Recipient{{Address: "a@example.com"}},
		}}).ID
		r.As(ana, model.RecordResult{Message: id.String(), Outcome: model.Sent})
	}
	send(time.Time{})
	if d := find(t, of(r, inc), due.Update, "stakeholders"); !d.DueAt.Equal(r.Now.Add(30 * time.Minute)) {
		t.Errorf("the second is due after %s", d.DueAt.Sub(r.Now))
	}
	r.Wait(time.Minute)
	send(r.Now.Add(20 * time.Minute))
	d := find(t, of(r, inc), due.Update, "stakeholders")
	if !d.DueAt.Equal(r.Now.Add(20*time.Minute)) || !strings.Contains(d.What, "promised") {
		t.Errorf("promised for 20 min, due after %s: %s", d.DueAt.Sub(r.Now), d.What)
	}
	if d.State != due.Later {
		t.Errorf("20 min ahead it is %s", d.State)
	}
	r.Wait(15 * time.Minute)
	if d := find(t, of(r, inc), due.Update, "stakeholders"); d.State != due.Soon {
		t.Errorf("5 min ahead it is %s", d.State)
	}
	r.Wait(5 * time.Minute)
	if d := find(t, of(r, inc), due.Update, "stakeholders"); d.State != due.Overdue {
		t.Errorf("at its time it is %s", d.State)
	}
}

func TestResponseOfLowSeverityWaitsForABusinessDay(t *testing.T) {
	r := modeltest.New(t, ana)
	r.Now = time.Date(2026, 3, 20, 16, 0, 0, 0, time.UTC) // a Friday
	inc := r.As(ana, model.Declare{Title: "logo is blurred", Severity: model.P3}).Code
	d := find(t, of(r, inc), due.Response, model.P3)
	if want := time.Date(2026, 3, 23, 16, 0, 0, 0, time.UTC); !d.DueAt.Equal(want) {
		t.Errorf("answered by %s, want %s", d.DueAt, want)
	}
}

// TestPhasesOfLowSeverityFollowItsAnswer: what is answered on the next business day
// need not leave triage within five minutes.
func TestPhasesOfLowSeverityFollowItsAnswer(t *testing.T) {
	r := modeltest.New(t, ana)
	r.Now = time.Date(2026, 3, 20, 16, 0, 0, 0, time.UTC) // a Friday
	inc := r.As(ana, model.Declare{Title: "logo is blurred", Severity: model.P3}).Code
	list := of(r, inc)
	if triage, answer := find(t, list, due.Phase, "triage"), find(t, list, due.Response, model.P3); !triage.DueAt.Equal(answer.DueAt) ||
		triage.Why != "P3: triage takes until 1 business day after the declaration" {
		t.Errorf("triage is over at %s (%s), and the answer is due at %s", triage.DueAt, triage.Why, answer.DueAt)
	}
	r.As(ana, model.SetIncident{Incident: inc, Phase: "investigation"})
	for _, d := range of(r, inc) {
		if d.Kind == due.Phase {
			t.Errorf("an investigation of a P3 is to end at %s", d.DueAt)
		}
	}
	r.As(ana, model.SetIncident{Incident: inc, Severity: model.P1, Reason: "it is the checkout's"})
	if d := find(t, of(r, inc), due.Phase, "investigation"); d.DueAt.Sub(r.Now) != 30*time.Minute {
		t.Errorf("at P1 it is over after %s", d.DueAt.Sub(r.Now))
	}
}

func TestReviewIsDueAfterTheResolution(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P1}).Code
	r.As(ana, model.Resolve{Incident: inc, Verification: "error rate is normal"})
	list := of(r, inc)
	if d := find(t, list, due.Review, "held"); !d.DueAt.Equal(r.Now.Add(48 * time.Hour)) {
		t.Errorf("the meeting is due after %s", d.DueAt.Sub(r.Now))
	}
	if d := find(t, list, due.Watch, "recurrence"); !d.DueAt.Equal(r.Now.Add(30 * time.Minute)) {
		t.Errorf("recurrence is watched for %s", d.DueAt.Sub(r.Now))
	}
	if has(list, due.Escalation, "p1-manager") {
		t.Error("a resolved incident is escalated")
	}
}

// TestNext walks the list by its own word: between two moments nothing changes.
func TestNext(t *testing.T) {
	r := modeltest.New(t, ana)
	r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0})
	for range 40 {
		list := due.List(r.State, r.State.Policy(), r.Now)
		next := due.Next(list, r.Now)
		if next.IsZero() {
			return
		}
		before := states(due.List(r.State, r.State.Policy(), next.Add(-time.Millisecond)))
		if now := states(list); now != before {
			t.Fatalf("between %s and %s the list changes\n%s\n%s", r.Now.Format("15:04:05"), next.Format("15:04:05"), now, before)
		}
		r.Now = next
	}
}

func states(list []due.Due) string {
	var b strings.Builder
	for _, d := range list {
		b.WriteString(d.Kind + " " + d.Key + " " + d.State + "\n")
	}
	return b.String()
}

// BenchmarkList is fifty open incidents of a busy room.
func BenchmarkList(b *testing.B) {
	r := modeltest.New(b, ana, ben)
	for i := range 50 {
		severity := model.Severities[min(3, (i*7+i/5)%5)]
		inc := r.As(ana, model.Declare{Title: fmt.Sprintf("incident %d", i), Severity: severity}).Code
		r.As(ana, model.AssignRole{Incident: inc, Role: "ic", Person: ana})
		r.As(ana, model.AddTask{Incident: inc, Text: "look at the load balancer", Owner: ben})
		for range 20 {
			r.As(ben, model.Log{Incident: inc, Text: "error rate is 40 percent on the card path"})
		}
		r.Wait(time.Minute)
	}
	p := r.State.Policy()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = len(due.List(r.State, p, r.Now))
	}
	b.ReportMetric(float64(n), "dues")
}

func TestALateUpdateIsRemindedOfAgain(t *testing.T) {
	r := modeltest.New(t, ana)
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	at := find(t, of(r, inc), due.Update, "stakeholders").DueAt
	for late, want := range map[time.Duration][]time.Duration{
		-10 * time.Minute:              {-5 * time.Minute, 0},
		0:                              {-5 * time.Minute, 0, 2 * time.Minute},
		4*time.Minute + 30*time.Second: {-5 * time.Minute, 0, 4 * time.Minute, 6 * time.Minute},
		time.Hour:                      {-5 * time.Minute, 0},
	} {
		r.Now = at.Add(late)
		var got []time.Duration
		for _, m := range find(t, of(r, inc), due.Update, "stakeholders").RemindAt {
			got = append(got, m.Sub(at))
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s late: reminders at %v, want %v", late, got, want)
		}
	}
}

// TestOrder holds the list to its order where many deadlines come at one time,
// of the room and of incidents of all levels.
func TestOrder(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	r.As(ana, model.AddSchedule{Document: fmt.Sprintf(weekly, "Platform")})
	for i := range 12 {
		inc := r.As(ana, model.Declare{Title: fmt.Sprintf("incident %d", i), Severity: model.Severities[i%3]}).Code
		r.As(ana, model.AddTask{Incident: inc, Text: "look at the load balancer", Owner: ben})
		r.As(ana, model.AddTask{Incident: inc, Text: "look at the pool", Owner: ben})
	}
	list := due.List(r.State, r.State.Policy(), r.Now)
	by := func(a, b due.Due) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), strings.Compare(a.Severity, b.Severity), strings.Compare(a.Incident, b.Incident), strings.Compare(a.ID, b.ID))
	}
	if !slices.IsSortedFunc(list, by) {
		t.Errorf("not the earliest first, then by level, incident and id: %s", said(list))
	}
	if n := slices.IndexFunc(list, func(d due.Due) bool { return d.IncidentID.Zero() }); n < 0 {
		t.Error("the room has no deadline here")
	}
}
