package model

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"

	"holdfast/model/crdt"
	"holdfast/model/policy"
	"holdfast/model/when"
)

// Value is one write to a field.
type Value struct {
	_      struct{} `cbor:",toarray"`
	Text   string
	Reason string
	Stamp  Stamp
}

// Field is a register of texts: what is current, what competes, and all that
// was ever written.
type Field = crdt.Register[ID, Value]

// Fields are the fields of one thing by name. Values are texts in one form
// each: RFC 3339 in UTC for times, an id for a person.
type Fields map[string]*Field

// Text gives the current value of a field, or "" where none was written.
func (f Fields) Text(name string) string {
	r := f[name]
	if r == nil {
		return ""
	}
	v, _ := r.Value()
	return v.Text
}

func (f Fields) write(name string, w crdt.Write[ID, Value]) {
	r := f[name]
	if r == nil {
		r = &Field{}
		f[name] = r
	}
	r.Add(w)
}

// heads gives what a new write to the field replaces.
func (f Fields) heads(name string) []ID {
	if r := f[name]; r != nil {
		return r.Heads()
	}
	return nil
}

// conflict gives the competing writes of a field where they differ in value.
func (f Fields) conflict(name string) []crdt.Write[ID, Value] {
	r := f[name]
	if r == nil {
		return nil
	}
	current := r.Current()
	for _, w := range current {
		if w.Value.Text != current[0].Value.Text {
			return current
		}
	}
	return nil
}

// Mark is how far a feed has been folded, and who writes it.
type Mark struct {
	_      struct{} `cbor:",toarray"`
	Seq    uint64
	Device DeviceKey
	// At is when the last commit was written, in milliseconds since 1970 UTC.
	At int64
}

// Pending is an op that waits for another to arrive.
type Pending struct {
	_  struct{} `cbor:",toarray"`
	By DeviceKey
	At Stamp
	Op Op
}

// State is a room folded from its commits: the same set of commits gives the
// same State, whatever the order (each feed's own order kept), the batching or
// the duplication. It is not safe for concurrent use; its owner is the replica.
//
// Fields are exported for encoding. Reading them is free; only Apply changes
// them.
type State struct {
	Room    RoomID
	Founded Stamp
	// Founder and Nonce are what the room id is made of.
	Founder DeviceKey
	Nonce   Nonce
	Fields  Fields
	Members map[DeviceKey]*Member
	People  map[ID]*Person
	Invites map[ID]*Invite
	// Epochs are the room's keys after the first, by number.
	Epochs map[uint32]*Epoch `cbor:",omitempty"`
	// Items of the room itself: schedules, vendors, runbooks of its own.
	Items Items `cbor:",omitempty"`
	// Messages of the room itself: alerts that are passed on.
	Messages map[ID]*Message `cbor:",omitempty"`
	// Applied says what has been folded: a commit at or below is ignored.
	Applied map[FeedID]Mark
	// Cuts is the last accepted commit of each feed of a removed device, as far
	// as the feed is here.
	Cuts map[FeedID]Cut
	// Assumed are cuts an earlier fold found. They hold from the first commit
	// on, and this fold must find them again: see Stale.
	Assumed map[FeedID]Cut `cbor:",omitempty"`
	// Parked holds commits of devices that are not members yet.
	Parked map[DeviceKey][]Commit
	// Waiting holds acts about devices whose admission has not arrived.
	Waiting map[DeviceKey][]Pending
	// Aside is what removed devices wrote after their removal, by feed, and
	// Rulings what admins made of it.
	Aside   map[FeedID]*Aside   `cbor:",omitempty"`
	Rulings map[FeedID]*Rulings `cbor:",omitempty"`
	// Rosters are what each admin told the relays last.
	Rosters map[DeviceKey]Told `cbor:",omitempty"`
	// Overruled are acts on the membership that do not count, in order.
	Overruled []Overruled `cbor:",omitempty"`
	// Newer counts ops of kinds this version does not know; Refused counts ops
	// their author had no right to, or that make no sense; Quarantined counts
	// commits after the cut of a removed device.
	Newer, Refused, Quarantined uint64

	// incidents are those at hand by id, closed the others: see Incidents.
	incidents map[ID]*Incident
	closed    *closed

	// stale is set where a change of membership reaches back over commits that
	// were folded already; the owner then folds again from the log.
	stale bool
	// policy is what the room has agreed on, assembled from its fields.
	policy      *policy.Policy
	policyWrong []string
	// books are the runbooks of the room, read while folding.
	books shelf
	attic *attic
	// rotas are the on-call schedules, composed from the items of the room.
	rotas *rotas
	// classes are the items of the room by class, in the order they were added: a
	// room has thousands of alerts and a dozen of anything else.
	classes map[string][]ID
	// alerts are the alerts of the room, read from its items while folding.
	alerts alertBook
}

