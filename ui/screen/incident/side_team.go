package incident

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// roleColumn is the left column of the roles, in units at the usual text size.
const roleColumn = 92

// roleWord is a role in the words of a narrow column.
func roleWord(r model.Role) string {
	switch r.Name {
	case model.RoleCommander:
		return "Commander"
	case model.RoleComms:
		return "Comms lead"
	case model.RoleSME:
		return "Expert"
	case model.RoleOnCall:
		return "On call"
	case "dpo":
		return "Privacy"
	case "internal-liaison":
		return "Liaison"
	}
	return r.Title
}

// team is who works on the incident, and what is wrong with that.
func (p *side) team(now time.Time) []item.Block {
	c := &p.screen.content
	var blocks []item.Block
	if offers := p.offers(c.work.team.Offers); len(offers) > 0 {
		blocks = append(blocks, item.Block{Title: "Hand-over", Lines: offers})
	}
	if len(c.work.team.Warnings) > 0 {
		b := item.Block{Title: "Look at this"}
		for _, w := range c.work.team.Warnings {
			l := line("warning."+w, text.Line(w), whole)
			l.MainColor = amber()
			b.Lines = append(b.Lines, l)
		}
		blocks = append(blocks, b)
	}
	t := c.work.team
	note := ""
	if t.Span > 0 {
		note = text.Count(t.Span, "reports", "report") + " to the IC"
	}
	if t.Span > 0 && t.MaxSpan > 0 {
		note += ", at most " + count(t.MaxSpan)
	}
	blocks = append(blocks, item.Block{Title: "Roles", Note: note, Left: roleColumn, Lines: p.roles(now)})
	return append(blocks, p.subTeams(), p.milestones(now))
}

// count writes a number.
func count(n int) string { return strings.TrimSpace(text.Count(n, "", "")) }

func (p *side) offers(offers []model.OfferView) []item.Line {
	var lines []item.Line
	for _, o := range offers {
		l := line("offer."+o.Role, text.Line(o.From)+" hands "+o.Role+" over to "+text.Line(o.To), whole)
		l.MainColor = amber()
		l.Right = "Enter reads"
		l.Hint = "Enter shows the sheet, and accepts it there"
		l.Open = func() { p.screen.showSheet(o) }
		lines = append(lines, l)
	}
	return lines
}

// essential roles are wanted in every incident: an empty one is said aloud.
func essential(role string) bool {
	return role == model.RoleCommander || role == model.RoleComms || role == model.RoleScribe || role == model.RoleOnCall
}

func (p *side) roles(now time.Time) []item.Line {
	c := &p.screen.content
	var lines []item.Line
	hidden := 0
	for _, h := range c.holders {
		wanted := essential(h.role.Name) || slices.Contains(c.work.team.Missing, h.role.Title)
		if len(h.people) == 0 && !wanted && !p.allRoles {
			hidden++
			continue
		}
		lines = append(lines, p.role(h, wanted, now))
	}
	if hidden > 0 || p.allRoles {
		lines = append(lines, p.fold("roles.more", text.Count(hidden, "more role, unassigned", "more roles, unassigned"), &p.allRoles))
	}
	return lines
}

func (p *side) role(h holder, wanted bool, now time.Time) item.Line {
	s := p.screen
	l := item.Line{ID: "role." + h.role.Name, Content: item.Content{Left: roleWord(h.role), Lines: folded}, Hint: "a assigns · x releases · h hands over"}
	switch {
	case len(h.people) == 0 && wanted:
		l.Main, l.MainColor, l.Hint = "UNASSIGNED", red(), "Enter or a assigns"
	case len(h.people) == 0:
		l.Main, l.MainColor, l.Hint = "unassigned", theme.ColorMuted, "Enter or a assigns"
	case h.conflict:
		l.Main, l.Right, l.RightColor = joined(firsts(h.people)), "conflict", red()
	default:
		l.Main = p.held(h)
		l.Right = p.onDuty(h)
		if !h.accepted {
			l.Right, l.RightColor = "not accepted", amber()
			if h.mine {
				l.Right, l.Hint = "Enter accepts", "Enter accepts it · x releases"
			}
		}
	}
	assign := func() { s.begin("/assign " + h.role.Name + " @") }
	l.Open = assign
	if h.mine && !h.accepted {
		l.Open = func() {
			s.do(model.AcceptRole{Incident: s.content.id.String(), Role: h.role.Name}, "You hold "+h.role.Title)
		}
	}
	l.Rune = on(map[rune]func(){
		'a': assign,
		'x': func() { p.release(h) },
		'h': func() { s.askHandOver(h) },
	})
	return l
}

