package model

import (
	"slices"
	"time"
)

// ClassSheet is a decision sheet of a security incident.
const ClassSheet = "decision-sheet"

// ClassApproval is the approval of legal for one message to an audience.
const ClassApproval = "legal-approval"

// Fields of a decision sheet.
const (
	SheetTopic   = "topic"
	SheetOptions = "options"
	SheetAdvice  = "advice" // who advised what
	SheetChoice  = "choice"
	SheetPerson  = "person" // id of who decided
	SheetAt      = "at"
)

// Fields of an approval.
const (
	ApprovalAudience = "audience"
	ApprovalPerson   = "person" // id of who approved for legal
	ApprovalText     = "text"
)

// SheetTopics lists the decisions a security incident brings to the top.
var SheetTopics = [...]string{"pay", "shut down", "tell public", "police", "insurer", "other"}

// DecideSheet records a decision: what could be done, who advised what, what
// was chosen, by whom and when.
type DecideSheet struct {
	Incident string
	Topic    string // one of SheetTopics
	Options  string
	Advice   string
	Choice   string
	Person   string    // who decided; needed
	At       time.Time // zero is now
}

// Plan implements Command.
func (c DecideSheet) Plan(p *Planner) (Done, error) {
	inc, err := p.secured(c.Incident)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{SheetOptions, "the options", c.Options, true, 0},
		formField{SheetAdvice, "the advice", c.Advice, true, 0},
		formField{SheetChoice, "what was decided", c.Choice, true, 0},
		formField{SheetPerson, "who decided", c.Person, true, MaxName},
	)
	if err != nil {
		return Done{}, err
	}
	if fields[SheetTopic], err = choose("topic", c.Topic, SheetTopics[:]); err != nil {
		return Done{}, err
	}
	if fields[SheetPerson], err = p.someone(c.Person); err != nil {
		return Done{}, err
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	if err := p.setTime(fields, SheetAt, "the time of the decision", at); err != nil {
		return Done{}, err
	}
	return Done{ID: p.addItem(inc.ID, ClassSheet, fields), Code: inc.Code}, nil
}

// Decided reports whether a decision sheet of a topic was recorded.
func (i *Incident) Decided(topic string) bool {
	for _, item := range i.Items {
		if item.Known() && item.Class == ClassSheet && item.Fields.Text(SheetTopic) == topic {
			return true
		}
	}
	return false
}

// SheetView is a decision sheet.
type SheetView struct {
	ID      ID        `json:"id"`
	Topic   string    `json:"topic"`
	Options string    `json:"options"`
	Advice  string    `json:"advice"`
	Choice  string    `json:"choice"`
	Person  string    `json:"person"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
}

func (s *State) sheetViews(inc *Incident) []SheetView {
	views := []SheetView{}
	for _, id := range inc.Items.Of(ClassSheet) {
		f := inc.Items[id].Fields
		views = append(views, SheetView{
			ID: id, Topic: f.Text(SheetTopic), Options: f.Text(SheetOptions), Advice: f.Text(SheetAdvice), Choice: f.Text(SheetChoice),
			Person: s.personText(f, SheetPerson), At: f.Time(SheetAt), By: s.AuthorName(inc.Items[id].Added),
		})
	}
	return views
}

// ApproveMessage records that legal has approved the next message to an
// audience outside the response team. One approval lets one message go.
type ApproveMessage struct {
	Incident string
	Audience string
	Person   string // who approved for legal; needed
	Text     string // what was approved
}

// Plan implements Command.
func (c ApproveMessage) Plan(p *Planner) (Done, error) {
	inc, err := p.secured(c.Incident)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{ApprovalAudience, "the audience", c.Audience, true, MaxName},
		formField{ApprovalPerson, "who approved for legal", c.Person, true, MaxName},
		formField{ApprovalText, "what was approved", c.Text, true, 0},
	)
	if err != nil {
		return Done{}, err
	}
	if fields[ApprovalPerson], err = p.someone(c.Person); err != nil {
		return Done{}, err
	}
	return Done{ID: p.addItem(inc.ID, ClassApproval, fields), Code: inc.Code}, nil
}

// MayTell says why a message of the incident may not go to an audience: outside
// its response team, a security incident is told of only with an approval of
// legal that no message has used yet. Nil where it may.
func (s *State) MayTell(inc *Incident, audience string) error {
	if !inc.Security(s.Policy()) || slices.Contains(teamAudiences, audience) {
		return nil
	}
	approvals, used := 0, 0
	for _, item := range inc.Items {
		if item.Known() && item.Class == ClassApproval && item.Fields.Text(ApprovalAudience) == audience {
			approvals++
		}
	}
	for _, m := range inc.Messages {
		if m.Known() && m.Draft.Audience == audience {
			if o, _ := m.Outcome(); o != Withdrawn {
				used++
			}
		}
	}
	if approvals > used {
		return nil
	}
	return refuse("%s is a security incident: only its response team is told, and a message to %s needs the approval of legal first; record it with `security approve`", inc.Code, audience)
}

// teamAudiences hear of a security incident without an approval. A page tells
// nothing but that somebody is needed.
var teamAudiences = []string{AudienceTeam, audienceResponders, AudiencePage}

// Told reports whether an audience of the incident is to be kept up to date: in
// a security incident only the response team, and who was once told with an
// approval.
func (s *State) Told(inc *Incident, audience string) bool {
	if !inc.Security(s.Policy()) || slices.Contains(teamAudiences, audience) {
		return true
	}
	for _, m := range inc.Messages {
		if m.Known() && m.Draft.Audience == audience {
			return true
		}
	}
	return false
}
