package oplog

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
	"holdfast/model/modeltest/fewer"
)

// smallSegments has few commits of some logs make a segment, also once they are opened again.
func smallSegments(logs ...*Log) {
	for _, l := range logs {
		l.opts.minSegment = 2
	}
}

func compacted(t testing.TB, l *Log) {
	t.Helper()
	if _, err := l.Compact(); err != nil {
		t.Fatal(err)
	}
}

func compactSome(t testing.TB, rnd *rand.Rand, logs ...*Log) {
	t.Helper()
	for _, l := range logs {
		if rnd.IntN(2) == 0 {
			compacted(t, l)
		}
	}
}

// segments gives the stretches of a store that are segments.
func segments(t testing.TB, l *Log) (list []piece) {
	t.Helper()
	if err := l.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketOps).ForEach(func(k, v []byte) error {
			if !isSegment(v) {
				return nil
			}
			p, err := decodePiece(bytes.Clone(k), bytes.Clone(v))
			list = append(list, p)
			return err
		})
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// pieces tells what is under each key.
func pieces(t testing.TB, l *Log) (list []string) {
	t.Helper()
	if err := l.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketOps).ForEach(func(k, v []byte) error {
			p, err := decodePiece(k, v)
			list = append(list, fmt.Sprintf("%d-%d", p.first, p.last))
			return err
		})
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

// room is a log of three feeds: one written one by one, one that came from a peer,
// and one of few and large commits.
func room(t testing.TB) *Log {
	t.Helper()
	l, bob := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, l, 300)
	writeMany(t, l, 400)
	writeEach(t, l, 7)
	writeMany(t, bob, 200)
	writeEach(t, bob, 100)
	rnd := seeded("room")
	for range 60 {
		large := make([]byte, 6000)
		_, _ = rnd.Read(large)
		write(t, bob, string(large))
	}
	pull(t, l, bob)
	l.StartIncarnation()
	writeEach(t, l, 3)
	return l
}

// TestSegmentsReadAsTheirRowsDid: whoever reads a store sees no difference, before
// and after it is opened again, but for signatures that a later one covers.
func TestSegmentsReadAsTheirRowsDid(t *testing.T) {
	l := room(t)
	want, bodies := all(t, l)
	heads, rows := l.Heads(), len(pieces(t, l))
	compacted(t, l)
	if len(segments(t, l)) < 3 || len(pieces(t, l)) > rows/20 {
		t.Fatalf("%d segments, %d keys of %d", len(segments(t, l)), len(pieces(t, l)), rows)
	}
	for range 2 {
		got, gotBodies := all(t, l)
		if !reflect.DeepEqual(bodies, gotBodies) || !maps.Equal(heads, l.Heads()) {
			t.Fatal("bodies or heads differ")
		}
		for i := 0; i < len(want); i += int(fewer.Step(7)) {
			c := want[i]
			if got[i].Sig == nil {
				c.Sig = nil
			}
			if !reflect.DeepEqual(c, got[i]) {
				t.Fatalf("commit %d of %s reads as %+v, was %+v", c.Seq, c.Feed.Short(), got[i], c)
			}
			if hash, err := l.HashAt(c.Feed, c.Seq); err != nil || hash != c.Hash {
				t.Fatal(c.Seq, err)
			}
			if one, err := l.At(c.Feed, c.Seq); err != nil || !reflect.DeepEqual(one, got[i]) {
				t.Fatal(c.Seq, err)
			}
		}
		soundOf(t, l, uint64(len(want)))
		if rows, held := l.Loose(); rows != 0 || held != uint64(len(want)) {
			t.Error(rows, "commits of", held, "are loose")
		}
		l = reopen(t, l)
	}
}

