package model

import "slices"

// AssignRole puts a person into a role of the response.
type AssignRole struct {
	Incident string
	Role     string
	Person   string
}

// Plan implements Command.
func (c AssignRole) Plan(p *Planner) (Done, error) {
	inc, role, err := p.role(c.Incident, c.Role)
	if err != nil {
		return Done{}, err
	}
	person, err := p.State.FindPerson(c.Person)
	if err != nil {
		return Done{}, err
	}
	field := role.field(person)
	at := p.set(KindIncidentField, inc.ID, inc.Fields, field, person.String(), "")
	if person == p.Person {
		p.set(KindIncidentField, inc.ID, inc.Fields, acceptPrefix+field, at.String(), "")
	}
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// AcceptRole is the answer of the person assigned: I have it.
type AcceptRole struct {
	Incident string
	Role     string
}

// Plan implements Command.
func (c AcceptRole) Plan(p *Planner) (Done, error) {
	inc, role, err := p.role(c.Incident, c.Role)
	if err != nil {
		return Done{}, err
	}
	field := role.field(p.Person)
	if r := inc.Fields[field]; r != nil {
		for _, w := range r.Current() {
			if w.Value.Text == p.Person.String() {
				p.set(KindIncidentField, inc.ID, inc.Fields, acceptPrefix+field, w.Key.String(), "")
				return Done{ID: inc.ID, Code: inc.Code}, nil
			}
		}
	}
	return Done{}, refuse("%s is not assigned to you on %s", role.Title, inc.Code)
}

// ReleaseRole leaves a role empty.
type ReleaseRole struct {
	Incident string
	Role     string
	// Person is who leaves, in a role several hold; empty is the author.
	Person string
}

// Plan implements Command.
func (c ReleaseRole) Plan(p *Planner) (Done, error) {
	inc, role, err := p.role(c.Incident, c.Role)
	if err != nil {
		return Done{}, err
	}
	person := p.Person
	if c.Person != "" {
		if person, err = p.State.FindPerson(c.Person); err != nil {
			return Done{}, err
		}
	}
	field := role.field(person)
	held := inc.Holders(role)
	if role.Several || c.Person != "" {
		held = slices.DeleteFunc(held, func(h Holder) bool { return h.Person != person })
	}
	if len(held) == 0 {
		return Done{}, refuse("%s does not hold %s on %s", p.releasing(role, c.Person, person), role.Title, inc.Code)
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, field, "", "")
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// releasing names who was meant to leave a role.
func (p *Planner) releasing(role Role, given string, person ID) string {
	if given == "" && !role.Several {
		return "anybody"
	}
	return p.State.PersonName(person)
}

func (p *Planner) role(incident, name string) (*Incident, Role, error) {
	inc, err := p.State.FindIncident(incident)
	if err != nil {
		return nil, Role{}, err
	}
	role, ok := FindRole(name)
	if !ok {
		return nil, Role{}, refuse("there is no role %q; roles are ic, on-call, sme, comms, deputy, scribe, internal-liaison, security, legal, dpo, team-lead, observer", name)
	}
	return inc, role, nil
}
