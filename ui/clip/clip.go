// Package clip reads a picture from the clipboard, which the toolkit gives the text of
// alone, with the tools that each system has for it.
package clip

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

const (
	// MaxBytes bounds a picture: a screenshot of three large screens takes half of it.
	MaxBytes = 32 << 20
	// within is how long a tool may take. One waits for the program that holds the
	// clipboard, which may hang.
	within = 10 * time.Second
)

var (
	// ErrNone says that there is no picture on the clipboard.
	ErrNone = errors.New("there is neither text nor a picture on the clipboard")
	// ErrNoTool says what to install, or do instead.
	ErrNoTool = errors.New("a picture can be pasted once the package xclip (on Wayland wl-clipboard) is installed; or save it to a file and drop that here")
)

// tool is a program that writes the picture of the clipboard to its output.
type tool struct {
	name   string
	args   []string
	decode func([]byte) ([]byte, error) // of what it writes
}

func same(b []byte) ([]byte, error) { return b, nil }

// tools are those of a system, the best first.
func tools(system string, getenv func(string) string) []tool {
	switch system {
	case "darwin":
		return []tool{{"osascript", []string{"-e", "get the clipboard as «class PNGf»"}, fromScript}}
	case "windows":
		return []tool{{"powershell", []string{"-NoProfile", "-STA", "-Command", powershell}, fromBase64}}
	}
	var list []tool
	if getenv("WAYLAND_DISPLAY") != "" {
		list = append(list, tool{"wl-paste", []string{"--no-newline", "--type", "image/png"}, same})
	}
	if getenv("DISPLAY") != "" {
		list = append(list, tool{"xclip", []string{"-selection", "clipboard", "-target", "image/png", "-out"}, same})
	}
	return list
}

const powershell = `Add-Type -AssemblyName System.Windows.Forms, System.Drawing
$image = [System.Windows.Forms.Clipboard]::GetImage()
if ($image) { $to = New-Object System.IO.MemoryStream; $image.Save($to, [System.Drawing.Imaging.ImageFormat]::Png); [Convert]::ToBase64String($to.ToArray()) }`

// fromScript reads what AppleScript prints of data: «data PNGf89504E47...».
func fromScript(b []byte) ([]byte, error) {
	_, rest, _ := strings.Cut(string(b), "PNGf")
	digits, _, _ := strings.Cut(rest, "»")
	return hex.DecodeString(digits)
}

func fromBase64(b []byte) ([]byte, error) {
	return base64.StdEncoding.DecodeString(strings.TrimSpace(string(b)))
}

// Picture gives the picture on the clipboard as PNG. Errors: ErrNone, ErrNoTool, one
// that is larger than MaxBytes, and what ends ctx.
func Picture(ctx context.Context) ([]byte, error) {
	ctx, stop := context.WithTimeout(ctx, within)
	defer stop()
	err := ErrNoTool
	for _, t := range tools(runtime.GOOS, os.Getenv) {
		path, missing := exec.LookPath(t.name)
		if missing != nil {
			continue
		}
		var b []byte
		if b, err = t.run(ctx, path); err == nil {
			return b, nil
		}
	}
	return nil, err
}

// run runs a tool. One that fails has found no picture: none of them tells why in a
// way that can be relied on.
func (t tool) run(ctx context.Context, path string) ([]byte, error) {
	c := exec.CommandContext(ctx, path, t.args...)
	c.WaitDelay = time.Second // of what it started and left
	out, err := c.StdoutPipe()
	if err == nil {
		err = c.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.name, err)
	}
	const most = 2*MaxBytes + 1024 // as hexadecimal digits, with what stands around them
	b, err := io.ReadAll(io.LimitReader(out, most+1))
	if len(b) > most {
		_ = c.Process.Kill() // it would wait for its reader
	}
	failed := c.Wait()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("the program that holds the clipboard does not answer: %w", ctx.Err())
	case len(b) > most:
		return nil, errLarge
	case err != nil || failed != nil:
		return nil, ErrNone
	}
	if b, err = t.decode(b); err != nil || !bytes.HasPrefix(b, []byte("\x89PNG\r\n\x1a\n")) {
		return nil, ErrNone
	}
	if len(b) > MaxBytes {
		return nil, errLarge
	}
	return b, nil
}

var errLarge = fmt.Errorf("the picture on the clipboard has more than %d MiB; save it to a file and drop that here", MaxBytes>>20)
