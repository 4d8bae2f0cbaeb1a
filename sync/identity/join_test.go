package identity

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"holdfast/model"
)

// desk is a room's host: what replica and model are in the product.
type desk struct {
	host   *Host
	keys   *RoomKeys
	invite Invite

	mu      sync.Mutex
	record  *InviteRecord // of invite; nil: unknown
	admit   error
	spoil   func(*Welcome)
	asked   []JoinRequest
	failed  []model.ID
	members []model.DeviceKey
}

func newDesk(t testing.TB) *desk {
	t.Helper()
	d := device(t)
	keys, err := NewRoomKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i, err := NewInvite(rand.Reader, Invite{
		Founder: d.Key(), Nonce: model.Nonce{4}, RoomName: "Payments", Host: d.Key(), Role: model.RoleMember, Expires: noon,
	})
	if err != nil {
		t.Fatal(err)
	}
	k := &desk{keys: keys, invite: i, record: &InviteRecord{Verifier: i.Verifier(), Role: i.Role, Expires: i.Expires, Uses: 1}}
	k.host = &Host{
		Device: d, Lookup: k.lookup, Admit: k.write, Rand: rand.Reader, Tries: &Tries{},
		Failed: func(id model.ID) { k.mu.Lock(); k.failed = append(k.failed, id); k.mu.Unlock() },
		Now:    func() time.Time { return noon.Add(-time.Minute) },
	}
	return k
}

func (k *desk) lookup(id model.ID) (InviteRecord, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.record == nil || id != k.invite.ID {
		return InviteRecord{}, errors.New("no such invite")
	}
	r := *k.record
	r.UsedBy = slices.Clone(r.UsedBy)
	return r, nil
}

func (k *desk) write(_ context.Context, q JoinRequest) (Welcome, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.asked = append(k.asked, q)
	if k.admit != nil {
		return Welcome{}, k.admit
	}
	if !q.Again {
		if len(k.record.UsedBy) >= k.record.Uses {
			return Welcome{}, ErrInviteUsed
		}
		k.record.UsedBy = append(k.record.UsedBy, q.Device)
		k.members = append(k.members, q.Device)
	}
	c := NewCertificate(k.invite.Room(), q.Device, q.Role, model.ID{5}, noon)
	if err := c.Sign(k.host.Device.Private()); err != nil {
		return Welcome{}, err
	}
	w := Welcome{
		Room: k.invite.Room(), RoomName: "Payments", Founder: k.invite.Founder, Nonce: k.invite.Nonce, Keys: k.keys, Certificate: c,
		Peers: []PeerAddresses{{Device: model.DeviceKey{9}, Addresses: []string{"10.0.0.9:7413", "no address"}}, {Device: model.DeviceKey{8}}},
	}
	if k.spoil != nil {
		k.spoil(&w)
	}
	return w, nil
}

// listen serves the desk over TLS and gives its address.
func (k *desk) listen(t testing.TB) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(JoinPath, JoinHandler(k.host))
	s := httptest.NewUnstartedServer(mux)
	s.TLS = k.host.Device.ServerTLS()
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

var wishes = Wishes{Person: "Ana Novak", Email: "ana@example.org", Device: "ana's laptop"}

func TestJoinOverTheNetwork(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	joiner := device(t)
	w, err := DialJoin(t.Context(), joiner, k.invite, wishes, address)
	if err != nil {
		t.Fatal(err)
	}
	if w.Room != k.invite.Room() || w.RoomName != "Payments" || w.Keys.Len() != 1 || w.Certificate.Device != joiner.Key() {
		t.Errorf("the welcome is %+v", w)
	}
	mine, _ := w.Keys.Key(1)
	if theirs, _ := k.keys.Key(1); mine != theirs {
		t.Error("the room key did not arrive")
	}
	if len(w.Peers) != 1 || !slices.Equal(w.Peers[0].Addresses, []string{"10.0.0.9:7413"}) {
		t.Errorf("the peers are %v", w.Peers)
	}
	want := JoinRequest{Invite: k.invite.ID, Device: joiner.Key(), Role: model.RoleMember, Wishes: wishes}
	if len(k.asked) != 1 || k.asked[0] != want {
		t.Errorf("the host was asked %+v", k.asked)
	}
}

