package oplog

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"os"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// The mark is a small file beside the store that says how far the own feed was
// written: feed | seq | chain hash | the first 8 bytes of a SHA-256 over them.
// A store that holds less than its mark was put back to an older copy of
// itself, in place, where neither the file's number nor its birth tell.
//
// It is written after each own commit is durable and before that is
// acknowledged, and not flushed: a flush for each would double what a line
// costs. After a power cut it may be behind the store, never ahead of it. So
// it gives no false alarm; and what it does not see is a copy that is put back
// together with its mark, or one not older than the last mark a power cut left.
// Then the first peer that holds the lost commits tells: see Graft.

const (
	markSize = 32 + 8 + 32 + 8
	markSum  = 8
)

func (l *Log) markPath() string { return l.path + ".mark" }

func encodeMark(feed model.FeedID, head model.Head) []byte {
	b := append(make([]byte, 0, markSize), feed[:]...)
	b = binary.BigEndian.AppendUint64(b, head.Seq)
	b = append(b, head.Hash[:]...)
	sum := sha256.Sum256(b)
	return append(b, sum[:markSum]...)
}

// decodeMark reads a mark; false for what is none, such as one torn by a power
// cut, which is as if there were none.
func decodeMark(b []byte) (feed model.FeedID, head model.Head, ok bool) {
	if len(b) != markSize {
		return feed, head, false
	}
	copy(feed[:], b)
	head.Seq = binary.BigEndian.Uint64(b[32:])
	copy(head.Hash[:], b[40:])
	return feed, head, string(encodeMark(feed, head)) == string(b)
}

// readMark compares the store with its mark. A device without a key writes
// nothing and needs none; neither is a folder that takes no files a reason not
// to open the room.
func (l *Log) readMark(tx *bolt.Tx) error {
	if l.opts.Device == nil || l.opts.ReadOnly {
		return nil
	}
	f, err := os.OpenFile(l.markPath(), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil
	}
	l.mark = f
	b, err := io.ReadAll(io.LimitReader(f, markSize+1))
	if err != nil {
		return nil
	}
	feed, head, ok := decodeMark(b)
	if !ok {
		return nil
	}
	s, held := l.feeds[feed]
	if held && s.head.Seq >= head.Seq {
		hash, err := l.hashHere(tx, feed, s, head.Seq)
		if errors.Is(err, ErrLetGo) {
			return nil // a mark that a power cut left behind; what is held goes further
		}
		if err != nil {
			return err
		}
		if hash == head.Hash {
			return nil
		}
	}
	l.rolled, l.restart = true, true
	return nil
}

// hashHere is Log.HashAt inside a transaction.
func (l *Log) hashHere(tx *bolt.Tx, feed model.FeedID, s *feedState, seq uint64) (model.Hash, error) {
	if list, _ := l.newest(feed, seq, seq); len(list) > 0 {
		return list[0].hash, nil
	}
	return l.hashIn(tx, s, seq)
}

// keepMark writes how far the own feed is held; the caller holds l.write. What
// goes wrong costs no more than a later warning.
func (l *Log) keepMark() {
	own := l.OwnFeed()
	s, ok := l.feed(own)
	if l.mark == nil || !ok {
		return
	}
	_, _ = l.mark.WriteAt(encodeMark(own, s.head), 0)
}

func (l *Log) closeMark() error {
	if l.mark == nil {
		return nil
	}
	f := l.mark
	l.mark = nil
	return errors.Join(f.Sync(), f.Close())
}

// RolledBack tells that the store was older than its mark when it was opened:
// it was put back to a copy, and what it wrote after that copy may be at peers.
// The next own write opens a new feed by itself.
func (l *Log) RolledBack() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.rolled
}
