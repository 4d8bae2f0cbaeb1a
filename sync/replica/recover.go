package replica

import (
	"fmt"
	"os"
	"path/filepath"

	"holdfast/model"
	"holdfast/sync/identity"
)

// recoveryFile marks a room that was entered by its recovery key.
const recoveryFile = "recovery"

// Recover makes this home, which must have no room, the device of a room's
// recovery key. The record comes from a peer or a bundle.
func (h *Home) Recover(paper identity.Recovery) error {
	if h.readOnly {
		return ErrReadOnly
	}
	if len(h.Rooms())+len(h.shut) > 0 {
		return fmt.Errorf("recover: %w", identity.ErrHasRoom)
	}
	device, err := paper.Adopt(h.secrets)
	if err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	h.device.Store(device)
	if err := os.MkdirAll(h.RoomDir(paper.Room()), homeMode); err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	if err := os.WriteFile(filepath.Join(h.RoomDir(paper.Room()), recoveryFile), nil, 0o600); err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	if _, err := h.add(paper.Room(), paper.Keys(), nil, nil); err != nil {
		return fmt.Errorf("recover: %w", err)
	}
	return nil
}

// Recovered reports whether a room was entered by its recovery key: then nobody
// told this device whom to trust until the record has come.
func (h *Home) Recovered(room model.RoomID) bool {
	_, err := os.Stat(filepath.Join(h.RoomDir(room), recoveryFile))
	return err == nil
}
