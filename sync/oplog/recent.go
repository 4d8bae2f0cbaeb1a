package oplog

import (
	"fmt"
	"math"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// recent are the newest commits of the own feed: those that the journal has and the
// store has not. They are in memory as the store will have them.
type recent struct {
	feed  model.FeedID
	after uint64 // what the store has of the feed
	list  []recentCommit
	state []byte // what the feed table will say
}

type recentCommit struct {
	put
	seq  uint64
	hash model.Hash
}

// add takes commits that follow those there, or where there are none, what the store has.
// It changes nothing that was read before.
func (r *recent) add(feed model.FeedID, after uint64, state []byte, list []recentCommit) {
	if len(r.list) == 0 {
		r.feed, r.after = feed, after
	}
	r.list, r.state = append(r.list, list...), state
}

// newest gives the commits from..to of a feed that the store has not, and how far the
// store has it. A transaction begun after it finds all up to there.
func (l *Log) newest(feed model.FeedID, from, to uint64) (list []recentCommit, stored uint64) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if len(l.recent.list) == 0 || l.recent.feed != feed {
		return nil, math.MaxUint64
	}
	first := l.recent.after + 1
	if from, end := max(from, first), min(to, l.recent.after+uint64(len(l.recent.list))); from <= end {
		list = l.recent.list[from-first : end-first+1]
	}
	return list, l.recent.after
}

// record decodes a commit as the store does.
func (c *recentCommit) record(feed model.FeedID) (record, error) {
	r, err := decodeRecord(c.key, c.value)
	if err != nil {
		return r, damagedAt(feed, c.seq, err.Error())
	}
	return r, nil
}

// eachRecent is Log.eachRecord for commits that newest gave.
func eachRecent(feed model.FeedID, list []recentCommit, fn eachFunc) error {
	for i := range list {
		r, err := list[i].record(feed)
		if err != nil {
			return err
		}
		if more, err := fn(list[i].seq, r); err != nil || !more {
			return err
		}
	}
	return nil
}

// journals tells whether a batch may go into the journal, and as what: a few commits of
// the own feed, which is open, and nothing else of the store changes. The caller holds
// Log.write.
func (b *Batch) journals() (r journalRecord, ok bool) {
	l := b.log
	p := b.feeds[b.own]
	if p == nil || len(b.feeds) != 1 || p.root != b.own || len(b.snaps) > 0 || b.packed > 0 || b.settled ||
		b.opened || b.restart || l.restart || l.OwnFeed() != b.own || l.Epoch() != l.kept || l.opts.Device == nil ||
		len(b.ops) != len(p.hashes) {
		return r, false
	}
	r = journalRecord{feed: b.own, state: p.encode(), values: make([][]byte, len(b.ops))}
	for i := range b.ops {
		r.values[i] = b.ops[i].value
	}
	return r, r.size() <= maxJournaled
}

// note makes a batch durable in the journal; false where it is to go into the store. The
// caller holds l.write.
func (l *Log) note(b *Batch) (noted bool, err error) {
	r, ok := b.journals()
	if !ok {
		return false, nil
	}
	if l.journal == nil || !l.journal.room(r.size()) {
		l.wantsJournal = l.journal == nil
		return false, nil
	}
	unclear, err := l.journal.append(&r)
	switch {
	case unclear: // it may be there or not
		l.broken = fmt.Errorf("%w (%w)", ErrReopen, err)
		return false, l.broken
	case err != nil: // what is torn counts for nothing; the store can still take it
		_ = l.journal.close()
		l.journal, l.noJournal = nil, true
		return false, nil
	}
	p := b.feeds[b.own]
	list := make([]recentCommit, len(b.ops))
	for i := range list {
		list[i] = recentCommit{b.ops[i], p.base + 1 + uint64(i), p.hashes[i]}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent.add(b.own, p.base, r.state, list)
	return true, nil
}

// Checkpoint brings what the journal has into the store. Reads and writes do not need it; a
// copy of the store alone, without its journal, has all only after it. Errors: those of
// Batch.Commit.
func (l *Log) Checkpoint() error {
	l.write.Lock()
	defer l.write.Unlock()
	return l.checkpoint()
}

// checkpoint is Checkpoint for who holds l.write.
func (l *Log) checkpoint() error {
	switch {
	case len(l.recent.list) == 0:
		return nil
	case l.broken != nil:
		return l.broken
	case l.opts.ReadOnly:
		return ErrReadOnly
	}
	return l.update(func(*bolt.Tx) error { return nil })
}

// nextJournal gives the journal that is to be used once a transaction is durable, nil where
// there is none: the present one, or, if lines were written, one that is opened now.
func (l *Log) nextJournal() *journal {
	if l.journal != nil || !l.wantsJournal || l.noJournal {
		return l.journal
	}
	j, err := l.openJournal()
	if err != nil { // lines then go into the store
		l.noJournal = true
		return nil
	}
	return j
}

// storeRecent puts what the journal has into a transaction, and how far that is.
func (l *Log) storeRecent(tx *bolt.Tx, next *journal) error {
	if r := &l.recent; len(r.list) > 0 {
		if err := tx.Bucket(bucketFeeds).Put(append([]byte(nil), r.feed[:]...), r.state); err != nil {
			return err
		}
		ops := tx.Bucket(bucketOps)
		ops.FillPercent = fillPercent
		for i := range r.list {
			if err := ops.Put(r.list[i].key, r.list[i].value); err != nil {
				return err
			}
		}
	}
	if next == nil || next == l.journal && next.number == next.stored {
		return nil
	}
	return tx.Bucket(bucketMeta).Put(metaJournal, next.mark())
}

// stored tells that a transaction with what storeRecent put into it is durable.
func (l *Log) stored(next *journal) {
	if next != nil {
		next.at, next.stored = 0, next.number
	}
	l.journal = next
	if len(l.recent.list) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.recent = recent{}
}
