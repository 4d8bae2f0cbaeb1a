package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model/plain"
	"holdfast/sync/export"
	"holdfast/sync/node"
)

// exportReport is the result of export to a file.
type exportReport struct {
	File   string `json:"file"`
	Format string `json:"format"`
	Bytes  int64  `json:"bytes"`
}

func (a *app) exportCommand() *cobra.Command {
	var format, file, as string
	var public bool
	c := &cobra.Command{
		Use:   "export INC",
		Short: "Write an incident as a document for people or programs",
		Args:  takes(1, 1),
		PreRunE: func(*cobra.Command, []string) error {
			if err := export.Allowed(format, public); err != nil {
				return err
			}
			if format == export.Evidence && file == "" {
				return misused("--format evidence needs -o FILE; it is a ZIP file")
			}
			return nil
		},
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			if format == export.Evidence {
				return a.evidencePack(ctx, c, args[0], file)
			}
			if paper, form := export.PaperOf(format, as); paper != "" {
				return a.paper(ctx, c, ref{Ref: args[0], Paper: paper}, form, file)
			}
			var d export.Document
			if err := c.Call(ctx, "export", ref{Ref: args[0], Public: public}, &d); err != nil {
				return err
			}
			if file == "" {
				return export.Incident(a.out, d, format)
			}
			report, err := writeFile(file, func(w io.Writer) error { return export.Incident(w, d, format) })
			if err != nil {
				return fmt.Errorf("export: %w", err)
			}
			report.Format = format
			return a.print(report, func(io.Writer) {})
		}),
	}
	c.Flags().StringVar(&format, "format", export.Markdown, "one of: "+strings.Join(export.Readable(), ", ")+"; evidence is a signed ZIP file with the attachments that are here")
	c.Flags().BoolVar(&public, "public", false, "leave out what outsiders may not read: names, notes, evidence, restricted entries")
	paperFlags(c, &as, &file)
	return c
}

// evidencePack writes the signed pack of an incident.
func (a *app) evidencePack(ctx context.Context, c *node.Client, incident, file string) error {
	path, err := filepath.Abs(file)
	if err != nil {
		return err
	}
	return query(a, ctx, c, "export/evidence", node.SaveRequest{Incident: incident, Path: path}, func(w io.Writer, r export.PackReport) {
		fmt.Fprintf(w, "Wrote %s: the record and %s, signed. SHA-256 of its list: %s.\n", plain.Line(file), count(r.Files, "attachment", "attachments"), r.SHA256)
		if r.Missing > 0 {
			fmt.Fprintf(a.err, "holdfastctl: %s not on this device and not in the file; MISSING.txt in it says who has them.\n", isAre(uint64(r.Missing)))
		}
	})
}

// writeFile has a file appear whole or not at all.
func writeFile(path string, write func(io.Writer) error) (exportReport, error) {
	size, err := export.File(path, write)
	return exportReport{File: path, Bytes: size}, err
}
