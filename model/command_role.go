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
	inc, role, err := p.duty(c.Incident, c.Role)
	if err != nil {
		return Done{}, err
	}
	person, err := p.here(c.Person)
	if err != nil {
		return Done{}, err
	}
	if held := inc.Holders(role); role.Name == RoleCommander && inc.Open() && len(held) == 1 && held[0].Accepted &&
		person != held[0].Person && person != p.Person {
		return HandOver{Incident: c.Incident, Role: c.Role, To: c.Person}.Plan(p)
	}
	p.seat(inc, role, person)
	return Done{ID: inc.ID, Code: inc.Code, Note: p.State.unwise(inc, role, person)}, nil
}

// seat puts a person into a role; who takes it for themselves has accepted it.
func (p *Planner) seat(inc *Incident, role Role, person ID) {
	field := role.field(person)
	at := p.set(KindIncidentField, inc.ID, inc.Fields, field, person.String(), "")
	if person == p.Person {
		p.set(KindIncidentField, inc.ID, inc.Fields, acceptPrefix+field, at.String(), "")
	}
	if inc.Fields.Text(handoverPrefix+role.Name) != "" {
		p.set(KindIncidentField, inc.ID, inc.Fields, handoverPrefix+role.Name, "", "")
	}
}

// AcceptRole is the answer of the person assigned: I have it.
type AcceptRole struct {
	Incident string
	Role     string
}

// Plan implements Command.
func (c AcceptRole) Plan(p *Planner) (Done, error) {
	inc, role, err := p.duty(c.Incident, c.Role)
	if err != nil {
		return Done{}, err
	}
	if offered, ok := inc.Offered(role); ok && offered.To == p.Person {
		p.seat(inc, role, p.Person)
		return Done{ID: inc.ID, Code: inc.Code, Note: "you have " + role.Title + "; say so aloud"}, nil
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
	if role.Name == RoleCommander && inc.Open() {
		return Done{}, refuse("%s is never without a commander: hand over with `role handover %s ic PERSON`; you keep command until they accept", inc.Code, inc.Code)
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

// duty is role for who takes one up.
func (p *Planner) duty(incident, name string) (*Incident, Role, error) {
	inc, role, err := p.role(incident, name)
	if err == nil {
		err = inc.over("nobody was put into a role", insteadLog)
	}
	return inc, role, err
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
