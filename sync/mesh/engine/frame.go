package engine

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/fxamacker/cbor/v2"

	"holdfast/model"
)

// Proto is the protocol number a Hello carries.
const Proto = 1

// The first byte of a frame says what it is. A type not known here is ignored:
// a newer peer may send it.
const (
	frameHello     byte = 1
	frameHeads     byte = 2 // the rest of the heads of a Hello
	frameRun       byte = 3
	frameAck       byte = 4
	framePing      byte = 5
	framePong      byte = 6
	frameAddresses byte = 7
	frameBye       byte = 8
	frameAgain     byte = 9  // your cursor is wrong: go back to this seq
	frameStop      byte = 10 // do not send this feed until Again
	frameHold      byte = 11 // another link brings these feeds
	frameSpare     byte = 12 // what you forward comes sooner by other links
	frameShort     byte = 13 // I hold these feeds only after these commits
	frameBrief     byte = 14 // what is open now, before the history that says so
	frameProve     byte = 15 // show that you hold this
	frameProof     byte = 16
	frameAlike     byte = 17 // what both hold equally far, with its hash
	frameTwin      byte = 18 // another process uses your key

	frameLast = frameTwin
)

// errFrame is what a frame that cannot be read answers.
var errFrame = errors.New("damaged frame")

// head is one feed in a Hello: how far, and the first 8 bytes of the chain
// hash there (empty where not known).
type head struct {
	_    struct{} `cbor:",toarray"`
	Feed []byte
	Seq  uint64
	Hash []byte
}

type helloFrame struct {
	Proto     uint64   `cbor:"1,keyasint"`
	Boot      uint64   `cbor:"2,keyasint"`
	Wall      int64    `cbor:"3,keyasint"` // ms since 1970
	Version   string   `cbor:"4,keyasint"`
	Heads     []head   `cbor:"5,keyasint"`
	More      bool     `cbor:"6,keyasint,omitempty"` // Heads frames follow
	Addresses []string `cbor:"7,keyasint,omitempty"`
	// Knows is the last type of frame that is known there; zero of a version that
	// did not say.
	Knows uint64 `cbor:"8,keyasint,omitempty"`
}

type headsFrame struct {
	Heads []head `cbor:"1,keyasint"`
	More  bool   `cbor:"2,keyasint,omitempty"`
}

type runFrame struct {
	Feed  []byte `cbor:"1,keyasint"`
	First uint64 `cbor:"2,keyasint"`
	Count uint64 `cbor:"3,keyasint"`
	Bytes []byte `cbor:"4,keyasint"`
}

type mark struct {
	_    struct{} `cbor:",toarray"`
	Feed []byte
	Seq  uint64
}

type ackFrame struct {
	Marks []mark `cbor:"1,keyasint"`
}

// pingFrame and pongFrame carry wall clocks in microseconds since 1970.
type pingFrame struct {
	T1 int64 `cbor:"1,keyasint"`
}

type pongFrame struct {
	T1 int64 `cbor:"1,keyasint"`
	T2 int64 `cbor:"2,keyasint"`
	T3 int64 `cbor:"3,keyasint"`
}

type addressesFrame struct {
	Addresses []string `cbor:"1,keyasint"`
}

type byeFrame struct {
	Reason string `cbor:"1,keyasint"`
}

type againFrame struct {
	Feed []byte `cbor:"1,keyasint"`
	Seq  uint64 `cbor:"2,keyasint"`
}

type stopFrame struct {
	Feed []byte `cbor:"1,keyasint"`
}

type holdFrame struct {
	Feeds [][]byte `cbor:"1,keyasint"`
	On    bool     `cbor:"2,keyasint"`
}

type spareFrame struct {
	On bool `cbor:"1,keyasint"`
}

// shortFrame follows a Hello where the beginnings of feeds were let go: what is at
// or before each mark is to be had from the archives, which are device keys.
type shortFrame struct {
	Marks    []mark   `cbor:"1,keyasint"`
	Archives [][]byte `cbor:"2,keyasint,omitempty"`
}

type twinFrame struct{}

type briefFrame struct {
	Brief []byte `cbor:"1,keyasint"`
}

// codec holds the modes of CBOR: deterministic on the way out, and on the way
// in nothing that could make a small frame cost much.
type codec struct {
	enc cbor.UserBufferEncMode
	dec cbor.DecMode
}

func newCodec() (codec, error) {
	enc, err := cbor.CoreDetEncOptions().UserBufferEncMode()
	if err != nil {
		return codec{}, fmt.Errorf("frame encoder: %w", err)
	}
	dec, err := cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		MaxNestedLevels:  4,
		MaxArrayElements: MaxFeeds,
		MaxMapPairs:      32,
		UTF8:             cbor.UTF8RejectInvalid,
	}.DecMode()
	if err != nil {
		return codec{}, fmt.Errorf("frame decoder: %w", err)
	}
	return codec{enc, dec}, nil
}

