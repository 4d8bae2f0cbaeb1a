package due

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
	rules "holdfast/model/due"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/text"
)

// line is a deadline as the wall shows it.
type line struct {
	id       string
	incident model.ID
	code     string
	severity int
	kind     string
	what     string
	who      string
	at       time.Time
	mine     bool
	words    string // what the filter looks in
}

// content is what the wall shows, copied from the room.
type content struct {
	lines []line
	// audiences are what an update that is due is for, by the id of the line.
	audiences map[string]string
}

// read copies every deadline out of the state; self is the device's person.
func read(in screen.Input, self model.DeviceKey) content {
	c := content{audiences: map[string]string{}}
	var me model.ID
	if m := in.State.Members[self]; m != nil {
		me = m.Person
	}
	for _, d := range rules.List(in.State, in.State.Policy(), in.Now) {
		if d.Kind == rules.Elapsed {
			continue // a habit of the deputy, not something that is owed
		}
		l := line{
			id: d.ID, incident: d.IncidentID, code: text.Line(d.Incident), severity: slices.Index(model.Severities[:], d.Severity),
			kind: kind(d), what: text.Line(d.What), who: text.Line(d.Who), at: d.DueAt, mine: slices.Contains(d.WhoIDs, me) && !me.Zero(),
		}
		l.words = strings.ToLower(strings.Join([]string{l.code, d.Severity, l.kind, l.what, l.who}, " "))
		if l.mine {
			l.words += " mine"
		}
		if d.Kind == rules.Update {
			c.audiences[d.ID] = d.Key
		}
		c.lines = append(c.lines, l)
	}
	return c
}

// kind names a kind of deadline in one short word.
func kind(d rules.Due) string {
	switch {
	case d.Proposed:
		return "proposed"
	case d.Kind == rules.Reassess:
		return "reassess"
	case d.Kind == rules.Review:
		return "review"
	}
	return d.Kind
}

// filtered keeps the lines that hold every word of a query.
func (c content) filtered(query string) []line {
	words := strings.Fields(strings.ToLower(query))
	if len(words) == 0 {
		return c.lines
	}
	var out []line
	for _, l := range c.lines {
		if !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(l.words, w) }) {
			out = append(out, l)
		}
	}
	return out
}

func (l line) row(now time.Time) part.DueRow {
	r := part.DueRow{ID: l.id, Severity: l.severity, Incident: l.code, Kind: l.kind, What: l.what, Who: l.who}
	r.Left, r.Tone = text.DueCell(l.at.Sub(now))
	return r
}

// soon is how far ahead the summary looks.
const soon = 15 * time.Minute

// summary says how it stands in one line.
func summary(lines []line, now time.Time) string {
	late, near, mine := 0, 0, 0
	for _, l := range lines {
		switch left := l.at.Sub(now); {
		case left < 0:
			late++
		case left <= soon:
			near++
		}
		if l.mine {
			mine++
		}
	}
	says := []string{text.Count(len(lines), "deadline", "deadlines")}
	for _, p := range []struct {
		n    int
		what string
	}{{late, "overdue"}, {near, "within 15 min"}, {mine, "yours"}} {
		if p.n > 0 {
			says = append(says, text.Count(p.n, p.what, p.what))
		}
	}
	return strings.Join(says, " · ")
}
