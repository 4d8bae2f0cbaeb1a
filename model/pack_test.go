package model

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// packsOf keeps packs outside a state, as a replica does.
type packsOf map[Hash][]byte

func (k packsOf) get(key Hash) ([]byte, error) {
	if b, ok := k[key]; ok {
		return b, nil
	}
	return nil, errors.New("not here")
}

func (k packsOf) take(s *State) {
	for key, data := range s.Unwritten() {
		k[key] = bytes.Clone(data)
	}
	s.Written()
	s.KeepPacks(k.get)
}

// answers is what readers see of the entries of a room.
func answers(tb testing.TB, s *State, inc *Incident) []any {
	tb.Helper()
	hash, err := s.Hash()
	if err != nil {
		tb.Fatal(err)
	}
	rows := s.Timeline(inc)
	list := []any{hash, rows, s.Brief(inc, testNow), s.View(inc, testNow), inc.Conflicts(), Facts(s, inc, testNow, nil), inc.LastWritten()}
	for _, r := range rows {
		if r.Source == FromEntry {
			history, ok := s.History(inc, r.ID)
			in, id, err := s.FindEntry(r.ID.String())
			if err != nil || in.ID != inc.ID {
				tb.Fatalf("entry %s is not found: %v", r.ID, err)
			}
			list = append(list, history, ok, id)
		}
	}
	return list
}

