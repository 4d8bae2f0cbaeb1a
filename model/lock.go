package model

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// ClassLock is a change lock: one person changes one thing, and everybody
// else keeps off it.
const ClassLock = "lock"

// Fields of a lock.
const (
	LockThing    = "thing"
	LockPerson   = "person"   // id of the holder
	LockReleased = "released" // yes once it was given back
)

// Lock is a change lock that is held.
type Lock struct {
	ID       ID
	Incident *Incident
	Thing    string
	Person   ID
	Since    time.Time
	By       Stamp
	// Conflict is true where another holds the same thing: two took it while
	// their machines did not reach each other.
	Conflict bool
}

// Locks lists the locks that are held in the room, the oldest first: what one
// incident changes, another may need.
func (s *State) Locks() []Lock {
	var list []Lock
	for inc := range s.AtHand() {
		list = inc.locks(list)
	}
	slices.SortFunc(list, func(a, b Lock) int { return cmp.Or(a.By.Compare(b.By), a.ID.Compare(b.ID)) })
	for i := range list {
		for j := range list {
			list[i].Conflict = list[i].Conflict || i != j && sameThing(list[i].Thing, list[j].Thing)
		}
	}
	return list
}

// locks adds to a list the locks held in one incident, in no order.
func (i *Incident) locks(list []Lock) []Lock {
	for id, item := range i.Items {
		if item.Class != ClassLock || !item.Known() || item.Fields.Text(LockReleased) == yes {
			continue
		}
		l := Lock{ID: id, Incident: i, Thing: item.Fields.Text(LockThing), Since: viewMilli(item.Added.Recorded()), By: item.Added}
		l.Person, _ = ParseID(item.Fields.Text(LockPerson))
		list = append(list, l)
	}
	return list
}

// sameThing compares names as people write them: the case and the blanks say
// nothing.
func sameThing(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

// TakeLock says that a person is changing a thing.
type TakeLock struct {
	Incident string
	Thing    string
	Person   string // empty is the writer
	// Over is why the lock is taken from who holds it.
	Over string
}

// Plan implements Command.
func (c TakeLock) Plan(p *Planner) (Done, error) {
	inc, err := p.State.working(c.Incident, "nothing was locked", insteadLog)
	if err != nil {
		return Done{}, err
	}
	thing, err := line("what is being changed", c.Thing, MaxTitle)
	if err != nil {
		return Done{}, err
	}
	over, err := remark("the reason", c.Over)
	if err != nil {
		return Done{}, err
	}
	person := p.Person
	if c.Person != "" {
		if person, err = p.State.FindPerson(c.Person); err != nil {
			return Done{}, err
		}
	}
	for _, l := range p.State.Locks() {
		if !sameThing(l.Thing, thing) {
			continue
		}
		if over == "" {
			return Done{}, refuse("%s is changing %s since %s (%s); wait, or take it over and say why (--over). Nothing was changed",
				p.State.PersonName(l.Person), l.Thing, stampText(l.Since), l.Incident.Code)
		}
		p.setItem(l.Incident.ID, l.ID, l.Incident.Items[l.ID], LockReleased, yes, over)
	}
	id := p.addItem(inc.ID, ClassLock, map[string]string{LockThing: thing, LockPerson: person.String()})
	return Done{ID: id, Code: inc.Code, Note: p.State.PersonName(person) + " is changing " + thing}, nil
}

// ReleaseLock gives a lock back.
type ReleaseLock struct {
	Incident string
	// Thing is what was being changed; empty is the one lock the writer holds.
	Thing  string
	Reason string
}

// Plan implements Command. A thing two hold is released by its holder alone;
// anybody else ends both locks.
func (c ReleaseLock) Plan(p *Planner) (Done, error) {
	inc, err := p.State.FindIncident(c.Incident)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	var mine, fit []Lock
	for _, l := range p.State.Locks() {
		if c.Thing == "" && l.Incident == inc || c.Thing != "" && sameThing(l.Thing, c.Thing) {
			fit = append(fit, l)
			if l.Person == p.Person {
				mine = append(mine, l)
			}
		}
	}
	switch {
	case c.Thing == "" && len(mine) != 1:
		return Done{}, refuse("you hold %s in %s; name what you are done with", count(len(mine), "lock"), inc.Code)
	case len(fit) == 0:
		return Done{}, refuse("nobody is changing %.60q; nothing was changed", c.Thing)
	case len(mine) > 0:
		fit = mine
	case reason == "":
		return Done{}, refuse("%s is changing %s; say why you end that (--reason). Nothing was changed", p.State.PersonName(fit[0].Person), fit[0].Thing)
	}
	for _, l := range fit {
		p.setItem(l.Incident.ID, l.ID, l.Incident.Items[l.ID], LockReleased, yes, reason)
	}
	return Done{ID: fit[0].ID, Code: inc.Code, Note: fit[0].Thing + " is free"}, nil
}

func toldLock(s *State, i *Item, field string) (kind, text string) {
	who := "somebody"
	if id, err := ParseID(i.Fields.Text(LockPerson)); err == nil {
		who = s.PersonName(id)
	}
	switch field {
	case "":
		return ClassLock, who + " is changing " + i.Fields.Text(LockThing)
	case LockReleased:
		return ClassLock, i.Fields.Text(LockThing) + " is free"
	}
	return "", ""
}
