package smtptest

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
)

// cutBuffer keeps little of a text in flight where a cut in the middle of it is
// asked for: the client then notices while it is still writing.
const cutBuffer = 4 << 10

// listener wraps what it accepts and knows what is open.
type listener struct {
	net.Listener
	server *Server

	mu   sync.Mutex
	open map[*conn]struct{}
}

// Accept accepts a connection and applies the faults that need no SMTP.
func (l *listener) Accept() (net.Conn, error) {
	for {
		nc, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		s := l.server
		s.mu.Lock()
		s.conns++
		narrow := s.due(InData)
		s.mu.Unlock()
		if s.fault(AtGreeting) {
			abort(nc)
			continue
		}
		if tc, ok := nc.(*net.TCPConn); ok && narrow {
			tc.SetReadBuffer(cutBuffer)
		}
		c := &conn{Conn: nc, listener: l, mute: s.opt.Hang == AtGreeting}
		l.mu.Lock()
		l.open[c] = struct{}{}
		l.mu.Unlock()
		return c, nil
	}
}

func (l *listener) closeAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		c.Conn.Close()
	}
}

// abort closes with a reset where there is one, as a dying machine does.
func abort(nc net.Conn) {
	if tc, ok := nc.(*net.TCPConn); ok {
		tc.SetLinger(0)
	}
	nc.Close()
}

// conn is a connection with the faults of the link.
type conn struct {
	net.Conn
	listener *listener
	mute     bool
	greeted  bool
}

// Write sends, slowly or not at all if so asked.
func (c *conn) Write(b []byte) (int, error) {
	if c.mute {
		return len(b), nil
	}
	opt := c.listener.server.opt
	if opt.Banner > 0 && !c.greeted {
		line := "220-" + strings.Repeat("x", 500) + "\r\n"
		c.Conn.Write(bytes.Repeat([]byte(line), opt.Banner/len(line)+1))
	}
	c.greeted = true
	if opt.Drip == 0 {
		return c.Conn.Write(b)
	}
	return c.drip(b, opt.Drip)
}

func (c *conn) drip(b []byte, pause time.Duration) (int, error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for i := range b {
		select {
		case <-tick.C:
		case <-c.listener.server.done:
			return i, fmt.Errorf("smtptest: closed")
		}
		if _, err := c.Conn.Write(b[i : i+1]); err != nil {
			return i, err
		}
	}
	return len(b), nil
}

// Close closes the connection.
func (c *conn) Close() error {
	c.listener.mu.Lock()
	delete(c.listener.open, c)
	c.listener.mu.Unlock()
	return c.Conn.Close()
}
