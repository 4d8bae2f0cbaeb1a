package incident

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/capture"
	"holdfast/model/when"
	"holdfast/ui/part"
)

var now = time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC)

func fixed() content {
	return content{
		id: model.ID{1}, code: "INC-7K2M", me: "Ana Ruiz", people: []string{"Ana Ruiz", "Tom Okafor"}, marks: map[string]time.Time{},
		holders: []holder{{role: model.Role{Name: "scribe"}, people: []string{"Ana Ruiz"}, mine: true}},
	}
}

func entry() row {
	return row{TimelineRow: part.TimelineRow{ID: "E1", At: "13:30:00"}, at: now.Add(-30 * time.Minute), raw: "as it was", kind: "note"}
}

func TestPlans(t *testing.T) {
	c := fixed()
	inc := c.id.String()
	at := time.Date(2026, 3, 17, 12, 3, 0, 0, time.UTC)
	for _, test := range []struct {
		line   string
		want   model.Command
		refuse string
	}{
		{"plain text", model.Log{Incident: inc, Kind: "note", Text: "plain text"}, ""},
		{"12:03 restarted db-2", model.Log{Incident: inc, Kind: "note", Text: "restarted db-2", At: at}, ""},
		{"/at ~12:03 restarted", model.Log{Incident: inc, Kind: "note", Text: "restarted", At: at, Precision: when.Approx}, ""},
		{"25:99 no such time", model.Log{Incident: inc, Kind: "note", Text: "25:99 no such time"}, ""},
		{"/decide roll back", model.Propose{Incident: inc, Proposal: "roll back", Result: model.Decided}, ""},
		{"/decide 12:03 roll back", model.Log{Incident: inc, Kind: "decision", Text: "roll back", At: at}, ""},
		{"/hyp @tom stale pool", model.AddHypothesis{Incident: inc, Text: "stale pool", Owner: "Tom Okafor"}, ""},
		{"/lock load balancer", model.TakeLock{Incident: inc, Thing: "load balancer"}, ""},
		{"/unlock", model.ReleaseLock{Incident: inc}, ""},
		{"/check triage-signal skip: told by phone", model.TickCheck{Incident: inc, Check: "triage-signal", Skip: "told by phone"}, ""},
		{"/tools chat down, vpn down", model.SetTools{Incident: inc, Tools: map[string]string{"chat": "down", "vpn": "down"}}, ""},
		{"/todo alert threshold", model.Log{Incident: inc, Kind: "followup", Text: "alert threshold"}, ""},
		{"/sev P0 payments fail for all", model.SetIncident{Incident: inc, Severity: "P0", Reason: "payments fail for all"}, ""},
		{"/sev P0", nil, "needs its reason"},
		{"/phase recovery", model.SetIncident{Incident: inc, Phase: "recovery"}, ""},
		{"/assign ic @tom", model.AssignRole{Incident: inc, Role: "ic", Person: "Tom Okafor"}, ""},
		{"/accept scribe", model.AcceptRole{Incident: inc, Role: "scribe"}, ""},
		{"/accept ic", model.AssignRole{Incident: inc, Role: "ic", Person: "Ana Ruiz"}, ""},
		{"/task @tom +10m restart", model.AddTask{Incident: inc, Text: "restart", Owner: "Tom Okafor", Due: now.Add(10 * time.Minute)}, ""},
		{"/done stopped", model.FinishTask{Task: "T1", Result: "stopped"}, ""},
		{"/ack", model.SetIncident{Incident: inc, Milestones: map[string]time.Time{"acknowledged": now}}, ""},
		{"/page @tom help", model.Log{Incident: inc, Kind: "page", Text: "Call Tom Okafor: help"}, ""},
		{"/milestone detected 12:03", model.SetIncident{Incident: inc, Milestones: map[string]time.Time{"detected": at}}, ""},
		{"/edit better words", model.EditEntry{Entry: "E1", Text: "better words"}, ""},
		{"/retract wrong host", model.RetractEntry{Entry: "E1", Reason: "wrong host"}, ""},
		{"/resolve normal for 30 min", model.Resolve{Incident: inc, Verification: "normal for 30 min"}, ""},
	} {
		p := c.planFor(capture.Parse(test.line, c.context(now, time.UTC)), target{selected: entry(), task: "T1", openTask: 2, now: now})
		if test.refuse != "" {
			if !strings.Contains(p.refuse, test.refuse) || p.commands != nil {
				t.Errorf("%q: refused %q, commands %+v", test.line, p.refuse, p.commands)
			}
			continue
		}
		if len(p.commands) != 1 || !reflect.DeepEqual(p.commands[0], test.want) {
			t.Errorf("%q:\n got %+v (refused %q)\nwant %+v", test.line, p.commands, p.refuse, test.want)
		}
	}
}

