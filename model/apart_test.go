package model

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestActsMadeApart: the rule of overruled.go, told from both sides of a split
// and in both orders of hearing of each other.
func TestActsMadeApart(t *testing.T) {
	const founder, senior, junior, member, guest = 0, 1, 2, 3, 4
	remove := func(by, whom int) func(*world) {
		return func(w *world) {
			by, whom := w.peers[by], w.peers[whom]
			if _, err := by.try(RemoveMember{Device: whom.key.String(), Reason: "lost"}); err != nil {
				// A device that does not ask the planner.
				by.write([]Op{by.op(KindMemberRemoved, ID{}, memberRemoved{Device: whom.key, Reason: "lost", Cuts: cutsOf(by, whom)})})
			}
		}
	}
	grade := func(by, whom int, role string) func(*world) {
		return func(w *world) {
			by, whom := w.peers[by], w.peers[whom]
			if _, err := by.try(SetMemberRole{Device: whom.key.String(), Role: role}); err != nil {
				by.write([]Op{by.op(KindRoleChanged, ID{}, roleChanged{Device: whom.key, Role: role, Cuts: cutsOf(by, whom)})})
			}
		}
	}
	hear := func(by, from int) func(*world) { return func(w *world) { w.peers[by].pull(w.peers[from]) } }
	admit := func(by, whom int) func(*world) { return func(w *world) { w.admit(by, whom, RoleMember, "Finn Gray") } }
	log := func(by int) func(*world) {
		return func(w *world) {
			for inc := range w.peers[by].state.Incidents() {
				id := inc.ID
				w.peers[by].do(Log{Incident: id.String(), Text: "still at work"})
			}
		}
	}
	for _, c := range []struct {
		name        string
		left, right []func(*world)
		stay, go_   []int
		entries     int
		cards       []string
		roles       map[int]string // afterwards
	}{
		{
			name: "two admins demote each other: the senior stays one",
			left: []func(*world){grade(senior, junior, RoleMember)}, right: []func(*world){grade(junior, senior, RoleObserver)},
			stay: []int{founder, senior, junior, member}, roles: map[int]string{senior: RoleAdmin, junior: RoleMember},
			cards: []string{"senior: Chen Wei made Ben Okafor observer"},
		},
		{
			name: "a member is promoted here and demoted there: the senior admin's say counts",
			left: []func(*world){grade(senior, member, RoleObserver)}, right: []func(*world){grade(founder, member, RoleAdmin)},
			stay: []int{founder, senior, junior, member}, roles: map[int]string{member: RoleAdmin},
			cards: []string{"senior: Ben Okafor made Dita Novak observer"},
		},
		{
			name: "demoted apart from a removal by it: the member stays",
			left: []func(*world){grade(founder, senior, RoleMember)}, right: []func(*world){remove(senior, member), log(senior)},
			stay: []int{founder, senior, junior, member}, roles: map[int]string{senior: RoleMember}, entries: 1,
			cards: []string{"demoted: Ben Okafor removed Dita Novak"},
		},
		{
			name: "made an observer apart from what it wrote: that does not count",
			left: []func(*world){grade(founder, member, RoleObserver)}, right: []func(*world){log(member)},
			stay: []int{founder, senior, junior, member}, roles: map[int]string{member: RoleObserver},
		},
		{
			name: "removed here and promoted there: removed",
			left: []func(*world){remove(founder, member)}, right: []func(*world){grade(senior, member, RoleAdmin)},
			stay: []int{founder, senior, junior}, go_: []int{member},
		},
		{
			name: "promoted here and acts as an admin, removed there: its act is void",
			left: []func(*world){grade(senior, member, RoleAdmin), hear(member, senior), remove(member, junior)}, right: []func(*world){remove(founder, member)},
			stay: []int{founder, senior, junior}, go_: []int{member},
			cards: []string{"senior: Dita Novak removed Chen Wei"},
		},
		{
			name: "two admins remove each other: the senior stays",
			left: []func(*world){remove(senior, junior)}, right: []func(*world){remove(junior, senior)},
			stay: []int{founder, senior, member}, go_: []int{junior},
			cards: []string{"senior: Chen Wei removed Ben Okafor"},
		},
		{
			name: "the founder and an admin remove each other",
			left: []func(*world){remove(founder, junior)}, right: []func(*world){remove(junior, founder)},
			stay: []int{founder, senior, member}, go_: []int{junior},
			cards: []string{"senior: Chen Wei removed Ana Ruiz"},
		},
		{
			name: "a removed admin removed a member apart: the member stays",
			left: []func(*world){remove(founder, senior)}, right: []func(*world){remove(senior, member), log(member)},
			stay: []int{founder, junior, member}, go_: []int{senior}, entries: 1,
			cards: []string{"removed: Ben Okafor removed Dita Novak"},
		},
		{
			name: "both sides removed the same device: nothing was overruled",
			left: []func(*world){remove(founder, member)}, right: []func(*world){remove(senior, member)},
			stay: []int{founder, senior, junior}, go_: []int{member},
		},
		{
			name: "a removed admin admitted somebody apart: the guest is out",
			left: []func(*world){remove(founder, senior)}, right: []func(*world){admit(senior, guest)},
			stay: []int{founder, junior, member}, go_: []int{senior},
			cards: []string{"removed: Ben Okafor admitted device"},
		},
		{
			name: "one side removes whom the other admits again: a removed device never returns",
			left: []func(*world){admit(founder, guest), remove(founder, guest)}, right: []func(*world){admit(senior, guest)},
			stay: []int{founder, senior, junior, member}, go_: []int{guest},
			cards: []string{"gone: Ana Ruiz removed Finn Gray and it was admitted twice apart"},
		},
		{
			name: "admitted on both sides: once, and nothing to tell",
			left: []func(*world){admit(founder, guest)}, right: []func(*world){admit(senior, guest)},
			stay: []int{founder, senior, junior, member, guest},
		},
		{
			name: "an act of a member removed apart is set aside; with the role goes the right to it",
			left: []func(*world){remove(founder, member)}, right: []func(*world){log(member)},
			stay: []int{founder, senior, junior}, go_: []int{member}, entries: 0,
		},
	} {
		for _, swapped := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/swapped %v", c.name, swapped), func(t *testing.T) {
				w := founded(t, RoleAdmin, RoleAdmin, RoleMember)
				w.peers = append(w.peers, newWorld(t, 5).peers[guest])
				inc := w.peers[founder].do(Declare{Title: "checkout fails"}).ID
				w.meet()
				sides := [][]func(*world){c.left, c.right}
				if swapped { // so that neither has the earlier Lamport time by itself
					slices.Reverse(sides)
				}
				for _, side := range sides {
					for _, act := range side {
						act(w)
					}
				}
				w.meet()
				w.sameEverywhere()
				s := w.peers[founder].state
				for _, i := range c.stay {
					if m := s.Members[w.peers[i].key]; m == nil || !m.Active() {
						t.Errorf("peer %d is out", i)
					}
				}
				for i, want := range c.roles {
					if m := s.Members[w.peers[i].key]; m.Role != want {
						t.Errorf("peer %d is %s, want %s", i, m.Role, want)
					}
				}
				for _, i := range c.go_ {
					if _, active := s.ActiveMember(w.peers[i].key); active {
						t.Errorf("peer %d is in", i)
					}
				}
				if n := len(w.peers[founder].incident(inc).Entries); n != c.entries {
					t.Errorf("%d entries count, want %d", n, c.entries)
				}
				var cards []string
				for _, card := range s.MembershipCards() {
					cards = append(cards, card.Rule+": "+card.Act)
				}
				if !slices.EqualFunc(cards, c.cards, strings.HasPrefix) && !like(cards, c.cards) {
					t.Errorf("the cards are %q, want %q", cards, c.cards)
				}
			})
		}
	}
}

