package review

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/report"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/text"
)

// Kinds of row, before the dot of its id.
const (
	rowText   = "text"
	rowFactor = "factor"
	rowAction = "action"
	rowStand  = "stand"
	rowCheck  = "check"
)

// want is what Read is to read.
type want struct {
	incident model.ID
	section  string // whose text is read; "" is none
	paper    bool   // the whole as a paper, too
}

// content is what the screen shows, copied from the room.
type content struct {
	all      []model.ID // the incidents, the newest first
	id       model.ID   // the one shown; zero where there is none
	resolved bool
	view     model.ReviewView
	text     model.TextView
	section  string
	said     model.ChangeView // who set the state last
	paper    *report.Document
	err      error // why the text cannot be read
}

func read(in screen.Input, w want) content {
	c := content{section: w.section}
	incidents := reviewable(in.State)
	for _, i := range incidents {
		c.all = append(c.all, i.ID)
	}
	inc := in.State.Incident(w.incident)
	if inc == nil || !inc.Known() {
		inc = nextOf(incidents)
	}
	if inc == nil {
		return c
	}
	c.id, c.view = inc.ID, in.State.ReviewView(inc)
	_, c.resolved = inc.Milestone("resolved")
	if w.section != "" {
		c.text, c.err = in.State.TextView(inc, model.TextReview+w.section)
	}
	if f := inc.Fields[model.FieldReviewStatus]; f != nil {
		if v, ok := f.Value(); ok {
			c.said = model.ChangeView{Value: v.Text, By: in.State.AuthorName(v.Stamp), At: time.UnixMilli(v.Stamp.Recorded()).UTC()}
		}
	}
	if w.paper {
		d := report.PostMortem(in.State, inc, in.Now)
		c.paper = &d
	}
	return c
}

// reviewable lists the incidents, the newest first.
func reviewable(s *model.State) []*model.Incident {
	var all []*model.Incident
	for inc := range s.Incidents() {
		if inc.Known() && !inc.Merged() {
			all = append(all, inc)
		}
	}
	slices.SortFunc(all, func(a, b *model.Incident) int {
		return cmp.Or(b.DeclaredAt().Compare(a.DeclaredAt()), a.ID.Compare(b.ID))
	})
	return all
}

