package engine

import (
	"errors"
	"slices"
	"time"

	"holdfast/model"
)

// receiveRun takes a run from a peer. What is held already is acknowledged and
// thrown away before anything is verified.
func (e *Engine) receiveRun(now time.Time, l *link, p *peer, f runFrame) {
	r := Run{Feed: model.FeedID(f.Feed), First: f.First, Count: int(f.Count), Bytes: f.Bytes}
	if l.stopped[r.Feed] {
		e.spend(now, l, p)
		return
	}
	if !e.knownFeed(r.Feed) && len(e.heads)+len(e.fetching)+len(e.through) >= MaxFeeds {
		e.close(now, l, "the room has too many feeds to take another")
		return
	}
	// The peer commits before it sends, so it holds what it sends: no echo. Where it wants
	// ours from the first commit on, it may hold another history under that name.
	e.peerHolds(now, l, r.Feed, r.Last(), !l.rewound[r.Feed])
	if e.link(l.id) == nil {
		return
	}
	e.plant(l, r)
	doubt := l.suspect[r.Feed]
	if doubt == nil && r.Last() <= e.reaches(r.Feed) {
		e.twice(now, l, p, r.Feed)
		return
	}
	if _, paused := l.retry[r.Feed]; paused || l.owes(r) {
		e.spend(now, l, p)
		return // sent before the peer heard to stop, or once more: it is out of its window there
	}
	if len(l.owed) >= maxOwed && !e.has(limitUnchecked) {
		e.close(now, l, beyondWindow)
		return
	}
	if doubt != nil && r.First != doubt.next || doubt == nil && l.again[r.Feed] && r.First > e.reach(r.Feed)+1 {
		e.spend(now, l, p)
		return // sent before the peer heard that its cursor is wrong
	}
	delete(l.again, r.Feed)
	if doubt != nil {
		doubt.next = r.Last() + 1
	}
	l.owed = append(l.owed, owed{r.Feed, r.Last()})
	if len(l.waiting) > 0 || !p.commits.take(now, float64(r.Count)) {
		l.waiting = append(l.waiting, r)
		return
	}
	e.accept(now, l, r)
}

// twice acknowledges a run that brought only what is held.
func (e *Engine) twice(now time.Time, l *link, p *peer, f model.FeedID) {
	if !e.spend(now, l, p) {
		return
	}
	l.acks[f] = true
	e.spare(now, l)
	if l.stayed[f] {
		e.pause(now, l, f)
	}
}

// spend counts a frame that brought nothing new; false if it closed the link.
func (e *Engine) spend(now time.Time, l *link, p *peer) bool {
	if p.frames.take(now, 1) {
		return true
	}
	e.close(now, l, "the peer sent too many frames")
	return false
}

func (e *Engine) knownFeed(f model.FeedID) bool {
	_, held := e.heads[f]
	_, coming := e.fetching[f]
	_, elsewhere := e.through[f]
	return held || coming || elsewhere
}

// reach is how far a feed is held or about to be.
func (e *Engine) reach(f model.FeedID) uint64 {
	reach := e.reaches(f)
	if c := e.fetching[f]; c != nil {
		reach = max(reach, c.upto)
	}
	return reach
}

// accept gives a run to the store, unless it is held or on its way there.
func (e *Engine) accept(now time.Time, l *link, r Run) {
	reach := e.reach(r.Feed)
	switch {
	case l.suspect[r.Feed] != nil:
		e.hand(l, r)
	case r.Last() <= e.reaches(r.Feed):
		l.acks[r.Feed] = true
	case r.Last() <= reach:
		l.parked = append(l.parked, r)
		e.spare(now, l)
	case r.First > reach+1:
		e.gap(now, l, r.Feed)
	default:
		e.hand(l, r)
	}
}

// hand gives a run to the store.
func (e *Engine) hand(l *link, r Run) {
	c := e.fetching[r.Feed]
	if c == nil {
		c = &fetch{}
		e.fetching[r.Feed] = c
	}
	c.upto = max(c.upto, r.Last())
	c.runs++
	l.handed[r.Feed]++
	e.emit(Ingest{Link: l.id, Run: r})
}

// drainWaiting takes the runs the commit bucket made wait, as it fills.
func (e *Engine) drainWaiting(now time.Time, l *link) {
	p := e.peers[l.peer]
	for len(l.waiting) > 0 && p.commits.take(now, float64(l.waiting[0].Count)) {
		r := l.waiting[0]
		l.waiting = slices.Delete(l.waiting, 0, 1)
		e.accept(now, l, r)
	}
}

// ingested takes the store's answer. Only now is a run acknowledged and passed on.
func (e *Engine) ingested(now time.Time, r IngestResult) {
	if c := e.fetching[r.Feed]; c != nil {
		c.runs--
		if r.Err != nil {
			c.upto = e.reaches(r.Feed)
		}
		if c.runs <= 0 {
			delete(e.fetching, r.Feed)
		}
	}
	l := e.link(r.Link)
	stale := false
	if l != nil {
		if l.handed[r.Feed]--; l.handed[r.Feed] <= 0 {
			delete(l.handed, r.Feed)
		}
		if d := l.suspect[r.Feed]; d != nil && d.stale > 0 {
			stale = true
			d.stale--
		}
	}
	last := r.First + uint64(r.Count) - 1
	if l != nil && !stale && (r.Err == nil || errors.Is(r.Err, ErrElsewhere)) && l.suspect[r.Feed] != nil {
		l.suspect[r.Feed].done = last
		if s := e.regains[r.Feed]; s != nil && s.link == l.id {
			s.at = now
		}
	}
	switch {
	case l == nil:
		// HeadsChanged tells. Feeds may have got other names since the link ended.
	case r.Err == nil:
		if e.rolled[r.Feed] > 0 {
			e.peers[l.peer].claims = 0 // it has shown what it claimed
		}
		l.acks[r.Feed] = true
		e.advance(now, r.Feed, model.Head{Seq: last}, l)
	case errors.Is(r.Err, ErrElsewhere):
		if !e.has(ackLost) {
			l.acks[r.Feed] = true
		}
		e.through[r.Feed] = max(e.through[r.Feed], last)
		e.progress(now, r.Feed)
	case !stale:
		e.refused(now, l, r)
	}
	e.unpark(now, r.Feed)
}

