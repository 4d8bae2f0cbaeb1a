package export

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"

	"holdfast/model/oncall"
)

// ShiftCalendar says which shifts of a schedule are written as a calendar.
type ShiftCalendar struct {
	// ID names the schedule for ever: the identities of its events, by which a
	// calendar program knows them again, are made of it. Empty means its name.
	ID string
	// From and To bound the shifts, at most oncall.MaxWindow. Those at the edges
	// are whole.
	From, To time.Time
	// Only is the id of the one person whose shifts are written, each with an
	// alarm before it; empty means all, without alarms.
	Only string
	// Person gives the name of a person, and the e-mail that is to be written,
	// which may be empty. Nil means the ids.
	Person func(id string) (name, email string)
	// Now is when it is written.
	Now time.Time
}

// ICalendar writes the shifts of a schedule as a calendar (RFC 5545). Times
// are in UTC, which every calendar program shows in its own zone. An event keeps
// its UID as long as its layer, its start and the ID are the same, so that
// another person in a shift changes the event and adds none.
func ICalendar(w io.Writer, r *oncall.Rota, o ShiftCalendar) error {
	if o.Person == nil {
		o.Person = func(id string) (string, string) { return id, "" }
	}
	if o.ID == "" {
		o.ID = r.Name()
	}
	cal := ics.NewCalendar()
	cal.SetProductId("-//Holdfast//On call//EN")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(line(r.Name()))
	cal.SetXWRTimezone(r.Zone().String())
	for _, s := range r.Shifts(o.From, o.To) {
		if o.Only == "" || s.Person == o.Only {
			o.event(cal, s)
		}
	}
	var b bytes.Buffer // the library does not tell of every failed write
	if err := cal.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return fmt.Errorf("export the shifts of %.60q: %w", r.Name(), err)
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("export the shifts of %.60q: %w", r.Name(), err)
	}
	return nil
}

func (o ShiftCalendar) event(cal *ics.Calendar, s oncall.Shift) {
	name, email := o.Person(s.Person)
	e := cal.AddEvent(shiftUID(o.ID, s))
	e.SetDtStampTime(o.Now)
	e.SetStartAt(s.From)
	e.SetEndAt(s.Until)
	e.SetSummary(capital(line(s.Layer)) + ": " + line(name))
	e.AddCategory(line(s.Layer))
	e.SetTimeTransparency(ics.TransparencyTransparent) // who is on call is not busy
	if email = line(email); email != "" {
		e.AddAttendee(email)
	}
	if s.Why != oncall.ByRotation {
		text := capital(string(s.Why))
		if s.Instead != "" {
			instead, _ := o.Person(s.Instead)
			text += " for " + line(instead)
		}
		if s.Reason != "" {
			text += ": " + plain(s.Reason)
		}
		e.SetDescription(text)
	}
	if o.Only != "" {
		a := e.AddAlarm()
		a.SetAction(ics.ActionDisplay)
		a.SetTrigger(fmt.Sprintf("-PT%dM", int(oncall.RemindBefore.Minutes())))
		a.SetProperty(ics.ComponentPropertyDescription, "On call: "+line(s.Schedule))
	}
}

// shiftUID is the same for the same place at the same start.
func shiftUID(id string, s oncall.Shift) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d", id, s.Layer, s.From.Unix()))
	return hex.EncodeToString(sum[:16]) + "@holdfast"
}

// line makes one line of a text.
func line(text string) string { return strings.Join(strings.Fields(plain(text)), " ") }

func capital(text string) string {
	r, n := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[n:]
}
