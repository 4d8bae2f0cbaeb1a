package due_test

import (
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/modeltest"
)

const ledger = `---
id: ledger
last-reviewed: 2025-09-20
last-exercised: 2026-03-01
---
# Ledger behind

## 1. Read the lag {#lag}

- Minutes: 5

## 2. Tell the finance team {#tell}
`

func TestAStepOverItsMinutesAndARunThatStandsStill(t *testing.T) {
	r := modeltest.New(t, ana, ben)
	inc := r.As(ana, model.Declare{Title: "ledger behind", Severity: model.P2}).Code
	r.As(ana, model.AddRunbook{Text: ledger})
	run := r.As(ana, model.StartRun{Incident: inc, Runbook: "ledger"}).ID.String()
	r.Wait(5 * time.Minute)
	d := find(t, of(r, inc), due.Runbook, run+"/lag")
	if d.State != due.Overdue || d.Who != ana || d.What != "Ledger behind, step 1: Read the lag" || !d.DueAt.Equal(r.Now) {
		t.Errorf("after its five minutes: %+v", d)
	}
	if still := find(t, of(r, inc), due.Runbook, run+"/still"); still.State != due.Later || !still.DueAt.Equal(modeltest.Start.Add(20*time.Minute)) {
		t.Errorf("five minutes and 15 more: %+v", still)
	}
	r.As(ben, model.DoStep{Incident: inc, Step: "lag", Result: "40 s"})
	list := of(r, inc)
	if has(list, due.Runbook, run+"/tell") || has(list, due.Runbook, run+"/lag") {
		t.Errorf("a step without minutes has no time box: %s", said(list))
	}
	r.Wait(15 * time.Minute)
	if still := find(t, of(r, inc), due.Runbook, run+"/still"); still.State != due.Overdue || still.Who != ben {
		t.Errorf("nobody touched it: %+v", still)
	}
	r.As(ben, model.DoStep{Incident: inc, Step: "tell"})
	if list := of(r, inc); has(list, due.Runbook, run+"/still") {
		t.Errorf("it is over: %s", said(list))
	}
}

func TestRunbooksThatNobodyLookedThrough(t *testing.T) {
	r := modeltest.New(t, ana)
	all := func() string {
		var b strings.Builder
		for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
			b.WriteString(d.Key + " " + d.DueAt.Format(time.DateOnly) + " " + d.State + "\n")
		}
		return b.String()
	}
	r.As(ana, model.AddRunbook{Text: ledger})
	if got, want := all(), "ledger/reviewed 2026-03-20 soon\n"; got != want {
		t.Errorf("three days before half a year: %s", got)
	}
	r.Wait(3 * 24 * time.Hour)
	if got, want := all(), "ledger/reviewed 2026-03-20 overdue\n"; got != want {
		t.Errorf("on the day: %s", got)
	}
	for _, d := range due.List(r.State, r.State.Policy(), r.Now) {
		if d.ID != "room/runbook/ledger/reviewed" || d.Incident != "" || d.What != "Look through the runbook Ledger behind" || d.Why != "last reviewed on 20 Sep 2025" {
			t.Errorf("%+v", d)
		}
	}
	r.As(ana, model.ReviewRunbook{Runbook: "ledger"})
	if got := all(); got != "" {
		t.Errorf("looked through: %s", got)
	}
	r.Now = modeltest.Start.AddDate(1, 0, 0)
	got := all()
	if !strings.Contains(got, "ledger/exercised 2027-03-01 overdue") || !strings.Contains(got, "security/exercised 2027-03-17 overdue") {
		t.Errorf("a year later: %s", got)
	}
}

// BenchmarkListRuns lists the deadlines of a room in which 20 incidents are open
// with a run each that is far gone.
func BenchmarkListRuns(b *testing.B) {
	r := modeltest.New(b, ana)
	for range 20 {
		inc := r.As(ana, model.Declare{Title: "database down", Severity: model.P1}).Code
		r.As(ana, model.StartRun{Incident: inc, Runbook: "database-connection"})
		for _, step := range []model.DoStep{{Branch: "otherwise"}, {Branch: "otherwise"}, {Branch: "otherwise"}, {Branch: "otherwise"}, {Branch: "otherwise"}, {Branch: "b"}} {
			step.Incident = inc
			r.As(ana, step)
		}
	}
	for b.Loop() {
		due.List(r.State, r.State.Policy(), r.Now)
	}
}
