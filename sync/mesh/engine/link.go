package engine

import (
	"bytes"
	"slices"
	"time"

	"holdfast/model"
)

// peer is what is known of a device, and stays known while it is away.
type peer struct {
	device    model.DeviceKey
	address   string
	version   string
	boot      uint64 // of the process last heard of
	lastHeard time.Time
	err       string
	holds     map[model.FeedID]uint64 // durable there
	offset    time.Duration           // its clock less ours
	measured  bool
	begins    map[model.FeedID]uint64 // of its last link: what it let go of
	claims    int                     // to hold more of our own feed, not shown yet
	commits   bucket
	frames    bucket
}

// link is one connection.
type link struct {
	id       LinkID
	peer     model.DeviceKey
	outgoing bool
	tag      uint64
	boot     uint64 // of the peer's process
	up       time.Time
	heard    time.Time
	pinged   time.Time
	asked    int64                   // the wall clock of that ping, in microseconds
	hello    bool                    // the peer's Hello began
	ready    bool                    // the peer's Hello is complete
	briefed  bool                    // the peer has told what is open now
	knows    bool                    // the peer knows frameShort
	stayed   map[model.FeedID]bool   // it cannot follow on, and is told no more than it has, see short.go
	proving  bool                    // the store reads what the peer asked to be shown
	rivals   bool                    // others to the same device end once this one has answered
	vector   map[model.FeedID]uint64 // of the Hello, until complete
	differ   map[model.FeedID]bool   // of the Hello: as far as here, with another hash

	// Sending.
	sent    map[model.FeedID]uint64 // cursor: the peer has it or it is on its way
	told    map[model.FeedID]uint64 // what the peer knows that we hold
	flight  []flight
	window  int // how many there may be: see Window
	reading bool
	todo    []model.FeedID // may have something to send, oldest first
	queued  map[model.FeedID]bool
	turn    bool
	held    map[model.FeedID]bool      // the peer gets it elsewhere, or cannot take it
	spare   bool                       // the peer hears of others' lines sooner elsewhere
	lazy    map[model.FeedID]time.Time // announced on a spare link, to be sent then
	acks    map[model.FeedID]bool      // to announce at the end of the step
	rewound map[model.FeedID]bool      // the peer asked for it from its first commit, and has yet to be sent all

	// Receiving.
	owed    []owed // the peer has not been told what became of them; bounded by the window
	waiting []Run  // for the commit bucket
	parked  []Run  // another link brings the same; kept until that is durable
	again   map[model.FeedID]bool
	gapped  map[model.FeedID]time.Time
	retry   map[model.FeedID]time.Time
	stopped map[model.FeedID]bool // fork that cannot be kept: neither taken nor sent
	suspect map[model.FeedID]*doubt
	begins  map[model.FeedID]uint64 // the peer holds the feed only after this commit
	handed  map[model.FeedID]int    // runs given to the store that it has not answered
	holding map[model.FeedID]bool   // we asked the peer to hold it
	wish    map[model.FeedID]bool   // to say so, or the contrary, at the end of the step

	alike  map[model.FeedID]uint64 // how far the peer was told a feed with its hash
	spared time.Time               // when we last called this link spare

	samples []sample
}

// doubt is a feed that may be forked: it is taken from its first commit on,
// also what is held.
type doubt struct {
	next  uint64 // the commit the next run has to begin with
	stale int    // runs the store has that were sent before
	done  uint64 // durable of what was sent since: a higher mark would move the peer's cursor
}

func (e *Engine) linkUp(now time.Time, ev LinkUp) {
	if i, ok := e.find(ev.Link); !ok {
		l := &link{
			id: ev.Link, peer: ev.Peer, outgoing: ev.Outgoing, tag: ev.Tag, up: now, heard: now, window: leastWindow,
			vector: map[model.FeedID]uint64{}, differ: map[model.FeedID]bool{},
			sent: map[model.FeedID]uint64{}, told: map[model.FeedID]uint64{},
			queued: map[model.FeedID]bool{}, held: map[model.FeedID]bool{},
			lazy: map[model.FeedID]time.Time{}, acks: map[model.FeedID]bool{},
			again: map[model.FeedID]bool{}, gapped: map[model.FeedID]time.Time{},
			retry: map[model.FeedID]time.Time{}, stopped: map[model.FeedID]bool{}, suspect: map[model.FeedID]*doubt{}, rewound: map[model.FeedID]bool{}, handed: map[model.FeedID]int{},
			holding: map[model.FeedID]bool{}, wish: map[model.FeedID]bool{},
			begins: map[model.FeedID]uint64{}, stayed: map[model.FeedID]bool{}, alike: map[model.FeedID]uint64{},
		}
		e.links = slices.Insert(e.links, i, l)
		p := e.peers[ev.Peer]
		if p == nil {
			p = &peer{device: ev.Peer, holds: map[model.FeedID]uint64{}}
			p.commits = bucket{rate: commitRate, burst: commitBurst, level: commitBurst, at: now}
			p.frames = bucket{rate: frameRate, burst: frameBurst, level: frameBurst, at: now}
			e.peers[ev.Peer] = p
		}
		if ev.Address != "" {
			p.address = ev.Address
		}
		e.sendHello(now, l)
		e.dirty = true
	}
}

