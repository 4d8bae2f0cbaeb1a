package model

import "slices"

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
	list := []Missing{}
	if inc.Fields.Text(FieldSource) != "" {
		return list
	}
	add := func(refuses bool, what, how string) {
		list = append(list, Missing{Act: act, What: what, How: how, Refuses: refuses})
	}
	phase := ""
	switch act {
	case ActResolution:
		if !inc.contained() {
			add(true, "what keeps the damage from growing, or why nothing is needed", "facts "+inc.Code+` --containment "not needed because ..."`)
		}
		phase = "containment"
	case ActResolve:
		if inc.Fields.Text(FieldVerification) == "" {
			add(true, "what shows that it works again", "resolve "+inc.Code+` --verification "..."`)
		}
		if s.owesCustomers(inc) {
			add(false, "the decision on the message to customers", "resolve "+inc.Code+` --customers "not needed because ...", or send one`)
		}
		phase = inc.Phase()
	case ActClose:
		if open := inc.openTasks(); open > 0 {
			add(true, "the answer to "+count(open, "task"), "task done TASK RESULT")
		}
		if s.owesCustomers(inc) {
			add(false, "the decision on the message to customers", "facts "+inc.Code+` --customers "not needed because ..."`)
		}
	}
	for _, c := range s.unticked(inc, phase) {
		list = append(list, Missing{Act: act, What: c.Text, How: "check " + inc.Code + " " + c.ID + `, or --skip "why not"`, Check: c.ID})
	}
	return list
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

// owesCustomers reports whether the level asks for a decision on the message to
// customers that nobody made: no message went to them or to the public, and
// nobody wrote down why none is needed. A drill tells no customer anything.
func (s *State) owesCustomers(inc *Incident) bool {
	if severityRank(inc.Severity()) > severityRank(P1) || inc.Drill() || inc.Fields.Text(FieldSource) != "" {
		return false
	}
	if said := inc.Fields.Text(FieldCustomers); said != "" && said != NoDecision {
		return false
	}
	for _, m := range inc.Messages {
		outcome, _ := m.Outcome()
		if m.Known() && outcome != Withdrawn && outcome != Failed && (m.Draft.Audience == "customers" || m.Draft.Audience == "public") {
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
