package node

import (
	"context"
	"maps"
	"slices"

	"holdfast/sync/outbox/mail"
)

// mailPassword is the setting that rests with the secrets.
const mailPassword = "mail.password"

// Settings gives this device's settings. No secret is among them.
func (n *Node) Settings() map[string]string { return n.config.all() }

// MailAccount builds the mail account the settings would make with some of
// them changed; false where they name no host. Nothing is kept.
func (n *Node) MailAccount(change map[string]string) (mail.Account, bool) {
	set := n.config.all()
	maps.Copy(set, change)
	return (&config{set: set}).account()
}

// PasswordKept reports whether a mail password rests with the secrets.
func (n *Node) PasswordKept() bool { return slices.Contains(n.home.Secrets().Names(), mailPassword) }

// SaveMail keeps settings of the mail account, and the password where one was
// given, and has what waits in the outbox tried with them.
func (n *Node) SaveMail(change map[string]string, password string) error {
	if password != "" {
		if err := n.home.Secrets().Put(mailPassword, []byte(password)); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(change)) {
		if n.config.value(key) == change[key] {
			continue
		}
		if err := n.config.put(key, change[key]); err != nil {
			return err
		}
	}
	n.accountsChanged()
	return nil
}

// accountsChanged has what waits for a way out tried again.
func (n *Node) accountsChanged() {
	for _, r := range n.Rooms() {
		r.accountChanged()
	}
}

// TryMail reaches the mail server of an account and signs in, with the password
// given or else the one kept, and sends nothing.
func (n *Node) TryMail(ctx context.Context, account mail.Account, password string) mail.Report {
	var from mail.Credentials = n
	if password != "" {
		from = typed(password)
	}
	sender := &mail.Sender{Credentials: from, Now: n.opts.Now}
	return sender.Probe(ctx, account)
}

// typed is a password that was typed and not kept.
type typed string

// Secret implements mail.Credentials.
func (t typed) Secret(string) ([]byte, error) { return []byte(t), nil }
