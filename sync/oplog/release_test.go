package oplog

import (
	"slices"
	"testing"
)

// TestReleasedMemoryIsUsedOnce: a run that is given up, also twice, lends its memory to
// one other run alone, and what was ingested of it is as it was.
func TestReleasedMemoryIsUsedOnce(t *testing.T) {
	a, b := newLog(t, "ann"), newLog(t, "bob")
	writeEach(t, a, 90)
	feed := a.OwnFeed()
	for after := uint64(0); after < 90; after += 30 {
		run, ok, err := a.ReadRun(feed, after, 30, MaxRunBytes)
		if err != nil || !ok || run.Count != 30 {
			t.Fatal(run.Count, ok, err)
		}
		v, err := b.Verify(run)
		if err != nil {
			t.Fatal(err)
		}
		other, err := b.Verify(run)
		if err != nil {
			t.Fatal(err)
		}
		batch := b.Begin()
		if n, err := batch.Ingest(v); n != 30 || err != nil {
			t.Fatal(n, err)
		}
		v.Release()
		v.Release()
		one, err := b.VerifyAfter(other.Prev(), other.open, run)
		if err != nil {
			t.Fatal(err)
		}
		two, err := b.VerifyAfter(other.Prev(), other.open, run)
		if err != nil {
			t.Fatal(err)
		}
		if &one.commits[0] == &two.commits[0] || &one.commits[0] == &other.commits[0] {
			t.Fatal("two runs share memory")
		}
		if err := batch.Commit(); err != nil {
			t.Fatal(err)
		}
		for _, v := range []*VerifiedRun{other, one, two} {
			if v.Head() != b.Heads()[feed] {
				t.Error("a run has another end than what was ingested")
			}
			v.Release()
		}
	}
	_, ours := all(t, a)
	_, theirs := all(t, b)
	if len(theirs) != 90 || !slices.Equal(ours, theirs) {
		t.Errorf("%d of %d bodies are the same", len(theirs), len(ours))
	}
}
