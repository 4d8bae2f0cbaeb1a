package replica

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/fxamacker/cbor/v2"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// inTurn calls do while nobody else writes, between batches.
func (r *Replica) inTurn(ctx context.Context, do func() error) error {
	r.turn.Lock()
	defer r.turn.Unlock()
	if r.closes() {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return do()
}

// Holding is what an archive holds durably of each feed, from the first commit on: to
// MayLetGo as it says over a live link, to LetGo as it has shown.
type Holding struct {
	Archive model.DeviceKey
	Upto    map[model.FeedID]uint64
}

// LetGo is what was let go.
type LetGo struct {
	oplog.Compacted
	Commits uint64
	Feeds   int
	// Waits says why the feeds that go no further do not, and how many they are.
	Waits map[string]int
}

// Refusals to let go.
var (
	ErrIsArchive  = errors.New("this device keeps all of the room's history: it is marked as an archive; nothing was let go")
	ErrNoArchive  = errors.New("no archive of the room is linked, and only what one holds may be let go; nothing was let go")
	errUnsettled  = errors.New("this device still waits for keys or history of the room; nothing was let go, try again later")
	errNotTheSame = errors.New("what would be kept does not give the same state as the whole history; nothing was let go")
	errUnshown    = errors.New("this device showed another what it holds, or took history again, since the archives were asked; nothing was let go, try again later")
	errNewerOps   = errors.New("what would be let go holds changes that need a newer version of this program; nothing was let go")
)

// Why a feed is not let go of further.
const (
	waitsYoung    = "the next commit is not old enough, or of an incident that is open"
	waitsArchive  = "no linked archive holds the next commit"
	waitsForked   = "it goes on in more than one way, and is kept whole"
	waitsUnsigned = "no signature follows yet"
)

// errNotKept is the answer of a device that is no archive to who would rely on it.
var errNotKept = errors.New("this device is no archive as far as it knows, and shows nothing")

// Sum gives a salted digest of commits: see oplog.Log.Sum.
func (r *Replica) Sum(feed model.FeedID, after, upto uint64, salt [32]byte) ([32]byte, error) {
	return r.log.Sum(feed, after, upto, salt)
}

// Show is Sum for a peer, which may let go of what it is shown: only an archive or a
// relay shows anything, as far as it knows that it is one, and of a feed that it holds from
// the first commit on.
func (s Store) Show(feed model.FeedID, after, upto uint64, salt [32]byte) (sum [32]byte, err error) {
	keeps := s.Relay() // which never lets go
	s.View(func(st *model.State) { keeps = keeps || st.Keeps(s.Device()) })
	if !keeps {
		return sum, errNotKept
	}
	s.unshown.Store(true) // before it looks what is here: letting go looks for it last
	if s.log.Begins()[feed].Seq > 0 {
		return sum, oplog.ErrLetGo
	}
	return s.log.Sum(feed, after, upto, salt)
}

// MayLetGo gives what LetGo would let go of, were all true that the archives say: after
// where each feed begins, up to there. The archives are then asked to show that they
// hold it.
func (r *Replica) MayLetGo(ctx context.Context, before time.Time, archives []Holding) (to model.Vector, err error) {
	err = r.inTurn(ctx, func() error {
		if err := r.mayLetGo(archives); err != nil {
			return err
		}
		r.unshown.Store(false)
		r.asked = r.Now().UnixMilli()
		to, _, err = r.passes(before, archives, map[string]int{})
		return err
	})
	return to, err
}

// LetGo lets go of what was written before a time, is of the room itself or of
// closed incidents, and is held by one of the archives in all. What was made of it
// stays, and is compared with what the whole history gives before anything is
// dropped. Where it would be less than least commits, nothing is let go. It may be
// called from any goroutine; commands and runs wait for it as long as folding all
// of the room takes.
func (r *Replica) LetGo(ctx context.Context, before time.Time, archives []Holding, least uint64) (done LetGo, err error) {
	err = r.inTurn(ctx, func() error {
		done, err = r.letGo(before, archives, least)
		return err
	})
	return done, err
}

// mayLetGo tells why nothing may be let go of now.
func (r *Replica) mayLetGo(archives []Holding) error {
	switch {
	case r.log.ReadOnly():
		return ErrReadOnly
	case r.Relay():
		return ErrRelay
	case r.state.Keeps(r.device.Key()):
		return ErrIsArchive
	case len(archives) == 0:
		return ErrNoArchive
	case r.lacking.Load() || r.locked || r.unkept.Load() || r.state.Stale():
		return errUnsettled
	}
	return nil
}

func (r *Replica) letGo(before time.Time, archives []Holding, least uint64) (LetGo, error) {
	if err := r.mayLetGo(archives); err != nil {
		return LetGo{}, err
	}
	if r.unshown.Load() {
		return LetGo{}, errUnshown
	}
	out := LetGo{Waits: map[string]int{}}
	to, by, err := r.passes(before, archives, out.Waits)
	if err != nil || len(to) == 0 {
		return out, err
	}
	begins := r.log.Begins()
	for feed, head := range to {
		out.Commits += head.Seq - begins[feed].Seq
		begins[feed] = head
	}
	if out.Commits < least {
		return LetGo{Waits: out.Waits}, nil
	}
	out.Feeds = len(to)
	now, err := r.makeBase(begins, by)
	if err != nil {
		return LetGo{}, fmt.Errorf("let go of history: %w", err)
	}
	r.adopt(now) // the same to readers, and its packs name no place in what goes
	if out.Compacted, err = r.log.LetGo(to); err != nil {
		return LetGo{}, fmt.Errorf("let go of history: %w", err)
	}
	if err := r.putSnapshot(); err != nil {
		// The base does as well, and closing tries again.
		r.opts.Log.Warn("no snapshot was kept", "room", r.room, "error", err)
	} else if c, err := r.log.Compact(); err == nil { // of the packs the base took the place of
		out.After = c.After
	}
	r.tell(Change{Room: true})
	return out, nil
}

// passes finds how far each feed can be let go of, and by whose word.
func (r *Replica) passes(before time.Time, archives []Holding, waits map[string]int) (to model.Vector, by []model.DeviceKey, err error) {
	ends, err := r.settledUpTo(before)
	if err != nil {
		return nil, nil, err
	}
	to, begins := model.Vector{}, r.log.Begins()
	for _, f := range r.log.Feeds() {
		if f.Open.Feed() != f.Feed || slices.ContainsFunc(r.log.Forks(), func(k oplog.Fork) bool { return k.Feed == f.Feed }) {
			waits[waitsForked]++
			continue
		}
		kept, who := mostHeld(archives, f.Feed)
		end := min(ends[f.Feed], kept, f.Head.Seq-1)
		at, err := r.log.Signed(f.Feed, end)
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("let go of history: %w", err)
		case at.Seq > begins[f.Feed].Seq:
			to[f.Feed] = at
			if !slices.Contains(by, who) {
				by = append(by, who)
			}
		case ends[f.Feed] <= begins[f.Feed].Seq:
			waits[waitsYoung]++
		case kept < ends[f.Feed] && end <= begins[f.Feed].Seq:
			waits[waitsArchive]++
		default:
			waits[waitsUnsigned]++
		}
	}
	for _, device := range r.KeptBy() { // what they hold is let go already
		if !slices.Contains(by, device) {
			by = append(by, device)
		}
	}
	return to, by, nil
}

