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
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
	"holdfast/model/modeltest/fewer"
)

// contents is all a log holds, by what its readers use. The epoch is left out: who
// opens a log sets it from the keys.
type contents struct {
	heads   model.Vector
	begins  model.Vector
	lamport uint64
	own     model.FeedID
	bodies  []string
	snap    string
}

func contentsOf(l *Log) (c contents, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("PANIC: %v", p)
		}
	}()
	c = contents{heads: l.Heads(), begins: l.Begins(), lamport: l.Lamport(), own: l.OwnFeed()}
	err = l.Scan(c.begins, func(m Commit) error {
		b, err := l.Open(m)
		c.bodies = append(c.bodies, fmt.Sprintf("%v %d %d %d %x %x", m.Feed, m.Seq, m.Lamport, m.Wall, m.Hash, b))
		return err
	})
	names, serr := l.Snapshots()
	slices.Sort(names)
	for _, name := range names {
		value, _, verr := l.Snapshot(name)
		c.snap, serr = c.snap+name+string(value), errors.Join(serr, verr)
	}
	return c, errors.Join(err, serr)
}

func (c contents) equal(o contents) bool {
	return maps.Equal(c.heads, o.heads) && maps.Equal(c.begins, o.begins) && c.lamport == o.lamport && c.own == o.own && slices.Equal(c.bodies, o.bodies) && c.snap == o.snap
}

// flipped counts what became of flipped bits.
type flipped struct{ refused, found, same, anew, repaired, silent int }

// A flipped bit is found, or changes nothing; it is never silently another text: in
// a store that has all, and in one that let go of history.
func TestByteFlips(t *testing.T) {
	flips := number("FLIPS", fewer.Cases(200, 20))
	rnd := rand.New(rand.NewPCG(uint64(number("SEED", 1)), 6))
	var n flipped
	flipBytes(t, &n, flips-flips/3, rnd, false)
	flipBytes(t, &n, flips/3, rnd, true)
	fmt.Printf("byte flips: %d in used pages, %d refused at opening, %d found by the check, %d changed nothing, %d make it begin a new feed, %d silently different; %d filled again by a peer\n",
		flips, n.refused, n.found, n.same, n.anew, n.silent, n.repaired)
}

func flipBytes(t *testing.T, n *flipped, flips int, rnd *rand.Rand, short bool) {
	dir := t.TempDir()
	whole, path := filepath.Join(dir, "room.db"), filepath.Join(dir, "flipped.db")
	_, _ = story(t, whole, rnd, 60, short)
	good, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	copied := func(name string) *Log {
		if err := os.WriteFile(name, good, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(name, testOptions("ann"))
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	peer := copied(filepath.Join(dir, "peer.db"))
	defer peer.Close()
	want, err := contentsOf(peer)
	if err != nil {
		t.Fatal(err)
	}
	used, table := usedBytes(t, peer, good), tableBytes(t, peer, good)
	copied(path).db.Close()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i := range flips {
		if _, err := f.WriteAt(good, 0); err != nil {
			t.Fatal(err)
		}
		at, bit := used[rnd.IntN(len(used))], byte(1)<<rnd.IntN(8)
		if i%2 == 0 { // half of them where few bytes say much
			at = table[rnd.IntN(len(table))]
		}
		if _, err := f.WriteAt([]byte{good[at] ^ bit}, at); err != nil {
			t.Fatal(err)
		}
		_ = os.Remove(path + ".mark")
		l, err := Open(path, testOptions("ann"))
		if err != nil {
			n.refused++
		} else {
			got, readErr := contentsOf(l)
			r, err := l.Check(context.Background(), nil)
			switch {
			case err != nil:
				t.Fatal(err)
			case !r.OK() || readErr != nil:
				n.found++
			case got.own != want.own && got.heads[got.own].Seq == 0:
				n.anew++ // its own feed is forgotten: the next write opens another
			case got.equal(want):
				n.same++
			default:
				n.silent++
				t.Errorf("flip %d, byte %d (page %d, %d), bit %02x: %s", i, at, at/4096, at%4096, bit, difference(want, got))
			}
			_ = guarded(func() error { return errors.Join(l.closeMark(), l.db.Close()) })
		}
		if !short && (n.refused+n.found)%50 == 1 { // set aside and filled by a peer
			fresh := filepath.Join(dir, fmt.Sprintf("fresh%d.db", i))
			again := newLogAt(t, fresh, testOptions("ann"))
			pull(t, again, peer)
			if !maps.Equal(again.Heads(), peer.Heads()) {
				t.Error("a peer could not fill the room again")
			}
			_ = again.Close()
			n.repaired++
		}
	}
}

func difference(want, got contents) string {
	switch {
	case !maps.Equal(want.heads, got.heads):
		return "heads differ"
	case !maps.Equal(want.begins, got.begins):
		return "begins differ"
	case want.lamport != got.lamport:
		return fmt.Sprintf("lamport %d for %d", got.lamport, want.lamport)
	case want.own != got.own:
		return "own feed differs"
	case want.snap != got.snap:
		return "snapshot differs"
	}
	return "commits differ"
}

// usedBytes are the offsets in pages that hold something: the two meta pages
// and every page of the tree and of the free list.
func usedBytes(t *testing.T, l *Log, file []byte) (at []int64) {
	t.Helper()
	page := int64(l.db.Info().PageSize)
	err := l.db.View(func(tx *bolt.Tx) error {
		for id := int64(0); id*page < tx.Size(); id++ {
			info, err := tx.Page(int(id))
			if err != nil {
				return err
			}
			if info == nil || info.Type == "free" {
				continue
			}
			for off := id * page; off < min((id+1+int64(info.OverflowCount))*page, int64(len(file))); off++ {
				at = append(at, off)
			}
			id += int64(info.OverflowCount)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// tableBytes are the offsets of the store's own tables: what it knows of each
// feed, and of itself.
func tableBytes(t *testing.T, l *Log, file []byte) (at []int64) {
	t.Helper()
	err := l.db.View(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketFeeds, bucketMeta} {
			err := tx.Bucket(name).ForEach(func(k, v []byte) error {
				entry := append(bytes.Clone(k), v...) // as they lie in a page
				for from := 0; ; {
					i := bytes.Index(file[from:], entry)
					if i < 0 {
						return nil
					}
					for j := range entry {
						at = append(at, int64(from+i+j))
					}
					from += i + 1
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(at) == 0 {
		t.Fatal(len(at), err)
	}
	return at
}
