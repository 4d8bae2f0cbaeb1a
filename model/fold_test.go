package model

import (
	"errors"
	"testing"
)

func TestHoleIsReported(t *testing.T) {
	w := founded(t)
	p := w.peers[0]
	err := p.state.Apply(Commit{Feed: p.feed, Seq: p.seq + 2, Lamport: 99, Ops: []Op{Unreadable}})
	if !errors.Is(err, ErrHole) {
		t.Fatalf("want ErrHole, got %v", err)
	}
}

// TestOddOpsAreCountedAndHarmless: nothing in a commit makes the fold fail.
func TestOddOpsAreCountedAndHarmless(t *testing.T) {
	w, inc, entry := split(t)
	p := w.peers[0]
	long := make([]byte, MaxText+1)
	for i := range long {
		long[i] = 'x'
	}
	for _, c := range []struct {
		name           string
		op             Op
		newer, refused uint64
	}{
		{"a kind of a newer version", Op{Kind: 999, Body: []byte{0xf6}}, 1, 0},
		{"an unknown kind within a range", Op{Kind: 30, On: inc[:], Body: []byte{0xa0}}, 1, 0},
		{"a body this replica cannot open", Unreadable, 1, 0},
		{"a body that is no payload", Op{Kind: KindEntryAdded, On: inc[:], Body: []byte{0x83, 1, 2, 3}}, 0, 1},
		{"no body", Op{Kind: KindEntryAdded, On: inc[:]}, 0, 1},
		{"a target of two bytes", Op{Kind: KindEntryAdded, On: []byte{1, 2}, Body: []byte{0xa0}}, 0, 1},
		{"an entry of nothing", p.op(KindEntryAdded, ID{}, entryAdded{Text: "x"}), 0, 1},
		{"an entry longer than allowed", p.op(KindEntryAdded, inc, entryAdded{Text: string(long)}), 0, 1},
		{"a precision that is none", p.op(KindEntryAdded, inc, entryAdded{Text: "x", Precision: 99}), 0, 1},
		{"a correction of nothing", p.op(KindEntryEdited, inc, entryEdited{Text: "x"}), 0, 1},
		{"a retraction of nothing", p.op(KindEntryRetracted, inc, entryRetracted{Reason: "x"}), 0, 1},
		{"a field without a name", p.op(KindIncidentField, inc, fieldSet{Value: "x"}), 0, 1},
		{"a field with a control character", p.op(KindIncidentField, inc, fieldSet{Field: "a\nb"}), 0, 1},
		{"a task field of no task", p.op(KindTaskField, inc, fieldSet{Field: TaskOwner}), 0, 1},
		{"a person field of nobody", p.op(KindPersonField, ID{}, fieldSet{Field: "name"}), 0, 1},
		{"a second founding", p.op(KindRoomFounded, ID{}, roomFounded{Name: "mine", Nonce: w.nonce}), 0, 1},
		{"a role of the room that is none", p.op(KindMemberAdded, ID{}, memberAdded{Device: deviceKey(9), Role: "king"}), 0, 1},
		{"a claim of no message", p.op(KindMessageClaimed, inc, messageClaimed{}), 0, 1},
		{"a correction that came before its entry", p.op(KindEntryEdited, inc, entryEdited{Entry: ID{9}, Text: "x"}), 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			newer, refused := p.state.Newer, p.state.Refused
			p.write([]Op{c.op})
			if p.state.Newer-newer != c.newer || p.state.Refused-refused != c.refused {
				t.Errorf("newer +%d, refused +%d; want +%d, +%d", p.state.Newer-newer, p.state.Refused-refused, c.newer, c.refused)
			}
		})
	}
	if v := p.incident(inc).Entries[entry].Now(entry); v.Text != "errors since the deploy" {
		t.Errorf("the entry became %q", v.Text)
	}
	if rows := p.state.Rows(p.incident(inc)); len(rows) != 2 {
		t.Errorf("%d rows: what has not arrived is shown", len(rows))
	}
}

func TestObserverAndStrangerDoNotWrite(t *testing.T) {
	w := founded(t, RoleObserver, RoleRelay)
	inc := w.peers[0].do(Declare{Title: "checkout fails"}).ID
	w.meet()
	for _, p := range w.peers[1:] {
		_, err := p.try(Log{Incident: inc.String(), Text: "x"})
		if !errors.Is(err, ErrRefused) {
			t.Errorf("the planner let it write: %v", err)
		}
		p.write([]Op{p.op(KindEntryAdded, inc, entryAdded{Text: "forced"}), p.op(KindRoomField, ID{}, fieldSet{Field: "name", Value: "mine"})})
	}
	w.meet()
	s := w.peers[0].state
	if s.Refused != 4 || s.Name() != "SRE" || len(w.peers[0].incident(inc).Entries) != 0 {
		t.Fatalf("refused %d, name %q, %d entries", s.Refused, s.Name(), len(w.peers[0].incident(inc).Entries))
	}
}

func TestDeviceNotAdmittedWaitsThenCounts(t *testing.T) {
	w := founded(t, RoleMember)
	inc := w.peers[0].do(Declare{Title: "checkout fails"}).ID
	late := newWorld(t, 3).peers[2]
	c := late.write([]Op{late.op(KindEntryAdded, inc, entryAdded{Text: "from the new device"})})
	s := w.peers[0].state
	if err := s.Apply(c); err != nil {
		t.Fatal(err)
	}
	if len(w.peers[0].incident(inc).Entries) != 0 || len(s.Parked) != 1 {
		t.Fatalf("a stranger's entry counts")
	}
	s = stored(t, s) // it waits in a snapshot too
	w.peers[0].state = s
	w.peers = append(w.peers, late)
	w.admit(0, 2, RoleMember, "Finn Gray")
	if n := len(w.peers[0].incident(inc).Entries); n != 1 || len(w.peers[0].state.Parked) != 0 {
		t.Fatalf("%d entries after the admission, %d parked", n, len(w.peers[0].state.Parked))
	}
}

