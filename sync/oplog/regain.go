package oplog

import (
	"errors"
	"fmt"

	"holdfast/model"
)

// Regain has runs of what was let go taken again, from the first commit on, beside
// what is held. Once all of it is here, and meets what is held by its hashes, all
// feeds begin with their first commit again, in the transaction that stores the
// last of it. What has come already stays over a restart; that it is wanted does not.
func (l *Log) Regain(on bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.regain = on
}

// Filled tells how far what was let go of a feed is held again.
func (l *Log) Filled(feed model.FeedID) uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if s, ok := l.feeds[feed]; ok {
		return s.begin.fill.Seq
	}
	return 0
}

func (l *Log) regains() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.regain
}

// verifyBefore checks a run that starts before what is held begins. Unless that is
// wanted again, only what goes on after the beginning is looked at: where it does
// not fit, what was let go would tell whether it is false or the feed is forked.
func (l *Log) verifyBefore(s *feedState, run Run) (*VerifiedRun, error) {
	if !l.regains() {
		if run.Last() <= s.begin.Seq {
			return nil, fmt.Errorf("verify feed %s from %d: %w", run.Feed.Short(), run.First, ErrLetGo)
		}
		v, err := l.verify(s.begin.Head, &s.open, run)
		if errors.Is(err, ErrBadSignature) { // false, or of a fork before what is held
			return nil, fmt.Errorf("%w: %w", ErrLetGo, err)
		}
		if err != nil {
			return nil, err
		}
		if err := compare(v, s.head, l.HashAt); err != nil {
			return v, fmt.Errorf("verify: %w", err)
		}
		return v, nil
	}
	if run.First > s.begin.fill.Seq+1 {
		return nil, fmt.Errorf("verify feed %s from %d, held again to %d: %w", run.Feed.Short(), run.First, s.begin.fill.Seq, ErrGap)
	}
	hash, err := l.HashAt(run.Feed, run.First-1)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	v, err := l.verify(model.Head{Seq: run.First - 1, Hash: hash}, &s.open, run)
	if err != nil {
		return nil, err
	}
	return v, l.checkRefill(v, s)
}

// checkRefill marks a run of what was let go, and refuses one that leads elsewhere
// than to what is held.
func (l *Log) checkRefill(v *VerifiedRun, s *feedState) error {
	v.refills = true
	for _, at := range []model.Head{s.begin.fill, s.begin.Head, s.head} {
		if at.Seq < v.prev.Seq || at.Seq > v.Head().Seq {
			continue
		}
		if theirs := v.at(at.Seq); theirs != at.Hash {
			return fmt.Errorf("verify: %w", &ForkError{Feed: v.feed, Seq: at.Seq, Ours: at.Hash, Theirs: theirs})
		}
	}
	return nil
}

// refill adds a run of what was let go. What it has beyond all that is held is
// new, and counted.
func (b *Batch) refill(v *VerifiedRun, p *pending) (accepted int, err error) {
	if p.begin.Seq == 0 || v.prev.Seq > p.begin.fill.Seq { // it was whole meanwhile, or what is before is not stored
		return 0, fmt.Errorf("ingest feed %s from %d: %w", v.feed.Short(), v.prev.Seq+1, ErrGap)
	}
	if err := b.log.checkRefill(v, &p.feedState); err != nil {
		return 0, err
	}
	if next := p.head.Seq + 1; v.Head().Seq >= next && v.commits[next-v.prev.Seq-1].Lamport <= p.lamport {
		return 0, fmt.Errorf("ingest feed %s commit %d: lamport does not rise: %w", v.feed.Short(), next, ErrMalformed)
	}
	for i := range v.commits {
		switch c := &v.commits[i]; {
		case c.Seq <= p.begin.fill.Seq:
		case c.Seq <= p.begin.Seq:
			sig := c.Sig
			if c.Seq == p.begin.Seq {
				sig = p.begin.sig
			}
			key := opKey(p.no, c.Seq)
			b.ops = append(b.ops, put{key, encodeRecord(key, sig, c.Hash, c.Seq, v.slim(i))})
			p.begin.fill = c.Head()
		case c.Seq > p.head.Seq:
			b.store(p, c, v.slim(i))
			accepted++
		}
	}
	b.feeds[v.feed] = p
	b.settle()
	return accepted, nil
}

// settle has every feed begin with its first commit again, if all of them have it.
func (b *Batch) settle() {
	var list []*pending
	var ids []model.FeedID
	for feed := range b.log.Begins() {
		p, _ := b.state(feed)
		if p.begin.Seq == 0 {
			continue
		}
		if p.begin.fill.Seq < p.begin.Seq {
			return
		}
		list, ids = append(list, p), append(ids, feed)
	}
	for i, p := range list {
		p.begin = begin{}
		b.feeds[ids[i]] = p
	}
	b.settled = len(list) > 0
}
