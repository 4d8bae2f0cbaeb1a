package oplog

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"holdfast/model"
)

// sumTag begins what Sum is made of.
const sumTag = "holdfast/sum/1"

// Sum gives a digest of all that is held of a feed after a commit, up to another,
// salted by a number nobody knew before: SHA-256(tag | salt | feed | after | chain
// hash there | each commit with its length). Only who has every byte of them gives
// the same. It is read in steps, some 6 MB and 50 ms for 8192 commits; how many a peer
// may ask for is the link's to bound. Errors: ErrLetGo, ErrNotHeld, and damage.
func (l *Log) Sum(feed model.FeedID, after, upto uint64, salt [32]byte) (sum [32]byte, err error) {
	s, ok := l.feed(feed)
	if !ok || upto > s.head.Seq || upto <= after {
		return sum, fmt.Errorf("sum of feed %s after %d to %d: %w", feed.Short(), after, upto, ErrNotHeld)
	}
	prev, err := l.HashAt(feed, after)
	if err != nil {
		return sum, err
	}
	h := sha256.New()
	h.Write([]byte(sumTag))
	h.Write(salt[:])
	h.Write(s.root[:])
	h.Write(binary.BigEndian.AppendUint64(nil, after))
	h.Write(prev[:])
	for after < upto { // in steps, as Check reads: each must lead to what its place is known by
		commits, err := l.chunk(names{feed, s.root}, s.no, prev, after+1, upto, checkChunk)
		if err != nil {
			return sum, err
		}
		for n := range commits {
			slim := appendSlim(nil, &commits[n])
			h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(slim))))
			h.Write(slim)
		}
		last := &commits[len(commits)-1]
		after, prev = last.Seq, last.Hash
	}
	return [32]byte(h.Sum(nil)), nil
}
