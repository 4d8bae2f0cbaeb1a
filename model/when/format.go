package when

import (
	"fmt"
	"time"
)

// Format writes m as a timeline row shows it, in zone (nil means UTC):
// "14:05:09", "~14:05", "14:??", "23 Nov", "after 14:05".
// The day itself stands in the row's day rule, not here.
func Format(m Moment, zone *time.Location) string {
	if zone == nil {
		zone = time.UTC
	}
	t := m.At.In(zone)
	switch m.Precision {
	case Approx:
		return "~" + t.Format("15:04")
	case Hour:
		return t.Format("15") + ":??"
	case Day:
		return t.Format("2 Jan")
	case After:
		return "after " + t.Format("15:04")
	}
	return t.Format("15:04:05")
}

const day = 24 * time.Hour

// Clock writes a length of time for a running clock: "00:47:12", and from a
// day on "3d 02:10". Parts of a second are cut, so that a clock never shows a
// time not yet reached. A negative length carries a minus sign.
func Clock(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign = "-"
		if d == -1<<63 {
			d++ // the one value without a positive twin
		}
		d = -d
	}
	d = d.Truncate(time.Second)
	if d == 0 {
		sign = ""
	}
	h, m, s := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	if d >= day {
		return fmt.Sprintf("%s%dd %02d:%02d", sign, h/24, h%24, m)
	}
	return fmt.Sprintf("%s%02d:%02d:%02d", sign, h, m, s)
}

// Elapsed writes the time since a start: "T+00:47:12", "T+3d 02:10", "T-00:05:00".
// Parse reads it back where the start is given.
func Elapsed(d time.Duration) string {
	if d < 0 {
		return "T" + Clock(d)
	}
	return "T+" + Clock(d)
}

// say writes how a moment was read: the day where it is not today, the time in
// the zone it was read in, and the same in UTC.
func say(m Moment, loc *time.Location, now time.Time) string {
	t := m.At.In(loc)
	out := dayWord(t, now.In(loc))
	if m.Precision == Day {
		if out == "" {
			out = "today "
		}
		return out + "(the day, no time)"
	}
	out += clockText(t, m.Precision) + " " + zoneText(t)
	if _, off := t.Zone(); off == 0 && zoneText(t) == "UTC" {
		return out
	}
	u := m.At.UTC()
	out += " = "
	if u.YearDay() != t.YearDay() || u.Year() != t.Year() {
		out += u.Format("2 Jan ")
	}
	return out + clockText(u, Exact) + " UTC"
}

func clockText(t time.Time, p Precision) string {
	switch {
	case p == Approx:
		return "~" + t.Format("15:04")
	case p == Hour:
		return t.Format("15") + ":??"
	case p == After:
		return "after " + t.Format("15:04")
	case t.Second() != 0 || t.Nanosecond() != 0:
		return t.Format("15:04:05")
	}
	return t.Format("15:04")
}

// dayWord names the day of t seen from now, with a space after it; today is silent.
func dayWord(t, now time.Time) string {
	y, mo, d := now.Date()
	for off, name := range map[int]string{-1: "yesterday ", 0: "", 1: "tomorrow "} {
		n := time.Date(y, mo, d+off, 12, 0, 0, 0, time.UTC)
		if n.Year() == t.Year() && n.YearDay() == t.YearDay() {
			return name
		}
	}
	if t.Year() == now.Year() {
		return t.Format("2 Jan ")
	}
	return t.Format("2 Jan 2006 ")
}

// zoneText is the zone's abbreviation, or its offset where the zone has none.
func zoneText(t time.Time) string {
	name, _ := t.Zone()
	if name == "" || name[0] == '+' || name[0] == '-' {
		return "UTC" + t.Format("-07:00")
	}
	return name
}
