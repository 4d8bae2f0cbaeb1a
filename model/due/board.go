package due

import (
	"slices"
	"time"

	"holdfast/model"
)

// Briefs gives the incidents as a board lists them, each with the update that
// is due first, whoever waits for it: the longest overdue first, then by level
// and age. all has those that are over too.
func Briefs(s *model.State, all bool, now time.Time) []model.IncidentBrief {
	next := map[model.ID]time.Time{}
	for _, d := range List(s, s.Policy(), now) {
		if _, earlier := next[d.IncidentID]; d.Kind == Update && !earlier {
			next[d.IncidentID] = d.DueAt
		}
	}
	briefs := s.Briefs(all, now)
	for i := range briefs {
		briefs[i].NextUpdateAt = next[briefs[i].ID]
	}
	slices.SortFunc(briefs, func(a, b model.IncidentBrief) int { return a.ByUrgency(b, now) })
	return briefs
}
