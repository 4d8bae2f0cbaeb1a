package oplog

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"holdfast/model"
)

// letGoOf lets go of a feed up to the last signed commit at or before seq.
func letGoOf(t testing.TB, l *Log, feed model.FeedID, seq uint64) model.Head {
	t.Helper()
	at, err := l.Signed(feed, seq)
	if err != nil || at.Seq == 0 {
		t.Fatal(at, err)
	}
	if _, err := l.LetGo(model.Vector{feed: at}); err != nil {
		t.Fatal(err)
	}
	return at
}

// held counts the commits a store has.
func held(t testing.TB, l *Log) (n int) {
	t.Helper()
	if err := l.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketOps).ForEach(func(k, v []byte) error {
			p, err := decodePiece(k, v)
			n += int(p.last - p.first + 1)
			return err
		})
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func soundOf(t testing.TB, l *Log, commits uint64) {
	t.Helper()
	if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() || r.Commits != commits {
		t.Fatalf("%+v %v, wanted %d commits", r, err, commits)
	}
}

// TestLetGoKeepsWhatFollowsVerifiable: heads, hashes, runs and checks of what
// follows are as before, over a start and a store written anew, and the device
// writes on.
func TestLetGoKeepsWhatFollowsVerifiable(t *testing.T) {
	archive, l := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, archive, 300)
	writeMany(t, archive, 500)
	write(t, l, "own 1", "own 2", "own 3")
	pull(t, l, archive)
	pull(t, archive, l)
	feed, own, heads := archive.OwnFeed(), l.OwnFeed(), l.Heads()
	before := map[uint64]model.Hash{}
	for _, seq := range []uint64{250, 251, 255, 256, 257, 300, 301, 799, 800} {
		before[seq], _ = l.HashAt(feed, seq)
	}
	// bob has the signatures of two runs: 512 at most, and the last.
	at := letGoOf(t, l, feed, 700)
	letGoOf(t, l, own, 2)
	for round := range 3 {
		if !maps.Equal(l.Heads(), heads) || l.Begins()[feed] != at || l.Begins()[own].Seq != 2 {
			t.Fatalf("round %d: heads %v, begins %v", round, l.Heads(), l.Begins())
		}
		soundOf(t, l, heads[feed].Seq-at.Seq+heads[own].Seq-2)
		if n := held(t, l); n != int(heads[feed].Seq-at.Seq)+int(heads[own].Seq)-2 {
			t.Fatalf("round %d: %d records are there", round, n)
		}
		for seq, want := range before {
			got, err := l.HashAt(feed, seq)
			if seq < at.Seq && !errors.Is(err, ErrLetGo) || seq >= at.Seq && (err != nil || got != want) {
				t.Errorf("round %d: hash at %d: %v", round, seq, err)
			}
		}
		if _, _, err := l.ReadRun(feed, at.Seq-1, 10, MaxRunBytes); !errors.Is(err, ErrLetGo) {
			t.Errorf("round %d: a run of what was let go: %v", round, err)
		}
		if run := readRun(t, l, feed, at.Seq); run.First != at.Seq+1 {
			t.Errorf("round %d: run from %d", round, run.First)
		}
		if err := l.Scan(nil, func(Commit) error { return nil }); !errors.Is(err, ErrLetGo) {
			t.Errorf("round %d: scan from the first commit: %v", round, err)
		}
		n := uint64(0)
		if err := l.Scan(l.Begins(), func(Commit) error { n++; return nil }); err != nil || n != heads[feed].Seq-at.Seq+heads[own].Seq-2 {
			t.Errorf("round %d: scan gave %d: %v", round, n, err)
		}
		write(t, l, "goes on")
		heads = l.Heads()
		if l.OwnFeed() != own {
			t.Fatal("the own feed does not go on")
		}
		if round == 0 {
			l = reopen(t, l)
		} else if _, err := l.Compact(); err != nil {
			t.Fatal(err)
		}
	}
	// A peer at the same place, or further, is served; one before is not.
	writeEach(t, archive, 2)
	pull(t, l, archive)
	pull(t, archive, l)
	newcomer := newLog(t, "eve")
	if _, err := ingest(newcomer, readRun(t, l, feed, at.Seq)); !errors.Is(err, ErrUnknownFeed) {
		t.Errorf("a newcomer took a feed without its beginning: %v", err)
	}
	pull(t, newcomer, archive)
	if !maps.Equal(newcomer.Heads(), l.Heads()) {
		t.Error("the newcomer is not alike")
	}
}

