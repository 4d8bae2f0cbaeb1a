package node

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/sync/clock"
	"holdfast/sync/oplog"
	"holdfast/sync/replica"
)

// Bounds of the clock correction.
const (
	// agreeing is how many peers must have been measured before this device's
	// times are corrected: with one, nobody can tell whose clock is wrong.
	agreeing = 2
	// maxOffset is what the record can hold; a clock further off is named on screen
	// and not corrected.
	maxOffset = oplog.MaxOff * time.Millisecond
)

// clockFile keeps what is known of the wall clock's run, outside the record.
const clockFile = "clock.json"

// maxClockFile bounds it: a run of the most feeds is 8 kB.
const maxClockFile = 64 << 10

// watchClock begins the watch over the wall clock, before anything is written.
func (r *Room) watchClock() {
	n := r.node
	path := filepath.Join(n.home.RoomDir(r.Room()), clockFile)
	saved, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = nil
	case len(saved) > maxClockFile:
		saved, err = nil, errors.New("the file is too large")
	}
	keep := func(b []byte) error {
		if b == nil {
			return os.Remove(path)
		}
		return replaceFile(path, b)
	}
	var opened error
	r.clock, opened = clock.Open(saved, keep, n.opts.Now, n.opts.Uptime)
	if err = errors.Join(err, opened); err != nil {
		n.log.Warn("what was known of the clock is set aside", "room", r.Room(), "error", err)
	}
	r.SetOffset(r.clock.Ahead())
	r.Writing(r.writing)
}

// writing notes that a commit is written on this run of the clock, and says how far
// the clock is ahead: as was measured last, and without links as was on this run.
func (r *Room) writing(feed model.FeedID, seq uint64) time.Duration {
	ahead := r.Offset()
	if !r.measuring.Load() {
		ahead = r.clock.Ahead()
	}
	if err := r.clock.Writing(feed, seq, ahead); err != nil {
		r.node.log.Warn("what is known of the clock is not kept: times written now may stay wrong", "error", err)
	}
	return ahead
}

// founded notes the founding, which was written before the watch began.
func (r *Room) founded() {
	var at model.Stamp
	r.View(func(s *model.State) { at = s.Founded })
	if err := r.clock.Writing(at.Feed, at.Seq, 0); err != nil {
		r.node.log.Warn("what is known of the clock is not kept", "error", err)
	}
}

// measured is how far this device's clock is ahead by the median of all clocks
// known, its own among them; false where too few are.
func (r *Room) measured() (ahead time.Duration, ok bool) {
	all := append(r.mesh.Clocks(), 0)
	if len(all) <= agreeing {
		return 0, false
	}
	slices.Sort(all)
	ahead = all[len(all)/2]
	if ahead.Abs() < model.ClockTolerated {
		ahead = 0
	}
	return ahead, ahead.Abs() <= maxOffset
}

// setClock takes over how far this device's clock is ahead, and has it told of what
// was written before that was known.
func (r *Room) setClock() {
	ahead, ok := r.measured()
	if ok {
		if err := r.clock.Measured(ahead); err != nil {
			r.node.log.Warn("what was measured of the clock is not kept", "error", err)
		}
	} else {
		ahead = r.clock.Ahead()
	}
	r.SetOffset(ahead)
	r.measuring.Store(ok)
	if spans, _ := r.clock.Unsaid(); len(spans) > 0 {
		select {
		case r.wrong <- struct{}{}:
		default:
		}
	}
}

// tendClock writes into the record how wrong the clock was.
func (r *Room) tendClock() {
	for {
		select {
		case <-r.node.ctx.Done():
			return
		case <-r.wrong:
		}
		if err := r.correctClock(); err != nil && r.node.ctx.Err() == nil {
			r.node.log.Warn("times written on a wrong clock stay as they are for now", "error", err)
		}
	}
}

func (r *Room) correctClock() error {
	spans, ahead := r.clock.Unsaid()
	var c model.CorrectClock
	r.View(func(s *model.State) {
		for _, span := range spans {
			if to := s.Applied[span.Feed].Seq; to >= span.From {
				c.Fixes = append(c.Fixes, model.ClockFix{Feed: span.Feed, From: span.From, To: to, Off: ahead.Milliseconds()})
			}
		}
	})
	if len(c.Fixes) > 0 {
		_, err := r.Do(r.node.ctx, c)
		if err != nil && !errors.Is(err, model.ErrRefused) && !errors.Is(err, replica.ErrRelay) {
			return err
		}
	}
	return r.clock.Said()
}