// logOf gives the commits of a peer's feed as its log would.
func logOf(p *peer) Commits {
	return func(feed FeedID, from, to uint64, fn func(Commit) error) error {
		for _, c := range p.log[feed] {
			if c.Seq >= from && c.Seq <= to {
				if err := fn(c); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// TestPackingChangesNoAnswer lets people write, correct and take back while one
// of two replicas packs whenever chance says so, and keeps the packs elsewhere: as
// bytes, as places in the log, or the latter until the former are made of them.
func TestPackingChangesNoAnswer(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := founded(t)
		p, outside := w.peers[0], packsOf{}
		plain := stored(t, p.state)
		log := rapid.Bool().Draw(rt, "log at hand")
		if log {
			p.state.KeepLog(logOf(p))
		}
		done := p.do(Declare{Title: "checkout fails"})
		var entries []ID
		var midway *Packing // chosen; what is written goes on
		for n := range rapid.IntRange(1, 120).Draw(rt, "acts") {
			switch what := rapid.IntRange(0, 9).Draw(rt, "act"); {
			case what < 7 || len(entries) == 0:
				entries = append(entries, p.do(Log{Incident: done.Code, Text: fmt.Sprintf("restarted worker %d", n), Kind: Kinds[n%3]}).ID)
			case what == 7:
				id := rapid.SampledFrom(entries).Draw(rt, "entry")
				p.do(EditEntry{Entry: id.String(), Text: fmt.Sprintf("corrected in step %d", n)})
			case what == 8:
				i := rapid.IntRange(0, len(entries)-1).Draw(rt, "entry")
				p.do(RetractEntry{Entry: entries[i].String(), Reason: "of another incident"})
				entries = slices.Delete(entries, i, i+1)
			case midway != nil:
				midway.Squeeze()
				p.state.Install(midway)
				midway = nil
				outside.take(p.state)
			case rapid.Bool().Draw(rt, "bytes"):
				midway = p.state.ChoosePlaced(2)
			default:
				midway = p.state.Choose(rapid.IntRange(0, 20).Draw(rt, "kept"))
			}
		}
		if midway != nil {
			midway.Squeeze()
			p.state.Install(midway)
		}
		p.state.Pack(0)
		outside.take(p.state)
		for _, c := range p.log[p.feed] {
			if err := plain.Apply(c); err != nil {
				t.Fatal(err)
			}
		}
		if placed := len(p.incident(done.ID).Places); placed > 0 != (log && len(p.state.PackKeys()) < len(p.incident(done.ID).Packs)) {
			rt.Fatalf("%d packs name places; a log is at hand: %v", placed, log)
		}
		want := answers(t, plain, plain.Incident(done.ID))
		if got := answers(t, p.state, p.incident(done.ID)); !reflect.DeepEqual(got, want) {
			rt.Fatalf("packed and plain differ:\n%v\n%v", got, want)
		}
		back := stored(t, p.state)
		back.KeepPacks(outside.get)
		back.KeepLog(logOf(p))
		if got := answers(t, back, back.Incident(done.ID)); !reflect.DeepEqual(got, want) {
			rt.Fatal("a snapshot of a packed state gives another")
		}
	})
}

// TestClosedIncidentsLeaveMemory: of a closed incident nothing is at hand but
// what was corrected, and of an open one the newest.
func TestClosedIncidentsLeaveMemory(t *testing.T) {
	w := founded(t)
	p, outside := w.peers[0], packsOf{}
	closed, open := p.do(Declare{Title: "old one"}), p.do(Declare{Title: "present one"})
	for n := range 2 * maxPack {
		p.do(Log{Incident: closed.Code, Text: fmt.Sprint("old step ", n)})
		p.do(Log{Incident: open.Code, Text: fmt.Sprint("step ", n)})
	}
	p.do(Resolve{Incident: closed.Code, Verification: "orders pass"})
	p.do(Close{Incident: closed.Code, Customers: "not needed because only staff saw it"})
	before, err := p.state.Hash()
	if err != nil {
		t.Fatal(err)
	}
	p.state.Pack(100)
	outside.take(p.state)
	if at, kept := len(p.incident(closed.ID).Entries), len(p.incident(open.ID).Entries); at != 0 || kept != 100 || p.state.Loose() != 100 {
		t.Errorf("%d entries of the closed incident at hand, %d of the open one, %d in all", at, kept, p.state.Loose())
	}
	if n := p.incident(closed.ID).Count(); n != 2*maxPack {
		t.Errorf("the closed incident has %d entries", n)
	}
	p.incident(closed.ID).changed()
	if after, err := p.state.Hash(); err != nil || after != before {
		t.Errorf("the state hash changed: %v", err)
	}
	if p.state.PackedBytes() != 0 || len(outside) != 2+2 {
		t.Errorf("%d packs outside, %d bytes still in memory", len(outside), p.state.PackedBytes())
	}
	clear(outside) // lost: readers see less, and nothing breaks
	if rows := p.state.Timeline(p.incident(closed.ID)); len(rows) > 20 {
		t.Errorf("%d rows of packs that are gone", len(rows))
	}
}

func FuzzUnpackVersions(f *testing.F) {
	w, _, commits := manyEntries(f, 40)
	apply(f, w.peers[0].state, commits)
	w.peers[0].state.Pack(0)
	for _, data := range w.peers[0].state.Unwritten() {
		f.Add(data)
		plain, err := unsqueeze(data, maxPacked)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(plain)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, b := range [][]byte{data, squeeze(nil, data)} {
			list, err := unpackVersions(b)
			if err == nil && len(list) > 0 {
				var parts []*Version
				for n := range list {
					parts = append(parts, &list[n])
				}
				again, err := unpackVersions(squeeze(nil, appendVersions(nil, parts)))
				if err != nil || !reflect.DeepEqual(again, list) {
					t.Fatalf("%d versions do not come back: %v", len(list), err)
				}
			}
		}
	})
}

// BenchmarkFoldPacked is BenchmarkFold with packing as a replica does it.
func BenchmarkFoldPacked(b *testing.B) {
	w, _, commits := manyEntries(b, 100_000)
	base := stored(b, w.peers[0].state)
	for b.Loop() {
		s := stored(b, base)
		for _, c := range commits {
			if err := s.Apply(c); err != nil {
				b.Fatal(err)
			}
			if s.Crowded(16 << 10) {
				s.Pack(8 << 10)
			}
		}
		b.ReportMetric(float64(s.PackedBytes())/float64(100_000-s.Loose()), "B/packed")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/entry")
}