// TestLetGoRefusesWhatWouldLose: only a place that is held, signed, and not the
// last can be where a feed begins, and never that of a forked feed.
func TestLetGoRefusesWhatWouldLose(t *testing.T) {
	l := newLog(t, "ann")
	commits := writeEach(t, l, 5)
	unsigned := writeMany(t, l, 3)
	feed := l.OwnFeed()
	for name, at := range map[string]model.Head{
		"the last":      unsigned[2].Head(),
		"beyond it":     {Seq: 99},
		"none":          {},
		"another hash":  {Seq: 3, Hash: commits[3].Hash},
		"not signed":    unsigned[0].Head(),
		"a wrong place": {Seq: 4, Hash: commits[2].Hash},
	} {
		if _, err := l.LetGo(model.Vector{feed: at}); err == nil {
			t.Errorf("%s was let go", name)
		}
	}
	if _, err := l.LetGo(model.Vector{{9}: {Seq: 1}}); !errors.Is(err, ErrNotHeld) {
		t.Error(err)
	}
	soundOf(t, l, 8)
	if len(l.Begins()) != 0 {
		t.Error("something was let go")
	}
	letGoOf(t, l, feed, 3)
	if _, err := l.LetGo(model.Vector{feed: commits[1].Head()}); err == nil {
		t.Error("a beginning went back")
	}
	letGoOf(t, l, feed, 4)
	soundOf(t, l, 4)
}

// TestRegain takes what was let go again, from runs that end elsewhere, over a
// restart, and only where it leads to what is held.
func TestRegain(t *testing.T) {
	archive, l := newLog(t, "ann"), newLog(t, "bob")
	for range 6 {
		writeEach(t, archive, 30)
		writeMany(t, archive, 40)
	}
	write(t, l, "own 1", "own 2", "own 3")
	feed, own := archive.OwnFeed(), l.OwnFeed()
	for after := uint64(0); after < 420; { // ends elsewhere than the runs below
		run, _, err := archive.ReadRun(feed, after, 64, MaxRunBytes)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ingest(l, run); err != nil {
			t.Fatal(err)
		}
		after = run.Last()
	}
	pull(t, archive, l)
	want, bodies := all(t, l)
	at := letGoOf(t, l, feed, 419)
	letGoOf(t, l, own, 2)
	early := readRun(t, archive, feed, 0)
	if _, err := ingest(l, early); err != nil && !errors.Is(err, ErrLetGo) {
		t.Errorf("not wanted: %v", err)
	}
	if l.Filled(feed) != 0 {
		t.Error("what was not wanted was taken")
	}
	l.Regain(true)
	take := func(after uint64, most int) (Run, error) {
		run, _, err := archive.ReadRun(feed, after, most, MaxRunBytes)
		if err != nil {
			t.Fatal(err)
		}
		_, err = ingest(l, run)
		return run, err
	}
	if _, err := take(100, 10); !errors.Is(err, ErrGap) {
		t.Errorf("with a gap: %v", err)
	}
	if _, err := take(0, 100); err != nil {
		t.Fatal(err)
	}
	l = reopen(t, l)
	if l.Filled(feed) == 0 || l.Begins()[feed] != at {
		t.Fatal(l.Filled(feed), l.Begins())
	}
	soundOf(t, l, 420-at.Seq+1)
	if n := held(t, l); n <= int(420-at.Seq+1) {
		t.Error("what came back did not stay", n)
	}
	l.Regain(true)
	writeEach(t, archive, 3) // news that comes with the old
	for after := uint64(0); after < 423; {
		run, err := take(after, 77)
		if err != nil {
			t.Fatal(after, err)
		}
		after = run.Last()
	}
	if len(l.Begins()) != 2 || l.Naming() != 0 {
		t.Fatal("begun anew before all is here", l.Begins(), l.Naming())
	}
	run := readRun(t, archive, own, 0)
	if _, err := ingest(l, run); err != nil {
		t.Fatal(err)
	}
	if len(l.Begins()) != 0 || l.Naming() == 0 {
		t.Fatal("not whole", l.Begins())
	}
	l = reopen(t, l)
	got, gotBodies := all(t, l)
	if len(got) != len(want)+3 {
		t.Fatalf("%d commits of %d", len(got), len(want)+3)
	}
	for i := range want {
		if got[i].Hash != want[i].Hash || gotBodies[i] != bodies[i] {
			t.Fatalf("commit %d is another", i)
		}
	}
	soundOf(t, l, uint64(len(want)+3))
	newcomer := newLog(t, "eve")
	pull(t, newcomer, l) // and can serve it
	if !maps.Equal(newcomer.Heads(), l.Heads()) {
		t.Error("what was regained cannot be passed on")
	}
}

