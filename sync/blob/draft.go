package blob

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// Draft is a file that was cut into sealed chunks, durably, and waits to be
// recorded. It ends with Keep or Discard; a stop before either is settled by Open.
type Draft struct {
	Content model.Content
	store   *Store
	dir     string
}

// Add cuts a file into sealed chunks. It holds two chunks of it in memory, tells
// how many bytes are done (told may be nil), and ends with the context: then, as
// after any error, nothing is left. random gives the key; pace may be nil.
func (s *Store) Add(ctx context.Context, r io.Reader, random io.Reader, pace *Pace, told func(done int64)) (*Draft, error) {
	err := os.MkdirAll(s.dir, storeMode)
	var dir string
	if err == nil {
		dir, err = os.MkdirTemp(s.dir, draftPrefix)
	}
	if err != nil {
		return nil, fmt.Errorf("attach: %w", full(err))
	}
	d := &Draft{store: s, dir: dir}
	if err := d.fill(ctx, r, random, pace, told); err != nil {
		return nil, errors.Join(fmt.Errorf("attach: %w", full(err)), d.Discard())
	}
	return d, nil
}

func (d *Draft) fill(ctx context.Context, r, random io.Reader, pace *Pace, told func(int64)) error {
	if _, err := io.ReadFull(random, d.Content.Key[:]); err != nil {
		return fmt.Errorf("random source: %w", err)
	}
	box, err := newSealer(d.Content.Key)
	if err != nil {
		return err
	}
	names, err := d.cut(ctx, r, box, pace, told)
	if err != nil {
		return err
	}
	if d.Content.Root, err = d.write(box.seal(nil, partList, 0, encodeList(names))); err != nil {
		return err
	}
	if err := oplog.SyncDir(d.dir); err != nil {
		return err
	}
	ready := filepath.Join(d.store.dir, readyPrefix+hex.EncodeToString(d.Content.Root[:]))
	if err := os.Rename(d.dir, ready); err != nil {
		return err
	}
	d.dir = ready
	return oplog.SyncDir(d.store.dir)
}

// cut writes the chunks of the file and sums it up.
func (d *Draft) cut(ctx context.Context, r io.Reader, box sealer, pace *Pace, told func(int64)) ([]Name, error) {
	sum := sha256.New()
	plain, sealed := make([]byte, ChunkSize), make([]byte, 0, MaxSealed)
	var names []Name
	for {
		if err := pace.Wait(ctx, ChunkSize); err != nil {
			return nil, err
		}
		n, err := io.ReadFull(r, plain)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, err
		}
		last := err != nil
		if n > 0 {
			d.Content.Size += int64(n)
			if d.Content.Size > model.MaxAttachment {
				return nil, model.CheckAttachmentSize(d.Content.Size)
			}
			sum.Write(plain[:n])
			sealed = box.seal(sealed[:0], partData, len(names), plain[:n])
			name, err := d.write(sealed)
			if err != nil {
				return nil, err
			}
			names = append(names, name)
			if told != nil {
				told(d.Content.Size)
			}
		}
		if last {
			copy(d.Content.SHA256[:], sum.Sum(nil))
			return names, model.CheckAttachmentSize(d.Content.Size)
		}
	}
}

func (d *Draft) write(sealed []byte) (Name, error) {
	n := nameOf(sealed)
	return n, writeChunk(d.dir, filepath.Join(d.dir, hex.EncodeToString(n[:])), sealed)
}

// Keep puts the chunks in place, after the record names them.
func (d *Draft) Keep() error {
	if err := d.store.place(d.dir); err != nil {
		return fmt.Errorf("attach: put the file in place: %w", full(err))
	}
	return nil
}

// Discard removes the chunks of what was not recorded.
func (d *Draft) Discard() error {
	if err := os.RemoveAll(d.dir); err != nil {
		return fmt.Errorf("attach: remove what was cut: %w", err)
	}
	return nil
}
