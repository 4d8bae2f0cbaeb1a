package oplog

import (
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime/debug"
	"strings"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// schemaVersion is the layout of the file this program knows. A file with a
// higher one is left untouched, and one with a lower one read as it is. It is of this
// version from the first write on: older programs would take what they do not know for
// damage. Version 2 brought forked feeds, 3 history that was let go, 4 segments, 5
// commits of version 2 and 6 the journal.
const schemaVersion = 6

// raiseVersion makes a file one of this version.
func raiseVersion(meta *bolt.Bucket) error {
	if v := meta.Get(metaVersion); len(v) == 4 && binary.BigEndian.Uint32(v) == schemaVersion {
		return nil
	}
	return meta.Put(metaVersion, binary.BigEndian.AppendUint32(nil, schemaVersion))
}

// The buckets of a store. Keys run in feed order, never by hash: appends then
// fill pages one after the other.
var (
	bucketMeta  = []byte("meta")  // see the keys below
	bucketFeeds = []byte("feeds") // feed id -> feedState
	bucketOps   = []byte("ops")   // feed no | seq -> record, or segment that ends there
	bucketSnap  = []byte("snap")  // name -> sealed bytes
)

// The keys of the meta bucket.
var (
	metaVersion  = []byte("version")
	metaRoom     = []byte("room")
	metaOwn      = []byte("own")      // the feed this store writes to
	metaRestart  = []byte("restart")  // present: the next own write opens a new feed
	metaIdentity = []byte("identity") // which file on which machine this is
	metaEpoch    = []byte("epoch")    // of the room key new bodies are sealed under
	metaClean    = []byte("clean")    // present: closed in order, nothing written since
	metaPacked   = []byte("packed")   // see Log.packed
	metaJournal  = []byte("journal")  // session and number of the last record of the journal that is in the store
)

// fillPercent packs pages of buckets that grow at the end of each feed.
const fillPercent = 0.98

// feedState is what the store knows of one feed. It is never changed once it
// can be seen by readers; a commit puts a new one in its place.
type feedState struct {
	no      uint32
	open    FeedOpen
	root    model.FeedID // open.Feed(): what it is signed as, by whatever name it is kept
	head    model.Head
	lamport uint64
	begin   begin
}

func (s *feedState) encode() []byte {
	b := binary.BigEndian.AppendUint32(nil, s.no)
	b = binary.BigEndian.AppendUint64(b, s.head.Seq)
	b = append(b, s.head.Hash[:]...)
	b = binary.BigEndian.AppendUint64(b, s.lamport)
	return s.begin.append(appendOpen(b, &s.open))
}

const feedStateFixed = 4 + 8 + 32 + 8

func decodeFeedState(b []byte) (*feedState, error) {
	if len(b) < feedStateFixed {
		return nil, ErrMalformed
	}
	s := &feedState{no: binary.BigEndian.Uint32(b), lamport: binary.BigEndian.Uint64(b[44:])}
	s.head.Seq = binary.BigEndian.Uint64(b[4:])
	copy(s.head.Hash[:], b[12:44])
	r := reader{buf: append([]byte(nil), b[feedStateFixed:]...)}
	open := r.open()
	if r.err != nil {
		return nil, r.err
	}
	s.open, s.root = *open, open.Feed()
	var err error
	s.begin, err = decodeBegin(r.buf, s.head.Seq)
	return s, err
}

func opKey(no uint32, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(make([]byte, 0, 12), no), seq)
}

// A record is flags | CRC-32C | [signature] | [chain hash] | slim form. The
// checksum names the one commit that a failing disk changed, where the chain
// alone would only say that one of the commits before a mark is bad.
const (
	flagSig  = 1 << 0
	flagMark = 1 << 1

	recordFixed = 1 + crc32.Size
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type record struct {
	sig  []byte
	mark []byte // the chain hash, where stored
	slim []byte
}

func recordSum(key, value []byte) uint32 {
	sum := crc32.Update(0, castagnoli, key)
	sum = crc32.Update(sum, castagnoli, value[:1])
	return crc32.Update(sum, castagnoli, value[recordFixed:])
}

func encodeRecord(key, sig []byte, hash model.Hash, seq uint64, slim []byte) []byte {
	b := make([]byte, recordFixed, recordFixed+len(sig)+len(hash)+len(slim))
	if sig != nil {
		b[0] |= flagSig
		b = append(b, sig...)
	}
	if seq%markEvery == 0 {
		b[0] |= flagMark
		b = append(b, hash[:]...)
	}
	b = append(b, slim...)
	binary.BigEndian.PutUint32(b[1:], recordSum(key, b))
	return b
}

// decodeRecord splits a stored record; its parts alias value.
func decodeRecord(key, value []byte) (record, error) {
	var r record
	if len(value) < recordFixed || value[0]&^(flagSig|flagMark) != 0 ||
		binary.BigEndian.Uint32(value[1:]) != recordSum(key, value) {
		return r, errors.New("checksum does not fit")
	}
	flags, rest := value[0], value[recordFixed:]
	cut := func(n int) []byte {
		if len(rest) < n {
			return nil
		}
		part := rest[:n:n]
		rest = rest[n:]
		return part
	}
	if flags&flagSig != 0 {
		r.sig = cut(ed25519.SignatureSize)
	}
	if flags&flagMark != 0 {
		r.mark = cut(len(model.Hash{}))
	}
	r.slim = rest
	return r, nil
}

// names are the two names of a feed: the one it is kept under, and the one its
// commits are signed and sealed for. They differ in a branch of a forked feed.
type names struct{ feed, root model.FeedID }

// commit decodes the record of a place.
func (r *record) commit(id names, seq uint64) (Commit, error) {
	c, err := decodeSlim(r.slim)
	if err != nil {
		return c, err
	}
	if c.Seq != seq {
		return c, fmt.Errorf("record of commit %d", c.Seq)
	}
	c.Feed, c.Root, c.Sig = id.feed, id.root, r.sig
	return c, nil
}

// errPages is damage that the library cannot read past.
var errPages = fmt.Errorf("its pages do not hold together: %w", ErrDamaged)

// guarded turns what bbolt does on a damaged file, panic or touch pages that
// are not there, into ErrDamaged. fn is code of this package alone.
func guarded(fn func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer debug.SetPanicOnFault(old)
	defer func() {
		if r := recover(); r != nil {
			// What the library stumbled over (an index, a fault) tells a person nothing.
			err = errPages
		}
	}()
	return fn()
}

// view runs a short read; fn copies out what outlives it.
func (l *Log) view(fn func(tx *bolt.Tx) error) error {
	l.file.RLock()
	defer l.file.RUnlock()
	return guarded(func() error { return l.db.View(fn) })
}

// IsDiskFull tells a lack of space (a quota, a limit) from other errors of a disk. Where bbolt
// cannot lengthen the file it passes on the text of the error alone.
func IsDiskFull(err error) bool {
	for _, e := range noSpace {
		if errors.Is(err, e) || strings.HasSuffix(err.Error(), ": "+e.Error()) {
			return true
		}
	}
	return false
}
