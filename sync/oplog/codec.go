package oplog

import (
	"bytes"
	"fmt"

	"github.com/klauspost/compress/zstd"

	"holdfast/assets/dict"
)

// The first byte of an opened body says how the rest is compressed. A new
// dictionary takes the next number; a number is never used again.
const (
	packRaw   = 0
	packDict1 = 1 // a zstd frame without its magic
	packBare1 = 2 // the one block of such a frame, without any header
)

// bareHead starts the frames whose head is left out when they are opened: the magic, a
// byte that says that one byte names the dictionary, the largest window (what a body
// unfolds to is bounded elsewhere) and the number of the dictionary. The head of the
// block follows: its last bit says that it is the last, the two before it that it is
// compressed, the others how long it is (RFC 8878, 3.1.1).
const (
	bareHead      = "\x28\xb5\x2f\xfd" + "\x01" + "\x50" + "\x01"
	magic         = 4
	dictNumber    = 1
	blockHead     = 3
	maxBlock      = 128 << 10
	lastBlock     = 1
	compressed    = 2
	compressShift = 1
	lengthShift   = 3

	// packRoom is what unpack needs in front of a packed body: the heads, whose last
	// byte the packing byte is in the place of.
	packRoom = len(bareHead) + blockHead - 1
)

// codec holds the zstd coders of a log; EncodeAll and DecodeAll are safe for
// concurrent use.
type codec struct {
	bodyEnc *zstd.Encoder
	bodyDec *zstd.Decoder
	runEnc  *zstd.Encoder
	runDec  *zstd.Decoder
}

func newCodec() (*codec, error) {
	var (
		c   codec
		err error
	)
	if c.bodyEnc, err = zstd.NewWriter(nil, encoderOptions(MaxBody, zstd.WithEncoderDict(dict.Commit1()))...); err != nil {
		return nil, fmt.Errorf("body encoder: %w", err)
	}
	if c.bodyDec, err = zstd.NewReader(nil, decoderOptions(MaxBody, zstd.WithDecoderDicts(dict.Commit1()))...); err != nil {
		return nil, fmt.Errorf("body decoder: %w", err)
	}
	if c.runEnc, err = zstd.NewWriter(nil, encoderOptions(MaxRunDecoded)...); err != nil {
		return nil, fmt.Errorf("run encoder: %w", err)
	}
	if c.runDec, err = zstd.NewReader(nil, decoderOptions(MaxRunDecoded)...); err != nil {
		return nil, fmt.Errorf("run decoder: %w", err)
	}
	return &c, nil
}

func encoderOptions(window int, more ...zstd.EOption) []zstd.EOption {
	return append([]zstd.EOption{
		zstd.WithEncoderLevel(zstd.SpeedFastest),
		zstd.WithEncoderConcurrency(1), // one writer seals; more would only hold memory
		zstd.WithEncoderCRC(false),     // the seal and the chain already tell damage
		zstd.WithWindowSize(window),
		zstd.WithLowerEncoderMem(true),
	}, more...)
}

func decoderOptions(limit uint64, more ...zstd.DOption) []zstd.DOption {
	return append([]zstd.DOption{
		zstd.WithDecoderConcurrency(2), // the fold and one reader beside it
		zstd.WithDecoderMaxMemory(limit),
		zstd.WithDecoderLowmem(true),
	}, more...)
}

// pack puts the packing byte before the body and compresses it if it shrinks.
func (c *codec) pack(body []byte) []byte {
	out := c.bodyEnc.EncodeAll(body, make([]byte, 0, len(body)+64))
	from, how := magic, byte(packDict1)
	if at, ok := onlyBlock(out); ok {
		from, how = at, packBare1
	}
	if len(out) < from || len(out)-from >= len(body) {
		return append([]byte{packRaw}, body...)
	}
	out[from-1] = how // in the place of the last byte that is left out
	return out[from-1:]
}

// onlyBlock tells where the block of a frame starts that has one, compressed.
func onlyBlock(frame []byte) (at int, ok bool) {
	var h zstd.Header
	if err := h.Decode(frame); err != nil || h.DictionaryID != dictNumber || len(frame) < h.HeaderSize+blockHead {
		return 0, false
	}
	at = h.HeaderSize + blockHead
	var head [blockHead]byte
	return at, bytes.Equal(frame[h.HeaderSize:at], appendBlockHead(head[:0], len(frame)-at))
}

func appendBlockHead(dst []byte, length int) []byte {
	h := lastBlock | compressed<<compressShift | length<<lengthShift
	return append(dst, byte(h), byte(h>>8), byte(h>>16))
}

// unpack reverses pack into dst. The packed body starts at buf[packRoom]; buf is
// overwritten.
func (c *codec) unpack(dst, buf []byte) ([]byte, error) {
	if len(buf) <= packRoom {
		return nil, fmt.Errorf("empty: %w", ErrDamagedBody)
	}
	frame := buf
	switch buf[packRoom] {
	case packRaw:
		return append(dst, buf[packRoom+1:]...), nil
	case packDict1:
		frame = buf[packRoom+1-magic:]
		copy(frame, bareHead[:magic])
	case packBare1:
		block := buf[packRoom+1:]
		if len(block) > maxBlock {
			return nil, fmt.Errorf("block of %d bytes, of at most %d: %w", len(block), maxBlock, ErrDamagedBody)
		}
		appendBlockHead(append(buf[:0], bareHead...), len(block))
	default:
		return nil, fmt.Errorf("body: %w", ErrNewerVersion)
	}
	body, err := c.bodyDec.DecodeAll(frame, dst)
	if err != nil || len(body) > MaxBody {
		return nil, fmt.Errorf("body does not unfold within %d bytes: %w", MaxBody, ErrDamagedBody)
	}
	return body, nil
}
