package model

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"holdfast/model/oncall"
)

// DutyView is who holds a layer of a schedule now. Person is empty where nobody
// does.
type DutyView struct {
	Schedule   string    `json:"schedule"`
	ScheduleID ID        `json:"schedule_id"`
	Layer      string    `json:"layer"`
	Person     string    `json:"person"`
	PersonID   ID        `json:"person_id,omitzero"`
	From       time.Time `json:"from,omitzero"`
	Until      time.Time `json:"until,omitzero"`
	// Why is rotation, swap or override; Instead is who would be on call.
	Why      string    `json:"why"`
	Instead  string    `json:"instead"`
	Reason   string    `json:"reason"`
	Next     string    `json:"next"`
	NextID   ID        `json:"next_id,omitzero"`
	NextFrom time.Time `json:"next_from,omitzero"`
	// Ways to reach the person, in their order; Local is their time of day.
	Ways  []WayView `json:"ways"`
	Local string    `json:"local"`
	Night bool      `json:"night"`
}

// DutyViews lists who is on call now: the schedules in the order they were added,
// and in each its layers.
func (s *State) DutyViews(now time.Time) []DutyView {
	views := []DutyView{}
	for _, r := range s.Schedules() {
		if r.Rota == nil {
			continue
		}
		for _, d := range r.Rota.At(now) {
			v := DutyView{
				Schedule: r.Schedule.Name, ScheduleID: r.ID, Layer: d.Layer, From: d.From, Until: d.Until, Why: string(d.Why), Reason: d.Reason,
				Instead: s.namesOf([]string{d.Instead}), NextFrom: d.NextFrom, Next: s.namesOf([]string{d.Next}), Ways: []WayView{},
			}
			v.NextID, _ = ParseID(d.Next)
			if id, err := ParseID(d.Person); err == nil {
				v.PersonID, v.Person, v.Ways = id, s.PersonName(id), s.WaysOf(id)
				v.Local, v.Night = s.localTime(id, now)
			}
			views = append(views, v)
		}
	}
	return views
}

// ShiftView is one shift.
type ShiftView struct {
	Layer    string    `json:"layer"`
	Person   string    `json:"person"`
	PersonID ID        `json:"person_id"`
	From     time.Time `json:"from"`
	Until    time.Time `json:"until"`
	Why      string    `json:"why"`
	Instead  string    `json:"instead"`
	Reason   string    `json:"reason"`
}

