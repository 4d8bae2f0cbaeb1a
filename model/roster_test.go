package model

import (
	"bytes"
	"testing"
)

// relayOf gives what a relay makes of what the peers hold.
func relayOf(w *world) *Watch {
	watch := NewWatch(w.peers[0].key)
	for _, c := range inOrder(w.peers[0].commits()) {
		if ForRelays(c.Ops) {
			watch.Apply(c)
		}
	}
	return watch
}

func TestRelayKnowsWhoIsIn(t *testing.T) {
	w := founded(t, RoleAdmin, RoleMember, RoleRelay)
	told := func(by int) {
		t.Helper()
		w.peers[by].do(TellRelays{})
		w.meet()
		w.sameEverywhere()
		if w.peers[0].state.RosterDue() {
			t.Fatal("the relays are still to be told")
		}
	}
	in := func(want ...bool) {
		t.Helper()
		members, _, _ := relayOf(w).Who()
		for i, p := range w.peers {
			if members[p.key] != want[i] {
				t.Errorf("peer %d may link to the relay: %v", i, members[p.key])
			}
		}
	}
	in(true, false, false, false) // the founder, before anybody told it
	if !w.peers[1].state.RosterDue() {
		t.Fatal("nobody is to tell the relay")
	}
	told(0)
	in(true, true, true, true)
	w.peers[1].do(RemoveMember{Device: w.peers[2].key.String(), Reason: "lost"})
	w.meet()
	told(1)
	in(true, true, false, true)
	w.peers[0].do(RemoveMember{Device: w.peers[1].key.String(), Reason: "lost"})
	w.meet()
	told(0)
	in(true, false, false, true)
	// The removed admin's device goes on telling: it counts no more.
	p := w.peers[1]
	op := p.op(KindRoster, ID{}, Roster{Admins: []DeviceKey{p.key}, Members: []DeviceKey{{9}}, Removed: []DeviceKey{w.peers[0].key}})
	watch := relayOf(w)
	watch.Apply(Commit{Feed: p.feed, Seq: 99, Lamport: 999, Device: p.key, Ops: []Op{op, {Kind: KindRoster, Body: []byte{1}}}})
	members, removed, admins := watch.Who()
	if !members[w.peers[0].key] || members[DeviceKey{9}] || !removed[p.key] || len(admins) != 1 {
		t.Errorf("members %v, admins %v", members, admins)
	}
}

func TestRosterNamesNobody(t *testing.T) {
	w := founded(t, RoleRelay)
	w.peers[0].do(TellRelays{})
	if m := w.peers[0].state.Members[w.peers[1].key]; !m.Person.Zero() {
		t.Error("a relay has a person")
	}
	n := 0
	for _, c := range w.peers[0].commits() {
		if !ForRelays(c.Ops) {
			continue
		}
		n++
		for _, name := range []string{"Ana", "ana-laptop", "device of", "SRE", "Ben"} {
			if bytes.Contains(c.Ops[0].Body, []byte(name)) {
				t.Errorf("it names %q", name)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d commits for relays", n)
	}
	if _, err := w.peers[1].try(TellRelays{}); err == nil {
		t.Error("a relay tells who is in")
	}
}
