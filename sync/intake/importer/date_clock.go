package importer

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"holdfast/model/when"
)

var (
	clockOf    = regexp.MustCompile(`^(\d{1,2})[:.h](\d{2}|\?\?|xx|XX|--)(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?`)
	clockNoMin = regexp.MustCompile(`^(\d{1,2})(?: ?([aApP])\.? ?[mM]\b\.?| ?Uhr\b)`)
	clockBlank = regexp.MustCompile(`^(?:--|––|\?\?|-):(?:--|––|\?\?|-)|^(?i:hh[:.]mm(?:[:.]ss)?)`)
	halfOf     = regexp.MustCompile(`^[ \x{A0}\x{202F}]?([aApP])\.? ?[mM]\b\.?`)
	hourWord   = regexp.MustCompile(`^ ?(?:Uhr|hrs|h)\b`)
	zoneAfter  = regexp.MustCompile(`^( ?)[(\[]?(` +
		`(?:UTC|GMT)?[+−-]\d{1,2}(?::?\d{2})?|[A-Z][A-Za-z]+(?:/[A-Za-z_]+)+|[A-Z]{1,5}|z)[)\]]?`)
)

// scanClock reads a clock; without one the text is given back.
func (st *stamp) scanClock(text string) (string, bool) {
	if m := clockBlank.FindString(text); m != "" {
		st.clock = clockOpen
		if strings.EqualFold(m[:1], "h") {
			st.clock = clockTemplate
		}
		return text[len(m):], true
	}
	if m := clockOf.FindStringSubmatch(text); m != nil && !startsWithDigit(text[len(m[0]):]) {
		st.clock, st.h, st.m, st.s = clockFull, digitsOf(m[1]), digitsOf(m[2]), digitsOf(m[3])
		st.ns = digitsOf((m[4] + "000000000")[:9])
		if !startsWithDigit(m[2]) {
			st.clock = clockHour
		}
		rest := text[len(m[0]):]
		if h := halfOf.FindStringSubmatch(rest); h != nil && st.h <= 23 {
			st.half = strings.ToLower(h[1]) + "m"
			rest = rest[len(h[0]):]
		}
		st.checkClock()
		return rest[len(hourWord.FindString(rest)):], true
	}
	if m := clockNoMin.FindStringSubmatch(text); m != nil {
		st.clock, st.h = clockFull, digitsOf(m[1])
		if m[2] != "" {
			st.half = strings.ToLower(m[2]) + "m"
		}
		st.checkClock()
		return text[len(m[0]):], true
	}
	return text, false
}

func (st *stamp) checkClock() {
	switch {
	case st.half != "" && st.h > 12 && st.half == "pm":
		st.half, st.doubt = "", fmt.Sprintf("%d of the 24-hour clock stands beside PM", st.h)
	case st.half != "" && (st.h > 12 || st.h == 0 && st.half == "pm"):
		st.wrong = either(st.wrong, fmt.Sprintf("%d %s is not on the clock", st.h, st.half))
	case st.half != "":
		if st.h %= 12; st.half == "pm" {
			st.h += 12
		}
	}
	switch {
	case st.h == 24 && st.m == 0 && st.s == 0 && st.clock == clockFull:
		st.doubt = "24:00 was read as the start of the next day"
	case st.h > 23 || st.m > 59 || st.s > 59:
		st.wrong = either(st.wrong, fmt.Sprintf("%02d:%02d:%02d is not on the clock", st.h, st.m, st.s))
	}
}

