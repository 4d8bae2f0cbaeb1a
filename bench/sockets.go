package main

import (
	"net"
	"sync"
	"time"
)

// sockets notes when a peer has handed a line to the system, for each link,
// after it had the line durable itself: what of the way is its own doing.
type sockets struct {
	net.Listener

	mu   sync.Mutex
	from time.Time
	took []time.Duration
}

// lineBytes is less than a line takes on a link, and more than word that one is held.
const lineBytes = 250

// durable begins a line's way out.
func (s *sockets) durable() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = time.Now()
}

// times gives what was noted, and begins anew.
func (s *sockets) times() []time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	took := s.took
	s.took = nil
	return took
}

// Accept implements net.Listener.
func (s *sockets) Accept() (net.Conn, error) {
	conn, err := s.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return socket{conn, s}, nil
}

type socket struct {
	net.Conn
	of *sockets
}

// Write implements net.Conn.
func (c socket) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if len(b) >= lineBytes {
		c.of.mu.Lock()
		defer c.of.mu.Unlock()
		c.of.took = append(c.of.took, time.Since(c.of.from))
	}
	return n, err
}
