package capture

import (
	"strings"

	"holdfast/model/when"
)

// command is one slash command.
type command struct {
	name    string
	aliases []string
	usage   string // what comes after the name
	about   string
	run     func(p *parser, args string) Intent
}

// commands lists every slash command, in the order in which they are offered.
// The kinds of the context are commands too (kindCommand).
func commands() []command {
	return []command{
		{"sev", []string{"severity"}, "P0 reason", "change the severity", (*parser).severity},
		{"phase", nil, "investigation", "set the phase", (*parser).phase},
		{"task", nil, "@who +10m what", "give someone a task", (*parser).task},
		{"decide", []string{"decision"}, "what", "write down a decision", (*parser).decide},
		{"find", []string{"finding"}, "what", "log a finding", kindCommand("finding")},
		{"impact", nil, "who and what", "log the impact", kindCommand("impact")},
		{"hyp", []string{"hypothesis"}, "@who what", "put up a hypothesis", (*parser).hypothesis},
		{"action", nil, "what", "log an action", kindCommand("action")},
		{"note", nil, "text", "log a note", kindCommand("note")},
		{"at", nil, "12:03 text", "log something that happened earlier", (*parser).at},
		{"update", nil, "template", "write an update", (*parser).update},
		{"assign", []string{"role"}, "ic @who", "give a role", (*parser).assign},
		{"handover", nil, "ic @who", "hand a role over", (*parser).handover},
		{"accept", nil, "ic", "take a role", (*parser).accept},
		{"ack", []string{"acknowledge"}, "", "answer the page", (*parser).acknowledge},
		{"page", nil, "@who reason", "page a person or a team", (*parser).page},
		{"milestone", nil, "detected 12:01", "set a milestone", (*parser).milestone},
		{"check", nil, "line of the checklist", "tick a line of the checklist", (*parser).check},
		{"lock", nil, "load balancer", "say what you are changing", (*parser).lock},
		{"unlock", nil, "load balancer", "say that it is free again", (*parser).unlock},
		{"tools", nil, "chat down, vpn down", "say which tools are down", (*parser).tools},
		{"done", nil, "result", "mark the task done", (*parser).done},
		{"drop", nil, "why", "say that the task is not to be done", (*parser).drop},
		{"todo", []string{"later"}, "idea", "park an idea for later", (*parser).later},
		{"edit", nil, "text", "correct the selected entry", (*parser).edit},
		{"retract", nil, "reason", "withdraw the selected entry", (*parser).retract},
		{"undo", nil, "", "take back the last act", (*parser).undo},
		{"resolve", []string{"resolved"}, "how it was verified", "resolve the incident", (*parser).resolve},
		{"declare", nil, "P0 what since 13:58", "declare another incident", (*parser).declare},
	}
}

func (c command) named(w string) bool {
	for _, a := range c.aliases {
		if a == w {
			return true
		}
	}
	return c.name == w
}

func (p *parser) slash(text string) Intent {
	head, args := cut(text)
	name := strings.ToLower(head[1:])
	if name == "" || strings.Contains(name, "/") {
		return p.note("note", text, p.ctx.present(), false) // a path, not a command
	}
	var names []string
	for _, c := range commands() {
		if c.named(name) {
			return c.run(p, args)
		}
		names = append(names, c.name)
	}
	for _, k := range p.ctx.Kinds {
		if k.Name == name {
			return kindCommand(k.Name)(p, args)
		}
	}
	hint := "there is no command /" + short(name)
	if n := near(name, names); n != "" {
		hint += ", did you mean /" + n + "?"
	}
	return p.keep(hint)
}

// incomplete keeps a command that lacks something.
func (p *parser) incomplete(what, example string) Intent {
	return p.keep(what + ", as in " + example)
}

func kindCommand(kind string) func(*parser, string) Intent {
	return func(p *parser, args string) Intent {
		if args == "" {
			return p.incomplete("the text is missing", "/"+kind+" pool is pinned to the old writer")
		}
		if m, rest, _, ok := p.leadingTime(args); ok {
			return p.note(kind, rest, m, true)
		}
		return p.note(kind, args, p.ctx.present(), false)
	}
}

func (p *parser) severity(args string) Intent {
	w, reason, ok := wordArg(p.ctx.Severities, args)
	if !ok {
		return p.incomplete("the severity is missing", "/sev P0 payments fail for all")
	}
	says := "Severity → " + w.Label
	if reason == "" {
		says += dot + "no reason given"
	}
	return Severity{Reading: Reading(says + enterLogs), Level: w.Name, Reason: reason}
}

