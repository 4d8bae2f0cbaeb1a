package engine

import (
	"container/heap"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"holdfast/model"
)

// The simulator drives 2 to 12 engines with stores in memory and a network
// that fails in every way a real one does: links break, again and again in mid-batch, fall
// silent in one or both directions, stall, come doubled; sites part; devices crash at any
// effect, lose what was not yet durable, come back with an old copy of their store, noticed or
// not; disks are slow or refuse; clocks are wrong and jump; members are removed, also on both
// sides of a split. Everything hangs on one seed, so a run replays exactly.

// simAge is the newest set of faults; see simmore_test.go. A seed that once found a mistake is
// replayed with the faults of its time. Before age 6 nothing was compared while a link lasts, and
// before age 7 a member could be left with a removed device as its only way to the others. Before
// age 8 a store answered for runs in the moment in which it said how far it is, and before age 9
// nobody lied.
const simAge = 9

// errDisk is a store's trouble of its own.
var errDisk = errors.New("disk is full")

// simEpoch is the virtual time a simulation starts at.
var simEpoch = time.Date(2031, 5, 4, 3, 2, 1, 0, time.UTC)

type simTask struct {
	at time.Time
	n  uint64 // ties keep the order of planning
	fn func()
}

type simQueue []simTask

func (q simQueue) Len() int { return len(q) }
func (q simQueue) Less(i, j int) bool {
	return q[i].at.Before(q[j].at) || (q[i].at.Equal(q[j].at) && q[i].n < q[j].n)
}
func (q simQueue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *simQueue) Push(x any)   { *q = append(*q, x.(simTask)) }
func (q *simQueue) Pop() any {
	old := *q
	t := old[len(old)-1]
	*q = old[:len(old)-1]
	return t
}

type sim struct {
	rand   *rand.Rand
	more   *rand.Rand // of the faults of age 2, so that seeds of age 1 replay
	third  *rand.Rand // of those of age 3
	fourth *rand.Rand // of those of age 4
	fifth  *rand.Rand // of those of age 5
	eighth *rand.Rand // of those of age 8
	ninth  *rand.Rand // of those of age 9
	age    int
	plant  func(*Engine) // puts a mistake into each engine, if set
	now    time.Time
	queue  simQueue
	seq    uint64
	nodes  []*simNode
	edges  []*simEdge
	lastID LinkID
	calm   bool // no more faults
	apart  []int
	forks  map[model.FeedID]uint64 // the last commit both sides of a feed have
	cuts   []removal
	trace  uint64
	steps  int
	sent   int // runs sent
	failed error
	codec  codec
	stats  map[string]int
	keeper *simNode // the archive, in seeds that have one
	liar   *simNode // a member that lies, in seeds that have one
	record *record  // what is written, in rooms whose commits are real: see simroom_test.go
}

// simEdge is a pair of nodes that dial each other while they can.
type simEdge struct{ a, b int }

type simLink struct {
	ends    [2]*simNode
	ids     [2]LinkID
	free    [2]time.Time // when the direction from end i is free: frames keep their order
	silent  [2]bool      // frames from end i vanish
	down    [2]bool      // end i has taken the link away
	latency time.Duration
}

// simNode is a device: a store, and an engine while it runs.
type simNode struct {
	s       *sim
	n       int
	key     model.DeviceKey
	log     map[model.FeedID]uint64 // durable
	own     model.FeedID
	incs    int
	unsaved int // own commits written and not yet durable
	saved   copied
	sides   map[model.FeedID]side   // of feeds held under their own name
	through map[model.FeedID]uint64 // taken under names the store does not use
	naming  uint64
	begins  map[model.FeedID]uint64 // what it let go of, see simshort_test.go
	filled  map[model.FeedID]uint64
	wanted  bool
	late    bool // joins later
	old     bool // of a version before history was let go of, see simold_test.go
	paused  bool
	engine  *Engine
	life    int // counts restarts: what an old life planned is void
	links   map[LinkID]*simLink
	ingest  []Ingest
	commits []Ingest     // being committed
	answers time.Time    // when the last of the answers comes that are on their way
	wrote   model.FeedID // the feed unsaved is of
	behind  uint64       // of its own feed a device that was put back unawares lacked this much
	reads   map[LinkID]int
	out     map[*simNode]bool // removed, as far as is known here
	busy    bool
	disk    time.Duration
	clock   time.Duration // its clock less true time
	wakes   time.Time     // asleep until then
	runMax  int
	flipped damage // what can no more be read, of seq 0 if all can
}

