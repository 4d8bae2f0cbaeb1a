package oplog

import (
	"fmt"
	"maps"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// end is how far a feed was verified under a name, and the signature there.
type end struct {
	head model.Head
	open FeedOpen
	sig  []byte
}

// remember keeps the end of a verified run, so that the next one of its name
// can be verified where that name is not held, and so that its signature is
// at hand should the feed prove to be forked right after it.
func (l *Log) remember(v *VerifiedRun) {
	tail := &v.commits[len(v.commits)-1]
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ends == nil || len(l.ends) >= MaxFeeds {
		l.ends = map[model.FeedID]end{} // what is lost is sent again from the first commit
	}
	l.ends[v.feed] = end{head: v.Head(), open: *v.open, sig: tail.Sig}
}

func (l *Log) endOf(feed model.FeedID) (end, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	e, ok := l.ends[feed]
	return e, ok
}

func (l *Log) forked(root model.FeedID) bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	_, ok := l.forks[root]
	return ok
}

// Grafted is what Graft did.
type Grafted struct {
	Commits int          // new here
	Name    model.FeedID // of the branch they are on
	Forked  bool         // a branch was found: Heads has other names than before
}

// Graft stores a verified run that a Batch does not take: one that contradicts
// what is held (*ForkError), or comes under the name of a branch (ErrBranch).
// What is held already is skipped; what follows on a branch is added to it; and
// what differs from all becomes a branch of its own. All of it is one
// transaction, after which the branches have the names they have everywhere.
// Where the feed is this device's own, the next own write opens a new one.
//
// It belongs to the writer. Errors: ErrGap where commits before it, or the
// signature of the run before it, are missing; *ForkError beyond MaxBranches, for what
// is not kept; ErrLetGo where the feed's beginning was let go; ErrTooManyFeeds, ErrMalformed, and those of Commit.
func (l *Log) Graft(v *VerifiedRun) (Grafted, error) {
	l.write.Lock()
	defer l.write.Unlock()
	if l.broken != nil {
		return Grafted{}, fmt.Errorf("graft: %w", l.broken)
	}
	if err := l.checkpoint(); err != nil {
		return Grafted{}, fmt.Errorf("graft: %w", err)
	}
	g := graft{log: l, run: v, list: chains(l.feeds, v.root)}
	for _, c := range g.list {
		if c.state.begin.Seq > 0 { // a branch is whole from its first commit
			return Grafted{}, fmt.Errorf("graft feed %s: %w", v.root.Short(), ErrLetGo)
		}
	}
	if err := l.view(g.plan); err != nil {
		return Grafted{}, fmt.Errorf("graft feed %s: %w", v.root.Short(), err)
	}
	if g.from == len(v.commits) {
		return Grafted{}, nil
	}
	if err := l.update(func(tx *bolt.Tx) error { return g.store(tx) }); err != nil {
		return Grafted{}, fmt.Errorf("graft feed %s: %w", v.root.Short(), err)
	}
	g.publish()
	l.keepMark()
	return Grafted{Commits: len(v.commits) - g.from, Name: g.list[g.at].name, Forked: g.forks}, nil
}

// graft is one run on its way to its place.
type graft struct {
	log  *Log
	run  *VerifiedRun
	list []chain // the branches held; what is stored takes its place in it

	best    int    // the branch that agrees longest, -1 for none
	at      int    // the branch the commits go to
	from    int    // the first commit of the run that is not held
	lamport uint64 // of the commit before it
	forks   bool
	fork    Fork
	own     model.FeedID // the own feed's name afterwards
}

// plan settles where the run belongs, and refuses what does not fit. Nothing
// of the run fails after it but the disk.
func (g *graft) plan(tx *bolt.Tx) error {
	if err := g.find(tx); err != nil || g.from == len(g.run.commits) {
		return err
	}
	if err := g.check(); err != nil || g.best < 0 {
		return err
	}
	src, prev := g.list[g.best].state, g.run.prev.Seq
	if last := prev + uint64(g.from); last > 0 {
		c, err := g.log.commitIn(tx, src, last)
		if err != nil {
			return err
		}
		if g.run.commits[g.from].Lamport <= c.Lamport {
			return fmt.Errorf("commit %d: lamport does not rise: %w", last+1, ErrMalformed)
		}
		g.lamport = c.Lamport
	}
	if !g.forks || prev == 0 || g.run.before != nil {
		return nil
	}
	// A branch is served in runs that end at signatures, so the one before
	// this run must be there. Sent again from the first commit, it is.
	c, err := g.log.commitIn(tx, src, prev)
	if err == nil && c.Sig == nil {
		err = ErrGap
	}
	return err
}

// find looks for the branch that agrees longest with the run.
func (g *graft) find(tx *bolt.Tx) error {
	g.best = -1
	for i, c := range g.list {
		prev := g.run.prev
		if prev.Seq > c.state.head.Seq {
			continue
		}
		if hash, err := g.log.hashIn(tx, c.state, prev.Seq); err != nil || hash != prev.Hash {
			if err != nil {
				return err
			}
			continue
		}
		n, err := g.agree(tx, c.state)
		if err != nil {
			return err
		}
		if g.best < 0 || n > g.from {
			g.best, g.from = i, n
		}
	}
	return nil
}

