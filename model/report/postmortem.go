package report

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/when"
)

// postmortem writes one post-mortem.
type postmortem struct {
	Document
	state *model.State
	inc   *model.Incident
	view  model.ReviewView
	now   time.Time
}

// PostMortem writes the post-mortem of an incident in the eight sections of the
// template. What people have not written yet stands as the draft from the log.
func PostMortem(s *model.State, inc *model.Incident, now time.Time) Document {
	p := &postmortem{state: s, inc: inc, view: s.ReviewView(inc), now: now}
	p.Title, p.Marks, p.Missing, p.Blocks = "Post-mortem of "+inc.Code+" "+inc.Title(), inc.Marks(), p.view.Checks, []Block{}
	if p.view.Status != model.ReviewReviewed && p.view.Status != model.ReviewClosed {
		p.Marks = append(slices.Clone(p.Marks), "DRAFT. It asks how, and not who.")
	}
	p.head()
	draft := s.ReviewDraft(inc)
	p.section("1 Incident summary", "summary", draft)
	if written := p.inc.Text(model.TextSummary); written != "" {
		p.heading3("Summary written in the incident")
		p.paragraph(written)
	}
	p.timeline()
	p.section("", "timeline", draft)
	p.cause(draft)
	p.section("4 Impact assessment", "impact", draft)
	p.section("5 What went well", "well", draft)
	p.section("", "helped", draft)
	p.section("6 What went poorly", "poorly", draft)
	for _, name := range []string{"hindered", "lucky", "detection"} {
		p.section("", name, draft)
	}
	if len(p.view.RunbookGaps) > 0 {
		p.heading3("Runbooks: steps missing or wrong")
		p.list(p.view.RunbookGaps)
	}
	p.actions()
	return p.Document
}

func (d *Document) heading3(text string) {
	d.Blocks = append(d.Blocks, Block{Kind: Heading, Level: 3, Text: text})
}

func (p *postmortem) head() {
	brief := p.state.Brief(p.inc, p.now)
	var levels []string
	for _, l := range p.inc.Levels() {
		levels = append(levels, l.Level+" from "+day(l.From))
	}
	p.fields(
		Field{Label: "Incident", Value: p.inc.Code}, Field{Label: "Severity", Value: brief.Severity + " (" + strings.Join(levels, ", ") + ")"},
		Field{Label: "Type", Value: brief.Type}, Field{Label: "Services", Value: strings.Join(p.view.Services, ", ")},
		Field{Label: "Status", Value: either(p.view.Status, "not begun")},
		Field{Label: "Owner", Value: p.view.Owner, Missing: p.view.Owner == ""}, Field{Label: "Commander", Value: strings.Join(brief.Commander, " and ")},
		Field{Label: "Facilitator", Value: p.view.Facilitator}, Field{Label: "Meeting", Value: day(p.view.MeetingAt)},
		Field{Label: "Attendees", Value: strings.Join(p.view.Attendees, ", ")}, Field{Label: "Shared with", Value: p.view.Shared},
	)
	rows := [][]string{}
	for _, h := range p.inc.Team() {
		role, _ := model.FindRole(h.Role)
		rows = append(rows, []string{role.Title, p.state.PersonName(h.Person), day(time.UnixMilli(h.Since.Recorded()))})
	}
	p.table("Roles", "No role was given.", []string{"Role", "Person", "Since"}, rows)
	p.figures()
}

// figures shows the times of this incident, each with its formula.
func (p *postmortem) figures() {
	s := &subject{Incident: p.inc, declared: p.inc.DeclaredAt()}
	rules := p.state.Policy()
	s.load(p.state, rules)
	rows := [][]string{}
	for _, figure := range durations {
		row := []string{figure.title, "not known", "", figure.formula}
		if list, ok := figure.of(s); ok {
			wall, support := lengths(list, rules)
			row[1], row[2] = model.SpeakDuration(wall), model.SpeakDuration(support)
		}
		rows = append(rows, row)
	}
	p.table("Durations", "", []string{"Step", "Time", "Support hours", "Formula"}, rows)
}

// section writes a text, or the draft of it from the log. One without a title
// stands below the one before, under the name of its section.
func (p *postmortem) section(title, name string, draft map[string]string) {
	for _, t := range p.view.Sections {
		if t.Name != name {
			continue
		}
		text := either(t.Text, draft[name])
		switch {
		case title != "":
			p.heading(title)
		case text == "":
			return
		default:
			p.heading3(t.Title)
		}
		p.paragraph(either(text, model.ReviewTodo))
	}
}

