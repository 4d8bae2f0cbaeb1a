package oplog

import (
	"os"

	"golang.org/x/sys/windows"
)

// noSpace lists what a full disk reports.
var noSpace = [...]error{windows.ERROR_DISK_FULL, windows.ERROR_HANDLE_DISK_FULL, windows.ERROR_FILE_TOO_LARGE}

// letGo gives up a file that bbolt panicked over.
func letGo(f *os.File) {
	// The range bbolt locks: one byte at the very end.
	at := &windows.Overlapped{Offset: ^uint32(0), OffsetHigh: ^uint32(0)}
	_ = windows.UnlockFileEx(windows.Handle(f.Fd()), 0, 1, 0, at)
	_ = f.Close() // already closed where bbolt gave up in order
}
