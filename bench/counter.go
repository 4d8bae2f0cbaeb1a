package main

import (
	"net"
	"sync/atomic"
	"time"
)

// counter is a plain TCP relay that counts what flows to B.
type counter struct {
	ln       net.Listener
	address  string
	received atomic.Int64
	began    atomic.Int64
}

func countBytes(to string) (*counter, error) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &counter{ln: ln, address: ln.Addr().String()}
	go func() { // ends when the listener closes
		for {
			in, err := ln.Accept()
			if err != nil {
				return
			}
			c.began.CompareAndSwap(0, time.Now().UnixNano())
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			go c.pipe(in, out, &c.received)
			go c.pipe(out, in, new(atomic.Int64))
		}
	}()
	return c, nil
}

func (c *counter) pipe(to, from net.Conn, n *atomic.Int64) {
	defer to.Close()
	buf := make([]byte, 64<<10)
	for {
		got, err := from.Read(buf)
		n.Add(int64(got))
		if _, werr := to.Write(buf[:got]); err != nil || werr != nil {
			return
		}
	}
}

// first is when B began to connect.
func (c *counter) first() time.Time { return time.Unix(0, c.began.Load()) }

func (c *counter) close() { c.ln.Close() }