func newSim(seed uint64) *sim { return newSimOf(seed, simAge) }

func newSimOf(seed uint64, age int) *sim {
	c, err := newCodec()
	s := &sim{
		rand: rand.New(rand.NewPCG(seed, 77)), more: rand.New(rand.NewPCG(seed, 78)), third: rand.New(rand.NewPCG(seed, 79)),
		fourth: rand.New(rand.NewPCG(seed, 80)), fifth: rand.New(rand.NewPCG(seed, 81)), eighth: rand.New(rand.NewPCG(seed, 84)), ninth: ninthOf(seed), age: age,
		now: simEpoch, failed: err, codec: c,
		stats: map[string]int{}, forks: map[model.FeedID]uint64{},
	}
	n := s.crowd(2 + s.rand.IntN(11))
	for i := range n {
		node := &simNode{s: s, n: i, log: map[model.FeedID]uint64{}, sides: map[model.FeedID]side{}, links: map[LinkID]*simLink{}}
		binary.BigEndian.PutUint64(node.key[:], s.rand.Uint64())
		node.disk = time.Duration(1+s.rand.IntN(5)) * time.Millisecond
		if s.rand.IntN(6) == 0 {
			node.disk = 200 * time.Millisecond
		}
		node.clock = []time.Duration{0, 0, 0, 3 * time.Hour, -20 * 365 * 24 * time.Hour, 90 * time.Second}[s.rand.IntN(6)]
		node.runMax = []int{20, 60, 200}[s.rand.IntN(3)]
		node.newFeed()
		if s.rand.IntN(3) == 0 {
			node.log[node.own] = uint64(300 + s.rand.IntN(1500))
		}
		node.saved = node.copyOf()
		s.nodes = append(s.nodes, node)
		if i > 0 {
			s.edges = append(s.edges, &simEdge{i, s.rand.IntN(i)})
		}
	}
	for range s.rand.IntN(2 * n) {
		if a, b := s.rand.IntN(n), s.rand.IntN(n); a != b {
			s.edges = append(s.edges, &simEdge{a, b})
		}
	}
	s.apart = make([]int, n)
	s.shorten()
	s.makeOld()
	s.corrupt()
	return s
}

func (s *sim) after(d time.Duration, fn func()) {
	s.seq++
	heap.Push(&s.queue, simTask{s.now.Add(d), s.seq, fn})
}

func (s *sim) ms(lo, hi int) time.Duration {
	return time.Duration(lo+s.rand.IntN(hi-lo+1)) * time.Millisecond
}

func (s *sim) fail(format string, args ...any) {
	if s.failed == nil {
		s.failed = fmt.Errorf("at %v: "+format, append([]any{s.now.Sub(simEpoch)}, args...)...)
	}
}

// mix folds what happened into the trace, by which two runs are compared.
func (s *sim) mix(parts ...uint64) {
	h := fnv.New64a()
	for _, p := range append(parts, s.trace, uint64(s.now.UnixNano())) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], p)
		h.Write(b[:])
	}
	s.trace = h.Sum64()
}

