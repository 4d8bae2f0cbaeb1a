package oplog

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// swollen is a store that holds little and is large: what was in it was dropped.
func swollen(t *testing.T, path string) *Log {
	t.Helper()
	l := newLogAt(t, path, testOptions("ann"))
	writeMany(t, l, 500)
	random := make([]byte, 8<<20)
	_, _ = seeded("swollen").Read(random)
	for _, value := range [][]byte{random, nil} {
		b := l.Begin()
		var err error
		if value == nil {
			err = b.DeleteSnapshot("large")
		} else {
			err = b.PutSnapshot("large", value)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// TestCompactGivesRoomBackAndChangesNothing: all is there after it, for who
// reads meanwhile, writes after, and opens the file again.
func TestCompactGivesRoomBackAndChangesNothing(t *testing.T) {
	l := swollen(t, filepath.Join(t.TempDir(), "room.db"))
	feed, heads := l.OwnFeed(), l.Heads()
	if free, err := l.Free(); err != nil || free < 8<<20 {
		t.Fatalf("%d bytes are free: %v", free, err)
	}
	if err := l.tamper(func(tx *bolt.Tx) error { // as earlier versions made it
		_, err := tx.CreateBucket([]byte("idx"))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	read := make(chan error)
	stop := make(chan struct{})
	go func() { // joined below
		for {
			if _, _, err := l.ReadRun(feed, 0, MaxRunCommits, MaxRunBytes); err != nil {
				read <- err
				return
			}
			select {
			case <-stop:
				read <- nil
				return
			default:
			}
		}
	}()
	c, err := l.Compact()
	if err != nil || c.Before < 8<<20 || c.After > 1<<20 {
		t.Fatalf("%+v %v", c, err)
	}
	close(stop)
	if err := <-read; err != nil {
		t.Errorf("a reader was disturbed: %v", err)
	}
	t.Logf("%d bytes before, %d after", c.Before, c.After)
	writeEach(t, l, 3)
	if l.OwnFeed() != feed || l.Heads()[feed].Seq != heads[feed].Seq+3 {
		t.Error("the own feed does not go on")
	}
	l = reopen(t, l)
	if l.Moved() || l.RolledBack() {
		t.Error("the store takes itself for a copy")
	}
	if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() || r.Commits != heads[feed].Seq+3 {
		t.Errorf("%+v %v", r, err)
	}
	if err := l.view(func(tx *bolt.Tx) error {
		if tx.Bucket([]byte("idx")) != nil {
			t.Error("the bucket of an earlier version is still there")
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// TestCompactOfACopyStillKnowsItIsOne: to write a store anew must not hide that
// it was copied.
func TestCompactOfACopyStillKnowsItIsOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "room.db")
	l := newLogAt(t, path, testOptions("ann"))
	feed := write(t, l, "start")[0].Feed
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "room.db")
	if err := os.WriteFile(copied, b, 0o600); err != nil {
		t.Fatal(err)
	}
	o := testOptions("ann")
	if l, err = Open(copied, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	if _, err := l.Compact(); err != nil {
		t.Fatal(err)
	}
	if write(t, l, "after"); !bytes.Equal(l.feeds[l.OwnFeed()].open.PrevFeed[:], feed[:]) {
		t.Error("the copy writes on in the feed it was copied with")
	}
}

// TestACopyThatDiffersIsFound: whatever of the new file is not as it was given, it does
// not take the store's place.
func TestACopyThatDiffersIsFound(t *testing.T) {
	l := room(t)
	b := l.Begin()
	if err := b.PutSnapshot("state", []byte("what the room is")); err != nil {
		t.Fatal(err)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	flip := func(b *bolt.Bucket, k, v []byte) error {
		changed := bytes.Clone(v)
		changed[len(changed)/2] ^= 1
		return b.Put(bytes.Clone(k), changed)
	}
	harms := map[string]func(b *bolt.Bucket, k, v []byte) error{
		"nothing": func(*bolt.Bucket, []byte, []byte) error { return nil },
		"a bit":   flip,
		"a key":   func(b *bolt.Bucket, k, _ []byte) error { return b.Delete(bytes.Clone(k)) },
		"one more": func(b *bolt.Bucket, k, v []byte) error {
			return b.Put(append(bytes.Clone(k), 0), bytes.Clone(v))
		},
		"where a value begins": func(b *bolt.Bucket, k, v []byte) error {
			moved, rest := append(bytes.Clone(k), v[0]), bytes.Clone(v[1:])
			return errors.Join(b.Delete(bytes.Clone(k)), b.Put(moved, rest))
		},
		"a value left off": func(b *bolt.Bucket, k, v []byte) error { return b.Put(bytes.Clone(k), bytes.Clone(v[:len(v)-1])) },
	}
	for _, name := range [][]byte{bucketFeeds, bucketOps, bucketSnap} {
		for harm, do := range harms {
			dst, err := bolt.Open(filepath.Join(t.TempDir(), "copy.db"), 0o600, &bolt.Options{NoSync: true})
			if err != nil {
				t.Fatal(err)
			}
			var given sums
			if err := l.view(func(tx *bolt.Tx) (err error) {
				_, given, err = l.copyBuckets(dst, tx, nil)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := dst.Update(func(tx *bolt.Tx) error {
				b := tx.Bucket(name)
				k, v := b.Cursor().First()
				return do(b, k, v)
			}); err != nil {
				t.Fatal(err)
			}
			if err := given.check(dst); (err == nil) != (harm == "nothing") || err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("%s of %s: %v", harm, name, err)
			}
			if err := dst.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
