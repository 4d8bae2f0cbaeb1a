package oplog

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// keyRing has a key for every epoch below its length.
type keyRing [][32]byte

func (k keyRing) Key(epoch uint32) ([32]byte, bool) {
	if int(epoch) >= len(k) {
		return [32]byte{}, false
	}
	return k[epoch], true
}

var testRing = keyRing{sha256.Sum256([]byte("epoch 0")), sha256.Sum256([]byte("epoch 1"))}

var testRoom = model.NewRoomID(model.DeviceKey{1}, model.Nonce{2})

func testDevice(name string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte(name))
	return ed25519.NewKeyFromSeed(seed[:])
}

// seeded is a random source that repeats, for golden data and fuzz seeds.
func seeded(name string) *rand.ChaCha8 { return rand.NewChaCha8(sha256.Sum256([]byte(name))) }

func testOptions(device string) Options {
	return Options{
		Keys: testRing, Device: testDevice(device), App: "oplog-test 1", Machine: "m1", Reserve: -1,
		Now:     func() time.Time { return time.UnixMilli(1_795_000_000_000) },
		Timeout: 60 * time.Millisecond,
	}
}

func newLogAt(t testing.TB, path string, o Options) *Log {
	t.Helper()
	l, err := Create(path, CreateOptions{Options: o, Room: testRoom})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func newLog(t testing.TB, device string) *Log {
	t.Helper()
	return newLogAt(t, filepath.Join(t.TempDir(), "room.db"), testOptions(device))
}

func reopen(t testing.TB, l *Log) *Log {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	n, err := Open(l.path, l.opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = n.Close() })
	return n
}

// tamper changes the store behind the log's back, once it has all that was written.
func (l *Log) tamper(fn func(tx *bolt.Tx) error) error {
	return errors.Join(l.Checkpoint(), l.db.Update(fn))
}

// write appends bodies one batch each.
func write(t testing.TB, l *Log, bodies ...string) []Commit {
	t.Helper()
	var out []Commit
	for _, body := range bodies {
		b := l.Begin()
		c, err := b.Append(Draft{Body: []byte(body)})
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
		if c, err = l.At(c.Feed, c.Seq); err != nil { // with its signature
			t.Fatal(err)
		}
		out = append(out, c)
	}
	return out
}

// writeEach appends n bodies, each in a batch of its own and so signed.
func writeEach(t testing.TB, l *Log, n int) []Commit {
	t.Helper()
	bodies := make([]string, n)
	for i := range bodies {
		bodies[i] = fmt.Sprintf("entry %d: replicas behind, traffic moved to the other site", i)
	}
	return write(t, l, bodies...)
}

// writeMany appends n bodies in one batch.
func writeMany(t testing.TB, l *Log, n int) []Commit {
	t.Helper()
	b := l.Begin()
	var out []Commit
	for i := range n {
		c, err := b.Append(Draft{Body: fmt.Appendf(nil, "entry %d: replicas behind, traffic moved to the other site", i)})
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, c)
	}
	if err := b.Commit(); err != nil {
		t.Fatal(err)
	}
	return out
}

func readRun(t testing.TB, l *Log, feed model.FeedID, after uint64) Run {
	t.Helper()
	run, ok, err := l.ReadRun(feed, after, MaxRunCommits, MaxRunBytes)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return run
}

// ingest verifies and stores one run.
func ingest(l *Log, run Run) (int, error) {
	v, err := l.Verify(run)
	if err != nil {
		return 0, err
	}
	b := l.Begin()
	defer b.Discard()
	n, err := b.Ingest(v)
	if err != nil {
		return 0, err
	}
	return n, b.Commit()
}

// pull brings dst everything src has.
func pull(t testing.TB, dst, src *Log) {
	t.Helper()
	for feed, head := range src.Heads() {
		for at := dst.Heads()[feed].Seq; at < head.Seq; at = dst.Heads()[feed].Seq {
			if _, err := ingest(dst, readRun(t, src, feed, at)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// all gives every commit in scan order, with its body.
func all(t testing.TB, l *Log) (commits []Commit, bodies []string) {
	t.Helper()
	err := l.Scan(nil, func(c Commit) error {
		body, err := l.Open(c)
		if err != nil {
			return err
		}
		c.Sealed, c.Sig = bytes.Clone(c.Sealed), bytes.Clone(c.Sig) // they last no longer than the call
		commits, bodies = append(commits, c), append(bodies, string(body))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return commits, bodies
}

// number is how many a test does: the variable, or the default.
func number(name string, byDefault int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return byDefault
}
