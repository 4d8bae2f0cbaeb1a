package oncall

import (
	"math"
	"slices"
	"time"

	"holdfast/model/when"
)

// day is a calendar day in seconds.
const day = 24 * 60 * 60

// span is a time from, up to and without until, in Unix seconds.
type span struct{ from, until int64 }

// seg is a shift while it is computed.
type seg struct {
	span
	person string
	by     *change        // nil: the rotation
	loc    *time.Location // whose nights and weekends it has
}

// change is an override or a swap. It is shared and never written.
type change struct {
	why             Why
	instead, reason string
}

func (s seg) why() Why {
	if s.by == nil {
		return ByRotation
	}
	return s.by.why
}

// clock turns wall-clock times of a zone into instants. It remembers the last
// offset, since most come from between the same two clock changes.
type clock struct {
	loc        *time.Location
	off        int64
	start, end int64 // of the offset
}

// at is the instant of a wall-clock time in seconds since 1970-01-01 00:00 there.
// It never goes back as wall goes on.
func (c *clock) at(wall int64) int64 {
	// No zone sets its clock by more than a day, so that a time further from
	// the last change cannot have been shown before it.
	if t := wall - c.off; c.start+2*day <= t && t < c.end {
		return t
	}
	at, _ := when.Local(time.Unix(wall, 0).UTC(), c.loc)
	c.keep(at)
	return at.Unix()
}

// wall is the wall-clock time at an instant.
func (c *clock) wall(t int64) int64 {
	if t < c.start || t >= c.end {
		c.keep(time.Unix(t, 0).In(c.loc))
	}
	return t + c.off
}

func (c *clock) keep(at time.Time) {
	start, end := at.ZoneBounds()
	c.start, c.end = math.MinInt64/2, math.MaxInt64/2
	if !start.IsZero() {
		c.start = start.Unix()
	}
	if !end.IsZero() {
		c.end = end.Unix()
	}
	_, off := at.Zone()
	c.off = int64(off)
}

// overlay puts over on base: both in order and without overlaps within
// themselves. over is taken over by the result.
func overlay(base, over []seg) []seg {
	switch {
	case len(over) == 0:
		return base
	case len(base) == 0:
		return over
	}
	out := make([]seg, 0, len(base)+2*len(over))
	for _, b := range base {
		for len(over) > 0 && over[0].until <= b.from {
			out, over = append(out, over[0]), over[1:]
		}
		for len(over) > 0 && over[0].from < b.until && b.from < b.until {
			o := &over[0]
			if b.from < o.from {
				left := b
				left.until = o.from
				out = append(out, left)
			}
			if o.by != nil && o.by.instead == "" {
				o.loc, o.by = b.loc, &change{o.by.why, b.person, o.by.reason}
			}
			b.from = min(o.until, b.until)
			if o.until <= b.until {
				out, over = append(out, *o), over[1:]
			}
		}
		if b.from < b.until {
			out = append(out, b)
		}
	}
	return append(out, over...)
}

// within cuts segs to spans, both in order.
func within(segs []seg, spans []span) []seg {
	var out []seg
	for _, s := range segs {
		for len(spans) > 0 && spans[0].until <= s.from {
			spans = spans[1:]
		}
		for _, w := range spans {
			if w.from >= s.until {
				break
			}
			cut := s
			cut.from, cut.until = max(s.from, w.from), min(s.until, w.until)
			out = append(out, cut)
		}
	}
	return out
}

// without gives what of spans no seg covers, all in order.
func without(spans []span, segs []seg) []span {
	var out []span
	for _, w := range spans {
		for len(segs) > 0 && segs[0].until <= w.from {
			segs = segs[1:]
		}
		for _, s := range segs {
			if s.from >= w.until {
				break
			}
			if w.from < s.from {
				out = append(out, span{w.from, s.from})
			}
			w.from = max(w.from, s.until)
		}
		if w.from < w.until {
			out = append(out, w)
		}
	}
	return out
}

// shared counts the seconds of s within spans in order.
func shared(s span, spans []span) (n int64) {
	i, _ := slices.BinarySearchFunc(spans, s.from, func(w span, t int64) int {
		if w.until <= t {
			return -1
		}
		return 1
	})
	for ; i < len(spans) && spans[i].from < s.until; i++ {
		n += min(s.until, spans[i].until) - max(s.from, spans[i].from)
	}
	return n
}

// hours is Hours, ready for use: minutes counted in seconds from midnight.
type hours struct {
	on       [7]bool
	from, to int64
}

// spans gives the times of several hours that touch [from, until), in order
// and joined where they meet.
func spans(list []hours, loc *time.Location, from, until int64) []span {
	c := clock{loc: loc}
	var out []span
	for d := floorDay(c.wall(from)) - 2*day; d <= c.wall(until); d += day {
		weekday := time.Unix(d, 0).UTC().Weekday()
		for _, h := range list {
			to := d + h.to
			if h.to <= h.from {
				to += day
			}
			if s := (span{c.at(d + h.from), c.at(to)}); h.on[weekday] && s.from < s.until && s.until > from && s.from < until {
				out = append(out, s)
			}
		}
	}
	return joined(out)
}

func joined(list []span) []span {
	slices.SortFunc(list, func(a, b span) int { return int(max(-1, min(1, a.from-b.from))) })
	var out []span
	for _, s := range list {
		if n := len(out); n > 0 && s.from <= out[n-1].until {
			out[n-1].until = max(out[n-1].until, s.until)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// floorDay is the midnight at or before a wall-clock time.
func floorDay(wall int64) int64 { return floorDiv(wall, day) * day }

// floorDiv divides and rounds down, below zero too. n is positive.
func floorDiv(a, n int64) int64 {
	q := a / n
	if a%n < 0 {
		q--
	}
	return q
}
