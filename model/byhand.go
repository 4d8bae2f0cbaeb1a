package model

import (
	"strings"
	"time"
)

// ToldByHand is the channel of what people posted or said themselves, where the
// template names none.
const ToldByHand = "by hand"

// TellByHand records a message that people posted or said themselves: on a
// status page, a second messenger, the telephone. It counts as every other
// update: the audience has heard, and what it was promised runs from here.
type TellByHand struct {
	Incident string
	Draft    Draft // the text as it went
	Next     time.Time
	// Where it stands, or who was told; needed.
	Where string
	// Proof shows it: a link, a copy, the name of a picture.
	Proof string
	// Unreached are those who could not be told.
	Unreached string
	// Approver is who said that it may go; empty where nobody was asked.
	Approver string
}

// Plan implements Command.
func (c TellByHand) Plan(p *Planner) (Done, error) {
	c.Draft.Recipients = nil
	if c.Draft.Subject == "" {
		c.Draft.Subject, _, _ = strings.Cut(c.Draft.Body, "\n")
		if cut := strings.ToValidUTF8(c.Draft.Subject[:min(len(c.Draft.Subject), MaxTitle)], ""); cut != "" {
			c.Draft.Subject = cut
		}
	}
	inc, d, err := p.frozen(QueueMessage{Incident: c.Incident, Draft: c.Draft, Next: c.Next, Approver: c.Approver})
	if err != nil {
		return Done{}, err
	}
	if d.Audience == "" || d.Audience == AudiencePage {
		return Done{}, refuse("say which audience was told, such as public, customers or stakeholders. Nothing was recorded")
	}
	detail, err := line("where it was told", c.Where, MaxTitle)
	if err != nil {
		return Done{}, err
	}
	detail = "by hand: " + detail
	if inc.Drill() {
		d.mark()
		detail = "in the exercise, nothing was posted: " + detail
	}
	for _, more := range [...]struct{ what, text string }{{"proof", c.Proof}, {"not reached", c.Unreached}} {
		text, err := remark("the "+more.what, more.text)
		if err != nil {
			return Done{}, err
		}
		if text != "" {
			detail += "; " + more.what + ": " + text
		}
	}
	p.supersede(inc, d.Audience, d.Channel)
	id := p.tell(inc, d, c.Next)
	p.add(KindMessageResult, inc.ID, messageResult{Message: id, Outcome: Sent, Detail: detail})
	// Nobody saw a preview of it: what has no place in it is said here, so that it
	// can be put right where it stands.
	return Done{ID: id, Code: inc.Code, Note: p.remarks(inc, d, c.Next, p.State.Remarks(inc, d, p.Now, nil))}, nil
}
