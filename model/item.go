package model

import (
	"cmp"
	"iter"
	"maps"
	"slices"
)

// Item is a thing an incident or the room keeps beside what has a type of its
// own: a hypothesis, a decision, a lock, an evidence record, a schedule. All
// merge alike: an item is added once, and its fields are registers. What its
// fields mean is said where its class is.
type Item struct {
	Added  Stamp
	Class  string
	Fields Fields
}

// Known reports whether the item itself has arrived.
func (i *Item) Known() bool { return !i.Added.zero() }

// Initial gives what a field held when the item was added. It is for what no
// later write may change, whoever sends one.
func (i *Item) Initial(name string) string {
	if r := i.Fields[name]; r != nil {
		for _, w := range r.History() {
			if w.Value.Stamp == i.Added {
				return w.Value.Text
			}
		}
	}
	return ""
}

// Items are the items of one thing by id.
type Items map[ID]*Item

type itemAdded struct {
	Class  string            `cbor:"1,keyasint,omitempty"`
	Fields map[string]string `cbor:"2,keyasint,omitempty"`
}

// fold takes an op that adds an item or writes one of its fields.
func (items *Items) fold(at Stamp, op Op, added bool) error {
	if added {
		body, err := decode[itemAdded](op)
		if err != nil || !validField(body.Class) {
			return cmp.Or(err, errRefused)
		}
		item := items.item(at.ID())
		item.Added, item.Class = at, body.Class
		item.Fields.initial(at, body.Fields)
		return nil
	}
	set, err := decode[fieldSet](op)
	if err != nil || set.Of.Zero() {
		return cmp.Or(err, errRefused)
	}
	return items.item(set.Of).Fields.fold(at, op)
}

// item gives the item of an id, empty where it has not arrived. The map is made
// with its first item, so that one without any has one form.
func (items *Items) item(id ID) *Item {
	if *items == nil {
		*items = Items{}
	}
	i := (*items)[id]
	if i == nil {
		i = &Item{Fields: Fields{}}
		(*items)[id] = i
	}
	return i
}

func (items Items) complete() bool {
	for _, i := range items {
		if i == nil || !i.Fields.complete() {
			return false
		}
	}
	return true
}

// Of lists the items of a class that have arrived, in the order they were
// added.
func (items Items) Of(class string) []ID {
	var ids []ID
	for id, i := range items {
		if i.Known() && i.Class == class {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b ID) int { return cmp.Or(items[a].Added.Compare(items[b].Added), a.Compare(b)) })
	return ids
}

// FindItem reads what a person typed for an item of an incident: its id or the
// start of it. Only items of the classes given are found; what names them in a
// refusal.
func (s *State) FindItem(text, what string, classes ...string) (*Incident, ID, error) {
	return findPart(s, text, what, func(i *Incident) iter.Seq2[ID, *Item] { return maps.All(i.Items) },
		func(i *Item) bool { return i.Known() && slices.Contains(classes, i.Class) })
}

// addItem plans an item of an incident; the zero id is the room. Empty fields
// are left out.
func (p *Planner) addItem(on ID, class string, fields map[string]string) ID {
	fields = maps.Clone(fields)
	maps.DeleteFunc(fields, func(_, text string) bool { return text == "" })
	kind := KindItemAdded
	if on.Zero() {
		kind = KindRoomItemAdded
	}
	return p.add(kind, on, itemAdded{Class: class, Fields: fields})
}

// setItem plans a write to a field of an item, replacing all its author sees
// there.
func (p *Planner) setItem(on, id ID, item *Item, name, value, reason string) ID {
	kind := KindItemField
	if on.Zero() {
		kind = KindRoomItemField
	}
	return p.add(kind, on, fieldSet{Field: name, Value: value, Reason: reason, Pred: item.Fields.heads(name), Of: id})
}
