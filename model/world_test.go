package model

import (
	"bytes"
	"cmp"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"
)

var testNow = time.Date(2026, 3, 17, 14, 0, 0, 0, time.UTC)

// tb is what a test and a property share.
type tb interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// peer is a device with its own copy of the room, as a replica holds it.
type peer struct {
	t       tb
	key     DeviceKey
	feed    FeedID
	seq     uint64
	lamport uint64

	restarts int
	now      time.Time
	state    *State
	log      map[FeedID][]Commit
}

// world is a room and the devices that may come to it.
type world struct {
	t     tb
	room  RoomID
	nonce Nonce
	peers []*peer
}

func newWorld(t tb, devices int) *world {
	w := &world{t: t, nonce: Nonce{7}}
	w.room = NewRoomID(deviceKey(0), w.nonce)
	for i := range devices {
		w.peers = append(w.peers, &peer{
			t: t, key: deviceKey(i), feed: NewFeedID(w.room, deviceKey(i), Nonce{byte(i)}), now: testNow,
			state: NewState(w.room, nil), log: map[FeedID][]Commit{},
		})
	}
	return w
}

func deviceKey(i int) DeviceKey { return DeviceKey{0: 0xD0, 1: byte(i + 1)} }

// founded gives a room of some devices: the first is the founder Ana, the
// others are admitted with these roles. All hold the same.
func founded(t tb, roles ...string) *world {
	t.Helper()
	w := newWorld(t, len(roles)+1)
	names := []string{"Ben Okafor", "Chen Wei", "Dita Novak", "Eva Lund", "Finn Gray"}
	w.peers[0].do(FoundRoom{Name: "SRE", Person: "Ana Ruiz", Email: "ana@example.com", Device: "ana-laptop", Nonce: w.nonce})
	for i, role := range roles {
		w.admit(0, i+1, role, names[i])
	}
	w.meet()
	return w
}

// admit lets peer i in through peer by.
func (w *world) admit(by, i int, role, name string) {
	w.t.Helper()
	invite := OpID(w.peers[by].feed, w.peers[by].seq, 1000+i)
	w.peers[by].do(IssueInvite{Invite: invite, Role: role, Expires: testNow.Add(time.Hour), Uses: 1, Verifier: []byte("v")})
	w.peers[by].do(AdmitMember{Device: w.peers[i].key, Invite: invite, Person: name, Name: "device of " + name})
}

// meet brings every peer up to date with every other.
func (w *world) meet() {
	for range 2 {
		for _, a := range w.peers {
			for _, b := range w.peers {
				a.pull(b)
			}
		}
	}
}

func (w *world) sameEverywhere() {
	w.t.Helper()
	want := hashOf(w.t, w.peers[0].state)
	for i, p := range w.peers[1:] {
		if got := hashOf(w.t, p.state); got != want {
			w.t.Fatalf("peer %d has state %s, peer 0 has %s", i+1, got, want)
		}
	}
}

// pull takes from another peer what this one lacks.
func (p *peer) pull(from *peer) {
	p.t.Helper()
	for feed, commits := range from.log {
		have := len(p.log[feed])
		for _, c := range commits[min(have, len(commits)):] {
			p.take(c)
		}
	}
}

func (p *peer) take(c Commit) {
	p.t.Helper()
	p.log[c.Feed] = append(p.log[c.Feed], c)
	p.lamport = max(p.lamport, c.Lamport)
	if err := applyLent(p.state, c); err != nil {
		p.t.Fatalf("apply: %v", err)
	}
	p.settle()
}

// applyLent folds a commit whose memory is used for something else at once: the fold
// keeps none of it.
func applyLent(s *State, c Commit) error {
	c.Ops = cloneOps(c.Ops)
	err := s.Apply(c)
	for n, op := range c.Ops {
		for _, b := range [][]byte{op.On, op.Body} {
			for i := range b {
				b[i] ^= 0xff
			}
		}
		c.Ops[n] = Unreadable
	}
	return err
}

// settle folds again where the state is stale, as a replica does.
func (p *peer) settle() {
	p.t.Helper()
	p.state = settled(p.t, p.state, p.commits())
}

func (p *peer) commits() []Commit {
	var all []Commit
	for _, commits := range p.log {
		all = append(all, commits...)
	}
	return all
}

// settled folds the commits again in the order of the log until nothing
// reaches back any more.
func settled(t tb, s *State, commits []Commit) *State {
	t.Helper()
	for range 16 {
		if !s.Stale() {
			return s
		}
		s = folded(t, s.Room, s.Cuts, inOrder(commits))
	}
	t.Fatalf("the membership does not settle")
	return nil
}

