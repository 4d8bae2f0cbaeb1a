package blob

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"holdfast/sync/oplog"
)

// Errors a caller branches on.
var (
	// ErrMissing: a chunk is not here, or was damaged and put aside.
	ErrMissing = errors.New("a part of the file is not on this device")
	// ErrDiskFull: nothing of this was kept, everything before it is safe.
	ErrDiskFull = errors.New("the disk is full; nothing of this file was kept that is not whole, everything else is safe; free some space and try again")
	// ErrLimit: a store that keeps for others has all it may.
	ErrLimit = errors.New("the relay keeps as much as it may; nothing was stored")
)

// Names inside a store. Chunks are in folders of the first byte of their name,
// because folders of 100,000 files are slow on some systems.
const (
	draftPrefix   = "adding-"  // a file that is being cut
	readyPrefix   = "ready-"   // one that is cut and waits for its record; then its root
	tempPrefix    = ".chunk-"  // a chunk that is being written
	damagedSuffix = ".damaged" // not what its name says; kept for whoever wants to look
	storeMode     = 0o700
	chunkMode     = 0o600
)

// Options of a store.
type Options struct {
	// Limit is how many bytes are kept; 0 is as many as the disk takes.
	Limit int64
	// Recorded tells whether the record names a root: what was cut and never
	// recorded is removed.
	Recorded func(root Name) bool
	// ReadOnly leaves what a stop left unfinished as it is.
	ReadOnly bool
}

// Store is the chunks of a room on this device. Its methods may be called from
// any goroutine.
type Store struct {
	dir   string
	limit int64

	mu   sync.Mutex
	used int64 // bytes of chunks; counted only where there is a limit
}

// Open opens the store in a folder, which is made with its first chunk, and ends
// what a stop left unfinished: files that were not cut to the end are removed, and
// those that were recorded are put in place.
func Open(dir string, o Options) (*Store, error) {
	s := &Store{dir: dir, limit: o.Limit}
	if o.ReadOnly {
		return s, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open attachments: %w", err)
	}
	for _, e := range entries {
		if err := s.settle(e.Name(), o.Recorded); err != nil {
			return nil, fmt.Errorf("open attachments: %w", full(err))
		}
	}
	return s, nil
}

// settle ends what one entry of the folder is a rest of, and counts the others.
func (s *Store) settle(entry string, recorded func(Name) bool) error {
	path := filepath.Join(s.dir, entry)
	if root, ok := strings.CutPrefix(entry, readyPrefix); ok {
		if name, err := parseName(root); err == nil && recorded != nil && recorded(name) {
			return s.place(path)
		}
		return os.RemoveAll(path)
	}
	if strings.HasPrefix(entry, draftPrefix) || strings.HasPrefix(entry, tempPrefix) {
		return os.RemoveAll(path)
	}
	if s.limit == 0 {
		return nil
	}
	files, err := os.ReadDir(path)
	if err != nil {
		return nil // a file that is none of ours
	}
	for _, f := range files {
		if info, err := f.Info(); err == nil {
			s.used += info.Size()
		}
	}
	return nil
}

func parseName(text string) (Name, error) {
	var n Name
	b, err := hex.DecodeString(text)
	if err != nil || copy(n[:], b) != len(n) || len(b) != len(n) {
		return n, fmt.Errorf("%.80q is no name of a chunk", text)
	}
	return n, nil
}

// full calls a full disk by its name.
func full(err error) error {
	if err != nil && oplog.IsDiskFull(err) {
		return fmt.Errorf("%w (%w)", ErrDiskFull, err)
	}
	return err
}

func (s *Store) path(n Name) string {
	text := hex.EncodeToString(n[:])
	return filepath.Join(s.dir, text[:2], text)
}

// Has tells whether a chunk is here. It does not read it: damage shows with Get.
func (s *Store) Has(n Name) bool {
	info, err := os.Stat(s.path(n))
	return err == nil && info.Mode().IsRegular() && info.Size() <= MaxSealed
}

// Get reads a chunk. What is not what its name says is put aside, and the error
// is ErrMissing as for one that was never here.
func (s *Store) Get(n Name) ([]byte, error) {
	path := s.path(n)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("read chunk: %w", err)
	}
	b, err := readChunk(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read chunk: %w", err)
	}
	if nameOf(b) == n {
		return b, nil
	}
	if err := os.Rename(path, path+damagedSuffix); err != nil {
		return nil, fmt.Errorf("put aside a damaged chunk: %w", err)
	}
	return nil, fmt.Errorf("%w: it was damaged on this disk and is put aside", ErrMissing)
}

// readChunk reads one byte more than a chunk can have, so that a longer file is
// found to be another one.
func readChunk(f *os.File) ([]byte, error) {
	b := make([]byte, MaxSealed+1)
	n, err := io.ReadFull(f, b)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return b[:n], err
}

// Put keeps a sealed chunk, durably, and gives its name.
func (s *Store) Put(sealed []byte) (Name, error) {
	n := nameOf(sealed)
	if len(sealed) > MaxSealed {
		return n, fmt.Errorf("keep chunk: %d bytes, the limit is %d", len(sealed), MaxSealed)
	}
	if s.Has(n) {
		return n, nil
	}
	if !s.take(int64(len(sealed))) {
		return n, ErrLimit
	}
	path := s.path(n)
	err := os.MkdirAll(filepath.Dir(path), storeMode)
	if err == nil {
		err = writeChunk(s.dir, path, sealed)
	}
	if err != nil {
		s.take(-int64(len(sealed)))
		return n, fmt.Errorf("keep chunk: %w", full(err))
	}
	return n, nil
}

// take counts bytes against the limit.
func (s *Store) take(n int64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.limit == 0 || n > 0 && s.used+n > s.limit {
		return s.limit == 0
	}
	s.used += n
	return true
}

// writeChunk has a file appear whole or not at all; until then it is in dir. Each
// is flushed by itself: a burst of many would hold up the flush of the record.
func writeChunk(dir, path string, sealed []byte) error {
	f, err := os.CreateTemp(dir, tempPrefix)
	if err != nil {
		return err
	}
	_, err = f.Write(sealed)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // Open removes it where this does not
	}
	return err
}

// place moves the chunks of a finished draft to where they belong.
func (s *Store) place(dir string) error {
	files, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	touched := map[string]bool{s.dir: true}
	for _, f := range files {
		n, err := parseName(f.Name())
		if err != nil {
			continue
		}
		to := s.path(n)
		if err := os.MkdirAll(filepath.Dir(to), storeMode); err != nil {
			return err
		}
		if err := os.Rename(filepath.Join(dir, f.Name()), to); err != nil {
			return err
		}
		touched[filepath.Dir(to)] = true
	}
	for folder := range touched {
		if err := oplog.SyncDir(folder); err != nil {
			return err
		}
	}
	return os.RemoveAll(dir)
}
