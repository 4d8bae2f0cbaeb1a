package oplog

import (
	"encoding/binary"
	"fmt"
	"math"
)

// The commit and the run use four CBOR shapes only: unsigned and negative
// integers, byte strings, text, and arrays of known length, in the deterministic
// encoding of RFC 8949 section 4.2. They are written and read here by hand
// because this is the path every commit of a catch-up takes: a tenth of the
// time of the general encoder, whose bytes the tests compare with these.

const (
	cborUint  = 0 << 5
	cborNeg   = 1 << 5
	cborBytes = 2 << 5
	cborText  = 3 << 5
	cborArray = 4 << 5
)

func appendHead(dst []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n <= math.MaxUint8:
		return append(dst, major|24, byte(n))
	case n <= math.MaxUint16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case n <= math.MaxUint32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	default:
		return binary.BigEndian.AppendUint64(append(dst, major|27), n)
	}
}

func appendUint(dst []byte, n uint64) []byte { return appendHead(dst, cborUint, n) }

func appendInt(dst []byte, n int64) []byte {
	if n < 0 {
		return appendHead(dst, cborNeg, uint64(-(n + 1)))
	}
	return appendHead(dst, cborUint, uint64(n))
}

func appendBytes(dst, b []byte) []byte {
	return append(appendHead(dst, cborBytes, uint64(len(b))), b...)
}

func appendText(dst []byte, s string) []byte {
	return append(appendHead(dst, cborText, uint64(len(s))), s...)
}

// reader takes CBOR items off a buffer. The first error sticks and every later
// read gives zero values, so a decoder checks once at the end.
type reader struct {
	buf []byte
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", what, ErrMalformed)
		r.buf = nil
	}
}

// head reads one item head and refuses any but the shortest form.
func (r *reader) head() (major byte, n uint64) {
	if len(r.buf) == 0 {
		r.fail("ends early")
		return 0xff, 0
	}
	major, short := r.buf[0]&0xe0, r.buf[0]&0x1f
	r.buf = r.buf[1:]
	if short < 24 {
		return major, uint64(short)
	}
	if short > 27 {
		r.fail("length form not used here")
		return 0xff, 0
	}
	size := 1 << (short - 24)
	if len(r.buf) < size {
		r.fail("ends early")
		return 0xff, 0
	}
	least := uint64(24)
	switch size {
	case 1:
		n = uint64(r.buf[0])
	case 2:
		n, least = uint64(binary.BigEndian.Uint16(r.buf)), math.MaxUint8+1
	case 4:
		n, least = uint64(binary.BigEndian.Uint32(r.buf)), math.MaxUint16+1
	default:
		n, least = binary.BigEndian.Uint64(r.buf), math.MaxUint32+1
	}
	if n < least {
		r.fail("number not in its shortest form")
		return 0xff, 0
	}
	r.buf = r.buf[size:]
	return major, n
}

func (r *reader) expect(major byte, limit uint64, what string) uint64 {
	m, n := r.head()
	if r.err != nil {
		return 0
	}
	if m != major {
		r.fail(what + ": wrong type")
		return 0
	}
	if n > limit {
		r.fail(what + ": out of range")
		return 0
	}
	return n
}

func (r *reader) array(limit int, what string) int {
	return int(r.expect(cborArray, uint64(limit), what))
}

func (r *reader) uint(limit uint64, what string) uint64 { return r.expect(cborUint, limit, what) }

func (r *reader) int(what string) int64 {
	m, n := r.head()
	if r.err != nil {
		return 0
	}
	if n > math.MaxInt64 || (m != cborUint && m != cborNeg) {
		r.fail(what + ": not a whole number in range")
		return 0
	}
	if m == cborNeg {
		return -1 - int64(n)
	}
	return int64(n)
}

// bytes gives a slice of the buffer itself, not a copy.
func (r *reader) bytes(limit int, what string) []byte {
	return r.take(r.expect(cborBytes, uint64(limit), what), what)
}

func (r *reader) text(limit int, what string) string {
	return string(r.take(r.expect(cborText, uint64(limit), what), what))
}

func (r *reader) take(n uint64, what string) []byte {
	if r.err != nil {
		return nil
	}
	if n > uint64(len(r.buf)) {
		r.fail(what + ": ends early")
		return nil
	}
	b := r.buf[:n:n]
	r.buf = r.buf[n:]
	return b
}

// fixed fills dst from a byte string of exactly its length.
func (r *reader) fixed(dst []byte, what string) {
	b := r.bytes(len(dst), what)
	if r.err == nil && len(b) != len(dst) {
		r.fail(what + ": wrong length")
		return
	}
	copy(dst, b)
}

// done reports the first error, or bytes left over.
func (r *reader) done() error {
	if r.err == nil && len(r.buf) != 0 {
		r.fail("bytes left over")
	}
	return r.err
}
