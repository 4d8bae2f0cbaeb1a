package mesh

import (
	"context"
	"crypto/hmac"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
)

const (
	// knockWithin is the time a stranger has, from connecting to its knock.
	knockWithin = 5 * time.Second
	// wsBuffer is a link's read buffer: 200 links of a relay hold 1 MiB. Write
	// buffers come from a pool and are held only while a frame is written.
	wsBuffer = 4 << 10
	wsWrite  = 64 << 10
	// maxHeader is what an upgrade request may hold; ours is 300 bytes.
	maxHeader = 4 << 10
)

// Listener accepts links for the rooms of this device on one port. All rooms
// of a listener are of one device key.
type Listener struct {
	identity Identity
	accept   *doorway
	log      *slog.Logger
	mux      *http.ServeMux
	handlers sync.WaitGroup
	buffers  sync.Pool // write buffers of all links

	mu     sync.Mutex
	rooms  []*Mesh
	closed bool
}

// NewListener serves on ln, which it closes when Run ends. Log may be nil.
func NewListener(ln net.Listener, identity Identity, log *slog.Logger) *Listener {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	l := &Listener{identity: identity, accept: newDoorway(ln), log: log, mux: http.NewServeMux()}
	l.mux.HandleFunc(Path, l.serveLink)
	l.mux.HandleFunc(StreamPath, l.serveStream)
	return l
}

// Addr is where it listens.
func (l *Listener) Addr() net.Addr { return l.accept.Addr() }

// Add opens the door of a room.
func (l *Listener) Add(m *Mesh) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rooms = append(l.rooms, m)
}

// Remove shuts the door of a room; its links stay.
func (l *Listener) Remove(room model.RoomID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rooms = slices.DeleteFunc(l.rooms, func(m *Mesh) bool { return m.Room() == room })
}

// Handle serves another path on the same port. The handler is called for any
// device that proved a key (see Identity.PeerKey), member or not, and sets its
// own limits. Handle must be called before Run.
func (l *Listener) Handle(pattern string, h http.Handler) {
	l.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		admit(r)
		h.ServeHTTP(w, r)
	})
}

// Run serves until ctx ends, and returns after every request has ended.
func (l *Listener) Run(ctx context.Context) error {
	conf := l.identity.ServerTLS().Clone()
	conf.MinVersion = tls.VersionTLS13
	conf.NextProtos = []string{"http/1.1"}
	conf.SessionTicketsDisabled = true
	conf.ClientAuth = max(conf.ClientAuth, tls.RequireAnyClientCert)
	srv := &http.Server{
		Handler: http.HandlerFunc(l.serve), ReadHeaderTimeout: knockWithin, IdleTimeout: knockWithin,
		MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(l.log.Handler(), slog.LevelDebug),
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){}, // WebSockets need HTTP/1.1
		BaseContext:  func(net.Listener) context.Context { return ctx },
		ConnContext:  withStranger,
	}
	srv.SetKeepAlivesEnabled(false)
	stop := context.AfterFunc(ctx, func() {
		_ = srv.Close() // it closes the sockets; there is nothing else to do with an error
		l.accept.closeAll()
	})
	defer stop()
	err := srv.Serve(tls.NewListener(l.accept, conf))
	l.end()
	if ctx.Err() != nil || errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("listen: %w", err)
}

// serve refuses what a browser sends: a page must not reach this port.
func (l *Listener) serve(w http.ResponseWriter, r *http.Request) {
	if !l.begin() {
		return
	}
	defer l.handlers.Done()
	if len(r.Header.Values("Origin")) > 0 {
		http.Error(w, "not for browsers", http.StatusForbidden)
		return
	}
	l.mux.ServeHTTP(w, r)
}

// begin counts a request, unless Run is ending.
func (l *Listener) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.handlers.Add(1)
	return true
}

func (l *Listener) end() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.accept.closeAll()
	l.handlers.Wait()
}

