package model

import (
	"net/mail"
	"strings"
	"time"

	"holdfast/assets"
	"holdfast/model/policy"
	"holdfast/model/template"
)

// AudiencePage is whom a page is for: the one person it names. No newer message
// takes the place of a page.
const AudiencePage = "page"

// PageAgain is how long nobody is paged a second time in an incident, whatever
// rungs come due for them meanwhile: reading one page and answering it takes
// about that long.
const PageAgain = time.Minute

// Ways of a page. Who is not reached by one of them is called: see PhoneTree.
const (
	wayMail  = policy.WayMail
	wayPager = policy.WayPager
	wayDrill = "drill"
)

const templatePage = "page"

// Page calls a person to an incident by a message, and records the try in the
// same commit, so that neither stands without the other. In a drill nothing
// leaves: the try alone is recorded, and says so.
type Page struct {
	Incident string
	// Rung is the rung of the policy it is for; empty where a person pages
	// outside the matrix.
	Rung   string
	Person string
	// Text is one line more for the person.
	Text string
	// Way is mail or pager; empty is mail.
	Way string
}

// Plan implements Command.
func (c Page) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	person, err := p.here(c.Person)
	if err != nil {
		return Done{}, err
	}
	way := wayMail
	if c.Way != "" {
		if way, err = choose("way", c.Way, []string{wayMail, wayPager}); err != nil {
			return Done{}, err
		}
	}
	fields := map[string]string{AttemptAct: "page", AttemptPerson: person.String(), AttemptWay: way}
	if c.Rung != "" {
		rung, err := p.rung(c.Rung)
		if err != nil {
			return Done{}, err
		}
		fields[AttemptRung], fields[AttemptTarget], fields[AttemptAct] = rung.ID, rung.Target, rung.Act
	}
	if err := p.mayPage(inc, c.Rung, person); err != nil {
		return Done{}, err
	}
	if inc.Drill() {
		fields[AttemptWay], fields[AttemptResult], fields[AttemptDetail] = wayDrill, Delivered, "DRILL: recorded, nothing was sent"
		return Done{ID: p.addItem(inc.ID, ClassAttempt, fields), Code: inc.Code}, nil
	}
	draft, err := p.pageText(inc, person, c.Text, way)
	if err != nil {
		return Done{}, err
	}
	fields[AttemptMail] = p.add(KindMessageQueued, inc.ID, draft).String()
	return Done{ID: p.addItem(inc.ID, ClassAttempt, fields), Code: inc.Code, Note: p.State.PersonName(person) + " is paged by " + map[string]string{wayMail: "e-mail", wayPager: "pager"}[way]}, nil
}

// mayPage looks at the record first: who was paged for a rung is not paged for
// it again, and nobody twice within PageAgain.
func (p *Planner) mayPage(inc *Incident, rung string, person ID) error {
	name := p.State.PersonName(person)
	if !inc.Open() {
		return refuse("%s is %s; nobody was paged", inc.Code, inc.State())
	}
	for _, a := range inc.Attempts() {
		switch {
		case rung != "" && a.Rung == rung && (a.Result == Reached || a.Result == Skipped):
			return refuse("the rung %s is %s already; nobody was paged", rung, a.Result)
		case a.Person != person:
		case rung != "" && a.Rung == rung:
			return refuse("%s was called for %s already, at %s UTC; nobody was paged again", name, rung, a.At.Format("15:04"))
		case p.Now.Sub(a.At).Abs() < PageAgain:
			return refuse("%s was called less than a minute ago, at %s UTC; nobody was paged again", name, a.At.Format("15:04:05"))
		}
	}
	return nil
}

