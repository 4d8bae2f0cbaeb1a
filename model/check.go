package model

import (
	"slices"
	"strings"

	"holdfast/model/policy"
)

// checkPrefix begins the fields that hold the lines of the checklists, by the
// id of the line in the policy.
const checkPrefix = "check."

// What is said of a line of a checklist; empty is open.
const (
	CheckDone    = "done"
	CheckSkipped = "skipped" // the reason stands beside it
)

// FieldCheck names the field of a line of a checklist.
func FieldCheck(id string) string { return checkPrefix + id }

// TickCheck ticks a line of the checklists, or says why it is skipped.
type TickCheck struct {
	Incident string
	// Check is the id of the line, or a part of its text that fits one alone.
	Check string
	// Proof is what shows it: of a test what was tested and how it went.
	Proof string
	// Skip is why the line is left out; empty means that it is done.
	Skip string
	// Open takes the tick back.
	Open bool
}

// Plan implements Command.
func (c TickCheck) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	check, err := p.State.findCheck(inc, c.Check)
	if err != nil {
		return Done{}, err
	}
	why, err := remark("the reason", c.Skip)
	if err != nil {
		return Done{}, err
	}
	proof, err := remark("the proof", c.Proof)
	if err != nil {
		return Done{}, err
	}
	value, text, note := CheckDone, proof, check.Text
	switch {
	case proof != "" && (why != "" || c.Open):
		return Done{}, refuse("a line that is skipped or open has no proof. Nothing was changed")
	case c.Open:
		value, text = "", why
	case why != "":
		value, text = CheckSkipped, why
	case proof == "" && inc.proven(check):
		return Done{ID: inc.ID, Code: inc.Code, Note: note + "; it was ticked before, and its proof stays"}, nil
	case check.Proof && proof == "":
		note += "; say what shows it: tick it again with its proof"
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldCheck(check.ID), value, text)
	return Done{ID: inc.ID, Code: inc.Code, Note: note}, nil
}

// unproven lists the lines of a phase that were ticked without the proof they
// want.
func (s *State) unproven(inc *Incident, phase string) []policy.Check {
	rule, _ := s.Policy().Phase(phase)
	return slices.DeleteFunc(s.checks(inc, rule), func(c policy.Check) bool {
		return !c.Proof || inc.Fields.Text(FieldCheck(c.ID)) != CheckDone || inc.proven(c)
	})
}

// proven reports whether a line is ticked and says what shows it.
func (i *Incident) proven(c policy.Check) bool {
	if i.Fields.Text(FieldCheck(c.ID)) != CheckDone {
		return false
	}
	v, _ := i.Fields[FieldCheck(c.ID)].Value()
	return v.Reason != ""
}

// checks lists the lines of a phase that this incident has.
func (s *State) checks(inc *Incident, phase policy.Phase) []policy.Check {
	security := inc.Security(s.Policy())
	return slices.DeleteFunc(slices.Clone(phase.Checks), func(c policy.Check) bool { return c.Security && !security })
}

func (s *State) findCheck(inc *Incident, text string) (policy.Check, error) {
	want := strings.ToLower(strings.TrimSpace(text))
	if want == "" {
		return policy.Check{}, refuse("no line of the checklist was named")
	}
	var found []policy.Check
	for _, phase := range s.Policy().Phases {
		for _, c := range s.checks(inc, phase) {
			if c.ID == want {
				return c, nil
			}
			if strings.Contains(c.ID, want) || strings.Contains(strings.ToLower(c.Text), want) {
				found = append(found, c)
			}
		}
	}
	switch len(found) {
	case 0:
		return policy.Check{}, refuse("no line of the checklists of %s fits %.60q; nothing was changed", inc.Code, text)
	case 1:
		return found[0], nil
	}
	ids := make([]string, 0, maxNamed)
	for _, c := range found[:min(len(found), maxNamed)] {
		ids = append(ids, c.ID)
	}
	return policy.Check{}, refuse("%.60q fits %d lines: %s; name one by its id", text, len(found), strings.Join(ids, ", "))
}

// unticked lists the required lines of a phase that nobody answered.
func (s *State) unticked(inc *Incident, phase string) []policy.Check {
	rule, _ := s.Policy().Phase(phase)
	return slices.DeleteFunc(s.checks(inc, rule), func(c policy.Check) bool {
		return !c.Required || inc.Fields.Text(FieldCheck(c.ID)) != ""
	})
}