// NewState gives the state of a room before its first commit. cuts are those
// already known from an earlier fold of the same log; nil is right otherwise.
func NewState(room RoomID, cuts map[FeedID]Cut) *State {
	s := &State{
		Room: room, Fields: Fields{}, Members: map[DeviceKey]*Member{}, People: map[ID]*Person{}, Invites: map[ID]*Invite{},
		incidents: map[ID]*Incident{}, Applied: map[FeedID]Mark{}, Cuts: map[FeedID]Cut{}, Parked: map[DeviceKey][]Commit{},
		Waiting: map[DeviceKey][]Pending{}, rotas: &rotas{}, attic: &attic{recent: &recent{}},
	}
	if len(cuts) > 0 {
		s.Assumed = maps.Clone(cuts)
	}
	return s
}

// Stale reports that the state must be folded again from the log, because a
// change of membership reaches back: a removal came after commits it does not
// accept, or one that was counted on does not hold any more. Give Cuts to the
// new state, and fold in the order of Lamport time, then feed. Ask when all the
// log holds has been applied.
func (s *State) Stale() bool {
	if s.stale {
		return true
	}
	for feed, seq := range s.Assumed {
		if found, ok := s.Cuts[feed]; !ok || found != seq {
			return true
		}
	}
	return false
}

// Name gives the room's name.
func (s *State) Name() string { return s.Fields.Text("name") }

// Author gives the device that wrote a feed; false where the feed is unknown.
func (s *State) Author(feed FeedID) (DeviceKey, bool) {
	m, ok := s.Applied[feed]
	return m.Device, ok
}

// Hash is a digest of the whole state: equal on two replicas exactly where
// they hold the same commits and fold them alike.
func (s *State) Hash() (Hash, error) {
	h := sha256.New()
	shell := *s
	shell.Assumed = nil
	b, err := canonical.enc.Marshal(form{State: &shell})
	if err != nil {
		return Hash{}, fmt.Errorf("hash the room: %w", err)
	}
	h.Write(b)
	all := slices.SortedFunc(s.Incidents(), func(a, b *Incident) int { return a.ID.Compare(b.ID) })
	if len(all) != s.Count() {
		return Hash{}, fmt.Errorf("hash the room: %w", ErrStale)
	}
	for _, inc := range all {
		digest, err := inc.digest()
		if err != nil {
			return Hash{}, err
		}
		h.Write(inc.ID[:])
		h.Write(digest[:])
	}
	return Hash(h.Sum(nil)), nil
}

// ErrStale is returned where a state must be folded again first.
var ErrStale = errors.New("the state must be folded again from the log")

// form is a state as it is encoded.
type form struct {
	*State
	Incidents map[ID]*Incident
	Closed    []closedPart `cbor:",omitempty"`
	// Until is putAside.until.
	Until int64 `cbor:",omitempty"`
	// Sent are the feeds that sent messages of the closed ones, SettledBy is the
	// policy they owe nothing under.
	Sent      []FeedID `cbor:",omitempty"`
	SettledBy *Hash    `cbor:",omitempty"`
}

// Encode gives the state as bytes for a snapshot; ErrStale where it is not
// worth one.
func (s *State) Encode() (Snapshot, error) {
	if s.stale {
		return Snapshot{}, fmt.Errorf("encode state: %w", ErrStale)
	}
	a, err := s.putAway()
	if err != nil {
		return Snapshot{}, err
	}
	f := form{State: s, Incidents: a.rest, Closed: a.parts, Until: a.until, Sent: a.sent}
	if len(a.parts) > 0 {
		f.SettledBy = &a.by
	}
	b, err := canonical.enc.Marshal(f)
	if err != nil {
		return Snapshot{}, fmt.Errorf("encode state: %w", err)
	}
	return Snapshot{State: b, Closed: a.bytes}, nil
}

