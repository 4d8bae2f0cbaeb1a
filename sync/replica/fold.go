package replica

import (
	"errors"
	"fmt"
	"runtime"
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

// page is some commits of the log, in the order of the fold.
type page struct {
	commits []oplog.Commit
	bodies  []body        // of the commits, once opened is closed
	opened  chan struct{} // closed by whoever opens the bodies
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
	state.KeepPacks(r.pack)
	from := make(model.Vector, len(state.Applied))
	for feed, mark := range state.Applied {
		hash, err := r.log.HashAt(feed, mark.Seq)
		if err != nil {
			return fmt.Errorf("fold the log: %w", err)
		}
		from[feed] = model.Head{Seq: mark.Seq, Hash: hash}
	}
	devices := map[model.FeedID]model.DeviceKey{}
	for _, f := range r.log.Feeds() {
		devices[f.Feed] = f.Open.Device
	}
	folded, lines, locked, keys := 0, lines{}, false, r.keys.Len()
	err := r.scan(from, func(c oplog.Commit, b body) error {
		folded++
		if errors.Is(b.err, oplog.ErrNoKey) { // a commit before it may have brought the key since
			b = r.unseal(c)
		}
		opened, sealed := r.taken(c, devices[c.Feed], b)
		locked = locked || sealed
		m, brings := r.place(lines, opened)
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
		r.tidy(state)
		return nil
	})
	if err != nil {
		return fmt.Errorf("fold the log: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state, r.since, r.lines = state, folded, lines
	r.locked, r.keysAt = locked, keys
	return nil
}

// scan gives every commit of the log after from, with its body, in the order of
// oplog.Log.Scan. fn is called on the caller's goroutine; the others have ended
// when scan returns.
func (r *Replica) scan(from model.Vector, fn func(oplog.Commit, body) error) error {
	inOrder, toOpen, ended := make(chan *page, pagesAhead), make(chan *page, pagesAhead), make(chan struct{})
	var running sync.WaitGroup
	var failed error // of reading; read once inOrder is closed
	running.Go(func() {
		defer close(inOrder)
		defer close(toOpen)
		failed = r.readPages(from, inOrder, toOpen, ended)
	})
	for range runtime.GOMAXPROCS(0) {
		running.Go(func() {
			for p := range toOpen {
				p.bodies = make([]body, len(p.commits))
				for n, c := range p.commits {
					p.bodies[n] = r.unseal(c)
				}
				close(p.opened)
			}
		})
	}
	err := foldPages(inOrder, fn)
	close(ended)
	running.Wait()
	if err != nil {
		return err
	}
	return failed
}

func foldPages(pages <-chan *page, fn func(oplog.Commit, body) error) error {
	for p := range pages {
		<-p.opened
		for n, c := range p.commits {
			if err := fn(c, p.bodies[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

// readPages reads the log in pages, for those who open them and, in the same
// order, for the fold.
func (r *Replica) readPages(from model.Vector, inOrder, toOpen chan<- *page, ended <-chan struct{}) error {
	p := &page{}
	hand := func() error {
		p.opened = make(chan struct{})
		for _, to := range []chan<- *page{toOpen, inOrder} {
			select {
			case to <- p:
			case <-ended:
				return errFoldEnded
			}
		}
		p = &page{commits: make([]oplog.Commit, 0, pageCommits)}
		return nil
	}
	err := r.log.Scan(from, func(c oplog.Commit) error {
		if p.commits = append(p.commits, c); len(p.commits) < pageCommits {
			return nil
		}
		return hand()
	})
	if err != nil || len(p.commits) == 0 {
		return err
	}
	return hand()
}

// unseal opens a commit and reads its ops.
func (r *Replica) unseal(c oplog.Commit) (b body) {
	plain, err := r.log.Open(c)
	if err == nil {
		b.ops, err = model.DecodeOps(plain)
	}
	b.err = err
	return b
}

// opened unseals a commit for the fold, and takes the keys it brings. locked
// tells that only a key is missing, which may come yet.
func (r *Replica) opened(c oplog.Commit, device model.DeviceKey) (m model.Commit, locked bool) {
	return r.taken(c, device, r.unseal(c))
}

// taken gives a commit as the fold takes it, and takes the keys it brings. A body
// that does not open, or is none, stays in the log and counts as an op of a
// newer version: it was signed by a member, so it is not damage of ours.
func (r *Replica) taken(c oplog.Commit, device model.DeviceKey, b body) (m model.Commit, locked bool) {
	m = model.Commit{Feed: c.Feed, Seq: c.Seq, Lamport: c.Lamport, Wall: c.Wall, Off: c.Off, Device: device, Ops: b.ops}
	if b.err != nil {
		m.Ops = []model.Op{model.Unreadable}
	}
	r.learn(device, m.Ops)
	return m, errors.Is(b.err, oplog.ErrNoKey)
}