func TestJoinTriesEveryAddress(t *testing.T) {
	k := newDesk(t)
	stranger := newDesk(t) // a Holdfast, but not the host of the invite
	k.invite.Addresses = []string{closedPort(t), "nonsense", stranger.listen(t), k.listen(t)}
	if _, err := DialJoin(t.Context(), device(t), k.invite, wishes); err != nil {
		t.Fatal(err)
	}
	if len(stranger.asked) != 0 {
		t.Error("a stranger was asked")
	}
	k.invite.Addresses = k.invite.Addresses[:3]
	_, err := DialJoin(t.Context(), device(t), k.invite, wishes)
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), ErrWrongPeer.Error()) || !strings.Contains(err.Error(), "refused") {
		t.Errorf("it says %v", err)
	}
	if _, err := DialJoin(t.Context(), device(t), Invite{Host: k.invite.Host}, wishes); !errors.Is(err, ErrUnreachable) {
		t.Errorf("without addresses: %v", err)
	}
}

func closedPort(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestHolderOfTheSecretIsToldWhy(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*desk)
		want error
		says string
	}{
		"expired": {func(k *desk) { k.host.Now = func() time.Time { return noon.Add(3 * time.Hour) } }, ErrInviteExpired, "this invite expired 3 h ago; ask for a new one"},
		"used":    {func(k *desk) { k.record.UsedBy = []model.DeviceKey{{1}} }, ErrInviteUsed, "already used"},
		"revoked": {func(k *desk) { k.record.Revoked = true }, ErrInviteRevoked, "withdrawn"},
		"raced":   {func(k *desk) { k.admit = fmt.Errorf("write: %w", ErrInviteUsed) }, ErrInviteUsed, "already used"},
		"removed": {func(k *desk) { k.admit = ErrDeviceRemoved }, ErrDeviceRemoved, "removed"},
		"disk":    {func(k *desk) { k.admit = errors.New("/home/ana: disk full") }, ErrAdmitFailed, "try again"},
	} {
		k := newDesk(t)
		c.set(k)
		_, err := DialJoin(t.Context(), device(t), k.invite, wishes, k.listen(t))
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && strings.Contains(err.Error(), "/home") {
			t.Errorf("%s: the host's own words leaked: %v", name, err)
		}
		if len(k.members) != 0 {
			t.Errorf("%s: admitted", name)
		}
	}
}

func TestLostAnswerIsFetchedAgain(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	joiner := device(t)
	if _, err := DialJoin(t.Context(), joiner, k.invite, wishes, address); err != nil {
		t.Fatal(err)
	}
	k.host.Now = func() time.Time { return noon.Add(time.Hour) }
	if _, err := DialJoin(t.Context(), joiner, k.invite, wishes, address); err != nil {
		t.Errorf("the same device again: %v", err)
	}
	if len(k.members) != 1 || !k.asked[1].Again {
		t.Errorf("members %d, asked %+v", len(k.members), k.asked)
	}
	if _, err := DialJoin(t.Context(), device(t), k.invite, wishes, address); !errors.Is(err, ErrInviteUsed) {
		t.Errorf("another device: %v", err)
	}
}

