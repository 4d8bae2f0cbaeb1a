package policy

import (
	"fmt"
	"slices"
	"sync"
	"time"
)

// Calendar says when people of the room work, for what waits for a business
// day: P3 responses, and the filings counted in business days.
type Calendar struct {
	Zone string `json:"zone"` // IANA
	// Days are the working weekdays, such as "mon".
	Days []string `json:"days"`
	// Begin and End bound the working day, as "09:00".
	Begin string `json:"begin"`
	End   string `json:"end"`
	// Holidays are dates, as "2026-12-25", in the zone.
	Holidays []string `json:"holidays"`
}

var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// USFederal is the calendar of filings counted in US business days: Saturdays,
// Sundays and federal holidays (5 U.S.C. 6103) do not count.
func USFederal() Calendar {
	return Calendar{Zone: "America/New_York", Days: []string{"mon", "tue", "wed", "thu", "fri"}, Begin: "09:00", End: "17:30", Holidays: []string{usFederal}}
}

// usFederal stands for the computed holidays of every year.
const usFederal = "us-federal"

// Location gives the zone of the calendar; UTC where it has none that is known.
func (c Calendar) Location() *time.Location {
	if zone, ok := zones.Load(c.Zone); ok {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return time.UTC
	}
	zones.Store(c.Zone, zone)
	return zone
}

// zones are those looked up before, by name: reading one from disk takes longer
// than all that is computed with it. There are only as many as have a name.
var zones sync.Map

// Works reports whether the date of t, in the calendar's zone, is a business
// day.
func (c Calendar) Works(t time.Time) bool {
	return c.works(t.In(c.Location()))
}

// works is Works of a time in the zone of the calendar.
func (c *Calendar) works(local time.Time) bool {
	if !slices.Contains(c.Days, weekdays[local.Weekday()]) {
		return false
	}
	if len(c.Holidays) == 0 {
		return true // writing the date is most of the work
	}
	if slices.Contains(c.Holidays, local.Format(time.DateOnly)) {
		return false
	}
	return !slices.Contains(c.Holidays, usFederal) || !federalHoliday(local)
}

// maxSearch bounds the search for a business day: a calendar of holidays only
// has none.
const maxSearch = 5000

// Add gives the moment a span after t ends.
func (c Calendar) Add(t time.Time, a After) time.Time {
	switch {
	case !a.Set:
		return time.Time{}
	case a.BusinessDays > 0:
		return c.addBusiness(t, a)
	case a.Months > 0:
		return addMonths(t, a.Months)
	}
	return t.Add(a.Duration)
}

// addBusiness counts business days after the day of t.
func (c Calendar) addBusiness(t time.Time, a After) time.Time {
	local := t.In(c.Location())
	y, m, d := local.Date()
	day := time.Date(y, m, d, 12, 0, 0, 0, local.Location())
	left := a.BusinessDays
	for range maxSearch {
		if left == 0 {
			break
		}
		if day = day.AddDate(0, 0, 1); c.works(day) {
			left--
		}
	}
	hour, minute, _ := local.Clock()
	minute += hour * 60
	if a.Clock >= 0 {
		minute = a.Clock
	}
	y, m, d = day.Date()
	return time.Date(y, m, d, minute/60, minute%60, 0, 0, local.Location()).UTC()
}

// addMonths keeps the day of the month, or takes the last of a shorter one:
// AddDate would run over into the next.
func addMonths(t time.Time, n int) time.Time {
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	last := first.AddDate(0, 1, -1).Day()
	return first.AddDate(0, 0, min(t.Day(), last)-1)
}

// federalHoliday tells the days of 5 U.S.C. 6103(a); one on a Saturday is kept
// on the Friday before, one on a Sunday on the Monday after (6103(b) and
// Executive Order 11582).
func federalHoliday(t time.Time) bool {
	for _, fixed := range []struct {
		month time.Month
		day   int
	}{{time.January, 1}, {time.June, 19}, {time.July, 4}, {time.November, 11}, {time.December, 25}} {
		for _, year := range []int{t.Year(), t.Year() + 1} {
			d := time.Date(year, fixed.month, fixed.day, 0, 0, 0, 0, t.Location())
			switch d.Weekday() {
			case time.Saturday:
				d = d.AddDate(0, 0, -1)
			case time.Sunday:
				d = d.AddDate(0, 0, 1)
			}
			if d.Month() == t.Month() && d.Day() == t.Day() && d.Year() == t.Year() {
				return true
			}
		}
	}
	nth := (t.Day() + 6) / 7
	lastMonday := t.Weekday() == time.Monday && t.AddDate(0, 0, 7).Month() != t.Month()
	switch {
	case t.Weekday() == time.Monday && nth == 3 && (t.Month() == time.January || t.Month() == time.February):
		return true // birthdays of Martin Luther King and of Washington
	case t.Month() == time.May && lastMonday:
		return true // Memorial Day
	case t.Weekday() == time.Monday && nth == 1 && t.Month() == time.September:
		return true // Labor Day
	case t.Weekday() == time.Monday && nth == 2 && t.Month() == time.October:
		return true // Columbus Day
	}
	return t.Weekday() == time.Thursday && nth == 4 && t.Month() == time.November // Thanksgiving
}

func (c Calendar) check() error {
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		return fmt.Errorf("calendar: zone %q is not known; write an IANA name such as Europe/Berlin", c.Zone)
	}
	if len(c.Days) == 0 {
		return fmt.Errorf("calendar: no working days; a deadline in business days would never come")
	}
	for _, d := range c.Days {
		if !slices.Contains(weekdays[:], d) {
			return fmt.Errorf("calendar: %q is no weekday; write mon, tue, wed, thu, fri, sat or sun", d)
		}
	}
	begin, err := clock(c.Begin)
	if err != nil {
		return fmt.Errorf("calendar: begin: %w", err)
	}
	end, err := clock(c.End)
	if err != nil {
		return fmt.Errorf("calendar: end: %w", err)
	}
	if end <= begin {
		return fmt.Errorf("calendar: the working day ends at %s, before it begins at %s", c.End, c.Begin)
	}
	for _, h := range c.Holidays {
		if _, err := time.Parse(time.DateOnly, h); err != nil && h != usFederal {
			return fmt.Errorf("calendar: holiday %q is no date; write 2026-12-25, or us-federal for those of the United States", h)
		}
	}
	return nil
}
