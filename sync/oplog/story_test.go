//go:build !windows

package oplog

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"reflect"
	"testing"
	"unsafe"

	"holdfast/model"
)

// A story is what happens to a store: every write of it is recorded, in the order of
// flushes. See crash_test.go.

// diskWrite is one write, with the size of the file then.
type diskWrite struct {
	at   int64
	data []byte
	size int64
}

// epoch is the writes between two flushes, or a new file in the old one's place.
type epoch struct {
	writes        []diskWrite
	journal       bool // they are to the journal, not to the store
	anew          []byte
	meta          bool // the one page that makes a transaction real
	before, after stored
	mark          []byte // beside the store, never flushed: any older one may be there
}

// stored is what a store says it has.
type stored struct {
	heads  model.Vector
	begins model.Vector
	filled map[model.FeedID]uint64
	snaps  map[string]string
}

func (a stored) equal(b stored) bool {
	return maps.Equal(a.heads, b.heads) && maps.Equal(a.begins, b.begins) && maps.Equal(a.filled, b.filled) && maps.Equal(a.snaps, b.snaps)
}

// storedIn reads what a store has; every snapshot it names must be readable.
func storedIn(l *Log) (stored, error) {
	s := stored{heads: l.Heads(), begins: l.Begins(), filled: map[model.FeedID]uint64{}, snaps: map[string]string{}}
	for feed := range s.begins {
		s.filled[feed] = l.Filled(feed)
	}
	names, err := l.Snapshots()
	for _, name := range names {
		value, ok, err := l.Snapshot(name)
		if err != nil || !ok {
			return s, fmt.Errorf("snapshot %s: %v %w", name, ok, err)
		}
		sum := sha256.Sum256(value)
		s.snaps[name] = string(sum[:8])
	}
	return s, err
}

type recorder struct {
	t       *testing.T
	epochs  []epoch
	open    int // epochs of the transaction that runs
	now     stored
	journal *journal       // that is watched
	began   map[string]int // how often a store was written anew, and why
}

// watch puts the recorder under a log. bbolt keeps what it writes with in a
// field of its own, so that its tests can do the same.
func (r *recorder) watch(l *Log) {
	if l.db.NoSync || l.db.NoGrowSync {
		r.t.Fatal("the store is not flushed")
	}
	field := reflect.ValueOf(l.db).Elem().FieldByName("ops").FieldByName("writeAt")
	fn := (*func(b []byte, off int64) (int, error))(unsafe.Pointer(field.UnsafeAddr()))
	write, page := *fn, int64(l.db.Info().PageSize)
	*fn = func(b []byte, off int64) (int, error) {
		info, err := os.Stat(l.path)
		if err != nil {
			return 0, err
		}
		meta := off < 2*page
		if n := len(r.epochs); n == 0 || meta || r.epochs[n-1].meta || r.epochs[n-1].anew != nil || r.epochs[n-1].journal {
			mark, _ := os.ReadFile(l.markPath())
			r.epochs = append(r.epochs, epoch{meta: meta, before: r.now, mark: mark})
		}
		e := &r.epochs[len(r.epochs)-1]
		e.writes = append(e.writes, diskWrite{off, bytes.Clone(b), info.Size()})
		return write(b, off)
	}
}

// watchJournal puts the recorder under the journal of a log, once there is one. Each
// record is one write and one flush.
func (r *recorder) watchJournal(l *Log) {
	j := l.journal
	if j == nil || j == r.journal {
		return
	}
	r.journal = j
	write, flush, flushed := j.writeAt, j.flush, true
	j.flush = func() error {
		flushed = true
		return flush()
	}
	j.writeAt = func(b []byte, off int64) (int, error) {
		mark, _ := os.ReadFile(l.markPath())
		r.epochs = append(r.epochs, epoch{journal: true, before: r.now, mark: mark, writes: []diskWrite{{off, bytes.Clone(b), journalSize}}})
		if !flushed {
			r.t.Error("a record is written before the last one was flushed")
		}
		flushed = false
		return write(b, off)
	}
}

// done notes what is acknowledged from now on.
func (r *recorder) done(l *Log) {
	r.t.Helper()
	r.watchJournal(l)
	var err error
	if r.now, err = storedIn(l); err != nil {
		r.t.Fatal(err)
	}
	for ; r.open < len(r.epochs); r.open++ {
		r.epochs[r.open].after = r.now
	}
}

