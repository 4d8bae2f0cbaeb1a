package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Classes of what a post-mortem finds.
const (
	ClassAction = "action" // an action item
	ClassFactor = "factor" // what contributed
)

// Fields of an action item and of a contributing factor.
const (
	ActionText     = "text" // verb first
	ActionKind     = "kind" // one of ActionKinds
	ActionOwner    = "owner"
	ActionDue      = "due"
	ActionPriority = "priority" // yes where it has the shorter time
	ActionTicket   = "ticket"
	ActionMeasure  = "measure" // how we know that it is done
	ActionProof    = "proof"   // what shows that it was
	ActionDone     = "done"    // when it was
	ActionDrop     = "dropped" // why it is not done

	FactorText = "text"
	FactorRole = "role"    // one of FactorRoles
	FactorDrop = "dropped" // why it is none after all
)

// States of an action item.
const (
	ActionOpen     = "open"
	ActionFinished = "done"
	ActionDropped  = "dropped"
)

// ActionKinds lists what an action item may be for.
var ActionKinds = [...]string{"prevent", "detect", "respond", "process"}

// FactorRoles lists how a factor may have contributed.
var FactorRoles = [...]string{"trigger", "possible", "unnoticed", "long"}

// Action is an action item as figures and deadlines read it.
type Action struct {
	ID    ID
	Text  string
	Owner ID // zero where nobody owns it
	Added time.Time
	Due   time.Time
	Done  time.Time
	// Dropped is why it is not done.
	Dropped string
}

// Actions lists the action items of an incident, in the order they were added.
func (i *Incident) Actions() []Action {
	if len(i.Items) == 0 {
		return nil
	}
	var list []Action
	for _, id := range i.Items.Of(ClassAction) {
		item := i.Items[id]
		a := Action{ID: id, Text: item.Fields.Text(ActionText), Added: viewMilli(item.Added.Recorded()), Dropped: item.Fields.Text(ActionDrop)}
		a.Owner, _ = ParseID(item.Fields.Text(ActionOwner))
		a.Due, _ = item.Fields.when(ActionDue)
		a.Done, _ = item.Fields.when(ActionDone)
		list = append(list, a)
	}
	return list
}

// ActionView is an action item.
type ActionView struct {
	ID       ID        `json:"id"`
	Incident string    `json:"incident"`
	Text     string    `json:"text"`
	Kind     string    `json:"kind"`
	Owner    string    `json:"owner"`
	DueAt    time.Time `json:"due_at,omitzero"`
	Priority bool      `json:"priority"`
	Ticket   string    `json:"ticket"`
	Measure  string    `json:"measure"`
	// State is open, done or dropped.
	State   string    `json:"state"`
	DoneAt  time.Time `json:"done_at,omitzero"`
	Proof   string    `json:"proof"`
	Dropped string    `json:"dropped"`
	AddedAt time.Time `json:"added_at,omitzero"`
}

// ActionViews lists the action items of an incident, in the order they were
// added.
func (s *State) ActionViews(inc *Incident) []ActionView {
	views := []ActionView{}
	for _, a := range inc.Actions() {
		f := inc.Items[a.ID].Fields
		v := ActionView{
			ID: a.ID, Incident: inc.Code, Text: a.Text, Kind: f.Text(ActionKind), Owner: s.fieldPerson(f, ActionOwner), DueAt: a.Due,
			Priority: f.Text(ActionPriority) == yes, Ticket: f.Text(ActionTicket), Measure: f.Text(ActionMeasure), State: ActionOpen,
			DoneAt: a.Done, Proof: f.Text(ActionProof), Dropped: a.Dropped, AddedAt: a.Added,
		}
		switch {
		case a.Dropped != "":
			v.State = ActionDropped
		case !a.Done.IsZero():
			v.State = ActionFinished
		}
		views = append(views, v)
	}
	return views
}