// pageText renders the page. What a security incident is about is said on the
// bridge alone: mail is read by more people than the one it is for.
func (p *Planner) pageText(inc *Incident, person ID, text, way string) (Draft, error) {
	who := p.State.People[person]
	to, ok := Recipient{Name: who.Name(), Address: person.String()}, true
	if way == wayMail {
		to, ok = recipient(&mail.Address{Name: who.Name(), Address: who.Fields.Text("email")})
	}
	if !ok {
		return Draft{}, refuse("%s has no e-mail address that can be written to; %s. Nothing was sent", who.Name(), reachable(who))
	}
	source, err := p.State.pageTemplate()
	if err != nil {
		return Draft{}, err
	}
	fields := map[string]string{"recipient": who.Name()}
	if text != "" {
		if fields["context"], err = line("the text", text, 2*MaxTitle); err != nil {
			return Draft{}, err
		}
	}
	if inc.Security(p.State.Policy()) {
		fields["incident.title"], fields["impact.what"] = "restricted, ask on the bridge", "restricted"
	}
	draft, _, err := Compose(p.State, inc, source, ComposeOptions{
		Template: templatePage, Audience: AudiencePage, Channel: wayMail, Fields: fields, Now: p.Now,
	})
	if err != nil {
		return Draft{}, err
	}
	draft.Recipients, draft.Channel = []Recipient{to}, way
	if draft.Subject, err = line("the subject", draft.Subject, 2*MaxTitle); err != nil {
		return Draft{}, err
	}
	return draft, nil
}

// pageTemplate gives the room's own template of a page, else the shipped one.
func (s *State) pageTemplate() (string, error) {
	if own := s.ownTemplate(templatePage); own != "" {
		return own, nil
	}
	if shipped := shippedTemplate(templatePage); shipped != "" {
		return shipped, nil
	}
	return "", refuse("this version has no template for pages; call by phone")
}

// ownTemplate gives the text the room has for a template; empty where it has none.
func (s *State) ownTemplate(id string) string { return s.Fields.Text("template." + id) }

// shippedTemplate gives the text of a template that ships; empty where none does.
func shippedTemplate(id string) string {
	shipped, err := assets.Templates()
	if err != nil {
		return ""
	}
	for _, t := range shipped {
		if t.ID == id {
			return t.Source
		}
	}
	return ""
}

// templateStatus is what the messages of a template say of their incident: as the
// room's own text has it, else the shipped one of that name. See
// template.Template.Status.
func (s *State) templateStatus(id string) string {
	for _, source := range [...]string{s.ownTemplate(id), shippedTemplate(id)} {
		if t, err := template.Parse(source); err == nil && t.Status != "" {
			return t.Status
		}
	}
	return ""
}

// Mailable reports whether a person has an address a page can go to.
func (s *State) Mailable(person ID) bool {
	who := s.People[person]
	if who == nil {
		return false
	}
	_, ok := recipient(&mail.Address{Address: who.Fields.Text("email")})
	return ok
}

func reachable(who *Person) string {
	var ways []string
	for _, n := range numbers(who) {
		ways = append(ways, n.Name+" "+n.Number)
	}
	if ways == nil {
		return "no number is known either"
	}
	return "call them: " + strings.Join(ways, ", ")
}

// AckPage says "I have it": the incident is acknowledged, if it is not yet, and
// the calls to the person are answered.
type AckPage struct {
	Incident string
	// Person is who answers; empty is the author.
	Person string
}

// Plan implements Command.
func (c AckPage) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	if !inc.Open() {
		return Done{}, refuse("%s is %s; there is nothing to acknowledge", inc.Code, inc.State())
	}
	person := p.Person
	if c.Person != "" {
		if person, err = p.State.FindPerson(c.Person); err != nil {
			return Done{}, err
		}
	}
	done := Done{ID: inc.ID, Code: inc.Code, Note: p.answered(inc, person, p.Now)}
	p.ackAlerts(inc, person.String(), p.Now)
	return done, nil
}

