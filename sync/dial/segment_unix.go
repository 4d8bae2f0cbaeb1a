//go:build unix

package dial

import "golang.org/x/sys/unix"

// limitSegment is set before the connection is opened: so it is what this end
// announces, and what it sends.
func limitSegment(fd uintptr) {
	_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_MAXSEG, segment) // best effort: see keepSmall
}
