package engine

import (
	"slices"
	"time"

	"holdfast/model"
)

// flight is a run sent and not acknowledged.
type flight struct {
	feed model.FeedID
	last uint64
	sent time.Time
}

// acknowledged frees the window of what the peer holds, and fits it to how soon the
// word came.
func (l *link) acknowledged(now time.Time, f model.FeedID, upto uint64) {
	for _, x := range l.flight {
		switch {
		case x.feed != f || x.last > upto:
		case now.Sub(x.sent) <= quickAck:
			l.window = min(l.window+1, Window)
		default:
			l.window = max(l.window-1, leastWindow)
		}
	}
	l.retire(f, upto)
}

// retire frees the window of runs of a feed up to a seq.
func (l *link) retire(f model.FeedID, upto uint64) {
	l.flight = slices.DeleteFunc(l.flight, func(x flight) bool { return x.feed == f && x.last <= upto })
}
