package model

import (
	"cmp"
	"slices"
)

// Acts that ask for something first.
const (
	ActResolution = "resolution" // entering the resolution
	ActResolve    = "resolve"
	ActClose      = "close"
)

// Missing is something that is asked before an act.
type Missing struct {
	Act string `json:"act"`
	// What is missing and How to give it.
	What string `json:"what"`
	How  string `json:"how"`
	// Refuses is true where the act is refused without it; else the act is done
	// and says what is missing.
	Refuses bool `json:"refuses"`
	// Check is the id of the line, where it is one of the checklist.
	Check string `json:"check,omitempty"`
}

// Missing lists what is missing before an act, so that people see it before
// they try. An imported incident is told, not worked on: nothing is asked.
func (s *State) Missing(inc *Incident, act string) []Missing {
	if inc.Fields.Text(FieldSource) != "" {
		return []Missing{}
	}
	m := missing{act: act, list: []Missing{}}
	phase := ""
	switch act {
	case ActResolution:
		if !inc.contained() {
			m.add(true, "what keeps the damage from growing, or why nothing is needed", "facts "+inc.Code+` --containment "not needed because ..."`)
		}
		phase = "containment"
	case ActResolve:
		if inc.Fields.Text(FieldVerification) == "" {
			m.add(true, "what shows that it works again", "resolve "+inc.Code+` --verification "..."`)
		}
		phase = inc.Phase()
	case ActClose:
		if open := inc.openTasks(); open > 0 {
			m.add(true, "the answer to "+count(open, "task"), "task done TASK RESULT")
		}
	}
	if act != ActResolution {
		if s.OwesCustomers(inc) {
			m.add(act == ActClose, CustomersDecision, "facts "+inc.Code+` --customers "not needed because ...", or send one`)
		}
		locks := inc.locks(nil)
		slices.SortFunc(locks, func(a, b Lock) int { return cmp.Or(a.By.Compare(b.By), a.ID.Compare(b.ID)) })
		for _, l := range locks {
			m.add(false, "the end of a change: "+s.PersonName(l.Person)+" is changing "+l.Thing, "lock release "+inc.Code+` "`+l.Thing+`"`)
		}
	}
	if act == ActClose {
		for _, id := range inc.waits() {
			called, found := s.ticketName(id, inc.Items[id])
			m.add(false, "the answer on "+called, "vendor answer "+found+` "...", or "given up, because ..."`)
		}
	}
	for _, c := range s.unticked(inc, phase) {
		m.add(false, c.Text, "check "+inc.Code+" "+c.ID+`, or --skip "why not"`)
		m.list[len(m.list)-1].Check = c.ID
	}
	for _, c := range s.unproven(inc, phase) {
		m.add(false, "what shows it: "+c.Text, "check "+inc.Code+" "+c.ID+` --proof "..."`)
		m.list[len(m.list)-1].Check = c.ID
	}
	return m.list
}

// missing collects what is missing before one act.
type missing struct {
	act  string
	list []Missing
}

func (m *missing) add(refuses bool, what, how string) {
	m.list = append(m.list, Missing{Act: m.act, What: what, How: how, Refuses: refuses})
}

// mayEnter refuses a phase whose entry asks for something that is missing.
func (s *State) mayEnter(inc *Incident, phase string) error {
	if phase != ActResolution {
		return nil
	}
	for _, m := range s.Missing(inc, ActResolution) {
		if m.Refuses {
			return refuse("%s cannot enter %s yet: nobody has said %s. Say it with: %s; nothing was changed", inc.Code, phase, m.What, m.How)
		}
	}
	return nil
}

// contained reports whether somebody answered how the damage is kept from
// growing.
func (i *Incident) contained() bool {
	if _, ok := i.Milestone("mitigated"); ok {
		return true
	}
	return slices.ContainsFunc([]string{FieldContainment, FieldIsolated, FieldWorkaround, FieldCheck("containment-stop")},
		func(field string) bool { return i.Fields.Text(field) != "" })
}

// CustomersDecision is what is missing while nobody decided on the message to customers: see Missing.What.
const CustomersDecision = "the decision on the message to customers"

// outside are the audiences whose messages customers read.
var outside = [...]string{"customers", "public"}

// OwesCustomers reports whether the level asks for a decision on the message to
// customers that nobody made: no message went to them or to the public, and
// nobody wrote down why none is needed. A drill tells no customer anything.
func (s *State) OwesCustomers(inc *Incident) bool {
	if severityRank(inc.Severity()) > severityRank(P1) || inc.Drill() || inc.Fields.Text(FieldSource) != "" {
		return false
	}
	if said := inc.Fields.Text(FieldCustomers); said != "" && said != NoDecision {
		return false
	}
	for _, m := range inc.Messages {
		outcome, _ := m.Outcome()
		if m.Known() && outcome != Withdrawn && outcome != Failed && slices.Contains(outside[:], m.Draft.Audience) {
			return false
		}
	}
	return true
}

func (i *Incident) openTasks() int {
	open := 0
	for _, t := range i.Tasks {
		if t.Known() && !t.Done() {
			open++
		}
	}
	return open
}
