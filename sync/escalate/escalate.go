// Package escalate watches the deadlines of a room and acts on those a machine
// can act on: it declares an incident from a critical alert, pages people for
// the rungs of the escalation, and tries the deputy of who does not answer.
// Every device of the room watches.
//
// The record is checked first: who was called is not called again. Devices
// act in turn, so that those that hear each other page once; one that hears
// nobody pages when its own turn comes, because a page twice is better than
// none. Where this device has no way out nothing is written, and the rung stays
// overdue: then people call by phone.
package escalate

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/policy"
	"holdfast/sync/replica"
)

const (
	// settle is how long a device that has started, or whose clock has jumped
	// as after a suspend, leaves everything to others: links come up, the
	// record is caught up with, and its clock is measured.
	settle = 15 * time.Second
	// look is how often the watcher looks without being told: the timer of a
	// suspended machine stands still, and this bounds how late it notices.
	look = 15 * time.Second
	// breath is the least time between two looks, so that a flood of changes
	// costs little.
	breath = 100 * time.Millisecond
	// jump is how far wall clock and timer may run apart unnoticed.
	jump = 30 * time.Second
	// again is the pause after a try that this device could not make.
	again = 30 * time.Second
)

// Room is the room as the watcher needs it; *replica.Replica is one.
type Room interface {
	Device() model.DeviceKey
	// Now is by the wall clock, without the reading of the timer, which stands
	// still while the machine sleeps.
	Now() time.Time
	View(func(*model.State))
	Do(context.Context, model.Command) (model.Done, error)
	Subscribe(func(replica.Change)) (stop func())
}

// Ways are the ways out of this device.
type Ways interface {
	// Has reports whether the device has what a channel needs.
	Has(channel string) bool
	// Reaches reports whether a message would get out over it now.
	Reaches(ctx context.Context, channel string) bool
}

// Watcher watches one room from this device.
type Watcher struct {
	room Room
	ways Ways
	log  *slog.Logger
	wake chan struct{}

	// Of the goroutine that runs passes:

	// wall and timer are the room's time and this machine's at the last pass.
	wall, timer time.Time
	// awake is since when this device has seen time pass without a jump.
	awake time.Time
	// seen is when a step was first seen due here; held is until when a step
	// that could not be made rests.
	seen, held map[string]time.Time

	reminders reminders
}

// New makes a watcher that rests until Run.
func New(room Room, ways Ways, log *slog.Logger) *Watcher {
	return &Watcher{room: room, ways: ways, log: log, wake: make(chan struct{}, 1), seen: map[string]time.Time{}, held: map[string]time.Time{}}
}

// Poke has the watcher look again soon: a way out may be new.
func (w *Watcher) Poke() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Run watches until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	stop := w.room.Subscribe(func(replica.Change) { w.Poke() })
	defer stop()
	for ctx.Err() == nil {
		timer := time.NewTimer(min(w.pass(ctx), look))
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-w.wake:
			timer.Reset(breath)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
		}
		timer.Stop()
	}
}

// pass does what is due and gives the time to the next look.
func (w *Watcher) pass(ctx context.Context) time.Duration {
	now := w.room.Now()
	w.watchClock(now)
	var list []due.Due
	var steps []step
	var pages []model.ID
	w.room.View(func(s *model.State) {
		p := s.Policy()
		list = due.List(s, p, now)
		steps, pages = plan(s, list, now, w.pages(s)), idle(s, list, w.room.Device())
	})
	w.reminders.look(list, now)
	next := now.Add(look)
	if at := due.Next(list, now); !at.IsZero() && at.Before(next) {
		next = at
	}
	for _, id := range pages {
		w.do(ctx, model.WithdrawMessage{Message: id.String(), Reason: "no longer needed: the call was answered, or the incident is over"})
	}
	for _, st := range steps {
		at := w.turn(st, now)
		if !at.After(now) {
			at = w.act(ctx, st, now)
		}
		if at.After(now) && at.Before(next) {
			next = at
		}
	}
	w.forget(steps)
	return max(next.Sub(now), breath)
}

// watchClock notices a start, a suspend and a corrected clock: then the device
// knows too little to act at once.
func (w *Watcher) watchClock(now time.Time) (jumped bool) {
	timer := time.Now()
	if w.awake.IsZero() || (now.Sub(w.wall)-timer.Sub(w.timer)).Abs() > jump {
		w.awake, jumped = now, true
		clear(w.seen)
		clear(w.held)
	}
	w.wall, w.timer = now, timer
	return jumped
}

