// Package when reads what people type as a time and writes times for rows and
// clocks. It is pure: the present and the zone are passed in.
//
// Reading follows one rule: the nearest sensible moment in the past. An
// incident log is about what has happened, so "14:05" typed at 13:00 is
// yesterday's, and the note of a Moment says so before anything is written.
package when

import (
	"errors"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // a responder's machine may have no zone files, as Windows has none
	"unicode"
	"unicode/utf8"
)

const (
	// MaxInput is the longest text read as a time, in bytes. The longest form,
	// a full date with seconds and an IANA zone, stays under 80.
	MaxInput = 96

	// Slack is how far in the future a bare clock time may lie and still be
	// read as today's: two people's clocks and a rounding to the minute.
	Slack = 5 * time.Minute

	// MaxSpan bounds "-12m" and "T+20m". It is longer than any incident and
	// keeps the arithmetic far from overflow.
	MaxSpan = 10 * 365 * 24 * time.Hour

	// minYear and maxYear catch slips such as 22025-03-18 or 0203-01-01.
	minYear = 1970
	maxYear = 2199
)

var (
	// ErrUnreadable marks text that has no form of a time.
	ErrUnreadable = errors.New("not a time")
	// ErrRange marks text that has the form of a time which no clock or calendar shows.
	ErrRange = errors.New("no such time")
	// ErrAmbiguous marks text that has two readings, named in the message.
	ErrAmbiguous = errors.New("two readings")
)

// Moment is a time as a person knows it: a point and how well it is known.
type Moment struct {
	// At is the point in UTC. For Hour it is the start of the hour, for Day the
	// start of the day in the zone it was read in, for After the time it was after.
	At time.Time
	// Precision says how much of At is known.
	Precision Precision
	// Note says how the text was read, for example
	// "yesterday 23:50 CET = 22:50 UTC". Empty when nothing was read.
	Note string
	// Remark says that a clock time without a date, still ahead today, was read as
	// the one before: people who meant today must hear of it. Empty otherwise.
	Remark string
	// Counted tells that At was counted from now: -12m, an hour ago.
	Counted bool
}

// Options change how text is read. The zero value reads as Parse does.
type Options struct {
	// Start is what T+20m counts from. Zero: such text is refused.
	Start time.Time
	// Ahead reads a bare clock time as the next one, for deadlines.
	Ahead bool
}

// Parse reads text as a time. zone is the writer's (nil means UTC) and holds
// where the text names none. A bare clock time is the latest such time that is
// not more than Slack after now. The error names what was read, what is wrong
// with it and a form that works; it wraps ErrUnreadable, ErrRange or ErrAmbiguous.
func Parse(text string, now time.Time, zone *time.Location) (Moment, error) {
	return Options{}.Parse(text, now, zone)
}

// Parse reads text as the function Parse does, under these options.
func (o Options) Parse(text string, now time.Time, zone *time.Location) (Moment, error) {
	if len(text) > MaxInput {
		return Moment{}, fmt.Errorf("time of %d bytes: %w: at most %d are read; %s", len(text), ErrUnreadable, MaxInput, example)
	}
	m, rest, err := o.read(text, now, zone, false)
	if err != nil {
		return Moment{}, fmt.Errorf("time %q: %w", text, err)
	}
	if rest != "" {
		return Moment{}, fmt.Errorf("time %q: %w: %q is not understood here; %s", text, ErrUnreadable, rest, example)
	}
	return m, nil
}

// Prefix reads a time at the start of text and returns what follows it,
// without the space between. It is stricter than Parse so that the words after
// the time stay words: a date stands before its clock, and an abbreviated zone
// is in capitals.
func (o Options) Prefix(text string, now time.Time, zone *time.Location) (Moment, string, error) {
	head := text
	if len(head) > MaxInput {
		head = head[:MaxInput]
		for len(head) > 0 && !utf8.RuneStart(text[len(head)]) {
			head = head[:len(head)-1]
		}
		// The word cut in two must not be read as a shorter one.
		if i := strings.LastIndexFunc(head, unicode.IsSpace); i >= 0 {
			head = head[:i]
		}
	}
	m, rest, err := o.read(head, now, zone, true)
	if err != nil {
		return Moment{}, text, err
	}
	used := len(head) - len(rest)
	return m, strings.TrimLeftFunc(text[used:], unicode.IsSpace), nil
}

const example = `write 14:05, -12m or "yesterday 23:50"`

// read is Parse and Prefix. rest is a suffix of text, trimmed of space before it.
func (o Options) read(text string, now time.Time, zone *time.Location, prefix bool) (Moment, string, error) {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t'
	}) {
		return Moment{}, "", fmt.Errorf("%w: it holds bytes that are no text; %s", ErrUnreadable, example)
	}
	if zone == nil {
		zone = time.UTC
	}
	words := split(text)
	if len(words) == 0 {
		return Moment{}, "", fmt.Errorf("%w: it is empty; %s", ErrUnreadable, example)
	}
	r := reader{opt: o, now: now.Round(0), zone: zone, words: words, prefix: prefix}
	r.qualifier()
	m, err := r.moment()
	if err != nil {
		return Moment{}, "", err
	}
	if y := m.At.Year(); y < minYear || y > maxYear {
		return Moment{}, "", fmt.Errorf("%w: year %d is outside %d to %d", ErrRange, y, minYear, maxYear)
	}
	rest := ""
	if r.used < len(words) {
		rest = text[words[r.used].at:]
	}
	return m, rest, nil
}

// word is one blank-separated word and its byte offset in the text.
type word struct {
	text, low string
	at        int
}

func split(text string) []word {
	var out []word
	start := -1
	add := func(end int) {
		if start >= 0 {
			out = append(out, word{text: text[start:end], low: strings.ToLower(text[start:end]), at: start})
			start = -1
		}
	}
	for i, c := range text {
		if unicode.IsSpace(c) {
			add(i)
		} else if start < 0 {
			start = i
		}
	}
	add(len(text))
	return out
}
