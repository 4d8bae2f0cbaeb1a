//go:build !windows

package oplog

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest/fewer"
)

// kills is how many processes each test kills, unless KILLS says so.
var kills = fewer.Cases(24, 8)

// The test binary runs itself for what has to happen to a process: the
// variable says which part a child plays.
const roleVariable = "OPLOG_TEST_ROLE"

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(roleVariable) {
	case "append":
		err = appendForEver(os.Args[1])
	case "catch-up":
		err = catchUp(os.Args[1], os.Args[2], os.Stdout)
	case "compact":
		err = compactForEver(os.Args[1])
	case "let-go":
		err = letGoForEver(os.Args[1])
	case "fill":
		err = fillUp(os.Args[1], os.Args[2])
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

// appendForEver writes batches of one to eight and prints each seq after its
// Commit returned.
func appendForEver(path string) error {
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		b := l.Begin()
		var last Commit
		for i := range n%8 + 1 {
			if last, err = b.Append(Draft{Body: fmt.Appendf(nil, "round %d entry %d", n, i)}); err != nil {
				return err
			}
		}
		if err := b.Commit(); err != nil {
			return err
		}
		fmt.Println(last.Seq)
	}
}

func TestKilledWhileAppending(t *testing.T) {
	path := filepath.Join(t.TempDir(), "room.db")
	feed := withSegments(t, path)
	rounds := number("KILLS", kills)
	for round := range rounds {
		acked := killAfter(t, 3+round%24, "append", path)
		l, err := Open(path, testOptions("ann"))
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if head := l.Heads()[feed].Seq; head < acked {
			t.Fatalf("round %d: %d was acknowledged, %d is there", round, acked, head)
		}
		n := uint64(0)
		if err := l.Scan(nil, func(Commit) error { n++; return nil }); err != nil || n != l.Heads()[feed].Seq {
			t.Fatalf("round %d: %d of %d are readable: %v", round, n, l.Heads()[feed].Seq, err)
		}
		if round == rounds-1 {
			r, err := l.Check(context.Background(), nil)
			if err != nil || !r.OK() || r.Commits != n {
				t.Fatalf("%+v %v", r, err)
			}
		}
		if round%6 == 0 { // what was written since becomes segments
			compacted(t, l)
		}
		// Leave it unclean every other time: the next writer checks it.
		if round%2 == 0 {
			err = l.Close()
		} else {
			err = l.db.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	fmt.Printf("kill -9 while appending: %d rounds, 0 acknowledged commits lost\n", rounds)
}

// runsOf writes a long feed of a peer to a file, as runs of four commits.
func runsOf(t *testing.T, n int, path string) (head model.Vector) {
	t.Helper()
	peer := newLog(t, "bob")
	for range n {
		writeMany(t, peer, 4)
	}
	var all []byte
	for at := uint64(0); at < peer.Heads()[peer.OwnFeed()].Seq; {
		run, _, err := peer.ReadRun(peer.OwnFeed(), at, 4, MaxRunBytes)
		if err != nil {
			t.Fatal(err)
		}
		record := AppendRun(nil, run)
		all = binary.BigEndian.AppendUint32(all, uint32(len(record)))
		all = append(all, record...)
		at = run.Last()
	}
	if err := os.WriteFile(path, all, 0o600); err != nil {
		t.Fatal(err)
	}
	return peer.Heads()
}

// catchUp takes the runs of a file after what is held, and prints each seq
// after its Commit returned.
func catchUp(path, runs string, says io.Writer) error {
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return err
	}
	defer l.Close()
	all, err := os.ReadFile(runs)
	for err == nil && len(all) > 0 {
		n := binary.BigEndian.Uint32(all)
		run, err := DecodeRun(all[4 : 4+n])
		if err != nil {
			return err
		}
		all = all[4+n:]
		if run.Last() <= l.Heads()[run.Feed].Seq {
			continue
		}
		if _, err := ingest(l, run); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(says, run.Last()); err != nil {
			return err
		}
	}
	return err
}

func TestKilledWhileCatchingUp(t *testing.T) {
	dir := t.TempDir()
	path, runs := filepath.Join(dir, "room.db"), filepath.Join(dir, "runs")
	rounds := number("KILLS", kills) * 2 / 5
	want := runsOf(t, rounds*20+200, runs)
	if err := newLogAt(t, path, testOptions("ann")).Close(); err != nil {
		t.Fatal(err)
	}
	for round := range rounds {
		acked := killAfter(t, 1+round%8, "catch-up", path, runs)
		l, err := Open(path, testOptions("ann"))
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for feed := range want {
			if head := l.Heads()[feed].Seq; head < acked {
				t.Fatalf("round %d: %d was acknowledged, %d is there", round, acked, head)
			}
		}
		if err := l.db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := catchUp(path, runs, io.Discard); err != nil {
		t.Fatal(err)
	}
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() || !maps.Equal(l.Heads(), want) {
		t.Fatalf("%v, wanted %v; %+v %v", l.Heads(), want, r, err)
	}
	fmt.Printf("kill -9 while catching up: %d rounds, resumed each time, the whole feed is there\n", rounds)
}

// killAfter lets a child work until it acknowledged n batches, kills it, and
// gives the last seq it acknowledged.
func killAfter(t *testing.T, n int, role string, args ...string) (acked uint64) {
	t.Helper()
	return killLater(t, n, 0, role, args...)
}

// killLater is killAfter with a pause before the kill, to hit other moments.
func killLater(t *testing.T, n int, pause time.Duration, role string, args ...string) (acked uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), roleVariable+"="+role)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for got := 0; lines.Scan(); got++ {
		if got == n {
			time.Sleep(pause)
			_ = cmd.Process.Kill() // goes on reading what was said before it died
		}
		seq, err := strconv.ParseUint(lines.Text(), 10, 64)
		if err != nil {
			t.Error("child says: " + lines.Text())
			continue
		}
		acked = seq
	}
	if err := cmd.Wait(); err == nil {
		t.Error("child ended by itself")
	}
	return acked
}

