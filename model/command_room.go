package model

import (
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"
)

// FoundRoom is the first command of a room.
type FoundRoom struct {
	Name   string
	Person string
	Email  string
	Device string
	// Nonce is what the room id was made with.
	Nonce Nonce
	// Recovery is the device key of the recovery key; zero where there is none.
	Recovery DeviceKey
}

// Plan implements Command.
func (c FoundRoom) Plan(p *Planner) (Done, error) {
	name, err := line("the room's name", c.Name, MaxName)
	if err != nil {
		return Done{}, err
	}
	fields, err := personFields(c.Person, c.Email)
	if err != nil {
		return Done{}, err
	}
	founder := OpID(p.feed, p.seq, len(p.ops)+1)
	body := roomFounded{Name: name, Founder: founder, Nonce: c.Nonce, Device: c.Device}
	if !c.Recovery.Zero() {
		body.Recovery = c.Recovery[:]
	}
	p.add(KindRoomFounded, ID{}, body)
	p.add(KindPersonAdded, ID{}, personAdded{Fields: fields})
	return Done{ID: founder}, nil
}

// CheckPerson says why a person cannot be added under a name and an e-mail
// address, which may be empty.
func CheckPerson(name, email string) error {
	_, err := personFields(name, email)
	return err
}

func personFields(name, email string) (map[string]string, error) {
	name, err := line("the person's name", name, MaxName)
	if err != nil {
		return nil, err
	}
	fields := map[string]string{"name": name}
	if email = strings.TrimSpace(email); email != "" {
		if a, err := mail.ParseAddress(email); err != nil || a.Address != email || len(email) > maxAddress {
			return nil, refuse("%q is not an e-mail address", email)
		}
		fields["email"] = email
	}
	return fields, nil
}

// IssueInvite records an invite; the secret itself goes to the guest by
// another way.
type IssueInvite struct {
	Invite   ID
	Role     string
	Expires  time.Time
	Uses     uint32
	Verifier []byte
	// Person, where given, is whose further device joins with it.
	Person string
}

// Plan implements Command.
func (c IssueInvite) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	role, err := choose("role", c.Role, RoomRoles[:])
	if err != nil {
		return Done{}, err
	}
	if !c.Expires.After(p.Now) {
		return Done{}, refuse("the invite would have expired already")
	}
	body := inviteIssued{Invite: c.Invite, Role: role, Expires: c.Expires.UnixMilli(), Uses: max(c.Uses, 1), Verifier: c.Verifier}
	if c.Person != "" {
		person, err := p.State.FindPerson(c.Person)
		if err != nil {
			return Done{}, err
		}
		body.Person = person[:]
	}
	p.add(KindInviteIssued, ID{}, body)
	return Done{ID: c.Invite}, nil
}

// CloseInvite ends an invite before its time.
type CloseInvite struct {
	Invite ID
	Reason string
}

// Plan implements Command.
func (c CloseInvite) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	p.add(KindInviteClosed, ID{}, inviteClosed{Invite: c.Invite, Reason: reason})
	return Done{ID: c.Invite}, nil
}

// AdmitMember lets a device in that proved an invite.
type AdmitMember struct {
	Device DeviceKey
	Invite ID
	Person string
	Email  string
	Name   string
}

// Plan implements Command.
func (c AdmitMember) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	inv := p.State.Invites[c.Invite]
	if inv == nil {
		return Done{}, refuse("the invite is not known here")
	}
	if err := inv.Usable(p.State, c.Invite, p.Now); err != nil {
		return Done{}, err
	}
	if m := p.State.Members[c.Device]; m != nil && !m.Active() {
		return Done{}, refuse("this device was removed from the room and cannot come back; use a new device key")
	} else if m != nil {
		return Done{ID: m.Person, Note: "was a member already"}, nil
	}
	if inv.Role == RoleRelay { // a machine of nobody, which learns no names
		p.add(KindMemberAdded, ID{}, memberAdded{Device: c.Device, Role: inv.Role, Invite: c.Invite, Name: c.Name})
		return Done{}, nil
	}
	person, err := p.guest(c, inv)
	if err != nil {
		return Done{}, err
	}
	p.add(KindMemberAdded, ID{}, memberAdded{Device: c.Device, Person: person, Role: inv.Role, Invite: c.Invite, Name: c.Name, Keys: p.knownEpochs()})
	return Done{ID: person}, nil
}

// guest gives the person of a device that joins: the one the invite names, one
// the room knows by name and e-mail, one who was listed and has never had a device,
// or a new one.
func (p *Planner) guest(c AdmitMember, inv *Invite) (ID, error) {
	if !inv.Person.Zero() {
		return inv.Person, nil
	}
	person, err := p.State.FindPerson(c.Email)
	if c.Email != "" && err == nil && strings.EqualFold(p.State.PersonName(person), strings.TrimSpace(c.Person)) {
		return person, nil
	}
	if person, ok := p.State.listed(c.Person, c.Email); ok {
		return person, nil
	}
	fields, err := personFields(c.Person, c.Email)
	if err != nil {
		return ID{}, err
	}
	return p.add(KindPersonAdded, ID{}, personAdded{Fields: fields}), nil
}

// listed finds who is in the directory under a name, alone, and has never had a
// device: nothing in the record was written in their name yet. An e-mail address that
// differs is somebody else's.
func (s *State) listed(name, email string) (found ID, ok bool) {
	name, email = strings.TrimSpace(name), strings.TrimSpace(email)
	for id, p := range s.People {
		if p.Added.zero() || !strings.EqualFold(p.Name(), name) {
			continue
		}
		if ok {
			return ID{}, false
		}
		found, ok = id, true
	}
	if !ok {
		return ID{}, false
	}
	known := s.People[found].Fields.Text("email")
	for _, m := range s.Members {
		if m.Person == found {
			return ID{}, false
		}
	}
	return found, email == "" || known == "" || strings.EqualFold(known, email)
}

