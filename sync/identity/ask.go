package identity

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"holdfast/assets"
	"holdfast/model"
)

// A device that has no invite may ask, where a member's device can be reached. Both
// screens show the same three words, people compare them aloud, and an admin says yes.
//
//	asker: hello   a commitment to a number, and who it is
//	host:  number  its own
//	asker: number  the one it had committed to
//	host:  answer  the welcome, once an admin has said yes, or that it was refused
//
// The words are made from both numbers, both devices' keys and the keying material of the
// TLS connection. Who sits between holds two connections, with different material. It
// must settle on its numbers before it learns the others', so it has one try at the same
// words on both screens, of two million.

// AskPath is where a host answers devices that ask.
const AskPath = "/holdfast/v1/ask"

const (
	// maxAsking bounds those who wait for a yes: a person compares words one at a time.
	maxAsking = 4
	// AskPatience is how long a device may wait for a yes: people walk over.
	AskPatience = 5 * time.Minute
	askTag      = "holdfast/ask/1\x00"
	askWords    = 3
)

// Errors of asking.
var (
	ErrAskRefused = errors.New("the people there said no, or did not answer in time")
	ErrNoAsk      = errors.New("no device that asks shows these words")
	errOtherHand  = errors.New("the number is not the one that was promised")
)

type askHello struct {
	Commit [32]byte `cbor:"1,keyasint"`
	Wishes Wishes   `cbor:"2,keyasint"`
}

type askNumber struct {
	Number [16]byte `cbor:"1,keyasint"`
}

// words gives what both screens show.
func words(conn MessageConn, host, asker model.DeviceKey, theirs, ours [16]byte) (string, error) {
	exported, err := conn.Exporter(exporterLabel, exporterSize)
	if err != nil {
		return "", err
	}
	h := hmac.New(sha256.New, exported)
	h.Write(slices.Concat([]byte(askTag), host[:], asker[:], theirs[:], ours[:]))
	sum := h.Sum(nil)
	first, second := assets.CodeNames()
	list := slices.Concat(first, second)
	out := make([]string, askWords)
	for i := range out {
		out[i] = list[binary.BigEndian.Uint64(sum[8*i:])%uint64(len(list))]
	}
	return strings.Join(out, " "), nil
}

func commitTo(number [16]byte) [32]byte {
	return sha256.Sum256(append([]byte(askTag), number[:]...))
}

// Asked is a device that waits for a yes.
type Asked struct {
	Words  string
	Device model.DeviceKey
	Wishes Wishes
	Since  time.Time

	answer chan answerMessage // of one
}

// Asks are the devices that ask here. Its fields are set before first use. It is
// safe for concurrent use.
type Asks struct {
	Device *Device
	Now    func() time.Time
	Rand   io.Reader
	// Changed is told when somebody begins to ask, and when one is answered or gone.
	// May be nil.
	Changed func()

	mu      sync.Mutex
	waiting []*Asked
}

func (a *Asks) changed() {
	if a.Changed != nil {
		a.Changed()
	}
}

// Become has the device that is asked be another: that of a recovery key.
func (a *Asks) Become(d *Device) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.Device = d
}

func (a *Asks) self() model.DeviceKey {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.Device.Key()
}

// List gives those who wait, the first first.
func (a *Asks) List() []Asked {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]Asked, len(a.waiting))
	for i, w := range a.waiting {
		out[i] = *w
	}
	return out
}

// Answer says yes to the device that shows the words, with the welcome admit
// gives for it, or no where admit is nil.
func (a *Asks) Answer(words string, admit func(Asked) (Welcome, error)) error {
	a.mu.Lock()
	i := slices.IndexFunc(a.waiting, func(w *Asked) bool { return strings.EqualFold(w.Words, strings.Join(strings.Fields(words), " ")) })
	if i < 0 {
		a.mu.Unlock()
		return ErrNoAsk
	}
	w := a.waiting[i]
	a.waiting = slices.Delete(a.waiting, i, i+1)
	a.mu.Unlock()
	if admit == nil {
		w.answer <- answerMessage{Refused: refusedFailed}
		return nil
	}
	welcome, err := admit(*w)
	if err != nil {
		w.answer <- refusalOf(err)
		return err
	}
	w.answer <- answerMessage{Welcome: welcome.wire()}
	return nil
}

// Serve serves one device that asks, until it is answered. It always closes conn.
func (a *Asks) Serve(ctx context.Context, conn MessageConn) error {
	defer conn.Close()
	w, err := a.meet(ctx, conn)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	if err := a.add(w); err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	defer a.changed()
	defer a.drop(w)
	a.changed()
	gone := make(chan struct{})
	go func() { // ends with conn
		defer close(gone)
		_, _ = conn.ReadMessage() // it has nothing more to say
	}()
	defer func() { conn.Close(); <-gone }()
	patience := time.NewTimer(AskPatience)
	defer patience.Stop()
	select {
	case answer := <-w.answer:
		return send(conn, answer)
	case <-gone:
		return ErrDropped
	case <-patience.C:
		return send(conn, answerMessage{Refused: refusedFailed})
	case <-ctx.Done():
		return ctx.Err()
	}
}

