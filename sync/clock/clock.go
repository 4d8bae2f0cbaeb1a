// Package clock watches the wall clock of this machine. It tells which commits were
// written on one unbroken run of it: without a link nobody knows how wrong the clock
// is, and once that has been measured it holds for the whole run, and for nothing
// else. The witness is a clock that nobody sets, which counts from the start of the
// machine: what lies between the two changes only when the wall clock is set.
package clock

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"holdfast/model"
)

const (
	// SettlesAfter is how long after a clock was set what peers said of it may be
	// from before: they are asked every 15 s, and the answer may take a while.
	SettlesAfter = 40 * time.Second
	// maxFeeds bounds the incarnations of the device on one run; more are not
	// corrected.
	maxFeeds = 64
)

// Uptime reads the clock that counts from the start of the machine, sleep counted
// in, and the name of that start. It must not be set while the name is the same.
type Uptime func() (boot string, up time.Duration)

// Span is the commits of a feed that were written on a run.
type Span struct {
	Feed model.FeedID
	From uint64
}

// run is a stretch of time in which the wall clock was not set.
type run struct {
	Boot string `json:"boot"`
	// ApartMS is the wall clock less the uptime, in milliseconds.
	ApartMS int64 `json:"wall_less_uptime_ms"`
	// Feeds are written on since, with LowMS to HighMS as how far the clock was
	// believed to be ahead.
	Feeds  []written `json:"feeds"`
	LowMS  int64     `json:"believed_low_ms"`
	HighMS int64     `json:"believed_high_ms"`
	// Measured tells that AheadMS is how far the clock is ahead, and Said that it
	// is in the record.
	Measured bool  `json:"measured"`
	AheadMS  int64 `json:"ahead_ms"`
	Said     bool  `json:"said"`

	// set is the uptime at which the clock was seen to have been set; zero where
	// the run was not begun by that.
	set time.Duration
}

type written struct {
	Feed string `json:"feed"`
	From uint64 `json:"from"`
}

func (f written) is(feed model.FeedID) bool { return f.Feed == feed.String() }

// Watch is the watch over the clock for one room. It is safe for concurrent use.
type Watch struct {
	keep func([]byte) error
	now  func() time.Time
	up   Uptime

	mu  sync.Mutex
	run run
}

// Open goes on where the watch over a room was left: saved is what keep was given
// last, nil where it never was. With an error it begins anew, which is safe: what was
// written before is then not corrected. keep makes bytes durable, or nil where they
// are to be forgotten.
func Open(saved []byte, keep func([]byte) error, now func() time.Time, up Uptime) (*Watch, error) {
	w := &Watch{keep: keep, now: now, up: up}
	var err error
	if saved != nil {
		if err = json.Unmarshal(saved, &w.run); err != nil {
			w.run, err = run{}, fmt.Errorf("read what is known of the clock: %w", err)
		}
	}
	if w.look() {
		w.run.set = 0 // nothing was measured in this process yet
	}
	return w, err
}

// look reads both clocks, and begins a new run where the wall clock was set since,
// or the machine started.
func (w *Watch) look() (began bool) {
	boot, up := w.up()
	apart := w.now().UnixMilli() - up.Milliseconds()
	if r := &w.run; r.Boot == boot && time.Duration(abs(apart-r.ApartMS))*time.Millisecond <= model.ClockTolerated {
		return false
	}
	w.run = run{Boot: boot, ApartMS: apart, set: max(up, 1)}
	return true
}

func abs(n int64) int64 { return max(n, -n) }

// Set reports whether the clock was set since anybody looked last: what was known
// of it holds no more.
func (w *Watch) Set() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.look()
}

// Writing is told before a commit of the device's own is made, which says that the
// clock is ahead by so much.
func (w *Watch) Writing(feed model.FeedID, seq uint64, believed time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.look()
	r, ms := &w.run, believed.Milliseconds()
	if r.Measured {
		return nil
	}
	known := slices.ContainsFunc(r.Feeds, func(f written) bool { return f.is(feed) })
	switch {
	case known && r.LowMS <= ms && ms <= r.HighMS, !known && len(r.Feeds) == maxFeeds:
		return nil
	case len(r.Feeds) == 0:
		r.LowMS, r.HighMS = ms, ms
	}
	if r.LowMS, r.HighMS = min(r.LowMS, ms), max(r.HighMS, ms); !known {
		r.Feeds = append(r.Feeds, written{feed.String(), seq})
	}
	return w.save()
}

// Measured takes what the peers say of the clock: how far it is ahead. The first
// word holds for all of a run; a later one is another opinion of the peers.
func (w *Watch) Measured(ahead time.Duration) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, up := w.up()
	if w.look() || w.run.set != 0 && up-w.run.set < SettlesAfter || w.run.Measured {
		return nil
	}
	r := &w.run
	r.Measured, r.AheadMS = true, ahead.Milliseconds()
	far := max(r.HighMS-r.AheadMS, r.AheadMS-r.LowMS)
	r.Said = len(r.Feeds) == 0 || time.Duration(far)*time.Millisecond <= model.ClockTolerated
	return w.save()
}

// Ahead is how far the clock is ahead by what was measured on this run of it; zero
// where nothing was.
func (w *Watch) Ahead() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.look()
	if !w.run.Measured {
		return 0
	}
	return time.Duration(w.run.AheadMS) * time.Millisecond
}

// Unsaid gives what was written on this run of the clock before it was measured,
// and how far it is ahead; nothing where the record says so.
func (w *Watch) Unsaid() (spans []Span, ahead time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := &w.run
	if w.look() || !r.Measured || r.Said {
		return nil, 0
	}
	for _, f := range r.Feeds {
		if feed, err := hex.DecodeString(f.Feed); err == nil && len(feed) == len(model.FeedID{}) && f.From > 0 {
			spans = append(spans, Span{model.FeedID(feed), f.From})
		}
	}
	return spans, time.Duration(r.AheadMS) * time.Millisecond
}

// Said notes that the record says it.
func (w *Watch) Said() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.run.Measured {
		return nil
	}
	w.run.Said, w.run.Feeds = true, nil
	return w.save()
}

// save keeps the run: once when it is first written on, and for each thing that is
// learnt of it.
func (w *Watch) save() error {
	b, err := json.Marshal(w.run)
	if err != nil {
		return err
	}
	if err = w.keep(b); err != nil {
		return errors.Join(err, w.keep(nil)) // better none than that of another run
	}
	return nil
}
