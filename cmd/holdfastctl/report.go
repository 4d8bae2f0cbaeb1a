package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model/report"
	"holdfast/sync/export"
	"holdfast/sync/node"
)

// reportFormats lists what reports and figures are written as.
var reportFormats = [...]string{export.Markdown, export.HTML, export.PDF, export.CSV, export.JSON, export.Plain}

// figures are a report or the metrics: both are read as a document, or as a
// table.
type figures interface {
	Document() report.Document
	Table() [][]string
}

// output is where figures go, and in which form.
type output struct{ format, file string }

func (o *output) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.format, "format", "", "one of: "+strings.Join(reportFormats[:], ", ")+" (default md, and json with --json)")
	c.Flags().StringVarP(&o.file, "output", "o", "", "file to write (default: standard output)")
	c.PreRunE = func(*cobra.Command, []string) error {
		if o.format != "" && !slices.Contains(reportFormats[:], o.format) {
			return misused("--format %.40q is not known; there are: %s", o.format, strings.Join(reportFormats[:], ", "))
		}
		return nil
	}
}

// write writes figures in the form that was asked for.
func (a *app) writeFigures(o output, f figures) error {
	format := o.format
	if format == "" {
		format = export.Markdown
		if a.json && o.file == "" {
			format = export.JSON
		}
	}
	write := func(w io.Writer) error {
		switch format {
		case export.JSON:
			return export.Object(w, f)
		case export.CSV:
			return export.Table(w, f.Table())
		}
		return export.Paper(w, f.Document(), format)
	}
	if o.file == "" {
		return write(a.out)
	}
	written, err := writeFile(o.file, write)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	written.Format = format
	return a.print(written, func(io.Writer) {})
}

// date reads a day such as 2026-03-17, or a time.
func (k clock) date(flag, text string) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(text), k.zone); err == nil {
		return t, nil
	}
	m, err := k.past(flag, text)
	return m.At, err
}

// day reads a day to come, or a span from now; no text is no day. A day ends
// with its last second.
func (k clock) day(flag, text string) (time.Time, error) {
	if t, err := time.ParseInLocation(time.DateOnly, strings.TrimSpace(text), k.zone); err == nil {
		return t.AddDate(0, 0, 1).Add(-time.Second), nil
	}
	return k.ahead(flag, text)
}

func (a *app) reportCommand() *cobra.Command {
	var o output
	var at string
	c := &cobra.Command{
		Use:   "report " + strings.Join(report.Kinds[:], "|"),
		Short: "Write the report of a week, a month, a quarter or a year",
		Long: "Write the report of the week (from Monday), month, quarter or year that has a day in it.\n" +
			"One that is not over ends now. It is compared with as much time right before it.",
		Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			q := node.ReportRequest{Kind: args[0]}
			if q.At, err = k.date("at", at); err != nil {
				return err
			}
			var r report.Periodic
			if err := c.Call(ctx, "report", q, &r); err != nil {
				return err
			}
			return a.writeFigures(o, r)
		}),
	}
	c.Flags().StringVar(&at, "at", "", "a day of the period, such as 2026-03-17 (default today)")
	o.flags(c)
	return c
}

func (a *app) metricsCommand() *cobra.Command {
	var o output
	var from, to string
	c := &cobra.Command{
		Use:   "metrics",
		Short: "Show the figures of the response: each with its formula, its number and its incidents",
		Long: "Show the figures of the incidents declared from one day to another (the last not counted).\n" +
			"Drills, false alarms and merged incidents are counted apart; a time that is missing is left out and counted.",
		Args: takes(0, 0),
		RunE: a.through(func(ctx context.Context, c *node.Client, _ []string) error {
			k, err := a.clock(ctx, c)
			if err != nil {
				return err
			}
			var q node.MetricsRequest
			if q.From, err = k.date("from", from); err != nil {
				return err
			}
			if q.To, err = k.date("to", to); err != nil {
				return err
			}
			var m report.Metrics
			if err := c.Call(ctx, "metrics", q, &m); err != nil {
				return err
			}
			return a.writeFigures(o, m)
		}),
	}
	c.Flags().StringVar(&from, "from", "", "first day, such as 2026-01-01 (default: all there is)")
	c.Flags().StringVar(&to, "to", "", "day after the last (default: now)")
	o.flags(c)
	return c
}
