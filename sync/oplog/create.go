package oplog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// CreateOptions say what a new store holds.
type CreateOptions struct {
	Options
	Room model.RoomID
}

// Create makes a new store for a room and opens it. The file appears complete
// or not at all: it is built beside the path, flushed and renamed. An existing
// file is left alone (ErrExists).
func Create(path string, o CreateOptions) (*Log, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("create store %s: %w", path, ErrExists)
	}
	temp := path + ".new"
	if err := os.Remove(temp); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("create store: %w", err)
	}
	if err := build(temp, o); err != nil {
		_ = os.Remove(temp) // a left-over is removed by the next Create
		return nil, fmt.Errorf("create store %s: %w", path, asDiskFull(err))
	}
	if err := os.Rename(temp, path); err != nil {
		return nil, fmt.Errorf("create store: %w", err)
	}
	if err := SyncDir(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("create store %s: %w", path, err)
	}
	return Open(path, o.Options)
}

func build(temp string, o CreateOptions) error {
	db, err := bolt.Open(temp, 0o600, &bolt.Options{Timeout: lockTimeout(o.Options)})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketMeta, bucketFeeds, bucketOps, bucketSnap} {
			if _, err := tx.CreateBucket(name); err != nil {
				return err
			}
		}
		id, err := fileIdentity(temp, o.Machine)
		if err != nil {
			return err
		}
		meta := tx.Bucket(bucketMeta)
		for _, kv := range [][2][]byte{
			{metaVersion, binary.BigEndian.AppendUint32(nil, schemaVersion)},
			{metaRoom, o.Room[:]},
			{metaIdentity, id},
			{metaClean, {1}},
		} {
			if err := meta.Put(kv[0], kv[1]); err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(err, db.Close())
}

// SyncDir makes a rename durable. Windows has no such call and needs none.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