// scanZone reads the zone behind a clock.
func (st *stamp) scanZone(rest string) string {
	m := zoneAfter.FindStringSubmatch(rest)
	if m == nil || !bounded(rest[len(m[0]):]) || st.clock == clockOpen {
		return rest
	}
	word := strings.Replace(m[2], "−", "-", 1)
	switch {
	case word[0] == '+' || word[0] == '-':
		// 09:00-09:30 is a span of time, and 14:02 -10 a loss of ten.
		full := st.day != dayNone && m[1] == "" || st.clock == clockFull && strings.Count(word, ":") == 1 && word[0] == '+'
		if !full && (m[1] == "" || len(word) < 5 || st.day == dayNone) {
			return rest
		}
	case m[1] == " " && word == "z", len(word) == 1 && !strings.EqualFold(word, "z"):
		return rest
	}
	if generic[word] == "" {
		if _, err := zoneOf(word, nil); errors.Is(err, errNoZone) {
			return rest
		}
	}
	st.zone = word
	return rest[len(m[0]):]
}

// cellStamp reads a cell that holds a time and nothing else.
func cellStamp(cell string) (stamp, bool) {
	cell = strings.Join(strings.Fields(cell), " ")
	if at, ok := epochOf(cell); ok {
		return stamp{epoch: at}, true
	}
	if len(cell) == 4 && digitsOf(cell) <= 2359 && strings.Trim(cell, "0123456789") == "" {
		cell = cell[:2] + ":" + cell[2:]
	}
	st, rest, ok := scanStamp(cell)
	return st, ok && strings.Trim(rest, "*_`]) ") == ""
}

// epochOf reads seconds and milliseconds since 1970. Nine digits would be before
// September 2001.
func epochOf(cell string) (time.Time, bool) {
	whole, part, _ := strings.Cut(cell, ".")
	if strings.Trim(whole+part, "0123456789") != "" || len(part) > 9 {
		return time.Time{}, false
	}
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	var at time.Time
	switch len(whole) {
	case 10:
		at = time.Unix(n, int64(digitsOf((part + "000000000")[:9]))).UTC()
	case 13:
		at = time.UnixMilli(n).UTC()
	default:
		return time.Time{}, false
	}
	return at, !outside(at)
}

var errNoZone = errors.New("no zone")

// generic names the words that stand for a zone in summer and in winter, and
// those that people write in both though they name one half of the year only.
var generic = map[string]string{
	"PT": "America/Los_Angeles", "MT": "America/Denver", "CT": "America/Chicago", "ET": "America/New_York",
}

var seasonal = map[string]string{
	"PST": "America/Los_Angeles", "PDT": "America/Los_Angeles", "EST": "America/New_York", "EDT": "America/New_York",
	"CET": "Europe/Berlin", "CEST": "Europe/Berlin", "MEZ": "Europe/Berlin", "MESZ": "Europe/Berlin", "BST": "Europe/London",
}

// zoneOf finds the zone of a word. own, which may be nil, decides between those of
// an ambiguous one; else it is a Question. The table is that of package when,
// which gives instants: an offset is what noon of a day of it is off.
func zoneOf(word string, own *time.Location) (*time.Location, error) {
	upper := strings.ToUpper(word)
	if name := generic[upper]; name != "" {
		return time.LoadLocation(name)
	}
	switch {
	case upper == "Z" || upper == "UTC":
		return time.UTC, nil
	case upper == "BST":
		return time.FixedZone("BST", 60*60), nil
	case upper == "AM" || upper == "PM" || word == "" || isWeekday(word) || strings.ContainsAny(word, " \t"):
		return nil, errNoZone
	case strings.Contains(word, "/"):
		if loc, err := time.LoadLocation(word); err == nil {
			return loc, nil
		}
	}
	noon := time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC)
	m, err := when.Parse("2026-01-15 12:00 "+word, noon, own)
	switch {
	case errors.Is(err, when.ErrAmbiguous) && own != nil:
		return own, nil
	case errors.Is(err, when.ErrAmbiguous):
		return nil, Question{AskZone, fmt.Sprintf("The zone %s of the file has more than one meaning", upper)}
	case err != nil || m.Precision != when.Exact || m.At.Nanosecond() != 0:
		return nil, errNoZone
	}
	return time.FixedZone(upper, int(noon.Sub(m.At)/time.Second)), nil
}