// held names who holds a role, with the time where they are.
func (p *side) held(h holder) string {
	var out []string
	for i, name := range h.people {
		says := name
		for _, m := range p.screen.content.work.team.Members {
			if m.Role == h.role.Name && m.PersonID == h.ids[i] && m.Local != "" {
				says += ", " + m.Local + " there"
				if m.Night {
					says += ", night"
				}
			}
		}
		out = append(out, says)
	}
	return strings.Join(out, "\n")
}

// onDuty is for how long the longest of a role has worked.
func (p *side) onDuty(h holder) string {
	longest := int64(-1)
	for _, m := range p.screen.content.work.team.Members {
		if m.Role == h.role.Name {
			longest = max(longest, m.OnDutyS)
		}
	}
	if longest < 0 {
		return ""
	}
	return lasting(time.Duration(longest) * time.Second)
}

// release empties a role, after a question.
func (p *side) release(h holder) {
	s := p.screen
	if len(h.people) == 0 {
		s.host.Toast("Nobody holds " + h.role.Title)
		return
	}
	s.host.Confirm("Release "+h.role.Title+"?", joined(h.people)+" will not hold it any more.", "Release", func() {
		for _, id := range h.ids {
			s.do(model.ReleaseRole{Incident: s.content.id.String(), Role: h.role.Name, Person: id.String()}, h.role.Title+" is released")
			if !h.role.Several {
				return
			}
		}
	})
}

// askHandOver asks to whom a role goes, and what they must know.
func (s *Screen) askHandOver(h holder) {
	if len(h.people) == 0 {
		s.host.Toast("Nobody holds " + h.role.Title + "; a assigns it")
		return
	}
	s.ask(question{prompt: "Hand " + h.role.Title + " over to whom?", begin: "@", then: func(who string) plan {
		name, why := s.person(who)
		if why != "" {
			return plan{refuse: sentence(why)}
		}
		return plan{says: "Asks for the briefing next · Enter", next: &question{
			prompt: "What must " + name + " know? The sheet has the rest",
			then: func(briefing string) plan {
				return plan{
					says:     joined(h.people) + " stays " + h.role.Title + " until " + name + " accepts · Enter offers it",
					commands: []model.Command{model.HandOver{Incident: s.content.id.String(), Role: h.role.Name, To: name, Briefing: briefing}},
				}
			},
		}}
	}})
}

// milestoneColumn is the left column of the milestones.
const milestoneColumn = 92

func (p *side) milestones(now time.Time) item.Block {
	c := &p.screen.content
	b := item.Block{Title: "Milestones", Left: milestoneColumn}
	for _, name := range c.milestones() {
		l := item.Line{ID: "milestone." + name, Content: item.Content{Left: milestoneLabel(name), Main: "not set", MainColor: theme.ColorMuted}, Hint: "Enter sets its time"}
		if at, ok := c.marks[name]; ok {
			l.Main, l.MainColor = text.Clock(at)+" UTC", ""
			if at.UTC().Format(time.DateOnly) != now.UTC().Format(time.DateOnly) {
				l.Right = at.UTC().Format("2 Jan")
			}
		}
		l.Open = func() { p.screen.begin("/milestone " + name + " ") }
		b.Lines = append(b.Lines, l)
	}
	return b
}

// milestones are those every incident has, and the others where they are set.
func (c content) milestones() []string {
	var out []string
	for _, name := range model.Milestones {
		_, set := c.marks[name]
		if set || name != "closed" && name != "reopened" {
			out = append(out, name)
		}
	}
	return out
}

// milestoneLabel writes a milestone for people.
func milestoneLabel(name string) string { return sentence(strings.ReplaceAll(name, "-", " ")) }

func joined(people []string) string { return strings.Join(people, " and ") }
