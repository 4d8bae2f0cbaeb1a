package model

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sync"
)

// A room has thousands of incidents, and a handful that are worked on. A snapshot
// holds those; the closed ones are in parts beside it, kept as packs of entries
// are. All parts are read when somebody first asks for a closed incident.

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
}

// closed is the closed incidents of the snapshot a state was read from. Readers
// share it: what was read does not change.
type closed struct {
	putAside
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

// declared is how many of them are declared.
func (s *State) declared() int {
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

// putAway gives the parts of a snapshot, and the incidents that stay in it. What
// was put away before, and is as it was, is not written again.
func (s *State) putAway() (away putAside, bytes map[Hash][]byte, rest map[ID]*Incident, err error) {
	rest, bytes = map[ID]*Incident{}, map[Hash][]byte{}
	over := s.longClosed()
	for id, inc := range s.incidents {
		rest[id] = inc
	}
	for _, inc := range over {
		delete(rest, inc.ID)
		away.until = max(away.until, inc.stateSet())
	}
	if s.closed != nil {
		for _, p := range s.closed.parts {
			bytes[p.Key] = nil
		}
		if len(over) == 0 {
			return s.closed.putAside, bytes, rest, nil
		}
		all := s.readClosed()
		if all == nil {
			return away, nil, nil, fmt.Errorf("encode state: %w", ErrStale)
		}
		for _, inc := range all {
			over = append(over, inc)
			away.until = max(away.until, inc.stateSet())
		}
	}
	held := bytes
	bytes = map[Hash][]byte{}
	slices.SortFunc(over, func(a, b *Incident) int { return a.Declared.Compare(b.Declared) })
	away.parts, bytes, rest, err = partsOf(over, held, bytes, rest)
	return away, bytes, rest, err
}

// longClosed gives the incidents at hand that were closed dutyBack before the
// last that was: who worked on the others is asked for at every look at what is due.
func (s *State) longClosed() (over []*Incident) {
	last := int64(0)
	for _, inc := range s.incidents {
		if inc.Known() && inc.State() == StateClosed {
			over = append(over, inc)
			last = max(last, inc.stateSet())
		}
	}
	return slices.DeleteFunc(over, func(inc *Incident) bool { return inc.stateSet() > last-dutyBack.Milliseconds() })
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
func partsOf(over []*Incident, held, bytes map[Hash][]byte, rest map[ID]*Incident) ([]closedPart, map[Hash][]byte, map[ID]*Incident, error) {
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
			return nil, nil, nil, fmt.Errorf("encode incident %s: %w", inc.Code, err)
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
	return parts, bytes, rest, nil
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
