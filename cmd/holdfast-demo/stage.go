package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The screen of the play.
const (
	width, height = 1440, 900
	// showWithin bounds the start of the screen and of the window.
	showWithin = 20 * time.Second
	// stillWithin is how long a picture may take to come to rest; what still
	// moves then, moves by itself.
	stillWithin = 4 * time.Second
	// movement is the share of pixels that clocks and the cursor change.
	movement = 0.0015
	// steady is how many looks in a row a window that stays has the same size.
	steady = 8
)

// stage is a virtual display with the desktop on it, and hands on its keys.
type stage struct {
	out     string
	display string // ":7"
	server  *child
	pace    string // pause between keys, in milliseconds
	shots   []string
}

// openStage starts a display with a free number.
func openStage(ctx context.Context, dir, out string, fast bool) (*stage, error) {
	for _, needed := range []string{"Xvfb", "xdotool", "import"} {
		if _, err := exec.LookPath(needed); err != nil {
			return nil, fmt.Errorf("%w; `.ci/packages desktop virtual` installs it", err)
		}
	}
	number, tell, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer number.Close()
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "Xvfb", "-displayfd", "3", "-nolisten", "tcp",
		"-screen", "0", fmt.Sprintf("%dx%dx24", width, height))
	cmd.ExtraFiles = []*os.File{tell}
	server, err := start("Xvfb", cmd, filepath.Join(dir, "xvfb.log"))
	if err = errors.Join(err, tell.Close()); err != nil {
		return nil, err
	}
	s := &stage{out: out, server: server, pace: "12"}
	if fast {
		s.pace = "2"
	}
	if err := number.SetReadDeadline(time.Now().Add(showWithin)); err != nil {
		return nil, errors.Join(err, server.stop())
	}
	// The number and the line's end come one after the other; the server ends
	// where it cannot write both.
	line, err := bufio.NewReader(io.LimitReader(number, 16)).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the virtual display: %w\n%s", err, server.tail()), server.stop())
	}
	s.display = ":" + strings.TrimSpace(line)
	return s, nil
}

func (s *stage) tool(ctx context.Context, program string, args ...string) (string, error) {
	return output(ctx, func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Env = append(os.Environ(), "DISPLAY="+s.display)
		return cmd
	})
}

// raise waits for the desktop's window and has it fill the screen. There is no
// window manager, so the keyboard has to be given to it. The window takes its
// own size once more while it starts, so it is looked at until it stays.
func (s *stage) raise(ctx context.Context) error {
	stays := 0
	return await(ctx, showWithin, "the desktop's window to fill the screen", func() (bool, error) {
		found, err := s.tool(ctx, "xdotool", "search", "--onlyvisible", "--name", "^Holdfast")
		window, _, _ := strings.Cut(found, "\n")
		if err != nil || window == "" {
			return false, err
		}
		geometry, err := s.tool(ctx, "xdotool", "getwindowgeometry", "--shell", window)
		if err != nil {
			return false, err
		}
		if fills(geometry) {
			stays++
			return stays == steady, nil
		}
		stays = 0
		_, err = s.tool(ctx, "xdotool", "windowmove", window, "0", "0",
			"windowsize", window, strconv.Itoa(width), strconv.Itoa(height), "windowfocus", window)
		return false, err
	})
}

// fills reports whether what xdotool says of a window is the whole screen.
func fills(geometry string) bool {
	for _, want := range []string{"X=0", "Y=0", "WIDTH=" + strconv.Itoa(width), "HEIGHT=" + strconv.Itoa(height)} {
		if !slices.Contains(strings.Fields(geometry), want) {
			return false
		}
	}
	return true
}

// press presses keys, such as ctrl+l, one after the other.
func (s *stage) press(ctx context.Context, keys ...string) error {
	_, err := s.tool(ctx, "xdotool", append([]string{"key", "--delay", "40"}, keys...)...)
	return err
}

// write types a line into the capture box and presses Enter.
func (s *stage) write(ctx context.Context, line string) error {
	if err := s.press(ctx, "ctrl+l"); err != nil {
		return err
	}
	if _, err := s.tool(ctx, "xdotool", "type", "--delay", s.pace, "--", line); err != nil {
		return err
	}
	return s.press(ctx, "Return")
}

// shoot takes a picture of the screen once it is at rest.
func (s *stage) shoot(ctx context.Context, name string) error {
	var last image.Image
	var content []byte
	from := time.Now()
	for {
		picture, err := s.tool(ctx, "import", "-silent", "-window", "root", "png:-")
		if err != nil {
			return err
		}
		content = []byte(picture)
		now, err := png.Decode(bytes.NewReader(content))
		if err != nil {
			return fmt.Errorf("picture of the screen: %w", err)
		}
		if last != nil && (changed(last, now) < movement || time.Since(from) > stillWithin) {
			break
		}
		last = now
	}
	file := fmt.Sprintf("%02d-%s.png", len(s.shots)+1, name)
	s.shots = append(s.shots, file)
	return os.WriteFile(filepath.Join(s.out, file), content, 0o644)
}

// changed is the share of pixels that differ between two pictures of one size.
func changed(a, b image.Image) float64 {
	if a.Bounds() != b.Bounds() || a.Bounds().Empty() {
		return 1
	}
	r, differ := a.Bounds(), 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			if ar != br || ag != bg || ab != bb {
				differ++
			}
		}
	}
	return float64(differ) / float64(r.Dx()*r.Dy())
}
