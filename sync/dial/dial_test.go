//go:build linux

package dial

import (
	"errors"
	"net"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSegmentsAreSmallOnANetworkAndFreeWithinAMachine(t *testing.T) {
	for _, c := range []struct {
		address string
		small   bool
	}{
		{"192.0.2.1:7420", true},
		{"[2001:db8::1]:7420", true},
		{"127.0.0.1:7420", false},
		{"[::1]:7420", false},
	} {
		asked := false
		if err := keepSmall("tcp", c.address, spy{&asked}); err != nil {
			t.Fatal(err)
		}
		if asked != c.small {
			t.Errorf("%s: segments limited is %v, want %v", c.address, asked, c.small)
		}
	}
}

// spy is a socket that notes whether it was touched.
type spy struct{ asked *bool }

func (s spy) Control(func(uintptr)) error    { *s.asked = true; return nil }
func (s spy) Read(func(uintptr) bool) error  { return nil }
func (s spy) Write(func(uintptr) bool) error { return nil }

func TestTheLimitIsWhatTheSocketSays(t *testing.T) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	limitSegment(uintptr(fd))
	// Before it is connected a socket tells the limit set by its user.
	if got, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_MAXSEG); err != nil || got > segment {
		t.Errorf("the socket says %d (%v), want at most %d", got, err, segment)
	}
}

// TestAConnectionThatNobodyAcknowledgesEnds, one that came in as one that was opened;
// within this machine only the former is touched.
func TestAConnectionThatNobodyAcknowledgesEnds(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	dialled, err := Context(t.Context(), "tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer dialled.Close()
	accepted, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer accepted.Close()
	Accepted(accepted)
	for _, conn := range []net.Conn{accepted, dialled} {
		raw, err := conn.(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		got := 0
		if err := errors.Join(raw.Control(func(fd uintptr) { got, err = unix.GetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT) }), err); err != nil {
			t.Fatal(err)
		}
		if want := int(unanswered.Milliseconds()); (got == want) != (conn == accepted) {
			t.Errorf("%s: ends after %d ms", conn.LocalAddr(), got)
		}
	}
}
