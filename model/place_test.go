package model

import (
	"errors"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestPlacesNameWhatTheyWereMadeOf: whatever lies between the entries of a pack, and
// however many a commit holds.
func TestPlacesNameWhatTheyWereMadeOf(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		list, want := []*Version{}, map[Stamp]bool{}
		for feed := range rapid.IntRange(1, 3).Draw(rt, "feeds") {
			at := Stamp{Feed: FeedID{byte(feed)}}
			for range rapid.IntRange(1, 100).Draw(rt, "commits") {
				at.Seq += rapid.SampledFrom([]uint64{1, 1, 1, 2, 70, 1 << 40}).Draw(rt, "further")
				at.N = 0
				for range rapid.SampledFrom([]int{1, 1, 1, 3}).Draw(rt, "ops") {
					list = append(list, &Version{Stamp: at})
					want[at] = true
					at.N += rapid.SampledFrom([]uint16{1, 1, 5}).Draw(rt, "next")
				}
			}
		}
		for len(list) > maxPack { // as many as a pack has
			delete(want, list[len(list)-1].Stamp)
			list = list[:len(list)-1]
		}
		b := appendPlaces(nil, placesOf(rapid.Permutation(list).Draw(rt, "order")))
		got, err := readPlaces(b, len(list))
		if err != nil {
			rt.Fatal(err)
		}
		for _, p := range got {
			for seq := p.from; seq <= p.to; seq++ {
				for n := p.first; n <= p.last; n++ {
					at := Stamp{Feed: p.feed, Seq: seq, N: n}
					if !want[at] {
						rt.Fatalf("%v was not named, or is twice", at)
					}
					delete(want, at)
				}
			}
		}
		if len(want) > 0 {
			rt.Fatalf("%d places are missing", len(want))
		}
		if _, err := readPlaces(b, len(list)+1); err == nil {
			rt.Fatal("places of more entries than they name are taken")
		}
	})
}

// TestNeighboursTakeFewBytes: entries written one after the other in one incident are
// one line of places, whatever their number.
func TestNeighboursTakeFewBytes(t *testing.T) {
	var list []*Version
	for n := range maxPack {
		list = append(list, &Version{Stamp: Stamp{Feed: FeedID{7}, Seq: uint64(n) + 40_000}})
	}
	if b := appendPlaces(nil, placesOf(list)); len(b) > 48 {
		t.Errorf("%d neighbours take %d bytes", len(list), len(b))
	}
}

// TestWhatTheLogDoesNotGiveIsMissed: a log that has lost commits, or has others, makes readers
// see less and say so, and never other entries.
func TestWhatTheLogDoesNotGiveIsMissed(t *testing.T) {
	w, id, commits := manyEntries(t, 300)
	for name, log := range map[string]Commits{
		"nothing": func(FeedID, uint64, uint64, func(Commit) error) error { return errors.New("the disk is gone") },
		"less":    func(FeedID, uint64, uint64, func(Commit) error) error { return nil },
		"others": func(_ FeedID, from, to uint64, fn func(Commit) error) error {
			for _, c := range commits {
				if c.Seq++; c.Seq >= from && c.Seq <= to {
					if err := fn(c); err != nil {
						return err
					}
				}
			}
			return nil
		},
		"twice": func(_ FeedID, from, to uint64, fn func(Commit) error) error {
			for _, c := range commits {
				if c.Seq >= from && c.Seq <= to {
					if err := errors.Join(fn(c), fn(c)); err != nil {
						return err
					}
				}
			}
			return nil
		},
	} {
		s := stored(t, w.peers[0].state)
		apply(t, s, commits)
		s.KeepLog(log)
		s.Pack(0)
		if n := len(s.Incident(id).Places); n != 1 {
			t.Fatalf("%d packs", n)
		}
		rows, missed := s.Timeline(s.Incident(id)), s.Missed()
		if len(rows) > 20 || missed == 0 {
			t.Errorf("%s: %d rows, %d times missed", name, len(rows), missed)
		}
		give := s.ChoosePlaced(8)
		give.Squeeze()
		if give.Unread() != 1 {
			t.Errorf("%s: %d packs could not be read", name, give.Unread())
		}
		s.Install(give)
		if len(s.Incident(id).Places) != 1 || s.PackedBytes() > 0 {
			t.Errorf("%s: a pack was made of what could not be read", name)
		}
	}
}

func FuzzReadPlaces(f *testing.F) {
	var list []*Version
	for n := range 40 {
		list = append(list, &Version{Stamp: Stamp{Feed: FeedID{byte(n / 20)}, Seq: uint64(n + n/7), N: uint16(n % 3)}})
	}
	f.Add(appendPlaces(nil, placesOf(list)), len(list))
	f.Add([]byte{1, 0, 0, 0, 0, 0}, 1)
	f.Fuzz(func(t *testing.T, b []byte, n int) {
		got, err := readPlaces(b, n)
		if err != nil {
			return
		}
		if n < 0 || len(got) > n {
			t.Fatalf("%d lines of %d places", len(got), n)
		}
		again, err := readPlaces(appendPlaces(nil, got), n)
		if err != nil || !reflect.DeepEqual(again, got) {
			t.Fatalf("%v comes back as %v: %v", got, again, err)
		}
	})
}
