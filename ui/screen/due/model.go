package due

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	rules "holdfast/model/due"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
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
	after    int // how far behind the work of a real incident that is open it stands once it is late
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
			kind: kind(d), what: text.Spans(text.Line(d.What)), who: text.Line(d.Who), at: d.DueAt, after: behind(in.State.Incident(d.IncidentID)), mine: slices.Contains(d.WhoIDs, me) && !me.Zero(),
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
	slices.SortStableFunc(c.lines, func(a, b line) int { return a.compare(b, in.Now) })
	return c
}

// behind ranks what is late by what it belongs to: a real incident that is
// open, the room, an incident that is over and waits for its review, a drill.
func behind(inc *model.Incident) int {
	switch {
	case inc == nil:
		return 1
	case inc.Drill():
		return 3
	case !inc.Open():
		return 2
	}
	return 0
}

// compare orders the wall at a time. What is late stands on top, what presses
// first: how long it is late says little, since nobody holds the review of last
// week before the page of a P0. Then comes the rest, the earliest first.
func (l line) compare(other line, now time.Time) int {
	late, otherLate := l.at.Before(now), other.at.Before(now)
	switch {
	case late != otherLate:
		if late {
			return -1
		}
		return 1
	case !late:
		return l.at.Compare(other.at)
	}
	return cmp.Or(cmp.Compare(l.after, other.after), cmp.Compare(uint(l.severity), uint(other.severity)), l.at.Compare(other.at))
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
	return form.Matching(c.lines, query, func(l line) string { return l.words })
}

func (l line) row(now time.Time) part.DueRow {
	r := part.DueRow{ID: l.id, Severity: l.severity, Incident: l.code, Kind: l.kind, What: l.what, Who: besides(l.what, l.who)}
	r.Left, r.Tone = text.DueCell(l.at.Sub(now))
	return r
}

// besides is who owes something, without the role where what is owed names it:
// "Notify the support lead" needs no "Support lead: " before "Tom Okafor".
func besides(what, who string) string {
	role, person, _ := strings.Cut(who, ": ")
	if strings.Contains(strings.ToLower(what), strings.ToLower(role)) {
		return person
	}
	return who
}

// soon is how far ahead the summary looks.
const soon = 15 * time.Minute

// summary says how it stands in one line, what presses first.
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
	if len(lines) == 0 {
		return "Nothing is due"
	}
	var says []string
	for _, p := range []struct {
		n    int
		what string
	}{{late, "overdue"}, {near, "within 15 min"}, {mine, "yours"}} {
		if p.n > 0 {
			says = append(says, text.Count(p.n, p.what, p.what))
		}
	}
	return strings.Join(append(says, text.Count(len(lines), "deadline", "deadlines")), " · ")
}
