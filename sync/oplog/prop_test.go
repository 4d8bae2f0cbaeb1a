package oplog

import (
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"holdfast/model"
)

// Any batches of own drafts and of others' runs, in any order, with any
// overlap, with restarts, discards and stores written anew between: the store holds exactly what
// was committed, and says so after a restart.
func TestRandomBatchesSurviveReopen(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir := t.TempDir()
		open := func(name string) *Log { return newLogAt(t, filepath.Join(dir, name), testOptions(name)) }
		logs := []*Log{open("ann"), open("bob")}
		smallSegments(logs...)
		defer func() {
			for _, l := range logs {
				_ = l.Close()
			}
		}()
		want := []map[model.FeedID][]model.Hash{{}, {}}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			who := rapid.IntRange(0, 1).Draw(rt, "who")
			l, other := logs[who], logs[1-who]
			switch rapid.SampledFrom([]string{"write", "write", "write", "reopen", "incarnation", "compact"}).Draw(rt, "step") {
			case "write":
				b, got := l.Begin(), map[model.FeedID][]model.Hash{}
				for range rapid.IntRange(1, 4).Draw(rt, "parts") {
					if rapid.Bool().Draw(rt, "own") {
						appendSome(rt, b, got)
					} else {
						ingestSome(rt, b, l, other, got)
					}
				}
				if rapid.IntRange(0, 4).Draw(rt, "discard") == 0 {
					b.Discard()
					continue
				}
				if err := b.Commit(); err != nil {
					rt.Fatal(err)
				}
				for feed, hashes := range got {
					want[who][feed] = append(want[who][feed], hashes...)
				}
			case "reopen":
				if err := l.Close(); err != nil {
					rt.Fatal(err)
				}
				n, err := Open(l.path, l.opts)
				if err != nil {
					rt.Fatal(err)
				}
				logs[who] = n
			case "compact":
				compacted(t, l)
			case "incarnation":
				l.StartIncarnation()
			}
		}
		for who, l := range logs {
			got := map[model.FeedID][]model.Hash{}
			if err := l.Scan(nil, func(c Commit) error { got[c.Feed] = append(got[c.Feed], c.Hash); return nil }); err != nil {
				rt.Fatal(err)
			}
			if !reflect.DeepEqual(got, want[who]) {
				rt.Fatalf("holds %d feeds, want %d", len(got), len(want[who]))
			}
			for feed, head := range l.Heads() {
				if n := len(got[feed]); head.Seq != uint64(n) || head.Hash != got[feed][n-1] {
					rt.Fatal("head does not fit")
				}
			}
		}
	})
}

func appendSome(rt *rapid.T, b *Batch, got map[model.FeedID][]model.Hash) {
	for i := range rapid.IntRange(1, 90).Draw(rt, "n") {
		feed, seq := b.Next()
		c, err := b.Append(Draft{Body: fmt.Appendf(nil, "entry %d", i)})
		if err != nil || c.Feed != feed || c.Seq != seq {
			rt.Fatal(err, c.Feed, c.Seq)
		}
		got[c.Feed] = append(got[c.Feed], c.Hash)
	}
}

func ingestSome(rt *rapid.T, b *Batch, l, from *Log, got map[model.FeedID][]model.Hash) {
	for _, f := range from.Feeds() {
		held := l.Heads()[f.Feed].Seq
		after := rapid.Uint64Range(0, held).Draw(rt, "after")
		run, ok, err := from.ReadRun(f.Feed, after, rapid.IntRange(1, 200).Draw(rt, "max"), MaxRunBytes)
		if err != nil {
			rt.Fatal(err)
		}
		if !ok {
			continue
		}
		v, err := l.Verify(run)
		if err != nil {
			rt.Fatal(err)
		}
		n, err := b.Ingest(v)
		if err != nil {
			rt.Fatal(err)
		}
		for _, c := range v.Commits()[len(v.Commits())-n:] {
			got[f.Feed] = append(got[f.Feed], c.Hash)
		}
	}
}
