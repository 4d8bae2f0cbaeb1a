package importer

import (
	"errors"
	"strings"
	"testing"
	"time"

	"holdfast/model"
)

func TestCStateOfSample(t *testing.T) {
	s := readStory(t, readCState, sampleTold(t, "cstate-incident.md"), Options{})
	wantTold(t, s,
		`line 11: 2026-03-17 15:22:30 exact communication "Resolved: Purchases work normally."`,
		`line 13: 2026-03-17 14:47:10 exact communication "Monitoring: Fix in place."`,
		`line 15: 2026-03-17 14:12:30 exact communication "Investigating: Some purchases fail."`)
	d := s.Declare
	if d.Title != "Checkout errors" || d.Severity != model.P1 || d.Notes != "Affected: Checkout" || len(s.warnings) != 1 {
		t.Errorf("%+v, %q", d, s.warnings)
	}
	began, ended := theDay.Add(14*time.Hour+12*time.Minute+30*time.Second), theDay.Add(15*time.Hour+22*time.Minute+30*time.Second)
	if len(d.Milestones) != 2 || !d.Milestones["started"].Equal(began) || !d.Milestones["resolved"].Equal(ended) {
		t.Errorf("milestones are %v", d.Milestones)
	}
}

const cstateHead = "---\ntitle: \"API: slow\"\ndate: 2026-03-17 14:12:30\nresolved: false\nresolvedWhen: 2026-03-17 15:22:30\naffected: [API, 'Web']\npin: true\n"

func TestCState(t *testing.T) {
	text := cstateHead + "---\n*Monitoring* - We {{< track \"2026-03-17 14:47\" >}} watch.\n\n{{< track \"soon\" >}}\n"
	wantQuestion(t, readCState, text, Options{}, AskZone)
	s := readStory(t, readCState, text, Options{Zone: berlin})
	wantTold(t, s,
		`line 9: 2026-03-17 13:47:00 exact communication "Monitoring - We"`,
		`line 9: untimed after note "soon: watch."`)
	if s.Declare.Title != "API: slow" || s.Declare.Notes != "Affected: API, Web" || s.Declare.Severity != "" {
		t.Errorf("%+v", s.Declare)
	}
	// It is not resolved, whenever it says that was.
	if len(s.Declare.Milestones) != 1 || s.Declare.Milestones["started"].Hour() != 13 {
		t.Errorf("milestones are %v", s.Declare.Milestones)
	}
	if len(s.warnings) != 1 || s.warnings[0] != "pin is not kept" {
		t.Errorf("warnings are %q", s.warnings)
	}
}

func TestCStateWithoutUpdates(t *testing.T) {
	wantTold(t, readStory(t, readCState, cstateHead+"---\n", inUTC), `date: 2026-03-17 14:12:30 exact communication "API: slow"`)
	s := readStory(t, readCState, "---\ntitle: x\ndate: 2026-03-17\nresolved: true\nresolvedWhen: tonight\n---\nWe look. {{< track \"2026-03-17T14:00Z\" >}}", inUTC)
	if len(s.Declare.Milestones) != 0 || len(s.warnings) != 2 || !strings.Contains(s.warnings[1], "tonight") {
		t.Errorf("milestones are %v, warnings %q", s.Declare.Milestones, s.warnings)
	}
	for _, text := range []string{"", "---", "title: x", "---\ntitle: x\n", "---\ntitle: x\n---\n"} {
		if list, err := readCState([]byte(text), inUTC); !errors.Is(err, ErrInvalid) || list != nil {
			t.Errorf("%q gave %d stories and %v", text, len(list), err)
		}
	}
}

func FuzzCState(f *testing.F) {
	sample := sampleTold(f, "cstate-incident.md")
	fuzzStory(f, readCState, sample, sample, cstateHead+"---\nx {{< track \"3/4/26 2 PM\" >}}", cstateHead+"---\n")
}
