package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/sync/outbox/mail/smtptest"
)

// Nothing may be signed in to or sent over a link whose other end is in doubt.
func TestUntrustedServerGetsNothing(t *testing.T) {
	for _, policy := range []TLSPolicy{TLSImplicit, TLSStartTLS} {
		cases := []struct {
			name   string
			opt    smtptest.Options
			change func(*Account)
		}{
			{"unknown authority", smtptest.Options{}, func(a *Account) { a.RootCAsFile = "" }},
			{"wrong name", smtptest.Options{Names: []string{"other.example.org"}}, nil},
			{"wrong pin", smtptest.Options{}, func(a *Account) { a.PinSPKI = "sha256/" + strings.Repeat("A", 43) + "=" }},
			{"wrong pin alone", smtptest.Options{}, func(a *Account) {
				a.RootCAsFile, a.PinSPKI = "", "sha256/"+strings.Repeat("A", 43)+"="
			}},
			{"TLS 1.1", smtptest.Options{MaxTLS: tls.VersionTLS11}, nil},
		}
		for _, c := range cases {
			t.Run(string(policy)+"/"+c.name, func(t *testing.T) {
				c.opt.ImplicitTLS = policy == TLSImplicit
				srv := signInServer(t, c.opt, "PLAIN")
				acc := accountFor(t, srv, policy, MechPlain)
				if c.change != nil {
					c.change(&acc)
				}
				res := send(t, testSender(), acc, messageTo("a@example.net"))
				if d := want(t, res, 0, Deferred, ReasonTLS); d.Stage != StageTLS || !d.Reason.NeedsPerson() {
					t.Errorf("got %+v", d)
				}
				if len(srv.Messages()) != 0 {
					t.Error("a message was sent")
				}
			})
		}
	}
}

func TestPinReplacesAuthority(t *testing.T) {
	srv := signInServer(t, smtptest.Options{Names: []string{"relay.room.invalid"}}, "PLAIN")
	acc := accountFor(t, srv, TLSStartTLS, MechPlain)
	acc.RootCAsFile, acc.PinSPKI = "", srv.PinSPKI()
	want(t, send(t, testSender(), acc, messageTo("a@example.net")), 0, Accepted, ReasonNone)
	// With an authority given, the pin does not replace it but adds to it.
	acc = accountFor(t, srv, TLSStartTLS, MechPlain)
	acc.PinSPKI = srv.PinSPKI()
	want(t, send(t, testSender(), acc, messageTo("a@example.net")), 0, Deferred, ReasonTLS)
	acc.ServerName = "relay.room.invalid"
	want(t, send(t, testSender(), acc, messageTo("a@example.net")), 0, Accepted, ReasonNone)
}

func TestCertificateIsJudgedByTheGivenClock(t *testing.T) {
	srv := startServer(t, smtptest.Options{})
	s := testSender()
	s.Now = func() time.Time { return time.Now().AddDate(1, 0, 0) }
	want(t, send(t, s, accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net")), 0, Deferred, ReasonTLS)
}

func TestStrippedStartTLSGetsNoPassword(t *testing.T) {
	srv := signInServer(t, smtptest.Options{NoSTARTTLS: true, ClearAuth: true}, "PLAIN", "LOGIN")
	d := want(t, send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechPlain), messageTo("a@example.net")), 0, Deferred, ReasonTLS)
	if !strings.Contains(d.Text, "STARTTLS") {
		t.Errorf("%q does not say what is missing", d.Text)
	}
	if len(srv.Messages()) != 0 {
		t.Error("a message was sent")
	}
}

func TestIfOffered(t *testing.T) {
	for _, offered := range []bool{true, false} {
		srv := startServer(t, smtptest.Options{NoSTARTTLS: !offered})
		res := send(t, testSender(), accountFor(t, srv, TLSIfOffered, MechNone), messageTo("a@example.net"))
		want(t, res, 0, Accepted, ReasonNone)
		if got := srv.Messages()[0].TLS; got != offered || (res.TLS != "") != offered {
			t.Errorf("offered %v: encrypted %v, said %q", offered, got, res.TLS)
		}
	}
}

func TestClearPasswordToThisMachineOnly(t *testing.T) {
	srv := signInServer(t, smtptest.Options{NoSTARTTLS: true, ClearAuth: true}, "PLAIN")
	acc := accountFor(t, srv, TLSNone, MechPlain)
	want(t, send(t, testSender(), acc, messageTo("a@example.net")), 0, Accepted, ReasonNone)
	// The name says this machine, the address it leads to does not.
	acc.Host = "localhost"
	s := testSender()
	s.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, srv.Addr())
		return elsewhere{c}, err
	}
	for _, policy := range []TLSPolicy{TLSNone, TLSIfOffered} {
		acc.TLS = policy
		want(t, send(t, s, acc, messageTo("a@example.net")), 0, Deferred, ReasonTLS)
	}
	if n := len(srv.Messages()); n != 1 {
		t.Errorf("%d messages, want the first one alone", n)
	}
}

