package main

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"
)

// TestDeclareAsksWhichToolsAreDown: a person who sits at it, once the incident
// stands; nobody else.
func TestDeclareAsksWhichToolsAreDown(t *testing.T) {
	const asks, later = "Which tools are down?", "nobody has said which tools are down; say it: `holdfastctl tools INC-"
	for _, c := range []struct {
		name, typed string
		away, json  bool
		asked       int
		says        string
		down, up    string // tools
	}{
		{"a script", "chat\n", true, false, 0, later, "", ""},
		{"JSON", "chat\n", false, true, 0, "", "", ""},
		{"Enter", "\n", false, false, 1, later, "", ""},
		{"the end of the input", "", false, false, 1, later, "", ""},
		{"two", "chat VPN\n", false, false, 1, "Text: second messenger on private phones", "chat vpn", ""},
		{"states", "chat=up, Video call down\n", false, false, 1, "Voice: bridge of another carrier", "video", "chat"},
		{"without commas", "chat down vpn up dns\n", false, false, 1, "Text: second messenger", "chat dns", "vpn"},
		{"none", "none\n", false, false, 1, "the tools are answered for", "", "chat video vpn"},
		{"a slip, then right", "fax\nchat\n", false, false, 2, `tool "fax" is not known`, "chat", ""},
		{"both", "chat up chat down\n\n", false, false, 2, "chat is said to be up and down; nothing was changed", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := session{t: t, home: t.TempDir()}
			s.run("room", "create", "--name", "Payments", "--person", "Ana Ruiz")
			var out, said bytes.Buffer
			a := &app{in: strings.NewReader(c.typed), out: &out, err: &said, now: time.Now, sits: func() bool { return !c.away }}
			args := []string{"--home", s.home, "declare", "P0 checkout down for all"}
			if c.json {
				args = append(args, "--json")
			}
			if code := a.run(t.Context(), args); code != exitDone {
				t.Fatalf("exit %d: %s", code, said.String())
			}
			if n := strings.Count(said.String(), asks); n != c.asked || !strings.Contains(said.String(), c.says) {
				t.Errorf("asked %d times and said %q, want %d and %q", n, said.String(), c.asked, c.says)
			}
			if c.json {
				return
			}
			_, tools, _ := s.run("tools", strings.TrimSpace(out.String()))
			for state, names := range map[string]string{"down": c.down, "up": c.up} {
				for _, name := range strings.Fields(names) {
					if !strings.Contains(strings.Join(strings.Fields(tools), " "), name+" "+state+" ") {
						t.Errorf("%s is not %s:\n%s", name, state, tools)
					}
				}
			}
		})
	}
}

// TestDeclareStandsBeforeItAsks: whoever interrupts the question has an incident,
// and the home is free while a person thinks.
func TestDeclareStandsBeforeItAsks(t *testing.T) {
	s := session{t: t, home: t.TempDir()}
	s.run("room", "create", "--name", "Payments", "--person", "Ana Ruiz")
	never, end := io.Pipe()
	defer func() { _ = end.Close() }()
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	var out, said bytes.Buffer
	a := &app{in: asked{never, func() {
		if code, list, _ := s.run("incidents"); code != exitDone || !strings.Contains(list, "checkout") {
			t.Errorf("while it asks, the list exits %d: %s", code, list)
		}
		interrupt()
	}}, out: &out, err: &said, now: time.Now, sits: func() bool { return true }}
	if code := a.run(ctx, []string{"--home", s.home, "declare", "checkout is down"}); code != exitDone || !strings.HasPrefix(out.String(), "INC-") {
		t.Errorf("exit %d, %q, %q", code, out.String(), said.String())
	}
	if !strings.Contains(said.String(), "nobody has said") {
		t.Errorf("it leaves with %q", said.String())
	}
}

// asked is an input on which nothing comes, and which tells that it is read.
type asked struct {
	io.Reader
	told func()
}

func (a asked) Read(p []byte) (int, error) {
	a.told()
	return a.Reader.Read(p)
}