// TestRegainRefusesAnotherBeginning: what comes back has to lead to what is held.
func TestRegainRefusesAnotherBeginning(t *testing.T) {
	dir := t.TempDir()
	l := newLogAt(t, filepath.Join(dir, "room.db"), testOptions("ann"))
	write(t, l, "one", "two")
	feed := l.OwnFeed()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(l.path)
	if err != nil {
		t.Fatal(err)
	}
	forked := filepath.Join(dir, "forked.db")
	if err := os.WriteFile(forked, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	open := func(path string) *Log {
		t.Helper()
		o := testOptions("ann")
		n, err := Open(path, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = n.Close() })
		return n
	}
	l = open(l.path)
	writeEach(t, l, 20)
	b := open(forked)
	b.mu.Lock()
	b.moved, b.restart = false, false // as where nobody noticed
	b.mu.Unlock()
	write(t, b, "three of another branch")
	writeEach(t, b, 20)
	peer := newLog(t, "bob")
	pull(t, peer, l)
	run, _, err := peer.ReadRun(feed, 0, MaxRunCommits, MaxRunBytes)
	if err != nil {
		t.Fatal(err)
	}
	letGoOf(t, l, feed, 10)
	other := readRun(t, b, feed, 0)
	if _, err := ingest(l, other); err == nil {
		t.Error("another chain was taken")
	}
	v, err := l.Verify(readRun(t, b, feed, 12))
	if err == nil {
		t.Error("another chain follows", v)
	}
	l.Regain(true)
	if _, err := ingest(l, other); !errors.Is(err, ErrFork) {
		t.Errorf("another beginning: %v", err)
	}
	if v, err := l.Verify(other); err == nil || v == nil {
		t.Error("the fork is not given")
	} else if _, err := l.Graft(v); !errors.Is(err, ErrLetGo) {
		t.Errorf("a branch beside a feed without its beginning: %v", err)
	}
	if l.Filled(feed) != 0 {
		t.Error("a false beginning was kept")
	}
	if _, err := ingest(l, run); err != nil || len(l.Begins()) != 0 {
		t.Fatal("the right one was not taken", err)
	}
	if v, err := l.Verify(other); err == nil {
		t.Error("no fork any more", v)
	} else if g, err := l.Graft(v); err != nil || !g.Forked {
		t.Errorf("the branch is not kept once all is here: %v", err)
	}
}

// TestARunThatSpansTheBeginning: of a run that begins before what is held, what
// follows is verified and taken.
func TestARunThatSpansTheBeginning(t *testing.T) {
	archive, l := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, archive, 40)
	feed := archive.OwnFeed()
	for _, after := range []uint64{0, 20, 30} {
		run, _, err := archive.ReadRun(feed, after, 10, MaxRunBytes)
		if err != nil {
			t.Fatal(err)
		}
		if after == 20 {
			continue
		}
		if _, err := ingest(l, run); err != nil && after == 0 {
			t.Fatal(err)
		}
	}
	for _, after := range []uint64{10, 15} {
		run, _, err := archive.ReadRun(feed, after, 5, MaxRunBytes)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ingest(l, run); err != nil {
			t.Fatal(err)
		}
	}
	letGoOf(t, l, feed, 15)
	whole := readRun(t, archive, feed, 0)
	if n, err := ingest(l, whole); n != 20 || err != nil {
		t.Fatal(n, err)
	}
	soundOf(t, l, 25)
	bad := whole
	bad.Payload = append([]byte(nil), whole.Payload...)
	bad.Payload[len(bad.Payload)-1] ^= 1
	if _, err := l.Verify(bad); !errors.Is(err, ErrBadSignature) || !errors.Is(err, ErrLetGo) {
		t.Errorf("a false end: %v", err)
	}
	spoilt := whole
	spoilt.Payload = append([]byte(nil), whole.Payload...)
	if got, err := l.Verify(spoilt); err != nil || got.Prev().Seq != 15 {
		t.Error("what was let go is looked at", err)
	}
}

