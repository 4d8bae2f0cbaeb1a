package model

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// A device's role is given at its admission and changed by an admin. Like a
// removal, a change names the last commit of each feed it was made on: what the
// device wrote up to there is judged by the role it had, what comes after by the
// new one. A change names the changes it replaces. Of two made apart the senior
// admin's counts, the same at every peer. Who was an admin once is demoted,
// promoted and removed by senior admins alone, and by itself.

// roleChanged gives a device another role.
type roleChanged struct {
	Device DeviceKey `cbor:"1,keyasint,omitempty"`
	Role   string    `cbor:"2,keyasint,omitempty"`
	Reason string    `cbor:"3,keyasint,omitempty"`
	// Cuts is the last commit of each feed of the device that the role before
	// is for.
	Cuts []feedCut `cbor:"4,keyasint,omitempty"`
	Pred []ID      `cbor:"5,keyasint,omitempty"` // the changes it replaces
}

// RoleChange is a change of a device's role that its author had the right to.
type RoleChange struct {
	At     Stamp
	By     DeviceKey
	Role   string
	Reason string
	Pred   []ID
	// Named is the last commit of each feed that the role before is for.
	Named map[FeedID]uint64
}

// changeable are the roles a device may be given later: a relay holds no key
// and becomes nothing else.
var changeable = []string{RoleAdmin, RoleMember, RoleObserver}

// maxRoleChanges bounds the changes kept of one device, and those a change
// names: more are no people's work.
const maxRoleChanges = 256

// uncut stands for no last commit: the feed is not ended.
const uncut = math.MaxUint64

func mayWrite(role string) bool { return role == RoleAdmin || role == RoleMember }

// rank is since when the device is an admin, or was first; zero where it never
// was one.
func (m *Member) rank() Stamp {
	if m.First == RoleAdmin {
		return m.Added
	}
	for _, c := range m.Changes { // in order
		if c.Role == RoleAdmin {
			return c.At
		}
	}
	return Stamp{}
}

func (s *State) foldRoleChanged(by *Member, at Stamp, op Op) error {
	body, err := decode[roleChanged](op)
	if err != nil || !slices.Contains(changeable, body.Role) || len(body.Pred) > maxRoleChanges || len(body.Reason) > MaxText {
		return cmp.Or(err, errRefused)
	}
	m := s.Members[body.Device]
	switch {
	case m == nil:
		s.wait(body.Device, Pending{By: by.Device, At: at, Op: op})
		return nil
	case m.First == RoleRelay || m.Recovery:
		return errRefused
	case !s.mayActOn(by, m, at):
		s.overrule(by.Device, at, op, RuleSenior)
		return errRefused
	}
	c := RoleChange{At: at, By: by.Device, Role: body.Role, Reason: body.Reason, Pred: body.Pred, Named: map[FeedID]uint64{}}
	for _, cut := range body.Cuts {
		c.Named[cut.Feed] = cut.Seq
	}
	if m == by {
		c.Named[at.Feed] = max(c.Named[at.Feed], at.Seq)
	}
	before := m.rank()
	i, known := slices.BinarySearchFunc(m.Changes, c, func(a, b RoleChange) int { return a.At.Compare(b.At) })
	if known || i >= maxRoleChanges {
		return nil
	}
	m.Changes = slices.Insert(m.Changes, i, c)
	m.Changes = m.Changes[:min(len(m.Changes), maxRoleChanges)]
	s.regrade(m, before)
	return nil
}

// regrade judges a device anew after a change of its role.
func (s *State) regrade(m *Member, before Stamp) {
	m.Role = s.roleOf(m, m.Changes)
	if now := m.rank(); now != before && (!before.zero() || now.Compare(m.Touched) < 0) {
		s.stale = true // acts on it were judged by another rank
	}
	for feed, mark := range s.Applied {
		if mark.Device == m.Device {
			s.end(m, feed, mark.Seq)
		}
	}
}

// roleOf gives the role of a device by some of its changes: of those that none
// of them replaces, the senior admin's, and of these the latest.
func (s *State) roleOf(m *Member, changes []RoleChange) string {
	if c, ok := s.counting(changes); ok {
		return c.Role
	}
	return m.First
}

func (s *State) counting(changes []RoleChange) (best RoleChange, ok bool) {
	for _, c := range current(changes) {
		if !ok || cmp.Or(-s.compareRank(c.By, best.By), c.At.Compare(best.At)) > 0 {
			best, ok = c, true
		}
	}
	return best, ok
}

