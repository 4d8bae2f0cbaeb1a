package oplog

import (
	"encoding/binary"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// FeedInfo describes one feed held.
type FeedInfo struct {
	Feed    model.FeedID
	Open    FeedOpen
	Head    model.Head
	Lamport uint64 // of the head
	// Begin is where what is held begins: after it. Zero is the first commit.
	Begin model.Head
}

func (f *FeedInfo) names() names { return names{f.Feed, f.Open.Feed()} }

func (l *Log) feed(id model.FeedID) (*feedState, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	s, ok := l.feeds[id]
	return s, ok
}

// Heads tells exactly what is durable here. The caller owns the map.
func (l *Log) Heads() model.Vector {
	l.mu.RLock()
	defer l.mu.RUnlock()
	v := make(model.Vector, len(l.feeds))
	for id, s := range l.feeds {
		v[id] = s.head
	}
	return v
}

// Feeds lists what is durable here, in the order the feeds were first seen.
func (l *Log) Feeds() []FeedInfo {
	l.mu.RLock()
	defer l.mu.RUnlock()
	list := make([]FeedInfo, len(l.feeds))
	for id, s := range l.feeds {
		list[s.no] = FeedInfo{Feed: id, Open: s.open, Head: s.head, Lamport: s.lamport, Begin: s.begin.Head}
	}
	return list
}

// OwnFeed is the feed this store last wrote to; zero before the first write.
func (l *Log) OwnFeed() model.FeedID {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.own
}

// Lamport is the highest in the log.
func (l *Log) Lamport() uint64 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.lamport
}

// Epoch is the room key's epoch new bodies are sealed under.
func (l *Log) Epoch() uint32 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.epoch
}

// SetEpoch sets the epoch for what is written from now on. The next batch
// that is committed keeps it over a restart.
func (l *Log) SetEpoch(epoch uint32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch = epoch
}

// Open gives a commit's body. Errors: ErrNoKey, ErrDamagedBody, and
// ErrNewerVersion for a packing this version does not know.
func (l *Log) Open(c Commit) ([]byte, error) { return l.codec.open(&scratch{}, l.opts.Keys, &c) }

// OpenWith gives a commit's body with the commit's own key, see CommitKey.
func (l *Log) OpenWith(key [32]byte, c Commit) ([]byte, error) {
	return l.codec.openWith(&scratch{}, key, &c)
}

// Opener opens many commits one after the other, in memory of its own. It is for
// one goroutine.
type Opener struct {
	log *Log
	mem scratch
}

// Opener gives what opens many commits.
func (l *Log) Opener() *Opener { return &Opener{log: l} }

// Open is Log.Open, but what it gives lasts until the next call.
func (o *Opener) Open(c *Commit) ([]byte, error) {
	return o.log.codec.open(&o.mem, o.log.opts.Keys, c)
}

