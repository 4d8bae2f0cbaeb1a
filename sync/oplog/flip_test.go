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
)

// contents is all a log holds, by what its readers use. The epoch is left out: who
// opens a log sets it from the keys.
type contents struct {
	heads   model.Vector
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
	c = contents{heads: l.Heads(), lamport: l.Lamport(), own: l.OwnFeed()}
	err = l.Scan(nil, func(m Commit) error {
		b, err := l.Open(m)
		c.bodies = append(c.bodies, fmt.Sprintf("%v %d %d %d %x %x", m.Feed, m.Seq, m.Lamport, m.Wall, m.Hash, b))
		return err
	})
	snap, _, serr := l.Snapshot("state")
	c.snap = string(snap)
	return c, errors.Join(err, serr)
}

func (c contents) equal(o contents) bool {
	return maps.Equal(c.heads, o.heads) && c.lamport == o.lamport && c.own == o.own && slices.Equal(c.bodies, o.bodies) && c.snap == o.snap
}

// A flipped bit is found, or changes nothing; it is never silently another text.
func TestByteFlips(t *testing.T) {
	flips := number("FLIPS", 200)
	rnd := rand.New(rand.NewPCG(uint64(number("SEED", 1)), 6))
	dir := t.TempDir()
	whole, path := filepath.Join(dir, "room.db"), filepath.Join(dir, "flipped.db")
	_, _ = story(t, whole, rnd, 50)
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
	refused, found, same, anew, repaired, silent := 0, 0, 0, 0, 0, 0
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
			refused++
		} else {
			got, readErr := contentsOf(l)
			r, err := l.Check(context.Background(), nil)
			switch {
			case err != nil:
				t.Fatal(err)
			case !r.OK() || readErr != nil:
				found++
			case got.own != want.own && got.heads[got.own].Seq == 0:
				anew++ // its own feed is forgotten: the next write opens another
			case got.equal(want):
				same++
			default:
				silent++
				t.Errorf("flip %d, byte %d (page %d, %d), bit %02x: %s", i, at, at/4096, at%4096, bit, difference(want, got))
			}
			_ = guarded(func() error { return errors.Join(l.closeMark(), l.db.Close()) })
		}
		if (refused+found)%50 == 1 { // set aside and filled by a peer
			fresh := filepath.Join(dir, fmt.Sprintf("fresh%d.db", i))
			n := newLogAt(t, fresh, testOptions("ann"))
			pull(t, n, peer)
			if !maps.Equal(n.Heads(), peer.Heads()) {
				t.Error("a peer could not fill the room again")
			}
			_ = n.Close()
			repaired++
		}
	}
	fmt.Printf("byte flips: %d in used pages, %d refused at opening, %d found by the check, %d changed nothing, %d make it begin a new feed, %d silently different; %d filled again by a peer\n",
		flips, refused, found, same, anew, silent, repaired)
}

func difference(want, got contents) string {
	switch {
	case !maps.Equal(want.heads, got.heads):
		return "heads differ"
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