// current gives the changes that no other of them replaces.
func current(changes []RoleChange) []RoleChange {
	replaced := map[ID]bool{}
	for _, c := range changes {
		for _, id := range c.Pred {
			replaced[id] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(changes), func(c RoleChange) bool { return replaced[c.At.ID()] })
}

// compareRank orders two admins, the senior first.
func (s *State) compareRank(a, b DeviceKey) int {
	one, two := s.Members[a], s.Members[b]
	if one == nil || two == nil || one == two {
		return 0
	}
	return cmp.Or(-cmp.Compare(b2i(one.Recovery), b2i(two.Recovery)), one.rank().Compare(two.rank()))
}

// grades gives from which commit of a feed on which role counts, as text that
// can be compared: "3 member,9 admin" is member after commit 3, admin after 9.
// Of two after the same commit the latter counts.
func (s *State) grades(m *Member, feed FeedID) string {
	var from []uint64
	for _, c := range m.Changes {
		from = append(from, c.Named[feed])
	}
	slices.Sort(from)
	var text []string
	last := m.First
	for _, after := range slices.Compact(from) {
		made := slices.DeleteFunc(slices.Clone(m.Changes), func(c RoleChange) bool { return c.Named[feed] > after })
		role := s.roleOf(m, made)
		brief := func(c RoleChange) bool { return c.Named[feed] == after && c.Role == RoleAdmin }
		if role != RoleAdmin && slices.ContainsFunc(made, brief) {
			text, last = append(text, fmt.Sprintf("%d %s", after, RoleAdmin)), RoleAdmin // taken back before it wrote on
		}
		if role != last {
			text, last = append(text, fmt.Sprintf("%d %s", after, role)), role
		}
	}
	return strings.Join(text, ",")
}

// eachGrade gives the roles of a feed in order, until yes.
func eachGrade(grades string, yes func(after uint64, role string) bool) {
	for g := range strings.SplitSeq(grades, ",") {
		number, role, _ := strings.Cut(g, " ")
		after, err := strconv.ParseUint(number, 10, 64)
		if err != nil || yes(after, role) {
			return
		}
	}
}

// until cuts grades to those that are for commits up to held.
func until(grades string, held uint64) string {
	var kept []string
	eachGrade(grades, func(after uint64, role string) bool {
		if after >= held {
			return true
		}
		kept = append(kept, fmt.Sprintf("%d %s", after, role))
		return false
	})
	return strings.Join(kept, ",")
}

// mayWriteAt reports whether an op of a device counts.
func (s *State) mayWriteAt(by *Member, at Stamp) bool {
	role, _ := s.roleAt(by, at)
	return mayWrite(role)
}

// adminAt reports whether an op was written by an admin, and if not, by one who
// was an admin before. Nobody acts as an admin before being made one.
func (s *State) adminAt(by *Member, at Stamp) (is, was bool) {
	if since := by.rank(); since.zero() || at.Compare(since) < 0 {
		return false, false
	}
	role, was := s.roleAt(by, at)
	return role == RoleAdmin, was
}

// roleAt gives the role an op is judged by, and whether its author was an admin
// at that commit or before.
func (s *State) roleAt(by *Member, at Stamp) (role string, admin bool) {
	role, admin = by.First, by.First == RoleAdmin
	if len(s.Cuts)+len(s.Assumed) == 0 {
		return role, admin
	}
	cut, ok := s.Assumed[at.Feed]
	if !ok {
		cut = s.Cuts[at.Feed]
	}
	eachGrade(cut.Grades, func(after uint64, then string) bool {
		if after >= at.Seq {
			return true
		}
		role, admin = then, admin || then == RoleAdmin
		return false
	})
	return role, admin
}

// SetMemberRole gives a device another role: admin, member or observer.
type SetMemberRole struct {
	Device string // key, its start, or the device's name
	Role   string
	Reason string
}

// Plan implements Command.
func (c SetMemberRole) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	m, err := p.State.FindMember(c.Device)
	if err != nil {
		return Done{}, err
	}
	role, err := choose("role", c.Role, changeable)
	if err != nil {
		return Done{}, err
	}
	me := p.State.Members[p.Device]
	switch {
	case !m.Active():
		return Done{}, refuse("device %s was removed; its person can join with a new device key", m.Device.Short())
	case m.Recovery:
		return Done{}, refuse("the recovery key is an admin for good")
	case m.First == RoleRelay:
		return Done{}, refuse("device %s is a relay, which holds no key of the room; remove it and invite the machine anew", m.Device.Short())
	case m.Role == role:
		return Done{Note: "is " + role + " already"}, nil
	case m != me && !me.outranks(m):
		return Done{}, refuse("device %s was an admin before you; only a senior admin may change its role", m.Device.Short())
	case m == me && p.State.lastAdmin(m):
		return Done{}, refuse("this device is the only admin; make another one first")
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	body := roleChanged{Device: m.Device, Role: role, Reason: reason, Cuts: p.cutsOf(m.Device)}
	for _, old := range current(m.Changes) {
		body.Pred = append(body.Pred, old.At.ID())
	}
	p.add(KindRoleChanged, ID{}, body)
	return Done{}, nil
}

// lastAdmin reports whether no other device is an admin but the key on paper.
func (s *State) lastAdmin(m *Member) bool {
	for _, o := range s.Members {
		if o != m && o.Active() && o.Role == RoleAdmin && !o.Recovery {
			return false
		}
	}
	return true
}
