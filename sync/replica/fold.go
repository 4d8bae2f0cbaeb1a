package replica

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// Folding a log uses all processors: one goroutine reads it, as many as there
// are processors open the bodies, and the caller folds.
const (
	// pageCommits is how many commits are handed on together.
	pageCommits = 256
	// pagesAhead is how many pages are read before the fold takes them: about a
	// megabyte of commits of usual size.
	pagesAhead = 8
)

// page is some commits of the log, in the order of the fold, in memory of its own.
type page struct {
	commits []oplog.Commit
	sealed  []byte         // of the commits
	ops     model.OpReader // of the bodies
	bodies  []body         // of the commits, once opened is closed
	opened  chan struct{}  // closed by whoever opens the bodies
}

// sealedBytes is how much of sealed bodies a page takes at first: usual ones fit.
const sealedBytes = 64 << 10

// add takes a commit that lasts no longer than the call.
func (p *page) add(c *oplog.Commit) {
	if cap(p.sealed)-len(p.sealed) < len(c.Sealed) { // those before keep what is full
		p.sealed = make([]byte, 0, max(len(c.Sealed), sealedBytes))
	}
	at := len(p.sealed)
	p.sealed = append(p.sealed, c.Sealed...)
	p.commits = append(p.commits, *c)
	own := &p.commits[len(p.commits)-1]
	own.Sealed, own.Sig = p.sealed[at:len(p.sealed):len(p.sealed)], nil // the fold asks for no signature
}

// reset uses the memory again.
func (p *page) reset() {
	p.commits, p.sealed, p.opened = p.commits[:0], p.sealed[:0], make(chan struct{})
	p.ops.Reset()
}

// body is what a commit holds, or why it cannot be read.
type body struct {
	ops []model.Op
	err error
}

// errFoldEnded ends reading where the fold has failed.
var errFoldEnded = errors.New("the fold has ended")

// fold brings state up to the log and makes it the replica's.
func (r *Replica) fold(state *model.State) error {
	f, err := r.foldInto(state, nil, nil)
	if err == nil {
		r.adopt(f)
	}
	return err
}

// folded is a state, and what else a fold found.
type folded struct {
	state   *model.State
	commits int
	lines   lines
	locked  bool
	keys    int
}

// adopt makes a state the replica's.
func (r *Replica) adopt(f folded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.since, r.lines = f.state, f.commits, f.lines
	r.locked, r.keysAt = f.locked, f.keys
}

// foldInto brings state up to the log; where upTo is not nil, each feed no further
// than to there. Feeds of without are left out.
func (r *Replica) foldInto(state *model.State, upTo, without model.Vector) (folded, error) {
	state.KeepPacks(r.pack)
	if upTo == nil { // else it is to do without the log
		state.KeepLog(r.placed)
	}
	out := folded{state: state, lines: lines{}, keys: r.keys.Len()}
	from := without.Clone()
	if from == nil {
		from = make(model.Vector, len(state.Applied))
	}
	for feed, mark := range state.Applied {
		hash, err := r.log.HashAt(feed, mark.Seq)
		if err != nil {
			return out, fmt.Errorf("fold the log: %w", err)
		}
		from[feed] = model.Head{Seq: mark.Seq, Hash: hash}
	}
	devices := map[model.FeedID]model.DeviceKey{}
	for _, f := range r.log.Feeds() {
		devices[f.Feed] = f.Open.Device
	}
	beside := packing{r: r, state: state}
	err := r.scan(from, func(c *oplog.Commit, b *body) error {
		if upTo != nil && c.Seq > upTo[c.Feed].Seq {
			return nil
		}
		out.commits++
		if errors.Is(b.err, oplog.ErrNoKey) { // a commit before it may have brought the key since
			again := r.unseal(c)
			b = &again
		}
		opened, sealed := r.taken(c, devices[c.Feed], b)
		out.locked = out.locked || sealed
		m, brings := r.place(out.lines, opened)
		if !brings {
			return nil
		}
		if r.Relay() { // its watch is never begun anew
			r.mu.Lock()
			defer r.mu.Unlock()
		}
		if err := r.apply(state, m); err != nil {
			return err
		}
		beside.step()
		return nil
	})
	beside.end()
	if err != nil {
		return out, fmt.Errorf("fold the log: %w", err)
	}
	return out, nil
}

