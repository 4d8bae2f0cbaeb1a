package oplog

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"holdfast/model"
)

func TestAppendIsThereAfterReopen(t *testing.T) {
	l := newLog(t, "ann")
	want := write(t, l, "one", "two", "three")
	l = reopen(t, l)
	got, bodies := all(t, l)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v\nwant %+v", got, want)
	}
	if !slices.Equal(bodies, []string{"one", "two", "three"}) {
		t.Fatal(bodies)
	}
	if h := l.Heads()[l.OwnFeed()]; h != want[2].Head() {
		t.Fatal(h)
	}
	if l.Room() != testRoom {
		t.Fatal("room")
	}
	if feed, seq := l.Begin().Next(); feed != want[0].Feed || seq != 4 {
		t.Fatal("a reopened log goes on with its feed", feed, seq)
	}
	if o := want[0].Open; o == nil || o.Feed() != want[0].Feed || o.App != "oplog-test 1" || want[1].Open != nil {
		t.Fatalf("the first commit alone opens the feed: %+v", o)
	}
}

func TestBatchChainsOnItself(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	writeMany(t, a, 10)
	r1, r2 := readRun(t, a, a.OwnFeed(), 0), Run{}
	writeMany(t, a, 10)
	r2 = readRun(t, a, a.OwnFeed(), 10)
	v1, err := b.Verify(r1)
	if err != nil {
		t.Fatal(err)
	}
	open := v1.Open()
	v2, err := b.VerifyAfter(v1.Head(), &open, r2)
	if err != nil {
		t.Fatal(err)
	}
	batch := b.Begin()
	feed, seq := batch.Next()
	for _, v := range []*VerifiedRun{v1, v2, v1} {
		if _, err := batch.Ingest(v); err != nil {
			t.Fatal(err)
		}
	}
	c, err := batch.Append(Draft{Body: []byte("mine")})
	if err != nil || c.Feed != feed || c.Seq != seq {
		t.Fatal(err, c.Feed, feed)
	}
	if c.Lamport != 21 {
		t.Fatalf("lamport %d does not follow what the batch took in", c.Lamport)
	}
	if _, err := batch.Append(Draft{Body: []byte("mine too")}); err != nil {
		t.Fatal(err)
	}
	if len(b.Heads()) != 0 {
		t.Fatal("heads show what is not durable")
	}
	if err := batch.Commit(); err != nil {
		t.Fatal(err)
	}
	if h := b.Heads(); h[a.OwnFeed()] != a.Heads()[a.OwnFeed()] || h[feed].Seq != 2 {
		t.Fatal(h)
	}
	b = reopen(t, b)
	if commits, _ := all(t, b); len(commits) != 22 {
		t.Fatal(len(commits))
	}
}

