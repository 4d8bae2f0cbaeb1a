package oplog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/klauspost/compress/zstd"

	"holdfast/model"
)

func TestRunEndsAtASignature(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, a, 100)
	feed := a.OwnFeed()
	run, ok, err := a.ReadRun(feed, 0, 40, MaxRunBytes)
	if err != nil || !ok || run.Count != 40 {
		t.Fatal(run.Count, ok, err)
	}
	if n, err := ingest(b, run); n != 40 || err != nil {
		t.Fatal(n, err)
	}
	pull(t, b, a)
	// b holds signatures 40 and 100 only.
	for _, test := range []struct {
		after uint64
		max   int
		last  uint64
	}{{0, 10, 40}, {0, 50, 40}, {0, 100, 100}, {39, 1, 40}, {40, 1, 100}, {70, 5, 100}} {
		run, ok, err := b.ReadRun(feed, test.after, test.max, MaxRunBytes)
		if err != nil || !ok || run.Last() != test.last || run.First != test.after+1 {
			t.Errorf("after %d, at most %d: %d to %d, %v %v", test.after, test.max, run.First, run.Last(), ok, err)
		}
	}
	if _, ok, err := b.ReadRun(feed, 100, 10, MaxRunBytes); ok || err != nil {
		t.Error("something after the head", err)
	}
	if _, ok, err := b.ReadRun(model.FeedID{}, 0, 10, MaxRunBytes); ok || err != nil {
		t.Error("something of an unknown feed", err)
	}
	if run, _, err := a.ReadRun(feed, 0, MaxRunCommits, 500); err != nil || run.Count < 1 || run.Count > 10 {
		t.Error("bytes do not bound the run", run.Count, err)
	}
}

func TestLargeCommitsTravelAlone(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	big := make([]byte, MaxSealed-sealOverhead-1)
	_, _ = seeded("big").Read(big)
	for range 3 {
		write(t, a, "small", string(big), "small")
	}
	pull(t, b, a)
	run := readRun(t, a, a.OwnFeed(), 1)
	if run.Count != 1 {
		t.Fatal(run.Count)
	}
	if rec := AppendRun(nil, run); len(rec) > MaxRunRecord {
		t.Fatal("a run that may be written may not be read", len(rec))
	}
	if _, bodies := all(t, b); len(bodies) != 9 || bodies[1] != string(big) {
		t.Fatal(len(bodies))
	}
}

func TestRunRecordRoundTrip(t *testing.T) {
	a := newLog(t, "ann")
	writeMany(t, a, 20)
	for after := range uint64(3) {
		run := readRun(t, a, a.OwnFeed(), after)
		got, err := DecodeRun(AppendRun([]byte("x"), run)[1:])
		if err != nil || !reflect.DeepEqual(got, run) {
			t.Fatal(err)
		}
	}
}

func TestOverlappingRuns(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, a, 300)
	feed := a.OwnFeed()
	full := readRun(t, a, feed, 0)
	part, _, err := a.ReadRun(feed, 0, 150, MaxRunBytes)
	if err != nil {
		t.Fatal(err)
	}
	// Both verified before either is durable, as two links would.
	v1, err1 := b.Verify(full)
	v2, err2 := b.Verify(part)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	batch := b.Begin()
	if n, err := batch.Ingest(v2); n != 150 || err != nil {
		t.Fatal(n, err)
	}
	if err := batch.Commit(); err != nil {
		t.Fatal(err)
	}
	batch = b.Begin()
	if n, err := batch.Ingest(v1); n != 150 || err != nil {
		t.Fatal(n, err)
	}
	if err := batch.Commit(); err != nil {
		t.Fatal(err)
	}
	if b.Heads()[feed] != a.Heads()[feed] {
		t.Fatal("heads differ")
	}
	for _, after := range []uint64{0, 1, 63, 64, 65, 200, 298} {
		if n, err := ingest(b, readRun(t, a, feed, after)); n != 0 || err != nil {
			t.Errorf("again from %d: %d %v", after, n, err)
		}
	}
}

