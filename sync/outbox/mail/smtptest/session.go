package smtptest

import (
	"bytes"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// maxData bounds one message where Options.MaxBytes does not.
const maxData = 16 << 20

var errClosed = errors.New("smtptest: closed")

func (s *Server) newSession(c *smtp.Conn) (smtp.Session, error) {
	return &session{server: s, conn: c}, nil
}

// session is one connection's state.
type session struct {
	server *Server
	conn   *smtp.Conn
	user   string
	signed bool
	taken  int

	from string
	to   []string
}

// Reset forgets the transaction.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the session.
func (s *session) Logout() error { return nil }

// Mail handles MAIL FROM.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	opt := s.server.opt
	if err := s.strike(AtMail); err != nil {
		return err
	}
	if len(opt.Mechanisms) > 0 && !s.signed {
		return reply(530, "5.7.0 Authentication required")
	}
	if opt.PerConnection > 0 && s.taken >= opt.PerConnection {
		nc := s.conn.Conn()
		io.WriteString(nc, "421 4.7.0 Too many messages on this connection\r\n")
		nc.Close()
		return errClosed
	}
	if opt.Mail != nil {
		return reply(opt.Mail.Code, opt.Mail.Text)
	}
	s.from = from
	return nil
}

// Rcpt handles RCPT TO.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	opt := s.server.opt
	if err := s.strike(AtRcpt); err != nil {
		return err
	}
	if r, ok := opt.Rcpt[to]; ok {
		return reply(r.Code, r.Text)
	}
	if opt.Greylist && s.server.firstTry(strings.ToLower(to)) {
		return reply(450, "4.2.0 Greylisted, try again in 300 seconds")
	}
	s.to = append(s.to, to)
	return nil
}

// Data handles the text up to the final dot.
func (s *session) Data(r io.Reader) error {
	opt := s.server.opt
	if s.server.fault(InData) {
		io.CopyN(io.Discard, r, int64(opt.CutAfter))
		s.cut()
		return errClosed
	}
	if opt.Hang == InData {
		return s.hang()
	}
	data, err := io.ReadAll(io.LimitReader(r, maxData))
	if err != nil {
		return err
	}
	if opt.Data != nil {
		return reply(opt.Data.Code, opt.Data.Text)
	}
	if opt.Strict7Bit && bytes.ContainsFunc(data, func(r rune) bool { return r > 127 }) {
		return reply(554, "5.6.1 8-bit text is not accepted")
	}
	_, encrypted := s.conn.TLSConnectionState()
	n := s.server.keep(Message{
		From: s.from, To: slices.Clone(s.to), Data: data, User: s.user, TLS: encrypted, Helo: s.conn.Hostname(),
	})
	s.taken++
	if err := s.strike(AfterDot); err != nil {
		return err
	}
	return &smtp.SMTPError{
		Code: 250, EnhancedCode: smtp.EnhancedCode{2, 0, 0}, Message: "Ok: queued as T" + strconv.Itoa(n),
	}
}

// strike applies a cut or a hang of the stage.
func (s *session) strike(at Stage) error {
	if s.server.opt.Hang == at {
		return s.hang()
	}
	if s.server.fault(at) {
		s.cut()
		return errClosed
	}
	return nil
}

func (s *session) hang() error {
	<-s.server.done
	s.cut()
	return errClosed
}

// cut breaks the connection under TLS and SMTP, without a farewell of either.
func (s *session) cut() {
	nc := s.conn.Conn()
	if tc, ok := nc.(*tls.Conn); ok {
		nc = tc.NetConn()
	}
	if c, ok := nc.(*conn); ok {
		abort(c.Conn)
		return
	}
	nc.Close()
}

var enhancedText = regexp.MustCompile(`^(\d)\.(\d{1,3})\.(\d{1,3}) `)

// reply makes go-smtp answer with the code and text as given.
func reply(code int, text string) error {
	e := &smtp.SMTPError{Code: code, EnhancedCode: smtp.NoEnhancedCode, Message: text}
	if m := enhancedText.FindStringSubmatch(text); m != nil {
		for i := range e.EnhancedCode {
			e.EnhancedCode[i], _ = strconv.Atoi(m[i+1])
		}
		e.Message = text[len(m[0]):]
	}
	return e
}

// AuthMechanisms lists what is offered.
func (s *session) AuthMechanisms() []string { return s.server.opt.Mechanisms }

// Auth starts a sign-in.
func (s *session) Auth(mech string) (sasl.Server, error) {
	if !slices.Contains(s.server.opt.Mechanisms, mech) {
		return nil, smtp.ErrAuthUnknownMechanism
	}
	var inner sasl.Server
	switch mech {
	case sasl.Plain:
		inner = sasl.NewPlainServer(func(identity, user, password string) error { return s.password(user, password) })
	case sasl.Login:
		inner = &loginServer{check: s.password}
	case sasl.OAuthBearer:
		inner = sasl.NewOAuthBearerServer(s.token)
	case sasl.External:
		inner = sasl.NewExternalServer(s.certificate)
	default:
		return nil, smtp.ErrAuthUnknownMechanism
	}
	return &refusing{inner: inner, text: s.server.opt.AuthRefusal}, nil
}

func (s *session) password(user, password string) error {
	opt := s.server.opt
	if user != opt.User || subtle.ConstantTimeCompare([]byte(password), []byte(opt.Password)) != 1 {
		return smtp.ErrAuthFailed
	}
	s.user, s.signed = user, true
	return nil
}

func (s *session) token(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
	opt := s.server.opt
	if o.Username != opt.User || subtle.ConstantTimeCompare([]byte(o.Token), []byte(opt.Token)) != 1 {
		return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
	}
	s.user, s.signed = o.Username, true
	return nil
}

func (s *session) certificate(identity string) error {
	cs, ok := s.conn.TLSConnectionState()
	if !ok || len(cs.VerifiedChains) == 0 {
		return smtp.ErrAuthFailed
	}
	name := cs.PeerCertificates[0].Subject.CommonName
	if identity != "" && identity != name {
		return smtp.ErrAuthFailed
	}
	s.user, s.signed = name, true
	return nil
}

// refusing gives every refusal the code of one: go-smtp would call an error it
// does not know a passing one.
type refusing struct {
	inner sasl.Server
	text  string
}

// Next passes on to the mechanism.
func (r *refusing) Next(response []byte) ([]byte, bool, error) {
	challenge, done, err := r.inner.Next(response)
	if err == nil {
		return challenge, done, nil
	}
	text := "5.7.8 Authentication failed"
	if r.text != "" {
		text = r.text
	}
	return nil, done, reply(535, text)
}

// loginServer is LOGIN: it asks for the user, then for the password.
type loginServer struct {
	check func(user, password string) error
	user  *string
}

// Next asks and takes answers.
func (l *loginServer) Next(response []byte) ([]byte, bool, error) {
	switch {
	case response == nil && l.user == nil:
		return []byte("Username:"), false, nil
	case l.user == nil:
		user := string(response)
		l.user = &user
		return []byte("Password:"), false, nil
	}
	if err := l.check(*l.user, string(response)); err != nil {
		return nil, false, fmt.Errorf("login: %w", err)
	}
	return nil, true, nil
}
