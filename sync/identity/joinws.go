package identity

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
	"holdfast/sync/dial"
)

// JoinPath is where a host answers joiners.
const JoinPath = "/holdfast/v1/join"

// joinProtocol is the WebSocket subprotocol of the exchange.
const joinProtocol = "holdfast.join.v1"

const (
	// maxPendingJoins bounds the joiners served at once: each may hold a
	// connection for seconds without having proved anything.
	maxPendingJoins = 16
	// dialPatience bounds one address: an invite may name several that lead nowhere.
	dialPatience = 5 * time.Second
	// closePatience bounds sending the close frame.
	closePatience = time.Second
)

// ErrUnreachable: no address of the invite led to its host.
var ErrUnreachable = errors.New("no address of the invite could be reached")

// ErrManyGuesses: from this address came too many wrong proofs.
var ErrManyGuesses = errors.New("the host waits after wrong attempts from this network")

// wsConn is a MessageConn over a WebSocket.
type wsConn struct {
	ws    *websocket.Conn
	state tls.ConnectionState
	peer  model.DeviceKey
}

func newWSConn(ws *websocket.Conn, state tls.ConnectionState, limit int64) (*wsConn, error) {
	peer, err := PeerKey(state)
	if err != nil {
		return nil, err
	}
	// gorilla's limit is the message's: compression, which defeats it, is off.
	ws.SetReadLimit(limit)
	return &wsConn{ws: ws, state: state, peer: peer}, nil
}

func (c *wsConn) ReadMessage() ([]byte, error) {
	kind, b, err := c.ws.ReadMessage()
	if err == nil && kind != websocket.BinaryMessage {
		err = ErrMalformed
	}
	return b, err
}

func (c *wsConn) WriteMessage(b []byte) error { return c.ws.WriteMessage(websocket.BinaryMessage, b) }

func (c *wsConn) Exporter(label string, n int) ([]byte, error) {
	return c.state.ExportKeyingMaterial(label, nil, n)
}

func (c *wsConn) PeerKey() model.DeviceKey { return c.peer }

// Close always looks the same from the other end, whatever the reason.
func (c *wsConn) Close() error {
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	c.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(closePatience)) // the other end may be gone
	return c.ws.Close()
}

// JoinHandler serves joiners at JoinPath of a TLS server that uses Device.ServerTLS.
// A request from a browser (one with an Origin) is refused. The exchange ends with
// the request's context, so a server that stops cancels its BaseContext and then waits.
func JoinHandler(h *Host) http.Handler {
	return serveWS(maxPendingJoins, newGuesses(h.Now), func(ctx context.Context, conn MessageConn, wrong func()) {
		_ = h.serve(ctx, conn, wrong) // what went wrong is the joiner's to hear, or nobody's
	})
}

// serveWS upgrades to a WebSocket and serves so many at once. Where serve tells
// of a wrong proof, the network it came from has to wait.
func serveWS(most int, guesses *guesses, serve func(_ context.Context, _ MessageConn, wrong func())) http.Handler {
	pending := make(chan struct{}, most)
	upgrader := websocket.Upgrader{
		HandshakeTimeout: turnPatience,
		Subprotocols:     []string{joinProtocol},
		CheckOrigin:      func(r *http.Request) bool { return r.Header.Get("Origin") == "" },
		Error: func(w http.ResponseWriter, _ *http.Request, status int, _ error) {
			http.Error(w, http.StatusText(status), status)
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.TLS == nil {
			http.Error(w, http.StatusText(http.StatusForbidden), http.StatusForbidden)
			return
		}
		select {
		case pending <- struct{}{}:
			defer func() { <-pending }()
		default:
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		if wait := guesses.wait(r.RemoteAddr); wait > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
			http.Error(w, http.StatusText(http.StatusTooManyRequests), http.StatusTooManyRequests)
			return
		}
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return // Upgrade has answered
		}
		conn, err := newWSConn(ws, *r.TLS, maxBefore)
		if err != nil {
			ws.Close()
			return
		}
		serve(r.Context(), conn, func() { guesses.wrong(r.RemoteAddr) })
	})
}

