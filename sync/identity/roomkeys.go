package identity

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"

	"holdfast/model"
)

// MaxEpochs bounds the keys of one room: a new epoch follows each removal, and
// a room has at most 256 devices at a time.
const MaxEpochs = 4096

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
	var key [32]byte
	if _, err := io.ReadFull(rand, key[:]); err != nil {
		return nil, fmt.Errorf("draw room key: %w", err)
	}
	r := &RoomKeys{}
	return r, r.add(model.FirstEpoch, key)
}

// Key gives the key of an epoch.
func (r *RoomKeys) Key(epoch uint32) ([32]byte, bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	k, ok := r.keys[epoch]
	return k, ok
}

// Len counts the keys; it only ever grows.
func (r *RoomKeys) Len() int {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return len(r.keys)
}

// All gives every key, those with the highest epoch first.
func (r *RoomKeys) All() [][32]byte {
	list := r.list()
	keys := make([][32]byte, len(list))
	for i, k := range list {
		keys[len(list)-1-i] = k.Key
	}
	return keys
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
	if epoch < model.FirstEpoch || len(r.keys) >= MaxEpochs {
		return fmt.Errorf("add room key of epoch %d: out of range", epoch)
	}
	if r.keys == nil {
		r.keys = map[uint32][32]byte{}
	}
	r.keys[epoch] = key
	return nil
}

// relayTag keeps the key that relays can make from being anything else.
const relayTag = "holdfast/relay/1\x00"

// LogKeys are the keys a room's log is opened with: the room's, and the one of
// model.RelayEpoch, which everyone who knows the room's id can make.
type LogKeys struct {
	*RoomKeys
	Room model.RoomID
}

// Key implements oplog.Keys.
func (k LogKeys) Key(epoch uint32) ([32]byte, bool) {
	if epoch == model.RelayEpoch {
		return sha256.Sum256(append([]byte(relayTag), k.Room[:]...)), true
	}
	return k.RoomKeys.Key(epoch)
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
func (r *RoomKeys) String() string { return fmt.Sprintf("%d room keys", r.Len()) }

// GoString is String, for %#v.
func (r *RoomKeys) GoString() string { return r.String() }
