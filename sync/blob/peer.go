package blob

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"holdfast/model"
)

// Conn is a connection to an authorised device that keeps the bounds of
// frames: Read gives one of at most MaxFrame bytes, which is the caller's. Close ends
// both, from any goroutine.
type Conn interface {
	Read() ([]byte, error)
	Write(frame []byte) error
	Close(reason string)
}

const (
	// maxAsked is how many questions of a peer wait here, and so what it can make
	// this device hold: as many frames, 2 MiB.
	maxAsked = 8
	// answerWithin is how long an answer may take: a chunk at 0.1 Mbit/s, or a
	// relay whose disk is busy.
	answerWithin = 30 * time.Second
)

// Reasons to show a peer out.
var (
	errFlood      = errors.New("the peer asks more at once than it may")
	errUnasked    = errors.New("the peer sent what was not asked for")
	errOtherChunk = errors.New("the peer sent another chunk than the one asked for")
	errNoAnswer   = errors.New("the peer does not answer")
	errClosed     = errors.New("the connection to the peer ended")
	errNoRelay    = errors.New("this device keeps nothing for others")
)

// Peer is a connection to a device of the room, over which both ask. It serves
// while Run runs.
type Peer struct {
	Device model.DeviceKey
	store  *Store
	conn   Conn
	pace   *Pace
	relay  bool // this device keeps what is put

	writing sync.Mutex

	mu      sync.Mutex
	number  uint32
	waiting map[uint32]*waiter
	ended   error
	done    chan struct{} // closed when ended is set

	asked chan frame
	slots chan struct{} // questions of ours that are on their way
}

// waiter is one question of ours; it stays, given up, until it is answered.
type waiter struct {
	kind   byte
	answer chan frame // capacity 1
}

// NewPeer makes a peer of a connection. Relay says that this device keeps the
// chunks it is given; pace bounds how fast it serves.
func NewPeer(device model.DeviceKey, conn Conn, store *Store, relay bool, pace *Pace) *Peer {
	return &Peer{
		Device: device, store: store, conn: conn, pace: pace, relay: relay,
		waiting: map[uint32]*waiter{}, done: make(chan struct{}), asked: make(chan frame, maxAsked), slots: make(chan struct{}, maxAsked),
	}
}

// Run reads and serves until the connection or ctx ends, and gives the reason.
func (p *Peer) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, func() { p.conn.Close(errClosed.Error()) })
	var serving sync.WaitGroup
	serving.Go(func() { p.serve(ctx) })
	err := p.read()
	p.end(err)
	stop()
	cancel()
	p.conn.Close(err.Error())
	serving.Wait()
	return err
}

func (p *Peer) read() error {
	for {
		b, err := p.conn.Read()
		if err != nil {
			return err
		}
		f, err := decodeFrame(b)
		if err != nil {
			return err
		}
		if f.question() {
			select {
			case p.asked <- f:
			default:
				return errFlood
			}
		} else if err := p.answered(f); err != nil {
			return err
		}
	}
}

// end fails what waits.
func (p *Peer) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = fmt.Errorf("%w: %w", errClosed, err)
	p.waiting = nil
	close(p.done)
}

func (p *Peer) answered(f frame) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.waiting[f.number]
	if w == nil || f.kind != frameNone && f.kind != w.kind+1 {
		return errUnasked
	}
	delete(p.waiting, f.number)
	<-p.slots
	w.answer <- f
	return nil
}

// serve answers one question after the other.
func (p *Peer) serve(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case f := <-p.asked:
			kind, body, err := p.answer(f)
			if err != nil {
				kind, body = frameNone, encodeReason(err)
			}
			// A question costs too: one may name thousands of chunks.
			if p.pace.Wait(ctx, len(f.body)+len(body)) != nil || p.write(encodeFrame(kind, f.number, body)) != nil {
				p.conn.Close(errClosed.Error())
				return
			}
		}
	}
}

func (p *Peer) answer(f frame) (byte, []byte, error) {
	switch f.kind {
	case frameHave:
		names, err := decodeNames(f.body)
		if err != nil {
			return 0, nil, err
		}
		has := make([]bool, len(names))
		for i, n := range names {
			has[i] = p.store.Has(n)
		}
		return frameHeld, encodeHeld(has), nil
	case frameGet:
		b, err := p.store.Get(Name(f.body))
		return frameChunk, b, err
	}
	if !p.relay {
		return 0, nil, errNoRelay
	}
	_, err := p.store.Put(f.body)
	return frameTook, nil, err
}

func (p *Peer) write(b []byte) error {
	p.writing.Lock()
	defer p.writing.Unlock()
	return p.conn.Write(b)
}

// ask sends a question and waits for its answer. A peer that gives none in time
// is let go: another, or the same one anew, may.
func (p *Peer) ask(ctx context.Context, kind byte, body []byte) (frame, error) {
	late := time.NewTimer(answerWithin)
	defer late.Stop()
	select {
	case p.slots <- struct{}{}:
	case <-p.done:
		return frame{}, p.why()
	case <-ctx.Done():
		return frame{}, ctx.Err()
	case <-late.C:
		p.conn.Close(errNoAnswer.Error())
		return frame{}, errNoAnswer
	}
	number, w, err := p.begin(kind)
	if err != nil {
		return frame{}, err
	}
	if err := p.write(encodeFrame(kind, number, body)); err != nil {
		p.conn.Close(err.Error())
		return frame{}, fmt.Errorf("%w: %w", errClosed, err)
	}
	select {
	case f := <-w.answer:
		if f.kind == frameNone {
			return frame{}, refusal(f.body)
		}
		return f, nil
	case <-p.done:
		return frame{}, p.why()
	case <-ctx.Done():
		return frame{}, ctx.Err()
	case <-late.C:
		p.conn.Close(errNoAnswer.Error())
		return frame{}, errNoAnswer
	}
}

func (p *Peer) begin(kind byte) (uint32, *waiter, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended != nil {
		return 0, nil, p.ended
	}
	p.number++
	w := &waiter{kind: kind, answer: make(chan frame, 1)}
	p.waiting[p.number] = w
	return p.number, w, nil
}

// why says how the connection ended.
func (p *Peer) why() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.ended
}

// Refusal is what a peer said of why it gives or takes nothing.
type Refusal struct{ Text string }

// Error is what the peer said.
func (r *Refusal) Error() string { return "the peer says: " + r.Text }

func refusal(b []byte) error { return &Refusal{strings.ToValidUTF8(string(b), "\uFFFD")} }

// Have asks which of the chunks the peer holds, at most MaxChunks of them.
func (p *Peer) Have(ctx context.Context, names []Name) ([]bool, error) {
	f, err := p.ask(ctx, frameHave, encodeList(names))
	if err != nil {
		return nil, err
	}
	has, err := decodeHeld(f.body, len(names))
	if err != nil {
		p.conn.Close(err.Error())
	}
	return has, err
}

// Get asks for a chunk and checks that it is the one. A peer that gives another
// is shown out.
func (p *Peer) Get(ctx context.Context, n Name) ([]byte, error) {
	f, err := p.ask(ctx, frameGet, n[:])
	if err != nil {
		return nil, err
	}
	if nameOf(f.body) != n {
		p.conn.Close(errOtherChunk.Error())
		return nil, errOtherChunk
	}
	return f.body, nil
}

// Put gives a chunk to a relay to keep.
func (p *Peer) Put(ctx context.Context, sealed []byte) error {
	_, err := p.ask(ctx, framePut, sealed)
	return err
}
