// Package identity is who a device is and how it becomes a member of a room:
// the device key and its TLS, the keys of a room, the membership certificate, the
// invite, and the exchange in which a joiner proves that it holds the invite.
//
// No server, sign-in service or clock takes part. A device is its Ed25519 key;
// a room is its founder's key and a nonce.
package identity

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"holdfast/model"
)

// ValidRole reports whether role is one a device can have in a room.
func ValidRole(role string) bool { return slices.Contains(model.RoomRoles[:], role) }

// Errors of more than one kind of record.
var (
	// ErrMalformed: the bytes are not such a record, or not in its one valid form.
	ErrMalformed = errors.New("malformed record")
	// ErrNewer: the record was written by a newer version of the program.
	ErrNewer = errors.New("this needs a newer version of Holdfast")
)

// marshal gives the one deterministic CBOR form of v.
func marshal(v any) ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	return mode.Marshal(v)
}

// maxList bounds any list or map in what this package reads: keys of a room
// (an epoch for each removal) are the longest.
const maxList = 4096

// unmarshal reads at most limit bytes of CBOR; unknown map keys are ignored,
// so a newer peer may say more.
func unmarshal(b []byte, limit int, v any) error {
	if len(b) > limit {
		return fmt.Errorf("%w: %d bytes, at most %d allowed", ErrMalformed, len(b), limit)
	}
	mode, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		UTF8:             cbor.UTF8RejectInvalid,
		MaxNestedLevels:  8,
		MaxMapPairs:      maxList,
		MaxArrayElements: maxList,
	}.DecMode()
	if err != nil {
		return err
	}
	if err := mode.Unmarshal(b, v); err != nil {
		return fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return nil
}

// unmarshalExact is unmarshal for records that are signed or hashed: v must
// encode back to the very same bytes.
func unmarshalExact(b []byte, limit int, v any) error {
	if err := unmarshal(b, limit, v); err != nil {
		return err
	}
	again, err := marshal(v)
	if err != nil || !bytes.Equal(again, b) {
		return fmt.Errorf("%w: not in its one valid form", ErrMalformed)
	}
	return nil
}
