package guard

import (
	"sync"
	"time"
)

// Limiter lets each sender through at a rate, and a burst after a pause.
type Limiter struct {
	mu    *sync.Mutex
	rate  float64 // a second
	burst float64
	spent map[string]spending
}

// spending is what a sender has used up at a time; it wears off with the rate.
type spending struct {
	n  float64
	at time.Time
}

// maxSenders bounds the memory of a limiter. Beyond it those that have used up
// least are forgotten.
const maxSenders = 1024

// NewLimiter makes a limiter of so many requests a second, and so many at once.
func NewLimiter(rate, burst float64) Limiter {
	return Limiter{mu: &sync.Mutex{}, rate: rate, burst: burst, spent: map[string]spending{}}
}

func (l Limiter) left(sender string, now time.Time) float64 {
	s, ok := l.spent[sender]
	if !ok {
		return 0
	}
	return max(s.n-l.rate*max(now.Sub(s.at), 0).Seconds(), 0)
}

// Allows reports whether a sender may come now.
func (l Limiter) Allows(sender string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.left(sender, now)+1 <= l.burst
}

// Take counts one request of a sender.
func (l Limiter) Take(sender string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, ok := l.spent[sender]; !ok && len(l.spent) >= maxSenders {
		l.forget(now)
	}
	l.spent[sender] = spending{l.left(sender, now) + 1, now}
}

func (l Limiter) forget(now time.Time) {
	least, found := "", l.burst+1
	for sender := range l.spent {
		left := l.left(sender, now)
		if left == 0 {
			delete(l.spent, sender)
		} else if left < found {
			least, found = sender, left
		}
	}
	if len(l.spent) >= maxSenders {
		delete(l.spent, least)
	}
}
