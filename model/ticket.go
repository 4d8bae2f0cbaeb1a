package model

import (
	"slices"
	"strings"
	"time"
)

// ClassTicket is a ticket that was opened with a vendor for an incident.
const ClassTicket = "vendor-ticket"

// Fields of a ticket.
const (
	TicketVendor   = "vendor"   // id of the vendor in the register
	TicketNumber   = "number"   // as the vendor counts; empty until it is told
	TicketLevel    = "level"    // what was asked for: a priority, their incident lead
	TicketOpened   = "opened"   // when
	TicketPromised = "promised" // when they said to answer; empty where they said no time
	TicketNeeds    = "needs"    // credentials and numbers they ask for, and where those are: never the secret itself
	TicketAnswer   = "answer"   // what they answered last
)

// OpenTicket records that a ticket was opened with a vendor. It answers the
// trigger that asks for one.
type OpenTicket struct {
	Incident string
	Vendor   string // of the register
	Number   string
	// Level is what was asked for; empty is the contract level of the register.
	Level string
	// Opened is when; zero is now. Promised is when they said to answer.
	Opened, Promised time.Time
	Needs            string
}

// Plan implements Command.
func (c OpenTicket) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	id, vendor, err := p.State.findRoomItem(c.Vendor, "vendor", VendorName, ClassVendor)
	if err != nil {
		return Done{}, err
	}
	if c.Opened.IsZero() {
		c.Opened = p.Now
	}
	fields, err := fillForm(
		formField{TicketNumber, "the number of the ticket", c.Number, false, MaxName},
		formField{TicketLevel, "what was asked for", either(c.Level, vendor.Fields.Text("level")), false, MaxName},
		formField{TicketNeeds, "what they need", c.Needs, false, 0},
	)
	switch {
	case err != nil:
		return Done{}, err
	case secretText(c.Needs):
		return Done{}, errSecret
	}
	if err := p.setTime(fields, TicketOpened, "the time it was opened", c.Opened); err != nil {
		return Done{}, err
	}
	if fields[TicketPromised], err = p.promised(c.Promised); err != nil {
		return Done{}, err
	}
	fields[TicketVendor] = id.String()
	return Done{ID: p.addItem(inc.ID, ClassTicket, fields), Code: inc.Code, Note: p.State.Items[id].reach()}, nil
}

// promised writes when an answer was promised: a time to come.
func (p *Planner) promised(at time.Time) (string, error) {
	switch {
	case at.IsZero():
		return "", nil
	case !at.After(p.Now):
		return "", refuse("an answer was promised for %s, and that is past; write the answer, or the time they name now. Nothing was written", at.UTC().Format("2006-01-02 15:04 MST"))
	case at.UTC().Year() > 9999:
		return "", refuse("the answer is promised for the year %d. Nothing was written", at.UTC().Year())
	}
	return FormatTime(at), nil
}

// reach is how a vendor is called where their portal is down too.
func (i *Item) reach() string {
	var ways []string
	for _, f := range [...]FactField{{"phone", "support phone"}, {"escalation", "escalation contact"}, {"contract", "contract"}, {"customer", "customer number"}} {
		if text := i.Fields.Text(f.Name); text != "" {
			ways = append(ways, f.Title+" "+text)
		}
	}
	return strings.Join(ways, ", ")
}

// SetTicket writes what a vendor answered, the number they gave, or when they
// promise the next word. An answer without a new time ends the waiting.
type SetTicket struct {
	// Ticket is the id of the ticket, the start of it, or the vendor's number.
	Ticket string
	Number string
	Level  string
	Answer string
	// Promised is when they answer next; zero leaves it, or ends it with an answer.
	Promised time.Time
}

// Plan implements Command.
func (c SetTicket) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.findTicket(c.Ticket)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{TicketNumber, "the number of the ticket", c.Number, false, MaxName},
		formField{TicketLevel, "what was asked for", c.Level, false, MaxName},
		formField{TicketAnswer, "the answer", c.Answer, false, 0},
	)
	if err != nil {
		return Done{}, err
	}
	promised, err := p.promised(c.Promised)
	item := inc.Items[id]
	switch {
	case err != nil:
		return Done{}, err
	case len(fields) == 0 && promised == "":
		return Done{}, refuse("say what the vendor answered, or give a number, a level or a time. Nothing was written")
	case promised != "" || fields[TicketAnswer] != "" && item.Fields.Text(TicketPromised) != "":
		fields[TicketPromised] = promised
	}
	for _, name := range [...]string{TicketNumber, TicketLevel, TicketAnswer, TicketPromised} {
		if text, given := fields[name]; given {
			p.setItem(inc.ID, id, item, name, text, "")
		}
	}
	return Done{ID: id, Code: inc.Code}, nil
}

// findTicket finds a ticket by its id, or by the number the vendor gave it.
func (s *State) findTicket(text string) (*Incident, ID, error) {
	number := strings.TrimSpace(text)
	var on *Incident
	var found ID
	for inc := range s.AtHand() {
		for id, item := range inc.Items {
			if number == "" || item.Class != ClassTicket || !item.Known() || !strings.EqualFold(item.Fields.Text(TicketNumber), number) {
				continue
			}
			if on != nil {
				return nil, ID{}, refuse("two tickets have the number %.40q; name one by its id. Nothing was written", number)
			}
			on, found = inc, id
		}
	}
	if on != nil {
		return on, found, nil
	}
	inc, id, err := s.FindItem(text, "ticket", ClassTicket)
	if err != nil {
		return nil, ID{}, refuse("%s; a ticket is named by its id or by the vendor's number, and `vendor tickets INC` lists both. Nothing was written", err)
	}
	return inc, id, nil
}

