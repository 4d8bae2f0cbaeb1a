package engine

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"holdfast/model"
)

// Faults of age 2. They draw from a random source of their own.

func (s *sim) moreMS(lo, hi int) time.Duration {
	return time.Duration(lo+s.more.IntN(hi-lo+1)) * time.Millisecond
}

func (s *sim) moreMischief() {
	if s.calm {
		return
	}
	s.after(s.moreMS(100, 3000), s.moreMischief)
	n := s.nodes[s.more.IntN(len(s.nodes))]
	switch s.more.IntN(6) {
	case 0:
		s.stall(n)
	case 1:
		s.flap(n)
	case 2:
		s.partOneWay()
	case 3, 4:
		n.jump()
	case 5:
		n.removeOther()
	}
}

func (n *simNode) sortedLinks() []*simLink {
	var out []*simLink
	for _, id := range slices.Sorted(maps.Keys(n.links)) {
		out = append(out, n.links[id])
	}
	return out
}

// stall holds up what goes one way on a link, as a peer that does not read
// does; then all of it arrives at once.
func (s *sim) stall(n *simNode) {
	ls := n.sortedLinks()
	if len(ls) == 0 {
		return
	}
	s.stats["stalled"]++
	l := ls[s.more.IntN(len(ls))]
	end := s.more.IntN(2)
	if from := s.now.Add(s.moreMS(500, 15_000)); from.After(l.free[end]) {
		l.free[end] = from
	}
}

// flap breaks links of a device again and again, in the middle of what they carry.
func (s *sim) flap(n *simNode) {
	s.stats["flapped"]++
	for i := range 2 + s.more.IntN(6) {
		s.after(time.Duration(i)*s.moreMS(20, 400), func() {
			for _, l := range n.sortedLinks() {
				for end, m := range l.ends {
					if !l.down[end] {
						s.hear(l, end, m.life, "flapped")
					}
				}
			}
		})
	}
}

// partOneWay lets one site hear the other, and not the contrary.
func (s *sim) partOneWay() {
	s.stats["parted one way"]++
	deaf := make([]bool, len(s.nodes))
	for i := range deaf {
		deaf[i] = s.more.IntN(2) == 0
	}
	for _, n := range s.nodes {
		for _, l := range n.links {
			for end := range l.ends {
				if !deaf[l.ends[end].n] && deaf[l.ends[1-end].n] {
					l.silent[end] = true
				}
			}
		}
	}
}

// jump sets the clock of a device, forwards or back, while it runs.
func (n *simNode) jump() {
	n.s.stats["clock set"]++
	n.clock = []time.Duration{
		0, 3 * time.Hour, -3 * time.Hour, 365 * 24 * time.Hour, -20 * 365 * 24 * time.Hour, 90 * time.Second, -time.Second,
	}[n.s.more.IntN(7)]
}

// cutOff takes the power now and then, between two effects of a step.
func (n *simNode) cutOff() bool {
	if n.s.age < 2 || n.s.calm || n.s.more.IntN(4000) > 0 {
		return false
	}
	n.s.stats["cut off in a step"]++
	n.crash()
	return true
}

// half decides what a crash finds on the disk of what was being committed: all
// of it, of which nobody was told, or nothing.
func (n *simNode) half() {
	if n.s.age < 2 || n.s.more.IntN(2) == 0 {
		return
	}
	own := n.own
	if n.unsaved > 0 && n.wrote == own {
		n.log[own] += uint64(n.unsaved)
		n.s.record.grow(n)
		n.s.stats["written, not told"]++
	}
	for _, in := range n.commits {
		_ = n.keep(in.Run) // what the store answers is never heard
		n.s.stats["taken, not told"]++
	}
}

// removal is a member's act: device is out once that commit is known.
type removal struct {
	device *simNode
	feed   model.FeedID
	seq    uint64
}

