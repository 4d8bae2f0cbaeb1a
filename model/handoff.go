package model

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model/oncall"
)

// ClassHandoff is what is written about one hand-off of a layer: the note of
// who leaves, and that the other took over.
const ClassHandoff = "handoff"

// Fields of a hand-off. Schedule, layer and time name it.
const (
	HandoffSchedule = "schedule"
	HandoffLayer    = "layer"
	HandoffAt       = "at"
	HandoffAccepted = "accepted" // id of who took over
	HandoffChecked  = "checked"  // what they have checked, one a line of TakingChecks

	notePrefix = "note." // before one of NoteParts
)

// NotePart is a part of the note of who goes off call.
type NotePart struct {
	Name  string `json:"name"`
	Title string `json:"title"`
}

// NoteParts are what a hand-off note speaks of, in order.
var NoteParts = [...]NotePart{
	{"open", "Open incidents and their state"},
	{"pages", "Pages of this shift: count, nights, noisy and flapping alerts"},
	{"muted", "Muted alerts, each with its end"},
	{"risky", "Risky changes ahead, with their dates"},
	{"workarounds", "Temporary workarounds"},
	{"tickets", "Vendor tickets"},
	{"runbooks", "Runbook gaps found"},
	{"absences", "Absences and swaps"},
	{"credentials", "Credentials tested"},
	{"note", "Anything odd"},
}

// TakingChecks are what who goes on call checks first.
var TakingChecks = [...]string{
	"Test page on two ways", "Laptop, power, second network", "VPN, sign-in, break-glass opened and closed", "Offline pack refreshed",
	"Phone lets the pager through", "Know the secondary and the manager", "Read the last hand-off",
}

// handoffKey names a hand-off; at is in seconds.
type handoffKey struct {
	schedule ID
	layer    string
	at       int64
}

// handoffNotes finds the items of hand-offs. Where two were written apart, the
// one that is accepted counts, else the earlier.
func (s *State) handoffNotes() map[handoffKey]ID {
	notes := map[handoffKey]ID{}
	for _, id := range s.itemsOf(ClassHandoff) {
		f := s.Items[id].Fields
		schedule, err := ParseID(f.Text(HandoffSchedule))
		at, ok := f.when(HandoffAt)
		if err != nil || !ok {
			continue
		}
		key := handoffKey{schedule, f.Text(HandoffLayer), at.Unix()}
		if old, had := notes[key]; !had || s.Items[old].Fields.Text(HandoffAccepted) == "" && f.Text(HandoffAccepted) != "" {
			notes[key] = id
		}
	}
	return notes
}

// HandoffAccepted reports whether a hand-off of a schedule was taken over.
func (s *State) HandoffAccepted(schedule ID, h oncall.Handoff) bool {
	_, item := s.handoffItem(schedule, h)
	return item != nil && item.Fields.Text(HandoffAccepted) != ""
}

func (s *State) handoffItem(schedule ID, h oncall.Handoff) (ID, *Item) {
	id, ok := s.composed().notes[handoffKey{schedule, h.Layer, h.At.Unix()}]
	if !ok {
		return ID{}, nil
	}
	return id, s.Items[id]
}

// roomHandoff is a hand-off of a schedule of the room.
type roomHandoff struct {
	schedule ID
	oncall.Handoff
}

