package model

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"holdfast/model/oncall"
)

// Classes of the room's items an on-call schedule is made of. The document has
// layers and rotations alone; what changes from week to week are items of their
// own, so that two people who change a schedule apart both have what they wrote.
const (
	ClassSchedule = "schedule"
	ClassOverride = "override"
	ClassSwap     = "swap"
	ClassLeave    = "leave"
)

// Fields of a schedule, and of what changes it.
const (
	ScheduleName     = "name"
	ScheduleDocument = "document" // JSON of oncall.Schedule, people by id, without changes

	ChangeSchedule = "schedule" // id; a leave has none: it is that of a person
	ChangeLayer    = "layer"
	ChangeFrom     = "from"
	ChangeTo       = "to"
	ChangePerson   = "person" // id
	ChangeReason   = "reason"
	// The second turn of a swap.
	ChangeLayer2  = "second_layer"
	ChangeFrom2   = "second_from"
	ChangeTo2     = "second_to"
	ChangePerson2 = "second_person"

	agreedPrefix = "agreed." // before the id of a person of a swap: yes or no
)

// RoomSchedule is a schedule of the room as it holds now. It never changes.
type RoomSchedule struct {
	ID ID
	// Schedule is the document with the changes that fit it; people by id.
	Schedule oncall.Schedule
	// Rota answers; nil where the document cannot be used.
	Rota *oncall.Rota
	// Problems say in a sentence each what does not fit.
	Problems []string
	// Off are the changes that do not hold because of them.
	Off map[ID]bool
}

// rotas are the schedules of one state, composed when first asked for. Folding
// an item of the room drops them.
type rotas struct {
	once  sync.Once
	list  []*RoomSchedule
	notes map[handoffKey]ID
	duty  atomic.Pointer[duty] // the last one asked for
}

// Schedules lists the schedules in use, in the order they were added. They are
// composed once for each change of the room.
func (s *State) Schedules() []*RoomSchedule { return s.composed().list }

func (s *State) composed() *rotas {
	s.rotas.once.Do(func() {
		for _, id := range s.live(ClassSchedule) {
			s.rotas.list = append(s.rotas.list, s.compose(id, s.Items[id]))
		}
		s.rotas.notes = s.handoffNotes()
	})
	return s.rotas
}

// rotaChange is an override, a swap or a leave on its way into a schedule.
type rotaChange struct {
	id  ID
	put func(*oncall.Schedule)
}

// compose lays the changes over the document. Those written first hold: where
// two were written apart and overlap, the later one is left out and told of.
func (s *State) compose(id ID, item *Item) *RoomSchedule {
	r := &RoomSchedule{ID: id, Off: map[ID]bool{}}
	r.Schedule.Name = item.Fields.Text(ScheduleName)
	if item.Fields.conflict(ScheduleDocument) != nil {
		r.Problems = append(r.Problems, "The schedule was changed apart in two ways; one of them holds until somebody sets it again")
	}
	base, err := oncall.Decode([]byte(item.Fields.Text(ScheduleDocument)), nil)
	if err != nil {
		r.Problems = append(r.Problems, s.sentence(err))
		return r
	}
	base.Name = r.Schedule.Name
	r.Schedule = base
	if r.Rota, err = oncall.New(base); err != nil {
		r.Problems = append(r.Problems, s.sentence(err))
		return r
	}
	s.lay(r, s.rotaChanges(id))
	return r
}

// lay takes all changes that fit: all at once, and where that fails half by
// half, so that one that does not fit costs little.
func (s *State) lay(r *RoomSchedule, changes []rotaChange) {
	if len(changes) == 0 {
		return
	}
	next := r.Schedule
	next.Overrides, next.Swaps, next.Leave = slices.Clip(next.Overrides), slices.Clip(next.Swaps), slices.Clip(next.Leave)
	for _, c := range changes {
		c.put(&next)
	}
	rota, err := oncall.New(next)
	switch half := len(changes) / 2; {
	case err == nil:
		r.Schedule, r.Rota = next, rota
	case half == 0:
		r.Off[changes[0].id] = true
		r.Problems = append(r.Problems, s.sentence(err))
	default:
		s.lay(r, changes[:half])
		s.lay(r, changes[half:])
	}
}

