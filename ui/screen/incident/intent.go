package incident

import (
	"fmt"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/capture"
	"holdfast/model/when"
)

// plan is what a line of the capture box comes to.
type plan struct {
	// says is the line under the box.
	says string
	// refuse says what is wrong; then nothing below is set.
	refuse string
	// commands are carried out in order; the first refusal ends them.
	commands []model.Command
	// ask is a question before they are carried out; empty asks nothing. askWhy
	// is what to know for it, and yes the word on its button.
	ask, askWhy, yes string
	// compose opens the composer with a template, which may be empty.
	compose  bool
	template string
	keeps    bool // the line stays in the box, since the composer has no place for it
	// edit opens the selected entry in the box.
	edit bool
	undo bool
	// next is asked before anything is carried out.
	next *question
	// act is done instead of commands.
	act func()
	// settles is a line that waits behind this one and is done with it.
	settles string
	// decide makes the commands once it was decided what customers are told.
	decide func(said string) []model.Command
	// toast is said once it was carried out.
	toast string
	// opens shows the incident the last command made.
	opens bool
}

// target is what a line may act on.
type target struct {
	selected row // the selected row of the timeline; its ID is empty where none is
	task     string
	openTask int // how many tasks are open
	now      time.Time
}

// planFor turns an intent into commands. It is pure.
func (c content) planFor(in capture.Intent, t target) plan {
	inc := c.id.String()
	p := plan{says: in.Interpretation()}
	switch in := in.(type) {
	case capture.Note:
		p.commands = append(p.commands, logOf(inc, in))
	case capture.Declare:
		p.opens, p.commands = true, append(p.commands, declareOf(in))
	case capture.Severity:
		if strings.TrimSpace(in.Reason) == "" {
			return p.refused("a change of severity needs its reason: /sev %s what makes it so", in.Level)
		}
		p.commands = append(p.commands, model.SetIncident{Incident: inc, Severity: in.Level, Reason: in.Reason})
	case capture.Phase:
		p.commands = append(p.commands, model.SetIncident{Incident: inc, Phase: in.Name, Reason: in.Reason})
	case capture.Assign:
		p.commands = append(p.commands, model.AssignRole{Incident: inc, Role: in.Role, Person: in.Person})
	case capture.Handover:
		p.commands = append(p.commands, model.AssignRole{Incident: inc, Role: in.Role, Person: in.Person})
	case capture.Accept:
		p.commands = append(p.commands, c.accept(in.Role))
	case capture.Task:
		p.commands = append(p.commands, model.AddTask{Incident: inc, Text: in.Text, Owner: in.Owner, Due: in.Due})
	case capture.Update:
		p.compose, p.template, p.keeps = true, in.Template, in.Text != ""
	case capture.Undo:
		p.undo = true
	case capture.Resolve:
		resolve := model.Resolve{Incident: inc, Verification: in.Verification}
		if c.owesCustomers() {
			p.says = "Asks next what customers are told · Enter"
			p.decide = func(said string) []model.Command {
				resolve.Customers = said
				return []model.Command{resolve}
			}
			return p
		}
		p.ask, p.askWhy, p.yes = "Resolve "+c.code+"?", "Everyone in the room sees it. It can be reopened.", "Resolve"
		p.commands = append(p.commands, resolve)
	case capture.Milestone:
		p.commands = append(p.commands, model.SetIncident{Incident: inc, Milestones: map[string]time.Time{in.Name: in.Moment.At}})
	default:
		return c.planRest(p, in, t)
	}
	return p
}

// planRest are the intents on something selected, and those this version has
// no channel for and writes down.
func (c content) planRest(p plan, in capture.Intent, t target) plan {
	inc := c.id.String()
	if command := responseOf(inc, in); command != nil {
		p.commands = append(p.commands, command)
		return p
	}
	switch in := in.(type) {
	case capture.Acknowledge:
		p.says = "Acknowledged · Enter logs"
		if _, set := c.marks["acknowledged"]; !set {
			p.commands = append(p.commands, model.SetIncident{Incident: inc, Milestones: map[string]time.Time{"acknowledged": t.now}})
		}
		if in.Text != "" || len(p.commands) == 0 {
			p.commands = append(p.commands, model.Log{Incident: inc, Kind: "page", Text: strings.TrimSpace("Acknowledged. " + in.Text)})
		}
	case capture.Page:
		p.says = "Logs the call to " + in.Who + ". This version pages nobody: call them · Enter logs"
		p.commands = append(p.commands, model.Log{Incident: inc, Kind: "page", Text: strings.TrimSpace("Call " + in.Who + ": " + in.Text)})
	case capture.Later:
		p.commands = append(p.commands, model.Log{Incident: inc, Kind: "followup", Text: in.Text})
	case capture.Done:
		if t.task == "" {
			if t.openTask == 0 {
				return p.refused("no task is open")
			}
			return p.refused("%d tasks are open: select one on the right, then x", t.openTask)
		}
		if in.Dropped {
			p.commands = append(p.commands, model.DropTask{Task: t.task, Reason: in.Text})
			break
		}
		p.commands = append(p.commands, model.FinishTask{Task: t.task, Result: in.Text})
	case capture.Edit:
		if why := t.selected.fixed("correct"); why != "" {
			return p.refused("%s", why)
		}
		if in.Text == "" {
			p.edit = true
			return p
		}
		p.commands = append(p.commands, model.EditEntry{Entry: t.selected.ID, Text: in.Text})
	case capture.Retract:
		if why := t.selected.fixed("take back"); why != "" {
			return p.refused("%s", why)
		}
		p.commands = append(p.commands, model.RetractEntry{Entry: t.selected.ID, Reason: in.Reason})
	default:
		return p.refused("this line is not understood here")
	}
	return p
}

