//go:build !windows

package oplog

import (
	"bytes"
	"context"
	"crypto/sha256"
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
// enlarges the file flushes it first. A store that is written anew, to compact it or
// to let go of history, is flushed once, when it is whole, and then renamed: an image
// is the old one beside any part of the new, or the new one.

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

// epoch is the writes between two flushes, or a new file in the old one's place.
type epoch struct {
	writes        []diskWrite
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
	t      *testing.T
	epochs []epoch
	open   int // epochs of the transaction that runs
	now    stored
	began  map[string]int // how often a store was written anew, and why
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
		if n := len(r.epochs); n == 0 || meta || r.epochs[n-1].meta || r.epochs[n-1].anew != nil {
			mark, _ := os.ReadFile(l.markPath())
			r.epochs = append(r.epochs, epoch{meta: meta, before: r.now, mark: mark})
		}
		e := &r.epochs[len(r.epochs)-1]
		e.writes = append(e.writes, diskWrite{off, bytes.Clone(b), info.Size()})
		return write(b, off)
	}
}

// done notes what is acknowledged from now on.
func (r *recorder) done(l *Log) {
	r.t.Helper()
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

// become makes the image the file given.
func (d *disk) become(t *testing.T, file []byte) {
	d.put(t, 0, file)
	if err := d.f.Truncate(int64(len(file))); err != nil {
		t.Fatal(err)
	}
}

// half gives a file of which any part was written.
func half(file []byte, rnd *rand.Rand) []byte {
	out := make([]byte, rnd.IntN(len(file)+1))
	for at := 0; at < len(out); at += sector {
		if rnd.IntN(3) > 0 {
			copy(out[at:], file[at:min(at+sector, len(file))])
		}
	}
	return out
}

// whatIsHeld opens an image and tells what is wrong with it.
func whatIsHeld(path string, whole bool) (is stored, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		return is, err
	}
	defer func() { err = errors.Join(err, l.closeMark(), l.db.Close()) }()
	if l.RolledBack() {
		return is, errors.New("takes itself for an old copy")
	}
	if is, err = storedIn(l); err != nil {
		return is, err
	}
	n, want := uint64(0), uint64(0)
	if err := l.Scan(is.begins, func(c Commit) error { n++; return nil }); err != nil {
		return is, err
	}
	for feed, h := range is.heads {
		want += h.Seq - is.begins[feed].Seq
	}
	if n != want {
		return is, fmt.Errorf("%d of %d commits are readable", n, want)
	}
	if _, err := os.Stat(compactPath(path)); err == nil {
		return is, errors.New("a part of a new store stays beside it")
	}
	if whole {
		if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() {
			return is, fmt.Errorf("check: %+v %w", r, err)
		}
	}
	return is, nil
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
	is, err := whatIsHeld(path, true)
	if err == nil && is.heads[c.Feed].Seq != c.Seq {
		err = fmt.Errorf("commit %d, written after the power came back, is not there", c.Seq)
	}
	return err
}

// cuts makes images of a story and looks at each.
type cuts struct {
	t               *testing.T
	rnd             *rand.Rand
	path            string
	d               *disk
	marks           [][]byte // that may be beside the store
	images          int
	done, lost, bad int
	began           map[string]int
}

func TestPowerCuts(t *testing.T) {
	c := &cuts{
		t: t, rnd: rand.New(rand.NewPCG(uint64(number("SEED", 1)), 5)), path: filepath.Join(t.TempDir(), "image.db"),
		images: number("IMAGES", 600), began: map[string]int{},
	}
	for !c.enough() {
		base, r := story(t, filepath.Join(t.TempDir(), "room.db"), c.rnd, 60, true)
		c.play(base, r)
		for why, n := range r.began {
			c.began[why] += n
		}
	}
	if c.images >= 600 && (c.began["let go"] == 0 || c.began["compacted"] == 0 || c.began["regained"] == 0) {
		t.Error("the stories are too plain:", c.began)
	}
	fmt.Printf("power cuts: %d images, %d bad, %d acknowledged commits lost; in their stories history was let go %d times and taken again %d times, the store compacted %d times\n",
		c.done, c.bad, c.lost, c.began["let go"], c.began["regained"], c.began["compacted"])
}

func (c *cuts) enough() bool { return c.done >= c.images || c.bad >= 5 }

func (c *cuts) play(base []byte, r *recorder) {
	c.t.Helper()
	if err := os.WriteFile(c.path, base, 0o600); err != nil {
		c.t.Fatal(err)
	}
	f, err := os.OpenFile(c.path, os.O_RDWR, 0)
	if err != nil {
		c.t.Fatal(err)
	}
	defer f.Close()
	c.d, c.marks = &disk{f: f, base: base}, nil
	each := max(1, min(6, c.images/len(r.epochs))) // of several stories rather than of one
	for i := range r.epochs {
		e := &r.epochs[i]
		c.marks = append(c.marks, e.mark)
		if e.anew != nil {
			c.replaced(e, each)
		} else {
			c.written(e, each)
		}
		if c.enough() {
			return
		}
	}
}

// replaced makes images of a store that is written anew.
func (c *cuts) replaced(e *epoch, each int) {
	for n := range max(3, each) {
		renamed := n%3 == 0
		if renamed {
			c.d.become(c.t, e.anew)
		} else if err := os.WriteFile(compactPath(c.path), half(e.anew, c.rnd), 0o600); err != nil {
			c.t.Fatal(err)
		}
		c.look(e, renamed)
		c.d.become(c.t, c.d.base)
	}
	c.d.base = bytes.Clone(e.anew)
	c.d.become(c.t, c.d.base)
}

// written makes images of some writes that are not flushed yet.
func (c *cuts) written(e *epoch, each int) {
	d := c.d
	if size := e.writes[0].size; int64(len(d.base)) < size {
		d.base = append(d.base, make([]byte, size-int64(len(d.base)))...)
		if err := d.f.Truncate(size); err != nil {
			c.t.Fatal(err)
		}
	}
	for range each {
		for _, w := range e.writes {
			d.torn(c.t, w, c.rnd)
		}
		c.look(e, false)
		if c.done%50 == 0 {
			d.become(c.t, d.base)
		}
		for _, w := range e.writes {
			d.put(c.t, w.at, d.base[w.at:w.at+int64(len(w.data))])
		}
		if c.enough() {
			break
		}
	}
	for _, w := range e.writes {
		d.apply(w)
		d.put(c.t, w.at, w.data)
	}
}

// look opens an image: it holds what was acknowledged, or what was about to be.
func (c *cuts) look(e *epoch, renamed bool) {
	c.t.Helper()
	if err := os.WriteFile(c.path+".mark", c.marks[c.rnd.IntN(len(c.marks))], 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.done++
	is, err := whatIsHeld(c.path, c.done%20 == 0)
	right := !renamed && is.equal(e.before) || (e.meta || renamed) && is.equal(e.after)
	switch {
	case err != nil:
		c.bad++
		c.t.Errorf("image %d (meta %v, renamed %v): %v", c.done, e.meta, renamed, err)
	case !right:
		c.lost++
		c.bad++
		c.t.Errorf("image %d (meta %v, renamed %v): holds %v, acknowledged %v, then %v", c.done, e.meta, renamed, is, e.before, e.after)
	case c.done%50 == 0:
		if err := goesOn(c.path); err != nil {
			c.bad++
			c.t.Errorf("image %d: going on: %v", c.done, err)
		}
	}
}
