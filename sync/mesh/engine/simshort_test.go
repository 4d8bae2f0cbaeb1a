package engine

import (
	"maps"
	"slices"
	"time"

	"holdfast/model"
)

// Of age 3: in half of the seeds one device is an archive. The others let go of
// what it says it holds, now and then, and some need it again; some devices join
// late, with nothing. They draw from a random source of their own.

// shorten chooses the archive, and who joins late.
func (s *sim) shorten() {
	if s.age < 3 || s.third.IntN(2) == 0 {
		return
	}
	s.keeper = s.nodes[s.third.IntN(len(s.nodes))]
	for _, n := range s.nodes {
		n.begins, n.filled = map[model.FeedID]uint64{}, map[model.FeedID]uint64{}
		if n != s.keeper && s.third.IntN(5) == 0 {
			n.late = true
			n.log = map[model.FeedID]uint64{}
		}
		n.saved = n.copyOf()
	}
}

func (s *sim) thirdMS(lo, hi int) time.Duration {
	return time.Duration(lo+s.third.IntN(hi-lo+1)) * time.Millisecond
}

func (s *sim) shortMischief() {
	if s.calm || s.keeper == nil {
		return
	}
	s.after(s.thirdMS(300, 2500), s.shortMischief)
	n := s.nodes[s.third.IntN(len(s.nodes))]
	switch s.third.IntN(8) {
	case 0:
		n.wantBack()
	case 1:
		n.joinLate()
	default:
		n.letGo()
	}
}

// joinLate has those come who did not yet.
func (s *sim) joinLate() {
	for _, n := range s.nodes {
		n.joinLate()
	}
}

func (n *simNode) joinLate() {
	if !n.late {
		return
	}
	n.late = false
	if n.engine == nil {
		n.s.stats["joined late"]++
		n.start()
	}
}

// short is what the store tells of what it let go of.
func (n *simNode) short() Short {
	s := Short{After: cloneLog(n.begins), Wanted: n.wanted}
	if n.s.keeper != nil {
		s.Archives = []model.DeviceKey{n.s.keeper.key}
	}
	return s
}

// isShort tells whether anybody let go of a feed: then it is not forked here.
func (s *sim) isShort(f model.FeedID) bool {
	return slices.ContainsFunc(s.nodes, func(n *simNode) bool { return n.begins[f] > 0 || n.saved.begins[f] > 0 })
}

// letGo drops the beginnings of some feeds, as far as the archive says over a live
// link that it has them.
func (n *simNode) letGo() {
	s := n.s
	if n == s.keeper || n.old || n.engine == nil || n.wanted {
		return
	}
	all, linked := n.engine.HoldsAll(s.keeper.key)
	if !linked {
		return
	}
	changed := false
	for _, f := range slices.SortedFunc(maps.Keys(n.log), model.FeedID.Compare) {
		_, forked := s.forks[f]
		limit := min(all[f], n.log[f]-1)
		if _, _, branch := feedOf(f); branch || forked || n.log[f] == 0 || limit <= n.begins[f] || s.third.IntN(3) == 0 {
			continue
		}
		if s.keeper.log[f] < limit {
			s.fail("node %d lets go of %d commits of feed %s of which the archive has %d", n.n, limit, f.Short(), s.keeper.log[f])
		}
		n.begins[f] += 1 + s.third.Uint64N(limit-n.begins[f])
		changed = true
	}
	if !changed {
		return
	}
	clear(n.filled)
	n.naming++
	s.stats["let go"]++
	if s.third.IntN(3) == 0 {
		n.crash()
		return
	}
	n.notify()
}

// wantBack has a device need what it let go of.
func (n *simNode) wantBack() {
	if len(n.begins) == 0 || n.wanted || n.engine == nil {
		return
	}
	n.s.stats["wanted back"]++
	n.wanted = true
	n.meetArchive()
	n.notify()
}

// meetArchive has a device dial the archive, now that it knows of it.
func (n *simNode) meetArchive() {
	s := n.s
	if s.keeper == nil || n == s.keeper {
		return
	}
	for _, e := range s.edges {
		if e.a == n.n && e.b == s.keeper.n || e.b == n.n && e.a == s.keeper.n {
			return
		}
	}
	e := &simEdge{n.n, s.keeper.n}
	s.edges = append(s.edges, e)
	s.after(s.thirdMS(10, 500), func() { s.dial(e) })
}

// refill takes what was let go, if it is wanted. Once all is here it counts.
func (n *simNode) refill(f model.FeedID, r Run) error {
	if !n.wanted {
		if r.Last() <= n.begins[f] {
			if n.s.liar != nil { // it told another hash of what is held: what was let go shows that it lies
				n.wantBack()
			}
			return ErrFork // else nobody made one: what is let go is not asked for
		}
		n.log[f] = max(n.log[f], r.Last())
		return nil
	}
	if r.First > n.filled[f]+1 {
		n.s.stats["gap"]++
		return ErrGap
	}
	n.filled[f] = max(n.filled[f], min(r.Last(), n.begins[f]))
	n.log[f] = max(n.log[f], r.Last())
	for f, begin := range n.begins {
		if n.filled[f] < begin {
			return nil
		}
	}
	clear(n.begins)
	clear(n.filled)
	n.wanted = false
	n.naming++
	n.s.stats["regained"]++
	return nil
}
