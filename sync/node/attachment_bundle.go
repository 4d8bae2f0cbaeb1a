package node

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/blob"
	"holdfast/sync/export"
)

// each gives the chunks of all attachments that are here, the list of a file before
// its parts.
func (a *attachments) each(ctx context.Context, give func(sealed []byte) error) error {
	for _, h := range a.newest() {
		names, err := a.store.List(h.content)
		if errors.Is(err, blob.ErrMissing) {
			continue
		}
		if err != nil {
			return err
		}
		for _, n := range append([]blob.Name{h.content.Root}, names...) {
			sealed, err := a.store.Get(n)
			if errors.Is(err, blob.ErrMissing) {
				continue
			}
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			if err := give(sealed); err != nil {
				return err
			}
		}
	}
	return nil
}

// taker keeps the chunks that the record names, and of a stick no others: anybody
// could have put them there. A relay cannot tell, and keeps what it has room for.
func (a *attachments) taker() func(sealed []byte) error {
	var wanted map[blob.Name]bool
	roots := map[blob.Name]held{}
	return func(sealed []byte) error {
		if wanted == nil { // now the record of the bundle is in the room
			wanted = map[blob.Name]bool{}
			for _, h := range a.newest() {
				wanted[h.content.Root], roots[h.content.Root] = true, h
				a.want(wanted, h)
			}
		}
		n := blob.Name(sha256.Sum256(sealed))
		if !wanted[n] && !a.room.Relay() {
			return nil
		}
		if _, err := a.store.Put(sealed); err != nil {
			return err
		}
		if h, ok := roots[n]; ok {
			a.want(wanted, h)
		}
		return nil
	}
}

// want adds the parts of a file whose list is here.
func (a *attachments) want(wanted map[blob.Name]bool, h held) {
	names, err := a.store.List(h.content)
	if err != nil {
		return
	}
	for _, n := range names {
		wanted[n] = true
	}
}

// EvidencePack writes an incident with the attachments that are here as one
// signed file, which appears whole or not at all. It names those that are not here.
func (r *Room) EvidencePack(ctx context.Context, incident, path string) (export.PackReport, error) {
	var d export.Document
	var found []held
	var err error
	r.View(func(s *model.State) {
		var inc *model.Incident
		if inc, err = s.FindIncident(incident); err == nil {
			d, found = export.Build(s, inc, r.Device(), r.Now()), attached(s, inc)
		}
	})
	if err != nil {
		return export.PackReport{}, err
	}
	files := make([]export.Attached, len(found))
	for i, h := range found {
		files[i] = export.Attached{Name: h.view.Name, SHA256: h.view.SHA256, Write: func(w io.Writer) error { return r.files.store.Write(ctx, h.content, w) }}
		if !h.ok || r.files.store.Check(ctx, h.content) != nil {
			files[i].Missing = "damaged"
		} else if s := r.files.status(h); s.Held < s.Parts {
			files[i].Missing = s.Where
		}
	}
	device := r.node.home.Device()
	var report export.PackReport
	size, err := export.File(path, func(w io.Writer) (err error) {
		report, err = export.EvidencePack(w, d, files, device.Key().String(), func(b []byte) []byte { return ed25519.Sign(device.Private(), b) })
		return err
	})
	report.File, report.Bytes = path, size
	return report, err
}

func exportEvidence(r *request) (any, error) {
	var q SaveRequest
	if err := r.params(&q); err != nil {
		return nil, err
	}
	if !filepath.IsAbs(q.Path) {
		return nil, fmt.Errorf("%q is not an absolute path", q.Path)
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.EvidencePack(r.ctx, q.Incident, q.Path)
}
