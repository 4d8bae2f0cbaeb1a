package engine

import (
	"encoding/binary"
	"testing"
	"time"

	"holdfast/model"
)

// calmSim is a simulation without trouble, of n devices and the given pairs.
func calmSim(n int, edges []*simEdge) *sim {
	s := newSim(1)
	s.calm, s.age = true, 1
	s.nodes, s.edges, s.apart = nil, edges, make([]int, n)
	for i := range n {
		node := &simNode{s: s, n: i, log: map[model.FeedID]uint64{}, sides: map[model.FeedID]side{}, links: map[LinkID]*simLink{}, disk: time.Millisecond, runMax: 200}
		binary.BigEndian.PutUint64(node.key[:], s.rand.Uint64())
		node.newFeed()
		s.nodes = append(s.nodes, node)
	}
	return s
}

func (s *sim) begin(t *testing.T, d time.Duration) {
	t.Helper()
	for _, n := range s.nodes {
		n.start()
	}
	for _, e := range s.edges {
		s.dial(e)
	}
	s.pass(t, d)
}

func (s *sim) pass(t *testing.T, d time.Duration) {
	t.Helper()
	end := s.now.Add(d)
	s.drain(func() bool { return !s.now.Before(end) })
	if s.failed != nil {
		t.Fatal(s.failed)
	}
}

// In a mesh of 8 links a device a line arrives everywhere within a second, and
// each device receives it fewer than 3 times.
func TestSimLiveLineCostsFewCopies(t *testing.T) {
	const n, lines = 60, 20
	var edges []*simEdge
	for i := range n {
		for _, step := range []int{1, 7, 19, 28} {
			edges = append(edges, &simEdge{i, (i + step) % n})
		}
	}
	s := calmSim(n, edges)
	s.begin(t, 5*time.Second)
	s.sent = 0
	for i := range lines {
		author := s.nodes[i*3]
		author.log[author.own]++
		author.notify()
		s.pass(t, time.Second)
		// The slowest links of the simulator take 600 ms a frame.
	}
	s.pass(t, 5*time.Second)
	if err := s.converged(); err != nil {
		t.Fatal(err)
	}
	copies := float64(s.sent) / (lines * (n - 1))
	t.Logf("%.2f copies of a line for each device", copies)
	if copies > 3 {
		t.Errorf("%.2f copies of a line for each device", copies)
	}
}

// A newcomer with many links receives the history about once, not once a link.
func TestSimHistoryComesOnce(t *testing.T) {
	const peers, history = 8, 40_000
	var edges []*simEdge
	for i := range peers {
		edges = append(edges, &simEdge{0, i + 1})
	}
	s := calmSim(peers+1, edges)
	feed := s.nodes[1].own
	for _, n := range s.nodes[1:] {
		n.log[feed] = history
	}
	s.begin(t, 30*time.Second)
	if err := s.converged(); err != nil {
		t.Fatal(err)
	}
	// Each link may have filled its window before it is asked to hold.
	once := history / s.nodes[0].runMax
	if s.sent > once+peers*Window {
		t.Errorf("%d runs were sent, where %d are the history", s.sent, once)
	}
	t.Logf("%d runs sent, %d are the history", s.sent, once)
}

// The chosen source of a long history goes silent: another takes over at once
// when the link breaks.
func TestSimSourceIsReplaced(t *testing.T) {
	s := calmSim(4, []*simEdge{{0, 1}, {0, 2}, {0, 3}})
	feed := s.nodes[1].own
	for _, n := range s.nodes[1:] {
		n.log[feed] = 100_000
	}
	s.begin(t, 300*time.Millisecond)
	for range 3 {
		src := s.nodes[0].engine.sources[feed]
		if src == nil {
			t.Fatal("no source was chosen")
		}
		l := s.nodes[0].links[src.link]
		for end, m := range l.ends {
			s.hear(l, end, m.life, "broken")
		}
		s.pass(t, 200*time.Millisecond)
	}
	s.pass(t, 60*time.Second)
	if err := s.converged(); err != nil {
		t.Fatal(err)
	}
}

// In a star the centre is everybody's only way: it must never hold a line back.
func TestSimStarIsNotDelayed(t *testing.T) {
	var edges []*simEdge
	for i := range 30 {
		edges = append(edges, &simEdge{0, i + 1})
	}
	s := calmSim(31, edges)
	s.begin(t, 5*time.Second)
	for _, n := range s.nodes {
		for _, l := range n.links {
			l.latency = time.Millisecond
		}
	}
	s.sent = 0
	author := s.nodes[7]
	for range 10 {
		author.log[author.own]++
		author.notify()
		s.pass(t, lazyAfter/2)
		if err := s.converged(); err != nil {
			t.Fatalf("after %v: %v", lazyAfter/2, err)
		}
	}
	if s.sent != 300 {
		t.Errorf("%d runs for 10 lines to 30 devices", s.sent)
	}
}
