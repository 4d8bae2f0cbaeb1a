package importer

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"holdfast/model"
	"holdfast/model/when"
)

// Options are what a file may leave open, and what whoever imports it says.
type Options struct {
	// Zone is that of times that name none; nil where nobody has said it.
	Zone *time.Location
	// Order is how days are written where the file leaves it open.
	Order DateOrder
	// Day is the day of clock times that name none, of which only the date counts;
	// zero where nobody has said it.
	Day time.Time
	// Start is when what is counted from began, as a meeting; zero where nobody
	// has said it.
	Start time.Time
	// Severity is one of the levels here; empty takes what the file says.
	Severity string
	// Name is the name of the file. It names an incident that has no title.
	Name string
}

// DateOrder is the order of day and month in dates such as 3/4/2026.
type DateOrder string

// The orders; the empty one is for the file to show.
const (
	DayFirst   DateOrder = "day-first"
	MonthFirst DateOrder = "month-first"
)

// A Question is the error of a file that can be read once whoever imports it
// says what it leaves open. Nothing was imported.
type Question struct {
	// Asks is one of the Ask constants.
	Asks string
	// Why says what in the file is open, as a whole sentence without its full stop.
	Why string
}

// What a file may ask for: the fields of Options.
const (
	AskZone  = "zone"
	AskOrder = "dates"
	AskDay   = "day"
	AskStart = "start"
)

func (q Question) Error() string { return q.Why + "; nothing was imported" }

// Row is one row of a file, as it was read.
type Row struct {
	Log model.Log
	// Where it stands in the file, such as "line 4".
	Where string
	// Doubt says why it may be read wrongly; empty where the file is plain.
	Doubt string
}

// story gathers what a source tells of one incident.
type story struct {
	Declare  model.Declare
	rows     []Row
	warnings []string
}

// add appends a row. A row without a time gets that of the row before it, when
// the story ends, and the precision after: it is kept, and said to be untimed.
func (s *story) add(where string, at time.Time, p when.Precision, kind, text, doubt string) {
	text = strings.TrimSpace(strings.ToValidUTF8(text, "\uFFFD"))
	if text == "" {
		return
	}
	parts := pieces(text, model.MaxText)
	for n, part := range parts {
		in := where
		if len(parts) > 1 {
			in = fmt.Sprintf("%s, part %d of %d", where, n+1, len(parts))
		}
		s.rows = append(s.rows, Row{Log: model.Log{Text: part, Kind: kind, At: at, Precision: p}, Where: in, Doubt: doubt})
	}
}

// untimed appends a row whose time cannot be read.
func (s *story) untimed(where, text, doubt string) {
	s.add(where, time.Time{}, when.After, model.Kinds[0], text, doubt)
}

func (s *story) warn(format string, args ...any) {
	s.warnings = append(s.warnings, fmt.Sprintf(format, args...))
}

// milestone keeps the earliest of the times told for one.
func (s *story) milestone(name string, at time.Time) {
	if at.IsZero() || outside(at) {
		return
	}
	if s.Declare.Milestones == nil {
		s.Declare.Milestones = map[string]time.Time{}
	}
	if had, ok := s.Declare.Milestones[name]; !ok || at.Before(had) {
		s.Declare.Milestones[name] = at.UTC()
	}
}

// incident ends the story: rows in the order of their times, those without one
// after the row before them in the file. The error wraps ErrInvalid.
func (s *story) incident() (Incident, error) {
	if len(s.rows) > MaxEntries {
		return Incident{}, fmt.Errorf("%w: it has %d rows, the limit is %d", ErrInvalid, len(s.rows), MaxEntries)
	}
	if err := s.placeUntimed(); err != nil {
		return Incident{}, err
	}
	slices.SortStableFunc(s.rows, func(a, b Row) int { return cmp.Compare(a.Log.At.UnixMilli(), b.Log.At.UnixMilli()) })
	d := &s.Declare
	d.Title = cut(strings.Join(strings.Fields(strings.ToValidUTF8(d.Title, "\uFFFD")), " "), model.MaxTitle)
	d.Source = cut(d.Source, model.MaxTitle)
	inc := Incident{Declare: *d, Warnings: s.warnings, rows: s.rows}
	inc.Declare.Entries = logs(s.rows[:min(len(s.rows), model.MaxOps-1)])
	return inc, nil
}

// placeUntimed gives rows without a time the one they stand behind.
func (s *story) placeUntimed() error {
	first := slices.IndexFunc(s.rows, func(r Row) bool { return !r.Log.At.IsZero() })
	if first < 0 {
		if len(s.rows) == 0 {
			return fmt.Errorf("%w: nothing in it tells of an incident", ErrInvalid)
		}
		return fmt.Errorf("%w: none of its %d rows has a time", ErrInvalid, len(s.rows))
	}
	at := s.rows[first].Log.At
	for n := range s.rows {
		if l := &s.rows[n].Log; l.At.IsZero() {
			l.At = at
		} else {
			at = l.At
		}
	}
	return nil
}

func logs(rows []Row) []model.Log {
	list := make([]model.Log, len(rows))
	for n, r := range rows {
		list[n] = r.Log
	}
	return list
}

// outside reports a time that is a slip of the pen.
func outside(t time.Time) bool { y := t.UTC().Year(); return y < minYear || y > maxYear }

// pieces cuts a text into parts of at most limit bytes, at a space where one is
// near: a row of a chat may be longer than an entry, and nothing is dropped.
func pieces(text string, limit int) (parts []string) {
	for len(text) > limit {
		at := limit
		for at > 0 && !utf8.RuneStart(text[at]) {
			at--
		}
		if space := strings.LastIndexAny(text[:at], " \n"); space > limit/2 {
			at = space
		}
		parts = append(parts, strings.TrimSpace(text[:at]))
		text = strings.TrimSpace(text[at:])
	}
	return append(parts, text)
}

// cut shortens a text to at most limit bytes, and shows that it did.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	const more = "…"
	return pieces(text, limit-len(more))[0] + more
}

// severities map what other systems call a priority or an impact to the nearest
// level here, or the higher of two. Whoever imports may say another, see Options.
var severities = map[string]string{
	"p1": model.P0, "p2": model.P1, "p3": model.P2, "p4": model.P3, "p5": model.P3, // PagerDuty, Opsgenie
	"critical": model.P0, "major": model.P1, "minor": model.P2, "none": model.P3, "maintenance": model.P3, // Statuspage
	"high": model.P0, "medium": model.P1, "low": model.P2, // Google
	"down": model.P0, "disrupted": model.P1, "notice": model.P3, // cState
}

// grade takes the severity from a word of another system, and says so where it is
// a level of another scale.
func (s *story) grade(system, word string) {
	level := severities[strings.ToLower(strings.TrimSpace(word))]
	switch {
	case level != "":
		s.Declare.Severity = level
		s.warn("%s of %s was taken as %s", cut(word, model.MaxName), system, level)
	case strings.TrimSpace(word) != "":
		s.warn("%q of %s is no level here; the severity is the room's default", cut(word, model.MaxName), system)
	}
}
