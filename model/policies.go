package model

import (
	"slices"
	"strings"

	"holdfast/model/crdt"
	"holdfast/model/policy"
)

// policyPrefix begins the room's fields that hold sections of its policy.
const policyPrefix = "policy."

// Policy gives what the room has agreed on: what is shipped, with the sections
// the room has changed. It belongs to the state and must not be changed.
func (s *State) Policy() *policy.Policy {
	if s.policy == nil {
		return policy.Shipped()
	}
	return s.policy
}

// PolicyWarnings names sections of the room that this version cannot use and
// that are as shipped, one sentence each.
func (s *State) PolicyWarnings() []string { return s.policyWrong }

// assemble takes up a change of the policy. It is done while folding, so that
// readers share one result.
func (s *State) assemble(op Op) {
	if set, err := decode[fieldSet](op); err == nil && strings.HasPrefix(set.Field, policyPrefix) {
		s.assemblePolicy()
	}
}

// ownPolicy reports whether the room changed anything of the policy: what is
// shipped is read when it is first asked for.
func (s *State) ownPolicy() bool {
	for name := range s.Fields {
		if strings.HasPrefix(name, policyPrefix) {
			return true
		}
	}
	return false
}

func (s *State) assemblePolicy() {
	s.policy, s.policyWrong = policy.Assemble(func(section string) string { return s.Fields.Text(policyPrefix + section) })
}

// SetPolicy changes one section of the room's policy; an empty text goes back
// to what is shipped.
type SetPolicy struct {
	Section string
	Text    string // JSON
	Reason  string
}

// Plan implements Command.
func (c SetPolicy) Plan(p *Planner) (Done, error) {
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	return p.setSection(c.Section, c.Text, reason)
}

// setSection checks a section against the rest of the policy and plans its
// write in one form, whatever way it was typed.
func (p *Planner) setSection(section, text, reason string) (Done, error) {
	if !slices.Contains(policy.Sections[:], section) {
		return Done{}, refuse("there is no section %.40q; a policy has: %s", section, strings.Join(policy.Sections[:], ", "))
	}
	now := p.State.Policy()
	if strings.TrimSpace(text) != "" {
		next, err := now.With(section, text)
		if err != nil {
			return Done{}, refuse("the policy was not changed: %s", err)
		}
		text = next.Section(section)
	}
	if text == now.Section(section) && p.State.Fields.conflict(policyPrefix+section) == nil {
		return Done{Note: section + " is so already"}, nil
	}
	p.set(KindRoomField, ID{}, p.State.Fields, policyPrefix+section, text, reason)
	return Done{Note: section + " changed"}, nil
}

// ImportPolicy takes a whole policy file; sections that are as they were are
// left alone.
type ImportPolicy struct {
	Document string // JSON, as ExportPolicy writes it
	Reason   string
}

// Plan implements Command.
func (c ImportPolicy) Plan(p *Planner) (Done, error) {
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	next, err := policy.Parse([]byte(c.Document))
	if err != nil {
		return Done{}, refuse("the policy was not changed: %s", err)
	}
	now, changed := p.State.Policy(), []string{}
	for _, section := range policy.Sections {
		text := next.Section(section)
		if len(text) > policy.MaxSection {
			return Done{}, refuse("the policy was not changed: section %s has %d bytes; the limit is %d", section, len(text), policy.MaxSection)
		}
		if text != now.Section(section) {
			p.set(KindRoomField, ID{}, p.State.Fields, policyPrefix+section, text, reason)
			changed = append(changed, section)
		}
	}
	if len(changed) == 0 {
		return Done{Note: "the policy is so already"}, nil
	}
	return Done{Note: "changed: " + strings.Join(changed, ", ")}, nil
}

// PolicyView is a section of the policy with its history.
type PolicyView struct {
	Section string `json:"section"`
	// Text is the section as JSON.
	Text string `json:"text"`
	// Own is true where the room has changed it.
	Own bool `json:"own"`
	// History of the room's changes, oldest first; the value is the text.
	History []PolicyChange `json:"history"`
	// Conflict holds versions written apart that nobody has settled.
	Conflict []ChangeView `json:"conflict"`
}

// PolicyChange is a change of a section of the policy.
type PolicyChange struct {
	ChangeView
	// Over is the place in the history of the version its author had before them; -1 is what is
	// shipped. Of two changes written apart neither is over the other.
	Over int `json:"over"`
}

// policyChanges gives every write of a section with the one that it was written over.
func (s *State) policyChanges(field string, writes []crdt.Write[ID, Value]) []PolicyChange {
	changes := make([]PolicyChange, len(writes))
	for i, view := range s.changeViews(field, writes) {
		changes[i] = PolicyChange{ChangeView: view, Over: -1}
		for j := range i {
			if slices.Contains(writes[i].Pred, writes[j].Key) {
				changes[i].Over = j // the last one named is what its author saw
			}
		}
	}
	return changes
}

// PolicyViews gives the policy a section at a time.
func (s *State) PolicyViews() []PolicyView {
	p := s.Policy()
	views := make([]PolicyView, len(policy.Sections))
	for i, section := range policy.Sections {
		field := policyPrefix + section
		views[i] = PolicyView{
			Section: section, Text: p.Section(section), Own: s.Fields.Text(field) != "",
			History: []PolicyChange{}, Conflict: s.changeViews(field, s.Fields.conflict(field)),
		}
		if r := s.Fields[field]; r != nil {
			views[i].History = s.policyChanges(field, r.History())
		}
	}
	return views
}

// Security reports whether a type of the incident switches on the security
// steps.
func (i *Incident) Security(p *policy.Policy) bool {
	return i.anyType(p, func(t policy.Type) bool { return t.Security })
}

// Privacy reports whether a type of the incident asks for a breach assessment.
func (i *Incident) Privacy(p *policy.Policy) bool {
	return i.anyType(p, func(t policy.Type) bool { return t.Privacy })
}

func (i *Incident) anyType(p *policy.Policy, is func(policy.Type) bool) bool {
	return slices.ContainsFunc(i.AllTypes(), func(name string) bool {
		t, ok := p.Type(name)
		return ok && is(t)
	})
}

// AllTypes lists the main type and the further ones.
func (i *Incident) AllTypes() []string {
	var all []string
	if t := i.Fields.Text(FieldType); t != "" {
		all = append(all, t)
	}
	return append(all, lines(i.Fields.Text(FieldTypes))...)
}

// Sensitive reports whether data, an intruder or privacy is possible: a type
// says so, or somebody said that personal data is involved.
func (i *Incident) Sensitive(p *policy.Policy) bool {
	return i.Fields.Text(FieldData) == string(policy.Yes) ||
		i.anyType(p, func(t policy.Type) bool { return t.Security || t.Privacy || t.Data })
}
