// Package dial opens the TCP connections between devices, of links and of
// joining, so that they pass the paths real networks have.
package dial

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// segment is the most a TCP segment holds, in bytes: what is left of the 1,280
// that every path of IPv6 carries (RFC 8200 §5) after 60 of headers. Tunnels of
// a VPN carry little more, and one whose "too big" is filtered on the way
// swallows larger packets in silence: the handshake passes and the first run
// never arrives.
const segment = 1220

// unanswered is how long the other end of a connection may acknowledge nothing of
// what was sent: then it ends. A system repeats a packet after ever longer pauses, so
// that a network which heals after 20 seconds is noticed another 20 later; a new
// connection is up in a moment. It is ten round trips of the worst path with a full
// queue, so that a slow one is not taken for a dead one.
const unanswered = 10 * time.Second

// Accepted has a connection that came in end when nothing that is sent is
// acknowledged, as those of Context do.
func Accepted(conn net.Conn) {
	if c, ok := conn.(syscall.Conn); ok {
		if raw, err := c.SyscallConn(); err == nil {
			_ = raw.Control(limitUnanswered) // a connection that is closed needs no limit
		}
	}
}

// Context connects to address, as net.Dialer.DialContext does. Both directions
// of the connection keep to small segments, except within this machine.
func Context(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Control: keepSmall}
	return d.DialContext(ctx, network, address)
}

// keepSmall runs once for each address a name has. A system that cannot do it
// connects all the same.
func keepSmall(_, address string, c syscall.RawConn) error {
	if at, err := netip.ParseAddrPort(address); err == nil && at.Addr().IsLoopback() {
		return nil
	}
	return c.Control(func(fd uintptr) {
		limitSegment(fd)
		limitUnanswered(fd)
	})
}
