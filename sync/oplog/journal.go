package oplog

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	bolt "go.etcd.io/bbolt"

	"holdfast/model"
)

// The journal is a small file beside the store. A few commits of this device are
// durable once they are in it, after one flush; in the store that takes two, one for
// the pages of a transaction and one for the page that makes them real. They come
// into the store with whatever is written there next, by Checkpoint, or, after an
// unclean end, by the next Open. Readers get them from memory meanwhile: see recent.
//
// The file is made as large as it will ever be, so that a record changes nothing but
// contents and needs no room on a full disk. Records follow each other from its start;
// once the store has them all, the next one overwrites the first. Each begins in a
// block of its own: a write that a power cut tears harms none that was acknowledged.
//
// A record counts where the store names its session, and its number follows on what the
// store has or on the record before. So what ends the reading is one that is torn, one
// the store has already, one of an earlier round, and one of another copy of the
// store. That its commits lead to the hash it states is checked besides.
const (
	// journalSize is 64 records of usual lines: the store is written once for so many.
	journalSize  = 256 << 10
	journalBlock = 4 << 10 // what disks write at once, and the system's cache holds

	// maxJournaled bounds the commits of one record; larger batches gain nothing.
	maxJournaled = 16 << 10

	sessionSize = 8

	journalHead = 4 + crc32.Size
)

// journal is the open file. It belongs to who holds Log.write.
type journal struct {
	file    *os.File
	session [sessionSize]byte // of one opening of the store
	number  uint64            // of the last record
	stored  uint64            // of the last one whose commits the store has
	at      int64             // where the next one begins
	buf     []byte

	writeAt func(b []byte, at int64) (int, error)
	flush   func() error
}

func journalPath(path string) string { return path + ".journal" }