// removeOther lets a device remove another. Two removals at most, so that both
// sides of a split may remove.
func (n *simNode) removeOther() {
	v := n.s.nodes[n.s.more.IntN(len(n.s.nodes))]
	gone := func(o *simNode) bool {
		return slices.ContainsFunc(n.s.cuts, func(r removal) bool { return r.device == o })
	}
	if len(n.s.nodes) < 4 || len(n.s.cuts) >= 2 || n == v || gone(n) || gone(v) || n.engine == nil || n.paused || v == n.s.keeper {
		return
	}
	own := n.own
	n.plan(n.disk, func() {
		if n.own != own || len(n.s.cuts) >= 2 || gone(v) || n.s.calm && n.s.age >= 5 { // who slept on this would part those that were mended
			return
		}
		n.s.stats["removed"]++
		n.log[own]++
		n.s.record.grow(n, model.RemoveMember{Device: v.key.String(), Reason: "lost"})
		n.s.cuts = append(n.s.cuts, removal{v, own, n.log[own]})
		n.notify()
		n.learn()
	})
}

// removed is who is out, by what this device holds.
func (n *simNode) removed() map[*simNode]bool {
	out := map[*simNode]bool{}
	for _, r := range n.s.cuts {
		if max(n.log[r.feed], n.log[branchOf(r.feed, first)], n.log[branchOf(r.feed, second)]) >= r.seq {
			out[r.device] = true
		}
	}
	return out
}

// learn tells the engine of removals that have become known.
func (n *simNode) learn() {
	if len(n.s.cuts) == 0 || n.engine == nil {
		return
	}
	now := n.removed()
	for _, r := range n.s.cuts {
		if now[r.device] && !n.out[r.device] {
			n.out[r.device] = true
			n.step(Revoked{Device: r.device.key})
			if n.engine == nil {
				return
			}
		}
	}
}

// members are the devices that none of the others knows to be out.
func (s *sim) members() []*simNode {
	if len(s.cuts) == 0 && s.liar == nil {
		return s.nodes
	}
	var in []*simNode
	for _, n := range s.nodes {
		if s.isMember(n.key) {
			in = append(in, n)
		}
	}
	return in
}

// isMember leaves out the one that lies: nothing is promised to it.
func (s *sim) isMember(k model.DeviceKey) bool {
	if s.liar != nil && s.liar.key == k {
		return false
	}
	for _, n := range s.nodes {
		for o := range n.out {
			if o.key == k && o != n {
				return false
			}
		}
	}
	return true
}

// mend gives devices a way to each other where one in the middle was removed, or lies.
func (s *sim) mend() {
	if len(s.cuts) == 0 && s.liar == nil {
		return
	}
	chain := slices.Clone(s.nodes)
	out := func(n *simNode) int {
		if n == s.liar || slices.ContainsFunc(s.cuts, func(r removal) bool { return r.device == n }) {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(chain, func(a, b *simNode) int { return out(a) - out(b) })
	for i := range chain[1:] {
		before := chain[i]
		if out(chain[i+1]) > 0 && s.age >= 7 { // its removal may have been lost, and that of the one before not
			before = chain[0]
		}
		e := &simEdge{before.n, chain[i+1].n}
		s.edges = append(s.edges, e)
		s.dial(e)
	}
}

// bounds checks what a link may hold, and that no removed device has one.
func (n *simNode) bounds() {
	s := n.s
	for _, l := range n.engine.links {
		switch {
		case len(l.flight) > Window:
			s.fail("node %d has %d runs in flight", n.n, len(l.flight))
		case len(l.owed) > maxOwed:
			s.fail("node %d owes word of %d runs", n.n, len(l.owed))
		case len(l.waiting)+len(l.parked) > len(l.owed):
			s.fail("node %d owes word of %d runs: %d wait, %d are parked", n.n, len(l.owed), len(l.waiting), len(l.parked))
		}
	}
	for o := range n.out {
		if n.engine.peers[o.key] != nil {
			s.fail("node %d has removed node %d, and knows it as a peer again", n.n, o.n)
		}
	}
}

// settled tells what a device has left undone, if anything: two links to one
// peer, or its own rollback, which a peer showed it.
func (n *simNode) settled() error {
	seen := map[model.DeviceKey]bool{}
	for _, l := range n.engine.links {
		if seen[l.peer] {
			return fmt.Errorf("node %d keeps two links to a peer", n.n)
		}
		seen[l.peer] = true
	}
	if n.paused && n.behind > 0 && n.log[n.own] >= n.behind {
		return fmt.Errorf("node %d was put back, has its commits again up to %d, and was not told", n.n, n.behind)
	}
	return nil
}
