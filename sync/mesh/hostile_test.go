package mesh

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
	"holdfast/sync/mesh/engine"
)

// serveTwo serves two rooms of one device on one port.
func serveTwo(t *testing.T, n *node, rooms ...*Mesh) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n.addr = ln.Addr().String()
	door := NewListener(ln, n.id, nil)
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = door.Run(ctx) })
	for _, m := range rooms {
		door.Add(m)
		wg.Go(func() { _ = m.Run(ctx) })
	}
	t.Cleanup(func() { cancel(); wg.Wait() })
}

// stranger dials a node by hand.
type dialled struct {
	ws       *websocket.Conn
	material []byte
}

func dialRaw(t *testing.T, n *node, id *testIdentity, header http.Header, change ...func(*tls.Config)) (*dialled, *http.Response, error) {
	t.Helper()
	conf := id.ClientTLS(nil)
	conf.NextProtos = []string{"http/1.1"}
	for _, fn := range change {
		fn(conf)
	}
	d := websocket.Dialer{TLSClientConfig: conf, Subprotocols: []string{Subprotocol}, HandshakeTimeout: 10 * time.Second}
	ws, resp, err := d.Dial("wss://"+n.addr+Path, header)
	if err != nil {
		return nil, resp, err
	}
	t.Cleanup(func() { _ = ws.Close() })
	out := &dialled{ws: ws}
	if tc, ok := ws.NetConn().(*tls.Conn); ok {
		state := tc.ConnectionState()
		out.material, err = exported(&state)
	}
	return out, resp, err
}

// enter knocks as a member does.
func (d *dialled) enter(t *testing.T) {
	t.Helper()
	msg, err := encodeKnock(testRoom, knockWord, d.material, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := exchange(d.ws, msg); err != nil {
		t.Fatalf("knock: %v", err)
	}
	d.ws.SetReadLimit(engine.MaxFrame)
}

// silence checks that the other end closes and says nothing before.
func (d *dialled) silence(t *testing.T) {
	t.Helper()
	_ = d.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, b, err := d.ws.ReadMessage()
	if err == nil {
		t.Fatalf("a stranger was told %d bytes", len(b))
	}
	if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Fatal("a stranger was not shown out")
	}
	if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.ClosePolicyViolation) {
		t.Errorf("a stranger was given a reason: %v", err)
	}
}

// closes checks that a member's link is ended, whatever was sent before.
func (d *dialled) closes(t *testing.T) {
	t.Helper()
	_ = d.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	for {
		if _, _, err := d.ws.ReadMessage(); err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Fatal("the link was not closed")
			}
			return
		}
	}
}

func TestStrangersLearnNothing(t *testing.T) {
	var refused model.DeviceKey
	a := newNode(t, func(c *Config) {
		c.Authorize = func(k model.DeviceKey, cert []byte) bool { return k != refused && string(cert) != "forged" }
	})
	member := newIdentity(t)
	refusedID := newIdentity(t)
	refused = refusedID.key
	good := func(d *dialled) []byte { b, _ := encodeKnock(testRoom, knockWord, d.material, nil); return b }
	cases := map[string]struct {
		id    *testIdentity
		knock func(d *dialled) []byte
	}{
		"not a member": {refusedID, good},
		"forged certificate": {member, func(d *dialled) []byte {
			b, _ := encodeKnock(testRoom, knockWord, d.material, []byte("forged"))
			return b
		}},
		"wrong room":         {member, func(d *dialled) []byte { b, _ := encodeKnock(model.RoomID{66}, knockWord, d.material, nil); return b }},
		"another connection": {member, func(*dialled) []byte { b, _ := encodeKnock(testRoom, knockWord, make([]byte, 32), nil); return b }},
		"the answer's proof": {member, func(d *dialled) []byte { b, _ := encodeKnock(testRoom, welcomeWord, d.material, nil); return b }},
		"garbage":            {member, func(*dialled) []byte { return []byte("hello?") }},
		"nothing":            {member, func(*dialled) []byte { return []byte{} }},
		"too long":           {member, func(*dialled) []byte { return make([]byte, maxKnock+1) }},
		"certificate too big": {member, func(d *dialled) []byte {
			b, _ := encodeKnock(testRoom, knockWord, d.material, make([]byte, MaxCertificate+1))
			return b
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d, _, err := dialRaw(t, a, c.id, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.ws.WriteMessage(websocket.BinaryMessage, c.knock(d)); err != nil {
				t.Fatal(err)
			}
			d.silence(t)
		})
	}
	if len(a.mesh.Peers()) != 0 {
		t.Error("a stranger is listed as a peer")
	}
}

func TestUpgradeRefusals(t *testing.T) {
	a := newNode(t)
	id := newIdentity(t)
	if _, resp, err := dialRaw(t, a, id, http.Header{"Origin": {"https://" + a.addr}}); err == nil || resp == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("a request with an Origin: %v", err)
	}
	if _, _, err := dialRaw(t, a, id, nil, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 }); err == nil {
		t.Error("tls 1.2 was accepted")
	}
	if _, _, err := dialRaw(t, a, id, nil, func(c *tls.Config) { c.Certificates = nil }); err == nil {
		t.Error("a client without a key was accepted")
	}
	// The same connection without our subprotocol.
	d := websocket.Dialer{TLSClientConfig: id.ClientTLS(nil)}
	if _, resp, err := d.Dial("wss://"+a.addr+Path, nil); err == nil || resp == nil || resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a request without the subprotocol: %v", err)
	}
}