// responseOf gives the command of an intent of the response; nil for others.
func responseOf(inc string, in capture.Intent) model.Command {
	switch in := in.(type) {
	case capture.Hypothesis:
		return model.AddHypothesis{Incident: inc, Text: in.Text, Owner: in.Owner}
	case capture.Decide:
		return model.Propose{Incident: inc, Proposal: in.Text, Result: model.Decided}
	case capture.Lock:
		return model.TakeLock{Incident: inc, Thing: in.Thing}
	case capture.Unlock:
		return model.ReleaseLock{Incident: inc, Thing: in.Thing}
	case capture.Check:
		return model.TickCheck{Incident: inc, Check: in.Check, Skip: in.Skip}
	case capture.Tools:
		return model.SetTools{Incident: inc, Tools: in.States}
	}
	return nil
}

func (p plan) refused(format string, args ...any) plan {
	return plan{says: p.says, refuse: fmt.Sprintf(format, args...)}
}

// fixed says why a row cannot be changed; empty where it can.
func (r row) fixed(verb string) string {
	switch {
	case r.ID == "":
		return "select the entry to " + verb + " first: Esc, then j and k"
	case r.source == model.FromChange:
		return "this row tells a change of the incident; set the field again to change it"
	case r.source == model.FromMessage:
		return "a message that was queued stays as it is; send a correction"
	case r.Retracted != "" && verb != "read":
		return "this entry was taken back already"
	}
	return ""
}

// accept takes a role: by accepting it where it was given to me, else by
// taking it.
func (c content) accept(role string) model.Command {
	if h, ok := c.holder(role); ok && h.mine {
		return model.AcceptRole{Incident: c.id.String(), Role: role}
	}
	return model.AssignRole{Incident: c.id.String(), Role: role, Person: c.me}
}

func logOf(incident string, n capture.Note) model.Log {
	l := model.Log{Incident: incident, Text: n.Text, Kind: n.Kind}
	if n.Backdated {
		l.At, l.Precision, l.Counted = n.Moment.At, n.Moment.Precision, n.Moment.Counted
	}
	return l
}

func declareOf(in capture.Declare) model.Declare {
	d := model.Declare{Title: in.Title, Severity: in.Severity}
	if in.HasStarted {
		d.Milestones = map[string]time.Time{"started": in.Started.At}
	}
	if in.Impact != "" {
		d.Entries = []model.Log{{Kind: "impact", Text: in.Impact}}
	}
	return d
}

// stampLayout writes the time of an entry before its text, for correcting:
// full, since an entry of another day would be read as today's.
const stampLayout = "2006-01-02 15:04:05Z"

// stamp is the time of an entry as the box shows it.
func (r row) stamp() string { return r.at.UTC().Format(stampLayout) }

// editText is an entry as the box shows it for correcting.
func (r row) editText() string { return r.stamp() + " " + r.raw }

// planEdit turns a corrected line into the correction. A time that was left
// alone keeps its precision; one that cannot be read is refused, because it
// would end up in the text.
func planEdit(r row, line string, ctx capture.Context) plan {
	p := plan{says: "Corrects the entry of " + r.At + "; the old version stays readable · Enter saves · Esc leaves"}
	e := model.EditEntry{Entry: r.ID}
	rest, same := strings.CutPrefix(strings.TrimSpace(line), r.stamp())
	if same {
		e.Text = strings.TrimSpace(rest)
		if n, ok := capture.Parse(e.Text, ctx).(capture.Note); ok && n.Kind != "note" && strings.HasPrefix(e.Text, "/") {
			e.Text, e.Kind = n.Text, n.Kind
		}
	} else {
		in := capture.Parse(line, ctx)
		n, ok := in.(capture.Note)
		switch {
		case !ok:
			return p.refused("a correction is text, and a time before it; this would be a command")
		case n.Hint != "":
			return p.refused("%s; nothing is saved yet", n.Hint)
		}
		e.Text = n.Text
		if n.Kind != "note" {
			e.Kind = n.Kind
		}
		if n.Backdated {
			precision := n.Moment.Precision
			e.At, e.Precision = n.Moment.At, &precision
			p.says = "Corrects the entry to " + n.Moment.Note + " · Enter saves · Esc leaves"
		}
	}
	if e.Text == "" {
		return p.refused("the text is missing; an entry is taken back with Delete, not emptied")
	}
	p.commands = []model.Command{e}
	return p
}

// planInsert puts a new entry right after a row; a typed time goes before.
func (c content) planInsert(r row, line string, ctx capture.Context) plan {
	n, ok := capture.Parse(line, ctx).(capture.Note)
	if !ok {
		return plan{refuse: "only an entry can be put between others; Esc leaves"}
	}
	l := logOf(c.id.String(), n)
	if !n.Backdated {
		l.At, l.Precision = r.at, when.After
	}
	says := n.Interpretation()
	if !n.Backdated {
		says = "After the entry of " + r.At + " · " + says
	}
	return plan{says: says, commands: []model.Command{l}}
}
