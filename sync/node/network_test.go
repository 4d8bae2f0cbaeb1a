//go:build network && linux

package node_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Real processes in network namespaces, over networks as bad as they get. Each
// story ends with all peers alike, and says how long that took.

// site is three serving peers and the network between them.
type site struct {
	t    *testing.T
	net  *shaper
	home []string
	run  []*exec.Cmd
	inc  string
	more []string // arguments of serve
}

const (
	ana, ben, chi = 0, 1, 2
	patience      = 90 * time.Second // of every wait; the slowest path needs a third of it
	lookEvery     = 50 * time.Millisecond
)

func program(t *testing.T) string {
	t.Helper()
	path := os.Getenv("HOLDFASTCTL")
	if path == "" {
		t.Fatal("HOLDFASTCTL must name the program: run `make network`")
	}
	return path
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{t: t, net: newShaper(t, "ana", "ben", "chi"), run: make([]*exec.Cmd, 3)}
	dir := t.TempDir()
	for _, p := range s.net.ports {
		s.home = append(s.home, filepath.Join(dir, p.name))
	}
	t.Cleanup(s.stop)
	s.do(ana, "room", "create", "--name", "Payments", "--person", "Ana Ruiz")
	s.serve(ana)
	for _, i := range []int{ben, chi} {
		invite := s.do(ana, "room", "invite", "--role", "admin")
		s.do(i, "room", "join", invite, "--person", []string{"", "Ben Okafor", "Chi Tanaka"}[i])
		s.serve(i)
	}
	s.inc = s.do(ana, "declare", "--title", "Database replication stopped, deletes pile up", "--severity", "P1")
	s.alike("the start")
	return s
}

// command runs holdfastctl where peer i stands.
func (s *site) command(ctx context.Context, i int, args ...string) *exec.Cmd {
	args = append([]string{"netns", "exec", s.net.ports[i].space, program(s.t), "--home", s.home[i]}, args...)
	return exec.CommandContext(ctx, "ip", args...)
}

func (s *site) do(i int, args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := s.command(ctx, i, args...)
	var problem bytes.Buffer
	cmd.Stderr = &problem
	out, err := cmd.Output()
	if err != nil {
		s.t.Fatalf("%s: %s: %v: %s", s.net.ports[i].name, strings.Join(args, " "), err, problem.String())
	}
	return strings.TrimSpace(string(out))
}

