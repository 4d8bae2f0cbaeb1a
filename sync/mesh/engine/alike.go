package engine

import (
	"bytes"
	"slices"
	"time"

	"holdfast/model"
)

// A Hello shows by hashes that what both hold of a feed is the same. What came since
// was acknowledged by its number alone: a device that signs two histories and tells
// each to another peer would have both believe that they are alike, for as long as
// their link lasts and the feed rests. So with each ping the hashes follow of what the
// peer is known to hold exactly as far.

type alikeFrame struct {
	Heads []head `cbor:"1,keyasint"`
}

// sayAlike tells the hashes of the feeds that grew since they were told.
func (e *Engine) sayAlike(l *link) {
	if !l.ready {
		return
	}
	var heads []head
	holds := e.peers[l.peer].holds
	for _, f := range sortedFeeds(e.heads) {
		h := e.heads[f]
		if h.Hash == (model.Hash{}) || l.alike[f] >= h.Seq || holds[f] != h.Seq || e.short.After[f] > 0 {
			continue
		}
		l.alike[f] = h.Seq
		heads = append(heads, head{Feed: bytes.Clone(f[:]), Seq: h.Seq, Hash: bytes.Clone(h.Hash[:8])})
	}
	for part := range slices.Chunk(heads, headsPerFrame) {
		e.send(l, frameAlike, alikeFrame{Heads: part})
	}
}

// compare takes the hashes a peer told. One that differs has the feed sent from its
// first commit, which shows whose fault it is.
func (e *Engine) compare(now time.Time, l *link, f alikeFrame) {
	for _, h := range f.Heads {
		id := model.FeedID(h.Feed)
		ours := e.heads[id]
		known := h.Seq == ours.Seq && ours.Hash != (model.Hash{}) && len(h.Hash) == 8
		if !known || bytes.Equal(h.Hash, ours.Hash[:8]) || l.suspect[id] != nil || l.begins[id] > 0 || e.short.After[id] > 0 {
			continue
		}
		e.diverged(now, l, id)
	}
}
