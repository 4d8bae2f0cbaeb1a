//go:build !windows

package oplog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"testing"
	"unsafe"

	"holdfast/model"
)

// What a power cut can leave on the disk. Every write of a store is recorded
// with its place in the order of flushes; an image is what was flushed, and of
// what was not any part, down to single sectors. bbolt v1.5.0 flushes between
// the pages of a transaction and its meta page, and after that; a write that
// enlarges the file flushes it first.

// number is how many a test does: the variable, or the default.
func number(name string, byDefault int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return byDefault
}

const sector = 512

// diskWrite is one write, with the size of the file then.
type diskWrite struct {
	at   int64
	data []byte
	size int64
}

// epoch is the writes between two flushes.
type epoch struct {
	writes        []diskWrite
	meta          bool // the one page that makes a transaction real
	before, after model.Vector
	mark          []byte // beside the store, never flushed: any older one may be there
}

type recorder struct {
	t      *testing.T
	epochs []epoch
	open   int // epochs of the transaction that runs
	heads  model.Vector
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
		if n := len(r.epochs); n == 0 || meta || r.epochs[n-1].meta {
			mark, _ := os.ReadFile(l.markPath())
			r.epochs = append(r.epochs, epoch{meta: meta, before: r.heads, mark: mark})
		}
		e := &r.epochs[len(r.epochs)-1]
		e.writes = append(e.writes, diskWrite{off, bytes.Clone(b), info.Size()})
		return write(b, off)
	}
}

// done notes what is acknowledged from now on.
func (r *recorder) done(l *Log) {
	r.heads = l.Heads()
	for ; r.open < len(r.epochs); r.open++ {
		r.epochs[r.open].after = r.heads
	}
}

// story writes a room that begins with segments: own lines one by one and together, a
// peer's runs, snapshots, closings. It gives the file as it was at first, and what
// followed.
func story(t *testing.T, path string, rnd *rand.Rand, steps int) (base []byte, r *recorder) {
	t.Helper()
	peer := newLog(t, "bob")
	l := newLogAt(t, path, testOptions("ann"))
	writeMany(t, l, 70+rnd.IntN(100))
	writeMany(t, peer, 70+rnd.IntN(100))
	writeMany(t, peer, 3)
	for range 2 {
		run, _, err := peer.ReadRun(peer.OwnFeed(), l.Heads()[peer.OwnFeed()].Seq, 100, MaxRunBytes)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ingest(l, run); err != nil {
			t.Fatal(err)
		}
	}
	compacted(t, l)
	if len(segments(t, l)) == 0 {
		t.Fatal("no segments to begin with")
	}
	l = reopen(t, l)
	base, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r = &recorder{t: t, heads: l.Heads()}
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
		switch rnd.IntN(12) {
		case 0: // a peer's commits
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
		case 2:
			r.done(l)
			l = reopenWatched(t, r, l)
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
	r.done(l)
	return base, r
}

func reopenWatched(t *testing.T, r *recorder, l *Log) *Log {
	t.Helper()
	l = reopen(t, l)
	r.done(l)
	r.watch(l)
	return l
}

// disk is a store file that is made into one image after another.
type disk struct {
	f    *os.File
	base []byte
}

func (d *disk) apply(w diskWrite) {
	if int64(len(d.base)) < w.size {
		d.base = append(d.base, make([]byte, w.size-int64(len(d.base)))...)
	}
	copy(d.base[w.at:], w.data)
}

// torn writes part of a write: all, nothing, or some of its sectors.
func (d *disk) torn(t *testing.T, w diskWrite, rnd *rand.Rand) {
	keep := rnd.IntN(3)
	for at := 0; at < len(w.data); at += sector {
		if keep == 0 || keep == 2 && rnd.IntN(2) == 0 {
			continue
		}
		if _, err := d.f.WriteAt(w.data[at:min(at+sector, len(w.data))], w.at+int64(at)); err != nil {
			t.Fatal(err)
		}
	}
}

func (d *disk) put(t *testing.T, at int64, data []byte) {
	if _, err := d.f.WriteAt(data, at); err != nil {
		t.Fatal(err)
	}
}

// whatIsHeld opens an image and tells what is wrong with it.
func whatIsHeld(path string, whole bool) (heads model.Vector, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.closeMark(), l.db.Close()) }()
	if l.RolledBack() {
		return nil, errors.New("takes itself for an old copy")
	}
	n, want := uint64(0), uint64(0)
	if err := l.Scan(nil, func(c Commit) error { n++; return nil }); err != nil {
		return nil, err
	}
	heads = l.Heads()
	for _, h := range heads {
		want += h.Seq
	}
	if n != want {
		return nil, fmt.Errorf("%d of %d commits are readable", n, want)
	}
	if whole {
		if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() {
			return nil, fmt.Errorf("check: %+v %w", r, err)
		}
	}
	return heads, nil
}

