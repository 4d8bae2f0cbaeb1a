package node

import (
	"context"
	"io"

	"holdfast/model"
	"holdfast/model/report"
	"holdfast/sync/export"
)

// ExportRequest asks for an incident as a file.
type ExportRequest struct {
	Incident string
	// Format is export.Evidence or one of export.Readable; As is what a paper
	// is written as.
	Format, As string
	// Public leaves out what outsiders may not read.
	Public bool
	// Path is absolute; a file that is there is replaced.
	Path string
}

// ExportReport says what was written.
type ExportReport struct {
	Bytes int64
	// Lacks counts what a paper lists as missing.
	Lacks int
	// Pack is of the signed pack, else zero.
	Pack export.PackReport
}

// Export writes an incident to a file, which appears whole or not at all. What is
// refused: a format that there is not, and one that no outsider is given.
func (r *Room) Export(ctx context.Context, q ExportRequest) (ExportReport, error) {
	if err := export.Allowed(q.Format, q.Public); err != nil {
		return ExportReport{}, err
	}
	if q.Format == export.Evidence {
		pack, err := r.EvidencePack(ctx, q.Incident, q.Path)
		return ExportReport{Bytes: pack.Bytes, Pack: pack}, err
	}
	write, lacks, err := r.exported(q)
	if err != nil {
		return ExportReport{}, err
	}
	size, err := export.File(q.Path, write)
	return ExportReport{Bytes: size, Lacks: lacks}, err
}

// exported takes what is written from the state, which it needs no longer then. No
// less is written than there is.
func (r *Room) exported(q ExportRequest) (write func(io.Writer) error, lacks int, err error) {
	r.Ask(func(s *model.State) {
		inc, missing := s.FindIncident(q.Incident)
		if err = missing; err != nil {
			return
		}
		if paper, form := export.PaperOf(q.Format, q.As); paper != "" {
			d, _ := report.Of(paper, s, inc, r.Now())
			lacks, write = len(d.Missing), func(w io.Writer) error { return export.Paper(w, d, form) }
			return
		}
		build := export.Build
		if q.Public {
			build = export.BuildPublic
		}
		d := build(s, inc, r.Device(), r.Now())
		write = func(w io.Writer) error { return export.Incident(w, d, q.Format) }
	})
	return write, lacks, err
}
