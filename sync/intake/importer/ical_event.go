package importer

import (
	"errors"
	"fmt"
	"strings"
	"time"

	rrule "github.com/teambition/rrule-go"
)

const (
	// maxEvents bounds the events of a calendar: five years of three shifts a day.
	maxEvents = 6000
	// maxRules bounds those that repeat: a rule for each of a hundred people in
	// two layers. A daily one since 1970 takes some 10 ms.
	maxRules = 200
	// maxRule bounds an RRULE in bytes: each of its parts once, and to spare.
	maxRule = 300
	// maxInterval bounds INTERVAL: a turn in ten years.
	maxInterval = 520
)

// calendar is a calendar while it is read.
type calendar struct {
	name     string
	own      string // X-WR-TIMEZONE
	floating *time.Location
	zones    map[string]*time.Location // of a TZID; nil: not known
	located  map[string]string         // X-LIC-LOCATION of a VTIMEZONE by TZID
	tzid     string                    // of the VTIMEZONE being read
	events   []event
	bad      []BadRow
}

// event is a VEVENT.
type event struct {
	line  int
	props map[string][]icalLine

	uid      string
	start    icalTime
	length   time.Duration // wall-clock
	rule     string
	instead  time.Time // RECURRENCE-ID; zero: not one
	excluded map[int64]bool
	added    []icalTime
}

func (e *event) first(name string) (icalLine, bool) {
	if list := e.props[name]; len(list) > 0 {
		return list[0], true
	}
	return icalLine{}, false
}

func (e *event) text(name string) string {
	l, _ := e.first(name)
	return strings.TrimSpace(l.value)
}

// readCalendar reads events as they are written, before any is repeated.
func readCalendar(b []byte) (*calendar, error) {
	lines, bad := icalLines(b)
	if len(lines) == 0 || lines[0].name != "BEGIN" || !strings.EqualFold(lines[0].value, "VCALENDAR") {
		return nil, fmt.Errorf("%w: line 1: it does not begin with BEGIN:VCALENDAR; is it an .ics file?", ErrInvalid)
	}
	c := &calendar{zones: map[string]*time.Location{}, located: map[string]string{}, bad: bad}
	var open []icalLine // what has begun and not ended
	for _, l := range lines {
		in := ""
		if len(open) > 0 {
			in = strings.ToUpper(open[len(open)-1].value)
		}
		switch {
		case l.name == "BEGIN":
			if open = append(open, l); len(open) > 8 {
				return nil, fmt.Errorf("%w: line %d: parts are nested more than 8 deep", ErrInvalid, l.line)
			}
			if strings.EqualFold(l.value, "VEVENT") {
				if len(c.events) == maxEvents {
					return nil, fmt.Errorf("%w: line %d: it has more than %d events; export a shorter time", ErrInvalid, l.line, maxEvents)
				}
				c.events = append(c.events, event{line: l.line, props: map[string][]icalLine{}})
			}
		case l.name == "END":
			if !strings.EqualFold(l.value, in) {
				return nil, fmt.Errorf("%w: line %d: END:%.20s where %.20q is open; the file is torn, export it again", ErrInvalid, l.line, l.value, in)
			}
			open = open[:len(open)-1]
		case in == "VEVENT":
			e := &c.events[len(c.events)-1]
			e.props[l.name] = append(e.props[l.name], l)
		default:
			c.property(in, l)
		}
	}
	if len(open) > 0 {
		return nil, fmt.Errorf("%w: line %d: BEGIN:%.20s has no END; the file is torn, export it again", ErrInvalid, open[len(open)-1].line, open[len(open)-1].value)
	}
	return c, nil
}

// property keeps what is said of the calendar itself and of its zones.
func (c *calendar) property(in string, l icalLine) {
	switch in + " " + l.name {
	case "VTIMEZONE TZID":
		c.tzid = l.value
	case "VTIMEZONE X-LIC-LOCATION":
		c.located[c.tzid] = l.value
	case "VCALENDAR X-WR-CALNAME":
		c.name = l.value
	case "VCALENDAR X-WR-TIMEZONE":
		c.own = l.value
	}
}

// read takes out of the lines of an event when it is.
func (c *calendar) read(e *event) error {
	e.uid = e.text("UID")
	l, ok := e.first("DTSTART")
	if !ok {
		return errors.New("the event has no DTSTART")
	}
	start, err := c.times(l)
	if err != nil {
		return err
	}
	e.start = start[0]
	if err := c.readLength(e); err != nil {
		return err
	}
	if l, ok := e.first("RECURRENCE-ID"); ok {
		at, err := c.times(l)
		if err != nil {
			return err
		}
		e.instead = at[0].at()
	}
	e.rule = e.text("RRULE")
	if len(e.props["RRULE"]) > 1 {
		return errors.New("the event has two RRULEs; only one is read, split the event")
	}
	return c.readDates(e)
}

