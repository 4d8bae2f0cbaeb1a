package model

import (
	"cmp"
	"encoding/binary"
	"errors"

	"holdfast/model/when"
)

// errPack marks bytes that are no pack.
var errPack = errors.New("no pack of entries")

// appendVersions writes versions in a form of their own: first the feeds, then
// for each its numbers as differences from the one before, then all texts.
func appendVersions(b []byte, list []*Version) []byte {
	feeds := map[FeedID]uint64{}
	var names []FeedID
	for _, v := range list {
		if _, ok := feeds[v.Stamp.Feed]; !ok {
			feeds[v.Stamp.Feed] = uint64(len(names))
			names = append(names, v.Stamp.Feed)
		}
	}
	b = binary.AppendUvarint(b, uint64(len(list)))
	b = binary.AppendUvarint(b, uint64(len(names)))
	for _, f := range names {
		b = append(b, f[:]...)
	}
	last := &Version{}
	for _, v := range list {
		b = binary.AppendUvarint(b, feeds[v.Stamp.Feed])
		b = binary.AppendVarint(b, int64(v.Stamp.Lamport-last.Stamp.Lamport))
		b = binary.AppendVarint(b, v.Stamp.Wall-last.Stamp.Wall)
		b = binary.AppendVarint(b, int64(v.Stamp.Seq-last.Stamp.Seq))
		b = binary.AppendVarint(b, v.Stamp.Off)
		b = binary.AppendUvarint(b, uint64(v.Stamp.N))
		b = binary.AppendVarint(b, v.At-v.Stamp.written())
		b = append(b, byte(v.Precision))
		b = binary.AppendUvarint(b, uint64(len(v.Kind)))
		b = append(b, v.Kind...)
		b = binary.AppendUvarint(b, uint64(len(v.Text)))
		last = v
	}
	for _, v := range list {
		b = append(b, v.Text...)
	}
	return b
}

// unpackVersions reads what appendVersions wrote and squeeze packed, or says that it is none.
func unpackVersions(data []byte) ([]Version, error) {
	b, err := unsqueeze(data, maxPacked)
	if err != nil {
		return nil, cmp.Or(err, errPack)
	}
	r := packReader{b: b}
	list := make([]Version, r.count(maxPack))
	feeds := make([]FeedID, r.count(maxPack))
	for n := range feeds {
		copy(feeds[n][:], r.bytes(len(FeedID{})))
	}
	sizes := make([]int, len(list))
	var last Version
	for n := range list {
		v := &list[n]
		if feed := r.uint(); feed < uint64(len(feeds)) {
			v.Stamp.Feed = feeds[feed]
		} else {
			r.bad = true
		}
		v.Stamp.Lamport = last.Stamp.Lamport + uint64(r.int())
		v.Stamp.Wall = last.Stamp.Wall + r.int()
		v.Stamp.Seq = last.Stamp.Seq + uint64(r.int())
		v.Stamp.Off, v.Stamp.N = r.int(), uint16(r.uint())
		v.At = v.Stamp.written() + r.int()
		if precision := r.bytes(1); len(precision) == 1 {
			v.Precision = when.Precision(precision[0])
		}
		v.Kind = shared(r.bytes(r.count(maxFieldName)))
		sizes[n] = r.count(MaxText)
		last = *v
		if r.bad || v.Precision > when.After {
			return nil, errPack
		}
	}
	texts := string(r.b) // one piece for all: they are dropped together
	for n, size := range sizes {
		if size > len(texts) {
			return nil, errPack
		}
		list[n].Text, texts = texts[:size], texts[size:]
	}
	if len(texts) > 0 {
		return nil, errPack
	}
	return list, nil
}

// packReader takes numbers off the front of a pack. Once bad, what it gave does
// not count.
type packReader struct {
	b   []byte
	bad bool
}

func (r *packReader) uint() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *packReader) int() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.bad = true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *packReader) count(limit int) int {
	n := r.uint()
	if n > uint64(limit) {
		r.bad = true
		return 0
	}
	return int(n)
}

func (r *packReader) bytes(n int) []byte {
	if n > len(r.b) {
		r.bad = true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}