func inOrder(commits []Commit) []Commit {
	return slices.SortedFunc(slices.Values(commits), func(a, b Commit) int {
		return cmp.Or(cmp.Compare(a.Lamport, b.Lamport), a.Feed.Compare(b.Feed))
	})
}

func folded(t tb, room RoomID, cuts map[FeedID]Cut, commits []Commit) *State {
	t.Helper()
	s := NewState(room, cuts)
	for _, c := range commits {
		if err := applyLent(s, c); err != nil {
			t.Fatalf("apply: %v", err)
		}
	}
	return s
}

// try plans a command and writes it where it is not refused.
func (p *peer) try(c Command) (Done, error) {
	p.t.Helper()
	planner := NewPlanner(p.state, p.now, p.key, p.feed, p.seq+1)
	planner.Keyring = testRing{p}
	done, err := planner.Plan(c)
	if err != nil {
		return done, err
	}
	ops, err := planner.Ops()
	if err != nil {
		return done, err
	}
	if len(ops) > 0 {
		p.write(ops)
	}
	return done, nil
}

// write puts ops into the peer's own feed, allowed or not.
func (p *peer) write(ops []Op) Commit {
	p.t.Helper()
	body, err := EncodeOps(ops)
	if err != nil {
		p.t.Fatalf("encode: %v", err)
	}
	if ops, err = DecodeOps(body); err != nil {
		p.t.Fatalf("decode: %v", err)
	}
	p.seq++
	c := Commit{
		Feed: p.feed, Seq: p.seq, Lamport: p.lamport + 1, Wall: p.now.UnixMilli(), Device: p.key, Ops: ops,
	}
	p.now = p.now.Add(time.Second)
	p.take(c)
	return c
}

// do is try for a command that must succeed.
func (p *peer) do(c Command) Done {
	p.t.Helper()
	done, err := p.try(c)
	if err != nil {
		p.t.Fatalf("%T: %v", c, err)
	}
	return done
}

// op builds an op as a hand-made device would.
func (p *peer) op(kind Kind, on ID, payload any) Op {
	p.t.Helper()
	op, err := newOp(kind, on, payload)
	if err != nil {
		p.t.Fatalf("op: %v", err)
	}
	return op
}

// incident finds an incident in the peer's copy.
func (p *peer) incident(id ID) *Incident {
	p.t.Helper()
	inc := p.state.Incident(id)
	if inc == nil {
		p.t.Fatalf("incident %s is not here", id)
	}
	return inc
}

func hashOf(t tb, s *State) Hash {
	t.Helper()
	h, err := s.Hash()
	if err != nil {
		t.Fatalf("hash: %v", err)
	}
	return h
}

// stored gives the state as it comes back from a snapshot.
// restore reads a snapshot whose parts are in it.
func restore(b Snapshot) (*State, error) { return restoreAfter(nil, b) }

// restoreAfter is restore for a snapshot of a state that was restored before, and
// has yet to read its parts.
func restoreAfter(before Packs, b Snapshot) (*State, error) {
	s, err := DecodeState(b.State)
	if err == nil {
		s.KeepPacks(func(key Hash) ([]byte, error) {
			if data := b.Closed[key]; data != nil {
				return data, nil
			}
			if before != nil {
				return before(key)
			}
			return nil, errors.New("gone")
		})
	}
	return s, err
}

func (s Snapshot) same(o Snapshot) bool {
	return bytes.Equal(s.State, o.State) && slices.Equal(sortedKeys(s.Closed), sortedKeys(o.Closed))
}

func sortedKeys(parts map[Hash][]byte) []Hash {
	return slices.SortedFunc(maps.Keys(parts), func(a, b Hash) int { return bytes.Compare(a[:], b[:]) })
}

func stored(t tb, s *State) *State {
	t.Helper()
	b, err := s.Encode()
	if errors.Is(err, ErrStale) {
		return s // a snapshot of it is not kept
	}
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	back, err := restoreAfter(s.attic.packs, b)
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	again, err := back.Encode()
	if err != nil || !again.same(b) {
		t.Fatalf("a snapshot is not the same after a round trip (%v)", err)
	}
	return back
}

func TestWorldFounds(t *testing.T) {
	w := founded(t, RoleMember, RoleObserver)
	w.sameEverywhere()
	s := w.peers[2].state
	if s.Name() != "SRE" || len(s.Members) != 3 || s.Refused != 0 {
		t.Fatalf("room %q has %d members, refused %d", s.Name(), len(s.Members), s.Refused)
	}
	if m := s.Members[deviceKey(0)]; m.Name != "ana-laptop" || s.PersonName(m.Person) != "Ana Ruiz" {
		t.Fatalf("founder is %q of %q", m.Name, s.PersonName(m.Person))
	}
}
