package outbox

import (
	"context"
	"time"

	"holdfast/model"
	"holdfast/sync/outbox/mail"
)

// Channels of a draft.
const (
	ChannelMail   = "mail"
	ChannelChat   = "chat"
	ChannelPager  = "pager"
	ChannelTicket = "ticket"
)

// Channel is one way out of this device. It keeps no state and never tries again
// by itself: the outbox decides when, and remembers.
type Channel interface {
	// Ready reports whether this device has what the channel needs: an address
	// and a credential.
	Ready() bool
	// Probe tries the route and sends nothing; why says what is in the way.
	Probe(ctx context.Context) (ok bool, why string)
	// Send makes one try.
	Send(ctx context.Context, p Parcel) Verdict
}

// Parcel is a message on its way out.
type Parcel struct {
	// ID names the message, the same at every try and from every device.
	ID, Room string
	// Incident is its code, Severity its level; both are empty where the message
	// is about an alert that is no incident.
	Incident, Severity string
	Draft              model.Draft
	// To are the recipients that are left.
	To []model.Recipient
	// References are the Message-IDs of earlier messages to the audience.
	References []string
	Queued     time.Time
}

// Verdict is what one try came to.
type Verdict struct {
	// Outcome is Sent, Deferred, Failed or Unknown.
	Outcome  model.Outcome
	Detail   string
	Accepted []string
	Refused  []model.Refusal
	// Wait is the shortest sensible pause before the next try.
	Wait time.Duration
}

// mailChannel is e-mail over this device's account.
type mailChannel struct {
	sender  Sender
	account func() (mail.Account, bool)
}

func (c mailChannel) Ready() bool {
	_, ok := c.account()
	return ok
}

func (c mailChannel) Probe(ctx context.Context) (bool, string) {
	account, ok := c.account()
	if !ok {
		return false, "this device has no mail account"
	}
	report := c.sender.Probe(ctx, account)
	return report.OK, report.Text
}

func (c mailChannel) Send(ctx context.Context, p Parcel) Verdict {
	account, _ := c.account()
	result := c.sender.Send(ctx, account, mail.Message{
		ID: p.ID, Room: p.Room, To: addresses(p.To), Subject: p.Draft.Subject, Text: p.Draft.Body, References: p.References, Incident: p.Incident,
		Date: p.Queued.UTC(),
	})
	v := verdict(result)
	_, v.Wait = result.Pending()
	return v
}
