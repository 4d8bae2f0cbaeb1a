package policy

import (
	"fmt"
	"strings"
	"time"
)

// Clock is a deadline that a law, a regulator or a contract sets. It is data
// with a source, because laws change; it is no legal advice.
type Clock struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// Start names the event that starts it: a recorded decision, never a guess.
	Start     string     `json:"start_event"`
	Deadlines []Deadline `json:"deadlines"`
	Source    string     `json:"source"`
	// Version dates the text the clock was taken from.
	Version string `json:"version,omitempty"`
	Status  string `json:"status"`
	// Verification says how well the entry was checked.
	Verification string `json:"verification"`
	// Off keeps the clock from being offered, such as a proposal.
	Off bool `json:"off,omitempty"`
	// Zone is the IANA zone of the authority, in which days count; empty is the
	// room's.
	Zone string `json:"zone,omitempty"`
	// When is the condition under which the law asks for it, in words; a person
	// decides whether it is met.
	When string `json:"when,omitempty"`
	// For says which incidents it is proposed for: privacy, security, any.
	For string `json:"for,omitempty"`
}

// Deadline is one of the deadlines of a clock.
type Deadline struct {
	Label string `json:"label"`
	// Value is how much of Unit; null where the law names no figure.
	Value *int   `json:"value"`
	Unit  string `json:"unit"`
	// From is "start", the label of another deadline (counted from its filing),
	// or the name of an event with its own time, such as fix_available.
	From string `json:"from"`
	// Move is what becomes of a deadline that falls on a weekend or a holiday:
	// one of the moves, or nothing.
	Move string `json:"move,omitempty"`
}

// NoonNextWorkingDay moves a deadline that falls on a Saturday, a Sunday or a
// holiday of the room's calendar to noon of the next working day, at the
// authority: Delegated Regulation (EU) 2025/301 Article 5(4).
const NoonNextWorkingDay = "noon_next_working_day"

// Units of deadlines.
const (
	unitHours       = "hours"
	unitDays        = "days"
	unitMonths      = "months"
	unitUSBusiness  = "us_business_days"
	unitBusiness    = "business_days"
	unitUndueDelay  = "without_undue_delay"
	FromStart       = "start"
	undueDelayAfter = 72 * time.Hour
)

// At gives when the deadline ends, counted from a moment. Hours run through
// nights, weekends and clock changes; days and months are calendar days in
// zone. Where the law names no figure but "without undue delay", exact is false
// and the time is 72 hours: a reminder, not a limit.
func (d Deadline) At(from time.Time, room Calendar, zone *time.Location) (at time.Time, exact bool) {
	if d.Value == nil {
		return from.Add(undueDelayAfter), false
	}
	at = d.unmoved(from, room, zone)
	if d.Move == NoonNextWorkingDay {
		bank := Calendar{Zone: zone.String(), Days: weekdays[1:6], Holidays: room.Holidays}
		if !bank.Works(at) {
			at = bank.addBusiness(at, After{BusinessDays: 1, Clock: 12 * 60})
		}
	}
	return at, true
}

func (d Deadline) unmoved(from time.Time, room Calendar, zone *time.Location) time.Time {
	n := *d.Value
	switch d.Unit {
	case unitDays:
		return from.In(zone).AddDate(0, 0, n).UTC()
	case unitMonths:
		return addMonths(from.In(zone), n).UTC()
	case unitUSBusiness:
		return endOfDay(USFederal().addBusiness(from, After{BusinessDays: n, Clock: 12 * 60}), USFederal().Location())
	case unitBusiness:
		return endOfDay(room.addBusiness(from, After{BusinessDays: n, Clock: 12 * 60}), room.Location())
	}
	return from.Add(time.Duration(n) * time.Hour)
}

// endOfDay is the last second of the day: a filing counted in business days may
// come at any hour of the last of them.
func endOfDay(t time.Time, zone *time.Location) time.Time {
	l := t.In(zone)
	return time.Date(l.Year(), l.Month(), l.Day(), 23, 59, 59, 0, zone).UTC()
}

// Location is the zone of the authority: days count in it.
func (c Clock) Location(room Calendar) *time.Location {
	if zone, err := time.LoadLocation(c.Zone); err == nil && c.Zone != "" {
		return zone
	}
	return room.Location()
}

// Filing gives the label of the deadline whose filing starts another: the label
// itself, or with "latest_" before it and _ for a blank. False where from names
// an event.
func (c Clock) Filing(from string) (label string, ok bool) {
	for _, d := range c.Deadlines {
		if from == d.Label || from == "latest_"+strings.ReplaceAll(d.Label, " ", "_") {
			return d.Label, true
		}
	}
	return "", false
}

func (c Clock) check() error {
	if _, err := time.LoadLocation(c.Zone); err != nil {
		return fmt.Errorf("clock %s: zone %q is not known; write an IANA name such as Europe/Berlin", c.ID, c.Zone)
	}
	switch {
	case c.ID == "":
		return fmt.Errorf("clocks: a clock has no id")
	case c.Start == "":
		return fmt.Errorf("clock %s: start_event is missing: it would never start", c.ID)
	case len(c.Deadlines) == 0:
		return fmt.Errorf("clock %s: it has no deadline", c.ID)
	case c.Source == "":
		return fmt.Errorf("clock %s: source is missing; name the law or the clause", c.ID)
	}
	labels := map[string]bool{}
	for _, d := range c.Deadlines {
		if d.Label == "" || labels[d.Label] {
			return fmt.Errorf("clock %s: two deadlines are called %q", c.ID, d.Label)
		}
		labels[d.Label] = true
		if d.From == "" {
			return fmt.Errorf("clock %s, %s: from is missing: write start, or the label of another deadline", c.ID, d.Label)
		}
		if d.From == d.Label {
			return fmt.Errorf("clock %s, %s: it starts with itself", c.ID, d.Label)
		}
		if d.Move != "" && d.Move != NoonNextWorkingDay {
			return fmt.Errorf("clock %s, %s: move %q is not known; it is %s, or nothing", c.ID, d.Label, d.Move, NoonNextWorkingDay)
		}
		switch d.Unit {
		case unitUndueDelay:
			if d.Value != nil {
				return fmt.Errorf("clock %s, %s: %s takes no value", c.ID, d.Label, d.Unit)
			}
		case unitHours, unitDays, unitMonths, unitUSBusiness, unitBusiness:
			if d.Value == nil || *d.Value < 1 || *d.Value > 10_000 {
				return fmt.Errorf("clock %s, %s: value must be 1 to 10000 %s", c.ID, d.Label, d.Unit)
			}
		default:
			return fmt.Errorf("clock %s, %s: unit %q is not known; it is one of hours, days, months, business_days, us_business_days, without_undue_delay", c.ID, d.Label, d.Unit)
		}
	}
	return nil
}
