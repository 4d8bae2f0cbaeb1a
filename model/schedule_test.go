package model

import (
	"strings"
	"testing"
	"time"
)

// rota is weekly from Monday 16 March 2026, 10:00 UTC, Ana first.
const rota = `{"name": "Platform", "zone": "UTC", "layers": [
	{"name": "primary", "rotations": [{"start": "2026-03-16", "people": ["Ana Ruiz", "ben", "Chen Wei"]}]},
	{"name": "secondary", "follows": "primary"}]}`

func withRota(t *testing.T) *world {
	w := founded(t, RoleMember, RoleMember)
	w.peers[0].do(AddSchedule{Document: rota})
	w.meet()
	return w
}

func onCallNames(s *State, target string, now time.Time) string {
	var names []string
	for _, id := range s.Targets(nil, target, now) {
		names = append(names, s.PersonName(id))
	}
	return strings.Join(names, ", ")
}

func TestTargetsOfTheEscalationComeFromTheRota(t *testing.T) {
	w := withRota(t)
	s := w.peers[1].state
	for _, c := range []struct {
		target, want string
		after        time.Duration
	}{
		{"on-call", "Ana Ruiz", 0},
		{"secondary", "Chen Wei", 0},
		{"on-call", "Ben Okafor", 7 * 24 * time.Hour},
		{"secondary", "Ana Ruiz", 7 * 24 * time.Hour},
		{"engineering-manager", "", 0},
	} {
		if got := onCallNames(s, c.target, testNow.Add(c.after)); got != c.want {
			t.Errorf("%s after %s is %q, want %q", c.target, c.after, got, c.want)
		}
	}
	w.peers[0].do(SetTarget{Target: "secondary", People: []string{"Ben"}})
	if got := onCallNames(w.peers[0].state, "secondary", testNow); got != "Ben Okafor" {
		t.Errorf("whom the room names goes before the rota, not %q", got)
	}
	w.peers[0].do(RetireSchedule{Schedule: "Platform", Reason: "merged into another"})
	if got := onCallNames(w.peers[0].state, "on-call", testNow); got != "" {
		t.Errorf("a schedule out of use puts %q on call", got)
	}
}

func TestOverridesOfTwoPeopleMerge(t *testing.T) {
	w := withRota(t)
	a, b := w.peers[0], w.peers[1]
	a.do(AddOverride{Person: "chen", From: testNow, To: testNow.Add(2 * time.Hour)})
	b.do(AddOverride{Person: "ben", From: testNow.Add(2 * time.Hour), To: testNow.Add(4 * time.Hour)})
	w.meet()
	for _, p := range w.peers {
		if got := onCallNames(p.state, "on-call", testNow.Add(time.Hour)) + onCallNames(p.state, "on-call", testNow.Add(3*time.Hour)); got != "Chen WeiBen Okafor" {
			t.Errorf("apart, both wrote one, and %q holds", got)
		}
	}
}

func TestOverridesThatOverlapAreShownAndTheFirstHolds(t *testing.T) {
	w := withRota(t)
	a, b := w.peers[0], w.peers[1]
	a.do(AddOverride{Person: "chen", From: testNow, To: testNow.Add(2 * time.Hour)})
	b.do(Log{Incident: b.do(Declare{Title: "x"}).Code, Text: "later"})
	b.do(AddOverride{Person: "ben", From: testNow.Add(time.Hour), To: testNow.Add(4 * time.Hour)})
	w.meet()
	var said string
	for _, p := range w.peers {
		if got := onCallNames(p.state, "on-call", testNow.Add(90*time.Minute)); got != "Chen Wei" {
			t.Errorf("%q holds, and Chen's was written first", got)
		}
		v := p.state.ScheduleViews(testNow, testNow.Add(24*time.Hour), testNow)[0]
		if len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "two overrides of primary overlap: Chen Wei") || v.Changes[1].State != "off" {
			t.Errorf("%+v, %+v", v.Problems, v.Changes)
		}
		if said == "" {
			said = v.Problems[0]
		} else if said != v.Problems[0] {
			t.Error("two peers tell it differently")
		}
	}
	a.do(WithdrawChange{Change: a.state.ScheduleViews(testNow, testNow.Add(24*time.Hour), testNow)[0].Changes[0].ID.String()})
	if got := onCallNames(a.state, "on-call", testNow.Add(90*time.Minute)); got != "Ben Okafor" {
		t.Errorf("the first is taken back, and %q holds", got)
	}
}

