package model

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
)

// RoomID names a room for ever: SHA-256 over the founder's device key and a
// nonce, so that anyone who holds the founding commit can check who founded it.
type RoomID [32]byte

// FeedID names one incarnation of one device's writing in one room.
type FeedID [32]byte

// DeviceKey is a device's Ed25519 public key. It is the device's name.
type DeviceKey [32]byte

// Hash is a SHA-256 value: a link of a feed's chain or a digest of state.
type Hash [32]byte

// Nonce makes two incarnations, or two rooms of one founder, different.
type Nonce [16]byte

// ID names a thing an op created (an incident, an entry, a message) or the op
// itself. It is derived from the op's place in its feed, so the author knows
// it before the op is written and nobody has to hand out numbers.
type ID [16]byte

// Domain tags keep the hashes of one purpose from being valid for another.
const (
	roomTag = "holdfast/room/1"
	feedTag = "holdfast/feed/1"
	opTag   = "holdfast/op/1"

	streamTag = "holdfast/text/1"
)

// NewRoomID computes the id of a room from its founder and nonce.
func NewRoomID(founder DeviceKey, nonce Nonce) RoomID {
	h := sha256.New()
	h.Write([]byte(roomTag))
	h.Write(founder[:])
	h.Write(nonce[:])
	return RoomID(h.Sum(nil))
}

// NewFeedID computes the id of a feed: SHA-256(tag | room | device key | nonce).
func NewFeedID(room RoomID, device DeviceKey, nonce Nonce) FeedID {
	h := sha256.New()
	h.Write([]byte(feedTag))
	h.Write(room[:])
	h.Write(device[:])
	h.Write(nonce[:])
	return FeedID(h.Sum(nil))
}

// OpID names the n-th op (from 0) of the commit seq (from 1) of a feed.
func OpID(feed FeedID, seq uint64, n int) ID {
	var b [len(opTag) + 32 + 12]byte
	copy(b[:], opTag)
	copy(b[len(opTag):], feed[:])
	binary.BigEndian.PutUint64(b[len(opTag)+32:], seq)
	binary.BigEndian.PutUint32(b[len(opTag)+40:], uint32(n))
	sum := sha256.Sum256(b[:])
	return ID(sum[:16])
}

// crockford is the alphabet of ids people read aloud: no I, L, O, U.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// Zero reports whether the id names nothing.
func (id ID) Zero() bool { return id == ID{} }

// String gives the id in 26 characters of Crockford's base 32.
func (id ID) String() string {
	var b [26]byte // once to the heap, where the encoder's own form goes twice
	crockford.Encode(b[:], id[:])
	return string(b[:])
}

// Short gives the first n characters of the id, for people.
func (id ID) Short(n int) string { return id.String()[:min(n, 26)] }

// Compare orders ids by their bytes.
func (id ID) Compare(o ID) int { return bytes.Compare(id[:], o[:]) }

// MarshalText writes the id as text.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (id *ID) UnmarshalText(b []byte) error { return decodeText(crockford, id[:], string(b)) }

// ParseID reads the 26 characters of String; letters may be in either case.
func ParseID(s string) (ID, error) {
	if id, ok := readID(s); ok {
		return id, nil
	}
	var id ID
	err := decodeText(crockford, id[:], s)
	return id, err
}

// digits are the values of the characters of crockford, both cases; 0xff is none.
var digits = func() (d [256]byte) {
	for c := range d {
		d[c] = 0xff
	}
	for v, c := range []byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ") {
		d[c], d[strings.ToLower(string(c))[0]] = byte(v), byte(v)
	}
	return d
}()

// readID reads an id as String writes it, without memory of its own: ids are
// read from fields all the time.
func readID(s string) (id ID, ok bool) {
	if len(s) != 26 {
		return id, false
	}
	var bits, n uint
	var at int
	for i := range len(s) {
		v := digits[s[i]]
		if v == 0xff {
			return id, false
		}
		bits, n = bits<<5|uint(v), n+5
		if n >= 8 {
			n -= 8
			id[at] = byte(bits >> n)
			at++
		}
	}
	return id, true
}

func decodeText(enc *base32.Encoding, dst []byte, text string) error {
	b, err := enc.DecodeString(strings.ToUpper(text))
	if err != nil || len(b) != len(dst) {
		return fmt.Errorf("%q is not an id", text)
	}
	copy(dst, b)
	return nil
}

// String gives the room id in hex.
func (r RoomID) String() string { return hex.EncodeToString(r[:]) }

// String gives the feed id in hex.
func (f FeedID) String() string { return hex.EncodeToString(f[:]) }

// Short gives the first eight hex digits of the feed id, for people.
func (f FeedID) Short() string { return hex.EncodeToString(f[:4]) }

// Compare orders feeds by their bytes; it breaks ties of display order.
func (f FeedID) Compare(o FeedID) int { return bytes.Compare(f[:], o[:]) }

// String gives the hash in hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash in hex.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// Zero reports whether the key is unset.
func (k DeviceKey) Zero() bool { return k == DeviceKey{} }

// Compare orders keys, for lists that must be the same everywhere.
func (k DeviceKey) Compare(o DeviceKey) int { return bytes.Compare(k[:], o[:]) }

// String gives the device key in groups a person can compare by eye:
// 13 groups of 4 characters of Crockford's base 32.
func (k DeviceKey) String() string {
	s := crockford.EncodeToString(k[:])
	var b strings.Builder
	for i := 0; i < len(s); i += 4 {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteString(s[i:min(i+4, len(s))])
	}
	return b.String()
}

// Short gives the first eight characters of the device key, for people.
func (k DeviceKey) Short() string { return k.String()[:9] }

// MarshalText writes the key as String does.
func (k DeviceKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText wrote; hyphens and case do not matter.
func (k *DeviceKey) UnmarshalText(b []byte) error {
	return decodeText(crockford, k[:], strings.ReplaceAll(string(b), "-", ""))
}

// Head is how far a feed is held: the last seq and the chain hash at it.
type Head struct {
	Seq  uint64 `cbor:"1,keyasint"`
	Hash Hash   `cbor:"2,keyasint"`
}

// Vector says exactly what a replica holds, because each feed is contiguous.
type Vector map[FeedID]Head

// Clone gives a copy that shares nothing.
func (v Vector) Clone() Vector {
	c := make(Vector, len(v))
	for f, h := range v {
		c[f] = h
	}
	return c
}
