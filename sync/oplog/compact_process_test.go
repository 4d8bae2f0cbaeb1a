//go:build !windows

package oplog

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"
)

// compactForEver writes and compacts in turn, and prints each seq after its
// Commit returned, before and after it compacts.
func compactForEver(path string) error {
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		b := l.Begin()
		c, err := b.Append(Draft{Body: fmt.Appendf(nil, "round %d", n)})
		if err != nil {
			return err
		}
		if err := b.Commit(); err != nil {
			return err
		}
		fmt.Println(c.Seq)
		if _, err := l.Compact(); err != nil {
			return err
		}
		fmt.Println(c.Seq)
	}
}

func TestKilledWhileCompacting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "room.db")
	l := swollen(t, path)
	feed := l.OwnFeed()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	rounds := number("KILLS", kills)
	for round := range rounds {
		acked := killLater(t, round%6, time.Duration(round%25)*400*time.Microsecond, "compact", path)
		l, err := Open(path, testOptions("ann"))
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		if l.Moved() || l.RolledBack() || l.OwnFeed() != feed {
			t.Fatalf("round %d: the store takes itself for a copy", round)
		}
		r, err := l.Check(context.Background(), nil)
		if err != nil || !r.OK() || l.Heads()[feed].Seq < acked || r.Commits != l.Heads()[feed].Seq {
			t.Fatalf("round %d: %d was acknowledged, %d is there: %+v %v", round, acked, l.Heads()[feed].Seq, r, err)
		}
		if left, _ := filepath.Glob(path + ".*compact*"); len(left) > 0 {
			t.Fatalf("round %d: %s is left over", round, left)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Printf("kill -9 while compacting: %d rounds, 0 acknowledged commits lost\n", rounds)
}
