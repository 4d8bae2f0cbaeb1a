//go:build hostile

package node_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
	"holdfast/sync/secret"
)

func conf(fn func(*tls.Config)) func(*tls.Config, *websocket.Dialer) {
	return func(c *tls.Config, _ *websocket.Dialer) { fn(c) }
}

func otherCertificate() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0)}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

const notMember = "not a member"

// atTheDoor are attacks before a link stands.
var atTheDoor = []attack{
	{"outsider", "speaks TLS 1.2", "protocol version", func(h *hostile) string {
		return says(h.dial(h.stranger, nil, conf(func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS12, tls.VersionTLS12 })))
	}},
	{"outsider", "shows no key", "certificate", func(h *hostile) string {
		return says(h.dial(h.stranger, nil, conf(func(c *tls.Config) { c.Certificates = nil })))
	}},
	{"outsider", "shows a key of another kind", "no valid device certificate", func(h *hostile) string {
		return says(h.dial(h.stranger, nil, conf(func(c *tls.Config) { c.Certificates = []tls.Certificate{otherCertificate()} })))
	}},
	{"outsider", "shows two certificates", "no valid device certificate", func(h *hostile) string {
		return says(h.dial(h.stranger, nil, conf(func(c *tls.Config) {
			both := c.Certificates[0]
			both.Certificate = append(both.Certificate[:1:1], otherCertificate().Certificate[0])
			c.Certificates = []tls.Certificate{both}
		})))
	}},
	{"outsider", "speaks HTTP/2 alone", "no application protocol", func(h *hostile) string {
		c := h.stranger.ClientTLS(nil)
		c.NextProtos = []string{"h2"}
		_, err := tls.Dial("tcp", h.addr, c)
		return fmt.Sprint(err)
	}},
	{"outsider", "speaks plain HTTP", "HTTP request to an HTTPS server", func(h *hostile) string {
		resp, err := http.Get("http://" + h.addr + mesh.Path)
		if err != nil {
			return err.Error()
		}
		defer resp.Body.Close()
		b := make([]byte, 100)
		n, _ := resp.Body.Read(b)
		return strings.TrimSpace(string(b[:n]))
	}},
	{"outsider", "is a web page (Origin)", "not for browsers", func(h *hostile) string {
		return says(h.dial(h.stranger, http.Header{"Origin": {"https://" + h.addr}}))
	}},
	{"outsider", "names no subprotocol", "subprotocol", func(h *hostile) string {
		return says(h.dial(h.stranger, nil, func(_ *tls.Config, d *websocket.Dialer) { d.Subprotocols = nil }))
	}},
	{"outsider", "sends a header of 9 KiB", "431", func(h *hostile) string {
		return says(h.dial(h.stranger, http.Header{"X-Long": {strings.Repeat("x", 9<<10)}}))
	}},
	{"outsider", "sends 32 KiB before it is known", "read limit", func(h *hostile) string {
		l, err := h.dial(h.stranger, nil)
		if err != nil {
			return err.Error()
		}
		_ = l.ws.WriteMessage(websocket.BinaryMessage, h.bulk[:32<<10])
		return readEnd(l)
	}},
	{"outsider", "sends a message of 100 MiB", "read limit", func(h *hostile) string {
		return h.knocks(h.stranger, func(*badLink) []byte { return h.bulk })
	}},
	{"outsider", "knocks with garbage", "not a knock", func(h *hostile) string {
		return h.knocks(h.stranger, func(*badLink) []byte { return []byte("open up") })
	}},
	{"outsider", "knocks at a room that is not here", notMember, func(h *hostile) string {
		return h.knocks(h.stranger, func(l *badLink) []byte { return knock(proof(model.RoomID{66}, "holdfast knock 1", l.material), nil) })
	}},
	{"outsider", "knows the room and is no member", notMember, func(h *hostile) string {
		return h.knocks(h.stranger, func(l *badLink) []byte { return knock(proof(h.mallory.room, "holdfast knock 1", l.material), nil) })
	}},
	{"outsider", "plays back a knock of another connection", notMember, func(h *hostile) string {
		return h.knocks(h.mallory, func(*badLink) []byte {
			return knock(proof(h.mallory.room, "holdfast knock 1", make([]byte, 32)), h.mallory.cert)
		})
	}},
	{"outsider", "plays back the node's own answer", notMember, func(h *hostile) string {
		return h.knocks(h.mallory, func(l *badLink) []byte {
			return knock(proof(h.mallory.room, "holdfast welcome 1", l.material), h.mallory.cert)
		})
	}},
	{"outsider", "shows another device's certificate", notMember, func(h *hostile) string {
		return h.knocks(h.stranger, func(l *badLink) []byte {
			return knock(proof(h.mallory.room, "holdfast knock 1", l.material), h.mallory.cert)
		})
	}},
	{"outsider", "signs a certificate for itself", notMember, func(h *hostile) string {
		return h.knocks(h.stranger, func(l *badLink) []byte {
			return knock(proof(h.mallory.room, "holdfast knock 1", l.material), h.certify(h.stranger, h.stranger))
		})
	}},
	{"member", "admits an outsider without being admin", notMember, func(h *hostile) string {
		return h.knocks(h.stranger, func(l *badLink) []byte {
			return knock(proof(h.mallory.room, "holdfast knock 1", l.material), h.certify(h.stranger, h.mallory))
		})
	}},
	{"removed", "comes back with its old certificate", notMember, func(h *hostile) string {
		return h.knocks(h.rex, func(l *badLink) []byte { return knock(proof(h.rex.room, "holdfast knock 1", l.material), h.rex.cert) })
	}},
	{"outsider", "uses an invite twice", "already used", func(h *hostile) string {
		inv := h.invite(node.Invitation{})
		h.joins(inv, time.Now)
		return h.joins(inv, time.Now)
	}},
	{"outsider", "uses an expired invite, its clock set back", "expired", func(h *hostile) string {
		inv := h.invite(node.Invitation{Expires: time.Second})
		time.Sleep(2200 * time.Millisecond)
		return h.joins(inv, func() time.Time { return time.Now().Add(-time.Hour) })
	}},
	{"outsider", "guesses the secret of an invite", "does not know this invite", func(h *hostile) string {
		inv := h.invite(node.Invitation{})
		inv.Secret[0] ^= 1
		return h.joins(inv, time.Now)
	}},
}

