package when

import "time"

// Local finds the instant at which clocks in loc first showed wall, of which
// only the date and the time of day count. Where clocks were set forward over
// it, at is the first instant after the gap and skipped how far into the gap
// the time lies; RFC 5545 (3.3.5) reads such a time as at plus skipped.
func Local(wall time.Time, loc *time.Location) (at time.Time, skipped time.Duration) {
	y, mo, d := wall.Date()
	h, m, s := wall.Clock()
	first := place(y, mo, d, clock{h: h, m: m, s: s, ns: wall.Nanosecond()}, loc)[0]
	if first.shift == gap {
		return first.other, first.t.Sub(first.other)
	}
	return first.t, 0
}