// openJournal opens the journal of a store for a new session, or makes it. What is in
// it must be in the store by the time a record is written.
func (l *Log) openJournal() (*journal, error) {
	j := new(journal)
	if _, err := io.ReadFull(l.opts.Rand, j.session[:]); err != nil {
		return nil, fmt.Errorf("random source: %w", err)
	}
	f, err := os.OpenFile(journalPath(l.path), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	j.file, j.writeAt, j.flush = f, f.WriteAt, func() error { return flushData(f) }
	info, err := f.Stat()
	if err == nil && info.Size() != journalSize {
		err = j.lengthen(filepath.Dir(l.path), info.Size())
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return j, nil
}

// lengthen fills the file up to its size. Zeros that are written, not only set aside,
// are what a later flush has least to do for.
func (j *journal) lengthen(dir string, from int64) error {
	if from > journalSize {
		return j.file.Truncate(journalSize)
	}
	if _, err := j.file.WriteAt(make([]byte, journalSize-from), from); err != nil {
		return err
	}
	return errors.Join(j.file.Sync(), SyncDir(dir))
}

// room reports whether so many bytes of record fit.
func (j *journal) room(size int) bool {
	return j != nil && j.at+blocks(size) <= journalSize
}

// blocks is what a record of so many bytes takes.
func blocks(size int) int64 {
	return int64(size+journalBlock-1) / journalBlock * journalBlock
}

// append makes a record durable. unclear tells that it may be there though it failed.
func (j *journal) append(r *journalRecord) (unclear bool, err error) {
	r.session, r.number = j.session, j.number+1
	j.buf = r.append(j.buf[:0])
	whole := blocks(len(j.buf))
	j.buf = append(j.buf, make([]byte, whole-int64(len(j.buf)))...)
	if _, err := j.writeAt(j.buf, j.at); err != nil {
		return false, err
	}
	if err := j.flush(); err != nil {
		return true, err
	}
	j.number, j.at = r.number, j.at+whole
	return false, nil
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}

// mark is what the store says of the journal: its session, and the last record whose
// commits the store has.
func (j *journal) mark() []byte {
	return binary.BigEndian.AppendUint64(append([]byte(nil), j.session[:]...), j.number)
}

// journalRecord is some commits that follow each other in the own feed:
// length u32 | CRC-32C | session | number u64 | feed | what the feed table says once
// they are stored | how many | the records of the ops bucket, each with its length.
type journalRecord struct {
	session [sessionSize]byte
	number  uint64
	feed    model.FeedID
	state   []byte
	values  [][]byte
}

func (r *journalRecord) size() int {
	n := journalHead + sessionSize + 8 + len(r.feed) + 2*binary.MaxVarintLen32 + len(r.state)
	for _, v := range r.values {
		n += binary.MaxVarintLen32 + len(v)
	}
	return n
}

func (r *journalRecord) append(b []byte) []byte {
	at := len(b)
	b = append(b, make([]byte, journalHead)...)
	b = append(b, r.session[:]...)
	b = binary.BigEndian.AppendUint64(b, r.number)
	b = append(b, r.feed[:]...)
	b = append(binary.AppendUvarint(b, uint64(len(r.state))), r.state...)
	b = binary.AppendUvarint(b, uint64(len(r.values)))
	for _, v := range r.values {
		b = append(binary.AppendUvarint(b, uint64(len(v))), v...)
	}
	body := b[at+journalHead:]
	binary.BigEndian.PutUint32(b[at:], uint32(len(body)))
	binary.BigEndian.PutUint32(b[at+4:], crc32.Checksum(body, castagnoli))
	return b
}

// decodeJournalRecord reads the record that b begins with, and tells its length; false
// where there is none. Its parts alias b.
func decodeJournalRecord(b []byte) (r journalRecord, size int, ok bool) {
	if len(b) < journalHead {
		return r, 0, false
	}
	n, sum := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	if n > journalSize || int(n) > len(b)-journalHead {
		return r, 0, false
	}
	body := columns{buf: b[journalHead : journalHead+int(n)]}
	if crc32.Checksum(body.buf, castagnoli) != sum {
		return r, 0, false
	}
	copy(r.session[:], body.bytes(sessionSize))
	if number := body.bytes(8); number != nil {
		r.number = binary.BigEndian.Uint64(number)
	}
	copy(r.feed[:], body.bytes(uint64(len(r.feed))))
	r.state = body.bytes(body.unsigned())
	for count := body.unsigned(); count > 0 && !body.bad; count-- {
		r.values = append(r.values, body.bytes(body.unsigned()))
	}
	return r, journalHead + int(n), !body.bad && len(body.buf) == 0 && len(r.values) > 0
}

// bytes cuts bytes off the front, nil where there are not so many.
func (r *columns) bytes(n uint64) []byte {
	if r.bad || n > uint64(len(r.buf)) {
		r.bad, r.buf = true, nil
		return nil
	}
	part := r.buf[:n:n]
	r.buf = r.buf[n:]
	return part
}

// readJournal finds the commits that the store has not yet. A journal that cannot be
// read is one of whose commits none is known: the mark beside the store tells if there were any.
func (l *Log) readJournal(meta *bolt.Bucket) {
	stored := meta.Get(metaJournal)
	if len(stored) != sessionSize+8 {
		return
	}
	f, err := os.Open(journalPath(l.path))
	if err != nil {
		return
	}
	defer f.Close() // only read
	b, err := io.ReadAll(io.LimitReader(f, journalSize))
	if err != nil {
		return
	}
	number := binary.BigEndian.Uint64(stored[sessionSize:])
	for {
		r, size, ok := decodeJournalRecord(b)
		if !ok || string(r.session[:]) != string(stored[:sessionSize]) || r.number != number+1 || !l.recall(&r) {
			return
		}
		number = r.number
		b = b[min(blocks(size), int64(len(b))):]
	}
}

// recall takes the commits of a record, if they follow on what is held of the own feed.
func (l *Log) recall(r *journalRecord) bool {
	held, ok := l.feeds[r.feed]
	next, err := decodeFeedState(r.state)
	if !ok || err != nil || r.feed != l.own || next.no != held.no || next.root != held.root || next.root != r.feed ||
		next.begin.Head != held.begin.Head || next.head.Seq != held.head.Seq+uint64(len(r.values)) || next.lamport <= held.lamport {
		return false
	}
	list, at := make([]recentCommit, len(r.values)), held.head
	for i, value := range r.values {
		at.Seq++
		key := opKey(held.no, at.Seq)
		rec, err := decodeRecord(key, value)
		if err != nil {
			return false
		}
		at.Hash = chainHash(held.root, at.Hash, rec.slim)
		list[i] = recentCommit{put{key, value}, at.Seq, at.Hash}
	}
	if at.Hash != next.head.Hash {
		return false
	}
	l.recent.add(r.feed, held.head.Seq, r.state, list)
	l.feeds[r.feed] = next
	l.lamport = max(l.lamport, next.lamport)
	return true
}
