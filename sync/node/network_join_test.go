//go:build network && linux

package node_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

const (
	longHistory = 100_000 // entries of the room that a newcomer enters
	openOfIt    = 5       // incidents that ./bench leaves open
	boardWithin = time.Second
	// boardSlack is for a busy machine: both peers, the shaper, and what else runs
	// there share its processors. Both together are still far less than longHistory
	// needs on the line, so history that stands before what is open is found.
	boardSlack = time.Second
	// boardEvery is how often the newcomer's board is looked at.
	boardEvery = 10 * time.Millisecond
)

// newcomer joins a room with a long history over p, and tells how soon it lists
// what is open: as hearsay or, later, from the record.
func newcomer(p path) func(*site) string {
	return func(all *site) string {
		t := all.t
		s := &site{t: t, net: newShaper(t, "host", "new"), run: make([]*exec.Cmd, 2)}
		dir := t.TempDir()
		s.home = []string{filepath.Join(dir, "host"), filepath.Join(dir, "new")}
		defer s.stop()
		entries := history(t, s.home[0])
		s.serve(0)
		s.serve(1)
		s.net.all(p)

		invite := s.do(0, "room", "invite")
		var problem bytes.Buffer
		join := s.command(t.Context(), 1, "room", "join", invite, "--person", "Ben Okafor")
		join.Stderr = &problem
		board, began := &newBoard{t: t, client: s.door(1)}, time.Now()
		if err := join.Start(); err != nil {
			t.Fatal(err)
		}
		for !board.shown() {
			if time.Since(began) > patience {
				t.Fatalf("not after %s: what is open", patience)
			}
			<-time.After(boardEvery)
		}
		shown := time.Since(board.entered)
		host := s.door(0)
		s.until("the newcomer has the record", func() bool { return hashBy(t, host) == hashBy(t, board.client) })
		whole := time.Since(board.entered)
		if err := join.Wait(); err != nil {
			t.Fatalf("room join: %v: %s", err, problem.String())
		}
		if !strings.Contains(problem.String(), "says that these are open") {
			t.Errorf("room join did not say what is open while the record came: %q", problem.String())
		}
		if shown > boardWithin+boardSlack {
			t.Errorf("what is open was listed %.2f s after joining, and %s was promised", shown.Seconds(), boardWithin)
		}
		return fmt.Sprintf("joined in %.2f s, what is open listed (%s) %.2f s later, all %d entries here %.1f s later",
			board.entered.Sub(began).Seconds(), board.from, shown.Seconds(), entries, whole.Seconds())
	}
}

// history writes the host's home with ./bench.
func history(t *testing.T, home string) int {
	t.Helper()
	bench := os.Getenv("HOLDFASTBENCH")
	if bench == "" {
		t.Fatal("HOLDFASTBENCH must name the program: run `make network`")
	}
	n := longHistory
	if text := os.Getenv("ENTRIES"); text != "" {
		var err error
		if n, err = strconv.Atoi(text); err != nil {
			t.Fatalf("ENTRIES: %v", err)
		}
	}
	if out, err := exec.CommandContext(t.Context(), bench, "-role", "history", "-home", home, "-want", strconv.Itoa(n)).CombinedOutput(); err != nil {
		t.Fatalf("write a history: %v: %s", err, out)
	}
	return n
}

// door is the door of serving peer i: a request there needs no process of its own.
func (s *site) door(i int) *node.Client {
	s.t.Helper()
	c, err := node.Connect(s.t.Context(), node.Options{Home: s.home[i], Secrets: secret.Options{Prefer: secret.KeyFile}})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	return c
}

// newBoard is the board of a peer that has no room yet.
type newBoard struct {
	t       *testing.T
	client  *node.Client
	entered time.Time // when it had the room
	from    string    // where it has what is open
}

// shown tells whether all that is open is listed, and notes when the room came.
func (b *newBoard) shown() bool {
	b.t.Helper()
	if b.entered.IsZero() {
		var rooms []node.RoomListing
		if b.ask("rooms", &rooms); len(rooms) == 0 {
			return false
		}
		b.entered = time.Now()
	}
	var told []node.HearsayView
	b.ask("hearsay", &told)
	if len(told) == 1 && len(told[0].Incidents) == openOfIt {
		b.from = "hearsay"
		return true
	}
	var open []model.IncidentBrief
	b.ask("incidents", &open)
	b.from = "record"
	return len(open) == openOfIt
}

// hashBy asks a peer for the digest of its state.
func hashBy(t *testing.T, c *node.Client) string {
	t.Helper()
	var h node.HashReply
	if err := c.Call(t.Context(), "hash", nil, &h); err != nil {
		t.Fatalf("hash: %v", err)
	}
	return h.Hash
}

func (b *newBoard) ask(method string, answer any) {
	b.t.Helper()
	if err := b.client.Call(b.t.Context(), method, nil, answer); err != nil {
		b.t.Fatalf("%s: %v", method, err)
	}
}
