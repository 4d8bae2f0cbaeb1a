package incident

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/when"
	"holdfast/ui/keys"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// vendorsOverdue counts the vendors whose word is late, or who are to be asked for
// a time by now.
func (r response) vendorsOverdue(now time.Time) int {
	n := 0
	for _, d := range r.dues {
		if d.Kind == due.Vendor && !d.DueAt.After(now) {
			n++
		}
	}
	return n
}

// waits are the tickets on which a vendor owes an answer, or a time for it.
func (r response) waits() []model.TicketView {
	return slices.DeleteFunc(slices.Clone(r.tickets), func(t model.TicketView) bool { return t.State == model.TicketAnswered })
}

// vendors are the tickets with vendors, those that wait for an answer first, and
// the line that records one.
func (p *side) vendors(now time.Time) item.Block {
	s := p.screen
	tickets := slices.Clone(s.content.work.tickets)
	slices.SortStableFunc(tickets, func(a, b model.TicketView) int {
		return rankTicket(a) - rankTicket(b)
	})
	b := item.Block{Title: "Vendors"}
	for _, t := range tickets {
		b.Lines = append(b.Lines, s.ticket(t, now)...)
	}
	l := quiet("ticket.new", "No ticket with a vendor yet", 1)
	if len(b.Lines) > 0 {
		l = quiet("ticket.new", "Another ticket", 1)
	}
	l.Right, l.Open, l.Hint = "V records one", s.askTicket, "Enter records a ticket that was opened with a vendor"
	b.Lines = append(b.Lines, l)
	return b
}

func rankTicket(t model.TicketView) int {
	if t.State == model.TicketAnswered {
		return 1
	}
	return 0
}

const ticketHint = "Enter answer · n number · p promise · l level"

// ticket is a ticket in a line, and below it how the vendor is called and what
// they said.
func (s *Screen) ticket(t model.TicketView, now time.Time) []item.Line {
	id := t.ID.String()
	l, more := line(id, ticketName(t), folded), quiet(id+".more", "", whole)
	l.Bold = t.State != model.TicketAnswered
	var said []string
	add := func(words string) {
		if words != "" {
			said = append(said, words)
		}
	}
	d, open := s.content.work.vendorDue(id)
	switch {
	case t.State == model.TicketAnswered:
		l.Right, l.MainColor = "answered", theme.ColorMuted
	case open:
		l = until(l, d.DueAt, now)
		if t.PromisedAt.IsZero() {
			add("They promised no time: ask for one")
		}
	}
	if t.Answer != "" {
		add("Said " + model.SpeakTime(t.AnsweredAt, now, nil) + ": " + text.Line(t.Answer))
	}
	if t.State != model.TicketAnswered {
		for _, f := range [...]struct{ what, value string }{
			{"Phone", t.Phone}, {"Escalation", t.Escalation}, {"Contract", t.Contract}, {"Customer", t.Customer}, {"They need", t.Needs},
		} {
			if f.value != "" {
				add(f.what + " " + text.Line(f.value))
			}
		}
	}
	answer := func() { s.askAnswer(t) }
	l.Open, l.Hint = answer, ticketHint
	l.Rune = on(map[rune]func(){
		'a': answer,
		'n': func() { s.askTicketNumber(t) },
		'p': func() { s.askPromise(t) },
		'l': func() { s.askLevel(t) },
	})
	if said == nil {
		return []item.Line{l}
	}
	more.Main, more.Open, more.Rune, more.Hint = strings.Join(said, "\n"), l.Open, l.Rune, l.Hint
	return []item.Line{l, more}
}

// vendorDue is what is owed on a ticket; false where nothing is.
func (r response) vendorDue(ticket string) (due.Due, bool) {
	i := slices.IndexFunc(r.dues, func(d due.Due) bool { return d.Kind == due.Vendor && d.Key == ticket })
	if i < 0 {
		return due.Due{}, false
	}
	return r.dues[i], true
}

