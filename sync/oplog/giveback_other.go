//go:build !linux

package oplog

// dropPages leaves it to the system, which reclaims pages of files by itself.
func dropPages(_, _ uintptr) {}