// goesOn writes in an image and closes and opens it again.
func goesOn(path string) error {
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return err
	}
	b := l.Begin()
	c, err := b.Append(Draft{Body: []byte("after the power came back")})
	if err == nil {
		err = b.Commit()
	}
	if err = errors.Join(err, l.Close()); err != nil {
		return err
	}
	heads, err := whatIsHeld(path, true)
	if err == nil && heads[c.Feed].Seq != c.Seq {
		err = fmt.Errorf("commit %d, written after the power came back, is not there", c.Seq)
	}
	return err
}

func TestPowerCuts(t *testing.T) {
	images := number("IMAGES", 600)
	rnd := rand.New(rand.NewPCG(uint64(number("SEED", 1)), 5))
	dir := t.TempDir()
	path := filepath.Join(dir, "image.db")
	marks := filepath.Join(dir, "image.db.mark")
	done, lost, bad := 0, 0, 0
	for done < images && bad < 5 {
		base, r := story(t, filepath.Join(t.TempDir(), "room.db"), rnd, 60)
		if err := os.WriteFile(path, base, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		d := &disk{f: f, base: base}
		each := max(1, min(40, images/len(r.epochs)))
		var old [][]byte
		for i, e := range r.epochs {
			old = append(old, e.mark)
			if size := e.writes[0].size; int64(len(d.base)) < size {
				d.base = append(d.base, make([]byte, size-int64(len(d.base)))...)
				if err := f.Truncate(size); err != nil {
					t.Fatal(err)
				}
			}
			for range each {
				for _, w := range e.writes {
					d.torn(t, w, rnd)
				}
				if err := os.WriteFile(marks, old[rnd.IntN(len(old))], 0o600); err != nil {
					t.Fatal(err)
				}
				done++
				heads, err := whatIsHeld(path, done%20 == 0)
				switch {
				case err != nil:
					bad++
					t.Errorf("epoch %d of %d (meta %v): %v", i, len(r.epochs), e.meta, err)
				case !maps.Equal(heads, e.before) && !(e.meta && maps.Equal(heads, e.after)):
					lost++
					bad++
					t.Errorf("epoch %d of %d (meta %v): holds %v, acknowledged %v, then %v", i, len(r.epochs), e.meta, heads, e.before, e.after)
				case done%50 == 0:
					if err := goesOn(path); err != nil {
						bad++
						t.Errorf("epoch %d of %d: going on: %v", i, len(r.epochs), err)
					}
					d.put(t, 0, d.base)
					if err := f.Truncate(int64(len(d.base))); err != nil {
						t.Fatal(err)
					}
				}
				for _, w := range e.writes {
					d.put(t, w.at, d.base[w.at:w.at+int64(len(w.data))])
				}
				if done >= images || bad >= 5 {
					break
				}
			}
			for _, w := range e.writes {
				d.apply(w)
				d.put(t, w.at, w.data)
			}
			if done >= images || bad >= 5 {
				break
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	fmt.Printf("power cuts: %d images, %d bad, %d acknowledged commits lost\n", done, bad, lost)
}