// nextOf is the incident shown where none was opened: the one resolved last
// whose post-mortem is not closed, else the newest.
func nextOf(all []*model.Incident) *model.Incident {
	for _, inc := range all {
		if _, over := inc.Milestone("resolved"); over && inc.Fields.Text(model.FieldReviewStatus) != model.ReviewClosed {
			return inc
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[0]
}

// line is a row of the list, and what can be done with it.
type line struct {
	part.SheetRow
	kind, key string // of what it shows
	facts     []fact
	acts      []keys.ID
}

// fact is one thing said of a row in full.
type fact struct {
	label, text string
	tone        part.SheetTone
}

// head is a heading: a few words beside it, and whole in a sentence.
func head(id, label, words, whole string, acts ...keys.ID) line {
	return line{SheetRow: part.SheetRow{ID: "head." + id, Head: true, Label: label, Text: words}, acts: acts, facts: []fact{{text: whole}}}
}

// lines are the rows of a post-mortem: its texts, what contributed, what is
// done about it, how far it is, and what it lacks.
func (c content) lines(now time.Time, zone *time.Location, drafted func(section string) bool) []line {
	if c.id.Zero() {
		return nil
	}
	all := append([]line{head("texts", "Texts", textsSaid(c), begun(c), "review.draft")}, c.texts(drafted)...)
	all = append(all, head("factors", "Contributing factors", named(len(c.view.Factors)), "What contributed, in a few words each: several, and none of them a person.", "review.factor"))
	for _, f := range c.view.Factors {
		all = append(all, factorLine(f))
	}
	all = append(all, head("actions", "Actions", actionsSaid(c), "Few, well cut, each with a verb, an owner and a day. They are chosen after the meeting, not in it.", "review.action", "review.settle"))
	for _, a := range c.view.Actions {
		all = append(all, actionLine(a, now))
	}
	all = append(all, head("stand", "People and state", stateWord(c.view.Status), "The owner sees it through; reviewers read it before the meeting, which asks how and not who, and approve it after.", "review.owner", "review.state"))
	all = append(all, c.stand(now, zone)...)
	all = append(all, head("checks", "Missing", missingSaid(c), "What is said here is advice: it keeps nobody from writing, and a post-mortem can be published as it is.", "review.publish"))
	for i, words := range c.view.Checks {
		all = append(all, line{
			SheetRow: part.SheetRow{ID: fmt.Sprintf("%s.%d.%s", rowCheck, i, words), Mark: "missing", Tone: part.SheetWarn, Label: text.Line(words)},
			kind:     rowCheck, key: words, facts: []fact{{text: text.Line(words), tone: part.SheetWarn}}, acts: []keys.ID{"review.mend"},
		})
	}
	return all
}

// textsSaid counts the texts that are done.
func textsSaid(c content) string {
	n := 0
	for _, t := range c.view.Sections {
		if t.Text != "" && !t.Draft {
			n++
		}
	}
	return fmt.Sprintf("%d of %d written", n, len(c.view.Sections))
}

func begun(c content) string {
	switch {
	case c.view.Status == "" && !c.resolved:
		return "It is due once the incident is resolved, and can be begun before. Enter on a text writes in it; the draft fills what is empty from the log."
	case c.view.Status == "":
		return "It is not begun. The draft fills what is empty from the log; Enter on a text writes in it."
	}
	return "Enter on a text writes in it, at the same time as others. The draft fills what is empty from the log, and leaves what people wrote."
}

func named(n int) string {
	if n == 0 {
		return "none yet"
	}
	return fmt.Sprint(n)
}

func stateWord(status string) string {
	if status == "" {
		return "not begun"
	}
	return status
}

func missingSaid(c content) string {
	if len(c.view.Checks) == 0 {
		return "nothing"
	}
	return text.Count(len(c.view.Checks), "thing", "things") + " before it is published"
}

func actionsSaid(c content) string {
	if len(c.view.Actions) > 0 {
		open := 0
		for _, a := range c.view.Actions {
			if a.State == model.ActionOpen {
				open++
			}
		}
		return text.Count(open, "open", "open") + " of " + text.Count(len(c.view.Actions), "action", "actions")
	}
	if !c.view.Steps[model.StepActions].IsZero() {
		return "settled: none is needed"
	}
	return "none yet"
}

func (c content) texts(drafted func(section string) bool) []line {
	out := make([]line, 0, len(c.view.Sections))
	for _, t := range c.view.Sections {
		r := part.SheetRow{ID: rowText + "." + t.Name, Mark: "written", Tone: part.SheetWell, Label: t.Title}
		switch {
		case drafted(t.Name):
			r.Mark, r.Tone = "unsaved", part.SheetAlarm
		case t.Text == "":
			r.Mark, r.Tone = "empty", part.SheetQuiet
		case t.Draft:
			r.Mark, r.Tone = "to do", part.SheetWarn
		}
		if first, _, many := strings.Cut(t.By, ", "); first != "" {
			r.Meta, _, _ = strings.Cut(text.Line(first), " ")
			if many {
				r.Meta += " and others"
			}
		}
		out = append(out, line{SheetRow: r, kind: rowText, key: t.Name})
	}
	return out
}

func factorLine(f model.FactorView) line {
	words := text.Line(f.Text)
	role := roleWords[f.Role]
	return line{
		SheetRow: part.SheetRow{ID: rowFactor + "." + f.ID.String(), Mark: f.Role, Label: words, Meta: short(f.By)},
		kind:     rowFactor, key: f.ID.String(), acts: []keys.ID{"review.factor.set", "review.factor.drop"},
		facts: []fact{{text: words}, {label: "How", text: or(role, "not said")}, {label: "Named by", text: text.Line(f.By)}},
	}
}

// roleWords tell how a factor contributed.
var roleWords = map[string]string{
	"trigger": "it set it off", "possible": "it made it possible", "unnoticed": "it kept it unnoticed", "long": "it made it last",
}

func actionLine(a model.ActionView, now time.Time) line {
	l := line{
		SheetRow: part.SheetRow{ID: rowAction + "." + a.ID.String(), Mark: a.State, Label: text.Line(a.Text), Meta: or(short(a.Owner), "nobody") + dueDay(a.DueAt, now)},
		kind:     rowAction, key: a.ID.String(),
	}
	switch {
	case a.State == model.ActionFinished:
		l.Tone = part.SheetWell
	case a.State == model.ActionOpen && !a.DueAt.IsZero() && a.DueAt.Before(now):
		l.Mark, l.Tone, l.Urgent = "overdue", part.SheetAlarm, part.SheetAlarm
	case a.State == model.ActionOpen && a.Owner == "":
		l.Urgent = part.SheetWarn
	}
	if a.State == model.ActionOpen {
		l.acts = []keys.ID{"review.action.set", "review.action.done", "review.action.drop"}
	} else {
		l.acts = []keys.ID{"review.action.set"}
	}
	priority := "no"
	if a.Priority {
		priority = "yes"
	}
	l.facts = []fact{
		{text: text.Line(a.Text)},
		{label: "Owner", text: or(text.Line(a.Owner), "nobody")},
		{label: "Due", text: or(dayOf(a.DueAt), "no date")},
		{label: "For", text: a.Kind},
		{label: "Priority", text: priority},
		{label: "Done when", text: or(text.Line(a.Measure), "not said")},
		{label: "Ticket", text: or(text.Line(a.Ticket), "none")},
	}
	if done := or(text.Block(a.Proof), text.Block(a.Dropped)); done != "" {
		l.facts = append(l.facts, fact{label: plain.Capital(a.State), text: done})
	}
	return l
}

// stand are the rows of who sees it through and how far it is.
func (c content) stand(now time.Time, zone *time.Location) []line {
	v := c.view
	row := func(name, label, words, meta string, acts ...keys.ID) line {
		l := line{SheetRow: part.SheetRow{ID: rowStand + "." + name, Label: label, Text: or(text.Line(words), "none"), Meta: meta}, kind: rowStand, key: name, acts: acts}
		l.facts = []fact{{label: label, text: or(text.Line(words), "none yet")}}
		return l
	}
	state := row("state", "State", stateWord(v.Status), "", "review.state", "review.publish")
	if c.said.By != "" {
		state.Meta = text.Signed(c.said.By, c.said.At, now)
		state.facts = append(state.facts, fact{label: "Set by", text: text.Line(c.said.By) + ", " + stamp(c.said.At, zone)})
	}
	meeting := row("meeting", "Meeting", stamp(v.MeetingAt, zone), "", "review.book", "review.held")
	meeting.facts[0].text = or(stamp(v.MeetingAt, zone), "not booked")
	if !v.Steps[model.StepHeld].IsZero() {
		meeting.Meta = "held"
	}
	for _, a := range v.Agenda {
		meeting.facts = append(meeting.facts, fact{text: a})
	}
	published := "not yet"
	if at := v.Steps[model.StepPublished]; !at.IsZero() {
		published = stamp(at, zone)
	}
	shared := row("shared", "Published", published, text.Line(v.Shared), "review.publish")
	shared.facts = append(shared.facts, fact{label: "Shared with", text: or(text.Line(v.Shared), "nobody yet")})
	return []line{
		row("owner", "Owner", v.Owner, "", "review.owner"), row("facilitator", "Facilitator", v.Facilitator, "", "review.owner"),
		row("reviewers", "Reviewers", strings.Join(v.Attendees, ", "), "", "review.owner"), meeting, state, shared,
		row("services", "Services", strings.Join(v.Services, ", "), alarm(v.FalseAlarm), "review.owner"),
	}
}

func alarm(is bool) string {
	if is {
		return "false alarm"
	}
	return ""
}

// sectionOf finds the text that a check is about; "" where it is about none.
func (c content) sectionOf(check string) string {
	for _, t := range c.view.Sections {
		if strings.HasPrefix(check, t.Title) {
			return t.Name
		}
	}
	if strings.HasPrefix(check, "The timeline") {
		return "timeline"
	}
	return ""
}

func or(words, none string) string {
	if words == "" {
		return none
	}
	return words
}

// short is a first name.
func short(name string) string {
	first, _, _ := strings.Cut(text.Line(name), " ")
	return first
}

func dayOf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 Jan 2006")
}

// dueDay is the day behind a name, with the year where it is not this one.
func dueDay(t, now time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case t.UTC().Year() == now.UTC().Year():
		return t.UTC().Format(", 2 Jan")
	}
	return t.UTC().Format(", 2 Jan 06")
}

func stamp(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("Mon 2 Jan 2006 15:04 MST")
}
