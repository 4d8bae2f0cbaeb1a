package model

import (
	"crypto/sha256"
	"slices"
	"testing"
)

// testRing stands for the keys of a device: it has what the record says it was
// given, and a box is the name of its reader.
type testRing struct{ *peer }

func (r testRing) Has(epoch uint32) bool {
	m := r.state.Members[r.key]
	return m != nil && r.state.holds(m, epoch)
}

func (r testRing) New(to []DeviceKey) (Hash, []KeyBox, error) {
	boxes, err := r.Share(0, to)
	return sha256.Sum256(append(r.feed[:], byte(r.seq), byte(r.seq>>8))), boxes, err
}

func (r testRing) Share(_ uint32, to []DeviceKey) (boxes []KeyBox, _ error) {
	for _, d := range to {
		boxes = append(boxes, KeyBox{Device: d, Box: d[:4]})
	}
	return boxes, nil
}

// writing is the epoch a peer writes under.
func (p *peer) writing() uint32 { return p.state.WritingEpochs()[0] }

// openBy lists which peers were given a key.
func (w *world) openBy(epoch uint32) (who []int) {
	for i, p := range w.peers {
		if m := w.peers[0].state.Members[p.key]; m != nil && w.peers[0].state.holds(m, epoch) {
			who = append(who, i)
		}
	}
	return who
}

func TestRemovalStartsAKeyForTheRest(t *testing.T) {
	w := founded(t, RoleMember, RoleObserver, RoleRelay, RoleMember)
	if got := w.peers[0].writing(); got != FirstEpoch {
		t.Fatalf("a new room writes under epoch %d", got)
	}
	w.peers[0].do(RemoveMember{Device: w.peers[1].key.String(), Reason: "laptop stolen"})
	w.meet()
	w.sameEverywhere()
	epoch := w.peers[0].writing()
	if got := w.openBy(epoch); epoch == FirstEpoch || !slices.Equal(got, []int{0, 2, 4}) {
		t.Errorf("epoch %d opens for %v; want the founder, the observer and the other member", epoch, got)
	}
	if w.peers[0].state.KeyDue() {
		t.Error("a new key is due already")
	}
	w.peers = append(w.peers, newWorld(t, 6).peers[5])
	w.admit(0, 5, RoleMember, "Finn Gray")
	w.meet()
	if got := w.openBy(epoch); !slices.Contains(got, 5) || len(w.peers[0].state.KeysMissing()) != 0 {
		t.Errorf("who joined later was not given the key: it opens for %v", got)
	}
}

func TestLeavingMakesNoKeyForOneself(t *testing.T) {
	w := founded(t, RoleAdmin)
	w.peers[1].do(RemoveMember{Device: w.peers[1].key.String(), Reason: "leaving the team"})
	w.meet()
	if w.peers[0].writing() != FirstEpoch || !w.peers[0].state.KeyDue() {
		t.Fatal("the others are not told that a key is due")
	}
	w.peers[0].do(RenewKey{})
	w.meet()
	w.sameEverywhere()
	if got := w.openBy(w.peers[0].writing()); !slices.Equal(got, []int{0}) {
		t.Errorf("the new key opens for %v", got)
	}
	if done := w.peers[0].do(RenewKey{}); done.Note == "" {
		t.Error("a second new key was started for nothing")
	}
}

// TestRemovalsApartEndInOneSoundKey: each of two keys made apart is in the
// hands of whom the other side removed.
func TestRemovalsApartEndInOneSoundKey(t *testing.T) {
	w := founded(t, RoleAdmin, RoleMember, RoleMember)
	w.peers[0].do(RemoveMember{Device: w.peers[2].key.String(), Reason: "lost"})
	w.peers[1].do(RemoveMember{Device: w.peers[3].key.String(), Reason: "lost"})
	one, other := w.peers[0].writing(), w.peers[1].writing()
	w.meet()
	w.sameEverywhere()
	if a, b := w.peers[0].writing(), w.peers[1].writing(); one == other || a != b || a != one && a != other {
		t.Fatalf("started %d and %d, they write under %d and %d", one, other, a, b)
	}
	for _, p := range w.peers[:2] {
		for _, epoch := range []uint32{one, other} {
			if !(testRing{p}).Has(epoch) {
				t.Errorf("%d does not open what was written under %d", p.key[1], epoch)
			}
		}
		if !p.state.KeyDue() {
			t.Error("both keys leak, and no new one is due")
		}
	}
	w.peers[0].do(RenewKey{})
	w.meet()
	if got := w.openBy(w.peers[1].writing()); !slices.Equal(got, []int{0, 1}) || w.peers[1].state.KeyDue() {
		t.Errorf("in the end the key opens for %v", got)
	}
}

