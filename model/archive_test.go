package model

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestArchivesAreMarkedByAdmins: the mark and the age count where an admin wrote
// them, and what others write of the same fields changes nothing.
func TestArchivesAreMarkedByAdmins(t *testing.T) {
	const founder, member, relay = 0, 1, 2
	w := founded(t, RoleMember, RoleRelay)
	w.meet()
	key := func(i int) string { return w.peers[i].key.String() }
	state := func() *State { return w.peers[member].state }
	for _, c := range []Command{MarkArchive{Device: key(relay)}, SetHistoryAge{Days: 365}} {
		if _, err := w.peers[member].try(c); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "only an admin") {
			t.Errorf("%T by a member: %v", c, err)
		}
	}
	if got := w.peers[founder].do(SetHistoryAge{Days: 365}); !strings.Contains(got.Note, "no archive") && !strings.Contains(got.Note, "none does") {
		t.Error(got.Note)
	}
	w.peers[founder].do(MarkArchive{Device: key(relay), Reason: "in the other building"})
	w.meet()
	if !state().Archive(w.peers[relay].key) || state().Archive(w.peers[founder].key) || state().HistoryAge() != 365*24*time.Hour {
		t.Error(state().Archives(), state().HistoryAge())
	}
	if !slices.Equal(state().Archives(), []DeviceKey{w.peers[relay].key}) || !state().Keeps(w.peers[relay].key) {
		t.Error(state().Archives())
	}
	// A member's own client may write any field of the room.
	w.peers[member].do(SetRoom{Field: archivePrefix + key(member), Value: archiveYes})
	w.peers[member].do(SetRoom{Field: archivePrefix + key(relay), Value: ""})
	w.peers[member].do(SetRoom{Field: fieldHistory, Value: "30"})
	w.meet()
	if state().Archive(w.peers[member].key) || state().Keeps(w.peers[member].key) || !state().Archive(w.peers[relay].key) || state().HistoryAge() != 365*24*time.Hour {
		t.Error("what a member wrote counts", state().Archives(), state().HistoryAge())
	}
	w.peers[founder].do(MarkArchive{Device: key(relay), Not: true})
	w.peers[founder].do(SetHistoryAge{})
	w.meet()
	if len(state().Archives()) != 0 || state().Keeps(w.peers[relay].key) || state().HistoryAge() != 0 {
		t.Error(state().Archives(), state().HistoryAge())
	}
	w.sameEverywhere()
}

// TestArchivesMarkedApart: where two admins say both, nobody relies on the device,
// and it lets go of nothing; of two ages the longer counts.
func TestArchivesMarkedApart(t *testing.T) {
	w := founded(t, RoleAdmin, RoleMember)
	w.meet()
	box := w.peers[2].key
	w.peers[0].do(MarkArchive{Device: box.String()})
	w.peers[1].do(MarkArchive{Device: box.String()})
	w.peers[1].do(MarkArchive{Device: box.String(), Not: true})
	w.peers[0].do(SetHistoryAge{Days: 90})
	w.peers[1].do(SetHistoryAge{Days: 400})
	w.meet()
	for _, p := range w.peers {
		if p.state.Archive(box) || !p.state.Keeps(box) || p.state.HistoryAge() != 400*24*time.Hour {
			t.Error(p.state.Archive(box), p.state.Keeps(box), p.state.HistoryAge())
		}
	}
	w.peers[0].do(MarkArchive{Device: box.String()})
	w.peers[0].do(SetHistoryAge{})
	w.meet()
	if s := w.peers[1].state; !s.Archive(box) || s.HistoryAge() != 0 {
		t.Error(s.Archive(box), s.HistoryAge())
	}
}

func TestHistoryAgeIsBounded(t *testing.T) {
	w := founded(t)
	for _, days := range []int{-1, 1, MinHistoryDays - 1, MaxHistoryDays + 1} {
		if _, err := w.peers[0].try(SetHistoryAge{Days: days}); !errors.Is(err, ErrRefused) {
			t.Errorf("%d days: %v", days, err)
		}
	}
}

// TestAssume: cuts after what was folded make no difference to it, cuts before do.
func TestAssume(t *testing.T) {
	feed := FeedID{7}
	for _, c := range []struct {
		name     string
		was, now *Cut
		want     bool
	}{
		{"none", nil, nil, true},
		{"after it", nil, &Cut{Seq: 10, Named: 10}, true},
		{"before it", nil, &Cut{Seq: 9, Named: 10}, false},
		{"acts before it", nil, &Cut{Seq: 10, Named: 3}, false},
		{"a role after it", nil, &Cut{Seq: uncut, Named: uncut, Grades: "10 observer"}, true},
		{"a role before it", nil, &Cut{Seq: uncut, Named: uncut, Grades: "9 observer"}, false},
		{"taken back", &Cut{Seq: 4, Named: 4}, nil, false},
		{"the same", &Cut{Seq: 4, Named: 4}, &Cut{Seq: 4, Named: 4}, true},
	} {
		s := NewState(RoomID{1}, nil)
		s.Applied[feed] = Mark{Seq: 10}
		as := func(c *Cut) map[FeedID]Cut {
			if c == nil {
				return nil
			}
			return map[FeedID]Cut{feed: *c}
		}
		s.Assumed = as(c.was)
		if got := s.Assume(as(c.now)); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
