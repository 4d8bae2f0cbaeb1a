package model

import (
	"math"
	"unicode/utf8"

	"holdfast/model/when"
)

// Nearly every commit is one entry, in the form this program writes. That form
// is read here by hand, five times as fast as through reflection; anything else
// falls back to the library, which alone decides what is malformed. What both
// accept they read alike: a fuzz test holds them together.

// reader takes items of canonical CBOR from the front of a slice. Once ok is
// false nothing it gave counts.
type reader struct {
	b  []byte
	ok bool
}

// Major types of CBOR (RFC 8949 section 3.1).
const (
	majorUint  = 0
	majorNeg   = 1
	majorBytes = 2
	majorText  = 3
	majorArray = 4
	majorMap   = 5
)

// head reads the first bytes of an item: its major type and its argument.
func (r *reader) head() (major byte, arg uint64) {
	if !r.ok || len(r.b) == 0 {
		r.ok = false
		return 0, 0
	}
	major, info := r.b[0]>>5, r.b[0]&31
	r.b = r.b[1:]
	if info < 24 {
		return major, uint64(info)
	}
	size := 1 << (info - 24)
	if info > 27 || len(r.b) < size {
		r.ok = false // indefinite lengths and the like are for the library
		return 0, 0
	}
	for _, c := range r.b[:size] {
		arg = arg<<8 | uint64(c)
	}
	r.b = r.b[size:]
	return major, arg
}

// sized reads the head of an item of one major type.
func (r *reader) sized(want byte) uint64 {
	major, arg := r.head()
	if major != want {
		r.ok = false
	}
	return arg
}

// text reads a byte string or text string; the bytes are not copied.
func (r *reader) text(want byte) []byte {
	n := r.sized(want)
	if !r.ok || n > uint64(len(r.b)) {
		r.ok = false
		return nil
	}
	out := r.b[:n:n]
	r.b = r.b[n:]
	return out
}

// null is CBOR's null: the target of an op about the room.
const null = 0xf6

// target reads what an op is about.
func (r *reader) target() []byte {
	if r.ok && len(r.b) > 0 && r.b[0] == null {
		r.b = r.b[1:]
		return nil
	}
	return r.text(majorBytes)
}

// int reads an integer of 64 bits.
func (r *reader) int() int64 {
	major, arg := r.head()
	if major > majorNeg || arg > math.MaxInt64 {
		r.ok = false
		return 0
	}
	if major == majorNeg {
		return -1 - int64(arg)
	}
	return int64(arg)
}

// maxDepth is what skip goes into: our payloads have at most three levels.
const maxDepth = 4

// skip passes over an item of any kind our payloads are made of.
func (r *reader) skip(depth int) {
	major, arg := r.head()
	switch {
	case !r.ok || major <= majorNeg:
	case major <= majorText && arg <= uint64(len(r.b)):
		r.b = r.b[arg:]
	case (major == majorArray || major == majorMap) && depth > 0 && arg <= uint64(len(r.b)):
		for range arg * uint64(major-majorArray+1) {
			if r.skip(depth - 1); !r.ok {
				return
			}
		}
	default:
		r.ok = false
	}
}

// readOps reads the body of a commit where it has the usual form.
func (in *OpReader) readOps(body []byte) ([]Op, bool) {
	r := reader{b: in.keep(body), ok: true}
	n := r.sized(majorArray)
	if !r.ok || n == 0 || n > MaxOps || n > uint64(len(r.b)) {
		return nil, false
	}
	ops := in.some(int(n))
	for i := range ops {
		if r.sized(majorArray) != 3 {
			return nil, false
		}
		kind := r.sized(majorUint)
		ops[i].Kind, ops[i].On = Kind(kind), r.target()
		before := r.b
		r.skip(maxDepth)
		if !r.ok || kind > math.MaxUint16 {
			return nil, false
		}
		ops[i].Body = before[: len(before)-len(r.b) : len(before)-len(r.b)]
	}
	return ops, len(r.b) == 0
}

// decodeEntry reads the payload of an entry.
func decodeEntry(op Op) (entryAdded, error) {
	if e, ok := readEntry(op.Body); ok {
		return e, nil
	}
	return decode[entryAdded](op)
}

// entryKeys is how many keys an entry has in this version.
const entryKeys = 4

// readEntry reads the payload of an entry where it has the usual form.
func readEntry(body []byte) (entryAdded, bool) {
	var e entryAdded
	r := reader{b: body, ok: true}
	n, last := r.sized(majorMap), int64(0)
	if n > entryKeys {
		return e, false
	}
	for range n {
		key := r.int()
		if key <= last {
			return e, false // a key that comes twice is for the library to refuse
		}
		last = key
		switch key {
		case 1:
			e.After = r.int()
		case 2:
			precision := r.sized(majorUint)
			if precision > math.MaxUint8 {
				return e, false
			}
			e.Precision = when.Precision(precision)
		case 3:
			e.Kind = shared(r.text(majorText))
		case 4:
			e.Text = string(r.text(majorText))
		default:
			return e, false // of a newer version
		}
	}
	return e, r.ok && len(r.b) == 0 && utf8.ValidString(e.Kind) && utf8.ValidString(e.Text)
}

// shared gives the one copy of a known kind: a room has many entries and few
// kinds.
func shared(kind []byte) string {
	for _, k := range Kinds {
		if k == string(kind) {
			return k
		}
	}
	return string(kind)
}