// turn is when this device's turn for a step comes.
func (w *Watcher) turn(st step, now time.Time) time.Time {
	key := st.key()
	var place int
	var alone bool
	w.room.View(func(s *model.State) { place, alone = rank(s, w.room.Device(), key) })
	from, ok := w.seen[key]
	if !ok {
		from = now
		if quiet := w.awake.Add(settle); from.Before(quiet) && !alone {
			from = quiet
		}
		w.seen[key] = from
	}
	if from.Before(st.from) {
		from = st.from
	}
	at := from.Add(turn(place))
	if held := w.held[key]; held.After(at) {
		at = held
	}
	return at
}

// act makes one step and gives when to try again; zero where it is done. The
// way out is tried before anything is written: the record of a device without
// one would hold the others back. That takes time, so the record is asked again
// after it.
func (w *Watcher) act(ctx context.Context, st step, now time.Time) time.Time {
	hold := func() time.Time {
		w.held[st.key()] = now.Add(again)
		return now.Add(again)
	}
	ways := w.open(ctx, st)
	if now = w.room.Now(); w.watchClock(now) {
		return now.Add(breath) // asleep meanwhile: the next look begins anew
	}
	// A declaration needs no way out: whoever has one pages for it.
	if declares := !st.alert.Zero() && !st.route; len(ways) == 0 && !declares && !st.drill {
		return hold()
	}
	needed := false
	w.room.View(func(s *model.State) { needed = w.needed(s, st) })
	if !needed {
		return time.Time{}
	}
	if !w.do(ctx, st.command(ways)) {
		return hold()
	}
	w.log.Info("escalated", st.words()...)
	return time.Time{}
}

// pages tells who can be paged from here: anybody by pager, and by mail who has
// an address.
func (w *Watcher) pages(s *model.State) func(model.ID) bool {
	if w.ways.Has(policy.WayPager) {
		return func(model.ID) bool { return true }
	}
	return s.Mailable
}

// open lists the ways a step can take now, the one to take first: the pager
// before mail.
func (w *Watcher) open(ctx context.Context, st step) (ways []string) {
	if st.drill || !st.alert.Zero() && !st.route {
		return nil
	}
	try := []string{policy.WayPager, policy.WayMail}
	mailable := true
	w.room.View(func(s *model.State) {
		if !st.route {
			mailable = s.Mailable(st.person)
			return
		}
		try = nil
		if a := s.Alert(st.alert); a != nil {
			route, _ := s.Policy().Route(a.Class)
			try = slices.DeleteFunc(slices.Clone(route.Ways), func(way string) bool { return way == policy.WayPager })
		}
	})
	for _, way := range try {
		if (way != policy.WayMail || mailable) && w.ways.Reaches(ctx, way) {
			if ways = append(ways, way); !st.route {
				break
			}
		}
	}
	return ways
}

// needed asks the record whether a step is still to be made.
func (w *Watcher) needed(s *model.State, st step) bool {
	p, now := s.Policy(), w.room.Now()
	var list []due.Due
	if st.alert.Zero() {
		list = due.Of(s, p, s.Incident(st.incident), now)
	} else {
		list = due.List(s, p, now)
	}
	return slices.ContainsFunc(plan(s, list, now, w.pages(s)), func(o step) bool { return o.key() == st.key() && !o.from.After(now) })
}

// do carries out a command. A refusal is the record's answer: another was
// first, or this device may not write.
func (w *Watcher) do(ctx context.Context, c model.Command) bool {
	_, err := w.room.Do(ctx, c)
	if err != nil && !errors.Is(err, model.ErrRefused) && ctx.Err() == nil {
		w.log.Error("escalation not recorded; it is tried again", "error", err)
	}
	return err == nil
}

// forget drops what is known of steps that are no more.
func (w *Watcher) forget(steps []step) {
	keep := make(map[string]bool, len(steps))
	for _, st := range steps {
		keep[st.key()] = true
	}
	for _, known := range []map[string]time.Time{w.seen, w.held} {
		for key := range known {
			if !keep[key] {
				delete(known, key)
			}
		}
	}
}
