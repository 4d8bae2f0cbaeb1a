//go:build !windows

package oplog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"holdfast/model/modeltest/fewer"
)

// What a power cut can leave on the disk. Every write of a store is recorded
// with its place in the order of flushes; an image is what was flushed, and of
// what was not any part, down to single sectors. bbolt v1.5.0 flushes between
// the pages of a transaction and its meta page, and after that; a write that
// enlarges the file flushes it first. A store that is written anew, to compact it or
// to let go of history, is flushed once, when it is whole, and then renamed: an image
// is the old one beside any part of the new, or the new one.

const sector = 512

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
	journal         []byte   // beside the store, as far as it was flushed
	marks           [][]byte // that may be beside the store
	images          int
	done, lost, bad int
	recalled        int // images of which the journal had something that the store had not
	began           map[string]int
}

func TestPowerCuts(t *testing.T) {
	c := &cuts{
		t: t, rnd: rand.New(rand.NewPCG(uint64(number("SEED", 1)), 5)), path: filepath.Join(t.TempDir(), "image.db"),
		images: number("IMAGES", fewer.Cases(600, 60)), began: map[string]int{},
	}
	for !c.enough() {
		base, r := story(t, filepath.Join(t.TempDir(), "room.db"), c.rnd, 60, true)
		c.play(base, r)
		for why, n := range r.began {
			c.began[why] += n
		}
	}
	if c.images >= 600 && (c.began["let go"] == 0 || c.began["compacted"] == 0 || c.began["regained"] == 0 || c.recalled == 0) {
		t.Error("the stories are too plain:", c.began)
	}
	fmt.Printf("power cuts: %d images, %d bad, %d acknowledged commits lost; %d had lines in the journal alone; in their stories history was let go %d times and taken again %d times, the store compacted %d times\n",
		c.done, c.bad, c.lost, c.recalled, c.began["let go"], c.began["regained"], c.began["compacted"])
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
	c.d, c.marks, c.journal = &disk{f: f, base: base}, nil, make([]byte, journalSize)
	each := max(1, min(6, c.images/len(r.epochs))) // of several stories rather than of one
	for i := range r.epochs {
		e := &r.epochs[i]
		c.marks = append(c.marks, e.mark)
		switch {
		case e.anew != nil:
			c.replaced(e, each)
		case e.journal:
			c.noted(e, each)
		default:
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

// noted makes images of a journal with a record that is not flushed yet.
func (c *cuts) noted(e *epoch, each int) {
	whole, w := c.journal, e.writes[0]
	for range each {
		c.journal = bytes.Clone(whole)
		keep := c.rnd.IntN(3)
		for at := 0; at < len(w.data); at += sector {
			if keep == 1 || keep == 2 && c.rnd.IntN(2) == 0 {
				copy(c.journal[w.at+int64(at):], w.data[at:min(at+sector, len(w.data))])
			}
		}
		c.look(e, false)
		if c.enough() {
			break
		}
	}
	c.journal = whole
	copy(c.journal[w.at:], w.data)
}

// metaPages gives the pages that each transaction changes.
func (d *disk) metaPages(t *testing.T) []byte {
	b := make([]byte, 2*4096)
	if _, err := d.f.ReadAt(b, 0); err != nil {
		t.Fatal(err)
	}
	return b
}

// look opens an image: it holds what was acknowledged, or what was about to be.
func (c *cuts) look(e *epoch, renamed bool) {
	c.t.Helper()
	if err := os.WriteFile(journalPath(c.path), c.journal, 0o600); err != nil {
		c.t.Fatal(err)
	}
	before := c.d.metaPages(c.t)
	defer func() {
		if !bytes.Equal(before, c.d.metaPages(c.t)) { // what the journal had was brought into the store
			c.recalled++
			c.d.become(c.t, c.d.base)
		}
	}()
	if err := os.WriteFile(c.path+".mark", c.marks[c.rnd.IntN(len(c.marks))], 0o600); err != nil {
		c.t.Fatal(err)
	}
	c.done++
	is, err := whatIsHeld(c.path, c.done%20 == 0)
	right := !renamed && is.equal(e.before) || (e.meta || e.journal || renamed) && is.equal(e.after)
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
