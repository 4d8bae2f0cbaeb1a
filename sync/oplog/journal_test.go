package oplog

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"holdfast/model"
)

// journaled gives a log with so many lines in the journal alone, after the one with
// which the journal is begun.
func journaled(t testing.TB, lines int) *Log {
	t.Helper()
	l := newLog(t, "ann")
	writeEach(t, l, 2+lines) // the first opens the feed
	if n := len(l.recent.list); n != lines {
		t.Fatalf("%d lines are in the journal alone, want %d", n, lines)
	}
	return l
}

// killed copies the files of a log as a process leaves them that is killed.
func killed(t testing.TB, l *Log) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "room.db")
	for _, beside := range []string{"", ".mark", ".journal"} {
		b, err := os.ReadFile(l.path + beside)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err = errors.Join(err, os.WriteFile(path+beside, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

// opened opens a copy of a store, in the place it was copied to.
func opened(t testing.TB, path string) *Log {
	t.Helper()
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func headOf(l *Log) model.Head { return l.Heads()[l.OwnFeed()] }

func TestLinesOfTheJournalOutliveTheProcess(t *testing.T) {
	for _, lines := range []int{1, 7, journalSize/journalBlock - 1, 3 * journalSize / journalBlock} {
		l := newLog(t, "ann")
		commits := writeEach(t, l, 2+lines)
		if len(l.recent.list) == 0 {
			t.Fatalf("of %d lines none is in the journal alone", lines)
		}
		again := opened(t, killed(t, l))
		if again.RolledBack() || headOf(again) != commits[len(commits)-1].Head() {
			t.Errorf("%d lines: up to %v, want %v", lines, headOf(again), commits[len(commits)-1].Head())
		}
		if n := len(again.recent.list); n != 0 {
			t.Errorf("%d lines are still in the journal alone", n)
		}
		sound(t, again)
		got, _ := all(t, again)
		for i := range commits {
			if i >= len(got) || !bytes.Equal(got[i].Sealed, commits[i].Sealed) || !bytes.Equal(got[i].Sig, commits[i].Sig) {
				t.Fatalf("commit %d of %d is another", i+1, lines)
			}
		}
	}
}

// What a power cut left of a record, and what earlier rounds and sessions left behind
// it, counts for nothing.
func TestTornAndOldRecordsEndTheJournal(t *testing.T) {
	l := journaled(t, 5)
	path := killed(t, l)
	whole, err := os.ReadFile(journalPath(path))
	if err != nil {
		t.Fatal(err)
	}
	_ = os.Remove(path + ".mark")
	store, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for lost := range 6 { // the last ones
		torn := bytes.Clone(whole)
		if lost > 0 {
			torn[(5-lost)*journalBlock+40] ^= 1
		}
		if err := errors.Join(os.WriteFile(path, store, 0o600), os.WriteFile(journalPath(path), torn, 0o600)); err != nil {
			t.Fatal(err)
		}
		again := opened(t, path)
		if got, want := headOf(again).Seq, uint64(7-lost); got != want {
			t.Errorf("record %d is torn: up to %d, want %d", 5-lost, got, want)
		}
		sound(t, again)
		writeEach(t, again, 3) // a new feed: it was copied
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A bit that flips in a record takes it and what follows away, and is told: the mark
// beside the store knows how far the feed was written.
func TestAFlippedBitInTheJournalIsTold(t *testing.T) {
	l := journaled(t, 5)
	path := killed(t, l)
	b, err := os.ReadFile(journalPath(path))
	if err != nil {
		t.Fatal(err)
	}
	b[2*journalBlock+60] ^= 4
	if err := os.WriteFile(journalPath(path), b, 0o600); err != nil {
		t.Fatal(err)
	}
	again := opened(t, path)
	if !again.RolledBack() || headOf(again).Seq != 4 {
		t.Errorf("%d commits are held, told: %v", headOf(again).Seq, again.RolledBack())
	}
	sound(t, again)
}

// A store that is put back to an older copy does not take what was written after
// another copy, and says what it is; one that was copied while it was written goes on with
// its journal.
func TestAnOlderStoreBesideANewerJournal(t *testing.T) {
	l := journaled(t, 3)
	old := killed(t, l)
	writeEach(t, l, 4)
	newer := killed(t, l)
	if err := errors.Join(os.Rename(journalPath(newer), journalPath(old)), os.Rename(newer+".mark", old+".mark")); err != nil {
		t.Fatal(err)
	}
	if again := opened(t, old); again.RolledBack() || headOf(again) != headOf(l) {
		t.Errorf("copied while it was written: up to %d of %d", headOf(again).Seq, headOf(l).Seq)
	}

	l = reopen(t, l)
	before := killed(t, l)
	writeEach(t, l, 2*journalSize/journalBlock)
	newer = killed(t, l)
	if err := errors.Join(os.Rename(journalPath(newer), journalPath(before)), os.Rename(newer+".mark", before+".mark")); err != nil {
		t.Fatal(err)
	}
	if again := opened(t, before); !again.RolledBack() || headOf(again).Seq != 9 {
		t.Errorf("an older copy is at %d, and takes itself for the newest: %v", headOf(again).Seq, !again.RolledBack())
	}
}

// On a disk that takes no writes, what the journal has is read from it.
func TestTheJournalOfAReadOnlyStore(t *testing.T) {
	l := journaled(t, 5)
	path := killed(t, l)
	before := filesOf(t, filepath.Dir(path))
	o := testOptions("ann")
	o.ReadOnly = true
	again, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	_, want := all(t, l)
	if _, got := all(t, again); !reflect.DeepEqual(got, want) || headOf(again) != headOf(l) {
		t.Errorf("%d of %d lines are read", len(got), len(want))
	}
	sound(t, again)
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(filesOf(t, filepath.Dir(path)), before) {
		t.Error("a file was changed")
	}
}

func TestAJournalThatFails(t *testing.T) {
	l := journaled(t, 3)
	l.journal.writeAt = func([]byte, int64) (int, error) { return 0, errors.New("input/output error") }
	line := write(t, l, "goes into the store")[0]
	if len(l.recent.list) != 0 || headOf(opened(t, killed(t, l))) != line.Head() {
		t.Error("a line that the journal did not take is not in the store")
	}
	writeEach(t, l, 3)

	l = journaled(t, 3)
	l.journal.flush = func() error { return errors.New("input/output error") }
	b := l.Begin()
	if _, err := b.Append(Draft{Body: []byte("may be there")}); err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(); !errors.Is(err, ErrReopen) {
		t.Errorf("a flush that fails: %v", err)
	}
	if n := headOf(l).Seq; n != 5 {
		t.Errorf("%d commits are held", n)
	}
	sound(t, opened(t, killed(t, l)))
}

// What belongs to more than the end of the own feed goes into the store.
func TestWhatIsNotJournaled(t *testing.T) {
	for what, commit := range map[string]func(l *Log, b *Batch){
		"a snapshot":  func(_ *Log, b *Batch) { _ = b.PutSnapshot("state", []byte("state")) },
		"a new epoch": func(l *Log, _ *Batch) { l.SetEpoch(1) },
		"much":        func(_ *Log, b *Batch) { _, _ = b.Append(Draft{Body: seededBytes(maxJournaled)}) },
		"a peer's": func(l *Log, b *Batch) {
			peer := newLog(t, "bob")
			writeEach(t, peer, 2)
			v, err := l.Verify(readRun(t, peer, peer.OwnFeed(), 0))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = b.Ingest(v)
		},
	} {
		l := journaled(t, 2)
		b := l.Begin()
		commit(l, b)
		if _, err := b.Append(Draft{Body: []byte("and a line")}); err != nil {
			t.Fatal(err)
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
		if len(l.recent.list) != 0 {
			t.Errorf("%s: is in the journal", what)
		}
		again := opened(t, killed(t, l))
		if headOf(again) != headOf(l) || again.RolledBack() {
			t.Errorf("%s: up to %v, want %v", what, headOf(again), headOf(l))
		}
	}
}

func seededBytes(n int) []byte {
	b := make([]byte, n)
	_, _ = seeded("noise").Read(b)
	return b
}

// views is what readers get of a log.
func views(rt *rapid.T, l *Log, rnd *rand.Rand) (out []any) {
	for _, f := range l.Feeds() {
		for after := uint64(0); after < f.Head.Seq; {
			run, ok, err := l.ReadRun(f.Feed, after, 1+rnd.IntN(9), MaxRunBytes)
			if err != nil || !ok {
				rt.Fatal(ok, err)
			}
			out = append(out, run)
			after = run.Last()
		}
		from := 1 + rnd.Uint64N(f.Head.Seq)
		err := l.Each(f.Feed, from, f.Head.Seq, func(c Commit) error {
			out = append(out, c)
			return nil
		})
		hash, herr := l.HashAt(f.Feed, from)
		signed, serr := l.Signed(f.Feed, from)
		sum, sumErr := l.Sum(f.Feed, from-1, f.Head.Seq, [32]byte{1})
		if err := errors.Join(err, herr, serr, sumErr); err != nil {
			rt.Fatal(err)
		}
		out = append(out, hash, signed, sum)
	}
	r, err := l.Check(context.Background(), nil)
	rows, held := l.Loose()
	return append(out, l.Heads(), r, err, rows, held, l.Lamport())
}

// TestNobodySeesTheJournal: a log that journals gives the same as one that does not,
// to every reader and at every moment.
func TestNobodySeesTheJournal(t *testing.T) {
	dir, n := t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		var with, without *Log
		for i, l := range []**Log{&with, &without} {
			o := testOptions("ann")
			o.Rand = seeded("one log")
			*l = newLogAt(t, filepath.Join(dir, fmt.Sprintf("%d-%d.db", n, i)), o)
			smallSegments(*l)
			defer (*l).Close()
		}
		without.noJournal = true
		peer := newLogAt(t, filepath.Join(dir, fmt.Sprintf("%d-peer.db", n)), testOptions("bob"))
		defer peer.Close()
		both := func(fn func(l *Log) error) {
			rt.Helper()
			if err := cmp.Or(fn(with), fn(without)); err != nil {
				rt.Fatal(err)
			}
		}
		for range rapid.IntRange(1, 40).Draw(rt, "acts") {
			switch act := rapid.IntRange(0, 19).Draw(rt, "act"); act {
			case 0:
				both(func(l *Log) error { _, err := l.Compact(); return err })
			case 1:
				both((*Log).Checkpoint)
			case 2:
				writeMany(t, peer, 3)
				both(func(l *Log) error {
					_, err := ingest(l, readRun(t, peer, peer.OwnFeed(), l.Heads()[peer.OwnFeed()].Seq))
					return err
				})
			case 3:
				again := opened(t, killed(t, with))
				if headOf(again) != headOf(with) || again.RolledBack() {
					rt.Fatalf("killed: up to %v, want %v", headOf(again), headOf(with))
				}
				_ = again.Close()
			default:
				lines := 1 + rapid.IntRange(0, 3).Draw(rt, "lines")
				both(func(l *Log) error {
					b := l.Begin()
					for i := range lines {
						if _, err := b.Append(Draft{Body: fmt.Appendf(nil, "line %d of act %d", i, act)}); err != nil {
							return err
						}
					}
					return b.Commit()
				})
			}
			if len(without.recent.list) > 0 {
				rt.Fatal("the log without a journal has one")
			}
		}
		seed := rapid.Uint64().Draw(rt, "seed")
		got, want := views(rt, with, rand.New(rand.NewPCG(seed, 1))), views(rt, without, rand.New(rand.NewPCG(seed, 1)))
		if !reflect.DeepEqual(got, want) {
			rt.Fatalf("readers see another log:\n%v\n%v", got, want)
		}
	})
}

// FuzzJournal: whatever is in the journal, a store opens with what it has, or with more that
// its device wrote.
func FuzzJournal(f *testing.F) {
	l := journaled(f, 3)
	whole, err := os.ReadFile(journalPath(l.path))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole[:3*journalBlock])
	f.Add(whole[:journalBlock+9])
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 0, 0})
	store, head := killed(f, l), headOf(l)
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, size, ok := decodeJournalRecord(b); ok {
			if again := r.append(nil); !bytes.Equal(again, b[:size]) {
				if _, _, ok := decodeJournalRecord(again); !ok {
					t.Fatalf("%x is not read again", again)
				}
			}
		}
		if err := os.WriteFile(journalPath(store), b, 0o600); err != nil {
			t.Fatal(err)
		}
		o := testOptions("ann")
		o.ReadOnly = true
		again, err := Open(store, o)
		if err != nil {
			t.Fatal(err)
		}
		defer again.Close()
		if at := headOf(again); at.Seq < 2 || at.Seq > head.Seq {
			t.Fatalf("%d commits are held", at.Seq)
		}
		if hash, err := l.HashAt(l.OwnFeed(), headOf(again).Seq); err != nil || hash != headOf(again).Hash {
			t.Fatal("another history is held", err)
		}
		all(t, again)
	})
}
