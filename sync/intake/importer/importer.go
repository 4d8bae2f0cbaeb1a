// Package importer reads records kept elsewhere and gives them as commands for
// a room. It reads and checks only: what is written, and when, is for the
// caller. The same file gives the same commands, and a room takes an incident
// of one source once, so importing again changes nothing.
//
// # incident-json
//
// One incident as a JSON object:
//
//	id              names it for ever at its source; required
//	title           one line; required
//	severity_guess  P0 to P3, or severity; where it is empty the room's default holds
//	type            one of the six types of incident
//	detection       one of the five ways of detection
//	milestones      object of RFC 3339 times: started_at, detected_at, acknowledged_at,
//	                declared_at, cause_found_at, mitigated_at, resolved_at, closed_at,
//	                reopened_at; first_public_post_at becomes an entry
//	entries         array of {at, text, kind, precision}: at is RFC 3339, kind one of the
//	                kinds of entry, precision exact, approx, hour, day or after
//	timezone        IANA zone of the people who wrote it
//	source, source_licence, notes, entry_count
//
// Anything else is named in Warnings, so that nobody believes it was imported.
//
// # Other forms of incidents
//
//	slack       export of a workspace (slack.com/help/articles/201658943), a ZIP file or its
//	            folder; a channel is an incident
//	pagerduty   answer of GET /incidents or /incidents/{id}/log_entries of its REST API v2,
//	            or raw incidents of its analytics as CSV
//	opsgenie    answer of GET /v2/alerts or /v2/alerts/{id}/logs
//	statuspage  answer of GET /api/v2/incidents.json
//	google      status.cloud.google.com/incidents.json
//	cstate      an issue of a cState page: front matter and Markdown
//	csv         a table with a time and a text, and what else it has
//	text        pasted lines: wiki tables, lists under a day, Slack's window, a meeting's chat
//
// Every row is kept. One whose time cannot be read stands behind the row before it
// with the precision after, and a doubt. What a file leaves open is asked for: see
// Question.
//
// # People
//
// A CSV file with a header row: name is required; email, phone, team, zone and
// title are known, and any other column is kept under its own name.
//
// # On-call calendar
//
// An iCalendar file (RFC 5545) of on-call shifts. Its events become shifts, and
// those a schedule of package oncall. Read are UID, SUMMARY, ATTENDEE,
// CATEGORIES, STATUS, DTSTART, DTEND, DURATION, RRULE (DAILY, WEEKLY, MONTHLY),
// RDATE, EXDATE and RECURRENCE-ID, X-WR-CALNAME and X-WR-TIMEZONE.
package importer

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"holdfast/model"
)

const (
	// MaxFile bounds a file to import: the longest public incident reports are
	// under 100 kB, and a list of ten thousand people under 2 MB.
	MaxFile = 4 << 20
	// MaxEntries bounds the entries of one incident: a day of one every two
	// seconds.
	MaxEntries = 50_000
	// MaxPeople bounds a list of people.
	MaxPeople = 20_000
	// MaxReported is how many mistakes one error names.
	MaxReported = 20
)

// ErrInvalid is wrapped by every error about the content of a file.
var ErrInvalid = errors.New("the file cannot be imported")

// mistakes collects what is wrong with a file, so that it is told at once.
type mistakes struct {
	list []string
	more int
}

func (m *mistakes) add(format string, args ...any) {
	if len(m.list) == MaxReported {
		m.more++
		return
	}
	m.list = append(m.list, fmt.Sprintf(format, args...))
}

func (m *mistakes) err() error {
	if len(m.list) == 0 {
		return nil
	}
	text := strings.Join(m.list, "\n  ")
	if m.more > 0 {
		text += fmt.Sprintf("\n  and %d more", m.more)
	}
	return fmt.Errorf("%w; nothing was imported:\n  %s", ErrInvalid, text)
}

// readAll reads a file whole, up to MaxFile.
func readAll(r io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, MaxFile+1))
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if len(b) > MaxFile {
		return nil, fmt.Errorf("%w: it is larger than %d MiB", ErrInvalid, MaxFile>>20)
	}
	return b, nil
}

// Incident is an incident read from a file.
type Incident struct {
	// Declare opens the incident, with as many entries as one commit holds.
	Declare model.Declare
	// Warnings name what the file holds and Holdfast does not keep.
	Warnings []string

	rows []Row
}

// Rows are all entries, those beyond the first commit too, by time.
func (i Incident) Rows() []Row { return i.rows }

// Rest gives the rows that the incident, as it is in the room now, does not have
// yet: those beyond the first commit, and those an import that broke off did not
// come to. The caller logs them one by one.
func (i Incident) Rest(inc *model.Incident) []Row {
	type key struct {
		at         int64
		kind, text string
	}
	held := map[key]int{}
	for _, e := range inc.All() {
		held[key{e.First.At, e.First.Kind, e.First.Text}]++
	}
	var rest []Row
	for _, r := range i.rows {
		e := r.Log
		k := key{e.At.UnixMilli(), e.Kind, e.Text}
		if held[k] > 0 {
			held[k]--
			continue
		}
		r.Log.Incident, r.Log.Confirm = inc.ID.String(), true // an import keeps what was told
		rest = append(rest, r)
	}
	return rest
}