// Usable says why an invite cannot be used any more, if so.
func (i *Invite) Usable(s *State, id ID, now time.Time) error {
	expires := time.UnixMilli(i.Expires)
	switch {
	case i.Issued.zero():
		return refuse("the invite is not known here")
	case !i.Closed.zero():
		return refuse("this invite was closed: %s. Ask for a new one", i.Reason)
	case now.After(expires):
		return refuse("this invite expired %s ago; ask for a new one", now.Sub(expires).Round(time.Minute))
	case s.used(id) >= i.Uses:
		return refuse("this invite was used already; ask for a new one")
	}
	return nil
}

// RemoveMember takes a device out of the room. What it wrote until now stays;
// what it writes from now on is not accepted, and what the others write from now
// on it cannot read.
type RemoveMember struct {
	Device string // key, its start, or the device's name
	Reason string
}

// Plan implements Command.
func (c RemoveMember) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	m, err := p.State.FindMember(c.Device)
	if err != nil {
		return Done{}, err
	}
	me := p.State.Members[p.Device]
	switch {
	case !m.Active():
		return Done{}, refuse("device %s was removed already", m.Device.Short())
	case m != me && !me.outranks(m):
		return Done{}, refuse("device %s was an admin before you; only a senior admin may remove it", m.Device.Short())
	case m == me && p.State.lastAdmin(m):
		return Done{}, refuse("this device is the only admin: without it nobody could be let in or removed. Make another one first")
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	body := memberRemoved{Device: m.Device, Reason: reason, Cuts: p.cutsOf(m.Device)}
	p.add(KindMemberRemoved, ID{}, body)
	if m == me {
		return Done{}, nil // who leaves cannot make the key it is not to have
	}
	return Done{Note: p.rekey(m.Device)}, nil
}

// cutsOf gives how far each feed of a device is here.
func (p *Planner) cutsOf(device DeviceKey) (cuts []feedCut) {
	for _, feed := range slices.SortedFunc(maps.Keys(p.State.Applied), FeedID.Compare) {
		if mark := p.State.Applied[feed]; mark.Device == device {
			cuts = append(cuts, feedCut{Feed: feed, Seq: mark.Seq})
		}
	}
	return cuts
}

// FindMember reads what a person typed for a device.
func (s *State) FindMember(text string) (*Member, error) {
	want := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(text), "-", ""))
	var found []*Member
	for _, m := range s.Members {
		key := strings.ReplaceAll(m.Device.String(), "-", "")
		if len(want) >= minPrefix && strings.HasPrefix(key, want) || strings.EqualFold(m.Name, text) && text != "" {
			found = append(found, m)
		}
	}
	switch len(found) {
	case 0:
		return nil, refuse("there is no device %q in this room; `room members` lists them", text)
	case 1:
		return found[0], nil
	}
	return nil, refuse("%q fits %d devices; give more of the key", text, len(found))
}

// AddPerson records a human who need not have a device.
type AddPerson struct {
	Name   string
	Email  string
	Fields map[string]string // phone, team, zone, title and the like
}

// Plan implements Command.
func (c AddPerson) Plan(p *Planner) (Done, error) {
	fields, err := personFields(c.Name, c.Email)
	if err != nil {
		return Done{}, err
	}
	for _, field := range slices.Sorted(maps.Keys(c.Fields)) {
		if !validField(field) || secretName(field) {
			return Done{}, refuse("%q cannot be the name of a detail", field)
		}
		if fields[field], err = prose(field, c.Fields[field]); err != nil {
			return Done{}, err
		}
		switch field {
		case PersonZone, PersonLeft, PersonOrder: // times and orders are counted from these; the others are read by people
			if fields[field], err = p.detail(field, fields[field]); err != nil {
				return Done{}, err
			}
		}
	}
	if old, known := p.State.samePerson(fields); known {
		return p.complete(old, fields), nil
	}
	return Done{ID: p.add(KindPersonAdded, ID{}, personAdded{Fields: fields})}, nil
}

// complete adds the details a known person lacks, and changes none.
func (p *Planner) complete(person ID, fields map[string]string) Done {
	known, added := p.State.People[person].Fields, 0
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if known.Text(name) == "" {
			p.set(KindPersonField, person, known, name, fields[name], "")
			added++
		}
	}
	if added == 0 {
		return Done{ID: person, Note: fields["name"] + " is known already"}
	}
	return Done{ID: person, Note: fields["name"] + " was known already; " + count(added, "detail") + " added"}
}

// samePerson finds who has the same name, and the same e-mail where both have
// one: two people may share a name.
func (s *State) samePerson(fields map[string]string) (ID, bool) {
	for _, id := range slices.SortedFunc(maps.Keys(s.People), ID.Compare) {
		p := s.People[id]
		email, other := fields["email"], p.Fields.Text("email")
		if strings.EqualFold(p.Name(), fields["name"]) && (email == "" || other == "" || strings.EqualFold(email, other)) {
			return id, true
		}
	}
	return ID{}, false
}

// SetRoom writes a field of the room, such as its name or an audience.
type SetRoom struct {
	Field string
	Value string
}

// Plan implements Command.
func (c SetRoom) Plan(p *Planner) (Done, error) {
	if !validField(c.Field) {
		return Done{}, refuse("%q cannot be the name of a setting", c.Field)
	}
	value, err := remark("the value", c.Value)
	if err != nil {
		return Done{}, err
	}
	p.set(KindRoomField, ID{}, p.State.Fields, c.Field, value, "")
	return Done{}, nil
}