func (h *hostile) certify(device, by *badDevice) []byte {
	c := identity.NewCertificate(h.mallory.room, device.Key(), model.RoleMember, model.ID{1}, time.Now())
	if err := c.Sign(by.Private()); err != nil {
		panic(err)
	}
	b, err := c.Encode()
	if err != nil {
		panic(err)
	}
	return b
}

func (h *hostile) invite(want node.Invitation) identity.Invite {
	inv, err := h.victim.Invite(h.t.Context(), want)
	if err != nil {
		panic(err)
	}
	return inv
}

// joins tries an invite with a new device and gives the answer.
func (h *hostile) joins(inv identity.Invite, now func() time.Time) string {
	n, err := node.Open(node.Options{
		Home: h.t.TempDir(), Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true, Now: now,
	})
	if err != nil {
		panic(err)
	}
	defer n.Close()
	_, err = n.Join(within(h.t), inv.String(), node.Guest{Person: "Kim Vance"})
	return fmt.Sprint(err)
}

func readEnd(l *badLink) string {
	_ = l.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	_, _, err := l.ws.ReadMessage()
	return fmt.Sprint(err)
}

// onALink are attacks of a member.
var onALink = []attack{
	{"member", "sends a damaged frame", "damaged frame", func(h *hostile) string { return h.sends("bye", []byte{4, 0xff, 0xff}) }},
	{"member", "sends an empty frame", "damaged frame", func(h *hostile) string { return h.sends("bye", []byte{}) }},
	{"member", "nests a frame without end", "damaged frame", func(h *hostile) string {
		return h.sends("bye", append([]byte{4}, strings.Repeat("\x81", 60_000)...))
	}},
	{"member", "sends text", "sent text", func(h *hostile) string {
		l := h.enter(h.mallory)
		_ = l.ws.WriteMessage(websocket.TextMessage, []byte("hi"))
		<-l.ended
		return peerError(h)
	}},
	{"member", "sends a frame of 100 MiB", "more than a frame may hold", func(h *hostile) string {
		l := h.enter(h.mallory)
		_ = l.ws.WriteMessage(websocket.BinaryMessage, h.bulk)
		<-l.ended
		return peerError(h)
	}},
	{"member", "claims a seq of 2^63", "damaged frame", func(h *hostile) string {
		f := model.FeedID{9}
		return h.talks("bye", hello(1, []any{f[:], uint64(1) << 63, []byte{}}))
	}},
	{"member", "names a million feeds", "too many feeds", func(h *hostile) string {
		frames := [][]byte{frame(1, map[int]any{1: 1, 2: 5, 3: 0, 4: "bad", 5: []any{}, 6: true})}
		for i := range 1200 {
			var heads []any
			for j := range 900 {
				f := model.FeedID{byte(i), byte(i >> 8), byte(j), byte(j >> 8), 7}
				heads = append(heads, []any{f[:], 1, []byte{}})
			}
			frames = append(frames, frame(2, map[int]any{1: heads, 2: true}))
			if i == 5 { // the link is closed long before; what follows would be the same
				break
			}
		}
		return h.talks("bye", frames...)
	}},
	{"member", "sends runs before its hello", "say hello first", func(h *hostile) string {
		return h.talks("bye", runFrame(h.forge(h.mallory, h.mallory.room, h.logBody())[0]))
	}},
	{"member", "says hello twice", "hello twice", func(h *hostile) string { return h.sends("bye", hello(1)) }},
	{"member", "speaks a protocol that is too old", "older", func(h *hostile) string { return h.talks("bye", hello(0)) }},
	{"member", "floods with acknowledgements", "too many frames", func(h *hostile) string {
		f := model.FeedID{9}
		ack := frame(4, map[int]any{1: []any{[]any{f[:], 1}}})
		l := h.enter(h.mallory)
		_ = l.ws.WriteMessage(websocket.BinaryMessage, hello(1))
		for range 400_000 {
			if l.ws.WriteMessage(websocket.BinaryMessage, ack) != nil {
				break
			}
		}
		return l.awaits("bye", time.Minute)
	}},
	{"member", "leaves a gap in a feed", "again from 0", func(h *hostile) string {
		return h.sends("again", runFrame(h.forge(h.mallory, h.mallory.room, h.logBody(), h.logBody())[1]))
	}},
	{"member", "sends a run with another signature", "not valid", func(h *hostile) string {
		r := h.forge(h.mallory, h.mallory.room, h.logBody())[0]
		r.Bytes[len(r.Bytes)-1] ^= 1
		return h.sends("bye", runFrame(r))
	}},
	{"member", "changes a commit after it was signed", "not valid", func(h *hostile) string {
		r := h.forge(h.mallory, h.mallory.room, h.logBody())[0]
		r.Bytes[len(r.Bytes)-70] ^= 1
		return h.sends("bye", runFrame(r))
	}},
	{"member", "sends a run of another room", "not valid", func(h *hostile) string {
		return h.sends("bye", runFrame(h.forge(h.mallory, model.RoomID{5}, h.logBody())[0]))
	}},
	{"member", "writes in the node's own feed", "not valid", func(h *hostile) string {
		r := h.forge(h.mallory, h.mallory.room, h.logBody())[0]
		r.Feed, r.Count = h.victim.OwnFeed(), 60_000 // reaching past what the node holds
		return h.sends("bye", runFrame(r))
	}},
	{"member", "claims to hold more of the node's feed, on and on", "then ignored", func(h *hostile) string {
		l := h.enter(h.mallory)
		defer l.ws.Close()
		_ = l.ws.WriteMessage(websocket.BinaryMessage, hello(1))
		believed := 0
		for range 8 {
			own := h.victim.OwnFeed()
			_ = l.ws.WriteMessage(websocket.BinaryMessage, frame(4, map[int]any{1: []any{[]any{own[:], uint64(1) << 40}}}))
			for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end) && h.victim.OwnFeed() == own; time.Sleep(time.Millisecond) {
			}
			if h.victim.OwnFeed() != own {
				believed++
			}
		}
		if believed > 4 {
			return fmt.Sprintf("BELIEVED %d times", believed)
		}
		return fmt.Sprintf("believed %d times, each costs a new feed, then ignored", believed)
	}},
	{"member", "sends a run that unfolds to 100 MiB", "not valid", func(h *hostile) string {
		return h.sends("bye", runFrame(h.bomb()))
	}},
	{"member", "sends without waiting for acknowledgements", "more than the window allows", func(h *hostile) string {
		bodies := make([][]byte, 400)
		for i := range bodies {
			bodies[i] = h.logBody()
		}
		var frames [][]byte
		for _, r := range h.forge(h.mallory, h.mallory.room, bodies...) {
			frames = append(frames, runFrame(r))
		}
		return h.sends("bye", frames...)
	}},
	{"observer", "writes", "refused in the record", func(h *hostile) string {
		return h.counted("refused in the record", func(s *model.State) uint64 { return s.Refused }, h.forge(h.olive, h.olive.room, h.logBody())...)
	}},
	{"member", "acts as an admin", "refused in the record", func(h *hostile) string {
		return h.counted("refused in the record", func(s *model.State) uint64 { return s.Refused }, h.forge(h.mallory, h.mallory.room, h.bodies[1])...)
	}},
	{"removed", "writes on, carried by a member", "set aside", func(h *hostile) string {
		return h.counted("set aside as written after its removal", func(s *model.State) uint64 { return s.Quarantined }, h.forge(h.rex, h.rex.room, h.logBody())...)
	}},
	{"outsider", "writes, carried by a member", "waits", func(h *hostile) string {
		parked := func(s *model.State) (n uint64) {
			for _, p := range s.Parked {
				n += uint64(len(p))
			}
			return n
		}
		return h.counted("waits unread for an admission that never comes", parked, h.forge(h.stranger, h.stranger.room, h.logBody())...)
	}},
}

