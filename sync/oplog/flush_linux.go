package oplog

import (
	"errors"
	"os"
	"syscall"
)

// flushData makes the contents of a file durable, and of what the system knows about it
// only what is needed to read them.
func flushData(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
