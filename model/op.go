package model

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/fxamacker/cbor/v2"
)

// Kind says what an op does. Numbers are never used again for something else:
// an op of a kind this version does not know is kept, forwarded and counted.
type Kind uint16

// The kinds of this version.
const (
	KindRoomFounded      Kind = 1 // first op of a room; its author is the first admin
	KindMemberAdded      Kind = 2
	KindMemberRemoved    Kind = 3
	KindInviteIssued     Kind = 4
	KindInviteClosed     Kind = 5
	KindRoomField        Kind = 6
	KindPersonAdded      Kind = 7
	KindPersonField      Kind = 8
	KindRoomItemAdded    Kind = 9
	KindRoomItemField    Kind = 10
	KindEpochStarted     Kind = 11
	KindEpochShared      Kind = 12
	KindQuarantineJudged Kind = 13
	KindRoster           Kind = 14
	KindRoleChanged      Kind = 15

	KindDeclared       Kind = 20
	KindIncidentField  Kind = 21
	KindEntryAdded     Kind = 22
	KindEntryEdited    Kind = 23
	KindEntryRetracted Kind = 24
	KindTaskAdded      Kind = 25
	KindTaskField      Kind = 26
	KindItemAdded      Kind = 27
	KindItemField      Kind = 28
	KindTextEdited     Kind = 29

	KindMessageQueued  Kind = 40
	KindMessageClaimed Kind = 41
	KindMessageResult  Kind = 42
)

// lastRoomKind is the last of the kinds about the room.
const lastRoomKind = KindRoleChanged

// Op is one change, as its author wrote it. On names the incident or person it
// concerns and is empty where the room itself is concerned.
type Op struct {
	_    struct{} `cbor:",toarray"`
	Kind Kind
	On   []byte
	Body cbor.RawMessage
}

// MaxOps bounds the ops of one commit: an import writes its entries in
// commits of this size, so that one bad commit costs little to refuse.
const MaxOps = 1024

// MaxText is the longest text an op may carry, in bytes. A timeline entry is
// a line or a page, never a log file: those are attachments.
const MaxText = 32 << 10

// ErrMalformed marks a commit whose body is not a list of ops.
var ErrMalformed = errors.New("commit body is not a list of ops")

// codec is the one form of CBOR used for ops and state: deterministic (RFC
// 8949 section 4.2), so that equal values have equal bytes.
type codec struct {
	enc cbor.EncMode
	dec cbor.DecMode
}

var canonical = newCodec()

func newCodec() codec {
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		panic(err) // the options are constants of the library
	}
	dec, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		MaxNestedLevels:  16,      // our deepest value has 6; a bomb has thousands
		MaxArrayElements: 1 << 20, // a snapshot of an incident lists its entries
		MaxMapPairs:      1 << 20,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return codec{enc: enc, dec: dec}
}

// EncodeOps gives the body of a commit.
func EncodeOps(ops []Op) ([]byte, error) {
	if len(ops) == 0 || len(ops) > MaxOps {
		return nil, fmt.Errorf("encode %d ops: a commit holds 1 to %d", len(ops), MaxOps)
	}
	return canonical.enc.Marshal(ops)
}

// DecodeOps reads the body of a commit. The error wraps ErrMalformed.
func DecodeOps(body []byte) ([]Op, error) { return new(OpReader).Read(body) }

// OpReader reads the bodies of many commits into memory of its own. It is for one
// goroutine at a time.
type OpReader struct {
	bytes []byte
	ops   []Op
	// leftBytes and leftOps are what was taken in memory that was left since Reset.
	leftBytes, leftOps int
}

// What is taken at a time doubles up to these: the bodies and ops of some 256 usual
// commits. On Reset it grows to what was used, up to four times that.
const (
	maxOpBytes  = 64 << 10
	maxOpsAhead = 256
)

// Read is DecodeOps. What it gives shares no memory with body, and lasts until Reset.
func (r *OpReader) Read(body []byte) ([]Op, error) {
	if ops, ok := r.readOps(body); ok {
		return ops, nil
	}
	return decodeOps(body)
}

// Reset uses the memory again.
func (r *OpReader) Reset() {
	if n := min(r.leftBytes+len(r.bytes), 4*maxOpBytes); n > cap(r.bytes) {
		r.bytes = make([]byte, 0, n)
	}
	if n := min(r.leftOps+len(r.ops), 4*maxOpsAhead); n > cap(r.ops) {
		r.ops = make([]Op, 0, n)
	}
	r.bytes, r.ops, r.leftBytes, r.leftOps = r.bytes[:0], r.ops[:0], 0, 0
}

