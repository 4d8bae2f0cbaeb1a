package importer

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"holdfast/model/when"
)

// maxContentLine bounds a line of a calendar after unfolding, in bytes. A shift
// needs a few hundred; long descriptions are not read.
const maxContentLine = 16 << 10

// icalLine is a content line of RFC 5545, with where it stands in the file.
type icalLine struct {
	line   int
	name   string
	params map[string][]string
	value  string
}

func (l icalLine) param(name string) string {
	if v := l.params[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// icalLines splits a calendar into content lines. Lines that are none are named
// in bad: files in use have them.
func icalLines(b []byte) (lines []icalLine, bad []BadRow) {
	raw := strings.Split(strings.TrimPrefix(string(b), "\ufeff"), "\n")
	for i := 0; i < len(raw); i++ {
		at, text := i+1, strings.TrimSuffix(raw[i], "\r")
		size := len(text)
		parts := []string{text}
		for i+1 < len(raw) && (strings.HasPrefix(raw[i+1], " ") || strings.HasPrefix(raw[i+1], "\t")) {
			i++
			parts = append(parts, strings.TrimSuffix(raw[i][1:], "\r"))
			size += len(raw[i])
		}
		if size == 0 {
			continue
		}
		if size > maxContentLine {
			bad = append(bad, BadRow{at, fmt.Sprintf("it has more than %d bytes and was not read", maxContentLine)})
			continue
		}
		text = strings.Join(parts, "")
		p, err := ics.ParseProperty(ics.ContentLine(text))
		if err != nil || p == nil || !utf8.ValidString(text) {
			bad = append(bad, BadRow{at, "it is no line of a calendar"})
			continue
		}
		l := icalLine{line: at, name: strings.ToUpper(p.IANAToken), params: map[string][]string{}, value: p.Value}
		for k, v := range p.ICalParameters {
			l.params[strings.ToUpper(k)] = v
		}
		lines = append(lines, l)
	}
	return lines, bad
}

// icalTime is a date-time as it is written: a wall-clock time and its zone.
type icalTime struct {
	wall time.Time // the date and time of day, as if in UTC
	loc  *time.Location
	date bool // a day without a time
}

func (t icalTime) at() time.Time { return instant(t.wall, t.loc) }

// instant reads a wall-clock time that clocks skip as RFC 5545 (3.3.5) does.
func instant(wall time.Time, loc *time.Location) time.Time {
	at, skipped := when.Local(wall, loc)
	return at.Add(skipped).UTC()
}

// times reads the values of DTSTART, DTEND, RECURRENCE-ID, RDATE and EXDATE.
func (c *calendar) times(l icalLine) ([]icalTime, error) {
	loc := c.floating
	if id := l.param("TZID"); id != "" {
		var ok bool
		if loc, ok = c.zone(id); !ok {
			return nil, fmt.Errorf("the zone %.60q is not known; export the calendar with zones such as Europe/Berlin", id)
		}
	}
	var out []icalTime
	for _, text := range strings.Split(l.value, ",") {
		t := icalTime{loc: loc}
		var err error
		text, _, _ = strings.Cut(strings.TrimSpace(text), "/") // a period: its start
		switch {
		case strings.HasSuffix(text, "Z"):
			t.loc = time.UTC
			t.wall, err = time.Parse("20060102T150405Z", text)
		case len(text) == len("20060102"):
			t.date = true
			t.wall, err = time.Parse("20060102", text)
		default:
			t.wall, err = time.Parse("20060102T150405", text)
		}
		if err != nil || t.wall.Year() < minYear || t.wall.Year() > maxYear {
			return nil, fmt.Errorf("%s %.40q is not a time from %d to %d; it is written 20260316T100000", l.name, text, minYear, maxYear)
		}
		out = append(out, t)
	}
	return out, nil
}

// zone finds a TZID: an IANA name, as it is or after a prefix such as
// /freeassociation.sourceforge.net/, what its VTIMEZONE says it is, or a name
// of Windows.
func (c *calendar) zone(id string) (*time.Location, bool) {
	if loc, ok := c.zones[id]; ok {
		return loc, loc != nil
	}
	names := []string{id, c.located[id], windowsZones[id]}
	if parts := strings.Split(strings.Trim(id, "/"), "/"); len(parts) > 2 {
		names = append(names, strings.Join(parts[len(parts)-2:], "/"))
	}
	for _, name := range names {
		if name == "" || name == "Local" {
			continue
		}
		if loc, err := time.LoadLocation(name); err == nil {
			c.zones[id] = loc
			return loc, true
		}
	}
	c.zones[id] = nil
	return nil, false
}

// icalDuration reads P7D, PT12H30M or P1W. Days are calendar days, the rest is
// exact; both are added to a wall-clock time here.
func icalDuration(s string) (time.Duration, error) {
	bad := errors.New("a DURATION is written P7D or PT12H")
	rest, ok := strings.CutPrefix(strings.TrimPrefix(s, "+"), "P")
	if !ok || rest == "" {
		return 0, bad
	}
	var sum time.Duration
	clock := false
	for rest != "" {
		if rest[0] == 'T' && !clock {
			clock, rest = true, rest[1:]
			continue
		}
		i := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if i < 1 || i > 5 {
			return 0, bad
		}
		n, err := strconv.Atoi(rest[:i])
		if err != nil {
			return 0, bad
		}
		unit, ok := map[string]time.Duration{
			"W": 7 * 24 * time.Hour, "D": 24 * time.Hour, "TH": time.Hour, "TM": time.Minute, "TS": time.Second,
		}[map[bool]string{true: "T"}[clock]+rest[i:i+1]]
		if !ok {
			return 0, bad
		}
		sum += time.Duration(n) * unit
		rest = rest[i+1:]
	}
	return sum, nil
}
