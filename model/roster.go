package model

import (
	"cmp"
	"crypto/sha256"
	"maps"
	"slices"
)

// A relay holds no room key, and must still know whom to let in. So an admin's
// device writes who is in the room as an op of its own, in a commit sealed under a key that
// everyone who knows the room's id can make (RelayEpoch). It names device keys and
// nothing else: no person, no device's name, no reason. The membership ops themselves
// stay sealed: they carry names, and a relay would need all of them, and the whole
// fold, to judge one.

// RelayEpoch is the epoch of commits that relays can read.
const RelayEpoch uint32 = 0

// Roster is who is in a room, for those who cannot read it.
type Roster struct {
	// Admins by seniority, the other members and the removed by key.
	Admins  []DeviceKey `cbor:"1,keyasint,omitempty"`
	Members []DeviceKey `cbor:"2,keyasint,omitempty"`
	Removed []DeviceKey `cbor:"3,keyasint,omitempty"`
	// Recovery is the recovery key, which outranks the founder; at most one.
	Recovery []DeviceKey `cbor:"4,keyasint,omitempty"`
}

// Told is a roster an admin wrote: its digest and when.
type Told struct {
	At     Stamp
	Digest Hash
}

// roster gives who is in the room.
func (s *State) roster() (r Roster, relays bool) {
	for _, m := range slices.SortedFunc(maps.Values(s.Members), func(a, b *Member) int { return cmp.Or(a.rank().Compare(b.rank()), a.Device.Compare(b.Device)) }) {
		if m.Recovery {
			r.Recovery = []DeviceKey{m.Device}
		}
		switch {
		case !m.Active():
			r.Removed = append(r.Removed, m.Device)
		case m.Role == RoleAdmin:
			r.Admins = append(r.Admins, m.Device)
		default:
			r.Members = append(r.Members, m.Device)
			relays = relays || m.Role == RoleRelay
		}
	}
	slices.SortFunc(r.Members, DeviceKey.Compare)
	slices.SortFunc(r.Removed, DeviceKey.Compare)
	return r, relays
}

func (s *State) foldRoster(by *Member, at Stamp, op Op) error {
	admin, _ := s.adminAt(by, at)
	if _, err := decode[Roster](op); err != nil || !admin {
		return cmp.Or(err, errRefused)
	}
	if s.Rosters == nil {
		s.Rosters = map[DeviceKey]Told{}
	}
	if old, ok := s.Rosters[by.Device]; !ok || old.At.Compare(at) < 0 {
		s.Rosters[by.Device] = Told{At: at, Digest: sha256.Sum256(op.Body)}
	}
	return nil
}

// RosterDue reports that the room's relays have not been told who is in it now.
func (s *State) RosterDue() bool {
	r, relays := s.roster()
	op, err := newOp(KindRoster, ID{}, r)
	if !relays || err != nil {
		return false
	}
	digest := Hash(sha256.Sum256(op.Body))
	for device, told := range s.Rosters {
		if m, ok := s.ActiveMember(device); ok && m.Role == RoleAdmin && told.Digest == digest {
			return false
		}
	}
	return true
}

// TellRelays writes who is in the room, where the relays do not know.
type TellRelays struct{}

// Plan implements Command.
func (TellRelays) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	if p.State.RosterDue() {
		r, _ := p.State.roster()
		p.add(KindRoster, ID{}, r)
	}
	return Done{}, nil
}

// ForRelays reports whether a commit is for those without a room key too.
func ForRelays(ops []Op) bool {
	return len(ops) > 0 && !slices.ContainsFunc(ops, func(op Op) bool { return op.Kind != KindRoster })
}

// Watch is what a relay knows of a room: the rosters its admins wrote. It is
// not safe for concurrent use.
type Watch struct {
	founder DeviceKey
	// recovery is the key the founder's first roster names.
	recovery []DeviceKey
	first    Stamp
	told     map[DeviceKey]watched
}

type watched struct {
	at     Stamp
	roster Roster
}

// NewWatch begins with the founder alone, whom the relay's invite named.
func NewWatch(founder DeviceKey) *Watch {
	return &Watch{founder: founder, told: map[DeviceKey]watched{}}
}

// Apply takes the rosters of a commit; anything else in it is nothing to a relay.
func (w *Watch) Apply(c Commit) {
	for n, op := range c.Ops {
		if op.Kind != KindRoster {
			continue
		}
		at := Stamp{Lamport: c.Lamport, Feed: c.Feed, Seq: c.Seq, N: uint16(n)}
		r, err := decode[Roster](op)
		if err == nil && c.Device == w.founder && (w.first.zero() || at.Compare(w.first) < 0) {
			w.recovery, w.first = r.Recovery[:min(len(r.Recovery), 1)], at
		}
		if old, ok := w.told[c.Device]; err == nil && (!ok || old.at.Compare(at) < 0) {
			w.told[c.Device] = watched{at, r}
		}
	}
}

// Who gives what the rosters come to: the recovery key's and the founder's count, then those of the admins
// they name, the senior first, unless a roster that counts says they were
// removed. Whoever any of them removed is out.
func (w *Watch) Who() (members, removed map[DeviceKey]bool, admins []DeviceKey) {
	members, removed = map[DeviceKey]bool{w.founder: true}, map[DeviceKey]bool{}
	plain := map[DeviceKey]bool{} // by a senior's word no admin
	line := append(slices.Clone(w.recovery), w.founder)
	for i := 0; i < len(line); i++ {
		if removed[line[i]] && i > 0 {
			continue
		}
		r := w.told[line[i]].roster
		for _, d := range r.Removed {
			if at := slices.Index(admins, d); at < 0 || d == line[i] {
				removed[d] = true // a junior does not put out a senior
			}
		}
		admins = append(admins, line[i])
		for _, d := range slices.Concat(r.Admins, r.Members) {
			members[d] = true
		}
		for _, d := range r.Admins {
			if !slices.Contains(line, d) && !plain[d] {
				line = append(line, d)
			}
		}
		for _, d := range r.Members {
			plain[d] = true
		}
	}
	for d := range removed {
		delete(members, d)
	}
	return members, removed, slices.DeleteFunc(admins, func(d DeviceKey) bool { return removed[d] })
}
