package oplog

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

const machineTag = "holdfast/machine/1"

// fileIdentity says which file on which machine a store is: the file's number
// and birth where known, and a hash of the machine's own id. A copy, a restore or a cloned
// disk differs in one of them. Going back in time in place does not: see
// mark.go.
func fileIdentity(path, machine string) ([]byte, error) {
	place, err := fileNumber(path)
	if err != nil {
		return nil, fmt.Errorf("file identity: %w", err)
	}
	if machine == "" {
		machine = machineID()
	}
	sum := sha256.Sum256([]byte(machineTag + machine))
	return append([]byte(place+" "), sum[:]...), nil
}

// hostName stands in for a machine id where the system keeps none.
func hostName() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}

// Moved tells that the file is not where this store last settled: it was
// copied, restored or moved. Another copy may be writing the same feed, so the
// next own write opens a new feed by itself.
func (l *Log) Moved() bool {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.moved
}

// Settle takes the file's present place as its own. Call it after moving the
// store on purpose, when no other copy will write.
func (l *Log) Settle() error {
	id, err := fileIdentity(l.path, l.opts.Machine)
	if err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	l.write.Lock()
	defer l.write.Unlock()
	if l.broken != nil {
		return fmt.Errorf("settle: %w", l.broken)
	}
	if err := l.update(func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Put(metaIdentity, id) }); err != nil {
		return fmt.Errorf("settle: %w", err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.moved = false
	return nil
}

// StartIncarnation makes the next own write open a new feed that names the
// present one. A caller does so when a peer knows more of the own feed than
// this store, or a fork of it was seen. It lasts until that write, over a
// restart as well once any batch was committed.
func (l *Log) StartIncarnation() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.restart = true
}

var errNoNumber = errors.New("the file system gives no file number")