// Size is the size of the file in bytes.
func (l *Log) Size() (int64, error) {
	var n int64
	err := l.view(func(tx *bolt.Tx) error {
		n = tx.Size()
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("size: %w", err)
	}
	return n, nil
}

// HashAt gives the chain hash of a commit that is held; of commit 0 it is
// zero. It reads from the mark before it, at most markEvery records.
func (l *Log) HashAt(feed model.FeedID, seq uint64) (model.Hash, error) {
	if seq == 0 {
		return model.Hash{}, nil
	}
	s, ok := l.feed(feed)
	if !ok || seq > s.head.Seq {
		return model.Hash{}, fmt.Errorf("hash of feed %s commit %d: %w", feed.Short(), seq, ErrNotHeld)
	}
	if seq == s.head.Seq {
		return s.head.Hash, nil
	}
	var hash model.Hash
	err := l.view(func(tx *bolt.Tx) (err error) {
		hash, err = hashIn(tx, s, seq)
		return err
	})
	return hash, l.letGoSince(feed, err)
}

// hashIn gives the chain hash of a commit that is in the store.
func hashIn(tx *bolt.Tx, s *feedState, seq uint64) (hash model.Hash, err error) {
	switch {
	case seq == 0 || seq == s.head.Seq:
		return s.hashAtEnd(seq), nil
	case seq == s.begin.Seq:
		return s.begin.Hash, nil
	case !s.begin.holds(seq):
		return hash, fmt.Errorf("hash of feed %s commit %d: %w", s.root.Short(), seq, ErrLetGo)
	}
	mark := max(seq-seq%markEvery, 1)
	if seq > s.begin.Seq && mark <= s.begin.Seq {
		mark, hash = s.begin.Seq+1, s.begin.Hash
	}
	err = eachRecord(tx, s.root, s.no, mark, seq, func(n uint64, r record) (bool, error) {
		if n == mark && r.mark != nil {
			hash = model.Hash(r.mark)
		} else {
			hash = chainHash(s.root, hash, r.slim)
		}
		return true, nil
	})
	return hash, err
}

func (s *feedState) hashAtEnd(seq uint64) model.Hash {
	if seq == 0 {
		return model.Hash{}
	}
	return s.head.Hash
}

// eachRecord visits records from..to of a feed, all of which must be there and
// sound. What fn gets lasts as long as the transaction.
func eachRecord(tx *bolt.Tx, feed model.FeedID, no uint32, from, to uint64, fn func(seq uint64, r record) (more bool, err error)) error {
	cur := tx.Bucket(bucketOps).Cursor()
	key := opKey(no, from)
	k, v := cur.Seek(key)
	for seq := from; seq <= to; seq++ {
		if binary.BigEndian.PutUint64(key[4:], seq); string(k) != string(key) {
			return damagedAt(feed, seq, "record is missing")
		}
		r, err := decodeRecord(k, v)
		if err != nil {
			return damagedAt(feed, seq, err.Error())
		}
		more, err := fn(seq, r)
		if err != nil || !more {
			return err
		}
		k, v = cur.Next()
	}
	return nil
}

// chunk reads commits from..to, at most n of them, into memory of their own.
// Hashes are chained from prev and compared with the marks.
func (l *Log) chunk(id names, no uint32, prev model.Hash, from, to uint64, n int) ([]Commit, error) {
	to = min(to, from+uint64(n)-1)
	var (
		recs []record
		out  []Commit
	)
	err := l.view(func(tx *bolt.Tx) error {
		var arena []byte
		recs = make([]record, 0, to-from+1)
		keep := func(b []byte) []byte {
			if b == nil {
				return nil
			}
			if cap(arena)-len(arena) < len(b) {
				arena = make([]byte, 0, max(len(b), 32<<10))
			}
			at := len(arena)
			arena = append(arena, b...)
			return arena[at:len(arena):len(arena)]
		}
		return eachRecord(tx, id.feed, no, from, to, func(_ uint64, r record) (bool, error) {
			recs = append(recs, record{sig: keep(r.sig), mark: keep(r.mark), slim: keep(r.slim)})
			return true, nil
		})
	})
	if err != nil {
		return nil, l.letGoSince(id.feed, err)
	}
	out = make([]Commit, len(recs))
	size := 0
	for i := range recs {
		size += len(recs[i].slim)
	}
	l.touch(size)
	for i := range recs {
		seq := from + uint64(i)
		c, err := recs[i].commit(id, seq)
		if err != nil {
			return nil, damagedAt(id.feed, seq, err.Error())
		}
		c.Hash = chainHash(id.root, prev, recs[i].slim)
		if m := recs[i].mark; m != nil && model.Hash(m) != c.Hash {
			return nil, damagedAt(id.feed, seq, "chain does not meet the stored hash")
		}
		prev, out[i] = c.Hash, c
	}
	return out, nil
}

// At reads one commit.
func (l *Log) At(feed model.FeedID, seq uint64) (Commit, error) {
	s, ok := l.feed(feed)
	if !ok || seq < 1 || seq > s.head.Seq {
		return Commit{}, fmt.Errorf("read feed %s commit %d: %w", feed.Short(), seq, ErrNotHeld)
	}
	if !s.begin.holds(seq) {
		return Commit{}, fmt.Errorf("read feed %s commit %d: %w", feed.Short(), seq, ErrLetGo)
	}
	prev, err := l.HashAt(feed, seq-1)
	if err != nil {
		return Commit{}, err
	}
	list, err := l.chunk(names{feed, s.root}, s.no, prev, seq, seq, 1)
	if err != nil {
		return Commit{}, err
	}
	return list[0], nil
}

// ReadRun reads what follows commit after of a feed, for a link or a bundle;
// false when there is nothing. It ends at the last commit within maxCommits and
// maxBytes (both capped at MaxRunCommits and MaxRunBytes) whose signature is
// stored, or where there is none at the first one after: a run that was
// ingested keeps only its tail's. The read transaction ends before encoding. It is
// ErrLetGo where what follows was let go.
func (l *Log) ReadRun(feed model.FeedID, after uint64, maxCommits, maxBytes int) (Run, bool, error) {
	s, ok := l.feed(feed)
	if !ok || after >= s.head.Seq {
		return Run{}, false, nil
	}
	if after < s.begin.Seq {
		return Run{}, false, fmt.Errorf("read run of feed %s after %d: %w", feed.Short(), after, ErrLetGo)
	}
	recs, err := l.runRecords(feed, s, after, min(maxCommits, MaxRunCommits), min(maxBytes, MaxRunBytes))
	if err != nil {
		return Run{}, false, fmt.Errorf("read run: %w", err)
	}
	commits := make([]Commit, len(recs))
	for i := range recs {
		seq := after + 1 + uint64(i)
		if commits[i], err = recs[i].commit(names{feed, s.root}, seq); err != nil {
			return Run{}, false, fmt.Errorf("read run: %w", damagedAt(feed, seq, err.Error()))
		}
	}
	run := Run{Feed: feed, First: after + 1, Count: len(commits), Payload: l.codec.encodePayload(commits)}
	l.touch(len(run.Payload))
	copy(run.Sig[:], recs[len(recs)-1].sig)
	return run, true, nil
}

// runRecords copies the records of one run out of the store.
func (l *Log) runRecords(feed model.FeedID, s *feedState, after uint64, maxCommits, maxBytes int) ([]record, error) {
	var recs []record
	err := l.view(func(tx *bolt.Tx) error {
		signed, cost := 0, 0
		err := eachRecord(tx, feed, s.no, after+1, s.head.Seq, func(seq uint64, r record) (bool, error) {
			cost += len(r.slim) + commitOverhead // at least what Verify counts
			if seq == 1 {
				cost += openOverhead
			}
			if full := len(recs)+1 > maxCommits || cost > maxBytes; full && signed > 0 {
				return false, nil
			}
			if len(recs) == MaxRunCommits {
				return false, damagedAt(feed, seq, "no signature within the length of a run")
			}
			recs = append(recs, record{sig: append([]byte(nil), r.sig...), slim: append([]byte(nil), r.slim...)})
			if r.sig != nil {
				signed = len(recs)
			}
			return true, nil
		})
		recs = recs[:signed]
		if err == nil && signed == 0 {
			err = damagedAt(feed, s.head.Seq, "signature is missing")
		}
		return err
	})
	return recs, l.letGoSince(feed, err)
}
