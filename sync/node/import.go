package node

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/when"
	"holdfast/sync/intake/importer"
)

// ImportRequest asks for what was told elsewhere to be taken over.
type ImportRequest struct {
	// Format is one of importer.Formats; empty finds it out.
	Format string `json:"format,omitempty"`
	// Path is absolute: the owner of the home reads it, as the same user. Content
	// is read in its place where there is any.
	Path    string `json:"path,omitempty"`
	Content []byte `json:"content,omitempty"`
	// Incident takes the entries; empty declares one.
	Incident string `json:"incident,omitempty"`
	// Only names one incident of a file that tells several: its source, the end of
	// that, or a part of its title. All takes them all.
	Only string `json:"only,omitempty"`
	All  bool   `json:"all,omitempty"`
	// Zone is IANA's, Dates one of the orders of package importer, Day a date,
	// Start a time in RFC 3339: what the file may leave open.
	Zone  string `json:"zone,omitempty"`
	Dates string `json:"dates,omitempty"`
	Day   string `json:"day,omitempty"`
	Start string `json:"start,omitempty"`
	// Title and Severity replace those the file tells.
	Title    string `json:"title,omitempty"`
	Severity string `json:"severity,omitempty"`
	// SkipSimilar leaves out rows that seem to be in the incident already.
	SkipSimilar bool `json:"skip_similar,omitempty"`
	// DryRun reports and writes nothing.
	DryRun bool `json:"dry_run,omitempty"`
}

// ImportReport says what an import did, or would do.
type ImportReport struct {
	Format   string   `json:"format"`
	Incident string   `json:"incident"` // its code; empty where none was declared
	ID       model.ID `json:"id,omitzero"`
	Title    string   `json:"title"`
	// Severity is that of an incident it declares.
	Severity string `json:"severity,omitempty"`
	// Entries were written; Skipped are in the room already.
	Entries  int      `json:"entries"`
	Skipped  int      `json:"skipped"`
	Warnings []string `json:"warnings"`
	DryRun   bool     `json:"dry_run"`
	// Rows are those written, or that would be, and those that were left out as
	// similar; at most MaxImportRows.
	Rows []ImportRow `json:"rows"`
	// More are the other incidents of the file, where all were asked for.
	More []ImportReport `json:"more,omitempty"`
}

// ImportRow is one row of a file as it was read.
type ImportRow struct {
	At        string         `json:"at"`
	Precision when.Precision `json:"precision"`
	Kind      string         `json:"kind"`
	Text      string         `json:"text"`
	Where     string         `json:"where"`
	// Doubt says why it may be read wrongly.
	Doubt string `json:"doubt,omitempty"`
	// Similar is an entry of the same kind within SimilarWithin, as it is shown.
	Similar string `json:"similar,omitempty"`
}

const (
	// MaxImportRows bounds the rows a report lists: more than that nobody looks
	// through before importing.
	MaxImportRows = 1000
	// SimilarWithin is how far apart two systems tell of one event: they round,
	// poll and deliver.
	SimilarWithin = 90 * time.Second
	// maxNamed is how many incidents of a file a refusal names.
	maxNamed = 20
)

func importFile(r *request) (any, error) {
	var q ImportRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	report, err := room.ImportFile(r.ctx, q)
	if open, ok := errors.AsType[importer.Question](err); ok {
		err = fmt.Errorf("%w. Say it with %s", err, importFlags[open.Asks])
	}
	if _, ok := errors.AsType[SeveralIncidents](err); ok {
		err = fmt.Errorf("%w\nPick with --only, take all with --all", err)
	}
	return report, err
}

// importFlags are the flags of the command line that answer what a file asks.
var importFlags = map[string]string{
	importer.AskZone:  "--zone, such as --zone Europe/Berlin",
	importer.AskOrder: "--dates " + string(importer.DayFirst) + " or --dates " + string(importer.MonthFirst),
	importer.AskDay:   "--day, such as --day 2026-03-17",
	importer.AskStart: "--start, such as --start 2026-03-17T14:00:00Z",
}

// ImportFile takes over what was told elsewhere, see Import.
func (r *Room) ImportFile(ctx context.Context, q ImportRequest) (ImportReport, error) {
	return Import(ctx, r, q)
}

// Importing is a room into which something is imported. *Room is one.
type Importing interface {
	View(func(*model.State))
	Do(context.Context, model.Command) (model.Done, error)
}

