package model

import "time"

// Classes of the board of hypotheses.
const (
	ClassHypothesis = "hypothesis" // what may be the cause
	ClassIndication = "indication" // what speaks for or against one
)

// Fields of a hypothesis and of an indication.
const (
	HypothesisText  = "text"
	HypothesisOwner = "owner" // id of the person who looks into it
	HypothesisDue   = "due"   // when its owner reports
	HypothesisState = "state" // one of HypothesisStates; empty is open

	IndicationOf       = "of" // id of the hypothesis
	IndicationText     = "text"
	IndicationStrength = "strength"    // one of Strengths
	IndicationAgainst  = "against"     // yes where it speaks against
	IndicationChance   = "coincidence" // yes where it may have come about by chance
)

// States of a hypothesis.
const (
	HypothesisOpen      = "open"
	HypothesisConfirmed = "confirmed"
	HypothesisRejected  = "rejected"
)

// HypothesisStates lists what a hypothesis may be.
var HypothesisStates = [...]string{HypothesisOpen, HypothesisConfirmed, HypothesisRejected}

// Strengths lists how much an indication weighs, the weakest first.
var Strengths = [...]string{"weak", "medium", "strong"}

const yes = "yes"

// AddHypothesis puts up what may be the cause.
type AddHypothesis struct {
	Incident string
	Text     string
	Owner    string // who looks into it; may be empty
	Due      time.Time
	// Confirm takes a time of Due that is past.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c AddHypothesis) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c AddHypothesis) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "no hypothesis was put up", insteadFactor)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{}
	if fields[HypothesisText], err = prose("the hypothesis", c.Text); err != nil {
		return Done{}, err
	}
	if fields[HypothesisOwner], err = p.owner(c.Owner); err != nil {
		return Done{}, err
	}
	if !c.Due.IsZero() {
		if err := p.toCome("the hypothesis would be due", c.Due, c.Confirm); err != nil {
			return Done{}, err
		}
		fields[HypothesisDue] = FormatTime(c.Due)
	}
	return Done{ID: p.addItem(inc.ID, ClassHypothesis, fields), Code: inc.Code}, nil
}

// owner reads a person who may be left out.
func (p *Planner) owner(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	id, err := p.here(text)
	if err != nil {
		return "", err
	}
	return id.String(), nil
}

// SetHypothesis confirms or rejects a hypothesis, or gives it to somebody.
type SetHypothesis struct {
	Hypothesis string
	State      string // one of HypothesisStates
	Owner      string
	Due        time.Time
	// Reason is needed to confirm what no indication speaks for, and to reject
	// what none speaks against.
	Reason string
	// Confirm takes a time of Due that is past.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c SetHypothesis) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c SetHypothesis) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Hypothesis, "hypothesis", ClassHypothesis)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	owner, err := p.owner(c.Owner)
	if err != nil {
		return Done{}, err
	}
	state := ""
	if c.State != "" {
		if state, err = choose("state", c.State, HypothesisStates[:]); err != nil {
			return Done{}, err
		}
		if reason == "" {
			if err := inc.bornOut(id, state); err != nil {
				return Done{}, err
			}
		}
	}
	if state == "" && owner == "" && c.Due.IsZero() {
		return Done{}, refuse("nothing to set; name a state, an owner or a time")
	}
	if state == HypothesisOpen || owner != "" || !c.Due.IsZero() {
		if err := inc.over("the hypothesis was not taken up", insteadFactor); err != nil {
			return Done{}, err
		}
	}
	item := inc.Items[id]
	if err := p.moved("the hypothesis would be due", item.Fields.Text(HypothesisDue), c.Due, c.Confirm); err != nil {
		return Done{}, err
	}
	if state != "" {
		p.setItem(inc.ID, id, item, HypothesisState, state, reason)
	}
	if owner != "" {
		p.setItem(inc.ID, id, item, HypothesisOwner, owner, reason)
	}
	if !c.Due.IsZero() {
		p.setItem(inc.ID, id, item, HypothesisDue, FormatTime(c.Due), reason)
	}
	return Done{ID: id, Code: inc.Code}, nil
}

// bornOut refuses a state of a hypothesis that no indication bears out: what may be
// chance confirms nothing.
func (i *Incident) bornOut(hypothesis ID, state string) error {
	if state == HypothesisOpen {
		return nil
	}
	rejected, side := state == HypothesisRejected, "for"
	if rejected {
		side = "against"
	}
	for _, id := range i.indications()[hypothesis.String()] {
		f := i.Items[id].Fields
		if f.Text(IndicationAgainst) == yes == rejected && f.Text(IndicationChance) != yes {
			return nil
		}
	}
	return refuse("nothing was written down that speaks %s it; say what makes it %s (--reason). Nothing was changed", side, state)
}

// AddIndication writes down what speaks for or against a hypothesis.
type AddIndication struct {
	Hypothesis string
	Text       string
	Strength   string // one of Strengths; empty is medium
	Against    bool
	// Coincidence marks what may have come about by chance: it happened at the
	// same time, and nothing shows that one made the other.
	Coincidence bool
}

// Plan implements Command.
func (c AddIndication) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Hypothesis, "hypothesis", ClassHypothesis)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{IndicationOf: id.String(), IndicationStrength: Strengths[1]}
	if fields[IndicationText], err = prose("the indication", c.Text); err != nil {
		return Done{}, err
	}
	if c.Strength != "" {
		if fields[IndicationStrength], err = choose("strength", c.Strength, Strengths[:]); err != nil {
			return Done{}, err
		}
	}
	if c.Against {
		fields[IndicationAgainst] = yes
	}
	if c.Coincidence {
		fields[IndicationChance] = yes
	}
	return Done{ID: p.addItem(inc.ID, ClassIndication, fields), Code: inc.Code}, nil
}

// indications lists what speaks for or against each hypothesis, in the order it
// was written, by the id of the hypothesis as it stands in a field.
func (i *Incident) indications() map[string][]ID {
	by := map[string][]ID{}
	for _, id := range i.Items.Of(ClassIndication) {
		of := i.Items[id].Fields.Text(IndicationOf)
		by[of] = append(by[of], id)
	}
	return by
}

func toldHypothesis(s *State, i *Item, field string) (kind, text string) {
	switch field {
	case "":
		text = i.Fields.Text(HypothesisText)
		if owner, err := ParseID(i.Fields.Text(HypothesisOwner)); err == nil {
			text += " (" + s.PersonName(owner) + ")"
		}
		return ClassHypothesis, text
	case HypothesisState:
		return ClassHypothesis, i.Fields.Text(HypothesisState) + ": " + i.Fields.Text(HypothesisText)
	}
	return "", ""
}

func toldIndication(_ *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	text = "for"
	if i.Fields.Text(IndicationAgainst) == yes {
		text = "against"
	}
	text = i.Fields.Text(IndicationStrength) + " " + text + " it: " + i.Fields.Text(IndicationText)
	if i.Fields.Text(IndicationChance) == yes {
		text += " (may be chance)"
	}
	return "finding", text
}
