package oncall

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/oncall"
	"holdfast/model/plain"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/text"
)

// shift is a row of the list: somebody on call, or a gap.
type shift struct {
	id          string
	schedule    model.ID
	name, layer string
	person      string // empty in a gap
	personID    model.ID
	from, until time.Time
	open        bool // a gap that goes on beyond what the screen looks at
	note        string
	tone        text.Tone
}

// place names a layer of a schedule.
func place(layer, schedule string) string { return layer + " of " + schedule }

func (s shift) place() string { return place(s.layer, s.name) }

// content is what the screen shows, copied from the room.
type content struct {
	me       model.ID
	now      time.Time
	duties   []model.DutyView
	shifts   []shift
	handoffs map[string]model.HandoffView // by the id of the shift that begins
	changes  []model.RotaChangeView
	troubles []string
	loads    []model.LoadView
	lanes    []part.StripLane
	rotas    []rota             // the schedules without their changes
	people   []model.PersonView // of the room, to find who a calendar names
}

// days is how far ahead the screen looks.
const days = 14

// read copies what the screen shows out of the state; self is this device.
func read(in screen.Input, self model.DeviceKey) content {
	s := in.State
	c := content{now: in.Now, duties: s.DutyViews(in.Now), handoffs: map[string]model.HandoffView{}}
	if m := s.Members[self]; m != nil {
		c.me = m.Person
	}
	from := in.Now
	until := from.Add(days * 24 * time.Hour).Truncate(time.Hour) // what is typed has no seconds
	troubles := s.Troubles(from, until)
	seen := map[model.ID]bool{}
	for _, v := range s.ScheduleViews(from, until, in.Now) {
		var doc oncall.Schedule
		if json.Unmarshal(v.Document, &doc) == nil {
			c.rotas = append(c.rotas, rota{v.ID, doc})
		}
		for _, x := range v.Shifts {
			c.shifts = append(c.shifts, shiftOf(v, x, troubles))
		}
		for _, h := range v.Handoffs {
			c.handoffs[shiftID(v.ID, h.Layer, h.At)] = h
		}
		for _, change := range v.Changes {
			if !seen[change.ID] { // a leave is in every schedule
				seen[change.ID] = true
				c.changes = append(c.changes, change)
			}
		}
		for _, t := range troubles {
			if t.Kind == model.TroubleGap && t.Schedule == v.Name {
				c.shifts = append(c.shifts, shift{
					id: shiftID(v.ID, t.Layer, t.From) + "/gap", schedule: v.ID, name: text.Line(v.Name), layer: text.Line(t.Layer), from: t.From, until: t.Until,
					open: !t.Until.Before(until),
					note: "a gap: an override fills it", tone: text.Late,
				})
			}
		}
	}
	slices.SortStableFunc(c.shifts, func(a, b shift) int {
		return cmp.Or(a.from.Compare(b.from), cmp.Compare(a.name, b.name), cmp.Compare(a.layer, b.layer))
	})
	c.troubles = append(c.asked(), say(troubles, s.ContactWarnings(in.Now), in.Zone)...)
	c.people = s.PersonViews()
	c.loads = s.LoadViews(in.Now.Add(-loadBack), in.Now.Add(loadAhead))
	c.lanes = c.strip(from, until, troubles)
	return c
}

// The load is counted over a quarter of a year, most of it past.
const (
	loadBack  = 60 * 24 * time.Hour
	loadAhead = 30 * 24 * time.Hour
)

func shiftID(schedule model.ID, layer string, at time.Time) string {
	return fmt.Sprintf("%s/%s/%d", schedule, layer, at.Unix())
}

