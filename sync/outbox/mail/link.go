package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/textproto"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

const (
	// lookBeforeDot is how long a link is listened to before the dot is sent. A
	// server that hung up or refused during the text has usually been heard of
	// by then, and what would be Unknown is Deferred.
	lookBeforeDot = 10 * time.Millisecond
	// lastWords is how long a broken link is read for the reason.
	lastWords = 250 * time.Millisecond
	// quitTime bounds the farewell, on which nothing depends.
	quitTime = 3 * time.Second
)

var errOutOfTurn = errors.New("the server spoke before the message was complete")

// link is one conversation with the server. One goroutine runs it.
type link struct {
	ctx    context.Context
	acc    Account
	secret string
	cfg    *tls.Config
	times  Timeouts
	dial   DialFunc
	log    *transcript

	w    *wire
	conn net.Conn // w, or TLS over it if TLS comes first
	c    *smtp.Client
	stop func() bool // detaches w from ctx

	// What was learnt on the way, for Probe and Result.
	remote  net.Addr
	state   *tls.ConnectionState
	offered []string
	used    Mechanism
	size    int64 // largest message the server takes, 0 if it does not say
}

// open brings the link to where a message can be sent. On an error the link is
// closed and stage tells how far it came.
func (l *link) open() (Stage, error) {
	steps := []struct {
		stage Stage
		run   func() error
	}{
		{StageDial, l.connect},
		{StageTLS, l.implicitTLS},
		{StageGreeting, l.greet},
		{StageHello, l.hello},
		{StageTLS, l.startTLS},
		{StageAuth, l.signIn},
	}
	for _, s := range steps {
		if err := s.run(); err != nil {
			err = l.cause(err)
			l.log.fail(string(s.stage), err)
			l.drop()
			return s.stage, err
		}
	}
	return "", nil
}

// cause names the end of the attempt where that is what broke a step.
func (l *link) cause(err error) error {
	if l.ctx.Err() != nil && replyCode(err) == 0 {
		return fmt.Errorf("the attempt was ended: %w", l.ctx.Err())
	}
	return err
}