func (h *hostile) logBody() []byte { return h.bodies[len(h.bodies)-1] }

// peerError is what the node shows of mallory.
func peerError(h *hostile) string { return h.shown(h.mallory, 5*time.Second) }

// shown is what the node shows of a device that is not linked any more.
func (h *hostile) shown(d *badDevice, limit time.Duration) string {
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		for _, p := range h.victim.Peers() {
			if p.Device == d.Key() && p.Error != "" {
				return "shown with the peer: " + p.Error
			}
		}
	}
	return ""
}

// slow are attacks that take their time, made at once beside the others.
var slow = []attack{
	{"outsider", "begins a TLS handshake and stops", "shown out in time", func(h *hostile) string {
		return drip(func() (net.Conn, error) {
			c, err := net.Dial("tcp", h.addr)
			if err == nil {
				_, err = c.Write([]byte{0x16})
			}
			return c, err
		}, nil)
	}},
	{"outsider", "sends a header byte by byte", "shown out in time", func(h *hostile) string {
		return drip(func() (net.Conn, error) { return tls.Dial("tcp", h.addr, h.stranger.ClientTLS(nil)) }, []byte("GET /"))
	}},
	{"outsider", "upgrades and never knocks", "shown out in time", func(h *hostile) string {
		return drip(func() (net.Conn, error) {
			l, err := h.dial(h.stranger, nil)
			if err != nil {
				return nil, err
			}
			return l.ws.NetConn(), nil
		}, nil)
	}},
	{"member", "knocks and never says hello", "hello in time", func(h *hostile) string {
		return h.enter(h.olive).awaits("bye", time.Minute)
	}},
}

