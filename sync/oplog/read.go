package oplog

import (
	"fmt"
	"slices"

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
// zero. It reads from the stored hash before it: at most markEvery records, or a segment.
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
	if list, _ := l.newest(feed, seq, seq); len(list) > 0 {
		return list[0].hash, nil
	}
	var hash model.Hash
	err := l.view(func(tx *bolt.Tx) (err error) {
		hash, err = l.hashIn(tx, s, seq)
		return err
	})
	return hash, l.letGoSince(feed, err)
}

func letGoAt(feed model.FeedID, seq uint64) error {
	return fmt.Errorf("feed %s commit %d: %w", feed.Short(), seq, ErrLetGo)
}

// chunk reads commits from..to, at most n of them and no further than the end of a
// segment, into memory of their own. Hashes are chained from prev and compared with
// those stored.
func (l *Log) chunk(id names, no uint32, prev model.Hash, from, to uint64, n int) ([]Commit, error) {
	return l.chunkInto(new(copyOut), id, no, prev, from, to, n)
}

// chunkInto is chunk; what it gives lasts until in is used again.
func (l *Log) chunkInto(in *copyOut, id names, no uint32, prev model.Hash, from, to uint64, n int) ([]Commit, error) {
	to = min(to, from+uint64(n)-1)
	in.begin(id, prev, int(to-from)+1)
	newest, stored := l.newest(id.feed, from, to)
	if from > stored {
		err := eachRecent(id.feed, newest, func(seq uint64, r record) (bool, error) { return true, in.row(seq, r) })
		return in.out, err
	}
	to = min(to, stored)
	err := l.view(func(tx *bolt.Tx) error {
		return eachPiece(tx, id.feed, no, from, to, func(p piece) (bool, error) {
			if p.segment != nil {
				return false, in.segment(l.codec, p.segment, max(from, p.first), min(to, p.last))
			}
			in.out = slices.Grow(in.out, int(to-p.last)+1)
			return true, in.row(p.last, p.record)
		})
	})
	if err != nil {
		return nil, l.letGoSince(id.feed, err)
	}
	l.touch(in.size)
	return in.out, nil
}

const offChain = "chain does not meet the stored hash"

// copyOut takes commits out of a transaction.
type copyOut struct {
	id    names
	prev  model.Hash // of the commit before
	out   []Commit
	size  int
	arena []byte
	least int // bytes of arena to take at a time
	slim  []byte
	// unchained leaves the hashes out.
	unchained bool
}

// usualSealed is more than the sealed body of a usual commit and its signature take.
const usualSealed = 256

// begin uses the memory again, for at most n commits that follow one.
func (in *copyOut) begin(id names, prev model.Hash, n int) {
	in.id, in.prev, in.size, in.out, in.arena, in.least = id, prev, 0, in.out[:0], in.arena[:0], n*usualSealed
}

// keep copies bytes that last no longer than the transaction.
func (in *copyOut) keep(b []byte) []byte {
	if b == nil {
		return nil
	}
	if cap(in.arena)-len(in.arena) < len(b) {
		in.arena = make([]byte, 0, max(len(b), in.least))
	}
	at := len(in.arena)
	in.arena = append(in.arena, b...)
	return in.arena[at:len(in.arena):len(in.arena)]
}

func (in *copyOut) row(seq uint64, r record) error {
	r.sig, r.slim = in.keep(r.sig), in.keep(r.slim)
	c, err := r.commit(in.id, seq)
	if err != nil {
		return damagedAt(in.id.feed, seq, err.Error())
	}
	return in.add(c, r.slim, r.mark)
}

func (in *copyOut) segment(codec *codec, s *segment, from, to uint64) error {
	var room []Commit
	if len(in.out) == 0 {
		room = in.out
	}
	list, err := s.commits(codec, room, in.id, from, to)
	if err != nil {
		return damagedAt(in.id.feed, from, err.Error())
	}
	if from == s.run.First && in.prev != s.prev && !in.unchained {
		return damagedAt(in.id.feed, from, offChain)
	}
	if len(in.out) == 0 {
		in.out = list[:0] // each is put back where it was
	}
	for _, c := range list {
		if !in.unchained {
			in.slim = appendSlim(in.slim[:0], &c)
		}
		c.Sealed, c.Sig = in.keep(c.Sealed), in.keep(c.Sig)
		var mark []byte
		if c.Seq == s.run.Last() {
			mark = s.last[:]
		}
		if err := in.add(c, in.slim, mark); err != nil {
			return err
		}
	}
	return nil
}

func (in *copyOut) add(c Commit, slim, mark []byte) error {
	in.size += c.cost()
	if in.unchained {
		in.out = append(in.out, c)
		return nil
	}
	c.Hash = chainHash(in.id.root, in.prev, slim)
	if mark != nil && model.Hash(mark) != c.Hash {
		return damagedAt(in.id.feed, c.Seq, offChain)
	}
	in.prev, in.out = c.Hash, append(in.out, c)
	return nil
}

// At reads one commit.
func (l *Log) At(feed model.FeedID, seq uint64) (Commit, error) {
	var at Commit
	err := l.Each(feed, seq, seq, func(c Commit) error {
		at = c
		return nil
	})
	return at, err
}

// Each gives the commits from..to of a feed, one after the other. What it reads is
// chained to the stored hashes; fn runs outside any transaction. Errors: of fn, and as At.
func (l *Log) Each(feed model.FeedID, from, to uint64, fn func(Commit) error) error {
	s, ok := l.feed(feed)
	switch {
	case !ok || from < 1 || to > s.head.Seq:
		return fmt.Errorf("read feed %s commits %d to %d: %w", feed.Short(), from, to, ErrNotHeld)
	case !s.begin.holds(from):
		return letGoAt(feed, from)
	}
	prev, err := l.HashAt(feed, from-1)
	if err != nil {
		return err
	}
	for from <= to {
		list, err := l.chunk(names{feed, s.root}, s.no, prev, from, to, MaxRunCommits)
		if err != nil {
			return err
		}
		for _, c := range list {
			if err := fn(c); err != nil {
				return err
			}
		}
		last := list[len(list)-1]
		from, prev = last.Seq+1, last.Hash
	}
	return nil
}
