package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"holdfast/sync/outbox/mail/smtptest"
)

// narrow dials with little room in flight, so that a server that stops reading
// is noticed while the text is being written.
func narrow(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if tc, ok := c.(*net.TCPConn); ok {
		tc.SetWriteBuffer(4 << 10)
	}
	return c, err
}

func TestCutBeforeTheDotIsDeferred(t *testing.T) {
	for _, at := range []smtptest.Stage{smtptest.AtGreeting, smtptest.AtMail, smtptest.AtRcpt, smtptest.InData} {
		for _, policy := range []TLSPolicy{TLSStartTLS, TLSNone} {
			t.Run(string(at)+"/"+string(policy), func(t *testing.T) {
				srv := startServer(t, smtptest.Options{Cut: at, CutAfter: 1000})
				s := testSender()
				s.Dial = narrow
				m := messageTo("a@example.net", "b@example.net")
				m.Text = strings.Repeat("a line that is not very long at all\n", 2000)
				res := send(t, s, accountFor(t, srv, policy, MechNone), m)
				for i := range 2 {
					want(t, res, i, Deferred, ReasonNetwork)
				}
				if n := len(srv.Messages()); n != 0 {
					t.Errorf("%d messages kept", n)
				}
			})
		}
	}
}

// A device that tries again after each Deferred, as the outbox does, delivers
// once, whatever stage the cut strikes at.
func TestRetryAfterCutDeliversOnce(t *testing.T) {
	for _, at := range []smtptest.Stage{smtptest.AtGreeting, smtptest.AtMail, smtptest.AtRcpt, smtptest.InData} {
		t.Run(string(at), func(t *testing.T) {
			srv := startServer(t, smtptest.Options{Cut: at, CutAfter: 1000, Times: 2})
			s := testSender()
			s.Dial = narrow
			m := messageTo("a@example.net", "b@example.net", "c@example.net")
			m.Text = strings.Repeat("a line that is not very long at all\n", 2000)
			tries := 0
			for len(m.To) > 0 && tries < 5 {
				tries++
				res := send(t, s, accountFor(t, srv, TLSStartTLS, MechNone), m)
				m.To, _ = res.Pending()
			}
			if len(m.To) > 0 || tries != 3 {
				t.Fatalf("%d left after %d tries", len(m.To), tries)
			}
			for _, to := range []string{"a@example.net", "b@example.net", "c@example.net"} {
				if n := len(srv.MessagesTo(to)); n != 1 {
					t.Errorf("%s has %d copies", to, n)
				}
			}
		})
	}
}

func TestCutAfterTheDotIsUnknown(t *testing.T) {
	for _, policy := range []TLSPolicy{TLSStartTLS, TLSNone} {
		t.Run(string(policy), func(t *testing.T) {
			srv := startServer(t, smtptest.Options{Cut: smtptest.AfterDot, Times: 1})
			acc := accountFor(t, srv, policy, MechNone)
			m := messageTo("a@example.net", "b@example.net", "c@example.net")
			res := send(t, testSender(), acc, m)
			d := want(t, res, 0, Unknown, ReasonLost)
			if d.Stage != StageReply || !d.Reason.NeedsPerson() || d.RetryAfter != 0 {
				t.Errorf("got %+v", d)
			}
			// The rest is not put at the same risk, and nobody is sent to twice.
			want(t, res, 1, Deferred, ReasonNetwork)
			want(t, res, 2, Deferred, ReasonNetwork)
			m.To, _ = res.Pending()
			send(t, testSender(), acc, m)
			for _, to := range []string{"a@example.net", "b@example.net", "c@example.net"} {
				if n := len(srv.MessagesTo(to)); n != 1 {
					t.Errorf("%s has %d copies", to, n)
				}
			}
		})
	}
}

// blockDot is a link that dies with exactly the write of the final dot: part of
// it goes out, or none.
type blockDot struct {
	net.Conn
	part int
}

func (c *blockDot) Write(b []byte) (int, error) {
	if !bytes.Equal(b, []byte(".\r\n")) {
		return c.Conn.Write(b)
	}
	n, _ := c.Conn.Write(b[:c.part])
	return n, errors.New("cable pulled")
}

func TestDotThatDidNotLeaveIsDeferred(t *testing.T) {
	for part := range 3 {
		srv := startServer(t, smtptest.Options{NoSTARTTLS: true})
		s := testSender()
		s.Timeouts.Final = 100 * time.Millisecond
		s.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := new(net.Dialer).DialContext(ctx, network, addr)
			return &blockDot{c, part}, err
		}
		res := send(t, s, accountFor(t, srv, TLSNone, MechNone), messageTo("a@example.net"))
		if d := only(t, res); d.Outcome != Deferred || d.Stage != StageBody {
			t.Errorf("%d bytes of the dot: got %+v", part, d)
		}
		srv.Close()
		if n := len(srv.Messages()); n != 0 {
			t.Errorf("%d bytes of the dot: the server took the message", part)
		}
	}
}

