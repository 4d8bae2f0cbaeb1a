//go:build !windows

package chime

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestSoundIsAWholeWAVFile(t *testing.T) {
	b := sound()
	if !bytes.HasPrefix(b, []byte("RIFF")) || string(b[8:16]) != "WAVEfmt " || string(b[36:40]) != "data" {
		t.Fatalf("the head is %q", b[:44])
	}
	if n := binary.LittleEndian.Uint32(b[4:]); int(n) != len(b)-8 {
		t.Errorf("it says %d bytes of %d", n, len(b)-8)
	}
	if n := binary.LittleEndian.Uint32(b[40:]); int(n) != len(b)-44 {
		t.Errorf("it says %d bytes of sound of %d", n, len(b)-44)
	}
	peak := int16(0)
	for i := 44; i < len(b); i += 2 {
		peak = max(peak, int16(binary.LittleEndian.Uint16(b[i:])))
	}
	if peak < 1<<12 {
		t.Errorf("the loudest sample is %d: nobody hears it", peak)
	}
	if end := int16(binary.LittleEndian.Uint16(b[len(b)-2:])); end > 1<<11 || end < -1<<11 {
		t.Errorf("it ends with a click of %d", end)
	}
}

// player puts a program into the path, and nothing else there.
func player(t *testing.T, name, script string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	return dir
}

func TestPlayerOfTheSystemGetsTheSound(t *testing.T) {
	dir := player(t, "paplay", `while read -r line; do :; done < "$1"; echo "$1" > "$0.heard"`)
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Play(t.Context()); err != nil {
		t.Fatal(err)
	}
	heard, err := os.ReadFile(filepath.Join(dir, "paplay.heard"))
	if err != nil {
		t.Fatal(err)
	}
	file := string(bytes.TrimSpace(heard))
	if got, err := os.ReadFile(file); err != nil || !bytes.Equal(got, sound()) {
		t.Errorf("it was given %s: %v", file, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the file stays")
	}
}

func TestWithoutPlayerItSaysSo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := New(); !errors.Is(err, ErrSilent) {
		t.Errorf("it says %v", err)
	}
	player(t, "aplay", "exit 1")
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Play(t.Context()); err == nil {
		t.Error("a player that fails was heard")
	}
}