// TestAMarkBehindTheBeginning: the mark beside the store may be older, after a
// power cut, than what was let go.
func TestAMarkBehindTheBeginning(t *testing.T) {
	l := newLog(t, "ann")
	writeEach(t, l, 2)
	old, err := os.ReadFile(l.markPath())
	if err != nil {
		t.Fatal(err)
	}
	writeEach(t, l, 9)
	letGoOf(t, l, l.OwnFeed(), 8)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(l.markPath(), old, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err = Open(l.path, l.opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if l.RolledBack() {
		t.Error("takes itself for an older copy")
	}
}

// TestADamagedBeginningIsFound: the place a feed begins at is as well signed as
// the rest.
func TestADamagedBeginningIsFound(t *testing.T) {
	l := newLog(t, "ann")
	writeEach(t, l, 20)
	feed := l.OwnFeed()
	letGoOf(t, l, feed, 10)
	s, _ := l.feed(feed)
	size := len(s.encode())
	for n := range beginSize {
		value := s.encode()
		value[size-beginSize+n] ^= 0x10
		if err := l.tamper(func(tx *bolt.Tx) error { return tx.Bucket(bucketFeeds).Put(feed[:], value) }); err != nil {
			t.Fatal(err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		again, err := Open(l.path, l.opts)
		if errors.Is(err, ErrDamaged) {
			again, err = nil, nil
		} else if err != nil {
			t.Fatal(err)
		}
		if again != nil {
			r, err := again.Check(context.Background(), nil)
			if filled := n >= beginSize-40; err != nil || r.OK() && !filled {
				t.Errorf("a flip in byte %d of the beginning was not found", n)
			}
			if err := again.Close(); err != nil {
				t.Fatal(err)
			}
		}
		// Put back what it was, without the log.
		db, err := bolt.Open(l.path, 0o600, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketFeeds).Put(feed[:], s.encode()) }), db.Close()); err != nil {
			t.Fatal(err)
		}
		if l, err = Open(l.path, l.opts); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { _ = l.Close() })
	soundOf(t, l, 10)
}

// TestLetGoAnywhereIsAsBefore: whatever is written, let go, reopened and regained,
// what is held is sound and a peer that has all agrees.
func TestLetGoAnywhereIsAsBefore(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		archive, l := newLog(t, "ann"), newLog(t, "bob")
		smallSegments(archive, l)
		defer func() { _ = archive.Close() }()
		defer func() { _ = l.Close() }()
		write(t, l, "own")
		for range rapid.IntRange(3, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 6).Draw(rt, "step") {
			case 6:
				compacted(t, rapid.SampledFrom([]*Log{l, archive}).Draw(rt, "which"))
			case 0:
				writeMany(t, archive, rapid.IntRange(1, 90).Draw(rt, "many"))
			case 1:
				writeEach(t, l, rapid.IntRange(1, 9).Draw(rt, "each"))
			case 2:
				pull(t, l, archive)
				pull(t, archive, l)
			case 3:
				pull(t, archive, l) // what nobody else has is not let go
				to := model.Vector{}
				for feed, head := range l.Heads() {
					if head.Seq < 2 {
						continue
					}
					at, err := l.Signed(feed, rapid.Uint64Range(1, head.Seq-1).Draw(rt, "to"))
					if err != nil {
						rt.Fatal(err)
					}
					if at.Seq > l.Begins()[feed].Seq {
						to[feed] = at
					}
				}
				if _, err := l.LetGo(to); err != nil {
					rt.Fatal(err)
				}
			case 4:
				l = reopen(t, l)
			case 5:
				l.Regain(true)
				for feed := range l.Begins() {
					for after := uint64(0); l.Begins()[feed].Seq > after; {
						run, _, err := archive.ReadRun(feed, after, rapid.IntRange(1, 80).Draw(rt, "run"), MaxRunBytes)
						if err != nil {
							rt.Fatal(err)
						}
						if _, err := ingest(l, run); err != nil {
							rt.Fatal(err)
						}
						after = run.Last()
					}
				}
				if len(l.Begins()) != 0 {
					rt.Fatal("not whole", l.Begins())
				}
			}
		}
		pull(t, l, archive)
		pull(t, archive, l)
		if !maps.Equal(l.Heads(), archive.Heads()) {
			rt.Fatal("not alike")
		}
		want := uint64(0)
		for feed, head := range l.Heads() {
			want += head.Seq - l.Begins()[feed].Seq
		}
		if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() || r.Commits != want {
			rt.Fatalf("%+v %v", r, err)
		}
	})
}