func TestGapsAreRefused(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, a, 10)
	feed := a.OwnFeed()
	late := readRun(t, a, feed, 5)
	if _, err := b.Verify(late); !errors.Is(err, ErrUnknownFeed) {
		t.Error(err)
	}
	first, _, _ := a.ReadRun(feed, 0, 2, MaxRunBytes)
	if _, err := ingest(b, first); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Verify(late); !errors.Is(err, ErrGap) {
		t.Error(err)
	}
	open := a.Feeds()[0].Open
	if _, err := b.VerifyAfter(model.Head{Seq: 2}, &open, late); !errors.Is(err, ErrGap) {
		t.Error(err)
	}
	c, _ := a.At(feed, 5)
	v, err := b.VerifyAfter(c.Head(), &open, late)
	if err != nil {
		t.Fatal(err)
	}
	batch := b.Begin()
	if _, err := batch.Ingest(v); !errors.Is(err, ErrGap) {
		t.Error(err)
	}
	if err := batch.Commit(); err != nil || b.Heads()[feed].Seq != 2 {
		t.Error(err, b.Heads())
	}
}

// fork makes two logs of one device that part after a common start.
func fork(t *testing.T, common int) (one, two *Log) {
	dir := t.TempDir()
	one = newLogAt(t, filepath.Join(dir, "one.db"), testOptions("ann"))
	o := testOptions("ann")
	two = newLogAt(t, filepath.Join(dir, "two.db"), o)
	writeMany(t, one, common)
	two.opts.minSegment = MaxRunCommits + 1 // rows: runs go over the place where the two part
	pull(t, two, one)
	two.own, two.restart = one.own, false // as a clone that nothing gave away
	return one, two
}

func TestForkIsDetectedAndNothingStored(t *testing.T) {
	for _, ahead := range []int{1, 5} {
		one, two := fork(t, 100)
		feed := one.OwnFeed()
		w1 := writeMany(t, one, ahead)
		w2 := write(t, two, "otherwise", "and further", "and on")
		if w1[0].Feed != w2[0].Feed || w1[0].Seq != 101 || w2[0].Seq != 101 {
			t.Fatal("not a fork")
		}
		peer := newLog(t, "bob")
		pull(t, peer, one)
		heads := peer.Heads()
		for _, after := range []uint64{100, 90, 0} {
			_, err := peer.Verify(readRun(t, two, feed, after))
			var fork *ForkError
			if !errors.As(err, &fork) || !errors.Is(err, ErrFork) {
				t.Fatalf("from %d: %v", after, err)
			}
			if fork.Feed != feed || fork.Seq != 101 || fork.Ours != w1[0].Hash || fork.Theirs != w2[0].Hash {
				t.Errorf("from %d: wrong place: %+v", after, fork)
			}
		}
		// The other branch beyond our head cannot even be checked alone.
		if ahead == 1 {
			if _, err := peer.Verify(readRun(t, two, feed, 101)); !errors.Is(err, ErrBadSignature) {
				t.Error(err)
			}
		}
		// Verified before ours was there, so only Ingest can see it.
		empty := newLog(t, "eve")
		pull(t, empty, func() *Log { l := newLog(t, "x"); writeMany(t, l, 1); return l }())
		v, err := empty.Verify(readRun(t, two, feed, 0))
		if err != nil {
			t.Fatal(err)
		}
		batch := peer.Begin()
		if _, err := batch.Ingest(v); !errors.Is(err, ErrFork) {
			t.Error(err)
		}
		if err := batch.Commit(); err != nil || !reflect.DeepEqual(heads, peer.Heads()) {
			t.Error("a forked run left something", err)
		}
	}
}

// TestCopiesThatWriteTheSameDoNotFork: the seal of a body is made of the body and its
// place, so a commit written twice is the same one.
func TestCopiesThatWriteTheSameDoNotFork(t *testing.T) {
	one, two := fork(t, 10)
	same, again := write(t, one, "Failover of the primary"), write(t, two, "Failover of the primary")
	if same[0].Hash != again[0].Hash {
		t.Fatal("one commit has two hashes")
	}
	pull(t, two, one)
	if two.Heads()[one.OwnFeed()].Seq != 11 {
		t.Error(two.Heads())
	}
}

