package model

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestSchedulesAreAlikeOnEveryPeer: whatever two people change apart, in
// whatever order it arrives, all have the same shifts and are told the same.
func TestSchedulesAreAlikeOnEveryPeer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := founded(t, RoleMember, RoleMember)
		w.peers[0].do(AddSchedule{Document: rota})
		w.meet()
		names := []string{"ana", "ben", "chen"}
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			p := w.peers[rapid.IntRange(0, 2).Draw(t, "peer")]
			from := testNow.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "from")) * time.Hour)
			to := from.Add(time.Duration(rapid.IntRange(1, 30).Draw(t, "hours")) * time.Hour)
			who := names[rapid.IntRange(0, 2).Draw(t, "who")]
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				_, _ = p.try(AddLeave{Person: who, From: from, To: to}) // a refusal is as good: it writes nothing
			case 1:
				_, _ = p.try(AddSwap{First: who, Second: names[rapid.IntRange(0, 2).Draw(t, "with")]})
			case 2:
				_, _ = p.try(AnswerSwap{})
			case 3:
				w.meet()
			default:
				_, _ = p.try(AddOverride{Person: who, From: from, To: to})
			}
		}
		w.meet()
		first := ""
		for _, p := range w.peers {
			b, err := json.Marshal(p.state.ScheduleViews(testNow, testNow.Add(21*24*time.Hour), testNow))
			if err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = string(b)
			} else if first != string(b) {
				t.Fatalf("two peers see\n%s\n%s", first, b)
			}
			if r := p.state.Schedules()[0]; r.Rota == nil || len(r.Rota.Plan(testNow, testNow.Add(21*24*time.Hour)).Gaps()) != 0 {
				t.Fatalf("changes that do not fit take the rotation with them: %q", r.Problems)
			}
		}
	})
}

// TestHostileSchedulesAreToldOf: what a device writes into a schedule by hand
// puts nobody on call and stops nothing.
func TestHostileSchedulesAreToldOf(t *testing.T) {
	w := founded(t, RoleMember, RoleMember)
	a := w.peers[0]
	schedule := func(doc string) Op {
		return a.op(KindRoomItemAdded, ID{}, itemAdded{Class: ClassSchedule, Fields: map[string]string{ScheduleName: "Odd", ScheduleDocument: doc}})
	}
	for _, doc := range []string{"", "null", "[]", "{", `{"name": "x"}`, `{"name": "x", "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"every": 0}]}]}`, strings.Repeat("[", 20_000)} {
		a.write([]Op{schedule(doc)})
	}
	a.do(AddSchedule{Document: rota})
	id := a.state.Schedules()[7].ID
	for _, fields := range []map[string]string{
		{ChangeSchedule: id.String()},
		{ChangeSchedule: id.String(), ChangeLayer: "primary", ChangePerson: "nobody", ChangeFrom: "never", ChangeTo: "ever"},
		{ChangeSchedule: "x", ChangeLayer: "primary"},
	} {
		for _, class := range []string{ClassOverride, ClassSwap, ClassLeave, ClassHandoff, ClassVendor, ClassAccess} {
			a.write([]Op{a.op(KindRoomItemAdded, ID{}, itemAdded{Class: class, Fields: fields})})
		}
	}
	if got := onCallNames(a.state, "on-call", testNow); got != "Ana Ruiz" {
		t.Errorf("%q is on call", got)
	}
	views := a.state.ScheduleViews(testNow, testNow.Add(24*time.Hour), testNow)
	for i, v := range views[:7] {
		if len(v.Problems) != 1 || len(v.Shifts) != 0 {
			t.Errorf("document %d: %q, %d shifts", i, v.Problems, len(v.Shifts))
		}
	}
	if len(views[7].Problems) == 0 || len(views[7].Shifts) == 0 {
		t.Errorf("the good one has %d shifts and says %q", len(views[7].Shifts), views[7].Problems)
	}
	a.state.Troubles(testNow, testNow.Add(24*time.Hour))
	a.state.AccessViews(testNow)
	a.state.HandoffViews(testNow, testNow.Add(24*time.Hour))
	if said := a.state.LoadViews(testNow, testNow.Add(24*time.Hour)); len(said) == 0 {
		t.Error("nobody bears anything")
	}
}
