package model

import (
	"slices"
	"time"
)

// updates is how long after the declaration the first update to internal
// stakeholders is due, and how far apart the later ones are, by severity: the
// shipped cadence. A room's policy takes its place; a severity without a row
// has no default.
var updates = [...]struct {
	severity    string
	first, then time.Duration
}{
	{P0, 15 * time.Minute, 30 * time.Minute},
	{P1, 30 * time.Minute, time.Hour},
	{P2, 4 * time.Hour, 4 * time.Hour},
}

// NextUpdate is when people were promised the next update, or, where nobody
// promised one yet, when the first is due. False where none is: the incident
// is not open, or its severity asks for none.
func (i *Incident) NextUpdate() (time.Time, bool) {
	if !i.Open() {
		return time.Time{}, false
	}
	if t, ok := parseTime(i.Fields.Text(FieldNext)); ok {
		return t, true
	}
	if after := cadence(i.Severity(), 0); after > 0 && !i.declaredAt().IsZero() {
		return i.declaredAt().Add(after), true
	}
	return time.Time{}, false
}

// cadence gives the time until the next update once number of them were sent;
// 0 where none is asked.
func cadence(severity string, number int) time.Duration {
	for _, row := range updates {
		switch {
		case row.severity != severity:
		case number == 0:
			return row.first
		default:
			return row.then
		}
	}
	return 0
}

// severityRank orders severities, the most severe first; what is no severity
// comes last.
func severityRank(level string) int {
	if i := slices.Index(Severities[:], level); i >= 0 {
		return i
	}
	return len(Severities)
}
