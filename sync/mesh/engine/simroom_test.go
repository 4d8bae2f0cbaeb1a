package engine

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/model/modeltest/fewer"
)

// Rooms in which the commits are real: each device plans commands on the state it has
// folded, and folds what it is sent, in whatever order that comes. Whoever holds the same
// has to have the same state. Feeds keep their names there: none is forked unnoticed, and
// nothing is let go. What a fold does with those is shown in sync/replica.

// record is what the devices of a room have written. Nil of a room without one.
type record struct {
	s       *sim
	rand    *rand.Rand
	room    model.RoomID
	commits map[model.FeedID][]model.Commit
	states  map[*simNode]*model.State
	hashes  map[uint64]model.Hash // of states, by what was held
	ops     int
}

// newRoomSim gives a room with a record: the first device has founded it and admitted the
// others, who hold that.
func newRoomSim(seed uint64) (*sim, error) {
	s := newSimOf(seed, simAge)
	s.keeper, s.liar = nil, nil
	nonce := model.Nonce{byte(seed)}
	founder := s.nodes[0]
	r := &record{
		s: s, rand: rand.New(rand.NewPCG(seed, 86)), room: model.NewRoomID(founder.key, nonce),
		commits: map[model.FeedID][]model.Commit{}, states: map[*simNode]*model.State{}, hashes: map[uint64]model.Hash{},
	}
	s.record = r
	for _, n := range s.nodes {
		n.log, n.begins, n.filled = map[model.FeedID]uint64{}, nil, nil
		n.late, n.old = false, false
	}
	do := func(c model.Command) {
		founder.log[founder.own]++
		if r.grow(founder, c); r.ops == 0 || len(r.commits[founder.own][founder.log[founder.own]-1].Ops) == 0 {
			s.fail("%T was refused", c)
		}
	}
	do(model.FoundRoom{Name: "SRE", Person: "Person 0", Email: "p0@example.com", Device: "d0", Nonce: nonce})
	for i, n := range s.nodes[1:] {
		invite := model.OpID(founder.own, 1, 1000+i)
		role := []string{model.RoleAdmin, model.RoleMember}[r.rand.IntN(2)]
		do(model.IssueInvite{Invite: invite, Role: role, Expires: s.now.Add(time.Hour), Uses: 1, Verifier: []byte("v")})
		do(model.AdmitMember{Device: n.key, Invite: invite, Person: "Person " + strconv.Itoa(i+1), Name: "d"})
	}
	for _, n := range s.nodes {
		n.log[founder.own] = founder.log[founder.own]
		n.saved = n.copyOf()
	}
	return s, s.failed
}

// few bounds how many commits are written at once, where they are real.
func (r *record) few(count int) int {
	if r == nil {
		return count
	}
	return 1 + count%9
}

// grow writes what a device has made durable of its own: the command first, if there is
// one, else what its people happen to do.
func (r *record) grow(n *simNode, first ...model.Command) {
	if r == nil {
		return
	}
	state, own := r.fold(n), n.own
	for seq := uint64(len(r.commits[own]) + 1); seq <= n.log[own]; seq++ {
		c := model.Commit{
			Feed: own, Seq: seq, Lamport: r.lamport(n) + 1, Device: n.key,
			Wall: r.s.now.Add(n.clock).UnixMilli(),
		}
		if len(first) > 0 {
			c.Ops, first = r.plan(state, c, first[0]), nil
		}
		for try := 0; len(c.Ops) == 0 && try < 20; try++ {
			c.Ops = r.plan(state, c, r.command(n, state))
		}
		r.commits[own] = append(r.commits[own], c)
		for _, op := range c.Ops {
			r.ops++
			r.s.stats["op "+strconv.Itoa(int(op.Kind))]++
		}
		before := state.Refused + state.Newer
		if r.apply(n, state, c); state.Refused+state.Newer != before {
			r.s.fail("node %d: what was planned is refused by the fold", n.n)
		}
	}
}

// plan gives the ops of a command, as another device reads them; none where it is refused.
func (r *record) plan(state *model.State, c model.Commit, command model.Command) []model.Op {
	p := model.NewPlanner(state, time.UnixMilli(c.Wall), c.Device, c.Feed, c.Seq)
	if _, err := p.Plan(command); err != nil {
		return nil
	}
	ops, err := p.Ops()
	if err != nil || len(ops) == 0 {
		return nil
	}
	body, err := model.EncodeOps(ops)
	if err == nil {
		ops, err = model.DecodeOps(body)
	}
	if err != nil {
		r.s.fail("%T cannot be written: %v", command, err)
	}
	return ops
}

func (r *record) apply(n *simNode, state *model.State, c model.Commit) {
	if err := state.Apply(c); err != nil {
		r.s.fail("node %d cannot fold %d of feed %s: %v", n.n, c.Seq, c.Feed.Short(), err)
	}
}

