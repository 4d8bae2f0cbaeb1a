package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// onTerminal gives what an action writes to a terminal.
func onTerminal(t *testing.T, act func(screen *os.File)) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1)
	go func() {
		b, _ := io.ReadAll(master) // ends with an error once nobody has the other end
		seen <- string(b)
	}()
	act(screen)
	if err := screen.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(<-seen, "\r\n", "\n")
}

// On a terminal a text hides nothing and moves no cursor; flags stay flags.
func TestATextOnATerminalIsMadeFitForIt(t *testing.T) {
	s := session{t: t, home: t.TempDir()}
	s.run("room", "create", "--name", "Payments", "--person", "Ana Ruiz")
	_, inc, _ := s.run("declare", "--title", "Checkout down")
	inc = strings.TrimSpace(inc)
	for text, want := range map[string]string{
		awkward["flags"]:             awkward["flags"],
		awkward["no newline at end"]: awkward["no newline at end"] + "\n",
		awkward["stray tags"]:        "a<U+E0041><U+E007F>b\n",
		"\x1b[2Jgone\n":              "<U+001B>[2Jgone\n",
	} {
		a := &app{in: strings.NewReader(text), out: io.Discard, err: io.Discard, now: time.Now}
		if code := a.run(t.Context(), []string{"--home", s.home, "text", "edit", inc, "summary", "-"}); code != exitDone {
			t.Fatalf("%q is not taken", text)
		}
		got := onTerminal(t, func(screen *os.File) {
			a := &app{in: strings.NewReader(""), out: screen, err: io.Discard, now: time.Now}
			a.run(t.Context(), []string{"--home", s.home, "text", "show", inc, "summary"})
		})
		if got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
