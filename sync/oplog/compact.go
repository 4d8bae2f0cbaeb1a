package oplog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"
)

// compactStep is how many bytes are copied with one transaction of the new file.
const compactStep = 4 << 20

// Compacted is what Compact did, in bytes of the file.
type Compacted struct {
	Before, After int64
}

// Free is how much of the file holds nothing: the library uses it again, and
// never gives it back.
func (l *Log) Free() (int64, error) {
	l.write.Lock()
	defer l.write.Unlock()
	if l.broken != nil {
		return 0, fmt.Errorf("free space: %w", l.broken)
	}
	var free int64
	err := guarded(func() error {
		tx, err := l.db.Begin(true) // what is free is counted when a writer ends
		if err != nil {
			return err
		}
		if err := tx.Rollback(); err != nil {
			return err
		}
		free = int64(l.db.Stats().FreePageN) * int64(l.db.Info().PageSize)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("free space: %w", err)
	}
	return free, nil
}

// Compact writes the store anew without what is free in it, and puts that file
// in its place. The new one is complete, checked and flushed before it is
// renamed: whenever the process ends, or the disk fills, the path names one whole
// store. Writers wait meanwhile, about a second for a million commits; readers
// go on. Errors: ErrDiskFull and ErrDamaged, with the store as it was; ErrReopen
// where it has to be opened again.
func (l *Log) Compact() (Compacted, error) {
	l.write.Lock()
	defer l.write.Unlock()
	if l.broken != nil {
		return Compacted{}, fmt.Errorf("compact: %w", l.broken)
	}
	if l.opts.ReadOnly {
		return Compacted{}, fmt.Errorf("compact: %w", ErrReadOnly)
	}
	temp := compactPath(l.path)
	c, err := l.copyTo(temp, nil)
	if err != nil {
		_ = os.Remove(temp) // a left-over is removed by the next Open
		return Compacted{}, fmt.Errorf("compact: %w", asDiskFull(err))
	}
	if err := l.swap(temp, func() {}); err != nil {
		return Compacted{}, fmt.Errorf("compact: %w", err)
	}
	return c, nil
}

func compactPath(path string) string { return path + ".compact" }

// copyTo writes what is in the store to a new file; the caller holds l.write.
func (l *Log) copyTo(temp string, change *shortening) (c Compacted, err error) {
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return c, err
	}
	// It is flushed once, when it is whole: until then it is nobody's store.
	dst, err := bolt.Open(temp, 0o600, &bolt.Options{Timeout: lockTimeout(l.opts), NoSync: true})
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	err = guarded(func() error {
		if err := l.db.View(func(tx *bolt.Tx) error { return copyBuckets(dst, tx, change) }); err != nil {
			return err
		}
		return l.identify(dst, temp, change)
	})
	if err == nil {
		err = l.sameStore(dst, change)
	}
	if err = errors.Join(err, dst.Sync()); err != nil {
		return c, err
	}
	for path, size := range map[string]*int64{l.path: &c.Before, temp: &c.After} {
		info, err := os.Stat(path)
		if err != nil {
			return c, err
		}
		*size = info.Size()
	}
	return c, nil
}

// copyBuckets fills a new file in the order of the keys, so that its pages are
// full. What an earlier version kept, and nothing reads, is left out.
func copyBuckets(dst *bolt.DB, from *bolt.Tx, change *shortening) error {
	for _, name := range [][]byte{bucketMeta, bucketFeeds, bucketOps, bucketSnap} {
		b := from.Bucket(name)
		if b == nil {
			return ErrDamaged
		}
		cur := b.Cursor()
		for k, v := cur.First(); ; {
			err := dst.Update(func(tx *bolt.Tx) error {
				to, err := tx.CreateBucketIfNotExists(name)
				if err != nil {
					return err
				}
				to.FillPercent = fillPercent
				for n := 0; k != nil && n < compactStep; k, v = cur.Next() {
					v, keep := change.value(name, k, v)
					if !keep {
						continue
					}
					if err := to.Put(k, v); err != nil {
						return err
					}
					n += len(k) + len(v)
				}
				return nil
			})
			if err != nil {
				return err
			}
			if k == nil {
				break
			}
		}
	}
	return nil
}

// identify names the new file as this store's own, unless the old one was not:
// see Moved.
func (l *Log) identify(dst *bolt.DB, temp string, change *shortening) error {
	return dst.Update(func(tx *bolt.Tx) error {
		if change != nil {
			if err := raiseVersion(tx.Bucket(bucketMeta), letGoVersion); err != nil {
				return err
			}
		}
		if l.Moved() {
			return nil
		}
		id, err := fileIdentity(temp, l.opts.Machine)
		if err != nil {
			return err
		}
		return tx.Bucket(bucketMeta).Put(metaIdentity, id)
	})
}

// sameStore checks that a copy holds what the store holds, but for the change.
func (l *Log) sameStore(dst *bolt.DB, change *shortening) error {
	return guarded(func() error {
		return dst.View(func(to *bolt.Tx) error {
			return l.db.View(func(from *bolt.Tx) error {
				for _, name := range [][]byte{bucketFeeds, bucketOps, bucketSnap} {
					if err := sameBucket(name, from.Bucket(name), to.Bucket(name), change); err != nil {
						return fmt.Errorf("copy of %s: %w", name, err)
					}
				}
				return checkStructure(to)
			})
		})
	})
}

func sameBucket(name []byte, a, b *bolt.Bucket, change *shortening) error {
	if a == nil || b == nil {
		return ErrDamaged
	}
	x, y := a.Cursor(), b.Cursor()
	k, v := x.First()
	m, w := y.First()
	for k != nil || m != nil {
		if k != nil {
			kept, keep := change.value(name, k, v)
			if !keep {
				k, v = x.Next()
				continue
			}
			v = kept
		}
		if !bytes.Equal(k, m) || !bytes.Equal(v, w) {
			return ErrDamaged
		}
		k, v = x.Next()
		m, w = y.Next()
	}
	return nil
}

// swap puts the new file in the old one's place and opens it; the caller holds
// l.write. Where the rename fails the old one is opened again; else publish is
// called before the first read of the new one.
func (l *Log) swap(temp string, publish func()) error {
	l.file.Lock()
	defer l.file.Unlock()
	if err := guarded(l.db.Close); err != nil {
		l.broken = fmt.Errorf("%w (%w)", ErrReopen, err)
		return l.broken
	}
	renamed := os.Rename(temp, l.path)
	if renamed == nil {
		renamed = SyncDir(filepath.Dir(l.path))
	}
	db, err := openBolt(l.path, l.opts)
	if err != nil {
		l.broken = fmt.Errorf("%w (%w)", ErrReopen, err)
		return l.broken
	}
	l.db = db
	if renamed == nil {
		publish()
	}
	return renamed
}
