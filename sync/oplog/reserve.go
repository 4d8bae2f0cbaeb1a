package oplog

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
)

func (l *Log) reservePath() string { return l.path + ".reserve" }

// keepReserve sets space aside beside the store. A disk too full for it is no
// reason not to open the room.
func (l *Log) keepReserve() {
	if l.opts.Reserve > 0 && !l.Reserved() {
		_ = l.RestoreReserve()
	}
}

// Reserved tells whether the space set aside is there.
func (l *Log) Reserved() bool {
	info, err := os.Stat(l.reservePath())
	return err == nil && l.opts.Reserve > 0 && info.Size() >= l.opts.Reserve
}

// ReleaseReserve gives the space set aside back to the disk, so that the room
// can still write that its disk is full. It is no error if there is none.
func (l *Log) ReleaseReserve() error {
	if err := os.Remove(l.reservePath()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("release reserve: %w", err)
	}
	return nil
}

// RestoreReserve sets the space aside again. The error wraps ErrDiskFull
// where there is not enough; nothing is left behind then.
func (l *Log) RestoreReserve() error {
	if l.opts.Reserve <= 0 || l.Reserved() {
		return nil
	}
	f, err := os.OpenFile(l.reservePath(), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("keep reserve: %w", asDiskFull(err))
	}
	err = errors.Join(allocate(f, l.opts.Reserve), f.Close())
	if err != nil {
		return fmt.Errorf("keep reserve: %w", asDiskFull(errors.Join(err, os.Remove(l.reservePath()))))
	}
	return nil
}

// fill takes space by writing what no file system can compress away.
func fill(f *os.File, size int64) error {
	if _, err := io.CopyN(f, rand.NewChaCha8([32]byte{}), size); err != nil {
		return err
	}
	return f.Sync()
}
