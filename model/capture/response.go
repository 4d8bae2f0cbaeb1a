package capture

import (
	"slices"
	"strings"
)

// The intents of the response. The names of things, tools and checks are as
// typed: the record knows which there are.
type (
	// Hypothesis puts up what may be the cause. Owner may be empty; Hint says so
	// where the line names an owner nobody knows.
	Hypothesis struct {
		Reading
		Owner, Text, Hint string
	}
	// Decide writes down what was decided.
	Decide struct {
		Reading
		Text string
	}
	// Lock says that the writer is changing a thing.
	Lock struct {
		Reading
		Thing string
	}
	// Unlock gives it back. Thing is empty for the one lock the writer holds.
	Unlock struct {
		Reading
		Thing string
	}
	// Check ticks a line of the checklist. Skip is why it is left out.
	Check struct {
		Reading
		Check, Skip string
	}
	// Tools says how tools are: up, shaky, down or unknown.
	Tools struct {
		Reading
		States map[string]string
	}
)

// hypothesis reads "@li the pool is pinned". With a time before it, or after
// /at, it is an entry of the log: what is put up now has no other time.
func (p *parser) hypothesis(args string) Intent {
	if _, _, _, timed := p.leadingTime(args); timed || p.deep || args == "" {
		return kindCommand("hypothesis")(p, args)
	}
	h := Hypothesis{Text: args}
	if head, tail := cut(args); strings.HasPrefix(head, "@") && tail != "" {
		name, why := p.ctx.person(head)
		if why == "" {
			h.Owner, h.Text = name, tail
		} else {
			h.Hint = why + ", the hypothesis has no owner"
		}
	}
	says := "Hypothesis"
	switch {
	case h.Hint != "":
		says += dot + h.Hint
	case h.Owner != "":
		says += " → " + h.Owner
	}
	h.Reading = Reading(says + enterLogs)
	return h
}

// decide is an entry where a time is given, as a hypothesis is.
func (p *parser) decide(args string) Intent {
	if _, _, _, timed := p.leadingTime(args); timed || p.deep || args == "" {
		return kindCommand("decision")(p, args)
	}
	return Decide{Reading: "Decision" + enterLogs, Text: args}
}

func (p *parser) lock(args string) Intent {
	if args == "" {
		return p.incomplete("what you are changing is missing", "/lock load balancer")
	}
	return Lock{Reading: Reading("You are changing " + args + ", others keep off it" + enterLogs), Thing: args}
}

func (p *parser) unlock(args string) Intent {
	if args == "" {
		return Unlock{Reading: "What you were changing is free" + enterLogs}
	}
	return Unlock{Reading: Reading(args + " is free" + enterLogs), Thing: args}
}

// check reads "triage-signal" and "triage-signal skip: told by phone".
func (p *parser) check(args string) Intent {
	name, skip, skips := strings.Cut(args, " skip:")
	name, skip = strings.TrimSpace(name), strings.TrimSpace(skip)
	switch {
	case name == "":
		return p.incomplete("the line of the checklist is missing", "/check triage-signal")
	case skips && skip == "":
		return p.incomplete("why it is skipped is missing", "/check triage-signal skip: told by phone")
	case skips:
		return Check{Reading: Reading("Skips " + name + ": " + skip + enterLogs), Check: name, Skip: skip}
	}
	return Check{Reading: Reading("Ticks " + name + enterLogs), Check: name}
}

// toolStates are the words for how a tool is.
var toolStates = []string{"up", "shaky", "down", "unknown"}

// tools reads "chat down, vpn down".
func (p *parser) tools(args string) Intent {
	t := Tools{States: map[string]string{}}
	var says []string
	for part := range strings.SplitSeq(args, ",") {
		words := strings.Fields(strings.ReplaceAll(part, "=", " "))
		if len(words) < 2 || !slices.Contains(toolStates, strings.ToLower(words[len(words)-1])) {
			return p.incomplete("each tool and how it is, "+strings.Join(toolStates, ", "), "/tools chat down, vpn down")
		}
		name, state := strings.Join(words[:len(words)-1], " "), strings.ToLower(words[len(words)-1])
		t.States[name] = state
		says = append(says, name+" "+state)
	}
	t.Reading = Reading("Tools: " + strings.Join(says, ", ") + enterLogs)
	return t
}
