package model

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// manyEntries gives commits of one entry each, as people write them.
func manyEntries(tb testing.TB, n int) (*world, ID, []Commit) {
	w := founded(tb)
	p := w.peers[0]
	id := p.do(Declare{Title: "checkout fails"}).ID
	commits := make([]Commit, n)
	for i := range commits {
		op := p.op(KindEntryAdded, id, entryAdded{Kind: Kinds[i%len(Kinds)], Text: fmt.Sprintf("restarted the payment workers on host %06d, errors fall", i)})
		body, err := EncodeOps([]Op{op})
		if err != nil {
			tb.Fatal(err)
		}
		ops, err := DecodeOps(body)
		if err != nil {
			tb.Fatal(err)
		}
		commits[i] = Commit{
			Feed: p.feed, Seq: p.seq + uint64(i) + 1, Lamport: p.lamport + uint64(i) + 1,
			Wall: testNow.Add(time.Duration(i) * time.Second).UnixMilli(), Device: p.key, Ops: ops,
		}
	}
	return w, id, commits
}

func apply(tb testing.TB, s *State, commits []Commit) {
	for _, c := range commits {
		if err := s.Apply(c); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkFold folds 100 000 entries; B/entry is what stays on the heap.
func BenchmarkFold(b *testing.B) {
	const n = 100_000
	w, _, commits := manyEntries(b, n)
	base := stored(b, w.peers[0].state)
	var heap float64
	var spent time.Duration
	for b.Loop() {
		s := stored(b, base)
		before := heapNow()
		start := time.Now()
		apply(b, s, commits)
		spent += time.Since(start)
		heap = float64(heapNow()-before) / n
		runtime.KeepAlive(s)
	}
	b.ReportMetric(float64(spent.Nanoseconds())/float64(b.N)/n, "ns/entry")
	b.ReportMetric(float64(n)*float64(b.N)/spent.Seconds(), "ops/s")
	b.ReportMetric(heap, "B/entry")
	b.ReportMetric(0, "ns/op")
}

func heapNow() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkDecodeOps opens the body of a commit of one entry.
func BenchmarkDecodeOps(b *testing.B) {
	_, _, commits := manyEntries(b, 1)
	body, err := EncodeOps(commits[0].Ops)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeOps(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTimeline10k(b *testing.B) {
	w, id, commits := manyEntries(b, 10_000)
	p := w.peers[0]
	apply(b, p.state, commits)
	for b.Loop() {
		if rows := p.state.Timeline(p.incident(id)); len(rows) < 10_000 {
			b.Fatalf("%d rows", len(rows))
		}
	}
}

func BenchmarkHash100k(b *testing.B) {
	w, id, commits := manyEntries(b, 100_000)
	p := w.peers[0]
	apply(b, p.state, commits)
	for b.Loop() {
		p.incident(id).changed() // else the digest is kept
		if _, err := p.state.Hash(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSnapshot100k(b *testing.B) {
	w, _, commits := manyEntries(b, 100_000)
	p := w.peers[0]
	apply(b, p.state, commits)
	for b.Loop() {
		enc, err := p.state.Encode()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := restore(enc); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecodeOpsByLibrary is the same without the reader by hand.
func BenchmarkDecodeOpsByLibrary(b *testing.B) {
	_, _, commits := manyEntries(b, 1)
	body, err := EncodeOps(commits[0].Ops)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decodeOps(body); err != nil {
			b.Fatal(err)
		}
	}
}