// TestARunFromAnywhereInASegment: a peer that holds a feed up to any place catches
// up, and signatures are near enough for a feed to begin.
func TestARunFromAnywhereInASegment(t *testing.T) {
	l := room(t)
	signed := map[model.FeedID][]uint64{}
	for _, f := range l.Feeds() {
		for seq := range f.Head.Seq {
			at, err := l.Signed(f.Feed, seq+1)
			if err != nil {
				t.Fatal(err)
			}
			signed[f.Feed] = append(signed[f.Feed], at.Seq)
		}
	}
	compacted(t, l)
	dst := newLog(t, "eve")
	for _, f := range l.Feeds() {
		for after := uint64(0); after < f.Head.Seq; after += fewer.Step(17) {
			run, ok, err := l.ReadRun(f.Feed, after, MaxRunCommits, MaxRunBytes)
			if err != nil || !ok || run.First != after+1 {
				t.Fatal(after, ok, err)
			}
			prev := model.Head{Seq: after}
			if prev.Hash, err = l.HashAt(f.Feed, after); err != nil {
				t.Fatal(err)
			}
			if _, err := dst.VerifyAfter(prev, &f.Open, run); err != nil {
				t.Fatalf("feed %s after %d: %v", f.Feed.Short(), after, err)
			}
			if at, err := l.Signed(f.Feed, after+1); err != nil || at.Seq+2*maxUnsigned < signed[f.Feed][after] {
				t.Fatal(after+1, at.Seq, signed[f.Feed][after], err)
			}
		}
		if run, ok, err := l.ReadRun(f.Feed, 0, 65, MaxRunBytes); err != nil || !ok || f.Head.Seq > 600 && run.Count != 64 {
			t.Errorf("asked for 65 commits, got %d: %v", run.Count, err)
		}
	}
	pull(t, dst, l)
	if !maps.Equal(dst.Heads(), l.Heads()) {
		t.Error("not alike")
	}
}

// TestASegmentTravelsAsItIs: what is sent of it is its payload, byte for byte.
func TestASegmentTravelsAsItIs(t *testing.T) {
	l := newLog(t, "ann")
	writeEach(t, l, 600)
	want := readRun(t, l, l.OwnFeed(), 0)
	compacted(t, l)
	if got := readRun(t, l, l.OwnFeed(), 0); !reflect.DeepEqual(got, want) {
		t.Errorf("%d commits, %d before", got.Count, want.Count)
	}
}

// TestAStoreIsWrittenOnAfterItsSegments: rows follow segments, and the next time
// the store is written anew those become segments too.
func TestAStoreIsWrittenOnAfterItsSegments(t *testing.T) {
	l := newLog(t, "ann")
	for n := uint64(1); n <= 3; n++ {
		writeEach(t, l, 200)
		if rows, held := l.Loose(); rows != 200 || held != n*200 {
			t.Error(rows, "commits of", held, "are loose")
		}
		compacted(t, l)
		l = reopen(t, l)
		soundOf(t, l, n*200)
		rows, _ := l.Loose()
		if got := segments(t, l); uint64(len(got)) != n || rows != 0 {
			t.Fatalf("%d segments, %d loose", len(got), rows)
		}
	}
	if l.Heads()[l.OwnFeed()].Seq != 600 {
		t.Error("the feed was not written on")
	}
}

// TestLetGoWithinASegment: a feed can begin in the middle of one, and what is kept
// verifies and travels.
func TestLetGoWithinASegment(t *testing.T) {
	archive := newLog(t, "ann")
	writeEach(t, archive, 700)
	l := newLog(t, "bob")
	pull(t, l, archive)
	feed := archive.OwnFeed()
	l.StartIncarnation()
	compacted(t, archive)
	dst := newLog(t, "eve")
	pull(t, dst, archive)
	compacted(t, dst)
	at := letGoOf(t, archive, feed, 300)
	if at.Seq < 236 || at.Seq > 300 {
		t.Error("it begins after", at.Seq)
	}
	soundOf(t, archive, 700-at.Seq)
	if len(segments(t, archive)) == 0 {
		t.Error("the rest are rows")
	}
	for after := at.Seq; after < 700; after += fewer.Step(17) {
		run := readRun(t, archive, feed, after)
		if v, err := l.Verify(run); err != nil || v.Head().Seq != run.Last() {
			t.Fatal(after, err)
		}
	}
	archive.Regain(true)
	pullFrom := func(after uint64) {
		for len(archive.Begins()) > 0 {
			run := readRun(t, l, feed, after)
			if _, err := ingest(archive, run); err != nil {
				t.Fatal(err)
			}
			after = run.Last()
			compacted(t, archive)
		}
	}
	pullFrom(0)
	soundOf(t, archive, 700)
}

