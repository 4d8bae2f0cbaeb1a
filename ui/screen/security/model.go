package security

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/report"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/text"
)

// fact is one line of a row in full.
type fact struct{ label, text string }

// line is a row of the record or of the law, with all there is to say of it.
type line struct {
	part.SheetRow
	whole []fact
	acts  []act // the first is what Enter does
	// key is what the acts work on: the id of an item, a step, a field.
	key string
	// from and due bound a deadline that runs.
	from, due time.Time
	// paper is the draft the row stands for.
	paper string
}

// candidate is an incident the screen may show.
type candidate struct {
	id    model.ID
	code  string
	title string
	open  bool
}

// content is what the screen shows, copied from the room.
type content struct {
	all    []candidate
	shown  candidate
	banner string
	// me is the person of this device, people everybody of the room.
	me     string
	people []string
	// team are those who hold a role in the incident.
	team        []string
	room        string // of its own, where it has one
	security    model.SecurityView
	clocks      model.ClocksView
	breach      model.BreachView
	record, law []line
	paper       *report.Document
	paperName   string
}

// read copies what the screen shows of one incident: the one wanted, else the
// first. paper names the draft that is looked at.
func read(in screen.Input, self model.DeviceKey, want model.ID, paper string) content {
	s := in.State
	c := content{all: candidates(s)}
	if m := s.Members[self]; m != nil {
		c.me = text.Line(s.PersonName(m.Person))
	}
	for _, p := range s.PersonViews() {
		c.people = append(c.people, text.Line(p.Name))
	}
	if len(c.all) > 0 {
		c.shown = c.all[0]
		for _, a := range c.all {
			if a.id == want {
				c.shown = a
			}
		}
		c.readIncident(s, s.Incident(c.shown.id), in.Now)
	}
	register := s.BreachRegister(in.Now)
	c.law = append(c.law, registerLines(register)...)
	c.readPaper(s, paper, in.Now)
	return c
}

func (c *content) readIncident(s *model.State, inc *model.Incident, now time.Time) {
	c.security, c.clocks, c.breach = s.SecurityView(inc), s.ClocksView(inc, now), s.BreachView(inc, now)
	c.room = c.security.Room
	var marks []string
	if c.security.Privilege != "" {
		marks = append(marks, c.security.Privilege)
	}
	if c.security.Hold {
		marks = append(marks, "LEGAL HOLD: destroy nothing")
	}
	if c.room != "" {
		marks = append(marks, "Its room is "+model.CodeRoom(c.security.CodeName)+": write there")
	}
	c.banner = text.Line(strings.Join(marks, " · "))
	for _, h := range inc.Team() {
		if name := text.Line(s.PersonName(h.Person)); !slices.Contains(c.team, name) {
			c.team = append(c.team, name)
		}
	}
	c.record = planLines(c.breach, s.Breach(inc), now)
	if c.security.Sealed {
		c.record = append(c.recordLines(now), c.record...)
	} else {
		c.record = append(c.record, unsealedLines()...)
	}
	c.law = c.lawLines(s, inc)
}

// readPaper makes the draft that is looked at.
func (c *content) readPaper(s *model.State, name string, now time.Time) {
	c.paperName = name
	switch inc := s.Incident(c.shown.id); {
	case name == "":
	case name == paperRegister:
		d := report.BreachRegister(s, now)
		c.paper = &d
	case inc != nil:
		if d, ok := report.Of(name, s, inc, now); ok {
			c.paper = &d
		}
	}
}

// candidates are the incidents with a security record, a breach assessment or a
// running clock: the open ones first, then the youngest.
func candidates(s *model.State) []candidate {
	p := s.Policy()
	var found []*model.Incident
	for inc := range s.Incidents() {
		if inc.Known() && (inc.Security(p) || inc.Sealed(p) || inc.Privacy(p) || running(inc, s)) {
			found = append(found, inc)
		}
	}
	slices.SortFunc(found, func(a, b *model.Incident) int {
		if a.Open() != b.Open() {
			if a.Open() {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.Declared.Recorded(), a.Declared.Recorded()), a.ID.Compare(b.ID))
	})
	all := make([]candidate, len(found))
	for i, inc := range found {
		all[i] = candidate{id: inc.ID, code: text.Line(inc.Code), title: text.Line(inc.Title()), open: inc.Open()}
	}
	return all
}

func running(inc *model.Incident, s *model.State) bool {
	return slices.ContainsFunc(inc.Clocks(s.Policy()), func(c model.StartedClock) bool {
		return c.None == "" && slices.ContainsFunc(c.Deadlines, func(d model.ClockDeadline) bool { return d.Filed.IsZero() })
	})
}

// row is the line as it stands at a time: what is left moves.
func (l line) row(now time.Time) part.SheetRow {
	r := l.SheetRow
	if l.due.IsZero() {
		return r
	}
	left := l.due.Sub(now)
	var tone text.Tone
	r.Meta, tone = text.DueCell(left)
	if span := l.due.Sub(l.from); span > 0 && !l.from.IsZero() {
		r.Share = float32(max(now.Sub(l.from), time.Second)) / float32(span)
	}
	switch {
	case tone == text.Late || r.Share >= 0.9:
		r.Urgent = part.SheetAlarm
	case r.Share >= 0.75:
		r.Urgent = part.SheetWarn
	case r.Share >= 0.5:
		r.Urgent = part.SheetPlain
	}
	return r
}

func rows(lines []line, now time.Time) []part.SheetRow {
	all := make([]part.SheetRow, len(lines))
	for i, l := range lines {
		all[i] = l.row(now)
	}
	return all
}

func find(lines []line, id string) (line, bool) {
	i := slices.IndexFunc(lines, func(l line) bool { return l.ID == id })
	if i < 0 {
		return line{}, false
	}
	return lines[i], true
}

// head begins a section.
func head(id, label, words string, acts ...act) line {
	return line{SheetRow: part.SheetRow{ID: "head." + id, Head: true, Label: label, Text: words}, acts: acts, whole: []fact{{"", words}}}
}

// moment writes a time for a row; "" where it is not known.
func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2 Jan 15:04")
}

// full writes a time in full.
func full(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("Mon 2 Jan 2006, 15:04:05 UTC")
}

// told keeps the facts that say something.
func told(facts ...fact) []fact {
	return slices.DeleteFunc(facts, func(f fact) bool { return f.text == "" })
}

func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), " · ")
}
