//go:build !windows

package oplog

import (
	"os"
	"syscall"
)

// noSpace lists what a full disk, a full quota and a file size limit report.
var noSpace = [...]error{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}

// letGo gives up a file that bbolt panicked over. Its memory map outlives the
// panic and would keep the lock, so that is released by name.
func letGo(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	_ = f.Close() // already closed where bbolt gave up in order
}