// meet exchanges the numbers.
func (a *Asks) meet(ctx context.Context, conn MessageConn) (*Asked, error) {
	var hello askHello
	var theirs, ours askNumber
	if _, err := io.ReadFull(a.Rand, ours.Number[:]); err != nil {
		return nil, err
	}
	err := turn(ctx, conn, turnPatience, func() error {
		if err := receive(conn, maxBefore, &hello); err != nil {
			return err
		}
		return send(conn, ours)
	})
	if err == nil {
		err = turn(ctx, conn, turnPatience, func() error { return receive(conn, maxBefore, &theirs) })
	}
	switch {
	case err != nil:
		return nil, err
	case commitTo(theirs.Number) != hello.Commit:
		return nil, errOtherHand
	}
	if err := hello.Wishes.Check(); err != nil {
		return nil, err
	}
	shown, err := words(conn, a.self(), conn.PeerKey(), theirs.Number, ours.Number)
	return &Asked{
		Words: shown, Device: conn.PeerKey(), Wishes: hello.Wishes, Since: a.Now(), answer: make(chan answerMessage, 1),
	}, err
}

// add has a device wait. One that asks again takes its own place.
func (a *Asks) add(w *Asked) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = slices.DeleteFunc(a.waiting, func(o *Asked) bool { return o.Device == w.Device })
	if len(a.waiting) >= maxAsking {
		return errors.New("too many ask")
	}
	a.waiting = append(a.waiting, w)
	return nil
}

func (a *Asks) drop(w *Asked) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.waiting = slices.DeleteFunc(a.waiting, func(o *Asked) bool { return o == w })
}

// AskHandler serves devices that ask, at AskPath of a TLS server that uses
// Device.ServerTLS.
func AskHandler(a *Asks) http.Handler {
	return serveWS(maxAsking*2, nil, func(ctx context.Context, conn MessageConn, _ func()) {
		_ = a.Serve(ctx, conn) // what went wrong is the asker's to hear, or nobody's
	})
}

// Asking is this device's question to another. Words is what its screen shows.
type Asking struct {
	Words string
	conn  MessageConn
	self  model.DeviceKey
}

// DialAsk asks at an address. Wait then gives the answer.
func DialAsk(ctx context.Context, device *Device, rand io.Reader, address string, wishes Wishes) (*Asking, error) {
	if err := wishes.Check(); err != nil {
		return nil, fmt.Errorf("ask: %w", err)
	}
	conn, err := dialPath(ctx, device, nil, address, AskPath)
	if err != nil {
		return nil, fmt.Errorf("ask: %w: %s: %w", ErrUnreachable, address, err)
	}
	a, err := question(ctx, conn, device.Key(), rand, wishes)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("ask: %w: %w", ErrDropped, err)
	}
	return a, nil
}

func question(ctx context.Context, conn MessageConn, self model.DeviceKey, rand io.Reader, wishes Wishes) (*Asking, error) {
	var theirs, ours askNumber
	if _, err := io.ReadFull(rand, ours.Number[:]); err != nil {
		return nil, err
	}
	err := turn(ctx, conn, turnPatience, func() error {
		if err := send(conn, askHello{Commit: commitTo(ours.Number), Wishes: wishes}); err != nil {
			return err
		}
		if err := receive(conn, maxBefore, &theirs); err != nil {
			return err
		}
		return send(conn, ours)
	})
	if err != nil {
		return nil, err
	}
	shown, err := words(conn, conn.PeerKey(), self, ours.Number, theirs.Number)
	return &Asking{Words: shown, conn: conn, self: self}, err
}

// Wait waits for a yes. The host is the certificate's By.
func (a *Asking) Wait(ctx context.Context) (Welcome, error) {
	defer a.conn.Close()
	var answer answerMessage
	err := turn(ctx, a.conn, AskPatience+turnPatience, func() error { return receive(a.conn, maxAnswer, &answer) })
	switch {
	case err != nil:
		return Welcome{}, fmt.Errorf("ask: %w: %w", ErrAskRefused, err)
	case answer.Refused == refusedFailed:
		return Welcome{}, fmt.Errorf("ask: %w", ErrAskRefused)
	}
	said := Invite{Host: a.conn.PeerKey()}
	if w := answer.Welcome; w != nil {
		said.Founder, said.Nonce, said.Role = w.Founder, w.Nonce, w.Certificate.Role
	}
	welcome, err := answer.welcome(a.self, said)
	if err != nil {
		return Welcome{}, fmt.Errorf("ask: %w", err)
	}
	return welcome, nil
}

// Close gives the question up.
func (a *Asking) Close() error { return a.conn.Close() }
