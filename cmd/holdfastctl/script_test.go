package main

import (
	"encoding/binary"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	bolt "go.etcd.io/bbolt"
)

// Each story under testdata/script runs the program as people do: real
// processes, homes on disk, sockets on the loopback.

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"holdfastctl": main, "skewed": skewed})
}

func TestStories(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(e *testscript.Env) error {
			e.Setenv("TZ", "UTC")
			e.Setenv("GORACE", "atexit_sleep_ms=0") // else each command of a race build ends a second late
			e.Setenv("HOLDFAST_HOME", filepath.Join(e.WorkDir, "home"))
			told, err := filepath.Abs("../../sync/intake/importer/testdata/told")
			if err != nil {
				return err
			}
			e.Setenv("TOLD", told)
			e.Values[mailbox{}] = &mailbox{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await": await, "same": same, "keep": keep, "usage": usage, "form": form, "until": until,
			"cut": cut, "noise": noise, "newer": newer, "long": long, "hostile": hostile,
			"account": account, "mails": mails, "others": others, "unread": unread, "send": send, "fetch": fetch,
			"recent": recent,
		},
	})
}

// Polling stands where a real process and a real network decide when.
const (
	patience = 90 * time.Second
	interval = 50 * time.Millisecond
)

// eventually asks again and again, and fails the story after patience. Who asks
// may have the home while it does; the pause after each time is what lets a serve
// that has just started in.
func eventually(ts *testscript.TestScript, what string, ok func() bool) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for !ok() {
		select {
		case <-deadline.C:
			ts.Fatalf("%s: not within %s; last:\n%s%s", what, patience, ts.ReadFile("stdout"), ts.ReadFile("stderr"))
		case <-time.After(interval):
		}
	}
}

// await PATTERN COMMAND... runs a command until its output has the pattern.
func await(ts *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile("(?m)" + args[0])
	eventually(ts, args[0], func() bool {
		err := ts.Exec(args[1], args[2:]...)
		return err == nil && pattern.MatchString(ts.ReadFile("stdout"))
	})
}

// same HOME HOME waits until two homes have the same state; ! same demands that
// they have not.
func same(ts *testscript.TestScript, neg bool, homes []string) {
	equal := func() bool {
		var hashes []string
		for _, home := range homes {
			if err := ts.Exec("holdfastctl", "--home", home, "state", "hash"); err != nil {
				return false
			}
			hashes = append(hashes, ts.ReadFile("stdout"))
		}
		return hashes[0] == hashes[1]
	}
	if !neg {
		eventually(ts, "equal states", equal)
	} else if equal() {
		ts.Fatalf("the states are equal")
	}
}

// keep NAME [PATTERN] puts the first line of the last output, or what the
// pattern's group finds in it, into a variable.
func keep(ts *testscript.TestScript, _ bool, args []string) {
	out := ts.ReadFile("stdout")
	value, _, _ := strings.Cut(out, "\n")
	if len(args) == 2 {
		found := regexp.MustCompile(args[1]).FindStringSubmatch(out)
		if found == nil {
			ts.Fatalf("nothing like %s in:\n%s", args[1], out)
		}
		value = found[1]
	}
	ts.Setenv(args[0], value)
}

// usage COMMAND... demands the exit code of wrong usage and one line on stderr.
func usage(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[0], args[1:]...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		ts.Fatalf("exit is %v, want %d", err, exitUsage)
	}
	if text := ts.ReadFile("stderr"); strings.Count(text, "\n") != 1 || !strings.HasPrefix(text, "holdfastctl: ") {
		ts.Fatalf("want one line on stderr, got:\n%s", text)
	}
}

// until TIME waits for a moment the clock has to reach.
func until(ts *testscript.TestScript, _ bool, args []string) {
	at, err := time.Parse(time.RFC3339, args[0])
	ts.Check(err)
	<-time.After(time.Until(at) + time.Second)
}

// form FILE compares the last output with a file, after what differs from run
// to run was taken out.
func form(ts *testscript.TestScript, _ bool, args []string) {
	got, want := scrub(ts.ReadFile("stdout")), ts.ReadFile(args[0])
	if got != want {
		ts.Fatalf("%s is not the form; got:\n%s", args[0], got)
	}
}

func scrub(text string) string {
	for _, s := range [...]struct{ pattern, with string }{
		{`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z`, "TIME"},
		{`\b([0-9A-HJKMNP-TV-Z]{4}-){12}[0-9A-HJKMNP-TV-Z]{4}\b`, "DEVICE"},
		{`\b[0-9A-HJKMNP-TV-Z]{26}\b`, "ID"},
		{`\bINC-[0-9A-HJKMNP-TV-Z]{4,6}\b`, "INC"},
		{`\b[0-9a-f]{64}\b`, "HASH"},
		{`"elapsed_s": \d+`, `"elapsed_s": 0`},
		{`holdfast1-[0-9A-Za-z-]+`, "INVITE"},
		{`"qr": ".*"`, `"qr": "QR"`},
		{`go1\.[0-9.a-z]+`, "GO"},
		{`"[a-z]+/[a-z0-9]+"`, `"SYSTEM"`},
	} {
		text = regexp.MustCompile(s.pattern).ReplaceAllString(text, s.with)
	}
	return text
}

// store finds the one room of a home.
func store(ts *testscript.TestScript, home string) string {
	found, err := filepath.Glob(filepath.Join(ts.MkAbs(home), "rooms", "*", "room.db"))
	ts.Check(err)
	if len(found) != 1 {
		ts.Fatalf("%s has %d rooms", home, len(found))
	}
	return found[0]
}

// cut FILE BYTES shortens a file.
func cut(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), int64(n)))
}

// noise HOME overwrites the middle of a home's store.
func noise(ts *testscript.TestScript, _ bool, args []string) {
	path := store(ts, args[0])
	b, err := os.ReadFile(path)
	ts.Check(err)
	for i := 0; i < len(b)/2; i++ {
		b[i] ^= byte(i*7 + 1)
	}
	ts.Check(os.WriteFile(path, b, 0o600))
}

// newer HOME gives a home's store the version of a program to come.
func newer(ts *testscript.TestScript, _ bool, args []string) {
	db, err := bolt.Open(store(ts, args[0]), 0o600, &bolt.Options{Timeout: patience})
	ts.Check(err)
	defer db.Close()
	ts.Check(db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("meta")).Put([]byte("version"), binary.BigEndian.AppendUint32(nil, 1000))
	}))
}

// long FILE BYTES writes a text of a length.
func long(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Repeat("All work and no sleep. ", n/23+1)[:n]), 0o600))
}

// hostile FILE writes a text that tries to colour and to reorder the terminal.
func hostile(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("first line\nsecond \x1b[31m\u202eline\n"), 0o600))
}
