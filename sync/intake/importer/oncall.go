package importer

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"holdfast/model/oncall"
)

// MaxShifts bounds the shifts of one calendar. It is what a schedule takes as
// overrides.
const MaxShifts = oncall.MaxChanges

// OnCallOptions say how an on-call calendar is read.
type OnCallOptions struct {
	// From and To bound what is read: events that repeat may go on for ever.
	// To is at most oncall.MaxWindow after From.
	From, To time.Time
	// Zone is that of times without one, where the calendar names none. Nil
	// means UTC.
	Zone *time.Location
	// Layer is that of events that name none; empty means primary.
	Layer string
	// Person finds the id of a person by name and e-mail, either of which may
	// be empty. ok is false where there is nobody, or more than one.
	Person func(name, email string) (id string, ok bool)
}

// OnCall is an on-call calendar as it was read.
type OnCall struct {
	Name string
	Zone string // IANA name, or UTC
	// Shifts are in order of layer and time, in UTC.
	Shifts []OnCallShift
	// Unknown names the people that were not found; their shifts have no Person.
	Unknown []string
	// Left names the events and lines that were left out.
	Left []BadRow
	// Notes say what a reader should know of the rest.
	Notes []BadRow

	rules []onCallRule
}

// OnCallShift is one shift of a calendar.
type OnCallShift struct {
	Layer  string
	Person string // id; empty where Name was not found
	Name   string
	From   time.Time
	Until  time.Time
	UID    string
	Line   int // of its event, from 1
}

// onCallRule is an event that repeats for ever: a turn of a rotation.
type onCallRule struct {
	layer, person string
	start         icalTime
	length        time.Duration
	rule          string
}

// OnCallICS reads an on-call calendar (RFC 5545), as PagerDuty, Opsgenie,
// Grafana and calendar programs write it. Events that are wrong are left out
// and named; the error, which wraps ErrInvalid, is for a file that is no
// calendar.
func OnCallICS(r io.Reader, o OnCallOptions) (OnCall, error) {
	b, err := readAll(r)
	if err != nil {
		return OnCall{}, err
	}
	if !o.From.Before(o.To) || o.To.Sub(o.From) > oncall.MaxWindow {
		return OnCall{}, fmt.Errorf("%w: the time asked for must end after it begins, and within two years", ErrInvalid)
	}
	c, err := readCalendar(b)
	if err != nil {
		return OnCall{}, err
	}
	out := OnCall{Name: c.name, Left: c.bad}
	out.zone(c, o.Zone)
	if o.Layer == "" {
		o.Layer = oncall.Primary
	}
	if err := out.events(c, o); err != nil {
		return OnCall{}, err
	}
	slices.SortStableFunc(out.Shifts, func(a, b OnCallShift) int {
		return cmp.Or(layerOrder(a.Layer, b.Layer), a.From.Compare(b.From), a.Until.Compare(b.Until))
	})
	slices.SortStableFunc(out.Left, func(a, b BadRow) int { return cmp.Compare(a.Line, b.Line) })
	return out, nil
}

// layerOrder puts primary before secondary before all others.
func layerOrder(a, b string) int {
	rank := func(s string) int {
		if i := slices.Index([]string{oncall.Primary, oncall.Secondary}, s); i >= 0 {
			return i
		}
		return 2
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), strings.Compare(a, b))
}

// zone settles the zone of times without one.
func (o *OnCall) zone(c *calendar, given *time.Location) {
	o.Zone, c.floating = "UTC", time.UTC
	if given != nil {
		o.Zone, c.floating = given.String(), given
	}
	if c.own == "" {
		return
	}
	if loc, ok := c.zone(c.own); ok {
		o.Zone, c.floating = loc.String(), loc
	} else {
		o.Notes = append(o.Notes, BadRow{1, fmt.Sprintf("its zone %.60q is not known; times without a zone are read as %s", c.own, o.Zone)})
	}
}

func (o *OnCall) events(c *calendar, opt OnCallOptions) error {
	moved := map[string]map[int64]bool{} // by UID: occurrences that an event of their own replaces
	ready := make([]*event, 0, len(c.events))
	rules := 0
	for i := range c.events {
		e := &c.events[i]
		if err := c.read(e); err != nil {
			o.Left = append(o.Left, BadRow{e.line, err.Error()})
			continue
		}
		if e.rule != "" {
			if rules++; rules > maxRules {
				return fmt.Errorf("%w: line %d: more than %d events repeat; import fewer layers at once", ErrInvalid, e.line, maxRules)
			}
		}
		if !e.instead.IsZero() {
			if moved[e.uid] == nil {
				moved[e.uid] = map[int64]bool{}
			}
			moved[e.uid][e.instead.Unix()] = true
		}
		ready = append(ready, e)
	}
	for _, e := range ready {
		if !strings.EqualFold(e.text("STATUS"), "CANCELLED") {
			if err := o.event(e, moved[e.uid], opt); err != nil {
				return err
			}
		}
	}
	return nil
}