// TestAdmissionApartFromARemoval: the guest was given the keys its host knew,
// and gets the other from whoever has it.
func TestAdmissionApartFromARemoval(t *testing.T) {
	w := founded(t, RoleAdmin, RoleMember)
	w.peers = append(w.peers, newWorld(t, 4).peers[3])
	w.peers[0].do(RemoveMember{Device: w.peers[2].key.String(), Reason: "lost"})
	w.admit(1, 3, RoleMember, "Finn Gray")
	w.meet()
	w.sameEverywhere()
	epoch, guest := w.peers[0].writing(), w.peers[3]
	if missing := w.peers[0].state.KeysMissing()[epoch]; !slices.Equal(missing, []DeviceKey{guest.key}) {
		t.Fatalf("the key is missing at %v", missing)
	}
	for i, want := range []int{0, 1, 0, 2} {
		if turn, ok := w.peers[0].state.KeyTurn(w.peers[i].key); turn != want || ok != (i != 2) {
			t.Errorf("peer %d has turn %d, %v", i, turn, ok)
		}
	}
	w.peers[0].do(ShareKeys{})
	w.meet()
	w.sameEverywhere()
	if !(testRing{guest}).Has(epoch) || len(guest.state.KeysMissing()) != 0 {
		t.Error("the guest did not get the key")
	}
}

// TestKeyOfARemovedAdminIsVoid: nobody writes under it, and who wrote before the
// news is still read.
func TestKeyOfARemovedAdminIsVoid(t *testing.T) {
	w := founded(t, RoleAdmin, RoleMember, RoleMember)
	w.peers = append(w.peers, newWorld(t, 5).peers[4])
	w.peers[1].do(RemoveMember{Device: w.peers[2].key.String(), Reason: "by mistake"})
	void := w.peers[1].writing()
	w.peers[0].do(RemoveMember{Device: w.peers[1].key.String(), Reason: "stolen"})
	w.admit(0, 4, RoleMember, "Finn Gray")
	w.meet()
	w.sameEverywhere()
	s := w.peers[0].state
	if slices.Contains(s.WritingEpochs(), void) || !s.Members[w.peers[2].key].Active() {
		t.Fatal("the removed admin's act counts")
	}
	if missing := s.KeysMissing()[void]; len(missing) != 2 {
		t.Errorf("the void key is missing at %d devices; want the member it left out and the new one", len(missing))
	}
}

func TestKeysAreStartedByAdminsAlone(t *testing.T) {
	w := founded(t, RoleMember, RoleObserver)
	for _, p := range w.peers[1:] {
		refused := w.peers[0].state.Refused
		p.write([]Op{p.op(KindEpochStarted, ID{}, epochStarted{Check: Hash{1}, Boxes: []KeyBox{{Device: p.key}}})})
		w.meet()
		if s := w.peers[0].state; s.Refused != refused+1 || s.WritingEpochs()[0] != FirstEpoch {
			t.Errorf("a %s started a key", s.Members[p.key].Role)
		}
	}
	p := w.peers[2] // an observer does not write, so it passes on no keys
	p.write([]Op{p.op(KindEpochShared, ID{}, epochShared{Epoch: 1 << 31, Boxes: []KeyBox{{Device: p.key}}})})
	if len(p.state.Epochs) != 0 {
		t.Error("an observer's share counts")
	}
}
