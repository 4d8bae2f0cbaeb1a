package replica

import (
	"errors"
	"fmt"
	"time"

	"holdfast/model"
)

// stored is a batch that is durable and has yet to be folded.
type stored struct {
	tasks []*task
	// again: commits folded before have other places now, or what was let go is here
	// again, so that all is to be folded anew.
	again bool
	// err is why it is not durable after all, or cannot be folded.
	err    error
	change Change
}

// carry carries out a task and what else is waiting. The caller holds r.turn.
func (r *Replica) carry(t *task) {
	r.commit(r.gather(t))
	r.beside.follow(r.state)
	r.beside.step()
	r.written = time.Now()
	if !r.awaited {
		r.awaited = true
		select {
		case r.wrote <- struct{}{}:
		default: // the writer has yet to look
		}
	}
}

// carryWaiting has the writer carry out what is waiting, and reports whether there was
// any. Tasks are taken while nobody else writes, so that runs stay in their order.
func (r *Replica) carryWaiting() (some bool) {
	r.turn.Lock()
	defer r.turn.Unlock()
	select {
	case t := <-r.work:
		r.carry(t)
		return true
	default:
		return false
	}
}

// commit makes a batch durable, folds it and answers each task.
func (r *Replica) commit(batch []*task) {
	s := r.makeDurable(batch)
	if s.err == nil {
		s.err = r.foldStored(s)
	}
	if s.err == nil {
		r.tell(s.change)
	}
	for _, t := range batch {
		if t.err == nil {
			t.err = s.err
		}
		if t.run != nil {
			t.run.release()
			t.run, t.folding = nil, nil
		}
		t.answer <- t.err
	}
}

// gather takes what else is waiting, up to a batch, and stops at a task that
// wants to see the others' effect.
func (r *Replica) gather(first *task) []*task {
	batch, commits := []*task{first}, first.commits()
	for commits < maxCommits && !batch[len(batch)-1].alone() {
		select {
		case t := <-r.work:
			batch = append(batch, t)
			commits += t.commits()
		default:
			return batch
		}
	}
	return batch
}

// makeDurable makes a batch durable.
func (r *Replica) makeDurable(batch []*task) *stored {
	s := &stored{tasks: batch, change: Change{Incidents: map[model.ID]bool{}}}
	short := len(r.log.Begins()) > 0
	grafts, err := r.store(batch)
	if r.freed(err) {
		grafts, err = r.store(batch)
	}
	if errors.Is(err, errPackGone) {
		r.repair()
		grafts, err = r.store(batch)
	}
	if s.err = err; err != nil {
		return s
	}
	s.again = r.graft(grafts)
	if short && len(r.log.Begins()) == 0 {
		r.opts.Log.Info("what was let go of the room is here again; folding from the log", "room", r.room)
		r.lacking.Store(false)
		r.unshown.Store(true)
		s.again = true
	}
	return s
}

// store plans a batch and makes it durable, or leaves everything as it was. It
// gives the tasks whose runs have yet to be grafted.
func (r *Replica) store(batch []*task) (grafts []*task, err error) {
	b, missed := r.log.Begin(), r.state.Missed()
	for len(batch) > 0 {
		t := batch[0]
		t.folding = nil
		if t.run == nil {
			n := together(batch)
			batch = batch[r.plan(b, batch[:n]):]
			continue
		}
		if t.err = r.ingest(b, t); toGraft(t.err, t.run.run.Root(), grafts) {
			t.err, grafts = nil, append(grafts, t)
		}
		batch = batch[1:]
	}
	if r.state.Missed() != missed { // a command may have been planned on less than there is
		b.Discard()
		return nil, errPackGone
	}
	return grafts, b.Commit()
}

// foldStored folds a batch that is durable, and all of the log again where it asks for
// that.
func (r *Replica) foldStored(s *stored) error {
	stale, err := r.foldBatch(s)
	if stale {
		return r.foldAnew(s)
	}
	return err
}

// foldBatch folds what has become durable, and tells where all is to be folded again.
func (r *Replica) foldBatch(s *stored) (stale bool, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range s.tasks {
		if t.err != nil {
			continue
		}
		for _, c := range t.folding {
			c, brings := r.place(r.lines, c)
			if !brings {
				continue
			}
			s.change.note(c)
			if t.run == nil {
				r.learn(c.Device, c.Ops)
			}
			if s.again {
				continue
			}
			if err := r.apply(r.state, c); r.lacking.Load() && errors.Is(err, model.ErrHole) {
				continue // its feed is folded once its beginning is here again
			} else if err != nil {
				return false, fmt.Errorf("fold what was written: %w", err)
			}
			r.since += len(c.Ops)
		}
	}
	unlocks := r.unlocks(s.tasks)
	if s.again || !r.lacking.Load() && (unlocks || r.state.Stale()) {
		return true, nil
	}
	if s.change.Room {
		r.chooseKey()
	}
	return false, nil
}

// foldAnew folds all of the log after a batch that asks for it.
func (r *Replica) foldAnew(s *stored) error {
	s.change.Room = true
	cuts := r.state.Cuts
	if s.again {
		cuts = nil // they may name feeds as they were called before
	}
	err := r.refold(cuts)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.chooseKey()
	return err
}

func (ch *Change) note(c model.Commit) {
	for _, id := range model.Touched(c.Feed, c.Seq, c.Ops) {
		ch.Incidents[id] = true
	}
	for _, op := range c.Ops {
		if op.Kind < model.KindDeclared {
			ch.Room = true
		}
	}
}
