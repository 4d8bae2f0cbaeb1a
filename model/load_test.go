package model

import (
	"strings"
	"testing"
	"time"
)

func TestAnAssumptionHasAnAge(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	done := ana.do(Declare{Title: "Checkout down", Severity: P0})
	ana.do(AddHypothesis{Incident: done.Code, Text: "the certificate ran out"})
	inc, later := ana.incident(done.ID), ana.now.Add(45*time.Minute)
	if f := Facts(ana.state, inc, later, nil); f["cause.current"] != "the certificate ran out" || f["cause.age"] != "45 min" {
		t.Errorf("the facts say %q for %q", f["cause.current"], f["cause.age"])
	}
	if text := strings.Join(ana.state.HandoverSheet(inc, "Ana", nil, later).Objectives, "\n"); !strings.Contains(text, "the certificate ran out (for 45 min)") {
		t.Errorf("the sheet says %s", text)
	}
}

func TestTheLoadCountsPages(t *testing.T) {
	w := founded(t)
	ana := w.peers[0]
	ana.do(SetPerson{Person: "Ana", Fields: map[string]string{PersonZone: "Asia/Tokyo"}}) // 14:00 UTC is 23:00 there
	for _, c := range []Declare{{Title: "Checkout down", Severity: P0}, {Title: "Mail is slow", Severity: P1}} {
		inc := ana.do(c).Code
		ana.do(RecordAttempt{Incident: inc, Rung: strings.ToLower(c.Severity) + "-on-call", Person: "Ana", Way: "phone", Result: Reached})
	}
	id, err := ana.state.FindPerson("Ana")
	if err != nil {
		t.Fatal(err)
	}
	if got := ana.state.pages(testNow, testNow.Add(time.Hour))[id]; got != (paged{2, 2}) {
		t.Errorf("Ana was paged %+v", got)
	}
	if got := ana.state.pages(testNow.Add(time.Hour), testNow.Add(2*time.Hour)); len(got) != 0 {
		t.Errorf("in the hour after: %+v", got)
	}
}
