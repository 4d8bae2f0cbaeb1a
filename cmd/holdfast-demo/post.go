package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"holdfast/sync/outbox/mail/smtptest"
)

// The mail account of the play, and whom its e-mail is for. All domains are
// reserved for examples by RFC 2606.
const (
	mailUser     = "incidents@example.org"
	mailPassword = "correct horse battery staple" // of a server that lives for a minute
	stakeholders = "Support desk <support@example.org>, On-duty executive <executive@example.org>, Key account <accounts@example.net>"
)

var addressees = []string{"support@example.org", "executive@example.org", "accounts@example.net"}

// post is the mail server of the play.
type post struct {
	server *smtptest.Server
	host   string
	dir    string
}

func openPost(w wire, dir string) (*post, error) {
	server, err := w.mail(smtptest.Options{Mechanisms: []string{"PLAIN"}, User: mailUser, Password: mailPassword})
	if err != nil {
		return nil, fmt.Errorf("start the mail server: %w", err)
	}
	p := &post{server: server, dir: dir}
	p.host, _, _ = strings.Cut(server.Addr(), ":")
	if err := os.WriteFile(p.authority(), server.CAPEM(), 0o600); err != nil {
		return nil, errors.Join(err, server.Close())
	}
	return p, nil
}

func (p *post) authority() string { return filepath.Join(p.dir, "mail-authority.pem") }

// account gives a peer the account, its password through standard input.
func (p *post) account(ctx context.Context, who *peer, port int) error {
	err := who.all(ctx,
		[]string{"config", "set", "mail.host", p.host},
		[]string{"config", "set", "mail.port", strconv.Itoa(port)},
		[]string{"config", "set", "mail.tls", "starttls"},
		[]string{"config", "set", "mail.mechanism", "PLAIN"},
		[]string{"config", "set", "mail.user", mailUser},
		[]string{"config", "set", "mail.from", mailUser},
		[]string{"config", "set", "mail.name", "Incident room"},
		[]string{"config", "set", "mail.root-cas", p.authority()},
		[]string{"config", "set", "audience.stakeholders", stakeholders})
	if err != nil {
		return err
	}
	return who.tell(ctx, mailPassword, "config", "set", "mail.password")
}

// took gives how often each address was delivered to, and the subjects.
func took(messages []smtptest.Message) (times map[string]int, subjects []string, err error) {
	times = map[string]int{}
	for _, m := range messages {
		for _, to := range m.To {
			times[strings.ToLower(to)]++
		}
		read, err := mail.ReadMessage(bytes.NewReader(m.Data))
		if err != nil {
			return nil, nil, fmt.Errorf("read what the mail server took: %w", err)
		}
		subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
		if err != nil {
			return nil, nil, fmt.Errorf("read what the mail server took: %w", err)
		}
		if !slices.Contains(subjects, subject) {
			subjects = append(subjects, subject)
		}
	}
	return times, subjects, nil
}

// once gives an error unless each address was delivered to exactly once, under
// TLS and signed in, and no other was.
func once(messages []smtptest.Message, addresses []string) error {
	times, _, err := took(messages)
	if err != nil {
		return err
	}
	for _, a := range addresses {
		if times[a] != 1 {
			return fmt.Errorf("the mail server took %d messages for %s, not one", times[a], a)
		}
		delete(times, a)
	}
	for other := range times {
		return fmt.Errorf("the mail server took a message for %s, who is no stakeholder", other)
	}
	for _, m := range messages {
		if !m.TLS || m.User != mailUser {
			return fmt.Errorf("a message came without TLS or sign-in (TLS %v, user %q)", m.TLS, m.User)
		}
	}
	return nil
}

// port points a peer's account at the server, or away from it where the wire
// has no line to lose.
func (p *post) port(ctx context.Context, who *peer, w wire, cut bool) error {
	port := w.mailPort(p.server.Port(), cut)
	if port == w.mailPort(p.server.Port(), !cut) {
		return nil
	}
	return who.all(ctx, []string{"config", "set", "mail.port", strconv.Itoa(port)})
}
