package oncall

import "time"

// rotation is a Rotation, ready for use. Its turns are numbered from 0; turn k
// lasts from edge k to edge k+1.
type rotation struct {
	unit   string
	every  int64
	anchor int64   // wall-clock time of edge 0
	cycle  int64   // wall-clock seconds from a round's start to the next; not for months
	edges  []int64 // of a round, from its start; the first is 0
	month  int     // of edge 0, counted from year 0, and
	mday   int     // the day of the month wished for
	tod    int64   // the hand-off as seconds from midnight

	begin, end int64 // instants; end may be never
	loc        *time.Location
	people     []string
	hours      []hours
}

// never is later than any time a document may name.
const never = int64(1) << 40

// edge is the wall-clock time at which turn k begins.
func (r *rotation) edge(k int64) int64 {
	if r.unit != UnitMonthly {
		n := int64(len(r.edges))
		round := floorDiv(k, n)
		return r.anchor + round*r.cycle + r.edges[k-round*n]
	}
	return monthDay(r.month+int(k*r.every), r.mday) + r.tod
}

// monthDay is the midnight of a day of a month counted from year 0, or of the
// month's last day where it is shorter.
func monthDay(month, d int) int64 {
	y, m := month/12, time.Month(month%12+1)
	last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(y, m, min(d, last), 0, 0, 0, 0, time.UTC).Unix()
}

// turn is the number of the turn at an instant; below 0 before the first.
func (r *rotation) turn(t int64, c *clock) int64 {
	wall := c.wall(t)
	var k int64
	if r.unit == UnitMonthly {
		d := time.Unix(wall, 0).UTC()
		k = floorDiv(int64(d.Year()*12+int(d.Month())-1-r.month), r.every)
	} else {
		k = floorDiv(wall-r.anchor, r.cycle) * int64(len(r.edges))
	}
	for c.at(r.edge(k+1)) <= t {
		k++
	}
	for c.at(r.edge(k)) > t {
		k--
	}
	return k
}

// segs gives the turns that touch [from, until), whole. who names the person
// of turn k, where turn k-1 began at before.
func (r *rotation) segs(from, until int64, who func(k, before int64) string) []seg {
	c := clock{loc: r.loc}
	from, until = max(from, r.begin), min(until, r.end)
	if from >= until {
		return nil
	}
	k := r.turn(from, &c)
	before, start := c.at(r.edge(k-1)), c.at(r.edge(k))
	out := make([]seg, 0, (until-start)/r.length()+2)
	for start < until {
		next := c.at(r.edge(k + 1))
		if s := (span{max(start, r.begin), min(next, r.end)}); s.from < s.until {
			out = append(out, seg{s, who(k, before), nil, r.loc})
		}
		before, start, k = start, next, k+1
	}
	if len(r.hours) > 0 && len(out) > 0 {
		return within(out, spans(r.hours, r.loc, out[0].from, out[len(out)-1].until))
	}
	return out
}

// person of turn k.
func (r *rotation) person(k int64) string {
	n := int64(len(r.people))
	return r.people[k-floorDiv(k, n)*n]
}

// length of a turn, about, in seconds.
func (r *rotation) length() int64 {
	if r.unit == UnitMonthly {
		return 28 * day * r.every
	}
	return r.cycle / int64(len(r.edges))
}
