package model

import (
	"reflect"
	"slices"

	"holdfast/model/crdt"
)

// restamp notes in every stamp at hand what is said of its clock now, and forgets
// what was read from them. That is rare, and takes a few milliseconds for ten
// thousand entries; incidents that are put away are looked at when they are read.
func (s *State) restamp() {
	w := stampWalk{fix: s.attic.clocks.correct, has: map[reflect.Type]bool{}}
	w.walk(reflect.ValueOf(s))
	s.attic.forget()
	for _, inc := range s.incidents {
		w.incident(inc)
	}
	if s.closed != nil {
		for _, inc := range s.closed.all {
			w.incident(inc)
		}
	}
	s.rotas, s.alerts = &rotas{}, alertBook{}
	s.indexItems()
	s.shelveAll()
}

// restamp is the same for one incident that was just read.
func (i *Incident) restamp() {
	w := stampWalk{fix: i.attic.clocks.correct, has: map[reflect.Type]bool{}}
	w.incident(i)
}

// forget drops what was read of entries.
func (a *attic) forget() {
	a.read.Lock()
	a.read.list = nil
	a.read.Unlock()
	a.lists.Lock()
	a.lists.list, a.lists.books = nil, suggested{}
	a.lists.Unlock()
	a.recent = &recent{} // who keeps a timeline reads all of it
}

// stampWalk finds every stamp below a value.
type stampWalk struct {
	fix func(*Stamp)
	has map[reflect.Type]bool // types that hold stamps
}

func (w *stampWalk) incident(i *Incident) {
	entries := i.Entries
	i.Entries = nil // they are replaced, for they may be on their way into packs
	w.walk(reflect.ValueOf(i))
	i.Entries = entries
	for id, e := range entries {
		now := Entry{First: e.First, Edits: slices.Clone(e.Edits), Retractions: slices.Clone(e.Retractions)}
		w.walk(reflect.ValueOf(&now))
		entries[id] = &now
	}
	i.lastWritten()
}

// lastWritten is what its incidents find again once packs can be read.
func (s *State) lastWritten() {
	if s.attic.clocks.fixes == nil {
		return
	}
	for _, inc := range s.incidents {
		if len(inc.Packs) > 0 {
			inc.lastWritten()
		}
	}
}

// lastWritten finds again when the last entry was written. The packs of a closed
// incident are not read for it: nobody waits for the next entry there.
func (i *Incident) lastWritten() {
	i.written = 0
	for _, e := range i.Entries {
		if e.Known() {
			i.written = max(i.written, e.First.Stamp.Recorded())
		}
	}
	for n := range i.Packs {
		p := &i.Packs[n]
		if i.State() == StateClosed || !i.concerned(p) {
			i.written = max(i.written, p.Written)
			continue
		}
		for _, e := range i.unpack(p).entries {
			i.written = max(i.written, e.First.Stamp.Recorded())
		}
	}
}

// concerned reports whether a pack can be read and may hold what a clock fix is about.
func (i *Incident) concerned(p *Pack) bool {
	named := i.Places[p.Key]
	if named == nil {
		return p.data != nil || i.attic.packs != nil
	}
	list, err := readPlaces(named, p.N)
	if err != nil || i.attic.commits == nil {
		return false
	}
	return slices.ContainsFunc(list, func(at places) bool { return i.attic.clocks.within(at.feed, at.from, at.to) })
}

func (w *stampWalk) walk(v reflect.Value) {
	if !w.holds(v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			w.walk(v.Elem())
		}
	case reflect.Struct:
		if at, ok := v.Addr().Interface().(*Stamp); ok {
			w.fix(at)
			return
		}
		for n := range v.NumField() {
			if v.Type().Field(n).IsExported() {
				w.walk(v.Field(n))
			}
		}
	case reflect.Slice:
		for n := range v.Len() {
			w.walk(v.Index(n))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			at := reflect.New(v.Type().Elem()).Elem()
			at.Set(v.MapIndex(key))
			w.walk(at)
			v.SetMapIndex(key, at)
		}
	}
}

// holds reports whether values of a type may hold stamps. While that of a type is
// being found it is said to be so, which only costs a look.
func (w *stampWalk) holds(t reflect.Type) bool {
	if is, known := w.has[t]; known {
		return is
	}
	is := t == reflect.TypeFor[Stamp]()
	switch w.has[t] = true; t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		is = t != reflect.TypeFor[*crdt.Text[FeedID]]() && w.holds(t.Elem())
	case reflect.Struct:
		for n := 0; n < t.NumField() && !is; n++ {
			is = t.Field(n).IsExported() && w.holds(t.Field(n).Type)
		}
	}
	w.has[t] = is
	return is
}
