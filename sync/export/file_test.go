package export_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/sync/export"
)

func TestFileIsWrittenOnceAndFingerprinted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "note.txt")
	if err := export.NewFile(path, []byte("abc")); err != nil {
		t.Fatal(err)
	}
	if err := export.NewFile(path, []byte("other")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that is there: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	sum, size, err := export.Fingerprint(t.Context(), path)
	if err != nil || size != 3 || sum != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("%s of %d bytes, %v", sum, size, err)
	}
	if _, _, err := export.Fingerprint(t.Context(), t.TempDir()); err == nil {
		t.Error("a folder has a fingerprint")
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := export.Fingerprint(gone, path); !errors.Is(err, context.Canceled) {
		t.Errorf("a read goes on after it was ended: %v", err)
	}
}

// TestAFolderIsNoFile: it is said so, and nothing is left in it or beside it.
func TestAFolderIsNoFile(t *testing.T) {
	dir := t.TempDir()
	_, err := export.File(dir, func(w io.Writer) error {
		t.Error("written")
		return nil
	})
	if err == nil || !strings.Contains(err.Error(), "is a folder; name a file in it") {
		t.Error(err)
	}
	if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) != 1 {
		t.Errorf("%v beside it, %v", left, err)
	}
}
