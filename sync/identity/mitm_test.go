package identity

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"

	"holdfast/model"
)

// TestManInTheMiddle ends both TLS connections in the middle and forwards every
// message, on both the honest path (the joiner pins the host) and one where the
// joiner believes the middle to be its host.
func TestManInTheMiddle(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	middle := device(t)
	relay := relayThrough(t, middle, k.host.Device.Key(), address)

	if _, err := DialJoin(t.Context(), device(t), k.invite, wishes, relay); !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), ErrWrongPeer.Error()) {
		t.Errorf("pinned: %v", err)
	}
	forged := k.invite
	forged.Host = middle.Key()
	if _, err := DialJoin(t.Context(), device(t), forged, wishes, relay); !errors.Is(err, ErrNotRecognised) {
		t.Errorf("with the host's proof forwarded: %v", err)
	}
	if len(k.members) != 0 || len(k.asked) != 0 {
		t.Error("the middle got somebody admitted")
	}
}

// TestForwardedJoinerProof is the other direction: even a joiner that skipped its
// own check could not be used, because its proof is for the wrong connection.
func TestForwardedJoinerProof(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	middle := device(t)
	relay := relayThrough(t, middle, k.host.Device.Key(), address)
	joiner := device(t)
	between := middle.Key()
	conn, err := dialJoin(t.Context(), joiner, &between, relay)
	must(t, err)
	defer conn.Close()
	exported, err := conn.Exporter(exporterLabel, exporterSize)
	must(t, err)
	keys := newProofKeys(k.invite.ID, k.invite.Secret[:], stretchNone)
	must(t, send(conn, helloMessage{ID: k.invite.ID}))
	_, err = conn.ReadMessage()
	must(t, err)
	bound := binding{exported: exported, host: middle.Key(), join: joiner.Key()}
	must(t, send(conn, askMessage{Proof: joinProof(keys.join, bound)}))
	if _, err := conn.ReadMessage(); err == nil {
		t.Error("a forwarded proof was answered")
	}
	if len(k.asked) != 0 {
		t.Error("a forwarded proof admitted")
	}
}

// relayThrough forwards messages between two TLS connections of its own.
func relayThrough(t testing.TB, middle *Device, host model.DeviceKey, address string) string {
	t.Helper()
	upgrader := websocket.Upgrader{Subprotocols: []string{joinProtocol}}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		left, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer left.Close()
		right, err := dialJoin(r.Context(), middle, &host, address)
		if err != nil {
			return
		}
		defer right.Close()
		var both sync.WaitGroup
		forward := func(from, to *websocket.Conn) {
			defer to.Close()
			for {
				kind, b, err := from.ReadMessage()
				if err != nil || to.WriteMessage(kind, b) != nil {
					return
				}
			}
		}
		both.Go(func() { forward(left, right.ws) })
		both.Go(func() { forward(right.ws, left) })
		both.Wait()
	}))
	s.TLS = middle.ServerTLS()
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}