// handoffs lists the hand-offs of all schedules, or of one, from the beginning
// of the shifts that run at from. Those before the schedule was here are left
// out: nobody could take them over.
func (s *State) handoffs(schedule ID, from, to time.Time) []roomHandoff {
	var list []roomHandoff
	for _, r := range s.Schedules() {
		if r.Rota == nil || !schedule.Zero() && r.ID != schedule {
			continue
		}
		start := from
		for _, shift := range r.Rota.Shifts(from, from.Add(time.Second)) {
			if shift.From.Before(start) {
				start = shift.From
			}
		}
		added := viewMilli(s.Items[r.ID].Added.Recorded())
		for _, h := range r.Rota.Handoffs(start, to) {
			if h.Until.After(from) && !h.At.Before(added) {
				list = append(list, roomHandoff{r.ID, h})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b roomHandoff) int { return a.At.Compare(b.At) })
	return list
}

// Spans in which a hand-off is meant where nobody says which: a note is written
// on the last day of a shift or soon after it, and taken over around its time.
const (
	noteAhead   = 15 * 24 * time.Hour
	acceptAhead = 12 * time.Hour
)

// pickHandoff finds the hand-off a person means: of a schedule and layer where
// given, at a time where given; else the one of theirs that is nearest to now.
func (p *Planner) pickHandoff(schedule, layer string, at time.Time, ahead time.Duration, mine func(oncall.Handoff) bool) (roomHandoff, error) {
	var of ID
	if schedule != "" {
		r, err := p.State.rotaOf(schedule)
		if err != nil {
			return roomHandoff{}, err
		}
		of = r.ID
	}
	named := layer != "" || !at.IsZero()
	var found []roomHandoff
	for _, h := range p.State.handoffs(of, p.Now, p.Now.Add(max(ahead, at.Sub(p.Now)+time.Second))) {
		if (layer == "" || h.Layer == layer) && (at.IsZero() || h.At.Equal(at.UTC())) && (named || mine(h.Handoff)) {
			found = append(found, h)
		}
	}
	slices.SortStableFunc(found, func(a, b roomHandoff) int {
		return cmp.Or(cmp.Compare(away(p, a), away(p, b)), a.At.Compare(b.At))
	})
	if len(found) == 0 {
		return roomHandoff{}, refuse("there is no hand-off of yours near; name one with its schedule and layer, `oncall show` lists them. Nothing was changed")
	}
	return found[0], nil
}

// away is how far a hand-off is from now; one that was accepted is far.
func away(p *Planner, h roomHandoff) time.Duration {
	d := h.At.Sub(p.Now).Abs()
	if p.State.HandoffAccepted(h.schedule, h.Handoff) {
		d += oncall.MaxTurn
	}
	return d
}

// WriteHandoff writes the note of who goes off call. Parts that are left out
// stay as they are; an empty one is taken out.
type WriteHandoff struct {
	Schedule, Layer string
	// At is the time of the hand-off; zero is the author's nearest.
	At    time.Time
	Notes map[string]string // by the name of NoteParts
}

// Plan implements Command.
func (c WriteHandoff) Plan(p *Planner) (Done, error) {
	if len(c.Notes) == 0 {
		return Done{}, refuse("the note is empty; say what the next person must know. Nothing was changed")
	}
	h, err := p.pickHandoff(c.Schedule, c.Layer, c.At, noteAhead, func(h oncall.Handoff) bool { return h.From == p.Person.String() })
	if err != nil {
		return Done{}, err
	}
	fields := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(c.Notes)) {
		i := slices.IndexFunc(NoteParts[:], func(n NotePart) bool { return n.Name == name })
		if i < 0 {
			return Done{}, refuse("a hand-off note has no part %.40q; it has: %s", name, partNames())
		}
		if fields[notePrefix+name], err = remark(strings.ToLower(NoteParts[i].Title), c.Notes[name]); err != nil {
			return Done{}, err
		}
	}
	id := p.writeHandoff(h, fields)
	return Done{ID: id, Note: "the note for " + p.State.namesOf([]string{h.To}) + ", " + h.Layer + " from " + h.At.Format("2006-01-02 15:04 MST")}, nil
}

func partNames() string {
	names := make([]string, len(NoteParts))
	for i, n := range NoteParts {
		names[i] = n.Name
	}
	return strings.Join(names, ", ")
}

// writeHandoff plans the fields of a hand-off, adding its item where there is
// none.
func (p *Planner) writeHandoff(h roomHandoff, fields map[string]string) ID {
	if id, item := p.State.handoffItem(h.schedule, h.Handoff); item != nil {
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if item.Fields.Text(name) != fields[name] {
				p.setItem(ID{}, id, item, name, fields[name], "")
			}
		}
		return id
	}
	fields[HandoffSchedule], fields[HandoffLayer], fields[HandoffAt] = h.schedule.String(), h.Layer, timeText(h.At)
	return p.addItem(ID{}, ClassHandoff, fields)
}

// AcceptHandoff says that a person is on call now and has read the note.
type AcceptHandoff struct {
	Schedule, Layer string
	At              time.Time // zero is the author's nearest
	// Person is who takes over; empty is the author. For people without a
	// device another may say it.
	Person  string
	Checked []string // of TakingChecks
}

// Plan implements Command.
func (c AcceptHandoff) Plan(p *Planner) (Done, error) {
	person, err := p.inPerson(c.Person)
	if err != nil {
		return Done{}, err
	}
	h, err := p.pickHandoff(c.Schedule, c.Layer, c.At, acceptAhead, func(h oncall.Handoff) bool { return h.To == person.String() })
	if err != nil {
		return Done{}, err
	}
	if h.To != person.String() {
		return Done{}, refuse("%s takes over %s at %s, not %s. Nothing was changed", p.State.namesOf([]string{h.To}), h.Layer,
			h.At.Format("2006-01-02 15:04 MST"), p.State.PersonName(person))
	}
	if ahead := h.At.Sub(p.Now); ahead > acceptAhead {
		return Done{}, refuse("the hand-off is in %s; take it over within %s of it. Nothing was changed", speakDuration(ahead), speakDuration(acceptAhead))
	}
	fields := map[string]string{HandoffAccepted: person.String()}
	var checked []string
	for _, text := range c.Checked {
		check, err := choose("the check", text, TakingChecks[:])
		if err != nil {
			return Done{}, err
		}
		checked = append(checked, check)
	}
	if len(checked) > 0 {
		fields[HandoffChecked] = strings.Join(checked, "\n")
	}
	note := p.State.PersonName(person) + " has " + h.Layer + " until " + h.Until.Format("2006-01-02 15:04 MST")
	return Done{ID: p.writeHandoff(h, fields), Note: note}, nil
}
