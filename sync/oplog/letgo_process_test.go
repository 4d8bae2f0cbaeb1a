//go:build !windows

package oplog

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"holdfast/model"
)

// letGoForEver writes ten commits and lets go of all but the last twenty, in
// turn, and prints each seq after its Commit returned, before and after.
func letGoForEver(path string) error {
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		var c Commit
		for i := range 10 {
			b := l.Begin()
			if c, err = b.Append(Draft{Body: fmt.Appendf(nil, "round %d entry %d", n, i)}); err != nil {
				return err
			}
			if err := b.Commit(); err != nil {
				return err
			}
		}
		fmt.Println(c.Seq)
		at, err := l.Signed(c.Feed, c.Seq-20)
		if err != nil {
			return err
		}
		if _, err := l.LetGo(model.Vector{c.Feed: at}); err != nil {
			return err
		}
		fmt.Println(c.Seq)
	}
}

// TestKilledWhileLettingGo: whenever the process ends, the store is the one with
// all or the one without, and what was to stay is there.
func TestKilledWhileLettingGo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "room.db")
	l := newLogAt(t, path, testOptions("ann"))
	writeEach(t, l, 60)
	feed := l.OwnFeed()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	rounds, shortened := number("KILLS", kills), 0
	last := uint64(0)
	for round := range rounds {
		acked := killLater(t, round%6, time.Duration(round%25)*400*time.Microsecond, "let-go", path)
		l, err := Open(path, testOptions("ann"))
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		head, begin := l.Heads()[feed].Seq, l.Begins()[feed].Seq
		r, err := l.Check(context.Background(), nil)
		if err != nil || !r.OK() || head < acked || begin < last || begin+20 > head || r.Commits != head-begin || held(t, l) != int(head-begin) {
			t.Fatalf("round %d: %d was acknowledged, %d is there, after %d: %+v %v", round, acked, head, begin, r, err)
		}
		if l.Moved() || l.RolledBack() || l.OwnFeed() != feed {
			t.Fatalf("round %d: the store takes itself for a copy", round)
		}
		if begin > last {
			shortened++
		}
		last = begin
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if shortened == 0 {
		t.Error("nothing was let go of")
	}
	fmt.Printf("kill -9 while letting go: %d rounds, 0 commits lost that were to stay\n", rounds)
}
