package model

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// targetPrefix begins the room's fields that say who stands behind a named
// target of the policy, one person id a line.
const targetPrefix = "target."

// TargetCommand stands for commander and deputy together.
const TargetCommand = "command"

// Targets tells who is meant by a target of the policy now, in an incident: the
// holders of a role, who is on call, whom the room has named, else the people
// whose title says so. Empty where nobody is known.
func (s *State) Targets(inc *Incident, target string, now time.Time) []ID {
	var team []Holder
	if inc != nil {
		team = inc.Team()
	}
	if held, only := AimAt(target).Holding(team); only || len(held) > 0 {
		return held
	}
	return s.Standing(target, now)
}

// Aim is a target of the policy as the roles it names.
type Aim struct {
	roles [2]string // the second is empty but for TargetCommand
}

// AimAt looks up which roles a target names.
func AimAt(target string) Aim {
	if target == TargetCommand {
		return Aim{[2]string{RoleCommander, RoleDeputy}}
	}
	if role, ok := FindRole(target); ok {
		target = role.Name
	}
	return Aim{[2]string{target}}
}

// Holding is who of a team holds a role of the target; only is true where
// nobody else is ever meant.
func (a Aim) Holding(team []Holder) (held []ID, only bool) {
	for _, name := range a.roles {
		for i := range team {
			if team[i].Role == name {
				held = append(held, team[i].Person)
			}
		}
	}
	return held, a.roles[1] != ""
}

// Standing is who stands behind a target in every incident.
func (s *State) Standing(target string, now time.Time) []ID {
	named := s.named(target)
	if named = slices.DeleteFunc(named, func(id ID) bool { return s.hasLeft(id, now) }); len(named) > 0 {
		return named
	}
	if on := s.onCall(target, now); len(on) > 0 {
		return on
	}
	return s.titled(target, now)
}

func (s *State) named(target string) []ID {
	var ids []ID
	for _, text := range lines(s.Fields.Text(targetPrefix + target)) {
		if id, err := ParseID(text); err == nil && s.People[id] != nil {
			ids = append(ids, id)
		}
	}
	return ids
}

// titled finds people whose title is the target: "Engineering manager" for
// engineering-manager. Who left is not meant any more.
func (s *State) titled(target string, now time.Time) []ID {
	want := strings.ReplaceAll(target, "-", " ")
	var ids []ID
	for _, id := range slices.SortedFunc(maps.Keys(s.People), ID.Compare) {
		if p := s.People[id]; !p.Added.zero() && !s.hasLeft(id, now) && strings.EqualFold(strings.ReplaceAll(p.Fields.Text("title"), "-", " "), want) {
			ids = append(ids, id)
		}
	}
	return ids
}

// SetTarget says who stands behind a named target of the escalation, such as
// engineering-manager; nobody goes back to the titles of people.
type SetTarget struct {
	Target string
	People []string
}

// Plan implements Command.
func (c SetTarget) Plan(p *Planner) (Done, error) {
	target, err := line("the target", c.Target, MaxName)
	if err != nil {
		return Done{}, err
	}
	target = strings.ToLower(strings.ReplaceAll(target, " ", "-"))
	if !validField(targetPrefix + target) {
		return Done{}, refuse("%q cannot be the name of a target", c.Target)
	}
	var ids []string
	for _, name := range c.People {
		id, err := p.here(name)
		if err != nil {
			return Done{}, err
		}
		ids = append(ids, id.String())
	}
	p.set(KindRoomField, ID{}, p.State.Fields, targetPrefix+target, strings.Join(ids, "\n"), "")
	note := target + " is " + either(p.State.namesOf(ids), "nobody in particular")
	if called := p.State.Policy().Called(); !slices.Contains(called, target) {
		note += "; nothing in the policy calls them yet: it calls " + strings.Join(called, ", ")
	}
	return Done{Note: note}, nil
}

func (s *State) namesOf(ids []string) string {
	names := make([]string, 0, len(ids))
	for _, text := range ids {
		if id, err := ParseID(text); err == nil {
			names = append(names, s.PersonName(id))
		}
	}
	return strings.Join(names, ", ")
}

// NamedTargets lists the targets behind which the room has put people, by name.
func (s *State) NamedTargets() []string {
	var names []string
	for _, field := range slices.Sorted(maps.Keys(s.Fields)) {
		if target, ok := strings.CutPrefix(field, targetPrefix); ok && len(s.named(target)) > 0 {
			names = append(names, target)
		}
	}
	return names
}