// RotaChangeView is an override, a swap or a leave.
type RotaChangeView struct {
	ID     ID        `json:"id"`
	Kind   string    `json:"kind"` // override, swap, leave
	Layer  string    `json:"layer"`
	Person string    `json:"person"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	// With, WithFrom and WithTo are the other turn of a swap.
	With     string    `json:"with"`
	WithFrom time.Time `json:"with_from,omitzero"`
	WithTo   time.Time `json:"with_to,omitzero"`
	// State is holds, waits (for Waits to agree), refused, or off: it does not
	// fit beside what was written before.
	State   string   `json:"state"`
	Waits   []string `json:"waits"`
	WaitIDs []ID     `json:"wait_ids"`
	Reason  string   `json:"reason"`
	By      string   `json:"by"`
}

// HandoffView is a hand-off with what was written about it.
type HandoffView struct {
	Schedule   string    `json:"schedule"`
	ScheduleID ID        `json:"schedule_id"`
	Layer      string    `json:"layer"`
	At         time.Time `json:"at"`
	Until      time.Time `json:"until"`
	From       string    `json:"from"`
	FromID     ID        `json:"from_id,omitzero"`
	To         string    `json:"to"`
	ToID       ID        `json:"to_id,omitzero"`
	// State is ahead, due (within 30 min), open (past and not accepted), late
	// (15 min past) or accepted.
	State string `json:"state"`
	// Notes are the parts that were written, in order.
	Notes      []NoteView `json:"notes"`
	Checked    []string   `json:"checked"`
	AcceptedAt time.Time  `json:"accepted_at,omitzero"`
}

// NoteView is a part of a hand-off note.
type NoteView struct {
	Part  string `json:"part"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// ScheduleView is a schedule with its shifts from a time to another.
type ScheduleView struct {
	ID   ID     `json:"id"`
	Name string `json:"name"`
	Zone string `json:"zone"`
	// Document is the schedule without changes, people by name where that
	// finds them again.
	Document json.RawMessage `json:"document,omitempty"`
	// Composed is the document with the changes that hold, people by id.
	Composed oncall.Schedule `json:"composed"`
	// Conflict holds documents written apart that nobody has settled.
	Conflict []ChangeView     `json:"conflict"`
	Problems []string         `json:"problems"`
	Shifts   []ShiftView      `json:"shifts"`
	Changes  []RotaChangeView `json:"changes"`
	Handoffs []HandoffView    `json:"handoffs"`
}

// ScheduleViews lists the schedules with what happens in them from a time to
// another.
func (s *State) ScheduleViews(from, to, now time.Time) []ScheduleView {
	views := []ScheduleView{}
	for _, r := range s.Schedules() {
		item := s.Items[r.ID]
		v := ScheduleView{
			ID: r.ID, Name: r.Schedule.Name, Zone: r.Schedule.Zone, Composed: r.Schedule, Problems: append([]string{}, r.Problems...),
			Conflict: s.changeViews(ScheduleDocument, item.Fields.conflict(ScheduleDocument)), Shifts: []ShiftView{},
			Changes: s.rotaChangeViews(r, from), Handoffs: []HandoffView{},
		}
		if doc, err := oncall.Decode([]byte(item.Fields.Text(ScheduleDocument)), nil); err == nil {
			eachPerson(&doc, s.typedName)
			v.Document, _ = json.Marshal(doc)
		}
		if r.Rota != nil {
			for _, shift := range r.Rota.Shifts(from, to) {
				v.Shifts = append(v.Shifts, s.shiftView(shift))
			}
		}
		for _, h := range s.handoffs(r.ID, from, to) {
			v.Handoffs = append(v.Handoffs, s.handoffView(h, now))
		}
		views = append(views, v)
	}
	return views
}

// typedName is how a person is named in a document: by name where it finds them.
func (s *State) typedName(id string) string {
	person, err := ParseID(id)
	if err != nil {
		return id
	}
	name := s.PersonName(person)
	if found, err := s.FindPerson(name); err == nil && found == person {
		return name
	}
	return id
}

func (s *State) shiftView(x oncall.Shift) ShiftView {
	v := ShiftView{Layer: x.Layer, From: x.From, Until: x.Until, Why: string(x.Why), Reason: x.Reason, Instead: s.namesOf([]string{x.Instead})}
	v.PersonID, _ = ParseID(x.Person)
	v.Person = s.PersonName(v.PersonID)
	return v
}

// rotaChangeViews lists the changes of a schedule that end after a time.
func (s *State) rotaChangeViews(r *RoomSchedule, after time.Time) []RotaChangeView {
	views := []RotaChangeView{}
	for _, class := range [...]string{ClassOverride, ClassSwap, ClassLeave} {
		for _, id := range s.live(class) {
			item := s.Items[id]
			f := item.Fields
			first, second := turnOf(f, ChangeLayer, ChangeFrom, ChangeTo, ChangePerson), turnOf(f, ChangeLayer2, ChangeFrom2, ChangeTo2, ChangePerson2)
			if class != ClassLeave && f.Text(ChangeSchedule) != r.ID.String() || !first.To.After(after) && !second.To.After(after) {
				continue
			}
			v := RotaChangeView{
				ID: id, Kind: class, Layer: first.Layer, Person: s.namesOf([]string{first.Person}), From: first.From, To: first.To, State: "holds",
				Reason: f.Text(ChangeReason), By: s.AuthorName(item.Added), Waits: []string{}, WaitIDs: []ID{},
			}
			if r.Off[id] {
				v.State = "off"
			}
			if class == ClassSwap {
				v.With, v.WithFrom, v.WithTo = s.namesOf([]string{second.Person}), second.From, second.To
				s.swapState(f, &v, first.Person, second.Person)
			}
			views = append(views, v)
		}
	}
	slices.SortStableFunc(views, func(a, b RotaChangeView) int { return cmp.Or(a.From.Compare(b.From), a.ID.Compare(b.ID)) })
	return views
}

func (s *State) swapState(f Fields, v *RotaChangeView, people ...string) {
	for _, id := range people {
		switch f.Text(agreedPrefix + id) {
		case "no":
			v.State = "refused"
		case "":
			v.Waits = append(v.Waits, s.namesOf([]string{id}))
			if person, err := ParseID(id); err == nil {
				v.WaitIDs = append(v.WaitIDs, person)
			}
		}
	}
	if v.State == "holds" && len(v.Waits) > 0 {
		v.State = "waits"
	}
}

// OpenSwap is a swap that waits for people to agree.
type OpenSwap struct {
	ID    ID
	Waits []ID
	Asked time.Time
	// Begins is when the first of the two shifts begins, Ends when it ends:
	// then it is too late to answer.
	Begins, Ends time.Time
}

// OpenSwaps lists the swaps that nobody refused and somebody has not agreed to.
func (s *State) OpenSwaps() []OpenSwap {
	var list []OpenSwap
	for _, id := range s.live(ClassSwap) {
		item := s.Items[id]
		f := item.Fields
		w := OpenSwap{ID: id, Asked: viewMilli(item.Added.Recorded())}
		refused := false
		for _, text := range [...]string{f.Text(ChangePerson), f.Text(ChangePerson2)} {
			person, err := ParseID(text)
			answer := f.Text(agreedPrefix + text)
			refused = refused || answer == "no" || err != nil
			if answer == "" {
				w.Waits = append(w.Waits, person)
			}
		}
		first, second := turnOf(f, ChangeLayer, ChangeFrom, ChangeTo, ChangePerson), turnOf(f, ChangeLayer2, ChangeFrom2, ChangeTo2, ChangePerson2)
		if second.From.Before(first.From) {
			first = second
		}
		w.Begins, w.Ends = first.From, first.To
		if !refused && len(w.Waits) > 0 {
			list = append(list, w)
		}
	}
	return list
}

// HandoffViews lists the hand-offs of the shifts that run now, and those to
// come until a time.
func (s *State) HandoffViews(now, until time.Time) []HandoffView {
	views := []HandoffView{}
	for _, h := range s.handoffs(ID{}, now, until) {
		views = append(views, s.handoffView(h, now))
	}
	return views
}

// heldBy is the name of a person as a schedule names them; empty where it names
// none.
func (s *State) heldBy(person string) string {
	if id, err := ParseID(person); err == nil {
		return s.PersonName(id)
	}
	return ""
}

func (s *State) handoffView(h roomHandoff, now time.Time) HandoffView {
	v := HandoffView{
		Schedule: h.Schedule, ScheduleID: h.schedule, Layer: h.Layer, At: h.At, Until: h.Until, From: s.heldBy(h.From),
		To: s.heldBy(h.To), State: "ahead", Notes: []NoteView{}, Checked: []string{},
	}
	v.FromID, _ = ParseID(h.From)
	v.ToID, _ = ParseID(h.To)
	switch since := now.Sub(h.At); {
	case since >= oncall.LateAfter:
		v.State = "late"
	case since >= 0:
		v.State = "open"
	case since >= -oncall.RemindBefore:
		v.State = "due"
	}
	_, item := s.handoffItem(h.schedule, h.Handoff)
	if item == nil {
		return v
	}
	for _, part := range NoteParts {
		if text := item.Fields.Text(notePrefix + part.Name); text != "" {
			v.Notes = append(v.Notes, NoteView{part.Name, part.Title, text})
		}
	}
	v.Checked = lines(item.Fields.Text(HandoffChecked))
	if r := item.Fields[HandoffAccepted]; r != nil {
		if w, ok := r.Value(); ok && w.Text != "" {
			v.State, v.AcceptedAt = "accepted", viewMilli(w.Stamp.Recorded())
		}
	}
	return v
}
