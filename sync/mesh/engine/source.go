package engine

import (
	"slices"
	"time"

	"holdfast/model"
)

// source is the link chosen to bring a feed of which much is lacking. The
// others are asked to hold it, so that a newcomer with eight links does not
// receive the history eight times. It is only a matter of cost: whatever goes
// wrong with the source, the holds are lifted and the feed flows again.
type source struct {
	link LinkID
	at   time.Time // last progress
	upto uint64    // what the source holds
}

// peerAhead looks at word that a peer holds a feed up to seq.
func (e *Engine) peerAhead(now time.Time, l *link, f model.FeedID, seq uint64) {
	ours := e.reaches(f)
	if seq <= ours {
		return
	}
	if p := e.peers[l.peer]; f == e.own && e.rolled[f] == 0 && p.claims < maxClaims && !e.has(rollbackSilent) {
		p.claims++
		e.rolled[f] = seq
		e.emit(RolledBack{Feed: f, Seq: seq, Peer: l.peer})
	}
	s := e.sources[f]
	switch {
	case l.stopped[f]:
	case s != nil && s.link == l.id:
		s.upto = max(s.upto, seq)
	case seq-ours <= bulkGap, !l.gives(f, ours):
	case s == nil:
		e.sources[f] = &source{link: l.id, at: now, upto: seq}
	case !l.holding[f]:
		e.hold(l, f, true)
	}
}

func (e *Engine) hold(l *link, f model.FeedID, on bool) {
	if on {
		l.holding[f] = true
	} else {
		delete(l.holding, f)
	}
	l.wish[f] = on
	e.wide = true
}

// flushHolds tells the peer what to hold and what to send.
func (e *Engine) flushHolds(l *link) {
	if len(l.wish) == 0 {
		return
	}
	var on, off [][]byte
	for _, f := range sortedFeeds(l.wish) {
		if l.wish[f] {
			on = append(on, slices.Clone(f[:]))
		} else {
			off = append(off, slices.Clone(f[:]))
		}
	}
	clear(l.wish)
	if len(on) > 0 {
		e.send(l, frameHold, holdFrame{Feeds: on, On: true})
	}
	if len(off) > 0 {
		e.send(l, frameHold, holdFrame{Feeds: off})
	}
}

// reassign chooses the next source of a feed, after the link not (0: none) was
// lost or stalled, or the source has given all it has.
func (e *Engine) reassign(now time.Time, f model.FeedID, not LinkID) {
	if e.has(noFailover) {
		return
	}
	ours := e.reaches(f)
	var best *link
	for _, l := range e.links {
		if !l.ready || l.stopped[f] || l.id == not || !l.gives(f, ours) || e.peers[l.peer].holds[f] <= ours+bulkGap {
			continue
		}
		if best == nil || (best.id < not && l.id > not) {
			best = l
		}
	}
	if best != nil {
		e.sources[f] = &source{link: best.id, at: now, upto: e.peers[best.peer].holds[f]}
		if best.holding[f] {
			e.hold(best, f, false)
		}
		return
	}
	delete(e.sources, f)
	for _, l := range e.links {
		if l.holding[f] && !e.has(holdKept) {
			e.hold(l, f, false)
		}
	}
}
