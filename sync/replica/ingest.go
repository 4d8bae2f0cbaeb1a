package replica

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/oplog"
)

// verified is a run whose chain and signature hold, opened for the fold, in memory that
// is used again once it is folded.
type verified struct {
	run     *oplog.VerifiedRun
	commits []model.Commit
	ops     model.OpReader // of the commits
	// locked: one of them lacked its key, when this device had so many keys.
	locked bool
	keys   int
}

// memory is what runs are verified in.
var memory = sync.Pool{New: func() any { return new(verified) }}

// release gives the memory up. The fold kept nothing of it.
func (v *verified) release() {
	if spoil != nil {
		spoil(v)
	}
	v.run.Release()
	clear(v.commits)
	v.ops.Reset()
	v.run, v.commits, v.locked = nil, v.commits[:0], false
	memory.Put(v)
}

// spoil is for tests: it overwrites what is given up.
var spoil func(*verified)

// Heads gives how far each feed is held durably.
func (r *Replica) Heads() model.Vector { return r.log.Heads() }

// OwnFeed is the feed this replica writes now.
func (r *Replica) OwnFeed() model.FeedID { return r.log.OwnFeed() }

// ReadRun gives commits of a feed after a seq, for a link or a bundle.
func (r *Replica) ReadRun(feed model.FeedID, after uint64, maxBytes int) (mesh.Run, bool, error) {
	return r.ReadUpTo(feed, after, oplog.MaxSeq, maxBytes)
}

// ReadUpTo is ReadRun that ends at a seq, or little after it: where the next
// signature is. There is nothing where what follows was let go.
func (r *Replica) ReadUpTo(feed model.FeedID, after, last uint64, maxBytes int) (mesh.Run, bool, error) {
	run, ok, err := r.log.ReadRun(feed, after, int(min(last-after, oplog.MaxRunCommits)), maxBytes)
	if errors.Is(err, oplog.ErrLetGo) {
		return mesh.Run{}, false, nil
	}
	if err != nil || !ok {
		return mesh.Run{}, false, err
	}
	return mesh.Run{Feed: run.Feed, First: run.First, Count: run.Count, Bytes: oplog.AppendRun(make([]byte, 0, len(run.Payload)+runFrame), run)}, true, nil
}

// runFrame is more than a run takes beside its payload.
const runFrame = 160

// Store is the replica as a mesh sees it.
type Store struct{ *Replica }

// Accept implements mesh.Store. Peers send what was let go here only where their feed
// and ours differ: to tell how, what was let go is needed.
func (s Store) Accept(ctx context.Context, runs []mesh.Run) (answers func() []error) {
	wait := s.accept(ctx, runs)
	return func() []error {
		errs := wait()
		for _, err := range errs {
			if errors.Is(err, oplog.ErrLetGo) {
				s.want(err)
			}
		}
		return errs
	}
}

// Subscribe has fn called after any change.
func (s Store) Subscribe(fn func()) (stop func()) {
	return s.Replica.Subscribe(func(Change) { fn() })
}

// Ingest verifies runs in order and makes them durable. It answers for each. One
// of what was let go here on purpose is nil too.
func (r *Replica) Ingest(ctx context.Context, runs []mesh.Run) []error {
	errs := r.accept(ctx, runs)()
	for i, err := range errs {
		if errors.Is(err, oplog.ErrLetGo) {
			errs[i] = nil
		}
	}
	return errs
}

// arrivals are the runs on their way to the disk.
type arrivals struct {
	// turn is held while runs are verified and queued, so that they are written in the
	// order in which each was verified after the one before.
	turn sync.Mutex
	// ends is where the last of each feed ends, guarded by turn. It counts while calls
	// have yet to be answered.
	ends    map[model.FeedID]runEnd
	pending atomic.Int32
}

type runEnd struct {
	head model.Head
	open oplog.FeedOpen
}

