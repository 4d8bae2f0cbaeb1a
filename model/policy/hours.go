package policy

import "time"

// Worked gives how much of the time from one moment to another lies in working
// hours: what teams that count support hours call the length of an incident.
// Nothing is worked where to does not come after from.
func (c Calendar) Worked(from, to time.Time) time.Duration {
	if !to.After(from) {
		return 0
	}
	begin, errBegin := clock(c.Begin)
	end, errEnd := clock(c.End)
	if errBegin != nil || errEnd != nil {
		return 0
	}
	zone := c.Location()
	local := from.In(zone)
	day := time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, zone)
	var worked time.Duration
	for range maxSearch {
		y, m, d := day.Date()
		opens := time.Date(y, m, d, begin/60, begin%60, 0, 0, zone)
		if !opens.Before(to) {
			break
		}
		if c.Works(day) {
			closes := time.Date(y, m, d, end/60, end%60, 0, 0, zone)
			worked += max(earlier(closes, to).Sub(later(opens, from)), 0)
			if !to.After(closes) {
				break
			}
		}
		day = time.Date(y, m, d+1, 12, 0, 0, 0, zone)
	}
	return worked
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
