package model

import (
	"slices"
	"strings"

	"holdfast/model/crdt"
)

// Roles of the response. The first six have one holder at a time; two after a
// split are a conflict on the front of the screen. The others may be held by
// several people at once.
const (
	RoleCommander = "ic"
	RoleDeputy    = "deputy"
	RoleScribe    = "scribe"
	RoleOnCall    = "on-call"
	RoleComms     = "comms"
	RoleLiaison   = "internal-liaison"
	RoleSME       = "sme"
)

// Role describes a role of the response.
type Role struct {
	Name  string
	Title string
	// Several is true where more than one person may hold it at once.
	Several bool
}

// ResponseRoles lists the roles every room has, in the order of the header.
var ResponseRoles = [...]Role{
	{Name: RoleCommander, Title: "Incident commander"},
	{Name: RoleOnCall, Title: "On-call engineer"},
	{Name: RoleSME, Title: "Subject matter expert", Several: true},
	{Name: RoleComms, Title: "Communications lead"},
	{Name: RoleDeputy, Title: "Deputy"},
	{Name: RoleScribe, Title: "Scribe"},
	{Name: RoleLiaison, Title: "Internal liaison"},
	{Name: "security", Title: "Security lead", Several: true},
	{Name: "legal", Title: "Legal", Several: true},
	{Name: "dpo", Title: "Data protection officer", Several: true},
	{Name: "team-lead", Title: "Team leader", Several: true},
	{Name: "observer", Title: "Observer", Several: true},
}

var roleAliases = map[string]string{
	"commander": RoleCommander, "incident commander": RoleCommander, "incident-commander": RoleCommander,
	"oncall": RoleOnCall, "on call": RoleOnCall, "on-call engineer": RoleOnCall, "expert": RoleSME,
	"subject matter expert": RoleSME, "communications": RoleComms, "communications lead": RoleComms,
	"liaison": RoleLiaison, "internal liaison": RoleLiaison,
}

// FindRole reads a role's name, title or alias, in either case.
func FindRole(text string) (Role, bool) {
	name := strings.ToLower(strings.TrimSpace(text))
	if alias, ok := roleAliases[name]; ok {
		name = alias
	}
	for _, r := range ResponseRoles {
		if r.Name == name || strings.EqualFold(r.Title, name) {
			return r, true
		}
	}
	return Role{}, false
}

// Holder is a person in a role.
type Holder struct {
	Role     string
	Person   ID
	Since    Stamp
	Accepted bool
}

// field gives the field that holds a person in the role: one for the role, or
// one a person where several may hold it.
func (r Role) field(person ID) string {
	if r.Several {
		return rolePrefix + r.Name + "/" + person.String()
	}
	return rolePrefix + r.Name
}

// Holders lists who holds a role now. More than one in a role of a single
// holder is a conflict.
func (i *Incident) Holders(role Role) []Holder { return i.holders(nil, &role, i.roleFields()) }

// roleFields names the fields that hold a person in any role, in no order.
func (i *Incident) roleFields() []string {
	var names []string
	for name := range i.Fields {
		if strings.HasPrefix(name, rolePrefix) {
			names = append(names, name)
		}
	}
	return names
}

// holds reports whether a role field is one of this role.
func (r *Role) holds(field string) bool {
	name, rest := field[len(rolePrefix):], len(rolePrefix)+len(r.Name)
	return strings.HasPrefix(name, r.Name) && (len(field) == rest && !r.Several || len(field) > rest && field[rest] == '/' && r.Several)
}

// holders adds who holds a role to a team.
func (i *Incident) holders(team []Holder, role *Role, fields []string) []Holder {
	first := len(team)
	for _, name := range fields {
		if !role.holds(name) {
			continue
		}
		for _, w := range i.Fields[name].Current() {
			person, err := ParseID(w.Value.Text)
			if err != nil || slices.ContainsFunc(team[first:], func(h Holder) bool { return h.Person == person }) {
				continue // released, or the same person named twice
			}
			team = append(team, Holder{
				Role: role.Name, Person: person, Since: w.Value.Stamp,
				Accepted: i.accepted(name, w.Key),
			})
		}
	}
	if role.Several {
		slices.SortFunc(team[first:], func(a, b Holder) int { return a.Since.Compare(b.Since) })
	}
	return team
}

// accepted reports whether an assignment was accepted. After a split each of
// two commanders may have accepted theirs; both acceptances stand.
func (i *Incident) accepted(field string, assignment ID) bool {
	r := i.Fields[acceptPrefix+field]
	return r != nil && slices.ContainsFunc(r.Current(), func(w crdt.Write[ID, Value]) bool { return w.Value.Text == assignment.String() })
}

// Team lists all holders in the order of ResponseRoles.
func (i *Incident) Team() []Holder {
	fields := i.roleFields()
	if len(fields) == 0 {
		return nil
	}
	team := make([]Holder, 0, len(fields))
	for n := range ResponseRoles {
		team = i.holders(team, &ResponseRoles[n], fields)
	}
	return team
}
