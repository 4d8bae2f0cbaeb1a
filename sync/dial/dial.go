// Package dial opens the TCP connections between devices, of links and of
// joining, so that they pass the paths real networks have.
package dial

import (
	"context"
	"net"
	"net/netip"
	"syscall"
)

// segment is the most a TCP segment holds, in bytes: what is left of the 1,280
// that every path of IPv6 carries (RFC 8200 §5) after 60 of headers. Tunnels of
// a VPN carry little more, and one whose "too big" is filtered on the way
// swallows larger packets in silence: the handshake passes and the first run
// never arrives.
const segment = 1220

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
	return c.Control(limitSegment)
}