// ticketName is what a ticket is called in a line.
func ticketName(t model.TicketView) string {
	words := text.Line(t.Vendor) + ", ticket " + text.Whole(text.Line(t.Number))
	if t.Number == "" {
		words = text.Line(t.Vendor) + ", a ticket without a number"
	}
	if t.Level != "" {
		words += ": " + text.Line(t.Level)
	}
	return words
}

// ofTicket carries out the commands about tickets with vendors; false where it is
// none.
func (s *Screen) ofTicket(command keys.ID) bool {
	switch command {
	case "incident.ticket":
		s.askTicket()
	case "incident.ticket.answer":
		s.answerTicket()
	case "incident.tickets":
		s.side.open(tabEscalation, s.firstTicket())
	default:
		return false
	}
	return true
}

// firstTicket is the line of the ticket that waits longest, else the one that
// records a ticket.
func (s *Screen) firstTicket() string {
	if waits := s.content.work.waits(); len(waits) > 0 {
		return waits[0].ID.String()
	}
	return "ticket.new"
}

// answerTicket asks what was answered on the ticket whose line has the keyboard,
// or on the only one that waits.
func (s *Screen) answerTicket() {
	waits := s.content.work.waits()
	if s.side.tab == tabEscalation && s.side.list.Held() {
		at, _, _ := strings.Cut(s.side.list.At(), ".")
		for _, t := range s.content.work.tickets {
			if t.ID.String() == at {
				s.askAnswer(t)
				return
			}
		}
	}
	switch len(waits) {
	case 0:
		s.host.Toast("No vendor owes an answer here; V records a ticket.")
	case 1:
		s.askAnswer(waits[0])
	default:
		s.side.open(tabEscalation, waits[0].ID.String())
		s.host.Toast("Which ticket? On its line: Enter writes what they answered.")
	}
}

// askTicket asks for a ticket that was opened: with whom, under which number and
// level, when, for when they promised to answer, and what they ask for.
func (s *Screen) askTicket() {
	vendors := s.content.work.vendors
	if len(vendors) == 0 {
		s.host.Toast("No vendor is in the room's register. Ctrl+6 and \"Add a vendor\" write one down.")
		return
	}
	c := model.OpenTicket{Incident: s.content.id.String()}
	needs := question{prompt: "What do they ask for, and where is it? Never a password", begin: none, then: func(typed string) plan {
		c.Needs = unlessNone(typed)
		return plan{says: "Enter records the ticket", commands: []model.Command{c}, toast: "The ticket is written down"}
	}}
	promised := s.askAhead("When did they promise to answer? 15:00, 30m, or none", func(at time.Time) plan {
		c.Promised = at
		return plan{next: &needs}
	})
	opened := question{prompt: "When was it opened? 14:05 or now", begin: "now", then: func(typed string) plan {
		c.Opened = time.Time{}
		if typed != "now" {
			m, err := when.Options{Start: s.content.brief.Since}.Parse(typed, s.host.Now(), s.host.Zone())
			if err != nil {
				return plan{refuse: err.Error()}
			}
			c.Opened = m.At
		}
		return plan{says: "Asks for their promise next · Enter", next: &promised}
	}}
	level := question{prompt: "Which severity or level was asked for?", begin: none, then: func(typed string) plan {
		c.Level = unlessNone(typed)
		return plan{says: "Asks when it was opened next · Enter", next: &opened}
	}}
	number := question{prompt: "Which number did they give it? none if it is to follow", begin: none, then: func(typed string) plan {
		c.Number = unlessNone(typed)
		return plan{says: "Asks for the level next · Enter", next: &level}
	}}
	first := question{prompt: "With which vendor? " + vendorNames(vendors), then: func(typed string) plan {
		v, why := vendorOf(vendors, typed)
		if why != "" {
			return plan{refuse: why}
		}
		c.Vendor, level.begin = v.ID.String(), or(text.Line(v.Level))
		return plan{says: vendorSays(v) + " · Enter asks for the number", next: &number}
	}}
	if len(vendors) == 1 {
		first.begin = text.Line(vendors[0].Name)
	}
	s.ask(first)
}

