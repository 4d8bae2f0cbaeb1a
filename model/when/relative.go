package when

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// relative reads -12m, +10m, "12m ago", "in 10 min" and now. ok is false where
// the words are none of these.
func (r *reader) relative() (Moment, bool, error) {
	first := r.words[r.used]
	switch {
	case first.low == "now":
		r.used++
		return r.offset(0), true, nil
	case first.low == "in" && r.used+1 < len(r.words):
		d, n, ok, err := r.span(r.used+1, "")
		if ok {
			r.used += 1 + n
		}
		return r.offset(d), ok, err
	case (first.low[0] == '-' || first.low[0] == '+') && len(first.low) > 1:
		d, n, ok, err := r.span(r.used, first.low[1:])
		if !ok || err != nil {
			return Moment{}, false, err
		}
		if first.low[0] == '-' {
			d = -d
		}
		r.used += n
		return r.offset(d), true, nil
	}
	d, n, ok, err := r.span(r.used, "")
	if !ok || r.used+n >= len(r.words) || r.words[r.used+n].low != "ago" {
		return Moment{}, false, nil
	}
	if err != nil {
		return Moment{}, false, err
	}
	r.used += n + 1
	return r.offset(-d), true, nil
}

func (r *reader) offset(d time.Duration) Moment {
	m := Moment{At: r.now.Add(d).UTC(), Precision: r.precision, Counted: true}
	m.Note = say(m, r.zone, r.now)
	return m
}

// sinceStart reads T+20m, T+00:47:12, T+3d 02:10 and the same with a minus.
func (r *reader) sinceStart() (Moment, bool, error) {
	w := r.words[r.used].low
	if len(w) < 3 || w[0] != 't' || (w[1] != '+' && w[1] != '-') || w[2] < '0' || w[2] > '9' {
		return Moment{}, false, nil
	}
	d, n, ok, err := r.span(r.used, w[2:])
	if err != nil {
		return Moment{}, false, err
	}
	if ok && r.used+n < len(r.words) && strings.HasSuffix(r.words[r.used+n-1].low, "d") {
		if more, isClock := clockSpan(r.words[r.used+n].low); isClock {
			d, n = d+more, n+1
		}
	}
	if !ok {
		if d, ok = clockSpan(w[2:]); !ok {
			return Moment{}, false, fmt.Errorf("%w: after T+ comes a length, as in T+20m or T+00:47", ErrUnreadable)
		}
		n = 1
	}
	if r.opt.Start.IsZero() {
		return Moment{}, false, fmt.Errorf("%w: %s counts from the start, and none is known; %s", ErrUnreadable, r.words[r.used].text, example)
	}
	if w[1] == '-' {
		d = -d
	}
	r.used += n
	m := Moment{At: r.opt.Start.Round(0).Add(d).UTC(), Precision: r.precision}
	m.Note = say(m, r.zone, r.now)
	return m, true, nil
}

// span reads a length of time from the words at i: "12m", "1h30m", "1h 30m",
// "12 min". first, where set, stands for the word at i without its sign. n is
// the number of words read. In a prefix only one word, or a number and its
// unit, is read.
func (r *reader) span(i int, first string) (d time.Duration, n int, ok bool, err error) {
	for i+n < len(r.words) {
		w := r.words[i+n].low
		if n == 0 && first != "" {
			w = first
		}
		step := 1
		if allDigits(w) && i+n+1 < len(r.words) {
			if _, isUnit := unitOf(r.words[i+n+1].low); isUnit {
				w += r.words[i+n+1].low
				step = 2
			}
		}
		part, isSpan := parseSpan(w)
		if !isSpan {
			break
		}
		n += step
		d += part
		if d > MaxSpan {
			return 0, n, true, fmt.Errorf("%w: that is more than ten years; write the date, as in 2026-11-23 14:05", ErrRange)
		}
		if r.prefix && first != "" {
			break
		}
	}
	return d, n, n > 0, nil
}

// parseSpan reads one word such as 1h30m or 1.5h. Each number is at most six
// digits, which keeps the sum of a word far from overflow.
func parseSpan(w string) (time.Duration, bool) {
	var total time.Duration
	for w != "" {
		i := strings.IndexFunc(w, func(c rune) bool { return (c < '0' || c > '9') && c != '.' })
		if i <= 0 || i > 6 {
			return 0, false
		}
		num, err := strconv.ParseFloat(w[:i], 64)
		if err != nil {
			return 0, false
		}
		w = w[i:]
		j := strings.IndexFunc(w, func(c rune) bool { return c >= '0' && c <= '9' })
		if j < 0 {
			j = len(w)
		}
		unit, ok := unitOf(w[:j])
		if !ok {
			return 0, false
		}
		part := num * float64(unit)
		if part > float64(2*MaxSpan) {
			part = float64(2 * MaxSpan) // the caller refuses it as too long
		}
		if total += time.Duration(part); total > 2*MaxSpan {
			total = 2 * MaxSpan
		}
		w = w[j:]
	}
	return total, true
}

func unitOf(w string) (time.Duration, bool) {
	switch w {
	case "s", "sec", "secs", "second", "seconds":
		return time.Second, true
	case "m", "min", "mins", "minute", "minutes":
		return time.Minute, true
	case "h", "hr", "hrs", "hour", "hours":
		return time.Hour, true
	case "d", "day", "days":
		return day, true
	case "w", "week", "weeks":
		return 7 * day, true
	}
	return 0, false
}

// ParseSpan reads a length of time as people type it: "10m", "1h30m", "90 min".
// It refuses zero, and more than MaxSpan.
func ParseSpan(text string) (time.Duration, error) {
	if len(text) > MaxInput {
		return 0, fmt.Errorf("length of %d bytes: %w: write 10m or 1h30m", len(text), ErrUnreadable)
	}
	r := reader{words: split(text)}
	d, n, ok, err := r.span(0, "")
	if err != nil {
		return 0, fmt.Errorf("length %q: %w", text, err)
	}
	if !ok || n != len(r.words) || d == 0 {
		return 0, fmt.Errorf("length %q: %w: write 10m or 1h30m", text, ErrUnreadable)
	}
	return d, nil
}

// clockSpan reads 00:47:12 or 02:10 as hours, minutes and seconds.
func clockSpan(w string) (time.Duration, bool) {
	parts := strings.Split(w, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	var d time.Duration
	unit := time.Hour
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || !allDigits(p) || len(p) > 3 || (i > 0 && (n > 59 || len(p) != 2)) {
			return 0, false
		}
		d += time.Duration(n) * unit
		unit /= 60
	}
	return d, true
}

// epoch reads seconds (9 or 10 digits, with a fraction as chat exports write
// it), milliseconds (13) and microseconds (16, as in a chat link with a p
// before it) since 1970.
func (r *reader) epoch() (Moment, bool) {
	w := strings.TrimPrefix(r.words[r.used].low, "p")
	whole, frac, _ := strings.Cut(w, ".")
	if !allDigits(whole) || (frac != "" && (!allDigits(frac) || len(frac) > 9 || len(whole) != 10)) {
		return Moment{}, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return Moment{}, false
	}
	var t time.Time
	switch len(whole) {
	case 9, 10:
		ns, _ := strconv.ParseInt((frac + "000000000")[:9], 10, 64)
		t = time.Unix(n, ns)
	case 13:
		t = time.UnixMilli(n)
	case 16:
		t = time.UnixMicro(n)
	default:
		return Moment{}, false
	}
	r.used++
	m := Moment{At: t.UTC(), Precision: r.precision}
	m.Note = say(m, r.zone, r.now)
	return m, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
