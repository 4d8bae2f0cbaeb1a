package node

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/bundle"
	"holdfast/sync/export"
)

// BundleRequest names the files of a bundle by absolute paths: the owner of the
// home reads and writes them, as the same user.
type BundleRequest struct {
	Path string `json:"path"`
	// Since is an earlier bundle whose content is left out.
	Since string `json:"since,omitempty"`
	// Incident leaves out what other incidents alone need.
	Incident string `json:"incident,omitempty"`
	// Attachments has those that are here go with it.
	Attachments bool `json:"attachments,omitempty"`
}

func (r *request) bundle() (*Room, BundleRequest, error) {
	var q BundleRequest
	if err := r.params(&q); err != nil {
		return nil, q, err
	}
	if !filepath.IsAbs(q.Path) || q.Since != "" && !filepath.IsAbs(q.Since) {
		return nil, q, fmt.Errorf("%q is not an absolute path", q.Path)
	}
	room, err := r.pick()
	return room, q, err
}

func exportBundle(r *request) (any, error) {
	room, q, err := r.bundle()
	if err != nil {
		return nil, err
	}
	var since model.Vector
	if q.Since != "" {
		if sameFile(q.Path, q.Since) {
			return nil, fmt.Errorf("%s is the bundle to go on from: written over it, what only it carries would be gone. Name another file; nothing was written", q.Path)
		}
		if since, err = room.reached(q.Since); err != nil {
			return nil, err
		}
	}
	if q.Incident == "" {
		return room.exportBundle(r.ctx, q.Path, since, q.Attachments)
	}
	var incident model.ID
	room.View(func(s *model.State) {
		var inc *model.Incident
		if inc, err = s.FindIncident(q.Incident); err == nil {
			incident = inc.ID
		}
	})
	if err != nil {
		return nil, err
	}
	return room.writeBundle(r.ctx, q.Path, q.Attachments, func(w io.Writer) (bundle.Summary, error) {
		return bundle.ExportIncident(w, room.Replica, since, incident)
	})
}

// sameFile tells whether two paths lead to one file that is there.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	second, other := os.Stat(b)
	return err == nil && other == nil && os.SameFile(first, second)
}

// reached gives how far an earlier bundle of the room gets.
func (r *Room) reached(path string) (model.Vector, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := bundle.ReadHeader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if h.Room != r.Room() {
		return nil, fmt.Errorf("%s: %w", path, bundle.ErrWrongRoom)
	}
	return h.Reaches, nil
}

// ExportBundle writes what the room holds after since to a file. The file
// appears whole or not at all.
func (r *Room) ExportBundle(path string, since model.Vector) (bundle.Summary, error) {
	return r.exportBundle(r.node.ctx, path, since, false)
}

func (r *Room) exportBundle(ctx context.Context, path string, since model.Vector, attachments bool) (bundle.Summary, error) {
	return r.writeBundle(ctx, path, attachments, func(w io.Writer) (bundle.Summary, error) { return bundle.Export(w, r.Replica, since) })
}

func (r *Room) writeBundle(ctx context.Context, path string, attachments bool, write func(io.Writer) (bundle.Summary, error)) (s bundle.Summary, err error) {
	_, err = export.File(path, func(w io.Writer) (err error) {
		if s, err = write(w); err == nil && attachments {
			s.Chunks, err = bundle.ExportChunks(w, func(chunk func([]byte) error) error { return r.files.each(ctx, chunk) })
		}
		return err
	})
	if err != nil {
		return s, fmt.Errorf("write the bundle: %w", err)
	}
	return s, nil
}

func importBundle(r *request) (any, error) {
	room, q, err := r.bundle()
	if err != nil {
		return nil, err
	}
	return room.ImportBundle(r.ctx, q.Path)
}

// ImportBundle takes a bundle's content into the room. What is complete is kept
// even where there is an error.
func (r *Room) ImportBundle(ctx context.Context, path string) (bundle.Summary, error) {
	f, err := os.Open(path)
	if err != nil {
		return bundle.Summary{}, err
	}
	defer f.Close()
	s, err := bundle.Import(ctx, f, r.Replica, r.files.taker())
	if err != nil {
		err = fmt.Errorf("%s: %w", path, err)
	}
	if s.Chunks > 0 {
		r.files.recount()
		r.files.tell()
	}
	return s, err
}