// readDates reads the dates taken out of a rule, and those added to it.
func (c *calendar) readDates(e *event) error {
	e.excluded = map[int64]bool{}
	for _, l := range e.props["EXDATE"] {
		list, err := c.times(l)
		if err != nil {
			return err
		}
		for _, t := range list {
			if t.date && !e.start.date { // a day stands for what begins in it at the usual time
				t.wall = t.wall.Add(e.start.wall.Sub(e.start.wall.Truncate(24 * time.Hour)))
			}
			e.excluded[t.at().Unix()] = true
		}
	}
	for _, l := range e.props["RDATE"] {
		list, err := c.times(l)
		if err != nil {
			return err
		}
		e.added = append(e.added, list...)
	}
	return nil
}

func (c *calendar) readLength(e *event) error {
	if l, ok := e.first("DTEND"); ok {
		end, err := c.times(l)
		if err != nil {
			return err
		}
		e.length = end[0].wall.Sub(e.start.wall)
		if end[0].loc != e.start.loc {
			e.length = end[0].at().Sub(e.start.at())
		}
	} else if l, ok := e.first("DURATION"); ok {
		var err error
		if e.length, err = icalDuration(l.value); err != nil {
			return err
		}
	} else if e.start.date {
		e.length = 24 * time.Hour
	}
	if e.length <= 0 || e.length > 366*24*time.Hour {
		return errors.New("the event must end after it begins and within a year")
	}
	return nil
}

// occurrences gives the wall-clock starts of an event up to until, of which
// those that end before from may be left out. RFC 5545 has repeated events keep
// the exact length of the first where DTEND is given; then a rota of whole
// weeks would overlap or break for an hour at every clock change, so each ends
// at its wall-clock time here, as calendars show it.
func (e *event) occurrences(from, until time.Time, most int) ([]time.Time, error) {
	out := []time.Time{e.start.wall}
	if e.rule != "" {
		opt, err := e.option()
		if err != nil {
			return nil, err
		}
		r, err := rrule.NewRRule(*opt)
		if err != nil {
			return nil, fmt.Errorf("the RRULE is not usable: %w", err)
		}
		out = out[:0]
		next := r.Iterator()
		for wall, ok := next(); ok && wall.Before(until.Add(48*time.Hour)); wall, ok = next() {
			if wall.Add(e.length).Before(from.Add(-48 * time.Hour)) {
				continue
			}
			if out = append(out, wall); len(out) > most {
				return nil, fmt.Errorf("the event repeats more than %d times; import a shorter time", most)
			}
		}
	}
	for _, t := range e.added {
		out = append(out, t.wall)
	}
	return out, nil
}

// option reads an RRULE. What is read is what rotas are made of; the rest is
// refused, some of it because it can be written so that it never comes.
func (e *event) option() (*rrule.ROption, error) {
	if len(e.rule) > maxRule {
		return nil, fmt.Errorf("the RRULE has %d bytes and %d is the most", len(e.rule), maxRule)
	}
	opt, err := rrule.StrToROption(e.rule)
	if err != nil {
		return nil, fmt.Errorf("the RRULE %.80q is not readable", e.rule)
	}
	daily := opt.Freq == rrule.DAILY && (opt.Interval <= 1 || len(opt.Byweekday) == 0)
	plain := len(opt.Bysetpos)+len(opt.Bymonth)+len(opt.Byyearday)+len(opt.Byweekno)+len(opt.Byhour)+len(opt.Byminute)+len(opt.Bysecond)+len(opt.Byeaster) == 0
	monthly := opt.Freq == rrule.MONTHLY && (len(opt.Bymonthday) == 0 || len(opt.Byweekday) == 0)
	switch {
	case opt.Interval < 0 || opt.Interval > maxInterval:
		return nil, fmt.Errorf("the RRULE has INTERVAL %d; 1 to %d are read", opt.Interval, maxInterval)
	case !plain || !(daily || opt.Freq == rrule.WEEKLY || monthly) || len(opt.Bymonthday) > 0 && !monthly:
		return nil, fmt.Errorf("the RRULE %.80q is not read; DAILY, WEEKLY and MONTHLY with INTERVAL, BYDAY, BYMONTHDAY, COUNT and UNTIL are", e.rule)
	}
	for _, d := range opt.Byweekday {
		// A fifth weekday with an interval may never come, a sixth does not exist.
		n := max(d.N(), -d.N())
		if n > 0 && opt.Freq != rrule.MONTHLY || n > 5 || n == 5 && opt.Interval > 1 {
			return nil, fmt.Errorf("the RRULE %.80q is not read; weekdays are counted with MONTHLY alone, from 1MO to 4MO, and 5MO without INTERVAL", e.rule)
		}
	}
	opt.Dtstart = e.start.wall
	if !opt.Until.IsZero() && strings.Contains(untilOf(e.rule), "Z") {
		local := opt.Until.In(e.start.loc)
		_, off := local.Zone()
		opt.Until = opt.Until.Add(time.Duration(off) * time.Second)
	} else if len(untilOf(e.rule)) == len("20060102") {
		opt.Until = opt.Until.Add(24*time.Hour - time.Second) // the day is in
	}
	return opt, nil
}

func untilOf(rule string) string {
	for _, part := range strings.Split(strings.ToUpper(rule), ";") {
		if v, ok := strings.CutPrefix(part, "UNTIL="); ok {
			return v
		}
	}
	return ""
}
