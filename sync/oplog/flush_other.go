//go:build !linux

package oplog

import "os"

// flushData makes the contents of a file durable.
func flushData(f *os.File) error { return f.Sync() }
