package engine

import (
	"testing"
	"time"

	"holdfast/model"
)

// Of age 4: in seeds with an archive some devices are of a version from before history
// was let go of. They know neither who lacks the beginning of a feed nor which device is
// the archive. Once the trouble ends they have a link to it, as a person makes one.

func (s *sim) makeOld() {
	if s.age < 4 || s.keeper == nil {
		return
	}
	for _, n := range s.nodes {
		if n != s.keeper && s.fourth.IntN(3) == 0 {
			n.old = true
			s.stats["old"]++
		}
	}
}

// meetOld has the old devices dial the archive.
func (s *sim) meetOld() {
	for _, n := range s.nodes {
		if n.old {
			n.meetArchive()
		}
	}
}

// asOld gives a frame as an old device sends it.
func (s *sim) asOld(frame []byte) []byte {
	if frame[0] != frameHello {
		return frame
	}
	body, err := s.codec.decode(frame)
	if err != nil {
		return frame
	}
	hello := body.(helloFrame)
	hello.Knows = 0
	return s.codec.encode(frameHello, hello)
}

// checkOld checks that an old device is not told that a feed is held which cannot be
// sent to it: it would wait for it.
func (n *simNode) checkOld(l *simLink, end int, frame []byte) {
	o := l.ends[1-end]
	if !o.old || l.down[1-end] || o.engine == nil || len(n.begins) == 0 {
		return
	}
	body, err := n.s.codec.decode(frame)
	if err != nil {
		return
	}
	claims := func(feed []byte, seq uint64) {
		f := model.FeedID(feed)
		heard := n.engine.short.After[f] == n.begins[f] // before, it is told as if nothing were let go, and after that how far
		if has := o.reach(f); heard && seq > has && n.begins[f] > has {
			n.s.fail("node %d tells old node %d, which has %d of feed %s, that it holds %d, and begins after %d", n.n, o.n, has, f.Short(), seq, n.begins[f])
		}
	}
	switch f := body.(type) {
	case helloFrame:
		for _, h := range f.Heads {
			claims(h.Feed, h.Seq)
		}
	case headsFrame:
		for _, h := range f.Heads {
			claims(h.Feed, h.Seq)
		}
	case ackFrame:
		for _, m := range f.Marks {
			claims(m.Feed, m.Seq)
		}
	case againFrame:
		claims(f.Feed, f.Seq)
	}
}

// An old device is linked to eight that let go of the beginning of a feed, and then to
// the archive. It took those for sources, one after the other, and waited ten seconds
// for each.
func TestSimAnOldDeviceIsNotKeptWaiting(t *testing.T) {
	const history, short = 5000, 8
	s := calmSim(2+short, nil)
	s.age = 4
	archive, old := s.nodes[0], s.nodes[1]
	s.keeper, old.old = archive, true
	for i, n := range s.nodes {
		n.begins, n.filled, n.runMax = map[model.FeedID]uint64{}, map[model.FeedID]uint64{}, 500
		if n != old {
			n.log[archive.own] = history
		}
		if i > 1 {
			n.begins[archive.own] = history - 10
			s.edges = append(s.edges, &simEdge{1, i})
		}
	}
	s.begin(t, 2*time.Second)
	for _, n := range s.nodes[2:] {
		if p := n.engine.Peers(); len(p) != 1 || p[0].Waits != history-10 {
			t.Errorf("node %d does not see what the old device lacks: %+v", n.n, p)
		}
	}
	s.edges = append(s.edges, &simEdge{1, 0})
	s.dial(s.edges[short])
	s.pass(t, 8*time.Second)
	if got := old.log[archive.own]; got != history {
		t.Errorf("8 s after the archive was linked it has %d of %d commits", got, history)
	}
	archive.log[archive.own]++ // and what comes then comes by all
	archive.notify()
	s.pass(t, 5*time.Second)
	if err := s.converged(); err != nil {
		t.Error(err)
	}
	for _, n := range s.nodes[2:] {
		if p := n.engine.Peers(); p[0].Waits != 0 {
			t.Errorf("node %d believes that the old device waits: %+v", n.n, p)
		}
	}
}
