package model

import (
	"errors"
	"testing"
)

// TestRecoveryKeyOutranksTheFounder: in either order of hearing, and against the
// founder's removal of it.
func TestRecoveryKeyOutranksTheFounder(t *testing.T) {
	w := newWorld(t, 3)
	founder, paper := w.peers[0], w.peers[2]
	founder.do(FoundRoom{Name: "SRE", Person: "Ana Ruiz", Device: "ana-laptop", Nonce: w.nonce, Recovery: paper.key})
	w.admit(0, 1, RoleAdmin, "Ben Okafor")
	w.meet()
	w.sameEverywhere()
	if _, err := founder.try(RemoveMember{Device: paper.key.String()}); !errors.Is(err, ErrRefused) {
		t.Errorf("the founder removes the recovery key: %v", err)
	}
	if s := founder.state; s.Summary(testNow).Devices != 2 || s.KeyDue() {
		t.Errorf("%d devices; the paper is none", s.Summary(testNow).Devices)
	}
	for i, p := range []*peer{founder, w.peers[1]} { // forced, and apart
		p.write([]Op{p.op(KindMemberRemoved, ID{}, memberRemoved{Device: paper.key, Cuts: cutsOf(p, paper)})})
		if turn, _ := p.state.KeyTurn(p.key); turn != i {
			t.Errorf("peer %d has turn %d", i, turn)
		}
	}
	paper.do(RemoveMember{Device: founder.key.String(), Reason: "laptop stolen"})
	w.meet()
	w.sameEverywhere()
	s := w.peers[1].state
	if s.Members[founder.key].Active() || !s.Members[paper.key].Active() || !s.Members[w.peers[1].key].Active() {
		t.Fatal("the recovery key did not win")
	}
	if m := s.Members[founder.key]; s.holds(m, w.peers[1].writing()) {
		t.Error("the stolen founder's device holds the new key")
	}
	paper.do(TellRelays{})
	w.meet()
	if len(s.MembershipCards()) != 2 {
		t.Errorf("cards: %+v", s.MembershipCards())
	}
}

func TestRelayFollowsTheRecoveryKey(t *testing.T) {
	w := newWorld(t, 3)
	founder, paper := w.peers[0], w.peers[2]
	founder.do(FoundRoom{Name: "SRE", Person: "Ana Ruiz", Nonce: w.nonce, Recovery: paper.key})
	w.admit(0, 1, RoleRelay, "relay")
	founder.do(TellRelays{})
	w.meet()
	paper.do(RemoveMember{Device: founder.key.String(), Reason: "stolen"})
	paper.do(TellRelays{})
	// The stolen device tells another story.
	founder.write([]Op{founder.op(KindRoster, ID{}, Roster{Admins: []DeviceKey{founder.key}, Removed: []DeviceKey{paper.key}})})
	w.meet()
	members, removed, admins := relayOf(w).Who()
	if members[founder.key] || !removed[founder.key] || !members[paper.key] || len(admins) != 1 || admins[0] != paper.key {
		t.Errorf("members %v, admins %v", members, admins)
	}
}

func TestFoundingMayNameItselfAsRecovery(t *testing.T) {
	w := newWorld(t, 1)
	p := w.peers[0]
	p.write([]Op{p.op(KindRoomFounded, ID{}, roomFounded{Name: "SRE", Nonce: w.nonce, Recovery: p.key[:]})})
	if m := p.state.Members[p.key]; m == nil || m.Recovery || len(p.state.Members) != 1 {
		t.Errorf("members: %+v", p.state.Members)
	}
}
