package due_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

// weekly is a schedule that hands off each Monday at 10:00 UTC, Ana first from
// 16 March 2026, with the last primary as secondary.
const weekly = `{"name": %q, "zone": "UTC", "layers": [
	{"name": "primary", "rotations": [{"start": "2026-03-16", "people": ["Ana Ruiz", "Ben Okafor"]}]},
	{"name": "secondary", "follows": "primary"}]}`

func room(r *modeltest.Room) []due.Due { return due.List(r.State, r.State.Policy(), r.Now) }

func kindOf(list []due.Due, kind string) []due.Due {
	var out []due.Due
	for _, d := range list {
		if d.Kind == kind {
			out = append(out, d)
		}
	}
	return out
}

func TestHandoffIsDueAroundItsTime(t *testing.T) {
	r := modeltest.New(t, ana, ben) // Tuesday 17 March, 14:00
	r.As(ana, model.AddSchedule{Document: fmt.Sprintf(weekly, "Platform")})
	if n := len(kindOf(room(r), due.Handoff)); n != 0 {
		t.Fatalf("%d hand-offs are due in the middle of a shift", n)
	}
	change := time.Date(2026, 3, 23, 10, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		at    time.Duration
		n     int
		state string
		what  string
	}{
		{-31 * time.Minute, 0, "", ""},
		{-30 * time.Minute, 2, due.Soon, "Hand off primary of Platform to Ben Okafor"},
		{0, 2, due.Soon, "Ben Okafor has not accepted primary of Platform"},
		{15 * time.Minute, 2, due.Overdue, "Ben Okafor has not accepted primary of Platform"},
	} {
		r.Now = change.Add(step.at)
		got := kindOf(room(r), due.Handoff)
		if len(got) != step.n {
			t.Fatalf("%s: %d hand-offs", step.at, len(got))
		}
		if step.n > 0 && (!strings.Contains(got[0].What+got[1].What, step.what) || got[0].State != step.state) {
			t.Errorf("%s: %s, %q and %q", step.at, got[0].State, got[0].What, got[1].What)
		}
	}
	r.As(ben, model.AcceptHandoff{})
	if got := kindOf(room(r), due.Handoff); len(got) != 1 || got[0].WhoIDs[0] == r.State.Members[model.DeviceKey{0xD0, 2}].Person {
		t.Errorf("Ben accepted, and there are still %d", len(got))
	}
}

func TestRoomTellsOfGapsLeaveSwapsTestsAndAccess(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	r.As(ana, model.AddSchedule{Document: `{"name": "Nights", "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"start": "2026-03-16", "end": "2026-03-27", "people": ["Ana Ruiz", "Ben Okafor"]}]}]}`})
	r.As(ana, model.AddLeave{From: r.Now.Add(time.Hour), To: r.Now.Add(5 * time.Hour)})
	r.As(ana, model.AddSwap{Second: ben, FirstAt: r.Now})
	r.As(ana, model.RecordTestPage{At: r.Now.Add(-29 * 24 * time.Hour), Ways: []string{"phone", "messenger"}})
	r.As(ana, model.AddAccess{Fields: map[string]string{"name": "root of the cloud", "kind": "break-glass", "openers": "Ana Ruiz, Ben Okafor"}})
	list := room(r)
	gap := kindOf(list, due.Rota)
	if len(gap) != 2 {
		t.Fatalf("a gap and a leave make %s", said(list))
	}
	if gap[0].What != "Ana Ruiz is on leave while on call as primary of Nights" || !gap[1].DueAt.Equal(time.Date(2026, 3, 27, 10, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", gap)
	}
	pages := kindOf(list, due.TestPage)
	if len(pages) != 2 || pages[0].State != due.Overdue || pages[0].Who != ben || pages[1].State != due.Soon || pages[1].Who != ana {
		t.Errorf("test pages: %+v", pages)
	}
	if a := kindOf(list, due.Access); len(a) != 1 || a[0].State != due.Overdue {
		t.Errorf("what was never tried: %+v", a)
	}
	r.As(ben, model.TestAccess{Access: "root"})
	if a := kindOf(room(r), due.Access); len(a) != 0 {
		t.Errorf("tried a moment ago: %+v", a)
	}
}

func TestSwapWaitsForItsAnswer(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	r.As(ana, model.AddSchedule{Document: fmt.Sprintf(weekly, "Platform")})
	r.As(ana, model.AddSwap{Second: ben})
	swaps := kindOf(room(r), due.Swap)
	if len(swaps) != 1 || swaps[0].Who != ben || !swaps[0].DueAt.Equal(r.Now.Add(24*time.Hour)) {
		t.Fatalf("%+v", swaps)
	}
	r.As(ben, model.AnswerSwap{})
	if n := len(kindOf(room(r), due.Swap)); n != 0 {
		t.Error("it is answered and still due")
	}
}

// BenchmarkListWithSchedules has fifty open incidents as BenchmarkList, and
// three schedules with twenty overrides each.
func BenchmarkListWithSchedules(b *testing.B) {
	r := modeltest.New(b, ana, ben)
	for i := range 50 {
		inc := r.As(ana, model.Declare{Title: fmt.Sprintf("incident %d", i), Severity: model.Severities[min(3, (i*7+i/5)%5)]}).Code
		r.As(ana, model.AssignRole{Incident: inc, Role: "ic", Person: ana})
		r.As(ana, model.AddTask{Incident: inc, Text: "look at the load balancer", Owner: ben})
		r.Wait(time.Minute)
	}
	for _, name := range []string{"Platform", "Payments", "Network"} {
		r.As(ana, model.AddSchedule{Document: fmt.Sprintf(weekly, name)})
		for i := range 20 {
			from := r.Now.Add(time.Duration(i) * 48 * time.Hour)
			r.As(ana, model.AddOverride{Schedule: name, Person: ben, From: from, To: from.Add(time.Hour)})
		}
	}
	p := r.State.Policy()
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n = len(due.List(r.State, p, r.Now))
	}
	b.ReportMetric(float64(n), "dues")
}

func TestWhoLeftIsNotOnCall(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	r.As(ana, model.AddSchedule{Document: `{"name": "Nights", "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"start": "2026-03-16", "people": ["Ben Okafor"]}]}]}`})
	r.As(ana, model.SetPerson{Person: ben, Fields: map[string]string{model.PersonLeft: "2026-03-17"}})
	list := kindOf(room(r), due.Rota)
	if len(list) != 1 || list[0].State != due.Overdue || list[0].Who != "Everybody on Nights" || len(list[0].WhoIDs) != 0 ||
		!strings.HasPrefix(list[0].What, "Ben Okafor left on 2026-03-17 and is on call as primary of Nights: nobody answers") {
		t.Errorf("%+v", list)
	}
	if pages := kindOf(room(r), due.TestPage); len(pages) != 0 {
		t.Errorf("a test page for who left: %+v", pages)
	}
	inc := r.As(ana, model.Declare{Title: "checkout down", Severity: model.P0}).Code
	if d := find(t, of(r, inc), due.Escalation, "p0-on-call"); len(d.WhoIDs) != 0 {
		t.Errorf("who left would be paged: %+v", d)
	}
}