// OpenActions lists the open action items of the room, the earliest due first;
// those of drills are left out.
func (s *State) OpenActions() []ActionView {
	views := []ActionView{}
	for inc := range s.AtHand() {
		if !inc.Known() || inc.Drill() || len(inc.Items) == 0 {
			continue
		}
		for _, v := range s.ActionViews(inc) {
			if v.State == ActionOpen {
				views = append(views, v)
			}
		}
	}
	slices.SortFunc(views, func(a, b ActionView) int { return cmp.Or(a.DueAt.Compare(b.DueAt), a.ID.Compare(b.ID)) })
	return views
}

// AddAction adds an action item.
type AddAction struct {
	Incident string
	Text     string // verb first
	Kind     string // one of ActionKinds; empty is prevent
	Owner    string
	// Due is when it must be done; zero takes the policy's time, the shorter one
	// with Priority.
	Due      time.Time
	Priority bool
	Ticket   string
	Measure  string // how we know that it is done
	// Confirm takes a time of Due that is past.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c AddAction) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c AddAction) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	fields, err := p.actionFields(c)
	if err != nil {
		return Done{}, err
	}
	if fields[ActionText], err = prose("the action", c.Text); err != nil {
		return Done{}, err
	}
	if fields[ActionKind] == "" {
		fields[ActionKind] = ActionKinds[0]
	}
	if err := p.moved("the action would be due", "", c.Due, c.Confirm); err != nil {
		return Done{}, err
	}
	due, rules := c.Due, p.State.Policy()
	switch {
	case !due.IsZero():
	case c.Priority:
		due = rules.Calendar.Add(p.Now, rules.Review.Priority)
	default:
		due = rules.Calendar.Add(p.Now, rules.Review.Other)
	}
	if !due.IsZero() {
		fields[ActionDue] = FormatTime(due)
	}
	done := Done{Code: inc.Code, Note: strings.Join(checkAction(fields[ActionText], fields[ActionOwner] != "", !due.IsZero()), "; ")}
	done.ID = p.addItem(inc.ID, ClassAction, fields)
	return done, nil
}

// actionFields reads what adding and changing an action have in common.
func (p *Planner) actionFields(c AddAction) (map[string]string, error) {
	fields := map[string]string{}
	var err error
	if c.Kind != "" {
		if fields[ActionKind], err = choose("kind", c.Kind, ActionKinds[:]); err != nil {
			return nil, err
		}
	}
	if fields[ActionOwner], err = p.owner(c.Owner); err != nil {
		return nil, err
	}
	if fields[ActionTicket], err = remark("the ticket", c.Ticket); err != nil {
		return nil, err
	}
	if fields[ActionMeasure], err = remark("the measure", c.Measure); err != nil {
		return nil, err
	}
	if c.Priority {
		fields[ActionPriority] = yes
	}
	return fields, nil
}

// SetAction changes an action item. Empty members are left alone.
type SetAction struct {
	Action   string
	Text     string
	Kind     string
	Owner    string
	Due      time.Time
	Priority bool
	Ticket   string
	Measure  string
	// Dropped is why it is not done.
	Dropped string
	// Confirm takes a time of Due that is past.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c SetAction) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command.
func (c SetAction) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Action, "action", ClassAction)
	if err != nil {
		return Done{}, err
	}
	fields, err := p.actionFields(AddAction{Kind: c.Kind, Owner: c.Owner, Priority: c.Priority, Ticket: c.Ticket, Measure: c.Measure})
	if err != nil {
		return Done{}, err
	}
	if fields[ActionText], err = remark("the action", c.Text); err != nil {
		return Done{}, err
	}
	if fields[ActionDrop], err = remark("the reason", c.Dropped); err != nil {
		return Done{}, err
	}
	if err := p.moved("the action would be due", inc.Items[id].Fields.Text(ActionDue), c.Due, c.Confirm); err != nil {
		return Done{}, err
	}
	if !c.Due.IsZero() {
		fields[ActionDue] = FormatTime(c.Due)
	}
	return p.setFields(inc, id, fields)
}

// setFields writes the fields of an item that are not empty.
func (p *Planner) setFields(inc *Incident, id ID, fields map[string]string) (Done, error) {
	any := false
	for _, name := range sortedFields(fields) {
		any = true
		p.setItem(inc.ID, id, inc.Items[id], name, fields[name], "")
	}
	if !any {
		return Done{}, refuse("nothing to set; name what changes")
	}
	return Done{ID: id, Code: inc.Code}, nil
}

