package engine

import (
	"bytes"
	"slices"
	"time"

	"holdfast/model"
)

// A device may have let go of the beginning of a feed. It says so after its Hello,
// and sends of that feed only to who holds it at least to there: to others it
// cannot show that what it has follows on anything. They get the beginning from an
// archive, then the rest from whoever has it. Who is linked to such a device tells
// it of all growth, for it does not send to find out.
//
// A peer of a version that does not know the frame would take such a device for a
// source, and wait. So it is told of such a feed no more than it has, and not to send
// it, until it can follow on. What it was about to send when it heard that, it neither
// sends nor tells: so once it rests it is asked for the feed, from where it is known to
// hold it, and stopped again if it sends what is here already.

// sayShort says what is not held from its first commit on, and how far it is held.
func (e *Engine) sayShort(l *link) {
	if len(e.short.After) == 0 {
		return
	}
	var heads []head
	for _, id := range sortedFeeds(e.short.After) {
		heads = append(heads, e.claim(l, id, e.heads[id]))
	}
	e.sendHeads(l, heads, false)
	if e.has(oldBelieved) && !l.knows {
		return
	}
	var f shortFrame
	for _, a := range e.short.Archives[:min(len(e.short.Archives), maxArchives)] {
		f.Archives = append(f.Archives, slices.Clone(a[:]))
	}
	for part := range slices.Chunk(sortedFeeds(e.short.After), acksPerFrame) {
		f.Marks = nil
		for _, id := range part {
			f.Marks = append(f.Marks, mark{Feed: slices.Clone(id[:]), Seq: e.short.After[id]})
		}
		e.send(l, frameShort, f)
	}
}

// sayLess tells a peer that does not know what a short feed is how far feeds are held.
func (e *Engine) sayLess(now time.Time, l *link) {
	if len(e.short.After) == 0 {
		return
	}
	var heads []head
	for _, id := range sortedFeeds(e.short.After) {
		at := e.heads[id]
		if seq := e.tells(l, id); seq < at.Seq {
			at = model.Head{Seq: seq}
		}
		heads = append(heads, e.claim(l, id, at))
	}
	e.sendHeads(l, heads, false)
	for _, id := range sortedFeeds(e.short.After) {
		if !e.reachesBack(l, id) {
			l.stayed[id] = true
			e.pause(now, l, id)
		}
	}
}

// tells is how far a peer is told that a feed is held.
func (e *Engine) tells(l *link, f model.FeedID) uint64 {
	if !l.knows && !e.reachesBack(l, f) && !e.has(oldBelieved) {
		return min(e.reaches(f), l.sent[f])
	}
	return e.reaches(f)
}

// follows has a peer that can follow on now be told all, and given it.
func (e *Engine) follows(l *link, f model.FeedID) {
	l.enqueue(f)
	if l.stayed[f] {
		delete(l.stayed, f)
		delete(l.retry, f)
		l.drop(f)
		l.told[f] = e.reaches(f)
		e.send(l, frameAgain, againFrame{Feed: slices.Clone(f[:]), Seq: l.told[f]})
		l.acks[f] = true
	}
}

// putOff waits with asking for a feed while a peer that was stopped tells how it grows.
func (e *Engine) putOff(now time.Time, l *link, f model.FeedID) {
	if _, set := l.retry[f]; set {
		l.retry[f] = now.Add(retryAfter)
	}
}

// peerShort takes what a peer says it let go of.
func (e *Engine) peerShort(now time.Time, l *link, f shortFrame) {
	if len(l.begins)+len(f.Marks) > MaxFeeds {
		e.close(now, l, "the peer named too many feeds")
		return
	}
	for _, m := range f.Marks {
		id := model.FeedID(m.Feed)
		l.begins[id] = m.Seq
		if l.told[id] < e.reaches(id) {
			l.acks[id] = true // it sends nothing before it hears that it can
		}
		if s := e.sources[id]; s != nil && s.link == l.id && !l.gives(id, e.reaches(id)) {
			e.reassign(now, id, l.id)
		}
	}
	if len(f.Archives) > 0 {
		named := ArchivesNamed{Peer: l.peer}
		for _, a := range f.Archives {
			named.Archives = append(named.Archives, model.DeviceKey(a))
		}
		e.emit(named)
	}
	e.dirty = true
}

// gives reports whether the peer can send what follows a commit.
func (l *link) gives(f model.FeedID, after uint64) bool { return l.begins[f] <= after }

// reachesBack reports whether what the peer lacks of a feed is all held here.
func (e *Engine) reachesBack(l *link, f model.FeedID) bool {
	return l.sent[f] >= e.short.After[f]
}

// regain asks for what was let go and is needed again, each feed of one peer at a
// time that has it from the first commit on. It is sent like a feed that may be
// forked: from the beginning, also what is held.
func (e *Engine) regain(now time.Time) {
	if !e.short.Wanted || e.has(regainIgnored) {
		return
	}
	for _, f := range sortedFeeds(e.short.After) {
		s := e.regains[f]
		if s != nil && e.link(s.link) != nil && now.Sub(s.at) < stallAfter {
			continue
		}
		last := LinkID(0)
		if s != nil {
			last = s.link
		}
		if l := e.fromTheFirst(f, last); l != nil {
			e.regains[f] = &source{link: l.id, at: now}
			l.suspect[f] = &doubt{}
			e.askAgain(now, l, f)
		}
	}
}

// fromTheFirst chooses a link that can bring all of a feed, in turn after another.
func (e *Engine) fromTheFirst(f model.FeedID, after LinkID) (best *link) {
	for _, l := range e.links {
		if !l.ready || l.stopped[f] || l.begins[f] > 0 || e.peers[l.peer].holds[f] < e.short.After[f] {
			continue
		}
		if best == nil || best.id <= after && l.id > after {
			best = l
		}
	}
	return best
}

// claim says that a feed is held.
func (e *Engine) claim(l *link, f model.FeedID, h model.Head) head {
	if e.has(claimComing) {
		h = model.Head{Seq: e.reach(f)}
	}
	l.told[f] = h.Seq
	w := head{Feed: bytes.Clone(f[:]), Seq: h.Seq}
	if h.Hash != (model.Hash{}) {
		w.Hash = bytes.Clone(h.Hash[:8])
		l.alike[f] = h.Seq
	}
	return w
}

func (e *Engine) sendHeads(l *link, heads []head, more bool) {
	for n := 0; len(heads) > 0; heads = heads[n:] {
		n = min(len(heads), headsPerFrame)
		e.send(l, frameHeads, headsFrame{Heads: heads[:n], More: more || n < len(heads)})
	}
}