// rotaChanges lists what changes a schedule, in the order it was written.
func (s *State) rotaChanges(schedule ID) []rotaChange {
	var list []rotaChange
	for _, class := range [...]string{ClassOverride, ClassSwap, ClassLeave} {
		for _, id := range s.live(class) {
			f := s.Items[id].Fields
			if class != ClassLeave && f.Text(ChangeSchedule) != schedule.String() {
				continue
			}
			first, second := turnOf(f, ChangeLayer, ChangeFrom, ChangeTo, ChangePerson), turnOf(f, ChangeLayer2, ChangeFrom2, ChangeTo2, ChangePerson2)
			reason := f.Text(ChangeReason)
			put := func(d *oncall.Schedule) {
				d.Overrides = append(d.Overrides, oncall.Override{Layer: first.Layer, From: first.From, To: first.To, Person: first.Person, Reason: reason})
			}
			switch {
			case class == ClassSwap && !swapAgreed(f):
				continue
			case class == ClassSwap:
				put = func(d *oncall.Schedule) {
					d.Swaps = append(d.Swaps, oncall.Swap{First: first, Second: second, Agreed: []string{first.Person, second.Person}, Reason: reason})
				}
			case class == ClassLeave:
				put = func(d *oncall.Schedule) {
					d.Leave = append(d.Leave, oncall.Leave{Person: first.Person, From: first.From, To: first.To, Note: reason})
				}
			}
			list = append(list, rotaChange{id, put})
		}
	}
	slices.SortStableFunc(list, func(a, b rotaChange) int {
		return cmp.Or(s.Items[a.id].Added.Compare(s.Items[b.id].Added), a.id.Compare(b.id))
	})
	return list
}

func turnOf(f Fields, layer, from, to, person string) oncall.Turn {
	t := oncall.Turn{Layer: f.Text(layer), Person: f.Text(person)}
	t.From, _ = f.when(from)
	t.To, _ = f.when(to)
	return t
}

// swapAgreed reports whether both persons of a swap agreed to it.
func swapAgreed(f Fields) bool {
	return f.Text(agreedPrefix+f.Text(ChangePerson)) == "yes" && f.Text(agreedPrefix+f.Text(ChangePerson2)) == "yes"
}

// sentence makes an error about a document readable: names for ids, one line.
func (s *State) sentence(err error) string {
	text := err.Error()
	for id := range s.People {
		text = strings.ReplaceAll(text, id.String(), s.PersonName(id))
	}
	text = strings.TrimPrefix(text, oncall.ErrInvalid.Error())
	text = strings.TrimPrefix(text, "; nothing was changed:")
	parts := lines(strings.TrimPrefix(text, ": "))
	return strings.Join(parts, "; ")
}

// rotaOf finds a schedule in use by what a person typed.
func (s *State) rotaOf(text string) (*RoomSchedule, error) {
	id, _, err := s.findRoomItem(text, "schedule", ScheduleName, ClassSchedule)
	if err != nil {
		return nil, err
	}
	for _, r := range s.Schedules() {
		if r.ID == id {
			if r.Rota == nil {
				return nil, refuse("the schedule %s cannot be used: %s", r.Schedule.Name, strings.Join(r.Problems, "; "))
			}
			return r, nil
		}
	}
	return nil, refuse("the schedule %s is retired; add it again, or name another", s.Items[id].Fields.Text(ScheduleName))
}

// duty is who the schedules put on call at one second, by layer.
type duty struct {
	second int64
	people map[string][]ID
}

// onCall tells who the schedules of the room put on call in a layer. The role
// on-call is that of the primary layer. The last answer is kept: the deadlines
// of one moment ask for every rung of every incident.
func (s *State) onCall(layer string, now time.Time) []ID {
	if layer == RoleOnCall {
		layer = oncall.Primary
	}
	c := s.composed()
	d := c.duty.Load()
	if d == nil || d.second != now.Unix() {
		d = &duty{now.Unix(), s.dutyAt(c.list, now)}
		c.duty.Store(d)
	}
	return slices.Clone(d.people[layer])
}

func (s *State) dutyAt(list []*RoomSchedule, now time.Time) map[string][]ID {
	people := map[string][]ID{}
	for _, r := range list {
		if r.Rota == nil {
			continue
		}
		for _, shift := range r.Rota.Shifts(now, now.Add(time.Second)) {
			id, err := ParseID(shift.Person)
			if err == nil && s.People[id] != nil && !s.hasLeft(id, now) && !slices.Contains(people[shift.Layer], id) {
				people[shift.Layer] = append(people[shift.Layer], id)
			}
		}
	}
	return people
}

