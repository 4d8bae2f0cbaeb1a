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

// owed is a run received of which the peer has not been told that it is held, or is to be
// sent again. Both ends count alike: what is owed here is in flight there, or has been
// freed there already. So the word counts that went out, not that the store answered: the
// store may say how far it is before it answers for each run, and the peer, told that,
// sends more.
type owed struct {
	feed model.FeedID
	last uint64
}

const beyondWindow = "the peer sent more than the window allows"

// pay notes that the peer is told, in whatever way, that a feed is held up to a seq. What
// waits here of that is of no more use.
func (e *Engine) pay(l *link, f model.FeedID, upto uint64) {
	if len(l.owed) == 0 || e.has(owedKept) {
		return
	}
	held := func(r Run) bool { return r.Feed == f && r.Last() <= upto }
	l.parked = slices.DeleteFunc(l.parked, held)
	l.waiting = slices.DeleteFunc(l.waiting, held)
	l.owed = slices.DeleteFunc(l.owed, func(o owed) bool { return o.feed == f && o.last <= upto })
}

func (l *link) owes(r Run) bool { return slices.Contains(l.owed, owed{r.Feed, r.Last()}) }

// drop forgets what came of a feed and is not with the store: the peer is told to stop, or
// to send it again from where it is held.
func (l *link) drop(f model.FeedID) {
	ofFeed := func(r Run) bool { return r.Feed == f }
	l.parked = slices.DeleteFunc(l.parked, ofFeed)
	l.waiting = slices.DeleteFunc(l.waiting, ofFeed)
	l.owed = slices.DeleteFunc(l.owed, func(o owed) bool { return o.feed == f })
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
