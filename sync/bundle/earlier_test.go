package bundle_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/bundle"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// Under testdata each format of commits has the homes of two people that its first
// program wrote, and a bundle; they are kept for ever. Ana founded the room and declared
// an incident, Ben joined over a link. Apart, she logged 150 lines and exported the
// bundle, and he logged one.
var earlier = []string{"testdata/v1", "testdata/v2"}

const carriedLines = 150

func TestHomesAndBundlesOfEarlierVersions(t *testing.T) {
	for _, dir := range earlier {
		t.Run(dir, func(t *testing.T) { openEarlier(t, dir) })
	}
}

func openEarlier(t *testing.T, dir string) {
	homes := t.TempDir()
	untar(t, filepath.Join(dir, "homes.tar.gz"), homes)
	ana, ben := opened(t, filepath.Join(homes, "ana")), opened(t, filepath.Join(homes, "ben"))
	if n := lines(ana); n != carriedLines {
		t.Fatalf("Ana's home has %d lines of %d", n, carriedLines)
	}
	if n := lines(ben); n != 0 {
		t.Fatalf("Ben's home has %d of Ana's lines already", n)
	}
	stick, err := os.ReadFile(filepath.Join(dir, "stick.hfb"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bundle.Import(t.Context(), bytes.NewReader(stick), ben, nil); err != nil {
		t.Fatal(err)
	}
	if n := lines(ben); n != carriedLines {
		t.Fatalf("%d lines of %d came by stick", n, carriedLines)
	}
	do(t, ben, model.Log{Incident: "Checkout fails", Text: "Written on by this version"})
	if _, err := bundle.Import(t.Context(), bytes.NewReader(export(t, ben, nil)), ana, nil); err != nil {
		t.Fatal(err)
	}
	same(t, ana, ben)
}

func opened(t *testing.T, dir string) *replica.Replica {
	t.Helper()
	h, err := replica.OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, replica.Options{App: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	if len(h.Rooms()) != 1 {
		t.Fatalf("%d rooms are open: %v", len(h.Rooms()), h.Shut())
	}
	return h.Rooms()[0]
}

// lines counts the lines that Ana logged.
func lines(r *replica.Replica) (n int) {
	r.View(func(s *model.State) {
		for inc := range s.Incidents() {
			for _, e := range s.Timeline(inc) {
				if strings.HasPrefix(e.Text, "Payment gateway times out") {
					n++
				}
			}
		}
	})
	return n
}

func untar(t *testing.T, name, to string) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := tar.NewReader(z)
	for {
		head, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(to, head.Name)
		if head.Typeflag == tar.TypeDir {
			err = os.MkdirAll(path, 0o700)
		} else {
			var b []byte
			if b, err = io.ReadAll(r); err == nil {
				err = os.WriteFile(path, b, head.FileInfo().Mode())
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