func TestOtherPathsCanBeServed(t *testing.T) {
	a := newNode(t)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	door := NewListener(ln, a.id, nil)
	door.Handle("/other", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "here") }))
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { _ = door.Run(ctx) })
	defer func() { cancel(); wg.Wait() }()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: newIdentity(t).ClientTLS(nil)}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("https://" + ln.Addr().String() + "/other")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if b, _ := io.ReadAll(resp.Body); string(b) != "here" {
		t.Errorf("got %q", b)
	}
}

// A member's device that misbehaves loses its link, and nobody else suffers.
func TestHostileMembers(t *testing.T) {
	a, honest := newNode(t), newNode(t)
	honest.join(a)
	await(t, "honest link", a.linked(honest))
	text := func(d *dialled) error { return d.ws.WriteMessage(websocket.TextMessage, []byte("hi")) }
	send := func(b []byte) func(*dialled) error {
		return func(d *dialled) error { return d.ws.WriteMessage(websocket.BinaryMessage, b) }
	}
	huge := func(d *dialled) error {
		_ = d.ws.WriteMessage(websocket.BinaryMessage, make([]byte, 100<<20)) // it is cut off on the way
		return nil
	}
	cases := map[string]func(*dialled) error{
		"garbage frame":   send([]byte{1, 0xff, 0xff, 0xff}),
		"empty frame":     send(nil),
		"run first":       send([]byte{3, 0xa0}),
		"text frame":      text,
		"100 MB frame":    huge,
		"endless nesting": send(append([]byte{1}, []byte(strings.Repeat("\x81", 60000))...)),
	}
	for name, do := range cases {
		t.Run(name, func(t *testing.T) {
			d, _, err := dialRaw(t, a, newIdentity(t), nil)
			if err != nil {
				t.Fatal(err)
			}
			d.enter(t)
			if err := do(d); err != nil {
				t.Fatal(err)
			}
			d.closes(t)
		})
	}
	seq := a.store.write(1, 100)
	await(t, "the honest link goes on", honest.has(a.store.own, seq))
}

func TestSlowStrangersDoNotHoldTheDoor(t *testing.T) {
	a, b := newNode(t), newNode(t)
	var conns []net.Conn
	for range 3 * maxPending {
		c, err := net.Dial("tcp", a.addr)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		_, _ = c.Write([]byte{0x16}) // the first byte of a handshake, and no more
		conns = append(conns, c)
	}
	start := time.Now()
	b.join(a)
	await(t, "an honest device gets in", b.linked(a))
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("it took %v", d)
	}
	_ = conns[0].SetReadDeadline(time.Now().Add(2 * knockWithin))
	if _, err := conns[0].Read(make([]byte, 1)); err == nil {
		t.Error("a slow stranger was answered")
	} else if ne, ok := err.(net.Error); ok && ne.Timeout() {
		t.Error("a slow stranger was never shown out")
	}
}

// A peer that takes nothing costs no more than a window and its socket.
func TestPeerThatNeverReads(t *testing.T) {
	a, honest := newNode(t), newNode(t)
	a.store.write(100_000, 1000) // 100 MB
	d, _, err := dialRaw(t, a, newIdentity(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	d.enter(t)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	// A hello that holds nothing: everything is to be sent to us.
	if err := d.ws.WriteMessage(websocket.BinaryMessage, emptyHello); err != nil {
		t.Fatal(err)
	}
	honest.join(a)
	await(t, "the honest one gets all meanwhile", honest.has(a.store.own, 1000))
	honest.stop()
	honest.store.mu.Lock()
	clear(honest.store.feeds)
	honest.store.mu.Unlock()
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 16<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

// emptyHello is proto 1, boot 2, wall 0, version "x", no heads.
var emptyHello = []byte{1, 0xa5, 1, 1, 2, 2, 3, 0, 4, 0x61, 'x', 5, 0x80}
