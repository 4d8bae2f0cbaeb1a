package replica

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// task is one thing for the writer: a command, or a verified run.
type task struct {
	command model.Command
	run     *verified

	done    model.Done
	folding []model.Commit // what to fold once it is durable
	// elsewhere: the run is durable, under another name than it came by.
	elsewhere bool
	err       error
	answer    chan error
}

// alone reports whether the task must be planned on a state that holds all
// before it. Logging and runs only add, so any number of them share an fsync.
func (t *task) alone() bool {
	if t.run != nil {
		return false
	}
	_, adds := t.command.(model.Log)
	return !adds
}

// commits is how many commits the task makes, at most.
func (t *task) commits() int {
	if t.run != nil {
		return len(t.run.commits)
	}
	return 1
}

// Do carries out a command. When it returns without error the change is
// durable and visible in View.
func (r *Replica) Do(ctx context.Context, c model.Command) (model.Done, error) {
	if r.log.ReadOnly() {
		return model.Done{}, ErrReadOnly
	}
	t := &task{command: c}
	if err := r.do(ctx, t); err != nil {
		return model.Done{}, err
	}
	return t.done, nil
}

// write is the writer: it carries out what came while another wrote, and what is to
// be done once the room is quiet. It ends when the replica closes, after answering
// what it took.
func (r *Replica) write() {
	defer close(r.closed)
	quiet := time.NewTimer(quietFor)
	defer quiet.Stop()
	defer r.hold(r.endPacking)
	for {
		select {
		case <-r.closing:
			return
		case <-r.waiting:
			for !r.closes() && r.carryWaiting() {
			}
		case <-r.wrote:
			quiet.Reset(quietFor)
		case <-quiet.C:
			if busy := r.quiet(); busy > 0 {
				quiet.Reset(busy)
			}
		case <-r.mend:
			r.hold(r.repair)
		}
	}
}

// quiet does what waits for a pause, or tells how long after the last write there is
// none yet.
func (r *Replica) quiet() (busy time.Duration) {
	r.turn.Lock()
	defer r.turn.Unlock()
	if busy = quietFor - time.Since(r.written); busy > 0 {
		return busy
	}
	r.awaited = false
	r.endPacking()
	r.lighten(r.state, maxPacks)
	r.rest()
	r.checkpoint()
	if r.beside.give() {
		return packPause
	}
	return 0
}

// hold calls fn while nobody else writes.
func (r *Replica) hold(fn func()) {
	r.turn.Lock()
	defer r.turn.Unlock()
	fn()
}

// endPacking installs what is being packed.
func (r *Replica) endPacking() {
	r.beside.follow(r.state)
	r.beside.end()
}

// repair makes again from the log what could not be read.
func (r *Replica) repair() {
	if err := r.refold(nil); err != nil {
		r.opts.Log.Error("the room cannot be folded again", "room", r.room, "error", err)
	}
	select {
	case <-r.mend: // asked by who read the state before meanwhile
	default:
	}
	r.mu.Lock()
	close(r.mended)
	r.mended = make(chan struct{})
	r.mu.Unlock()
	r.tell(Change{Room: true})
}

// rest writes a snapshot where many commits were folded after the last. It takes
// a tenth of a second and more, for which every line would wait, and a newcomer
// that catches up has pauses of a millisecond: so it has to be quiet first.
func (r *Replica) rest() {
	r.mu.RLock()
	due := r.since >= snapshotIdle
	r.mu.RUnlock()
	if !due {
		return
	}
	if err := r.snapshot(looseKept); err != nil {
		r.opts.Log.Warn("no snapshot was kept", "room", r.room, "error", err)
		r.mu.Lock()
		r.since = snapshotEvery // closing tries again
		r.mu.Unlock()
	}
}

// checkpoint brings what the journal has into the store, so that a copy of the store has
// all that was written until the room was quiet.
func (r *Replica) checkpoint() {
	err := r.log.Checkpoint()
	if r.freed(err) {
		err = r.log.Checkpoint()
		r.tell(Change{Room: true})
	}
	if err != nil && !r.log.ReadOnly() {
		r.opts.Log.Warn("what was written last stays in the journal", "room", r.room, "error", err)
	}
}

// freed gives back the reserve where the disk is full, once, so that the room can go on
// writing for a while and say what is wrong.
func (r *Replica) freed(err error) bool {
	if !errors.Is(err, oplog.ErrDiskFull) || !r.log.Reserved() || r.log.ReleaseReserve() != nil {
		return false
	}
	r.opts.Log.Error("the disk is full; the reserve is in use", "room", r.room)
	return true
}

// DiskFull reports that the space set aside for a full disk is in use: what is
// written is safe, and soon nothing more can be.
func (r *Replica) DiskFull() bool { return !r.log.ReadOnly() && !r.log.Reserved() }

// Limits of entries that are written in one commit. A commit is read, judged and let
// go of as a whole, so it stays small: 64 KiB, and an entry of the longest text on top,
// fit a sealed body and a run twice, however badly they compress. 256 are as many as
// wait.
const (
	maxTogether      = maxWaiting
	maxTogetherBytes = 64 << 10
)

// together tells how many of the first tasks may be one commit: entries for one
// incident, so that a commit tells of no other.
func together(batch []*task) int {
	first, ok := batch[0].command.(model.Log)
	n := 1
	for ok && n < len(batch) && n < maxTogether {
		next, is := batch[n].command.(model.Log)
		if !is || next.Incident != first.Incident {
			break
		}
		n++
	}
	return n
}

// plan plans commands into one commit, as many as fit and one at least, and appends
// it to the batch. It gives how many it took; a task has its own error.
func (r *Replica) plan(b *oplog.Batch, tasks []*task) (took int) {
	feed, seq := b.Next()
	off := r.ahead(feed, seq)
	r.mu.RLock()
	p := model.NewPlanner(r.state, model.BetweenSeconds(r.nowAt(off)), r.device.Key(), feed, seq)
	p.Keyring = ring{r}
	for _, t := range tasks {
		if took > 0 && p.Size() >= maxTogetherBytes {
			break
		}
		t.folding = nil
		if t.err = ErrRelay; !r.Relay() {
			t.done, t.err = p.Add(t.command)
		}
		took++
	}
	r.mu.RUnlock()
	err := r.append(b, p, off, tasks[:took])
	for _, t := range tasks[:took] {
		if t.err == nil {
			t.err = err
		}
	}
	return took
}

// append adds what was planned to the batch, by a clock that is ahead by off
// milliseconds. The first task that was not refused
// carries it to the fold.
func (r *Replica) append(b *oplog.Batch, p *model.Planner, off int64, tasks []*task) error {
	ops, err := p.Ops()
	first := slices.IndexFunc(tasks, func(t *task) bool { return t.err == nil })
	if err != nil || len(ops) == 0 || first < 0 {
		return err
	}
	body, err := model.EncodeOps(ops)
	if err != nil {
		return err
	}
	c, err := b.Append(oplog.Draft{
		Body: body, Wall: p.Now.UnixMilli() + off, Off: off, ForRelays: model.ForRelays(ops),
	})
	if err != nil {
		return fmt.Errorf("write to the log: %w", err)
	}
	tasks[first].folding = []model.Commit{{
		Feed: c.Feed, Seq: c.Seq, Lamport: c.Lamport, Wall: c.Wall, Off: c.Off, Device: r.device.Key(), Ops: ops,
	}}
	return nil
}
