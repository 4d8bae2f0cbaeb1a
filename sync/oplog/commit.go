package oplog

import (
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
)

// Discard drops the batch. It is no error after Commit.
func (b *Batch) Discard() { b.done = true }

// Commit stores the batch, all or nothing, and returns once it is durable.
// On any error nothing of it is stored. After ErrDiskFull the log goes on;
// after ErrReopen it takes no writes until it is opened again.
func (b *Batch) Commit() error {
	if b.done {
		return fmt.Errorf("commit: %w", ErrDone)
	}
	b.done = true
	b.sign()
	l := b.log
	l.write.Lock()
	defer l.write.Unlock()
	switch {
	case l.broken != nil:
		return fmt.Errorf("commit: %w", l.broken)
	case b.gen != l.gen:
		return fmt.Errorf("commit: %w", ErrStale)
	case len(b.ops)+len(b.snaps) == 0:
		return nil
	case l.opts.ReadOnly:
		return fmt.Errorf("commit: %w", ErrReadOnly)
	}
	var identity []byte
	if b.opened && l.moved {
		var err error
		if identity, err = fileIdentity(l.path, l.opts.Machine); err != nil {
			return fmt.Errorf("commit: %w", err)
		}
	}
	if err := b.keep(identity); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	b.publish(identity)
	if p, ok := b.feeds[l.OwnFeed()]; ok && len(p.hashes) > 0 {
		l.keepMark()
	}
	return nil
}

// keep makes the batch durable, in the journal or in the store; the caller holds l.write.
func (b *Batch) keep(identity []byte) error {
	l := b.log
	if noted, err := l.note(b); noted || err != nil {
		return err
	}
	epoch := l.Epoch()
	if err := l.update(func(tx *bolt.Tx) error { return b.write(tx, identity) }); err != nil {
		return err
	}
	l.kept = epoch
	size := 0
	for _, kv := range append(b.ops, b.snaps...) {
		size += len(kv.value)
	}
	l.touch(size)
	return nil
}

// write puts the batch into a transaction; the caller holds l.write.
func (b *Batch) write(tx *bolt.Tx, identity []byte) error {
	feeds := tx.Bucket(bucketFeeds)
	for id, p := range b.feeds {
		if err := feeds.Put(append([]byte(nil), id[:]...), p.encode()); err != nil {
			return err
		}
	}
	ops := tx.Bucket(bucketOps)
	ops.FillPercent = fillPercent
	for _, kv := range b.ops {
		if err := ops.Put(kv.key, kv.value); err != nil {
			return err
		}
	}
	for _, kv := range b.snaps {
		snap := tx.Bucket(bucketSnap) // a line has none
		var err error
		if kv.value == nil {
			err = snap.Delete(kv.key)
		} else {
			err = snap.Put(kv.key, kv.value)
		}
		if err != nil {
			return err
		}
	}
	return b.writeMeta(tx.Bucket(bucketMeta), identity)
}

func (b *Batch) writeMeta(meta *bolt.Bucket, identity []byte) error {
	var err error
	set := func(key, value []byte) {
		if err == nil {
			err = meta.Put(key, value)
		}
	}
	if b.opened {
		set(metaOwn, append([]byte(nil), b.own[:]...))
	}
	if identity != nil {
		set(metaIdentity, identity)
	}
	if v := binary.BigEndian.AppendUint32(nil, b.log.Epoch()); string(meta.Get(metaEpoch)) != string(v) {
		set(metaEpoch, v)
	}
	if b.packed > 0 {
		set(metaPacked, binary.BigEndian.AppendUint64(nil, b.log.packed+b.packed))
	}
	stored := meta.Get(metaRestart) != nil
	switch keep := b.keepsRestart(); {
	case keep && !stored:
		set(metaRestart, []byte{1})
	case !keep && stored:
		err = errors.Join(err, meta.Delete(metaRestart))
	}
	return err
}

// keepsRestart tells whether a new feed is still to be opened after the batch.
func (b *Batch) keepsRestart() bool {
	return !b.opened && (b.log.restart || (b.restart && !b.log.moved))
}

// publish makes the batch visible; the caller holds l.write.
func (b *Batch) publish(identity []byte) {
	l := b.log
	l.mu.Lock()
	defer l.mu.Unlock()
	l.restart = b.keepsRestart()
	for id, p := range b.feeds {
		s := p.feedState
		l.feeds[id] = &s
	}
	if b.opened {
		l.own, l.nonce = b.own, nil
	}
	if identity != nil {
		l.moved = false
	}
	if b.settled {
		l.regain = false
		l.begun++
	}
	l.packed += b.packed
	l.lamport = max(l.lamport, b.lamport)
	l.gen++
}

// update runs a write, with what the journal has before it; the caller holds l.write. It
// sorts out what an error means for the handle.
func (l *Log) update(fn func(tx *bolt.Tx) error) error {
	var id int
	next := l.nextJournal()
	err := guarded(func() error {
		return l.db.Update(func(tx *bolt.Tx) error {
			id = tx.ID()
			meta := tx.Bucket(bucketMeta)
			if err := raiseVersion(meta); err != nil {
				return err
			}
			if l.clean {
				if err := meta.Delete(metaClean); err != nil {
					return err
				}
			}
			if err := l.storeRecent(tx, next); err != nil {
				return err
			}
			return fn(tx)
		})
	})
	if err == nil {
		l.clean, l.wrote = false, true
		l.stored(next)
		return nil
	}
	if next != l.journal {
		_ = next.close() // opened anew with the next write
	}
	// A full disk is told before the new root is written. Should the root be
	// there all the same, or the error be another, what the disk holds is
	// not known.
	if IsDiskFull(err) && l.lastTx() < id {
		return fmt.Errorf("%w (%w)", ErrDiskFull, err)
	}
	l.broken = fmt.Errorf("%w (%w)", ErrReopen, err)
	return l.broken
}

func (l *Log) lastTx() int {
	id := int(^uint(0) >> 1)
	_ = l.view(func(tx *bolt.Tx) error {
		id = tx.ID()
		return nil
	})
	return id
}
