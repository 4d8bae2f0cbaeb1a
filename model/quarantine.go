package model

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
)

// Cut is how a feed is judged whose device was removed or given another role.
type Cut struct {
	_ struct{} `cbor:",toarray"`
	// Seq is the last commit that counts.
	Seq uint64
	// Named is the last whose acts on the membership count too: what an admin
	// took out of quarantine later brings its words, and not whom its author let
	// in or removed by then.
	Named uint64
	// Grades are the roles after the one of the admission; see State.grades.
	Grades string
}

// Aside is what is kept in quarantine of one feed of a removed device.
type Aside struct {
	Device DeviceKey
	// First and Last are the first and the last commit; all between are aside.
	First, Last uint64
	// FirstAt and LastAt are when they were written, in milliseconds since 1970 UTC.
	FirstAt, LastAt int64
}

// quarantineJudged is an admin's ruling on what a removed device wrote after
// its removal: commits up to Seq count, or are put away for good.
type quarantineJudged struct {
	Feed   FeedID `cbor:"1,keyasint,omitempty"`
	Seq    uint64 `cbor:"2,keyasint,omitempty"`
	Accept bool   `cbor:"3,keyasint,omitempty"`
	Reason string `cbor:"4,keyasint,omitempty"`
}

// Ruling says up to which commit of a feed an admin ruled, and when.
type Ruling struct {
	Seq    uint64
	At     Stamp
	Reason string
}

// Rulings are the furthest rulings on a feed. Where admins ruled both ways
// apart, accepting wins: to put away is to hide, and what one admin vouches for
// is not hidden by another who did not know.
type Rulings struct {
	Accepted, Discarded Ruling
}

// furthest keeps the ruling that reaches furthest, and of these the earliest.
func (r *Ruling) furthest(o Ruling) {
	if c := cmp.Compare(o.Seq, r.Seq); c > 0 || c == 0 && o.At.Compare(r.At) < 0 {
		*r = o
	}
}

func (s *State) foldJudged(by *Member, at Stamp, op Op) error {
	body, err := decode[quarantineJudged](op)
	admin, _ := s.adminAt(by, at)
	if err != nil || !admin || body.Seq == 0 || len(body.Reason) > MaxText {
		return cmp.Or(err, errRefused)
	}
	r := s.Rulings[body.Feed]
	if r == nil {
		if s.Rulings == nil {
			s.Rulings = map[FeedID]*Rulings{}
		}
		r = &Rulings{}
		s.Rulings[body.Feed] = r
	}
	ruling := Ruling{Seq: body.Seq, At: at, Reason: body.Reason}
	if !body.Accept {
		r.Discarded.furthest(ruling)
		return nil
	}
	r.Accepted.furthest(ruling)
	mark, here := s.Applied[body.Feed]
	if m := s.Members[mark.Device]; here && m != nil && !m.Removed.zero() {
		s.end(m, body.Feed, mark.Seq)
	}
	return nil
}

// cutOf gives how a feed is judged by the changes of its device's role, its
// removal, and what admins took in later.
func (s *State) cutOf(m *Member, feed FeedID) Cut {
	c := Cut{Seq: uncut, Named: uncut, Grades: s.grades(m, feed)}
	if m.Active() {
		return c
	}
	c.Seq, c.Named = m.Named[feed], m.Named[feed]
	if r := s.Rulings[feed]; r != nil {
		c.Seq = max(c.Seq, r.Accepted.Seq)
	}
	return c
}

// setAside keeps count of a commit that does not count.
func (s *State) setAside(c Commit) {
	s.Quarantined++
	s.voidEpochs(c.Ops)
	at := c.Wall - c.Off
	a := s.Aside[c.Feed]
	if a == nil {
		if s.Aside == nil {
			s.Aside = map[FeedID]*Aside{}
		}
		a = &Aside{Device: c.Device, First: c.Seq, FirstAt: at}
		s.Aside[c.Feed] = a
	}
	a.Last, a.LastAt = c.Seq, at
}

// waiting gives how many commits of a feed await an admin's ruling, and the
// first of them.
func (s *State) waiting(feed FeedID, a *Aside) (from, n uint64) {
	from = a.First
	if r := s.Rulings[feed]; r != nil {
		from = max(from, r.Discarded.Seq+1)
	}
	if from > a.Last {
		return from, 0
	}
	return from, a.Last - from + 1
}

// QuarantineView is what a removed device wrote after its removal, in one feed.
type QuarantineView struct {
	Device string `json:"device"`
	Name   string `json:"name"`
	Person string `json:"person"`
	Feed   FeedID `json:"feed"`
	// First and Last are the commits' numbers in the feed, Commits their count.
	First   uint64    `json:"first"`
	Last    uint64    `json:"last"`
	Commits uint64    `json:"commits"`
	FirstAt time.Time `json:"first_at,omitzero"`
	LastAt  time.Time `json:"last_at,omitzero"`
	// Discarded is set where an admin put all of it away, By whom and why.
	Discarded bool   `json:"discarded"`
	By        string `json:"by"`
	Reason    string `json:"reason"`
	// Preview is what the first commits say, for an admin; the record has it.
	Preview []string `json:"preview"`
}

