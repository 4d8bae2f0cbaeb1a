//go:build !windows

package oplog

import (
	"os/signal"
	"syscall"
)

// limitFileSize makes files end at n bytes until the limit is raised again.
func limitFileSize(n uint64) (raise func() error, err error) {
	signal.Ignore(syscall.SIGXFSZ)
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return nil, err
	}
	now := was
	set(&now.Cur, n)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		return nil, err
	}
	return func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was) }, nil
}

// set is for a field whose sign hangs on the system.
func set[T int64 | uint64](at *T, n uint64) { *at = T(n) }