// agree counts the commits of the run that a branch has.
func (g *graft) agree(tx *bolt.Tx, s *feedState) (int, error) {
	n := int(min(s.head.Seq-g.run.prev.Seq, uint64(len(g.run.commits))))
	for ; n > 0; n-- {
		hash, err := g.log.hashIn(tx, s, g.run.commits[n-1].Seq)
		if err != nil {
			return 0, err
		}
		if hash == g.run.commits[n-1].Hash {
			break
		}
	}
	return n, nil
}

// check decides whether the rest of the run makes a new branch, and whether it may.
func (g *graft) check() error {
	v, l := g.run, g.log
	if g.best < 0 && v.prev.Seq > 0 {
		return ErrGap
	}
	if g.best >= 0 {
		g.forks = v.commits[g.from].Seq <= g.list[g.best].state.head.Seq
	} else {
		g.forks = len(g.list) > 0
	}
	switch {
	case g.forks && len(g.list) >= MaxBranches:
		return &ForkError{Feed: v.root, Seq: v.commits[g.from].Seq, Theirs: v.commits[g.from].Hash}
	case (g.forks || g.best < 0) && len(l.feeds) >= MaxFeeds:
		return ErrTooManyFeeds
	}
	return nil
}

// store writes the run in its place; the caller holds l.write.
func (g *graft) store(tx *bolt.Tx) error {
	v := g.run
	g.at = g.best
	if g.forks || g.best < 0 {
		s := &feedState{no: uint32(len(g.log.feeds)), open: *v.open, root: v.root}
		if g.best >= 0 {
			if err := g.copyTo(tx, s); err != nil {
				return err
			}
		}
		g.at = len(g.list)
		g.list = append(g.list, chain{v.root, s})
	} else {
		s := *g.list[g.at].state
		g.list[g.at].state = &s
	}
	if err := g.add(tx, g.list[g.at].state); err != nil {
		return err
	}
	if !g.forks {
		name := g.list[g.at].name
		return tx.Bucket(bucketFeeds).Put(append([]byte(nil), name[:]...), g.list[g.at].state.encode())
	}
	return g.rename(tx)
}

// copyTo gives a new branch the commits before it.
func (g *graft) copyTo(tx *bolt.Tx, s *feedState) error {
	src, last := g.list[g.best].state, g.run.prev.Seq+uint64(g.from)
	if last == 0 {
		return nil
	}
	ops := tx.Bucket(bucketOps)
	ops.FillPercent = fillPercent
	type copied struct{ key, value []byte }
	var list []copied // gathered first: a cursor does not like its bucket changed
	var hash model.Hash
	err := g.log.eachRecord(tx, src.root, src.no, 1, last, func(seq uint64, r record) (bool, error) {
		sig := r.sig
		if sig == nil && seq == g.run.prev.Seq {
			sig = g.run.before
		}
		hash = chainHash(src.root, hash, r.slim)
		key := opKey(s.no, seq)
		list = append(list, copied{key, encodeRecord(key, sig, hash, seq, r.slim)})
		return true, nil
	})
	if err != nil {
		return err
	}
	for _, kv := range list {
		if err := ops.Put(kv.key, kv.value); err != nil {
			return err
		}
	}
	s.head, s.lamport = model.Head{Seq: last, Hash: hash}, g.lamport
	return nil
}

// add puts the new commits of the run behind a branch.
func (g *graft) add(tx *bolt.Tx, s *feedState) error {
	ops := tx.Bucket(bucketOps)
	for i := g.from; i < len(g.run.commits); i++ {
		c := &g.run.commits[i]
		key := opKey(s.no, c.Seq)
		if err := ops.Put(key, encodeRecord(key, c.Sig, c.Hash, c.Seq, g.run.slim(i))); err != nil {
			return err
		}
		s.head, s.lamport = c.Head(), c.Lamport
	}
	return nil
}

// rename gives all branches the names that what is held now gives them.
func (g *graft) rename(tx *bolt.Tx) error {
	fork, now, err := g.log.family(tx, g.run.root, g.list)
	if err != nil {
		return err
	}
	feeds, meta := tx.Bucket(bucketFeeds), tx.Bucket(bucketMeta)
	for _, c := range g.list {
		if err := feeds.Delete(c.name[:]); err != nil {
			return err
		}
	}
	own := g.log.OwnFeed()
	for i := range g.list {
		c := &g.list[i]
		if c.name == own && i < len(g.list)-1 {
			g.own = now[i]
			if err := meta.Put(metaOwn, append([]byte(nil), g.own[:]...)); err != nil {
				return err
			}
			if err := meta.Put(metaRestart, []byte{1}); err != nil {
				return err
			}
		}
		c.name = now[i]
		if err := feeds.Put(append([]byte(nil), c.name[:]...), c.state.encode()); err != nil {
			return err
		}
	}
	g.fork = fork
	return nil
}

// publish makes the result visible; the caller holds l.write.
func (g *graft) publish() {
	l := g.log
	l.mu.Lock()
	defer l.mu.Unlock()
	feeds := maps.Clone(l.feeds)
	maps.DeleteFunc(feeds, func(_ model.FeedID, s *feedState) bool { return s.root == g.run.root })
	for _, c := range g.list {
		feeds[c.name] = c.state
		l.lamport = max(l.lamport, c.state.lamport)
	}
	l.feeds = feeds
	if g.forks {
		forks := maps.Clone(l.forks)
		forks[g.run.root] = g.fork
		l.forks = forks
	}
	if g.own != (model.FeedID{}) {
		l.own, l.restart = g.own, true
	}
	l.gen++
}