func TestDiscardStoresNothing(t *testing.T) {
	l := newLog(t, "ann")
	b := l.Begin()
	feed, _ := b.Next()
	if _, err := b.Append(Draft{Body: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	b.Discard()
	if err := b.Commit(); !errors.Is(err, ErrDone) {
		t.Fatal(err)
	}
	if again, seq := l.Begin().Next(); again != feed || seq != 1 {
		t.Fatal("ids told for a feed not yet opened stay the same")
	}
	if commits, _ := all(t, l); len(commits) != 0 {
		t.Fatal(len(commits))
	}
}

func TestStaleBatchIsRefused(t *testing.T) {
	l := newLog(t, "ann")
	old := l.Begin()
	if _, err := old.Append(Draft{Body: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	write(t, l, "y")
	if err := old.Commit(); !errors.Is(err, ErrStale) {
		t.Fatal(err)
	}
}

func TestScanMergesFeedsByLamport(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	for i := range 30 {
		write(t, a, fmt.Sprint("a", i))
		pull(t, b, a)
		write(t, b, fmt.Sprint("b", i))
		pull(t, a, b)
	}
	writeMany(t, a, 700)
	writeMany(t, b, 700)
	pull(t, a, b)
	pull(t, b, a)
	ca, _ := all(t, a)
	cb, _ := all(t, b)
	if len(ca) != 1460 || len(cb) != 1460 {
		t.Fatal(len(ca), len(cb))
	}
	for i := range ca {
		if ca[i].Hash != cb[i].Hash {
			t.Fatalf("order differs at %d", i)
		}
		if i > 0 && (ca[i-1].Lamport > ca[i].Lamport || (ca[i-1].Lamport == ca[i].Lamport && ca[i-1].Feed.Compare(ca[i].Feed) >= 0)) {
			t.Fatalf("not in order at %d", i)
		}
	}
	// From a vector on, exactly what comes after it.
	from := model.Vector{a.OwnFeed(): ca[0].Head()}
	n := 0
	if err := a.Scan(from, func(Commit) error { n++; return nil }); err != nil || n != 1459 {
		t.Fatal(n, err)
	}
	from[a.OwnFeed()] = model.Head{Seq: 1, Hash: model.Hash{9}}
	if err := a.Scan(from, func(Commit) error { return nil }); !errors.Is(err, ErrNotHeld) {
		t.Fatal(err)
	}
}

func TestSnapshotIsSealedAndSurvives(t *testing.T) {
	l := newLog(t, "ann")
	value := bytes.Repeat([]byte("state of the room "), 5000)
	b := l.Begin()
	if err := b.PutSnapshot("fold", value); err != nil {
		t.Fatal(err)
	}
	if err := b.PutSnapshot("old", value); err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	l.SetEpoch(1)
	b = l.Begin()
	if err := b.DeleteSnapshot("old"); err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	l = reopen(t, l)
	if l.Epoch() != 1 {
		t.Fatal("epoch is not kept")
	}
	got, ok, err := l.Snapshot("fold")
	if err != nil || !ok || !bytes.Equal(got, value) {
		t.Fatal(ok, err, len(got))
	}
	if _, ok, err := l.Snapshot("old"); ok || err != nil {
		t.Fatal(ok, err)
	}
	raw, err := os.ReadFile(l.path)
	if err != nil || bytes.Contains(raw, []byte("state of the room")) {
		t.Fatal("snapshot is readable in the file", err)
	}
	l.opts.Keys = nil
	if _, _, err := l.Snapshot("fold"); !errors.Is(err, ErrNoKey) {
		t.Fatal(err)
	}
}

func TestMovedStoreOpensANewFeed(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "room.db")
	l := newLogAt(t, path, testOptions("ann"))
	was := write(t, l, "before")[0]
	if l.Moved() {
		t.Fatal("a store in its place counts as moved")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(dir, "copy.db")
	if err := os.WriteFile(copied, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	otherMachine := testOptions("ann")
	otherMachine.Machine = "m2"
	for _, test := range []struct {
		path string
		o    Options
	}{{copied, testOptions("ann")}, {path, otherMachine}} {
		l, err := Open(test.path, test.o)
		if err != nil {
			t.Fatal(err)
		}
		if !l.Moved() {
			t.Fatal("copy is not noticed")
		}
		c := write(t, l, "after", "and on")
		if c[0].Feed == was.Feed || c[0].Seq != 1 || c[1].Feed != c[0].Feed {
			t.Fatal("a copy writes on in the same feed")
		}
		if o := c[0].Open; o.PrevFeed != was.Feed || o.PrevSeq != 1 || o.PrevHash != was.Hash {
			t.Fatalf("new feed does not name the one before: %+v", o)
		}
		if l.Moved() {
			t.Fatal("a store that opened a new feed is settled")
		}
		l = reopen(t, l)
		if l.Moved() || l.OwnFeed() != c[0].Feed {
			t.Fatal("not settled after reopening")
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSettleKeepsTheFeed(t *testing.T) {
	l := newLog(t, "ann")
	was := write(t, l, "before")[0]
	l.opts.Machine = "m2"
	l = reopen(t, l)
	if err := l.Settle(); err != nil || l.Moved() {
		t.Fatal(err)
	}
	l = reopen(t, l)
	if c := write(t, l, "after")[0]; c.Feed != was.Feed || c.Seq != 2 {
		t.Fatal(c.Feed, c.Seq)
	}
}

func TestStartIncarnation(t *testing.T) {
	l := newLog(t, "ann")
	first := write(t, l, "a")[0]
	l.StartIncarnation()
	second := write(t, l, "b")[0]
	third := write(t, l, "c")[0]
	if second.Feed == first.Feed || second.Open.PrevFeed != first.Feed || third.Feed != second.Feed {
		t.Fatal("one new feed that names the one before")
	}
	if second.Lamport <= first.Lamport {
		t.Fatal("lamport fell back")
	}
}

// A store that was set back learns from a peer what it had written since.
func TestOwnFeedFromAPeerStartsAnIncarnation(t *testing.T) {
	a, peer := newLog(t, "ann"), newLog(t, "bob")
	write(t, a, "1")
	old, err := os.ReadFile(a.path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, a, "2", "3")
	pull(t, peer, a)
	feed := a.OwnFeed()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(a.path, os.O_WRONLY|os.O_TRUNC, 0) // the same file, set back
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(old); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if a, err = Open(a.path, a.opts); err != nil {
		t.Fatal(err)
	}
	pull(t, a, peer)
	a = reopen(t, a)
	c := write(t, a, "4")[0]
	if c.Feed == feed || c.Open.PrevSeq != 3 {
		t.Fatalf("went on in a feed someone knew more of: seq %d", c.Seq)
	}
}

func TestLogWithoutDeviceOnlyRelays(t *testing.T) {
	a := newLog(t, "ann")
	writeMany(t, a, 5)
	relay := newLogAt(t, filepath.Join(t.TempDir(), "r.db"), Options{Reserve: -1})
	pull(t, relay, a)
	b := relay.Begin()
	if _, err := b.Append(Draft{Body: []byte("x")}); !errors.Is(err, ErrReadOnly) {
		t.Fatal(err)
	}
	if err := b.PutSnapshot("s", nil); !errors.Is(err, ErrNoKey) {
		t.Fatal(err)
	}
	c, err := relay.At(a.OwnFeed(), 3)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := relay.Open(c); !errors.Is(err, ErrNoKey) {
		t.Fatal(err)
	}
	if bytes.Contains(c.Sealed, []byte("replicas")) {
		t.Fatal("body in the clear")
	}
	end := newLog(t, "bob")
	pull(t, end, relay)
	if _, bodies := all(t, end); len(bodies) != 5 || !strings.HasPrefix(bodies[4], "entry 4") {
		t.Fatal(bodies)
	}
}

func TestLimitsOnWriting(t *testing.T) {
	l := newLog(t, "ann")
	random := make([]byte, MaxSealed)
	_, _ = seeded("limits").Read(random)
	b := l.Begin()
	for name, d := range map[string]Draft{
		"body":    {Body: make([]byte, MaxBody+1)},
		"sealed":  {Body: random},
		"lamport": {Lamport: MaxLamport + 1},
	} {
		if _, err := b.Append(d); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c, err := b.Append(Draft{Body: make([]byte, MaxBody)}); err != nil || c.Seq != 1 {
		t.Fatal("a refused draft left something behind", err)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	c, err := l.At(l.OwnFeed(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := l.Open(c); err != nil || len(body) != MaxBody {
		t.Fatal(len(body), err)
	}
	l.SetEpoch(9)
	if _, err := l.Begin().Append(Draft{}); !errors.Is(err, ErrNoKey) {
		t.Fatal(err)
	}
}

func TestReadOnlyStoreIsReadAndLeftAsItIs(t *testing.T) {
	a, peer := newLog(t, "ann"), newLog(t, "bob")
	writeMany(t, a, 5)
	writeMany(t, peer, 3)
	pull(t, a, peer)
	path, o := a.path, a.opts
	if err := a.db.Close(); err != nil { // as a process that was killed: nothing says that it ended in order
		t.Fatal(err)
	}
	before := filesOf(t, filepath.Dir(path))
	o.ReadOnly, o.Reserve = true, ReserveSize
	read, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	if err := read.Scan(nil, func(c Commit) error { seen++; _, err := read.Open(c); return err }); err != nil || seen != 8 {
		t.Fatalf("read %d of 8 commits: %v", seen, err)
	}
	if _, err := read.Begin().Append(Draft{Body: []byte("x")}); !errors.Is(err, ErrReadOnly) {
		t.Errorf("an own commit: %v", err)
	}
	b := read.Begin()
	if err := b.PutSnapshot("s", []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a snapshot: %v", err)
	}
	if _, err := read.Compact(); !errors.Is(err, ErrReadOnly) {
		t.Errorf("compacting: %v", err)
	}
	if err := read.Close(); err != nil {
		t.Error(err)
	}
	if after := filesOf(t, filepath.Dir(path)); !maps.Equal(after, before) {
		t.Errorf("the folder changed: %d files, %d before", len(after), len(before))
	}
}

// filesOf gives the files of a folder, by name.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[e.Name()] = string(b)
	}
	return all
}
