package oplog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"holdfast/model/modeltest/fewer"
)

// clones makes logs of one device that all go on from the same first commits.
func clones(t testing.TB, n, common int) []*Log {
	dir := t.TempDir()
	first := newLogAt(t, filepath.Join(dir, "0.db"), testOptions("ann"))
	writeEach(t, first, common)
	logs := []*Log{first}
	for i := 1; i < n; i++ {
		logs = append(logs, cloneOf(t, first, filepath.Join(dir, fmt.Sprintf("%d.db", i))))
	}
	return logs
}

// cloneOf makes a log that believes itself to be of's own, unnoticed.
func cloneOf(t testing.TB, of *Log, path string) *Log {
	l := newLogAt(t, path, testOptions("ann"))
	take(t, l, of)
	l.own, l.restart = of.own, false
	return l
}

// give brings one run into a log the way a replica does.
func give(l *Log, run Run) error {
	v, err := l.Verify(run)
	if err == nil {
		b := l.Begin()
		if _, err = b.Ingest(v); err == nil {
			return b.Commit()
		}
		b.Discard()
	}
	if v != nil && (errors.Is(err, ErrFork) || errors.Is(err, ErrBranch)) {
		_, err = l.Graft(v)
	}
	return err
}

// take brings dst all that src has, in runs of at most n commits, each feed
// from its start.
func take(t testing.TB, dst, src *Log, n ...int) {
	t.Helper()
	size := MaxRunCommits
	if len(n) > 0 {
		size = n[0]
	}
	for _, f := range src.Feeds() {
		for at := uint64(0); at < f.Head.Seq; {
			run, ok, err := src.ReadRun(f.Feed, at, size, MaxRunBytes)
			if err != nil || !ok {
				t.Fatal(ok, err)
			}
			if err := give(dst, run); err != nil {
				t.Fatalf("feed %s from %d: %v", f.Feed.Short(), at+1, err)
			}
			at = run.Last()
		}
	}
}

// texts gives each commit of the fold once, by place.
func texts(t testing.TB, l *Log) map[string]string {
	t.Helper()
	commits, bodies := all(t, l)
	out := map[string]string{}
	for i, c := range commits {
		feed, seq, ok := c.Feed, c.Seq, true
		if b, branch := l.Branch(c.Feed); branch {
			feed, seq, ok = b.Place(c.Seq)
		}
		if place := fmt.Sprintf("%s/%d", feed.Short(), seq); ok {
			if _, twice := out[place]; twice {
				t.Errorf("%s is folded twice", place)
			}
			out[place] = bodies[i]
		}
	}
	return out
}

func sound(t testing.TB, l *Log) {
	t.Helper()
	r, err := l.Check(context.Background(), nil)
	if err != nil || !r.OK() {
		t.Fatalf("the log does not verify: %+v %v", r, err)
	}
}

func TestBothBranchesAreKeptAndNamedAlikeEverywhere(t *testing.T) {
	two := clones(t, 2, 100)
	write(t, two[0], "a101", "a102", "a103")
	write(t, two[1], "b101", "b102")
	bob, eve := newLog(t, "bob"), newLog(t, "eve")
	take(t, bob, two[0])
	take(t, bob, two[1], 7)
	take(t, eve, two[1], 30)
	take(t, eve, two[0])
	take(t, two[0], bob) // and the device itself
	for _, l := range []*Log{bob, eve, two[0]} {
		sound(t, l)
		if !reflect.DeepEqual(l.Heads(), bob.Heads()) || len(l.Heads()) != 2 {
			t.Fatalf("heads %v and %v", l.Heads(), bob.Heads())
		}
		got := texts(t, l)
		if len(got) != 105 || !reflect.DeepEqual(got, texts(t, bob)) {
			t.Errorf("%d places, want 105, alike", len(got))
		}
		forks := l.Forks()
		if len(forks) != 1 || forks[0].Seq != 101 || len(forks[0].Branches) != 2 || forks[0].Branches[0].Fold != forks[0].Feed {
			t.Errorf("forks %+v", forks)
		}
	}
	// What the device writes now is on neither branch.
	c := write(t, two[0], "after")[0]
	if c.Seq != 1 || c.Open == nil {
		t.Errorf("the device wrote on in its forked feed: %d", c.Seq)
	}
	before := bob.Heads()
	bob = reopen(t, bob)
	if !reflect.DeepEqual(before, bob.Heads()) || len(bob.Forks()) != 1 {
		t.Error("the branches have other names after opening again")
	}
	// A newcomer gets all from anyone, by the names of the branches alone.
	fay := newLog(t, "fay")
	take(t, fay, bob, 16)
	if !reflect.DeepEqual(fay.Heads(), bob.Heads()) {
		t.Error("a newcomer holds something else")
	}
	// And a branch goes on like any feed.
	two[1].restart = false
	write(t, two[1], "b103")
	take(t, bob, two[1])
	if len(texts(t, bob)) != 106 {
		t.Error("a branch does not go on")
	}
	sound(t, bob)
}

