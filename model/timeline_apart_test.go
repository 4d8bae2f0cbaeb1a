package model

import (
	"slices"
	"testing"
)

// TestASeverityIsToldFromWhatItReplaced: after a split the write before it in the record is the other side's, which
// its author had never seen; and a word that ends the conflict says against what.
func TestASeverityIsToldFromWhatItReplaced(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	id := ana.do(Declare{Title: "checkout fails", Severity: P0}).ID
	w.meet()
	ana.do(SetIncident{Incident: id.String(), Severity: P1, Reason: "one card brand"})
	ben.do(SetIncident{Incident: id.String(), Severity: P2, Reason: "a retry works"})
	w.meet()
	ana.do(Settle{Incident: id.String(), Field: FieldSeverity, Value: P1})
	w.meet()
	w.sameEverywhere()
	var got []string
	for _, r := range ben.state.Timeline(ben.incident(id)) {
		if r.Kind == FieldSeverity {
			got = append(got, r.Text)
		}
	}
	slices.Sort(got)
	if want := []string{"P0 → P1: one card brand", "P0 → P2: a retry works", "P1, not P2"}; !slices.Equal(got, want) {
		t.Errorf("the timeline tells %q", got)
	}
}
