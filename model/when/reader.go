package when

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// reader holds one reading of one text.
type reader struct {
	opt    Options
	now    time.Time
	zone   *time.Location // the writer's
	words  []word
	prefix bool
	used   int // words read so far

	precision Precision
	date      date
	clock     clock
	named     *time.Location // the zone the text names
	namedWord string
}

// date is what the text says of the day.
type date struct {
	kind    dateKind
	offset  int // days from today
	y       int // 0 where unsaid
	mo      time.Month
	d       int
	weekday time.Weekday
	dayName bool // a weekday stands beside the date and must fit it
}

type dateKind uint8

const (
	noDate dateKind = iota
	dayOffset
	dayOfWeek
	calendar
)

type clock struct {
	set         bool
	h, m, s, ns int
	hourOnly    bool
	twelve      bool // the hour is 1 to 12 with am or pm
}

// qualifier reads "after", "about" and "~" before the time.
func (r *reader) qualifier() {
	w := &r.words[r.used]
	if rest, ok := strings.CutPrefix(w.low, "~"); ok {
		r.precision = Approx
		if rest == "" && r.used+1 < len(r.words) {
			r.used++
			return
		}
		if rest != "" {
			w.low, w.text, w.at = rest, w.text[1:], w.at+1
		}
		return
	}
	if r.used+1 >= len(r.words) {
		return
	}
	switch w.low {
	case "after":
		r.used++
		r.qualifier() // "after ~14:05" is still after
		r.precision = After
	case "about", "around", "approx", "approx.", "ca", "ca.", "circa":
		r.used++
		r.precision = Approx
	}
}

func (r *reader) moment() (Moment, error) {
	if m, ok, err := r.relative(); ok || err != nil {
		return m, err
	}
	if m, ok, err := r.sinceStart(); ok || err != nil {
		return m, err
	}
	if m, ok := r.epoch(); ok {
		return m, nil
	}
	first := r.used
	for next := r.used; next < len(r.words); {
		n, err := r.take(next)
		if err != nil {
			return Moment{}, err
		}
		if n == 0 {
			break
		}
		next += n
		if w := r.words[next-1].low; w != "at" && w != "on" {
			r.used = next
		}
	}
	if r.used == first || (!r.clock.set && r.date.kind == noDate) {
		return Moment{}, fmt.Errorf("%w: %q has no date and no clock; %s", ErrUnreadable, r.words[first].text, example)
	}
	return r.settle()
}

// take reads the words at i and says how many; 0 means they are not part of
// the time.
func (r *reader) take(i int) (int, error) {
	w := r.words[i]
	w.low = strings.TrimSuffix(w.low, ",")
	w.text = strings.TrimSuffix(w.text, ",")
	if w.low == "" {
		return 0, nil
	}
	if (w.low == "at" || w.low == "on") && !r.clock.set {
		return 1, nil
	}
	if n, err := r.takeDate(i, w); n > 0 || err != nil {
		return n, err
	}
	if !r.clock.set {
		if r.prefix && r.date.kind != noDate && !strings.ContainsAny(w.low, ":m") {
			return 0, nil // "yesterday 1405 users", "yesterday 14.25 GB"
		}
		if n, err := r.takeClock(w); n > 0 || err != nil {
			return n, err
		}
	}
	if (w.low == "am" || w.low == "pm") && r.halfOpen() {
		return 1, r.halfDay(w.low)
	}
	if r.named == nil && (r.clock.set || !r.prefix) {
		loc, ok, err := r.zoneOf(w.text, r.prefix)
		if r.prefix && err != nil && strings.Contains(w.text, "/") {
			return 0, nil // a path such as api/checkout, not a zone
		}
		if ok {
			r.named, r.namedWord = loc, strings.ToUpper(w.text)
			return 1, nil
		}
		return 0, err
	}
	return 0, nil
}

// takeClock reads 14:05, 14:05:09.123, 14.05, 1405, 14:??, 2:05pm, 2pm, with a
// zone hanging on it (14:05Z, 14:05+02:00).
func (r *reader) takeClock(w word) (int, error) {
	c, rest, ok := scanClock(w.low)
	if !ok {
		return 0, nil
	}
	if c.h > 23 || c.m > 59 || c.s > 59 {
		return 0, clockRange(c)
	}
	r.clock = c
	switch {
	case rest == "am" || rest == "pm":
		return 1, r.halfDay(rest)
	case rest != "":
		loc, isZone, err := r.zoneOf(w.text[len(w.text)-len(rest):], false)
		if err != nil {
			return 0, err
		}
		if !isZone {
			r.clock = clock{}
			return 0, nil
		}
		r.named, r.namedWord = loc, strings.ToUpper(rest)
	}
	return 1, nil
}

func clockRange(c clock) error {
	switch {
	case c.h == 24 && c.m == 0 && c.s == 0:
		return fmt.Errorf("%w: 24:00 is 00:00 of the next day; write the day and 00:00", ErrRange)
	case c.h > 23:
		return fmt.Errorf("%w: hour %d is not on the clock (0 to 23); %s", ErrRange, c.h, example)
	case c.m > 59:
		return fmt.Errorf("%w: minute %d is not on the clock (0 to 59); %s", ErrRange, c.m, example)
	}
	return fmt.Errorf("%w: second %d is not on the clock (0 to 59); %s", ErrRange, c.s, example)
}

// halfOpen says whether am or pm can follow the clock read so far. In a prefix
// "14:02 am" is the start of a sentence.
func (r *reader) halfOpen() bool {
	c := r.clock
	return c.set && !c.twelve && !c.hourOnly && (!r.prefix || (c.h >= 1 && c.h <= 12))
}

func (r *reader) halfDay(half string) error {
	c := &r.clock
	if c.h < 1 || c.h > 12 {
		return fmt.Errorf("%w: %d %s is not on the clock; write 2:05pm or 14:05", ErrRange, c.h, half)
	}
	c.h %= 12
	if half == "pm" {
		c.h += 12
	}
	c.twelve = true
	return nil
}

// scanClock reads the digits of a clock and returns what hangs on them.
func scanClock(w string) (c clock, rest string, ok bool) {
	h, w := digits(w)
	switch {
	case len(h) == 4 && w == "":
		c.h, c.m = number(h[:2]), number(h[2:])
		c.set = true
		return c, "", true
	case len(h) == 0 || len(h) > 2:
		return c, w, false
	case w == "am" || w == "pm":
		c.h, c.set = number(h), true
		return c, w, true
	case strings.HasPrefix(w, ":??"):
		c.h, c.set, c.hourOnly = number(h), true, true
		return c, w[3:], true
	case w == "" || (w[0] != ':' && w[0] != '.'):
		return c, w, false
	}
	sep := w[0]
	m, w := digits(w[1:])
	if len(m) != 2 {
		return c, w, false
	}
	c.h, c.m, c.set = number(h), number(m), true
	if w == "" || w[0] != sep {
		return c, w, true
	}
	s, w := digits(w[1:])
	if len(s) != 2 {
		return c, w, false
	}
	c.s = number(s)
	if len(w) > 1 && (w[0] == '.' || w[0] == ',') && sep == ':' {
		var frac string
		if frac, w = digits(w[1:]); frac == "" {
			return c, w, false
		}
		c.ns = number((frac + "000000000")[:9])
	}
	return c, w, true
}

func digits(s string) (head, rest string) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	return s[:i], s[i:]
}

// number reads at most nine digits, which its callers have counted.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
