package mail

import (
	"net"
	"sync"
	"time"
)

// stepBytes bounds what a server may send within one step. A reply is some
// lines of 512 bytes (RFC 5321 4.5.3.1.5); a TLS handshake with a long chain is
// the largest thing read. Without it textproto would collect an endless reply.
const stepBytes = 256 << 10

// wire is the TCP connection below TLS. It holds each step to a deadline and a
// byte budget, and knows whether everything written since dot was called has
// left: that decides between Deferred and Unknown.
//
// Below TLS the proof still holds. A record cut short does not authenticate, so
// a server that was not handed all bytes of the record with the dot cannot
// have read the dot.
type wire struct {
	net.Conn
	budget int // of the conversation's goroutine

	mu    sync.Mutex // cancel comes from another goroutine
	ended bool
	armed bool // the dot is under way
	short bool // a write since armed did not hand over everything
	grace time.Duration
}

// step starts a step that must be over within d, however slowly bytes drip.
func (w *wire) step(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.budget = stepBytes
	if !w.ended {
		w.SetDeadline(time.Now().Add(d))
	}
}

// dot starts the last step: from here the copy may be accepted. It reports
// false if the attempt was cancelled before, and then nothing may be sent.
func (w *wire) dot(d time.Duration) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended {
		return false
	}
	w.budget, w.armed, w.short = stepBytes, true, false
	w.SetDeadline(time.Now().Add(d))
	return true
}

// replied ends the last step and reports whether the dot had left whole.
func (w *wire) replied() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = false
	return !w.short
}

// cancel ends the attempt. A reply that is under way gets a moment to arrive:
// it spares a person the question whether the copy was accepted.
func (w *wire) cancel() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
	if w.armed {
		w.SetDeadline(time.Now().Add(w.grace))
		return
	}
	w.Conn.Close()
}

// Read reads within the budget of the step.
func (w *wire) Read(b []byte) (int, error) {
	if w.budget <= 0 {
		return 0, errReplyTooLong
	}
	n, err := w.Conn.Read(b[:min(len(b), w.budget)])
	w.budget -= n
	return n, err
}

// Write notes a write that did not hand over everything.
func (w *wire) Write(b []byte) (int, error) {
	n, err := w.Conn.Write(b)
	if n < len(b) {
		w.mu.Lock()
		w.short = true
		w.mu.Unlock()
	}
	return n, err
}
