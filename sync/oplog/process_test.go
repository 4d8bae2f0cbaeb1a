//go:build !windows

package oplog

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// The test binary runs itself for what has to happen to a process: the
// variable says which part a child plays.
const roleVariable = "OPLOG_TEST_ROLE"

func TestMain(m *testing.M) {
	var err error
	switch os.Getenv(roleVariable) {
	case "append":
		err = appendForEver(os.Args[1])
	case "fill":
		err = fillUp(os.Args[1])
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
	l := newLogAt(t, path, testOptions("ann"))
	feed := write(t, l, "start")[0].Feed
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	const rounds = 24
	for round := range rounds {
		acked := killAfter(t, path, 3+round)
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
}

// killAfter lets a child append until it acknowledged n batches, kills it, and
// gives the last seq it acknowledged.
func killAfter(t *testing.T, path string, n int) (acked uint64) {
	t.Helper()
	cmd := exec.Command(os.Args[0], path)
	cmd.Env = append(os.Environ(), roleVariable+"=append")
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

func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "room.db")
	newLogAt(t, path, testOptions("ann")).Close()
	cmd := exec.Command(os.Args[0], path)
	cmd.Env = append(os.Environ(), roleVariable+"=fill")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "held") {
		t.Fatalf("%v\n%s", err, out)
	}
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() {
		t.Fatalf("%+v %v", r, err)
	}
}

// fillUp writes under a limit on file size until that is reached, then raises
// the limit and goes on with the same handle.
func fillUp(path string) error {
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return err
	}
	defer l.Close()
	raise, err := limitFileSize(3 << 20)
	if err != nil {
		return err
	}
	body := make([]byte, 40<<10)
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
	var stored uint64
	for stored < 1000 {
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
	n := uint64(0)
	if err := l.Scan(nil, func(Commit) error { n++; return nil }); err != nil || n != stored {
		return fmt.Errorf("%d of %d are readable: %w", n, stored, err)
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
