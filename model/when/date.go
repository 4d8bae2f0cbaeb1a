package when

import (
	"fmt"
	"strings"
	"time"
)

// takeDate reads the day: today, yesterday, Mon, 2026-11-23, 23.11., 23 Nov,
// Nov 23 and those with a year. In a prefix the date stands before the clock.
func (r *reader) takeDate(i int, w word) (int, error) {
	if r.prefix && r.clock.set {
		return 0, nil
	}
	if wd, ok := weekdayOf(w.low); ok && !r.date.dayName && r.date.kind != dayOfWeek {
		if r.date.kind == noDate {
			r.date = date{kind: dayOfWeek, weekday: wd}
		} else {
			r.date.weekday, r.date.dayName = wd, true
		}
		return 1, nil
	}
	if r.date.kind != noDate && r.date.kind != dayOfWeek {
		return 0, nil
	}
	switch w.low {
	case "today", "yesterday", "tomorrow":
		if r.date.kind == dayOfWeek {
			return 0, nil
		}
		r.date = date{kind: dayOffset, offset: map[string]int{"yesterday": -1, "tomorrow": 1}[w.low]}
		return 1, nil
	}
	d, n, err := r.calendarDate(i, w)
	if n == 0 || err != nil {
		return 0, err
	}
	if r.date.kind == dayOfWeek {
		d.weekday, d.dayName = r.date.weekday, true
	}
	r.date = d
	return n, d.check()
}

func (r *reader) calendarDate(i int, w word) (date, int, error) {
	if d, rest, ok := isoDate(w.low); ok {
		return r.isoTail(d, rest, w)
	}
	if strings.Count(w.low, "/") == 2 && allDigits(strings.ReplaceAll(w.low, "/", "")) {
		return date{}, 0, fmt.Errorf("%w: %s puts the day or the month first; write 2026-11-23", ErrAmbiguous, w.text)
	}
	if d, ok := dottedDate(w.low); ok {
		return d, 1, nil
	}
	var d date
	next := func(k int) string {
		if i+k < len(r.words) {
			return strings.TrimSuffix(r.words[i+k].low, ",")
		}
		return ""
	}
	if mo, ok := monthOf(next(1)); ok && isDay(w.low) {
		d = date{kind: calendar, mo: mo, d: dayNumber(w.low)}
	} else if mo, ok := monthOf(w.low); ok && isDay(next(1)) {
		d = date{kind: calendar, mo: mo, d: dayNumber(next(1))}
	} else {
		return date{}, 0, nil
	}
	if y := next(2); allDigits(y) && len(y) == 4 && number(y) >= minYear && number(y) <= maxYear {
		d.y = number(y)
		return d, 3, nil
	}
	return d, 2, nil
}

// isoTail reads what hangs on an ISO date: T and a clock, or nothing.
func (r *reader) isoTail(d date, rest string, w word) (date, int, error) {
	if rest == "" {
		return d, 1, nil
	}
	if rest[0] != 't' || r.clock.set {
		return date{}, 0, nil
	}
	at := len(w.low) - len(rest) + 1
	n, err := r.takeClock(word{text: w.text[at:], low: w.low[at:]})
	return d, n, err
}

// isoDate reads 2026-11-23 and 2026/11/23 at the start of w.
func isoDate(w string) (d date, rest string, ok bool) {
	y, w := digits(w)
	if len(y) < 4 || len(y) > 5 || len(w) < 4 || (w[0] != '-' && w[0] != '/') {
		return d, "", false
	}
	sep := w[0]
	mo, w := digits(w[1:])
	if len(mo) < 1 || len(mo) > 2 || len(w) < 2 || w[0] != sep {
		return d, "", false
	}
	dd, w := digits(w[1:])
	if len(dd) < 1 || len(dd) > 2 {
		return d, "", false
	}
	return date{kind: calendar, y: number(y), mo: time.Month(number(mo)), d: number(dd)}, w, true
}

// dottedDate reads 23.11. and 23.11.2026, which are day first wherever they
// are written. 23.11 without the last dot is a clock.
func dottedDate(w string) (date, bool) {
	parts := strings.Split(w, ".")
	if len(parts) != 3 || !isDay(parts[0]) || !allDigits(parts[1]) || len(parts[1]) > 2 {
		return date{}, false
	}
	d := date{kind: calendar, d: number(parts[0]), mo: time.Month(number(parts[1]))}
	if parts[2] == "" {
		return d, true
	}
	d.y = number(parts[2])
	return d, allDigits(parts[2]) && len(parts[2]) == 4
}

// check refuses days the calendar does not have.
func (d date) check() error {
	if d.y != 0 && (d.y < minYear || d.y > maxYear) {
		return fmt.Errorf("%w: year %d is outside %d to %d", ErrRange, d.y, minYear, maxYear)
	}
	if d.mo < time.January || d.mo > time.December {
		return fmt.Errorf("%w: month %d is not in the calendar; write 2026-11-23", ErrRange, int(d.mo))
	}
	y := d.y
	if y == 0 {
		y = 2024 // a leap year: 29 Feb without a year finds its own
	}
	if !exists(y, d.mo, d.d) {
		return fmt.Errorf("%w: %d %s is not in the calendar", ErrRange, d.d, d.mo.String()[:3])
	}
	return nil
}

func exists(y int, mo time.Month, d int) bool {
	return d >= 1 && time.Date(y, mo, d, 12, 0, 0, 0, time.UTC).Day() == d
}

func isDay(w string) bool {
	w = ordinal(w)
	return allDigits(w) && len(w) <= 2
}

func dayNumber(w string) int { return number(ordinal(w)) }

// ordinal strips the ending of 1st, 2nd, 3rd, 4th and 23.
func ordinal(w string) string {
	for _, end := range []string{"st", "nd", "rd", "th", "."} {
		if s, ok := strings.CutSuffix(w, end); ok && allDigits(s) {
			return s
		}
	}
	return w
}

func weekdayOf(w string) (time.Weekday, bool) {
	w = strings.TrimSuffix(w, ".")
	for d := time.Sunday; d <= time.Saturday; d++ {
		full := strings.ToLower(d.String())
		if w == full || w == full[:3] || (w == "tues" && d == time.Tuesday) || (w == "thurs" && d == time.Thursday) {
			return d, true
		}
	}
	return 0, false
}

func monthOf(w string) (time.Month, bool) {
	w = strings.TrimSuffix(w, ".")
	for m := time.January; m <= time.December; m++ {
		full := strings.ToLower(m.String())
		if w == full || w == full[:3] || (w == "sept" && m == time.September) {
			return m, true
		}
	}
	return 0, false
}