// sendHello says all we hold. What does not fit one frame follows in others; of feeds
// without their beginning it is said once it is known what the peer understands.
func (e *Engine) sendHello(now time.Time, l *link) {
	heads := make([]head, 0, len(e.heads))
	for _, f := range sortedFeeds(e.heads) {
		if e.short.After[f] == 0 {
			heads = append(heads, e.claim(l, f, e.heads[f]))
		}
	}
	waits := len(e.short.After) > 0
	n := min(len(heads), headsPerFrame)
	e.send(l, frameHello, helloFrame{
		Proto: Proto, Boot: e.cfg.Boot, Wall: e.wall.UnixMilli(), Version: clip(e.cfg.Version),
		Heads: heads[:n], More: n < len(heads) || waits, Addresses: clipAddresses(e.addresses), Knows: uint64(frameLast),
	})
	e.sendHeads(l, heads[n:], waits)
	e.ping(now, l)
}

func (e *Engine) receive(now time.Time, l *link, frame []byte) {
	l.heard = now
	p := e.peers[l.peer]
	p.lastHeard = e.wall
	body, err := e.codec.decode(frame)
	if err != nil {
		e.close(now, l, "the peer sent a damaged frame")
		return
	}
	switch f := body.(type) {
	case helloFrame:
		if !l.hello {
			e.receiveHello(now, l, f)
			return
		}
	case headsFrame:
		if l.hello && !l.ready {
			e.receiveHeads(now, l, f.Heads, f.More)
			return
		}
	case byeFrame:
		reason := "the peer said: " + printable(f.Reason)
		e.emit(Close{Link: l.id, Reason: reason})
		e.remove(now, l, reason)
		if f.Reason == byeRemoved {
			e.emit(ShutOut{Peer: l.peer})
		}
		return
	case runFrame:
		if l.ready {
			e.receiveRun(now, l, p, f)
			return
		}
	}
	if !e.spend(now, l, p) {
		return
	}
	e.receiveControl(now, l, body)
}

// receiveControl takes the frames that measure time or move cursors. A frame type not known
// here is a nil body: a newer peer may send it, and it is ignored.
func (e *Engine) receiveControl(now time.Time, l *link, body any) {
	switch f := body.(type) {
	case nil:
		return
	case pingFrame:
		e.send(l, framePong, pongFrame{T1: f.T1, T2: e.wall.UnixMicro(), T3: e.wall.UnixMicro()})
		return
	case pongFrame:
		e.pong(now, l, f)
		return
	}
	if !l.ready {
		e.close(now, l, "the peer did not say hello first")
		return
	}
	switch f := body.(type) {
	case ackFrame:
		for _, m := range f.Marks {
			e.peerHolds(now, l, model.FeedID(m.Feed), m.Seq, true)
		}
	case againFrame:
		e.rewind(l, model.FeedID(f.Feed), f.Seq)
	case stopFrame:
		id := model.FeedID(f.Feed)
		if e.mayTrack(l.held, id) {
			l.held[id] = true
			l.retire(id, maxSeq)
		}
	case holdFrame:
		for _, id := range f.Feeds {
			e.peerHeld(l, model.FeedID(id), f.On)
		}
	case spareFrame:
		l.spare = f.On
	case shortFrame:
		e.peerShort(now, l, f)
	case briefFrame:
		if !l.briefed {
			l.briefed = true
			e.emit(BriefTold{Peer: l.peer, Brief: bytes.Clone(f.Brief)})
		}
	case proveFrame:
		e.prove(now, l, f)
	case proofFrame:
		e.proved(l, f)
	case alikeFrame:
		e.compare(now, l, f)
	case twinFrame:
		e.emit(Twin{Device: e.cfg.Device})
	case addressesFrame:
		e.emit(AddressesLearned{Peer: l.peer, Addresses: f.Addresses})
	case helloFrame, headsFrame:
		e.close(now, l, "the peer said hello twice")
	}
}

func (e *Engine) receiveHello(now time.Time, l *link, h helloFrame) {
	if h.Proto < Proto {
		e.close(now, l, "the peer speaks a protocol older than this version")
		return
	}
	l.hello, l.boot, l.knows = true, h.Boot, h.Knows >= uint64(frameShort)
	p := e.peers[l.peer]
	p.version = printable(h.Version)
	if !p.measured {
		p.offset, p.measured = time.UnixMilli(h.Wall).Sub(e.wall).Round(time.Millisecond), true
	}
	if len(h.Addresses) > 0 {
		e.emit(AddressesLearned{Peer: l.peer, Addresses: h.Addresses})
	}
	if l.knows || e.has(oldBelieved) { // said now: it may wait for this as we do
		e.sayShort(l)
	}
	e.receiveHeads(now, l, h.Heads, h.More)
}