func (p *parser) phase(args string) Intent {
	w, reason, ok := wordArg(p.ctx.Phases, args)
	if !ok {
		return p.keep("the phase is one of " + labels(p.ctx.Phases))
	}
	return Phase{Reading: Reading("Phase → " + w.Label + enterLogs), Name: w.Name, Reason: reason}
}

func labels(words []Word) string {
	names := make([]string, len(words))
	for i, w := range words {
		names[i] = w.Name
	}
	return strings.Join(names, ", ")
}

// at backdates: /at 12:03 text, where the text may be a log command itself.
func (p *parser) at(args string) Intent {
	if p.deep {
		return p.keep("/at inside /at")
	}
	m, rest, err := p.readTime(args)
	if err != nil {
		return p.incomplete("the time is not read", "/at 12:03 text or /at yesterday 23:50 text")
	}
	rest = afterTime(rest)
	if rest == "" {
		return p.incomplete("the text is missing", "/at 12:03 restarted db-2")
	}
	inner := parser{ctx: p.ctx, line: rest, deep: true}
	if strings.HasPrefix(rest, "/") {
		if n, ok := inner.slash(rest).(Note); ok && n.Hint == "" && !n.Backdated {
			return p.note(n.Kind, n.Text, m, true)
		}
	} else if in, marked := inner.marked(rest); marked {
		if n, ok := in.(Note); ok && n.Hint == "" {
			return p.note(n.Kind, n.Text, m, true)
		}
	}
	return p.note("note", rest, m, true)
}

func (p *parser) update(args string) Intent {
	w, rest, ok := wordArg(p.ctx.Templates, args)
	if !ok {
		return Update{Reading: "Update" + enterOpens, Text: args}
	}
	return Update{Reading: Reading("Update → " + w.Label + enterOpens), Template: w.Name, Text: rest}
}

func (p *parser) acknowledge(args string) Intent {
	return Acknowledge{Reading: "Acknowledge the page" + enterLogs, Text: args}
}

func (p *parser) milestone(args string) Intent {
	w, rest, ok := wordArg(p.ctx.Milestones, args)
	if !ok {
		return p.keep("the milestone is one of " + labels(p.ctx.Milestones))
	}
	m := p.ctx.present()
	says := "now"
	if rest != "" {
		var err error
		m, err = when.Options{Start: p.ctx.Start}.Parse(rest, p.ctx.Now, p.ctx.zone())
		if err != nil {
			return p.incomplete("the time is not read", "/milestone detected 12:01")
		}
		says = m.Note
	}
	return Milestone{Reading: Reading("Milestone " + w.Label + " → " + says + enterLogs), Name: w.Name, Moment: m}
}

func (p *parser) done(args string) Intent {
	return Done{Reading: "Task done" + enterLogs, Text: args}
}

func (p *parser) drop(args string) Intent {
	if args == "" {
		return p.incomplete("why is it not to be done?", "/drop the pool was the cause")
	}
	return Done{Reading: "Task dropped" + enterLogs, Text: args, Dropped: true}
}

func (p *parser) later(args string) Intent {
	if args == "" {
		return p.incomplete("the text is missing", "/todo look at the alert threshold")
	}
	return Later{Reading: "Parked for the review" + enterLogs, Text: args}
}

func (p *parser) edit(args string) Intent {
	if args == "" {
		return Edit{Reading: "Edit the selected entry" + enterOpens}
	}
	return Edit{Reading: "Corrects the selected entry, the old text stays readable" + enterLogs, Text: args}
}

func (p *parser) retract(args string) Intent {
	if args == "" {
		return p.incomplete("the reason is missing", "/retract wrong host")
	}
	return Retract{Reading: "Retracts the selected entry, it stays readable" + enterLogs, Reason: args}
}

func (p *parser) undo(args string) Intent {
	if args != "" {
		return p.keep("/undo stands alone")
	}
	return Undo{Reading: "Takes back your last act" + dot + "Enter undoes"}
}

func (p *parser) resolve(args string) Intent {
	if args == "" {
		return p.incomplete("how it was verified is missing", "/resolve error rate normal for 30 min")
	}
	return Resolve{Reading: "Resolves the incident" + enterLogs, Verification: args}
}