// like compares cards by what they say without the names of devices.
func like(cards, want []string) bool {
	return slices.EqualFunc(cards, want, func(card, want string) bool {
		for _, word := range strings.Fields(want) {
			if !strings.Contains(card, word) {
				return false
			}
		}
		return true
	})
}

func cutsOf(by, whom *peer) (cuts []feedCut) {
	for feed, mark := range by.state.Applied {
		if mark.Device == whom.key {
			cuts = append(cuts, feedCut{Feed: feed, Seq: mark.Seq})
		}
	}
	return cuts
}

// aside gives a room in which Ben was removed apart from five lines he wrote.
func aside(t *testing.T) (w *world, inc ID) {
	w = founded(t, RoleAdmin, RoleAdmin, RoleMember)
	inc = w.peers[0].do(Declare{Title: "checkout fails"}).ID
	w.meet()
	for i := range 5 {
		w.peers[1].do(Log{Incident: inc.String(), Text: fmt.Sprint("line ", i)})
	}
	w.peers[1].do(RemoveMember{Device: w.peers[3].key.String(), Reason: "by mistake"})
	w.peers[0].do(RemoveMember{Device: w.peers[1].key.String(), Reason: "laptop stolen"})
	w.meet()
	return w, inc
}

func TestQuarantineIsListedAndJudged(t *testing.T) {
	for _, c := range []struct {
		name              string
		first, second     JudgeQuarantine // by the founder and, apart, by the other admin
		entries           int
		waiting, putAside uint64
	}{
		{"nothing yet", JudgeQuarantine{}, JudgeQuarantine{}, 0, 6, 0},
		{"accepted", JudgeQuarantine{Accept: true}, JudgeQuarantine{}, 5, 0, 0},
		{"accepted up to the third", JudgeQuarantine{Accept: true, UpTo: 3}, JudgeQuarantine{}, 3, 3, 0},
		{"discarded", JudgeQuarantine{Reason: "not by Ben"}, JudgeQuarantine{}, 0, 0, 6},
		{"both apart: accepting wins", JudgeQuarantine{}, JudgeQuarantine{Accept: true}, 5, 0, 0},
		{"accepted twice apart: the further counts", JudgeQuarantine{Accept: true, UpTo: 2}, JudgeQuarantine{Accept: true, UpTo: 4}, 4, 2, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, inc := aside(t)
			ben := w.peers[1].key
			if views := w.peers[0].state.QuarantineViews(false); len(views) != 1 || views[0].Commits != 6 || views[0].Person != "Ben Okafor" {
				t.Fatalf("in quarantine: %+v", views)
			}
			for i, j := range []JudgeQuarantine{c.first, c.second} {
				if j == (JudgeQuarantine{}) && (c.name == "nothing yet" || i == 1 || c.second == j) {
					continue
				}
				j.Device = ben.String()
				w.peers[2*i].do(j)
			}
			w.meet()
			w.sameEverywhere()
			p := w.peers[3]
			if n := len(p.incident(inc).Entries); n != c.entries {
				t.Errorf("%d lines count, want %d", n, c.entries)
			}
			if !p.state.Members[p.key].Active() {
				t.Error("the removal in quarantine came into force")
			}
			waiting, putAside := uint64(0), uint64(0)
			for _, v := range p.state.QuarantineViews(true) {
				if v.Discarded {
					putAside += v.Commits
				} else {
					waiting += v.Commits
				}
			}
			if waiting != c.waiting || putAside != c.putAside || p.state.Summary(testNow).Quarantined != c.waiting {
				t.Errorf("%d wait and %d are put away; want %d and %d", waiting, putAside, c.waiting, c.putAside)
			}
			if len(p.state.MembershipCards()) != 1 {
				t.Errorf("cards: %+v", p.state.MembershipCards())
			}
		})
	}
}

