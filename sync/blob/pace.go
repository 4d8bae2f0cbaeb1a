package blob

import (
	"context"
	"sync"
	"time"
)

// Rates of the chunks that come in, and of those that go out, in bytes a second.
const (
	// DefaultRate is for a room that is quiet: a fast local network, and what
	// sealing and a disk do without the machine being noticed.
	DefaultRate = 64 << 20
	// BesideLines is for one in which people write: of two cores and one disk a
	// tenth, so that a line does not wait.
	BesideLines = 8 << 20
	// quietAfter is how long after a line a room counts as quiet.
	quietAfter = time.Second
)

// Pace bounds how fast bytes go, and steps back while lines are written. A nil
// Pace does neither.
type Pace struct {
	rate int64 // bytes a second
	mu   sync.Mutex
	next time.Time
	line time.Time // when the last line was written
}

// NewPace gives a pace of at most so many bytes a second.
func NewPace(rate int64) *Pace { return &Pace{rate: rate} }

// Line says that a line was written or has come.
func (p *Pace) Line() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line = time.Now()
}

// Wait waits until n more bytes may go.
func (p *Pace) Wait(ctx context.Context, n int) error {
	if p == nil || n == 0 {
		return ctx.Err()
	}
	p.mu.Lock()
	now := time.Now()
	if p.next.Before(now) {
		p.next = now
	}
	pause := p.next.Sub(now)
	rate := p.rate
	if now.Sub(p.line) < quietAfter {
		rate = min(rate, BesideLines)
	}
	p.next = p.next.Add(time.Duration(int64(n) * int64(time.Second) / rate))
	p.mu.Unlock()
	if pause <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
