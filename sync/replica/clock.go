package replica

import (
	"time"

	"holdfast/model"
)

// Now is this device's time, corrected by the offset its links measured: that of the
// wall clock alone. The timer's reading that time.Now adds stands still while the
// machine sleeps, and two of them would hide how long that was.
func (r *Replica) Now() time.Time {
	return r.nowAt(r.offset.Load())
}

func (r *Replica) nowAt(offset int64) time.Time {
	return r.opts.Now().Round(0).Add(-time.Duration(offset) * time.Millisecond)
}

// Offset is how far this device's clock is said to be ahead of its peers.
func (r *Replica) Offset() time.Duration { return time.Duration(r.offset.Load()) * time.Millisecond }

// SetOffset records how far this device's clock is ahead of its peers.
func (r *Replica) SetOffset(ahead time.Duration) { r.offset.Store(ahead.Milliseconds()) }

// Writing has fn called before each commit of this device's own is made, from one
// goroutine at a time: it says how far the clock is ahead. fn must be quick and must
// not call back. It is set before anything is written.
func (r *Replica) Writing(fn func(feed model.FeedID, seq uint64) (ahead time.Duration)) {
	r.hold(func() { r.writing = fn })
}

// ahead is how far the clock is ahead for a commit that is about to be made, in
// milliseconds. The caller holds r.turn.
func (r *Replica) ahead(feed model.FeedID, seq uint64) int64 {
	if r.writing == nil {
		return r.offset.Load()
	}
	ms := r.writing(feed, seq).Milliseconds()
	r.offset.Store(ms)
	return ms
}
