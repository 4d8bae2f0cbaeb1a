package model

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestATickKeepsItsProof(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	done := ana.do(Declare{Title: "Checkout down", Severity: P1})
	ana.do(RecordFacts{Incident: done.Code, Containment: "traffic went to the second site"})
	ana.do(SetIncident{Incident: done.Code, Phase: "resolution"})
	asked := func() bool {
		return slices.ContainsFunc(ana.state.Missing(ana.incident(done.ID), ActResolve), func(m Missing) bool {
			return m.Check == "resolution-tested" && strings.HasPrefix(m.What, "what shows it")
		})
	}
	if d := ana.do(TickCheck{Incident: done.Code, Check: "resolution-tested"}); !strings.Contains(d.Note, "say what shows it") || !asked() {
		t.Errorf("a tick alone says %q, and is asked about: %v", d.Note, asked())
	}
	ana.do(TickCheck{Incident: done.Code, Check: "resolution-tested", Proof: "200 orders on the copy, none failed"})
	if asked() {
		t.Error("the proof is asked for again")
	}
	if d := ana.do(TickCheck{Incident: done.Code, Check: "resolution-tested"}); !strings.Contains(d.Note, "its proof stays") || asked() {
		t.Errorf("a second tick says %q, and the proof is asked for: %v", d.Note, asked())
	}
	var rows []string
	for _, r := range ana.state.Rows(ana.incident(done.ID)) {
		rows = append(rows, r.Text)
	}
	if text := strings.Join(rows, "\n"); !strings.Contains(text, "Tested apart from production: done: 200 orders on the copy, none failed") {
		t.Errorf("the timeline lacks the proof: %s", text)
	}
	if _, err := ana.try(TickCheck{Incident: done.Code, Check: "resolution-tested", Proof: "x", Skip: "y"}); err == nil {
		t.Error("skipped, with a proof: taken")
	}
}

func TestATestPageKeepsItsText(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	came := ana.now.Add(-10 * time.Minute)
	ana.do(RecordTestPage{Person: "Ana", At: came, Ways: []string{"phone"}, Text: "Test page, please acknowledge", Acknowledged: came.Add(2 * time.Minute)})
	view := func() PersonView { return ana.state.PersonViews()[0] }
	if v := view(); v.TestPageText != "Test page, please acknowledge" || v.TestPageWays != "phone" || !v.TestPageAcknowledged.Equal(came.Add(2*time.Minute)) {
		t.Errorf("%+v", v)
	}
	ana.do(RecordTestPage{Person: "Ana"})
	if v := view(); v.TestPageText != "" || !v.TestPageAcknowledged.IsZero() {
		t.Errorf("the next test has the text of the last: %+v", v)
	}
	for _, at := range []time.Time{came.Add(-time.Minute), ana.now.Add(time.Hour)} {
		if _, err := ana.try(RecordTestPage{Person: "Ana", At: came, Acknowledged: at}); err == nil {
			t.Errorf("acknowledged at %s: taken", at)
		}
	}
}
