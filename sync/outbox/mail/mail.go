// Package mail is the e-mail channel of the outbox: it carries one rendered
// message to its recipients over one SMTP account and says, for each of them,
// what is known afterwards. It keeps no state and never tries again by itself:
// the outbox above it decides when, and remembers.
//
// # Never sent twice by this device
//
// The promise hangs on one distinction, which [Classify] makes. Until the final
// dot of the message has left this machine the server cannot have accepted it,
// so any failure is Deferred and trying again is safe. Once the dot has left,
// only the server's reply tells; if the reply is lost the outcome is Unknown,
// and a person decides. Neither go-mail's Send nor its DataCloser lets a caller
// see on which side of the dot a connection died, so this package drives
// go-mail's smtp.Client step by step over a connection that watches its writes.
//
// # One copy each
//
// Every recipient gets a copy of their own, in a transaction of their own, on
// one connection. Stakeholders do not see one another, nobody receives a
// message that names nobody (which spam filters dislike), a refused or
// greylisted recipient stops no other, and a lost reply leaves one recipient in
// doubt instead of all. The price is the text once per recipient, a few
// kilobytes each. All copies carry the same Message-ID, so a person reached
// twice over two lists sees one mail in most mailboxes, and so does a recipient
// of a message that a person chose to send again.
package mail

import (
	"time"
)

// Outcome is what is known about one recipient after a Send.
type Outcome string

// The four outcomes. Only Deferred may be tried again without a person.
const (
	// Accepted: the server took responsibility for this copy.
	Accepted Outcome = "accepted"
	// Deferred: the server cannot have this copy; trying again is safe.
	Deferred Outcome = "deferred"
	// Refused: the server refused this recipient or this message for good.
	Refused Outcome = "refused"
	// Unknown: the whole message left this machine and no reply came back. It
	// may or may not have been accepted.
	Unknown Outcome = "unknown"
)

// Reason says why a copy was not accepted.
type Reason string

// The reasons, from the ones time cures to the ones a person must.
const (
	ReasonNone Reason = ""
	// ReasonNetwork: no route, no such host, connection refused or cut.
	ReasonNetwork Reason = "network"
	// ReasonTimeout: a step or the whole attempt took too long.
	ReasonTimeout Reason = "timeout"
	// ReasonCancelled: the caller's context ended.
	ReasonCancelled Reason = "cancelled"
	// ReasonBusy: the server said 4xx (greylisting, load, full mailbox).
	ReasonBusy Reason = "busy"
	// ReasonTLS: encryption is missing, or the certificate is not trusted.
	ReasonTLS Reason = "tls"
	// ReasonAuth: the server does not accept the sign-in.
	ReasonAuth Reason = "auth"
	// ReasonAccount: the account is incomplete, its credential is missing, or
	// the server does not serve this client or sender.
	ReasonAccount Reason = "account"
	// ReasonRecipient: 5xx for this recipient.
	ReasonRecipient Reason = "recipient"
	// ReasonContent: 5xx for this message, or the message cannot be composed.
	ReasonContent Reason = "content"
	// ReasonLost: the reply to the final dot never came.
	ReasonLost Reason = "lost"
)

// NeedsPerson reports whether waiting alone cannot help: the account, the
// address or the doubt has to be looked at.
func (r Reason) NeedsPerson() bool {
	switch r {
	case ReasonTLS, ReasonAuth, ReasonAccount, ReasonRecipient, ReasonContent, ReasonLost:
		return true
	}
	return false
}

// AccountFault reports whether the account rather than the message or the route
// is to blame: another account, on this or another device, may succeed.
func (r Reason) AccountFault() bool {
	return r == ReasonTLS || r == ReasonAuth || r == ReasonAccount
}

// Stage is the step of the conversation at which something happened.
type Stage string

// The stages in the order they are passed.
const (
	StagePrepare  Stage = "prepare"  // account, credential and message are checked
	StageDial     Stage = "dial"     // name lookup and TCP
	StageGreeting Stage = "greeting" // the server's first line
	StageHello    Stage = "hello"    // EHLO
	StageTLS      Stage = "tls"      // STARTTLS and the handshake
	StageAuth     Stage = "auth"     // AUTH
	StageMail     Stage = "mail"     // MAIL FROM
	StageRcpt     Stage = "rcpt"     // RCPT TO
	StageData     Stage = "data"     // DATA, until the server says go ahead
	StageBody     Stage = "body"     // the text, until the final dot has left
	StageReply    Stage = "reply"    // the dot has left; the reply is awaited
)

// Delivery is what is known about one recipient.
type Delivery struct {
	To      Address `json:"to"`
	Outcome Outcome `json:"outcome"`
	Reason  Reason  `json:"reason,omitempty"`
	Stage   Stage   `json:"stage,omitempty"`
	// Code is the server's three-digit reply, 0 if it gave none.
	Code int `json:"code,omitempty"`
	// Enhanced is the RFC 3463 status ("4.7.1"), if the server gave one.
	Enhanced string `json:"enhanced,omitempty"`
	// Text is the server's own words or this machine's error, on one line,
	// bounded and free of the secret.
	Text string `json:"text,omitempty"`
	// QueueID is the server's name for the copy, if its reply gave one.
	QueueID string `json:"queue,omitempty"`
	// RetryAfter is the shortest sensible wait before the next try; set for
	// Deferred only.
	RetryAfter time.Duration `json:"retryAfter,omitempty"`
}

// Result is the outcome of one Send.
type Result struct {
	// Account is the name of the account used.
	Account string `json:"account"`
	// MessageID is the Message-ID all copies carry.
	MessageID string `json:"messageId"`
	// Deliveries holds one row for each distinct address, in the message's order.
	Deliveries []Delivery `json:"deliveries"`
	// TLS names the protocol version of the link, empty if it was not encrypted.
	TLS string `json:"tls,omitempty"`
	// Transcript is what was asked and answered, a line each, without secrets.
	Transcript []string  `json:"transcript,omitempty"`
	Started    time.Time `json:"started"`
	Ended      time.Time `json:"ended"`
}

// Count returns how many deliveries have the outcome.
func (r Result) Count(o Outcome) int {
	n := 0
	for _, d := range r.Deliveries {
		if d.Outcome == o {
			n++
		}
	}
	return n
}

// Pending returns the addresses that may be tried again without a person, and
// the shortest wait that suits all of them.
func (r Result) Pending() (to []Address, wait time.Duration) {
	for _, d := range r.Deliveries {
		if d.Outcome == Deferred {
			to = append(to, d.To)
			wait = max(wait, d.RetryAfter)
		}
	}
	return to, wait
}

// Credentials gives the secret of an account by its name: a password, a bearer
// token, or for EXTERNAL a PEM bundle of certificate and key. It is asked anew
// for each connection, so a token may be refreshed behind it.
type Credentials interface {
	Secret(account string) ([]byte, error)
}