func shiftOf(v model.ScheduleView, x model.ShiftView, troubles []model.Trouble) shift {
	s := shift{
		id: shiftID(v.ID, x.Layer, x.From), schedule: v.ID, name: text.Line(v.Name), layer: text.Line(x.Layer), person: text.Line(x.Person),
		personID: x.PersonID, from: x.From, until: x.Until,
	}
	for _, t := range troubles {
		if t.PersonID != x.PersonID || !t.From.Before(x.Until) || !x.From.Before(t.Until) {
			continue
		}
		switch t.Kind {
		case model.TroubleLeave:
			s.note, s.tone = join(s.note, "on leave in it"), text.Soon
		case model.TroubleLeft:
			s.note, s.tone = join(s.note, "left: nobody answers"), text.Late
		case model.TroubleClash:
			s.note, s.tone = join(s.note, "holds two places"), text.Soon
		}
	}
	if x.Why != "rotation" {
		// What is wrong comes first: a long reason is cut at the end of the line.
		s.note = join(s.note, changed(x))
	}
	return s
}

// changed says why a shift is not as the rotation has it: "override for Ana Ruiz: dentist".
func changed(x model.ShiftView) string {
	says := x.Why
	if x.Instead != "" {
		says += " for " + text.Line(x.Instead)
	}
	if x.Reason != "" {
		says += ": " + text.Line(x.Reason)
	}
	return says
}

func join(note, more string) string {
	switch {
	case note == "":
		return more
	case strings.Contains(note, more):
		return note
	}
	return note + "; " + more
}

// asked says that a swap waits for this person.
func (c content) asked() []string {
	w, ok := c.waiting()
	if !ok {
		return nil
	}
	return []string{"A swap of " + short(w.Person, maxName) + " and " + short(w.With, maxName) + " waits for you: y agrees, W shows it"}
}

// waiting is the swap that waits for this person.
func (c content) waiting() (model.RotaChangeView, bool) {
	for _, w := range c.changes {
		if w.State == "waits" && slices.Contains(w.WaitIDs, c.me) {
			return w, true
		}
	}
	return model.RotaChangeView{}, false
}

// maxTold is how many sentences about what is wrong are shown at once.
const maxTold = 3

// say writes what is wrong, a sentence each.
func say(troubles []model.Trouble, contacts []model.ContactWarning, zone *time.Location) []string {
	var all []string
	add := func(words string) {
		if words = short(words, maxWords); !slices.Contains(all, words) {
			all = append(all, words)
		}
	}
	for _, t := range troubles {
		words := short(t.What, maxWords-len(", from Wed 30 Nov 00:00"))
		if !t.From.IsZero() {
			words += ", from " + stampOf(t.From, zone)
		}
		add(words)
	}
	for _, w := range contacts {
		add(w.Person + ": " + w.What)
	}
	if more := len(all) - maxTold; more > 1 {
		all = append(all[:maxTold], fmt.Sprintf("and %d more; the list and the directory mark them", more))
	}
	return all
}

// maxWords keeps a sentence on its line, maxName a name or a number within it.
const (
	maxWords = 150
	maxName  = 34
)

// short makes what people wrote fit for a line, and cuts it.
func short(words string, most int) string {
	r := []rune(text.Line(words))
	if len(r) > most {
		r = append(r[:most-1], '…')
	}
	return string(r)
}

// The most the strip draws; what is beyond stands in the list.
const (
	maxLanes    = 5
	maxSegments = 160
)

// strip makes the lanes of the strip.
func (c content) strip(from, until time.Time, troubles []model.Trouble) []part.StripLane {
	var lanes []part.StripLane
	at := map[string]int{}
	share := func(t time.Time) float32 {
		return min(max(float32(t.Sub(from))/float32(until.Sub(from)), 0), 1)
	}
	for _, d := range c.duties {
		if len(lanes) < maxLanes {
			name := place(text.Line(d.Layer), text.Line(d.Schedule))
			at[name] = len(lanes)
			lanes = append(lanes, part.StripLane{Name: name})
		}
	}
	for _, s := range c.shifts {
		i, ok := at[s.place()]
		if !ok || len(lanes[i].Segments) == maxSegments {
			continue
		}
		words := s.person
		if s.person == "" {
			words = "Nobody"
		}
		lanes[i].Segments = append(lanes[i].Segments, part.Segment{
			From: share(s.from), Until: share(s.until), Words: words, Tone: s.tone, Mine: s.personID == c.me && !c.me.Zero(),
		})
	}
	for _, t := range troubles {
		for i := range lanes {
			if (t.Kind == model.TroubleLeave || t.Kind == model.TroubleClash || t.Kind == model.TroubleLeft) && strings.Contains(t.What, lanes[i].Name) && len(lanes[i].Segments) < maxSegments {
				lanes[i].Segments = append(lanes[i].Segments, part.Segment{From: share(t.From), Until: share(t.Until), Clash: true})
			}
		}
	}
	return lanes
}

