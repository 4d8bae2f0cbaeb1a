package model

import (
	"slices"
	"time"

	"holdfast/model/policy"
)

// NextUpdate is when internal stakeholders were promised the next update, or,
// where nobody promised one yet, when the policy asks for the first. False where
// none is due: the incident is not open, or its severity asks for none.
func (s *State) NextUpdate(i *Incident) (time.Time, bool) {
	if !i.Open() {
		return time.Time{}, false
	}
	if t, ok := i.Fields.when(FieldNext); ok {
		return t, true
	}
	first, ok := s.cadence(AudienceStakeholders, i.Severity(), 0)
	if !ok || i.declaredAt().IsZero() {
		return time.Time{}, false
	}
	return i.declaredAt().Add(first), true
}

// Promised gives the time a person set for the next update, and when they did.
func (i *Incident) Promised() (next, at time.Time, ok bool) {
	r := i.Fields[FieldNext]
	if r == nil {
		return time.Time{}, time.Time{}, false
	}
	v, _ := r.Value()
	next, ok = v.Time()
	return next, viewMilli(v.Stamp.Recorded()), ok
}

// cadence gives the time until an audience's next update once number of them
// were sent; false where none is asked. An audience the policy does not know
// hears as often as internal stakeholders.
func (s *State) cadence(audience, severity string, number int) (time.Duration, bool) {
	rows := s.Policy().Cadence
	if !slices.ContainsFunc(rows, func(r policy.Cadence) bool { return r.Audience == audience }) {
		audience = AudienceStakeholders
	}
	for _, row := range rows {
		if row.Audience != audience || row.Severity != severity {
			continue
		}
		if number == 0 {
			return row.First.Duration, row.First.Set
		}
		return row.Then.Duration, row.Then.Set
	}
	return 0, false
}

// severityRank orders severities, the most severe first; what is no severity
// comes last.
func severityRank(level string) int {
	if i := slices.Index(Severities[:], level); i >= 0 {
		return i
	}
	return len(Severities)
}
