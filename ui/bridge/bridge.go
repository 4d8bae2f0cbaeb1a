// Package bridge carries what changes in a room to the screens, and what
// people do to the room. It is the one place of ui that starts goroutines, and
// it joins each of them.
//
// Many changes make one redraw: while a step waits to be drawn, newer ones take
// its place, and between two readings a short pause lets a storm of changes
// pass as one. What a person has asked for does not wait for the pause.
package bridge

import (
	"context"
	"sync"
	"time"
)

// floor is the least time between two readings: fifteen a second look live,
// and a burst of 5,000 ops costs a handful of redraws.
const floor = 66 * time.Millisecond

// Bridge joins one window to its room. Its methods may be called from any
// goroutine.
type Bridge struct {
	// post puts a function on the UI goroutine: fyne.Do in the program.
	post func(func())
	// read reads what the screens need and gives the step that draws it; nil
	// where there is nothing to draw. It runs on the bridge's goroutine.
	read func() (step func())

	ctx     context.Context
	cancel  context.CancelFunc
	poked   chan struct{}
	hurried chan struct{}
	tasks   sync.WaitGroup

	mu     sync.Mutex
	step   func() // the latest one not drawn yet
	closed bool
}

// New makes a bridge and starts it. Close ends it.
func New(post func(func()), read func() func()) *Bridge {
	b := &Bridge{post: post, read: read, poked: make(chan struct{}, 1), hurried: make(chan struct{}, 1)}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.Go(b.run)
	return b
}

// Context ends when the bridge closes.
func (b *Bridge) Context() context.Context { return b.ctx }

// Poke asks for a reading soon; many calls make one.
func (b *Bridge) Poke() {
	select {
	case b.poked <- struct{}{}:
	default:
	}
}

// hurry has what was asked for so far read without a pause.
func (b *Bridge) hurry() {
	select {
	case b.hurried <- struct{}{}:
	default:
	}
}

func (b *Bridge) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.poked:
		}
		b.draw(b.read())
		if !b.pause(ctx) {
			return
		}
	}
}

// pause lets a storm of changes pass. It is cut short where somebody hurries and
// there is something to read. It reports whether to go on.
func (b *Bridge) pause(ctx context.Context) bool {
	pause := time.NewTimer(floor)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-pause.C:
			return true
		case <-b.hurried:
			if len(b.poked) > 0 {
				return true
			}
		}
	}
}

// draw queues a step, in place of one that still waits.
func (b *Bridge) draw(step func()) {
	if step == nil {
		return
	}
	b.mu.Lock()
	waiting := b.step != nil
	b.step = step
	b.mu.Unlock()
	if waiting {
		return
	}
	b.post(func() {
		b.mu.Lock()
		step := b.step
		b.step = nil
		b.mu.Unlock()
		step()
	})
}

// Go runs work that Close waits for; its context ends with the bridge. After
// Close it does nothing.
func (b *Bridge) Go(work func(context.Context)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.tasks.Go(func() { work(b.ctx) })
}

// Every calls fn on the UI goroutine each period until the bridge closes. A
// call that still waits is not queued twice.
func (b *Bridge) Every(period time.Duration, fn func(time.Time)) {
	b.Go(func(ctx context.Context) {
		ticker := time.NewTicker(period)
		defer ticker.Stop()
		drawn := make(chan struct{}, 1)
		drawn <- struct{}{}
		for {
			select {
			case <-ctx.Done():
				return
			case now := <-ticker.C:
				select {
				case <-drawn:
					b.post(func() {
						fn(now)
						drawn <- struct{}{}
					})
				default: // the last call has not run yet
				}
			}
		}
	})
}

// Work runs work off the UI goroutine and done on it. What the work has changed is
// read at once: a person waits for it.
func (b *Bridge) Work(work func(context.Context) error, done func(error)) {
	b.Go(func(ctx context.Context) {
		err := work(ctx)
		b.hurry()
		b.post(func() { done(err) })
	})
}

// Close ends the bridge and waits for all it started. It must not be called on
// the UI goroutine by work that waits for it.
func (b *Bridge) Close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.cancel()
	b.tasks.Wait()
}
