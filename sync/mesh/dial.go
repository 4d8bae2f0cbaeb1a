package mesh

import (
	"context"
	"crypto/hmac"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
	"holdfast/sync/mesh/engine"
)

const (
	// dialWithin is how long a try may take, from the first packet to the welcome.
	dialWithin = 10 * time.Second
	// againAfter is when a try that nobody has answered begins once more beside
	// itself: a system repeats its first packet after 1, 3 and 7 seconds, and a
	// network that has healed meanwhile is not noticed in between.
	againAfter = 2 * time.Second
	// maxProbes bounds the tries that nobody has answered yet, or did the last time: an
	// address where nobody is holds up no other.
	maxProbes = 32
)

var (
	errMoved  = errors.New("the network of this device changed")
	errSelf   = errors.New("this device itself answers there")
	errTwin   = errors.New("another home answers there with the key of this device")
	errLinked = errors.New("the device is linked already")
	errProof  = errors.New("who answers there is not of this room")
	errMember = errors.New("who answers there is not a member of this room")
	// errUnwelcome is all that a device says to who is not of a room it has.
	errUnwelcome = errors.New("knock: no welcome")
	errSpeech    = errors.New("connect: the other end does not speak " + Subprotocol)
)

// dialLoop starts a try whenever one is due and there is room for a link.
func (m *Mesh) dialLoop(ctx context.Context) {
	for {
		wait := m.dialDue(ctx)
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-m.dialNow:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// dialDue starts the tries that are due and tells how long to wait for more.
func (m *Mesh) dialDue(ctx context.Context) time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.online || !m.running {
		return lastBackoff
	}
	linked := map[model.DeviceKey]bool{}
	places, probes := m.cfg.MaxOutgoing, maxProbes
	for _, l := range m.links {
		linked[l.peer] = true
		if l.outgoing {
			places--
		}
	}
	if places <= 0 {
		probes = 0
	}
	now, wait := m.cfg.Now(), lastBackoff
	for _, t := range m.trials {
		if left := againAfter - now.Sub(t.since); t.probe || left <= 0 {
			probes--
		} else {
			places--
			wait = min(wait, left)
		}
	}
	due, next := m.book.due(now, places, probes, func(d model.DeviceKey) bool { return linked[d] })
	for _, address := range due {
		ctx, cancel := context.WithCancelCause(ctx)
		m.trials[address] = trial{since: now, probe: m.book.entries[address].fails > 0, abandon: cancel}
		wait = min(wait, againAfter)
		m.tasks.Go(func() {
			defer cancel(nil)
			m.try(ctx, address)
		})
	}
	if !next.IsZero() {
		wait = min(wait, next.Sub(now))
	}
	return wait
}

// trial is a try under way. It holds a place for a link until it has gone unanswered
// for againAfter; one at an address where the last try failed holds none.
type trial struct {
	since   time.Time
	probe   bool
	abandon context.CancelCauseFunc
}

// NetworkChanged has every address tried anew at once, and what is under way
// abandoned: it went out by the network there was. Links from an address that this
// device no longer has end now; gone tells which those are.
func (m *Mesh) NetworkChanged(gone func(netip.Addr) bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.trials {
		t.abandon(errMoved)
	}
	for _, l := range m.links {
		at, err := netip.ParseAddrPort(l.ws.LocalAddr().String())
		if err == nil && gone(at.Addr().Unmap().WithZone("")) {
			l.kill(errMoved.Error()) // its reader takes it away
		}
	}
	m.book.retryAll()
	poke(m.dialNow)
}

// try makes one link, or notes why not.
func (m *Mesh) try(ctx context.Context, address string) {
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	o, err := m.dial(ctx, address)
	m.mu.Lock()
	delete(m.trials, address)
	switch {
	case err == nil:
		m.book.met(address, o.peer, false)
		m.book.answered(address)
	case errors.Is(context.Cause(ctx), errMoved):
		m.book.free(address)
	case errors.Is(err, errSelf):
		m.book.met(address, m.device, true)
		m.book.free(address)
		m.book.reason(address, failure(err))
	case errors.Is(err, errLinked):
		m.book.free(address)
		m.book.answered(address)
	default:
		m.book.failed(address, m.cfg.Now(), err.Error())
		m.book.reason(address, failure(err))
	}
	m.step(engine.AddressesChanged{Mine: m.mine, Known: m.book.good()})
	poke(m.dialNow)
	m.mu.Unlock()
	if err != nil {
		m.cfg.Log.Debug("no link", "address", address, "error", err)
		return
	}
	if !m.adopt(o) {
		rawClose(o.ws)
		m.mu.Lock()
		m.book.free(address)
		m.mu.Unlock()
	}
}

// dial opens a connection, knocks and waits for the welcome.
func (m *Mesh) dial(ctx context.Context, address string) (opened, error) {
	ws, err := m.connect(ctx, address, Path, Subprotocol)
	if err != nil {
		return opened{}, err
	}
	stop := context.AfterFunc(ctx, func() { rawClose(ws) })
	defer stop()
	o, err := m.knockAt(ws, address)
	if err != nil {
		rawClose(ws)
		return opened{}, err
	}
	return o, nil
}

// open connects, as Config.Dial does, and begins again and again while nobody
// answers: the first answer counts, good or bad. It takes until ctx ends at most.
func (m *Mesh) open(ctx context.Context, network, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	const most = int(dialWithin / againAfter)
	results, begun := make(chan result, most), 0
	begin := func() {
		begun++
		m.tasks.Go(func() {
			conn, err := m.cfg.Dial(ctx, network, address)
			results <- result{conn, err}
		})
	}
	begin()
	again := time.NewTicker(againAfter)
	defer again.Stop()
	for {
		select {
		case <-again.C:
			if begun < most {
				begin()
			}
		case r := <-results:
			m.tasks.Go(func() {
				for range begun - 1 {
					if late := <-results; late.conn != nil {
						_ = late.conn.Close() // another was first
					}
				}
			})
			return r.conn, r.err
		}
	}
}

func (m *Mesh) connect(ctx context.Context, address, path, subprotocol string) (*websocket.Conn, error) {
	conf := m.cfg.Identity.ClientTLS(nil).Clone()
	conf.MinVersion = tls.VersionTLS13
	conf.NextProtos = []string{"http/1.1"}
	d := websocket.Dialer{
		NetDialContext: m.open, TLSClientConfig: conf, Subprotocols: []string{subprotocol},
		HandshakeTimeout: dialWithin, ReadBufferSize: wsBuffer, WriteBufferSize: wsWrite, WriteBufferPool: &m.buffers,
	}
	ws, resp, err := d.DialContext(ctx, "wss://"+address+path, nil)
	if resp != nil && resp.Body != nil {
		_ = resp.Body.Close() // nothing in it is used
	}
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	if ws.Subprotocol() != subprotocol {
		rawClose(ws)
		return nil, errSpeech
	}
	return ws, nil
}

// knockAt proves membership first; the answer must prove the same.
func (m *Mesh) knockAt(ws *websocket.Conn, address string) (opened, error) {
	peer, material, err := m.reached(ws)
	switch {
	case err != nil:
		return opened{}, err
	case peer == m.device:
		return opened{}, m.mirror(ws, material)
	case m.noteMet(address, peer):
		return opened{}, errLinked
	}
	if err := m.prove(ws, peer, material); err != nil {
		return opened{}, err
	}
	return opened{ws: ws, peer: peer, outgoing: true, address: address, tag: linkTag(m.cfg.Room, material)}, nil
}

// mirror finds whether it is this process that answers with this device's own key, or
// another home that has it.
func (m *Mesh) mirror(ws *websocket.Conn, material []byte) error {
	m.mu.Lock()
	m.mirrors[string(material)] = true
	m.mu.Unlock()
	defer func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.mirrors, string(material))
	}()
	msg, err := encodeKnock(m.cfg.Room, knockWord, material, m.cfg.MyCertificate)
	if err != nil {
		return err
	}
	answer, err := exchange(ws, msg)
	if err != nil || !hmac.Equal(answer.Proof, proof(m.cfg.Room, twinWord, material)) {
		return errSelf // it tells itself nothing
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.twin(m.device)
	return errTwin
}

