package node_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
	"holdfast/sync/export"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

// TestAnIncidentLeavesAsAFileInEveryFormat: by the rules of the terminal.
func TestAnIncidentLeavesAsAFileInEveryFormat(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	do(t, a, model.Log{Incident: inc.Code, Text: "gateway answers 502"})
	dir := t.TempDir()
	for _, format := range append(export.Readable(), export.Evidence) {
		q := node.ExportRequest{Incident: inc.Code, Format: format, As: export.Markdown, Path: filepath.Join(dir, format)}
		r, err := a.Export(t.Context(), q)
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		if info, err := os.Stat(q.Path); err != nil || info.Size() != r.Bytes || r.Bytes == 0 {
			t.Errorf("%s: %d bytes are said, %v", format, r.Bytes, err)
		}
	}
	if z, err := zip.OpenReader(filepath.Join(dir, export.Evidence)); err != nil {
		t.Errorf("the pack: %v", err)
	} else if err := z.Close(); err != nil {
		t.Error(err)
	}
}

// TestAnExportForOutsidersLeavesOutWhatIsNotTheirs: and what is no paper for them is refused, with nothing written.
func TestAnExportForOutsidersLeavesOutWhatIsNotTheirs(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	do(t, a, model.Log{Incident: inc.Code, Text: "Tom typed the wrong host"})
	do(t, a, model.Log{Incident: inc.Code, Kind: "impact", Text: "nobody can pay"})
	path := filepath.Join(t.TempDir(), "out")
	if _, err := a.Export(t.Context(), node.ExportRequest{Incident: inc.Code, Format: export.Markdown, Public: true, Path: path}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if words := string(b); strings.Contains(words, "wrong host") || !strings.Contains(words, "nobody can pay") {
		t.Errorf("outsiders read:\n%s", words)
	}
	for _, format := range []string{export.ICS214, export.Evidence, "post-mortem", "docx"} {
		other := path + format
		if _, err := a.Export(t.Context(), node.ExportRequest{Incident: inc.Code, Format: format, As: export.Markdown, Public: true, Path: other}); err == nil {
			t.Errorf("%s is given to outsiders", format)
		}
		if _, err := os.Stat(other); err == nil {
			t.Errorf("%s left a file", format)
		}
	}
}

// TestAnExportSaysAllThereIs: also where the disk has spoiled what was put aside of
// an incident that is closed; the log has it.
func TestAnExportSaysAllThereIs(t *testing.T) {
	home := t.TempDir()
	began := time.Now()
	var later atomic.Int64
	n, err := node.Open(node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Quiet: true, Now: func() time.Time {
		return began.Add(time.Duration(later.Load()))
	}})
	if err != nil {
		t.Fatal(err)
	}
	a := founded(t, n)
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P2})
	var writers sync.WaitGroup
	for w := range 50 { // together, so that they share fsyncs; so many that a snapshot is kept on closing
		writers.Go(func() {
			for i := range 40 {
				if _, err := a.Do(t.Context(), model.Log{Incident: inc.Code, Text: fmt.Sprintf("sample %d of probe %d is late", i, w)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	for range model.KeepRecent + 1 { // the last ones stay at hand
		do(t, a, model.Resolve{Incident: inc.Code, Verification: "orders pass"})
		do(t, a, model.Close{Incident: inc.Code, Customers: "only staff saw it"})
		later.Store(int64(30 * 24 * time.Hour)) // as do those closed within days of the last
		inc = do(t, a, model.Declare{Title: "Later", Severity: model.P2})
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	file := glob(t, filepath.Join(home, "rooms", "*", "room.db"))[0]
	parts := putAside(t, file)
	a = start(t, home).Rooms()[0]
	spoil(t, file, parts)
	var code string
	a.View(func(s *model.State) {
		for _, b := range s.Briefs(true, a.Now()) {
			if b.Title == "Checkout down" {
				code = b.Code
			}
		}
	})
	path := filepath.Join(t.TempDir(), "out.md")
	if _, err := a.Export(t.Context(), node.ExportRequest{Incident: code, Format: export.Markdown, Path: path}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(b), "is late"); got != 50*40 {
		t.Errorf("%d lines of %d are in the file", got, 50*40)
	}
}

// putAside finds where the file of a room keeps what was put aside: the middle of
// each piece.
func putAside(t *testing.T, file string) (parts []int64) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(file, 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	if err := db.View(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("snap")).ForEach(func(name, sealed []byte) error {
			if !strings.HasPrefix(string(name), "pack/") {
				return nil
			}
			for from := 0; ; { // a page that was freed may have it too
				at := bytes.Index(raw[from:], sealed)
				if at < 0 {
					return nil
				}
				from += at + len(sealed)
				parts = append(parts, int64(from-len(sealed)/2))
			}
		})
	}); err != nil || len(parts) == 0 {
		t.Fatalf("nothing was put aside: %v", err)
	}
	return parts
}

// spoil turns one byte at each of the places of a file.
func spoil(t *testing.T, file string, at []int64) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	b := make([]byte, 1)
	for _, at := range at {
		if _, err := f.ReadAt(b, at); err != nil {
			t.Fatal(err)
		}
		b[0] ^= 0xff
		if _, err := f.WriteAt(b, at); err != nil {
			t.Fatal(err)
		}
	}
}
