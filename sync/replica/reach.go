package replica

import (
	"fmt"
	"slices"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// Reach gives how far each feed must be held to have all that was written about
// an incident, and about the room itself: who is in it decides what counts. Feeds
// that say nothing of either are left out. What cannot be read here may be about
// it. A feed is a chain, so what stands before comes along; what was let go here
// is not looked at.
func (r *Replica) Reach(incident model.ID) (model.Vector, error) {
	devices := map[model.FeedID]model.DeviceKey{}
	for _, f := range r.log.Feeds() {
		devices[f.Feed] = f.Open.Device
	}
	reach, lines := model.Vector{}, lines{}
	err := r.log.Scan(r.log.Begins(), func(c oplog.Commit) error {
		m, _ := r.opened(c, devices[c.Feed])
		if m, _ = r.place(lines, m); concerns(m, incident) {
			reach[c.Feed] = c.Head()
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for what belongs to the incident: %w", err)
	}
	return reach, nil
}

func concerns(c model.Commit, incident model.ID) bool {
	return slices.ContainsFunc(c.Ops, func(op model.Op) bool { return op.Kind < model.KindDeclared }) ||
		slices.Contains(model.Touched(c.Feed, c.Seq, c.Ops), incident)
}