// anew notes that the store was written anew, and goes on with that one.
func (r *recorder) anew(l *Log, why string) {
	r.t.Helper()
	file, err := os.ReadFile(l.path)
	if err != nil {
		r.t.Fatal(err)
	}
	mark, _ := os.ReadFile(l.markPath())
	r.epochs = append(r.epochs, epoch{anew: file, before: r.now, mark: mark})
	r.done(l)
	r.watch(l)
	r.began[why]++
}

// story writes a room: own lines one by one and together, a peer's runs,
// snapshots and parts of them, closings; where it is short, it is compacted, lets go
// of history and takes it again. It gives the file as it was at first, and what followed.
func story(t *testing.T, path string, rnd *rand.Rand, steps int, short bool) (base []byte, r *recorder) {
	t.Helper()
	peer := newLog(t, "bob")
	l := newLogAt(t, path, testOptions("ann"))
	smallSegments(l)
	base, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r = &recorder{t: t, now: stored{heads: model.Vector{}, begins: model.Vector{}}, began: map[string]int{}}
	r.watch(l)
	text := func() []byte {
		b := make([]byte, 20+rnd.IntN(400))
		if rnd.IntN(30) == 0 {
			b = make([]byte, 12_000)
		}
		for i := range b {
			b[i] = byte(rnd.Uint32())
		}
		return b
	}
	for range steps {
		b := l.Begin()
		what := rnd.IntN(20)
		if !short && what > 11 {
			what = 11
		}
		switch what {
		case 0, 12: // a peer's commits
			writeMany(t, peer, 1+rnd.IntN(20))
			run := readRun(t, peer, peer.OwnFeed(), l.Heads()[peer.OwnFeed()].Seq)
			v, err := l.Verify(run)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.Ingest(v); err != nil {
				t.Fatal(err)
			}
		case 1:
			if err := b.PutSnapshot("state", bytes.Repeat(text(), 20)); err != nil {
				t.Fatal(err)
			}
			for range rnd.IntN(6) { // the parts it names, in place of others
				part := fmt.Sprint("pack/", rnd.IntN(12))
				if err := b.DeleteSnapshot(fmt.Sprint("pack/", rnd.IntN(12))); err != nil {
					t.Fatal(err)
				}
				if err := b.PutPacked(part, bytes.Repeat(text(), 1+rnd.IntN(60))); err != nil {
					t.Fatal(err)
				}
			}
		case 2:
			r.done(l)
			l = reopenWatched(t, r, l)
			continue
		case 13:
			b.Discard()
			if _, err := l.Compact(); err != nil {
				t.Fatal(err)
			}
			r.anew(l, "compacted")
			continue
		case 14, 15:
			b.Discard()
			if letGoSome(t, l, rnd) {
				r.anew(l, "let go")
			}
			continue
		case 16, 17, 18:
			b.Discard()
			regainSome(t, r, l, peer, rnd)
			continue
		default:
			for range 1 + rnd.IntN(6) {
				if _, err := b.Append(Draft{Body: text()}); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
		r.done(l)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return base, r
}

// letGoSome lets go of some of what a store has; false where nothing can go.
func letGoSome(t *testing.T, l *Log, rnd *rand.Rand) bool {
	t.Helper()
	to := model.Vector{}
	for _, f := range l.Feeds() {
		if f.Head.Seq < 2 || rnd.IntN(4) == 0 {
			continue
		}
		at, err := l.Signed(f.Feed, 1+rnd.Uint64N(f.Head.Seq-1))
		if err != nil {
			t.Fatal(err)
		}
		if at.Seq > f.Begin.Seq {
			to[f.Feed] = at
		}
	}
	if len(to) == 0 {
		return false
	}
	if _, err := l.LetGo(to); err != nil {
		t.Fatal(err)
	}
	return true
}

// regainSome takes one run of what was let go of a peer's feed, of several.
func regainSome(t *testing.T, r *recorder, l, peer *Log, rnd *rand.Rand) {
	t.Helper()
	feed := peer.OwnFeed()
	if l.Begins()[feed].Seq == 0 {
		return
	}
	l.Regain(true)
	run, ok, err := peer.ReadRun(feed, l.Filled(feed), 1+rnd.IntN(30), MaxRunBytes)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, err := ingest(l, run); err != nil {
		t.Fatal(err)
	}
	l.Regain(false)
	r.began["regained"]++
	r.done(l)
}

func reopenWatched(t *testing.T, r *recorder, l *Log) *Log {
	t.Helper()
	l = reopen(t, l)
	r.done(l)
	r.watch(l)
	return l
}
