package oplog

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"holdfast/model"
)

// Options say how a log is used. The zero value reads a log without keys.
type Options struct {
	Keys    Keys               // room keys by epoch; nil on a relay
	Device  ed25519.PrivateKey // signs own commits; nil for a log that is only read or relayed
	Now     func() time.Time   // nil is time.Now
	Rand    io.Reader          // nil is crypto/rand
	App     string             // program and version, put into the feeds this log opens
	Machine string             // what names this machine; empty asks the system
	Reserve int64              // size of the reserve file; 0 is ReserveSize, negative keeps none
	Timeout time.Duration      // how long to wait for another process to let go; 0 is one second
	// ReadOnly reads a store on a disk that takes no writes: nothing beside the file
	// is made, and every batch is refused with ErrReadOnly.
	ReadOnly bool

	minSegment int // for tests: commits of which a segment is made; 0 is minSegmentCommits
}

// Log is one room's log. Begin, what a Batch does, SetEpoch and
// StartIncarnation belong to one goroutine, the writer; everything else is
// safe from any.
type Log struct {
	path  string
	room  model.RoomID
	opts  Options
	db    *bolt.DB // changed by Compact alone, with write and file held
	file  sync.RWMutex
	codec *codec

	write  sync.Mutex // held while the file is written; taken before mu
	clean  bool       // under write: the file says it was closed in order
	wrote  bool       // under write: Close has to say so
	broken error      // under write: set once the disk left unclear what it holds

	journal      *journal // under write; nil: none
	wantsJournal bool     // under write: a line came that could have gone there
	noJournal    bool     // under write: there can be none
	kept         uint32   // under write: the epoch that the store names

	// mu is never held over a flush, so that readers do not wait for the disk.
	// What it guards is changed by holders of write alone, or by the writer.
	mu      sync.RWMutex
	feeds   map[model.FeedID]*feedState
	own     model.FeedID // zero: none yet
	moved   bool
	restart bool
	epoch   uint32
	lamport uint64       // highest in the log
	gen     uint64       // rises with each commit
	nonce   *model.Nonce // of the feed to open next
	forks   map[model.FeedID]Fork
	ends    map[model.FeedID]end // of verified runs, by the name they came under
	rolled  bool                 // the file is older than its mark
	begun   uint64               // how often feeds got another beginning
	regain  bool                 // what was let go is taken again
	recent  recent               // what the journal has and the store has not
	packed  uint64               // how many commits were held when the store was last written anew, or came as segments since

	touched atomic.Int64 // bytes since pages were given back, see giveback.go

	mark *os.File // see mark.go; nil where there can be none
}

// mapSize is how much of the file bbolt maps from the start. Growing the map
// has to wait for every reader and stalls writers behind it, so it is done
// rarely: 256 MiB of address space hold over a million commits and cost no
// memory. Windows makes the file that large at once, so it starts small there.
func mapSize() int {
	if runtime.GOOS == "windows" || ^uint(0)>>32 == 0 {
		return 4 << 20
	}
	return 256 << 20
}

// growBy is how far the file grows at a time. Each step costs one more flush;
// bbolt's own 16 MiB would make every small room look that large.
const growBy = 1 << 20

func lockTimeout(o Options) time.Duration {
	if o.Timeout > 0 {
		return o.Timeout
	}
	return time.Second
}

// Open opens the store at path. After an unclean end the file's structure is
// checked first. Errors: ErrNoStore, ErrInUse, ErrDamaged, ErrNewerStore; the
// file is left as it is in each case.
func Open(path string, o Options) (*Log, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("open store %s: %w", path, ErrNoStore)
	}
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	l := &Log{path: path, opts: o}
	l.defaults()
	if l.codec, err = newCodec(); err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	if info.Size() == 0 { // bbolt would make a new store of it
		return nil, damagedFile(path, errors.New("the file is empty"))
	}
	if l.db, err = openBolt(path, o); err != nil {
		return nil, openError(path, err)
	}
	if !o.ReadOnly {
		_ = os.Remove(compactPath(path)) // left by a Compact that was killed
	}
	if err := guarded(l.load); err != nil {
		_ = errors.Join(l.closeMark(), guarded(l.db.Close))
		return nil, openError(path, err)
	}
	if o.ReadOnly {
		return l, nil
	}
	if err := l.Checkpoint(); err != nil && !errors.Is(err, ErrDiskFull) { // on a full disk it stays in the journal
		_ = errors.Join(l.closeMark(), guarded(l.db.Close))
		return nil, openError(path, err)
	}
	l.keepReserve()
	return l, nil
}