func TestForkWithinOneBatch(t *testing.T) {
	one, two := fork(t, 10)
	writeMany(t, one, 1)
	write(t, two, "otherwise", "and further")
	peer := newLog(t, "bob")
	v1, err1 := peer.Verify(readRun(t, one, one.OwnFeed(), 0))
	v2, err2 := peer.Verify(readRun(t, two, one.OwnFeed(), 0))
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	b := peer.Begin()
	if _, err := b.Ingest(v1); err != nil {
		t.Fatal(err)
	}
	var fork *ForkError
	if _, err := b.Ingest(v2); !errors.As(err, &fork) || fork.Seq != 11 {
		t.Fatal(err)
	}
}

func TestHostileRunsAreRefused(t *testing.T) {
	a := newLog(t, "ann")
	writeEach(t, a, 20)
	feed := a.OwnFeed()
	run := readRun(t, a, feed, 0)
	peer := newLog(t, "bob")
	with := func(change func(*Run)) Run {
		r := run
		r.Payload = bytes.Clone(run.Payload)
		change(&r)
		return r
	}
	tail := readRun(t, a, feed, 15)
	bombEnc, _ := zstd.NewWriter(nil)
	bomb := bombEnc.EncodeAll(make([]byte, 64<<20), nil)
	bombed := append(binary.AppendUvarint([]byte{columnsZstd}, uint64(len(bomb))), bomb...)
	otherRoom, err := Create(filepath.Join(t.TempDir(), "o.db"), CreateOptions{Options: testOptions("ann"), Room: model.RoomID{7}})
	if err != nil {
		t.Fatal(err)
	}
	defer otherRoom.Close()
	writeEach(t, otherRoom, 2)
	for name, test := range map[string]struct {
		run  Run
		want error
	}{
		"altered body":      {with(func(r *Run) { r.Payload[len(r.Payload)-1] ^= 1 }), ErrBadSignature},
		"altered signature": {with(func(r *Run) { r.Sig[3] ^= 1 }), ErrBadSignature},
		"no signature":      {with(func(r *Run) { r.Sig = [64]byte{} }), ErrBadSignature},
		"later signature":   {with(func(r *Run) { r.Sig = [64]byte(write(t, a, "x")[0].Sig) }), ErrBadSignature},
		"other room":        {readRun(t, otherRoom, otherRoom.OwnFeed(), 0), ErrWrongRoom},
		"start left out":    {tail, ErrUnknownFeed},
		"from 0":            {with(func(r *Run) { r.First = 0 }), ErrMalformed},
		"from 2^63":         {with(func(r *Run) { r.First = 1 << 63 }), ErrTooLarge},
		"up to overflow":    {with(func(r *Run) { r.First = ^uint64(0) }), ErrTooLarge},
		"no commits":        {with(func(r *Run) { r.Count = 0 }), ErrMalformed},
		"negative commits":  {with(func(r *Run) { r.Count = -1 }), ErrMalformed},
		"too many commits":  {with(func(r *Run) { r.Count = MaxRunCommits + 1 }), ErrTooLarge},
		"more than sent":    {with(func(r *Run) { r.Count++ }), ErrMalformed},
		"fewer than sent":   {with(func(r *Run) { r.Count-- }), ErrMalformed},
		"cut":               {with(func(r *Run) { r.Payload = r.Payload[:len(r.Payload)-9] }), ErrMalformed},
		"empty":             {with(func(r *Run) { r.Payload = nil }), ErrMalformed},
		"longer":            {with(func(r *Run) { r.Payload = append(r.Payload, 0) }), ErrMalformed},
		"bomb":              {with(func(r *Run) { r.Payload = bombed }), ErrMalformed},
		"too long":          {with(func(r *Run) { r.Payload = make([]byte, MaxRunRecord+1) }), ErrTooLarge},
		"newer columns":     {with(func(r *Run) { r.Payload[0] = 4 }), ErrNewerVersion},
	} {
		if _, err := peer.Verify(test.run); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	if len(peer.Heads()) != 0 {
		t.Error("something was stored")
	}
}

// A device may not take over a feed another device started.
func TestSignedByAnotherDevice(t *testing.T) {
	a := newLog(t, "ann")
	c := writeMany(t, a, 3)
	run := readRun(t, a, a.OwnFeed(), 0)
	run.Sig = [64]byte(sign(testDevice("eve"), c[2].Hash))
	if _, err := newLog(t, "bob").Verify(run); !errors.Is(err, ErrBadSignature) {
		t.Fatal(err)
	}
}

func TestLamportMustRise(t *testing.T) {
	a, peer := newLog(t, "ann"), newLog(t, "bob")
	first := write(t, a, "x")[0]
	pull(t, peer, a)
	// A second commit, correctly signed, that goes back in Lamport time.
	c := Commit{Feed: first.Feed, Seq: 2, Lamport: 1, Wall: 5, Sealed: first.Sealed}
	hash := chainHash(c.Feed, first.Hash, appendSlim(nil, &c))
	run := Run{Feed: c.Feed, First: 2, Count: 1, Payload: a.codec.encodePayload([]Commit{c}), Sig: [64]byte(sign(a.opts.Device, hash))}
	if _, err := ingest(peer, run); !errors.Is(err, ErrMalformed) {
		t.Fatal(err)
	}
}

func TestTooManyFeeds(t *testing.T) {
	l := newLog(t, "ann")
	b := l.Begin()
	b.nextNo = MaxFeeds
	if _, err := b.Append(Draft{}); !errors.Is(err, ErrTooManyFeeds) {
		t.Fatal(err)
	}
}

// A batch is signed at its end, and often enough that every part of it fits
// into a run.
func TestBatchIsSignedOftenEnoughToTravel(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	batch := a.Begin()
	for range 200 {
		if _, err := batch.Append(Draft{Body: bytes.Repeat([]byte("x y"), 10)}); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		large := make([]byte, 30<<10)
		for i := range large {
			large[i] = byte(random.Uint32())
		}
		if _, err := batch.Append(Draft{Body: large}); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Commit(); err != nil {
		t.Fatal(err)
	}
	report, err := a.Check(t.Context(), nil)
	if err != nil || !report.OK() || report.Commits != 240 || report.Signatures < 200/maxUnsigned+10 || report.Signatures > 60 {
		t.Fatalf("%+v %v", report, err)
	}
	pull(t, b, a)
	if b.Heads()[a.OwnFeed()] != a.Heads()[a.OwnFeed()] {
		t.Error("a large batch did not travel whole")
	}
}

// What ReadRun gives is within what Verify takes, whatever the size of the commits.
func TestRunsOfAnySizeAreTaken(t *testing.T) {
	rnd := seeded("sizes")
	random := func(n int) []byte {
		body := make([]byte, n)
		_, _ = rnd.Read(body)
		return body
	}
	for _, test := range []struct{ commits, size, batch int }{{600, 420, 1}, {300, 1000, 50}, {90, 5000, 1}, {90, 5000, 30}} {
		a, b := newLog(t, "ann"), newLog(t, "bob")
		for n := 0; n < test.commits; n += test.batch {
			batch := a.Begin()
			for range test.batch {
				if _, err := batch.Append(Draft{Body: random(test.size)}); err != nil {
					t.Fatal(err)
				}
			}
			if err := batch.Commit(); err != nil {
				t.Fatal(err)
			}
		}
		pull(t, b, a)
	}
	a, b := newLog(t, "ann"), newLog(t, "bob")
	batch := a.Begin()
	for _, size := range []int{20_000, 20_000, 250_000, 100} {
		if _, err := batch.Append(Draft{Body: random(size)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := batch.Commit(); err != nil {
		t.Fatal(err)
	}
	pull(t, b, a)
}
