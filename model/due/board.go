package due

import (
	"slices"
	"time"

	"holdfast/model"
)

// Briefs gives the incidents as a board lists them, by urgency, each with the
// update that is due first, whoever waits for it. all has those that are over
// too.
func Briefs(s *model.State, all bool, now time.Time) []model.IncidentBrief {
	return withUpdates(s, s.Briefs(all, now), now)
}

// Recent is Briefs of what is at hand: the closed incidents are not read for it.
func Recent(s *model.State, now time.Time) []model.IncidentBrief {
	return withUpdates(s, s.RecentBriefs(now), now)
}

func withUpdates(s *model.State, briefs []model.IncidentBrief, now time.Time) []model.IncidentBrief {
	next := map[model.ID]time.Time{}
	for _, d := range List(s, s.Policy(), now) {
		if _, earlier := next[d.IncidentID]; d.Kind == Update && !earlier {
			next[d.IncidentID] = d.DueAt
		}
	}
	for i := range briefs {
		briefs[i].NextUpdateAt = next[briefs[i].ID]
	}
	slices.SortFunc(briefs, func(a, b model.IncidentBrief) int { return a.ByUrgency(b, now) })
	return briefs
}