// lamport is the highest that a device holds.
func (r *record) lamport(n *simNode) (most uint64) {
	for f, seq := range n.log {
		if seq = min(seq, uint64(len(r.commits[f]))); seq > 0 {
			most = max(most, r.commits[f][seq-1].Lamport)
		}
	}
	return most
}

// fold brings the state of a device up to what it holds, feed after feed in an order of
// its own; from the first commit where it holds less than before.
func (r *record) fold(n *simNode) *model.State {
	state := r.states[n]
	lost := func(f model.FeedID) bool { return state.Applied[f].Seq > n.log[f] }
	if state == nil || slices.ContainsFunc(slices.Collect(maps.Keys(state.Applied)), lost) {
		state = model.NewState(r.room, nil)
	}
	feeds := slices.SortedFunc(maps.Keys(n.log), model.FeedID.Compare)
	for len(feeds) > 0 {
		i := r.rand.IntN(len(feeds))
		f := feeds[i]
		for range 1 + r.rand.IntN(8) {
			if at := state.Applied[f].Seq; at < min(n.log[f], uint64(len(r.commits[f]))) {
				r.apply(n, state, r.commits[f][at])
			} else {
				feeds = slices.Delete(feeds, i, i+1)
				break
			}
		}
	}
	r.states[n] = r.settle(n, state)
	return r.states[n]
}

// settle folds anew, in the order of the log, while membership reaches back.
func (r *record) settle(n *simNode, state *model.State) *model.State {
	for range 16 {
		if !state.Stale() {
			return state
		}
		var all []model.Commit
		for f, seq := range n.log {
			all = append(all, r.commits[f][:min(seq, uint64(len(r.commits[f])))]...)
		}
		slices.SortFunc(all, func(a, b model.Commit) int {
			if a.Lamport != b.Lamport {
				return int(a.Lamport) - int(b.Lamport)
			}
			return a.Feed.Compare(b.Feed)
		})
		state = model.NewState(r.room, state.Cuts)
		for _, c := range all {
			r.apply(n, state, c)
		}
		r.s.stats["folded again"]++
	}
	r.s.fail("node %d: who is a member does not settle", n.n)
	return state
}

// alike checks that a device has the state of those who held the same before.
func (r *record) alike(n *simNode) {
	state := r.fold(n)
	h := fnv.New64a()
	for _, f := range slices.SortedFunc(maps.Keys(n.log), model.FeedID.Compare) {
		h.Write(f[:])
		h.Write(binary.BigEndian.AppendUint64(nil, n.log[f]))
	}
	got, err := state.Hash()
	if err != nil {
		r.s.fail("node %d: %v", n.n, err)
		return
	}
	if want, known := r.hashes[h.Sum64()]; known && got != want {
		r.s.fail("node %d holds what another held, and has another state", n.n)
	} else if known {
		r.s.stats["states compared"]++
	}
	r.hashes[h.Sum64()] = got
	r.s.mix(uint64(n.n), binary.BigEndian.Uint64(got[:]))
}

// watch compares now and then.
func (r *record) watch() {
	for _, n := range r.s.nodes {
		if n.engine != nil {
			r.alike(n)
		}
	}
	if !r.s.calm {
		r.s.after(time.Second, r.watch)
	}
}

// roomSeeds is how many rooms a run plays, or a tenth of SEEDS: folding takes its time.
var roomSeeds = uint64(fewer.Cases(40, 8))

func TestSimRoomsFoldAlike(t *testing.T) {
	first, last := seedsFrom(t)
	if first != last {
		last = max(roomSeeds, last/10)
	}
	total, _, _ := playAll(t, first, last, playRoom)
	if t.Failed() {
		return
	}
	kinds := 0
	for k := range total {
		if strings.HasPrefix(k, "op ") {
			kinds++
		}
	}
	fmt.Printf("rooms: %d of %d seeds, %d ops of %d kinds, %d states compared, %d removals\n",
		last-first+1, last-first+1, total["ops"], kinds, total["states compared"], total["removed"])
	if last-first >= 39 && (kinds < 20 || total["states compared"] < 1000 || total["removed"] == 0 || total["folded again"] == 0) {
		t.Errorf("the rooms are too much alike: %v", total)
	}
}

// playRoom plays a seed and compares the states of all members at its end.
func playRoom(seed uint64) (*sim, error) {
	s, err := newRoomSim(seed)
	if err != nil {
		return s, err
	}
	s.after(time.Second, s.record.watch)
	if err := s.run(); err != nil {
		return s, err
	}
	for _, n := range s.members() {
		s.record.alike(n)
	}
	s.stats["ops"] = s.record.ops
	return s, s.failed
}

func TestSimRoomsReplayExactly(t *testing.T) {
	for seed := range uint64(fewer.Cases(4, 1)) {
		a, err := playRoom(seed)
		b, err2 := playRoom(seed)
		if err != nil || err2 != nil || a.trace != b.trace || a.record.ops != b.record.ops {
			t.Fatalf("SEED=%d gave two different runs: %v, %v", seed, err, err2)
		}
	}
}