// accept verifies runs and hands them to the writer. The next may be verified while
// these are made durable, which is what answers waits for; it is called once.
func (r *Replica) accept(ctx context.Context, runs []mesh.Run) (answers func() []error) {
	errs := make([]error, len(runs))
	tasks := make([]*task, len(runs))
	r.arrivals.turn.Lock()
	defer r.arrivals.turn.Unlock()
	if r.arrivals.pending.Add(1) == 1 {
		r.arrivals.ends = map[model.FeedID]runEnd{}
	}
	for i, run := range runs {
		tasks[i], errs[i] = r.checked(run)
	}
	for i, t := range tasks {
		if t != nil {
			if err := r.enqueue(ctx, t); err != nil {
				tasks[i], errs[i] = nil, err
			}
		}
	}
	return func() []error {
		defer r.arrivals.pending.Add(-1)
		for i, t := range tasks {
			if t != nil {
				if errs[i] = meshError(r.answer(t)); errs[i] == nil && t.elsewhere {
					errs[i] = mesh.ErrElsewhere
				}
			}
		}
		return errs
	}
}

// checked verifies a run for the writer. The caller holds arrivals.turn.
func (r *Replica) checked(run mesh.Run) (*task, error) {
	v, err := r.verify(run, r.arrivals.ends[run.Feed])
	if err == nil && r.log.ReadOnly() {
		err = ErrReadOnly
	}
	if err != nil {
		if errors.Is(err, oplog.ErrBadSignature) && run.First > 1 && !errors.Is(err, oplog.ErrLetGo) {
			return nil, fmt.Errorf("%w: %w", mesh.ErrDiverged, err)
		}
		return nil, meshError(err)
	}
	r.arrivals.ends[run.Feed] = runEnd{v.run.Head(), v.run.Open()}
	return &task{run: v, answer: make(chan error, 1)}, nil
}

// verify checks a run, after the one before it where that is on its way to the disk,
// and opens its bodies. It runs on the caller's goroutine, beside the writer.
func (r *Replica) verify(in mesh.Run, before runEnd) (*verified, error) {
	run, err := oplog.DecodeRun(in.Bytes)
	if err != nil {
		return nil, err
	}
	if run.Feed != in.Feed || run.First != in.First || run.Count != in.Count {
		return nil, fmt.Errorf("the run is not the one its frame names: %w", oplog.ErrMalformed)
	}
	var v *oplog.VerifiedRun
	if at := before.head.Seq; at > 0 && run.First == at+1 && r.log.Lacks(run.Feed, at) {
		v, err = r.log.VerifyAfter(before.head, &before.open, run)
	} else {
		v, err = r.log.Verify(run)
	}
	if err != nil && (v == nil || !errors.Is(err, oplog.ErrFork)) {
		return nil, err
	}
	out := memory.Get().(*verified)
	out.run, out.commits, out.keys = v, slices.Grow(out.commits, run.Count), r.keys.Len()
	open := r.log.Opener()
	commits := v.Commits()
	for n := range commits {
		plain, err := open.Open(&commits[n])
		b := decodedIn(&out.ops, plain, err)
		m, locked := r.taken(&commits[n], v.Open().Device, &b)
		out.commits, out.locked = append(out.commits, m), out.locked || locked
	}
	return out, nil
}

// ingest adds a verified run to the writer's batch.
func (r *Replica) ingest(b *oplog.Batch, t *task) error {
	commits := t.run.commits
	accepted, err := b.Ingest(t.run.run)
	if err != nil {
		return err
	}
	if accepted > 0 && t.run.run.Feed() == r.log.OwnFeed() {
		// A peer held more of our own feed than we did: this store was rolled
		// back. Writing on in it would fork it.
		r.log.StartIncarnation()
	}
	t.folding = commits[len(commits)-accepted:]
	return nil
}

// RolledBack begins a new incarnation before the next write: a peer knows more
// of this device's feed than this store does.
func (r *Replica) RolledBack() { r.log.StartIncarnation() }

// meshError puts an error of the log into the words a mesh acts on.
func meshError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, oplog.ErrLetGo):
		return fmt.Errorf("%w: %w", mesh.ErrFork, err)
	case errors.Is(err, oplog.ErrGap), errors.Is(err, oplog.ErrUnknownFeed):
		return fmt.Errorf("%w: %w", mesh.ErrGap, err)
	case errors.Is(err, oplog.ErrFork):
		return fmt.Errorf("%w: %w", mesh.ErrFork, err)
	case errors.Is(err, oplog.ErrMalformed), errors.Is(err, oplog.ErrBadSignature), errors.Is(err, oplog.ErrWrongRoom),
		errors.Is(err, oplog.ErrTooLarge):
		return fmt.Errorf("%w: %w", mesh.ErrInvalid, err)
	}
	return err
}
