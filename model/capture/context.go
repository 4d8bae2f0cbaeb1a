// Package capture reads the line of the capture box: what a person types in
// the heat of an incident, and what Enter will do with it. It is pure, and it
// never loses a word: what it cannot read as a command it keeps as a note,
// with a hint.
package capture

import (
	"time"

	"holdfast/model/when"
)

// Word is one word of a vocabulary: its name in the record, the label people
// read, and the other ways people write it (in lower case).
type Word struct {
	Name    string
	Label   string
	Aliases []string
}

// Context is what a line is read against.
type Context struct {
	Now   time.Time
	Zone  *time.Location // the writer's; nil means UTC
	Start time.Time      // start of the incident, for T+20m; may be zero

	Me     string   // the writer's own name, for @me
	People []string // full names of the people known
	Teams  []string // what /page can reach beside people

	Roles      []Word
	Severities []Word
	Phases     []Word
	Milestones []Word
	Kinds      []Word // kinds of entries
	Templates  []Word // what /update can open
}

// DefaultContext holds the shipped vocabularies, and no people, templates or
// times.
func DefaultContext() Context {
	return Context{
		Zone: time.UTC,
		Roles: []Word{
			{"ic", "Incident commander", []string{"commander", "incident commander", "incident-commander"}},
			{"deputy", "Deputy", []string{"deputy ic", "deputy commander"}},
			{"scribe", "Scribe", []string{"note taker"}},
			{"on-call", "On-call engineer", []string{"oncall", "on call", "on-call engineer", "oncall engineer"}},
			{"sme", "Subject matter expert", []string{"subject matter expert", "expert"}},
			{"comms", "Communications lead", []string{"communications", "communication", "communications lead", "comms lead"}},
			{"internal-liaison", "Internal liaison", []string{"internal liaison", "liaison"}},
			{"security", "Security lead", []string{"security lead"}},
			{"legal", "Legal", []string{"counsel"}},
			{"dpo", "Data protection officer", []string{"data protection officer"}},
			{"team-lead", "Team leader", []string{"team lead", "team leader"}},
			{"observer", "Observer", nil},
		},
		Severities: []Word{
			{"P0", "P0 Critical", []string{"0", "sev0", "sev-0", "critical"}},
			{"P1", "P1 High", []string{"1", "sev1", "sev-1", "high"}},
			{"P2", "P2 Medium", []string{"2", "sev2", "sev-2", "medium"}},
			{"P3", "P3 Low", []string{"3", "sev3", "sev-3", "low"}},
		},
		Phases:     defaultPhases(),
		Milestones: defaultMilestones(),
		Kinds:      defaultKinds(),
	}
}

func defaultPhases() []Word {
	return []Word{
		{"triage", "Detection and triage", []string{"1", "detection", "detected", "detection and triage"}},
		{"investigation", "Investigation", []string{"2", "investigate", "investigating"}},
		{"containment", "Containment", []string{"3", "contain", "containing", "identified", "mitigating", "mitigation"}},
		{"resolution", "Resolution", []string{"4", "resolving", "fix", "fixing"}},
		{"recovery", "Recovery", []string{"5", "recovering", "monitoring"}},
		{"post-incident", "Post-incident", []string{"6", "post incident", "postincident", "post-mortem", "postmortem", "review"}},
	}
}

func defaultMilestones() []Word {
	return []Word{
		{"started", "Started", []string{"start", "began"}},
		{"detected", "Detected", []string{"noticed"}},
		{"acknowledged", "Acknowledged", []string{"acked", "ack"}},
		{"declared", "Declared", nil},
		{"cause-found", "Cause found", []string{"cause found", "cause_found", "cause", "identified"}},
		{"mitigated", "Mitigated", nil},
		{"resolved", "Resolved", nil},
		{"closed", "Closed", nil},
		{"reopened", "Reopened", nil},
	}
}

func defaultKinds() []Word {
	return []Word{
		{"trigger", "Trigger", nil},
		{"impact", "Impact", nil},
		{"detection", "Detection", nil},
		{"page", "Page", nil},
		{"declared", "Declared", nil},
		{"role", "Role", nil},
		{"investigation", "Investigation", nil},
		{"finding", "Finding", []string{"find", "found"}},
		{"hypothesis", "Hypothesis", []string{"hyp"}},
		{"decision", "Decision", []string{"decide", "decided"}},
		{"action", "Action", []string{"act"}},
		{"failed_action", "Failed action", []string{"failed"}},
		{"mitigation", "Mitigation", nil},
		{"communication", "Communication", nil},
		{"escalation", "Escalation", nil},
		{"vendor", "Vendor", nil},
		{"recovery", "Recovery", nil},
		{"verified", "Verified", nil},
		{"resolved", "Resolved", nil},
		{"followup", "Follow-up", nil},
		{"note", "Note", nil},
		{"attacker", "Attacker", nil},
	}
}

func (c Context) zone() *time.Location {
	if c.Zone == nil {
		return time.UTC
	}
	return c.Zone
}

func (c Context) present() when.Moment {
	return when.Moment{At: c.Now.Round(0).UTC()}
}