// TestADamagedSegmentIsFound: any byte of it that is another is told, by its first
// commit; nothing of it is sent on; and a peer has what is missing.
func TestADamagedSegmentIsFound(t *testing.T) {
	l := newLog(t, "ann")
	writeEach(t, l, 200)
	peer := newLog(t, "bob")
	pull(t, peer, l)
	compacted(t, l)
	s := segments(t, l)[0]
	key := opKey(0, s.last)
	var good []byte
	_ = l.view(func(tx *bolt.Tx) error {
		good = bytes.Clone(tx.Bucket(bucketOps).Get(key))
		return nil
	})
	put := func(v []byte) {
		if err := l.tamper(func(tx *bolt.Tx) error { return tx.Bucket(bucketOps).Put(key, v) }); err != nil {
			t.Fatal(err)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 9))
	for i := 0; i < 120; i += int(fewer.Step(7)) {
		bad := bytes.Clone(good)
		at := rnd.IntN(len(bad))
		if i < 80 {
			at = i
		}
		bad[at] ^= 1 << rnd.IntN(8)
		put(bad)
		r, err := l.Check(context.Background(), nil)
		if err != nil || len(r.Bad) != 1 || r.Bad[0].Seq != 1 || r.Commits != 0 {
			t.Fatalf("byte %d: %+v %v", at, r, err)
		}
		if _, _, err := l.ReadRun(l.OwnFeed(), 0, MaxRunCommits, MaxRunBytes); !errors.Is(err, ErrDamaged) {
			t.Fatalf("byte %d is sent on: %v", at, err)
		}
		// Who mends the checksum too is told by the chain or the signature.
		binary.BigEndian.PutUint32(bad[1:], recordSum(key, bad))
		put(bad)
		if r, err := l.Check(context.Background(), nil); err != nil || r.OK() && at >= recordFixed {
			t.Fatalf("byte %d with its checksum: %+v %v", at, r, err)
		}
	}
	put(good)
	soundOf(t, l, 200)
	fresh := newLog(t, "eve")
	pull(t, fresh, peer)
	soundOf(t, fresh, 200)
}

// TestDamageIsNotPackedAway: a bad row stays what it is when the store is written
// anew, and what is around it is kept.
func TestDamageIsNotPackedAway(t *testing.T) {
	l := newLog(t, "ann")
	writeEach(t, l, 600)
	key := opKey(0, 200)
	if err := l.tamper(func(tx *bolt.Tx) error {
		ops := tx.Bucket(bucketOps)
		v := bytes.Clone(ops.Get(key))
		v[len(v)-1] ^= 1
		return ops.Put(key, v)
	}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		compacted(t, l)
		r, err := l.Check(context.Background(), nil)
		if err != nil || len(r.Bad) != 1 || r.Bad[0].Seq != 200 || r.Bad[0].What != "checksum does not fit" || r.Commits != 199 {
			t.Fatalf("%+v %v", r, err)
		}
		got := segments(t, l)
		if len(got) != 2 || got[0].first != 1 || got[0].last != 199 || got[1].first != 257 {
			t.Fatalf("%d segments, %+v", len(got), got)
		}
	}
}

// FuzzDecodeSegment: what reads as a segment is within its limits, and its commits
// make the same segment again.
func FuzzDecodeSegment(f *testing.F) {
	for _, n := range []int{2, 3, 70} {
		key, value, _ := fuzzSegment(f, n)
		f.Add(binary.BigEndian.Uint64(key[4:]), value)
	}
	_, _, c := fuzzSegment(f, 2)
	f.Fuzz(func(t *testing.T, last uint64, value []byte) {
		key := opKey(0, last)
		if len(value) > recordFixed { // what is behind the checksum is what is tested
			binary.BigEndian.PutUint32(value[1:], recordSum(key, value))
		}
		s, err := decodeSegment(key, value)
		if err != nil || !isSegment(value) {
			return
		}
		if !bytes.Equal(s.encode(key), value) && !loose(s, value) {
			t.Fatal("it is written otherwise")
		}
		list, err := s.commits(c, nil, names{}, s.run.First, s.run.Last())
		if err != nil {
			return
		}
		if len(list) != s.run.Count || list[len(list)-1].Seq != last || list[len(list)-1].Sig == nil {
			t.Fatalf("%d commits", len(list))
		}
		recs, err := s.records(c, s.run.First, last)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range recs {
			if back, err := r.commit(names{}, s.run.First+uint64(i)); err == nil && !bytes.Equal(back.Sealed, list[i].Sealed) {
				t.Fatal("a commit reads otherwise")
			}
		}
	})
}

