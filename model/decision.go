package model

// Classes of what people choose between and decide.
const (
	ClassOption   = "option"
	ClassDecision = "decision"
)

// Fields of an option and of a decision.
const (
	OptionText = "text"
	OptionRisk = "risk"
	OptionBack = "way-back" // how it is undone

	DecisionProposal   = "proposal"
	DecisionOption     = "option" // id of the option it takes
	DecisionObjections = "objections"
	DecisionResult     = "result" // one of DecisionResults
)

// Results of a decision.
const (
	Proposed = "proposed"
	Decided  = "decided"
	Dropped  = "dropped"
)

// DecisionResults lists what may become of a proposal.
var DecisionResults = [...]string{Proposed, Decided, Dropped}

// AddOption puts up something that could be done.
type AddOption struct {
	Incident string
	Text     string
	Risk     string // what may go wrong
	WayBack  string // how it is undone
}

// Plan implements Command.
func (c AddOption) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "no option was put up", insteadLog)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{}
	if fields[OptionText], err = prose("the option", c.Text); err != nil {
		return Done{}, err
	}
	if fields[OptionRisk], err = remark("the risk", c.Risk); err != nil {
		return Done{}, err
	}
	if fields[OptionBack], err = remark("the way back", c.WayBack); err != nil {
		return Done{}, err
	}
	return Done{ID: p.addItem(inc.ID, ClassOption, fields), Code: inc.Code}, nil
}

// Propose states a proposal, so that people can object; with Result decided it
// is decided at once.
type Propose struct {
	Incident string
	Proposal string // empty takes the text of the option
	Option   string // id of the option it takes; may be empty
	// Objections are the strong ones that were raised.
	Objections string
	Result     string // one of DecisionResults; empty is proposed
}

// Plan implements Command.
func (c Propose) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "nothing was proposed", insteadLog)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{DecisionResult: Proposed}
	if c.Option != "" {
		of, option, err := p.State.FindItem(c.Option, "option", ClassOption)
		if err != nil {
			return Done{}, err
		}
		if of != inc {
			return Done{}, refuse("option %s belongs to %s; nothing was changed", option.Short(8), of.Code)
		}
		fields[DecisionOption] = option.String()
		if c.Proposal == "" {
			c.Proposal = inc.Items[option].Fields.Text(OptionText)
		}
	}
	if fields[DecisionProposal], err = prose("the proposal", c.Proposal); err != nil {
		return Done{}, err
	}
	if fields[DecisionObjections], err = remark("the objections", c.Objections); err != nil {
		return Done{}, err
	}
	if c.Result != "" {
		if fields[DecisionResult], err = choose("result", c.Result, DecisionResults[:]); err != nil {
			return Done{}, err
		}
	}
	return Done{ID: p.addItem(inc.ID, ClassDecision, fields), Code: inc.Code}, nil
}

// Decide ends a proposal, or takes it up again.
type Decide struct {
	Decision   string
	Result     string // one of DecisionResults; empty is decided
	Objections string
	Reason     string
}

// Plan implements Command.
func (c Decide) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Decision, "proposal", ClassDecision)
	if err != nil {
		return Done{}, err
	}
	result := Decided
	if c.Result != "" {
		if result, err = choose("result", c.Result, DecisionResults[:]); err != nil {
			return Done{}, err
		}
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	objections, err := remark("the objections", c.Objections)
	if err != nil {
		return Done{}, err
	}
	if result == Proposed {
		if err := inc.over("nothing was proposed", insteadLog); err != nil {
			return Done{}, err
		}
	}
	item := inc.Items[id]
	if objections != "" {
		p.setItem(inc.ID, id, item, DecisionObjections, objections, "")
	}
	p.setItem(inc.ID, id, item, DecisionResult, result, reason)
	return Done{ID: id, Code: inc.Code}, nil
}

func toldOption(_ *State, i *Item, field string) (kind, text string) {
	if field != "" {
		return "", ""
	}
	text = "Option: " + i.Fields.Text(OptionText)
	if risk := i.Fields.Text(OptionRisk); risk != "" {
		text += "; risk: " + risk
	}
	if back := i.Fields.Text(OptionBack); back != "" {
		text += "; way back: " + back
	}
	return ClassDecision, text
}

func toldDecision(_ *State, i *Item, field string) (kind, text string) {
	f := i.Fields
	switch field {
	case "":
		r := f[DecisionResult] // as it was proposed, whatever became of it
		text = f.Text(DecisionProposal)
		if r != nil && len(r.History()) > 0 && r.History()[0].Value.Text == Proposed {
			text = "Proposed: " + text
		}
	case DecisionResult:
		text = f.Text(DecisionResult) + ": " + f.Text(DecisionProposal)
	default:
		return "", ""
	}
	if objections := f.Text(DecisionObjections); objections != "" {
		text += " (objections: " + objections + ")"
	}
	return ClassDecision, text
}
