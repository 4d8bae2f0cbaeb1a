package model

import (
	"cmp"
	"slices"
)

// Roles of a device in the room. They are enforced in the fold at every peer,
// not only where a person clicks.
const (
	RoleAdmin    = "admin"    // writes, invites and removes
	RoleMember   = "member"   // writes
	RoleObserver = "observer" // reads
	RoleRelay    = "relay"    // stores and forwards, cannot read
)

// RoomRoles lists the roles a device may be invited to.
var RoomRoles = [...]string{RoleMember, RoleObserver, RoleRelay, RoleAdmin}

// Member is a device of the room.
type Member struct {
	Device DeviceKey
	Person ID
	// Role is what the device is now, First what it was admitted as, and Changes
	// what made the difference, in order.
	Role    string
	First   string
	Changes []RoleChange `cbor:",omitempty"`
	// Name is the device's name, as its owner calls it.
	Name string
	// Added is the op that admitted it: the earlier, the more senior.
	Added  Stamp
	Invite ID
	// Keys are the epochs, after the first, whose keys it was given when it was
	// admitted.
	Keys []uint32
	// Recovery marks the key that was printed at the founding.
	Recovery bool `cbor:",omitempty"`
	// Again are admissions made apart from the one that counts, in order.
	Again   []Stamp
	Removed Stamp
	Reason  string
	// Named is the last accepted commit of each feed its removal names.
	Named map[FeedID]uint64
	// Touched is the latest removal or change of role that was judged by its rank.
	Touched Stamp
}

// MayWrite reports whether the device's ops count.
func (m *Member) MayWrite() bool { return mayWrite(m.Role) }

// Active reports whether the device was not removed.
func (m *Member) Active() bool { return m.Removed.zero() }

// given notes keys that were handed over, in order.
func (m *Member) given(epochs []uint32) {
	for _, number := range epochs {
		if i, known := slices.BinarySearch(m.Keys, number); !known {
			m.Keys = slices.Insert(m.Keys, i, number)
		}
	}
}

// again notes an admission that is not the first.
func (m *Member) again(at Stamp) {
	if i, known := slices.BinarySearchFunc(m.Again, at, Stamp.Compare); !known {
		m.Again = slices.Insert(m.Again, i, at)
	}
}

// outranks reports whether m may remove o and change its role: o was never an
// admin, or m was one before, or is the recovery key. So two who remove each
// other apart end the same everywhere.
func (m *Member) outranks(o *Member) bool {
	if m.Recovery != o.Recovery {
		return m.Recovery
	}
	theirs := o.rank()
	return theirs.zero() || m.rank().Compare(theirs) < 0
}

// mayActOn reports whether an admin may remove a device or change its role.
func (s *State) mayActOn(by, m *Member, at Stamp) bool {
	if m.Touched.Compare(at) < 0 {
		m.Touched = at
	}
	return m == by || by.outranks(m)
}

func (s Stamp) zero() bool { return s.Seq == 0 }

// Person is a human of the room.
type Person struct {
	Added  Stamp
	Fields Fields
}

func (p *Person) add(at Stamp, body personAdded) {
	p.Added = at
	p.Fields.initial(at, body.Fields)
}

// Name gives the person's name.
func (p *Person) Name() string { return p.Fields.Text("name") }

// Invite is an open way into the room.
type Invite struct {
	Issued   Stamp
	Role     string
	Expires  int64
	Uses     uint32
	Verifier []byte
	// Person owns the devices that join with it; zero where they are of whoever
	// says so.
	Person ID
	Closed Stamp
	Reason string
}

// found takes a commit as the founding if it is one: the room id is the hash
// of its founder and a nonce, so nobody else can found this room.
func (s *State) found(c Commit) {
	if c.Seq != 1 || len(c.Ops) == 0 || c.Ops[0].Kind != KindRoomFounded {
		return
	}
	body, err := decode[roomFounded](c.Ops[0])
	if err != nil || NewRoomID(c.Device, body.Nonce) != s.Room {
		return
	}
	at := s.stamp(c, 0)
	if !s.Founded.zero() {
		// The founder's device founded the room twice: the earlier counts.
		s.stale = s.stale || at.Compare(s.Founded) < 0
		return
	}
	s.Founded, s.Founder, s.Nonce = at, c.Device, body.Nonce
	s.Fields.initial(at, map[string]string{"name": body.Name})
	s.Members[c.Device] = &Member{Device: c.Device, Person: body.Founder, Role: RoleAdmin, First: RoleAdmin, Name: body.Device, Added: at}
	s.unpark(c.Device)
	if len(body.Recovery) == len(DeviceKey{}) && DeviceKey(body.Recovery) != c.Device {
		key := DeviceKey(body.Recovery)
		s.Members[key] = &Member{Device: key, Person: body.Founder, Role: RoleAdmin, First: RoleAdmin, Name: "recovery key", Added: at, Recovery: true}
		s.unpark(key)
	}
}

func (s *State) foldMembership(by *Member, at Stamp, op Op) error {
	if is, was := s.adminAt(by, at); !is {
		if was {
			s.overrule(by.Device, at, op, RuleDemoted)
		}
		return errRefused
	}
	switch op.Kind {
	case KindRoleChanged:
		return s.foldRoleChanged(by, at, op)
	case KindMemberAdded:
		return s.foldAdded(at, op)
	case KindMemberRemoved:
		return s.foldRemoved(by, at, op)
	case KindInviteIssued:
		body, err := decode[inviteIssued](op)
		if err != nil || !slices.Contains(RoomRoles[:], body.Role) {
			return cmp.Or(err, errRefused)
		}
		inv := s.invite(body.Invite)
		if inv.Issued.zero() || at.Compare(inv.Issued) < 0 {
			inv.Issued, inv.Role, inv.Expires, inv.Uses, inv.Verifier = at, body.Role, body.Expires, body.Uses, body.Verifier
			if inv.Person = (ID{}); len(body.Person) == len(inv.Person) {
				inv.Person = ID(body.Person)
			}
		}
	case KindInviteClosed:
		body, err := decode[inviteClosed](op)
		if err != nil {
			return err
		}
		inv := s.invite(body.Invite)
		if inv.Closed.zero() || at.Compare(inv.Closed) < 0 {
			inv.Closed, inv.Reason = at, body.Reason
		}
	}
	return nil
}