// DialJoin joins over the network. It tries first the further addresses, those
// the user typed, then the invite's, each once and in order, until the invite's host
// answers; TLS accepts no other device. An answer of that host, good or bad, is final.
func DialJoin(ctx context.Context, device *Device, invite Invite, wishes Wishes, further ...string) (Welcome, error) {
	var failed []string
	for _, address := range slices.Concat(further, invite.Addresses) {
		conn, err := dialJoin(ctx, device, &invite.Host, address)
		if err == nil {
			return Join(ctx, conn, device.Key(), invite, wishes)
		}
		if ctx.Err() != nil {
			return Welcome{}, fmt.Errorf("join: %w", ctx.Err())
		}
		failed = append(failed, fmt.Sprintf("%s: %v", address, err))
	}
	if len(failed) == 0 {
		failed = []string{"it names none; type the address of the host"}
	}
	return Welcome{}, fmt.Errorf("join: %w: %s", ErrUnreachable, strings.Join(failed, "; "))
}

// DialSpoken joins with a code that was read out, at the address that was read
// with it. The first that answers is final. The host is the certificate's By.
func DialSpoken(ctx context.Context, device *Device, code string, wishes Wishes, addresses ...string) (Welcome, error) {
	code, err := ParseSpoken(code)
	if err != nil {
		return Welcome{}, err
	}
	failed := []string{}
	for _, address := range addresses {
		for earlier := range uint8(maxSpoken) {
			conn, err := dialJoin(ctx, device, nil, address)
			if ctx.Err() != nil {
				return Welcome{}, fmt.Errorf("join: %w", ctx.Err())
			}
			if err != nil {
				failed = append(failed, fmt.Sprintf("%s: %v", address, err))
				break
			}
			welcome, err := JoinSpoken(ctx, conn, device.Key(), code, earlier, wishes)
			if !errors.Is(err, ErrNotRecognised) || earlier+1 == maxSpoken {
				return welcome, err
			}
		}
	}
	return Welcome{}, fmt.Errorf("join: %w: %s", ErrUnreachable, strings.Join(failed, "; "))
}

func dialJoin(ctx context.Context, device *Device, host *model.DeviceKey, address string) (*wsConn, error) {
	return dialPath(ctx, device, host, address, JoinPath)
}

func dialPath(ctx context.Context, device *Device, host *model.DeviceKey, address, path string) (*wsConn, error) {
	if !validAddress(address) {
		return nil, errors.New("not an address and port")
	}
	ctx, cancel := context.WithTimeout(ctx, dialPatience)
	defer cancel()
	dialer := websocket.Dialer{
		TLSClientConfig:  device.ClientTLS(host),
		Subprotocols:     []string{joinProtocol},
		HandshakeTimeout: dialPatience,
		// No proxy: devices meet on networks where none answers.
		NetDialContext: dial.Context,
	}
	at := url.URL{Scheme: "wss", Host: address, Path: path} // escapes the zone of a link-local address
	ws, response, err := dialer.DialContext(ctx, at.String(), nil)
	if err != nil {
		if response != nil && response.StatusCode == http.StatusTooManyRequests {
			return nil, fmt.Errorf("%w: try again in %s s", ErrManyGuesses, response.Header.Get("Retry-After"))
		}
		if response != nil {
			return nil, fmt.Errorf("it answered %q", response.Status)
		}
		return nil, err
	}
	secured, ok := ws.NetConn().(*tls.Conn)
	if !ok {
		ws.Close()
		return nil, ErrPeerCertificate
	}
	conn, err := newWSConn(ws, secured.ConnectionState(), maxAnswer)
	if err != nil {
		ws.Close()
		return nil, err
	}
	return conn, nil
}