// FinishAction records that an action item is done.
type FinishAction struct {
	Action string
	Proof  string    // what shows it: a link, a test, a change
	At     time.Time // zero is now
}

// Plan implements Command.
func (c FinishAction) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Action, "action", ClassAction)
	if err != nil {
		return Done{}, err
	}
	proof, err := prose("the proof", c.Proof)
	if err != nil {
		return Done{}, err
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	return p.setFields(inc, id, map[string]string{ActionDone: FormatTime(at), ActionProof: proof})
}

// FactorView is a contributing factor.
type FactorView struct {
	ID   ID     `json:"id"`
	Text string `json:"text"`
	Role string `json:"role"`
	By   string `json:"by"`
}

// FactorViews lists the contributing factors that stand, in the order they were
// added.
func (s *State) FactorViews(inc *Incident) []FactorView {
	views := []FactorView{}
	for _, id := range inc.Items.Of(ClassFactor) {
		item := inc.Items[id]
		if item.Fields.Text(FactorDrop) == "" {
			views = append(views, FactorView{ID: id, Text: item.Fields.Text(FactorText), Role: item.Fields.Text(FactorRole), By: s.AuthorName(item.Added)})
		}
	}
	return views
}

// AddFactor records what contributed. The same words in two incidents are the
// same factor: figures count what comes again.
type AddFactor struct {
	Incident string
	Text     string // a few words, such as "expired certificate"
	Role     string // one of FactorRoles; may be empty
}

// Plan implements Command.
func (c AddFactor) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{}
	if fields[FactorText], err = line("the factor", c.Text, MaxTitle); err != nil {
		return Done{}, err
	}
	if c.Role != "" {
		if fields[FactorRole], err = choose("role", c.Role, FactorRoles[:]); err != nil {
			return Done{}, err
		}
	}
	return Done{ID: p.addItem(inc.ID, ClassFactor, fields), Code: inc.Code, Note: p.State.mindFactor(fields[FactorText])}, nil
}

// SetFactor changes a factor, or takes it back.
type SetFactor struct {
	Factor  string
	Text    string
	Role    string
	Dropped string // why it is none after all
}

// Plan implements Command.
func (c SetFactor) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Factor, "factor", ClassFactor)
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{}
	if c.Text != "" {
		if fields[FactorText], err = line("the factor", c.Text, MaxTitle); err != nil {
			return Done{}, err
		}
	}
	if c.Role != "" {
		if fields[FactorRole], err = choose("role", c.Role, FactorRoles[:]); err != nil {
			return Done{}, err
		}
	}
	if fields[FactorDrop], err = remark("the reason", c.Dropped); err != nil {
		return Done{}, err
	}
	done, err := p.setFields(inc, id, fields)
	if err == nil && fields[FactorDrop] == "" {
		done.Note = notes(done.Note, p.State.mindFactor(fields[FactorText]))
	}
	return done, err
}

// mindFactor says at once what the review would say of a factor: that it looks for
// who, where a review asks how. It keeps nobody from writing.
func (s *State) mindFactor(text string) string {
	return strings.Join(s.checkText("the factor", text, true), "; ")
}

func toldAction(s *State, i *Item, field string) (kind, text string) {
	f := i.Fields
	switch field {
	case "":
		text = "Action: " + i.Initial(ActionText)
		if owner := s.fieldPerson(f, ActionOwner); owner != "" {
			text += " (" + owner + ")"
		}
	case ActionDone:
		text = "Action done: " + f.Text(ActionText) + ": " + f.Text(ActionProof)
	case ActionDrop:
		text = "Action dropped: " + f.Text(ActionText) + ": " + f.Text(ActionDrop)
	default:
		return "", ""
	}
	return "followup", text
}

func toldFactor(_ *State, i *Item, field string) (kind, text string) {
	switch field {
	case "":
		return "finding", "Contributing factor: " + i.Initial(FactorText)
	case FactorDrop:
		return "finding", "No contributing factor: " + i.Fields.Text(FactorText) + ": " + i.Fields.Text(FactorDrop)
	}
	return "", ""
}
