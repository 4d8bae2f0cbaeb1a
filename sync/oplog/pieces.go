package oplog

import (
	"encoding/binary"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// piece is what is under one key of the ops bucket: the commits first..last, which
// is one where it is no segment. Who reads commits does not ask which it is.
type piece struct {
	first, last uint64
	record      // of one commit
	segment     *segment
}

func decodePiece(key, value []byte) (p piece, err error) {
	p.last = binary.BigEndian.Uint64(key[4:])
	p.first = p.last
	if !isSegment(value) {
		p.record, err = decodeRecord(key, value)
		return p, err
	}
	if p.segment, err = decodeSegment(key, value); err == nil {
		p.first = p.segment.run.First
	}
	return p, err
}

// signed gives the last place at or before seq whose signature is stored here.
func (p *piece) signed(seq uint64) (at uint64, ok bool) {
	if p.segment == nil {
		return p.last, p.sig != nil
	}
	for i := len(p.segment.seals) - 1; i >= 0; i-- {
		if at := p.segment.seals[i].seq; at <= seq {
			return at, true
		}
	}
	return 0, false
}

// holding decodes what a cursor found for a commit of a feed, which must be in it.
func holding(feed model.FeedID, no uint32, seq uint64, k, v []byte) (piece, error) {
	if len(k) != 12 || binary.BigEndian.Uint32(k) != no || binary.BigEndian.Uint64(k[4:]) != seq && !isSegment(v) {
		return piece{}, damagedAt(feed, seq, "record is missing")
	}
	p, err := decodePiece(k, v)
	switch {
	case err != nil:
		return p, damagedAt(feed, seq, err.Error())
	case p.first > seq || p.last < seq:
		return p, damagedAt(feed, seq, "record is missing")
	}
	return p, nil
}

// eachPiece visits what holds the commits from..to of a feed, all of which must be
// there and sound. What fn gets lasts as long as the transaction.
func eachPiece(tx *bolt.Tx, feed model.FeedID, no uint32, from, to uint64, fn func(piece) (more bool, err error)) error {
	cur := tx.Bucket(bucketOps).Cursor()
	k, v := cur.Seek(opKey(no, from))
	for seq := from; seq <= to; k, v = cur.Next() {
		p, err := holding(feed, no, seq, k, v)
		if err != nil {
			return err
		}
		if more, err := fn(p); err != nil || !more {
			return err
		}
		seq = p.last + 1
	}
	return nil
}

// eachBack is eachPiece from the last of the commits after..to to the first.
func eachBack(tx *bolt.Tx, feed model.FeedID, no uint32, after, to uint64, fn func(piece) (more bool, err error)) error {
	cur := tx.Bucket(bucketOps).Cursor()
	k, v := cur.Seek(opKey(no, to))
	for seq := to; seq > after; k, v = cur.Prev() {
		p, err := holding(feed, no, seq, k, v)
		if err != nil {
			return err
		}
		if more, err := fn(p); err != nil || !more {
			return err
		}
		seq = p.first - 1
	}
	return nil
}

// eachRecord visits the commits from..to of a feed one by one, as eachPiece does.
func (l *Log) eachRecord(tx *bolt.Tx, feed model.FeedID, no uint32, from, to uint64, fn eachFunc) error {
	return eachPiece(tx, feed, no, from, to, func(p piece) (bool, error) {
		if p.segment == nil {
			return fn(p.last, p.record)
		}
		seq := max(from, p.first)
		list, err := p.segment.records(l.codec, seq, min(to, p.last))
		if err != nil {
			return false, damagedAt(feed, seq, err.Error())
		}
		for _, r := range list {
			if more, err := fn(seq, r); err != nil || !more {
				return false, err
			}
			seq++
		}
		return true, nil
	})
}

// hashIn gives the chain hash of a commit that is in the store.
func (l *Log) hashIn(tx *bolt.Tx, s *feedState, seq uint64) (model.Hash, error) {
	at, err := s.known(tx, seq)
	if err != nil {
		return model.Hash{}, err
	}
	err = l.eachRecord(tx, s.root, s.no, at.Seq+1, seq, func(_ uint64, r record) (bool, error) {
		at.Hash = chainHash(s.root, at.Hash, r.slim)
		return true, nil
	})
	return at.Hash, err
}

// known gives the last place at or before a commit that is held whose chain hash is
// stored.
func (s *feedState) known(tx *bolt.Tx, seq uint64) (at model.Head, err error) {
	switch {
	case seq == 0:
		return at, nil
	case seq == s.head.Seq:
		return s.head, nil
	case seq == s.begin.Seq:
		return s.begin.Head, nil
	case !s.begin.holds(seq):
		return at, letGoAt(s.root, seq)
	case seq > s.begin.Seq:
		at = s.begin.Head
	}
	err = eachBack(tx, s.root, s.no, at.Seq, seq, func(p piece) (bool, error) {
		switch {
		case p.segment != nil && p.last <= seq:
			at = model.Head{Seq: p.last, Hash: p.segment.last}
		case p.segment != nil:
			at = model.Head{Seq: p.first - 1, Hash: p.segment.prev}
		case p.mark != nil:
			at = model.Head{Seq: p.last, Hash: model.Hash(p.mark)}
		default:
			return true, nil
		}
		return false, nil
	})
	return at, err
}
