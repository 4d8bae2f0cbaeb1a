package when

import (
	"fmt"
	"slices"
	"time"
)

// yearsBack is how far a date without a year is looked for: 29 Feb comes at
// most eight years apart.
const yearsBack = 8

// settle turns what was read into a moment.
func (r *reader) settle() (Moment, error) {
	loc := r.zone
	if r.named != nil {
		loc = r.named
	}
	days, err := r.days(loc)
	if err != nil {
		return Moment{}, err
	}
	var all []instant
	for _, d := range days {
		all = append(all, place(d.Year(), d.Month(), d.Day(), r.clock, loc)...)
	}
	slices.SortFunc(all, func(a, b instant) int { return a.t.Compare(b.t) })
	best := r.pick(all)
	m := Moment{At: best.t.UTC(), Precision: r.precision}
	switch {
	case !r.clock.set:
		m.Precision = Day
	case r.clock.hourOnly && r.precision != After:
		m.Precision = Hour
	}
	m.Note = say(m, loc, r.now) + r.remarks(best, m, loc)
	m.Remark = r.passed(m, loc)
	return m, nil
}

// passed says which day a bare clock time was read as where that is not today.
func (r *reader) passed(m Moment, loc *time.Location) string {
	t, now := m.At.In(loc), r.now.In(loc)
	if r.opt.Ahead || r.date.kind != noDate || !t.Before(now) || t.Day() == now.Day() {
		return ""
	}
	return fmt.Sprintf("%s is still to come today, so it is read as that of the day before: %s %s %s; if another day is meant, write the date",
		clockText(t, m.Precision), t.Format("2 Jan"), clockText(t, m.Precision), zoneText(t))
}

// pick chooses among readings in time order: the latest that is not in the
// future, or, for a deadline, the first that is.
func (r *reader) pick(all []instant) instant {
	if r.opt.Ahead {
		for _, c := range all {
			if !c.t.Before(r.now) {
				return c
			}
		}
		return all[len(all)-1]
	}
	limit := r.now.Add(Slack)
	for _, c := range slices.Backward(all) {
		if !c.t.After(limit) {
			return c
		}
	}
	return all[0]
}

// days lists the calendar days the text can mean, each as noon UTC of that
// date, so that only the date counts. It is never empty without an error.
func (r *reader) days(loc *time.Location) ([]time.Time, error) {
	y, mo, d := r.now.In(loc).Date()
	near := func(from, to int) (out []time.Time) {
		for off := from; off <= to; off++ {
			out = append(out, noon(y, mo, d+off))
		}
		return out
	}
	switch r.date.kind {
	case dayOffset:
		days := near(r.date.offset, r.date.offset)
		return days, r.fits(days)
	case dayOfWeek:
		week := near(-7, 1)
		if r.opt.Ahead {
			week = near(0, 7)
		}
		return slices.DeleteFunc(week, func(t time.Time) bool { return t.Weekday() != r.date.weekday }), nil
	case calendar:
		return r.calendarDays(y)
	}
	if r.opt.Ahead {
		return near(0, 2), nil
	}
	return near(-2, 1), nil
}

func (r *reader) calendarDays(thisYear int) ([]time.Time, error) {
	if r.date.y != 0 {
		days := []time.Time{noon(r.date.y, r.date.mo, r.date.d)}
		return days, r.fits(days)
	}
	var days []time.Time
	from, to := thisYear-yearsBack, thisYear+1
	if r.opt.Ahead {
		from, to = thisYear, thisYear+yearsBack
	}
	for y := from; y <= to; y++ {
		if exists(y, r.date.mo, r.date.d) {
			days = append(days, noon(y, r.date.mo, r.date.d))
		}
	}
	if r.date.dayName {
		fit := slices.DeleteFunc(slices.Clone(days), func(t time.Time) bool { return t.Weekday() != r.date.weekday })
		if len(fit) > 0 {
			return fit, nil
		}
	}
	return days, nil
}

// fits checks a weekday written beside a date.
func (r *reader) fits(days []time.Time) error {
	if r.date.dayName && days[0].Weekday() != r.date.weekday {
		return fmt.Errorf("%w: %s is a %s, not a %s", ErrRange, days[0].Format("2 Jan 2006"), days[0].Weekday(), r.date.weekday)
	}
	return nil
}

func noon(y int, mo time.Month, d int) time.Time {
	return time.Date(y, mo, d, 12, 0, 0, 0, time.UTC)
}

// remarks says what a careful reader would want to know of a reading: clock
// changes, a zone that is not in force that day, a time still to come.
func (r *reader) remarks(in instant, m Moment, loc *time.Location) string {
	out := ""
	switch in.shift {
	case gap:
		before := offsetAt(in.other.Add(-time.Second).In(loc))
		from := in.other.UTC().Add(time.Duration(before) * time.Second)
		out = fmt.Sprintf("; that clock time was skipped: clocks went from %s to %s", from.Format("15:04"), in.other.In(loc).Format("15:04"))
	case fold:
		which := "second"
		if in.t.Before(in.other) {
			which = "first"
		}
		out = fmt.Sprintf("; that clock time came twice, this is the %s (%s), write %s for the other",
			which, zoneText(in.t), zoneText(in.other.In(loc)))
	}
	if r.named != nil && r.clock.set {
		local := m.At.In(r.zone)
		if _, ours := r.ownOffset(r.namedWord); ours && zoneText(local) != r.namedWord {
			out += fmt.Sprintf("; read as %s as written, %s keeps %s then (%s)", r.namedWord, r.zone, zoneText(local), local.Format("15:04"))
		}
	}
	if !r.opt.Ahead && m.At.After(r.now.Add(Slack)) && m.Precision != Day {
		out += "; this is in the future"
	}
	return out
}
