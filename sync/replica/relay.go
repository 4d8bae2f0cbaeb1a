package replica

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// ErrRelay is the answer to a command at a relay.
var ErrRelay = errors.New("this device is a relay of the room: it stores and forwards, and can neither read nor write")

// relayFile says that this device is a relay of a room, and whose room it is.
const relayFile = "relay.json"

type relayNote struct {
	Founder model.DeviceKey `json:"founder"`
}

func (h *Home) writeRelay(room model.RoomID, founder model.DeviceKey) error {
	b, err := json.Marshal(relayNote{Founder: founder})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(h.RoomDir(room), homeMode); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(h.RoomDir(room), relayFile), b, 0o600)
}

// readRelay gives the watch of a room this device is a relay of; nil for others.
func (h *Home) readRelay(room model.RoomID) (*model.Watch, error) {
	b, err := os.ReadFile(filepath.Join(h.RoomDir(room), relayFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var note relayNote
	if err == nil {
		err = json.Unmarshal(b, &note)
	}
	if err != nil || note.Founder.Zero() {
		return nil, fmt.Errorf("read who founded the room: %w", errors.Join(err, oplog.ErrDamaged))
	}
	return model.NewWatch(note.Founder), nil
}

// Relay reports whether this device stores and forwards the room without
// reading it.
func (r *Replica) Relay() bool { return r.watched != nil }

// Who gives, at a relay, who is in the room as far as it was told, who was
// removed, and who may admit.
func (r *Replica) Who() (members, removed map[model.DeviceKey]bool, admins []model.DeviceKey) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.watched.Who()
}

// apply folds a commit: at a relay, what is meant for it. The caller holds mu
// where state is the one readers see.
func (r *Replica) apply(state *model.State, c model.Commit) error {
	if r.watched == nil {
		return state.Apply(c)
	}
	r.watched.Apply(c)
	return nil
}
