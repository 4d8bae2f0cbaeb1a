package engine

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"slices"
	"time"

	"holdfast/model"
)

// newFeed begins a new incarnation.
func (n *simNode) newFeed() {
	n.incs++
	n.own = model.FeedID{}
	binary.BigEndian.PutUint64(n.own[:], n.s.rand.Uint64())
	n.own[8], n.own[9] = byte(n.n), byte(n.incs)
	n.paused, n.behind = false, 0
}

func (n *simNode) vector() model.Vector {
	v := model.Vector{}
	for f, seq := range n.log {
		v[f] = n.head(f, seq)
	}
	return v
}

func (n *simNode) start() {
	n.life++
	n.wakes = time.Time{}
	n.through = map[model.FeedID]uint64{}
	e, err := New(Config{Device: n.key, Boot: uint64(n.life) << 32, Version: "sim", Heads: n.vector(), Own: n.own, Naming: n.naming, Short: n.short()})
	if err != nil {
		n.s.fail("new engine: %v", err)
		return
	}
	if n.s.plant != nil {
		n.s.plant(e)
	}
	n.engine, n.ingest, n.busy, n.unsaved, n.reads = e, nil, false, 0, map[LinkID]int{}
	n.out = n.removed()
	n.links = map[LinkID]*simLink{}
	n.tick()
	n.slander()
}

// plan does something later in this life of the node.
func (n *simNode) plan(d time.Duration, fn func()) {
	life := n.life
	n.s.after(d, func() {
		n.awake(func() {
			if n.engine != nil && n.life == life {
				fn()
			}
		})
	})
}

func (n *simNode) tick() {
	n.step(Tick{})
	n.plan(250*time.Millisecond, n.tick)
}

// crash takes the device's power. Its links end with a word or without.
func (n *simNode) crash() {
	if n.engine == nil {
		return
	}
	n.s.stats["crashed"]++
	n.half()
	quiet := n.s.rand.IntN(2) == 0
	ids := make([]LinkID, 0, len(n.links))
	for id := range n.links {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		l := n.links[id]
		end := l.end(n)
		if quiet {
			l.silent = [2]bool{true, true}
		}
		n.s.drop(l, end, "crashed")
	}
	n.engine, n.unsaved, n.ingest, n.commits = nil, 0, nil, nil
	n.s.after(n.s.ms(100, 5000), func() {
		if n.engine == nil {
			n.start()
		}
	})
}

// restoreOld brings the device back with an old copy of its store. Half the
// time it notices and begins a new incarnation at once; else it writes nothing
// until a peer tells it.
func (n *simNode) restoreOld() {
	if n.engine == nil || n.s.rand.IntN(2) == 0 {
		return
	}
	if n == n.s.keeper { // who relies on an archive relies on its disk
		return
	}
	n.s.stats["restored"]++
	n.crash()
	held := n.log[n.own]
	n.load(n.saved)
	if n.s.rand.IntN(2) == 0 {
		n.newFeed()
	} else {
		n.paused = true
		if held > n.log[n.own] {
			n.behind = held
		}
	}
}

// write appends some commits of the device's own; they are durable later.
func (n *simNode) write() {
	if n.s.calm {
		return
	}
	n.s.after(n.s.ms(50, 4000), n.write)
	if n.engine == nil || n.paused || n.asleep() {
		return
	}
	count := 1
	if n.s.rand.IntN(8) == 0 {
		count = n.s.rand.IntN(300)
	}
	count = n.s.record.few(count)
	n.unsaved += count
	feed := n.own
	n.wrote = feed
	n.plan(n.disk, func() {
		n.unsaved -= count
		if n.own != feed {
			return // a new incarnation began; what was not durable is not told
		}
		if count > 0 { // else a feed of no commits would be held
			n.log[feed] += uint64(count)
			n.s.record.grow(n)
		}
		n.notify()
		n.learn()
	})
}

// notify is the store's word that its heads changed, a moment later and merged.
func (n *simNode) notify() {
	n.plan(n.s.ms(0, 3), func() {
		n.step(HeadsChanged{Heads: n.vector(), Own: n.own, Naming: n.naming, Short: n.short()})
	})
}

func (n *simNode) step(ev Event) {
	if n.engine == nil || n.s.failed != nil {
		return
	}
	s := n.s
	s.steps++
	for _, ef := range n.engine.Step(s.now.Add(n.clock), ev) {
		if _, ok := ef.(ShutOut); ok {
			continue // it tells a person; a draw for it would make other runs of the seeds that found mistakes
		}
		if n.cutOff() {
			return
		}
		n.do(ef)
		if n.engine == nil {
			return
		}
	}
	n.bounds()
}

func (n *simNode) do(ef Effect) {
	s := n.s
	switch ef := ef.(type) {
	case Send:
		n.sendFrame(ef)
	case ReadRun:
		if n.reads[ef.Link]++; n.reads[ef.Link] > 1 {
			s.fail("node %d reads twice at once for a link", n.n)
		}
		n.plan(s.ms(0, 4), func() { n.read(ef) })
	case Ingest:
		n.ingest = append(n.ingest, ef)
		n.work()
	case Close:
		if l := n.links[ef.Link]; l != nil {
			n.mayClose(l, ef.Reason)
			s.mix(uint64(n.n), 9)
			s.drop(l, l.end(n), ef.Reason)
		}
	case RolledBack:
		s.stats["rolled back"]++
		if ef.Feed == n.own {
			n.newFeed()
			n.notify()
		}
	case ArchivesNamed:
		n.meetArchive()
	case Twin:
		if s.liar == nil {
			s.fail("node %d sees two homes of one key, which nobody made", n.n)
		}
	case ForkSuspected:
		if s.liar == nil {
			s.fail("node %d sees a fork that nobody made", n.n)
		}
	}
}