func TestABadTimeIsSaid(t *testing.T) {
	c := fixed()
	p := c.planFor(capture.Parse("25:99 db-2 is down", c.context(now, time.UTC)), target{})
	if want := "25:99 is no time, kept in the text"; !strings.Contains(p.says, want) {
		t.Errorf("the line says %q, want %q in it", p.says, want)
	}
}

func TestPlansWithoutATarget(t *testing.T) {
	c := fixed()
	for line, want := range map[string]string{
		"/retract wrong host": "select the entry", "/edit better": "select the entry", "/done it": "2 tasks are open",
	} {
		p := c.planFor(capture.Parse(line, c.context(now, time.UTC)), target{openTask: 2})
		if !strings.Contains(p.refuse, want) || p.commands != nil {
			t.Errorf("%q: %+v", line, p)
		}
	}
}

func TestPlanEdit(t *testing.T) {
	ctx := fixed().context(now, time.UTC)
	exact := when.Exact
	for _, test := range []struct {
		line   string
		want   model.EditEntry
		refuse string
	}{
		{"2026-03-17 13:30:00Z better words", model.EditEntry{Entry: "E1", Text: "better words"}, ""},
		{"better words", model.EditEntry{Entry: "E1", Text: "better words"}, ""},
		{"13:10 better words", model.EditEntry{Entry: "E1", Text: "better words", At: now.Add(-50 * time.Minute), Precision: &exact}, ""},
		{"2026-03-16 23:50:00Z better", model.EditEntry{Entry: "E1", Text: "better", At: time.Date(2026, 3, 16, 23, 50, 0, 0, time.UTC), Precision: &exact}, ""},
		{"2026-03-17 13:30:00Z /find it was the pool", model.EditEntry{Entry: "E1", Text: "it was the pool", Kind: "finding"}, ""},
		{"25:99 better words", model.EditEntry{}, "25:99 is no time"},
		{"2026-03-17 13:30:00Z ", model.EditEntry{}, "the text is missing"},
		{"/sev P0 now", model.EditEntry{}, "this would be a command"},
	} {
		p := planEdit(entry(), test.line, ctx)
		if test.refuse != "" {
			if !strings.Contains(p.refuse, test.refuse) {
				t.Errorf("%q: refused %q", test.line, p.refuse)
			}
			continue
		}
		if len(p.commands) != 1 || !reflect.DeepEqual(p.commands[0], test.want) {
			t.Errorf("%q: %+v, refused %q", test.line, p.commands, p.refuse)
		}
	}
}

// TestAnActOfTheResponseIsUndone: what a line made, /undo takes back.
func TestAnActOfTheResponseIsUndone(t *testing.T) {
	const why = "undone by its author"
	made := model.Done{ID: model.ID{7}}
	for _, test := range []struct{ did, want model.Command }{
		{model.Propose{Incident: "I", Proposal: "roll back", Result: model.Decided}, model.Decide{Decision: made.ID.String(), Result: model.Dropped, Reason: why}},
		{model.AddHypothesis{Incident: "I", Text: "pool"}, model.SetHypothesis{Hypothesis: made.ID.String(), State: model.HypothesisRejected, Reason: why}},
		{model.TakeLock{Incident: "I", Thing: "db-2"}, model.ReleaseLock{Incident: "I", Thing: "db-2", Reason: why}},
		{model.TickCheck{Incident: "I", Check: "triage-signal", Skip: "x"}, model.TickCheck{Incident: "I", Check: "triage-signal", Open: true}},
		{model.SetTools{Incident: "I"}, nil},
	} {
		if got := (lastAct{command: test.did, made: made}).undone(); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%T is undone by %+v, want %+v", test.did, got, test.want)
		}
	}
}
