package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"holdfast/model"
)

// askDesk is a host that people ask.
func askDesk(t *testing.T, k *desk) (*Asks, string, chan Asked) {
	t.Helper()
	heard := make(chan Asked, 9)
	a := &Asks{Device: k.host.Device, Now: time.Now, Rand: rand.Reader}
	known := map[string]bool{}
	var mu sync.Mutex
	a.Changed = func() {
		mu.Lock()
		defer mu.Unlock()
		for _, w := range a.List() {
			if !known[w.Words] {
				known[w.Words] = true
				heard <- w
			}
		}
	}
	mux := http.NewServeMux()
	mux.Handle(AskPath, AskHandler(a))
	s := httptest.NewUnstartedServer(mux)
	s.TLS = k.host.Device.ServerTLS()
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	t.Cleanup(s.Close)
	return a, s.Listener.Addr().String(), heard
}

func TestBothScreensShowTheSameWords(t *testing.T) {
	k := newDesk(t)
	a, address, heard := askDesk(t, k)
	asker := device(t)
	asking, err := DialAsk(t.Context(), asker, rand.Reader, address, wishes)
	if err != nil {
		t.Fatal(err)
	}
	there := <-heard
	t.Log(asking.Words)
	if there.Words != asking.Words || there.Device != asker.Key() || there.Wishes != wishes {
		t.Fatalf("here %q, there %+v", asking.Words, there)
	}
	if err := a.Answer("anchor anchor anchor", nil); !errors.Is(err, ErrNoAsk) {
		t.Errorf("other words: %v", err)
	}
	err = a.Answer(" "+there.Words+" ", func(w Asked) (Welcome, error) {
		return k.write(t.Context(), JoinRequest{Device: w.Device, Role: model.RoleMember, Again: true})
	})
	if err != nil {
		t.Fatal(err)
	}
	w, err := asking.Wait(t.Context())
	if err != nil || w.Room != k.invite.Room() || w.Certificate.Device != asker.Key() {
		t.Fatalf("%+v, %v", w, err)
	}
}

func TestNoIsTold(t *testing.T) {
	k := newDesk(t)
	a, address, heard := askDesk(t, k)
	asking, err := DialAsk(t.Context(), device(t), rand.Reader, address, wishes)
	if err != nil {
		t.Fatal(err)
	}
	must(t, a.Answer((<-heard).Words, nil))
	if _, err := asking.Wait(t.Context()); !errors.Is(err, ErrAskRefused) {
		t.Errorf("after a no: %v", err)
	}
}

// TestManInTheMiddleShowsOtherWords: he ends one connection and opens another,
// and passes on what is said.
func TestManInTheMiddleShowsOtherWords(t *testing.T) {
	k := newDesk(t)
	_, address, heard := askDesk(t, k)
	middle := device(t)
	mux := http.NewServeMux()
	mux.Handle(AskPath, serveWS(1, nil, func(ctx context.Context, left MessageConn, _ func()) {
		right, err := dialPath(ctx, middle, nil, address, AskPath)
		if err != nil {
			return
		}
		defer right.Close()
		for from, to := MessageConn(left), MessageConn(right); ; from, to = to, from {
			b, err := from.ReadMessage()
			if err != nil || to.WriteMessage(b) != nil {
				return
			}
		}
	}))
	s := httptest.NewUnstartedServer(mux)
	s.TLS = middle.ServerTLS()
	s.Config.ErrorLog = quiet()
	s.StartTLS()
	defer s.Close()
	asking, err := DialAsk(t.Context(), device(t), rand.Reader, s.Listener.Addr().String(), wishes)
	if err != nil {
		t.Fatal(err)
	}
	defer asking.Close()
	if there := <-heard; there.Words == asking.Words {
		t.Errorf("both screens show %q", there.Words)
	}
}

func TestNumberIsTheOnePromised(t *testing.T) {
	k := newDesk(t)
	a, address, _ := askDesk(t, k)
	conn, err := dialPath(t.Context(), device(t), nil, address, AskPath)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	must(t, send(conn, askHello{Commit: commitTo([16]byte{1}), Wishes: wishes}))
	var theirs askNumber
	must(t, receive(conn, maxBefore, &theirs))
	must(t, send(conn, askNumber{Number: [16]byte{2}}))
	if _, err := conn.ReadMessage(); err == nil || len(a.List()) != 0 {
		t.Errorf("a number chosen after the host's: %v, %d wait", err, len(a.List()))
	}
}

func TestFewMayAskAtOnce(t *testing.T) {
	k := newDesk(t)
	a, address, heard := askDesk(t, k)
	for range maxAsking {
		asking, err := DialAsk(t.Context(), device(t), rand.Reader, address, wishes)
		if err != nil {
			t.Fatal(err)
		}
		defer asking.Close()
		<-heard
	}
	asking, err := DialAsk(t.Context(), device(t), rand.Reader, address, wishes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := asking.Wait(t.Context()); !errors.Is(err, ErrAskRefused) || len(a.List()) != maxAsking {
		t.Errorf("one more: %v, %d wait", err, len(a.List()))
	}
}
