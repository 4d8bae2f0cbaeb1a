package model

import (
	"slices"
	"strings"
	"time"
)

// AnswerPager records that somebody answered a page in the pager service: the
// incident is acknowledged, if it is not yet, and the calls are answered, as by
// AckPage. It is sent by a machine, perhaps twice: an answer is taken once.
type AnswerPager struct {
	Incident string
	// Person is whom the page was for, as its key names them.
	Person string
	// By is who answered, as the service tells it: its schedule may have called
	// somebody else.
	By string
	At time.Time
	// Event is the service's id of the answer.
	Event string
	// Resolved says that the page was resolved there. Whoever does that has it;
	// the incident is resolved by a person, here.
	Resolved bool
}

// pagerSkew is how far the clocks of the service and of the device that called
// may be apart. What was answered longer before a call is no answer to it.
const pagerSkew = 2 * time.Minute

// Plan implements Command.
func (c AnswerPager) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	person, err := p.State.FindPerson(c.Person)
	if err != nil {
		return Done{}, err
	}
	event, err := line("the id of the event", c.Event, MaxName)
	if err != nil {
		return Done{}, err
	}
	by, err := line("who answered", fit(c.By, MaxTitle), MaxTitle)
	if err != nil {
		return Done{}, err
	}
	calls := inc.pagerCalls(person)
	switch {
	case len(calls) == 0:
		return Done{}, refuse("%s was not called to %s by pager; nothing was changed", p.State.PersonName(person), inc.Code)
	case slices.ContainsFunc(calls, func(a Attempt) bool { return inc.answeredBy(a.ID, event) }):
		return Done{ID: inc.ID, Code: inc.Code, Note: "the answer is known"}, nil
	case !inc.Open():
		return Done{}, refuse("%s is %s; there is nothing to acknowledge", inc.Code, inc.State())
	case calls[0].At.After(c.At.Add(pagerSkew)):
		return Done{}, refuse("it was answered before anybody was called to %s; nothing was changed", inc.Code)
	}
	return p.pagerAnswered(inc, calls, by, event, c), nil
}

// pagerAnswered plans what an answer means. Only calls made before it are
// answered by it.
func (p *Planner) pagerAnswered(inc *Incident, calls []Attempt, by, event string, c AnswerPager) Done {
	at, who, name := c.At.UTC(), by, by
	if at.After(p.Now) {
		at = p.Now // the clock of the service is ahead of ours
	}
	known, found := p.State.told(by)
	if found {
		who, name = known.String(), p.State.PersonName(known)
	}
	did := "acknowledged"
	if c.Resolved {
		did = "resolved"
	}
	words := did + " in PagerDuty by " + name
	done := Done{ID: inc.ID, Code: inc.Code}
	if found {
		done.Note = p.answered(inc, known, at)
	} else {
		done.Note = p.acknowledge(inc, name+" has it, "+did+" in PagerDuty", at)
	}
	p.ackAlerts(inc, who, at)
	for _, a := range calls {
		if a.At.After(c.At.Add(pagerSkew)) {
			continue
		}
		item := inc.Items[a.ID]
		p.setItem(inc.ID, a.ID, item, AttemptEvent, event, "")
		if a.Result == Reached || a.Result == Skipped {
			continue
		}
		if !found || known != a.Person {
			p.setItem(inc.ID, a.ID, item, AttemptResult, Reached, "")
			p.setItem(inc.ID, a.ID, item, AttemptAnswerer, who, "")
			p.withdraw(inc, a.Message, name+" has answered")
		}
		p.setItem(inc.ID, a.ID, item, AttemptDetail, words, "")
	}
	return done
}

// pagerCalls lists the calls to a person over the pager, the earliest first.
func (i *Incident) pagerCalls(person ID) []Attempt {
	return slices.DeleteFunc(i.Attempts(), func(a Attempt) bool { return a.Person != person || a.Way != wayPager })
}

// answeredBy reports whether an event of the pager service was taken for a call.
func (i *Incident) answeredBy(call ID, event string) bool {
	r := i.Items[call].Fields[AttemptEvent]
	if r == nil {
		return false
	}
	for _, w := range r.History() {
		if w.Value.Text == event {
			return true
		}
	}
	return false
}

// told finds the one person another system means by a full name or an address. A
// part of a name is not enough to say that somebody has an incident.
func (s *State) told(text string) (found ID, ok bool) {
	for id, who := range s.People {
		if who.Added.zero() || !strings.EqualFold(who.Name(), text) && !strings.EqualFold(who.Fields.Text("email"), text) {
			continue
		}
		if ok {
			return ID{}, false // two of that name
		}
		found, ok = id, true
	}
	return found, ok
}

// Answerer is who answered a call, in words.
func (s *State) Answerer(a Attempt) string {
	if a.Answerer != "" {
		return s.whoIs(a.Answerer)
	}
	return s.PersonName(a.Person)
}

// PagedBy reports whether a person was called to an incident over the pager, as
// far as the record here knows.
func (s *State) PagedBy(incident, person string) bool {
	inc, err := s.FindIncident(incident)
	id, wrong := ParseID(person)
	return err == nil && wrong == nil && len(inc.pagerCalls(id)) > 0
}
