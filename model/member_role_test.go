package model

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestTheOnlyAdminDoesNotLeave: a room without one can let nobody in or out again.
func TestTheOnlyAdminDoesNotLeave(t *testing.T) {
	w := founded(t, RoleMember)
	founder, ben := w.peers[0], w.peers[1]
	if _, err := founder.try(RemoveMember{Device: founder.key.String()}); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "the only admin") {
		t.Fatalf("the only admin left: %v", err)
	}
	founder.do(SetMemberRole{Device: ben.key.String(), Role: RoleAdmin})
	founder.do(RemoveMember{Device: founder.key.String(), Reason: "leaves the company"})
	w.meet()
	if _, err := founder.try(Declare{Title: "checkout fails"}); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "was removed from the room") {
		t.Errorf("who was removed is told %v", err)
	}
	if m := ben.state.Members[ben.key]; m.Role != RoleAdmin || ben.state.Members[founder.key].Active() {
		t.Errorf("after the founder left: %+v", m)
	}
}

func TestRoleCanBeChanged(t *testing.T) {
	const founder, admin, member = 0, 1, 2
	w := founded(t, RoleAdmin, RoleMember, RoleRelay)
	inc := w.peers[founder].do(Declare{Title: "checkout fails"}).ID.String()
	w.meet()
	key := func(i int) string { return w.peers[i].key.String() }
	for _, c := range []struct {
		by   int
		do   SetMemberRole
		want string // part of the refusal; "" where it is done
	}{
		{member, SetMemberRole{Device: key(member), Role: RoleAdmin}, "only an admin"},
		{admin, SetMemberRole{Device: key(founder), Role: RoleMember}, "was an admin before you"},
		{admin, SetMemberRole{Device: key(3), Role: RoleMember}, "is a relay"},
		{admin, SetMemberRole{Device: key(member), Role: RoleRelay}, "role"},
		{admin, SetMemberRole{Device: key(member), Role: RoleObserver, Reason: "shift ended"}, ""},
		{founder, SetMemberRole{Device: key(member), Role: RoleAdmin}, ""},
		{member, SetMemberRole{Device: key(admin), Role: RoleMember}, "was an admin before you"},
		{founder, SetMemberRole{Device: key(admin), Role: RoleMember}, ""},
		{member, SetMemberRole{Device: key(member), Role: RoleMember}, ""},
		{founder, SetMemberRole{Device: key(founder), Role: RoleMember}, "the only admin"},
	} {
		_, err := w.peers[c.by].try(c.do)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%+v: %v", c.do, err)
		case c.want != "" && (!errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%+v: %v, want %q", c.do, err, c.want)
		}
		w.meet()
		if m := w.peers[member].state.Members[w.peers[member].key]; m.Role == RoleObserver {
			if _, err := w.peers[member].try(Log{Incident: inc, Text: "as an observer"}); !errors.Is(err, ErrRefused) {
				t.Errorf("an observer wrote: %v", err)
			}
		}
	}
	w.sameEverywhere()
	if n := len(w.peers[0].state.Members[w.peers[member].key].Changes); n != 3 {
		t.Errorf("%d changes are told, want 3", n)
	}
}

// TestWhatWasWrittenBeforeAChangeStays: an observer's lines as a member count,
// and those it writes anyway do not, until it is a member again.
func TestWhatWasWrittenBeforeAChangeStays(t *testing.T) {
	w := founded(t, RoleMember)
	ana, ben := w.peers[0], w.peers[1]
	inc := ana.do(Declare{Title: "checkout fails"}).ID
	write := func() {
		w.meet()
		ben.write([]Op{ben.op(KindEntryAdded, inc, entryAdded{Text: "line"})})
		w.meet()
		w.sameEverywhere()
	}
	for i, c := range []struct {
		role  string
		lines int
	}{{"", 1}, {RoleObserver, 1}, {RoleMember, 2}, {RoleAdmin, 3}, {RoleObserver, 3}} {
		if c.role != "" {
			ana.do(SetMemberRole{Device: ben.key.String(), Role: c.role})
		}
		write()
		if n := len(ana.incident(inc).Entries); n != c.lines {
			t.Errorf("step %d: %d lines count, want %d", i, n, c.lines)
		}
	}
}

// TestMembershipActsApartEndTheSame plays acts on the membership alone, thick
// and far apart, by admins who may and devices that do not ask.
func TestMembershipActsApartEndTheSame(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		h := &history{world: founded(rt, RoleAdmin, RoleAdmin, RoleMember), t: rt}
		h.peers = append(h.peers, newWorld(rt, 6).peers[4:]...)
		inc := h.incident0()
		for range rapid.SliceOfN(rapid.Just(0), 5, 40).Draw(rt, "steps") {
			p, target := pickOf(h, "peer", h.peers), pickOf(h, "target", h.peers)
			role := pickOf(h, "role", changeable)
			switch h.pick("act", 6) {
			case 0, 1:
				_, _ = p.try(SetMemberRole{Device: target.key.String(), Role: role})
			case 2:
				_, _ = p.try(RemoveMember{Device: target.key.String()})
			case 3:
				p.pull(target)
			case 4:
				_, _ = p.try(Log{Incident: inc.String(), Text: "a line"})
			case 5:
				p.write([]Op{p.op(KindRoleChanged, ID{}, roleChanged{Device: target.key, Role: role, Cuts: cutsOf(p, target)})})
			}
		}
		h.meet()
		h.sameEverywhere()
		h.viewsAgree()
		commits := h.peers[0].commits()
		want := hashOf(rt, settled(rt, folded(rt, h.room, nil, inOrder(commits)), commits))
		for range 2 {
			if got := hashOf(rt, h.shuffled(commits)); got != want {
				rt.Fatalf("another order gives %s, the log's own order %s", got, want)
			}
		}
	})
}

// incident0 declares an incident that all know.
func (h *history) incident0() ID {
	id := h.peers[0].do(Declare{Title: "checkout fails"}).ID
	h.meet()
	return id
}