// Import takes over what was told elsewhere: as incidents of their own, or as
// entries of the incident named. What is in the room already is left alone, so an
// import can be repeated, and goes on where one broke off. The error may be an
// importer.Question or SeveralIncidents.
func Import(ctx context.Context, r Importing, q ImportRequest) (ImportReport, error) {
	told, err := q.read()
	if err != nil {
		return ImportReport{}, err
	}
	list, err := q.pick(told.Incidents)
	if err != nil {
		return ImportReport{}, err
	}
	var report ImportReport
	for n, read := range list {
		if q.Title != "" && len(list) == 1 {
			read.Declare.Title = q.Title
		}
		in := incoming{ImportRequest: q, read: read, format: told.Format, sha256: told.SHA256}
		one, err := in.write(ctx, r)
		if err != nil {
			return report, err
		}
		if n == 0 {
			report = one
		} else {
			report.More = append(report.More, one)
		}
	}
	return report, nil
}

func (q ImportRequest) read() (importer.Told, error) {
	o, err := q.options()
	if err != nil {
		return importer.Told{}, err
	}
	if len(q.Content) > 0 {
		o.Name = nameOf(q.Path)
		return importer.Read(q.Format, bytes.NewReader(q.Content), int64(len(q.Content)), o)
	}
	if !filepath.IsAbs(q.Path) {
		return importer.Told{}, fmt.Errorf("%q is not an absolute path", q.Path)
	}
	return importer.ReadFile(q.Format, q.Path, o)
}

// options reads what whoever imports says of the file.
func (q ImportRequest) options() (o importer.Options, err error) {
	if q.Zone != "" {
		if o.Zone, err = time.LoadLocation(q.Zone); err != nil || q.Zone == "Local" {
			return o, fmt.Errorf("time zone %q is not known; zones are written Europe/Berlin", q.Zone)
		}
	}
	switch o.Order = importer.DateOrder(q.Dates); o.Order {
	case "", importer.DayFirst, importer.MonthFirst:
	default:
		return o, fmt.Errorf("order of dates %q is not known; it is %s or %s", q.Dates, importer.DayFirst, importer.MonthFirst)
	}
	if q.Day != "" {
		if o.Day, err = time.Parse(time.DateOnly, q.Day); err != nil {
			return o, fmt.Errorf("day %q is not a date such as 2026-03-17", q.Day)
		}
	}
	if q.Start != "" {
		if o.Start, err = time.Parse(time.RFC3339, q.Start); err != nil {
			return o, fmt.Errorf("start %q is not a time such as 2026-03-17T14:00:00Z", q.Start)
		}
	}
	if q.Severity != "" && !slices.Contains(model.Severities[:], q.Severity) {
		return o, fmt.Errorf("severity %q is not known; it is one of: %s", q.Severity, strings.Join(model.Severities[:], ", "))
	}
	o.Severity = q.Severity
	return o, nil
}

// pick chooses the incidents of a file that are to be taken over.
func (q ImportRequest) pick(list []importer.Incident) ([]importer.Incident, error) {
	if q.Only != "" {
		fits := func(inc importer.Incident) bool {
			return !strings.HasSuffix(inc.Declare.Source, q.Only) && !strings.Contains(strings.ToLower(inc.Declare.Title), strings.ToLower(q.Only))
		}
		all := list
		if list = slices.DeleteFunc(slices.Clone(list), fits); len(list) == 0 {
			return nil, fmt.Errorf("%q fits no incident of the file; nothing was imported. It tells of:%s", q.Only, titled(all))
		}
	}
	if len(list) > 1 && (q.Incident != "" || !q.All) {
		return nil, SeveralIncidents{list: list}
	}
	return list, nil
}

// SeveralIncidents is the error of a file that tells of several incidents where
// one is meant, or nobody said that all are. Nothing was imported.
type SeveralIncidents struct{ list []importer.Incident }

func (e SeveralIncidents) Error() string {
	return fmt.Sprintf("the file tells of %d incidents; nothing was imported. Pick one, or take all:%s", len(e.list), titled(e.list))
}

// titled lists incidents for a refusal.
func titled(list []importer.Incident) string {
	var text strings.Builder
	for n, inc := range list {
		if n == maxNamed {
			fmt.Fprintf(&text, "\n  and %d more", len(list)-n)
			break
		}
		fmt.Fprintf(&text, "\n  %s  %s", inc.Declare.Source, inc.Declare.Title)
	}
	return text.String()
}
