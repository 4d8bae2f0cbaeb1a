package node

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"holdfast/model"
	"holdfast/sync/export"
	"holdfast/sync/intake/importer"
)

func exportIncident(r *Room, s *model.State, q ref) (any, error) {
	inc, err := s.FindIncident(q.Ref)
	if err != nil {
		return nil, err
	}
	if q.Public {
		return export.BuildPublic(s, inc, r.Device(), r.Now()), nil
	}
	return export.Build(s, inc, r.Device(), r.Now()), nil
}

// ImportFormats are the forms of incidents told elsewhere.
var ImportFormats = [...]string{export.IncidentJSON}

// ImportRequest asks for a file to be taken over.
type ImportRequest struct {
	Format string `json:"format"`
	// Path is absolute: the owner of the home reads it, as the same user.
	Path string `json:"path"`
	// Incident takes the entries; empty declares one.
	Incident string `json:"incident,omitempty"`
	// DryRun reports and writes nothing.
	DryRun bool `json:"dry_run,omitempty"`
}

// ImportReport says what an import did, or would do.
type ImportReport struct {
	Incident string   `json:"incident"` // its code; empty where none was declared
	ID       model.ID `json:"id,omitzero"`
	Title    string   `json:"title"`
	// Entries were written; Skipped are in the room already.
	Entries  int      `json:"entries"`
	Skipped  int      `json:"skipped"`
	Warnings []string `json:"warnings"`
	DryRun   bool     `json:"dry_run"`
}

func importFile(r *request) (any, error) {
	var q ImportRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.ImportFile(r.ctx, q)
}

// ImportFile takes over a file told elsewhere, as Import does.
func (r *Room) ImportFile(ctx context.Context, q ImportRequest) (ImportReport, error) {
	if q.Format != export.IncidentJSON {
		return ImportReport{}, fmt.Errorf("format %q cannot be imported; this version takes: %s", q.Format, strings.Join(ImportFormats[:], ", "))
	}
	if !filepath.IsAbs(q.Path) {
		return ImportReport{}, fmt.Errorf("%q is not an absolute path", q.Path)
	}
	f, err := os.Open(q.Path)
	if err != nil {
		return ImportReport{}, err
	}
	defer f.Close()
	return r.Import(ctx, f, q.Incident, q.DryRun)
}

// Import takes over an incident in the form incident-json: as one of its own,
// or as entries of the incident named. What is in the room already is left
// alone, so an import can be repeated, and goes on where one broke off.
func (r *Room) Import(ctx context.Context, file io.Reader, into string, dry bool) (ImportReport, error) {
	read, err := importer.IncidentJSON(file)
	if err != nil {
		return ImportReport{}, err
	}
	report := ImportReport{Title: read.Declare.Title, Warnings: []string{}, DryRun: dry}
	report.Warnings = append(report.Warnings, read.Warnings...)
	inc, rest, err := r.lacking(read, into)
	if err != nil {
		return report, err
	}
	if into != "" {
		report.Warnings = append(report.Warnings, "only entries were taken: the incident keeps its own title, severity and milestones")
	}
	if inc.Code == "" && !dry {
		if inc, err = r.Do(ctx, read.Declare); err != nil {
			return report, err
		}
		report.Entries = len(read.Declare.Entries)
		if _, rest, err = r.lacking(read, inc.ID.String()); err != nil {
			return report, err
		}
	}
	report.Incident, report.ID = inc.Code, inc.ID
	for _, entry := range rest {
		if !dry {
			entry.Incident = inc.ID.String()
			if _, err := r.Do(ctx, entry); err != nil {
				return report, fmt.Errorf("imported %d entries into %s, then: %w; import again to go on", report.Entries, inc.Code, err)
			}
		}
		report.Entries++
	}
	report.Skipped = read.Entries() - report.Entries
	return report, nil
}

// lacking finds the incident an import goes into, and the entries it does not
// have. A file that is new to the room has no incident yet, and lacks all.
func (r *Room) lacking(read importer.Incident, into string) (inc model.Done, rest []model.Log, err error) {
	r.View(func(s *model.State) {
		var found *model.Incident
		if into != "" {
			if found, err = s.FindIncident(into); err != nil {
				return
			}
		} else if found = s.BySource(read.Declare.Source); found == nil {
			rest = make([]model.Log, read.Entries())
			return
		}
		inc = model.Done{ID: found.ID, Code: found.Code}
		rest = read.Rest(found)
	})
	return inc, rest, err
}
