package model

import (
	"slices"
	"strings"
	"time"

	"holdfast/model/oncall"
)

// changeFields are the fields of an override, of a leave (the zero schedule),
// and of the first turn of a swap.
func changeFields(schedule ID, t oncall.Turn, reason string) map[string]string {
	f := map[string]string{
		ChangeLayer: t.Layer, ChangeFrom: timeText(t.From), ChangeTo: timeText(t.To), ChangePerson: t.Person, ChangeReason: reason,
	}
	if !schedule.Zero() {
		f[ChangeSchedule] = schedule.String()
	}
	return f
}

func swapFields(schedule ID, w oncall.Swap, agreed []string) map[string]string {
	f := changeFields(schedule, w.First, w.Reason)
	f[ChangeLayer2], f[ChangeFrom2], f[ChangeTo2], f[ChangePerson2] = w.Second.Layer, timeText(w.Second.From), timeText(w.Second.To), w.Second.Person
	for _, id := range agreed {
		f[agreedPrefix+id] = "yes"
	}
	return f
}

func timeText(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// AddOverride puts a person on call for a time, whoever else was.
type AddOverride struct {
	Schedule string // may be left out where the room has one
	Layer    string // empty is primary
	Person   string // empty is the author
	From, To time.Time
	Reason   string
}

// Plan implements Command.
func (c AddOverride) Plan(p *Planner) (Done, error) {
	r, err := p.State.rotaOf(c.Schedule)
	if err != nil {
		return Done{}, err
	}
	person, err := p.onDuty(c.Person)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	t := oncall.Turn{Layer: either(c.Layer, oncall.Primary), From: c.From.UTC(), To: c.To.UTC(), Person: person.String()}
	if !t.To.After(p.Now) {
		return Done{}, refuse("the override ends at %s, which is past; who was on call then is not changed any more", t.To.Format("2006-01-02 15:04 MST"))
	}
	next := r.Schedule
	next.Overrides = append(slices.Clip(next.Overrides), oncall.Override{Layer: t.Layer, From: t.From, To: t.To, Person: t.Person, Reason: reason})
	if err := next.Check(nil); err != nil {
		return Done{}, refuse("%s. Nothing was changed", p.State.sentence(err))
	}
	id := p.addItem(ID{}, ClassOverride, changeFields(r.ID, t, reason))
	return Done{ID: id, Note: p.State.awayThen(r, person, t.From, t.To)}, nil
}

// awayThen warns where a person is on leave in a time they take over.
func (s *State) awayThen(r *RoomSchedule, person ID, from, to time.Time) string {
	for _, l := range r.Schedule.Leave {
		if l.Person == person.String() && l.From.Before(to) && from.Before(l.To) {
			return s.PersonName(person) + " is on leave from " + l.From.Format("2006-01-02 15:04") + " to " + l.To.Format("2006-01-02 15:04 MST")
		}
	}
	return ""
}

// onDuty finds a person who may be put on call; empty is the author.
func (p *Planner) onDuty(text string) (ID, error) {
	person := p.Person
	if strings.TrimSpace(text) != "" {
		id, err := p.State.FindPerson(text)
		if err != nil {
			return ID{}, err
		}
		person = id
	}
	if person.Zero() {
		return ID{}, refuse("say who; this device belongs to nobody in the room. Nothing was changed")
	}
	if p.State.hasLeft(person, p.Now) {
		return ID{}, refuse("%s left on %s and cannot be put on call. Nothing was changed", p.State.PersonName(person), p.State.People[person].Fields.Text(PersonLeft))
	}
	return person, nil
}

// AddSwap proposes that two people exchange a shift each. It holds once both
// agreed: who proposes it agrees by that.
type AddSwap struct {
	Schedule string
	Layer    string // of both; empty is primary
	// First takes the shift of Second that runs at SecondAt, and gives the one
	// that runs at FirstAt. An empty First is the author.
	First, Second     string
	FirstAt, SecondAt time.Time
	Reason            string
}

// Plan implements Command.
func (c AddSwap) Plan(p *Planner) (Done, error) {
	r, err := p.State.rotaOf(c.Schedule)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	w := oncall.Swap{Reason: reason}
	for _, side := range [...]struct {
		turn *oncall.Turn
		who  string
		at   time.Time
	}{{&w.First, c.First, c.FirstAt}, {&w.Second, c.Second, c.SecondAt}} {
		if side.turn == &w.Second && strings.TrimSpace(side.who) == "" {
			return Done{}, refuse("say with whom to swap. Nothing was changed")
		}
		person, err := p.onDuty(side.who)
		if err != nil {
			return Done{}, err
		}
		if *side.turn, err = p.State.turnAt(r, either(c.Layer, oncall.Primary), person, side.at, p.Now); err != nil {
			return Done{}, err
		}
	}
	next := r.Schedule
	w.Agreed = []string{w.First.Person, w.Second.Person}
	next.Swaps = append(slices.Clip(next.Swaps), w)
	if err := next.Check(nil); err != nil {
		return Done{}, refuse("%s. Nothing was changed", p.State.sentence(err))
	}
	var agreed, waits []string
	for _, id := range w.Agreed {
		if id == p.Person.String() {
			agreed = append(agreed, id)
		} else {
			waits = append(waits, id)
		}
	}
	id := p.addItem(ID{}, ClassSwap, swapFields(r.ID, w, agreed))
	return Done{ID: id, Note: "it holds once " + strings.Join(lines(strings.ReplaceAll(p.State.namesOf(waits), ", ", "\n")), " and ") + " agreed"}, nil
}

// turnAt is the shift a person has at a time; without a time, their next.
func (s *State) turnAt(r *RoomSchedule, layer string, person ID, at, now time.Time) (oncall.Turn, error) {
	from, to := at, at.Add(time.Second)
	if at.IsZero() {
		from, to = now, now.Add(oncall.MaxTurn/2)
	}
	holder := ""
	for _, shift := range r.Rota.Shifts(from, to) {
		if shift.Layer != layer || at.IsZero() && shift.Why == oncall.ByOverride {
			continue
		}
		if shift.Person == person.String() && shift.Why == oncall.ByOverride {
			return oncall.Turn{}, refuse("%s is on call then by an override, which holds over swaps; take it back or write another. Nothing was changed", s.PersonName(person))
		}
		if shift.Person == person.String() && (!at.IsZero() || shift.From.After(now)) {
			return oncall.Turn{Layer: layer, From: shift.From, To: shift.Until, Person: shift.Person}, nil
		}
		holder = shift.Person
	}
	if at.IsZero() {
		return oncall.Turn{}, refuse("%s has no shift of %s ahead. Nothing was changed", s.PersonName(person), layer)
	}
	return oncall.Turn{}, refuse("%s is not on call in %s at %s; %s is. Nothing was changed", s.PersonName(person), layer,
		at.UTC().Format("2006-01-02 15:04 MST"), either(s.namesOf([]string{holder}), "nobody"))
}

// AnswerSwap says whether a person of a swap agrees to it.
type AnswerSwap struct {
	Swap string // empty: the one that waits for the person
	// Person is who agrees; empty is the author. Only for people without a
	// device of their own may another answer, and the record says who did.
	Person string
	No     bool
}

// Plan implements Command.
func (c AnswerSwap) Plan(p *Planner) (Done, error) {
	person, err := p.inPerson(c.Person)
	if err != nil {
		return Done{}, err
	}
	id, item, err := p.State.findSwap(c.Swap, person)
	if err != nil {
		return Done{}, err
	}
	f := item.Fields
	first, second := f.Text(ChangePerson), f.Text(ChangePerson2)
	if person.String() != first && person.String() != second {
		return Done{}, refuse("this swap is between %s; %s is not one of them. Nothing was changed", p.State.namesOf([]string{first, second}), p.State.PersonName(person))
	}
	word := "yes"
	if c.No {
		word = "no"
	}
	p.setItem(ID{}, id, item, agreedPrefix+person.String(), word, "")
	return Done{ID: id}, nil
}

// inPerson finds who says something that only they can say.
func (p *Planner) inPerson(text string) (ID, error) {
	if strings.TrimSpace(text) == "" {
		if p.Person.Zero() {
			return ID{}, refuse("say who; this device belongs to nobody in the room. Nothing was changed")
		}
		return p.Person, nil
	}
	person, err := p.State.FindPerson(text)
	if err != nil || person == p.Person {
		return person, err
	}
	for _, m := range p.State.Members {
		if m.Person == person && m.Active() {
			return ID{}, refuse("%s has a device in this room and says this in person. Nothing was changed", p.State.PersonName(person))
		}
	}
	return person, nil
}

// findSwap finds a swap by its id, or the one that waits for a person.
func (s *State) findSwap(text string, person ID) (ID, *Item, error) {
	if strings.TrimSpace(text) != "" {
		return s.findRoomItem(text, "swap", ChangeLayer, ClassSwap)
	}
	var waits []ID
	for _, id := range s.live(ClassSwap) {
		f := s.Items[id].Fields
		if (f.Text(ChangePerson) == person.String() || f.Text(ChangePerson2) == person.String()) && f.Text(agreedPrefix+person.String()) == "" {
			waits = append(waits, id)
		}
	}
	switch len(waits) {
	case 0:
		return ID{}, nil, refuse("no swap waits for %s", s.PersonName(person))
	case 1:
		return waits[0], s.Items[waits[0]], nil
	}
	names := make([]string, len(waits))
	for i, id := range waits {
		names[i] = id.Short(2 * minPrefix)
	}
	return ID{}, nil, refuse("%s wait for %s; say which: %s", count(len(waits), "swap"), s.PersonName(person), strings.Join(names, ", "))
}

// AddLeave says that a person cannot be on call for a time, in any schedule.
// It changes no shift: what they have in it needs an override or a swap.
type AddLeave struct {
	Person   string // empty is the author
	From, To time.Time
	Note     string
}

// Plan implements Command.
func (c AddLeave) Plan(p *Planner) (Done, error) {
	person, err := p.onDuty(c.Person)
	if err != nil {
		return Done{}, err
	}
	note, err := remark("the note", c.Note)
	if err != nil {
		return Done{}, err
	}
	l := oncall.Leave{Person: person.String(), From: c.From.UTC(), To: c.To.UTC(), Note: note}
	probe := oncall.Schedule{Name: "leave", Zone: "UTC", Layers: []oncall.Layer{{Name: oncall.Primary}}, Leave: []oncall.Leave{l}}
	if err := probe.Check(nil); err != nil {
		return Done{}, refuse("%s. Nothing was changed", p.State.sentence(err))
	}
	id := p.addItem(ID{}, ClassLeave, changeFields(ID{}, oncall.Turn{From: l.From, To: l.To, Person: l.Person}, note))
	for _, r := range p.State.Schedules() {
		if r.Rota == nil {
			continue
		}
		for _, shift := range r.Rota.Shifts(l.From, l.To) {
			if shift.Person == l.Person {
				return Done{ID: id, Note: p.State.PersonName(person) + " is on call then: " + shift.Layer + " of " + r.Schedule.Name + " from " +
					shift.From.Format("2006-01-02 15:04 MST") + "; find somebody with an override or a swap"}, nil
			}
		}
	}
	return Done{ID: id}, nil
}

// WithdrawChange takes an override, a swap or a leave back.
type WithdrawChange struct {
	Change string // id or the start of it
	Reason string
}

// Plan implements Command.
func (c WithdrawChange) Plan(p *Planner) (Done, error) {
	if strings.TrimSpace(c.Change) == "" {
		return Done{}, refuse("say which override, swap or leave is taken back; `oncall show` has their ids. Nothing was changed")
	}
	id, item, err := p.State.findRoomItem(c.Change, "change", ChangeLayer, ClassOverride, ClassSwap, ClassLeave)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	if item.Fields.Text(ItemRetired) != "" {
		return Done{ID: id, Note: "this " + item.Class + " was taken back before"}, nil
	}
	p.setItem(ID{}, id, item, ItemRetired, either(reason, "taken back"), "")
	return Done{ID: id, Note: "the " + item.Class + " is taken back"}, nil
}