func (s *State) invite(id ID) *Invite {
	inv := s.Invites[id]
	if inv == nil {
		inv = &Invite{}
		s.Invites[id] = inv
	}
	return inv
}

func (s *State) foldAdded(at Stamp, op Op) error {
	body, err := decode[memberAdded](op)
	if err != nil || !slices.Contains(RoomRoles[:], body.Role) || body.Device.Zero() {
		return cmp.Or(err, errRefused)
	}
	if old := s.Members[body.Device]; old != nil {
		// Admitted twice, apart: the earlier admission counts everywhere, and
		// the keys of both were handed over.
		old.given(body.Keys)
		if c := old.Added.Compare(at); c <= 0 {
			if c < 0 {
				old.again(at)
			}
			return nil
		}
		old.again(old.Added)
		// What it wrote, and whom it may remove, was judged by the other one.
		if old.First != body.Role || old.First == RoleAdmin {
			s.stale = true
		}
		old.Person, old.First, old.Name, old.Added, old.Invite = body.Person, body.Role, body.Name, at, body.Invite
		old.Role = s.roleOf(old, old.Changes)
		return nil
	}
	s.Members[body.Device] = &Member{
		Device: body.Device, Person: body.Person, Role: body.Role, First: body.Role, Name: body.Name, Added: at, Invite: body.Invite,
	}
	s.Members[body.Device].given(body.Keys)
	s.unpark(body.Device)
	waiting := s.Waiting[body.Device]
	delete(s.Waiting, body.Device)
	for _, w := range waiting {
		s.fold(s.Members[w.By], w.At, w.Op)
	}
	return nil
}

func (s *State) foldRemoved(by *Member, at Stamp, op Op) error {
	body, err := decode[memberRemoved](op)
	if err != nil {
		return err
	}
	m := s.Members[body.Device]
	if m == nil {
		// Its admission is still on the way, in another feed.
		s.wait(body.Device, Pending{By: by.Device, At: at, Op: op})
		return nil
	}
	if !s.mayActOn(by, m, at) {
		s.overrule(by.Device, at, op, RuleSenior)
		return errRefused
	}
	if !m.Removed.zero() && !s.overrules(m, by, at) {
		return nil
	}
	m.Removed, m.Reason, m.Named = at, body.Reason, map[FeedID]uint64{}
	for _, c := range body.Cuts {
		m.Named[c.Feed] = c.Seq
	}
	if m == by {
		// Who leaves says so in a commit that counts.
		m.Named[at.Feed] = max(m.Named[at.Feed], at.Seq)
	}
	for feed, mark := range s.Applied {
		if mark.Device == m.Device {
			s.end(m, feed, mark.Seq)
		}
	}
	return nil
}

// overrules reports whether a removal of m takes the place of the one that
// counts now. Removal by another goes before leaving, or a device could leave
// first in a commit the other does not accept; else the earlier counts.
func (s *State) overrules(m, by *Member, at Stamp) bool {
	last, _ := s.Author(m.Removed.Feed)
	if left, leaves := last == m.Device, by == m; left != leaves {
		return left
	}
	return at.Compare(m.Removed) < 0
}

// end applies a removal or another role to a feed that is here up to held. Where commits were
// folded that now do not count, or the other way round, the state is stale.
func (s *State) end(m *Member, feed FeedID, held uint64) {
	old, had := s.Cuts[feed]
	if !had {
		old = Cut{Seq: held, Named: held}
	}
	now := s.cutOf(m, feed)
	s.Cuts[feed] = now
	if _, assumed := s.Assumed[feed]; assumed {
		return // what is found in the end is held against it, see Stale
	}
	if min(old.Seq, held) != min(now.Seq, held) || min(old.Named, held) != min(now.Named, held) || until(old.Grades, held) != until(now.Grades, held) {
		s.stale = true
	}
}

// wait keeps an act about a device whose admission has not arrived, in an
// order that does not depend on arrival.
func (s *State) wait(device DeviceKey, w Pending) {
	w.Op = w.Op.clone()
	waiting := s.Waiting[device]
	i, _ := slices.BinarySearchFunc(waiting, w, func(a, b Pending) int { return a.At.Compare(b.At) })
	s.Waiting[device] = slices.Insert(waiting, i, w)
}

// ActiveMember gives the member a device is, if it is one now.
func (s *State) ActiveMember(device DeviceKey) (*Member, bool) {
	m := s.Members[device]
	return m, m != nil && m.Active()
}

// PersonOf gives the person a device belongs to.
func (s *State) PersonOf(device DeviceKey) (ID, *Person) {
	if m := s.Members[device]; m != nil {
		return m.Person, s.People[m.Person]
	}
	return ID{}, nil
}

// AuthorName gives the name to show for the author of an op.
func (s *State) AuthorName(at Stamp) string {
	device, ok := s.Author(at.Feed)
	if !ok {
		return "?"
	}
	if _, p := s.PersonOf(device); p != nil && p.Name() != "" {
		return p.Name()
	}
	return device.Short()
}
