package model

import (
	"slices"
	"strings"
	"time"

	"holdfast/model/policy"
)

// Fields of a security incident.
const (
	FieldHold      = "security.hold"      // yes: nothing about it may be destroyed
	FieldPrivilege = "security.privilege" // the mark its papers carry, such as "Privileged: prepared for counsel"
	FieldCodeName  = "security.code-name"
	FieldRoom      = "security.room" // id of the room of its own, where it has one
	FieldOffset    = "security.attacker-offset"
	FieldEntered   = "security.entered" // when the intruder came in
	FieldSpread    = "security.spread"
	FieldLastSeen  = "security.last-seen"

	securityPrefix = "security."
	stepPrefix     = "step."
)

// SecurityStep is a step of the security checklist.
type SecurityStep struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Seed names which of the six steps of the response plan it carries out.
	Seed     string `json:"seed,omitempty"`
	Required bool   `json:"required"`
	// Within is how long after the declaration it is due; 0 names no time.
	Within time.Duration `json:"-"`
}

// SecuritySteps lists the steps; the commander decides their order, and some
// run side by side. The six of the response plan are the ones with a Seed.
var SecuritySteps = [...]SecurityStep{
	{ID: "need-to-know", Text: "Need-to-know list and code name; move to a safe channel; assume that chat and mail are read", Required: true},
	{ID: "stop", Text: "Stop active harm", Required: true},
	{ID: "preserve", Text: "Preserve before change: memory, disk image, logs, cloud audit, tickets; note the clocks of the systems", Seed: "Preserve evidence", Required: true},
	{ID: "isolate", Text: "Isolate hosts, accounts, tokens and network paths", Seed: "Isolate compromised systems", Required: true},
	{ID: "team", Text: "Security team is told and its lead holds a role", Seed: "Notify security team", Required: true, Within: 15 * time.Minute},
	{ID: "legal", Text: "Legal team is involved; privilege mark is set", Seed: "Legal team involvement", Required: true, Within: time.Hour},
	{ID: "insurer", Text: "Insurer is told, or not, by decision", Within: 24 * time.Hour},
	{ID: "attacker", Text: "Timeline of the intruder: entry, spread, last seen", Required: true},
	{ID: "reached", Text: "Which data was reached? Start the breach assessment", Required: true},
	{ID: "close", Text: "Close the way in", Required: true},
	{ID: "eradicate", Text: "Eradicate everywhere at one moment", Required: true},
	{ID: "rotate", Text: "Rotate every credential that was reachable, unused ones too; the old ones are refused", Required: true},
	{ID: "rebuild", Text: "Rebuild from a clean source"},
	{ID: "regulators", Text: "Regulators are notified, or not, by decision", Seed: "Regulatory notification (if required)", Required: true},
	{ID: "customers", Text: "Customers are notified if data was exposed", Seed: "Customer notification (if data exposed)", Required: true},
	{ID: "police", Text: "Police and partners are told, or not, by decision", Within: 24 * time.Hour},
	{ID: "watch", Text: "Heightened watch of 30 days", Required: true},
	{ID: "outside", Text: "Somebody outside checks"},
}

// NeverInSecurity lists what must not be done in a security incident.
var NeverInSecurity = [...]string{
	"Power-cycle a machine without a decision", "Delete anything", "Sign in with an admin account on a suspect host",
	"Upload samples to a public service", "Talk to the intruder without legal", "Use SMS for content",
}

// States of a step.
const (
	StepOpen      = "open"
	StepDone      = "done"
	StepNotNeeded = "not needed"
)

func securityStep(id string) (SecurityStep, bool) {
	i := slices.IndexFunc(SecuritySteps[:], func(s SecurityStep) bool { return s.ID == id })
	if i < 0 {
		return SecurityStep{}, false
	}
	return SecuritySteps[i], true
}

// SecurityStepView is a step with where it stands.
type SecurityStepView struct {
	SecurityStep
	State string    `json:"state"`
	Note  string    `json:"note,omitempty"`
	By    string    `json:"by,omitempty"`
	At    time.Time `json:"at,omitzero"`
}

// SecurityStepState gives where a step stands; open where nobody said.
func (i *Incident) SecurityStepState(step string) (Value, string) {
	r := i.Fields[securityPrefix+stepPrefix+step]
	if r == nil {
		return Value{}, StepOpen
	}
	v, ok := r.Value()
	if !ok || v.Text == "" {
		return v, StepOpen
	}
	return v, v.Text
}

func (s *State) stepViews(inc *Incident) []SecurityStepView {
	views := make([]SecurityStepView, len(SecuritySteps))
	for n, step := range SecuritySteps {
		v, state := inc.SecurityStepState(step.ID)
		views[n] = SecurityStepView{SecurityStep: step, State: state, Note: v.Reason}
		if state != StepOpen {
			views[n].By, views[n].At = s.AuthorName(v.Stamp), viewMilli(v.Stamp.Recorded())
		}
	}
	return views
}