func TestHostile(t *testing.T) {
	h := arena(t)
	honest := h.honest
	inc := do(t, h.victim, model.Declare{Title: "Checkout down", Severity: model.P0}).Code
	quiet := p99(pulse(t, h.victim, honest, inc, nil, 400))
	before := heap()
	stop := make(chan struct{})
	var under []time.Duration
	var wg, beside sync.WaitGroup
	wg.Go(func() { under = pulse(t, h.victim, honest, inc, stop, 1<<30) })
	refused, n := 0, 0
	var mu sync.Mutex
	try := func(a attack) {
		mark := len(h.log.after(0))
		told := a.do(h)
		reason := match(told, a.want)
		for end := time.Now().Add(3 * time.Second); reason == "" && time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
			for _, line := range h.log.after(mark) {
				if reason = match(line, a.want); reason != "" {
					reason = "log: " + reason
					break
				}
			}
		}
		mu.Lock()
		defer mu.Unlock()
		n++
		if reason == "" {
			t.Errorf("%s %s: no reason with %q; told %q; log %q", a.who, a.what, a.want, told, h.log.after(mark))
			return
		}
		refused++
		fmt.Printf("%3d %-9s %-50s %s\n", n, a.who, a.what, reason)
	}
	for _, a := range slices.Concat(slow, slowLinks) {
		beside.Go(func() { try(a) })
	}
	for _, a := range slices.Concat(atTheDoor, onALink, onAStream) {
		try(a)
	}
	beside.Wait() // a fork has links begin anew
	for _, a := range withHistories {
		try(a)
	}
	close(stop)
	wg.Wait()
	grown := heap() - before
	try(untimed)
	busy := p99(under)
	same(t, h.victim, honest)
	if grown > 32<<20 {
		t.Errorf("memory grew by %d MiB, of at most 32", grown>>20)
	}
	// Attackers and honest peers share this process and its cores, so a floor keeps a busy machine from failing it: the figure is printed.
	if busy > max(2*quiet, 250*time.Millisecond) {
		t.Errorf("p99 of the honest link %v, quiet %v", busy, quiet)
	}
	fmt.Printf("hostile: %d of %d attacks refused by name; memory %+.1f MiB (at most 32); p99 of the honest link %.1f ms under attack over %d lines, %.1f ms before\n",
		refused, n, float64(grown)/(1<<20), busy.Seconds()*1e3, len(under), quiet.Seconds()*1e3)
}

