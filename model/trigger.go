package model

import "holdfast/model/policy"

// FieldTrigger names the field that holds what was decided on a trigger of the
// escalation; the time of its last write is that of the decision.
func FieldTrigger(id string) string { return triggerPrefix + id }

const triggerPrefix = "trigger."

// AnswerTrigger records what was decided where a trigger asked whether to
// escalate.
type AnswerTrigger struct {
	Incident string
	Trigger  string // one of policy.TriggerIDs
	Decision string // whom it was taken to, or why nothing is needed
}

// Plan implements Command.
func (c AnswerTrigger) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	id, err := choose("trigger", c.Trigger, policy.TriggerIDs[:])
	if err != nil {
		return Done{}, err
	}
	text, err := prose("what was decided", c.Decision)
	if err != nil {
		return Done{}, err
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, FieldTrigger(id), text, "")
	return Done{ID: inc.ID, Code: inc.Code}, nil
}
