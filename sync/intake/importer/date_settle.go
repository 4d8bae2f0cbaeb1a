package importer

import (
	"fmt"
	"strings"
	"time"

	"holdfast/model/when"
)

// toldRow is a row as a file has it, its time not settled yet. Without a text
// and with header set it names the day of the rows after it.
type toldRow struct {
	where  string
	st     stamp
	timed  bool
	header bool
	weak   bool   // a header whose day counts where nothing else names one
	bare   bool   // a clock of a window that leaves out AM and PM
	raw    string // the time as it is written
	zone   string // what its column names
	author string
	kind   string
	named  bool // a column names the kind
	text   string
	doubt  string
}

// said is the text of the row, which begins with who said it.
func (r *toldRow) said() string {
	text, author := strings.TrimSpace(r.text), strings.TrimSpace(r.author)
	switch {
	case author == "":
		return text
	case text == "":
		return author
	}
	return author + ": " + text
}

// settler gives rows their instants. What a row leaves open is answered by the
// file, then by the options, and is else a Question.
type settler struct {
	o     Options
	zone  string    // what the file names for all its rows
	order DateOrder // what its dates show
	first time.Time // its first date with a year
	open  error     // of a date before it whose order is open
	zones map[string]*time.Location

	day    time.Time // of the row before; zero where there is none
	last   int       // its clock in minutes; -1 where there is none
	rolled int       // how often a clock stepped into the next day
}

// settle adds the rows to the story. The error is a Question.
func settle(s *story, rows []toldRow, o Options, zone string) error {
	c := &settler{o: o, zone: zone, order: o.Order, last: -1, zones: map[string]*time.Location{}}
	c.look(rows)
	for n := range rows {
		if rows[n].weak {
			continue
		}
		if err := c.put(s, &rows[n]); err != nil {
			return err
		}
	}
	return nil
}

// look finds what one date shows of all: their order, and a day.
func (c *settler) look(rows []toldRow) {
	shown := map[DateOrder]bool{}
	for _, r := range rows {
		if r.st.day == dayEither && r.st.wrong == "" {
			switch {
			case r.st.a > 12:
				shown[DayFirst] = true
			case r.st.b > 12:
				shown[MonthFirst] = true
			}
		}
	}
	if len(shown) == 1 {
		for c.order = range shown {
		}
	}
	for _, r := range rows {
		if !c.first.IsZero() {
			return
		}
		mo, d, err := c.monthDay(&r.st)
		if err != nil && r.st.wrong == "" {
			c.open = err
			return
		}
		if err == nil && r.st.y != 0 && r.st.wrong == "" && inCalendar(r.st.y, mo, d) {
			c.first = dayOf(r.st.y, mo, d)
		}
	}
}

// monthDay gives the month and the day of a date.
func (c *settler) monthDay(st *stamp) (mo, d int, err error) {
	switch {
	case st.day != dayEither || st.b > 12 || st.a == st.b:
		return st.a, st.b, nil
	case st.a > 12 || c.order == DayFirst:
		return st.b, st.a, nil
	case c.order == MonthFirst:
		return st.a, st.b, nil
	}
	return 0, 0, Question{AskOrder, fmt.Sprintf("The dates of the file, such as %d/%d, may have the day or the month first", st.a, st.b)}
}

func (c *settler) put(s *story, r *toldRow) error {
	raw := r.raw
	if said := r.said(); raw != "" && said != "" {
		raw += ": " + said
	} else if raw == "" {
		raw = said
	}
	if !r.timed {
		s.untimed(r.where, raw, also(r.doubt, "it has no time that can be read"))
		return nil
	}
	if r.st.wrong != "" {
		s.untimed(r.where, raw, also(r.doubt, "its time cannot be read: "+r.st.wrong))
		return nil
	}
	doubt := also(r.doubt, r.st.doubt)
	at, more, err := c.at(r)
	if err != nil {
		return err
	}
	doubt = also(doubt, more)
	switch {
	case at.IsZero() || outside(at):
		s.untimed(r.where, raw, either(doubt, "its time is outside the calendar"))
	case !r.header:
		kind := either(r.kind, kindOf(r.text))
		s.add(r.where, at, r.st.precision(), kind, either(r.said(), "(a time without a text)"), doubt)
		if (r.named || marked(r.text)) && r.st.precision() <= when.Approx {
			s.reached(kind, at)
		}
	}
	return nil
}