// headsOf names the days of the strip.
func headsOf(from time.Time, zone *time.Location) []string {
	heads := make([]string, days)
	for i := range heads {
		heads[i] = from.Add(time.Duration(i) * 24 * time.Hour).In(zone).Format("Mon 2")
	}
	return heads
}

// stampOf writes a time of a schedule where the reader is.
func stampOf(t time.Time, zone *time.Location) string { return t.In(zone).Format("Mon 2 Jan 15:04") }

// ends says until when; of an open gap no more than the last day that was looked at.
func (s shift) ends(zone *time.Location) string {
	if s.open {
		return "past " + s.until.In(zone).Format("Mon 2 Jan")
	}
	return stampOf(s.until, zone)
}

// span is from when until when.
func (s shift) span(zone *time.Location) string {
	if s.open {
		return "from " + stampOf(s.from, zone) + " on"
	}
	return stampOf(s.from, zone) + " to " + s.ends(zone)
}

func (s shift) row(now time.Time, zone *time.Location) part.ShiftRow {
	r := part.ShiftRow{
		ID: s.id, From: stampOf(s.from, zone), Until: s.ends(zone), Place: s.place(), Who: s.person, Note: s.note, Tone: s.tone,
		Now: !s.from.After(now) && s.until.After(now),
	}
	if r.Who == "" {
		r.Who = "Nobody"
	}
	return r
}

// title says in one line who is on call.
func (c content) title() string {
	var names []string
	for _, d := range c.duties {
		if d.Layer != "primary" {
			continue
		}
		name := d.Person
		if name == "" {
			name = "nobody"
		}
		if name = short(name, maxName); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	switch {
	case len(c.duties) == 0:
		return "Nobody is on call: the room has no schedule"
	case len(names) == 0:
		return "On call"
	case len(names) == 1 && names[0] == "nobody":
		return "Nobody is on call as primary"
	}
	if len(names) > maxTold {
		names = append(names[:maxTold], "and more")
	}
	return "On call: " + strings.Join(names, ", ")
}

// handoffLine says how a hand-off stands.
func handoffLine(h model.HandoffView, zone *time.Location) string {
	from := text.Line(h.From)
	if from == "" {
		from = "nobody"
	}
	words := plain.Capital(place(text.Line(h.Layer), text.Line(h.Schedule))) + " passes from " + from + " to " + text.Line(h.To) + " on " + stampOf(h.At, zone) + ". "
	switch h.State {
	case "accepted":
		return words + "Accepted at " + stampOf(h.AcceptedAt, zone) + "."
	case "late":
		return words + "It should have been accepted by now."
	case "open", "due":
		return words + "Not accepted yet."
	}
	return words
}

// loadLines writes the load of each person in columns.
func (c content) loadLines() string {
	if len(c.loads) == 0 {
		return ""
	}
	const wide = 24
	cell := func(s string) string {
		r := []rune(s)
		if len(r) > wide {
			r = append(r[:wide-1], '…')
		}
		return string(r) + strings.Repeat(" ", wide-len(r))
	}
	var b strings.Builder
	last := ""
	for _, l := range c.loads {
		if at := place(text.Line(l.Layer), text.Line(l.Schedule)); at != last {
			if last != "" {
				b.WriteByte('\n')
			}
			fmt.Fprintf(&b, "%s  total  night weekend\n", cell(at))
			last = at
		}
		fmt.Fprintf(&b, "%s  %5d %6d %7d\n", cell(text.Line(l.Person)), l.TotalS/3600, l.NightS/3600, l.WeekendS/3600)
	}
	return strings.TrimRight(b.String(), "\n")
}
