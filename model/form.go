package model

import "time"

// formField is one field of a form as a person filled it in.
type formField struct {
	name string // of the field of the item
	what string // in a refusal
	text string
	need bool
	// limit makes it one line of so many bytes; 0 takes a text of many lines.
	limit int
}

// fillForm checks what a person filled in; what was left empty is left out.
func fillForm(form ...formField) (map[string]string, error) {
	fields := map[string]string{}
	for _, f := range form {
		text, err := remark(f.what, f.text)
		if text != "" && f.limit > 0 {
			text, err = line(f.what, f.text, f.limit)
		}
		switch {
		case err != nil:
			return nil, err
		case text == "" && f.need:
			return nil, refuse("%s is missing. Nothing was written", f.what)
		case text != "":
			fields[f.name] = text
		}
	}
	return fields, nil
}

// setTime puts a time into the fields of an item; the zero time is left out,
// and one to come is refused, because a register says what was.
func (p *Planner) setTime(fields map[string]string, name, what string, t time.Time) error {
	switch {
	case t.IsZero():
		return nil
	case t.UTC().Year() < 1970 || t.UTC().Year() > 9999:
		return refuse("%s is in the year %d. Nothing was written", what, t.UTC().Year())
	case t.After(p.Now):
		return refuse("%s, %s, is still to come; write what was. Nothing was written", what, t.UTC().Format("2006-01-02 15:04 MST"))
	}
	fields[name] = FormatTime(t)
	return nil
}

// someone names a person by id: the one given, else the author.
func (p *Planner) someone(text string) (string, error) {
	if text == "" {
		return p.Person.String(), nil
	}
	id, err := p.State.FindPerson(text)
	return id.String(), err
}

// personText writes the person of a field for people.
func (s *State) personText(f Fields, name string) string {
	return s.nameOf(f.Text(name))
}

// nameOf gives the name of a person by the text of their id; other texts stay.
func (s *State) nameOf(text string) string {
	if id, err := ParseID(text); err == nil {
		return s.PersonName(id)
	}
	return text
}

// Time gives a field that holds a time; zero where it holds none.
func (f Fields) Time(name string) time.Time {
	t, _ := f.when(name)
	return t
}

// addedAt is when the item was written, by its author's corrected clock.
func (i *Item) addedAt() time.Time { return viewMilli(i.Added.Recorded()) }