// AddSchedule takes a document of package oncall. It may name people by name,
// e-mail or id; its overrides, swaps and leaves become items of their own.
type AddSchedule struct {
	// Document is JSON, at most MaxText bytes without its changes.
	Document string
	// Name replaces that of the document, where given.
	Name string
}

// Plan implements Command.
func (c AddSchedule) Plan(p *Planner) (Done, error) {
	doc, err := p.scheduleDocument(c.Document, c.Name)
	if err != nil {
		return Done{}, err
	}
	for _, r := range p.State.Schedules() {
		if strings.EqualFold(r.Schedule.Name, doc.Name) {
			return Done{}, refuse("there is a schedule %s already; change it, or give this one another name. Nothing was changed", r.Schedule.Name)
		}
	}
	if _, err := p.noneLeft(doc, oncall.Schedule{}); err != nil {
		return Done{}, err
	}
	base := doc
	base.Overrides, base.Swaps, base.Leave = nil, nil, nil
	text, err := documentText(base)
	if err != nil {
		return Done{}, err
	}
	id := p.addItem(ID{}, ClassSchedule, map[string]string{ScheduleName: doc.Name, ScheduleDocument: text})
	for _, o := range doc.Overrides {
		p.addItem(ID{}, ClassOverride, changeFields(id, oncall.Turn{Layer: o.Layer, From: o.From, To: o.To, Person: o.Person}, o.Reason))
	}
	for _, w := range doc.Swaps {
		p.addItem(ID{}, ClassSwap, swapFields(id, w, w.Agreed))
	}
	for _, l := range doc.Leave {
		p.addItem(ID{}, ClassLeave, changeFields(ID{}, oncall.Turn{From: l.From, To: l.To, Person: l.Person}, l.Note))
	}
	return Done{ID: id}, nil
}

// SetSchedule replaces the document of a schedule; its overrides, swaps and
// leaves stay, where they still fit.
type SetSchedule struct {
	Schedule string
	Document string // JSON, without changes
	Reason   string
}

// Plan implements Command.
func (c SetSchedule) Plan(p *Planner) (Done, error) {
	id, item, err := p.State.findRoomItem(c.Schedule, "schedule", ScheduleName, ClassSchedule)
	if err != nil {
		return Done{}, err
	}
	reason, err := remark("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	doc, err := p.scheduleDocument(c.Document, "")
	if err != nil {
		return Done{}, err
	}
	if len(doc.Overrides)+len(doc.Swaps)+len(doc.Leave) > 0 {
		return Done{}, refuse("the document has overrides, swaps or leave; those of a schedule in use are added one by one. Nothing was changed")
	}
	text, err := documentText(doc)
	if err != nil {
		return Done{}, err
	}
	if text == item.Fields.Text(ScheduleDocument) && item.Fields.conflict(ScheduleDocument) == nil {
		return Done{ID: id, Note: doc.Name + " is so already"}, nil
	}
	before, _ := oncall.Decode([]byte(item.Fields.Text(ScheduleDocument)), nil) // one that cannot be read names nobody
	note, err := p.noneLeft(doc, before)
	if err != nil {
		return Done{}, err
	}
	p.setItem(ID{}, id, item, ScheduleDocument, text, reason)
	if doc.Name != item.Fields.Text(ScheduleName) {
		p.setItem(ID{}, id, item, ScheduleName, doc.Name, reason)
	}
	if item.Fields.Text(ItemRetired) != "" {
		p.setItem(ID{}, id, item, ItemRetired, "", reason)
	}
	return Done{ID: id, Note: note}, nil
}

// RetireSchedule takes a schedule out of use; it stays in the record.
type RetireSchedule struct {
	Schedule string
	Reason   string
}

// Plan implements Command.
func (c RetireSchedule) Plan(p *Planner) (Done, error) {
	if strings.TrimSpace(c.Schedule) == "" {
		return Done{}, refuse("say which schedule is taken out of use. Nothing was changed")
	}
	id, item, err := p.State.findRoomItem(c.Schedule, "schedule", ScheduleName, ClassSchedule)
	if err != nil {
		return Done{}, err
	}
	reason, err := prose("the reason", c.Reason)
	if err != nil {
		return Done{}, err
	}
	p.setItem(ID{}, id, item, ItemRetired, reason, "")
	return Done{ID: id, Note: item.Fields.Text(ScheduleName) + " is out of use"}, nil
}