// QuarantineViews lists what is in quarantine, by device and feed: what awaits a
// ruling, and with all what was put away too.
func (s *State) QuarantineViews(all bool) []QuarantineView {
	views := []QuarantineView{}
	for _, feed := range slices.SortedFunc(maps.Keys(s.Aside), FeedID.Compare) {
		a := s.Aside[feed]
		from, n := s.waiting(feed, a)
		if n == 0 && !all {
			continue
		}
		m := s.Members[a.Device]
		v := QuarantineView{
			Device: a.Device.String(), Feed: feed, First: from, Last: a.Last, Commits: n,
			FirstAt: viewMilli(a.FirstAt), LastAt: viewMilli(a.LastAt), Preview: []string{},
		}
		if m != nil {
			v.Name, v.Person = m.Name, s.PersonName(m.Person)
		}
		if n == 0 {
			r := s.Rulings[feed].Discarded
			v.First, v.Commits, v.Discarded, v.By, v.Reason = a.First, a.Last-a.First+1, true, s.AuthorName(r.At), r.Reason
		}
		views = append(views, v)
	}
	slices.SortStableFunc(views, func(a, b QuarantineView) int { return strings.Compare(a.Device, b.Device) })
	return views
}

// previewed bounds the characters of one line of a preview.
const previewed = 160

// Preview says in a line each what the ops of a commit would do.
func Preview(ops []Op) []string {
	var lines []string
	rest := 0
	for _, op := range ops {
		text := ""
		switch op.Kind {
		case KindEntryAdded:
			if e, err := decodeEntry(op); err == nil {
				text = e.Text
			}
		case KindEntryEdited:
			if e, err := decode[entryEdited](op); err == nil {
				text = "corrects an entry: " + e.Text
			}
		case KindDeclared:
			if d, err := decode[declared](op); err == nil {
				text = "declares " + d.Code + ": " + d.Fields[FieldTitle]
			}
		case KindIncidentField, KindRoomField, KindPersonField, KindTaskField:
			if f, err := decode[fieldSet](op); err == nil {
				text = "sets " + f.Field + " to " + f.Value
			}
		case KindTaskAdded:
			if t, err := decode[taskAdded](op); err == nil {
				text = "adds a task: " + t.Fields[FieldTitle]
			}
		case KindMemberAdded, KindMemberRemoved, KindRoleChanged, KindInviteIssued, KindInviteClosed, KindEpochStarted, KindEpochShared, KindQuarantineJudged:
			text = "acts on the membership, which will not count"
		}
		if text == "" {
			rest++
			continue
		}
		if r := []rune(text); len(r) > previewed {
			text = string(r[:previewed]) + "…"
		}
		lines = append(lines, text)
	}
	if rest > 0 {
		lines = append(lines, count(rest, "other change"))
	}
	return lines
}

// JudgeQuarantine rules on what a removed device wrote after its removal:
// Accept has it count, the others put it away. What is accepted brings no acts
// on the membership with it.
type JudgeQuarantine struct {
	Device string // key, its start, or the device's name
	Accept bool
	// UpTo is the last commit that is meant, of the one feed there is; 0 is all.
	UpTo   uint64
	Reason string
}

// Plan implements Command.
func (c JudgeQuarantine) Plan(p *Planner) (Done, error) {
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
	var feeds []FeedID
	for _, v := range p.State.QuarantineViews(c.Accept) { // what was put away can still be taken in
		if v.Device == m.Device.String() {
			feeds = append(feeds, v.Feed)
		}
	}
	switch {
	case len(feeds) == 0:
		return Done{}, refuse("nothing of device %s is in quarantine", m.Device.Short())
	case c.UpTo != 0 && len(feeds) > 1:
		return Done{}, refuse("device %s wrote in %d feeds, so a number does not say which commits; rule on all of them", m.Device.Short(), len(feeds))
	}
	for _, feed := range feeds {
		a := p.State.Aside[feed]
		if c.UpTo != 0 && (c.UpTo < a.First || c.UpTo > a.Last) {
			return Done{}, refuse("commits %d to %d are in quarantine; %d is not among them", a.First, a.Last, c.UpTo)
		}
		p.add(KindQuarantineJudged, ID{}, quarantineJudged{Feed: feed, Seq: cmp.Or(c.UpTo, a.Last), Accept: c.Accept, Reason: reason})
	}
	return Done{}, nil
}
