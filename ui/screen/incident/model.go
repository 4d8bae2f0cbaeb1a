package incident

import (
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"holdfast/model"
	"holdfast/model/capture"
	"holdfast/model/plain"
	"holdfast/model/when"
	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// Holds counts the other devices known to hold a commit.
type Holds func(feed model.FeedID, seq uint64) int

// reader says who reads, and what the links know.
type reader struct {
	device model.DeviceKey
	holds  Holds // nil where nothing is known
	files  Files // nil where there are none
	now    time.Time
	sheet  bool // the hand-over sheet is wanted, which is a scan of all entries
	kept   *kept
}

// content is one incident as the screen shows it, copied out of the state.
type content struct {
	id       model.ID
	code     string
	brief    model.IncidentBrief
	facts    []part.Fact
	rows     []*row // none of which is changed
	holders  []holder
	tasks    []model.TaskView
	marks    map[string]time.Time // milestones by their name
	disputes []dispute
	people   []string
	me       string
	mayWrite bool
	others   int // other devices of the room
	files    []node.AttachmentStatus
	work     response
}

// row is one row of the timeline with what a command on it needs.
type row struct {
	part.TimelineRow
	at        time.Time
	recorded  time.Time
	precision when.Precision
	source    model.Source
	raw       string // the text as written
	kind      string
	mine      bool
}

// holder is a role and who holds it.
type holder struct {
	role     model.Role
	people   []string
	ids      []model.ID
	accepted bool
	mine     bool // I am one of them
	conflict bool
}

// read copies an incident out of the state; false where it is not here.
func read(s *model.State, id model.ID, r reader) (content, bool) {
	c := content{id: id, marks: map[string]time.Time{}}
	inc := s.Incident(id)
	if inc == nil || !inc.Known() {
		return c, false
	}
	me := model.ID{}
	for _, m := range s.Members {
		if m.Device == r.device {
			me, c.mayWrite = m.Person, m.Active() && m.MayWrite()
		} else if m.Active() && !m.Recovery { // a key on paper holds nothing
			c.others++
		}
	}
	c.me = s.PersonName(me)
	for _, p := range s.PersonViews() {
		c.people = append(c.people, p.Name)
	}
	c.brief, c.code, c.tasks = s.Brief(inc, r.now), inc.Code, s.TaskViews(inc)
	for _, name := range model.Milestones {
		if at, ok := inc.Milestone(name); ok {
			c.marks[name] = at
		}
	}
	c.facts = pinned(model.Facts(s, inc, r.now, nil))
	c.work = readResponse(s, inc, c.me, r)
	c.holders = holders(s, inc, me)
	c.disputes = append(unanswered(inc, c.work.ladder.Exhausted), disputes(s, inc)...)
	if r.files != nil {
		c.files = r.files.AttachmentsOf(s, inc)
	}
	c.rows = r.kept.read(s, inc, r, c)
	return c, true
}

// pinned are the facts above the timeline: those a message would state.
func pinned(facts map[string]string) []part.Fact {
	var out []part.Fact
	for _, f := range [...]struct{ kind, name string }{
		{"Impact", "impact.what"}, {"Cause so far", "cause.current"}, {"Doing now", "actions.now"},
	} {
		t := facts[f.name]
		if f.name == "impact.what" {
			t = reach(facts, t)
		}
		if t != "" {
			out = append(out, part.Fact{Kind: f.kind, Text: text.Line(t)})
		}
	}
	return out
}

// reach says how far the damage reaches before what it is: the end of a long text is cut.
func reach(facts map[string]string, what string) string {
	var far []string
	for _, name := range [...]string{"impact.share", "impact.regions"} {
		if t := facts[name]; t != "" {
			if strings.HasSuffix(t, "%") {
				t += " of users"
			}
			far = append(far, t)
		}
	}
	if len(far) == 0 {
		return what
	}
	return strings.TrimSuffix(strings.Join(far, ", ")+": "+what, ": ")
}

func holders(s *model.State, inc *model.Incident, me model.ID) []holder {
	out := make([]holder, 0, len(model.ResponseRoles))
	for _, role := range model.ResponseRoles {
		h := holder{role: role, accepted: true}
		for _, in := range inc.Holders(role) {
			h.people, h.ids = append(h.people, text.Line(s.PersonName(in.Person))), append(h.ids, in.Person)
			h.mine = h.mine || in.Person == me
			h.accepted = h.accepted && in.Accepted
		}
		h.conflict = !role.Several && len(h.people) > 1
		out = append(out, h)
	}
	return out
}

// noArrow says " to " for an arrow: Fyne draws the space after a character of a
// fallback font with that font, and most have none (a box is drawn instead).
func noArrow(s string) string { return strings.ReplaceAll(s, " → ", " to ") }

// openingRunes is how much of a message the timeline repeats: Space shows all
// of it, and a page of prose would push everything else out of sight.
const openingRunes = 160

// opening is the subject of a message and the beginning of its text.
func opening(message string) string {
	subject, body, _ := strings.Cut(message, "\n")
	body = text.Line(strings.Join(strings.Fields(body), " "))
	n := 0
	for i := range body {
		if n++; n > openingRunes {
			body = body[:i]
			if space := strings.LastIndexByte(body, ' '); space > 0 {
				body = strings.TrimRight(body[:space], " ,;:")
			}
			body += " … Space shows all of it"
			break
		}
	}
	return text.Line(subject) + "\n" + body
}

// lateWriting is how long after the fact an entry is marked with when it was
// written: below it, the two times say the same.
const lateWriting = 5 * time.Minute

// clock writes the time of a row in its column: ">" stands for after.
func clock(at time.Time, p when.Precision) string {
	switch p {
	case when.After:
		return ">" + text.Minute(at)
	case when.Day:
		return "some time"
	}
	return when.Format(when.Moment{At: at, Precision: p}, time.UTC)
}

func retracted(t *model.Row) string {
	if !t.Taken {
		return ""
	}
	if reason := text.Line(t.Retracted); reason != "" {
		return reason
	}
	return "no reason given"
}

var kindLabels = sync.OnceValue(func() map[string]string {
	labels := map[string]string{
		model.FieldSeverity: "Severity", model.FieldPhase: "Phase", model.FieldTitle: "Title", model.FieldType: "Type",
		"state": "State", "milestone": "Milestone",
	}
	for _, k := range capture.DefaultContext().Kinds {
		labels[k.Name] = k.Label
	}
	// The column holds eleven letters.
	labels["communication"], labels["investigation"], labels["failed_action"] = "Update", "Checking", "Failed"
	return labels
})

func label(t *model.Row) string {
	if t.Source == model.FromMessage {
		return "Message"
	}
	if l := kindLabels()[t.Kind]; l != "" {
		return l
	}
	return sentence(t.Kind)
}

func tone(t *model.Row) part.KindTone {
	switch {
	case t.Source == model.FromChange && t.Kind == model.FieldSeverity:
		return part.KindSeverity
	case t.Kind == "decision":
		return part.KindDecision
	}
	return part.KindPlain
}

// header is the incident as its header shows it at a time.
func (c content) header(now time.Time) part.HeaderRow {
	b := c.brief
	h := part.HeaderRow{
		Severity: max(slices.Index(model.Severities[:], b.Severity), 0), ID: c.code, Title: text.Line(b.Title), Phase: sentence(b.Phase),
		IC: c.cell(model.RoleCommander), Comms: c.cell(model.RoleComms), Scribe: c.cell(model.RoleScribe),
	}
	if b.State != model.StateOpen {
		h.Phase = sentence(b.State)
		h.Elapsed, h.Update = text.Elapsed(time.Duration(b.ElapsedS)*time.Second), "–"
		return h
	}
	h.Elapsed, h.Update = text.Elapsed(now.Sub(b.Since)), "none due"
	if d, ok := c.work.nextUpdate(); ok {
		h.Update, h.UpdateTone = text.DueCell(d.DueAt.Sub(now))
		h.Audience = text.Line(d.Who)
	}
	return h
}

func (c content) cell(role string) part.RoleCell {
	for _, h := range c.holders {
		if h.role.Name == role {
			return part.RoleCell{Name: strings.Join(firsts(h.people), " / "), Conflict: h.conflict}
		}
	}
	return part.RoleCell{}
}

// authorRunes is what the name in front of a task may take of its line.
const authorRunes = 12

// author shortens a long name to the first and an initial.
func author(name string) string {
	name = text.Line(name)
	if utf8.RuneCountInString(name) <= authorRunes {
		return name
	}
	return text.Short(name)
}

// firsts gives first names where several people share a cell.
func firsts(names []string) []string {
	if len(names) < 2 {
		return names
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i], _, _ = strings.Cut(n, " ")
	}
	return out
}

func (c content) holder(role string) (holder, bool) {
	for _, h := range c.holders {
		if h.role.Name == role {
			return h, true
		}
	}
	return holder{}, false
}

func (c content) row(id string) (row, bool) {
	for _, r := range c.rows {
		if r.ID == id {
			return *r, true
		}
	}
	return row{}, false
}

// sentence writes a word of the model with a capital.
func sentence(word string) string {
	if word == "" {
		return "–"
	}
	return plain.Capital(text.Line(word))
}

// context is what a line of the capture box is read against.
func (c content) context(now time.Time, zone *time.Location) capture.Context {
	ctx := capture.DefaultContext()
	ctx.Now, ctx.Zone, ctx.Start, ctx.Me, ctx.People = now, zone, c.brief.Since, c.me, c.people
	return ctx
}
