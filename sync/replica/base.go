package replica

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/fxamacker/cbor/v2"

	"holdfast/model"
	"holdfast/sync/mesh"
)

// Where a device let go of history, what was made of it is kept: the base, a state
// folded from exactly what was let go, and its packs. Every fold begins with it.
// Unlike the snapshot, which is a cache of what the log says, nothing here can make
// it again: what needs more than the base, another version's form or a judgement
// that reaches back before it, needs the history itself, from who has it.

// basePrefix begins the names of bases in the store.
const basePrefix = "base/"

// baseName names the base for where feeds begin, in this version's form.
func baseName(begins model.Vector) string {
	h := sha256.New()
	for _, feed := range slices.SortedFunc(maps.Keys(begins), model.FeedID.Compare) {
		head := begins[feed]
		h.Write(feed[:])
		h.Write(binary.BigEndian.AppendUint64(nil, head.Seq))
		h.Write(head.Hash[:])
	}
	return basePrefix + snapshotForm + "/" + hex.EncodeToString(h.Sum(nil)[:16])
}

// base is what is stored of one: the state, and on whose word history was let go.
type base struct {
	_     struct{} `cbor:",toarray"`
	State []byte
	By    []model.DeviceKey // archives that held all of it
	At    int64             // when it was let go, in milliseconds since 1970 UTC
}

// errHistory says that a fold needs what was let go here.
var errHistory = errors.New("the room's history that was let go here is needed again")

// readBase gives the state that folds begin with.
func (r *Replica) readBase(begins model.Vector) (*model.State, error) {
	_, state, err := r.openBase(begins)
	return state, err
}

func (r *Replica) openBase(begins model.Vector) (b base, state *model.State, err error) {
	value, ok, err := r.log.Snapshot(baseName(begins))
	if err != nil {
		return b, nil, fmt.Errorf("%w: what was made of it cannot be read: %w", errHistory, err)
	}
	if !ok {
		return b, nil, fmt.Errorf("%w: what was made of it is not here in the form of this version", errHistory)
	}
	if err = cbor.Unmarshal(value, &b); err == nil {
		state, err = model.DecodeState(b.State)
	}
	if err != nil {
		return b, nil, fmt.Errorf("%w: what was made of it cannot be read: %w", errHistory, err)
	}
	fits := state.Room == r.room && len(state.Applied) == len(begins)
	for feed, head := range begins {
		fits = fits && state.Applied[feed].Seq == head.Seq
	}
	if !fits {
		return b, nil, fmt.Errorf("%w: what was made of it is of another part", errHistory)
	}
	state.KeepPacks(r.stored)
	if _, err := r.kin(state); err != nil {
		return b, nil, fmt.Errorf("%w: %w", errHistory, err)
	}
	return b, state, nil
}

// begin gives the state a fold begins with: that of nothing, or the base. Cuts are
// as for model.NewState. errHistory where the base does not do.
func (r *Replica) begin(cuts map[model.FeedID]model.Cut) (*model.State, error) {
	begins := r.log.Begins()
	if len(begins) == 0 {
		return model.NewState(r.room, cuts), nil
	}
	state, err := r.readBase(begins)
	if err != nil {
		return nil, err
	}
	if cuts != nil && !state.Assume(cuts) {
		return nil, fmt.Errorf("%w: a change of who is in the room reaches back into it", errHistory)
	}
	return state, nil
}

// checkBase looks, where the room was opened from a snapshot, whether the base is
// there for when it is needed.
func (r *Replica) checkBase() error {
	begins := r.log.Begins()
	if len(begins) == 0 {
		return nil
	}
	if _, err := r.readBase(begins); err != nil {
		r.want(err)
	}
	return nil
}

// want has what was let go fetched again.
func (r *Replica) want(why error) {
	if len(r.log.Begins()) == 0 || r.lacking.Swap(true) {
		return
	}
	r.opts.Log.Warn("history that was let go is needed again; it is asked of the archive", "room", r.room, "error", why)
	r.log.Regain(true)
	r.tell(Change{Room: true})
}

// lack goes on without what a fold needs. What readers saw stays; who has nothing
// yet folds the feeds that are here from their first commit.
func (r *Replica) lack(why error) error {
	r.want(why)
	if r.state != nil {
		return nil
	}
	without := model.Vector{}
	for feed := range r.log.Begins() {
		without[feed] = r.log.Heads()[feed]
	}
	f, err := r.foldInto(model.NewState(r.room, nil), nil, without)
	if err == nil {
		r.adopt(f)
	}
	return err
}

// Begins gives the feeds whose beginning was let go here, and after which commit
// what is held of them begins.
func (r *Replica) Begins() model.Vector { return r.log.Begins() }

// Short is Begins as a mesh sees it.
func (r *Replica) Short() mesh.Short {
	begins := r.log.Begins()
	short := mesh.Short{Wanted: r.lacking.Load()}
	if len(begins) == 0 {
		return short
	}
	short.After = make(map[model.FeedID]uint64, len(begins))
	for feed, head := range begins {
		short.After[feed] = head.Seq
	}
	short.Archives = r.archives()
	return short
}

// archives lists who keeps all history, as the room says and as the base says of
// when this device let go of some.
func (r *Replica) archives() (list []model.DeviceKey) {
	r.View(func(s *model.State) { list = s.Archives() })
	for _, device := range r.KeptBy() {
		if !slices.Contains(list, device) {
			list = append(list, device)
		}
	}
	return list
}

// Wants reports whether what was let go is needed again.
func (r *Replica) Wants() bool { return r.lacking.Load() }

// Partial reports whether what readers see lacks what was let go.
func (r *Replica) Partial() (partial bool) {
	if !r.lacking.Load() {
		return false
	}
	begins := r.log.Begins()
	r.View(func(s *model.State) {
		for feed := range begins {
			partial = partial || s.Applied[feed].Seq == 0
		}
	})
	return partial
}

// KeptBy tells which archives held what was let go here, when it was.
func (r *Replica) KeptBy() []model.DeviceKey {
	naming, begins := r.log.Naming(), r.log.Begins()
	if len(begins) == 0 {
		return nil
	}
	if k := r.kept.Load(); k != nil && k.naming == naming {
		return k.by
	}
	b, _, err := r.openBase(begins)
	if err != nil {
		return nil
	}
	r.kept.Store(&kept{naming, b.By}) // links ask after each commit
	return b.By
}

// kept is who holds what was let go, under a naming of the log.
type kept struct {
	naming uint64
	by     []model.DeviceKey
}
