package blob

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"holdfast/model"
)

// errContent is what is here and is not what the record says.
var errContent = errors.New("the file is not the one that was recorded: it is damaged, or the record of it is false")

// List gives the names of the chunks of a file, in order. ErrMissing where the
// list itself is not here.
func (s *Store) List(c model.Content) ([]Name, error) {
	sealed, err := s.Get(c.Root)
	if err != nil {
		return nil, err
	}
	return openList(c, sealed)
}

func openList(c model.Content, sealed []byte) ([]Name, error) {
	box, err := newSealer(c.Key)
	if err != nil {
		return nil, err
	}
	plain, err := box.open(partList, 0, sealed)
	if err != nil {
		return nil, err
	}
	names, err := decodeNames(plain)
	if err != nil || len(names) != chunks(c.Size) {
		return nil, errContent
	}
	return names, nil
}

// Missing gives the names of the chunks that are not here, and how many the file
// has. Without the list, the list is what is missing, and the only one known.
func (s *Store) Missing(c model.Content) (missing []Name, total int, err error) {
	names, err := s.List(c)
	if errors.Is(err, ErrMissing) {
		return []Name{c.Root}, chunks(c.Size), nil
	}
	if err != nil {
		return nil, 0, err
	}
	for _, n := range names {
		if !s.Has(n) {
			missing = append(missing, n)
		}
	}
	return missing, len(names), nil
}

// Check reads the chunks of a file that are here, so that those that are damaged
// are put aside and count as missing.
func (s *Store) Check(ctx context.Context, c model.Content) error {
	names, err := s.List(c)
	if errors.Is(err, ErrMissing) {
		return nil
	}
	for _, n := range names {
		if err = ctx.Err(); err != nil {
			break
		}
		if _, err = s.Get(n); err != nil && !errors.Is(err, ErrMissing) {
			break
		}
		err = nil
	}
	return err
}

// Write writes a file out, a chunk at a time, and checks at the end that it is
// the one that was recorded. ErrMissing where a part is not here or was damaged.
// What was written before an error is no use.
func (s *Store) Write(ctx context.Context, c model.Content, w io.Writer) error {
	names, err := s.List(c)
	if err != nil {
		return err
	}
	box, err := newSealer(c.Key)
	if err != nil {
		return err
	}
	sum := sha256.New()
	left := c.Size
	for i, n := range names {
		if err := ctx.Err(); err != nil {
			return err
		}
		sealed, err := s.Get(n)
		if err != nil {
			return err
		}
		plain, err := box.open(partData, i, sealed)
		if err != nil {
			return fmt.Errorf("part %d of %d: %w", i+1, len(names), err)
		}
		if int64(len(plain)) != min(left, ChunkSize) {
			return errContent
		}
		left -= int64(len(plain))
		sum.Write(plain)
		if _, err := w.Write(plain); err != nil {
			return full(err)
		}
	}
	if model.Hash(sum.Sum(nil)) != c.SHA256 {
		return errContent
	}
	return nil
}
