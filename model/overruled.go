package model

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// How acts on the membership that were made apart are settled, the same at every
// peer and whatever arrives first:
//
//   - A removal beats what its target did unknown to the remover: commits after
//     the cut go to quarantine, and acts on the membership in them are void.
//   - Of two admins who remove each other, the senior stays: the one admitted
//     earlier, and so closer to the founding. A junior's removal of a senior admin
//     is void whenever it comes.
//   - Of two admissions of one device the earlier counts.
//   - A removed device stays removed, whoever admits it again.
//   - Of two changes of one device's role the senior admin's counts. An admin who
//     was demoted apart from his own act on the membership has not made it.
//
// What was overruled is listed, because somebody believes that it happened.

// Rules by which an act was overruled.
const (
	RuleSenior  = "senior"  // a junior admin removed a senior one
	RuleRemoved = "removed" // its author had been removed when it was written
	RuleGone    = "gone"    // it admits a device again that was removed
	RuleDemoted = "demoted" // its author was no admin any more when it was written
)

// Overruled is an act on the membership that does not count.
type Overruled struct {
	At     Stamp
	By     DeviceKey
	Kind   Kind
	Device DeviceKey // whom it admits, removes or gives a role
	Rule   string
	Role   string `cbor:",omitempty"` // that it gives
}

// maxOverruled bounds the list: the earliest are kept, so that all peers keep
// the same.
const maxOverruled = 256

// overrule notes an act that does not count, if it is one on the membership.
func (s *State) overrule(by DeviceKey, at Stamp, op Op, rule string) {
	o := Overruled{At: at, By: by, Kind: op.Kind, Rule: rule}
	switch op.Kind {
	case KindMemberAdded:
		body, err := decode[memberAdded](op)
		if err != nil {
			return
		}
		o.Device = body.Device
	case KindMemberRemoved:
		body, err := decode[memberRemoved](op)
		if err != nil {
			return
		}
		o.Device = body.Device
	case KindRoleChanged:
		body, err := decode[roleChanged](op)
		if err != nil {
			return
		}
		o.Device, o.Role = body.Device, body.Role
	default:
		return
	}
	i, known := slices.BinarySearchFunc(s.Overruled, o, func(a, b Overruled) int { return a.At.Compare(b.At) })
	if known || i >= maxOverruled {
		return
	}
	s.Overruled = slices.Insert(s.Overruled, i, o)
	s.Overruled = s.Overruled[:min(len(s.Overruled), maxOverruled)]
}

// MembershipCard tells of an act on the membership that was overruled by one
// made apart, for those who believe that it happened.
type MembershipCard struct {
	At time.Time `json:"at,omitzero"`
	// By is who acted, Act what they did, Outcome why it does not count and what
	// to do where it should.
	By      string `json:"by"`
	Act     string `json:"act"`
	Outcome string `json:"outcome"`
	// Rule is senior, removed, gone or demoted.
	Rule   string `json:"rule"`
	Device string `json:"device"`
}

// MembershipCards lists the acts that were overruled and would have made a
// difference, the latest first.
func (s *State) MembershipCards() []MembershipCard {
	acts := slices.Clone(s.Overruled)
	for _, m := range s.Members {
		if len(m.Again) > 0 && !m.Active() {
			by, _ := s.Author(m.Removed.Feed)
			acts = append(acts, Overruled{At: m.Removed, By: by, Kind: KindMemberAdded, Device: m.Device, Rule: RuleGone})
		}
		acts = append(acts, s.outvoted(m)...)
	}
	slices.SortFunc(acts, func(a, b Overruled) int { return cmp.Or(b.At.Compare(a.At), a.Device.Compare(b.Device)) })
	cards := []MembershipCard{}
	for _, o := range acts {
		member, active := s.ActiveMember(o.Device)
		switch by := s.Members[o.By]; {
		case o.Kind == KindRoleChanged && (!active || member.Role == o.Role), o.Kind != KindRoleChanged && (o.Kind == KindMemberAdded) == active:
			continue // it came to the same in another way
		case o.Kind != KindMemberAdded && by != nil && active && member.Role == RoleAdmin && !by.outranks(member):
			o.Rule = RuleSenior // it was void by itself, whatever became of its author
		}
		cards = append(cards, s.card(o))
	}
	return cards
}

// outvoted lists the changes of a device's role against which another, made
// apart, counts.
func (s *State) outvoted(m *Member) (acts []Overruled) {
	counts, _ := s.counting(m.Changes)
	for _, c := range current(m.Changes) {
		if c.At != counts.At {
			acts = append(acts, Overruled{At: c.At, By: c.By, Kind: KindRoleChanged, Device: m.Device, Rule: RuleSenior, Role: c.Role})
		}
	}
	return acts
}

func (s *State) card(o Overruled) MembershipCard {
	by, whom := s.deviceName(o.By), s.deviceName(o.Device)
	c := MembershipCard{At: viewMilli(o.At.Recorded()), By: by, Rule: o.Rule, Device: o.Device.String()}
	verb, undo := "admitted", "invite it again where it should be"
	if o.Kind == KindMemberRemoved {
		verb, undo = "removed", "remove it again where it should go"
	}
	c.Act = fmt.Sprintf("%s %s %s", by, verb, whom)
	if o.Kind == KindRoleChanged {
		c.Act, undo = fmt.Sprintf("%s made %s %s", by, whom, o.Role), "change its role again"
	}
	switch {
	case o.Rule == RuleSenior && o.Kind == KindRoleChanged:
		c.Outcome = fmt.Sprintf("It does not count: a more senior admin had the say, and %s is %s.", whom, s.Members[o.Device].Role)
	case o.Rule == RuleDemoted:
		c.Outcome = fmt.Sprintf("It does not count: %s was no admin any more by then. Is %s as it should be? If not, %s.", by, whom, undo)
	case o.Rule == RuleSenior:
		c.Outcome = fmt.Sprintf("It does not count: %s was an admin before %s, and of two the senior stays.", whom, by)
	case o.Rule == RuleGone:
		c.Act = fmt.Sprintf("%s removed %s, and it was admitted twice apart", by, whom)
		c.Outcome = "The removal counts: a removed device never comes back. Its person can join with a new device key."
	default:
		c.Outcome = fmt.Sprintf("It does not count: %s had been removed by then. Is %s as it should be? If not, %s.", by, whom, undo)
	}
	return c
}

// DeviceTitle names a device by its person, with its own name behind: "Li Wei (li-laptop)". Many a device is
// called after its person, who is not named twice then.
func DeviceTitle(person, device string) string {
	if person == "" || strings.Contains(strings.ToLower(device), strings.ToLower(person)) {
		return device
	}
	return person + " (" + device + ")"
}

// deviceName names a device and its person.
func (s *State) deviceName(device DeviceKey) string {
	m := s.Members[device]
	if m == nil {
		return "device " + device.Short()
	}
	name := cmp.Or(m.Name, "device "+device.Short())
	if p := s.People[m.Person]; p != nil {
		return DeviceTitle(p.Name(), name)
	}
	return name
}
