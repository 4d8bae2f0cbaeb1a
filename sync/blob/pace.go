package blob

import (
	"context"
	"sync"
	"time"
)

// DefaultRate bounds the chunks that come in, and those that go out, in bytes a
// second: 200 MB take seven seconds, and the processor and the disk stay free for
// the record meanwhile.
const DefaultRate = 32 << 20

// Pace bounds how fast bytes go. A nil Pace does not.
type Pace struct {
	rate int64 // bytes a second
	mu   sync.Mutex
	next time.Time
}

// NewPace gives a pace of so many bytes a second.
func NewPace(rate int64) *Pace { return &Pace{rate: rate} }

// wait waits until n more bytes may go.
func (p *Pace) wait(ctx context.Context, n int) error {
	if p == nil || n == 0 {
		return ctx.Err()
	}
	p.mu.Lock()
	now := time.Now()
	if p.next.Before(now) {
		p.next = now
	}
	pause := p.next.Sub(now)
	p.next = p.next.Add(time.Duration(int64(n) * int64(time.Second) / p.rate))
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
