package model

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// setMilestones adds milestones to the fields of an incident. Names may be
// written with _ for the hyphen, as JSON does. Those that another record tells are
// kept as it does.
func (p *Planner) setMilestones(fields map[string]string, milestones map[string]time.Time, told bool) error {
	for _, name := range slices.Sorted(maps.Keys(milestones)) {
		known, err := choose("milestone", strings.ReplaceAll(name, "_", "-"), Milestones[:])
		if err != nil {
			return err
		}
		at := milestones[name]
		if y := at.UTC().Year(); y < 1 || y > 9999 {
			return refuse("the time of milestone %s is in the year %d", known, y)
		}
		if !told {
			at = p.clocked(at)
		}
		fields[FieldMilestone(known)] = FormatTime(at)
	}
	return nil
}

// causes lists which milestone cannot come before which: nobody sees what has
// not begun. A cause may be found long after the resolution, and an incident
// declared after all is over, so neither is listed.
var causes = [...]struct{ first, then string }{
	{"started", "detected"},
	{"started", "acknowledged"},
	{"started", "cause-found"},
	{"started", "mitigated"},
	{"started", "resolved"},
	{"detected", "acknowledged"},
	{"detected", "declared"},
	{"detected", "resolved"},
	{"mitigated", "resolved"},
	{"resolved", "closed"},
}

// ClocksApart is how far the clock of one who writes a time may be ahead of ours.
const ClocksApart = 5 * time.Minute

// possible refuses milestones to be written that are still to come, or stand
// before their cause.
func (p *Planner) possible(now func(field string) (time.Time, bool), written map[string]string) error {
	for _, name := range Milestones {
		if at, ok := parseTime(written[FieldMilestone(name)]); ok && at.Sub(p.Now) > ClocksApart {
			return doubt("%s at %s is still to come: it is %s now; nothing was changed. Correct the time, or confirm it (--confirm) if it is so",
				name, stampText(at), stampText(p.Now))
		}
	}
	return inOrderOfCause(now, written)
}

// inOrderOfCause refuses milestones to be written that stand before their
// cause, among themselves or with what now holds.
func inOrderOfCause(now func(field string) (time.Time, bool), written map[string]string) error {
	for _, c := range causes {
		first, firstNew := written[FieldMilestone(c.first)]
		then, thenNew := written[FieldMilestone(c.then)]
		if !firstNew && !thenNew {
			continue
		}
		a, okA := parseTime(first)
		if !firstNew {
			a, okA = now(FieldMilestone(c.first))
		}
		b, okB := parseTime(then)
		if !thenNew {
			b, okB = now(FieldMilestone(c.then))
		}
		if okA && okB && b.Before(a) {
			return doubt("%s at %s would come before %s at %s; nothing was changed. Correct the time, or confirm it (--confirm) if it is so",
				c.then, stampText(b), c.first, stampText(a))
		}
	}
	return nil
}

func stampText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05") + " UTC" }