func (l *Log) defaults() {
	if l.opts.Now == nil {
		l.opts.Now = time.Now
	}
	if l.opts.Rand == nil {
		l.opts.Rand = rand.Reader
	}
	if l.opts.Reserve == 0 {
		l.opts.Reserve = ReserveSize
	}
}

// openBolt opens the file and lets go of its lock even where bbolt panics.
func openBolt(path string, o Options) (*bolt.DB, error) {
	var (
		db   *bolt.DB
		file *os.File
	)
	err := guarded(func() (err error) {
		db, err = bolt.Open(path, 0o600, &bolt.Options{
			Timeout:         lockTimeout(o),
			ReadOnly:        o.ReadOnly,
			InitialMmapSize: mapSize(),
			FreelistType:    bolt.FreelistMapType,
			OpenFile: func(name string, flag int, mode os.FileMode) (*os.File, error) {
				var openErr error
				file, openErr = os.OpenFile(name, flag&^os.O_CREATE, mode)
				return file, openErr
			},
		})
		return err
	})
	if err != nil && file != nil {
		letGo(file)
	}
	if db != nil {
		db.AllocSize = growBy
	}
	return db, err
}

// openError sorts errors of the system, which say nothing about the file's
// contents, from everything else bbolt has to say about it.
func openError(path string, err error) error {
	var (
		pathErr *fs.PathError
		sysErr  *os.SyscallError
		errno   syscall.Errno
	)
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return fmt.Errorf("open store %s: %w", path, ErrInUse)
	case errors.Is(err, ErrNewerStore), errors.As(err, &pathErr), errors.As(err, &sysErr), errors.As(err, &errno):
		return fmt.Errorf("open store %s: %w", path, err)
	}
	return damagedFile(path, err)
}

func damagedFile(path string, cause error) error {
	if !errors.Is(cause, ErrDamaged) {
		cause = fmt.Errorf("%w: %w", ErrDamaged, cause)
	}
	return fmt.Errorf("open store %s: %w; the file was left as it is", path, cause)
}

// load reads everything Log keeps in memory.
func (l *Log) load() error {
	return l.db.View(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil {
			return fmt.Errorf("no meta bucket: %w", ErrDamaged)
		}
		v := meta.Get(metaVersion)
		if len(v) != 4 {
			return fmt.Errorf("no schema version: %w", ErrDamaged)
		}
		if n := binary.BigEndian.Uint32(v); n > schemaVersion {
			return fmt.Errorf("schema %d, this program knows %d: %w", n, schemaVersion, ErrNewerStore)
		}
		if err := l.checkFile(tx, meta.Get(metaClean) != nil); err != nil {
			return err
		}
		if err := l.loadMeta(meta); err != nil {
			return err
		}
		if err := l.loadFeeds(tx); err != nil {
			return err
		}
		l.readJournal(meta)
		if err := l.loadForks(tx); err != nil {
			return err
		}
		return l.readMark(tx)
	})
}

// checkFile looks for a file cut short, always, and for a broken structure
// after an unclean end. The full check takes 0.1 s for a million commits.
func (l *Log) checkFile(tx *bolt.Tx, clean bool) error {
	info, err := os.Stat(l.path)
	if err != nil {
		return err
	}
	if info.Size() < tx.Size() {
		return fmt.Errorf("%d bytes of %d are there: %w", info.Size(), tx.Size(), ErrDamaged)
	}
	for _, name := range [][]byte{bucketFeeds, bucketOps, bucketSnap} {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("no %s bucket: %w", name, ErrDamaged)
		}
	}
	l.clean, l.wrote = clean, !clean
	if clean {
		return nil
	}
	return checkStructure(tx)
}

