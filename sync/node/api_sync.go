package node

import (
	"errors"
	"fmt"
	"time"

	"holdfast/model"
)

// PeerView is a device of the room as the links know it.
type PeerView struct {
	Device    model.DeviceKey `json:"device"`
	Name      string          `json:"name"`
	Person    string          `json:"person"`
	Address   string          `json:"address"`
	Connected bool            `json:"connected"`
	LastHeard *time.Time      `json:"last_heard"`
	// TheyLack and WeLack count commits.
	TheyLack uint64 `json:"they_lack"`
	WeLack   uint64 `json:"we_lack"`
	// ClockAhead is how far its clock is ahead of ours, in seconds.
	ClockAhead float64 `json:"clock_ahead_s"`
	Version    string  `json:"version"`
	// Archive marks a device that keeps all of the room's history; LetGo counts the
	// commits that the device let go of, as it said.
	Archive bool   `json:"archive"`
	LetGo   uint64 `json:"let_go"`
	Error   string `json:"error"`
}

// PeerViews lists every other device of the room.
func (r *Room) PeerViews() []PeerView {
	views := []PeerView{}
	seen := map[model.DeviceKey]bool{r.Device(): true}
	statuses := r.Peers()
	r.View(func(s *model.State) {
		for _, p := range statuses {
			v := PeerView{
				Device: p.Device, Address: p.Address, Connected: p.Connected, TheyLack: p.Behind, WeLack: p.Ahead,
				ClockAhead: p.Offset.Seconds(), Version: p.Version, Error: p.Error,
			}
			for _, begin := range p.Begins {
				v.LetGo += begin
			}
			if !p.LastHeard.IsZero() {
				at := p.LastHeard.UTC()
				v.LastHeard = &at
			}
			seen[p.Device] = true
			views = append(views, v.named(s))
		}
		for device, m := range s.Members {
			if !seen[device] && m.Active() && !m.Recovery {
				views = append(views, PeerView{Device: device}.named(s))
			}
		}
	})
	return views
}

func (v PeerView) named(s *model.State) PeerView {
	if m := s.Members[v.Device]; m != nil {
		v.Name, v.Archive = m.Name, s.Archive(v.Device)
		if v.Person = "(relay)"; !m.Person.Zero() {
			v.Person = s.PersonName(m.Person)
		}
	}
	return v
}

func listPeers(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.PeerViews(), nil
}

// MemberViews lists the devices of the room, with when the links heard them.
func (r *Room) MemberViews() (views []model.MemberView) {
	r.View(func(s *model.State) { views = s.MemberViews(r.Device()) })
	heard := map[string]time.Time{}
	for _, p := range r.PeerViews() {
		if p.LastHeard != nil {
			heard[p.Device.String()] = *p.LastHeard
		}
	}
	for i := range views {
		views[i].LastHeard = heard[views[i].Device]
	}
	return views
}

func listMembers(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.MemberViews(), nil
}

// HashReply is the digest of a room's state.
type HashReply struct {
	Hash string `json:"hash"`
}

func stateHash(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	h, err := room.Hash()
	return HashReply{Hash: h.String()}, err
}

// VerifyReply is what a check of the log found.
type VerifyReply struct {
	Feeds      int    `json:"feeds"`
	Commits    uint64 `json:"commits"`
	Signatures uint64 `json:"signatures"`
	// Held says which feeds are not here from their first commit on, because this
	// device let go of history.
	Held []HeldView `json:"held"`
	// ClockFixes says what was written on a clock that was found to be wrong later.
	ClockFixes []model.ClockFixView `json:"clock_fixes"`
	// Warnings says what is not damage and should be known, such as a fork.
	Warnings []string `json:"warnings"`
}

func verify(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	report, err := room.Check(r.ctx)
	if err != nil {
		return nil, err
	}
	var errs []error
	if report.Structure != nil {
		errs = append(errs, fmt.Errorf("the file's structure is damaged: %w", report.Structure))
	}
	for _, bad := range report.Bad {
		errs = append(errs, fmt.Errorf("feed %s is bad from commit %d on: %s", bad.Feed.Short(), bad.Seq, bad.What))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return VerifyReply{Feeds: report.Feeds, Commits: report.Commits, Signatures: report.Signatures, Held: room.HeldViews(), ClockFixes: room.clockFixes(), Warnings: room.Warnings()}, nil
}

func (r *Room) clockFixes() (fixes []model.ClockFixView) {
	r.View(func(s *model.State) { fixes = s.ClockFixes() })
	return fixes
}

func listClockFixes(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	return room.clockFixes(), nil
}
