package mesh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"holdfast/model"
)

// TestWhyAnAddressGivesNoLink: each kind of failure is told as what it is.
func TestWhyAnAddressGivesNoLink(t *testing.T) {
	dialled := func(err error) error {
		return fmt.Errorf("connect: %w", &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", err)})
	}
	for _, c := range []struct {
		err  error
		want Failure
	}{
		{dialled(syscall.ECONNREFUSED), Refused},
		{dialled(syscall.ENETUNREACH), NoRoute},
		{dialled(syscall.EHOSTUNREACH), NoRoute},
		{dialled(syscall.ETIMEDOUT), TimedOut},
		{dialled(syscall.EACCES), Broken},
		{fmt.Errorf("connect: %w", context.DeadlineExceeded), TimedOut},
		{fmt.Errorf("connect: %w", &net.DNSError{Err: "no such host", Name: "payments-1", IsNotFound: true}), NoName},
		{fmt.Errorf("%w: %w", errUnwelcome, io.EOF), OtherRoom},
		{errMember, OtherRoom},
		{errSelf, Itself},
		{errSpeech, NotHoldfast},
		{fmt.Errorf("connect: %w", io.EOF), NotHoldfast},
		{errors.New("something else"), Broken},
	} {
		if got := failure(c.err); got != c.want {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}

// tried waits until the only address that was given is told of as failed.
func (n *node) tried(t *testing.T) Attempt {
	t.Helper()
	until := time.After(10 * time.Second)
	for {
		if list := n.mesh.Unanswered(); len(list) == 1 && list[0].Why != "" {
			return list[0]
		}
		select {
		case <-until:
			t.Fatalf("not told of within 10 s: %+v", n.mesh.Unanswered())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// TestAnAddressThatDoesNotAnswerIsToldOfUntilItLinks: real sockets, a port where nobody listens until a
// member of the room does, one of another room, a web server, this device itself.
func TestAnAddressThatDoesNotAnswerIsToldOfUntilItLinks(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	_ = ln.Close()
	a := newNode(t)
	if err := a.mesh.AddAddress(address, SourceTyped); err != nil {
		t.Fatal(err)
	}
	if got := a.tried(t); got.Why != Refused || got.Address != address {
		t.Errorf("a closed port: %+v", got)
	}
	if !a.mesh.Forget(address) || a.mesh.Forget(address) || len(a.mesh.Unanswered()) != 0 {
		t.Error("it is not forgotten once")
	}

	stranger := newNode(t, func(c *Config) { c.Room = model.RoomID{9} })
	if err := a.mesh.AddAddress(stranger.addr, SourceTyped); err != nil {
		t.Fatal(err)
	}
	if got := a.tried(t); got.Why != OtherRoom {
		t.Errorf("another room: %+v", got)
	}
	a.mesh.Forget(stranger.addr)

	if err := a.mesh.AddAddress(a.addr, SourceTyped); err != nil {
		t.Fatal(err)
	}
	if got := a.tried(t); got.Why != Itself {
		t.Errorf("its own address: %+v", got)
	}
	a.mesh.Forget(a.addr)

	b := newNode(t)
	if err := a.mesh.AddAddress(b.addr, SourceTyped); err != nil {
		t.Fatal(err)
	}
	until := time.After(10 * time.Second)
	for len(a.mesh.Unanswered()) > 0 {
		select {
		case <-until:
			t.Fatalf("linked, and still told of: %+v", a.mesh.Unanswered())
		case <-time.After(5 * time.Millisecond):
		}
	}
	if err := a.mesh.AddAddress(b.addr, "lan"); err != nil || len(a.mesh.Unanswered()) > 0 {
		t.Errorf("an address nobody typed is told of: %+v", a.mesh.Unanswered())
	}
}
