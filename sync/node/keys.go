package node

import (
	"time"

	"holdfast/model"
)

// Devices tend the room's keys in turn, so that those who hear each other do it
// once: turnGap leaves time for an op to travel. In a room of many the last need
// not wait for all before them.
const (
	turnGap = time.Second
	maxTurn = 30
)

// keyTurn is how long this device leaves the room's keys to others.
func (r *Room) keyTurn() (wait time.Duration) {
	r.View(func(s *model.State) {
		turn, _ := s.KeyTurn(r.Device())
		wait = time.Duration(min(turn, maxTurn)) * turnGap
	})
	return wait
}

// tendKeys starts a new key where a removed device holds all there are, and
// gives members the keys they lack: both happen where people removed and
// admitted apart. It also tells the relays who is in the room.
func (r *Room) tendKeys() {
	if r.node.opts.DialOnly {
		return // a moment's work leaves it to who stays
	}
	var due []model.Command
	r.View(func(s *model.State) {
		m, ok := s.ActiveMember(r.Device())
		if !ok || !m.MayWrite() {
			return
		}
		if m.Role == model.RoleAdmin && s.KeyDue() {
			due = append(due, model.RenewKey{})
		}
		if m.Role == model.RoleAdmin && s.RosterDue() {
			due = append(due, model.TellRelays{})
		}
		for epoch := range s.KeysMissing() {
			if _, held := r.Keys().Key(epoch); held {
				due = append(due, model.ShareKeys{})
				break
			}
		}
	})
	for _, c := range due {
		if _, err := r.Do(r.node.ctx, c); err != nil && r.node.ctx.Err() == nil {
			r.node.log.Error("the room's keys were not tended", "error", err)
		}
	}
}
