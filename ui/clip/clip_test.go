package clip

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewRGBA(image.Rect(0, 0, 40, 30))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPictureIsWhatTheToolOfTheDisplayWrites, and what else it may say is put into words.
func TestPictureIsWhatTheToolOfTheDisplayWrites(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Log("other systems have other tools: see TestToolsOfOtherSystems")
		return
	}
	bin := t.TempDir()
	want := picture(t)
	if err := os.WriteFile(filepath.Join(bin, "screen.png"), want, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":/bin:/usr/bin")
	t.Setenv("DISPLAY", ":7")
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, c := range []struct {
		what, script string
		err          error
	}{
		{"a picture", `[ "$*" = "-selection clipboard -target image/png -out" ] && cat ` + bin + "/screen.png", nil},
		{"text alone", "echo 'Error: target image/png not available' >&2; exit 1", ErrNone},
		{"what is no picture", "echo hello", ErrNone},
		{"nothing", "exit 0", ErrNone},
		{"no end", "exec cat /dev/zero", errLarge},
	} {
		if err := os.WriteFile(filepath.Join(bin, "xclip"), []byte("#!/bin/sh\n"+c.script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		got, err := Picture(t.Context())
		if !errors.Is(err, c.err) || c.err == nil && !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", c.what, len(got), err)
		}
	}
	t.Setenv("DISPLAY", "")
	if _, err := Picture(t.Context()); !errors.Is(err, ErrNoTool) || !strings.Contains(err.Error(), "xclip") {
		t.Errorf("without a display: %v", err)
	}
}

// TestToolsOfOtherSystems: what they print is read.
func TestToolsOfOtherSystems(t *testing.T) {
	want := picture(t)
	none := func(string) string { return "" }
	for system, out := range map[string]string{
		"darwin":  "«data PNGf" + strings.ToUpper(hex.EncodeToString(want)) + "»\n",
		"windows": base64.StdEncoding.EncodeToString(want) + "\r\n",
	} {
		list := tools(system, none)
		if len(list) != 1 {
			t.Fatalf("%s has %d tools", system, len(list))
		}
		if got, err := list[0].decode([]byte(out)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes, %v", system, len(got), err)
		}
	}
	wayland := tools("linux", func(name string) string { return name })
	if len(wayland) != 2 || wayland[0].name != "wl-paste" || wayland[1].name != "xclip" {
		t.Errorf("on Wayland: %+v", wayland)
	}
}
