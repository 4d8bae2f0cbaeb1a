package node

import (
	"encoding/json"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/sync/mesh/engine"
)

// maxTold bounds the incidents a brief may name: engine.MaxBrief holds no more
// that say anything.
const maxTold = 256

// maxCommanders is how many people may be named for one incident: two are a
// conflict, and more than a few no peer of good will tells of.
const maxCommanders = 8

// HearsayView is what a peer says is open, while the record that proves it is on
// its way. It is shown as hearsay and is never a part of the record.
type HearsayView struct {
	Device model.DeviceKey `json:"device"`
	// Person and Name are whose device it is, where this one knows it yet.
	Person string    `json:"person"`
	Name   string    `json:"name"`
	At     time.Time `json:"at"`
	// WeLack counts the commits it holds that have not arrived.
	WeLack uint64 `json:"we_lack"`
	// Incidents are those it named whose declaration has not arrived.
	Incidents []model.IncidentBrief `json:"incidents"`
}

// briefs are the newest brief of each peer.
type briefs struct {
	mu    sync.Mutex
	peers map[model.DeviceKey]HearsayView
}

// brief is what a peer that lacks much should know at once: what is open now. A
// device that may not read the room is told nothing.
func (r *Room) brief(peer model.DeviceKey) []byte {
	var open []model.IncidentBrief
	r.View(func(s *model.State) {
		if m, active := s.ActiveMember(peer); active && m.Role != model.RoleRelay {
			open = due.Briefs(s, false, r.Now())
		}
	})
	for len(open) > 0 {
		b, err := json.Marshal(open)
		if err == nil && len(b) <= engine.MaxBrief && len(open) <= maxTold {
			return b
		}
		open = open[:len(open)-1-len(open)/8] // the most pressing stand first
	}
	return nil
}

// takeBrief keeps what a peer told. What is no brief is as if nothing was told.
func (r *Room) takeBrief(peer model.DeviceKey, brief []byte) {
	open, ok := decodeBrief(brief)
	if !ok {
		r.node.log.Warn("a peer told nothing that can be read", "peer", peer.Short())
		return
	}
	r.briefs.mu.Lock()
	defer r.briefs.mu.Unlock()
	if r.briefs.peers == nil {
		r.briefs.peers = map[model.DeviceKey]HearsayView{}
	}
	r.briefs.peers[peer] = HearsayView{Device: peer, At: r.Now(), Incidents: open}
}

// decodeBrief reads a peer's brief; false for what is none, or too much.
func decodeBrief(b []byte) ([]model.IncidentBrief, bool) {
	var open []model.IncidentBrief
	if len(b) > engine.MaxBrief || json.Unmarshal(b, &open) != nil || len(open) > maxTold {
		return nil, false
	}
	return slices.DeleteFunc(open, func(i model.IncidentBrief) bool { return !plausible(i) }), true
}

// plausible tells whether a brief could be of an incident: what is longer than the
// model takes is none, and would only fill the screen.
func plausible(i model.IncidentBrief) bool {
	words := append([]string{i.Code, i.Severity, i.Phase, i.Title}, i.Commander...)
	return !i.ID.Zero() && i.State == model.StateOpen && len(i.Commander) <= maxCommanders &&
		!slices.ContainsFunc(words, func(w string) bool { return utf8.RuneCountInString(w) > model.MaxTitle })
}

// Hearsay lists what linked peers say is open and the record here does not know
// yet. It ends, peer by peer, when all they hold has arrived.
func (r *Room) Hearsay() []HearsayView {
	r.briefs.mu.Lock()
	defer r.briefs.mu.Unlock()
	if len(r.briefs.peers) == 0 {
		return nil
	}
	var views []HearsayView
	statuses := r.Peers()
	r.View(func(s *model.State) {
		for _, p := range statuses {
			v, ok := r.briefs.peers[p.Device]
			switch {
			case !ok || !p.Connected: // what it said holds again once it is back
			case p.Ahead == 0:
				delete(r.briefs.peers, p.Device)
			default:
				v.WeLack, v.Incidents = p.Ahead, unknown(s, v.Incidents)
				if m := s.Members[p.Device]; m != nil {
					v.Name, v.Person = m.Name, s.PersonName(m.Person)
				}
				if len(v.Incidents) > 0 {
					views = append(views, v)
				}
			}
		}
	})
	return views
}

// unknown leaves the incidents that have not arrived.
func unknown(s *model.State, told []model.IncidentBrief) []model.IncidentBrief {
	return slices.DeleteFunc(slices.Clone(told), func(i model.IncidentBrief) bool {
		inc := s.Incident(i.ID)
		return inc != nil && inc.Known()
	})
}

func listHearsay(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	views := room.Hearsay()
	if views == nil {
		views = []HearsayView{}
	}
	return views, nil
}