// scan gives every commit of the log after from, with its body, in the order of
// oplog.Log.Scan. Both last until fn returns. fn is called on the caller's goroutine;
// the others have ended when scan returns.
func (r *Replica) scan(from model.Vector, fn func(*oplog.Commit, *body) error) error {
	pages := stream{
		inOrder: make(chan *page, pagesAhead), toOpen: make(chan *page, pagesAhead), used: make(chan *page, 2*pagesAhead), ended: make(chan struct{}),
	}
	var running sync.WaitGroup
	var failed error // of reading; read once all have ended
	running.Go(func() { failed = pages.read(r.log, from) })
	for range runtime.GOMAXPROCS(0) {
		running.Go(func() { pages.open(r.log.Opener()) })
	}
	err := pages.fold(fn)
	close(pages.ended)
	running.Wait()
	if err != nil {
		return err
	}
	return failed
}

// stream is pages on their way from who reads to who folds.
type stream struct {
	toOpen, inOrder chan *page    // closed at the end of the log
	used            chan *page    // their memory, for who reads
	ended           chan struct{} // closed once nothing is folded any more
}

// read reads a log after from in pages without hashes, which nobody asks for, for those who open them and, in the same
// order, for the fold.
func (s *stream) read(log *oplog.Log, from model.Vector) error {
	defer close(s.inOrder)
	defer close(s.toOpen)
	p := s.blank()
	err := log.ScanUnchained(from, func(c *oplog.Commit) error {
		if p.add(c); len(p.commits) < pageCommits {
			return nil
		}
		full := p
		p = s.blank()
		return s.hand(full)
	})
	if err != nil || len(p.commits) == 0 {
		return err
	}
	return s.hand(p)
}

func (s *stream) blank() *page {
	select {
	case p := <-s.used:
		p.reset()
		return p
	default:
		return &page{commits: make([]oplog.Commit, 0, pageCommits), opened: make(chan struct{})}
	}
}

func (s *stream) hand(p *page) error {
	for _, to := range []chan<- *page{s.toOpen, s.inOrder} {
		select {
		case to <- p:
		case <-s.ended:
			return errFoldEnded
		}
	}
	return nil
}

func (s *stream) open(with *oplog.Opener) {
	for p := range s.toOpen {
		p.bodies = slices.Grow(p.bodies[:0], len(p.commits))
		for n := range p.commits {
			plain, err := with.Open(&p.commits[n])
			p.bodies = append(p.bodies, decodedIn(&p.ops, plain, err))
		}
		close(p.opened)
	}
}

func (s *stream) fold(fn func(*oplog.Commit, *body) error) error {
	for p := range s.inOrder {
		<-p.opened
		for n := range p.commits {
			if err := fn(&p.commits[n], &p.bodies[n]); err != nil {
				return err
			}
		}
		select {
		case s.used <- p:
		default:
		}
	}
	return nil
}

// unseal opens a commit and reads its ops.
func (r *Replica) unseal(c *oplog.Commit) body { return decoded(r.log.Open(*c)) }

// decoded reads the ops of an opened commit; they share no memory with it.
func decoded(plain []byte, err error) body { return decodedIn(new(model.OpReader), plain, err) }

// decodedIn is decoded in memory that is used again.
func decodedIn(memory *model.OpReader, plain []byte, err error) (b body) {
	if err == nil {
		b.ops, err = memory.Read(plain)
	}
	b.err = err
	return b
}

// opened unseals a commit for the fold, and takes the keys it brings. locked
// tells that only a key is missing, which may come yet.
func (r *Replica) opened(c oplog.Commit, device model.DeviceKey) (m model.Commit, locked bool) {
	b := r.unseal(&c)
	return r.taken(&c, device, &b)
}

// taken gives a commit as the fold takes it, and takes the keys it brings. A body
// that does not open, or is none, stays in the log and counts as an op of a
// newer version: it was signed by a member, so it is not damage of ours.
func (r *Replica) taken(c *oplog.Commit, device model.DeviceKey, b *body) (m model.Commit, locked bool) {
	m = model.Commit{Feed: c.Feed, Seq: c.Seq, Lamport: c.Lamport, Wall: c.Wall, Off: c.Off, Device: device, Ops: b.ops}
	if b.err != nil {
		m.Ops = []model.Op{model.Unreadable}
	}
	r.learn(device, m.Ops)
	return m, errors.Is(b.err, oplog.ErrNoKey)
}