// upgrade makes a WebSocket of a request by a device that proved a key; nil where
// it was answered otherwise.
func (l *Listener) upgrade(w http.ResponseWriter, r *http.Request, subprotocol string) (*websocket.Conn, model.DeviceKey) {
	peer, err := l.peerOf(r)
	if err != nil {
		http.Error(w, "device key needed", http.StatusForbidden)
		return nil, peer
	}
	if !slices.Contains(websocket.Subprotocols(r), subprotocol) {
		http.Error(w, "subprotocol "+subprotocol+" needed", http.StatusBadRequest)
		return nil, peer
	}
	up := websocket.Upgrader{
		HandshakeTimeout: knockWithin, Subprotocols: []string{subprotocol},
		ReadBufferSize: wsBuffer, WriteBufferSize: wsWrite, WriteBufferPool: &l.buffers,
		CheckOrigin: func(*http.Request) bool { return true }, // refused in serve
	}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return nil, peer // the upgrader has answered
	}
	return ws, peer
}

func (l *Listener) serveLink(w http.ResponseWriter, r *http.Request) {
	ws, peer := l.upgrade(w, r, Subprotocol)
	if ws == nil {
		return
	}
	m, o, err := l.welcome(ws, peer, r.TLS)
	if err == nil {
		admit(r)
		if m.adopt(o) {
			return
		}
		err = errors.New("no room for another link")
	}
	// Without a word: who is not a member learns nothing.
	rawClose(ws)
	l.log.Debug("knock refused", "remote", r.RemoteAddr, "device", peer.Short(), "error", err)
}

func (l *Listener) peerOf(r *http.Request) (model.DeviceKey, error) {
	if r.TLS == nil {
		return model.DeviceKey{}, errors.New("no tls")
	}
	return l.identity.PeerKey(*r.TLS)
}

// welcome waits for the knock, finds its room and answers.
func (l *Listener) welcome(ws *websocket.Conn, peer model.DeviceKey, state *tls.ConnectionState) (*Mesh, opened, error) {
	material, err := exported(state)
	if err != nil {
		return nil, opened{}, err
	}
	ws.SetReadLimit(maxKnock)
	deadline := time.Now().Add(knockWithin)
	if err := errors.Join(ws.SetReadDeadline(deadline), ws.SetWriteDeadline(deadline)); err != nil {
		return nil, opened{}, err
	}
	_, b, err := ws.ReadMessage()
	if err != nil {
		return nil, opened{}, err
	}
	k, err := decodeKnock(b)
	if err != nil {
		return nil, opened{}, err
	}
	m := l.roomOf(k.Proof, material)
	if m != nil && peer == m.device && !m.isMirror(material) {
		return nil, opened{}, m.answerTwin(ws, material)
	}
	if m == nil || peer == m.device || !m.Online() || !m.cfg.Authorize(peer, k.Certificate) {
		return nil, opened{}, errMember
	}
	answer, err := encodeKnock(m.cfg.Room, welcomeWord, material, m.cfg.MyCertificate)
	if err != nil {
		return nil, opened{}, err
	}
	if err := ws.WriteMessage(websocket.BinaryMessage, answer); err != nil {
		return nil, opened{}, err
	}
	return m, opened{ws: ws, peer: peer, tag: linkTag(m.cfg.Room, material)}, nil
}

// answerTwin tells another home of this device's own key that there are two.
func (m *Mesh) answerTwin(ws *websocket.Conn, material []byte) error {
	m.mu.Lock()
	m.twin(m.device)
	m.mu.Unlock()
	answer, err := encodeKnock(m.cfg.Room, twinWord, material, nil)
	if err == nil {
		err = ws.WriteMessage(websocket.BinaryMessage, answer)
	}
	return errors.Join(errTwin, err)
}

// roomOf tries every room, so that the time taken tells nothing.
func (l *Listener) roomOf(given, material []byte) *Mesh {
	l.mu.Lock()
	defer l.mu.Unlock()
	var found *Mesh
	for _, m := range l.rooms {
		if hmac.Equal(given, proof(m.cfg.Room, knockWord, material)) {
			found = m
		}
	}
	return found
}
