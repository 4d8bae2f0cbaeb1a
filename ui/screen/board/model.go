package board

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// line is one incident of the board, with what its clocks are reckoned from.
type line struct {
	id        model.ID
	code      string // told apart from other incidents of the same code
	severity  int
	title     string
	phase     string
	state     string
	since     time.Time
	ended     time.Time // zero while it is open
	next      time.Time // zero where no update is due
	commander []string
	conflicts int
	exhausted bool // the escalation is at its end, and nobody has answered
	entries   int
	drill     bool
	words     string // what the filter looks in, in lower case
}

// content is what the board shows: the open incidents in the order of the
// model, and the others, the latest end first. more are those that are over and
// were not read; classes are those the policy routes alerts by.
type content struct {
	open, past []line
	more       int
	classes    []string
}

// read copies the board out of the state. It keeps nothing of it. Without all, of
// what is over only what is at hand is read.
func read(s *model.State, all bool, now time.Time) content {
	var c content
	codes := map[string]int{}
	for _, r := range s.Policy().Routing {
		c.classes = append(c.classes, r.Class)
	}
	briefs := due.Recent(s, now)
	if c.more = s.Declared() - len(briefs); all && c.more > 0 {
		briefs, c.more = due.Briefs(s, true, now), 0
	}
	for _, b := range briefs {
		codes[b.Code]++
	}
	for _, b := range briefs {
		l := lineOf(b, codes[b.Code] > 1)
		if b.State == model.StateOpen {
			c.open = append(c.open, l)
			continue
		}
		l.ended = b.Since.Add(time.Duration(b.ElapsedS) * time.Second)
		c.past = append(c.past, l)
	}
	slices.SortStableFunc(c.past, func(a, b line) int { return b.ended.Compare(a.ended) })
	return c
}

// longCode is how much of an id tells two incidents of one code apart.
const longCode = 10

func lineOf(b model.IncidentBrief, ambiguous bool) line {
	l := line{
		id: b.ID, code: b.Code, severity: severity(b.Severity), title: text.Line(b.Title), phase: Phase(b.Phase), state: b.State,
		since: b.Since, next: b.NextUpdateAt, conflicts: b.Conflicts, exhausted: b.Exhausted != "", entries: b.Entries, drill: b.Drill,
	}
	if ambiguous {
		l.code = "INC-" + b.ID.Short(longCode)
	}
	for _, name := range b.Commander {
		l.commander = append(l.commander, text.Line(name))
	}
	l.words = strings.ToLower(strings.Join(append([]string{
		l.code, b.Severity, l.title, l.phase, l.state, b.Type,
	}, l.commander...), " "))
	if l.drill {
		l.words += " drill"
	}
	return l
}

// severity gives the number of a level; what is none counts as the least.
func severity(level string) int {
	if i := slices.Index(model.Severities[:], level); i >= 0 {
		return i
	}
	return len(model.Severities) - 1
}

// Phase writes a phase for people.
func Phase(name string) string {
	if name == "" {
		return "No phase"
	}
	name = text.Line(name)
	return strings.ToUpper(name[:1]) + name[1:]
}

// row is the line as it is drawn at a time.
func (l line) row(now time.Time, unread int) part.BoardRow {
	r := part.BoardRow{
		ID: l.code, Severity: l.severity, Title: l.title, Phase: l.phase, IC: strings.Join(short(l.commander), " / "),
		Conflict: l.conflicts > 0, Unread: unread, Drill: l.drill,
	}
	if !l.ended.IsZero() {
		r.Elapsed, r.Update = text.Elapsed(l.ended.Sub(l.since)), text.Ago(now.Sub(l.ended))
		r.Phase = Phase(l.state)
		if r.IC == "" {
			r.IC = "–" // nobody is wanted for what is over
		}
		return r
	}
	r.Silent = l.exhausted
	r.Elapsed = text.Elapsed(now.Sub(l.since))
	if !l.next.IsZero() {
		r.Update, r.UpdateTone = text.DueCell(l.next.Sub(now))
	}
	return r
}

// short gives first names where several people share a cell.
func short(names []string) []string {
	if len(names) < 2 {
		return names
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i], _, _ = strings.Cut(n, " ")
	}
	return out
}

// filtered keeps the lines that hold every word of a query.
func filtered(lines []line, query string) []line {
	return form.Matching(lines, query, func(l line) string { return l.words })
}

// summary says how it stands in one line. A drill needs no care but its own.
func (c content) summary(now time.Time) string {
	silent, overdue, conflicts, unled, drills := 0, 0, 0, 0, 0
	for _, l := range c.open {
		if l.drill {
			drills++
			continue
		}
		if l.exhausted {
			silent++
		}
		if !l.next.IsZero() && l.next.Before(now) {
			overdue++
		}
		if l.conflicts > 0 {
			conflicts++
		}
		if len(l.commander) == 0 {
			unled++
		}
	}
	parts := []string{text.Count(len(c.open)-drills, "open", "open")}
	for _, p := range []struct {
		n    int
		what string
	}{{silent, "unanswered"}, {overdue, "overdue"}, {conflicts, "in conflict"}, {unled, "without commander"}} {
		if p.n > 0 {
			parts = append(parts, text.Count(p.n, p.what, p.what))
		}
	}
	if drills > 0 {
		parts = append(parts, text.Count(drills, "drill", "drills"))
	}
	return strings.Join(parts, " · ")
}

// empty is what the board says where nothing is open.
func (c content) empty(now time.Time) string {
	says := "No open incidents. Ctrl+N declares one."
	if len(c.past) > 0 {
		last := c.past[0]
		says += " Last: " + last.code + ", " + last.state + " " + text.Ago(now.Sub(last.ended)) + "."
	}
	return says
}
