package node

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"holdfast/model"
)

// sniffed is how much of a file http.DetectContentType looks at.
const sniffed = 512

// Attach cuts a file into sealed chunks and records it. Told hears of bytes done;
// it may be nil. Where ctx ends or it is refused, nothing is left.
func (r *Room) Attach(ctx context.Context, q AttachRequest, told func(done, size int64)) (model.Done, error) {
	f, size, err := openRegular(q.Path)
	if err != nil {
		return model.Done{}, err
	}
	defer f.Close() // it was only read
	command := model.Attach{
		Incident: q.Incident, Name: filepath.Base(q.Path), Type: q.Type, Size: size, Entry: q.Entry, Note: q.Note, Source: q.Source,
		SHA256: model.Hash{1}, Root: model.Hash{1}, Key: model.Hash{1},
	}
	if command.Type == "" {
		if command.Type, err = mediaType(f); err != nil {
			return model.Done{}, err
		}
	}
	// A refusal is heard before a large file is read.
	r.View(func(s *model.State) {
		_, err = model.NewPlanner(s, r.Now(), r.Device(), r.OwnFeed(), 1).Plan(command)
	})
	if err != nil {
		return model.Done{}, err
	}
	draft, err := r.files.store.Add(ctx, f, rand.Reader, r.files.in, func(done int64) {
		if told != nil {
			told(done, max(size, done))
		}
	})
	if err != nil {
		return model.Done{}, err
	}
	c := draft.Content
	command.Size, command.SHA256, command.Root, command.Key = c.Size, c.SHA256, c.Root, c.Key
	defer r.files.add(c.Root)()
	done, err := r.Do(ctx, command)
	if err != nil {
		// Where it is not known whether it was recorded, the next start settles it.
		if errors.Is(err, model.ErrRefused) {
			err = errors.Join(err, draft.Discard())
		}
		return done, err
	}
	if err := draft.Keep(); err != nil {
		return done, err
	}
	r.files.recount(done.ID)
	r.files.poke()
	r.files.tell()
	return done, nil
}

// add has a file count as here while it is recorded and its parts are put in their place,
// which is until end is called.
func (a *attachments) add(root model.Hash) (end func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.adding[root] = true
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.adding, root)
	}
}

// openRegular opens a file whose end can be told: no folder, pipe or device.
func openRegular(path string) (*os.File, int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case info.IsDir():
		return nil, 0, fmt.Errorf("%s is a folder; pack it into one file first. Nothing was attached", path)
	case !info.Mode().IsRegular():
		return nil, 0, fmt.Errorf("%s is no regular file. Nothing was attached", path)
	}
	if err := model.CheckAttachmentSize(info.Size()); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	f, err := os.Open(path)
	return f, info.Size(), err
}

// mediaType looks at the beginning of a file.
func mediaType(f *os.File) (string, error) {
	b := make([]byte, sniffed)
	n, err := io.ReadFull(f, b)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	kind, _, _ := strings.Cut(http.DetectContentType(b[:n]), ";")
	return kind, nil
}