// event adds the shifts of one event.
func (o *OnCall) event(e *event, moved map[int64]bool, opt OnCallOptions) error {
	walls, err := e.occurrences(opt.From, opt.To, MaxShifts)
	if err != nil {
		o.Left = append(o.Left, BadRow{e.line, err.Error()})
		return nil
	}
	name, email, layer := whose(e, opt.Layer)
	if name == "" && email == "" {
		o.Left = append(o.Left, BadRow{e.line, "the event names nobody, in SUMMARY or ATTENDEE"})
		return nil
	}
	id, ok := opt.Person(name, email)
	if !ok {
		name = cmp.Or(remark.ReplaceAllString(name, ""), name)
		id, ok = opt.Person(name, email)
	}
	shift := OnCallShift{Layer: layer, Name: cmp.Or(name, email), UID: e.uid, Line: e.line}
	if ok {
		shift.Person = id
	} else if !slices.Contains(o.Unknown, shift.Name) {
		o.Unknown = append(o.Unknown, shift.Name)
	}
	for _, wall := range walls {
		shift.From, shift.Until = instant(wall, e.start.loc), instant(wall.Add(e.length), e.start.loc)
		if at := shift.From.Unix(); e.excluded[at] || e.instead.IsZero() && moved[at] {
			continue
		}
		if !shift.From.Before(shift.Until) || !shift.Until.After(opt.From) || !shift.From.Before(opt.To) {
			continue
		}
		if len(o.Shifts) == MaxShifts {
			return fmt.Errorf("%w: line %d: it has more than %d shifts; import a shorter time", ErrInvalid, e.line, MaxShifts)
		}
		o.Shifts = append(o.Shifts, shift)
	}
	o.note(e)
	endless := e.rule != "" && !strings.Contains(strings.ToUpper(e.rule), "COUNT=") && untilOf(e.rule) == ""
	if endless && e.instead.IsZero() && shift.Person != "" {
		o.rules = append(o.rules, onCallRule{layer, shift.Person, e.start, e.length, e.rule})
	}
	return nil
}

// note says what was settled for the writer of an event.
func (o *OnCall) note(e *event) {
	if e.start.date {
		o.Notes = append(o.Notes, BadRow{e.line, "it has days and no times; they are read as midnight to midnight in " + e.start.loc.String()})
	}
	if strings.EqualFold(e.text("STATUS"), "TENTATIVE") {
		o.Notes = append(o.Notes, BadRow{e.line, "it is marked tentative; it is read as agreed"})
	}
}

var (
	// level is how Grafana OnCall writes a layer: [L1] Ana Ruiz.
	level = regexp.MustCompile(`(?i)^\[L(\d)\]\s*`)
	// prefixed is the way of most: Primary: Ana Ruiz.
	prefixed = regexp.MustCompile(`(?i)^(primary|secondary|shadow|backup|on[- ]?call)\s*[:\-–]\s*`)
	// remark may follow a name: Ana Ruiz (late start).
	remark = regexp.MustCompile(`\s*[(\[][^()\[\]]*[)\]]\s*$`)
)

// whose finds in an event who is on call, and in which layer.
func whose(e *event, layer string) (name, email, in string) {
	in = layer
	summary := label(e.text("SUMMARY"))
	if l, ok := e.first("ATTENDEE"); ok {
		name, email = label(l.param("CN")), strings.TrimSpace(l.value)
		if len(email) > 7 && strings.EqualFold(email[:7], "mailto:") {
			email = email[7:]
		}
	}
	if parts := strings.Split(summary, " - "); len(parts) >= 3 && strings.EqualFold(parts[0], "On Call") { // PagerDuty
		words := strings.Fields(parts[len(parts)-1])
		if last := layerWord(words[max(0, len(words)-1):]); last != "" {
			in = last
		}
		summary = parts[1]
	}
	if m := level.FindStringSubmatch(summary); m != nil {
		in = map[string]string{"1": oncall.Primary, "2": oncall.Secondary}[m[1]]
		in = cmp.Or(in, "level "+m[1])
		summary = summary[len(m[0]):]
	}
	if m := prefixed.FindStringSubmatch(summary); m != nil {
		in = cmp.Or(layerWord(m[1:]), in)
		summary = summary[len(m[0]):]
	}
	for _, l := range e.props["CATEGORIES"] {
		of, who, ok := strings.Cut(summary, ": ")
		switch word := layerWord(strings.Split(l.value, ",")); {
		case word != "":
			in = word
		case ok && strings.EqualFold(of, label(l.value)): // Database: Ana Ruiz
			in, summary = label(l.value), who
		}
	}
	return cmp.Or(name, summary), email, in
}

// layerWord is the layer the first of words names, or nothing.
func layerWord(words []string) string {
	if len(words) == 0 {
		return ""
	}
	switch w := strings.ToLower(strings.TrimSpace(words[0])); w {
	case oncall.Primary, oncall.Secondary, oncall.Shadow:
		return w
	case "backup":
		return oncall.Secondary
	}
	return ""
}

// label makes a name of a text: no line breaks, and no longer than names are.
func label(s string) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }), " ")
	if len(s) > oncall.MaxName {
		s = strings.ToValidUTF8(s[:oncall.MaxName], "")
	}
	return s
}