// receiveHeads gathers the peer's vector; when it is whole the link is ready.
func (e *Engine) receiveHeads(now time.Time, l *link, heads []head, more bool) {
	for _, h := range heads {
		f := model.FeedID(h.Feed)
		l.vector[f] = h.Seq
		ours := e.heads[f]
		if h.Seq == ours.Seq && len(h.Hash) == 8 && ours.Hash != (model.Hash{}) && !bytes.Equal(h.Hash, ours.Hash[:8]) {
			l.differ[f] = true
		}
	}
	if len(l.vector) > MaxFeeds {
		e.close(now, l, "the peer named too many feeds")
		return
	}
	if !more {
		e.becomeReady(now, l)
	}
}

// becomeReady begins the exchange: all the peer lacks is to be sent.
func (e *Engine) becomeReady(now time.Time, l *link) {
	for _, o := range e.links {
		// The peer began anew, and its Hello on the newer link came first.
		if o.peer == l.peer && o.ready && o.boot != l.boot && o.id > l.id && !e.has(staleHello) {
			e.close(now, l, "the peer has begun anew since")
			return
		}
	}
	l.ready = true
	p := e.peers[l.peer]
	if p.boot == l.boot && !e.has(helloOverAck) {
		// The same process on a second link: what it acknowledged on the first
		// may be newer than this Hello.
		for f, seq := range p.holds {
			l.vector[f] = max(l.vector[f], seq)
		}
	}
	p.holds, p.boot, p.err, p.begins = l.vector, l.boot, "", l.begins
	l.vector = nil
	for _, f := range sortedFeeds(p.holds) {
		l.sent[f] = p.holds[f]
	}
	if !l.knows && !e.has(oldBelieved) {
		e.sayLess(now, l)
	}
	for _, f := range sortedFeeds(l.differ) { // not before our own Hello is whole: what follows it is not taken
		e.diverged(now, l, f)
	}
	l.differ = nil
	for _, f := range sortedFeeds(p.holds) {
		e.peerAhead(now, l, f, p.holds[f])
	}
	for _, f := range sortedFeeds(e.heads) {
		l.enqueue(f)
		if l.told[f] < e.heads[f].Seq {
			l.acks[f] = true
		}
	}
	if e.lacks(p) >= briefFrom {
		e.emit(ReadBrief{Link: l.id, Peer: l.peer})
	}
	e.sendAddresses(l)
	e.duel(now, l)
	e.dirty = true
}

// lacks counts the commits held here that a peer has not said it holds.
func (e *Engine) lacks(p *peer) (n uint64) {
	for f, h := range e.heads {
		n += h.Seq - min(h.Seq, p.holds[f])
	}
	return n
}

func (e *Engine) tickLink(now time.Time, l *link) {
	switch {
	case now.Sub(l.heard) >= DeadAfter && !e.has(deadKept):
		e.close(now, l, "the peer fell silent")
		return
	case !l.ready && now.Sub(l.up) >= helloWithin:
		e.close(now, l, "the peer did not say hello in time")
		return
	case now.Sub(l.pinged) >= PingEvery:
		e.ping(now, l)
		e.sayAlike(l)
	}
	for _, f := range sortedFeeds(l.lazy) {
		if !now.Before(l.lazy[f]) {
			delete(l.lazy, f)
			if e.has(lazyForgotten) {
				continue
			}
			l.enqueue(f)
			// The peer has no quicker link after all.
			l.spare = l.spare && l.sent[f] >= e.heads[f].Seq
		}
	}
	for _, f := range sortedFeeds(l.retry) {
		if !now.Before(l.retry[f]) {
			delete(l.retry, f)
			if e.has(retryForgotten) {
				continue
			}
			e.askAgain(now, l, f)
		}
	}
	e.drainWaiting(now, l)
}

// enqueue marks a feed as perhaps having something to send.
func (l *link) enqueue(f model.FeedID) {
	if !l.queued[f] {
		l.queued[f] = true
		l.todo = append(l.todo, f)
	}
}

func (l *link) dequeue(f model.FeedID) {
	delete(l.queued, f)
	l.todo = slices.DeleteFunc(l.todo, func(x model.FeedID) bool { return x == f })
}

// mayTrack bounds what a peer can make us remember by naming feeds.
func (e *Engine) mayTrack(m map[model.FeedID]bool, f model.FeedID) bool {
	return m[f] || len(m) < MaxFeeds
}
