package model

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// A room has thousands of incidents, and a handful that are worked on. A snapshot
// holds those, what is owed after them, and the ones closed last (settled.go); the
// others are in parts beside it, kept as packs of entries are. All parts are read
// when somebody first asks for a closed incident.

// Limits of the parts.
const (
	// maxClosed is how many incidents a part holds: about 80 kB as it is kept.
	maxClosed = 256
	// maxClosedBytes ends a part early. An incident that is larger by itself stays
	// in the snapshot.
	maxClosedBytes = 2 << 20
)

// closedPart names some closed incidents of a snapshot.
type closedPart struct {
	_ struct{} `cbor:",toarray"`
	// Key is the SHA-256 of the bytes, N how many incidents they hold.
	Key Hash
	N   int
}

// closedIncident is one incident of a part.
type closedIncident struct {
	_        struct{} `cbor:",toarray"`
	ID       ID
	Incident *Incident
}

// putAside names the incidents that are in parts.
type putAside struct {
	parts []closedPart
	// until is when the last of them was closed, in milliseconds since 1970 UTC by
	// who closed it; zero where a snapshot did not say.
	until int64
	sent  []FeedID // that sent their messages
	by    Hash     // of the policy they owe nothing under
}

// closed is the closed incidents of the snapshot a state was read from. Readers
// share it: what was read does not change.
type closed struct {
	putAside
	// judged is the policy last asked about.
	judged atomic.Pointer[judged]

	read  sync.Once
	all   map[ID]*Incident // nil until read, and where it cannot be
	books shelf            // of their runs
}

// Snapshot is a state as its owner stores it.
type Snapshot struct {
	State []byte
	// Closed are the parts it needs by name, where Packs finds them. Bytes are nil
	// where Packs has given them before.
	Closed map[Hash][]byte
}

// Incidents gives every incident, in no order; one may be here before its
// declaration arrived.
func (s *State) Incidents() iter.Seq[*Incident] {
	return func(yield func(*Incident) bool) {
		for _, inc := range s.incidents {
			if !yield(inc) {
				return
			}
		}
		for _, inc := range s.readClosed() {
			if !yield(inc) {
				return
			}
		}
	}
}

// Unclosed gives the incidents that are declared and not closed, in no order,
// without reading the others.
func (s *State) Unclosed() iter.Seq[*Incident] {
	return func(yield func(*Incident) bool) {
		for _, inc := range s.incidents {
			if inc.Known() && inc.State() != StateClosed && !yield(inc) {
				return
			}
		}
	}
}

// Incident gives an incident by its id; nil where nothing of it has arrived.
func (s *State) Incident(id ID) *Incident {
	if inc := s.incidents[id]; inc != nil || id.Zero() {
		return inc
	}
	return s.readClosed()[id]
}

// Count is how many incidents there are.
func (s *State) Count() int {
	n := len(s.incidents)
	if s.closed != nil {
		for _, p := range s.closed.parts {
			n += p.N
		}
	}
	return n
}

// Declared is how many of them are declared.
func (s *State) Declared() int {
	n := s.Count()
	for _, inc := range s.incidents {
		if !inc.Known() {
			n--
		}
	}
	return n
}

// ClosedKeys names the parts that are read when a closed incident is asked for.
func (s *State) ClosedKeys() map[Hash]bool {
	keys := map[Hash]bool{}
	if s.closed != nil {
		for _, p := range s.closed.parts {
			keys[p.Key] = true
		}
	}
	return keys
}

// Missed counts how often something was not there to be read: a part, or a pack.
// Who reads and finds it raised has seen less than there is. The owner then
// folds again.
func (s *State) Missed() uint64 { return s.attic.missed.Load() }

// readClosed gives the closed incidents that are not at hand.
func (s *State) readClosed() map[ID]*Incident {
	if s.closed == nil {
		return nil
	}
	s.closed.read.Do(func() {
		all := make(map[ID]*Incident, s.Count()-len(s.incidents))
		for _, p := range s.closed.parts {
			if err := s.readPart(p, all); err != nil {
				return
			}
		}
		for _, inc := range all {
			s.closed.books.runs(inc)
		}
		s.closed.all = all
	})
	if s.closed.all == nil {
		s.attic.missed.Add(1)
	}
	return s.closed.all
}

// errPart marks bytes that are not the part they should be.
var errPart = errors.New("no part of a snapshot")

func (s *State) readPart(p closedPart, into map[ID]*Incident) error {
	if s.attic.packs == nil {
		return errPart
	}
	data, err := s.attic.packs(p.Key)
	if err != nil {
		return err
	}
	if sha256.Sum256(data) != p.Key {
		return errPart
	}
	plain, err := unsqueeze(data, maxPacked)
	if err != nil {
		return err
	}
	var list []closedIncident
	if err := canonical.dec.Unmarshal(plain, &list); err != nil || len(list) != p.N {
		return errPart
	}
	for _, c := range list {
		if c.Incident == nil || s.incidents[c.ID] != nil || into[c.ID] != nil {
			return errPart
		}
		if !c.Incident.complete() {
			return errHoles
		}
		c.Incident.ID, c.Incident.attic, into[c.ID] = c.ID, s.attic, c.Incident
		if s.attic.clocks.fixes != nil {
			c.Incident.restamp()
		}
	}
	return nil
}

