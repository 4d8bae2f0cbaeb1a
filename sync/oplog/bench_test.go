package oplog

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// benchEntry is the body of a timeline entry whose text is the JSON of one, of
// about 200 bytes in all, with words drawn at random.
func benchEntry(rnd *rand.Rand, n int) []byte {
	words := strings.Fields("replica lag rising traffic moved second site queue drains slowly certificate expired login fails " +
		"checkout errors above normal rollback started database primary fenced cache cold alerts quiet vendor called customers told " +
		"backup verified restore running capacity added nodes replaced config reverted graph flat watching for ten minutes")
	var text strings.Builder
	for text.Len() < 95 {
		text.WriteString(words[rnd.IntN(len(words))])
		text.WriteByte(' ')
	}
	js := fmt.Sprintf(`{"at":"2026-11-23T%02d:%02d:%02dZ","author":"","kind":"note","text":"%s%d"}`,
		n/3600%24, n/60%60, n%60, text.String(), n)
	id := make([]byte, 16)
	binary.BigEndian.PutUint64(id, rnd.Uint64())
	binary.BigEndian.PutUint64(id[8:], rnd.Uint64())
	b, err := cbor.Marshal([]any{[]any{22, id, map[int]any{3: "note", 4: js}}})
	if err != nil {
		panic(err)
	}
	return b
}

func benchBodies(n int) [][]byte {
	rnd := rand.New(rand.NewPCG(1, 1))
	list := make([][]byte, n)
	for i := range list {
		list[i] = benchEntry(rnd, i)
	}
	return list
}

func benchLog(b *testing.B, device string) *Log {
	o := testOptions(device)
	now := time.UnixMilli(1_795_000_000_000)
	step := rand.New(rand.NewPCG(2, 2))
	o.Now = func() time.Time { now = now.Add(time.Duration(step.IntN(60_000)) * time.Millisecond); return now }
	return newLogAt(b, filepath.Join(b.TempDir(), "room.db"), o)
}

// BenchmarkAppendOne is one interactive write beside a bare bbolt commit of
// 300 bytes, turn by turn so that both meet the same disk.
func BenchmarkAppendOne(b *testing.B) {
	l := benchLog(b, "ann")
	bare, err := bolt.Open(filepath.Join(b.TempDir(), "bare.db"), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	bodies := benchBodies(1000)
	var ours, theirs []time.Duration
	value := make([]byte, 300)
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		err := bare.Update(func(tx *bolt.Tx) error {
			ops, err := tx.CreateBucketIfNotExists([]byte("ops"))
			if err != nil {
				return err
			}
			return ops.Put(binary.BigEndian.AppendUint64(nil, uint64(i)), value)
		})
		if err != nil {
			b.Fatal(err)
		}
		theirs = append(theirs, time.Since(start))
		start = time.Now()
		batch := l.Begin()
		if _, err := batch.Append(Draft{Body: bodies[i%len(bodies)]}); err != nil {
			b.Fatal(err)
		}
		if err := batch.Commit(); err != nil {
			b.Fatal(err)
		}
		ours = append(ours, time.Since(start))
	}
	b.ReportMetric(median(ours).Seconds()*1e6, "p50-us")
	b.ReportMetric(median(theirs).Seconds()*1e6, "bare-p50-us")
	b.ReportMetric(float64(median(ours))/float64(median(theirs)), "x-bare")
}

func median(d []time.Duration) time.Duration {
	s := append([]time.Duration(nil), d...)
	slices.Sort(s)
	return s[len(s)/2]
}

// BenchmarkAppendHundred is a batch of 100 writes.
func BenchmarkAppendHundred(b *testing.B) {
	l := benchLog(b, "ann")
	bodies := benchBodies(100)
	for b.Loop() {
		batch := l.Begin()
		for _, body := range bodies {
			if _, err := batch.Append(Draft{Body: body}); err != nil {
				b.Fatal(err)
			}
		}
		if err := batch.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*100/b.Elapsed().Seconds(), "ops/s")
}

const catchUpCommits = 100_000

