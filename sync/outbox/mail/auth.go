package mail

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/wneessen/go-mail/smtp"
)

const (
	// maxAuthTurns: no mechanism here takes more than four; a server that keeps
	// asking is not signing anybody in.
	maxAuthTurns = 8
	// maxScramRounds bounds the work a server may demand of this machine
	// (RFC 7677 recommends 4096; a million takes about a second).
	maxScramRounds = 1_000_000
	// maxSecret bounds a credential; the largest is a certificate with its key.
	maxSecret = 64 << 10
)

// pickMechanism settles on what to sign in with. offered is the server's list.
func pickMechanism(want Mechanism, offered []string) (Mechanism, error) {
	has := func(m Mechanism) bool {
		return slices.ContainsFunc(offered, func(s string) bool { return strings.EqualFold(s, string(m)) })
	}
	if want != MechAuto {
		if has(want) {
			return want, nil
		}
		return "", fmt.Errorf("%w: the account asks for %s, the server offers %s", errAuthSide, want, listed(offered))
	}
	for _, m := range autoOrder {
		if has(m) {
			return m, nil
		}
	}
	return "", fmt.Errorf("%w: no password mechanism in common, the server offers %s", errAuthSide, listed(offered))
}

func listed(offered []string) string {
	if len(offered) == 0 {
		return "none on this link"
	}
	return cleanLine(strings.Join(offered[:min(len(offered), 16)], " "))
}

// newAuth gives the mechanism as go-mail's client runs it.
func newAuth(mech Mechanism, acc Account, secret string) (smtp.Auth, error) {
	var inner smtp.Auth
	switch mech {
	case MechPlain:
		inner = &saslAuth{client: sasl.NewPlainClient("", acc.User, secret)}
	case MechLogin:
		inner = &saslAuth{client: sasl.NewLoginClient(acc.User, secret), login: true}
	case MechOAuthBearer:
		inner = &saslAuth{client: sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{
			Username: acc.User, Token: secret, Host: acc.Host, Port: acc.Port,
		})}
	case MechExternal:
		inner = &saslAuth{client: sasl.NewExternalClient(acc.User)}
	case MechXOAuth2:
		inner = smtp.XOAuth2Auth(acc.User, secret)
	case MechCRAMMD5:
		inner = smtp.CRAMMD5Auth(acc.User, secret)
	case MechScramSHA1:
		inner = smtp.ScramSHA1Auth(acc.User, secret)
	case MechScramSHA256:
		inner = smtp.ScramSHA256Auth(acc.User, secret)
	default:
		return nil, fmt.Errorf("%w: mechanism %q is not known", errAuthSide, mech)
	}
	return &boundedAuth{inner: inner}, nil
}

// saslAuth lets go-mail's client run a go-sasl mechanism.
type saslAuth struct {
	client sasl.Client
	// login holds the user name back until asked and overlooks how the server
	// words its questions: LOGIN has no standard, and servers differ in both.
	login  bool
	held   []byte
	turns  int
	denied *sasl.OAuthBearerError
}

// Start gives the mechanism and its first response. go-mail cannot send an
// empty first response ("="), so that too is held back until asked for.
func (a *saslAuth) Start(*smtp.ServerInfo) (string, []byte, error) {
	mech, ir, err := a.client.Start()
	if err != nil {
		return "", nil, fmt.Errorf("%w: %w", errAuthSide, err)
	}
	if a.login || ir != nil && len(ir) == 0 {
		a.held, ir = append([]byte{}, ir...), nil
	}
	return mech, ir, nil
}

// Next answers a challenge.
func (a *saslAuth) Next(challenge []byte, more bool) ([]byte, error) {
	if !more {
		return nil, nil
	}
	if held := a.held; held != nil {
		a.held = nil
		return held, nil
	}
	if a.login {
		if a.turns++; a.turns > 1 {
			return nil, fmt.Errorf("%w: %w", errAuthSide, sasl.ErrUnexpectedServerChallenge)
		}
		challenge = []byte("Password:")
	}
	resp, err := a.client.Next(challenge)
	if err == nil {
		return resp, nil
	}
	if errors.As(err, &a.denied) {
		// RFC 7628 3.2.3: the refusal comes as a challenge, is answered with one
		// octet, and then the server gives its reply code.
		return []byte{1}, nil
	}
	return nil, fmt.Errorf("%w: %w", errAuthSide, err)
}

// boundedAuth keeps a server from asking for ever or for too much work.
type boundedAuth struct {
	inner smtp.Auth
	turns int
}

// Start starts the mechanism.
func (a *boundedAuth) Start(info *smtp.ServerInfo) (string, []byte, error) {
	mech, ir, err := a.inner.Start(info)
	if err != nil && !errors.Is(err, errAuthSide) {
		err = fmt.Errorf("%w: %w", errAuthSide, err)
	}
	return mech, ir, err
}

// Next passes a challenge on if it is within bounds.
func (a *boundedAuth) Next(challenge []byte, more bool) ([]byte, error) {
	if a.turns++; a.turns > maxAuthTurns {
		return nil, fmt.Errorf("%w: the server asks without end", errAuthSide)
	}
	if n := scramRounds(challenge); more && n > maxScramRounds {
		return nil, fmt.Errorf("%w: the server demands %d hash rounds, limit is %d", errAuthSide, n, maxScramRounds)
	}
	resp, err := a.inner.Next(challenge, more)
	if err != nil && !errors.Is(err, errAuthSide) {
		err = fmt.Errorf("%w: %w", errAuthSide, err)
	}
	return resp, err
}

// denial is the OAuth status behind a refused sign-in, if the server gave one.
func (a *boundedAuth) denial() string {
	if s, ok := a.inner.(*saslAuth); ok && s.denied != nil {
		return s.denied.Status
	}
	return ""
}

// scramRounds is the iteration count of a SCRAM server-first message, 0 for any
// other challenge.
func scramRounds(challenge []byte) int {
	if !bytes.HasPrefix(challenge, []byte("r=")) {
		return 0
	}
	for part := range bytes.SplitSeq(challenge, []byte(",")) {
		if v, ok := bytes.CutPrefix(part, []byte("i=")); ok {
			n, err := strconv.Atoi(string(v))
			if err != nil {
				return maxScramRounds + 1
			}
			return n
		}
	}
	return 0
}

// loadSecret asks for the credential of the account, "" if it needs none.
func loadSecret(c Credentials, acc Account) (string, error) {
	if acc.Mechanism == MechNone {
		return "", nil
	}
	if c == nil {
		return "", errors.New("no credentials on this device")
	}
	b, err := c.Secret(acc.Name)
	if err != nil {
		return "", fmt.Errorf("credential of account %q: %w", acc.Name, err)
	}
	secret := strings.TrimRight(string(b), "\r\n")
	switch {
	case secret == "":
		return "", fmt.Errorf("credential of account %q is empty", acc.Name)
	case len(secret) > maxSecret:
		return "", fmt.Errorf("credential of account %q is longer than %d bytes", acc.Name, maxSecret)
	case acc.Mechanism != MechExternal && strings.ContainsFunc(secret, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", fmt.Errorf("credential of account %q contains a control character", acc.Name)
	}
	return secret, nil
}