func (e *Engine) refused(now time.Time, l *link, r IngestResult) {
	switch {
	case errors.Is(r.Err, ErrGap):
		if !e.has(throughKept) {
			delete(e.through, r.Feed) // else it cannot be asked for again
		}
		e.gap(now, l, r.Feed)
	case errors.Is(r.Err, ErrFork):
		e.fork(l, r.Feed, r.First)
	case errors.Is(r.Err, ErrDiverged) && !e.has(divergedInvalid):
		e.diverged(now, l, r.Feed)
	case errors.Is(r.Err, ErrLater):
		e.pause(now, l, r.Feed)
	case errors.Is(r.Err, ErrInvalid), errors.Is(r.Err, ErrDiverged):
		e.close(now, l, "the peer sent a run that is not valid")
	default:
		e.close(now, l, "a run could not be stored here: "+r.Err.Error())
	}
}

// unpark looks again at runs that waited for the same commits from elsewhere.
func (e *Engine) unpark(now time.Time, f model.FeedID) {
	for _, l := range slices.Clone(e.links) {
		if len(l.parked) == 0 {
			continue
		}
		parked := l.parked
		l.parked = nil
		if e.has(parkedLost) {
			continue
		}
		for _, r := range parked {
			switch {
			case r.Feed != f:
				l.parked = append(l.parked, r)
			case l.owes(r): // else it was asked for again meanwhile
				e.accept(now, l, r)
			}
		}
	}
}

// gap tells the peer how far the feed is held, so that it sends what follows.
// A second gap soon after the first waits, so that no fault can spin.
func (e *Engine) gap(now time.Time, l *link, f model.FeedID) {
	if _, soon := l.retry[f]; soon || l.stopped[f] {
		return
	}
	if at, ok := l.gapped[f]; ok && now.Sub(at) < retryAfter {
		e.pause(now, l, f)
		return
	}
	e.askAgain(now, l, f)
}

// pause stops a feed on a link and asks for it again later.
func (e *Engine) pause(now time.Time, l *link, f model.FeedID) {
	if _, set := l.retry[f]; set || l.stopped[f] {
		return
	}
	l.retry[f] = now.Add(retryAfter)
	l.again[f] = true
	l.drop(f)
	if d := l.suspect[f]; d != nil {
		d.stale = l.handed[f] // with one missing, the rest cannot follow on: that shows no fault
	}
	e.send(l, frameStop, stopFrame{Feed: slices.Clone(f[:])})
}

func (e *Engine) askAgain(now time.Time, l *link, f model.FeedID) {
	if l.stopped[f] || e.has(noResume) {
		return
	}
	seq := e.tells(l, f)
	if d := l.suspect[f]; d != nil {
		seq, d.next, d.done, d.stale = 0, 1, 0, l.handed[f]
	}
	l.again[f] = true
	l.drop(f)
	l.gapped[f] = now
	l.told[f] = seq
	e.send(l, frameAgain, againFrame{Feed: slices.Clone(f[:]), Seq: seq})
}

// diverged asks for a feed from its first commit, because what the peer sends
// of it does not continue ours. Asked once and still so, it is false.
func (e *Engine) diverged(now time.Time, l *link, f model.FeedID) {
	if l.stopped[f] {
		return
	}
	if l.suspect[f] != nil {
		e.close(now, l, "the peer sent a run that is not valid")
		return
	}
	l.suspect[f] = &doubt{}
	e.askAgain(now, l, f)
}

// fork stops a feed on one link: the peer's commits are not ours, and no more
// branches of the feed are kept.
func (e *Engine) fork(l *link, f model.FeedID, seq uint64) {
	if l.stopped[f] {
		return
	}
	l.stopped[f] = true
	l.drop(f)
	l.retire(f, maxSeq)
	e.send(l, frameStop, stopFrame{Feed: slices.Clone(f[:])})
	e.emit(ForkSuspected{Feed: f, Seq: seq, Link: l.id, Peer: l.peer})
}

// plant makes the mistakes a test asked for: sent, or acknowledged, before durable.
func (e *Engine) plant(from *link, r Run) {
	if e.has(ackEarly) {
		e.send(from, frameAck, ackFrame{Marks: []mark{{Feed: r.Feed[:], Seq: r.Last()}}})
	}
	if !e.has(sendEarly) {
		return
	}
	for _, l := range e.links {
		if l != from && l.ready && l.sent[r.Feed] < r.Last() {
			e.send(l, frameRun, runFrame{Feed: r.Feed[:], First: r.First, Count: uint64(r.Count), Bytes: r.Bytes})
		}
	}
}
