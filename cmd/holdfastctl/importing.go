package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/sync/intake/importer"
	"holdfast/sync/node"
)

// foundByItself is the format of a file that shows it itself.
const foundByItself = "auto"

func (a *app) importCommand() *cobra.Command {
	var q node.ImportRequest
	var start string
	c := &cobra.Command{
		Use:   "import FORMAT FILE",
		Short: "Take over incidents told elsewhere; prints their ids",
		Long: "Take over incidents told elsewhere, with their milestones and entries. FILE may be - for standard input, and the\n" +
			"folder of an unpacked Slack export. FORMAT is one of:\n\n" + importHelp +
			"\nWhat is in the room already is left alone: importing again changes nothing. A row whose time cannot be read is kept\n" +
			"behind the one before it. What a file leaves open it asks for once, such as its time zone. Look with --dry-run first:\n" +
			"it lists the rows, those that may be read wrongly and those that seem to be in the incident already.",
		Args: takes(2, 2),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) (err error) {
			if q.Format = args[0]; q.Format == foundByItself {
				q.Format = ""
			}
			if q.Path, q.Content, err = a.toImport(args[1]); err != nil {
				return err
			}
			at, err := a.when(ctx, c, "start", start)
			if err != nil {
				return err
			}
			if q.Zone = a.zone; !at.IsZero() {
				q.Start = model.FormatTime(at)
			}
			return query(a, ctx, c, "import", q, a.writeImport)
		}),
	}
	f := c.Flags()
	f.StringVar(&q.Incident, "incident", "", "INC that takes the entries (default: declare one)")
	f.StringVar(&q.Only, "only", "", "one of the incidents of the file: its id there, or a part of its title")
	f.BoolVar(&q.All, "all", false, "all incidents of the file")
	f.StringVar(&q.Dates, "dates", "", fmt.Sprintf("%s or %s, where dates such as 3/4/2026 can be either", importer.DayFirst, importer.MonthFirst))
	f.StringVar(&q.Day, "day", "", "date of clock times that name none, such as 2026-03-17")
	f.StringVar(&start, "start", "", "TIME at which the meeting began whose times are counted from then")
	f.StringVar(&q.Title, "title", "", "one line (default: what the file says, or its name)")
	f.StringVar(&q.Severity, "severity", "", "P0 to P3 (default: what the file says)")
	f.BoolVar(&q.SkipSimilar, "skip-similar", false, fmt.Sprintf("leave out rows within %.0f s of an entry of the same kind", node.SimilarWithin.Seconds()))
	f.BoolVar(&q.DryRun, "dry-run", false, "list what would be written and write nothing")
	return c
}

// importHelp names the formats.
const importHelp = `  auto           found out from the file
  incident-json  one incident, as "export --format json" writes it
  slack          export of a workspace, as the ZIP file or unpacked; a channel is an incident
  pagerduty      answer of GET /incidents or /incidents/{id}/log_entries; raw incidents of its analytics, as CSV
  opsgenie       answer of GET /v2/alerts or /v2/alerts/{id}/logs
  statuspage     incidents.json of a status page by Atlassian
  google         incidents.json of status.cloud.google.com
  cstate         an issue of a cState status page, as Markdown
  csv            a table of times and texts, kept by hand or written by a spreadsheet
  text           lines as people paste them: wiki tables, lists, Slack's window, a meeting's chat
`

// toImport gives the whole path of a file, or what stands on standard input.
func (a *app) toImport(file string) (path string, content []byte, err error) {
	if file != "-" {
		path, err = filepath.Abs(file)
		return path, nil, err
	}
	content, err = io.ReadAll(io.LimitReader(a.in, importer.MaxFile+1))
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("read what to import: %w", err)
	case len(content) == 0:
		return "", nil, fmt.Errorf("standard input is empty; nothing was imported")
	}
	return "", content, nil
}

func (a *app) writeImport(w io.Writer, r node.ImportReport) {
	for _, warning := range r.Warnings {
		fmt.Fprintf(a.err, "holdfastctl: %s\n", plain.Line(warning))
	}
	done := fmt.Sprintf("%s written, %d here already", count(r.Entries, "entry", "entries"), r.Skipped)
	switch {
	case !r.DryRun:
		fmt.Fprintf(a.err, "holdfastctl: %s.\n", done)
		fmt.Fprintln(w, r.Incident)
	case r.Incident == "":
		fmt.Fprintf(w, "Would declare %q, %s, with %s, read as %s.\n", plain.Line(r.Title), r.Severity, count(r.Entries, "entry", "entries"), r.Format)
		importTable(w, r.Rows)
	default:
		fmt.Fprintf(w, "Would write into %s: %s, read as %s.\n", r.Incident, done, r.Format)
		importTable(w, r.Rows)
	}
	for _, other := range r.More {
		a.writeImport(w, other)
	}
}

// importTable lists the rows of a file, and what to look at before they are written.
func importTable(w io.Writer, rows []node.ImportRow) {
	if len(rows) == 0 {
		return
	}
	t := newTable("AT (UTC)", "KIND", "WHERE", "LOOK AT", "TEXT")
	for _, r := range rows {
		var look []string
		if r.Doubt != "" {
			look = append(look, r.Doubt)
		}
		if r.Similar != "" {
			look = append(look, "like "+r.Similar)
		}
		at := r.At
		if p := r.Precision.String(); p != "exact" {
			at = p + " " + at
		}
		t.add(at, r.Kind, r.Where, strings.Join(look, "; "), r.Text)
	}
	t.write(w, "")
	if len(rows) == node.MaxImportRows {
		fmt.Fprintf(w, "The first %d rows are listed.\n", len(rows))
	}
}
