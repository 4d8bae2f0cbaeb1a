package oplog

import (
	"bytes"
	"cmp"
	"encoding/binary"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// A segment pays where it spares much: rows of small commits that are many, or
// fewer large ones, each of which wastes part of a page.
const (
	minSegmentCommits = 64
	minSegmentBytes   = 32 << 10
)

// packer makes segments of rows while the store is written anew. It is given what
// is in the ops bucket in the order of its keys, and gives what the new one holds in
// the same order.
//
// The newest commit of a feed stays the row it is. Segments are kept as
// they are. What is not sound is copied as it is, row by row: to write a store anew
// mends nothing and hides nothing.
type packer struct {
	codec  *codec
	feeds  map[uint32]*feedState // as they will be
	least  int                   // commits of which a segment pays, however small
	emit   func(key, value []byte) error
	feed   *feedState
	at     model.Head // of the last commit that came, whose hash is known
	rows   []row      // that wait, up to at
	cost   int        // of them, as a run counts it
	before model.Hash // of the commit before them
	held   uint64     // commits given
}

// row is a sound record that waits.
type row struct {
	key, value []byte
	record
	commit Commit
	hash   model.Hash
}

// put takes what is under the next key. Its bytes last as long as the packer.
func (p *packer) put(key, value []byte) error {
	if len(key) != 12 {
		return ErrDamaged
	}
	s := p.feeds[binary.BigEndian.Uint32(key)]
	if s == nil {
		return ErrDamaged
	}
	if p.feed != s {
		if err := p.flush(); err != nil {
			return err
		}
		p.feed, p.at = s, model.Head{}
	}
	seq := binary.BigEndian.Uint64(key[4:])
	from := p.dropped()
	if seq <= from {
		return nil
	}
	if seq > s.begin.Seq && p.at.Seq < s.begin.Seq {
		if err := p.flush(); err != nil {
			return err
		}
		p.at = s.begin.Head
	}
	if isSegment(value) {
		return p.segment(key, value, from)
	}
	return p.row(key, value)
}

// dropped is how far the feed is let go of: what is held again of what was let go
// before stays.
func (p *packer) dropped() uint64 {
	if b := &p.feed.begin; b.fill.Seq == 0 {
		return b.Seq
	}
	return 0
}

// segment gives a segment as it is, or the rest of one whose beginning is let go of.
func (p *packer) segment(key, value []byte, from uint64) error {
	if err := p.flush(); err != nil {
		return err
	}
	s, err := decodeSegment(key, value)
	if err != nil || s.run.First > from {
		p.at = model.Head{}
		if err == nil {
			p.at = model.Head{Seq: s.run.Last(), Hash: s.last}
			p.held += uint64(s.run.Count)
		}
		return p.emit(key, value)
	}
	list, err := s.records(p.codec, from+1, s.run.Last())
	if err != nil {
		return err
	}
	hash := p.at.Hash
	for i, r := range list {
		seq := from + 1 + uint64(i)
		hash = chainHash(p.feed.root, hash, r.slim)
		key := opKey(p.feed.no, seq)
		if err := p.row(key, encodeRecord(key, r.sig, hash, seq, r.slim)); err != nil {
			return err
		}
	}
	return nil
}

// row takes a row: one that is sound and follows on what is known waits to become
// part of a segment.
func (p *packer) row(key, value []byte) error {
	p.held++
	w, sound := p.read(key, value)
	if !sound || w.commit.Seq == p.feed.head.Seq {
		err := p.flush()
		p.at = model.Head{Seq: w.commit.Seq, Hash: w.hash} // zero where it is not known
		if err != nil {
			return err
		}
		return p.emit(key, value)
	}
	for len(p.rows) > 0 && (len(p.rows) == MaxRunCommits || p.cost+w.commit.cost() > MaxRunBytes) {
		if err := p.cut(); err != nil {
			return err
		}
	}
	if len(p.rows) == 0 {
		p.before = p.at.Hash
	}
	p.rows, p.cost, p.at = append(p.rows, w), p.cost+w.commit.cost(), w.commit.Head()
	return nil
}

// read decodes a row and chains it. One that is not sound, or whose place in the
// chain is not known, gives what is known after it.
func (p *packer) read(key, value []byte) (w row, sound bool) {
	r, err := decodeRecord(key, value)
	if err != nil {
		return w, false
	}
	seq := binary.BigEndian.Uint64(key[4:])
	c, err := r.commit(names{}, seq)
	if err != nil {
		return w, false
	}
	if p.at.Seq+1 != seq {
		if r.mark != nil {
			w.commit.Seq, w.hash = seq, model.Hash(r.mark)
		}
		return w, false
	}
	c.Hash = chainHash(p.feed.root, p.at.Hash, r.slim)
	if r.mark != nil && model.Hash(r.mark) != c.Hash {
		return w, false
	}
	return row{key: key, value: value, record: r, commit: c, hash: c.Hash}, true
}

// cut gives the rows that wait up to the last signature, as a segment where that
// pays; all of them where there is none.
func (p *packer) cut() error {
	n := len(p.rows)
	for n > 0 && p.rows[n-1].sig == nil {
		n--
	}
	cost := 0
	for i := range p.rows[:n] {
		cost += p.rows[i].commit.cost()
	}
	switch {
	case n == 0:
		n = len(p.rows)
		cost = p.cost
		fallthrough
	case n < p.least && (n < 2 || cost < minSegmentBytes):
		for _, w := range p.rows[:n] {
			if err := p.emit(w.key, w.value); err != nil {
				return err
			}
		}
	default:
		key, value, err := makeSegment(p.codec, p.before, p.rows[:n])
		if err != nil {
			return err
		}
		if err := p.emit(key, value); err != nil {
			return err
		}
	}
	p.before, p.cost = p.rows[n-1].hash, p.cost-cost
	p.rows = append(p.rows[:0], p.rows[n:]...)
	return nil
}

// flush gives all that waits.
func (p *packer) flush() error {
	for len(p.rows) > 0 {
		if err := p.cut(); err != nil {
			return err
		}
	}
	return nil
}

// repacked gives to emit what a new file has in a bucket, in the order of its keys.
func (l *Log) repacked(name []byte, from *bolt.Bucket, change *shortening, emit func(key, value []byte) error) (p packer, err error) {
	if !bytes.Equal(name, bucketOps) {
		return p, from.ForEach(func(k, v []byte) error {
			if bytes.Equal(name, bucketFeeds) {
				v = change.feed(k, v)
			}
			return emit(k, v)
		})
	}
	p = packer{codec: l.codec, feeds: l.states(change), least: cmp.Or(l.opts.minSegment, minSegmentCommits), emit: emit}
	if err := from.ForEach(p.put); err != nil {
		return p, err
	}
	return p, p.flush()
}

// states gives the feeds by their number, as they are after a change.
func (l *Log) states(change *shortening) map[uint32]*feedState {
	l.mu.RLock()
	defer l.mu.RUnlock()
	byNo := make(map[uint32]*feedState, len(l.feeds))
	for id, s := range l.feeds {
		if change != nil && change.feeds[id] != nil {
			s = change.feeds[id]
		}
		byNo[s.no] = s
	}
	return byNo
}