// run plays the seed: a time of trouble, then healing. All must be alike
// within bound after the trouble ends.
func (s *sim) run() error {
	const trouble, bound = 20 * time.Second, 90 * time.Second
	for _, n := range s.nodes {
		if !n.late {
			n.start()
		}
		s.after(s.ms(0, 3000), n.write)
	}
	for _, e := range s.edges {
		s.after(s.ms(0, 2000), func() { s.dial(e) })
	}
	s.after(s.ms(100, 4000), s.mischief)
	if s.age >= 2 {
		s.after(s.moreMS(100, 2000), s.moreMischief)
	}
	s.shortMischief()
	if s.age >= 5 {
		s.after(time.Duration(s.fifth.IntN(4000))*time.Millisecond, s.sleepMischief)
	}
	if s.age >= 9 && s.ninth.IntN(4) == 0 {
		s.after(time.Duration(s.ninth.IntN(4000))*time.Millisecond, s.flipMischief)
	}
	end := simEpoch.Add(trouble)
	s.drain(func() bool { return !s.now.Before(end) })
	s.heal()
	limit := s.now.Add(bound)
	alike := func() bool { return s.converged() == nil }
	for s.failed == nil && s.now.Before(limit) && !alike() {
		next := s.now.Add(time.Second)
		s.drain(func() bool { return !s.now.Before(next) })
	}
	if s.failed == nil {
		if err := s.converged(); err != nil {
			s.fail("not alike %v after healing: %v", bound, err)
		}
	}
	return s.failed
}

func (s *sim) drain(stop func() bool) {
	for len(s.queue) > 0 && s.failed == nil && !stop() {
		t := heap.Pop(&s.queue).(simTask)
		s.now = t.at
		t.fn()
	}
}

// heal ends all trouble: everybody runs, nobody is parted, no new link fails.
// Links that fell silent stay so until their ends notice.
func (s *sim) heal() {
	s.calm = true
	clear(s.apart)
	s.mend()
	s.joinLate()
	s.meetOld()
	for _, n := range s.nodes {
		if n.engine == nil {
			n.start()
		}
		n.disk = min(n.disk, 20*time.Millisecond)
		n.runMax = 200 // what is left must fit the bound
	}
}

// converged tells in what two devices differ, if they do.
func (s *sim) converged() error {
	members := s.members()
	want := members[0].log
	for _, n := range members {
		if n.unsaved > 0 || n.engine == nil {
			return fmt.Errorf("node %d is busy", n.n)
		}
		for f, seq := range want {
			if n.log[f] != seq {
				return fmt.Errorf("node %d holds %d of feed %s, the first holds %d", n.n, n.log[f], f.Short(), seq)
			}
		}
		if len(n.log) != len(want) {
			return fmt.Errorf("node %d holds %d feeds, the first %d", n.n, len(n.log), len(want))
		}
		if err := n.sameSides(members[0]); err != nil {
			return err
		}
		if n.wanted {
			return fmt.Errorf("node %d lacks what it let go of, and needs it", n.n)
		}
		for _, p := range n.engine.Peers() {
			if p.Connected && s.isMember(p.Device) && (p.Behind > 0 || p.Ahead > 0) {
				return fmt.Errorf("node %d believes a peer %d behind, %d ahead", n.n, p.Behind, p.Ahead)
			}
		}
		if err := n.settled(); err != nil {
			return err
		}
	}
	return nil
}

// dial makes a link on an edge if it can, and sees to it that one is made again.
func (s *sim) dial(e *simEdge) {
	a, b := s.nodes[e.a], s.nodes[e.b]
	if s.rand.IntN(2) == 0 {
		a, b = b, a
	}
	s.after(s.ms(100, 1500), func() { s.dial(e) })
	if a.engine == nil || b.engine == nil || s.apart[e.a] != s.apart[e.b] || a.out[b] || b.out[a] || a.asleep() || b.asleep() {
		return
	}
	double := !s.calm && s.rand.IntN(10) == 0 // both dial at once
	if a.linked(b) && !double {
		return
	}
	l := &simLink{ends: [2]*simNode{a, b}, latency: s.ms(0, 40)}
	if s.rand.IntN(8) == 0 {
		l.latency = s.ms(100, 600)
	}
	l.free = [2]time.Time{s.now, s.now}
	tag := s.rand.Uint64()
	for i, n := range l.ends {
		s.lastID++
		l.ids[i] = s.lastID
		n.links[s.lastID] = l
		n.step(LinkUp{Link: s.lastID, Peer: l.ends[1-i].key, Outgoing: i == 0, Tag: tag})
	}
	s.stats["links"]++
}

