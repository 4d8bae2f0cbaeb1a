package identity

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
)

// MaxEpochs bounds the keys of one room: a new epoch follows each removal.
const MaxEpochs = 1024

// FirstEpoch is the epoch of a room's first key.
const FirstEpoch uint32 = 1

// maxRoomKeys bounds the stored form: 40 bytes an epoch and a little.
const maxRoomKeys = MaxEpochs*48 + 64

// ErrEpochTaken: another key is already known for that epoch.
var ErrEpochTaken = errors.New("another key is known for this epoch")

// RoomKeys are the keys of a room, one an epoch. It is safe for concurrent use.
// A device with the role relay has none.
type RoomKeys struct {
	mu   sync.RWMutex
	keys map[uint32][32]byte
}

// NewRoomKeys draws the first key of a new room.
func NewRoomKeys(rand io.Reader) (*RoomKeys, error) {
	r := &RoomKeys{}
	if _, _, err := r.Next(rand); err != nil {
		return nil, err
	}
	return r, nil
}

// Key gives the key of an epoch.
func (r *RoomKeys) Key(epoch uint32) ([32]byte, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	k, ok := r.keys[epoch]
	return k, ok
}

// Current is the latest epoch known, or 0 when there is none.
func (r *RoomKeys) Current() uint32 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var latest uint32
	for e := range r.keys {
		latest = max(latest, e)
	}
	return latest
}

// Add keeps the key of an epoch. The same key again is no error; a different
// one is ErrEpochTaken and changes nothing.
func (r *RoomKeys) Add(epoch uint32, key [32]byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.add(epoch, key)
}

func (r *RoomKeys) add(epoch uint32, key [32]byte) error {
	if had, ok := r.keys[epoch]; ok {
		if had != key {
			return fmt.Errorf("add room key of epoch %d: %w", epoch, ErrEpochTaken)
		}
		return nil
	}
	if epoch < FirstEpoch || len(r.keys) >= MaxEpochs {
		return fmt.Errorf("add room key of epoch %d: out of range", epoch)
	}
	if r.keys == nil {
		r.keys = map[uint32][32]byte{}
	}
	r.keys[epoch] = key
	return nil
}

// Next draws the key of the epoch after the current one and keeps it.
func (r *RoomKeys) Next(rand io.Reader) (uint32, [32]byte, error) {
	var key [32]byte
	if _, err := io.ReadFull(rand, key[:]); err != nil {
		return 0, key, fmt.Errorf("draw room key: %w", err)
	}
	epoch := r.Current() + 1
	return epoch, key, r.Add(epoch, key)
}

// epochKey is one key as it is stored and sent.
type epochKey struct {
	_     struct{} `cbor:",toarray"`
	Epoch uint32
	Key   [32]byte
}

func (r *RoomKeys) list() []epochKey {
	r.mu.RLock()
	defer r.mu.RUnlock()
	var out []epochKey
	for _, e := range slices.Sorted(maps.Keys(r.keys)) {
		out = append(out, epochKey{Epoch: e, Key: r.keys[e]})
	}
	return out
}

func roomKeysOf(list []epochKey) (*RoomKeys, error) {
	r := &RoomKeys{}
	for _, k := range list {
		if err := r.add(k.Epoch, k.Key); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Marshal gives the form for the secret store.
func (r *RoomKeys) Marshal() ([]byte, error) { return marshal(r.list()) }

// UnmarshalRoomKeys reads what Marshal wrote.
func UnmarshalRoomKeys(b []byte) (*RoomKeys, error) {
	var list []epochKey
	if err := unmarshalExact(b, maxRoomKeys, &list); err != nil {
		return nil, fmt.Errorf("read room keys: %w", err)
	}
	r, err := roomKeysOf(list)
	if err != nil {
		return nil, fmt.Errorf("read room keys: %w: %w", ErrMalformed, err)
	}
	return r, nil
}

// String names no key.
func (r *RoomKeys) String() string { return fmt.Sprintf("room keys up to epoch %d", r.Current()) }

// GoString is String, for %#v.
func (r *RoomKeys) GoString() string { return r.String() }
