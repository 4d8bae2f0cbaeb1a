package incident

import (
	"strings"

	"holdfast/model"
	"holdfast/ui/screen/incident/item"
)

// ending is the end of an incident that waits for the decision on the message to
// customers.
type ending struct {
	what   string                            // "Resolve INC-7K2M"
	line   string                            // what stands in the box for it; empty where it came from a key
	decide func(said string) []model.Command // with the decision in words
}

// templateResolved is the shipped template that says that it works again.
const templateResolved = "incident-resolved"

// owesCustomers reports whether nobody decided yet what customers are told.
func (c content) owesCustomers() bool {
	for _, m := range c.work.Missing {
		if m.What == model.CustomersDecision {
			return true
		}
	}
	return false
}

// closeIncident files the incident, after what is still to be decided.
func (s *Screen) closeIncident() {
	inc, code := s.content.id.String(), s.content.code
	if s.content.owesCustomers() && s.content.brief.State == model.StateResolved {
		s.askCustomers("Close "+code, "", func(said string) []model.Command {
			return []model.Command{model.Close{Incident: inc, Customers: said}}
		})
		return
	}
	s.host.Confirm("Close "+code+"?", "It moves below the open incidents. It can be reopened.", "Close", func() {
		s.do(model.Close{Incident: inc}, code+" is closed")
	})
}

// decideCustomers asks for the decision alone: the incident stays as it is.
func (s *Screen) decideCustomers() {
	inc := s.content.id.String()
	s.askCustomers(s.content.code, "", func(said string) []model.Command {
		return []model.Command{model.RecordFacts{Incident: inc, Customers: said}}
	})
}

// askCustomers asks over the box what customers are told: one choice, and
// nothing ends without it.
func (s *Screen) askCustomers(what, line string, decide func(said string) []model.Command) {
	s.drawer.ending = ending{what, line, decide}
	s.drawer.show(drawerCustomers, true)
}

// customers are the two ways to decide.
func (d *drawer) customers() []item.Block {
	s, e := d.screen, d.ending
	send := line("customers.send", "Send them a message: it is written next", whole)
	send.Left, send.Bold, send.Right = "s", true, "Enter writes it"
	none := line("customers.none", "Decided not to send one, with the reason", whole)
	none.Left, none.Right = "n", "Enter asks why"
	write := func() { s.end(e, "to be sent by "+s.content.me, true) }
	why := func() {
		d.close()
		s.ask(question{prompt: "Why is no message to customers needed?", then: func(reason string) plan {
			return plan{
				says:     e.what + ", with this reason · Enter records",
				commands: e.decide("not needed because " + strings.TrimPrefix(reason, "because ")),
				settles:  e.line,
			}
		}})
	}
	send.Open, none.Open = write, why
	keys := on(map[rune]func(){'s': write, 'n': why})
	send.Rune, none.Rune = keys, keys
	send.Hint, none.Hint = "s or n decides", "s or n decides"
	return []item.Block{{Left: keyColumn, Lines: []item.Line{send, none}}}
}

// end carries the end out with the decision, and opens the composer where a
// message is to be written.
func (s *Screen) end(e ending, said string, compose bool) {
	at := s.content.id
	s.chain(e.decide(said), func(_ model.Done, err error) {
		if err != nil {
			s.host.Fail(e.what+": not done", err)
			return
		}
		if at != s.content.id {
			return
		}
		s.drawer.close()
		if e.line != "" {
			s.settled(e.line)
		}
		if compose {
			s.host.Compose(at, templateResolved)
		}
	})
}