func match(text, want string) string {
	if want != "" && strings.Contains(text, want) {
		if len(text) > 110 {
			i := strings.Index(text, want)
			text = "..." + text[max(0, i-50):min(len(text), i+len(want)+50)]
		}
		return text
	}
	return ""
}

// arena founds a room with a member, an observer and a removed device, whose
// programs then end and whose keys the attackers have.
func arena(t *testing.T) *hostile {
	t.Helper()
	h := &hostile{t: t, log: &lines{}, bulk: make([]byte, 100<<20)}
	host, err := node.Open(node.Options{
		Home: t.TempDir(), Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true, Log: newLogger(h.log),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closed(t, host) })
	h.host, h.addr, h.victim = host, host.Address(), founded(t, host)
	first := do(t, h.victim, model.Declare{Title: "Search stale", Severity: model.P2})
	do(t, h.victim, model.Log{Incident: first.Code, Text: "shard 4 is behind"})
	room := h.victim.Room()
	take := func(person, role string) *badDevice {
		home := t.TempDir()
		n, err := node.Open(node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true})
		if err != nil {
			t.Fatal(err)
		}
		inv := h.invite(node.Invitation{Role: role})
		r, err := n.Join(within(t), inv.String(), node.Guest{Person: person})
		if err != nil {
			t.Fatal(err)
		}
		if err := r.CatchUp(within(t)); err != nil {
			t.Fatal(err)
		}
		d, bodies := retired(t, n, home, room)
		if h.bodies == nil {
			h.bodies = bodies[:3] // the founding, a declaration, a line
		}
		return d
	}
	h.mallory, h.olive, h.rex = take("Mallory Quinn", model.RoleMember), take("Olive Marsh", model.RoleObserver), take("Rex Dunn", model.RoleMember)
	h.eve, h.nadia = take("Eve Park", model.RoleMember), take("Nadia Wolf", model.RoleMember)
	h.omar, h.carl = take("Omar Blick", model.RoleMember), take("Carl Voss", model.RoleMember)
	h.bodies[1] = h.bodies[0] // the founding, said by who is no founder
	do(t, h.victim, model.RemoveMember{Device: h.rex.Key().String(), Reason: "laptop stolen"})
	store, err := secret.Open(t.TempDir(), secret.Options{Prefer: secret.KeyFile})
	if err != nil {
		t.Fatal(err)
	}
	device, err := identity.LoadOrCreate(store, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	h.stranger = &badDevice{Device: device, room: room, keys: h.mallory.keys}
	h.honest = invited(t, h.victim, start(t, t.TempDir()), "Ben Okafor")
	h.noor = invited(t, h.victim, start(t, t.TempDir()), "Noor Haddad")
	h.noor.Mesh().SetOnline(false)
	writesMuch(t, h.noor)
	return h
}

// bomb is a run whose columns unfold to 100 MiB.
func (h *hostile) bomb() mesh.Run {
	r := h.forge(h.mallory, h.mallory.room, h.logBody())[0]
	run, err := oplog.DecodeRun(r.Bytes)
	if err != nil {
		panic(err)
	}
	run.Payload = bombPayload(h.bulk)
	r.Bytes = oplog.AppendRun(nil, run)
	return r
}
