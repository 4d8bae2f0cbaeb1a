package model

import (
	"cmp"
	"slices"
	"time"

	"holdfast/model/crdt"
	"holdfast/model/when"
)

// Kinds lists the kinds of timeline entry.
var Kinds = [...]string{
	"note", "trigger", "impact", "detection", "page", "declared", "role", "investigation", "finding", "hypothesis",
	"decision", "action", "failed_action", "mitigation", "communication", "escalation", "vendor", "recovery",
	"verified", "resolved", "followup", "attacker",
}

// Entry is one timeline row as people wrote it. Nothing is deleted: it is
// corrected by a new version or retracted with a reason, and all stays.
type Entry struct {
	_ struct{} `cbor:",toarray"`
	// First is the entry as it was added; its stamp is zero while only
	// corrections have arrived.
	First Version
	// Edits are the corrections, in display order.
	Edits []crdt.Write[ID, Version]
	// Retractions, in display order.
	Retractions []Retraction
}

// Version is the content of an entry at one time.
type Version struct {
	_ struct{} `cbor:",toarray"`
	// At is when it happened, in milliseconds since 1970 UTC, as it was written. The
	// versions an entry gives are as people see it: see Stamp.shown.
	At        int64
	Precision when.Precision
	Kind      string
	Text      string
	Stamp     Stamp
}

// Time gives At as a time in UTC.
func (v Version) Time() time.Time { return time.UnixMilli(v.At).UTC() }

// Retraction takes an entry back, for a reason; the entry stays readable.
type Retraction struct {
	_      struct{} `cbor:",toarray"`
	Stamp  Stamp
	Reason string
}

// Known reports whether the entry itself has arrived.
func (e *Entry) Known() bool { return !e.First.Stamp.zero() }

// Retracted reports whether the entry was taken back.
func (e *Entry) Retracted() bool { return len(e.Retractions) > 0 }

// register gives the versions as a register, in which the entry as added is
// the first write.
func (e *Entry) register(id ID) *crdt.Register[ID, Version] {
	r, first := &crdt.Register[ID, Version]{}, e.first()
	r.Add(crdt.Write[ID, Version]{Key: id, Rank: first.Stamp.Lamport, Value: first})
	for _, w := range e.Edits {
		if w.Value.At == e.First.At { // the correction left the time alone
			w.Value.At = first.At
		}
		r.Add(w)
	}
	return r
}

// first gives the version as it was added, at the time people see.
func (e *Entry) first() Version {
	v := e.First
	v.At = v.Stamp.shown(v.At)
	return v
}

// current gives the competing versions; one where nothing is in conflict.
func (e *Entry) current(id ID) []crdt.Write[ID, Version] {
	if len(e.Edits) == 0 {
		return []crdt.Write[ID, Version]{{Key: id, Value: e.first()}}
	}
	return e.register(id).Current()
}

// Now gives the version to show: the default winner where two compete.
func (e *Entry) Now(id ID) Version {
	if len(e.Edits) == 0 {
		return e.first()
	}
	v, _ := e.register(id).Value()
	return v
}

// Versions gives every version in display order, the first as added.
func (e *Entry) Versions(id ID) []Version {
	history := e.register(id).History()
	versions := make([]Version, len(history))
	for i, w := range history {
		versions[i] = w.Value
	}
	return versions
}

func (s *State) foldEntry(inc *Incident, at Stamp, op Op) error {
	switch op.Kind {
	case KindEntryAdded:
		v, err := newEntry(at, op)
		if err != nil {
			return err
		}
		inc.written = max(inc.written, at.Recorded())
		inc.loose++
		s.attic.loose++
		id := at.ID()
		s.attic.recent.add(inc.ID, id)
		s.entry(inc, id).First = v
	case KindEntryEdited:
		body, err := decode[entryEdited](op)
		if err != nil || body.Precision > when.After || !validText(body.Text) || body.Entry.Zero() {
			return cmp.Or(err, errRefused)
		}
		e := s.entry(inc, body.Entry)
		if len(e.Edits) == 0 {
			inc.corrected = append(inc.corrected, body.Entry)
		}
		s.attic.recent.add(inc.ID, body.Entry)
		edits := crdt.Register[ID, Version]{Writes: e.Edits}
		edits.Add(crdt.Write[ID, Version]{
			Key: at.ID(), Rank: at.Lamport, Pred: body.Pred,
			Value: Version{At: body.At, Precision: body.Precision, Kind: body.Kind, Text: body.Text, Stamp: at},
		})
		e.Edits = edits.Writes
	case KindEntryRetracted:
		body, err := decode[entryRetracted](op)
		if err != nil || body.Entry.Zero() || len(body.Reason) > MaxText {
			return cmp.Or(err, errRefused)
		}
		e := s.entry(inc, body.Entry)
		s.attic.recent.add(inc.ID, body.Entry)
		r := Retraction{Stamp: at, Reason: body.Reason}
		i, _ := slices.BinarySearchFunc(e.Retractions, r, func(a, b Retraction) int { return a.Stamp.Compare(b.Stamp) })
		e.Retractions = slices.Insert(e.Retractions, i, r)
	}
	return nil
}

// newEntry gives the first version of an entry.
func newEntry(at Stamp, op Op) (Version, error) {
	body, err := decodeEntry(op)
	if err != nil || body.Precision > when.After || !validText(body.Text) || len(body.Kind) > maxFieldName {
		return Version{}, cmp.Or(err, errRefused)
	}
	return Version{At: at.written() + body.After, Precision: body.Precision, Kind: body.Kind, Text: body.Text, Stamp: at}, nil
}

// validText bounds the text of an entry; one without text says nothing.
func validText(text string) bool { return text != "" && len(text) <= MaxText }

func (s *State) entry(inc *Incident, id ID) *Entry {
	e := inc.Entries[id]
	if e == nil {
		e = &Entry{}
		inc.Entries[id] = e
	}
	return e
}
