package replica

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// What bounds the entries in memory, whatever a room holds.
const (
	// looseEntries is how many entries of a room may be at hand, not packed: more
	// than the rows of a long incident, and about 7 MB.
	looseEntries = 16 << 10
	// looseKept is how many stay at hand where a snapshot is written while the room
	// is open: reading them takes 10 ms. On closing none do.
	looseKept = 2 << 10
	// maxPacks is how many bytes of packs are kept in memory before they are
	// written to the store, once the room is quiet: about 100,000 entries. Lines
	// wait for it, so a room that is not quiet keeps twice as many.
	maxPacks = 4 << 20
	// packsAtOnce is how many packs that name places in the log get bytes in one go,
	// which takes 40 ms beside others, and packPause what lies between.
	packsAtOnce = 16
	packPause   = 100 * time.Millisecond
	// packPrefix begins the names of packs in the store.
	packPrefix = "pack/"
)

func packName(key model.Hash) string { return packPrefix + key.String()[:32] }

// errPackGone says that a pack is not in the store, or not as it was written.
var errPackGone = errors.New("what was put aside in the store cannot be read")

// pack gives a pack of entries, or a part of the snapshot, to who reads the state.
// One that is not there is made again from the log, by the writer.
func (r *Replica) pack(key model.Hash) ([]byte, error) {
	if part, ok := r.parts.take(key); ok {
		return part, nil
	}
	b, ok, err := r.log.Snapshot(packName(key))
	if err == nil && ok {
		return b, nil
	}
	r.mendPacks(err)
	return nil, errPackGone
}

// placed gives commits out of the log, by the names the fold has for them, to who reads
// entries there. Where it cannot, the writer looks whether the log still gives a state.
func (r *Replica) placed(feed model.FeedID, from, to uint64, fn func(model.Commit) error) error {
	with := r.log.Opener()
	name, before := r.InLog(feed)
	err := r.log.Each(name, from+before, to+before, func(c oplog.Commit) error {
		b := decoded(with.Open(&c))
		if b.err != nil {
			return b.err
		}
		return fn(model.Commit{Feed: feed, Seq: c.Seq - before, Lamport: c.Lamport, Wall: c.Wall, Off: c.Off, Ops: b.ops})
	})
	if err != nil {
		r.mendPacks(err)
	}
	return err
}

// mendPacks has the writer fold from the log again.
func (r *Replica) mendPacks(why error) {
	select {
	case r.mend <- struct{}{}:
		r.opts.Log.Warn("what was put aside in the store cannot be read; folding from the log", "room", r.room, "error", why)
	default: // the writer knows
	}
}

// packLoose packs all entries of a state but so many of the newest. Readers wait
// for the last step alone.
func (r *Replica) packLoose(state *model.State, keep int) {
	p := state.Choose(keep)
	p.Squeeze()
	r.install(state, p)
}

func (r *Replica) install(state *model.State, p *model.Packing) {
	r.mu.Lock()
	defer r.mu.Unlock()
	state.Install(p)
}

// lighten writes packs of a state to the store where so many bytes are in memory.
func (r *Replica) lighten(state *model.State, most int) {
	if n := state.PackedBytes(); !r.log.ReadOnly() && n >= max(most, r.asideAt) {
		r.asideAt = 0
		if err := r.putAside(state); err != nil {
			r.asideAt = n + maxPacks
			r.opts.Log.Warn("entries stay in memory", "room", r.room, "error", err)
		}
	}
}

// packing packs entries of a state on a goroutine of its own while others are
// folded into it. It belongs to who folds: the writer, or what opens the replica.
type packing struct {
	r     *Replica
	state *model.State
	now   *model.Packing // nil where nothing is being packed
	done  chan struct{}  // closed once it is squeezed
	// spoiled tells that the log did not give what packs name. Readers are told, and
	// the log is folded again; trying on would have it folded for ever.
	spoiled bool
}

// step packs entries where too many are at hand, and writes packs to the store
// where too many are in memory. What cannot be written stays in memory: it is in
// the log as well.
func (p *packing) step() {
	switch {
	case p.now != nil:
		select {
		case <-p.done:
		default:
			if p.state.Loose() < 2*looseEntries {
				return
			}
		}
		p.end()
		p.r.lighten(p.state, 2*maxPacks)
	case p.state.Crowded(looseEntries):
		p.now = p.state.Choose(looseEntries / 2)
		p.squeeze()
	}
}

