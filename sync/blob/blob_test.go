package blob_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/blob"
)

// everything says that the record names whatever is asked about.
func everything(blob.Name) bool { return true }

func open(t testing.TB, dir string) *blob.Store {
	t.Helper()
	s, err := blob.Open(dir, blob.Options{Recorded: everything})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// file is content that no compression helps, the same for the same size.
func file(size int) []byte {
	b := make([]byte, size)
	_, _ = mathrand.NewChaCha8([32]byte{byte(size)}).Read(b) // never fails
	return b
}

// add keeps a file in a store.
func add(t testing.TB, s *blob.Store, content []byte) model.Content {
	t.Helper()
	d, err := s.Add(t.Context(), bytes.NewReader(content), rand.Reader, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Keep(); err != nil {
		t.Fatal(err)
	}
	return d.Content
}

// chunkFiles lists the files of chunks below a folder, without those put aside.
func chunkFiles(t testing.TB, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".damaged") {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestStoreGivesBackWhatWasAdded(t *testing.T) {
	for _, size := range []int{1, 1000, blob.ChunkSize - 1, blob.ChunkSize, blob.ChunkSize + 1, 3*blob.ChunkSize + 17} {
		dir := t.TempDir()
		s := open(t, dir)
		content := file(size)
		c := add(t, s, content)
		if c.Size != int64(size) {
			t.Errorf("%d bytes are recorded as %d", size, c.Size)
		}
		var got bytes.Buffer
		if err := open(t, dir).Write(t.Context(), c, &got); err != nil || !bytes.Equal(got.Bytes(), content) {
			t.Errorf("%d bytes: other content comes back, %v", size, err)
		}
		if missing, total, err := s.Missing(c); len(missing) != 0 || total != (size+blob.ChunkSize-1)/blob.ChunkSize || err != nil {
			t.Errorf("%d bytes: %d of %d chunks missing, %v", size, len(missing), total, err)
		}
	}
}

func TestStoreShowsNothingOfAFile(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	content := []byte(strings.Repeat("card 4111 1111 1111 1111\n", 20_000))
	one, two := add(t, s, content), add(t, s, content)
	if one.Root == two.Root || one.SHA256 != two.SHA256 {
		t.Error("who stores sees that a file was attached twice")
	}
	plain := string(one.SHA256[:])
	for _, path := range chunkFiles(t, dir) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("4111")) || strings.Contains(path, one.SHA256.String()) || strings.Contains(string(b), plain) {
			t.Errorf("%s shows the content, or its fingerprint", path)
		}
	}
}

func TestStoreFindsDamage(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"flipped": func(path string) error {
			b, err := os.ReadFile(path)
			b[len(b)/2] ^= 1
			return errors.Join(err, os.WriteFile(path, b, 0o600))
		},
		"torn":    func(path string) error { return os.Truncate(path, 100) },
		"emptied": func(path string) error { return os.Truncate(path, 0) },
		"grown": func(path string) error {
			b, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path, append(b, file(2*blob.MaxSealed)...), 0o600))
		},
		"gone": os.Remove,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			c := add(t, s, file(3*blob.ChunkSize))
			names, err := s.List(c)
			if err != nil {
				t.Fatal(err)
			}
			text := names[1].String()
			path := filepath.Join(dir, text[:2], text)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := harm(path); err != nil {
				t.Fatal(err)
			}
			if err := s.Write(t.Context(), c, io.Discard); !errors.Is(err, blob.ErrMissing) {
				t.Fatalf("a damaged chunk: %v, want ErrMissing", err)
			}
			if missing, _, err := s.Missing(c); len(missing) != 1 || missing[0] != names[1] || err != nil {
				t.Errorf("missing are %v, %v; want the damaged one", missing, err)
			}
			if _, err := s.Put(before); err != nil {
				t.Fatal(err)
			}
			if err := s.Write(t.Context(), c, io.Discard); err != nil {
				t.Errorf("after it came again: %v", err)
			}
		})
	}
}

func TestStoreRefusesAFalseRecord(t *testing.T) {
	s := open(t, t.TempDir())
	c := add(t, s, file(2*blob.ChunkSize))
	for name, change := range map[string]func(*model.Content){
		"fingerprint": func(c *model.Content) { c.SHA256[0] ^= 1 },
		"key":         func(c *model.Content) { c.Key[0] ^= 1 },
		"size":        func(c *model.Content) { c.Size-- },
		"more chunks": func(c *model.Content) { c.Size += blob.ChunkSize },
	} {
		forged := c
		change(&forged)
		if err := s.Write(t.Context(), forged, io.Discard); err == nil || errors.Is(err, blob.ErrMissing) {
			t.Errorf("%s: %v, want a refusal that is not of a missing part", name, err)
		}
	}
}

func TestAddLeavesNothingWhenItEnds(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := s.Add(ctx, bytes.NewReader(file(5*blob.ChunkSize)), rand.Reader, nil, func(done int64) {
		if done >= 3*blob.ChunkSize {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	if left := chunkFiles(t, dir); len(left) != 0 {
		t.Errorf("left after it was cancelled: %v", left)
	}
	if _, err := s.Add(t.Context(), strings.NewReader(""), rand.Reader, nil, nil); !errors.Is(err, model.ErrRefused) {
		t.Errorf("an empty file: %v, want a refusal", err)
	}
	if left := chunkFiles(t, dir); len(left) != 0 {
		t.Errorf("left after a refusal: %v", left)
	}
}

func TestOpenSettlesWhatAStopLeft(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	content := file(2*blob.ChunkSize + 5)
	recorded, err := s.Add(t.Context(), bytes.NewReader(content), rand.Reader, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Add(t.Context(), bytes.NewReader(file(9)), rand.Reader, nil, nil); err != nil { // never recorded
		t.Fatal(err)
	}
	for path, text := range map[string]string{"adding-123/abc": "half a chunk", ".chunk-77": "half a chunk"} {
		if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, path)), 0o700), os.WriteFile(filepath.Join(dir, path), []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	s, err = blob.Open(dir, blob.Options{Recorded: func(root blob.Name) bool { return root == recorded.Content.Root }})
	if err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if err := s.Write(t.Context(), recorded.Content, &got); err != nil || !bytes.Equal(got.Bytes(), content) {
		t.Errorf("what was recorded just before the stop: %v", err)
	}
	if left := chunkFiles(t, dir); len(left) != 4 {
		t.Errorf("%d files, want the 4 chunks of the file that was recorded: %v", len(left), left)
	}
}

func TestStoreKeepsItsLimit(t *testing.T) {
	dir := t.TempDir()
	limited := func() *blob.Store {
		s, err := blob.Open(dir, blob.Options{Limit: 3000})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := limited()
	for i := range 3 {
		if _, err := s.Put(file(1000 - i)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Put(file(500)); !errors.Is(err, blob.ErrLimit) {
		t.Errorf("above the limit: %v, want ErrLimit", err)
	}
	if _, err := limited().Put(file(500)); !errors.Is(err, blob.ErrLimit) {
		t.Errorf("above the limit after a start: %v, want ErrLimit", err)
	}
	if _, err := s.Put(file(1000)); err != nil {
		t.Errorf("what is there already: %v", err)
	}
}