// keep copies a body. Memory that is full is left to those who hold parts of it.
func (r *OpReader) keep(body []byte) []byte {
	if cap(r.bytes)-len(r.bytes) < len(body) {
		r.leftBytes += len(r.bytes)
		r.bytes = make([]byte, 0, max(len(body), min(2*cap(r.bytes), maxOpBytes)))
	}
	at := len(r.bytes)
	r.bytes = append(r.bytes, body...)
	return r.bytes[at:len(r.bytes):len(r.bytes)]
}

// some gives room for n ops, in the same way.
func (r *OpReader) some(n int) []Op {
	if cap(r.ops)-len(r.ops) < n {
		r.leftOps += len(r.ops)
		r.ops = make([]Op, 0, max(n, min(2*cap(r.ops), maxOpsAhead)))
	}
	at := len(r.ops)
	r.ops = r.ops[:at+n]
	return r.ops[at : at+n : at+n]
}

func decodeOps(body []byte) ([]Op, error) {
	var ops []Op
	if err := canonical.dec.Unmarshal(body, &ops); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if len(ops) == 0 || len(ops) > MaxOps {
		return nil, fmt.Errorf("%w: it holds %d, of 1 to %d", ErrMalformed, len(ops), MaxOps)
	}
	return ops, nil
}

// clone gives an op that shares no memory with the one it is of.
func (o Op) clone() Op {
	o.On, o.Body = bytes.Clone(o.On), bytes.Clone(o.Body)
	return o
}

func cloneOps(ops []Op) []Op {
	own := slices.Clone(ops)
	for n := range own {
		own[n] = own[n].clone()
	}
	return own
}

// Target gives what the op is about; the zero ID is the room.
func (o Op) Target() (ID, bool) {
	var id ID
	switch len(o.On) {
	case 0:
		return id, true
	case len(id):
		copy(id[:], o.On)
		return id, true
	}
	return id, false
}

// Commit is a commit after its body was opened: what the fold works on.
type Commit struct {
	Feed    FeedID
	Seq     uint64
	Lamport uint64
	// Wall is the author's clock when it wrote, in milliseconds since 1970 UTC.
	Wall int64
	// Off is how far the author believed its clock to be ahead, in milliseconds.
	Off int64
	// Device wrote the feed; the log has checked the signature.
	Device DeviceKey
	Ops    []Op
}

// Touched gives the incidents a commit concerns.
func Touched(feed FeedID, seq uint64, ops []Op) []ID {
	var ids []ID
	seen := ID{}
	for n, op := range ops {
		id, ok := op.Target()
		if op.Kind == KindDeclared {
			id = OpID(feed, seq, n)
		}
		if !ok || id.Zero() || id == seen || op.Kind < KindDeclared {
			continue
		}
		seen = id
		ids = append(ids, id)
	}
	return ids
}

// Stamp is who wrote something and when, as the record knows it.
type Stamp struct {
	_       struct{} `cbor:",toarray"`
	Lamport uint64
	Wall    int64
	Seq     uint64
	Off     int64
	N       uint16
	// movedHigh and movedLow are what moved gives: they lie beside N, where a stamp
	// has room.
	movedHigh int16
	movedLow  uint32
	// Feed, Seq and N give the op's place; they break ties of order. The feed
	// also tells the device: see State.Author.
	Feed FeedID
}

// ID names the op.
func (s Stamp) ID() ID { return OpID(s.Feed, s.Seq, int(s.N)) }

// Recorded is when it was written, in milliseconds since 1970 UTC, corrected
// by the offset the author had measured against its peers, then or later: see
// ClockFix.
func (s Stamp) Recorded() int64 { return s.written() - s.moved() }

// Compare orders stamps for display: Lamport time, then feed, then place.
func (s Stamp) Compare(o Stamp) int {
	switch {
	case s.Lamport != o.Lamport:
		if s.Lamport < o.Lamport {
			return -1
		}
		return 1
	case s.Feed != o.Feed:
		return s.Feed.Compare(o.Feed)
	case s.Seq != o.Seq:
		if s.Seq < o.Seq {
			return -1
		}
		return 1
	}
	return int(s.N) - int(o.N)
}

// Unreadable stands for a commit whose body this replica cannot read: sealed
// under a key it lacks, or no list of ops. It is counted like an op of a newer
// version; its kind is never written.
var Unreadable = Op{Kind: 0}
