package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// InviteView is a way into the room.
type InviteView struct {
	ID        ID        `json:"id"`
	Role      string    `json:"role"`
	IssuedAt  time.Time `json:"issued_at,omitzero"`
	By        string    `json:"by"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	Uses      uint32    `json:"uses"`
	Used      uint32    `json:"used"`
	// State is open, used, expired or withdrawn, with the reason.
	State string `json:"state"`
}

// InviteViews lists the invites that can be used now, or all, the latest first.
func (s *State) InviteViews(all bool, now time.Time) []InviteView {
	views := []InviteView{}
	for id, i := range s.Invites {
		if i.Issued.zero() || !all && i.Usable(s, id, now) != nil {
			continue
		}
		v := InviteView{
			ID: id, Role: i.Role, IssuedAt: viewMilli(i.Issued.Recorded()), By: s.AuthorName(i.Issued), ExpiresAt: viewMilli(i.Expires),
			Uses: i.Uses, Used: s.used(id), State: "open",
		}
		switch {
		case !i.Closed.zero():
			v.State = strings.TrimSuffix("withdrawn: "+i.Reason, ": ")
		case v.Used >= i.Uses:
			v.State = "used"
		case now.After(v.ExpiresAt):
			v.State = "expired"
		}
		views = append(views, v)
	}
	slices.SortFunc(views, func(a, b InviteView) int { return cmp.Or(b.IssuedAt.Compare(a.IssuedAt), a.ID.Compare(b.ID)) })
	return views
}

// used counts the devices that joined with an invite, removed ones too.
func (s *State) used(id ID) (n uint32) {
	for _, m := range s.Members {
		if m.Invite == id {
			n++
		}
	}
	return n
}

// RevokeInvite is CloseInvite for a person, who names the invite by the start
// of its id.
type RevokeInvite struct {
	Invite string
	Reason string
}

// Plan implements Command.
func (c RevokeInvite) Plan(p *Planner) (Done, error) {
	want := strings.ToUpper(strings.TrimSpace(c.Invite))
	var found []ID
	for id, i := range p.State.Invites {
		if !i.Issued.zero() && len(want) >= minPrefix && strings.HasPrefix(id.String(), want) {
			found = append(found, id)
		}
	}
	switch {
	case len(found) == 0:
		return Done{}, refuse("there is no invite %q; `room invites` lists them", c.Invite)
	case len(found) > 1:
		return Done{}, refuse("%q fits %d invites; give more of the id", c.Invite, len(found))
	case !p.State.Invites[found[0]].Closed.zero():
		return Done{ID: found[0], Note: "was withdrawn already"}, nil
	}
	return CloseInvite{Invite: found[0], Reason: c.Reason}.Plan(p)
}
