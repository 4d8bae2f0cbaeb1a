package identity

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"holdfast/model"
)

// The exchange, one message each way and turn about, over one TLS 1.3 connection:
//
//	joiner: hello   the invite's id
//	host:   prove   a proof that it knows the invite, for this connection
//	joiner: ask     a proof that it holds the secret, and who it is
//	host:   answer  the welcome, or why not
//
// The host proves first, so a joiner tells no stranger its name. For an
// invite that does not exist the host answers with a proof made from nothing;
// who lacks the secret cannot tell it from a true one, and is dropped after "ask" just
// as for a wrong proof. Reasons are given only to who proved the secret.

// Limits of the exchange.
const (
	// maxBefore bounds a message before the secret is proved, in bytes.
	maxBefore = 4 << 10
	// maxAnswer bounds the answer: keys of 4096 epochs and addresses of 64 peers.
	maxAnswer = 256 << 10
	// turnPatience bounds each wait for the other end before the proof; stretching
	// a spoken code takes a slow machine a second or two.
	turnPatience = 10 * time.Second
	// admitPatience bounds the admission and its answer: the host writes to its disk.
	admitPatience = 30 * time.Second
	// maxWrongProofs closes an invite: a holder of the secret never gives a wrong proof.
	maxWrongProofs = 5
	// exporterLabel and exporterSize name the keying material both proofs cover.
	exporterLabel = "EXPORTER-holdfast-join-v1"
	exporterSize  = 32
)

// Limits of what a joiner says of itself, in bytes.
const (
	MaxPersonName = 200
	MaxEmail      = 254 // RFC 5321 4.5.3.1.3, less its brackets
	MaxDeviceName = 100
)

// Limits of a welcome's addresses.
const (
	MaxPeers         = 64
	MaxPeerAddresses = 8
)

// MessageConn is a connection that carries whole messages over TLS 1.3. Close
// makes a waiting ReadMessage or WriteMessage return; it is how time limits are kept.
type MessageConn interface {
	ReadMessage() ([]byte, error)
	WriteMessage([]byte) error
	// Exporter gives n bytes of keying material of this TLS connection (RFC 8446 7.5).
	Exporter(label string, n int) ([]byte, error)
	// PeerKey is the device key the other end has proved in TLS.
	PeerKey() model.DeviceKey
	Close() error
}

// Wishes is what a joiner says of itself. The host shows it; it proves nothing.
type Wishes struct {
	Person string `cbor:"1,keyasint,omitempty"`
	Email  string `cbor:"2,keyasint,omitempty"`
	Device string `cbor:"3,keyasint,omitempty"`
}

// Check reports a wish that is too long, no text, or no name the room would take.
// Only a relay has no name.
func (w Wishes) Check() error {
	for _, f := range []struct {
		what, text string
		limit      int
	}{{"name", w.Person, MaxPersonName}, {"e-mail address", w.Email, MaxEmail}, {"device name", w.Device, MaxDeviceName}} {
		if len(f.text) > f.limit {
			return fmt.Errorf("the %s takes up to %d bytes", f.what, f.limit)
		}
		if !utf8.ValidString(f.text) {
			return fmt.Errorf("the %s is not valid text", f.what)
		}
	}
	if w.Person == "" && w.Email == "" {
		return nil
	}
	return model.CheckPerson(w.Person, w.Email)
}

// PeerAddresses says where a device of the room was last reached.
type PeerAddresses struct {
	Device    model.DeviceKey `cbor:"1,keyasint"`
	Addresses []string        `cbor:"2,keyasint"` // "host:port", best first
}

// Welcome is what a new member gets.
type Welcome struct {
	Room     model.RoomID
	RoomName string
	Founder  model.DeviceKey
	Nonce    model.Nonce
	// Keys is empty for a relay.
	Keys        *RoomKeys
	Certificate Certificate
	Peers       []PeerAddresses
}

type helloMessage struct {
	ID model.ID `cbor:"1,keyasint"`
	// Spoken: the joiner has a code that was read to it, and no id.
	Spoken bool `cbor:"2,keyasint,omitempty"`
	// Earlier counts the codes read out later that the joiner was shown and has not.
	Earlier uint8 `cbor:"3,keyasint,omitempty"`
}

type proveMessage struct {
	Proof []byte `cbor:"1,keyasint"`
	// ID of the invite, in answer to a spoken code.
	ID model.ID `cbor:"2,keyasint,omitempty"`
}

