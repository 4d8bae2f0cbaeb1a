//go:build !linux

package oplog

import "os"

func allocate(f *os.File, size int64) error { return fill(f, size) }
