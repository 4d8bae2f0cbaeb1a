// Package replica owns one device's copy of a room: commands go in, changes
// come out, and in between everything is made durable.
//
// One goroutine at a time writes. It takes whatever commands and runs are waiting,
// makes them durable with one fsync, folds them into the state and only then answers
// any of them. Readers see durable state alone, through View.
package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/oplog"
)

// ErrClosed is the answer to work handed in after Close.
var ErrClosed = errors.New("the room is closed here")

// Limits of the writer.
const (
	// maxCommits bounds what one fsync covers, so that the first to wait is not
	// kept behind a flood: folding so many takes a quarter of a second.
	maxCommits = 32 << 10
	// maxWaiting is how many tasks may queue while an fsync runs; more wait
	// their turn outside.
	maxWaiting = 256
	// snapshotEvery is how many ops after a snapshot make a new one worth
	// its writing: folding them again takes about 10 ms.
	snapshotEvery = 2000
	// snapshotIdle is how many make one worth writing while the room is open, once
	// nothing has come for quietFor: a process that is killed then folds no more
	// than these again, and those of the last burst.
	snapshotIdle = 50_000
	quietFor     = 2 * time.Second
	// looseFile is how many free bytes in the store are worth writing it anew.
	looseFile = 16 << 20
	// looseRows is how many commits, new since the store was last written anew, are
	// worth doing it again: as segments they take 3 MB less. It has to be a quarter of
	// all there are too, so that over time each commit is written a few times, not once
	// for each closing.
	looseRows = 20_000
	// snapshotForm is the version of the form a state is kept in: another form is
	// another name.
	snapshotForm   = "7"
	snapshotPrefix = "state/"
	snapshotName   = snapshotPrefix + snapshotForm
)

// Options are what a replica takes from outside.
type Options struct {
	// Now is this device's wall clock; nil is time.Now.
	Now func() time.Time
	// Rand is the source of nonces; nil is crypto/rand.
	Rand io.Reader
	Log  *slog.Logger
	// App names the version, for the record.
	App string
}

// Change says what a batch changed, for those who watch.
type Change struct {
	// Incidents that were touched.
	Incidents map[model.ID]bool
	// Room is true where people, members or settings may have changed.
	Room bool
}

// Replica is one open room. Its methods may be called from any goroutine.
type Replica struct {
	log    *oplog.Log
	keys   *identity.RoomKeys
	device *identity.Device
	room   model.RoomID
	opts   Options

	// mu guards state. The writer holds it for folding, never across an fsync.
	mu    sync.RWMutex
	state *model.State
	since int   // ops folded after the last snapshot; of those at the start, commits
	lines lines // of the fold that state is
	moved bool  // when it was opened
	// locked: a commit in state is sealed under a key this device lacked when it
	// had keysAt keys.
	locked bool
	keysAt int

	// watched is all a relay knows of the room, guarded by mu; nil elsewhere.
	watched *model.Watch

	// keep makes the keys durable outside the log.
	keep    func() error
	unkept  atomic.Bool // a key is in the log alone
	taking  sync.Mutex  // guards brought, the keys each device's ops brought, and keep
	brought map[model.DeviceKey]int

	// offset is how far this device's clock is ahead of its peers, in
	// milliseconds; writing is told of it before each commit of its own.
	offset  atomic.Int64
	writing func(feed model.FeedID, seq uint64) (ahead time.Duration)

	// lacking: what was let go here is needed, to fold from or to tell a fork.
	lacking atomic.Bool
	kept    atomic.Pointer[kept]
	// unshown: what archives showed this device does not count any more: since it
	// asked, it showed a peer what it holds, or has history again.
	unshown atomic.Bool
	// asked is when the archives were last asked, in ms since 1970; of the writer.
	asked int64

	arrivals arrivals

	// turn is held by who writes: the writer, or who brings a command while nobody
	// writes, which spares waking the writer. It guards the five after it.
	turn    sync.Mutex
	beside  packing
	asideAt int           // how many bytes of packs bring the next try, after one that failed
	written time.Time     // when something last was
	awaited bool          // the writer knows that something was, and waits for a pause
	wrote   chan struct{} // capacity 1: tells it
	work    chan *task
	waiting chan struct{} // capacity 1: tells the writer that there is work
	mend    chan struct{} // holds one where what is kept outside the state is to be made again
	parts   parts
	mended  chan struct{} // guarded by mu: closed, and made anew, once the log was folded
	closing chan struct{}
	closed  chan struct{}
	once    sync.Once

	watch    sync.Mutex
	watchers map[int]func(Change)
	nextID   int
}

// open folds a log into a replica and starts its writer.
func open(log *oplog.Log, keys *identity.RoomKeys, keep func() error, watched *model.Watch, device *identity.Device, room model.RoomID, opts Options) (*Replica, error) {
	r := &Replica{
		log: log, keys: keys, keep: keep, watched: watched, device: device, room: room, opts: opts, brought: map[model.DeviceKey]int{},
		work: make(chan *task, maxWaiting), waiting: make(chan struct{}, 1), wrote: make(chan struct{}, 1), mend: make(chan struct{}, 1), mended: make(chan struct{}),
		closing: make(chan struct{}), closed: make(chan struct{}), watchers: map[int]func(Change){},
	}
	r.moved = log.Moved()
	if err := r.load(); err != nil {
		return nil, err
	}
	r.chooseKey()
	r.beside = packing{r: r, state: r.state}
	go r.write() // joined by Close
	return r, nil
}

