package oplog

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// fileNumber is the inode and its time of birth, where the file system keeps
// one. The device number is left out: it may change with every start of the
// machine (btrfs, NFS, disks found in another order), and each false alarm
// costs the room a feed.
func fileNumber(path string) (string, error) {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO|unix.STATX_BTIME, &st); err != nil {
		return "", err
	}
	if st.Mask&unix.STATX_INO == 0 {
		return "", errNoNumber
	}
	if st.Mask&unix.STATX_BTIME == 0 {
		st.Btime = unix.StatxTimestamp{}
	}
	return fmt.Sprintf("%d:%d.%09d", st.Ino, st.Btime.Sec, st.Btime.Nsec), nil
}
