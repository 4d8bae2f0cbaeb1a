package model

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// A room may have devices that are archives: they keep all of its history. The
// others may let go of what is older than the room has agreed on, once an archive
// holds it. Both are fields of the room that count where an admin wrote them:
// whoever else writes them changes nothing.

// archivePrefix begins the fields that mark devices, by their key; yes is an archive.
const archivePrefix = "archive."

// fieldHistory is the age in days after which devices that are no archive may let
// go of history; empty is never.
const fieldHistory = "history.days"

const archiveYes = "yes"

// Bounds of the age of history that is let go. An incident is reviewed, reported
// and asked about by authorities for weeks after its end: with less than 30 days
// devices would fetch again what they just let go. More than 100 years is never.
const (
	MinHistoryDays = 30
	MaxHistoryDays = 36500
)

// byAdmins gives a field of the room as admins wrote it.
func (s *State) byAdmins(name string) *Field {
	written := &Field{}
	all := s.Fields[name]
	if all == nil {
		return written
	}
	for _, w := range all.History() {
		device, ok := s.Author(w.Value.Stamp.Feed)
		if m := s.Members[device]; ok && m != nil {
			if is, _ := s.adminAt(m, w.Value.Stamp); is {
				written.Add(w)
			}
		}
	}
	return written
}

// saidByAdmins gives the current values of a field by what admins wrote.
func (s *State) saidByAdmins(name string) (values []string) {
	for _, w := range s.byAdmins(name).Current() {
		values = append(values, w.Value.Text)
	}
	return values
}

// setAsAdmin plans a write that replaces what admins wrote, whatever others made of
// it since, and what those wrote.
func (p *Planner) setAsAdmin(name, value, reason string) {
	pred := p.State.byAdmins(name).Heads()
	for _, id := range p.State.Fields.heads(name) {
		if !slices.Contains(pred, id) {
			pred = append(pred, id)
		}
	}
	p.add(KindRoomField, ID{}, fieldSet{Field: name, Value: value, Reason: reason, Pred: pred})
}

// Archive reports whether a device is marked as an archive. Where admins wrote
// both apart it is none that others rely on, until one settles it.
func (s *State) Archive(device DeviceKey) bool {
	m := s.Members[device]
	values := s.saidByAdmins(archivePrefix + device.String())
	return m != nil && m.Active() && len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return v != archiveYes })
}

// Keeps reports whether a device has to keep all history: it is an archive, or an
// admin says so.
func (s *State) Keeps(device DeviceKey) bool {
	return slices.Contains(s.saidByAdmins(archivePrefix+device.String()), archiveYes)
}

// Archives lists the devices marked as archives, in the order of their keys.
func (s *State) Archives() []DeviceKey {
	var list []DeviceKey
	for device := range s.Members {
		if s.Archive(device) {
			list = append(list, device)
		}
	}
	slices.SortFunc(list, DeviceKey.Compare)
	return list
}

// HistoryAge is how old history must be before a device that is no archive may let
// go of it by itself; zero is never. Of ages written apart the longest counts.
func (s *State) HistoryAge() time.Duration {
	age := time.Duration(0)
	for _, text := range s.saidByAdmins(fieldHistory) {
		days, err := strconv.Atoi(text)
		if err != nil || days < MinHistoryDays || days > MaxHistoryDays {
			return 0
		}
		age = max(age, time.Duration(days)*24*time.Hour)
	}
	return age
}

// MarkArchive marks a device as an archive of the room, or takes the mark away.
type MarkArchive struct {
	Device string // key, its start, or the device's name
	// Not takes the mark away.
	Not    bool
	Reason string
}

// Plan implements Command.
func (c MarkArchive) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	m, err := p.State.FindMember(c.Device)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	value, now := archiveYes, "is an archive now: it keeps all of the room's history"
	if c.Not {
		value, now = "", "is no archive any more"
	}
	switch {
	case !c.Not && m.Recovery:
		return Done{}, refuse("the recovery key is on paper and keeps no history")
	case !c.Not && !m.Active():
		return Done{}, refuse("device %s was removed; an archive is a member", m.Device.Short())
	case p.State.Archive(m.Device) != c.Not && p.State.Keeps(m.Device) != c.Not:
		return Done{Note: "is so already"}, nil
	}
	p.setAsAdmin(archivePrefix+m.Device.String(), value, reason)
	return Done{Note: now}, nil
}

// SetHistoryAge says after how many days devices that are no archive may let go of
// history by themselves.
type SetHistoryAge struct {
	Days   int // zero is never
	Reason string
}

// Plan implements Command.
func (c SetHistoryAge) Plan(p *Planner) (Done, error) {
	if err := p.admin(); err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	switch {
	case c.Days == 0:
		p.setAsAdmin(fieldHistory, "", reason)
		return Done{Note: "every device keeps all history it has"}, nil
	case c.Days < MinHistoryDays || c.Days > MaxHistoryDays:
		return Done{}, refuse("history is kept for %d to %d days on every device, or for ever; nothing was changed", MinHistoryDays, MaxHistoryDays)
	}
	p.setAsAdmin(fieldHistory, strconv.Itoa(c.Days), reason)
	done := Done{Note: "devices that are no archive may let go of history older than " + strconv.Itoa(c.Days) + " days"}
	if len(p.State.Archives()) == 0 {
		done.Note += "; none does before a device is marked archive: `room archive DEVICE`"
	}
	return done, nil
}

// Assume has a state that was folded up to some commits judge by other cuts from
// now on; false, and nothing is changed, where what was folded would have to be
// judged anew.
func (s *State) Assume(cuts map[FeedID]Cut) bool {
	for _, list := range []map[FeedID]Cut{s.Assumed, cuts} {
		for feed := range list {
			held := s.Applied[feed].Seq
			a, b := assumed(s.Assumed, feed), assumed(cuts, feed)
			if min(a.Seq, held) != min(b.Seq, held) || min(a.Named, held) != min(b.Named, held) || until(a.Grades, held) != until(b.Grades, held) {
				return false
			}
		}
	}
	s.Assumed = maps.Clone(cuts)
	if len(cuts) == 0 {
		s.Assumed = nil
	}
	return true
}

func assumed(cuts map[FeedID]Cut, feed FeedID) Cut {
	if c, ok := cuts[feed]; ok {
		return c
	}
	return Cut{Seq: uncut, Named: uncut}
}

// Settled reports whether all a commit says is understood by this version, and is
// about the room itself or incidents that are closed. Its author is a member
// whose word counts.
func (s *State) Settled(c Commit) bool {
	if m := s.Members[c.Device]; m == nil {
		return false
	}
	if a := s.Aside[c.Feed]; a != nil && c.Seq >= a.First {
		return false // an admin may take it in yet
	}
	for _, op := range c.Ops {
		room := op.Kind >= KindRoomFounded && op.Kind <= lastRoomKind
		if !room && (op.Kind < KindDeclared || op.Kind > KindMessageResult) {
			return false
		}
	}
	for _, id := range Touched(c.Feed, c.Seq, c.Ops) {
		if inc := s.Incident(id); inc == nil || !inc.Known() || inc.State() != StateClosed {
			return false
		}
	}
	return true
}
