package model

import (
	"testing"
	"time"
)

// FuzzDecodeOps: whatever a commit's body holds, decoding it and folding it
// neither fails nor grows without bound.
func FuzzDecodeOps(f *testing.F) {
	w, inc, entry := split(&testing.T{})
	p := w.peers[0]
	for _, c := range p.commits() {
		b, err := EncodeOps(c.Ops)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, ops := range [][]Op{
		{p.op(KindEntryEdited, inc, entryEdited{Entry: entry, Pred: []ID{entry}, Text: "x"})},
		{p.op(KindMemberRemoved, ID{}, memberRemoved{Device: w.peers[1].key, Cuts: []feedCut{{w.peers[1].feed, 1}}})},
		{p.op(KindMessageResult, inc, messageResult{Message: entry, Outcome: 200, Refused: []Refusal{{"a", "b"}}})},
		{p.op(KindMessageQueued, inc, Draft{Body: "x", Next: 1 << 62}), Unreadable},
		{p.op(KindEntryAdded, inc, entryAdded{Text: "x", After: 1 << 62})},
	} {
		b, err := EncodeOps(ops)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{0x9f, 0xff})
	f.Add([]byte{0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	base, err := p.state.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		ops, err := DecodeOps(body)
		if err != nil {
			return
		}
		again, err := EncodeOps(ops)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if _, err := DecodeOps(again); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		s, err := restore(base)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Apply(Commit{Feed: p.feed, Seq: p.seq + 1, Lamport: p.lamport + 1, Device: p.key, Ops: ops}); err != nil {
			t.Fatalf("the fold failed: %v", err)
		}
		readEverything(t, s)
	})
}

// readEverything calls all that shows a state.
func readEverything(t *testing.T, s *State) {
	t.Helper()
	s.Stale()
	s.Summary(testNow)
	s.MemberViews(DeviceKey{})
	s.PersonViews()
	s.MessageViews(nil)
	s.Briefs(true, testNow)
	for inc := range s.Incidents() {
		if b, err := jsonOf(s.View(inc, testNow)); err != nil {
			t.Fatalf("a view is no JSON: %v\n%s", err, b)
		}
		for _, row := range s.Rows(inc) {
			if b, err := jsonOf(row); err != nil {
				t.Fatalf("a row is no JSON: %v\n%s", err, b)
			}
		}
		for id := range inc.Entries {
			s.History(inc, id)
		}
		for _, m := range inc.Messages {
			m.Outcome()
			m.Remaining()
			m.ClaimedBy(testNow)
		}
		Facts(s, inc, testNow, time.UTC)
	}
	if _, err := s.Hash(); err != nil {
		t.Fatalf("hash: %v", err)
	}
}

// FuzzDecodeState: a damaged snapshot is refused, or what it gives can be read
// and written.
func FuzzDecodeState(f *testing.F) {
	w, inc, _ := split(&testing.T{})
	p := w.peers[0]
	p.do(AssignRole{Incident: inc.String(), Role: "ic", Person: "Ana"})
	p.do(AddTask{Incident: inc.String(), Text: "check"})
	p.do(RemoveMember{Device: w.peers[1].key.String(), Reason: "lost"})
	b, err := p.state.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b.State)
	f.Add([]byte{0xa0})
	f.Add([]byte{0xf6})
	f.Add([]byte("\xa1iIncidents\xa1P0123456789abcdef\xf6"))
	f.Add([]byte("\xa1gMembers\xf6"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := DecodeState(b)
		if err != nil {
			return
		}
		readEverything(t, s)
		if err := s.Apply(Commit{Feed: p.feed, Seq: s.Applied[p.feed].Seq + 1, Lamport: 99, Device: p.key, Ops: []Op{
			p.op(KindDeclared, ID{}, declared{Code: "INC-X", Fields: map[string]string{"title": "t"}}),
		}}); err != nil && s.Applied[p.feed].Seq != 1<<64-1 {
			t.Fatalf("apply: %v", err)
		}
		readEverything(t, s)
		if enc, err := s.Encode(); err == nil {
			if again, err := restore(enc); err != nil {
				t.Fatalf("a snapshot cannot be read back: %v", err)
			} else if enc2, err := again.Encode(); err != nil || !enc2.same(enc) {
				t.Fatalf("a snapshot is not the same after a round trip (%v)", err)
			}
		}
	})
}