// sendFrame checks that nothing leaves that is not durable, and has it delivered.
func (n *simNode) sendFrame(ef Send) {
	s := n.s
	l := n.links[ef.Link]
	if l == nil {
		s.fail("node %d sends on a link that is gone", n.n)
		return
	}
	if n == s.liar {
		if ef.Frame = n.lie(ef.Frame); ef.Frame == nil {
			return
		}
	} else {
		n.check(ef.Frame)
	}
	n.transmit(l, ef)
}

// transmit delivers a frame, unless the link swallows it.
func (n *simNode) transmit(l *simLink, ef Send) {
	s := n.s
	if s.age < 6 && ef.Frame[0] == frameAlike {
		return
	}
	if n.old {
		ef.Frame = s.asOld(ef.Frame)
	}
	h := fnv.New64a()
	h.Write(ef.Frame)
	s.mix(uint64(n.n), uint64(ef.Link), h.Sum64())
	end := l.end(n)
	if n != s.liar {
		n.checkOld(l, end, ef.Frame)
	}
	if l.silent[end] || l.down[1-end] {
		return
	}
	at := s.now.Add(l.latency + s.ms(0, 3))
	if at.Before(l.free[end]) {
		at = l.free[end]
	}
	l.free[end] = at
	other, life := l.ends[1-end], l.ends[1-end].life
	deliver := func() {
		if other.old && ef.Frame[0] >= frameShort {
			return // a type it does not know
		}
		if !l.down[1-end] && !l.silent[end] && other.life == life && other.engine != nil {
			other.step(FrameReceived{Link: l.ids[1-end], Frame: ef.Frame})
		}
	}
	s.after(at.Sub(s.now), deliver)
	if ef.Frame[0] == frameRun && !s.calm && s.rand.IntN(40) == 0 {
		s.after(at.Sub(s.now), deliver) // a run twice must do no harm
	}
}

func (n *simNode) check(frame []byte) {
	s := n.s
	body, err := s.codec.decode(frame)
	if err != nil {
		s.fail("node %d sends a frame nobody can read: %v", n.n, err)
		return
	}
	durable := func(what string, feed []byte, seq uint64) {
		if has := n.reach(model.FeedID(feed)); seq > has {
			s.fail("node %d %s %d of feed %x but %d is durable", n.n, what, seq, feed[:4], has)
		}
	}
	switch f := body.(type) {
	case runFrame:
		s.sent++
		durable("sends", f.Feed, f.First+f.Count-1)
		if begin := n.begins[model.FeedID(f.Feed)]; f.First <= begin {
			s.fail("node %d sends %d of feed %x and has let go of it up to %d", n.n, f.First, f.Feed[:4], begin)
		}
	case ackFrame:
		for _, m := range f.Marks {
			durable("acknowledges", m.Feed, m.Seq)
		}
	case againFrame:
		durable("claims", f.Feed, f.Seq)
	case helloFrame:
		for _, h := range f.Heads {
			durable("says it holds", h.Feed, h.Seq)
		}
	case headsFrame:
		for _, h := range f.Heads {
			durable("says it holds", h.Feed, h.Seq)
		}
	}
}

func (n *simNode) read(r ReadRun) {
	n.reads[r.Link]--
	ev := RunRead{Link: r.Link, Feed: r.Feed, After: r.After}
	if last := min(n.log[r.Feed], r.After+uint64(n.runMax)); n.hits(r, last) {
		ev.Err = errFlipped
	} else if last > r.After && r.After >= n.begins[r.Feed] {
		run := n.run(r.Feed, r.After+1, last)
		ev.Run = &run
	}
	n.step(ev)
}

// work commits what waits in one go, after the time the disk takes.
func (n *simNode) work() {
	if n.busy || len(n.ingest) == 0 {
		return
	}
	n.busy = true
	batch := n.ingest[:min(len(n.ingest), 8)]
	n.ingest = n.ingest[len(batch):]
	n.commits = batch
	n.plan(n.disk, func() {
		n.busy, n.commits = false, nil
		var results []IngestResult
		for _, in := range batch {
			r := in.Run
			results = append(results, IngestResult{in.Link, r.Feed, r.First, r.Count, n.take(r)})
		}
		// What the store tells of itself and what it answers may come in either order.
		if n.s.rand.IntN(2) == 0 {
			n.step(HeadsChanged{Heads: n.vector(), Own: n.own, Naming: n.naming, Short: n.short()})
		} else {
			n.notify()
		}
		n.answer(results)
		n.learn()
		n.work()
	})
}

// answer has the engine hear what became of runs. From age 8 on it hears that a while after
// it can have heard how far its store is, and the store goes on meanwhile.
func (n *simNode) answer(results []IngestResult) {
	s := n.s
	if s.age < 8 || s.eighth.IntN(2) == 0 && !s.now.Before(n.answers) {
		n.step(Ingested{Results: results})
		return
	}
	wait := time.Duration(s.eighth.IntN(3000)) * time.Microsecond
	if s.eighth.IntN(8) == 0 {
		wait = time.Duration(s.eighth.IntN(100)) * time.Millisecond
	}
	if at := s.now.Add(wait); at.After(n.answers) {
		n.answers = at
	}
	s.stats["answered late"]++
	n.plan(n.answers.Sub(s.now), func() { n.step(Ingested{Results: results}) })
}

func (n *simNode) take(r Run) error {
	s := n.s
	if !s.calm {
		switch s.rand.IntN(200) {
		case 0:
			s.stats["disk error"]++
			return errDisk
		case 1, 2, 3, 4, 5, 6, 7, 8:
			s.stats["later"]++
			return errors.Join(errors.New("author not known"), ErrLater)
		}
	}
	return n.keep(r)
}
