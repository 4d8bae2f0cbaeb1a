package oplog

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/zstd"
	bolt "go.etcd.io/bbolt"
)

// A stored snapshot is version | epoch | nonce | sealed value. The version says
// whether the value is a zstd frame or was compressed by who gave it.
const (
	snapVersion = 1
	snapPlain   = 2
	snapFixed   = 1 + 4
)

func snapKey(epochKey [32]byte, name string) [32]byte {
	m := hmac.New(sha256.New, epochKey[:])
	m.Write([]byte(snapKeyTag))
	m.Write([]byte(name))
	var key [32]byte
	m.Sum(key[:0])
	return key
}

// PutSnapshot keeps a value under a name, sealed under the present epoch's
// key. A snapshot is a cache of what the log says: whoever reads it can do
// without. Errors: ErrNoKey, ErrTooLarge.
func (b *Batch) PutSnapshot(name string, value []byte) error {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false))
	if err != nil {
		return fmt.Errorf("put snapshot: %w", err)
	}
	return b.putSnapshot(snapVersion, name, value, func() []byte { return enc.EncodeAll(value, nil) })
}

// PutPacked is PutSnapshot for a value that is compressed already.
func (b *Batch) PutPacked(name string, value []byte) error {
	return b.putSnapshot(snapPlain, name, value, func() []byte { return value })
}

func (b *Batch) putSnapshot(version byte, name string, value []byte, packed func() []byte) error {
	if b.done {
		return fmt.Errorf("put snapshot: %w", ErrDone)
	}
	if name == "" || len(name) > MaxSnapshotName || len(value) > MaxSnapshot {
		return fmt.Errorf("put snapshot %q of %d bytes, of at most %d: %w", name, len(value), MaxSnapshot, ErrTooLarge)
	}
	l := b.log
	epoch := l.Epoch()
	key, ok := keyOf(l.opts.Keys, epoch)
	if !ok {
		return fmt.Errorf("put snapshot under epoch %d: %w", epoch, ErrNoKey)
	}
	head := binary.BigEndian.AppendUint32([]byte{version}, epoch)
	sealed, err := sealWith(l.opts.Rand, snapKey(key, name), append(head, name...), packed())
	if err != nil {
		return fmt.Errorf("put snapshot: %w", err)
	}
	b.snaps = append(b.snaps, put{[]byte(name), append(head[:snapFixed:snapFixed], sealed...)})
	return nil
}

// DeleteSnapshot drops a snapshot; it is no error if there is none.
func (b *Batch) DeleteSnapshot(name string) error {
	if b.done {
		return fmt.Errorf("delete snapshot: %w", ErrDone)
	}
	b.snaps = append(b.snaps, put{key: []byte(name)})
	return nil
}

// Snapshot gives a stored value; false where there is none. A damaged one is
// ErrDamagedBody and one of a key this device lacks ErrNoKey: in both cases
// the log itself has everything.
func (l *Log) Snapshot(name string) (value []byte, ok bool, err error) {
	var broken error
	err = l.view(func(tx *bolt.Tx) error {
		b := tx.Bucket(bucketSnap).Get([]byte(name))
		if ok = len(b) > 0; ok { // opened where it is, which spares a copy
			value, broken = l.openSnapshot(name, b)
		}
		return nil
	})
	if err = cmp.Or(err, broken); err != nil {
		return nil, false, fmt.Errorf("snapshot %q: %w", name, err)
	}
	return value, ok, nil
}

func (l *Log) openSnapshot(name string, b []byte) ([]byte, error) {
	if b[0] > snapPlain {
		return nil, ErrNewerVersion
	}
	if len(b) < snapFixed {
		return nil, ErrDamagedBody
	}
	key, ok := keyOf(l.opts.Keys, binary.BigEndian.Uint32(b[1:]))
	if !ok {
		return nil, ErrNoKey
	}
	packed, err := openWith(nil, snapKey(key, name), append(b[:snapFixed:snapFixed], name...), b[snapFixed:])
	if err != nil || b[0] == snapPlain {
		return packed, err
	}
	dec, err := zstd.NewReader(nil, decoderOptions(MaxSnapshot)...)
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	value, err := dec.DecodeAll(packed, nil)
	if err != nil {
		return nil, ErrDamagedBody
	}
	return value, nil
}

// Snapshots lists the names stored.
func (l *Log) Snapshots() ([]string, error) {
	var names []string
	err := l.view(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketSnap).ForEach(func(k, _ []byte) error {
			names = append(names, string(k))
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list snapshots: %w", err)
	}
	return names, nil
}
