package replica

import (
	"errors"
	"fmt"

	"holdfast/sync/oplog"
)

// Compact writes the store anew without what is free in it. Commands and runs
// wait for it, readers do not.
func (r *Replica) Compact() (oplog.Compacted, error) {
	if r.log.ReadOnly() {
		return oplog.Compacted{}, ErrReadOnly
	}
	return r.log.Compact()
}

// compactIfLoose compacts where that is worth its time. A full disk has no room for
// the copy: that is no reason to fail.
func (r *Replica) compactIfLoose() error {
	if r.log.ReadOnly() {
		return nil
	}
	free, err := r.log.Free()
	if err != nil {
		return nil // the log says so itself, when it is closed or written
	}
	size, err := r.log.Size()
	if err != nil {
		return err
	}
	rows, held := r.log.Loose()
	if !loose(free, size, rows, held) {
		return nil
	}
	if _, err = r.log.Compact(); errors.Is(err, oplog.ErrDiskFull) {
		return nil
	}
	return err
}

// loose tells whether a store is worth writing anew: where at least a quarter of the
// file, and enough to be worth writing the rest, holds nothing, or where as many of
// the commits held are rows that could be segments.
func loose(free, size int64, rows, held uint64) bool {
	return free >= looseFile && free >= size/4 || rows >= looseRows && rows >= held/4
}

// snapshot keeps the state for a quick start, with so many entries at hand. It is
// a cache: losing it costs time alone.
func (r *Replica) snapshot(loose int) error {
	r.mu.RLock()
	// A commit that lacks a key is folded again when that has come, and a key
	// that is in the log alone is found there again.
	due := !r.log.ReadOnly() && r.watched == nil && r.since >= snapshotEvery && len(r.log.Forks()) == 0 && !r.locked && !r.unkept.Load() && !r.lacking.Load()
	r.mu.RUnlock()
	if !due {
		return nil
	}
	r.packLoose(r.state, loose)
	if err := r.putAside(r.state); err != nil { // a snapshot names packs, and does not hold them
		return fmt.Errorf("keep a snapshot: %w", err)
	}
	if err := r.putSnapshot(); err != nil {
		return fmt.Errorf("keep a snapshot: %w", err)
	}
	r.mu.Lock()
	r.since = 0
	r.mu.Unlock()
	return nil
}

// putSnapshot writes the state, and drops what it does not name.
func (r *Replica) putSnapshot() error {
	r.mu.RLock()
	snap, err := r.state.Encode()
	r.mu.RUnlock()
	if err != nil {
		return err
	}
	gone, err := r.orphans(snap)
	if err != nil {
		return err
	}
	b := r.log.Begin()
	for _, name := range gone {
		err = errors.Join(err, b.DeleteSnapshot(name))
	}
	for key, part := range snap.Closed {
		if part != nil {
			err = errors.Join(err, b.PutPacked(packName(key), part))
		}
	}
	if err = errors.Join(err, b.PutSnapshot(snapshotName, snap.State)); err != nil {
		b.Discard()
		return err
	}
	return b.Commit()
}
