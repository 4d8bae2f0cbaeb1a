package when

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// A zone word stands for a fixed offset, for a zone with clock changes, or for
// several of them: then it is refused, with the candidates.
type zoneWord struct {
	offset     int    // seconds east of UTC
	iana       string // set where the word names a zone, not an offset
	candidates string // set where the word is ambiguous
}

const (
	minute = 60
	hour   = 60 * minute
)

// zoneWords is the whole table of abbreviations. Words used for two zones in
// ordinary English writing are refused rather than guessed: a wrong guess is
// hours off and looks right.
func zoneWords(name string) (zoneWord, bool) {
	switch name {
	case "UTC", "GMT", "Z", "WET":
		return zoneWord{}, true
	case "CET", "MEZ", "WEST", "WAT":
		return zoneWord{offset: hour}, true
	case "CEST", "MESZ", "EET", "SAST", "CAT":
		return zoneWord{offset: 2 * hour}, true
	case "EEST", "MSK", "TRT", "EAT":
		return zoneWord{offset: 3 * hour}, true
	case "PKT":
		return zoneWord{offset: 5 * hour}, true
	case "ICT", "WIB":
		return zoneWord{offset: 7 * hour}, true
	case "SGT", "HKT", "PHT", "AWST":
		return zoneWord{offset: 8 * hour}, true
	case "JST", "KST":
		return zoneWord{offset: 9 * hour}, true
	case "ACST":
		return zoneWord{offset: 9*hour + 30*minute}, true
	case "AEST":
		return zoneWord{offset: 10 * hour}, true
	case "ACDT":
		return zoneWord{offset: 10*hour + 30*minute}, true
	case "AEDT":
		return zoneWord{offset: 11 * hour}, true
	case "NZST":
		return zoneWord{offset: 12 * hour}, true
	case "NZDT":
		return zoneWord{offset: 13 * hour}, true
	}
	return americanZones(name)
}

func americanZones(name string) (zoneWord, bool) {
	switch name {
	case "NST":
		return zoneWord{offset: -3*hour - 30*minute}, true
	case "NDT":
		return zoneWord{offset: -2*hour - 30*minute}, true
	case "BRT", "ART", "ADT":
		return zoneWord{offset: -3 * hour}, true
	case "EDT":
		return zoneWord{offset: -4 * hour}, true
	case "EST", "CDT":
		return zoneWord{offset: -5 * hour}, true
	case "MDT":
		return zoneWord{offset: -6 * hour}, true
	case "MST", "PDT":
		return zoneWord{offset: -7 * hour}, true
	case "PST", "AKDT":
		return zoneWord{offset: -8 * hour}, true
	case "AKST":
		return zoneWord{offset: -9 * hour}, true
	case "HST":
		return zoneWord{offset: -10 * hour}, true
	case "ET":
		return zoneWord{iana: "America/New_York"}, true
	case "CT":
		return zoneWord{iana: "America/Chicago"}, true
	case "MT":
		return zoneWord{iana: "America/Denver"}, true
	case "PT":
		return zoneWord{iana: "America/Los_Angeles"}, true
	}
	return ambiguousZones(name)
}

func ambiguousZones(name string) (zoneWord, bool) {
	candidates := map[string]string{
		"CST": "-06:00 (Chicago), +08:00 (Shanghai) or -05:00 (Havana)",
		"IST": "+05:30 (India), +01:00 (Ireland) or +02:00 (Israel)",
		"BST": "+01:00 (London) or +06:00 (Dhaka)",
		"AST": "-04:00 (Halifax) or +03:00 (Riyadh)",
		"GST": "+04:00 (Dubai) or -02:00 (South Georgia)",
		"AMT": "-04:00 (Manaus) or +04:00 (Yerevan)",
		"SST": "-11:00 (Samoa) or +08:00 (Singapore)",
	}
	c, ok := candidates[name]
	return zoneWord{candidates: c}, ok
}

// zoneOf reads one word as a zone. ok is false where the word is none. strict
// wants abbreviations in capitals, so that "met" in a sentence stays a word.
func (r *reader) zoneOf(w string, strict bool) (loc *time.Location, ok bool, err error) {
	if strict && (w[0] == '+' || w[0] == '-') && !strings.Contains(w, ":") {
		return nil, false, nil // "14:02 -10 pods"
	}
	if loc, ok, err = offsetZone(w); ok || err != nil {
		return loc, ok, err
	}
	upper := strings.ToUpper(w)
	if zw, known := zoneWords(upper); known && (!strict || w == upper) {
		loc, err = r.abbreviation(upper, zw)
		return loc, err == nil, err
	}
	if !strings.Contains(w, "/") {
		return nil, false, nil
	}
	return ianaZone(w)
}

