package node

import (
	"fmt"
	"time"

	"holdfast/model"
	"holdfast/model/report"
)

// ReportRequest asks for the report of the period that has a moment in it; the
// zero moment is now.
type ReportRequest struct {
	Kind string    `json:"kind"`
	At   time.Time `json:"at,omitzero"`
}

func periodicReport(r *request) (any, error) {
	var q ReportRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	now := room.Now()
	if q.At.IsZero() {
		q.At = now
	}
	var out report.Periodic
	room.View(func(s *model.State) {
		var period report.Period
		rules := s.Policy()
		if period, err = report.PeriodOf(q.Kind, q.At, now, rules.Calendar); err == nil {
			out = report.Report(s, rules, period, now)
		}
	})
	return out, err
}

// MetricsRequest asks for the figures of incidents from one moment to another;
// a zero one is open.
type MetricsRequest struct {
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

func metrics(r *request) (any, error) {
	var q MetricsRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	if !q.To.IsZero() && !q.From.Before(q.To) {
		return nil, fmt.Errorf("the period ends at %s, before it begins; name the earlier day first", q.To.Format(time.RFC3339))
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	var out report.Metrics
	room.View(func(s *model.State) { out = report.Measure(s, s.Policy(), q.From, q.To, room.Now()) })
	return out, nil
}

// actions lists the action items of an incident, or with none named those of
// the room that are open.
func actions(_ *Room, s *model.State, q ref) (any, error) {
	if q.Ref == "" {
		return s.OpenActions(), nil
	}
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	return s.ActionViews(inc), nil
}
