package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/model/policy"
)

// Kinds of report.
const (
	Weekly    = "weekly"
	Monthly   = "monthly"
	Quarterly = "quarterly"
	Annual    = "annual"
)

// Kinds lists the kinds of report.
var Kinds = [...]string{Weekly, Monthly, Quarterly, Annual}

// Period is what a report is about, and what it is compared with: as much time
// right before it, for nothing else can be compared.
type Period struct {
	Kind string    `json:"kind"`
	From time.Time `json:"from"`
	// To is not in the period. Where the period is not over, it is now.
	To time.Time `json:"to"`
	// Before begins the time it is compared with, which ends at From.
	Before time.Time `json:"compared_from"`
	// Over is false while the period runs.
	Over bool `json:"over"`
}

// PeriodOf gives the period of a kind that has a day in it, in the zone of the
// calendar. An error says that there is no such kind, or that it is to come.
func PeriodOf(kind string, at, now time.Time, c policy.Calendar) (Period, error) {
	local := at.In(c.Location())
	y, month, d := local.Date()
	var from, to time.Time
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, local.Location()) }
	switch kind {
	case Weekly:
		monday := d - (int(local.Weekday())+6)%7
		from, to = day(y, month, monday), day(y, month, monday+7)
	case Monthly:
		from, to = day(y, month, 1), day(y, month+1, 1)
	case Quarterly:
		first := month - (month-1)%3
		from, to = day(y, first, 1), day(y, first+3, 1)
	case Annual:
		from, to = day(y, 1, 1), day(y+1, 1, 1)
	default:
		return Period{}, fmt.Errorf("there is no report %.40q; there are: %s", kind, strings.Join(Kinds[:], ", "))
	}
	p := Period{Kind: kind, From: from.UTC(), To: to.UTC(), Over: !to.After(now)}
	if from.After(now) {
		return Period{}, fmt.Errorf("the period begins on %s, which is to come; name a day of one that has begun", from.Format(time.DateOnly))
	}
	if !p.Over {
		p.To = now.UTC()
	}
	p.Before = p.From.Add(-p.To.Sub(p.From))
	return p, nil
}

// trend lists the periods before this one, of its length each, the oldest
// first; it ends with this one.
func (p Period) trend(n int) []Period {
	list := []Period{p}
	for range n - 1 {
		length := p.To.Sub(p.From)
		p.To = p.From
		p.From = p.To.Add(-length)
		list = append(list, p)
	}
	slices.Reverse(list)
	return list
}
