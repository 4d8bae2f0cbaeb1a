package node

import (
	"fmt"
	"strings"

	"holdfast/model"
	"holdfast/model/report"
)

func securityRecord(_ *Room, s *model.State, q ref) (any, error) {
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	return s.SecurityView(inc), nil
}

func legalClocks(r *Room, s *model.State, q ref) (any, error) {
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	return s.ClocksView(inc, r.Now()), nil
}

func breachAssessment(r *Room, s *model.State, q ref) (any, error) {
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	return s.BreachView(inc, r.Now()), nil
}

// paper makes a document of an incident, or of the room where none is named.
func paper(r *Room, s *model.State, q ref) (any, error) {
	if q.Ref == "" {
		return report.BreachRegister(s, r.Now()), nil
	}
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	d, ok := report.Of(q.Paper, s, inc, r.Now())
	if !ok {
		return nil, fmt.Errorf("there is no paper %.40q; there are: %s", q.Paper, strings.Join(report.Names[:], ", "))
	}
	return d, nil
}