// withSegments makes a store that was written anew.
func withSegments(t *testing.T, path string) model.FeedID {
	t.Helper()
	l := newLogAt(t, path, testOptions("ann"))
	writeEach(t, l, 200)
	compacted(t, l)
	if len(segments(t, l)) == 0 {
		t.Fatal("the store has no segment")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.OwnFeed()
}

func TestFullDisk(t *testing.T) {
	points := number("POINTS", 2)
	for n := range points {
		path := filepath.Join(t.TempDir(), "room.db")
		withSegments(t, path)
		cmd := exec.Command(os.Args[0], path, strconv.Itoa(3<<20-n*13_001))
		cmd.Env = append(os.Environ(), roleVariable+"=fill")
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "held") {
			t.Fatalf("point %d: %v\n%s", n, err, out)
		}
		l, err := Open(path, testOptions("ann"))
		if err != nil {
			t.Fatal(err)
		}
		if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() {
			t.Fatalf("point %d: %+v %v", n, r, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Printf("disk full at %d points: refused by name, nothing lost, goes on once there is room\n", points)
}

// fillUp writes under a limit on file size until that is reached, then raises
// the limit and goes on with the same handle.
func fillUp(path, limit string) error {
	n, err := strconv.ParseUint(limit, 10, 32)
	if err != nil {
		return err
	}
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return err
	}
	defer l.Close()
	raise, err := limitFileSize(n)
	if err != nil {
		return err
	}
	body := make([]byte, 4<<10+n%36_864)
	rnd := seeded("fill")
	put := func() (Commit, error) {
		b := l.Begin()
		_, _ = rnd.Read(body)
		c, err := b.Append(Draft{Body: body})
		if err != nil {
			return c, err
		}
		return c, b.Commit()
	}
	stored := l.Heads()[l.OwnFeed()].Seq // in segments
	for stored < 2000 {
		if _, err = put(); err != nil {
			break
		}
		stored++
	}
	if !errors.Is(err, ErrDiskFull) {
		return fmt.Errorf("after %d commits: %w", stored, err)
	}
	for range 5 { // full again and again changes nothing
		if _, err := put(); !errors.Is(err, ErrDiskFull) {
			return fmt.Errorf("full, but: %w", err)
		}
		if head := l.Heads()[l.OwnFeed()].Seq; head != stored {
			return fmt.Errorf("head %d, stored %d", head, stored)
		}
	}
	readable := uint64(0)
	if err := l.Scan(nil, func(Commit) error { readable++; return nil }); err != nil || readable != stored {
		return fmt.Errorf("%d of %d are readable: %w", readable, stored, err)
	}
	if err := raise(); err != nil {
		return err
	}
	c, err := put()
	if err != nil || c.Seq != stored+1 {
		return fmt.Errorf("with room again: seq %d after %d: %w", c.Seq, stored, err)
	}
	r, err := l.Check(context.Background(), nil)
	if err != nil || !r.OK() {
		return fmt.Errorf("check: %+v %w", r, err)
	}
	fmt.Println("held", stored)
	return nil
}
