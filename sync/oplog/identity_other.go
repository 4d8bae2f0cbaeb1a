//go:build !windows && !linux

package oplog

import (
	"os"
	"strconv"
	"syscall"
)

// fileNumber is the inode alone: the device number may change with every
// start of the machine, and each false alarm costs the room a feed.
func fileNumber(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "", errNoNumber
	}
	return strconv.FormatUint(uint64(st.Ino), 10), nil
}
