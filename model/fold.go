package model

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"holdfast/model/crdt"
)

// ErrHole is returned by Apply for a commit whose predecessor in its feed was
// not applied: its caller must keep each feed's order.
var ErrHole = errors.New("commit out of order in its feed")

// Apply folds one commit into the state. A commit that was applied before
// changes nothing. It keeps nothing of the memory of the ops. Content never fails: what
// cannot be understood, or was not allowed, is counted and stays in the log.
func (s *State) Apply(c Commit) error {
	mark := s.Applied[c.Feed]
	if c.Seq <= mark.Seq {
		return nil
	}
	if c.Seq != mark.Seq+1 {
		return fmt.Errorf("%w: feed %s has %d, got %d", ErrHole, c.Feed.Short(), mark.Seq, c.Seq)
	}
	if c.Seq > 1 {
		c.Device = mark.Device
	}
	s.Applied[c.Feed] = Mark{Seq: c.Seq, Device: c.Device, At: c.Wall - c.Off}
	if c.Seq == 1 && s.attic.clocks.fixes != nil {
		s.attic.clocks.begun(c.Feed, c.Device)
	}
	if slices.ContainsFunc(c.Ops, func(op Op) bool { return !op.Kind.entry() }) {
		s.attic.recent.others++
	}
	s.admit(c)
	return nil
}

// admit folds a commit whose author is a member and parks it otherwise.
func (s *State) admit(c Commit) {
	s.found(c)
	member := s.Members[c.Device]
	if member == nil {
		s.park(c)
		return
	}
	cut, ended := s.cut(member, c.Feed)
	aside := ended && c.Seq > cut.Seq
	if aside {
		s.setAside(c)
	}
	for n, op := range c.Ops {
		stamp := s.stamp(c, n)
		switch void := ended && c.Seq > cut.Named && op.Kind.membership(); {
		case void:
			s.overrule(c.Device, stamp, op, RuleRemoved)
		case !aside:
			s.fold(member, stamp, op)
		}
	}
	if ended && !aside && c.Seq > cut.Named {
		s.voidEpochs(c.Ops)
	}
}

// stamp gives the stamp of an op of a commit.
func (s *State) stamp(c Commit, n int) Stamp {
	at := Stamp{Lamport: c.Lamport, Wall: c.Wall, Off: c.Off, Feed: c.Feed, Seq: c.Seq, N: uint16(n)}
	if s.attic.clocks.fixes != nil {
		s.attic.clocks.correct(&at)
	}
	return at
}

// membership reports whether ops of a kind act on who is in the room.
func (k Kind) membership() bool {
	switch k {
	case KindMemberAdded, KindMemberRemoved, KindRoleChanged, KindInviteIssued, KindInviteClosed, KindEpochStarted, KindQuarantineJudged:
		return true
	}
	return false
}

// entry reports whether ops of a kind write, correct or take back an entry.
func (k Kind) entry() bool {
	return k == KindEntryAdded || k == KindEntryEdited || k == KindEntryRetracted
}

// cut tells how a feed is judged; false where its device was neither removed nor
// given another role. A removed device has no feeds beyond those its removal names.
func (s *State) cut(m *Member, feed FeedID) (Cut, bool) {
	if !m.Removed.zero() || len(m.Changes) > 0 {
		s.Cuts[feed] = s.cutOf(m, feed)
	}
	if cut, ok := s.Assumed[feed]; ok {
		return cut, true
	}
	cut, ok := s.Cuts[feed]
	return cut, ok
}

// park keeps a commit until its author is known, in an order that does not
// depend on arrival.
func (s *State) park(c Commit) {
	c.Ops = cloneOps(c.Ops)
	parked := s.Parked[c.Device]
	i, _ := slices.BinarySearchFunc(parked, c, compareCommits)
	s.Parked[c.Device] = slices.Insert(parked, i, c)
}

func compareCommits(a, b Commit) int {
	return cmp.Or(a.Feed.Compare(b.Feed), cmp.Compare(a.Seq, b.Seq))
}

// unpark folds what a new member wrote before its admission was known here.
func (s *State) unpark(device DeviceKey) {
	parked := s.Parked[device]
	delete(s.Parked, device)
	for _, c := range parked {
		s.admit(c)
	}
}

func (s *State) fold(by *Member, at Stamp, op Op) {
	on, ok := op.Target()
	if !ok {
		s.Refused++
		return
	}
	var err error
	switch {
	case op.Kind >= KindRoomFounded && op.Kind <= lastRoomKind:
		err = s.foldRoom(by, at, on, op)
	case op.Kind >= KindDeclared && op.Kind <= KindMessageResult:
		err = s.foldIncident(by, at, on, op)
	default:
		s.Newer++
		return
	}
	switch {
	case errors.Is(err, errNewer):
		s.Newer++
	case err != nil:
		s.Refused++
	}
}

