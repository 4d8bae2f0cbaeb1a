package blob

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Subprotocol names the frames of this package on a WebSocket.
const Subprotocol = "holdfast.blob.v1"

// Kinds of frames. Questions are odd, answers even.
const (
	frameHave  byte = 1
	frameHeld  byte = 2
	frameGet   byte = 3
	frameChunk byte = 4
	framePut   byte = 5
	frameTook  byte = 6
	frameNone  byte = 8
)

const (
	frameHead = 1 + 4
	// MaxFrame is the largest frame: one chunk. The names of all chunks of the
	// largest file are less.
	MaxFrame = frameHead + MaxSealed
	// maxReason bounds what a peer says of why not.
	maxReason = 200
)

var errFrame = errors.New("damaged frame")

// frame is one frame, opened. Body is part of what was read.
type frame struct {
	kind   byte
	number uint32
	body   []byte
}

func (f frame) question() bool { return f.kind%2 == 1 }

// bounds are the sizes a body can have.
var bounds = map[byte][2]int{
	frameHave: {len(Name{}), MaxChunks * len(Name{})}, frameHeld: {1, MaxChunks / 8},
	frameGet: {len(Name{}), len(Name{})}, frameChunk: {1, MaxSealed},
	framePut: {1, MaxSealed}, frameTook: {0, 0}, frameNone: {0, maxReason},
}

// decodeFrame reads a frame. One of a kind not known here is damage: this
// protocol is named with its version when the connection is made.
func decodeFrame(b []byte) (frame, error) {
	if len(b) < frameHead || len(b) > MaxFrame {
		return frame{}, fmt.Errorf("%w: %d bytes", errFrame, len(b))
	}
	f := frame{kind: b[0], number: binary.BigEndian.Uint32(b[1:]), body: b[frameHead:]}
	size, ok := bounds[f.kind]
	if !ok || len(f.body) < size[0] || len(f.body) > size[1] {
		return frame{}, fmt.Errorf("%w: kind %d with %d bytes", errFrame, f.kind, len(f.body))
	}
	return f, nil
}

func encodeFrame(kind byte, number uint32, body []byte) []byte {
	b := make([]byte, frameHead, frameHead+len(body))
	b[0] = kind
	binary.BigEndian.PutUint32(b[1:], number)
	return append(b, body...)
}

// encodeHeld writes a bit for each chunk.
func encodeHeld(has []bool) []byte {
	b := make([]byte, (len(has)+7)/8)
	for i, yes := range has {
		if yes {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

func decodeHeld(b []byte, n int) ([]bool, error) {
	if len(b) != (n+7)/8 {
		return nil, fmt.Errorf("%w: %d bytes for %d chunks", errFrame, len(b), n)
	}
	has := make([]bool, n)
	for i := range has {
		has[i] = b[i/8]&(1<<(i%8)) != 0
	}
	return has, nil
}

func encodeReason(err error) []byte {
	text := err.Error()
	return []byte(strings.ToValidUTF8(text[:min(len(text), maxReason)], ""))
}
