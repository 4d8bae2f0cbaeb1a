package engine

import (
	"hash/fnv"
	"maps"
	"slices"
	"time"

	"holdfast/model"
)

// offer tells the links of a feed that has grown. Our own lines go out at once
// on every link. What is forwarded goes at once too, except on links the peer
// called spare: there it is announced, in 50 bytes, and sent after a while if
// the peer still lacks it. So the links that bring news first become a tree,
// the others its reserve, and a relay in the middle of a star delays nothing.
func (e *Engine) offer(now time.Time, f model.FeedID, from *link) {
	if e.has(noForward) && f != e.own {
		return
	}
	for _, l := range e.links {
		if !l.ready || l.stopped[f] {
			continue
		}
		if e.has(loseWakeup) && l.reading {
			continue
		}
		told := l.told[f] >= e.heads[f].Seq
		switch {
		case l == from || l.sent[f] >= e.heads[f].Seq:
			if !told {
				l.acks[f] = true
			}
		case f != e.own && l.spare:
			if _, waits := l.lazy[f]; !waits && !l.queued[f] {
				turn := time.Duration(rank(e.cfg.Device, l.peer, f) % lazyTurns)
				l.lazy[f] = now.Add(lazyAfter * (1 + turn))
			}
			l.acks[f] = true
		default:
			delete(l.lazy, f)
			l.enqueue(f)
			if l.held[f] || len(l.flight) >= l.window || !e.reachesBack(l, f) || l.begins[f] > 0 {
				l.acks[f] = true
			}
		}
	}
}

// rank gives each pair of devices its turn for a feed, the same each time.
func rank(us, peer model.DeviceKey, f model.FeedID) uint64 {
	h := fnv.New64a()
	h.Write(us[:])
	h.Write(peer[:])
	h.Write(f[:])
	return h.Sum64()
}

// spare tells the peer that a line it forwarded was here already.
func (e *Engine) spare(now time.Time, l *link) {
	if l.spared.IsZero() || now.Sub(l.spared) >= spareEvery {
		l.spared = now
		e.send(l, frameSpare, spareFrame{On: true})
	}
}

// unspare takes back, when a link is lost, what was said on the others.
func (e *Engine) unspare() {
	for _, l := range e.links {
		if !l.spared.IsZero() {
			l.spared = time.Time{}
			e.send(l, frameSpare, spareFrame{})
		}
	}
}

// flushAcks announces what is durable here.
func (e *Engine) flushAcks(l *link) {
	if len(l.acks) == 0 {
		return
	}
	marks := make([]mark, 0, len(l.acks))
	feeds := sortedFeeds(l.acks)
	if e.has(mapOrder) {
		feeds = slices.Collect(maps.Keys(l.acks))
	}
	for _, f := range feeds {
		seq := e.tells(l, f)
		if e.has(ackComing) {
			seq = e.reach(f)
		}
		if d := l.suspect[f]; d != nil && !e.has(doubtAcked) {
			if seq = d.done; seq == 0 {
				continue
			}
		}
		l.told[f] = max(l.told[f], seq)
		e.pay(l, f, seq)
		marks = append(marks, mark{Feed: slices.Clone(f[:]), Seq: seq})
	}
	clear(l.acks)
	if len(marks) == 0 {
		return
	}
	for part := range slices.Chunk(marks, acksPerFrame) {
		e.send(l, frameAck, ackFrame{Marks: part})
	}
}

// pump starts the next read of a link, if the window lets it.
func (e *Engine) pump(now time.Time, l *link) {
	if !l.ready || l.reading && !e.has(readTwice) || len(l.flight) >= l.window && !e.has(noWindow) {
		return
	}
	f, ok := e.next(l)
	if !ok {
		return
	}
	l.reading = true
	after := l.sent[f]
	if e.has(skipCommit) && after > 0 && after%7 == 0 {
		after++
	}
	e.emit(ReadRun{Link: l.id, Feed: f, After: after, MaxBytes: RunBytes})
}

// next picks a feed: by turns the one with the least to send, so that news is
// quick, and the one that waits longest, so that history is not starved. Feeds
// with nothing to send leave the queue.
func (e *Engine) next(l *link) (model.FeedID, bool) {
	l.todo = slices.DeleteFunc(l.todo, func(f model.FeedID) bool {
		_, lazy := l.lazy[f]
		if e.heads[f].Seq > l.sent[f] && !l.stopped[f] && !l.held[f] && !lazy && e.reachesBack(l, f) {
			return false
		}
		delete(l.queued, f)
		return true
	})
	if len(l.todo) == 0 {
		return model.FeedID{}, false
	}
	best := 0
	gap := func(i int) uint64 { return e.heads[l.todo[i]].Seq - l.sent[l.todo[i]] }
	small := len(l.flight) >= l.window-1
	l.turn = !l.turn
	if l.turn || small {
		for i := range l.todo {
			if gap(i) < gap(best) {
				best = i
			}
		}
	}
	if small && gap(best) > bulkGap {
		return model.FeedID{}, false
	}
	f := l.todo[best]
	// To the back of the queue, where the next round finds it.
	l.todo = append(slices.Delete(l.todo, best, best+1), f)
	return f, true
}