// answered reports whether a ticket waits for nothing more.
func (i *Item) answered() bool {
	return i.Fields.Text(TicketAnswer) != "" && i.Fields.Text(TicketPromised) == ""
}

// waits lists the tickets of an incident that wait for an answer, in the order they
// were opened.
func (i *Incident) waits() []ID {
	return slices.DeleteFunc(i.Items.Of(ClassTicket), func(id ID) bool { return i.Items[id].answered() })
}

// ticketName is what a ticket is called in a sentence, and the name by which it is
// found.
func (s *State) ticketName(id ID, item *Item) (called, found string) {
	number := item.Fields.Text(TicketNumber)
	if number == "" {
		return "the ticket with " + s.TicketVendor(item), id.Short(8)
	}
	return "ticket " + number + " with " + s.TicketVendor(item), number
}

// States of a ticket.
const (
	TicketWaits    = "waiting"
	TicketLate     = "late"
	TicketAnswered = "answered"
)

// TicketView is a ticket with a vendor.
type TicketView struct {
	ID       ID     `json:"id"`
	Incident string `json:"incident"`
	Vendor   string `json:"vendor"`
	Number   string `json:"number"`
	Level    string `json:"level"`
	// Phone, Escalation, Contract and Customer are those of the register.
	Phone      string    `json:"phone"`
	Escalation string    `json:"escalation"`
	Contract   string    `json:"contract"`
	Customer   string    `json:"customer"`
	Needs      string    `json:"needs"`
	OpenedAt   time.Time `json:"opened_at"`
	By         string    `json:"by"`
	PromisedAt time.Time `json:"promised_at,omitzero"`
	Answer     string    `json:"answer"`
	AnsweredAt time.Time `json:"answered_at,omitzero"`
	State      string    `json:"state"` // waiting, late or answered
}

// TicketViews lists the tickets of an incident, in the order they were opened.
func (s *State) TicketViews(inc *Incident, now time.Time) []TicketView {
	views := []TicketView{}
	for _, id := range inc.Items.Of(ClassTicket) {
		item := inc.Items[id]
		f := item.Fields
		v := TicketView{
			ID: id, Incident: inc.Code, Vendor: s.TicketVendor(item), Number: f.Text(TicketNumber), Level: f.Text(TicketLevel), Needs: f.Text(TicketNeeds),
			OpenedAt: f.Time(TicketOpened), By: s.AuthorName(item.Added), PromisedAt: f.Time(TicketPromised), Answer: f.Text(TicketAnswer), State: TicketWaits,
		}
		if of, err := ParseID(f.Text(TicketVendor)); err == nil && s.Items[of] != nil {
			known := s.Items[of].Fields
			v.Phone, v.Escalation, v.Contract, v.Customer = known.Text("phone"), known.Text("escalation"), known.Text("contract"), known.Text("customer")
		}
		_, v.AnsweredAt, _ = s.written(f, TicketAnswer)
		switch {
		case item.answered():
			v.State = TicketAnswered
		case !v.PromisedAt.IsZero() && !now.Before(v.PromisedAt):
			v.State = TicketLate
		}
		views = append(views, v)
	}
	return views
}

// TicketVendor gives the name of the vendor of a ticket.
func (s *State) TicketVendor(item *Item) string {
	if of, err := ParseID(item.Fields.Text(TicketVendor)); err == nil {
		if vendor := s.Items[of]; vendor != nil {
			return vendor.Fields.Text(VendorName)
		}
	}
	return "the vendor" // whose entry has not arrived
}

// Says tells a ticket in one line, for papers.
func (v TicketView) Says(now time.Time) string {
	text := "Ticket " + either(v.Number, "without a number") + " with " + v.Vendor
	if v.Level != "" {
		text += ", " + v.Level
	}
	text += ", opened " + SpeakTime(v.OpenedAt, now, nil)
	switch {
	case v.State == TicketLate:
		text += ": the answer promised for " + SpeakTime(v.PromisedAt, now, nil) + " has not come"
	case !v.PromisedAt.IsZero():
		text += ": answer promised for " + SpeakTime(v.PromisedAt, now, nil)
	case v.Answer == "":
		text += ": no time was promised"
	}
	if v.Answer != "" {
		text += "; said " + SpeakTime(v.AnsweredAt, now, nil) + ": " + v.Answer
	}
	for _, more := range [...]struct{ what, text string }{{"phone", v.Phone}, {"contract", v.Contract}, {"customer", v.Customer}, {"they need", v.Needs}} {
		if more.text != "" {
			text += "; " + more.what + " " + more.text
		}
	}
	return text
}

func toldTicket(s *State, i *Item, field string) (kind, text string) {
	f, vendor := i.Fields, s.TicketVendor(i)
	ticket := strings.TrimSpace("ticket " + f.Text(TicketNumber))
	switch field {
	case "":
		text = vendor + ": " + strings.TrimSpace("ticket "+i.Initial(TicketNumber)) + " opened"
		if level := f.Text(TicketLevel); level != "" {
			text += ", " + level
		}
		if at := i.Initial(TicketPromised); at != "" {
			text += ", answer promised for " + spokenField(at)
		}
	case TicketAnswer:
		text = vendor + " answered on " + ticket + ": " + f.Text(TicketAnswer)
	case TicketNumber:
		text = vendor + ": the number is " + f.Text(TicketNumber)
	case TicketPromised:
		if f.Text(TicketPromised) == "" {
			return "", "" // the answer has come, and is told
		}
		text = vendor + " promised word on " + ticket + " for " + spokenField(f.Text(TicketPromised))
	}
	return "vendor", text
}

// spokenField writes a time of a field for people, in UTC.
func spokenField(text string) string {
	at, ok := parseTime(text)
	if !ok {
		return text
	}
	return at.Format("2 Jan 15:04 UTC")
}