// loose reports whether a number in a segment is not in its shortest form.
func loose(s *segment, value []byte) bool { return len(s.encode(opKey(0, s.run.Last()))) < len(value) }

func fuzzSegment(f testing.TB, n int) (key, value []byte, c *codec) {
	run, c := fuzzRun(f, n)
	commits, err := c.decodePayload(nil, &run)
	if err != nil {
		f.Fatal(err)
	}
	var rows []row
	var hash model.Hash
	for _, m := range commits {
		slim := appendSlim(nil, &m)
		hash = chainHash(run.Feed, hash, slim)
		key := opKey(0, m.Seq)
		w := row{key: key, record: record{slim: slim, sig: run.Sig[:]}, commit: m, hash: hash}
		rows = append(rows, w)
	}
	key, value, err = makeSegment(c, model.Hash{}, rows)
	if err != nil {
		f.Fatal(err)
	}
	return key, value, c
}

// BenchmarkScanSegments is BenchmarkScan on a store written anew, in a room of so
// many feeds.
func BenchmarkScanSegments(b *testing.B) {
	for _, feeds := range []int{1, 100} {
		for _, packed := range []bool{false, true} {
			b.Run(fmt.Sprintf("feeds=%d/segments=%v", feeds, packed), func(b *testing.B) {
				l := newLogAt(b, filepath.Join(b.TempDir(), "room.db"), testOptions("ann"))
				const n = 50_000
				for range feeds {
					l.StartIncarnation()
					writeMany(b, l, n/feeds)
				}
				if packed {
					compacted(b, l)
				}
				b.ResetTimer()
				for b.Loop() {
					if err := l.Scan(nil, func(Commit) error { return nil }); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N*n), "ns/commit")
			})
		}
	}
}

// TestALongRunIsStoredAsItCame: in one piece, which is sent on byte for byte, also to
// who has a part of it; and the feed goes on behind it after a start.
func TestALongRunIsStoredAsItCame(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, a, 300)
	feed := a.OwnFeed()
	run := readRun(t, a, feed, 0)
	pull(t, b, a)
	if got := pieces(t, b); !slices.Equal(got, []string{"1-300"}) {
		t.Fatal("stored as", got)
	}
	if rows, held := b.Loose(); rows != 0 || held != 300 {
		t.Errorf("%d of %d commits are rows", rows, held)
	}
	if on := readRun(t, b, feed, 0); !bytes.Equal(on.Payload, run.Payload) || on.Sig != run.Sig {
		t.Error("it is sent on otherwise than it came")
	}
	for _, after := range []uint64{1, 150, 299} {
		on := readRun(t, b, feed, after)
		if _, err := a.Verify(on); err != nil || on.Last() != 300 {
			t.Errorf("after %d: to %d, %v", after, on.Last(), err)
		}
	}
	if err := b.tamper(func(tx *bolt.Tx) error {
		s := *b.feeds[feed]
		s.lamport = 7 // the table has no checksum
		return tx.Bucket(bucketFeeds).Put(feed[:], s.encode())
	}); err != nil {
		t.Fatal(err)
	}
	b = reopen(t, b)
	if b.Lamport() != a.Lamport() {
		t.Errorf("lamport %d once opened again, of %d", b.Lamport(), a.Lamport())
	}
	write(t, a, "one more")
	pull(t, b, a)
	compacted(t, b)
	if got := pieces(t, b); !slices.Equal(got, []string{"1-300", "301-301"}) {
		t.Error("then stored as", got)
	}
	soundOf(t, b, 301)
	_, want := all(t, a)
	if _, got := all(t, b); !slices.Equal(got, want) {
		t.Error("what it holds is not what was sent")
	}
}