// give gives packs of open incidents bytes, which are read all day, a few at a time; false
// where all have them, or nothing can keep them.
func (p *packing) give() (more bool) {
	if p.r.log.ReadOnly() || p.spoiled {
		return false
	}
	p.r.mu.RLock()
	p.now = p.state.ChoosePlaced(packsAtOnce)
	p.r.mu.RUnlock()
	if p.now == nil {
		return false
	}
	p.squeeze()
	return true
}

// squeeze begins packing what was chosen.
func (p *packing) squeeze() {
	p.done = make(chan struct{})
	go func(now *model.Packing, done chan struct{}) { // joined by end
		defer close(done)
		now.Squeeze()
	}(p.now, p.done)
}

// follow goes over to a state that has taken the place of another.
func (p *packing) follow(state *model.State) {
	if p.state == state {
		return
	}
	if p.now != nil {
		<-p.done
		p.now = nil
	}
	p.state = state
}

// end installs what is being packed.
func (p *packing) end() {
	if p.now != nil {
		<-p.done
		p.spoiled = p.spoiled || p.now.Unread() > 0
		p.r.install(p.state, p.now)
		p.now = nil
	}
}

// putAside writes the packs of a state that are in memory to the store, and
// lets go of them.
func (r *Replica) putAside(state *model.State) error {
	b := r.log.Begin()
	for key, data := range state.Unwritten() {
		if err := b.PutPacked(packName(key), data); err != nil {
			b.Discard()
			return fmt.Errorf("put entries aside: %w", err)
		}
	}
	if err := b.Commit(); err != nil {
		return fmt.Errorf("put entries aside: %w", err)
	}
	r.mu.Lock()
	state.Written()
	r.mu.Unlock()
	return nil
}

// parts are the closed incidents of the snapshot, as they are stored, until the
// state reads them.
type parts struct {
	mu   sync.Mutex
	held map[model.Hash][]byte
}

func (p *parts) take(key model.Hash) ([]byte, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	part, ok := p.held[key]
	delete(p.held, key)
	return part, ok
}

// haveClosed opens the parts of a snapshot that a state reads later, so that damage
// is found where there is nothing yet but the log to turn to. Packs of entries are
// too many for that.
func (r *Replica) haveClosed(state *model.State) error {
	held := map[model.Hash][]byte{}
	for key := range state.ClosedKeys() {
		part, ok, err := r.log.Snapshot(packName(key))
		if err != nil || !ok {
			return errors.Join(err, errPackGone)
		}
		held[key] = part
	}
	r.parts.mu.Lock()
	defer r.parts.mu.Unlock()
	r.parts.held = held
	return nil
}

// stored gives a pack or a part as the store has it.
func (r *Replica) stored(key model.Hash) ([]byte, error) {
	b, ok, err := r.log.Snapshot(packName(key))
	if err != nil || !ok {
		return nil, errors.Join(err, errPackGone)
	}
	return b, nil
}

// kin names all that a state needs beside it, and reads its closed incidents for
// that. errPackGone where some of it is not in the store.
func (r *Replica) kin(state *model.State) (map[string]bool, error) {
	names, err := r.log.Snapshots()
	if err != nil {
		return nil, err
	}
	held := make(map[string]bool, len(names))
	for _, name := range names {
		held[name] = true
	}
	needed := map[string]bool{}
	for key := range state.ClosedKeys() {
		needed[packName(key)] = true
	}
	for key := range state.PackKeys() {
		needed[packName(key)] = true
	}
	for name := range needed {
		if !held[name] {
			return nil, errPackGone
		}
	}
	if state.Missed() > 0 {
		return nil, errPackGone
	}
	return needed, nil
}

// orphans names what the store keeps and neither a snapshot of the state nor the
// base names.
func (r *Replica) orphans(snap model.Snapshot) ([]string, error) {
	names, err := r.log.Snapshots()
	if err != nil {
		return nil, err
	}
	known := map[string]bool{snapshotName: true}
	for key := range r.state.PackKeys() {
		known[packName(key)] = true
	}
	for key := range snap.Closed {
		known[packName(key)] = true
	}
	if r.state.Missed() > 0 { // not all is known
		return nil, errPackGone
	}
	if begins := r.log.Begins(); len(begins) > 0 {
		// What was let go is in the base and what that needs alone.
		base, err := r.readBase(begins)
		if err != nil {
			return nil, nil
		}
		needed, err := r.kin(base)
		if err != nil {
			return nil, nil
		}
		maps.Copy(known, needed)
		known[baseName(begins)] = true
	}
	var gone []string
	for _, name := range names {
		if !known[name] && (strings.HasPrefix(name, packPrefix) || strings.HasPrefix(name, snapshotPrefix) || strings.HasPrefix(name, basePrefix)) {
			gone = append(gone, name)
		}
	}
	return gone, nil
}