// TickSecurityStep says where a step of the security checklist stands.
type TickSecurityStep struct {
	Incident string
	Step     string
	State    string // done, not needed or open; empty is done
	Note     string // what was done; needed where a required step is not needed
}

// Plan implements Command.
func (c TickSecurityStep) Plan(p *Planner) (Done, error) {
	inc, err := p.secured(c.Incident)
	if err != nil {
		return Done{}, err
	}
	step, ok := securityStep(strings.TrimSpace(c.Step))
	if !ok {
		var ids []string
		for _, s := range SecuritySteps {
			ids = append(ids, s.ID)
		}
		return Done{}, refuse("there is no security step %.40q; the steps are: %s", c.Step, strings.Join(ids, ", "))
	}
	state, err := choose("state", either(c.State, StepDone), []string{StepDone, StepNotNeeded, StepOpen})
	if err != nil {
		return Done{}, err
	}
	note, err := remark("the note", c.Note)
	if err != nil {
		return Done{}, err
	}
	if state == StepNotNeeded && step.Required && note == "" {
		return Done{}, refuse("%q is required; say with a note why it is not needed. Nothing was changed", step.Text)
	}
	if missing := inc.Unsecured(); step.ID == "eradicate" && state == StepDone && missing != "" {
		return Done{}, refuse("eradication destroys evidence, and %s; record it with kind image, or a waiver with its reason. Nothing was changed", missing)
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, securityPrefix+stepPrefix+step.ID, state, note)
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// secured finds an incident for what only security incidents have.
func (p *Planner) secured(text string) (*Incident, error) {
	inc, err := p.State.FindIncident(text)
	if err != nil {
		return nil, err
	}
	if !inc.Sealed(p.State.Policy()) {
		return nil, refuse("%s has no security type, so its security record is not switched on; set its type to Security Breach first. Nothing was written", inc.Code)
	}
	return inc, nil
}

// Sealed reports whether what was written of an incident may only be added to
// and annotated: it has, or once had, a security type, or it is under a legal
// hold.
func (i *Incident) Sealed(p *policy.Policy) bool {
	if i.Fields.Text(FieldHold) == string(policy.Yes) || i.Security(p) {
		return true
	}
	for _, field := range []string{FieldType, FieldTypes} {
		r := i.Fields[field]
		if r == nil {
			continue
		}
		for _, w := range r.History() {
			for _, name := range lines(w.Value.Text) {
				if t, ok := p.Type(name); ok && t.Security {
					return true
				}
			}
		}
	}
	return false
}

// unsealed refuses to change what was written where it is sealed.
func (p *Planner) unsealed(inc *Incident, id ID) error {
	if inc.Sealed(p.State.Policy()) {
		return refuse("%s is a security incident or under hold, and its record is evidence: nothing in it is edited or taken back. Write a correction with `log correct %s TEXT`; both stay. Nothing was changed", inc.Code, id.Short(8))
	}
	return nil
}

// SetHold sets or lifts the legal hold and the privilege mark.
type SetHold struct {
	Incident  string
	Hold      string // yes or no; empty leaves it
	Privilege string // the mark; "none" takes it away; empty leaves it
	Reason    string // needed
}

// Plan implements Command.
func (c SetHold) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	if c.Hold == "" && c.Privilege == "" {
		return Done{}, refuse("nothing to set: give the hold, the privilege mark, or both")
	}
	if c.Hold != "" {
		hold, err := choose("hold", c.Hold, []string{string(policy.Yes), string(policy.No)})
		if err != nil {
			return Done{}, err
		}
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldHold, hold, reason)
	}
	if c.Privilege != "" {
		mark, err := line("the privilege mark", c.Privilege, MaxTitle)
		if err != nil {
			return Done{}, err
		}
		if strings.EqualFold(mark, "none") {
			mark = ""
		}
		p.set(KindIncidentField, inc.ID, inc.Fields, FieldPrivilege, mark, reason)
	}
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// LinkRoom records where the room of a confidential incident is, or what
// incident elsewhere this one belongs to. It says nothing of what happened.
type LinkRoom struct {
	Incident string
	CodeName string
	Room     string // id of the room
}

// Plan implements Command.
func (c LinkRoom) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	fields, err := fillForm(
		formField{FieldCodeName, "the code name", c.CodeName, true, MaxName},
		formField{FieldRoom, "the room", c.Room, true, MaxName},
	)
	if err != nil {
		return Done{}, err
	}
	for _, name := range []string{FieldCodeName, FieldRoom} {
		p.set(KindIncidentField, inc.ID, inc.Fields, name, fields[name], "")
	}
	return Done{ID: inc.ID, Code: inc.Code}, nil
}
