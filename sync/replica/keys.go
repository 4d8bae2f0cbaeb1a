package replica

import (
	"fmt"

	"holdfast/model"
	"holdfast/sync/identity"
)

// maxKeysOf bounds the keys taken from one device's ops: it may have removed
// every device of a full room, and no more.
const maxKeysOf = 256

// ring is the room's keys as a planner asks for them.
type ring struct{ r *Replica }

// Has implements model.Keyring.
func (g ring) Has(epoch uint32) bool {
	_, ok := g.r.keys.Key(epoch)
	return ok
}

// New implements model.Keyring. The key is kept once the op that brings it is
// durable, from there: this device is among those it is sealed to.
func (g ring) New(to []model.DeviceKey) (model.Hash, []model.KeyBox, error) {
	if n := g.r.keys.Len(); n >= identity.MaxEpochs {
		return model.Hash{}, nil, fmt.Errorf("the room has had %d keys, the most there can be", n)
	}
	key, check, err := identity.NewEpochKey(g.r.opts.Rand, g.r.room)
	if err != nil {
		return check, nil, err
	}
	boxes, err := g.seal(model.EpochNumber(check), key, to)
	return check, boxes, err
}

// Share implements model.Keyring.
func (g ring) Share(epoch uint32, to []model.DeviceKey) ([]model.KeyBox, error) {
	key, ok := g.r.keys.Key(epoch)
	if !ok {
		return nil, fmt.Errorf("this device lacks the room key of epoch %d", epoch)
	}
	return g.seal(epoch, key, to)
}

// seal leaves out a device whose key nothing can be sealed to: it is no key
// that could sign either.
func (g ring) seal(epoch uint32, key [32]byte, to []model.DeviceKey) ([]model.KeyBox, error) {
	var boxes []model.KeyBox
	for _, device := range to {
		box, err := identity.SealKey(g.r.room, epoch, key, device)
		if err != nil {
			g.r.opts.Log.Warn("a device cannot be given the room's key", "device", device.Short(), "error", err)
			continue
		}
		boxes = append(boxes, model.KeyBox{Device: device, Box: box})
	}
	return boxes, nil
}

// learn takes the keys a commit brings for this device. It does not ask whether
// the commit counts: others may have written under a key before they heard that
// it does not.
func (r *Replica) learn(by model.DeviceKey, ops []model.Op) {
	for _, op := range ops {
		epoch, box, ok := model.KeyFor(op, r.device.Key())
		if !ok || (ring{r}).Has(epoch) {
			continue
		}
		if err := r.take(by, epoch, box); err != nil {
			r.opts.Log.Error("a key of the room was not taken", "by", by.Short(), "error", err)
		}
	}
}

// errManyKeys says that a device floods the room with keys.
var errManyKeys = fmt.Errorf("the device brings more than %d keys", maxKeysOf)

// take keeps one key. Runs are verified on several goroutines, and each stores
// all keys there are: one at a time.
func (r *Replica) take(by model.DeviceKey, epoch uint32, box []byte) error {
	r.taking.Lock()
	defer r.taking.Unlock()
	if r.brought[by]++; r.brought[by] > maxKeysOf {
		return errManyKeys
	}
	key, err := r.device.OpenKey(r.room, epoch, box)
	if err != nil {
		return err
	}
	if err := r.keys.Add(epoch, key); err != nil {
		return err
	}
	if err := r.keep(); err != nil {
		r.unkept.Store(true)
		return fmt.Errorf("keep it: %w; it is in the record all the same", err)
	}
	r.unkept.Store(false) // all keys are kept together
	return nil
}

// unlocks reports whether commits here lack a key that may have come since they
// were folded.
func (r *Replica) unlocks(batch []*task) bool {
	n := r.keys.Len()
	for _, t := range batch {
		if t.err == nil && t.run != nil && t.run.locked {
			if t.run.keys != n {
				return true
			}
			r.locked, r.keysAt = true, n
		}
	}
	return r.locked && r.keysAt != n
}

// chooseKey has what is written from now on sealed under the best key this
// device has. The writer alone calls it, with mu held, or before it starts.
func (r *Replica) chooseKey() {
	for _, epoch := range r.state.WritingEpochs() {
		if (ring{r}).Has(epoch) {
			if r.log.Epoch() != epoch {
				r.log.SetEpoch(epoch)
			}
			return
		}
	}
}

// CurrentKey is the key this device writes under; false where it has none.
func (r *Replica) CurrentKey() ([32]byte, bool) { return r.keys.Key(r.log.Epoch()) }