// encode writes a frame. The frames of this package always encode.
func (c codec) encode(kind byte, body any) []byte {
	var b bytes.Buffer
	if r, ok := body.(runFrame); ok {
		b.Grow(len(r.Bytes) + 64)
	}
	b.WriteByte(kind)
	if err := c.enc.MarshalToBuffer(body, &b); err != nil {
		return []byte{kind}
	}
	return b.Bytes()
}

// decode reads a frame into one of the frame structs, by value; nil for a type
// not known here. What it gives has passed every limit.
func (c codec) decode(frame []byte) (any, error) {
	if len(frame) == 0 || len(frame) > MaxFrame {
		return nil, errFrame
	}
	body := frame[1:]
	switch frame[0] {
	case frameHello:
		return decodeBody(c, body, MaxHello, helloFrame.check)
	case frameHeads:
		return decodeBody(c, body, MaxHello, headsFrame.check)
	case frameRun:
		return decodeBody(c, body, MaxFrame, runFrame.check)
	case frameAck:
		return decodeBody(c, body, MaxHello, ackFrame.check)
	case framePing:
		return decodeBody(c, body, 64, func(pingFrame) bool { return true })
	case framePong:
		return decodeBody(c, body, 64, func(pongFrame) bool { return true })
	case frameAddresses:
		return decodeBody(c, body, MaxHello, func(f addressesFrame) bool { return checkAddresses(f.Addresses) })
	case frameBye:
		return decodeBody(c, body, MaxHello, func(f byeFrame) bool { return len(f.Reason) <= maxText })
	case frameAgain:
		return decodeBody(c, body, 256, func(f againFrame) bool { return checkMark(f.Feed, f.Seq) })
	case frameStop:
		return decodeBody(c, body, 256, func(f stopFrame) bool { return checkMark(f.Feed, 0) })
	case frameHold:
		return decodeBody(c, body, MaxFrame, holdFrame.check)
	case frameShort:
		return decodeBody(c, body, MaxHello, shortFrame.check)
	case frameTwin:
		return decodeBody(c, body, 64, func(twinFrame) bool { return true })
	case frameSpare:
		return decodeBody(c, body, 64, func(spareFrame) bool { return true })
	case frameProve:
		return decodeBody(c, body, 256, proveFrame.check)
	case frameProof:
		return decodeBody(c, body, 256, proofFrame.check)
	case frameAlike:
		return decodeBody(c, body, MaxHello, func(f alikeFrame) bool { return checkHeads(f.Heads) })
	case frameBrief:
		return decodeBody(c, body, MaxBrief+16, func(f briefFrame) bool { return len(f.Brief) <= MaxBrief })
	}
	return nil, nil
}

func decodeBody[T any](c codec, body []byte, limit int, check func(T) bool) (any, error) {
	var f T
	if len(body) > limit {
		return nil, errFrame
	}
	if err := c.dec.Unmarshal(body, &f); err != nil || !check(f) {
		return nil, errFrame
	}
	return f, nil
}

func checkMark(feed []byte, seq uint64) bool {
	return len(feed) == len(model.FeedID{}) && seq <= maxSeq
}

func checkHeads(hs []head) bool {
	for _, h := range hs {
		if !checkMark(h.Feed, h.Seq) || (len(h.Hash) != 0 && len(h.Hash) != 8) {
			return false
		}
	}
	return true
}

func checkAddresses(as []string) bool {
	for _, a := range as {
		if a == "" || len(a) > maxAddress {
			return false
		}
	}
	return len(as) <= maxAddresses
}

func (f helloFrame) check() bool {
	return len(f.Version) <= maxText && checkHeads(f.Heads) && checkAddresses(f.Addresses)
}

func (f headsFrame) check() bool { return checkHeads(f.Heads) }

func (f runFrame) check() bool {
	return checkMark(f.Feed, f.First) && f.First >= 1 && f.Count >= 1 && f.Count <= maxRunCount &&
		f.First+f.Count-1 <= maxSeq && len(f.Bytes) > 0
}

func (f ackFrame) check() bool {
	for _, m := range f.Marks {
		if !checkMark(m.Feed, m.Seq) {
			return false
		}
	}
	return true
}

func (f shortFrame) check() bool {
	for _, a := range f.Archives {
		if len(a) != len(model.DeviceKey{}) {
			return false
		}
	}
	return len(f.Archives) <= maxArchives && ackFrame{f.Marks}.check()
}

func (f holdFrame) check() bool {
	for _, id := range f.Feeds {
		if !checkMark(id, 0) {
			return false
		}
	}
	return true
}