// isMirror tells, of a connection by this device's own key, whether this process made it.
func (m *Mesh) isMirror(material []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.mirrors[string(material)]
}

// reached gives who answers, and the key material of the connection.
func (m *Mesh) reached(ws *websocket.Conn) (peer model.DeviceKey, material []byte, err error) {
	conn, ok := ws.NetConn().(*tls.Conn)
	if !ok {
		return peer, nil, errors.New("knock: the connection is not tls")
	}
	state := conn.ConnectionState()
	if peer, err = m.cfg.Identity.PeerKey(state); err != nil {
		return peer, nil, fmt.Errorf("knock: %w", err)
	}
	if material, err = exported(&state); err != nil {
		return peer, nil, fmt.Errorf("knock: %w", err)
	}
	return peer, material, nil
}

// prove knocks and checks the welcome.
func (m *Mesh) prove(ws *websocket.Conn, peer model.DeviceKey, material []byte) error {
	msg, err := encodeKnock(m.cfg.Room, knockWord, material, m.cfg.MyCertificate)
	if err != nil {
		return err
	}
	answer, err := exchange(ws, msg)
	if err != nil {
		return fmt.Errorf("%w: %w", errUnwelcome, err)
	}
	if !hmac.Equal(answer.Proof, proof(m.cfg.Room, welcomeWord, material)) {
		return errProof
	}
	if !m.cfg.Authorize(peer, answer.Certificate) {
		return errMember
	}
	return nil
}

// noteMet records who answers at an address and tells whether it is linked.
func (m *Mesh) noteMet(address string, peer model.DeviceKey) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.book.met(address, peer, false)
	return m.linkedTo(peer)
}

func exchange(ws *websocket.Conn, msg []byte) (knock, error) {
	ws.SetReadLimit(maxKnock)
	deadline := time.Now().Add(knockWithin)
	if err := errors.Join(ws.SetWriteDeadline(deadline), ws.SetReadDeadline(deadline)); err != nil {
		return knock{}, err
	}
	if err := ws.WriteMessage(websocket.BinaryMessage, msg); err != nil {
		return knock{}, err
	}
	_, b, err := ws.ReadMessage()
	if err != nil {
		return knock{}, err
	}
	return decodeKnock(b)
}