// Any tree of branches, brought in any order and in runs of any size, gives the
// same heads, the same places and a log that verifies.
func TestBranchesDoNotDependOnArrival(t *testing.T) {
	for seed := range uint64(fewer.Cases(20, 4)) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { branches(t, rand.New(rand.NewPCG(seed, 1))) })
	}
}

func branches(t *testing.T, rnd *rand.Rand) {
	logs := clones(t, 1, 1+rnd.IntN(20))
	for i := range 1 + rnd.IntN(4) {
		of := logs[rnd.IntN(len(logs))]
		l := cloneOf(t, of, filepath.Join(t.TempDir(), "c.db"))
		for j := range 1 + rnd.IntN(6) {
			write(t, l, fmt.Sprintf("%d.%d", i, j))
		}
		if rnd.IntN(2) == 0 {
			writeMany(t, of, 1+rnd.IntN(5))
		}
		logs = append(logs, l)
	}
	smallSegments(logs...)
	var first *Log
	for _, device := range []string{"bob", "eve"} {
		l := newLog(t, device)
		smallSegments(l)
		for _, i := range rnd.Perm(len(logs)) {
			take(t, l, logs[i], 1+rnd.IntN(9))
			compactSome(t, rnd, l, logs[i])
		}
		sound(t, l)
		if first == nil {
			first = l
			continue
		}
		if !reflect.DeepEqual(l.Heads(), first.Heads()) {
			t.Fatalf("heads %v and %v", l.Heads(), first.Heads())
		}
		if a, b := texts(t, l), texts(t, first); !reflect.DeepEqual(a, b) {
			t.Fatalf("places %v and %v", a, b)
		}
	}
	n := newLog(t, "new")
	compactSome(t, rnd, first)
	take(t, n, first, 3)
	if !reflect.DeepEqual(n.Heads(), first.Heads()) {
		t.Fatal("a newcomer holds something else")
	}
	again := reopen(t, first)
	if !reflect.DeepEqual(again.Heads(), n.Heads()) || !reflect.DeepEqual(again.Forks(), n.Forks()) {
		t.Fatal("another naming after opening again")
	}
}

func TestTooManyBranchesAreRefusedAsAFork(t *testing.T) {
	logs := clones(t, MaxBranches+1, 2)
	bob := newLog(t, "bob")
	for i, l := range logs {
		write(t, l, fmt.Sprintf("branch %d", i))
		err := give(bob, readRun(t, l, l.OwnFeed(), 0))
		if last := i == MaxBranches; errors.Is(err, ErrFork) != last {
			t.Errorf("branch %d: %v", i+1, err)
		}
	}
	sound(t, bob)
}

func TestOlderCopyPutBackInPlaceIsNoticed(t *testing.T) {
	l := newLog(t, "ann")
	writeEach(t, l, 10)
	if l = reopen(t, l); l.RolledBack() || l.restart {
		t.Fatal("a store as it was left is taken for an older copy")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	copied, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	l, err = Open(l.path, l.opts)
	if err != nil {
		t.Fatal(err)
	}
	old := l.OwnFeed()
	writeEach(t, l, 5)
	l.mark = nil // a process that was killed writes no more than it did
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	overwrite(t, l.path, copied)
	l, err = Open(l.path, l.opts)
	if err != nil {
		t.Fatal(err)
	}
	if l.Moved() || !l.RolledBack() {
		t.Fatalf("moved %v, rolled back %v", l.Moved(), l.RolledBack())
	}
	if l = reopen(t, l); !l.RolledBack() {
		t.Error("forgotten before anything was written")
	}
	if c := write(t, l, "on")[0]; c.Feed == old || c.Open.PrevFeed != old || c.Open.PrevSeq != 10 {
		t.Errorf("wrote on in %s", c.Feed.Short())
	}
	if l = reopen(t, l); l.RolledBack() {
		t.Error("noticed twice")
	}
}

// overwrite puts other content into the same file.
func overwrite(t testing.TB, path string, content []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTornMarkIsNone(t *testing.T) {
	l := newLog(t, "ann")
	writeEach(t, l, 3)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(l.markPath())
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]byte{nil, whole[:20], slices.Concat(whole, []byte{1}), append([]byte{whole[0] ^ 1}, whole[1:]...)} {
		overwrite(t, l.markPath(), bad)
		if l, err = Open(l.path, l.opts); err != nil || l.RolledBack() {
			t.Fatalf("mark %x: %v", bad, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, ok := decodeMark(whole); !ok {
		t.Error("the mark as written is not read")
	}
}
