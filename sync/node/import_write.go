package node

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/sync/intake/importer"
)

// incoming is one incident on its way into the room.
type incoming struct {
	ImportRequest
	read           importer.Incident
	format, sha256 string
}

func (in incoming) write(ctx context.Context, r Importing) (ImportReport, error) {
	report := ImportReport{Format: in.format, Title: in.read.Declare.Title, Warnings: []string{}, Rows: []ImportRow{}, DryRun: in.DryRun}
	report.Warnings = append(report.Warnings, in.read.Warnings...)
	inc, rest, err := in.lacking(r, in.Incident, &report)
	if err != nil {
		return report, err
	}
	if inc.Code == "" {
		report.Severity = cmp.Or(in.read.Declare.Severity, model.P1) // as Declare has it
	}
	if in.Incident != "" {
		report.Warnings = append(report.Warnings, "only entries are taken: the incident keeps its own title, severity and milestones")
	}
	if inc.Code == "" && !in.DryRun {
		declare := in.read.Declare
		declare.Origin = strings.TrimSpace(declare.Origin + "\n" + in.from())
		if inc, err = r.Do(ctx, declare); err != nil {
			return report, err
		}
		report.Entries = len(declare.Entries)
		if _, rest, err = in.lacking(r, inc.ID.String(), nil); err != nil {
			return report, err
		}
	}
	report.Incident, report.ID = inc.Code, inc.ID
	if err := in.log(ctx, r, inc, rest, &report); err != nil {
		return report, err
	}
	report.Skipped = len(in.read.Rows()) - report.Entries
	return report, nil
}

// log writes the entries an incident lacks, and from which file they came.
func (in incoming) log(ctx context.Context, r Importing, inc model.Done, rest []model.Log, report *ImportReport) error {
	before := report.Entries
	for _, entry := range rest {
		if !in.DryRun {
			entry.Incident = inc.ID.String()
			if _, err := r.Do(ctx, entry); err != nil {
				return fmt.Errorf("imported %d entries into %s, then: %w; import again to go on", report.Entries, inc.Code, err)
			}
		}
		report.Entries++
	}
	if in.Incident == "" || in.DryRun || report.Entries == before {
		return nil
	}
	text := fmt.Sprintf("Imported %d entries: %s", report.Entries, in.from())
	_, err := r.Do(ctx, model.Log{Incident: inc.ID.String(), Text: text})
	return err
}

// from says which file it was, so that what was taken from it can be held
// against it later.
func (in incoming) from() string {
	text := fmt.Sprintf("%s, read as %s", cmp.Or(nameOf(in.Path), "pasted text"), in.format)
	if in.sha256 != "" {
		text += ", SHA-256 " + in.sha256
	}
	return text
}

// nameOf gives the name of a file; empty where there is none.
func nameOf(path string) string {
	if path == "" {
		return ""
	}
	return filepath.Base(path)
}

// lacking finds the incident an import goes into, and the entries it does not
// have. A file that is new to the room has no incident yet, and lacks all. The
// report lists the rows, where there is one.
func (in incoming) lacking(r Importing, into string, report *ImportReport) (inc model.Done, rest []model.Log, err error) {
	r.View(func(s *model.State) {
		var found *model.Incident
		if into != "" {
			if found, err = s.FindIncident(into); err != nil {
				return
			}
		} else if found = s.BySource(in.read.Declare.Source); found == nil {
			for _, row := range in.read.Rows() {
				rest = append(rest, row.Log)
				report.row(row, "")
			}
			return
		}
		inc = model.Done{ID: found.ID, Code: found.Code}
		near := entriesByKind(found, in.read)
		for _, row := range in.read.Rest(found) {
			similar := near.to(row.Log)
			report.row(row, similar)
			if similar == "" || !in.SkipSimilar {
				rest = append(rest, row.Log)
			}
		}
	})
	return inc, rest, err
}

func (r *ImportReport) row(row importer.Row, similar string) {
	if r == nil || len(r.Rows) == MaxImportRows {
		return
	}
	r.Rows = append(r.Rows, ImportRow{
		At: model.FormatTime(row.Log.At), Precision: row.Log.Precision, Kind: row.Log.Kind, Text: row.Log.Text,
		Where: row.Where, Doubt: row.Doubt, Similar: similar,
	})
}

// entryTimes are the entries of an incident by kind, in the order of their times.
type entryTimes map[string][]model.Version

// entriesByKind leaves out what the file tells itself: its rows may stand close
// together, and are no doubles of each other.
func entriesByKind(inc *model.Incident, read importer.Incident) entryTimes {
	type key struct {
		at         int64
		kind, text string
	}
	own := map[key]bool{}
	for _, row := range read.Rows() {
		own[key{row.Log.At.UnixMilli(), row.Log.Kind, row.Log.Text}] = true
	}
	times := entryTimes{}
	for id, e := range inc.All() {
		if v := e.Now(id); !own[key{e.First.At, e.First.Kind, e.First.Text}] {
			times[v.Kind] = append(times[v.Kind], v)
		}
	}
	for _, list := range times {
		slices.SortFunc(list, func(a, b model.Version) int { return cmp.Compare(a.At, b.At) })
	}
	return times
}

// to gives the nearest entry of the same kind, as it is shown; empty where none is near.
func (t entryTimes) to(l model.Log) string {
	list, at := t[l.Kind], l.At.UnixMilli()
	n, _ := slices.BinarySearchFunc(list, at, func(v model.Version, at int64) int { return cmp.Compare(v.At, at) })
	best, far := "", SimilarWithin.Milliseconds()+1
	for _, v := range list[max(0, n-1):min(len(list), n+1)] {
		if d := max(v.At-at, at-v.At); d < far {
			best, far = v.Text+", "+time.UnixMilli(v.At).UTC().Format("2 Jan 15:04:05"), d
		}
	}
	return best
}
