// Package smtptest is a mail server for tests and demonstrations: real SMTP on
// a loopback port, with the faults a sender has to live with at a turn of a
// knob. It keeps what it accepts and delivers nothing.
package smtptest

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Stage is where a fault strikes.
type Stage string

// The stages of a fault.
const (
	Never      Stage = ""
	AtGreeting Stage = "greeting"
	AtMail     Stage = "mail"
	AtRcpt     Stage = "rcpt"
	// InData: while the text is read, after Options.CutAfter bytes of it.
	InData Stage = "in data"
	// AfterDot: the message is complete and kept, the reply is not given.
	AfterDot Stage = "after dot"
)

// Reply is an SMTP reply. Text may start with an enhanced status.
type Reply struct {
	Code int
	Text string
}

// Options are the knobs. The zero value is a server that offers STARTTLS and no
// sign-in, and accepts everything.
type Options struct {
	// Addr to listen on; empty is a free port on 127.0.0.1.
	Addr string
	// ImplicitTLS speaks TLS from the first byte.
	ImplicitTLS bool
	// NoSTARTTLS offers no encryption. With ClearAuth it is what a client sees
	// when somebody on the path strips the offer and waits for the password.
	NoSTARTTLS bool
	// ClearAuth offers the mechanisms before TLS.
	ClearAuth bool
	// MaxTLS caps the protocol version, as an outdated server does.
	MaxTLS uint16
	// Names of the certificate; empty is localhost and the loopback addresses.
	Names []string

	// Mechanisms among PLAIN, LOGIN, OAUTHBEARER and EXTERNAL. If any is given,
	// mail is taken after sign-in only.
	Mechanisms            []string
	User, Password, Token string
	// AuthRefusal replaces the text of a refused sign-in.
	AuthRefusal string

	// Greylist refuses the first try of each recipient with 450.
	Greylist bool
	// Mail, Rcpt and Data replace the replies to MAIL, to RCPT by address, and
	// to the final dot.
	Mail *Reply
	Rcpt map[string]Reply
	Data *Reply
	// Strict7Bit refuses a message with a byte above 127.
	Strict7Bit bool
	// MaxBytes is the largest message, announced as SIZE; 0 is no limit.
	MaxBytes int64
	// PerConnection closes a connection with 421 after so many messages.
	PerConnection int

	// Cut breaks the connection at a stage, Times times (0: always).
	Cut      Stage
	CutAfter int
	Times    int
	// Hang goes silent at a stage until Close.
	Hang Stage
	// Drip is the pause between any two bytes the server sends.
	Drip time.Duration
	// Banner is how many bytes of greeting come before its last line (not with
	// ImplicitTLS).
	Banner int
}

// maxKept bounds the memory of a server left running; the oldest go first.
const maxKept = 10_000

// Message is a mail the server took.
type Message struct {
	From string
	To   []string
	Data []byte
	// User who signed in, empty if nobody did; TLS whether the link was encrypted.
	User string
	TLS  bool
	Helo string
}

// Server is a running server. Close ends it.
type Server struct {
	opt  Options
	ca   *authority
	smtp *smtp.Server
	ln   *listener
	done chan struct{} // closed by Close: releases what hangs
	wg   sync.WaitGroup

	mu       sync.Mutex
	messages []Message
	seen     map[string]bool // greylist: recipients that tried before
	conns    int
	faults   int
	closed   bool
}

// New starts a server.
func New(opt Options) (*Server, error) {
	ca, err := newAuthority(opt.Names)
	if err != nil {
		return nil, fmt.Errorf("smtptest: %w", err)
	}
	addr := opt.Addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	ln, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("smtptest: %w", err)
	}
	opt.Rcpt, opt.Mechanisms = maps.Clone(opt.Rcpt), slices.Clone(opt.Mechanisms)
	s := &Server{opt: opt, ca: ca, done: make(chan struct{}), seen: make(map[string]bool)}
	s.ln = &listener{Listener: ln, server: s, open: make(map[*conn]struct{})}
	s.start()
	return s, nil
}

func (s *Server) start() {
	srv := smtp.NewServer(smtp.BackendFunc(s.newSession))
	srv.Domain = "smtptest.invalid"
	srv.MaxMessageBytes = s.opt.MaxBytes
	srv.AllowInsecureAuth = s.opt.ClearAuth
	srv.ErrorLog = log.New(io.Discard, "", 0)
	var ln net.Listener = s.ln
	if s.opt.ImplicitTLS {
		ln = tls.NewListener(s.ln, s.tlsConfig())
	} else if !s.opt.NoSTARTTLS {
		srv.TLSConfig = s.tlsConfig()
	}
	s.smtp = srv
	s.wg.Go(func() { srv.Serve(ln) })
}

func (s *Server) tlsConfig() *tls.Config {
	return &tls.Config{
		Certificates: []tls.Certificate{s.ca.server},
		MinVersion:   tls.VersionTLS10,
		MaxVersion:   s.opt.MaxTLS,
		// Asked for so that EXTERNAL can be offered; not demanded.
		ClientAuth: tls.VerifyClientCertIfGiven,
		ClientCAs:  s.ca.pool,
	}
}

// Addr is the address the server listens on.
func (s *Server) Addr() string { return s.ln.Addr().String() }

// Port is the port of Addr.
func (s *Server) Port() int {
	if a, ok := s.ln.Addr().(*net.TCPAddr); ok {
		return a.Port
	}
	return 0
}

// CAPEM is the authority the server's certificate comes from.
func (s *Server) CAPEM() []byte { return slices.Clone(s.ca.pem) }

// ClientPEM is a certificate of the same authority with its key, for EXTERNAL.
func (s *Server) ClientPEM(name string) ([]byte, error) { return s.ca.client(name) }

// PinSPKI is the pin of the server's key: "sha256/" and base64.
func (s *Server) PinSPKI() string { return s.ca.pin }

// Messages are the mails taken so far, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// MessagesTo are the mails taken for one address.
func (s *Server) MessagesTo(addr string) []Message {
	return slices.DeleteFunc(s.Messages(), func(m Message) bool {
		return !slices.ContainsFunc(m.To, func(to string) bool { return strings.EqualFold(to, addr) })
	})
}

// Connections counts the connections accepted so far.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conns
}

// Close ends the server and every connection, and returns when both are gone.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	close(s.done)
	err := s.ln.Close()
	s.wg.Wait() // nothing is accepted any more
	s.ln.closeAll()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	s.smtp.Shutdown(ctx) // waits for the connections; the listener is closed already
	return err
}

// fault reports whether a limited fault strikes this time.
func (s *Server) fault(at Stage) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.due(at) {
		return false
	}
	s.faults++
	return true
}

// due reports whether a fault of the stage is still to come. s.mu is held.
func (s *Server) due(at Stage) bool {
	return s.opt.Cut == at && (s.opt.Times <= 0 || s.faults < s.opt.Times)
}

func (s *Server) keep(m Message) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, m)
	if n := len(s.messages) - maxKept; n > 0 {
		s.messages = slices.Delete(s.messages, 0, n)
	}
	return len(s.messages)
}

// firstTry reports whether the recipient was not seen before.
func (s *Server) firstTry(to string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.seen[to]
	s.seen[to] = true
	return first
}
