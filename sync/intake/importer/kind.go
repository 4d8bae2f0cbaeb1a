package importer

import (
	"strings"
	"time"
	"unicode"
)

// marks are the first words by which people who keep a log say what a line is.
var marks = map[string]string{
	"impact": "impact", "trigger": "trigger", "triggered": "page",
	"alert": "detection", "detected": "detection", "detection": "detection", "alarm": "detection",
	"paged": "page", "page": "page", "acknowledged": "page", "ack": "page", "acked": "page",
	"declare": "declared", "declared": "declared", "declaring": "declared",
	"role": "role", "roles": "role", "handover": "role",
	"investigating": "investigation", "investigation": "investigation",
	"finding": "finding", "found": "finding", "fact": "finding",
	"hypothesis": "hypothesis", "theory": "hypothesis",
	"decision": "decision", "decide": "decision", "decided": "decision",
	"action": "action", "failed": "failed_action",
	"mitigation": "mitigation", "mitigate": "mitigation", "mitigated": "mitigation",
	"communication": "communication", "comms": "communication", "update": "communication",
	"escalation": "escalation", "escalate": "escalation", "escalated": "escalation", "escalating": "escalation",
	"vendor": "vendor", "recovery": "recovery", "recovered": "recovery", "verified": "verified",
	"resolve": "resolved", "resolved": "resolved", "resolution": "resolved",
	"followup": "followup", "follow-up": "followup", "todo": "followup",
}

// kindOf gives the kind a line names with its first word, as in "DECISION: roll
// back" or "**Mitigation:** migration cancelled"; a note where it names none.
func kindOf(text string) string {
	text = strings.TrimLeft(text, "*_# ")
	word := text
	if end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' }); end >= 0 {
		word = text[:end]
	}
	if kind, ok := marks[strings.ToLower(word)]; ok {
		return kind
	}
	return "note"
}

// marked reports a text whose first word says what it is, as in RESOLVE, Resolved:
// or that word alone: with others "declared" may just begin a sentence.
func marked(text string) bool {
	text = strings.TrimLeft(text, "*_# ")
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '-' })
	if end < 0 {
		end = len(text)
	}
	word, rest := text[:end], strings.Trim(text[end:], "*_ .")
	return word != "" && (word == strings.ToUpper(word) || strings.HasPrefix(rest, ":") || rest == "")
}

// milestoneKinds are the milestones of rows that say plainly what they are.
var milestoneKinds = map[string]string{"detection": "detected", "declared": "declared", "mitigation": "mitigated", "resolved": "resolved"}

// reached keeps the milestone of a row that says plainly what it is: the first
// time of each, and the last one at which it was resolved.
func (s *story) reached(kind string, at time.Time) {
	name := milestoneKinds[kind]
	if name == "" {
		return
	}
	if had, ok := s.Declare.Milestones[name]; ok && name == "resolved" && at.After(had) {
		delete(s.Declare.Milestones, name)
	}
	s.milestone(name, at.Truncate(time.Millisecond))
}
