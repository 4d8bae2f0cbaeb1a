package due

import (
	"time"

	"holdfast/model"
)

// awareWithin is when somebody decides whether the organisation is aware of a
// breach, after personal data was found to be involved.
const awareWithin = time.Hour

// breach lists the minute plan of a breach, from the awareness on. It runs on
// after the incident is closed.
func (b *builder) breach() {
	if b.drill || !b.state.Breach(b.inc) {
		return
	}
	aware, known := b.inc.Aware()
	if !known {
		b.awareness()
		return
	}
	b.letter()
	for _, step := range model.BreachPlan {
		d := Due{
			Kind: Breach, Key: step.ID, From: aware, DueAt: aware.Add(step.After), Who: step.Who, What: step.Text, Why: "minute plan of a breach, from the awareness on",
		}
		if step.ID == "risk" || step.ID == "filed" {
			d.RemindAt = []time.Time{aware.Add(step.After / 2), aware.Add(step.After * 3 / 4), d.DueAt}
		}
		switch said := b.state.BreachStepSays(b.inc, step.ID); said {
		case "":
		case model.StepOnClock: // the clock asks, at its own times
			continue
		default:
			b.done(&d, said)
			continue
		}
		b.add(&d)
	}
}

// awareness asks for the decision every clock of the law starts with, unless it
// was decided that nothing is to be notified.
func (b *builder) awareness() {
	for _, c := range b.inc.Clocks(b.policy) {
		if c.None != "" {
			return
		}
	}
	b.add(&Due{
		Kind: Breach, Key: "aware", From: b.since, DueAt: b.since.Add(awareWithin), Who: "Data protection officer",
		What: "Is it reasonably certain that personal data was hit? Decide and record", Why: "GDPR Art. 33(1): the 72 hours run from the awareness",
	})
}

// letterWithin is how soon after a high risk was decided somebody starts on the
// message to the people: it is owed without undue delay (GDPR Art. 34(1)).
const letterWithin = time.Hour

// letter asks to tell the people affected where the risk is high, or to say why
// they are not told.
func (b *builder) letter() {
	r := b.inc.Fields[model.BreachRisk]
	if r == nil || b.inc.Fields.Text(model.BreachRisk) != model.RiskHigh {
		return
	}
	v, _ := r.Value()
	decided := time.UnixMilli(v.Stamp.Recorded()).UTC()
	d := Due{
		Kind: Breach, Key: "letter", From: decided, DueAt: decided.Add(letterWithin), Who: "Data protection officer",
		What: "Start on the message to the people affected, or say why they are not told", Why: "GDPR Art. 34(1): a high risk is told to the people without undue delay",
	}
	for _, c := range b.inc.Clocks(b.policy) {
		if c.Clock == "gdpr34" {
			b.done(&d, "its clock was decided on")
			return
		}
	}
	if b.inc.Fields.Text(model.BreachPeopleTold) != "" || b.inc.Fields.Text(model.BreachNoLetter) != "" {
		b.done(&d, "in the assessment")
		return
	}
	b.add(&d)
}

// phases asks for the next phase of a notice that said more would follow (GDPR
// Art. 33(4)).
func (b *builder) phases(started model.StartedClock) {
	last, next := b.inc.NextPhase(started.ID)
	if next.IsZero() {
		return
	}
	b.add(&Due{
		Kind: Clock, Key: started.ID.String() + "/next phase", From: last, DueAt: next, Who: started.Name, What: started.Name + ": next phase of the notice",
		Why: "a notice in phases goes on weekly until it is complete", RemindAt: []time.Time{next.Add(-24 * time.Hour), next},
	})
}
