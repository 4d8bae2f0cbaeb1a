package importer

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
)

// loose is a text of another system. A number or a truth value is its text, and of
// an object it is the member text: one member of an odd type fails no file.
type loose string

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (l *loose) UnmarshalJSON(b []byte) error {
	*l = ""
	var s string
	switch {
	case bytes.HasPrefix(b, []byte(`"`)):
		if json.Unmarshal(b, &s) == nil {
			*l = loose(s)
		}
	case bytes.HasPrefix(b, []byte("{")):
		// One level only: going deeper would read a nest of objects once a level.
		var o struct {
			Text json.RawMessage `json:"text"`
		}
		if json.Unmarshal(b, &o) == nil && json.Unmarshal(o.Text, &s) == nil {
			*l = loose(s)
		}
	case !bytes.HasPrefix(b, []byte("[")) && !bytes.Equal(b, []byte("null")):
		*l = loose(b)
	}
	return nil
}

// looseRef is what other systems write for a person, a service or a priority.
type looseRef struct {
	ID      loose `json:"id"`
	Type    loose `json:"type"`
	Summary loose `json:"summary"`
}

// looseObject decodes an object as far as its members have the types wanted.
func looseObject(b []byte, into any) error {
	if !bytes.HasPrefix(bytes.TrimSpace(b), []byte("{")) {
		return errors.New("it is no object")
	}
	var odd *json.UnmarshalTypeError
	if err := json.Unmarshal(b, into); err != nil && !errors.As(err, &odd) {
		return err
	}
	return nil
}

// wellFormed says where a file is broken JSON. The error wraps ErrInvalid.
func wellFormed(b []byte) error {
	var all json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return fmt.Errorf("%w: %s", ErrInvalid, jsonMistake(b, err))
	}
	return nil
}

// looseList gives the elements of a list one by one: one that is odd fails no
// other, and a long list is not held twice. The error wraps ErrInvalid.
func looseList(what string, b []byte, each func(n int, raw json.RawMessage) error) error {
	if err := wellFormed(b); err != nil {
		return fmt.Errorf("%w, in %s", err, what)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return fmt.Errorf("%w: %s is no list", ErrInvalid, what)
	}
	for n := 1; d.More(); n++ {
		if n > MaxEntries {
			return fmt.Errorf("%w: %s has more than %d elements", ErrInvalid, what, MaxEntries)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return fmt.Errorf("%w: %s: %v", ErrInvalid, what, err)
		}
		if err := each(n, raw); err != nil {
			return err
		}
	}
	return nil
}

// unreadElement parks an element of a list that cannot be read.
func (s *story) unreadElement(where string, raw json.RawMessage, why string) {
	s.untimed(where, cut(strings.ToValidUTF8(string(raw), "\uFFFD"), 200), why)
}

// The ways of writing a time with its zone, and without one.
var (
	zonedTimes    = [...]string{time.RFC3339Nano, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 UTC"}
	zonelessTimes = [...]string{time.DateTime, "2006-01-02T15:04:05"}
)

// looseTime reads a time: RFC 3339 and its kin, or milliseconds since 1970. What
// names no zone is in the zone. Without a time, doubt says why; the error is a
// Question.
func looseTime(text loose, zone *time.Location) (at time.Time, doubt string, err error) {
	word := strings.TrimSpace(string(text))
	if word == "" {
		return at, "it has no time", nil
	}
	ms, numErr := strconv.ParseFloat(word, 64)
	at, known := looseMillis(ms), numErr == nil
	for n := 0; n < len(zonedTimes) && !known; n++ {
		t, err := time.Parse(zonedTimes[n], word)
		at, known = t, err == nil
	}
	for n := 0; n < len(zonelessTimes) && !known; n++ {
		t, err := time.ParseInLocation(zonelessTimes[n], word, cmp.Or(zone, time.UTC))
		if at, known = t, err == nil; known && zone == nil {
			return time.Time{}, "", Question{Asks: AskZone, Why: fmt.Sprintf("the time %.40q names no zone", word)}
		}
	}
	switch {
	case !known:
		return time.Time{}, fmt.Sprintf("%.60q is no time", word), nil
	case outside(at):
		return time.Time{}, fmt.Sprintf("its time %.60q is outside the years %d to %d", word, minYear, maxYear), nil
	}
	return at.UTC().Truncate(time.Millisecond), "", nil
}

// looseMillis gives the zero time for what no calendar holds. A number that would
// be a time before 1973 counts seconds.
func looseMillis(ms float64) time.Time {
	if ms > 1e8 && ms < 1e11 {
		ms *= 1000
	}
	if !(ms > 1e8 && ms < 1e13) { // NaN too, and a day such as 20260317
		return time.Time{}
	}
	return time.UnixMilli(int64(ms))
}

// looseLater adds a span of so many units; false where it is none, or runs out of
// the calendar.
func looseLater(at time.Time, n loose, unit time.Duration) (time.Time, bool) {
	f, err := strconv.ParseFloat(strings.TrimSpace(string(n)), 64)
	if err != nil || at.IsZero() || math.IsNaN(f) || f <= 0 || f*float64(unit) > float64(200*365*24*time.Hour) {
		return time.Time{}, false
	}
	at = at.Add(time.Duration(f * float64(unit)).Truncate(time.Millisecond))
	return at, !outside(at)
}

// gatherTimeless keeps what stands in a file of several incidents and has no time:
// alone it would be no incident, so it stands in the one before it.
func gatherTimeless(stories []story) []story {
	timed := func(s story) bool {
		return slices.ContainsFunc(s.rows, func(r Row) bool { return !r.Log.At.IsZero() })
	}
	first := slices.IndexFunc(stories, timed)
	if first < 0 {
		return stories
	}
	list := []story{stories[first]}
	for n, s := range stories {
		switch {
		case n == first:
		case timed(s):
			list = append(list, s)
		default:
			last := &list[len(list)-1]
			for _, r := range s.rows {
				r.Doubt += "; it may be of another incident: " + cut(either(s.Declare.Title, s.Declare.Source, "unknown"), model.MaxTitle)
				last.rows = append(last.rows, r)
			}
		}
	}
	return list
}

// looseName makes a text of a file fit to name a source.
func looseName(text loose) string { return strings.Join(strings.Fields(string(text)), " ") }

// Two patterns of phone numbers, after what is none: mail addresses, days and
// addresses of machines. The wide one is for texts about calls; elsewhere a row of
// digits may as well be an id.
var (
	noPhone    = `([^\s@]+@[^\s@]+|\b\d{4}-\d\d-\d\d\b|\b\d{1,3}(?:\.\d{1,3}){3}\b)|`
	widePhone  = regexp.MustCompile(noPhone + `\+?\(?\d[\d ().\-/]{5,}\d`)
	plainPhone = regexp.MustCompile(noPhone + `\+\(?\d[\d ().\-/]{5,}\d`)
)

// maskPhones leaves the last two digits of phone numbers: who was called is told
// by name, and the number is private.
func maskPhones(phone *regexp.Regexp, text string) string {
	return phone.ReplaceAllStringFunc(text, func(found string) string {
		if phone.FindStringSubmatch(found)[1] == found {
			return found
		}
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, found)
		return "…" + digits[len(digits)-2:]
	})
}

// countOf gives a number with its noun.
func countOf(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
