package model

import (
	"maps"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Details of a person. No password, pin or key is kept anywhere in the room.
const (
	PersonName         = "name"
	PersonEmail        = "email"
	PersonPhone        = "phone" // of work
	PersonPrivatePhone = "private_phone"
	PersonSecondPhone  = "second_phone" // with another carrier
	PersonMessenger    = "messenger"    // on a private phone, such as "Signal +44 20 7946 0301"
	PersonMessenger2   = "second_messenger"
	PersonPrivateEmail = "private_email"
	PersonOrder        = "contact_order" // names of ways, first to last, with commas
	PersonZone         = "zone"
	PersonTeam         = "team"
	PersonTitle        = "title"
	PersonSkills       = "skills"
	PersonManager      = "manager"        // id of a person
	PersonNote         = "emergency_note" // "deaf in one ear: send a message first"
	PersonLeft         = "left"           // day they left, as 2026-11-25
	PersonTestPage     = "test_page"      // when the last test page reached them
	PersonTestWays     = "test_page_ways"
)

// Ways are the details by which a person is reached, in the order they are
// tried where the person gave none.
var Ways = [...]string{
	PersonPhone, PersonPrivatePhone, PersonSecondPhone, PersonMessenger, PersonMessenger2, PersonEmail, PersonPrivateEmail,
}

// ownWay reports whether a way needs no system of the company.
func ownWay(way string) bool { return way != PersonPhone && way != PersonEmail }

// SetPerson changes details of a person; an empty value takes one out.
type SetPerson struct {
	Person string
	Fields map[string]string
}

// Plan implements Command.
func (c SetPerson) Plan(p *Planner) (Done, error) {
	person, err := p.State.FindPerson(c.Person)
	if err != nil {
		return Done{}, err
	}
	known, changed := p.State.People[person].Fields, 0
	for _, name := range slices.Sorted(maps.Keys(c.Fields)) {
		value, err := p.detail(name, c.Fields[name])
		if err != nil {
			return Done{}, err
		}
		if name == PersonManager && value == person.String() {
			return Done{}, refuse("%s cannot be their own manager. Nothing was changed", p.State.PersonName(person))
		}
		if value != known.Text(name) || known.conflict(name) != nil {
			p.set(KindPersonField, person, known, name, value, "")
			changed++
		}
	}
	if changed == 0 {
		return Done{ID: person, Note: p.State.PersonName(person) + " is so already"}, nil
	}
	return Done{ID: person, Note: count(changed, "detail") + " of " + p.State.PersonName(person) + " changed"}, nil
}

// detail checks a detail of a person and gives it in the form it is kept in.
func (p *Planner) detail(name, value string) (string, error) {
	if !validField(name) || secretName(name) {
		return "", refuse("%q cannot be the name of a detail; no secret is kept here. Nothing was changed", name)
	}
	value, err := remark(name, value)
	if err != nil || value == "" {
		if name == PersonName && err == nil {
			err = refuse("a person has a name. Nothing was changed")
		}
		return "", err
	}
	switch name {
	case PersonName:
		return line("the person's name", value, MaxName)
	case PersonEmail, PersonPrivateEmail:
		if a, err := mail.ParseAddress(value); err != nil || a.Address != value || len(value) > maxAddress {
			return "", refuse("%q is not an e-mail address. Nothing was changed", value)
		}
	case PersonPhone, PersonPrivatePhone, PersonSecondPhone:
		if !dialled(value) {
			return "", refuse("%q is not a telephone number; write it as +44 20 7946 0301, with the country, so that it works from everywhere. Nothing was changed", value)
		}
	case PersonZone:
		if _, err := time.LoadLocation(value); err != nil || value == "Local" {
			return "", refuse("the zone %q is not known; write one such as Europe/Berlin. Nothing was changed", value)
		}
	case PersonManager:
		id, err := p.State.FindPerson(value)
		if err != nil {
			return "", err
		}
		return id.String(), nil
	case PersonLeft:
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return "", refuse("%q is not a day; write 2026-11-25. Nothing was changed", value)
		}
	case PersonOrder:
		return contactOrder(value)
	}
	return value, nil
}

// contactOrder reads the ways by which a person wants to be reached.
func contactOrder(text string) (string, error) {
	var order []string
	for part := range strings.SplitSeq(text, ",") {
		way := strings.ReplaceAll(strings.ToLower(strings.TrimSpace(part)), " ", "_")
		if way == "" {
			continue
		}
		if !slices.Contains(Ways[:], way) {
			return "", refuse("%q is no way to reach a person; they are: %s. Nothing was changed", part, strings.Join(Ways[:], ", "))
		}
		if !slices.Contains(order, way) {
			order = append(order, way)
		}
	}
	return strings.Join(order, ", "), nil
}

// minDigits is the fewest digits of a number that is called: an extension.
const minDigits = 3

func dialled(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
		case !strings.ContainsRune("+-() ./x", r):
			return false
		}
	}
	return digits >= minDigits
}

// secretName reports whether a name is that of something that must not be
// written into a record that every device of the room holds.
func secretName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"password", "passwort", "passphrase", "secret", "token", "private_key", "pin"}, func(w string) bool {
		return name == w || strings.HasSuffix(name, "_"+w) || strings.HasPrefix(name, w+"_")
	})
}

// secretText reports whether a text is a key as programs write them.
func secretText(text string) bool { return strings.Contains(text, "-----BEGIN ") }

// hasLeft reports whether a person left before now.
func (s *State) hasLeft(person ID, now time.Time) bool {
	p := s.People[person]
	if p == nil {
		return false
	}
	text := p.Fields.Text(PersonLeft)
	if text == "" {
		return false // an error of time.Parse costs more than all else
	}
	left, err := time.Parse(time.DateOnly, text)
	return err == nil && !left.After(now)
}

// here finds a person who can do something: one who left cannot, and work given
// to them would wait for an answer that never comes.
func (p *Planner) here(text string) (ID, error) {
	id, err := p.State.FindPerson(text)
	if err != nil {
		return ID{}, err
	}
	if p.State.hasLeft(id, p.Now) {
		return ID{}, refuse("%s left on %s: name somebody who is here, or take the day out with `people set %q --left \"\"`. Nothing was changed",
			p.State.PersonName(id), p.State.People[id].Fields.Text(PersonLeft), p.State.PersonName(id))
	}
	return id, nil
}

// RecordTestPage says that a test page reached a person.
type RecordTestPage struct {
	Person string    // empty is the author
	At     time.Time // zero is now
	Ways   []string  // of Ways; two are tried at each hand-off
}

// Plan implements Command.
func (c RecordTestPage) Plan(p *Planner) (Done, error) {
	person, err := p.onDuty(c.Person)
	if err != nil {
		return Done{}, err
	}
	at := c.At
	if at.IsZero() {
		at = p.Now
	}
	if at.After(p.Now) {
		return Done{}, refuse("a test page at %s has not come yet. Nothing was changed", at.UTC().Format("2006-01-02 15:04 MST"))
	}
	ways, err := contactOrder(strings.Join(c.Ways, ","))
	if err != nil {
		return Done{}, err
	}
	fields := p.State.People[person].Fields
	p.set(KindPersonField, person, fields, PersonTestPage, timeText(at), "")
	p.set(KindPersonField, person, fields, PersonTestWays, ways, "")
	return Done{ID: person, Note: "the test page reached " + p.State.PersonName(person)}, nil
}