func catchUpSource(b *testing.B) *Log {
	src := benchLog(b, "ann")
	bodies := benchBodies(catchUpCommits)
	for i := 0; i < len(bodies); i += 1000 {
		batch := src.Begin()
		for _, body := range bodies[i : i+1000] {
			if _, err := batch.Append(Draft{Body: body}); err != nil {
				b.Fatal(err)
			}
		}
		if err := batch.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	return src
}

// BenchmarkCatchUp reads, verifies, opens and stores 100,000 commits of one
// entry each, four runs to a transaction, on one goroutine.
func BenchmarkCatchUp(b *testing.B) {
	src := catchUpSource(b)
	feed := src.OwnFeed()
	var wire, disk int64
	for b.Loop() {
		b.StopTimer()
		dst := benchLog(b, "bob")
		b.StartTimer()
		wire = 0
		for at := uint64(0); at < catchUpCommits; {
			batch := dst.Begin()
			prev, open := dst.Heads()[feed], (*FeedOpen)(nil)
			if f := dst.Feeds(); len(f) > 0 {
				open = &f[0].Open
			}
			for range 4 {
				run, ok, err := src.ReadRun(feed, at, MaxRunCommits, MaxRunBytes)
				if err != nil {
					b.Fatal(err)
				}
				if !ok {
					break
				}
				record := AppendRun(nil, run)
				wire += int64(len(record))
				if run, err = DecodeRun(record); err != nil {
					b.Fatal(err)
				}
				v, err := dst.VerifyAfter(prev, open, run)
				if err != nil {
					b.Fatal(err)
				}
				for _, c := range v.Commits() {
					if _, err := dst.Open(c); err != nil {
						b.Fatal(err)
					}
				}
				if _, err := batch.Ingest(v); err != nil {
					b.Fatal(err)
				}
				first := v.Open()
				prev, open, at = v.Head(), &first, v.Head().Seq
			}
			if err := batch.Commit(); err != nil {
				b.Fatal(err)
			}
		}
		b.StopTimer()
		disk, _ = dst.Size()
		_ = dst.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)*catchUpCommits/b.Elapsed().Seconds(), "ops/s")
	b.ReportMetric(float64(wire)/catchUpCommits, "wire-B/op")
	b.ReportMetric(float64(disk)/catchUpCommits, "disk-B/op")
}

// BenchmarkScan reads 100,000 commits in display order, with and without
// opening them.
func BenchmarkScan(b *testing.B) {
	src := catchUpSource(b)
	size, _ := src.Size()
	for _, open := range []bool{false, true} {
		b.Run(fmt.Sprintf("open=%v", open), func(b *testing.B) {
			for b.Loop() {
				n := 0
				err := src.Scan(nil, func(c Commit) error {
					n++
					if !open {
						return nil
					}
					_, err := src.Open(c)
					return err
				})
				if err != nil || n != catchUpCommits {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(b.N)*catchUpCommits/b.Elapsed().Seconds(), "ops/s")
			b.ReportMetric(float64(size)/catchUpCommits, "author-disk-B/op")
		})
	}
}

// BenchmarkSteps are the parts of a catch-up, for one commit each.
func BenchmarkSteps(b *testing.B) {
	l := benchLog(b, "ann")
	bodies := benchBodies(MaxRunCommits)
	batch := l.Begin()
	total := 0
	for _, body := range bodies {
		total += len(body)
		if _, err := batch.Append(Draft{Body: body}); err != nil {
			b.Fatal(err)
		}
	}
	if err := batch.Commit(); err != nil {
		b.Fatal(err)
	}
	run, _, err := l.ReadRun(l.OwnFeed(), 0, MaxRunCommits, MaxRunBytes)
	if err != nil {
		b.Fatal(err)
	}
	per := func(b *testing.B, n int) { b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N*n), "ns/commit") }
	var v *VerifiedRun
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = l.ReadRun(l.OwnFeed(), 0, MaxRunCommits, MaxRunBytes)
		}
		per(b, run.Count)
	})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if v, err = l.VerifyAfter(model.Head{}, nil, run); err != nil {
				b.Fatal(err)
			}
		}
		per(b, run.Count)
		b.ReportMetric(float64(total)/float64(len(bodies)), "body-B")
		b.ReportMetric(float64(len(AppendRun(nil, run)))/float64(run.Count), "wire-B/op")
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			for _, c := range v.Commits() {
				if _, err := l.Open(c); err != nil {
					b.Fatal(err)
				}
			}
		}
		per(b, run.Count)
	})
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			for i, body := range bodies {
				if _, err := l.codec.seal(l.opts.Keys, run.Feed, uint64(i), 0, body); err != nil {
					b.Fatal(err)
				}
			}
		}
		per(b, len(bodies))
	})
}
