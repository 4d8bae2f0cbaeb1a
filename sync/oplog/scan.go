package oplog

import (
	"container/heap"
	"fmt"

	"holdfast/model"
)

// scanBuffer is how many commits a scan holds in memory over all feeds.
const scanBuffer = 8192

// Scan gives every commit after from, of all feeds, in (lamport, feed) order,
// up to what was durable when it began. Each is read under its checksum and
// chained to the stored hashes; fn runs outside any transaction and an error of
// it ends the scan. A commit and what it holds last until fn returns. Errors: ErrNotHeld
// where from names what is not here, ErrLetGo where what follows was let go, ErrDamaged
// with the feed and seq.
func (l *Log) Scan(from model.Vector, fn func(Commit) error) error {
	return l.scan(from, false, func(c *Commit) error { return fn(*c) })
}

// ScanUnchained is Scan, but commits come without their hashes and those stored are not
// compared: a checksum has told by then that what is read is what was verified and
// written, and the seal of a body ties it to its place. Check compares all.
func (l *Log) ScanUnchained(from model.Vector, fn func(*Commit) error) error {
	return l.scan(from, true, fn)
}

func (l *Log) scan(from model.Vector, unchained bool, fn func(*Commit) error) error {
	feeds := l.Feeds()
	for id, head := range from {
		if hash, err := l.HashAt(id, head.Seq); err != nil || hash != head.Hash {
			return fmt.Errorf("scan from feed %s commit %d: %w", id.Short(), head.Seq, ErrNotHeld)
		}
	}
	chunk := max(16, min(512, scanBuffer/max(1, len(feeds))))
	var merge mergeHeap
	for no, f := range feeds {
		if from[f.Feed].Seq < f.Begin.Seq {
			return fmt.Errorf("scan feed %s from commit %d: %w", f.Feed.Short(), from[f.Feed].Seq+1, ErrLetGo)
		}
		c := &cursor{mem: copyOut{unchained: unchained}, log: l, no: uint32(no), feed: f.names(), at: from[f.Feed], head: f.Head, chunk: chunk}
		ok, err := c.fill()
		if err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		if ok {
			merge = append(merge, c)
		}
	}
	heap.Init(&merge)
	for len(merge) > 0 {
		c := merge[0]
		if err := fn(&c.buf[0]); err != nil {
			return err
		}
		c.buf = c.buf[1:]
		ok, err := c.fill()
		if err != nil {
			return fmt.Errorf("scan: %w", err)
		}
		if ok {
			heap.Fix(&merge, 0)
		} else {
			heap.Pop(&merge)
		}
	}
	return nil
}

// cursor walks one feed in chunks.
type cursor struct {
	log   *Log
	no    uint32
	feed  names
	at    model.Head // last commit read
	head  model.Head // where to end
	chunk int
	mem   copyOut
	buf   []Commit // what is left of it
}

// fill reads on when the buffer is empty; false at the end of the feed.
func (c *cursor) fill() (bool, error) {
	if len(c.buf) > 0 {
		return true, nil
	}
	if c.at.Seq >= c.head.Seq {
		return false, nil
	}
	list, err := c.log.chunkInto(&c.mem, c.feed, c.no, c.at.Hash, c.at.Seq+1, c.head.Seq, c.chunk)
	if err != nil {
		return false, err
	}
	c.buf, c.at = list, list[len(list)-1].Head()
	if c.at.Seq == c.head.Seq && !c.mem.unchained && c.at.Hash != c.head.Hash {
		return false, damagedAt(c.feed.feed, c.at.Seq, "chain does not end at the feed's head")
	}
	return true, nil
}

type mergeHeap []*cursor

func (h mergeHeap) Len() int { return len(h) }
func (h mergeHeap) Less(i, j int) bool {
	a, b := &h[i].buf[0], &h[j].buf[0]
	if a.Lamport != b.Lamport {
		return a.Lamport < b.Lamport
	}
	return a.Feed.Compare(b.Feed) < 0
}
func (h mergeHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *mergeHeap) Push(x any)   { *h = append(*h, x.(*cursor)) }
func (h *mergeHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
