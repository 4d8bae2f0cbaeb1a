package node

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/replica"
)

// Bounds of an invite's life.
const (
	defaultInvite = 24 * time.Hour
	maxInvite     = 30 * 24 * time.Hour
)

// Found makes a room with this device as its first admin.
func (n *Node) Found(ctx context.Context, f replica.Founding) (*Room, error) {
	f.Device = n.deviceName(f.Device)
	r, err := n.home.Found(ctx, f)
	if err != nil {
		return nil, err
	}
	room, err := n.startRoom(r)
	if err != nil {
		return nil, err
	}
	room.founded()
	return room, nil
}

// Invitation says what an invite should be.
type Invitation struct {
	Role      string
	Expires   time.Duration // 0 is a day
	Uses      uint32        // 0 is one
	Addresses []string      // none: those of this node's listener
	// Spoken asks for a code of eight characters to be read aloud: for one device,
	// for ten minutes at most.
	Spoken bool
	// Person, where given, is whose further device joins.
	Person string
}

// Speak writes an invite that is read aloud. The guest needs one of the
// addresses too.
func (r *Room) Speak(ctx context.Context, want Invitation) (code string, addresses []string, expires time.Time, err error) {
	if want.Expires == 0 {
		want.Expires = identity.SpokenLife
	}
	switch {
	case want.Uses > 1 || want.Expires < 0 || want.Expires > identity.SpokenLife:
		return "", nil, expires, fmt.Errorf("a spoken code is for one device and %s at most: it is short", identity.SpokenLife)
	case r.node.listener == nil:
		return "", nil, expires, errors.New("nothing listens here, so nobody could join; start `holdfastctl serve` or the desktop")
	}
	if addresses = want.Addresses; len(addresses) == 0 {
		addresses = r.node.LocalAddresses()
	}
	id, code, verifier, err := identity.NewSpoken(rand.Reader)
	if err != nil {
		return "", nil, expires, err
	}
	encoded, err := verifier.Encode()
	if err != nil {
		return "", nil, expires, err
	}
	expires = r.Now().Add(want.Expires)
	_, err = r.Do(ctx, model.IssueInvite{Invite: id, Role: cmp.Or(want.Role, model.RoleMember), Expires: expires, Uses: 1, Verifier: encoded, Person: want.Person})
	return code, addresses, expires, err
}

// spoken finds, of the open invites whose codes were read out, that with so many
// read out after it.
func (n *Node) spoken(earlier int) (model.ID, identity.InviteRecord, error) {
	type open struct {
		id     model.ID
		issued model.Stamp
		record identity.InviteRecord
	}
	var found []open
	for _, r := range n.Rooms() {
		var usable []open
		r.View(func(s *model.State) {
			for id, inv := range s.Invites {
				if inv.Usable(s, id, r.Now()) == nil {
					usable = append(usable, open{id: id, issued: inv.Issued})
				}
			}
		})
		for _, o := range usable {
			_, record, err := n.inviteRoom(o.id)
			if o.record = record; err == nil && record.Verifier.Spoken() {
				found = append(found, o)
			}
		}
	}
	if earlier >= len(found) {
		return model.ID{}, identity.InviteRecord{}, errors.New("no such code was read out")
	}
	slices.SortFunc(found, func(a, b open) int {
		return cmp.Or(cmp.Compare(b.issued.Recorded(), a.issued.Recorded()), b.issued.Compare(a.issued))
	})
	return found[earlier].id, found[earlier].record, nil
}

// Invite writes an invite and gives it for the guest. It must reach them by a
// way outsiders do not read.
func (r *Room) Invite(ctx context.Context, want Invitation) (identity.Invite, error) {
	if want.Role == "" {
		want.Role = model.RoleMember
	}
	if r.Relay() {
		return identity.Invite{}, replica.ErrRelay
	}
	if !identity.ValidRole(want.Role) {
		return identity.Invite{}, fmt.Errorf("there is no role %q; a device joins as %s", want.Role, strings.Join(model.RoomRoles[:], ", "))
	}
	if want.Expires == 0 {
		want.Expires = defaultInvite
	}
	if want.Expires < 0 || want.Expires > maxInvite {
		return identity.Invite{}, fmt.Errorf("an invite lives up to %d days", int(maxInvite.Hours()/24))
	}
	if len(want.Addresses) == 0 {
		want.Addresses = r.node.LocalAddresses()
	}
	if len(want.Addresses) == 0 {
		return identity.Invite{}, errors.New("nothing listens here, so nobody could join; start `holdfastctl serve` or the desktop, or name an --address")
	}
	blank := identity.Invite{Host: r.Device(), Addresses: want.Addresses, Role: want.Role, Expires: r.Now().Add(want.Expires)}
	r.View(func(s *model.State) { blank.Founder, blank.Nonce, blank.RoomName = s.Founder, s.Nonce, s.Name() })
	if want.Role == model.RoleRelay {
		blank.RoomName = "" // a relay learns no words of the room, nor does who reads its invite
	}
	invite, err := identity.NewInvite(rand.Reader, blank)
	if err != nil {
		return identity.Invite{}, err
	}
	verifier, err := invite.Verifier().Encode()
	if err != nil {
		return identity.Invite{}, err
	}
	_, err = r.Do(ctx, model.IssueInvite{
		Invite: invite.ID, Role: want.Role, Expires: invite.Expires, Uses: max(want.Uses, 1), Verifier: verifier, Person: want.Person,
	})
	return invite, err
}

