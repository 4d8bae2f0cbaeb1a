package mail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"holdfast/sync/outbox/mail/smtptest"
)

const (
	testUser     = "room@example.org"
	testPassword = "correct horse battery"
)

var testDate = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)

// secrets are Credentials out of a map.
type secrets map[string]string

func (s secrets) Secret(account string) ([]byte, error) {
	v, ok := s[account]
	if !ok {
		return nil, errors.New("not in the keyring")
	}
	return []byte(v), nil
}

// startServer starts a server that ends with the test.
func startServer(t *testing.T, opt smtptest.Options) *smtptest.Server {
	t.Helper()
	s, err := smtptest.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// signInServer is a server that wants a sign-in with one of the mechanisms.
func signInServer(t *testing.T, opt smtptest.Options, mechs ...string) *smtptest.Server {
	t.Helper()
	opt.Mechanisms, opt.User, opt.Password, opt.Token = mechs, testUser, testPassword, testPassword
	return startServer(t, opt)
}

// accountFor trusts the server's authority.
func accountFor(t *testing.T, s *smtptest.Server, policy TLSPolicy, mech Mechanism) Account {
	t.Helper()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, s.CAPEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	a := Account{
		Name: "ops", Host: "127.0.0.1", Port: s.Port(), TLS: policy, Mechanism: mech,
		User: testUser, From: Address{"War room", "room@example.org"}, RootCAsFile: ca,
	}
	if mech == MechNone {
		a.User = ""
	}
	return a
}

// testSender gives up late enough for a busy machine; tests of giving up set
// their own limits.
func testSender() *Sender {
	return &Sender{
		Credentials: secrets{"ops": testPassword},
		Timeouts: Timeouts{
			Dial: 20 * time.Second, Step: 20 * time.Second, Body: 20 * time.Second,
			Final: 20 * time.Second, Grace: 100 * time.Millisecond, Total: time.Minute,
		},
	}
}

func messageTo(addrs ...string) Message {
	m := Message{
		ID: "MSG1", Room: "room-a", Subject: "[P1] INC-7 update 3: café database recovering",
		Text: "Restore is at 60 %.\n.dot at the start of a line\nNext update 14:30 CET — ünïcode.\n",
		Date: testDate, Incident: "INC-7",
	}
	for _, a := range addrs {
		m.To = append(m.To, Address{Addr: a})
	}
	return m
}

// only returns the one delivery of a result.
func only(t *testing.T, r Result) Delivery {
	t.Helper()
	if len(r.Deliveries) != 1 {
		t.Fatalf("got %d deliveries, want 1: %+v", len(r.Deliveries), r)
	}
	return r.Deliveries[0]
}

// want checks outcome and reason and shows the transcript if they differ.
func want(t *testing.T, r Result, i int, o Outcome, reason Reason) Delivery {
	t.Helper()
	if i >= len(r.Deliveries) {
		t.Fatalf("no delivery %d in %+v", i, r)
	}
	d := r.Deliveries[i]
	if d.Outcome != o || d.Reason != reason {
		t.Fatalf("%s: got %s/%s at %s (%d %s), want %s/%s\n%s", d.To.Addr, d.Outcome, d.Reason,
			d.Stage, d.Code, d.Text, o, reason, strings.Join(r.Transcript, "\n"))
	}
	if (d.Outcome == Deferred && d.Reason != ReasonCancelled) != (d.RetryAfter > 0) {
		t.Fatalf("%s: %s with a wait of %v", d.To.Addr, d.Outcome, d.RetryAfter)
	}
	return d
}

func send(t *testing.T, s *Sender, a Account, m Message) Result {
	t.Helper()
	return s.Send(context.Background(), a, m)
}

// parsed is a received mail taken apart by the standard library.
type parsed struct {
	header  mail.Header
	subject string
	body    string
}

func parse(raw []byte) (parsed, error) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return parsed{}, err
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		return parsed{}, err
	}
	if e := m.Header.Get("Content-Transfer-Encoding"); e != "quoted-printable" {
		return parsed{}, fmt.Errorf("encoding %q", e)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	return parsed{m.Header, subject, strings.ReplaceAll(string(body), "\r\n", "\n")}, err
}

func mustParse(t *testing.T, raw []byte) parsed {
	t.Helper()
	p, err := parse(raw)
	if err != nil {
		t.Fatalf("received mail does not parse: %v\n%s", err, raw)
	}
	return p
}