// TestStrangersSeeNoDifference runs a joiner without the secret against invites in
// every state and records all it can see.
func TestStrangersSeeNoDifference(t *testing.T) {
	var first string
	for name, set := range map[string]func(*desk){
		"open":    func(*desk) {},
		"unknown": func(k *desk) { k.record = nil },
		"expired": func(k *desk) { k.host.Now = func() time.Time { return noon.Add(time.Hour) } },
		"used":    func(k *desk) { k.record.UsedBy = []model.DeviceKey{{1}} },
		"revoked": func(k *desk) { k.record.Revoked = true },
		"closed":  func(k *desk) { k.host.Tries.of = map[model.ID]int{k.invite.ID: maxWrongProofs} },
	} {
		k := newDesk(t)
		set(k)
		conn, err := dialJoin(t.Context(), device(t), &k.invite.Host, k.listen(t))
		if err != nil {
			t.Fatal(err)
		}
		must(t, send(conn, helloMessage{ID: k.invite.ID}))
		proof, err := conn.ReadMessage()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		must(t, send(conn, askMessage{Proof: make([]byte, 64)}))
		_, err = conn.ReadMessage()
		seen := fmt.Sprintf("%d bytes, then %v", len(proof), err)
		if first == "" {
			first = seen
		}
		if seen != first || err == nil {
			t.Errorf("%s shows %q, another %q", name, seen, first)
		}
		conn.Close()
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestFiveWrongProofsCloseTheInvite(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	for n := range maxWrongProofs + 2 {
		if got := len(k.failed); got != 0 && n < maxWrongProofs {
			t.Fatalf("closed after %d", n)
		}
		conn, stranger := pipes(k.host.Device.Key(), model.DeviceKey{2})
		ended := make(chan error, 1)
		go func() { ended <- k.host.Serve(t.Context(), conn) }()
		must(t, send(stranger, helloMessage{ID: k.invite.ID}))
		_, err := stranger.ReadMessage()
		must(t, err)
		must(t, send(stranger, askMessage{Proof: make([]byte, 64)}))
		if err := <-ended; !errors.Is(err, errWrongProof) {
			t.Fatalf("it ended with %v", err)
		}
	}
	if _, err := DialJoin(t.Context(), device(t), k.invite, wishes, address); !errors.Is(err, ErrInviteClosed) {
		t.Errorf("after wrong proofs: %v", err)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if !slices.Equal(k.failed, []model.ID{k.invite.ID}) || len(k.members) != 0 {
		t.Errorf("failed was told %v, members %v", k.failed, k.members)
	}
}

func TestBadWelcomesAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*desk, *Welcome){
		"room":      func(_ *desk, w *Welcome) { w.Room[0]++ },
		"founder":   func(_ *desk, w *Welcome) { w.Founder[0]++ },
		"nonce":     func(_ *desk, w *Welcome) { w.Nonce[0]++ },
		"name":      func(_ *desk, w *Welcome) { w.RoomName = strings.Repeat("n", MaxRoomName+1) },
		"no keys":   func(_ *desk, w *Welcome) { w.Keys = nil },
		"signature": func(_ *desk, w *Welcome) { w.Certificate.Signature[3]++ },
		"role": func(k *desk, w *Welcome) {
			w.Certificate.Role = model.RoleAdmin
			w.Certificate.Sign(k.host.Device.Private())
		},
		"device":      func(k *desk, w *Welcome) { w.Certificate.Device[0]++; w.Certificate.Sign(k.host.Device.Private()) },
		"other admin": func(_ *desk, w *Welcome) { w.Certificate.Sign(device(t).Private()) },
	} {
		k := newDesk(t)
		k.spoil = func(w *Welcome) { spoil(k, w) }
		if _, err := DialJoin(t.Context(), device(t), k.invite, wishes, k.listen(t)); !errors.Is(err, ErrBadWelcome) {
			t.Errorf("another %s: %v", name, err)
		}
	}
}

func TestRelayGetsNoKeys(t *testing.T) {
	k := newDesk(t)
	k.invite.Role, k.record.Role = model.RoleRelay, model.RoleRelay
	address := k.listen(t)
	joiner := device(t)
	if _, err := DialJoin(t.Context(), joiner, k.invite, wishes, address); !errors.Is(err, ErrBadWelcome) {
		t.Errorf("a relay took keys: %v", err)
	}
	k.spoil = func(w *Welcome) { w.Keys = nil }
	if w, err := DialJoin(t.Context(), joiner, k.invite, wishes, address); err != nil || w.Keys.Len() != 0 {
		t.Errorf("a relay without keys: %v", err)
	}
}

func TestBrowsersAndPlainRequestsAreRefused(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	dialer := websocket.Dialer{TLSClientConfig: device(t).ClientTLS(nil)}
	_, response, err := dialer.Dial("wss://"+address+JoinPath, http.Header{"Origin": {"https://" + address}})
	if err == nil || response.StatusCode != http.StatusForbidden {
		t.Errorf("with an origin: %v", err)
	}
	w := httptest.NewRecorder()
	JoinHandler(k.host).ServeHTTP(w, httptest.NewRequest(http.MethodGet, JoinPath, nil))
	if w.Code != http.StatusForbidden {
		t.Errorf("without TLS: %d", w.Code)
	}
}

func TestLongWishesAreNotSent(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	for _, w := range []Wishes{
		{Person: strings.Repeat("x", MaxPersonName+1)},
		{Email: strings.Repeat("x", MaxEmail+1)},
		{Device: strings.Repeat("x", MaxDeviceName+1)},
		{Person: "\xff"},
	} {
		if _, err := DialJoin(t.Context(), device(t), k.invite, w, address); err == nil {
			t.Error("a bad wish was taken")
		}
	}
	if len(k.asked) != 0 {
		t.Error("the host was bothered")
	}
}

func TestPendingJoinersAreBounded(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	for range maxPendingJoins {
		conn, err := dialJoin(t.Context(), device(t), &k.invite.Host, address)
		must(t, err)
		defer conn.Close()
	}
	if _, err := DialJoin(t.Context(), device(t), k.invite, wishes, address); err == nil || !strings.Contains(err.Error(), "503") {
		t.Errorf("one more: %v", err)
	}
}

func TestOversizeMessageEndsTheExchange(t *testing.T) {
	k := newDesk(t)
	conn, err := dialJoin(t.Context(), device(t), &k.invite.Host, k.listen(t))
	must(t, err)
	defer conn.Close()
	must(t, conn.WriteMessage(bytes.Repeat([]byte{0x40}, maxBefore+1)))
	if _, err := conn.ReadMessage(); err == nil {
		t.Error("it was answered")
	}
}
