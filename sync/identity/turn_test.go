package identity

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/model"
)

func quiet() *log.Logger { return log.New(io.Discard, "", 0) }

// pipe is a MessageConn in memory, for tests of time.
type pipe struct {
	in, out chan []byte
	peer    model.DeviceKey
	once    sync.Once
	done    chan struct{}
	other   *pipe
}

func pipes(left, right model.DeviceKey) (*pipe, *pipe) {
	a, b := make(chan []byte), make(chan []byte)
	l := &pipe{in: a, out: b, peer: right, done: make(chan struct{})}
	r := &pipe{in: b, out: a, peer: left, done: make(chan struct{}), other: l}
	l.other = r
	return l, r
}

func (p *pipe) ReadMessage() ([]byte, error) {
	select {
	case b := <-p.in:
		return b, nil
	case <-p.done:
	case <-p.other.done:
	}
	return nil, net.ErrClosed
}

func (p *pipe) WriteMessage(b []byte) error {
	select {
	case p.out <- b:
		return nil
	case <-p.done:
	case <-p.other.done:
	}
	return net.ErrClosed
}

func (p *pipe) Exporter(string, int) ([]byte, error) { return make([]byte, exporterSize), nil }
func (p *pipe) PeerKey() model.DeviceKey             { return p.peer }
func (p *pipe) Close() error                         { p.once.Do(func() { close(p.done) }); return nil }

func TestSilentJoinerIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newDesk(t)
		conn, silent := pipes(k.host.Device.Key(), model.DeviceKey{2})
		defer silent.Close()
		start := time.Now()
		if err := k.host.Serve(t.Context(), conn); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("it ended with %v", err)
		}
		if d := time.Since(start); d != turnPatience {
			t.Errorf("it waited %v", d)
		}
	})
}

func TestSilentHostIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newDesk(t)
		joiner := device(t)
		silent, conn := pipes(k.invite.Host, joiner.Key())
		defer silent.Close()
		start := time.Now()
		if _, err := Join(t.Context(), conn, joiner.Key(), k.invite, wishes); !errors.Is(err, ErrDropped) {
			t.Errorf("it ended with %v", err)
		}
		if d := time.Since(start); d != turnPatience {
			t.Errorf("it waited %v", d)
		}
	})
}

func TestStoppingEndsAnExchange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k := newDesk(t)
		conn, silent := pipes(k.host.Device.Key(), model.DeviceKey{2})
		defer silent.Close()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		if err := k.host.Serve(ctx, conn); !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
		if d := time.Since(start); d != time.Second {
			t.Errorf("it took %v", d)
		}
	})
}

// FuzzMessages throws anything at both ends: no panic, nothing admitted.
func FuzzMessages(f *testing.F) {
	k := newDesk(f)
	joiner := device(f)
	hello, _ := marshal(helloMessage{ID: k.invite.ID})
	ask, _ := marshal(askMessage{Proof: make([]byte, 64), Wishes: wishes})
	welcome, err := k.write(f.Context(), JoinRequest{Device: joiner.Key(), Role: model.RoleMember, Again: true})
	if err != nil {
		f.Fatal(err)
	}
	answer, _ := marshal(answerMessage{Welcome: welcome.wire()})
	refused, _ := marshal(answerMessage{Refused: refusedExpired, Ago: 5})
	f.Add(hello, ask)
	f.Add(hello, answer)
	f.Add(hello, refused)
	k.asked = nil
	f.Fuzz(func(t *testing.T, first, second []byte) {
		host, wire := pipes(k.host.Device.Key(), joiner.Key())
		host.peer = joiner.Key()
		ended := make(chan error, 1)
		go func() { ended <- k.host.Serve(t.Context(), host) }()
		if wire.WriteMessage(first) == nil {
			if _, err := wire.ReadMessage(); err == nil {
				wire.WriteMessage(second)
			}
		}
		wire.Close()
		if err := <-ended; err == nil || len(k.asked) != 0 {
			t.Errorf("admitted by %x, %x", first, second)
		}
		var a answerMessage
		if unmarshal(second, maxAnswer, &a) == nil {
			a.welcome(joiner.Key(), k.invite)
		}
	})
}