func TestDocumentsWrittenApartAreAConflict(t *testing.T) {
	w := withRota(t)
	a, b := w.peers[0], w.peers[1]
	a.do(SetSchedule{Schedule: "Platform", Document: strings.Replace(rota, `"ben", `, "", 1)})
	b.do(SetSchedule{Schedule: "Platform", Document: strings.Replace(rota, `"Ana Ruiz", `, "", 1)})
	w.meet()
	v := a.state.ScheduleViews(testNow, testNow, testNow)[0]
	if len(v.Conflict) != 2 || len(v.Problems) != 1 || !strings.Contains(v.Problems[0], "changed apart") {
		t.Fatalf("%+v %v", v.Conflict, v.Problems)
	}
	a.do(SetSchedule{Schedule: "Platform", Document: rota})
	if v := a.state.ScheduleViews(testNow, testNow, testNow)[0]; len(v.Conflict)+len(v.Problems) > 0 {
		t.Errorf("set again, and still %+v", v.Problems)
	}
}

func TestASwapNeedsBoth(t *testing.T) {
	w := withRota(t)
	a, b := w.peers[0], w.peers[1]
	done := a.do(AddSwap{Second: "ben", FirstAt: testNow})
	if done.Note != "it holds once Ben Okafor agreed" {
		t.Errorf("%q", done.Note)
	}
	w.meet()
	next := testNow.Add(7 * 24 * time.Hour)
	if got := onCallNames(b.state, "on-call", next); got != "Ben Okafor" {
		t.Errorf("nobody agreed, and %q is on call", got)
	}
	if said := b.refused(AnswerSwap{Swap: done.ID.String(), Person: "Ana"}); !strings.Contains(said, "in person") {
		t.Errorf("Ben answers for Ana: %s", said)
	}
	b.do(AnswerSwap{})
	if got := onCallNames(b.state, "on-call", next) + ", " + onCallNames(b.state, "on-call", testNow); got != "Ana Ruiz, Ben Okafor" {
		t.Errorf("swapped, and %q are on call", got)
	}
	if v := b.state.ScheduleViews(testNow, next, testNow)[0].Changes; len(v) != 1 || v[0].State != "holds" || v[0].With != "Ben Okafor" {
		t.Errorf("%+v", v)
	}
}

func TestHandoffIsWrittenAndAccepted(t *testing.T) {
	w := withRota(t)
	a, b := w.peers[0], w.peers[1]
	at := time.Date(2026, 3, 23, 10, 0, 0, 0, time.UTC)
	a.now, b.now = at.Add(-time.Hour), at.Add(-20*time.Hour)
	a.do(WriteHandoff{Layer: "primary", Notes: map[string]string{"muted": "disk alert of db2 until Friday", "open": "none"}})
	w.meet()
	if said := b.refused(AcceptHandoff{Layer: "primary", At: at}); !strings.Contains(said, "take it over within 12 h") {
		t.Errorf("20 hours before: %s", said)
	}
	b.now = at.Add(5 * time.Minute)
	b.do(AcceptHandoff{Layer: "primary", Checked: []string{TakingChecks[0]}})
	v := b.state.HandoffViews(b.now, b.now.Add(time.Hour))
	var primary HandoffView
	for _, h := range v {
		if h.Layer == "primary" {
			primary = h
		}
	}
	if primary.State != "accepted" || len(primary.Notes) != 2 || primary.Notes[0].Part != "open" || len(primary.Checked) != 1 || primary.AcceptedAt.IsZero() {
		t.Errorf("%+v", primary)
	}
	a.now = b.now
	w.meet()
	if said := a.refused(AcceptHandoff{Schedule: "Platform", Layer: "primary", At: at}); !strings.Contains(said, "Ben Okafor takes over primary") {
		t.Errorf("Ana takes what is Ben's: %s", said)
	}
}

