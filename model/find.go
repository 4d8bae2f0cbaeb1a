package model

import (
	"iter"
	"maps"
	"slices"
	"strings"
)

// minPrefix is the shortest start of an id that stands for it: shorter ones
// fit by accident too often.
const minPrefix = 4

// FindIncident reads what a person typed for an incident: its code, the start
// of its id, or a part of its title that fits one alone.
func (s *State) FindIncident(text string) (*Incident, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return nil, refuse("no incident was named")
	}
	upper := strings.ToUpper(text)
	bare := strings.TrimPrefix(upper, "INC-")
	code := "INC-" + bare
	// Each way to name one is tried only where those before found none: among
	// thousands of incidents, to read every id and title takes longest.
	var found []*Incident
	for _, fits := range []func(*Incident) bool{
		func(i *Incident) bool { return i.Code == upper || i.Code == code },
		func(i *Incident) bool { return len(bare) >= minPrefix && strings.HasPrefix(i.ID.String(), bare) },
		func(i *Incident) bool { return strings.Contains(strings.ToUpper(i.Title()), upper) },
	} {
		for inc := range s.Incidents() {
			if inc.Known() && fits(inc) {
				found = append(found, inc)
			}
		}
		if len(found) > 0 {
			break
		}
	}
	switch len(found) {
	case 0:
		return nil, refuse("there is no incident %q in this room; `incidents --all` lists them", text)
	case 1:
		return found[0], nil
	}
	names := make([]string, len(found))
	for i, inc := range found {
		names[i] = inc.Code + " " + inc.Title() + " (" + inc.ID.Short(10) + ")"
	}
	slices.Sort(names)
	return nil, refuse("%q fits %d incidents: %s", text, len(found), strings.Join(names, "; "))
}

// FindPerson reads what a person typed for a person: name, e-mail, @first name, a
// part that fits one alone, or the start of the id, by which two of one name are told
// apart.
func (s *State) FindPerson(text string) (ID, error) {
	want := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(text), "@"))
	if want == "" {
		return ID{}, refuse("no person was named")
	}
	var exact, first, part, byID []ID
	for _, id := range slices.SortedFunc(maps.Keys(s.People), ID.Compare) {
		p := s.People[id]
		name := strings.ToLower(p.Name())
		switch {
		case p.Added.zero():
		case name == want || strings.ToLower(p.Fields.Text("email")) == want || id.String() == strings.ToUpper(want):
			exact = append(exact, id)
		case strings.HasPrefix(name, want+" ") || strings.HasSuffix(name, " "+want):
			first = append(first, id)
		case strings.Contains(name, want):
			part = append(part, id)
		case len(want) >= minPrefix && strings.HasPrefix(id.String(), strings.ToUpper(want)):
			byID = append(byID, id)
		}
	}
	for _, found := range [][]ID{exact, first, part, byID} {
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], nil
		}
		return ID{}, refuse("%q fits %d people: %s", text, len(found), s.names(found))
	}
	return ID{}, refuse("there is no person %q in this room; known are: %s", text, s.names(slices.Collect(maps.Keys(s.People))))
}

// maxNamed bounds the people one refusal names: more is no help.
const maxNamed = 10

func (s *State) names(ids []ID) string {
	names, same := make([]string, len(ids)), map[string]int{}
	for i, id := range ids {
		names[i] = s.PersonName(id)
		if email := s.People[id].Fields.Text("email"); email != "" {
			names[i] += " <" + email + ">"
		}
		same[strings.ToLower(names[i])]++
	}
	for i, id := range ids {
		if same[strings.ToLower(names[i])] > 1 { // nothing else tells them apart
			names[i] += " (" + id.Short(8) + ")"
		}
	}
	slices.Sort(names)
	if more := len(names) - maxNamed; more > 0 {
		return strings.Join(names[:maxNamed], ", ") + " and " + count(more, "other")
	}
	return strings.Join(names, ", ")
}

// FindEntry reads what a person typed for a timeline entry: its id or the
// start of it.
func (s *State) FindEntry(text string) (*Incident, ID, error) {
	if id, err := ParseID(strings.TrimSpace(text)); err == nil { // most are at hand: no pack is read for those
		for inc := range s.Incidents() {
			if e := inc.Entries[id]; e != nil && e.Known() {
				return inc, id, nil
			}
		}
	}
	return findPart(s, text, "entry", (*Incident).All, (*Entry).Known)
}

// FindTask reads what a person typed for a task: its id or the start of it.
func (s *State) FindTask(text string) (*Incident, ID, error) {
	return findPart(s, text, "task", func(i *Incident) iter.Seq2[ID, *Task] { return maps.All(i.Tasks) }, (*Task).Known)
}

// FindMessage reads what a person typed for a message: its id or the start of
// it. A message of the room itself has no incident.
func (s *State) FindMessage(text string) (*Incident, ID, error) {
	if want := strings.ToUpper(strings.TrimSpace(text)); len(want) >= minPrefix {
		for id, m := range s.Messages {
			if m.Known() && strings.HasPrefix(id.String(), want) {
				return nil, id, nil
			}
		}
	}
	return findPart(s, text, "message", func(i *Incident) iter.Seq2[ID, *Message] { return maps.All(i.Messages) }, (*Message).Known)
}

// findPart looks in every incident: ids say nothing about where a thing is. Only
// what has arrived is found, so a stray correction hides nothing.
func findPart[T any](s *State, text, what string, parts func(*Incident) iter.Seq2[ID, T], known func(T) bool) (*Incident, ID, error) {
	want := strings.ToUpper(strings.TrimSpace(text))
	if id, err := ParseID(want); err == nil {
		for inc := range s.Incidents() {
			for other, part := range parts(inc) {
				if other == id && known(part) {
					return inc, id, nil
				}
			}
		}
		return nil, ID{}, refuse("there is no %s %s in this room", what, want)
	}
	if len(want) < minPrefix {
		return nil, ID{}, refuse("%q is too short for the id of %s: give at least %d characters", text, article(what), minPrefix)
	}
	var in *Incident
	var found []ID
	for inc := range s.Incidents() {
		for id, part := range parts(inc) {
			if known(part) && strings.HasPrefix(id.String(), want) {
				in, found = inc, append(found, id)
			}
		}
	}
	switch len(found) {
	case 0:
		return nil, ID{}, refuse("there is no %s %q in this room", what, text)
	case 1:
		return in, found[0], nil
	}
	names := make([]string, len(found))
	for i, id := range found {
		names[i] = id.Short(2 * minPrefix)
	}
	slices.Sort(names)
	return nil, ID{}, refuse("%q fits %d %s: %s", text, len(found), plural(what), strings.Join(names, ", "))
}

func article(noun string) string {
	if strings.ContainsRune("aeiou", rune(noun[0])) {
		return "an " + noun
	}
	return "a " + noun
}

func plural(noun string) string {
	if noun == "entry" {
		return "entries"
	}
	return noun + "s"
}