// serve starts peer i and waits until it says that it listens.
func (s *site) serve(i int) {
	s.t.Helper()
	args := []string{"serve", "--listen", s.net.ports[i].ip + ":7420", "--no-mdns"}
	for j, p := range s.net.ports[:len(s.home)] {
		if j != i {
			args = append(args, "--peer", p.ip+":7420")
		}
	}
	args = append(args, s.more...)
	cmd := s.command(context.Background(), i, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	said, err := os.OpenFile(s.home[i]+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer said.Close() // the process has its own
	cmd.Stderr = said
	out, err := cmd.StdoutPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.run[i] = cmd
	first, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.Contains(first, s.net.ports[i].ip) {
		s.t.Fatalf("%s does not listen: %q (%v)", s.net.ports[i].name, first, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
}

func (s *site) stop() {
	for i, cmd := range s.run {
		if cmd == nil {
			continue
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		_ = cmd.Wait()
		s.run[i] = nil
	}
}

// until looks again and again, and tells how long it took.
func (s *site) until(what string, holds func() bool) time.Duration {
	s.t.Helper()
	from := time.Now()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for !holds() {
		if time.Since(from) > patience {
			s.t.Fatalf("not after %s: %s", patience, what)
		}
		<-tick.C
	}
	return time.Since(from)
}

func (s *site) alike(after string) time.Duration {
	s.t.Helper()
	return s.until("all alike after "+after, func() bool {
		first := s.do(ana, "state", "hash")
		return first == s.do(ben, "state", "hash") && first == s.do(chi, "state", "hash")
	})
}

// write logs n lines on peer i through one command each.
func (s *site) write(i, n int, text string) {
	s.t.Helper()
	for k := range n {
		s.do(i, "log", s.inc, fmt.Sprintf("%s, line %d of %s", text, k+1, s.net.ports[i].name))
	}
}

// has tells how long it takes until peer i shows a text.
func (s *site) has(i int, text string) time.Duration {
	s.t.Helper()
	return s.until(s.net.ports[i].name+" has: "+text, func() bool { return strings.Contains(s.do(i, "timeline", s.inc), text) })
}

// memory is the largest resident size of a peer, in MiB.
func (s *site) memory() int {
	most := 0
	for _, cmd := range s.run {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
		if err != nil {
			s.t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(status), "VmRSS:")
		kib, err := strconv.Atoi(strings.Fields(rest)[0])
		if err != nil {
			s.t.Fatal(err)
		}
		most = max(most, kib>>10)
	}
	return most
}

// split takes down both directions between one peer and the others.
func (s *site) split(alone int, down bool) {
	for other := range s.home {
		if other != alone {
			s.net.set(alone, other, path{down: down})
			s.net.set(other, alone, path{down: down})
		}
	}
}

// badNetwork is a story; run returns its figure.
type badNetwork struct {
	name string
	run  func(s *site) string
}

// stories are the bad networks. Those of a row come one after another, over a site of
// their own. The rows go side by side, for most of them wait for an outage to pass; the
// last goes alone, for its figures have limits.
var stories = [][]badNetwork{
	{
		{"a partition of 70 s, longer than any time limit of a link", func(s *site) string {
			s.split(ana, true)
			s.write(ana, 5, "Still no line to the others")
			gone := time.NewTimer(70 * time.Second) // the outage itself
			<-gone.C
			s.write(ben, 5, "Ana is not to be reached")
			s.split(ana, false)
			return fmt.Sprintf("alike %.1f s after healing", s.alike("the long partition").Seconds())
		}},
		{"a line that flaps 20 times in 20 s", func(s *site) string {
			for k := range 20 {
				s.split(chi, k%2 == 0)
				s.write(k%3, 1, "The link flaps")
				flap := time.NewTimer(time.Second) // the trouble itself
				<-flap.C
			}
			s.split(chi, false)
			return fmt.Sprintf("alike %.1f s after it", s.alike("the flapping").Seconds())
		}},
	},
	{
		{"partitions of 6, 13, 21 and 34 s, each with a line on its way", func(s *site) string {
			var took []string
			for _, seconds := range []int{6, 13, 21, 34} {
				s.split(ana, true)
				s.write(ana, 1, "Nobody hears this")
				s.write(ben, 1, "Nor this")
				gone := time.NewTimer(time.Duration(seconds) * time.Second) // the outage itself
				<-gone.C
				s.split(ana, false)
				took = append(took, fmt.Sprintf("%.1f", s.alike("a partition").Seconds()))
			}
			return "alike " + strings.Join(took, ", ") + " s after healing"
		}},
	},
	{
		{"a peer that sleeps 60 s, longer than any time limit of a link", func(s *site) string {
			s.write(chi, 2, "Lid is about to close")
			group := -s.run[chi].Process.Pid
			if err := syscall.Kill(group, syscall.SIGSTOP); err != nil {
				s.t.Fatal(err)
			}
			s.split(chi, true)                        // nobody answers for it, and its links end without a word
			asleep := time.NewTimer(60 * time.Second) // the sleep itself
			s.write(ana, 5, "Written while chi sleeps")
			<-asleep.C
			s.split(chi, false)
			if err := syscall.Kill(group, syscall.SIGCONT); err != nil {
				s.t.Fatal(err)
			}
			took := s.has(chi, "Written while chi sleeps, line 5 of ana")
			s.write(chi, 2, "Awake again")
			return fmt.Sprintf("caught up %.1f s after waking, alike %.1f s after that", took.Seconds(), s.alike("waking").Seconds())
		}},
		{"a cable that is out for 40 s", func(s *site) string {
			s.net.plug(s.t, ana, false)
			s.write(ana, 5, "The switch of this row is dead")
			gone := time.NewTimer(40 * time.Second) // the outage itself
			<-gone.C
			s.write(ben, 5, "Ana's rack is dark")
			s.net.plug(s.t, ana, true)
			return fmt.Sprintf("alike %.1f s after it is in again", s.alike("the cable").Seconds())
		}},
	},
	{
		{"a partition, both sides writing", func(s *site) string {
			s.split(ana, true)
			s.write(ana, 20, "Replica is being rebuilt")
			s.write(ben, 20, "Deletes go on")
			s.split(ana, false)
			return fmt.Sprintf("alike %.1f s after healing", s.alike("the partition").Seconds())
		}},
		{"one way only, with a way round", func(s *site) string {
			s.net.set(ana, ben, path{down: true})
			s.write(ana, 3, "Traffic drained from the primary")
			took := s.has(ben, "Traffic drained from the primary, line 3 of ana")
			s.net.set(ana, ben, path{})
			s.alike("the one-way line")
			return fmt.Sprintf("a line came round in %.2f s", took.Seconds())
		}},
		{"one way only, with no way round", func(s *site) string {
			s.split(ana, true)
			s.net.set(ben, ana, path{}) // ben is heard and hears nothing
			s.write(ana, 5, "Failover is refused")
			s.split(ana, false)
			return fmt.Sprintf("alike %.1f s after healing", s.alike("deafness").Seconds())
		}},
		{"a hole: packets over 1,280 bytes vanish in silence", func(s *site) string {
			s.net.all(path{hole: 1280, delay: 10 * time.Millisecond})
			s.stop()
			for i := range s.run {
				s.serve(i)
			}
			s.do(ana, "log", s.inc, "Dump of the lock table: "+strings.Repeat("pid 4821 waits for relation 16402 held by 4377; ", 200))
			took := s.alike("the hole")
			return fmt.Sprintf("10 kB arrived in %.1f s", took.Seconds())
		}},
		{"100 kbit/s, 500 ms there and back", slow(path{rate: 1e5, delay: 250 * time.Millisecond}, 100)},
		{"1 Mbit/s, 500 ms there and back, 2 % lost", slow(path{rate: 1e6, delay: 250 * time.Millisecond, loss: 0.02}, 300)},
		{"20 Mbit/s, 80 ms there and back, 10 % lost", slow(path{rate: 2e7, delay: 40 * time.Millisecond, loss: 0.1}, 300)},
	},
	{
		{"a newcomer to a long history, 20 Mbit/s, 80 ms there and back", newcomer(path{rate: 2e7, delay: 40 * time.Millisecond})},
		{"a pager: a death, a refused key, a split, nobody who answers", pagers},
	},
}

// slow lets ana write while the others are away, then catch up over p and get
// a line live.
func slow(p path, n int) func(*site) string {
	return func(s *site) string {
		s.split(ana, true)
		s.write(ana, n, "Restore of the staging snapshot goes on")
		s.net.all(p)
		took := s.alike("catching up")
		last := fmt.Sprintf("Restore is complete after %d lines at %.0f bit/s", n, p.rate)
		s.do(ana, "log", s.inc, last)
		live := s.has(ben, last)
		s.net.all(path{})
		return fmt.Sprintf("%d lines caught up in %.1f s, one live in %.1f s", n, took.Seconds(), live.Seconds())
	}
}

// tally counts the stories of all rows.
type tally struct {
	mu            sync.Mutex
	held, asked   int
	before, after int // memory of the largest peer, in MiB
}

func TestNetwork(t *testing.T) {
	var all tally
	t.Run("beside", func(t *testing.T) {
		for _, row := range stories[:len(stories)-1] {
			t.Run("row", func(t *testing.T) {
				t.Parallel()
				all.tell(t, row)
			})
		}
	})
	t.Run("alone", func(t *testing.T) { all.tell(t, stories[len(stories)-1]) })
	t.Logf("network: %d of %d bad networks, all alike at the end; memory of a peer %d MiB before, %d after", all.held, all.asked, all.before, all.after)
}

// tell goes through the stories of a row that are asked for.
func (a *tally) tell(t *testing.T, row []badNetwork) {
	row = slices.DeleteFunc(slices.Clone(row), func(b badNetwork) bool { return !strings.Contains(b.name, os.Getenv("STORY")) })
	if len(row) == 0 {
		return
	}
	a.mu.Lock()
	a.asked += len(row)
	a.mu.Unlock()
	s := newSite(t)
	before := s.memory()
	for _, story := range row {
		figure := story.run(s)
		t.Logf("network: %s: %s", story.name, figure)
	}
	for i := range s.home {
		s.do(i, "verify")
	}
	after := s.memory()
	if after > 2*before+16 {
		t.Errorf("memory of a peer grew from %d to %d MiB", before, after)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if !t.Failed() {
		a.held += len(row)
	}
	a.before, a.after = max(a.before, before), max(a.after, after)
}