// elsewhere is a link that ends on another machine.
type elsewhere struct{ net.Conn }

func (elsewhere) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 25} }

func TestRememberedAddressWhileDNSIsDown(t *testing.T) {
	srv := startServer(t, smtptest.Options{Names: []string{"smtp.example.org"}})
	acc := accountFor(t, srv, TLSStartTLS, MechNone)
	acc.Host, acc.Addrs = "smtp.example.org", []string{"192.0.2.1", "127.0.0.1"}
	s := testSender()
	s.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		switch host, _, _ := net.SplitHostPort(addr); host {
		case "smtp.example.org":
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving", Name: host}}
		case "192.0.2.1":
			return nil, &net.OpError{Op: "dial", Err: errors.New("no route to host")}
		}
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	// The certificate is still checked against the name.
	want(t, send(t, s, acc, messageTo("a@example.net")), 0, Accepted, ReasonNone)
	acc.Addrs = nil
	want(t, send(t, s, acc, messageTo("a@example.net")), 0, Deferred, ReasonNetwork)
}

func TestNothingListens(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := ln.Addr().(*net.TCPAddr).Port
	ln.Close()
	acc := Account{
		Name: "ops", Host: "127.0.0.1", Port: port, TLS: TLSNone, Mechanism: MechNone, From: Address{Addr: "r@example.org"},
	}
	if d := want(t, send(t, testSender(), acc, messageTo("a@example.net")), 0, Deferred, ReasonNetwork); d.Stage != StageDial {
		t.Errorf("got %+v", d)
	}
}

func TestBadTrustFile(t *testing.T) {
	srv := startServer(t, smtptest.Options{})
	acc := accountFor(t, srv, TLSStartTLS, MechNone)
	acc.RootCAsFile = filepath.Join(t.TempDir(), "missing.pem")
	want(t, send(t, testSender(), acc, messageTo("a@example.net")), 0, Deferred, ReasonAccount)
	if err := os.WriteFile(acc.RootCAsFile, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	want(t, send(t, testSender(), acc, messageTo("a@example.net")), 0, Deferred, ReasonAccount)
}

func TestExternalKeyThatIsNone(t *testing.T) {
	srv := signInServer(t, smtptest.Options{}, "EXTERNAL")
	d := want(t, send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechExternal), messageTo("a@example.net")), 0, Deferred, ReasonAccount)
	if strings.Contains(d.Text, testPassword) {
		t.Error("the secret is in the result")
	}
}

func TestProbe(t *testing.T) {
	srv := signInServer(t, smtptest.Options{MaxBytes: 1 << 20}, "PLAIN", "LOGIN")
	acc := accountFor(t, srv, TLSStartTLS, MechAuto)
	r := testSender().Probe(context.Background(), acc)
	if !r.OK || r.Used != MechPlain || r.TLS != "TLS 1.3" || r.Remote != srv.Addr() || r.PinSPKI != srv.PinSPKI() ||
		r.MaxSize != 1<<20 || len(r.Offered) != 2 || r.Expires.Before(time.Now()) || len(r.Names) != 3 {
		t.Errorf("got %+v", r)
	}
	if n := len(srv.Messages()); n != 0 {
		t.Errorf("%d messages sent by a probe", n)
	}

	s := testSender()
	s.Credentials = secrets{"ops": "wrong"}
	if r := s.Probe(context.Background(), acc); r.OK || r.Stage != StageAuth || r.Reason != ReasonAuth || r.Code != 535 || r.TLS == "" {
		t.Errorf("wrong password: %+v", r)
	}
	// What an untrusted server shows is enough to pin it and succeed.
	acc.RootCAsFile = ""
	r = testSender().Probe(context.Background(), acc)
	if r.OK || r.Reason != ReasonTLS || r.PinSPKI != srv.PinSPKI() || r.Issuer != "CN=smtptest authority" {
		t.Errorf("untrusted: %+v", r)
	}
	acc.PinSPKI = r.PinSPKI
	if r := testSender().Probe(context.Background(), acc); !r.OK {
		t.Errorf("pinned: %+v", r)
	}
	if r := testSender().Probe(context.Background(), Account{}); r.OK || r.Stage != StagePrepare || r.Reason != ReasonAccount {
		t.Errorf("empty account: %+v", r)
	}
}
