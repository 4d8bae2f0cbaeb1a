package oplog

import "syscall"

// dropPages gives back the pages of a map of a file. Nothing is lost: the map is
// read only, and what is read again comes from the file. Should the system not
// want to, they stay.
func dropPages(at, size uintptr) {
	_, _, _ = syscall.Syscall(syscall.SYS_MADVISE, at, size, syscall.MADV_DONTNEED)
}
