package escalate

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/model/due"
)

// fresh is how old a deadline may be for a machine to act on it. The matrix of
// the highest level has named everybody after an hour, and that of the next
// after two; who is not called by then is a decision for a person. So a laptop
// that wakes after a week pages nobody about what is long over.
const fresh = 2 * time.Hour

// step is one person to be paged for one rung.
type step struct {
	incident model.ID
	code     string
	rung     string
	person   model.ID
	// alert is the alert to declare an incident from; then there is none yet, and
	// nobody to page.
	alert model.ID
	// route says that the alert is passed on instead.
	route bool
	// from is when it is due.
	from  time.Time
	drill bool
}

// key names a step, the same on every device.
func (s step) key() string {
	if s.route {
		return "route/" + s.alert.String()
	}
	if !s.alert.Zero() {
		return "alert/" + s.alert.String()
	}
	return s.incident.String() + "/" + s.rung + "/" + s.person.String()
}

// words tell of a step in the log.
func (s step) words() []any {
	switch {
	case s.route:
		return []any{"alert", s.alert.Short(8), "act", "passed on"}
	case !s.alert.Zero():
		return []any{"alert", s.alert.Short(8), "act", "declared"}
	case s.drill:
		return []any{"incident", s.code, "rung", s.rung, "drill", true}
	}
	return []any{"incident", s.code, "rung", s.rung}
}

// command is what the step does, over the ways that are open.
func (s step) command(ways []string) model.Command {
	switch {
	case s.route:
		return model.RouteAlert{Alert: s.alert.String(), Ways: ways}
	case !s.alert.Zero():
		return model.DeclareAlert{Alert: s.alert.String(), Automatic: true}
	}
	page := model.Page{Incident: s.incident.String(), Rung: s.rung, Person: s.person.String()}
	if len(ways) > 0 {
		page.Way = ways[0]
	}
	return page
}

// plan lists what is due and can be done without a person, the earliest first:
// rungs that page or notify, and the deputies of calls nobody answered. What
// the record shows as done is not among it, and one person has one step in an
// incident.
// who can be paged is for page to say.
func plan(s *model.State, list []due.Due, now time.Time, page func(model.ID) bool) []step {
	var steps []step
	attempts := map[model.ID][]model.Attempt{}
	for _, d := range list {
		if st, ok := alertStep(d); ok {
			steps = append(steps, st)
			continue
		}
		inc := s.Incident(d.IncidentID)
		people := called(s, d, inc, now)
		if len(people) == 0 || now.Sub(d.DueAt) > fresh {
			continue
		}
		made, ok := attempts[inc.ID]
		if !ok {
			made = inc.Attempts()
			attempts[inc.ID] = made
		}
		for _, person := range people {
			st := step{incident: inc.ID, code: inc.Code, rung: d.Key, person: person, from: d.DueAt, drill: inc.Drill()}
			tried := slices.ContainsFunc(made, func(a model.Attempt) bool { return a.Rung == st.rung && a.Person == person })
			if tried || !st.drill && !page(person) {
				continue // the phone tree has who cannot be paged
			}
			if last := model.LastCall(made, person); !last.IsZero() && last.Add(model.PageAgain).After(st.from) {
				st.from = last.Add(model.PageAgain)
			}
			steps = append(steps, st)
		}
	}
	slices.SortStableFunc(steps, func(a, b step) int { return a.from.Compare(b.from) })
	type one struct{ incident, person model.ID }
	first := map[one]bool{}
	return slices.DeleteFunc(steps, func(st step) bool {
		if !st.alert.Zero() {
			return false
		}
		k := one{st.incident, st.person}
		again := first[k]
		first[k] = true
		return again
	})
}

// alertStep is the step for an alert that came in by itself. Where it is to page
// it declares an incident, and the matrix pages; else it is passed on.
func alertStep(d due.Due) (step, bool) {
	if d.Kind != due.Alert || d.Act != "page" && d.Act != "notify" || d.State != due.Overdue {
		return step{}, false
	}
	id, err := model.ParseID(d.Key)
	return step{alert: id, route: d.Act == "notify", from: d.DueAt}, err == nil
}

// called tells whom a deadline has a machine call: nobody where a person is to
// decide first.
func called(s *model.State, d due.Due, inc *model.Incident, now time.Time) []model.ID {
	if inc == nil || d.Proposed || d.State != due.Overdue || d.Act != "page" && d.Act != "notify" {
		return nil
	}
	switch d.Kind {
	case due.Escalation:
		return d.WhoIDs
	case due.Answer:
		if d.Target != "" {
			return s.Targets(inc, d.Target, now)
		}
	}
	return nil
}

// Turns: each device waits for those before it.
const (
	// turnWait covers what lies between a page on one device and its record on
	// the next: a commit, a link, and the two seconds clocks may differ unseen.
	turnWait = 10 * time.Second
	// fullTurns have the whole wait; further devices follow a second apart, so
	// that in a room of many devices somebody acts within minutes.
	fullTurns = 6
)

// turn is how long the device of a rank waits.
func turn(rank int) time.Duration {
	return time.Duration(min(rank, fullTurns))*turnWait + time.Duration(max(rank-fullTurns, 0))*time.Second
}

// rank is this device's place among those that may act on a step: first those
// the record shows to have delivered mail, then by a hash of step and device,
// so that the work is spread and every peer knows the order. alone is true where
// there is no other.
func rank(s *model.State, self model.DeviceKey, key string) (n int, alone bool) {
	able := s.Delivered()
	type place struct {
		able bool
		hash [sha256.Size]byte
	}
	at := func(device model.DeviceKey) place {
		return place{able[device], sha256.Sum256(append([]byte(key), device[:]...))}
	}
	mine := at(self)
	alone = true
	for device, m := range s.Members {
		if device == self || !m.Active() || !m.MayWrite() {
			continue
		}
		alone = false
		if other := at(device); other.able != mine.able && other.able || other.able == mine.able && bytes.Compare(other.hash[:], mine.hash[:]) < 0 {
			n++
		}
	}
	return n, alone
}

// idle lists pages of this device that have not left and are needed no more:
// their incident is over, their call answered or their rung done.
func idle(s *model.State, list []due.Due, self model.DeviceKey) (pages []model.ID) {
	open := map[string]bool{}
	for _, d := range list {
		if d.Kind == due.Escalation {
			open[d.IncidentID.String()+"/"+d.Key] = true
		}
	}
	for inc := range s.AtHand() {
		waiting := map[model.ID]bool{}
		for id, m := range inc.Messages {
			if author, _ := s.Author(m.Queued.Feed); m.Draft.Audience == model.AudiencePage && m.Known() && author == self && !m.Settled() {
				waiting[id] = true
			}
		}
		if len(waiting) == 0 {
			continue
		}
		for _, a := range inc.Attempts() {
			over := !inc.Open() || a.Result == model.Reached || a.Rung != "" && !open[inc.ID.String()+"/"+a.Rung]
			if waiting[a.Message] && over {
				pages = append(pages, a.Message)
			}
		}
	}
	slices.SortFunc(pages, func(a, b model.ID) int { return cmp.Compare(a.String(), b.String()) })
	return pages
}
