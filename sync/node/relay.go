package node

import (
	"holdfast/model"
	"holdfast/sync/identity"
)

// authorizeAtRelay says whether a device may link to a relay: one that an
// admin's roster names, or that shows an admin's certificate. Until the first roster
// has come, those the invite named may too.
func (r *Room) authorizeAtRelay(peer model.DeviceKey, certificate []byte) bool {
	members, removed, admins := r.Who()
	switch {
	case removed[peer]:
		return false
	case members[peer]:
		return true
	case len(members) == 1 && r.known.trusts(peer):
		return true
	}
	c, err := identity.DecodeCertificate(certificate)
	if err != nil || c.Room != r.Room() || c.Device != peer {
		return false
	}
	by, err := c.Verify()
	if err != nil {
		return false
	}
	for _, admin := range admins {
		if admin == by {
			return true
		}
	}
	return len(members) == 1 && r.known.trusts(by)
}

// gone lists the devices that were removed.
func (r *Room) gone() (gone []model.DeviceKey) {
	if r.Relay() {
		_, removed, _ := r.Who()
		for device := range removed {
			gone = append(gone, device)
		}
		return gone
	}
	r.View(func(s *model.State) {
		for device, m := range s.Members {
			if !m.Active() {
				gone = append(gone, device)
			}
		}
	})
	return gone
}

// isMember reports whether this device's own admission has arrived.
func (r *Room) isMember() (member bool) {
	if r.Relay() {
		members, _, _ := r.Who()
		return members[r.Device()]
	}
	r.View(func(s *model.State) { _, member = s.ActiveMember(r.Device()) })
	return member
}
