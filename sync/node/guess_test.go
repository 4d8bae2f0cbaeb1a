package node_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"
	"github.com/gorilla/websocket"

	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

// guessed has a stranger ask to join with a proof that is wrong, and waits until the
// host has judged it.
func guessed(t *testing.T, address string, hello map[int]any) {
	t.Helper()
	store, err := secret.Open(t.TempDir(), secret.Options{Prefer: secret.KeyFile})
	if err != nil {
		t.Fatal(err)
	}
	device, err := identity.LoadOrCreate(store, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	dialer := websocket.Dialer{TLSClientConfig: device.ClientTLS(nil), Subprotocols: []string{"holdfast.join.v1"}, HandshakeTimeout: 10 * time.Second}
	ws, _, err := dialer.DialContext(within(t), "wss://"+address+identity.JoinPath, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	says := func(m map[int]any) error {
		b, err := cbor.Marshal(m)
		if err == nil {
			err = ws.WriteMessage(websocket.BinaryMessage, b)
		}
		if err == nil {
			_, _, err = ws.ReadMessage()
		}
		return err
	}
	if err := says(hello); err != nil {
		t.Fatal("the host proves nothing: ", err)
	}
	if says(map[int]any{1: make([]byte, 64), 2: map[int]any{1: "Kim Vance"}}) == nil {
		t.Error("a wrong proof is answered")
	}
}

// Five wrong proofs close an invite though the host is started again after each, as
// somebody who can make it stop would have it; of a code that was read out, too.
func TestARestartGivesNoMoreGuesses(t *testing.T) {
	home := t.TempDir()
	n := open(t, home)
	founded(t, n)
	for _, spoken := range []bool{false, true} {
		var invite identity.Invite
		var code string
		var err error
		if spoken {
			code, _, _, err = room(t, n).Speak(t.Context(), node.Invitation{})
		} else {
			invite, err = room(t, n).Invite(t.Context(), node.Invitation{})
		}
		if err != nil {
			t.Fatal(err)
		}
		for left := 5; left > 0; left-- {
			open := room(t, n).InviteViews(false)
			if len(open) != 1 || open[0].AttemptsLeft != left {
				t.Fatalf("spoken %v: %+v, want %d attempts", spoken, open, left)
			}
			hello := map[int]any{1: invite.ID[:]}
			if spoken {
				hello = map[int]any{1: make([]byte, 16), 2: true}
			}
			guessed(t, n.Address(), hello)
			closed(t, n)
			n = openWith(t, home, true)
		}
		awaited(t, "the invite is closed in the record", room(t, n), func() bool { return len(room(t, n).InviteViews(false)) == 0 })
		guest := node.Guest{Person: "Kim Vance", Addresses: []string{n.Address()}}
		text, want := invite.String(), "closed"
		if spoken {
			text, want = code, "does not know this invite"
		}
		if _, err := start(t, t.TempDir()).Join(within(t), text, guest); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("spoken %v: who holds the secret hears: %v", spoken, err)
		}
	}
	closed(t, n)
}
