package model

import (
	"slices"
	"strings"
	"time"

	"holdfast/model/policy"
)

// known adds what people recorded of the response, and the way to the team now.
func (s *State) known(inc *Incident, facts map[string]string) {
	for name, field := range map[string]string{"fix": FieldFix, "check": FieldVerification} {
		facts[name] = inc.Fields.Text(field)
	}
	for _, name := range [...]string{FactBridge, FactChannel} {
		facts[name] = s.wayNow(inc, name, facts[name])
	}
}

// Names of the facts that say how the team is reached.
const (
	FactBridge  = "bridge"  // by voice
	FactChannel = "channel" // in writing
)

// wayNow is the way to the team: usual, or, where the tool for it is down, what
// takes its place, with why; a reader would else take "second messenger" for the
// name of a room. Empty where nothing is left: an instruction must not name a call
// nobody can join.
func (s *State) wayNow(inc *Incident, fact, usual string) string {
	purpose := "voice"
	if fact == FactChannel {
		purpose = "text"
	}
	use, down := s.nextWay(inc.tool, purpose)
	if len(down) == 0 || fact == FactChannel && !s.firstFor(purpose, down[0].ID) {
		return usual
	}
	if use == "" {
		return ""
	}
	names := make([]string, len(down))
	for i, t := range down {
		names[i] = t.Name
	}
	verb := " is down"
	if len(names) > 1 {
		verb = " are down"
	}
	return use + ", because " + strings.Join(names, " and ") + verb
}

// firstFor says that a tool is the one that is used first for a purpose: the chat
// room stands while only the mail is down.
func (s *State) firstFor(purpose, tool string) bool {
	rules := s.Policy().Tools
	first := slices.IndexFunc(rules, func(t policy.Tool) bool { return t.For == purpose })
	return first >= 0 && rules[first].ID == tool
}

// cause is what people take for the cause now, and since when: what was confirmed
// last, else the newest hypothesis or finding that was not rejected.
func (i *Incident) cause() (text string, since time.Time) {
	latest := i.latestOf("hypothesis", "finding")
	text, at := latest.Text, latest.Time()
	confirmed := false
	for _, id := range i.Items.Of(ClassHypothesis) {
		item := i.Items[id]
		added := viewMilli(item.Added.Recorded())
		switch item.Fields.Text(HypothesisState) {
		case HypothesisConfirmed:
			text, at, confirmed = item.Fields.Text(HypothesisText), added, true
		case HypothesisRejected:
		default:
			if !confirmed && !added.Before(at) {
				text, at = item.Fields.Text(HypothesisText), added
			}
		}
	}
	return text, at
}