func TestScheduleRefusalsSayWhy(t *testing.T) {
	w := withRota(t)
	a := w.peers[0]
	a.do(SetPerson{Person: "chen", Fields: map[string]string{PersonLeft: "2026-03-01"}})
	if done := a.do(SetSchedule{Schedule: "Platform", Document: strings.Replace(rota, "ben", "Ben Okafor", 1), Reason: "x"}); done.Note != "Platform is so already" {
		t.Errorf("%q", done.Note)
	}
	// Who left is not put on call; a rotation that had them before is mended in steps.
	if said := a.refused(AddSchedule{Document: strings.Replace(rota, "Platform", "Other", 1)}); !strings.Contains(said, "Chen Wei left on 2026-03-01 and cannot be put on call") {
		t.Errorf("%q", said)
	}
	done := a.do(SetSchedule{Schedule: "Platform", Document: strings.Replace(rota, "UTC", "Europe/Berlin", 1), Reason: "x"})
	if !strings.Contains(done.Note, "who left: Chen Wei") {
		t.Errorf("%q", done.Note)
	}
	a.do(SetPerson{Person: "chen", Fields: map[string]string{PersonLeft: ""}})
	a.do(AddSchedule{Document: strings.Replace(rota, "Platform", "Other", 1)})
	a.do(SetPerson{Person: "chen", Fields: map[string]string{PersonLeft: "2026-03-01"}})
	hour := time.Hour
	for _, c := range []struct {
		do   Command
		want string
	}{
		{AddSchedule{Document: rota}, "there is a schedule Platform already"},
		{AddSchedule{Document: "{"}, "not readable"},
		{AddSchedule{Document: `{"name": "x", "zone": "Mars", "layers": [{"name": "primary"}]}`}, `the zone "Mars" is not known`},
		{AddSchedule{Document: `{"name": "x", "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"start": "2026-03-16", "people": []}]}]}`}, "no people"},
		{AddSchedule{Document: `{"name": "x", "zone": "UTC", "layers": [{"name": "primary", "rotations": [{"start": "2026-03-16", "people": ["Zoe"]}]}]}`}, "the schedule names Zoe"},
		{AddOverride{Person: "ben", From: testNow, To: testNow.Add(hour)}, "the room has 2 schedules; say which"},
		{AddOverride{Schedule: "Platform", Person: "chen", From: testNow, To: testNow.Add(hour)}, "Chen Wei left on 2026-03-01"},
		{AddOverride{Schedule: "Platform", From: testNow, To: testNow}, "past"},
		{AddOverride{Schedule: "Platform", From: testNow.Add(2 * hour), To: testNow.Add(hour)}, "ends before it starts"},
		{AddOverride{Schedule: "Platform", Layer: "tertiary", From: testNow, To: testNow.Add(hour)}, "is no layer of this schedule"},
		{AddSwap{Schedule: "Platform"}, "say with whom"},
		{AddSwap{Schedule: "Platform", Second: "ben", SecondAt: testNow}, "Ben Okafor is not on call in primary"},
		{AnswerSwap{}, "no swap waits for Ana Ruiz"},
		{AddLeave{From: testNow}, "ends before it starts"},
		{WithdrawChange{}, "say which"},
		{RetireSchedule{}, "say which"},
		{WriteHandoff{}, "the note is empty"},
		{WriteHandoff{Notes: map[string]string{"weather": "rain"}}, "has no part"},
		{AcceptHandoff{Schedule: "Nights"}, "there is no schedule"},
	} {
		if said := a.refused(c.do); !strings.Contains(said, c.want) {
			t.Errorf("%T%+v: %s", c.do, c.do, said)
		}
	}
	a.do(AddOverride{Schedule: "Platform", Person: "ben", From: testNow, To: testNow.Add(hour)})
	if said := a.refused(AddOverride{Schedule: "Platform", From: testNow, To: testNow.Add(hour)}); !strings.Contains(said, "overlap: Ben Okafor until") {
		t.Error(said)
	}
}

func TestRotasSurviveASnapshot(t *testing.T) {
	w := withRota(t)
	b, err := w.peers[0].state.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s, err := restore(b)
	if err != nil {
		t.Fatal(err)
	}
	if got := onCallNames(s, "on-call", testNow); got != "Ana Ruiz" {
		t.Errorf("after a snapshot %q is on call", got)
	}
}

// refused is do for a command that must be refused; it gives the sentence.
func (p *peer) refused(c Command) string {
	p.t.Helper()
	done, err := p.try(c)
	if err == nil {
		p.t.Errorf("%T%+v is taken: %+v", c, c, done)
		return ""
	}
	return err.Error()
}