func TestServerThatNeverAnswers(t *testing.T) {
	cases := []struct {
		at      smtptest.Stage
		outcome Outcome
		reason  Reason
	}{
		{smtptest.AtGreeting, Deferred, ReasonTimeout},
		{smtptest.AtMail, Deferred, ReasonTimeout},
		{smtptest.AtRcpt, Deferred, ReasonTimeout},
		{smtptest.InData, Unknown, ReasonLost}, // small text: the dot is out, nobody reads it
		{smtptest.AfterDot, Unknown, ReasonLost},
	}
	for _, c := range cases {
		t.Run(string(c.at), func(t *testing.T) {
			srv := startServer(t, smtptest.Options{Hang: c.at})
			s := testSender()
			if s.Timeouts.Final = 300 * time.Millisecond; c.outcome == Deferred {
				s.Timeouts.Step = 300 * time.Millisecond
			}
			start := time.Now()
			want(t, send(t, s, accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net")), 0, c.outcome, c.reason)
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("gave up after %v", took)
			}
		})
	}
}

func TestTextNobodyReadsEndsAtTheBodyLimit(t *testing.T) {
	srv := startServer(t, smtptest.Options{Hang: smtptest.InData, Cut: smtptest.InData, Times: -1})
	// Cut only narrows the server's buffer here: the hang is first.
	s := testSender()
	s.Dial, s.Timeouts.Body = narrow, 300*time.Millisecond
	m := messageTo("a@example.net")
	m.Text = strings.Repeat("a line that is not very long at all\n", 2000)
	res := send(t, s, accountFor(t, srv, TLSStartTLS, MechNone), m)
	if d := only(t, res); d.Outcome != Deferred || d.Stage != StageBody {
		t.Errorf("got %+v", d)
	}
}

func TestDripFeedingServerIsBoundByStep(t *testing.T) {
	srv := startServer(t, smtptest.Options{Drip: 20 * time.Millisecond})
	s := testSender()
	s.Timeouts.Step = 200 * time.Millisecond // the greeting alone takes longer
	start := time.Now()
	want(t, send(t, s, accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net")), 0, Deferred, ReasonTimeout)
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("gave up after %v", took)
	}
}

func TestEndlessGreetingIsBound(t *testing.T) {
	srv := startServer(t, smtptest.Options{Banner: 4 << 20})
	d := want(t, send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net")), 0, Deferred, ReasonNetwork)
	if d.Stage != StageGreeting || !strings.Contains(d.Text, errReplyTooLong.Error()) {
		t.Errorf("got %+v", d)
	}
	// A long but sane greeting is nobody's fault.
	srv = startServer(t, smtptest.Options{Banner: 20 << 10})
	want(t, send(t, testSender(), accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net")), 0, Accepted, ReasonNone)
}

func TestTotalBoundsAll(t *testing.T) {
	srv := startServer(t, smtptest.Options{Hang: smtptest.AtRcpt})
	s := testSender()
	s.Timeouts.Total = 300 * time.Millisecond
	res := send(t, s, accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net", "b@example.net"))
	for i := range 2 {
		want(t, res, i, Deferred, ReasonTimeout)
	}
}

func TestCancel(t *testing.T) {
	t.Run("before the dot", func(t *testing.T) {
		srv := startServer(t, smtptest.Options{Hang: smtptest.AtRcpt})
		ctx, stop := context.WithCancel(context.Background())
		time.AfterFunc(100*time.Millisecond, stop)
		res := testSender().Send(ctx, accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net"))
		want(t, res, 0, Deferred, ReasonCancelled)
	})
	t.Run("already", func(t *testing.T) {
		srv := startServer(t, smtptest.Options{})
		ctx, stop := context.WithCancel(context.Background())
		stop()
		res := testSender().Send(ctx, accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net"))
		want(t, res, 0, Deferred, ReasonCancelled)
	})
	t.Run("after the dot", func(t *testing.T) {
		srv := startServer(t, smtptest.Options{Hang: smtptest.AfterDot})
		ctx, stop := context.WithCancel(context.Background())
		defer stop()
		done := make(chan struct{})
		go func() {
			defer close(done)
			for len(srv.Messages()) == 0 && ctx.Err() == nil {
				time.Sleep(5 * time.Millisecond)
			}
			stop()
		}()
		start := time.Now()
		res := testSender().Send(ctx, accountFor(t, srv, TLSStartTLS, MechNone), messageTo("a@example.net"))
		want(t, res, 0, Unknown, ReasonLost)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("cancel took %v", took)
		}
		<-done
	})
}

// A cancelled text is not delivered in part.
func TestAbortedTextIsNotDelivered(t *testing.T) {
	srv := startServer(t, smtptest.Options{NoSTARTTLS: true})
	s := testSender()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	s.Dial = func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := new(net.Dialer).DialContext(ctx, network, addr)
		return &cancelInText{c, stop}, err
	}
	m := messageTo("a@example.net")
	m.Text = "first half " + strings.Repeat("x", 20000) + "\nsecond half\n"
	res := s.Send(ctx, accountFor(t, srv, TLSNone, MechNone), m)
	want(t, res, 0, Deferred, ReasonCancelled)
	srv.Close()
	if n := len(srv.Messages()); n != 0 {
		t.Error("half a message was delivered")
	}
}

// cancelInText cancels when the text begins to flow.
type cancelInText struct {
	net.Conn
	stop func()
}

func (c *cancelInText) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("first half")) {
		c.stop()
	}
	return c.Conn.Write(b)
}

// scripted is a server of fixed lines, for what no decent server says.
func scripted(t *testing.T, serve func(c net.Conn, line func() string)) Account {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		c.SetDeadline(time.Now().Add(20 * time.Second))
		buf := make([]byte, 0, 512)
		serve(c, func() string {
			buf = buf[:0]
			one := make([]byte, 1)
			for {
				if _, err := c.Read(one); err != nil {
					return ""
				}
				if buf = append(buf, one[0]); one[0] == '\n' {
					return strings.TrimSpace(string(buf))
				}
			}
		})
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	port := ln.Addr().(*net.TCPAddr).Port
	return Account{
		Name: "ops", Host: "127.0.0.1", Port: port, TLS: TLSNone, Mechanism: MechNone,
		From: Address{Addr: "room@example.org"},
	}
}

// upTo answers everything with yes until a line with the prefix comes.
func upTo(c net.Conn, line func() string, prefix string) {
	io.WriteString(c, "220 hello\r\n")
	for {
		l := line()
		if l == "" || strings.HasPrefix(l, prefix) {
			return
		}
		io.WriteString(c, "250 yes\r\n")
	}
}

func TestRepliesToTheDot(t *testing.T) {
	cases := []struct {
		name, reply string
		outcome     Outcome
		reason      Reason
	}{
		{"nothing", "", Unknown, ReasonLost},
		{"half a code", "25", Unknown, ReasonLost},
		{"noise", "hello there\r\n", Unknown, ReasonLost},
		{"go ahead again", "354 what\r\n", Unknown, ReasonLost},
		{"another yes", "252 fine\r\n", Accepted, ReasonNone},
		{"code alone", "250\r\n", Accepted, ReasonNone},
		{"no, code alone", "550\r\n", Refused, ReasonContent},
		{"closing", "421 4.3.2 going down\r\n", Deferred, ReasonBusy},
		{"no", "550 5.7.1 no\r\n", Refused, ReasonContent},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			acc := scripted(t, func(nc net.Conn, line func() string) {
				upTo(nc, line, "DATA")
				io.WriteString(nc, "354 go\r\n")
				for line() != "." {
				}
				io.WriteString(nc, c.reply)
			})
			want(t, send(t, testSender(), acc, messageTo("a@example.net")), 0, c.outcome, c.reason)
		})
	}
}

// The text is then left without its dot on a link that still works: a farewell
// would end it, and half a message would be delivered.
func TestServerThatSpeaksBeforeTheDot(t *testing.T) {
	for reply, reason := range map[string]Reason{
		"552 5.3.4 too much\r\n": ReasonContent, "452 4.3.1 full\r\n": ReasonBusy, "250 thanks\r\n": ReasonNetwork,
	} {
		heard := make(chan string, 1)
		acc := scripted(t, func(nc net.Conn, line func() string) {
			upTo(nc, line, "DATA")
			io.WriteString(nc, "354 go\r\n"+reply)
			all, _ := io.ReadAll(nc)
			heard <- string(all)
		})
		res := send(t, testSender(), acc, messageTo("a@example.net"))
		if d := only(t, res); d.Reason != reason || d.Stage != StageBody || d.Outcome == Accepted || d.Outcome == Unknown {
			t.Errorf("%q: got %+v", reply, d)
		}
		if text := <-heard; strings.Contains(text, "\r\n.\r\n") || strings.Contains(text, "QUIT") {
			t.Errorf("%q: the text was ended: %q", reply, text)
		}
	}
}
