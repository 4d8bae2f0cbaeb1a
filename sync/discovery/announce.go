package discovery

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/fxamacker/cbor/v2"
)

// maxDatagram bounds an announcement in bytes: it never needs to be split.
const maxDatagram = 512

// Sizes in an announcement.
const (
	tagSize  = 8 // a chance hit (1 in 2^64) costs one useless dial
	nameSize = 8
	// tagStep is what the number of tags is rounded up to with invented ones, so that
	// it does not tell how many rooms a device has.
	tagStep = 4
)

// announcement is one datagram.
type announcement struct {
	_       struct{} `cbor:",toarray"`
	Magic   string
	Version uint8
	// Hour counts from 1970 on the sender's clock. The tags are for this hour,
	// so a wrong clock at either end hides nobody.
	Hour int64
	Port uint16
	Name [nameSize]byte
	Tags [][]byte
}

const (
	magic   = "holdfast"
	version = 1
)

var errNotOurs = errors.New("not an announcement")

// hourOf is the hour an instant lies in.
func hourOf(t time.Time) int64 { return t.Unix() / 3600 }

// tag is what a room shows in this announcement. Who has no key of the room can tell neither
// the room nor whether two devices share one, and cannot put another port under it.
func (a announcement) tag(key []byte) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(a.Hour))
	b = binary.BigEndian.AppendUint16(b, a.Port)
	return blind(key, "holdfast/beacon/1 room", append(b, a.Name[:]...))[:tagSize]
}

func blind(key []byte, purpose string, what []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(purpose))
	h.Write(what)
	return h.Sum(nil)
}

// announcement gives what to say now. Everything in it is the same for an
// hour and different in the next.
func (d *discovery) announcement() announcement {
	hour := hourOf(d.Now())
	a := announcement{Magic: magic, Version: version, Hour: hour, Port: uint16(d.Port), Name: d.name(hour)}
	for _, k := range d.keys() {
		a.Tags = append(a.Tags, a.tag(k))
	}
	for len(a.Tags)%tagStep != 0 || len(a.Tags) == 0 {
		none := blind(d.seed[:], "holdfast/beacon/1 none", []byte{byte(len(a.Tags))})
		a.Tags = append(a.Tags, a.tag(none))
	}
	return a
}

func (d *discovery) keys() [][]byte {
	keys := d.Keys()
	n := min(len(keys), MaxRooms)
	return keys[:n:n]
}

// name is what this run goes by in an hour; it tells own announcements from others'.
func (d *discovery) name(hour int64) [nameSize]byte {
	what := binary.BigEndian.AppendUint64(nil, uint64(hour))
	return [nameSize]byte(blind(d.seed[:], "holdfast/beacon/1 name", what))
}

// ours reports whether a is from another device that shares a room with this one.
func (d *discovery) ours(a announcement) bool {
	if a.Name == d.name(a.Hour) {
		return false
	}
	known := d.keys()
	if d.Older != nil {
		older := d.Older()
		known = append(known, older[:min(len(older), maxOlder)]...)
	}
	for _, k := range known {
		want := a.tag(k)
		for _, t := range a.Tags {
			if hmac.Equal(t, want) {
				return true
			}
		}
	}
	return false
}

func (a announcement) encode() ([]byte, error) {
	mode, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		return nil, err
	}
	b, err := mode.Marshal(a)
	if err == nil && len(b) > maxDatagram {
		err = fmt.Errorf("announcement of %d bytes", len(b))
	}
	return b, err
}

func decodeAnnouncement(b []byte) (announcement, error) {
	var a announcement
	if len(b) > maxDatagram {
		return a, errNotOurs
	}
	mode, err := cbor.DecOptions{
		IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		MaxNestedLevels: 4, MaxArrayElements: MaxRooms, MaxMapPairs: 16,
	}.DecMode()
	if err != nil {
		return a, err
	}
	if err := mode.Unmarshal(b, &a); err != nil {
		return announcement{}, errNotOurs
	}
	if !a.valid() {
		return announcement{}, errNotOurs
	}
	return a, nil
}

func (a announcement) valid() bool {
	if a.Magic != magic || a.Version != version || a.Port == 0 || len(a.Tags) > MaxRooms {
		return false
	}
	for _, t := range a.Tags {
		if len(t) != tagSize {
			return false
		}
	}
	return true
}