func (st *stamp) precision() when.Precision {
	switch {
	case !st.epoch.IsZero() || st.clock == clockSpan:
		return when.Exact
	case st.clock == clockHour:
		return when.Hour
	case st.clock != clockFull:
		return when.Day
	case st.approx:
		return when.Approx
	}
	return when.Exact
}

// at gives the instant of a row, none where no calendar has its day.
func (c *settler) at(r *toldRow) (at time.Time, doubt string, err error) {
	st := &r.st
	switch {
	case !st.epoch.IsZero():
		return st.epoch, "", nil
	case st.clock == clockSpan && c.o.Start.IsZero():
		return at, "", Question{AskStart, "The times of the file count from a start it does not name, as of a meeting"}
	case st.clock == clockSpan:
		return c.o.Start.UTC().Add(st.span), "", nil
	}
	day, doubt, err := c.dayFor(st)
	if err != nil || day.IsZero() || r.header {
		return day, doubt, err
	}
	word := either(st.zone, r.zone, c.zone)
	loc, err := c.location(word)
	if err != nil {
		return at, "", err
	}
	if st.clock == clockTemplate {
		doubt = also(doubt, "it looks like a line of the template")
	}
	wall := day
	if st.clock == clockFull || st.clock == clockHour {
		wall = time.Date(day.Year(), day.Month(), day.Day(), st.h, st.m, st.s, st.ns, time.UTC)
	}
	at, shifted := inZone(wall, loc, st.precision() != when.Day)
	return at, also(doubt, shifted, offSeason(word, at)), nil
}

// inZone reads a time of day as when.Local does, and says where clocks were set
// over it.
func inZone(wall time.Time, loc *time.Location, timed bool) (at time.Time, doubt string) {
	at, skipped := when.Local(wall, loc)
	if skipped > 0 && timed {
		return at.Add(skipped).UTC(), wall.Format("15:04") + " was skipped when clocks were set forward"
	}
	if _, end := at.In(loc).ZoneBounds(); timed && !end.IsZero() {
		_, before := at.In(loc).Zone()
		_, after := end.In(loc).Zone()
		again := at.Add(time.Duration(before-after) * time.Second)
		if before > after && !again.Before(end) {
			doubt = wall.Format("15:04") + " came twice when clocks were set back; the first was taken"
		}
	}
	return at.UTC(), doubt
}

// offSeason says where a word for one half of the year stands in the other.
func offSeason(word string, at time.Time) string {
	name := seasonal[strings.ToUpper(word)]
	if name == "" {
		return ""
	}
	loc, err := time.LoadLocation(name)
	own, failed := zoneOf(word, nil)
	if err != nil || failed != nil {
		return ""
	}
	_, keeps := at.In(loc).Zone()
	if _, says := at.In(own).Zone(); says == keeps {
		return ""
	}
	return fmt.Sprintf("%s is not kept on that day; it was read as written", strings.ToUpper(word))
}

func (c *settler) location(word string) (*time.Location, error) {
	if word == "" {
		if c.o.Zone == nil {
			return nil, Question{AskZone, "The times of the file name no zone"}
		}
		return c.o.Zone, nil
	}
	if loc := c.zones[word]; loc != nil {
		return loc, nil
	}
	loc, err := zoneOf(word, c.o.Zone)
	switch {
	case err == errNoZone && c.o.Zone != nil:
		return c.o.Zone, nil
	case err == errNoZone:
		return nil, Question{AskZone, fmt.Sprintf("The file names the zone %.40q, which is not known", word)}
	case err == nil:
		c.zones[word] = loc
	}
	return loc, err
}

// also joins doubts.
func also(doubts ...string) string {
	var list []string
	for _, d := range doubts {
		if d != "" {
			list = append(list, d)
		}
	}
	return strings.Join(list, "; ")
}