// InviteView is an invite, and how many wrong proofs it still stands here.
type InviteView struct {
	model.InviteView
	AttemptsLeft int `json:"attempts_left"`
}

// InviteViews lists the invites that can be used now, or all, the latest first.
func (r *Room) InviteViews(all bool) []InviteView {
	views := []InviteView{}
	r.View(func(s *model.State) {
		for _, v := range s.InviteViews(all, r.Now()) {
			views = append(views, InviteView{v, r.node.joins.AttemptsLeft(v.ID)})
		}
	})
	return views
}

func listInvites(r *request) (any, error) {
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	var q ref
	if err := r.params(&q); err != nil {
		return nil, err
	}
	return room.InviteViews(q.All), nil
}

// Recover makes this home, which must have no room, the device of a room's
// recovery key, takes the record in from a bundle where one is named, and links
// under the new key. With an error it gives the room too where the home holds the
// key already: the record can come later.
func (n *Node) Recover(ctx context.Context, paper identity.Recovery, path string) (*Room, error) {
	if err := n.home.Recover(paper); err != nil {
		return nil, err
	}
	n.joins.Become(n.home.Device())
	n.asks.Become(n.home.Device())
	var room *Room
	for _, r := range n.home.Rooms() { // one
		var err error
		if room, err = n.startRoom(r); err != nil {
			return nil, fmt.Errorf("this home holds the recovery key now, and the room opens with the next start: %w", err)
		}
	}
	if path == "" {
		return room, nil
	}
	if _, err := room.ImportBundle(ctx, path); err != nil {
		return room, fmt.Errorf("this home holds the recovery key now, and the bundle was not taken in: %w", err)
	}
	return room, nil
}

// Guest is who joins.
type Guest struct {
	Person, Email, Device string
	Addresses             []string // to try before the invite's
}

// Join enters the room of an invite and waits until the room's first commits
// have come, as long as ctx allows.
func (n *Node) Join(ctx context.Context, text string, guest Guest) (*Room, error) {
	if _, err := identity.ParseSpoken(text); err == nil {
		return n.joinSpoken(ctx, text, guest)
	}
	invite, expired := identity.ParseInvite(text, n.opts.Now())
	if expired != nil && !errors.Is(expired, identity.ErrInviteExpired) {
		return nil, expired
	}
	for _, r := range n.Rooms() {
		if r.Room() == invite.Room() {
			return nil, fmt.Errorf("this device is in %s already", invite.RoomName)
		}
	}
	wishes := identity.Wishes{Person: guest.Person, Email: guest.Email, Device: n.deviceName(guest.Device)}
	welcome, err := identity.DialJoin(ctx, n.home.Device(), invite, wishes, guest.Addresses...)
	switch {
	case expired != nil && errors.Is(err, identity.ErrUnreachable):
		// The clock here may be wrong, but nobody answered who could say so.
		return nil, fmt.Errorf("by this device's clock %w; %w", expired, err)
	case err != nil:
		return nil, err
	}
	r, err := n.home.Enter(welcome)
	if err != nil {
		return nil, err
	}
	return n.enter(r, invite.Host, welcome, slices.Concat(invite.Addresses, guest.Addresses))
}

// joinSpoken enters the room whose code was read out.
func (n *Node) joinSpoken(ctx context.Context, code string, guest Guest) (*Room, error) {
	if len(guest.Addresses) == 0 {
		return nil, fmt.Errorf("%w; if it is a code that was read to you, give the address that was read with it, as --address HOST:PORT", identity.ErrNotInvite)
	}
	wishes := identity.Wishes{Person: guest.Person, Email: guest.Email, Device: n.deviceName(guest.Device)}
	welcome, err := identity.DialSpoken(ctx, n.home.Device(), code, wishes, guest.Addresses...)
	if err != nil {
		return nil, err
	}
	r, err := n.home.Enter(welcome)
	if err != nil {
		return nil, err
	}
	return n.enter(r, welcome.Certificate.By, welcome, guest.Addresses)
}

