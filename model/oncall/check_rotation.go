package oncall

import (
	"strings"
	"time"
)

// maxLengths bounds the shifts of an uneven rotation: nine weeks of one a day.
const maxLengths = 64

// units are the longest turn of each unit, about a year.
var units = map[string]int{
	UnitHourly: 366 * 24, UnitDaily: 366, UnitWeekly: 52, UnitTwoWeekly: 26, UnitMonthly: 12, UnitUneven: 1,
}

func (c *checker) rotation(where string, r Rotation) rotation {
	out := rotation{unit: r.Unit, every: int64(r.Every), loc: c.rota.loc, end: never, people: r.People, hours: c.hours(where, r.Hours)}
	if r.Zone != "" {
		out.loc = c.zone(where, r.Zone)
	}
	out.tod = c.tod(where, r.Time)
	start := c.date(where+", start", r.Start)
	local := clock{loc: out.loc}
	out.begin = local.at(start + out.tod)
	if r.End != "" {
		out.end = local.at(c.date(where+", end", r.End) + out.tod)
		if out.end <= out.begin {
			c.tell("%s: it ends on %s, which is not after its start on %s; change one of them", where, r.End, r.Start)
		}
	}
	c.people(where, r.People)
	most, ok := units[r.Unit]
	switch {
	case !ok:
		c.tell("%s: the unit %.20q is not known; it is one of %s", where, r.Unit, strings.Join([]string{
			UnitHourly, UnitDaily, UnitWeekly, UnitTwoWeekly, UnitMonthly, UnitUneven,
		}, ", "))
	case r.Every < 1:
		c.tell("%s: a shift of %d units has no length; every is at least 1", where, r.Every)
	case r.Every > most:
		c.tell("%s: every %d is too long for %s; %d is the most", where, r.Every, r.Unit, most)
	default:
		c.only(where, r)
		c.edges(where, r, start, &out)
	}
	return out
}

func (c *checker) people(where string, ids []string) {
	if len(ids) == 0 {
		c.tell("%s: the rotation has no people; name at least one", where)
	}
	if c.count("people in "+where, len(ids), MaxPeople) {
		for _, id := range ids {
			c.person(where, id)
		}
	}
}

// only refuses what has no meaning for the unit: somebody meant another.
func (c *checker) only(where string, r Rotation) {
	weekly := r.Unit == UnitWeekly || r.Unit == UnitTwoWeekly
	for _, f := range []struct {
		name    string
		set, ok bool
	}{
		{"weekday", r.Weekday != "", weekly},
		{"month_day", r.MonthDay != 0, r.Unit == UnitMonthly},
		{"shifts", len(r.Shifts) > 0, r.Unit == UnitUneven},
	} {
		if f.set && !f.ok {
			c.tell("%s: %s has no meaning for %s; take it out or change the unit", where, f.name, r.Unit)
		}
	}
}

// edges computes when turns begin: edge 0 is the last hand-off at or before
// the start, so that a start between hand-offs makes the first turn short.
func (c *checker) edges(where string, r Rotation, start int64, out *rotation) {
	out.anchor, out.edges = start+out.tod, []int64{0}
	switch r.Unit {
	case UnitHourly:
		out.cycle = out.every * 60 * 60
	case UnitDaily:
		out.cycle = out.every * day
	case UnitWeekly, UnitTwoWeekly:
		out.cycle = out.every * 7 * day
		if r.Unit == UnitTwoWeekly {
			out.cycle *= 2
		}
		off := (time.Unix(start, 0).UTC().Weekday() - c.weekday(where, r.Weekday) + 7) % 7
		out.anchor -= int64(off) * day
	case UnitMonthly:
		if r.MonthDay < 1 || r.MonthDay > 31 {
			c.tell("%s: month_day is %d; it is 1 to 31", where, r.MonthDay)
			return
		}
		d := time.Unix(start, 0).UTC()
		out.month, out.mday = d.Year()*12+int(d.Month())-1, r.MonthDay
		if monthDay(out.month, out.mday) > start {
			out.month--
		}
	case UnitUneven:
		c.uneven(where, r.Shifts, out)
	}
}

func (c *checker) uneven(where string, list []Length, out *rotation) {
	if len(list) == 0 {
		c.tell("%s: an uneven rotation has no shifts; say how long each is", where)
		return
	}
	if !c.count("shifts in "+where, len(list), maxLengths) {
		return
	}
	pos := out.tod
	out.edges = out.edges[:0]
	for i, l := range list {
		out.edges = append(out.edges, pos-out.tod)
		end := floorDay(pos) + int64(min(max(l.Days, -1), 400))*day + c.tod(where, l.Time)
		if end-pos < int64(MinShift/time.Second) {
			c.tell("%s: shift %d has no length: it ends %d days after it begins, at %.5s; the least is %s", where, i+1, l.Days, l.Time, MinShift)
			return
		}
		pos = end
	}
	out.cycle = pos - out.tod
	switch {
	case out.cycle > int64(MaxTurn/time.Second):
		c.tell("%s: the shifts together last longer than a year", where)
	case out.cycle%day != 0:
		c.tell("%s: the last shift ends at %.5s, but the next round begins at the rotation's time; let them be the same", where, list[len(list)-1].Time)
	}
}