// marks are the kinds of row that mark a milestone of the incident.
var marks = [...]string{"detection", "page", "declared", "communication", "mitigation", "resolved", "verified", "state", "milestone"}

func (p *postmortem) timeline() {
	gaps := map[time.Time]model.ReviewGap{}
	for _, g := range p.state.ReviewGaps(p.inc) {
		gaps[g.To] = g
	}
	rows := [][]string{}
	for _, r := range p.state.Rows(p.inc) {
		if r.Retracted {
			continue
		}
		if g, ok := gaps[r.At]; ok {
			rows = append(rows, []string{"", "gap", "Nothing is written from " + g.String(), "", ""})
			delete(gaps, r.At)
		}
		kind := r.Kind
		if slices.Contains(marks[:], kind) {
			kind = strings.ToUpper(kind)
		}
		at := r.At.UTC().Format("2006-01-02 15:04")
		if r.Precision == when.Day {
			at = r.At.UTC().Format("2006-01-02")
		}
		if r.Precision != when.Exact {
			at += " (" + r.Precision.String() + ")"
		}
		rows = append(rows, []string{at, kind, firstLine(r.Text), r.Author, r.Source + " " + r.ID.Short(8)})
	}
	p.table("2 Timeline of events (UTC)", "Nothing was written.", []string{"At", "Kind", "What", "By", "Proof"}, rows)
	for _, row := range milestones(p.inc) {
		p.Blocks = append(p.Blocks, Block{Kind: FieldList, Fields: row})
	}
}

func milestones(inc *model.Incident) [][]Field {
	var fields []Field
	for _, name := range model.Milestones {
		if at, ok := inc.Milestone(name); ok {
			fields = append(fields, Field{Label: name, Value: day(at)})
		}
	}
	if len(fields) == 0 {
		return nil
	}
	return [][]Field{fields}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

func (p *postmortem) cause(draft map[string]string) {
	p.section("3 Root cause analysis", "cause", draft)
	p.heading3("Contributing factors")
	if len(p.view.Factors) == 0 {
		p.paragraph(model.ReviewTodo + ": several, and none of them a person")
	}
	var factors []string
	for _, f := range p.view.Factors {
		text := f.Text
		if f.Role != "" {
			text += " (" + f.Role + ")"
		}
		factors = append(factors, text)
	}
	p.list(factors)
	response := p.state.Response(p.inc)
	var rejected, decisions []string
	for _, h := range response.Hypotheses {
		if h.State == model.HypothesisRejected {
			rejected = append(rejected, h.Text)
		}
	}
	if len(rejected) > 0 {
		p.heading3("Hypotheses that were rejected")
		p.list(rejected)
	}
	for _, d := range response.Decisions {
		decisions = append(decisions, d.Result+": "+d.Proposal)
	}
	if len(decisions) > 0 {
		p.heading3("Decisions")
		p.list(decisions)
	}
	rows := [][]string{}
	for _, m := range p.state.MessageViews(p.inc) {
		rows = append(rows, []string{day(m.QueuedAt), m.Audience, m.Subject, m.Status})
	}
	if len(rows) > 0 {
		p.heading3("Messages")
		p.Blocks = append(p.Blocks, Block{Kind: Table, Head: []string{"At", "Audience", "Subject", "State"}, Rows: rows})
	}
}

func (p *postmortem) actions() {
	rows, owners := [][]string{}, [][]string{}
	for i, a := range p.view.Actions {
		n := strconv.Itoa(i + 1)
		priority := ""
		if a.Priority {
			priority = "yes"
		}
		rows = append(rows, []string{n, a.Text, a.Kind, priority, a.Measure})
		owners = append(owners, []string{n, either(a.Owner, missing("owner")), day(a.DueAt), a.Ticket, a.State, either(a.Proof, a.Dropped)})
	}
	p.table("7 Action items", "None is recorded.", []string{"No.", "Action", "Kind", "Priority", "Done when"}, rows)
	p.table("8 Follow-up owners and deadlines", "None.", []string{"No.", "Owner", "Due", "Ticket", "State", "Proof"}, owners)
	if p.view.Steps[model.StepHeld].IsZero() {
		p.heading("Agenda of the meeting (60 min)")
		p.list(p.view.Agenda)
	}
}