// askAhead asks for a time to come; none is no time.
func (s *Screen) askAhead(prompt string, then func(at time.Time) plan) question {
	return question{prompt: prompt, begin: none, then: func(typed string) plan {
		at, err := when.Ahead(unlessNone(typed), s.host.Now(), s.host.Zone())
		if err != nil {
			return plan{refuse: err.Error()}
		}
		p := then(at)
		switch {
		case p.says != "" || p.refuse != "":
		case at.IsZero():
			p.says = "No time was promised · Enter"
		default:
			p.says = "They answer by " + model.SpeakTime(at, s.host.Now(), nil) + " · Enter"
		}
		return p
	}}
}

// unlessNone is what was typed, and nothing for none.
func unlessNone(typed string) string {
	if strings.EqualFold(typed, none) {
		return ""
	}
	return typed
}

// vendorSays tells how a vendor is called, for who writes the ticket down.
func vendorSays(v model.VendorView) string {
	says := text.Line(v.Name)
	for _, f := range [...]struct{ what, value string }{{"phone", v.Phone}, {"contract", v.Contract}, {"customer", v.Customer}} {
		if f.value != "" {
			says += ", " + f.what + " " + text.Line(f.value)
		}
	}
	return says
}

func vendorNames(vendors []model.VendorView) string {
	names := make([]string, len(vendors))
	for i, v := range vendors {
		names[i] = text.Line(v.Name)
	}
	return few(names, ", ")
}

// vendorOf finds the one vendor whose name holds what was typed.
func vendorOf(vendors []model.VendorView, typed string) (model.VendorView, string) {
	want := strings.ToLower(typed)
	if want == "" {
		return model.VendorView{}, "Name the vendor"
	}
	var found []model.VendorView
	for _, v := range vendors {
		switch name := strings.ToLower(text.Line(v.Name)); {
		case name == want:
			return v, ""
		case strings.Contains(name, want):
			found = append(found, v)
		}
	}
	switch len(found) {
	case 0:
		return model.VendorView{}, "No vendor is called " + quoted(typed) + "; there are: " + vendorNames(vendors)
	case 1:
		return found[0], ""
	}
	return model.VendorView{}, "Several vendors are called so: " + vendorNames(found)
}

// askAnswer asks what the vendor said, and when they answer next.
func (s *Screen) askAnswer(t model.TicketView) {
	c := model.SetTicket{Ticket: t.ID.String()}
	next := s.askAhead("When do they answer next? 15:00, 30m, or none: nothing more is awaited", func(at time.Time) plan {
		c.Promised = at
		return plan{commands: []model.Command{c}, toast: "Written down"}
	})
	s.ask(question{prompt: "What did " + text.Line(t.Vendor) + " answer?", then: func(typed string) plan {
		if typed == "" {
			return plan{refuse: "Say what they answered"}
		}
		c.Answer = typed
		return plan{says: "Asks for their next word · Enter", next: &next}
	}})
}

func (s *Screen) askTicketNumber(t model.TicketView) {
	s.asks("Which number did "+text.Line(t.Vendor)+" give the ticket?", text.Line(t.Number), "Write the number", func(typed string) model.Command {
		return model.SetTicket{Ticket: t.ID.String(), Number: typed}
	})
}

func (s *Screen) askLevel(t model.TicketView) {
	s.asks("Which severity or level does "+text.Line(t.Vendor)+" give it now?", text.Line(t.Level), "Write the level", func(typed string) model.Command {
		return model.SetTicket{Ticket: t.ID.String(), Level: typed}
	})
}

// askPromise asks for a time alone; an answer ends the waiting, which no time does
// not.
func (s *Screen) askPromise(t model.TicketView) {
	q := s.askAhead("When does "+text.Line(t.Vendor)+" promise to answer? 15:00 or 30m", func(at time.Time) plan {
		if at.IsZero() {
			return plan{refuse: "Write the time they named; what they answered ends the waiting"}
		}
		return plan{commands: []model.Command{model.SetTicket{Ticket: t.ID.String(), Promised: at}}, toast: "Written down"}
	})
	q.begin = ""
	s.ask(q)
}