type askMessage struct {
	Proof  []byte `cbor:"1,keyasint"`
	Wishes Wishes `cbor:"2,keyasint"`
}

type answerMessage struct {
	Refused refusal        `cbor:"1,keyasint,omitempty"`
	Ago     int64          `cbor:"2,keyasint,omitempty"` // seconds, of refusedExpired
	Welcome *welcomeOnWire `cbor:"3,keyasint,omitempty"`
}

type welcomeOnWire struct {
	Room        model.RoomID    `cbor:"1,keyasint"`
	RoomName    string          `cbor:"2,keyasint"`
	Founder     model.DeviceKey `cbor:"3,keyasint"`
	Nonce       model.Nonce     `cbor:"4,keyasint"`
	Keys        []epochKey      `cbor:"5,keyasint,omitempty"`
	Certificate Certificate     `cbor:"6,keyasint"`
	Peers       []PeerAddresses `cbor:"7,keyasint,omitempty"`
}

// refusal is a reason on the wire. The numbers are never used again for others.
type refusal uint8

const (
	refusedNot refusal = iota
	refusedExpired
	refusedUsed
	refusedRevoked
	refusedClosed
	refusedRemoved
	refusedFailed
	refusedNotAdmin
)

// Reasons an invite is refused. A joiner that proved the secret gets them from Join; an
// Admit function returns them to have them told. ErrInviteExpired is one more.
var (
	ErrInviteUsed     = errors.New("this invite was already used; ask for a new one")
	ErrInviteRevoked  = errors.New("this invite was withdrawn; ask for a new one")
	ErrInviteClosed   = errors.New("this invite was closed after wrong attempts; ask for a new one")
	ErrDeviceRemoved  = errors.New("this device was removed from the room; its key cannot come back: join with another data folder or computer")
	ErrNotAdmin       = errors.New("the device there may let nobody in any more; ask an admin for a new invite")
	ErrAdmitFailed    = errors.New("the host could not write the admission; nothing has changed; try again")
	ErrNotRecognised  = errors.New("the device there does not know this invite; ask for a new one, or somebody is in between")
	ErrDropped        = errors.New("the host ended the connection without a reason; ask whether the invite is still good")
	ErrBadWelcome     = errors.New("the host's welcome does not fit the invite; nothing was joined")
	errWrongProof     = errors.New("wrong proof")
	errTooLarge       = errors.New("message over the limit")
	errNotAnswerInOne = errors.New("answer holds neither a welcome nor a reason")
)

// refusals pairs errors and numbers; what is not in it is told as refusedFailed.
var refusals = [...]struct {
	code refusal
	err  error
}{
	{refusedExpired, ErrInviteExpired},
	{refusedUsed, ErrInviteUsed},
	{refusedRevoked, ErrInviteRevoked},
	{refusedClosed, ErrInviteClosed},
	{refusedRemoved, ErrDeviceRemoved},
	{refusedNotAdmin, ErrNotAdmin},
	{refusedFailed, ErrAdmitFailed},
}

func refusalOf(err error) answerMessage {
	a := answerMessage{Refused: refusedFailed}
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			a.Refused = r.code
			break
		}
	}
	var expired *ExpiredError
	if errors.As(err, &expired) {
		a.Ago = int64(expired.Ago / time.Second)
	}
	return a
}

// maxAgo keeps a strange answer from overflowing a duration: a hundred years.
const maxAgo = 100 * 365 * 24 * 3600

func (a answerMessage) err() error {
	if a.Refused == refusedExpired {
		return &ExpiredError{Ago: time.Duration(min(max(a.Ago, 0), maxAgo)) * time.Second}
	}
	for _, r := range refusals {
		if a.Refused == r.code {
			return r.err
		}
	}
	return ErrAdmitFailed
}

// turn runs one step of the exchange and closes the connection when ctx or the
// step's time ends first.
func turn(ctx context.Context, conn MessageConn, patience time.Duration, step func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	if err := step(); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return err
	}
	return nil
}

func receive(conn MessageConn, limit int, v any) error {
	b, err := conn.ReadMessage()
	if err != nil {
		return err
	}
	if len(b) > limit {
		return errTooLarge
	}
	return unmarshal(b, limit, v)
}

func send(conn MessageConn, v any) error {
	b, err := marshal(v)
	if err != nil {
		return err
	}
	return conn.WriteMessage(b)
}