// abbreviation resolves a word of the table. An ambiguous word that the
// writer's own zone uses means that zone: in Chicago, CST is Chicago's.
func (r *reader) abbreviation(name string, zw zoneWord) (*time.Location, error) {
	if zw.iana != "" {
		loc, err := time.LoadLocation(zw.iana)
		if err != nil {
			return nil, fmt.Errorf("%w: zone %s: %w", ErrUnreadable, zw.iana, err)
		}
		return loc, nil
	}
	if zw.candidates == "" {
		if zw.offset == 0 && name == "Z" {
			return time.UTC, nil
		}
		return time.FixedZone(name, zw.offset), nil
	}
	if off, used := r.ownOffset(name); used {
		return time.FixedZone(name, off), nil
	}
	return nil, fmt.Errorf("%w: %s is %s; write the offset, as in 14:05 +05:30", ErrAmbiguous, name, zw.candidates)
}

// ownOffset finds the offset under which the writer's zone uses an
// abbreviation, in either half of the year.
func (r *reader) ownOffset(name string) (int, bool) {
	for _, d := range []time.Duration{0, -182 * day, 182 * day} {
		if n, off := r.now.Add(d).In(r.zone).Zone(); n == name {
			return off, true
		}
	}
	return 0, false
}

// offsetZone reads +02:00, -0530, +2, UTC+2, GMT-05:00.
func offsetZone(w string) (*time.Location, bool, error) {
	s := strings.ToUpper(w)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "UTC"), "GMT")
	if len(s) < 2 || (s[0] != '+' && s[0] != '-') {
		return nil, false, nil
	}
	digits := strings.Replace(s[1:], ":", "", 1)
	if !allDigits(digits) || len(digits) > 4 || len(digits) == 3 {
		return nil, false, nil
	}
	n, _ := strconv.Atoi(digits)
	h, m := n, 0
	if len(digits) == 4 {
		h, m = n/100, n%100
	}
	off := h*hour + m*minute
	if s[0] == '-' {
		off = -off
	}
	if off < -12*hour || off > 14*hour || m > 59 {
		return nil, false, fmt.Errorf("%w: offset %s is outside -12:00 to +14:00", ErrRange, w)
	}
	if off == 0 {
		return time.UTC, true, nil
	}
	return time.FixedZone("", off), true, nil
}

// ianaZone reads a name such as Europe/Berlin, in any case.
func ianaZone(w string) (*time.Location, bool, error) {
	for _, c := range w {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && !strings.ContainsRune("_+-/", c) {
			return nil, false, nil
		}
	}
	for _, name := range []string{w, titleZone(w)} {
		if loc, err := time.LoadLocation(name); err == nil {
			return loc, true, nil
		}
	}
	return nil, false, fmt.Errorf("%w: %q is no time zone; zones are written Europe/Berlin or +01:00", ErrUnreadable, w)
}

func titleZone(w string) string {
	b := []byte(strings.ToLower(w))
	for i, c := range b {
		if (i == 0 || b[i-1] == '/' || b[i-1] == '_' || b[i-1] == '-') && c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// instant is one reading of a local date and clock.
type instant struct {
	t     time.Time
	shift shift
	other time.Time // the other reading of a fold; where a gap ended
}

type shift uint8

const (
	steady shift = iota
	gap          // the local time was skipped: t is as far past the change as it was past the gap's start
	fold         // the local time came twice
)

// place finds the instants at which clocks in loc showed the given time:
// one as a rule, two where clocks were set back. Where they were set forward
// over it there is none, and the time is read with the offset before the change.
func place(y int, mo time.Month, d int, c clock, loc *time.Location) []instant {
	wall := time.Date(y, mo, d, c.h, c.m, c.s, c.ns, time.UTC)
	near := time.Date(y, mo, d, c.h, c.m, c.s, c.ns, loc)
	start, end := near.ZoneBounds()
	offsets := []int{offsetAt(near)}
	if !start.IsZero() {
		offsets = append(offsets, offsetAt(start.Add(-time.Second)))
	}
	if !end.IsZero() {
		offsets = append(offsets, offsetAt(end))
	}
	var out []instant
	for _, off := range offsets {
		t := wall.Add(-time.Duration(off) * time.Second).In(loc)
		if offsetAt(t) != off || (len(out) > 0 && out[0].t.Equal(t)) {
			continue
		}
		out = append(out, instant{t: t})
	}
	switch len(out) {
	case 0:
		return []instant{skipped(wall, near, start, end)}
	case 1:
		return out
	}
	if out[1].t.Before(out[0].t) {
		out[0], out[1] = out[1], out[0]
	}
	out[0].shift, out[0].other = fold, out[1].t
	out[1].shift, out[1].other = fold, out[0].t
	return out[:2]
}

// skipped reads a wall time inside a gap. near is Go's reading of it, which
// lies on one side of the change; the change itself is start or end.
func skipped(wall, near, start, end time.Time) instant {
	change := start
	if start.IsZero() || (!end.IsZero() && end.Sub(near).Abs() < near.Sub(start).Abs()) {
		change = end
	}
	before := offsetAt(change.Add(-time.Second))
	t := wall.Add(-time.Duration(before) * time.Second).In(near.Location())
	return instant{t: t, shift: gap, other: change}
}

func offsetAt(t time.Time) int {
	_, off := t.Zone()
	return off
}