// errNewer marks a kind inside a known range that this version does not know.
var errNewer = errors.New("kind of a newer version")

// errRefused marks an op its author had no right to.
var errRefused = errors.New("not allowed")

func (s *State) foldRoom(by *Member, at Stamp, on ID, op Op) error {
	switch op.Kind {
	case KindRoomFounded:
		if at.N != 0 || at != s.Founded {
			return errRefused
		}
		return nil // found has seen to it
	case KindMemberAdded, KindMemberRemoved, KindRoleChanged, KindInviteIssued, KindInviteClosed:
		return s.foldMembership(by, at, op)
	case KindEpochStarted, KindEpochShared:
		return s.foldEpoch(by, at, op)
	case KindQuarantineJudged:
		return s.foldJudged(by, at, op)
	case KindRoster:
		return s.foldRoster(by, at, op)
	}
	if !s.mayWriteAt(by, at) {
		return errRefused
	}
	s.rotas = &rotas{} // schedules are items, and tell of people by name
	switch op.Kind {
	case KindRoomField:
		defer s.assemble(op)
		return s.Fields.fold(at, op)
	case KindRoomItemAdded, KindRoomItemField:
		defer s.shelve(at, op)
		return s.Items.fold(at, op, op.Kind == KindRoomItemAdded)
	case KindPersonAdded:
		p, err := decode[personAdded](op)
		if err != nil {
			return err
		}
		s.person(at.ID()).add(at, p)
	case KindPersonField:
		if on.Zero() {
			return errRefused
		}
		return s.person(on).Fields.fold(at, op)
	default:
		return errNewer
	}
	return nil
}

func (s *State) foldIncident(by *Member, at Stamp, on ID, op Op) error {
	if !s.mayWriteAt(by, at) {
		return errRefused
	}
	if op.Kind == KindDeclared {
		d, err := decode[declared](op)
		if err != nil {
			return err
		}
		s.atHand(at.ID()).declare(at, d)
		return nil
	}
	if on.Zero() {
		if op.Kind >= KindMessageQueued {
			return s.foldMessage(nil, at, op)
		}
		return errRefused
	}
	if s.closed != nil && s.incidents[on] == nil {
		s.thaw()
	}
	inc := s.atHand(on)
	switch op.Kind {
	case KindIncidentField:
		return inc.Fields.fold(at, op)
	case KindEntryAdded, KindEntryEdited, KindEntryRetracted:
		return s.foldEntry(inc, at, op)
	case KindTaskAdded, KindTaskField:
		return s.foldTask(inc, at, op)
	case KindItemAdded, KindItemField:
		defer s.pin(inc, at)
		return inc.Items.fold(at, op, op.Kind == KindItemAdded)
	case KindTextEdited:
		return inc.foldText(at, op)
	case KindMessageQueued, KindMessageClaimed, KindMessageResult:
		return s.foldMessage(inc, at, op)
	}
	return errNewer
}

func (f Fields) fold(at Stamp, op Op) error {
	set, err := decode[fieldSet](op)
	if err != nil {
		return err
	}
	if !validField(set.Field) || len(set.Value) > MaxText || len(set.Reason) > MaxText {
		return errRefused
	}
	f.write(set.Field, crdt.Write[ID, Value]{
		Key: at.ID(), Rank: at.Lamport, Pred: set.Pred,
		Value: Value{Text: set.Value, Reason: set.Reason, Stamp: at},
	})
	return nil
}

// maxFieldName bounds the name of a field: names are ours or a room's own
// words, never texts.
const maxFieldName = 128

func validField(name string) bool {
	return name != "" && len(name) <= maxFieldName && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' })
}

// initial writes the fields a thing was created with.
func (f Fields) initial(at Stamp, values map[string]string) {
	for name, text := range values {
		if validField(name) && len(text) <= MaxText {
			f.write(name, crdt.Write[ID, Value]{Key: at.ID(), Rank: at.Lamport, Value: Value{Text: text, Stamp: at}})
		}
	}
}

// atHand gives an incident that is to be changed.
func (s *State) atHand(id ID) *Incident {
	inc := s.incidents[id]
	if inc == nil {
		inc = &Incident{ID: id, Fields: Fields{}, Entries: map[ID]*Entry{}, Tasks: map[ID]*Task{}, Messages: map[ID]*Message{}, attic: s.attic}
		s.incidents[id] = inc
	}
	inc.changed()
	return inc
}

func (s *State) person(id ID) *Person {
	p := s.People[id]
	if p == nil {
		p = &Person{Fields: Fields{}}
		s.People[id] = p
	}
	return p
}
