package engine

import (
	"encoding/binary"
	"fmt"

	"holdfast/model"
)

// A forked feed, as the simulator's stores keep it. A device that is put back
// to an old copy and writes on unnoticed makes a second side of its feed; each
// feed is forked once at most. Who holds commits of one side alone keeps them
// under the feed's name; who has met both keeps two branches, each whole.

// side is where a commit of a feed is: both have what is before the fork.
type side int

const (
	first side = iota
	second
)

// branchOf names a side of a feed; feedOf reverses it.
func branchOf(f model.FeedID, s side) model.FeedID {
	f[10] = byte(s) + 1
	return f
}

func feedOf(name model.FeedID) (f model.FeedID, s side, branch bool) {
	f = name
	f[10] = 0
	if name[10] == 0 {
		return f, first, false
	}
	return f, side(name[10] - 1), true
}

// on gives the side a commit held under a name is of.
func (n *simNode) on(name model.FeedID, seq uint64) side {
	f, s, branch := feedOf(name)
	if !branch {
		s = n.sides[f]
	}
	if p, forked := n.s.forks[f]; !forked || seq <= p {
		return first
	}
	return s
}

func (n *simNode) head(name model.FeedID, seq uint64) model.Head {
	f, _, _ := feedOf(name)
	h := model.Head{Seq: seq}
	binary.BigEndian.PutUint64(h.Hash[:], contentOn(f, seq, n.on(name, seq))|1)
	return h
}

func contentOn(f model.FeedID, seq uint64, s side) uint64 {
	return content(f, seq) ^ uint64(s)*0xD6E8FEB86659FD93
}

func (n *simNode) run(name model.FeedID, from, to uint64) Run {
	f, _, _ := feedOf(name)
	r := Run{Feed: name, First: from, Count: int(to - from + 1)}
	for seq := from; seq <= to; seq++ {
		r.Bytes = binary.BigEndian.AppendUint64(r.Bytes, contentOn(f, seq, n.on(name, seq)))
	}
	return r
}

// reach is how far a name's commits are durable, by whatever name.
func (n *simNode) reach(name model.FeedID) uint64 {
	f, s, branch := feedOf(name)
	most := max(n.log[name], n.through[name])
	if !branch {
		return max(most, n.log[branchOf(f, first)], n.log[branchOf(f, second)])
	}
	if held := n.log[f]; n.on(f, held) == s {
		most = max(most, held)
	}
	return max(most, min(n.log[f], n.s.forks[f]))
}

// sideOf gives the side of a run's end, and whether its text is right.
func (n *simNode) sideOf(r Run) (side, bool) {
	f, _, _ := feedOf(r.Feed)
	p, forked := n.s.forks[f]
	for _, s := range []side{first, second} {
		right := len(r.Bytes) == 8*r.Count
		for i := range min(r.Count, len(r.Bytes)/8) {
			seq, at := r.First+uint64(i), first
			if forked && seq > p {
				at = s
			}
			right = right && binary.BigEndian.Uint64(r.Bytes[8*i:]) == contentOn(f, seq, at)
		}
		if right && (!forked || r.Last() > p || s == first) {
			return s, true
		}
	}
	return first, false
}

// keep makes a run durable, as an oplog does.
func (n *simNode) keep(r Run) error {
	f, _, _ := feedOf(r.Feed)
	s, right := n.sideOf(r)
	switch {
	case !right && n.s.liar != nil:
		n.s.stats["refused a false run"]++
		return ErrInvalid
	case !right:
		n.s.fail("node %d is given a wrong run", n.n)
	}
	before := r.First - 1
	if held, ok := n.log[r.Feed]; ok {
		p, forked := n.s.forks[f]
		switch {
		case before > held:
			n.s.stats["gap"]++
			return ErrGap
		case forked && before > p && n.on(r.Feed, before) != s:
			n.s.stats["diverged"]++
			return ErrDiverged
		}
	} else if r.First != 1 && n.through[r.Feed] != before {
		n.s.stats["gap"]++
		return ErrGap
	}
	return n.graft(f, r, s)
}

// graft puts a run where it belongs.
func (n *simNode) graft(f model.FeedID, r Run, s side) error {
	p, forked := n.s.forks[f]
	shared := !forked || r.Last() <= p
	elsewhere := func() error {
		n.through[r.Feed] = r.Last()
		return ErrElsewhere
	}
	if _, known := n.log[branchOf(f, first)]; known {
		if b := branchOf(f, s); !shared {
			if r.First-1 > n.log[b] {
				n.s.stats["gap"]++
				return ErrGap
			}
			n.log[b] = max(n.log[b], r.Last())
			if r.Feed == b {
				return nil
			}
		}
		return elsewhere()
	}
	if r.First <= n.begins[f] {
		return n.refill(f, r)
	}
	held := n.log[f]
	switch {
	case !shared && held > p && n.sides[f] != s:
		n.log[branchOf(f, n.sides[f])], n.log[branchOf(f, s)] = held, r.Last()
		delete(n.log, f)
		n.naming++
		n.s.stats["fork found"]++
		if f == n.own {
			n.newFeed()
		}
		return elsewhere()
	case r.First-1 > held:
		n.s.stats["gap"]++
		return ErrGap
	}
	if n.log[f] = max(held, r.Last()); !shared && held <= p {
		n.sides[f] = s
	}
	if r.Feed != f {
		return elsewhere()
	}
	return nil
}

// forkOld brings the device back with an old copy of its store, which it does
// not notice: it writes on where the copy ends.
func (n *simNode) forkOld() {
	at, now := n.saved.log[n.own], n.log[n.own]
	if _, forked := n.s.forks[n.own]; n.engine == nil || forked || n.paused || at == 0 || at >= now || n == n.s.keeper || n.s.isShort(n.own) || n.s.record != nil {
		return
	}
	n.s.stats["put back unnoticed"]++
	own := n.own
	n.crash()
	n.s.forks[own] = at
	n.load(n.saved)
	n.sides[own] = second
}

// copied is a copy of a store.
type copied struct {
	log    map[model.FeedID]uint64
	sides  map[model.FeedID]side
	begins map[model.FeedID]uint64
	filled map[model.FeedID]uint64
	wanted bool
}

func (n *simNode) copyOf() copied {
	c := copied{log: cloneLog(n.log), sides: map[model.FeedID]side{}, begins: cloneLog(n.begins), filled: cloneLog(n.filled), wanted: n.wanted}
	for f, s := range n.sides {
		c.sides[f] = s
	}
	return c
}

func (n *simNode) load(c copied) {
	n.log, n.sides = c.log, c.sides
	n.begins, n.filled, n.wanted = c.begins, c.filled, c.wanted
	n.saved = n.copyOf()
	n.flipped = damage{}
	n.naming++ // as every opening of a store begins anew
}

// sameSides tells whether two devices that hold a feed by one name hold one side.
func (n *simNode) sameSides(o *simNode) error {
	for f, seq := range n.log {
		if n.on(f, seq) != o.on(f, seq) {
			return fmt.Errorf("nodes %d and %d hold two sides of feed %s", n.n, o.n, f.Short())
		}
	}
	return nil
}