func (e *Engine) runRead(now time.Time, l *link, ev RunRead) {
	l.reading = false
	if ev.Err != nil {
		e.close(now, l, "the log could not be read here: "+ev.Err.Error())
		return
	}
	if ev.Run == nil {
		l.dequeue(ev.Feed) // offered again when the feed grows
		return
	}
	r := *ev.Run
	if r.Count < 1 || r.Count > maxRunCount || r.Feed != ev.Feed || r.First > ev.After+1 || r.Last() <= ev.After {
		e.close(now, l, "the log here gave a wrong run")
		return
	}
	if l.stopped[ev.Feed] || l.held[ev.Feed] {
		return
	}
	if ev.After != l.sent[ev.Feed] && !e.has(skipCommit) {
		return // the cursor moved while the log was read; the feed is still queued
	}
	frame := e.frame(ev.Run)
	if len(frame) > MaxFrame {
		e.close(now, l, "a run of the log here is too large to send")
		return
	}
	if r.Last() > e.heads[ev.Feed].Seq {
		// What was read is durable, and newer than the last word of HeadsChanged: who
		// gets it will say that it holds more than was known here.
		e.wide = true
		e.advance(now, ev.Feed, model.Head{Seq: r.Last()}, l)
	}
	l.sent[ev.Feed] = r.Last()
	if e.has(cursorPast) {
		l.sent[ev.Feed]++
	}
	if r.Last() >= e.heads[ev.Feed].Seq {
		delete(l.rewound, ev.Feed)
	}
	l.told[ev.Feed] = max(l.told[ev.Feed], r.Last())
	e.pay(l, ev.Feed, r.Last()) // who is sent a run need not be told that it is held
	l.flight = append(l.flight, flight{r.Feed, r.Last(), now})
	e.emit(Send{Link: l.id, Frame: frame})
}

// frame gives the frame of a run. One that many links are sent is made once.
func (e *Engine) frame(r *Run) []byte {
	if e.framed.run != r {
		e.framed.run, e.framed.frame = r, e.codec.encode(frameRun, runFrame{
			Feed: r.Feed[:], First: r.First, Count: uint64(r.Count), Bytes: r.Bytes,
		})
	}
	return e.framed.frame
}

// peerHolds takes word that the peer holds a feed durably up to seq; ours tells that it
// is the history of it that is sent from here, so that none of that has to be sent.
func (e *Engine) peerHolds(now time.Time, l *link, f model.FeedID, seq uint64, ours bool) {
	p := e.peers[l.peer]
	if _, ok := p.holds[f]; !ok && len(p.holds) >= MaxFeeds {
		e.close(now, l, "the peer named too many feeds")
		return
	}
	if ours {
		l.acknowledged(now, f, seq)
	}
	if seq <= p.holds[f] && (!ours || seq <= l.sent[f]) {
		return
	}
	if l.boot == p.boot { // else a process that is gone; its store may have been put back
		p.holds[f] = max(p.holds[f], seq)
	}
	if ours {
		l.sent[f] = max(l.sent[f], seq)
	}
	switch {
	case e.short.After[f] > 0 && e.reachesBack(l, f):
		e.follows(l, f)
	case l.stayed[f]:
		e.putOff(now, l, f)
	}
	e.dirty = true
	e.peerAhead(now, l, f, seq)
}

// rewind is the peer's word that our cursor is wrong, and how far it holds the
// feed. What it is known to hold does not shrink: it may have told on another
// link, and what is durable there stays while its process lives.
func (e *Engine) rewind(l *link, f model.FeedID, seq uint64) {
	if !e.mayTrack(l.queued, f) {
		return
	}
	l.retire(f, maxSeq)
	delete(l.held, f)
	if delete(l.rewound, f); seq == 0 && e.heads[f].Seq > 0 {
		l.rewound[f] = true
	}
	if !e.has(rewindIgnored) {
		l.sent[f] = seq
	}
	l.enqueue(f)
	p := e.peers[l.peer]
	if has, ok := p.holds[f]; l.boot == p.boot && has < seq && !e.has(againUnheard) && (ok || len(p.holds) < MaxFeeds) {
		p.holds[f] = seq
	}
	e.dirty = true
}

// peerHeld is the peer's wish that a feed be held, or sent again.
func (e *Engine) peerHeld(l *link, f model.FeedID, on bool) {
	if !on {
		delete(l.held, f)
		l.enqueue(f)
		return
	}
	if e.mayTrack(l.held, f) {
		l.held[f] = true
	}
}
