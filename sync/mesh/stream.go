package mesh

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
	"holdfast/sync/mesh/engine"
)

const (
	// StreamPath and StreamSubprotocol of a stream's WebSocket.
	StreamPath        = "/holdfast/v1/stream"
	StreamSubprotocol = "holdfast.blob.v1"
	// sayWithin is how long the end of a stream may take to say why.
	sayWithin = time.Second
	// maxCloseReason is what RFC 6455 5.5 lets a close frame hold, less the code.
	maxCloseReason = 123
)

// Streams is what a mesh carries beside its links: over a second connection to
// each linked device, so that nothing large stands before a line.
type Streams struct {
	// MaxFrame bounds a frame, in bytes.
	MaxFrame int64
	// Serve is called with each stream, in a goroutine of its own. The stream ends
	// when it returns, and with the last link to the device at the latest.
	Serve func(context.Context, *Stream)
}

// Stream is a second connection to a linked device. The dialler of the link
// opens it, and again where it broke.
type Stream struct {
	peer   model.DeviceKey
	ws     *websocket.Conn
	once   sync.Once
	closed chan struct{}
	log    *slog.Logger
}

// Peer is the device at the other end; it has proved its key and its membership.
func (s *Stream) Peer() model.DeviceKey { return s.peer }

// Read waits for a frame, which is the caller's.
func (s *Stream) Read() ([]byte, error) {
	kind, b, err := s.ws.ReadMessage()
	if err != nil {
		return nil, errors.New(describe(err))
	}
	if kind != websocket.BinaryMessage {
		return nil, errText
	}
	return b, nil
}

// Write sends a frame; one caller at a time.
func (s *Stream) Write(frame []byte) error {
	if err := s.ws.SetWriteDeadline(time.Now().Add(writeWithin)); err != nil {
		return err
	}
	return s.ws.WriteMessage(websocket.BinaryMessage, frame)
}

// Close ends the stream and tells the other end why.
func (s *Stream) Close(reason string) {
	s.once.Do(func() {
		close(s.closed)
		s.log.Debug("stream closed", "peer", s.peer.Short(), "reason", reason) // who breaks a rule may be gone before it is told
		msg := websocket.FormatCloseMessage(websocket.ClosePolicyViolation, reason[:min(len(reason), maxCloseReason)])
		_ = s.ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(sayWithin)) // it may be gone
		rawClose(s.ws)
	})
}

// cut ends the stream at once; it does not block.
func (s *Stream) cut() {
	s.once.Do(func() {
		close(s.closed)
		rawClose(s.ws)
	})
}

// carry serves a stream until it ends. False if its device is not linked (any
// more). A newer stream of a device replaces the one before: the end that opens it
// knows that the other is broken.
func (m *Mesh) carry(ctx context.Context, peer model.DeviceKey, ws *websocket.Conn) bool {
	s := &Stream{peer: peer, ws: ws, closed: make(chan struct{}), log: m.cfg.Log}
	ws.SetReadLimit(m.cfg.Streams.MaxFrame)
	if errors.Join(ws.SetReadDeadline(time.Time{}), ws.SetWriteDeadline(time.Time{})) != nil {
		return false
	}
	m.mu.Lock()
	if !m.running || !m.linkedTo(peer) {
		m.mu.Unlock()
		return false
	}
	if old := m.streams[peer]; old != nil {
		old.cut()
	}
	m.streams[peer] = s
	m.mu.Unlock()
	m.cfg.Streams.Serve(ctx, s)
	s.cut()
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.streams[peer] == s {
		delete(m.streams, peer)
	}
	return true
}

// linkedTo tells whether there is a link to a device. The caller holds m.mu.
func (m *Mesh) linkedTo(peer model.DeviceKey) bool {
	for _, l := range m.links {
		if l.peer == peer {
			return true
		}
	}
	return false
}

// endStream ends the stream of a device that is linked no more. The caller holds
// m.mu.
func (m *Mesh) endStream(peer model.DeviceKey) {
	if s := m.streams[peer]; s != nil && !m.linkedTo(peer) {
		s.cut()
		delete(m.streams, peer)
	}
}

// streamLoop keeps a stream beside a link this device dialled.
func (m *Mesh) streamLoop(ctx context.Context, l *link) {
	pause := firstBackoff
	for {
		began := time.Now()
		if err := m.openStream(ctx, l); err != nil {
			m.cfg.Log.Debug("no stream", "peer", l.peer.Short(), "error", err)
		}
		if time.Since(began) > engine.DeadAfter {
			pause = firstBackoff
		}
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-l.done:
		case <-t.C:
		}
		t.Stop()
		if m.ended(ctx, l) {
			return
		}
		pause = min(2*pause, lastBackoff)
	}
}

func (m *Mesh) ended(ctx context.Context, l *link) bool {
	select {
	case <-ctx.Done():
		return true
	case <-l.done:
		return true
	default:
		return false
	}
}

// openStream opens a stream and serves it until it ends.
func (m *Mesh) openStream(ctx context.Context, l *link) error {
	dialling, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	ws, err := m.connect(dialling, l.address, StreamPath, StreamSubprotocol)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(dialling, func() { rawClose(ws) })
	peer, material, err := m.reached(ws)
	if err == nil && peer != l.peer {
		err = errors.New("another device answers there")
	}
	if err == nil {
		err = m.prove(ws, peer, material)
	}
	if err != nil || !stop() {
		rawClose(ws)
		return errors.Join(err, dialling.Err())
	}
	if !m.carry(ctx, peer, ws) {
		rawClose(ws)
	}
	return nil
}

// serveStream accepts a stream of a device that is linked.
func (l *Listener) serveStream(w http.ResponseWriter, r *http.Request) {
	ws, peer := l.upgrade(w, r, StreamSubprotocol)
	if ws == nil {
		return
	}
	m, o, err := l.welcome(ws, peer, r.TLS)
	if err == nil && m.cfg.Streams == nil {
		err = errors.New("the room has no streams")
	}
	if err == nil {
		admit(r)
		if m.carry(r.Context(), o.peer, ws) {
			return
		}
		err = errors.New("the device is not linked")
	}
	rawClose(ws)
	l.log.Debug("stream refused", "remote", r.RemoteAddr, "device", peer.Short(), "error", err)
}