func TestRemovedDeviceIsQuarantinedFromItsCut(t *testing.T) {
	w := founded(t, RoleMember)
	a, b := w.peers[0], w.peers[1]
	inc := a.do(Declare{Title: "checkout fails"}).ID
	w.meet()
	b.do(Log{Incident: inc.String(), Text: "before"})
	a.pull(b)
	a.do(RemoveMember{Device: b.key.String(), Reason: "laptop stolen"})
	b.do(Log{Incident: inc.String(), Text: "after"})
	w.meet()
	w.sameEverywhere()
	if n := len(a.incident(inc).Entries); n != 1 || a.state.Quarantined != 1 {
		t.Fatalf("%d entries count, %d commits in quarantine", n, a.state.Quarantined)
	}
	if _, err := b.try(Log{Incident: inc.String(), Text: "still here"}); !errors.Is(err, ErrRefused) {
		t.Fatalf("a removed device plans on: %v", err)
	}
}

func TestSeniorWinsAMutualRemoval(t *testing.T) {
	w := founded(t, RoleAdmin, RoleAdmin)
	w.peers[1].do(RemoveMember{Device: w.peers[2].key.String(), Reason: "thief"})
	_, err := w.peers[2].try(RemoveMember{Device: w.peers[1].key.String(), Reason: "thief"})
	if !errors.Is(err, ErrRefused) {
		t.Fatalf("a junior admin may remove a senior: %v", err)
	}
	p := w.peers[2] // forced, by a device that does not ask the planner
	p.write([]Op{p.op(KindMemberRemoved, ID{}, memberRemoved{Device: w.peers[1].key})})
	w.meet()
	w.sameEverywhere()
	s := w.peers[0].state
	if !s.Members[w.peers[1].key].Active() || s.Members[w.peers[2].key].Active() {
		t.Fatal("the senior did not win")
	}
}

func TestRemovalByARemovedAdminIsVoidEverywhere(t *testing.T) {
	w := founded(t, RoleAdmin, RoleMember)
	founder, admin, member := w.peers[0], w.peers[1], w.peers[2]
	inc := founder.do(Declare{Title: "checkout fails"}).ID
	w.meet()
	admin.do(RemoveMember{Device: member.key.String(), Reason: "by mistake"})
	founder.do(RemoveMember{Device: admin.key.String(), Reason: "stolen"}) // before it saw the other removal
	member.do(Log{Incident: inc.String(), Text: "still at work"})
	w.meet()
	w.sameEverywhere()
	s := founder.state
	if m := s.Members[member.key]; !m.Active() || len(founder.incident(inc).Entries) != 1 {
		t.Fatalf("the member is active: %v, entries %d", m.Active(), len(founder.incident(inc).Entries))
	}
}

func TestRemovalCannotCutAnothersFeed(t *testing.T) {
	w := founded(t, RoleAdmin, RoleMember)
	founder, admin, member := w.peers[0], w.peers[1], w.peers[2]
	admin.write([]Op{admin.op(KindMemberRemoved, ID{}, memberRemoved{
		Device: member.key, Cuts: []feedCut{{Feed: founder.feed, Seq: 1}, {Feed: member.feed, Seq: 0}},
	})})
	w.meet()
	inc := founder.do(Declare{Title: "checkout fails"}).ID
	w.meet()
	w.sameEverywhere()
	if admin.state.Quarantined != 0 || !admin.incident(inc).Known() {
		t.Fatal("a junior admin silenced the founder")
	}
}

func TestLeavingCounts(t *testing.T) {
	w := founded(t, RoleAdmin)
	w.peers[1].do(RemoveMember{Device: w.peers[1].key.String(), Reason: "leaving the team"})
	w.meet()
	w.sameEverywhere()
	if m := w.peers[0].state.Members[w.peers[1].key]; m.Active() || m.Reason != "leaving the team" {
		t.Fatalf("member is %+v", m)
	}
}

func TestRingOfPredecessorsEmptiesNothing(t *testing.T) {
	w, inc, _ := split(t)
	p := w.peers[0]
	at := func(n int) ID { return OpID(p.feed, p.seq+1, n) }
	p.write([]Op{
		p.op(KindIncidentField, inc, fieldSet{Field: FieldTitle, Value: "a", Pred: []ID{at(1)}}),
		p.op(KindIncidentField, inc, fieldSet{Field: FieldTitle, Value: "b", Pred: []ID{at(0), at(1)}}),
	})
	if title := p.incident(inc).Title(); title == "" {
		t.Fatal("the title is gone")
	}
}

func TestEncodeRefusesAStaleState(t *testing.T) {
	w := founded(t, RoleMember)
	b := w.peers[1]
	inc := b.do(Declare{Title: "checkout fails"}).ID
	b.do(Log{Incident: inc.String(), Text: "x"})
	remove := w.peers[0].write([]Op{w.peers[0].op(KindMemberRemoved, ID{}, memberRemoved{Device: b.key})})
	s := folded(t, w.room, nil, append(inOrder(b.commits()), remove))
	if !s.Stale() {
		t.Fatal("a removal that reaches back leaves the state as it was")
	}
	if _, err := s.Encode(); !errors.Is(err, ErrStale) {
		t.Fatalf("want ErrStale, got %v", err)
	}
}
