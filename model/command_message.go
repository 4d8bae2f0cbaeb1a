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
	// Approver is who said that it may go; empty where nobody was asked.
	Approver string
}

// Plan implements Command.
func (c QueueMessage) Plan(p *Planner) (Done, error) {
	inc, d, err := p.frozen(c)
	if err != nil {
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
	p.supersede(inc, d.Audience, d.Channel)
	return Done{ID: p.tell(inc, d, c.Next), Code: inc.Code, Note: p.remarks(inc, d, c.Next, p.State.Contradictions(inc, d, p.Now, nil))}, nil
}

// frozen checks a message and gives it as it leaves.
func (p *Planner) frozen(c QueueMessage) (inc *Incident, d Draft, err error) {
	if inc, err = p.State.FindIncident(c.Incident); err != nil {
		return nil, d, err
	}
	d = c.Draft
	if d.Next != 0 || !c.Next.IsZero() {
		if err := inc.mayPromise(); err != nil {
			return nil, d, err
		}
	}
	if err := p.State.MayTell(inc, d.Audience); err != nil {
		return nil, d, err
	}
	if Place(d.Channel) && inc.Security(p.State.Policy()) {
		return nil, d, refuse("%s is a security incident, and more people read a %s than it is for; tell them on the bridge. Nothing was sent", inc.Code, d.Channel)
	}
	if d.Subject, err = line("the subject", d.Subject, 2*MaxTitle); err != nil {
		return nil, d, err
	}
	if d.Body, err = prose("the message", d.Body); err != nil {
		return nil, d, err
	}
	if d.Approver, err = p.owner(c.Approver); err != nil {
		return nil, d, err
	}
	return inc, d, nil
}

// supersede takes back what has not left yet: a newer update takes its place.
func (p *Planner) supersede(inc *Incident, audience, channel string) {
	for _, id := range slices.SortedFunc(maps.Keys(inc.Messages), ID.Compare) {
		m := inc.Messages[id]
		if o, _ := m.Outcome(); audience == AudiencePage || m.Draft.Audience != audience || m.Draft.Channel != channel || m.Queued.zero() || o != 0 && o != Deferred {
			continue
		}
		if _, claimed := m.ClaimedBy(p.Now); !claimed {
			p.add(KindMessageResult, inc.ID, messageResult{Message: id, Outcome: Withdrawn, Detail: "replaced by a newer update"})
		}
	}
}

// tell adds a message to the record, with what it promises.
func (p *Planner) tell(inc *Incident, d Draft, next time.Time) ID {
	d.Number = inc.updates(d.Audience) + 1
	if !next.IsZero() {
		d.Next = next.UnixMilli()
		if d.Audience == AudienceStakeholders {
			p.set(KindIncidentField, inc.ID, inc.Fields, FieldNext, FormatTime(next), "")
		}
	}
	return p.add(KindMessageQueued, inc.ID, d)
}

// unapproved says that a message goes outside without the word of who commands.
func (p *Planner) unapproved(inc *Incident, d Draft) string {
	role, _ := FindRole(RoleCommander)
	held := inc.Holders(role)
	if len(held) == 0 || !External(d.Audience) {
		return ""
	}
	for _, h := range held {
		if h.Person == p.Person || h.Person.String() == d.Approver {
			return ""
		}
	}
	return p.State.PersonName(held[0].Person) + " commands, and no approval of theirs stands in the record"
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
