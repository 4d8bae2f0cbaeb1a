package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"holdfast/model"
)

// MissedBy is an incident with the targets that were missed in it.
type MissedBy struct {
	Incident string `json:"incident"`
	Severity string `json:"severity"`
	Title    string `json:"title"`
	// Targets are named once each, those of which several were missed with their number: "Escalations on time (2)".
	Targets []string `json:"targets"`
}

// missed says how many of each target were missed, and in which incidents, those with the most first.
func (b *periodic) missed(incidents []*model.Incident) {
	b.Missed, b.MissedBy = []string{}, []MissedBy{}
	by := map[string]*MissedBy{}
	for _, s := range b.Metrics.Shares {
		if !wanted(s) || len(s.Missed) == 0 {
			continue
		}
		b.Missed = append(b.Missed, s.Title+": "+ratio(s.N-s.Hit, s.N)+" missed")
		times := map[string]int{}
		for _, code := range s.Missed {
			times[code]++
		}
		for code, n := range times {
			if by[code] == nil {
				by[code] = &MissedBy{Incident: code}
			}
			target := s.Title
			if n > 1 {
				target += " (" + strconv.Itoa(n) + ")"
			}
			by[code].Targets = append(by[code].Targets, target)
		}
	}
	for _, inc := range incidents {
		if m := by[inc.Code]; m != nil {
			brief := b.state.Brief(inc, b.now)
			m.Severity, m.Title = brief.Severity, brief.Title
		}
	}
	for _, code := range slices.Sorted(maps.Keys(by)) {
		b.MissedBy = append(b.MissedBy, *by[code])
	}
	slices.SortStableFunc(b.MissedBy, func(x, y MissedBy) int { return cmp.Compare(len(y.Targets), len(x.Targets)) })
}

// wanted reports whether a share is a target: the more, the better.
func wanted(s Share) bool { return s.Name != "user_detected" && s.Name != "repeats" }

func (p *paper) missedTargets() {
	p.sentences("Missed targets", "None was missed.", p.Missed)
	if len(p.MissedBy) == 0 {
		return
	}
	rows := [][]string{}
	for _, m := range p.MissedBy {
		rows = append(rows, []string{m.Incident, m.Severity, m.Title, codes(m.Targets)})
	}
	p.table("Missed, by incident", "", []string{"Incident", "Severity", "Title", "Missed"}, rows)
}
