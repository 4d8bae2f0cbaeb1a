package model

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// closeOne has an incident declared, worked on and closed.
func (p *peer) closeOne(title string) Done {
	d := p.do(Declare{Title: title})
	p.do(Log{Incident: d.Code, Text: "orders fail"})
	p.do(Resolve{Incident: d.Code, Verification: "orders pass"})
	p.do(Close{Incident: d.Code, Customers: "not needed: only staff saw it"})
	return d
}

// TestClosedIncidentsAreReadWhenAskedFor: a snapshot gives the board without its
// parts; whoever asks for a closed incident gets it, and a change of one is folded
// as in a state that has all at hand.
func TestClosedIncidentsAreReadWhenAskedFor(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	open := p.do(Declare{Title: "present one"})
	var closed []Done
	for n := range 3 {
		closed = append(closed, p.closeOne(fmt.Sprint("old one ", n)))
	}
	if snap, err := p.state.Encode(); err != nil || len(snap.Closed) != 0 {
		t.Fatalf("%d parts of incidents that were closed just now: %v", len(snap.Closed), err)
	}
	p.now = p.now.Add(dutyBack)
	p.closeOne("a new one")
	snap, err := p.state.Encode()
	if err != nil || len(snap.Closed) != 1 {
		t.Fatalf("%d parts: %v", len(snap.Closed), err)
	}
	read := 0
	back := func(damage bool) *State {
		t.Helper()
		s, err := DecodeState(snap.State)
		if err != nil {
			t.Fatal(err)
		}
		read = 0
		s.KeepPacks(func(key Hash) ([]byte, error) {
			read++
			data := append([]byte{}, snap.Closed[key]...)
			if damage {
				data[len(data)/2] ^= 1
			}
			return data, nil
		})
		return s
	}
	s := back(false)
	if b := s.Briefs(false, testNow); len(b) != 1 || b[0].ID != open.ID || s.Count() != 5 || s.Summary(testNow).Incidents != 5 || read != 0 {
		t.Errorf("the board has %d incidents of %d; %d parts were read", len(b), s.Count(), read)
	}
	if again, err := s.Encode(); err != nil || !again.same(snap) || read != 0 || again.Closed[sortedKeys(snap.Closed)[0]] != nil {
		t.Errorf("a snapshot of what was not touched reads %d parts, or differs: %v", read, err)
	}
	if s.Duties(p.now); read != 0 {
		t.Error("who is at work now is not known without what was closed long before")
	}
	for _, d := range closed {
		if inc := s.Incident(d.ID); inc == nil || len(s.Timeline(inc)) == 0 {
			t.Errorf("incident %s is not there", d.Code)
		}
	}
	want, err := p.state.Hash()
	if got, err2 := s.Hash(); err != nil || err2 != nil || got != want || read != 1 || s.Missed() != 0 {
		t.Errorf("hash %s, want %s; read %d times, missed %d (%v, %v)", got, want, read, s.Missed(), err, err2)
	}
	if early := back(false); len(early.Duties(p.now.Add(-time.Hour)).by) != len(p.state.Duties(p.now.Add(-time.Hour)).by) || read != 1 {
		t.Error("who was at work when the last of them was closed is not known")
	}
	before := p.seq
	p.do(Reopen{Incident: closed[1].Code, Reason: "it is back"})
	changed := back(false)
	for _, c := range p.log[p.feed][before:] {
		if err := changed.Apply(c); err != nil {
			t.Fatal(err)
		}
	}
	want, _ = p.state.Hash()
	if got, err := changed.Hash(); err != nil || got != want || changed.Stale() {
		t.Errorf("hash %s after a change, want %s (%v)", got, want, err)
	}
}

// TestDamagedPartOfASnapshotIsTold: who asks is not told that there is no more, a
// change is not folded into nothing, and nothing breaks.
func TestDamagedPartOfASnapshotIsTold(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	d := p.closeOne("old one")
	p.now = p.now.Add(dutyBack)
	p.closeOne("new one")
	snap, err := p.state.Encode()
	if err != nil {
		t.Fatal(err)
	}
	before := p.seq
	p.do(Log{Incident: d.Code, Text: "a word on it"})
	for name, packs := range map[string]Packs{
		"gone":    func(Hash) ([]byte, error) { return nil, errors.New("gone") },
		"empty":   func(Hash) ([]byte, error) { return nil, nil },
		"another": func(Hash) ([]byte, error) { return squeeze(nil, []byte{0x80}), nil },
		"none":    nil,
	} {
		s, err := DecodeState(snap.State)
		if err != nil {
			t.Fatal(err)
		}
		s.KeepPacks(packs)
		if s.Incident(d.ID) != nil || s.Missed() == 0 {
			t.Errorf("%s: missed %d", name, s.Missed())
		}
		readEverything := func() { s.Briefs(true, testNow); s.Summary(testNow); s.OpenActions() }
		readEverything()
		if _, err := s.Hash(); !errors.Is(err, ErrStale) {
			t.Errorf("%s: a hash of less than there is: %v", name, err)
		}
		for _, c := range p.log[p.feed][before:] {
			if err := s.Apply(c); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Encode(); !s.Stale() || !errors.Is(err, ErrStale) {
			t.Errorf("%s: a change was folded into nothing: %v", name, err)
		}
		readEverything()
	}
}