// DecodeState reads Snapshot.State. A snapshot is a cache: on any error the
// owner folds from the log. Its parts are read from Packs when they are asked for.
func DecodeState(b []byte) (*State, error) {
	s := NewState(RoomID{}, nil)
	f := form{State: s, Incidents: s.incidents}
	if err := canonical.dec.Unmarshal(b, &f); err != nil {
		return nil, fmt.Errorf("decode state: %w", err)
	}
	s.incidents = f.Incidents
	if len(f.Closed) > 0 {
		s.closed = &closed{putAside: putAside{parts: f.Closed, until: f.Until, sent: f.Sent}}
		if f.SettledBy != nil {
			s.closed.by = *f.SettledBy
		}
	}
	if err := s.complete(); err != nil {
		return nil, fmt.Errorf("decode state: %w", err)
	}
	if s.ownPolicy() {
		s.assemblePolicy()
	}
	s.indexItems()
	s.shelveAll()
	for _, id := range s.classes[ClassClockFix] {
		s.takeFix(id, s.Items[id])
	}
	if s.attic.clocks.fixes != nil {
		s.restamp()
	}
	return s, nil
}

// errHoles marks a snapshot that lacks parts every state has.
var errHoles = errors.New("the snapshot has holes")

// complete checks that no part of a decoded state is missing: the bytes may
// come from a damaged disk, and nothing that reads a state looks for nil.
func (s *State) complete() error {
	whole := s.Fields.complete() && s.Items.complete() && s.Members != nil && s.People != nil && s.Invites != nil && s.incidents != nil &&
		s.Applied != nil && s.Cuts != nil && s.Parked != nil && s.Waiting != nil
	for _, m := range s.Members {
		whole = whole && m != nil
	}
	for _, p := range s.People {
		whole = whole && p != nil && p.Fields.complete()
	}
	for _, i := range s.Invites {
		whole = whole && i != nil
	}
	for _, e := range s.Epochs {
		whole = whole && e != nil
	}
	for feed, a := range s.Aside {
		whole = whole && a != nil && a.First <= a.Last && s.Applied[feed].Seq >= a.Last
	}
	for _, r := range s.Rulings {
		whole = whole && r != nil
	}
	for _, m := range s.Messages {
		whole = whole && m != nil
	}
	for id, i := range s.incidents {
		if whole = whole && i != nil; whole {
			whole = i.complete()
			i.ID, i.attic = id, s.attic
			s.attic.loose += i.loose
		}
	}
	if s.closed != nil {
		for _, p := range s.closed.parts {
			whole = whole && p.N >= 1 && p.N <= maxClosed
		}
	}
	if !whole {
		return errHoles
	}
	return nil
}

func (f Fields) complete() bool {
	for _, r := range f {
		if r == nil {
			return false
		}
	}
	return f != nil
}

// complete is the same for an incident; it also counts what is not in the encoding.
func (i *Incident) complete() bool {
	for _, p := range i.Packs {
		if p.N < 1 || p.N > maxPack {
			return false
		}
		i.written = max(i.written, p.Written)
	}
	for key := range i.Places {
		if !slices.ContainsFunc(i.Packs, func(p Pack) bool { return p.Key == key }) {
			return false
		}
	}
	for id, e := range i.Entries {
		if e == nil || e.First.Precision > when.After {
			return false
		}
		if e.Known() {
			i.written = max(i.written, e.First.Stamp.Recorded())
			i.loose++
		}
		if len(e.Edits) > 0 {
			i.corrected = append(i.corrected, id)
		}
		for _, w := range e.Edits {
			if w.Value.Precision > when.After {
				return false
			}
		}
	}
	for _, t := range i.Tasks {
		if t == nil || !t.Fields.complete() {
			return false
		}
	}
	for _, m := range i.Messages {
		if m == nil {
			return false
		}
	}
	for _, t := range i.Texts {
		if !t.complete() {
			return false
		}
	}
	return i.Fields.complete() && i.Items.complete() && i.Entries != nil && i.Tasks != nil && i.Messages != nil
}
