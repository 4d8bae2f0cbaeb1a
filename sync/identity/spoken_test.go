package identity

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/model"
)

// speak puts a spoken invite on a desk and gives its code.
func speak(t *testing.T, k *desk) string {
	t.Helper()
	id, code, v, err := NewSpoken(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	k.invite.ID, k.record.Verifier = id, v
	k.host.Spoken = func(earlier int) (model.ID, InviteRecord, error) {
		if earlier > 0 {
			return model.ID{}, InviteRecord{}, errors.New("one was read out")
		}
		r, err := k.lookup(id)
		return id, r, err
	}
	return code
}

func TestJoinByASpokenCode(t *testing.T) {
	k := newDesk(t)
	code := speak(t, k)
	address := k.listen(t)
	joiner := device(t)
	heard := strings.ToLower(strings.ReplaceAll(code, "-", " "))
	began := time.Now()
	w, err := DialSpoken(t.Context(), joiner, heard, wishes, closedPort(t), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s took %s", code, time.Since(began).Round(time.Millisecond))
	if w.Room != k.invite.Room() || w.Keys.Len() != 1 || w.Certificate.Device != joiner.Key() || w.Certificate.By != k.host.Device.Key() {
		t.Errorf("the welcome is %+v", w)
	}
	if _, err := DialSpoken(t.Context(), device(t), code, wishes, address); !errors.Is(err, ErrInviteUsed) {
		t.Errorf("a second device: %v", err)
	}
	other := "2222-2222"
	if _, err := DialSpoken(t.Context(), device(t), other, wishes, address); !errors.Is(err, ErrNotRecognised) {
		t.Errorf("another code: %v", err)
	}
	k.host.Spoken = nil
	if _, err := DialSpoken(t.Context(), device(t), code, wishes, address); !errors.Is(err, ErrNotRecognised) {
		t.Errorf("where no code was read out: %v", err)
	}
	// A code is short: it is no way in by the id, which every member can read.
	long := k.invite
	if _, err := DialJoin(t.Context(), device(t), long, wishes, address); !errors.Is(err, ErrNotRecognised) {
		t.Errorf("by the id of a spoken invite: %v", err)
	}
}

func TestWelcomeToASpokenCodeHoldsTogether(t *testing.T) {
	for name, spoil := range map[string]func(*Welcome){
		"another room":           func(w *Welcome) { w.Room[0] ^= 1 },
		"another founder":        func(w *Welcome) { w.Founder[0] ^= 1 },
		"no keys":                func(w *Welcome) { w.Keys = nil },
		"a certificate for else": func(w *Welcome) { w.Certificate.Device = model.DeviceKey{3} },
	} {
		k := newDesk(t)
		code := speak(t, k)
		k.spoil = spoil
		if _, err := DialSpoken(t.Context(), device(t), code, wishes, k.listen(t)); !errors.Is(err, ErrBadWelcome) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSpokenCodeIsReadAsHeard(t *testing.T) {
	for text, want := range map[string]string{
		"7k2m-9qxd": "7K2M9QXD", " 7K2M 9QXD ": "7K2M9QXD", "7k2mooil": "7K2M0011", "«7K2M–9QXD»": "7K2M9QXD",
		"": "", "7K2M-9QX": "", "7K2M-9QXDA": "", "7K2M-9QXU": "", "holdfast1-7K2M": "", strings.Repeat("7", 9000): "",
	} {
		got, err := ParseSpoken(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%.20q: %q, %v", text, got, err)
		}
	}
}

// TestWrongAttemptsOfANetworkWait: the invite is not closed by one who guesses
// at others, and the guesser waits longer each time.
func TestWrongAttemptsOfANetworkWait(t *testing.T) {
	now := noon
	g := newGuesses(func() time.Time { return now })
	const here, sameNet, there = "[2001:db8::1]:400", "[2001:db8::2:3]:500", "192.0.2.7:400"
	want := []time.Duration{0, 0, 4 * time.Second, 8 * time.Second, 16 * time.Second}
	for i, w := range want {
		g.wrong(here)
		if got := g.wait(sameNet); got != w {
			t.Errorf("after %d wrong attempts it waits %s, want %s", i+1, got, w)
		}
	}
	if g.wait(there) != 0 {
		t.Error("another network waits")
	}
	now = now.Add(16 * time.Second)
	if g.wait(here) != 0 {
		t.Error("it still waits when its time is over")
	}
	now = now.Add(-time.Hour)
	if g.wait(here) > 16*time.Second {
		t.Error("a clock set back makes it wait for long")
	}
	for range 40 {
		g.wrong(here)
	}
	if g.wait(here) != longestWait {
		t.Errorf("it waits %s", g.wait(here))
	}
	for i := range maxGuessers + 9 {
		g.wrong(fmt.Sprintf("10.0.%d.%d:9", i/256, i%256))
	}
	if len(g.of) > maxGuessers {
		t.Errorf("%d networks are remembered", len(g.of))
	}
}

func TestGuesserIsToldToWait(t *testing.T) {
	k := newDesk(t)
	address := k.listen(t)
	for range freeGuesses {
		conn, err := dialJoin(t.Context(), device(t), &k.invite.Host, address)
		if err != nil {
			t.Fatal(err)
		}
		must(t, send(conn, helloMessage{ID: k.invite.ID}))
		_, err = conn.ReadMessage()
		must(t, err)
		must(t, send(conn, askMessage{Proof: make([]byte, 64)}))
		_, _ = conn.ReadMessage() // the host has judged it and closes
	}
	_, err := DialJoin(t.Context(), device(t), k.invite, wishes, address)
	if err == nil || !strings.Contains(err.Error(), ErrManyGuesses.Error()) {
		t.Errorf("after wrong proofs: %v", err)
	}
}
