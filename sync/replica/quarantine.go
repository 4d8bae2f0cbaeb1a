package replica

import (
	"errors"
	"fmt"

	"holdfast/model"
	"holdfast/sync/oplog"
)

// previewed bounds the lines shown of each feed in quarantine: enough to tell
// whose hand it is.
const previewed = 20

var errEnough = errors.New("enough")

// Quarantine lists what removed devices wrote after their removal. An admin's
// device also shows what the first commits say.
func (r *Replica) Quarantine(all bool) ([]model.QuarantineView, error) {
	var views []model.QuarantineView
	admin := false
	r.View(func(s *model.State) {
		views = s.QuarantineViews(all)
		m, ok := s.ActiveMember(r.Device())
		admin = ok && m.Role == model.RoleAdmin
	})
	for i := range views {
		if !admin {
			break
		}
		if err := r.preview(&views[i]); err != nil {
			return nil, fmt.Errorf("read the quarantine: %w", err)
		}
	}
	return views, nil
}

// preview reads the first commits of a feed in quarantine from the log.
func (r *Replica) preview(v *model.QuarantineView) error {
	from := r.log.Heads()
	if head, held := from[v.Feed]; !held || head.Seq < v.First {
		return nil // it is on a branch, which has another name
	}
	hash, err := r.log.HashAt(v.Feed, v.First-1)
	if err != nil {
		return err
	}
	from[v.Feed] = model.Head{Seq: v.First - 1, Hash: hash}
	err = r.log.Scan(from, func(c oplog.Commit) error {
		if c.Feed != v.Feed {
			return nil // written since
		}
		m, _ := r.opened(c, model.DeviceKey{})
		v.Preview = append(v.Preview, model.Preview(m.Ops)...)
		if len(v.Preview) >= previewed || c.Seq >= v.Last {
			return errEnough
		}
		return nil
	})
	v.Preview = v.Preview[:min(len(v.Preview), previewed)]
	if errors.Is(err, errEnough) {
		err = nil
	}
	return err
}
