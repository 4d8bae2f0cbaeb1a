package model

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// QueueMessage puts a rendered message into the outbox. From here on its text
// is frozen.
type QueueMessage struct {
	Incident string
	Draft    Draft
	// Next is when the message promises the next update; zero promises none.
	Next time.Time
}

// Plan implements Command.
func (c QueueMessage) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if err := p.State.MayTell(inc, c.Draft.Audience); err != nil {
		return Done{}, err
	}
	d := c.Draft
	if Place(d.Channel) && inc.Security(p.State.Policy()) {
		return Done{}, refuse("%s is a security incident, and more people read a %s than it is for; tell them on the bridge. Nothing was sent", inc.Code, d.Channel)
	}
	if d.Subject, err = line("the subject", d.Subject, 2*MaxTitle); err != nil {
		return Done{}, err
	}
	if d.Body, err = prose("the message", d.Body); err != nil {
		return Done{}, err
	}
	if err := p.State.stayInside(inc, &d); err != nil {
		return Done{}, err
	}
	switch {
	case len(d.Recipients) == 0:
		return Done{}, refuse("the audience %q has no recipients; set them with `config set audience.%s`", d.Audience, d.Audience)
	case len(d.Recipients) > MaxRecipients:
		return Done{}, refuse("%d recipients; the limit is %d", len(d.Recipients), MaxRecipients)
	}
	// A newer update takes the place of one that has not left yet.
	for _, id := range slices.SortedFunc(maps.Keys(inc.Messages), ID.Compare) {
		m := inc.Messages[id]
		if o, _ := m.Outcome(); d.Audience != AudiencePage && m.Draft.Audience == d.Audience && m.Draft.Channel == d.Channel && !m.Queued.zero() && (o == 0 || o == Deferred) {
			if _, claimed := m.ClaimedBy(p.Now); !claimed {
				p.add(KindMessageResult, inc.ID, messageResult{Message: id, Outcome: Withdrawn, Detail: "replaced by a newer update"})
			}
		}
	}
	d.Number = inc.updates(d.Audience) + 1
	if !c.Next.IsZero() {
		d.Next = c.Next.UnixMilli()
	}
	if !c.Next.IsZero() && d.Audience == AudienceStakeholders {
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldNext, FormatTime(c.Next), "")
	}
	return Done{ID: p.add(KindMessageQueued, inc.ID, d), Code: inc.Code}, nil
}

// updates counts the messages an audience was sent in the incident.
func (i *Incident) updates(audience string) int {
	n := 0
	for _, m := range i.Messages {
		if m.Draft.Audience == audience {
			n = max(n, m.Draft.Number)
		}
	}
	return n
}

// named gives what a message is on: an incident, or, without one, the room.
func (i *Incident) named() (on ID, code string) {
	if i == nil {
		return ID{}, ""
	}
	return i.ID, i.Code
}

// ClaimMessage says that this device delivers the message now. It is written
// before the first byte leaves, so that no restart sends it again unseen.
type ClaimMessage struct {
	Message string
	For     time.Duration
}

// Plan implements Command.
func (c ClaimMessage) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindMessage(c.Message)
	if err != nil {
		return Done{}, err
	}
	m := p.State.messagesOf(inc)[id]
	if m.Settled() {
		o, _ := m.Outcome()
		return Done{}, refuse("the message is %s already", o)
	}
	if claim, held := m.ClaimedBy(p.Now); held && claim.Stamp.Feed != p.feed {
		return Done{}, refuse("%s is delivering the message", p.State.AuthorName(claim.Stamp))
	}
	on, code := inc.named()
	p.add(KindMessageClaimed, on, messageClaimed{Message: id, Until: p.Now.Add(c.For).UnixMilli()})
	return Done{ID: id, Code: code}, nil
}

// RecordResult says what an attempt to deliver came to.
type RecordResult struct {
	Message string
	Outcome Outcome
	Detail  string
	Refused []Refusal
	// Accepted lists the addresses the server took over, where not all were.
	Accepted []string
}

// Plan implements Command. Where the message carries a call of the escalation,
// the call is told in the same commit.
func (c RecordResult) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindMessage(c.Message)
	if err != nil {
		return Done{}, err
	}
	if c.Outcome < Sent || c.Outcome > Withdrawn {
		return Done{}, refuse("outcome %d is not known", c.Outcome)
	}
	on, code := inc.named()
	p.add(KindMessageResult, on, messageResult{
		Message: id, Outcome: c.Outcome, Detail: strings.ToValidUTF8(c.Detail, "\uFFFD"), Refused: c.Refused, Accepted: c.Accepted,
	})
	detail := c.Detail
	if len(c.Refused) > 0 {
		detail = c.Refused[0].Reason
	}
	if detail = strings.ToValidUTF8(detail, "\uFFFD"); inc == nil {
		p.answerRoute(id, c.Outcome, detail)
	} else {
		p.answerPage(inc, id, c.Outcome, detail)
	}
	return Done{ID: id, Code: code}, nil
}
