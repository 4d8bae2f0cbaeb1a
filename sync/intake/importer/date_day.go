package importer

import "time"

const halfDay = 12 * 60

// dayFor gives the day of a time, zero where no calendar has it, and remembers
// it for the clocks after it.
func (c *settler) dayFor(st *stamp) (day time.Time, doubt string, err error) {
	minutes := -1
	if st.clock == clockFull || st.clock == clockHour {
		minutes = st.h*60 + st.m
	}
	switch st.day {
	case dayNone:
		if doubt, err = c.bareClock(minutes); err != nil {
			return day, "", err
		}
	case dayRelative:
		if c.o.Day.IsZero() {
			return day, "", Question{AskDay, "The file says Today or Yesterday, and not of which day"}
		}
		y, mo, d := c.o.Day.Date()
		c.day, c.rolled = dayOf(y, int(mo), d).AddDate(0, 0, st.rel), 0
	default:
		if day, err = c.named(st); err != nil || day.IsZero() {
			return day, "the calendar has no such day", err
		}
		c.day, c.rolled = day, 0
	}
	if minutes >= 0 || st.day != dayNone {
		c.last = minutes
	}
	return c.day, doubt, nil
}

// named gives the day of a date, of the nearest year where it names none.
func (c *settler) named(st *stamp) (time.Time, error) {
	mo, d, err := c.monthDay(st)
	if err != nil {
		return time.Time{}, err
	}
	y := st.y
	if y == 0 {
		near, err := c.nearDay()
		if err != nil && err == c.open {
			return near, err
		}
		if err != nil {
			return near, Question{AskDay, "The dates of the file name no year"}
		}
		y = near.Year()
		if !c.day.IsZero() && near.Month() == time.December && mo == 1 {
			y++
		}
	}
	if !inCalendar(y, mo, d) {
		return time.Time{}, nil
	}
	return dayOf(y, mo, d), nil
}

// nearDay is the day of the row before, the day of the options, or one that the
// file names elsewhere. What people say of the day goes before the last: a
// later line may be of a later day.
func (c *settler) nearDay() (time.Time, error) {
	switch {
	case !c.day.IsZero():
		return c.day, nil
	case !c.o.Day.IsZero():
		y, mo, d := c.o.Day.Date()
		return dayOf(y, int(mo), d), nil
	case !c.first.IsZero():
		return c.first, nil
	case c.open != nil:
		return time.Time{}, c.open
	case !c.o.Start.IsZero():
		start := c.o.Start
		if loc, err := c.location(c.zone); err == nil {
			start = start.In(loc)
		}
		y, mo, d := start.Date()
		return dayOf(y, int(mo), d), nil
	}
	return time.Time{}, Question{AskDay, "The times of the file name no day"}
}

// bareClock finds the day of a clock that names none. One that steps back by more
// than half a day is of the next, as a log goes on past midnight.
func (c *settler) bareClock(minutes int) (doubt string, err error) {
	if c.day.IsZero() {
		if c.day, err = c.nearDay(); err != nil {
			return "", err
		}
		if c.o.Day.IsZero() && !c.first.IsZero() {
			doubt = "its day is that of another line"
		}
		return doubt, nil
	}
	switch {
	case minutes < 0 || c.last < 0:
	case c.last-minutes > halfDay:
		c.day, c.rolled = c.day.AddDate(0, 0, 1), c.rolled+1
		doubt = "its clock steps back, so it was read as of the next day"
	case minutes-c.last > halfDay && c.rolled > 0:
		c.day, c.rolled = c.day.AddDate(0, 0, -1), c.rolled-1
		doubt = "its clock steps on by more than half a day, so it was read as of the day before"
	}
	return doubt, nil
}