// load brings the state up to the log: from the snapshot where there is a good
// one, from the first commit where there is none.
func (r *Replica) load() error {
	// A snapshot does not say where branches of forked feeds have their things.
	if snap, ok, err := r.log.Snapshot(snapshotName); err == nil && ok && len(r.log.Forks()) == 0 {
		state, err := model.DecodeState(snap)
		if err == nil && state.Room == r.room {
			if err = r.haveClosed(state); err == nil {
				err = r.fold(state)
			}
			if err == nil && !state.Stale() {
				return r.checkBase()
			}
		}
		r.opts.Log.Warn("snapshot set aside; folding from the log", "room", r.room, "error", err)
		select {
		case <-r.mend: // what it lacks is made here
		default:
		}
	}
	return r.refold(nil)
}

// refold folds from the first commit, with the cuts an earlier fold found.
func (r *Replica) refold(cuts map[model.FeedID]model.Cut) error {
	for round := range maxRefolds {
		state, err := r.begin(cuts)
		if errors.Is(err, errHistory) || err == nil && round == maxRefoldsFromBase && len(r.log.Begins()) > 0 {
			return r.lack(err)
		}
		if err != nil {
			return err
		}
		if err := r.fold(state); err != nil {
			return err
		}
		if !state.Stale() {
			return nil
		}
		cuts = state.Cuts
	}
	return fmt.Errorf("fold room %s: membership does not settle after %d folds", r.room, maxRefolds)
}

// maxRefolds bounds folding again: each round can only add cuts, and one round
// is enough unless removals depend on each other.
const maxRefolds = 16

// maxRefoldsFromBase is the same where the first commits were let go: what two
// folds do not settle hangs on them.
const maxRefoldsFromBase = 3

// View calls fn with the state, which fn must neither change nor keep.
func (r *Replica) View(fn func(*model.State)) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	fn(r.state)
}

// Ask is View for who must not see less than there is: where something could not
// be read, fn is called once more, after the log was folded again.
func (r *Replica) Ask(fn func(*model.State)) {
	if mended, whole := r.ask(fn); !whole {
		select {
		case <-mended:
		case <-r.closed:
		}
		r.ask(fn)
	}
}

func (r *Replica) ask(fn func(*model.State)) (mended <-chan struct{}, whole bool) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	before := r.state.Missed()
	fn(r.state)
	return r.mended, r.state.Missed() == before
}

// Room names the room.
func (r *Replica) Room() model.RoomID { return r.room }

// Device is this device's key.
func (r *Replica) Device() model.DeviceKey { return r.device.Key() }

// Keys are the room's epoch keys.
func (r *Replica) Keys() *identity.RoomKeys { return r.keys }

// Hash is the digest of the state; equal on replicas that have converged.
func (r *Replica) Hash() (model.Hash, error) {
	r.mu.Lock() // hashing fills caches in the state
	defer r.mu.Unlock()
	return r.state.Hash()
}

// Check verifies every chain and signature of the log.
func (r *Replica) Check(ctx context.Context) (oplog.Report, error) { return r.log.Check(ctx, nil) }

// Subscribe has fn called after each change, from the writer: fn must be quick
// and must not call back. Stop ends it.
func (r *Replica) Subscribe(fn func(Change)) (stop func()) {
	r.watch.Lock()
	defer r.watch.Unlock()
	id := r.nextID
	r.nextID++
	r.watchers[id] = fn
	return func() {
		r.watch.Lock()
		defer r.watch.Unlock()
		delete(r.watchers, id)
	}
}

func (r *Replica) tell(c Change) {
	r.watch.Lock()
	defer r.watch.Unlock()
	for _, fn := range r.watchers {
		fn(c)
	}
}

// Close stops the writer, writes a snapshot if one is due, gives back room in the
// file where there is much and closes the log.
func (r *Replica) Close() error {
	r.once.Do(func() { close(r.closing) })
	<-r.closed
	return errors.Join(r.snapshot(0), r.compactIfLoose(), r.log.Close())
}

// Size is how many bytes the store takes on the disk.
func (r *Replica) Size() (int64, error) { return r.log.Size() }

// do carries a task out where nobody writes, and otherwise hands it to the writer and
// waits for its answer.
func (r *Replica) do(ctx context.Context, t *task) error {
	t.answer = make(chan error, 1)
	if r.turn.TryLock() {
		defer r.turn.Unlock()
		if r.closes() {
			return ErrClosed
		}
		r.carry(t)
		return <-t.answer
	}
	if err := r.enqueue(ctx, t); err != nil {
		return err
	}
	return r.answer(t)
}

// enqueue hands a task to the writer.
func (r *Replica) enqueue(ctx context.Context, t *task) error {
	select {
	case r.work <- t:
	case <-r.closing:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case r.waiting <- struct{}{}:
	default: // the writer has yet to look
	}
	return nil
}

// closes reports whether Close was called: nothing more is begun.
func (r *Replica) closes() bool {
	select {
	case <-r.closing:
		return true
	default:
		return false
	}
}

// answer waits for what the writer says of a task it was handed. A task that
// was still queued when the writer ended was not begun.
func (r *Replica) answer(t *task) error {
	select {
	case err := <-t.answer:
		return err
	case <-r.closed:
	}
	select {
	case err := <-t.answer:
		return err
	default:
		return ErrClosed
	}
}
