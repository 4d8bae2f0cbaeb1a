package capture

import (
	"strings"
	"time"
	"unicode"

	"holdfast/model/when"
)

// task reads @who, +10m and "by 14:30" in any order before the words.
func (p *parser) task(args string) Intent {
	var t Task
	var dueSaid bool
	for rest := args; ; {
		head, tail := cut(rest)
		if strings.HasPrefix(head, "@") && t.Owner == "" && t.Hint == "" {
			name, why := p.ctx.person(head)
			if why != "" {
				t.Hint = why + ", the task has no owner"
				break
			}
			t.Owner = name
			args, rest = tail, tail
			continue
		}
		if due, after, ok := p.deadline(head, tail); ok && !dueSaid {
			t.Due, dueSaid = due, true
			args, rest = after, after
			continue
		}
		break
	}
	t.Text = args
	if t.Text == "" {
		return p.incomplete("what to do is missing", "/task @tom +10m restart db-2")
	}
	return p.taskSays(t)
}

// deadline reads +10m, "by 14:30" and "due 14:30". A time that is past, such as
// -5m, is read too and said: whoever writes it is asked.
func (p *parser) deadline(head, tail string) (due time.Time, rest string, ok bool) {
	if span, isPlus := strings.CutPrefix(head, "+"); isPlus {
		d, err := when.ParseSpan(span)
		return p.ctx.Now.Round(0).Add(d).UTC(), tail, err == nil
	}
	if w := strings.ToLower(head); strings.HasPrefix(w, "-") {
		tail = head + " " + tail
	} else if w != "by" && w != "due" {
		return due, "", false
	}
	m, rest, err := when.Options{Ahead: true}.Prefix(tail, p.ctx.Now, p.ctx.zone())
	if err != nil || m.Precision == when.Day {
		return due, "", false
	}
	return m.At, rest, true
}

func (p *parser) taskSays(t Task) Task {
	says := "Task"
	if t.Owner != "" {
		says += " → " + t.Owner
	} else {
		says += dot + "no owner"
	}
	if t.Hint != "" {
		says = "Task" + dot + t.Hint
	}
	if !t.Due.IsZero() {
		due := t.Due.In(p.ctx.zone())
		layout := "15:04"
		if now := p.ctx.Now.In(p.ctx.zone()); due.YearDay() != now.YearDay() || due.Year() != now.Year() {
			layout = "Mon 2 Jan 15:04"
		}
		says += dot + "due " + due.Format(layout)
		if due.Before(p.ctx.Now) {
			says += ", which is past"
		}
	}
	t.Reading = Reading(says + enterLogs)
	return t
}

// roleAndPerson reads "ic @ana", "ic Ana Ruiz", "@ana ic". why is what is missing.
func (p *parser) roleAndPerson(args string) (role Word, person, why string) {
	if args == "" {
		return role, "", "the role and the person are missing"
	}
	role, rest, ok := wordArg(p.ctx.Roles, args)
	if !ok {
		var tail string
		person, tail, why = p.ctx.personAt(args)
		if why != "" {
			return role, "", "the role is one of " + labels(p.ctx.Roles)
		}
		if role, rest, ok = wordArg(p.ctx.Roles, tail); !ok || rest != "" {
			return role, "", "the role is one of " + labels(p.ctx.Roles)
		}
		return role, person, ""
	}
	rest = strings.TrimLeftFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(":->→", r) })
	if rest == "" {
		return role, "", "the person is missing"
	}
	person, after, why := p.ctx.personAt(rest)
	if why == "" && after != "" {
		return role, "", short(after) + " after the name is not understood"
	}
	return role, person, why
}

func (p *parser) assign(args string) Intent {
	role, person, why := p.roleAndPerson(args)
	if why != "" {
		return p.incomplete(why, "/assign ic @ana")
	}
	return Assign{Reading: Reading(role.Label + " → " + person + enterLogs), Role: role.Name, Person: person}
}

func (p *parser) handover(args string) Intent {
	role, person, why := p.roleAndPerson(args)
	if why != "" {
		return p.incomplete(why, "/handover ic @ana")
	}
	return Handover{
		Reading: Reading("Hands " + role.Label + " to " + person + ", who must accept" + enterLogs),
		Role:    role.Name, Person: person,
	}
}

func (p *parser) accept(args string) Intent {
	role, rest, ok := wordArg(p.ctx.Roles, args)
	if !ok || rest != "" {
		return p.incomplete("the role is missing", "/accept ic")
	}
	return Accept{Reading: Reading("You take the role " + role.Label + enterLogs), Role: role.Name}
}

// page takes people, teams and names nobody knows: the pager may know them.
func (p *parser) page(args string) Intent {
	head, text := cut(args)
	who := strings.TrimPrefix(head, "@")
	if who == "" {
		return p.incomplete("whom to page is missing", "/page @payments checkout is down")
	}
	for _, team := range p.ctx.Teams {
		if fold(team) == fold(who) {
			return Page{Reading: Reading("Page → " + team + dot + "Enter pages"), Who: team, Known: true, Text: text}
		}
	}
	name, rest, why := p.ctx.personAt(args)
	if why == "" {
		return Page{Reading: Reading("Page → " + name + dot + "Enter pages"), Who: name, Known: true, Text: rest}
	}
	if strings.Contains(why, " or ") {
		return p.keep(why)
	}
	return Page{Reading: Reading("Page → " + short(who) + ", not in the roster" + dot + "Enter pages"), Who: who, Text: text}
}
