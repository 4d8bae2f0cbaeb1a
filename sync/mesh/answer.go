package mesh

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/websocket"
)

// SourceTyped is the source of an address that a person gave, and who waits to hear
// whether it answers.
const SourceTyped = "typed"

// Failure is the kind of reason for which an address gave no link.
type Failure string

// Failures. Broken is any that is none of the others.
const (
	Refused     Failure = "refused"      // a machine answers, and nothing listens at that port
	NoRoute     Failure = "no route"     // no network leads there
	TimedOut    Failure = "timed out"    // nobody answers at all, or not in time
	NoName      Failure = "no such name" // the name of the host leads to no address
	NotHoldfast Failure = "not holdfast" // another program answers
	OtherRoom   Failure = "other room"   // a Holdfast answers that has not this room, or knows this device as removed
	Itself      Failure = "itself"       // this device answers
	Broken      Failure = "broken"
)

// Attempt is how it goes to link to an address that a person gave.
type Attempt struct {
	Address string
	Asked   time.Time // when it was given
	Why     Failure   // of the last try; "" before the first has ended
	Error   string    // the same as the system says it
}

// Unanswered lists the addresses a person gave where no link came about since. An
// address goes off the list once it answers, and when it is forgotten.
func (m *Mesh) Unanswered() []Attempt {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []Attempt
	for address, e := range m.book.entries {
		if e.asked.IsZero() || !e.Device.Zero() && e.Device != m.device && m.linkedTo(e.Device) {
			continue
		}
		list = append(list, Attempt{Address: address, Asked: e.asked, Why: e.why, Error: e.Error})
	}
	slices.SortFunc(list, func(a, b Attempt) int { return strings.Compare(a.Address, b.Address) })
	return list
}

// Forget has an address tried no more; a link that is up stays. False where it is not
// remembered.
func (m *Mesh) Forget(address string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, known := m.book.entries[address]
	delete(m.book.entries, address)
	return known
}

// failure tells of what kind the reason of a try that failed is. Systems number what
// the network says differently, and agree on the words.
func failure(err error) Failure {
	var name *net.DNSError
	var op *net.OpError
	var late net.Error
	var header tls.RecordHeaderError
	switch {
	case errors.Is(err, errSelf), errors.Is(err, errTwin):
		return Itself
	case errors.As(err, &name):
		return NoName
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &late) && late.Timeout():
		return TimedOut
	case errors.Is(err, errUnwelcome), errors.Is(err, errProof), errors.Is(err, errMember):
		return OtherRoom
	case errors.As(err, &op) && op.Op == "dial":
		says := err.Error()
		switch {
		case strings.Contains(says, "refused"):
			return Refused
		case strings.Contains(says, "unreachable"), strings.Contains(says, "no route"), strings.Contains(says, "host is down"):
			return NoRoute
		}
		return Broken
	case errors.As(err, &header), errors.Is(err, websocket.ErrBadHandshake), errors.Is(err, errSpeech), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return NotHoldfast
	}
	return Broken
}
