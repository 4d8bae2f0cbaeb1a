package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// AddTeam makes a team below the commander.
type AddTeam struct {
	Incident  string
	Name      string
	Leader    string
	Objective string
	// ReportMinutes is how often the leader reports.
	ReportMinutes int
	Members       []string
}

// Plan implements Command.
func (c AddTeam) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "no team was made", insteadLog)
	if err != nil {
		return Done{}, err
	}
	name, err := line("the name of the team", c.Name, MaxName)
	if err != nil {
		return Done{}, err
	}
	leader, err := p.here(c.Leader)
	if err != nil {
		return Done{}, err
	}
	objective, err := prose("the objective", c.Objective)
	if err != nil {
		return Done{}, err
	}
	members, err := p.people(c.Members)
	if err != nil {
		return Done{}, err
	}
	if c.ReportMinutes < 0 || c.ReportMinutes > 24*60 {
		return Done{}, refuse("a team reports every 1 to %d minutes, not every %d", 24*60, c.ReportMinutes)
	}
	fields := map[string]string{TeamName: name, TeamLeader: leader.String(), TeamObjective: objective, TeamMembers: members}
	if c.ReportMinutes > 0 {
		fields[TeamReport] = strconv.Itoa(c.ReportMinutes)
	}
	return Done{ID: p.addItem(inc.ID, ClassTeam, fields), Code: inc.Code}, nil
}

// people reads names into ids, one a line.
func (p *Planner) people(names []string) (string, error) {
	var ids []string
	for _, name := range names {
		id, err := p.here(name)
		if err != nil {
			return "", err
		}
		if !slices.Contains(ids, id.String()) {
			ids = append(ids, id.String())
		}
	}
	return strings.Join(ids, "\n"), nil
}

// SetTeam changes a team; empty members are left alone.
type SetTeam struct {
	Team      string
	Leader    string
	Objective string
	Members   []string
	// Word is what its leader reports: condition, actions, needs.
	Word string
	// Close dissolves the team.
	Close bool
}

// Plan implements Command.
func (c SetTeam) Plan(p *Planner) (Done, error) {
	inc, id, err := p.State.FindItem(c.Team, "team", ClassTeam)
	if err != nil {
		return Done{}, err
	}
	if c.Leader != "" || c.Objective != "" || len(c.Members) > 0 {
		if err := inc.over("the team was not changed", insteadLog); err != nil {
			return Done{}, err
		}
	}
	values := map[string]string{}
	if c.Leader != "" {
		leader, err := p.here(c.Leader)
		if err != nil {
			return Done{}, err
		}
		values[TeamLeader] = leader.String()
	}
	if c.Objective != "" {
		if values[TeamObjective], err = prose("the objective", c.Objective); err != nil {
			return Done{}, err
		}
	}
	if len(c.Members) > 0 {
		if values[TeamMembers], err = p.people(c.Members); err != nil {
			return Done{}, err
		}
	}
	if c.Word != "" {
		if values[TeamWord], err = prose("the report", c.Word); err != nil {
			return Done{}, err
		}
	}
	if c.Close {
		values[TeamClosed] = "yes"
	}
	if len(values) == 0 {
		return Done{}, refuse("nothing to change; name a leader, an objective, members or a report")
	}
	for _, field := range slices.Sorted(maps.Keys(values)) {
		p.setItem(inc.ID, id, inc.Items[id], field, values[field], "")
	}
	return Done{ID: id, Code: inc.Code}, nil
}

func toldTeam(s *State, i *Item, field string) (kind, text string) {
	f := i.Fields
	leader, _ := ParseID(f.Text(TeamLeader))
	switch field {
	case "", TeamLeader, TeamObjective:
		return "role", "Team " + f.Text(TeamName) + " under " + s.PersonName(leader) + ": " + f.Text(TeamObjective)
	case TeamWord:
		return "communication", "Team " + f.Text(TeamName) + " reports: " + f.Text(TeamWord)
	case TeamClosed:
		return "role", "Team " + f.Text(TeamName) + " is dissolved"
	}
	return "", ""
}