func mostHeld(archives []Holding, feed model.FeedID) (upto uint64, who model.DeviceKey) {
	for _, a := range archives {
		if a.Upto[feed] > upto {
			upto, who = a.Upto[feed], a.Archive
		}
	}
	return upto, who
}

// settledUpTo gives the last commit of each feed up to which all are older than a
// time, understood, and of the room itself or of closed incidents. A commit is as young
// as any whose number it has passed: a device whose clock is years behind writes nothing
// old. Times that are still to come say nothing of others.
func (r *Replica) settledUpTo(before time.Time) (map[model.FeedID]uint64, error) {
	ends, over := map[model.FeedID]uint64{}, map[model.FeedID]bool{}
	devices := map[model.FeedID]model.DeviceKey{}
	for _, f := range r.log.Feeds() {
		devices[f.Feed] = f.Open.Device
		ends[f.Feed] = f.Begin.Seq
	}
	now, latest := max(r.Now().UnixMilli(), r.asked), int64(math.MinInt64)
	err := r.log.Scan(r.log.Begins(), func(c oplog.Commit) error {
		at := c.Time()
		if at <= now {
			latest = max(latest, at)
		}
		if over[c.Feed] {
			return nil
		}
		m, locked := r.opened(c, devices[c.Feed])
		r.mu.RLock()
		settled := !locked && max(at, latest) < before.UnixMilli() && r.state.Settled(m)
		r.mu.RUnlock()
		if settled {
			ends[c.Feed] = c.Seq
		} else {
			over[c.Feed] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for what can be let go: %w", err)
	}
	return ends, nil
}

// makeBase folds what will be let go into a base and stores it, with its packs. It
// gives the state of the whole room folded on from there, which is the same as the
// one there is, or an error.
func (r *Replica) makeBase(begins model.Vector, by []model.DeviceKey) (now folded, err error) {
	old, err := r.begin(r.state.Cuts)
	if err != nil {
		return now, err
	}
	made, err := r.foldInto(old, begins, nil)
	if err != nil {
		return now, err
	}
	if made.state.Newer > 0 {
		return now, errNewerOps
	}
	r.packLoose(made.state, 0)
	if err := r.putAside(made.state); err != nil {
		return now, err
	}
	if err := r.putBase(begins, made.state, by); err != nil {
		return now, err
	}
	read, err := r.readBase(begins)
	if err != nil {
		return now, err
	}
	for _, keys := range []map[model.Hash]bool{read.PackKeys(), read.ClosedKeys()} {
		for key := range keys {
			if data, err := r.stored(key); err != nil || sha256.Sum256(data) != key {
				return now, fmt.Errorf("%w: %w", errNotTheSame, errPackGone)
			}
		}
	}
	if now, err = r.foldInto(read, nil, nil); err != nil {
		return now, err
	}
	if read.Crowded(looseEntries) {
		r.packLoose(read, looseKept)
	}
	if err := r.putAside(read); err != nil {
		return now, err
	}
	return now, r.same(read)
}

func (r *Replica) putBase(begins model.Vector, state *model.State, by []model.DeviceKey) error {
	snap, err := state.Encode()
	if err != nil {
		return err
	}
	value, err := cbor.Marshal(base{State: snap.State, By: by, At: r.Now().UnixMilli()})
	if err != nil {
		return err
	}
	b := r.log.Begin()
	for key, part := range snap.Closed {
		if part != nil { // else it is there
			err = errors.Join(err, b.PutPacked(packName(key), part))
		}
	}
	// A snapshot may name places in what is let go: from here on the base does.
	if err = errors.Join(err, b.DeleteSnapshot(snapshotName), b.PutSnapshot(baseName(begins), value)); err != nil {
		b.Discard()
		return err
	}
	return b.Commit()
}

// same compares a state with the replica's.
func (r *Replica) same(state *model.State) error {
	got, err := state.Hash()
	if err != nil {
		return err
	}
	want, err := r.Hash()
	if err != nil {
		return err
	}
	if got != want || state.Stale() {
		return errNotTheSame
	}
	return nil
}
