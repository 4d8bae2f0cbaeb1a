// Package export writes what a room knows as files for people and programs
// outside of it.
//
// Build takes a Document from the state; writing needs the state no more.
// Every text in it was written by people of the room, or by whoever they
// pasted from: it is data, and each format keeps it from becoming anything
// else.
//
// # JSON
//
// One object. Its parts are the views of package model, which `--json` shows
// too: snake_case keys, times as RFC 3339 in UTC, durations in seconds.
//
//	version      1; a later form that breaks readers has another
//	exported_at  when it was written
//	room         model.RoomView
//	incident     model.IncidentView
//	timeline     array of model.TimelineRow, in the order things happened
//	history      array of model.EntryHistory, of entries corrected or taken back
//	members      array of model.MemberView
//	sheet        model.Sheet, the hand-over sheet
//
// # incident-json
//
// The form package importer reads, so that another room can take the incident
// in: id, title, severity_guess, type, detection, timezone, milestones and
// entries. Entries are as they stand: no history, and none that was taken back.
//
// # Markdown
//
// A report for people: facts, milestones, roles, conflicts, the timeline by
// UTC day with the precision of each time, tasks and messages. Texts are escaped.
//
// # ics-201 and ics-214
//
// The hand-over sheet and the activity log as Markdown, in the blocks of FEMA's
// forms of these numbers, to be printed and signed.
//
// # For outsiders
//
// BuildPublic leaves out what is not meant for them. A privilege mark and a
// legal hold stand on every form: above and below a report, as first rows of
// CSV, before the notes of incident-json.
//
// # Papers
//
// Paper writes the documents of package report: notices, letters, registers.
// What is missing is marked and listed first. As PDF it carries its font and links
// to nothing; as mail (eml) it is a draft without addressees. Table writes the
// figures of a report as CSV.
//
// # CSV
//
// The timeline, a row a line, in UTF-8. A cell that a spreadsheet would take
// for a formula begins with an apostrophe.
//
// # iCalendar
//
// The shifts of an on-call schedule, for calendar programs and for package
// importer.
package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"holdfast/model"
)

// Version is the version of the JSON form.
const Version = 1

// Formats of an incident.
const (
	JSON         = "json"
	IncidentJSON = "incident-json"
	Markdown     = "md"
	CSV          = "csv"
	ICS201       = "ics-201"
	ICS214       = "ics-214"
)

// Formats lists the formats.
var Formats = [...]string{Markdown, JSON, CSV, IncidentJSON, ICS201, ICS214}

// Public lists the formats an outsider is given: forms 201 and 214 are for
// responders.
var Public = [...]string{Markdown, JSON, CSV, IncidentJSON}

// ErrFormat marks a format that is not written here.
var ErrFormat = errors.New("no such format")

// Document is an incident as it is exported.
type Document struct {
	Version    int                  `json:"version"`
	ExportedAt time.Time            `json:"exported_at"`
	Room       model.RoomView       `json:"room"`
	Incident   model.IncidentView   `json:"incident"`
	Timeline   []model.TimelineRow  `json:"timeline"`
	History    []model.EntryHistory `json:"history"`
	Members    []model.MemberView   `json:"members"`
	// Sheet is what a new commander reads first.
	Sheet model.Sheet `json:"sheet"`
}

// Build takes an incident from the state. self is the device that exports, now
// the corrected time.
func Build(s *model.State, inc *model.Incident, self model.DeviceKey, now time.Time) Document {
	d := Document{
		Version: Version, ExportedAt: now.UTC().Truncate(time.Second), Room: s.Summary(now), Incident: s.View(inc, now),
		Timeline: s.Rows(inc), History: []model.EntryHistory{}, Members: s.MemberViews(self),
	}
	by := ""
	if m := s.Members[self]; m != nil {
		by = s.PersonName(m.Person)
	}
	d.Sheet = s.HandoverSheet(inc, by, promises(s, inc, now), d.ExportedAt)
	for _, row := range d.Timeline {
		if row.Source != "entry" || row.Edited == 0 && !row.Retracted {
			continue
		}
		if h, ok := s.History(inc, row.ID); ok {
			d.History = append(d.History, h)
		}
	}
	return d
}

// Incident writes a document in one of the Formats. The error of another wraps
// ErrFormat and names them.
func Incident(w io.Writer, d Document, format string) error {
	var err error
	switch format {
	case JSON:
		err = writeJSON(w, d)
	case IncidentJSON:
		err = writeJSON(w, portable(d))
	case Markdown:
		err = writeMarkdown(w, d)
	case CSV:
		err = writeCSV(w, slices.Concat(marked(d.Incident.Marks), d.Timeline))
	case ICS201:
		err = writeBriefing(w, d)
	case ICS214:
		err = writeActivity(w, d)
	default:
		return fmt.Errorf("export as %.40q: %w; formats are %s", format, ErrFormat, strings.Join(Formats[:], ", "))
	}
	if err != nil {
		return fmt.Errorf("export %s as %s: %w", d.Incident.Code, format, err)
	}
	return nil
}

// marked gives the marks of the incident as rows that stand before all others.
func marked(marks []string) []model.TimelineRow {
	rows := make([]model.TimelineRow, len(marks))
	for i, mark := range marks {
		rows[i] = model.TimelineRow{Kind: "mark", Text: mark}
	}
	return rows
}

// Object writes a view as one JSON document.
func Object(w io.Writer, v any) error { return writeJSON(w, v) }

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	return e.Encode(v)
}

// portableIncident is the form incident-json: see package importer.
type portableIncident struct {
	ID         string            `json:"id"`
	Source     string            `json:"source,omitempty"`
	Title      string            `json:"title"`
	Severity   string            `json:"severity_guess"`
	Type       string            `json:"type,omitempty"`
	Detection  string            `json:"detection,omitempty"`
	Zone       string            `json:"timezone,omitempty"`
	Milestones map[string]string `json:"milestones"`
	Entries    []portableEntry   `json:"entries"`
	Notes      string            `json:"notes,omitempty"`
	Count      int               `json:"entry_count"`
}

type portableEntry struct {
	At        time.Time `json:"at"`
	Text      string    `json:"text"`
	Kind      string    `json:"kind"`
	Precision string    `json:"precision,omitempty"`
}

func portable(d Document) portableIncident {
	i := d.Incident
	p := portableIncident{
		ID: i.Source, Source: i.Origin, Title: i.Title, Severity: i.Severity, Type: i.Type, Detection: i.Detection,
		Zone: i.Zone, Milestones: map[string]string{}, Entries: []portableEntry{}, Notes: i.Notes,
	}
	if p.ID == "" {
		p.ID = i.ID.String()
	}
	for name, at := range i.Milestones {
		p.Milestones[name+"_at"] = at.UTC().Format(time.RFC3339Nano)
	}
	for _, row := range d.Timeline {
		if row.Source != "entry" || row.Retracted || row.At.IsZero() {
			continue
		}
		e := portableEntry{At: row.At, Text: row.Text, Kind: row.Kind}
		if !slices.Contains(model.Kinds[:], e.Kind) {
			e.Kind = model.Kinds[0] // of a newer version
		}
		if row.Precision != 0 {
			e.Precision = row.Precision.String()
		}
		p.Entries = append(p.Entries, e)
	}
	p.Notes = strings.Join(append(slices.Clone(i.Marks), p.Notes), "\n")
	p.Notes = strings.TrimSpace(p.Notes)
	p.Count = len(p.Entries)
	return p
}