// linked is what a device itself believes.
func (n *simNode) linked(o *simNode) bool {
	for _, l := range n.links {
		if l.ends[0] == o || l.ends[1] == o {
			return true
		}
	}
	return false
}

func (l *simLink) end(n *simNode) int {
	if l.ends[0] == n {
		return 0
	}
	return 1
}

// drop takes a link away at one end; the other hears of it unless the way
// there is silent.
func (s *sim) drop(l *simLink, end int, reason string) {
	if l.down[end] {
		return
	}
	l.down[end] = true
	delete(l.ends[end].links, l.ids[end])
	if !l.silent[end] {
		life := l.ends[1-end].life
		at := l.free[end].Sub(s.now) + l.latency
		s.after(max(at, 0), func() { s.hear(l, 1-end, life, reason) })
	}
}

func (s *sim) hear(l *simLink, end, life int, reason string) {
	n := l.ends[end]
	if l.down[end] || n.life != life {
		return
	}
	if n.asleep() {
		n.awake(func() { s.hear(l, end, life, reason) })
		return
	}
	l.down[end] = true
	delete(n.links, l.ids[end])
	n.step(LinkDown{Link: l.ids[end], Reason: reason})
}

// mischief does one bad thing and plans the next.
func (s *sim) mischief() {
	if s.calm {
		return
	}
	s.after(s.ms(50, 2000), s.mischief)
	n := s.nodes[s.rand.IntN(len(s.nodes))]
	switch s.rand.IntN(9) {
	case 0, 1:
		s.breakLink(n)
	case 2:
		s.silence(n)
	case 3:
		s.part()
	case 4:
		clear(s.apart)
	case 5:
		n.crash()
	case 6:
		n.saved = n.copyOf()
		n.disk = s.ms(1, 300)
	case 7:
		n.restoreOld()
	case 8:
		n.forkOld()
	}
}

func (s *sim) someLink(n *simNode) *simLink {
	if len(n.links) == 0 {
		return nil
	}
	ids := make([]LinkID, 0, len(n.links))
	for id := range n.links {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return n.links[ids[s.rand.IntN(len(ids))]]
}

func (s *sim) breakLink(n *simNode) {
	l := s.someLink(n)
	if l == nil {
		return
	}
	s.stats["broken"]++
	for end, m := range l.ends {
		if !l.down[end] {
			s.hear(l, end, m.life, "broken")
		}
	}
}

func (s *sim) silence(n *simNode) {
	if l := s.someLink(n); l != nil {
		s.stats["silenced"]++
		l.silent[s.rand.IntN(2)] = true
		if s.rand.IntN(2) == 0 {
			l.silent = [2]bool{true, true}
		}
	}
}

// part divides the devices in two sites; links between them fall silent.
func (s *sim) part() {
	s.stats["parted"]++
	for i := range s.apart {
		s.apart[i] = s.rand.IntN(2)
	}
	for _, n := range s.nodes {
		for _, l := range n.links {
			if s.apart[l.ends[0].n] != s.apart[l.ends[1].n] {
				l.silent = [2]bool{true, true}
			}
		}
	}
}

func cloneLog(m map[model.FeedID]uint64) map[model.FeedID]uint64 {
	c := make(map[model.FeedID]uint64, len(m))
	for f, s := range m {
		c[f] = s
	}
	return c
}

// content is the only right text of a commit.
func content(f model.FeedID, seq uint64) uint64 {
	return binary.BigEndian.Uint64(f[:8]) ^ seq*0x9E3779B97F4A7C15
}

func headOf(f model.FeedID, seq uint64) model.Head {
	h := model.Head{Seq: seq}
	binary.BigEndian.PutUint64(h.Hash[:], content(f, seq)|1)
	return h
}

func runOf(f model.FeedID, first, last uint64) Run {
	r := Run{Feed: f, First: first, Count: int(last - first + 1)}
	for seq := first; seq <= last; seq++ {
		r.Bytes = binary.BigEndian.AppendUint64(r.Bytes, content(f, seq))
	}
	return r
}
