package capture

import (
	"time"

	"holdfast/model/when"
)

// Intent is what a line asks for: one of the types below.
type Intent interface {
	// Interpretation is the line under the box: what Enter will do.
	Interpretation() string
	intent()
}

// Reading is the interpretation every intent carries, made when it was read.
type Reading string

// Interpretation is the line under the box.
func (r Reading) Interpretation() string { return string(r) }

func (Reading) intent() {}

// The intents. Names of roles, phases, levels, milestones, kinds and templates
// are those of the context's vocabularies; persons are full names from it.
type (
	// Note is a log entry: plain text, a finding, a decision, an impact, any kind.
	Note struct {
		Reading
		Kind      string
		Text      string      // always a part of the line, unchanged
		Moment    when.Moment // when it happened: now, unless Backdated
		Backdated bool        // the line names the time
		Hint      string      // why a line that looks like a command was kept as text; empty otherwise
	}
	// Declare opens an incident.
	Declare struct {
		Reading
		Severity   string // empty where the text names none
		Title      string
		Impact     string
		Started    when.Moment
		HasStarted bool
	}
	// Severity changes the level. Reason may be empty.
	Severity struct {
		Reading
		Level, Reason string
	}
	// Phase sets the lead phase. Reason may be empty.
	Phase struct {
		Reading
		Name, Reason string
	}
	// Assign gives a role to a person.
	Assign struct {
		Reading
		Role, Person string
	}
	// Handover passes a role on; the receiver accepts it with Accept.
	Handover struct {
		Reading
		Role, Person string
	}
	// Accept takes a role that was assigned or handed over to the writer.
	Accept struct {
		Reading
		Role string
	}
	// Acknowledge answers the open page. Text may be empty.
	Acknowledge struct {
		Reading
		Text string
	}
	// Page calls a person or a team. Known says that the context holds the name;
	// otherwise Who is as typed.
	Page struct {
		Reading
		Who   string
		Known bool
		Text  string
	}
	// Task is work for someone. Owner is empty and Due is zero where the line
	// names none. Hint says so where the line names an owner nobody knows.
	Task struct {
		Reading
		Owner string
		Due   time.Time // UTC
		Text  string
		Hint  string
	}
	// Done marks the selected or named task as done, or as not to be done.
	Done struct {
		Reading
		Text    string
		Dropped bool
	}
	// Later is an idea parked for after the incident (TODO).
	Later struct {
		Reading
		Text string
	}
	// Update opens the message composer. Template and Text may be empty.
	Update struct {
		Reading
		Template, Text string
	}
	// Milestone sets a milestone of the incident.
	Milestone struct {
		Reading
		Name   string
		Moment when.Moment
	}
	// Edit corrects the selected entry. Empty Text opens it in the box.
	Edit struct {
		Reading
		Text string
	}
	// Retract withdraws the selected entry, which stays readable.
	Retract struct {
		Reading
		Reason string
	}
	// Undo takes back the writer's last act by a compensating one.
	Undo struct{ Reading }
	// Resolve ends the incident. Verification says how that was checked.
	Resolve struct {
		Reading
		Verification string
	}
)

const (
	dot        = " · "
	enterLogs  = dot + "Enter logs"
	enterOpens = dot + "Enter opens"
)
