package model

import (
	"fmt"

	"holdfast/model/when"
)

// The payloads of the ops. Each is a CBOR map with small numbers as keys, which
// are never used again for something else; a later version adds keys, and this
// one ignores those it does not know. Times are milliseconds since 1970 UTC.

type roomFounded struct {
	Name string `cbor:"1,keyasint,omitempty"`
	// Founder is the person at the founding device; a personAdded op of the
	// same commit describes them.
	Founder ID     `cbor:"2,keyasint,omitempty"`
	Nonce   Nonce  `cbor:"3,keyasint,omitempty"`
	Device  string `cbor:"4,keyasint,omitempty"` // name of the device
	// Recovery is the key that was printed, where one was. A slice, so that it is
	// left out where there is none.
	Recovery []byte `cbor:"5,keyasint,omitempty"`
}

type memberAdded struct {
	Device DeviceKey `cbor:"1,keyasint,omitempty"`
	Person ID        `cbor:"2,keyasint,omitempty"`
	Role   string    `cbor:"3,keyasint,omitempty"`
	Invite ID        `cbor:"4,keyasint,omitempty"`
	Name   string    `cbor:"5,keyasint,omitempty"` // of the device, as its owner calls it
	// Keys are the epochs, after the first, whose keys the device was given.
	Keys []uint32 `cbor:"6,keyasint,omitempty"`
}

type memberRemoved struct {
	Device DeviceKey `cbor:"1,keyasint,omitempty"`
	// Cuts is the last accepted commit of each feed of the device.
	Cuts   []feedCut `cbor:"2,keyasint,omitempty"`
	Reason string    `cbor:"3,keyasint,omitempty"`
}

type feedCut struct {
	Feed FeedID `cbor:"1,keyasint,omitempty"`
	Seq  uint64 `cbor:"2,keyasint,omitempty"`
}

// inviteIssued carries what is needed to check an invite's secret, never the
// secret itself.
type inviteIssued struct {
	Invite   ID     `cbor:"1,keyasint,omitempty"`
	Role     string `cbor:"2,keyasint,omitempty"`
	Expires  int64  `cbor:"3,keyasint,omitempty"`
	Uses     uint32 `cbor:"4,keyasint,omitempty"`
	Verifier []byte `cbor:"5,keyasint,omitempty"`
	// Person owns the devices that join with it; empty where they are of whoever
	// says so. A slice, so that it is left out then.
	Person []byte `cbor:"6,keyasint,omitempty"`
}

type inviteClosed struct {
	Invite ID     `cbor:"1,keyasint,omitempty"`
	Reason string `cbor:"2,keyasint,omitempty"`
}

// fieldSet writes one field of the room, a person, an incident or one of its
// tasks.
type fieldSet struct {
	Field  string `cbor:"1,keyasint,omitempty"`
	Value  string `cbor:"2,keyasint,omitempty"`
	Reason string `cbor:"3,keyasint,omitempty"`
	Pred   []ID   `cbor:"4,keyasint,omitempty"`
	// Of names the task of the incident, where it is one.
	Of ID `cbor:"5,keyasint,omitempty"`
}

type personAdded struct {
	Fields map[string]string `cbor:"1,keyasint,omitempty"`
}

type declared struct {
	// Code is the name people use, such as INC-7K2M.
	Code   string            `cbor:"1,keyasint,omitempty"`
	Fields map[string]string `cbor:"2,keyasint,omitempty"`
}

type entryAdded struct {
	// After is when it happened, in milliseconds after the commit's corrected
	// wall time; most often zero, and never more than one byte then.
	After     int64          `cbor:"1,keyasint,omitempty"`
	Precision when.Precision `cbor:"2,keyasint,omitempty"`
	Kind      string         `cbor:"3,keyasint,omitempty"`
	Text      string         `cbor:"4,keyasint,omitempty"`
}

type entryEdited struct {
	Entry     ID             `cbor:"1,keyasint,omitempty"`
	Pred      []ID           `cbor:"2,keyasint,omitempty"`
	At        int64          `cbor:"3,keyasint,omitempty"`
	Precision when.Precision `cbor:"4,keyasint,omitempty"`
	Kind      string         `cbor:"5,keyasint,omitempty"`
	Text      string         `cbor:"6,keyasint,omitempty"`
}

type entryRetracted struct {
	Entry  ID     `cbor:"1,keyasint,omitempty"`
	Reason string `cbor:"2,keyasint,omitempty"`
}

type taskAdded struct {
	Fields map[string]string `cbor:"1,keyasint,omitempty"`
}

type messageClaimed struct {
	Message ID `cbor:"1,keyasint,omitempty"`
	// Until is when the claim lapses, by the claimant's corrected clock.
	Until int64 `cbor:"2,keyasint,omitempty"`
}

type messageResult struct {
	Message ID      `cbor:"1,keyasint,omitempty"`
	Outcome Outcome `cbor:"2,keyasint,omitempty"`
	Detail  string  `cbor:"3,keyasint,omitempty"`
	// Refused lists the addresses that were refused for good, with the reason.
	Refused []Refusal `cbor:"4,keyasint,omitempty"`
	// Accepted lists the addresses the server took over, where not all were.
	Accepted []string `cbor:"5,keyasint,omitempty"`
}

// decode reads a payload; keys it does not know are ignored, so that a newer
// version may add some.
func decode[T any](op Op) (T, error) {
	var v T
	if err := canonical.dec.Unmarshal(op.Body, &v); err != nil {
		return v, fmt.Errorf("op of kind %d: %w", op.Kind, err)
	}
	return v, nil
}

// newOp builds an op from a payload.
func newOp(kind Kind, on ID, payload any) (Op, error) {
	body, err := canonical.enc.Marshal(payload)
	if err != nil {
		return Op{}, fmt.Errorf("encode op of kind %d: %w", kind, err)
	}
	op := Op{Kind: kind, Body: body}
	if !on.Zero() {
		op.On = on[:]
	}
	return op, nil
}
