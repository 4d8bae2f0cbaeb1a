package mesh

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"holdfast/sync/dial"
)

const (
	// maxPending bounds connections that have not proved membership. They cost
	// a TLS handshake each, a millisecond.
	maxPending = 16
	// patience is how long a pending connection keeps its place when another
	// waits: an honest knock takes milliseconds, a slow one is holding the door.
	patience = time.Second
	// maxStrangerBytes is all a connection may send before it is admitted: a
	// TLS handshake with a certificate, an upgrade request and a knock.
	maxStrangerBytes = 16 << 10
)

var errStranger = errors.New("too much said before membership was proved")

// doorway is a net.Listener that lets in few strangers at a time. When all
// places are taken it accepts no other until one is admitted or leaves, or the
// oldest has had its share of patience.
type doorway struct {
	net.Listener
	mu      sync.Mutex
	pending []*stranger // oldest first
	freed   chan struct{}
	closed  chan struct{}
	once    sync.Once
}

// stranger is a connection not yet admitted. After admission it only passes
// bytes through.
type stranger struct {
	net.Conn
	door  *doorway
	since time.Time
	timer *time.Timer

	mu       sync.Mutex
	admitted bool
	read     int
}

func newDoorway(ln net.Listener) *doorway {
	return &doorway{Listener: ln, freed: make(chan struct{}, 1), closed: make(chan struct{})}
}

// Accept waits for a place, then for a connection.
func (d *doorway) Accept() (net.Conn, error) {
	if err := d.waitPlace(); err != nil {
		return nil, err
	}
	c, err := d.Listener.Accept()
	if err != nil {
		return nil, err
	}
	dial.Accepted(c)
	s := &stranger{Conn: c, door: d, since: time.Now()}
	s.timer = time.AfterFunc(knockWithin, func() { s.expire() })
	d.mu.Lock()
	d.pending = append(d.pending, s)
	d.mu.Unlock()
	return s, nil
}

func (d *doorway) waitPlace() error {
	for {
		d.mu.Lock()
		if len(d.pending) < maxPending {
			d.mu.Unlock()
			return nil
		}
		oldest := d.pending[0]
		d.mu.Unlock()
		left := patience - time.Since(oldest.since)
		if left <= 0 {
			oldest.expire()
			continue
		}
		t := time.NewTimer(left)
		select {
		case <-d.closed:
			t.Stop()
			return net.ErrClosed
		case <-d.freed:
		case <-t.C:
		}
		t.Stop()
	}
}

// leave frees the place of a stranger.
func (d *doorway) leave(s *stranger) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, p := range d.pending {
		if p == s {
			d.pending = append(d.pending[:i:i], d.pending[i+1:]...)
			poke(d.freed)
			return
		}
	}
}

// closeAll shuts the door and ends every stranger.
func (d *doorway) closeAll() {
	d.once.Do(func() { close(d.closed) })
	_ = d.Listener.Close() // it may be closed already
	d.mu.Lock()
	pending := d.pending
	d.mu.Unlock()
	for _, s := range pending {
		s.expire()
	}
}

// expire ends a connection that was not admitted.
func (s *stranger) expire() {
	s.mu.Lock()
	admitted := s.admitted
	s.mu.Unlock()
	if !admitted {
		_ = s.Close() // the peer is given up in any case
	}
}

// admit lifts the limits of a stranger.
func (s *stranger) admit() {
	s.mu.Lock()
	s.admitted = true
	s.mu.Unlock()
	s.timer.Stop()
	s.door.leave(s)
}

// Read counts what a stranger says.
func (s *stranger) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.read += n; !s.admitted && s.read > maxStrangerBytes {
		return 0, errStranger
	}
	return n, err
}

// Close frees the place as well.
func (s *stranger) Close() error {
	s.timer.Stop()
	s.door.leave(s)
	return s.Conn.Close()
}

type strangerKey struct{}

// withStranger lets a handler find the connection of its request.
func withStranger(ctx context.Context, c net.Conn) context.Context {
	if t, ok := c.(*tls.Conn); ok {
		if s, ok := t.NetConn().(*stranger); ok {
			return context.WithValue(ctx, strangerKey{}, s)
		}
	}
	return ctx
}

func admit(r *http.Request) {
	if s, ok := r.Context().Value(strangerKey{}).(*stranger); ok {
		s.admit()
	}
}