func (l *link) connect() error {
	conn, err := l.dialOne(l.acc.Host)
	var dns *net.DNSError
	if errors.As(err, &dns) {
		for _, ip := range l.acc.Addrs {
			l.log.line(l.acc.Host + " does not resolve, using the remembered " + ip)
			if conn, err = l.dialOne(ip); err == nil {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	l.remote = conn.RemoteAddr()
	l.w = &wire{Conn: conn, grace: l.times.Grace}
	l.conn = l.w
	l.stop = context.AfterFunc(l.ctx, l.w.cancel)
	l.log.line("connect " + l.acc.Host + " -> " + l.remote.String())
	if l.acc.TLS == TLSNone && !l.loopback() {
		return errUnencrypted
	}
	return nil
}

func (l *link) dialOne(host string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(l.ctx, l.times.Dial)
	defer cancel()
	return l.dial(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(l.acc.Port)))
}

// loopback reports whether the link ends on this machine, by its real address:
// a name such as localhost is only a promise.
func (l *link) loopback() bool {
	ap, err := netip.ParseAddrPort(l.remote.String())
	return err == nil && ap.Addr().Unmap().IsLoopback()
}

// implicitTLS runs the handshake where TLS comes first.
func (l *link) implicitTLS() error {
	if l.acc.TLS != TLSImplicit {
		return nil
	}
	l.w.step(l.times.Step)
	tc := tls.Client(l.w, l.cfg)
	if err := tc.Handshake(); err != nil {
		return err
	}
	cs := tc.ConnectionState()
	l.state = &cs
	l.conn = tc
	l.log.line("tls -> " + tls.VersionName(cs.Version))
	return nil
}

func (l *link) greet() error {
	l.w.step(l.times.Step)
	c, err := smtp.NewClient(l.conn, l.acc.Host)
	if err != nil {
		return err
	}
	// Our addresses and headers are ASCII; asking for SMTPUTF8 would only let a
	// relay further on bounce the message.
	c.SkipSMTPUTF8(true)
	l.c = c
	l.log.line("greeting -> 220")
	return nil
}

func (l *link) hello() error {
	l.w.step(l.times.Step)
	if err := l.c.Hello(l.heloName()); err != nil {
		return err
	}
	l.log.ok("EHLO", "250 "+l.c.HelloResponse())
	l.learn()
	return nil
}

// heloName is the account's name for this machine or its address on this link.
func (l *link) heloName() string {
	if l.acc.Helo != "" {
		return l.acc.Helo
	}
	ap, err := netip.ParseAddrPort(l.w.LocalAddr().String())
	if err != nil {
		return "localhost"
	}
	ip := ap.Addr().Unmap().WithZone("")
	if ip.Is6() {
		return "[IPv6:" + ip.String() + "]"
	}
	return "[" + ip.String() + "]"
}

// learn reads the server's extensions; they are valid until the next EHLO.
func (l *link) learn() {
	_, mechs := l.c.Extension("AUTH")
	l.offered = strings.Fields(mechs)
	_, size := l.c.Extension("SIZE")
	l.size, _ = strconv.ParseInt(strings.TrimSpace(size), 10, 64)
}

func (l *link) startTLS() error {
	if l.acc.TLS != TLSStartTLS && l.acc.TLS != TLSIfOffered {
		return nil
	}
	if ok, _ := l.c.Extension("STARTTLS"); !ok {
		if l.acc.TLS == TLSIfOffered {
			l.log.line("STARTTLS is not offered; going on in the clear, as the account allows")
			return nil
		}
		return errNoStartTLS
	}
	l.w.step(l.times.Step)
	if err := l.c.StartTLS(l.cfg); err != nil {
		return err
	}
	cs, err := l.c.GetTLSConnectionState()
	if err != nil {
		return err
	}
	l.state = cs
	l.learn()
	l.log.line("STARTTLS -> " + tls.VersionName(cs.Version))
	return nil
}

func (l *link) signIn() error {
	if l.acc.Mechanism == MechNone {
		return nil
	}
	if l.state == nil && !l.loopback() {
		return errUnencrypted
	}
	mech, err := pickMechanism(l.acc.Mechanism, l.offered)
	if err != nil {
		return err
	}
	auth, err := newAuth(mech, l.acc, l.secret)
	if err != nil {
		return err
	}
	l.used = mech
	l.w.step(l.times.Step)
	if err := l.c.Auth(auth); err != nil {
		var reply *textproto.Error
		if b, ok := auth.(*boundedAuth); ok && b.denial() != "" && errors.As(err, &reply) {
			err = &textproto.Error{Code: reply.Code, Msg: reply.Msg + " (" + b.denial() + ")"}
		}
		return err
	}
	l.log.line("AUTH " + string(mech) + " -> 235")
	return nil
}

// data runs DATA with one copy. The stage it returns is where the copy stands:
// StageReply only if the final dot has left this machine whole.
func (l *link) data(raw []byte) (Stage, string, error) {
	l.w.step(l.times.Step)
	wc, err := l.c.Data()
	if err != nil {
		return StageData, "", err
	}
	l.w.step(l.times.Body)
	// The flush puts all of the text but the dot on its way, so that an error up
	// to here proves the dot unsent.
	if _, err = wc.Write(raw); err == nil {
		err = l.c.Text.W.Flush()
	}
	if err != nil {
		return StageBody, "", l.lastWords(err)
	}
	if err = l.look(); err != nil {
		return StageBody, "", err
	}
	if !l.w.dot(l.times.Final) {
		return StageBody, "", l.ctx.Err()
	}
	err = wc.Close()
	if whole := l.w.replied(); !whole {
		if err == nil {
			err = errOutOfTurn
		}
		return StageBody, "", err
	}
	var text string
	if dc, ok := wc.(*smtp.DataCloser); ok {
		text = dc.ServerResponse()
	}
	return StageReply, text, err
}

// look listens for a server that has hung up or refused before the dot.
func (l *link) look() error {
	l.w.budget = stepBytes
	l.w.SetReadDeadline(time.Now().Add(lookBeforeDot))
	_, err := l.c.Text.R.Peek(1)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	if err == nil {
		err = errOutOfTurn
	}
	return l.lastWords(err)
}

// lastWords reads the server's reason for a broken text, if it gave one.
func (l *link) lastWords(err error) error {
	l.w.step(lastWords)
	code, msg, _ := l.c.Text.ReadResponse(0)
	if code/100 == 4 || code/100 == 5 {
		return &textproto.Error{Code: code, Msg: msg}
	}
	return err
}

// quit says goodbye on a link between two transactions.
func (l *link) quit() {
	l.w.step(quitTime)
	if err := l.c.Quit(); err != nil {
		l.log.fail("QUIT", err)
	} else {
		l.log.line("QUIT -> 221")
	}
	l.drop()
}

// drop closes the link without a word. It is the only way to leave DATA
// unfinished: textproto ends an open text with a dot before the next command,
// so a QUIT would have the server deliver half a message.
func (l *link) drop() {
	if l.stop != nil {
		l.stop()
	}
	if l.w != nil {
		l.w.Conn.Close()
	}
}
