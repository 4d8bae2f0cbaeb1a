package due

import (
	"slices"
	"time"

	"holdfast/model"
)

// Briefs gives the incidents as a board lists them, by urgency, each with the
// update that is due first, whoever waits for it, and whether nobody answers. all
// has those that are over too.
func Briefs(s *model.State, all bool, now time.Time) []model.IncidentBrief {
	return withUpdates(s, s.Briefs(all, now), now)
}

// Recent is Briefs of what is at hand: the closed incidents are not read for it.
func Recent(s *model.State, now time.Time) []model.IncidentBrief {
	return withUpdates(s, s.RecentBriefs(now), now)
}

// View is an incident with all that is known of it, and the update that is due
// first.
func View(s *model.State, inc *model.Incident, now time.Time) model.IncidentView {
	v := s.View(inc, now)
	v.NextUpdateAt = time.Time{}
	for _, d := range Of(s, s.Policy(), inc, now) {
		if d.Kind == Ladder && d.State == Overdue {
			v.Exhausted = d.What
		}
		if d.Kind == Update && d.Open() && v.NextUpdateAt.IsZero() {
			v.NextUpdateAt = d.DueAt
		}
	}
	return v
}

func withUpdates(s *model.State, briefs []model.IncidentBrief, now time.Time) []model.IncidentBrief {
	next, exhausted := map[model.ID]time.Time{}, map[model.ID]string{}
	for _, d := range List(s, s.Policy(), now) {
		if _, earlier := next[d.IncidentID]; d.Kind == Update && !earlier {
			next[d.IncidentID] = d.DueAt
		}
		if d.Kind == Ladder && d.State == Overdue {
			exhausted[d.IncidentID] = d.What
		}
	}
	for i := range briefs {
		briefs[i].NextUpdateAt, briefs[i].Exhausted = next[briefs[i].ID], exhausted[briefs[i].ID]
	}
	slices.SortFunc(briefs, func(a, b model.IncidentBrief) int { return a.ByUrgency(b, now) })
	return briefs
}