// FuzzDecodeFeedState: what a feed table holds is read as it was written or not at all.
func FuzzDecodeFeedState(f *testing.F) {
	s := feedState{no: 3, open: FeedOpen{Room: testRoom, App: "fuzz"}, head: model.Head{Seq: 9}, lamport: 12}
	f.Add(s.encode())
	s.begin = begin{Head: model.Head{Seq: 4}, sig: make([]byte, 64), fill: model.Head{Seq: 2}}
	f.Add(s.encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeFeedState(b)
		if err != nil {
			return
		}
		if again := s.encode(); string(again) != string(b) {
			t.Fatalf("%x reads as %x", b, again)
		}
	})
}

// TestSumTellsRecordsApart: who holds the same gives the same, and nobody else, or
// under another salt.
func TestSumTellsRecordsApart(t *testing.T) {
	archive, l := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, archive, 60)
	writeMany(t, archive, 40)
	for after := uint64(0); after < 100; {
		run, _, err := archive.ReadRun(archive.OwnFeed(), after, 30, MaxRunBytes)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ingest(l, run); err != nil {
			t.Fatal(err)
		}
		after = run.Last()
	}
	feed, salt := archive.OwnFeed(), [32]byte{1}
	sum := func(l *Log, after, upto uint64, salt [32]byte) [32]byte {
		t.Helper()
		s, err := l.Sum(feed, after, upto, salt)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	want := sum(archive, 10, 90, salt)
	if sum(l, 10, 90, salt) != want {
		t.Error("two that hold the same differ")
	}
	for _, other := range [][32]byte{sum(l, 10, 90, [32]byte{2}), sum(l, 11, 90, salt), sum(l, 10, 89, salt)} {
		if other == want {
			t.Error("two questions have one answer")
		}
	}
	at := letGoOf(t, l, feed, 60)
	if _, err := l.Sum(feed, at.Seq-1, 90, salt); !errors.Is(err, ErrLetGo) {
		t.Error("shows what it let go of:", err)
	}
	if sum(l, at.Seq, 90, salt) != sum(archive, at.Seq, 90, salt) {
		t.Error("what follows differs")
	}
	for _, c := range [][2]uint64{{90, 101}, {90, 90}, {91, 90}} {
		if _, err := archive.Sum(feed, c[0], c[1], salt); !errors.Is(err, ErrNotHeld) {
			t.Errorf("after %d to %d: %v", c[0], c[1], err)
		}
	}
	if _, err := archive.Sum(model.FeedID{9}, 0, 1, salt); !errors.Is(err, ErrNotHeld) {
		t.Error(err)
	}
	// One byte of one record.
	err := archive.tamper(func(tx *bolt.Tx) error {
		ops := tx.Bucket(bucketOps)
		v := append([]byte(nil), ops.Get(opKey(0, 70))...)
		v[len(v)-1] ^= 1
		return ops.Put(opKey(0, 70), v)
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := archive.Sum(feed, 60, 90, salt); err == nil {
		t.Error("shows what is damaged")
	}
}