func (l *Log) loadMeta(meta *bolt.Bucket) error {
	room := meta.Get(metaRoom)
	if len(room) != len(l.room) {
		return fmt.Errorf("no room id: %w", ErrDamaged)
	}
	copy(l.room[:], room)
	copy(l.own[:], meta.Get(metaOwn))
	l.restart = meta.Get(metaRestart) != nil
	if v := meta.Get(metaEpoch); len(v) == 4 {
		l.epoch = binary.BigEndian.Uint32(v)
		l.kept = l.epoch
	}
	if v := meta.Get(metaPacked); len(v) == 8 {
		l.packed = binary.BigEndian.Uint64(v)
	}
	now, err := fileIdentity(l.path, l.opts.Machine)
	if err != nil {
		return err
	}
	l.moved = string(now) != string(meta.Get(metaIdentity))
	return nil
}

func (l *Log) loadFeeds(tx *bolt.Tx) error {
	feeds, ops := tx.Bucket(bucketFeeds), tx.Bucket(bucketOps)
	l.feeds = make(map[model.FeedID]*feedState)
	numbers := make(map[uint32]bool)
	err := feeds.ForEach(func(k, v []byte) error {
		var id model.FeedID
		if len(k) != len(id) {
			return fmt.Errorf("feed table: %w", ErrDamaged)
		}
		copy(id[:], k)
		s, err := decodeFeedState(v)
		if err != nil {
			return fmt.Errorf("feed table, feed %s: %w", id.Short(), ErrDamaged)
		}
		s.trustLast(l.codec, ops)
		l.feeds[id] = s
		l.lamport = max(l.lamport, s.lamport)
		numbers[s.no] = true
		return nil
	})
	for no := range uint32(len(l.feeds)) {
		if err == nil && !numbers[no] {
			err = fmt.Errorf("feed table, number %d is missing: %w", no, ErrDamaged)
		}
	}
	return err
}

// trustLast takes the lamport of a feed from its last commit, whose checksum
// holds: the feed table has none, and a wrong one there would be written into
// every later commit. What else the table says is compared by Scan and Check.
func (s *feedState) trustLast(codec *codec, ops *bolt.Bucket) {
	key := opKey(s.no, s.head.Seq)
	p, err := decodePiece(key, ops.Get(key))
	if err != nil {
		return
	}
	if p.segment != nil {
		if lamport, err := codec.lastLamport(&p.segment.run); err == nil {
			s.lamport = lamport
		}
		return
	}
	if c, err := decodeSlim(p.slim); err == nil && c.Seq == s.head.Seq {
		s.lamport = c.Lamport
	}
}

// Close writes that the store ended in order and lets go of it. Reads that
// are under way end first.
func (l *Log) Close() error {
	l.write.Lock()
	defer l.write.Unlock()
	if l.wrote && l.checkpoint() == nil && l.broken == nil && !l.opts.ReadOnly {
		// Without the mark the next Open checks the file: slower, not unsafe.
		_ = guarded(func() error {
			return l.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketMeta).Put(metaClean, []byte{1}) })
		})
		l.wrote = false
	}
	if l.broken == nil {
		l.broken = errors.New("log is closed")
	}
	if err := errors.Join(l.journal.close(), l.closeMark(), guarded(l.db.Close)); err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// ReadOnly tells that the store was opened to be read only.
func (l *Log) ReadOnly() bool { return l.opts.ReadOnly }

// Path is where the store is.
func (l *Log) Path() string { return l.path }

// Room is the room whose log this is.
func (l *Log) Room() model.RoomID { return l.room }

func asDiskFull(err error) error {
	if err != nil && IsDiskFull(err) {
		return fmt.Errorf("%w (%w)", ErrDiskFull, err)
	}
	return err
}
