package replica

import (
	"errors"
	"fmt"
	"math"

	"holdfast/model"
	"holdfast/model/crdt"
	"holdfast/sync/oplog"
)

// lines says what the ids of things created on branches of forked feeds have
// become in the fold, by the branch's name. Each fold gathers its own.
type lines map[model.FeedID]*line

type line struct {
	ids map[model.ID]moved
	// texts says how much the device had written into a text when it left the
	// branch before.
	texts map[model.TextName]uint32
}

type moved struct {
	to  model.ID
	seq uint64 // of the commit in the branch
}

// place gives a commit of the log as the fold takes it; false where another
// branch of its feed brings the same commit. What the branch wrote about things
// of its own goes on to be about them. What other devices wrote about a thing
// on a branch before the fork was known goes to the first branch: their
// commits do not say which one they saw.
func (r *Replica) place(l lines, c model.Commit) (model.Commit, bool) {
	if b, branch := r.log.Branch(c.Feed); branch {
		return r.placeBranch(l, b, c)
	}
	return c, true
}

func (r *Replica) placeBranch(l lines, b oplog.Branch, c model.Commit) (model.Commit, bool) {
	feed, seq, brings := b.Place(c.Seq)
	if !brings {
		return c, false
	}
	if b.Fold != b.Root {
		if l[b.Name] == nil {
			l[b.Name] = &line{ids: map[model.ID]moved{}, texts: map[model.TextName]uint32{}}
		}
		for n := range c.Ops {
			l[b.Name].ids[model.OpID(b.Root, c.Seq, n)] = moved{to: model.OpID(feed, seq, n), seq: c.Seq}
		}
		c.Ops = model.Rename(c.Ops, func(id model.ID) (model.ID, bool) { return r.find(l, b, id) })
		c.Ops = model.RenameTexts(c.Ops, feed, func(t model.TextName, start uint32) crdt.Owner[model.FeedID] {
			if _, ok := l[b.Name].texts[t]; !ok {
				l[b.Name].texts[t] = start
			}
			return func(n uint32) (model.FeedID, uint32, uint32) { return r.owner(l, b, t, n) }
		})
	}
	c.Feed, c.Seq = feed, seq
	return c, true
}

// find looks an id up on a branch, and then on those it leaves.
func (r *Replica) find(l lines, b oplog.Branch, id model.ID) (model.ID, bool) {
	for before := uint64(oplog.MaxSeq) + 1; ; {
		if on := l[b.Name]; on != nil {
			if m, ok := on.ids[id]; ok && m.seq < before {
				return m.to, true
			}
		}
		onto, ok := r.log.Branch(b.Onto)
		if !ok {
			return id, false
		}
		before, b = min(before, b.From), onto
	}
}

// owner gives who has the nth character a branch counts as its device's own in
// a text, and up to which n: the branch itself, or one it leaves.
func (r *Replica) owner(l lines, b oplog.Branch, t model.TextName, n uint32) (feed model.FeedID, at, until uint32) {
	for until = math.MaxUint32; b.Fold != b.Root; {
		if on := l[b.Name]; on != nil {
			if base, ok := on.texts[t]; ok && n >= base {
				return b.Fold, n - base, until
			} else if ok {
				until = min(until, base)
			}
		}
		onto, ok := r.log.Branch(b.Onto)
		if !ok {
			break
		}
		b = onto
	}
	return b.Root, n, until
}

// Forks lists the feeds that go on in more than one way, because their
// device's record was put back to an older copy and written on.
func (r *Replica) Forks() []oplog.Fork { return r.log.Forks() }

// InLog gives the name a feed of the fold has in the log and on links, and how many
// commits are before its first one there. They differ in branches of a forked feed.
func (r *Replica) InLog(feed model.FeedID) (name model.FeedID, before uint64) {
	for _, f := range r.log.Forks() {
		for _, b := range f.Branches {
			if b.Fold == feed {
				return b.Name, b.From - 1
			}
		}
	}
	return feed, 0
}

// PutBack tells that this device's record was older, when it was opened, than
// what it had written before, or had been moved or copied.
func (r *Replica) PutBack() (older, moved bool) { return r.log.RolledBack(), r.moved }

// Naming changes with the names of the feeds Heads gives.
func (r *Replica) Naming() uint64 { return r.log.Naming() }

// graft stores the runs of a batch that contradict what is held, or come under
// the name of a branch.
func (r *Replica) graft(tasks []*task) (forked bool) {
	for _, t := range tasks {
		commits := t.run.commits
		g, err := r.log.Graft(t.run.run)
		if errors.Is(err, oplog.ErrLetGo) {
			r.want(err)
		}
		if err != nil {
			t.err = fmt.Errorf("keep a branch: %w", err)
			continue
		}
		t.elsewhere, forked = true, forked || g.Forked
		t.folding = commits[len(commits)-g.Commits:]
		for i := range t.folding {
			t.folding[i].Feed = g.Name
		}
		if g.Forked {
			r.opts.Log.Error("a feed is forked: the record of a device was put back to an older copy and written on; both branches are kept",
				"feed", t.run.run.Root().Short(), "device", t.run.run.Open().Device.Short())
		}
	}
	return forked
}

// toGraft tells whether a run that a batch did not take has to be grafted.
func toGraft(err error, root model.FeedID, others []*task) bool {
	if errors.Is(err, oplog.ErrFork) || errors.Is(err, oplog.ErrBranch) {
		return true
	}
	if !errors.Is(err, oplog.ErrGap) {
		return false
	}
	for _, t := range others { // it follows on one of them
		if t.run.run.Root() == root {
			return true
		}
	}
	return false
}
