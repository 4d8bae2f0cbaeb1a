package model

import (
	"strings"
	"time"
)

// Fields that say whether a person joined the response, or left it, by the id of
// the person; and when, where that was not when it was written. Both are written
// in one commit.
const (
	presencePrefix   = "present."
	presenceAtPrefix = "presence-at."
	presenceJoined   = "joined"
	presenceLeft     = "left"
)

// SetPresence says that a person joined the response or left it.
type SetPresence struct {
	Incident string
	Person   string // empty is the author
	Left     bool
	// At is when they came, or went; zero is now. Hours on duty count from it.
	At time.Time
	// Confirm takes a time that is still to come, or before the incident began.
	Confirm bool
}

// Confirmed implements Doubtful.
func (c SetPresence) Confirmed() Command { c.Confirm = true; return c }

// Plan implements Command. Who joined is written down again only to correct when.
func (c SetPresence) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	person, word, find := p.Person, presenceJoined, p.here
	if c.Left {
		word, find = presenceLeft, p.State.FindPerson
	}
	if c.Person != "" {
		if person, err = find(c.Person); err != nil {
			return Done{}, err
		}
	}
	name, id := p.State.PersonName(person), person.String()
	if is := inc.Fields.Text(presencePrefix + id); is == word && c.At.IsZero() && inc.Fields.conflict(presencePrefix+id) == nil {
		return Done{ID: inc.ID, Code: inc.Code, Note: name + " " + word + " already; to correct when, say it with its time"}, nil
	}
	if c.Left {
		err = c.mayLeave(p, inc, person)
	} else {
		err = c.mayJoin(inc)
	}
	if err == nil {
		err = c.timely(p, inc)
	}
	if err != nil {
		return Done{}, err
	}
	p.set(KindIncidentField, inc.ID, inc.Fields, presencePrefix+id, word, "")
	if !c.At.IsZero() {
		p.set(KindIncidentField, inc.ID, inc.Fields, presenceAtPrefix+id, FormatTime(c.At), "")
	}
	return Done{ID: inc.ID, Code: inc.Code}, nil
}

// mayJoin refuses who comes to a response that is over; who came while it ran is
// told as all that was.
func (c SetPresence) mayJoin(inc *Incident) error {
	if closed := inc.closedAt(); !c.At.IsZero() && c.At.Before(closed) {
		return nil
	}
	return inc.over("nobody joined it", "or say when they came, before it was closed: team join INC --at TIME")
}

// mayLeave refuses who holds a role, and who went before they came.
func (c SetPresence) mayLeave(p *Planner, inc *Incident, person ID) error {
	name := p.State.PersonName(person)
	for _, h := range inc.Team() {
		if h.Person == person && h.Role != "observer" {
			return refuse("%s holds %s on %s; hand it over or release it before leaving", name, h.Role, inc.Code)
		}
	}
	if came, ok := inc.came(person); ok && !c.At.IsZero() && c.At.Before(came) {
		return refuse("%s joined at %s, and cannot have left at %s. Nothing was changed; correct the arrival first: team join %s %q --at TIME",
			name, stampText(came), stampText(c.At), inc.Code, name)
	}
	return nil
}

// timely asks about a time that is still to come, or before the incident began.
func (c SetPresence) timely(p *Planner, inc *Incident) error {
	if c.At.IsZero() || c.Confirm {
		return nil
	}
	if err := p.happened("the time", c.At, false); err != nil {
		return err
	}
	began, what := inc.DeclaredAt(), "declared"
	for _, name := range [...]string{"detected", "started"} {
		if at, ok := inc.Milestone(name); ok && (began.IsZero() || at.Before(began)) {
			began, what = at, name
		}
	}
	if c.At.Before(began) {
		return doubt("%s is before %s was %s, at %s; nothing was changed. Correct the time, or confirm it (--confirm) if it is so",
			stampText(c.At), inc.Code, what, stampText(began))
	}
	return nil
}

// came is when a person who is there now joined; false where they are not.
func (i *Incident) came(person ID) (time.Time, bool) {
	r := i.Fields[presencePrefix+person.String()]
	if r == nil {
		return time.Time{}, false
	}
	v, _ := r.Value()
	if v.Text != presenceJoined {
		return time.Time{}, false
	}
	at, _ := i.presenceAt(presencePrefix+person.String(), v.Stamp)
	return viewMilli(at), true
}

// presenceAt is when somebody came or went, in milliseconds since 1970 UTC: the
// time written in the same commit as the word of it, else when that was written.
// said is true for the former.
func (i *Incident) presenceAt(field string, word Stamp) (at int64, said bool) {
	if r := i.Fields[presenceAtPrefix+strings.TrimPrefix(field, presencePrefix)]; r != nil {
		for _, w := range r.History() {
			if v := w.Value; v.Stamp.Feed == word.Feed && v.Stamp.Seq == word.Seq {
				if t, ok := v.Time(); ok {
					return t.UnixMilli(), true
				}
			}
		}
	}
	return word.Recorded(), false
}

// presenceRow tells who came or went in the timeline, at the time they did.
func (s *State) presenceRow(inc *Incident, field string, v Value, row *Row) {
	person, err := ParseID(strings.TrimPrefix(field, presencePrefix))
	if err != nil {
		return
	}
	at, _ := inc.presenceAt(field, v.Stamp)
	row.At, row.Text = viewMilli(at), s.PersonName(person)+" "+v.Text+" the response"
}