// ackAlerts plans that somebody, a person's id or a name, has the alerts of an
// incident that nobody has taken up.
func (p *Planner) ackAlerts(inc *Incident, who string, at time.Time) {
	for _, a := range p.State.AlertsOf(inc.ID) {
		if a.Acknowledged.IsZero() {
			p.setAlert(a, AlertAck, FormatTime(at)+" "+who, "")
		}
	}
}

// answered plans that a person has an incident since a time: it is acknowledged,
// if it is not yet, and the calls to the person are answered. It gives what the
// person should know.
func (p *Planner) answered(inc *Incident, person ID, at time.Time) (note string) {
	name := p.State.PersonName(person)
	note = p.acknowledge(inc, name+" has it", at)
	for _, a := range inc.Attempts() {
		if a.Person == person && a.Result != Reached && a.Result != Skipped {
			p.setItem(inc.ID, a.ID, inc.Items[a.ID], AttemptResult, Reached, "")
			p.withdraw(inc, a.Message, name+" has answered")
		}
	}
	return note
}

// acknowledge plans the milestone, if it is not set yet.
func (p *Planner) acknowledge(inc *Incident, why string, at time.Time) (note string) {
	if before, set := inc.Milestone("acknowledged"); set {
		return inc.Code + " was acknowledged at " + before.Format("15:04") + " UTC"
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldMilestone("acknowledged"), FormatTime(at), why)
	return ""
}

// WithdrawMessage takes back a message that has not left.
type WithdrawMessage struct {
	Message string
	Reason  string
}

// Plan implements Command.
func (c WithdrawMessage) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindMessage(c.Message)
	if err != nil {
		return Done{}, err
	}
	reason, err := line("the reason", c.Reason, 2*MaxTitle)
	if err != nil {
		return Done{}, err
	}
	on, code := inc.named()
	if !p.withdrawn(on, p.State.messagesOf(inc)[id], id, reason) {
		o, _ := p.State.messagesOf(inc)[id].Outcome()
		return Done{}, refuse("the message is %s or on its way; it cannot be taken back", o)
	}
	return Done{ID: id, Code: code}, nil
}

// withdraw plans to take back a message nobody is delivering; false where it
// has left or is on its way.
func (p *Planner) withdraw(inc *Incident, id ID, why string) bool {
	return p.withdrawn(inc.ID, inc.Messages[id], id, why)
}

func (p *Planner) withdrawn(on ID, m *Message, id ID, why string) bool {
	if m == nil || !m.Known() || m.Settled() {
		return false
	}
	if _, claimed := m.ClaimedBy(p.Now); claimed {
		return false
	}
	p.add(KindMessageResult, on, messageResult{Message: id, Outcome: Withdrawn, Detail: why})
	return true
}

// answerPage records for the call a message carries what its delivery came to.
// An answer of the person stands above it.
func (p *Planner) answerPage(inc *Incident, message ID, o Outcome, detail string) {
	result := ""
	switch o {
	case Sent:
		result = Delivered
	case Failed:
		result = Undelivered
	default:
		return // it may yet leave, or has left: the call is not answered
	}
	for _, id := range inc.Items.Of(ClassAttempt) {
		item := inc.Items[id]
		if item.Fields.Text(AttemptMail) != message.String() || item.Fields.Text(AttemptResult) != "" {
			continue
		}
		p.setItem(inc.ID, id, item, AttemptResult, result, "")
		if result == Undelivered && detail != "" {
			p.setItem(inc.ID, id, item, AttemptDetail, detail[:min(len(detail), MaxText)], "")
		}
	}
}

// LastCall is when the last call to a person was made; zero where there was none.
func LastCall(attempts []Attempt, person ID) (last time.Time) {
	for _, a := range attempts {
		if a.Person == person && a.At.After(last) {
			last = a.At
		}
	}
	return last
}

// strength orders results of one call that were written apart: an answer of
// the person stands above what a machine knows.
func strength(result string) int {
	switch result {
	case Reached:
		return 3
	case Declined:
		return 2
	case "":
		return 0
	}
	return 1
}
