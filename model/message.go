package model

import (
	"cmp"
	"slices"
	"time"

	"holdfast/model/policy"
)

// Draft is a message as rendered and frozen: what will leave, word for word.
type Draft struct {
	Template   string      `cbor:"1,keyasint,omitempty" json:"template"`
	Audience   string      `cbor:"2,keyasint,omitempty" json:"audience"`
	Channel    string      `cbor:"3,keyasint,omitempty" json:"channel"`
	Subject    string      `cbor:"4,keyasint,omitempty" json:"subject"`
	Body       string      `cbor:"5,keyasint,omitempty" json:"body"`
	Recipients []Recipient `cbor:"6,keyasint,omitempty" json:"recipients"`
	// Number counts the updates to this audience in this incident, from 1.
	Number int `cbor:"7,keyasint,omitempty" json:"number"`
	// Next is when the next update was promised, in milliseconds; 0 is never.
	Next int64 `cbor:"8,keyasint,omitempty" json:"-"`
	// Approver is who said that it may go, by id; empty where nobody was asked.
	Approver string `cbor:"9,keyasint,omitempty" json:"-"`
}

// Recipient is one addressee.
type Recipient struct {
	Name    string `cbor:"1,keyasint,omitempty" json:"name"`
	Address string `cbor:"2,keyasint,omitempty" json:"address"`
}

// Place reports whether a channel leads to one place, a chat or a queue of
// tickets, rather than to people: then its name stands for the recipient.
func Place(channel string) bool { return channel == policy.WayChat || channel == policy.WayTicket }

// Refusal is an address a server refused for good.
type Refusal struct {
	Address string `cbor:"1,keyasint,omitempty" json:"address"`
	Reason  string `cbor:"2,keyasint,omitempty" json:"reason"`
}

// MaxRecipients bounds the addressees of one message: larger audiences are
// lists at the mail system, and a slip must not mail a whole address book.
const MaxRecipients = 2000

// Outcome is what became of an attempt to deliver.
type Outcome uint8

// Outcomes of an attempt.
const (
	// Sent: the next system took it over.
	Sent Outcome = 1
	// Deferred: not now, try again.
	Deferred Outcome = 2
	// Failed: refused for good.
	Failed Outcome = 3
	// Unknown: the link broke after the text was handed over and before the
	// answer, so it may have gone. Never tried again without a person.
	Unknown Outcome = 4
	// Withdrawn: a person, or a newer update, took it back before it left.
	Withdrawn Outcome = 5
)

// String names the outcome.
func (o Outcome) String() string {
	switch o {
	case Sent:
		return "sent"
	case Deferred:
		return "deferred"
	case Failed:
		return "failed"
	case Unknown:
		return "unknown"
	case Withdrawn:
		return "withdrawn"
	}
	return "waiting"
}

// Message is a message in the outbox.
type Message struct {
	Queued Stamp
	Draft  Draft
	// Claims and Results in display order.
	Claims  []Claim
	Results []Result
}

// Known reports whether the message itself has arrived.
func (m *Message) Known() bool { return !m.Queued.zero() }

// Claim says a device is delivering the message until a time.
type Claim struct {
	_     struct{} `cbor:",toarray"`
	Stamp Stamp
	Until int64
}

// Result is what an attempt came to.
type Result struct {
	_       struct{} `cbor:",toarray"`
	Stamp   Stamp
	Outcome Outcome
	Detail  string
	Refused []Refusal
	// Accepted lists the addresses the server took over, where not all were.
	Accepted []string
}

// Remaining lists the recipients no server has taken over or refused for good.
func (m *Message) Remaining() []Recipient {
	settled := map[string]bool{}
	for _, r := range m.Results {
		for _, a := range r.Accepted {
			settled[a] = true
		}
		for _, f := range r.Refused {
			settled[f.Address] = true
		}
	}
	var rest []Recipient
	for _, r := range m.Draft.Recipients {
		if !settled[r.Address] {
			rest = append(rest, r)
		}
	}
	return rest
}

// Outcome gives the message's standing: a final result beats a deferral,
// whichever came last; zero while nothing was tried.
func (m *Message) Outcome() (Outcome, Result) {
	var last Result
	for _, r := range m.Results {
		if last.Outcome == 0 || final(r.Outcome) || !final(last.Outcome) {
			if final(last.Outcome) && r.Outcome != Sent {
				continue // once it has gone, nothing makes it not gone
			}
			last = r
		}
	}
	return last.Outcome, last
}

func final(o Outcome) bool { return o == Sent || o == Failed || o == Unknown || o == Withdrawn }

// Settled reports whether no further attempt will be made by itself.
func (m *Message) Settled() bool {
	o, _ := m.Outcome()
	return final(o)
}

// ClaimedBy gives the claim that holds at now, by the fold's order; false where
// the message is free.
func (m *Message) ClaimedBy(now time.Time) (Claim, bool) {
	for _, c := range m.Claims {
		released := slices.ContainsFunc(m.Results, func(r Result) bool {
			return r.Stamp.Feed == c.Stamp.Feed && r.Stamp.Compare(c.Stamp) > 0
		})
		if !released && c.Until > now.UnixMilli() {
			return c, true
		}
	}
	return Claim{}, false
}

// foldMessage takes an op of a message of an incident, or of the room, where inc
// is nil.
func (s *State) foldMessage(inc *Incident, at Stamp, op Op) error {
	switch op.Kind {
	case KindMessageQueued:
		draft, err := decode[Draft](op)
		if err != nil || len(draft.Body) > MaxText || len(draft.Recipients) > MaxRecipients {
			return cmp.Or(err, errRefused)
		}
		m := s.message(inc, at.ID())
		m.Queued, m.Draft = at, draft
	case KindMessageClaimed:
		body, err := decode[messageClaimed](op)
		if err != nil || body.Message.Zero() {
			return cmp.Or(err, errRefused)
		}
		m := s.message(inc, body.Message)
		c := Claim{Stamp: at, Until: body.Until}
		i, _ := slices.BinarySearchFunc(m.Claims, c, func(a, b Claim) int { return a.Stamp.Compare(b.Stamp) })
		m.Claims = slices.Insert(m.Claims, i, c)
	case KindMessageResult:
		body, err := decode[messageResult](op)
		if err != nil || body.Message.Zero() {
			return cmp.Or(err, errRefused)
		}
		m := s.message(inc, body.Message)
		r := Result{Stamp: at, Outcome: body.Outcome, Detail: body.Detail, Refused: body.Refused, Accepted: body.Accepted}
		i, _ := slices.BinarySearchFunc(m.Results, r, func(a, b Result) int { return a.Stamp.Compare(b.Stamp) })
		m.Results = slices.Insert(m.Results, i, r)
	}
	return nil
}

func (s *State) message(inc *Incident, id ID) *Message {
	if inc == nil && s.Messages == nil {
		s.Messages = map[ID]*Message{}
	}
	in := s.messagesOf(inc)
	m := in[id]
	if m == nil {
		m = &Message{}
		in[id] = m
	}
	return m
}

// messagesOf gives the messages of an incident, or of the room, where inc is nil.
func (s *State) messagesOf(inc *Incident) map[ID]*Message {
	if inc == nil {
		return s.Messages
	}
	return inc.Messages
}