func (n *Node) enter(r *replica.Replica, host model.DeviceKey, welcome identity.Welcome, at []string) (*Room, error) {
	known, _ := loadAcquaintances(n.peersPath(r.Room())) // there is none yet
	err := known.trust(host, at)
	for _, p := range welcome.Peers {
		err = errors.Join(err, known.trust(p.Device, p.Addresses))
	}
	if err != nil {
		return nil, fmt.Errorf("joined, but the addresses of the peers were not kept: %w", err)
	}
	room, err := n.startRoom(r)
	if err == nil {
		room.enteredAs = welcome.RoomName
	}
	return room, err
}

// host answers those who join any room of this node.
func (n *Node) host(tries *identity.Tries) *identity.Host {
	return &identity.Host{
		Device: n.home.Device(), Lookup: n.lookup, Spoken: n.spoken, Admit: n.admit, Now: n.opts.Now, Rand: rand.Reader,
		Tries: tries, Failed: n.closeInvite,
	}
}

// closeInvite writes that an invite was closed by wrong proofs.
func (n *Node) closeInvite(id model.ID) {
	if r, _, err := n.inviteRoom(id); err == nil {
		if _, err := r.Do(n.ctx, model.CloseInvite{Invite: id, Reason: "too many wrong attempts"}); err != nil {
			n.log.Error("invite not closed after wrong attempts", "error", err)
		}
	}
}

// closeGuessed writes it of those of which this device stopped before it could.
func (n *Node) closeGuessed() {
	for _, id := range n.joins.Exhausted() {
		if record, err := n.lookup(id); err == nil && !record.Revoked {
			n.closeInvite(id)
		}
	}
}

// inviteRoom finds the room an invite leads to.
func (n *Node) inviteRoom(id model.ID) (*Room, identity.InviteRecord, error) {
	for _, r := range n.Rooms() {
		var record identity.InviteRecord
		var err error
		found := false
		r.View(func(s *model.State) {
			inv := s.Invites[id]
			if inv == nil || inv.Issued.Seq == 0 {
				return
			}
			found = true
			record.Role, record.Expires = inv.Role, time.UnixMilli(inv.Expires)
			record.Revoked, record.Uses = inv.Closed.Seq != 0, int(inv.Uses)
			record.Verifier, err = identity.DecodeVerifier(inv.Verifier)
			for device, m := range s.Members {
				if m.Invite == id {
					record.UsedBy = append(record.UsedBy, device)
				}
			}
		})
		if found {
			return r, record, err
		}
	}
	return nil, identity.InviteRecord{}, errors.New("no such invite")
}

func (n *Node) lookup(id model.ID) (identity.InviteRecord, error) {
	_, record, err := n.inviteRoom(id)
	return record, err
}

// admit writes the admission and gives what a new member needs.
func (n *Node) admit(ctx context.Context, req identity.JoinRequest) (identity.Welcome, error) {
	r, _, err := n.inviteRoom(req.Invite)
	if err != nil {
		return identity.Welcome{}, err
	}
	var removed, member, admin bool
	r.View(func(s *model.State) {
		m := s.Members[req.Device]
		removed, member = m != nil && !m.Active(), m != nil && m.Active()
		me, active := s.ActiveMember(r.Device())
		admin = active && me.Role == model.RoleAdmin
	})
	switch {
	case removed:
		return identity.Welcome{}, identity.ErrDeviceRemoved
	case !member && !admin:
		return identity.Welcome{}, identity.ErrNotAdmin
	}
	if !member {
		_, err = r.Do(ctx, model.AdmitMember{
			Device: req.Device, Invite: req.Invite, Person: req.Wishes.Person, Email: req.Wishes.Email, Name: req.Wishes.Device,
		})
		if err != nil {
			return identity.Welcome{}, err
		}
	}
	return r.welcome(req.Device)
}

func (r *Room) welcome(device model.DeviceKey) (identity.Welcome, error) {
	w := identity.Welcome{Room: r.Room(), Keys: r.Keys()}
	var certificate identity.Certificate
	r.View(func(s *model.State) {
		w.RoomName, w.Founder, w.Nonce = s.Name(), s.Founder, s.Nonce
		m := s.Members[device]
		certificate = identity.NewCertificate(r.Room(), device, m.Role, m.Person, r.Now())
	})
	if certificate.Role == model.RoleRelay {
		w.Keys, w.RoomName = nil, ""
	}
	if err := certificate.Sign(r.node.home.Device().Private()); err != nil {
		return w, fmt.Errorf("sign the membership: %w", err)
	}
	w.Certificate = certificate
	for _, k := range r.known.all() {
		w.Peers = append(w.Peers, identity.PeerAddresses{Device: k.Device, Addresses: k.Addresses})
	}
	return w, nil
}