// thaw brings the closed incidents to hand, where one of them is to be changed.
// Where that fails the state is of no use, and its owner folds again.
func (s *State) thaw() {
	all := s.readClosed()
	if all == nil {
		s.stale = s.stale || s.closed != nil
		return
	}
	for id, inc := range all {
		s.incidents[id] = inc
		s.books.runs(inc)
		s.attic.loose += inc.loose
	}
	s.closed = nil
}

// stowed is what is put away of a state, and the incidents that stay in the snapshot.
type stowed struct {
	putAside
	bytes map[Hash][]byte
	rest  map[ID]*Incident
}

// putAway gives the parts of a snapshot. What was put away before under the same
// policy stays as it was until twice as many were closed as are kept at hand.
func (s *State) putAway() (stowed, error) {
	p := s.Policy()
	a := stowed{rest: map[ID]*Incident{}, bytes: map[Hash][]byte{}}
	same, held := s.putAwayBy(p), map[Hash][]byte{}
	if s.closed != nil {
		for _, part := range s.closed.parts {
			held[part.Key] = nil
		}
	}
	var over []*Incident
	last := int64(0) // when the last of all was closed
	sort := func(all map[ID]*Incident) {
		for id, inc := range all {
			if inc.Known() && inc.State() == StateClosed {
				last = max(last, inc.stateSet())
			}
			if s.settled(inc, p) {
				over = append(over, inc)
			} else {
				a.rest[id] = inc
			}
		}
	}
	sort(s.incidents)
	sortRecent(over)
	if s.closed != nil && same && len(over) <= 2*toKeep(over, last) {
		a.keep(over)
		a.putAside, a.bytes = s.closed.putAside, held
		return a, nil
	}
	if s.closed != nil {
		all := s.readClosed()
		if all == nil {
			return a, fmt.Errorf("encode state: %w", ErrStale)
		}
		sort(all)
		sortRecent(over)
	}
	n := toKeep(over, last)
	a.keep(over[:n])
	over = over[n:]
	a.by = fingerprint(p)
	feeds := map[FeedID]bool{}
	for _, inc := range over {
		inc.senders(feeds)
		a.until = max(a.until, inc.stateSet())
	}
	a.sent = slices.SortedFunc(maps.Keys(feeds), FeedID.Compare)
	slices.SortFunc(over, func(x, y *Incident) int { return x.Declared.Compare(y.Declared) })
	var err error
	a.parts, err = partsOf(over, held, a.bytes, a.rest)
	return a, err
}

// toKeep is how many of the settled incidents, the one closed last first, stay at
// hand: KeepRecent, and those closed within dutyBack of the last of all, for who
// worked on them is asked for at every look at what is due.
func toKeep(recent []*Incident, last int64) int {
	n := min(len(recent), KeepRecent)
	for n < len(recent) && recent[n].stateSet() > last-dutyBack.Milliseconds() {
		n++
	}
	return n
}

func (a *stowed) keep(list []*Incident) {
	for _, inc := range list {
		a.rest[inc.ID] = inc
	}
}

// stateSet is when the state of an incident was set last, in milliseconds since
// 1970 UTC by who did; zero where it never was.
func (i *Incident) stateSet() int64 {
	r := i.Fields[FieldState]
	if r == nil {
		return 0
	}
	v, _ := r.Value()
	return v.Stamp.Recorded()
}

// workedOn gives every incident that people may have worked on after a moment, in
// milliseconds, without reading what was closed before.
func (s *State) workedOn(after int64) iter.Seq[*Incident] {
	all := s.Incidents()
	if s.closed != nil && s.closed.until != 0 && s.closed.until <= after {
		all = maps.Values(s.incidents)
	}
	return func(yield func(*Incident) bool) {
		for inc := range all {
			if inc.Known() && (inc.State() == StateOpen || inc.stateSet() > after) && !yield(inc) {
				return
			}
		}
	}
}

// partsOf writes incidents into parts. Those held are named, and not given.
func partsOf(over []*Incident, held, bytes map[Hash][]byte, rest map[ID]*Incident) ([]closedPart, error) {
	var parts []closedPart
	var plain []byte
	n := 0
	end := func() {
		if n == 0 {
			return
		}
		data := squeeze(nil, append(appendArray(nil, n), plain...))
		key := Hash(sha256.Sum256(data))
		if bytes[key] = data; has(held, key) {
			bytes[key] = nil
		}
		parts = append(parts, closedPart{Key: key, N: n})
		plain, n = plain[:0], 0
	}
	for _, inc := range over {
		b, err := canonical.enc.Marshal(closedIncident{ID: inc.ID, Incident: inc})
		if err != nil {
			return nil, fmt.Errorf("encode incident %s: %w", inc.Code, err)
		}
		if len(b) > maxClosedBytes {
			rest[inc.ID] = inc
			continue
		}
		if n == maxClosed || len(plain)+len(b) > maxClosedBytes {
			end()
		}
		plain, n = append(plain, b...), n+1
	}
	end()
	return parts, nil
}

func has(keys map[Hash][]byte, key Hash) bool {
	_, ok := keys[key]
	return ok
}

// appendArray writes the head of a CBOR array of at most maxClosed items.
func appendArray(b []byte, n int) []byte {
	switch {
	case n < 24:
		return append(b, majorArray<<5|byte(n))
	case n < 1<<8:
		return append(b, majorArray<<5|24, byte(n))
	}
	return append(b, majorArray<<5|25, byte(n>>8), byte(n))
}