func TestSecondDeviceIsOfTheSamePerson(t *testing.T) {
	w := founded(t, RoleMember)
	w.peers = append(w.peers, newWorld(t, 3).peers[2])
	ana, phone, invite := w.peers[0], w.peers[2], ID{9}
	if _, err := ana.try(IssueInvite{Invite: invite, Role: RoleMember, Expires: testNow.Add(1e12), Person: "nobody"}); !errors.Is(err, ErrRefused) {
		t.Errorf("an invite for a stranger: %v", err)
	}
	ana.do(IssueInvite{Invite: invite, Role: RoleMember, Expires: testNow.Add(1e12), Person: "Ben Okafor"})
	ana.do(AdmitMember{Device: phone.key, Invite: invite, Person: "whoever", Name: "ben-phone"})
	w.meet()
	w.sameEverywhere()
	for _, p := range phone.state.PersonViews() {
		if want := map[string]int{"Ana Ruiz": 1, "Ben Okafor": 2}[p.Name]; p.Devices != want {
			t.Errorf("%s has %d devices, want %d", p.Name, p.Devices, want)
		}
	}
	ana.do(RemoveMember{Device: phone.key.String(), Reason: "lost"})
	w.meet()
	if m := ana.state.Members[w.peers[1].key]; !m.Active() {
		t.Error("with the phone the laptop was removed")
	}
}

func TestJudgingIsForAdmins(t *testing.T) {
	w, _ := aside(t)
	ben := w.peers[1].key
	if _, err := w.peers[3].try(JudgeQuarantine{Device: ben.String(), Accept: true}); !errors.Is(err, ErrRefused) {
		t.Errorf("a member ruled: %v", err)
	}
	for i, p := range []*peer{w.peers[3], w.peers[1]} { // a member, and Ben himself
		p.write([]Op{p.op(KindQuarantineJudged, ID{}, quarantineJudged{Feed: w.peers[1].feed, Seq: 99, Accept: true})})
		w.meet()
		w.sameEverywhere()
		if views := w.peers[0].state.QuarantineViews(false); len(views) != 1 || views[0].First == 0 {
			t.Errorf("ruling %d counts: %+v", i, views)
		}
	}
	for _, c := range []JudgeQuarantine{{Device: ben.String(), UpTo: 99}, {Device: w.peers[2].key.String()}, {Device: "nobody"}} {
		if _, err := w.peers[0].try(c); !errors.Is(err, ErrRefused) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestPreviewSaysWhatACommitWouldDo(t *testing.T) {
	w, inc := aside(t)
	p := w.peers[1]
	got := Preview([]Op{
		p.op(KindEntryAdded, inc, entryAdded{Text: "db-1 does not answer"}), p.op(KindIncidentField, inc, fieldSet{Field: FieldSeverity, Value: P0}),
		p.op(KindMemberRemoved, ID{}, memberRemoved{}), p.op(KindItemAdded, inc, struct{}{}), Unreadable,
	})
	want := []string{"db-1 does not answer", "sets severity to P0", "acts on the membership, which will not count", "2 other changes"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
