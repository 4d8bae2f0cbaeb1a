//go:build !windows

package chime

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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
	beside(t, dir, name, script)
	t.Setenv("PATH", dir)
	return dir
}

// beside puts a program there too.
func beside(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
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

// TestThePlayerBesideOneThatFails: the tools of PipeWire are installed on many
// systems that PulseAudio or ALSA plays for.
func TestThePlayerBesideOneThatFails(t *testing.T) {
	dir := player(t, "pw-play", "exit 1")
	beside(t, dir, "paplay", `exit 1`)
	beside(t, dir, "aplay", `echo "$2" > "$0.heard"`)
	c, err := New()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Play(t.Context()); err != nil {
		t.Fatal(err)
	}
	if heard, err := os.ReadFile(filepath.Join(dir, "aplay.heard")); err != nil || string(bytes.TrimSpace(heard)) != c.file {
		t.Errorf("aplay was given %q: %v", heard, err)
	}
	beside(t, dir, "aplay", "exit 1")
	if err := c.Play(t.Context()); err == nil || !strings.Contains(err.Error(), "pw-play: ") || !strings.Contains(err.Error(), "aplay: ") {
		t.Errorf("where none plays it says %v", err)
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
