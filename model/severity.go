package model

import "time"

// Span is a time at one level of severity.
type Span struct {
	Level    string
	From, To time.Time // To is zero for the present level
	Reason   string
}

// Levels gives the levels the incident had, in the order they were set, the
// present one last. Writing the same level again, as a reassessment does, makes
// no new span.
func (i *Incident) Levels() []Span {
	r := i.Fields[FieldSeverity]
	if r == nil {
		return nil
	}
	spans := make([]Span, 0, len(r.History()))
	for _, w := range r.History() {
		at := viewMilli(w.Value.Stamp.Recorded())
		if w.Value.Stamp == i.Declared {
			if d := i.declaredAt(); !d.IsZero() {
				at = d
			}
		}
		if n := len(spans); n > 0 {
			if spans[n-1].Level == w.Value.Text {
				continue
			}
			spans[n-1].To = at
		}
		spans = append(spans, Span{Level: w.Value.Text, From: at, Reason: w.Value.Reason})
	}
	// After a split the more severe of two levels counts, whichever came last.
	if n := len(spans); n > 0 && spans[n-1].Level != i.Severity() {
		spans = append(spans, Span{Level: i.Severity(), From: spans[n-1].From})
	}
	return spans
}

// Assessed is when somebody last said what the level is.
func (i *Incident) Assessed() time.Time {
	r := i.Fields[FieldSeverity]
	if r == nil || len(r.History()) == 0 {
		return time.Time{}
	}
	h := r.History()
	return viewMilli(h[len(h)-1].Value.Stamp.Recorded())
}

// DeclaredAt is when the incident was declared; zero where nobody declared it,
// as of an import that does not say.
func (i *Incident) DeclaredAt() time.Time { return i.declaredAt() }
