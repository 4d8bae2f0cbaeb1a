package node

import (
	"context"
	"errors"

	"holdfast/sync/mesh"
)

func catchUp(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return nil, room.FetchAll(r.ctx)
}

// FetchAll waits until this device's own admission has arrived, and then until
// nothing is lacking that a linked peer holds, or ctx ends.
func (r *Room) FetchAll(ctx context.Context) error {
	if r.mesh == nil {
		return errors.New("nothing links here; start `holdfastctl serve` or the desktop")
	}
	if err := r.CatchUp(ctx); err != nil {
		return err
	}
	moved := make(chan struct{}, 1)
	poke := func() {
		select {
		case moved <- struct{}{}:
		default:
		}
	}
	defer r.mesh.Subscribe(poke)()
	for {
		if level(r.mesh.Peers()) {
			return nil
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// level reports whether a linked peer holds nothing that is lacking here.
func level(peers []mesh.PeerStatus) bool {
	for _, p := range peers {
		if p.Connected && p.Ahead == 0 {
			return true
		}
	}
	return false
}
