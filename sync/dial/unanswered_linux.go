package dial

import "golang.org/x/sys/unix"

// limitUnanswered has the system end the connection.
func limitUnanswered(fd uintptr) {
	_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(unanswered.Milliseconds())) // best effort: a link finds out by its pings
}
