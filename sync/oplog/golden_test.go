package oplog

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Each released version of the format keeps its files under testdata for ever:
// a later version must read them. They are written once, with this flag.
var writeGolden = flag.Bool("golden", false, "write the golden files of this version, where missing")

// golden are files of one version of the format: a store of rows, what travels of it and
// a store with segments, by the hashes they end with.
type golden struct {
	store, runs, segments string
	head, segmentHead     string
}

// goldens are named by the versions of the store, and of the commits.
var goldens = []golden{
	{"testdata/v1.store", "testdata/v1.runs", "testdata/v4.store", "016b4ce482da40f9", "d2c0f806b34e1d73"},
	{"testdata/v5.store", "testdata/v2.runs", "testdata/v5-segments.store", "3e19b7297f748d7e", "4a29bcff89b7eca4"},
}

var goldenBodies = []string{
	"Clean-up script starts deleting whole sites instead of one app",
	"",
	strings.Repeat("Replication lag still rising; reads moved to the second site. ", 40),
	"\x00\x01\x02 not text at all \xff",
}

// make writes a store of two feeds and four commits, repeatably.
func (g *golden) make(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "golden.db")
	o := testOptions("ann")
	o.Rand = seeded("golden")
	now := int64(1_795_000_000_000)
	o.Now = func() time.Time { now += 1234; return time.UnixMilli(now) }
	l := newLogAt(t, path, o)
	for i, body := range goldenBodies {
		if i == 3 {
			l.StartIncarnation()
			l.SetEpoch(1)
		}
		b := l.Begin()
		if _, err := b.Append(Draft{Body: []byte(body), Off: int64(i*1000 - 500)}); err != nil {
			t.Fatal(err)
		}
		if err := b.PutSnapshot("fold", []byte("snapshot "+body)); err != nil {
			t.Fatal(err)
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	var runs strings.Builder
	for _, f := range l.Feeds() {
		fmt.Fprintf(&runs, "%x\n", AppendRun(nil, readRun(t, l, f.Feed, 0)))
	}
	size, err := l.Size()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{g.store: store[:size], g.runs: []byte(runs.String())} {
		if _, err := os.Stat(name); err == nil {
			t.Fatalf("%s is there already: a released format never changes", name)
		}
		if err := os.WriteFile(name, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func (g *golden) check(t *testing.T, l *Log) {
	t.Helper()
	commits, bodies := all(t, l)
	if len(bodies) != len(goldenBodies) {
		t.Fatal(len(bodies))
	}
	for i, body := range bodies {
		if body != goldenBodies[i] {
			t.Errorf("commit %d: %q", i, body)
		}
		c := commits[i]
		if c.Lamport != uint64(i+1) || c.Off != int64(i*1000-500) || c.Wall != 1_795_000_000_000+int64(i+1)*1234 {
			t.Errorf("%+v", c)
		}
	}
	if o := commits[3].Open; o == nil || o.PrevFeed != commits[0].Feed || o.PrevSeq != 3 || o.PrevHash != commits[2].Hash {
		t.Errorf("%+v", o)
	}
	if got := commits[3].Hash.String()[:16]; got != g.head {
		t.Errorf("head of the last feed is %s", got)
	}
}

func TestGoldenStoresAreRead(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.store, g.testStore)
	}
}

func (g *golden) testStore(t *testing.T) {
	if _, err := os.Stat(g.store); *writeGolden && err != nil {
		g.make(t)
	}
	l := openCopy(t, g.store)
	before := schema(t, l)
	g.check(t, l)
	if v, ok, err := l.Snapshot("fold"); err != nil || !ok || string(v) != "snapshot "+goldenBodies[3] {
		t.Error(ok, err)
	}
	if r, err := l.Check(context.Background(), nil); err != nil || !r.OK() {
		t.Errorf("%+v %v", r, err)
	}
	if now := schema(t, l); now != before {
		t.Errorf("reading a store of version %d made it one of %d", before, now)
	}
	write(t, l, "and is written on")
	if now := schema(t, l); now != schemaVersion { // what older programs cannot read, they refuse
		t.Errorf("a store written by this version says it is of version %d", now)
	}
	peer := newLog(t, "bob") // commits of two versions travel in one run
	pull(t, peer, l)
	if _, bodies := all(t, peer); len(bodies) != len(goldenBodies)+1 || bodies[0] != goldenBodies[0] || bodies[4] != "and is written on" {
		t.Errorf("a peer reads %q", bodies)
	}
}

// schema gives the version a store says it is of.
func schema(t *testing.T, l *Log) (n uint32) {
	t.Helper()
	if err := l.view(func(tx *bolt.Tx) error {
		n = binary.BigEndian.Uint32(tx.Bucket(bucketMeta).Get(metaVersion))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestGoldenRunsAreRead(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.runs, g.testRuns)
	}
}

func (g *golden) testRuns(t *testing.T) {
	data, err := os.ReadFile(g.runs)
	if err != nil {
		t.Fatal(err)
	}
	l := newLog(t, "bob")
	for line := range bytes.Lines(data) {
		record, err := hex.DecodeString(strings.TrimSpace(string(line)))
		if err != nil {
			t.Fatal(err)
		}
		run, err := DecodeRun(record)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ingest(l, run); err != nil {
			t.Fatal(err)
		}
		if again := AppendRun(nil, readRun(t, l, run.Feed, 0)); !bytes.Equal(again, record) {
			t.Error("this version writes it differently")
		}
	}
	g.check(t, l)
}

const segmentBodies = 150

func segmentBody(i int) string {
	return fmt.Sprintf("%d. %s", i, goldenBodies[0])
}

// makeSegments writes a store with a segment, repeatably.
func (g *golden) makeSegments(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "golden.db")
	o := testOptions("ann")
	o.Rand = seeded("golden segments")
	l := newLogAt(t, path, o)
	for i := 0; i < segmentBodies; i += 50 {
		b := l.Begin()
		for k := range 50 {
			if _, err := b.Append(Draft{Body: []byte(segmentBody(i + k)), Off: int64(i)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := b.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	compacted(t, l)
	size, err := l.Size()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	store, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(g.segments, store[:size], 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestGoldenSegmentsAreRead(t *testing.T) {
	for _, g := range goldens {
		t.Run(g.segments, g.testSegments)
	}
}

func (g *golden) testSegments(t *testing.T) {
	if _, err := os.Stat(g.segments); *writeGolden && err != nil {
		g.makeSegments(t)
	}
	l := openCopy(t, g.segments)
	if list := segments(t, l); len(list) != 1 || list[0].first != 1 || list[0].last != 100 {
		t.Errorf("%d segments: %+v", len(list), list)
	}
	commits, bodies := all(t, l)
	for i, body := range bodies {
		if body != segmentBody(i) || commits[i].Lamport != uint64(i+1) || commits[i].Off != int64(i/50*50) {
			t.Errorf("commit %d: %q", i+1, body)
		}
	}
	if got := commits[len(commits)-1].Hash.String()[:16]; len(commits) != segmentBodies || got != g.segmentHead {
		t.Errorf("%d commits, the head is %s", len(commits), got)
	}
	soundOf(t, l, segmentBodies)
	write(t, l, "and is written on")
}

// openCopy opens a copy of a store that is kept.
func openCopy(t *testing.T, kept string) *Log {
	t.Helper()
	data, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "room.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(path, testOptions("ann"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// The journal of a store as a process left it that was killed: four lines in the store,
// three in the journal alone.
const goldenStore, goldenJournal = "testdata/v6.store", "testdata/v6.journal"

func makeGoldenJournal(t *testing.T) {
	t.Helper()
	o := testOptions("ann")
	o.Rand = seeded("golden journal")
	l := newLogAt(t, filepath.Join(t.TempDir(), "room.db"), o)
	writeEach(t, l, 4)
	if err := l.Checkpoint(); err != nil {
		t.Fatal(err)
	}
	writeEach(t, l, 3)
	size, err := l.Size()
	store, serr := os.ReadFile(l.path)
	journal, jerr := os.ReadFile(journalPath(l.path))
	if err = errors.Join(err, serr, jerr); err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(goldenStore, store[:size], 0o644), os.WriteFile(goldenJournal, journal[:l.journal.at], 0o644))
	if err != nil {
		t.Fatal(err)
	}
}

func TestGoldenJournalIsRead(t *testing.T) {
	if _, err := os.Stat(goldenJournal); *writeGolden && err != nil {
		makeGoldenJournal(t)
	}
	path := filepath.Join(t.TempDir(), "room.db")
	for kept, name := range map[string]string{goldenStore: path, goldenJournal: journalPath(path)} {
		b, err := os.ReadFile(kept)
		if err = errors.Join(err, os.WriteFile(name, b, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	l := opened(t, path)
	if head := headOf(l); head.Seq != 7 || head.Hash.String()[:16] != "8e7c2496af56d2dd" {
		t.Errorf("%d commits, up to %s", head.Seq, head.Hash)
	}
	sound(t, l)
	if _, bodies := all(t, l); bodies[6] != "entry 2: replicas behind, traffic moved to the other site" {
		t.Error(bodies)
	}
}
