//go:build unix && !linux

package discovery

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// shareAddress lets several processes of one machine hear the same broadcasts;
// where the BSD kernel rules, both options are needed.
func shareAddress(_, _ string, c syscall.RawConn) error {
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		if failed == nil {
			failed = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
		}
	})
	if err != nil {
		return err
	}
	return failed
}
