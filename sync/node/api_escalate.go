package node

import (
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/sync/outbox"
)

// Escalation is the ladder of an incident: what was done and whom to call.
type Escalation struct {
	Incident string `json:"incident"`
	Severity string `json:"severity"`
	// Exhausted says so where every rung was tried and nobody has answered.
	Exhausted string `json:"exhausted"`
	Rungs     []Rung `json:"rungs"`
	// Instead says what takes the place of the tools that are down, a line for
	// each purpose.
	Instead []string `json:"instead"`
	// Tickets are those opened with vendors.
	Tickets []model.TicketView `json:"tickets"`
}

// Rung is one rung of an incident's escalation.
type Rung struct {
	Rung string `json:"rung"`
	Name string `json:"name"`
	// Target is who it is for, as the policy names them; Act whether to page,
	// notify, message, confirm or ticket.
	Target   string    `json:"target"`
	Act      string    `json:"act"`
	What     string    `json:"what"`
	State    string    `json:"state"`
	Proposed bool      `json:"proposed"`
	DueAt    time.Time `json:"due_at"`
	Result   string    `json:"result"`
	// Waiting says what follows where a call has no answer, at AnswerAt.
	Waiting  string       `json:"waiting"`
	AnswerAt time.Time    `json:"answer_at,omitzero"`
	Calls    []RungCall   `json:"calls"`
	Tree     []model.Call `json:"tree"`
}

// RungCall is one try to reach a person.
type RungCall struct {
	ID     model.ID  `json:"id"`
	Person string    `json:"person"`
	Way    string    `json:"way"`
	Result string    `json:"result"`
	Detail string    `json:"detail"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	// Message is what became of the message that carries it; empty without one.
	// Why says what was in the way of it, and on whose devices, also where another
	// device has sent it since.
	Message string `json:"message"`
	Why     string `json:"why"`
}

// Escalation gives the ladder of an incident.
func (r *Room) Escalation(incident string) (view Escalation, err error) {
	r.View(func(s *model.State) { view, err = ladder(r, s, incident) })
	return view, err
}

func escalation(r *Room, s *model.State, q ref) (any, error) { return ladder(r, s, q.Ref) }

func ladder(r *Room, s *model.State, incident string) (Escalation, error) {
	inc, err := s.FindIncident(incident)
	if err != nil {
		return Escalation{}, err
	}
	now := r.Now()
	return Ladder(s, inc, due.Of(s, s.Policy(), inc, now), now), nil
}

// Ladder gives the ladder of an incident, whose deadlines, what is done too,
// are in list.
func Ladder(s *model.State, inc *model.Incident, list []due.Due, now time.Time) Escalation {
	p := s.Policy()
	view := Escalation{Incident: inc.Code, Severity: inc.Severity(), Rungs: []Rung{}, Instead: s.Fallbacks(inc), Tickets: s.TicketViews(inc, now)}
	for _, d := range list {
		switch d.Kind {
		case due.Ladder:
			if d.State == due.Overdue {
				view.Exhausted = d.What
			}
		case due.Escalation:
			rung := Rung{
				Rung: d.Key, Name: d.Who, Target: d.Target, Act: d.Act, What: d.What, State: d.State, Proposed: d.Proposed, DueAt: d.DueAt, Result: d.Result,
				Calls: rungCalls(s, inc, d.Key), Tree: []model.Call{},
			}
			for _, known := range p.Escalation {
				if known.ID == d.Key {
					rung.Tree = model.PhoneTree(s, p, inc, known, now)
				}
			}
			for _, a := range list {
				if a.Kind == due.Answer && a.Key == d.Key {
					rung.Waiting, rung.AnswerAt = a.What, a.DueAt
				}
			}
			view.Rungs = append(view.Rungs, rung)
		}
	}
	return view
}

func rungCalls(s *model.State, inc *model.Incident, rung string) []RungCall {
	calls := []RungCall{}
	for _, a := range inc.Attempts() {
		if a.Rung != rung {
			continue
		}
		c := RungCall{ID: a.ID, Way: a.Way, Result: a.Result, Detail: a.Detail, At: a.At, By: s.AuthorName(a.By)}
		if !a.Person.Zero() {
			c.Person = s.PersonName(a.Person)
		}
		if m := inc.Messages[a.Message]; m != nil {
			o, _ := m.Outcome()
			c.Message, c.Why = o.String(), hindered(s, m)
		}
		calls = append(calls, c)
	}
	// Those of two sides of a split stand in the order they were made.
	slices.SortStableFunc(calls, func(a, b RungCall) int { return a.At.Compare(b.At) })
	return calls
}

// hindered says why a message did not leave from the devices that tried, in their
// order; empty where it left from the first.
func hindered(s *model.State, m *model.Message) string {
	var reasons []string
	for _, r := range m.Results {
		if r.Outcome != model.Deferred {
			continue
		}
		if why := "not from the device of " + s.AuthorName(r.Stamp) + ": " + r.Detail; !slices.Contains(reasons, why) {
			reasons = append(reasons, why)
		}
	}
	return strings.Join(reasons, "; ")
}

// page calls a person and, where nothing else delivers, sends at once.
func page(r *request) (any, error) {
	var c model.Page
	if err := r.params(&c); err != nil {
		return nil, err
	}
	room, err := r.pick()
	if err != nil {
		return nil, err
	}
	if c.Way == "" && room.outbox.Has(outbox.ChannelPager) {
		c.Way = outbox.ChannelPager
	}
	done, err := room.Do(r.ctx, c)
	if err == nil && !r.node.opts.Links {
		room.outbox.Pass(r.ctx, true)
	}
	return done, err
}

// Target is who stands behind a name of the escalation now.
type Target struct {
	Target string   `json:"target"`
	People []string `json:"people"`
	// Named is true where the room has said who; otherwise titles and the
	// on-call schedule say it.
	Named bool `json:"named"`
}

func targets(r *Room, s *model.State, _ ref) (any, error) {
	names := map[string]bool{}
	for _, rung := range s.Policy().Escalation {
		for _, name := range [...]string{rung.Target, rung.Deputy} {
			if name != "" && rung.Audience == "" && name != model.TargetCommand {
				names[name] = true
			}
		}
	}
	for _, name := range s.NamedTargets() {
		names[name] = true
	}
	list := []Target{}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		t := Target{Target: name, People: []string{}, Named: slices.Contains(s.NamedTargets(), name)}
		for _, id := range s.Targets(nil, name, r.Now()) {
			t.People = append(t.People, s.PersonName(id))
		}
		list = append(list, t)
	}
	return list, nil
}
