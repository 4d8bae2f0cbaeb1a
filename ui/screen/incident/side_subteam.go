package incident

import (
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
)

// subTeams are the teams below the commander, and the line that makes one.
func (p *side) subTeams() item.Block {
	s := p.screen
	b := item.Block{Title: "Teams"}
	for _, t := range s.content.work.team.Teams {
		b.Lines = append(b.Lines, s.subTeam(t))
	}
	l := quiet("team.new", "No team yet", 1)
	if len(b.Lines) > 0 {
		l = quiet("team.new", "Another team", 1)
	}
	l.Right, l.Open, l.Hint = "Enter makes one", s.askTeam, "Enter makes a team with a leader of its own"
	b.Lines = append(b.Lines, l)
	return b
}

func (s *Screen) subTeam(t model.SubTeam) item.Line {
	l := line(t.ID.String(), text.Line(t.Name)+": "+text.Line(t.Leader)+" leads "+text.Count(len(t.Members), "person", "people")+". "+text.Line(t.Objective), folded)
	if t.ReportS > 0 {
		l.Right = "every " + lasting(time.Duration(t.ReportS)*time.Second)
	}
	if t.Word != "" {
		l.Main += ". " + text.Line(t.Word)
	}
	l.Hint = "r report · Enter or o objective · l leader · m members · x dissolves"
	objective := func() { s.askObjective(t) }
	l.Open = objective
	l.Rune = on(map[rune]func(){
		'r': func() { s.askWord(t) },
		'o': objective,
		'l': func() { s.askLeader(t) },
		'm': func() { s.askMembers(t) },
		'x': func() { s.dissolve(t) },
	})
	return l
}

// ofTeam carries out the commands about a team; false where it is none.
func (s *Screen) ofTeam(command keys.ID) bool {
	acts := map[keys.ID]func(model.SubTeam){
		"incident.team.leader": s.askLeader, "incident.team.objective": s.askObjective, "incident.team.members": s.askMembers, "incident.team.report": s.askWord,
		"incident.team.dissolve": s.dissolve,
	}
	if command == "incident.team" {
		s.askTeam()
		return true
	}
	act, ok := acts[command]
	if !ok {
		return false
	}
	teams := s.content.work.team.Teams
	switch {
	case len(teams) == 0:
		s.host.Toast(s.content.code + " has no team; \"Make a team\" makes one.")
	case len(teams) == 1:
		act(teams[0])
	default:
		for _, t := range teams {
			if s.side.tab == tabTeam && t.ID.String() == s.side.list.At() { // the line that had the keyboard last
				act(t)
				return true
			}
		}
		s.side.open(tabTeam, teams[0].ID.String())
		s.host.Toast("Which team? On its line: r report, o objective, l leader, m members, x dissolves.")
	}
	return true
}

// askTeam asks for a team: its name, who leads it, what for, who is in it, and
// how often it reports.
func (s *Screen) askTeam() {
	c := model.AddTeam{Incident: s.content.id.String()}
	report := question{prompt: "Minutes between its reports? 0 for none", begin: "10", then: func(typed string) plan {
		minutes, err := strconv.Atoi(typed)
		if err != nil || minutes < 0 {
			return plan{refuse: "Write how many minutes, such as 10, or 0"}
		}
		c.ReportMinutes = minutes
		return plan{says: "Makes the team " + c.Name + " · Enter makes it", commands: []model.Command{c}, toast: "The team " + text.Line(c.Name) + " is made"}
	}}
	members := question{prompt: "Who is in it beside the leader? Names with commas, or none", begin: "none", then: func(typed string) plan {
		people, why := s.people(typed)
		if why != "" {
			return plan{refuse: sentence(why)}
		}
		c.Members = people
		return plan{says: "Asks for its reports next · Enter", next: &report}
	}}
	objective := question{prompt: "What is its objective?", then: func(typed string) plan {
		if typed == "" {
			return plan{refuse: "The objective is missing"}
		}
		c.Objective = typed
		return plan{says: "Asks for its people next · Enter", next: &members}
	}}
	leader := question{prompt: "Who leads it?", begin: "@", then: func(typed string) plan {
		name, why := s.person(typed)
		if why != "" {
			return plan{refuse: sentence(why)}
		}
		c.Leader = name
		return plan{says: name + " leads it. Asks for its objective next · Enter", next: &objective}
	}}
	s.ask(question{prompt: "What is the team called?", then: func(typed string) plan {
		if typed == "" {
			return plan{refuse: "The name is missing"}
		}
		c.Name = typed
		return plan{says: "Asks who leads it next · Enter", next: &leader}
	}})
}

func (s *Screen) askLeader(t model.SubTeam) {
	s.ask(question{prompt: "Who leads " + text.Line(t.Name) + "?", begin: "@", then: func(typed string) plan {
		name, why := s.person(typed)
		if why != "" {
			return plan{refuse: sentence(why)}
		}
		return plan{says: name + " leads " + text.Line(t.Name) + " · Enter changes it", commands: []model.Command{model.SetTeam{Team: t.ID.String(), Leader: name}}}
	}})
}

func (s *Screen) askObjective(t model.SubTeam) {
	s.ask(question{prompt: "What is the objective of " + text.Line(t.Name) + "?", begin: text.Line(t.Objective), then: func(typed string) plan {
		if typed == "" {
			return plan{refuse: "The objective is missing"}
		}
		return plan{commands: []model.Command{model.SetTeam{Team: t.ID.String(), Objective: typed}}}
	}})
}

// askWord asks for the report of a team: what is so, what is done, what is needed.
func (s *Screen) askWord(t model.SubTeam) {
	s.ask(question{prompt: "What does " + text.Line(t.Name) + " report? Condition, actions, needs", then: func(typed string) plan {
		if typed == "" {
			return plan{refuse: "The report is missing"}
		}
		return plan{commands: []model.Command{model.SetTeam{Team: t.ID.String(), Word: typed}}, toast: "The next report of " + text.Line(t.Name) + " runs from now"}
	}})
}

func (s *Screen) askMembers(t model.SubTeam) {
	s.ask(question{prompt: "Who is in " + text.Line(t.Name) + "? Names with commas", begin: text.Line(strings.Join(t.Members, ", ")), then: func(typed string) plan {
		people, why := s.people(typed)
		if why == "" && len(people) == 0 {
			why = "a team has at least one person; dissolve it where it has none"
		}
		if why != "" {
			return plan{refuse: sentence(why)}
		}
		return plan{commands: []model.Command{model.SetTeam{Team: t.ID.String(), Members: people}}}
	}})
}

// dissolve ends a team, after a question.
func (s *Screen) dissolve(t model.SubTeam) {
	s.host.Confirm("Dissolve "+text.Line(t.Name)+"?", "Its people report to the commander again. It stays in the timeline.", "Dissolve", func() {
		s.do(model.SetTeam{Team: t.ID.String(), Close: true}, text.Line(t.Name)+" is dissolved")
	})
}

// people reads names with commas; "none" and an empty text name nobody.
func (s *Screen) people(typed string) (names []string, why string) {
	if strings.EqualFold(strings.TrimSpace(typed), "none") {
		return nil, ""
	}
	for word := range strings.SplitSeq(typed, ",") {
		if strings.TrimSpace(word) == "" {
			continue
		}
		name, why := s.person(word)
		if why != "" {
			return nil, why
		}
		names = append(names, name)
	}
	return names, ""
}
