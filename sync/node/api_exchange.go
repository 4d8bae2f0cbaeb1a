package node

import (
	"holdfast/model"
	"holdfast/sync/export"
)

func exportIncident(r *Room, s *model.State, q ref) (any, error) {
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	if q.Public {
		return export.BuildPublic(s, inc, r.Device(), r.Now()), nil
	}
	return export.Build(s, inc, r.Device(), r.Now()), nil
}
