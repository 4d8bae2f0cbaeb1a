package oplog

import (
	"bytes"
	"cmp"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"holdfast/model"
)

// A segment is a stretch of one feed's commits in one value, under the key
// of its last commit. It is made of older ones when the store is written anew (see
// pack.go), and of a long run that comes from a peer; what is appended is always rows. Its payload is that of a run, so that it travels as
// it is: what can be computed (hashes, and signatures that a later one covers) is
// left out, and 70 bytes of row, page and signature are spared for each commit.
//
// The value is flags | CRC-32C | chain hash before its first commit | chain hash
// of its last | count | signatures, each with how many commits it is after the one
// before | payload. It ends with a signature, and with one that is kept at least
// every maxUnsigned commits, where there are as many: runs end at one, and a feed
// can begin at one.
type segment struct {
	run   Run // without feed and signature
	prev  model.Hash
	last  model.Hash
	seals []seal
}

// seal is the signature of one commit of a segment.
type seal struct {
	seq uint64
	sig []byte
}

const flagSegment = 1 << 2

// isSegment tells a segment from the record of one commit.
func isSegment(value []byte) bool { return len(value) > 0 && value[0] == flagSegment }

func (s *segment) encode(key []byte) []byte {
	b := make([]byte, recordFixed, recordFixed+2*len(s.prev)+8+len(s.seals)*(ed25519.SignatureSize+2)+len(s.run.Payload))
	b[0] = flagSegment
	b = append(append(b, s.prev[:]...), s.last[:]...)
	b = binary.AppendUvarint(b, uint64(s.run.Count))
	b = binary.AppendUvarint(b, uint64(len(s.seals)))
	at := s.run.First - 1
	for _, k := range s.seals {
		b = append(binary.AppendUvarint(b, k.seq-at), k.sig...)
		at = k.seq
	}
	b = append(b, s.run.Payload...)
	binary.BigEndian.PutUint32(b[1:], recordSum(key, b))
	return b
}

// decodeSegment reads a segment; its parts alias value. What its payload holds is
// read by commits.
func decodeSegment(key, value []byte) (*segment, error) {
	if len(key) != 12 || len(value) < recordFixed || binary.BigEndian.Uint32(value[1:]) != recordSum(key, value) {
		return nil, errors.New("checksum does not fit")
	}
	s := new(segment)
	rest := value[recordFixed:]
	if len(rest) < 2*len(s.prev) {
		return nil, ErrMalformed
	}
	rest = rest[copy(s.prev[:], rest):]
	rest = rest[copy(s.last[:], rest):]
	r := columns{buf: rest}
	last, count, n := binary.BigEndian.Uint64(key[4:]), r.unsigned(), r.unsigned()
	if r.bad || count < 1 || count > MaxRunCommits || count > last || n < 1 || n > count {
		return nil, fmt.Errorf("segment: %w", ErrMalformed)
	}
	s.run.First, s.run.Count = last-count+1, int(count)
	at := s.run.First - 1
	for range n {
		step := r.unsigned()
		if r.bad || step < 1 || step > last-at || len(r.buf) < ed25519.SignatureSize {
			return nil, fmt.Errorf("segment signatures: %w", ErrMalformed)
		}
		at += step
		s.seals = append(s.seals, seal{at, r.buf[:ed25519.SignatureSize:ed25519.SignatureSize]})
		r.buf = r.buf[ed25519.SignatureSize:]
	}
	if at != last {
		return nil, fmt.Errorf("segment does not end with a signature: %w", ErrMalformed)
	}
	s.run.Payload = r.buf
	return s, s.run.checkShape()
}

// commits gives the commits from..to of a segment without their hashes, in room where
// that is enough.
func (s *segment) commits(c *codec, room []Commit, id names, from, to uint64) ([]Commit, error) {
	list, err := c.decodePayload(room, &s.run)
	if err != nil {
		return nil, err
	}
	list = list[from-s.run.First : to-s.run.First+1]
	for i := range list {
		list[i].Feed, list[i].Root, list[i].Sig = id.feed, id.root, s.sig(list[i].Seq)
	}
	return list, nil
}

// sig is the signature of a commit, nil where it was left out.
func (s *segment) sig(seq uint64) []byte {
	i, ok := slices.BinarySearchFunc(s.seals, seq, func(k seal, seq uint64) int { return cmp.Compare(k.seq, seq) })
	if !ok {
		return nil
	}
	return s.seals[i].sig
}

// records gives the commits from..to of a segment as rows have them.
func (s *segment) records(c *codec, from, to uint64) ([]record, error) {
	list, err := s.commits(c, nil, names{}, from, to)
	if err != nil {
		return nil, err
	}
	size := 0
	for i := range list {
		size += list[i].cost()
	}
	arena, out := make([]byte, 0, size), make([]record, len(list))
	for i := range list {
		start := len(arena)
		arena = appendSlim(arena, &list[i])
		out[i] = record{sig: list[i].Sig, slim: arena[start:len(arena):len(arena)]}
		if list[i].Seq == s.run.Last() {
			out[i].mark = s.last[:]
		}
	}
	return out, nil
}

// makeSegment puts rows into a segment: consecutive ones within the limits of a
// run, the last of them signed. It is read back before it is given: a segment takes
// the place of its rows.
func makeSegment(c *codec, prev model.Hash, rows []row) (key, value []byte, err error) {
	first, last := rows[0].commit.Seq, len(rows)-1
	s := segment{prev: prev, last: rows[last].hash, run: Run{First: first, Count: len(rows)}}
	commits := make([]Commit, len(rows))
	kept := -1
	for i := range rows {
		commits[i] = rows[i].commit
		if rows[i].sig != nil && (i-kept >= maxUnsigned || i == last) {
			s.seals = append(s.seals, seal{commits[i].Seq, rows[i].sig})
			kept = i
		}
	}
	s.run.Payload = c.encodePayload(commits)
	key = rows[last].key
	value = s.encode(key)
	again, err := decodeSegment(key, value)
	if err != nil {
		return nil, nil, err
	}
	back, err := again.records(c, first, s.run.Last())
	if err != nil {
		return nil, nil, err
	}
	for i := range rows {
		if !bytes.Equal(back[i].slim, rows[i].slim) {
			return nil, nil, fmt.Errorf("segment reads otherwise than its rows: %w", ErrDamaged)
		}
	}
	return key, value, nil
}
