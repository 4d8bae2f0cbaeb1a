package model

import (
	"slices"
	"strings"
	"sync"
	"time"

	"holdfast/assets"
	"holdfast/model/crdt"
	"holdfast/model/runbook"
)

// ClassRunbook is a runbook of the room's own, an item of the room. One with
// the id of a shipped one takes its place.
const ClassRunbook = "runbook"

// Fields of a runbook of the room.
const (
	RunbookID      = "id"      // as its first text gives it; it stays
	RunbookText    = "text"    // Markdown, as package runbook reads it
	RunbookRetired = "retired" // why it is not used any more
)

// FieldReviewed and FieldExercised name the room's fields that hold the day on
// which somebody last looked through a runbook, and last tried it. They count
// in place of the days in its text.
func FieldReviewed(runbook string) string { return "runbook." + runbook + ".reviewed" }

// FieldExercised: see FieldReviewed.
func FieldExercised(runbook string) string { return "runbook." + runbook + ".exercised" }

// RoomRunbook is a runbook that can be started in the room.
type RoomRunbook struct {
	// Book is as its text says, with the days of the last review and exercise
	// as the room knows them.
	Book runbook.Runbook
	// Version is that of the text: its SHA-256 in hexadecimal.
	Version string
	// Items hold it; empty for a shipped one. Two are a runbook that was added
	// twice, apart.
	Items []ID
	// Since is when it came to the room; zero for a shipped one.
	Since time.Time
	// Conflict has the texts that were written apart, all of them; nobody has
	// settled it yet. Book is the one written last.
	Conflict []crdt.Write[ID, Value]
}

// shelf keeps what was read of runbooks, so that a view reads none. It is
// filled while folding: readers share it.
type shelf struct {
	// read has every text of the room and its runs; nil where this version
	// cannot read it.
	read map[string]*readText
	// room is what can be started, by id; nil as long as it is what is shipped.
	room []RoomRunbook
}

// readText is a text that was read, with its version.
type readText struct {
	book    runbook.Runbook
	version string
}

// shippedRunbooks are those of the program, read once.
var shippedRunbooks = sync.OnceValue(func() []RoomRunbook {
	docs, err := assets.Runbooks()
	if err != nil {
		panic(err) // they are part of the program, and a test reads them
	}
	var list []RoomRunbook
	for _, d := range docs {
		b, err := runbook.Parse([]byte(d.Text))
		if err != nil {
			panic(err)
		}
		list = append(list, RoomRunbook{Book: b, Version: b.Version()})
	}
	return list
})

// of reads a text, or remembers what it read.
func (k *shelf) of(text string) *readText {
	if b, ok := k.read[text]; ok {
		return b
	}
	if k.read == nil {
		k.read = map[string]*readText{}
	}
	k.read[text] = nil
	if b, err := runbook.Parse([]byte(text)); err == nil {
		k.read[text] = &readText{b, b.Version()}
	}
	return k.read[text]
}

// shelve takes up a change of an item of the room, where it is a runbook or an
// alert.
func (s *State) shelve(at Stamp, op Op) {
	id := at.ID()
	if op.Kind == KindRoomItemField {
		if set, err := decode[fieldSet](op); err == nil {
			id = set.Of
		}
	}
	item := s.Items[id]
	if item != nil && item.Known() && op.Kind == KindRoomItemAdded {
		s.classify(id, item)
		if item.Class == ClassClockFix && s.takeFix(id, item) {
			s.restamp()
		}
	}
	if item != nil && item.Known() && item.Class == ClassRunbook {
		s.shelveRoom()
	}
	s.alerts.touch(id, item)
}

// pin reads the text that a run begins with.
func (s *State) pin(inc *Incident, at Stamp) {
	if item := inc.Items[at.ID()]; item != nil && item.Class == ClassRun {
		s.books.of(item.Initial(RunText))
	}
}

// textOf gives the text of a run as it was read.
func (s *State) textOf(text string) *readText {
	if b, ok := s.books.read[text]; ok || s.closed == nil {
		return b
	}
	s.readClosed()
	return s.closed.books.read[text]
}

// runs reads the texts of the runs of an incident.
func (k *shelf) runs(inc *Incident) {
	for _, item := range inc.Items {
		if item.Class == ClassRun {
			k.of(item.Initial(RunText))
		}
	}
}

// shelveAll is shelve and pin for a state that comes from a snapshot.
func (s *State) shelveAll() {
	for _, inc := range s.incidents {
		s.books.runs(inc)
	}
	if len(s.itemsOf(ClassRunbook)) > 0 {
		s.shelveRoom()
	}
}

func (s *State) shelveRoom() {
	own := map[string]*RoomRunbook{}
	last := map[string]Stamp{}
	for _, id := range s.itemsOf(ClassRunbook) {
		item := s.Items[id]
		name, text := item.Initial(RunbookID), item.Fields[RunbookText]
		if item.Fields.Text(RunbookRetired) != "" || text == nil || name == "" {
			continue
		}
		r := own[name]
		if r == nil {
			r = &RoomRunbook{Since: viewMilli(item.Added.Recorded())}
			own[name] = r
		}
		r.Items = append(r.Items, id)
		r.Conflict = append(r.Conflict, text.Current()...)
		if b, at := s.newest(text); b != nil && at.Compare(last[name]) > 0 {
			r.Book, r.Version, last[name] = b.book, b.version, at
			r.Book.ID = name // a device that is not ours may have written another
		}
	}
	s.books.room = slices.Clone(shippedRunbooks())
	for name, r := range own {
		if r.Book.Steps == nil {
			continue // no text of it can be read by this version
		}
		if !slices.ContainsFunc(r.Conflict, func(w crdt.Write[ID, Value]) bool { return w.Value.Text != r.Conflict[0].Value.Text }) {
			r.Conflict = nil
		}
		s.books.room = slices.DeleteFunc(s.books.room, func(o RoomRunbook) bool { return o.Book.ID == name })
		s.books.room = append(s.books.room, *r)
	}
	slices.SortFunc(s.books.room, func(a, b RoomRunbook) int { return strings.Compare(a.Book.ID, b.Book.ID) })
}

// newest gives the last text that this version can read: the one that counts,
// else one it replaced.
func (s *State) newest(text *Field) (*readText, Stamp) {
	if v, ok := text.Value(); ok {
		if b := s.books.of(v.Text); b != nil {
			return b, v.Stamp
		}
	}
	for _, w := range slices.Backward(text.History()) {
		if b := s.books.of(w.Value.Text); b != nil {
			return b, w.Value.Stamp
		}
	}
	return nil, Stamp{}
}

// library lists the runbooks of the room by id, with the days as their texts
// give them. It belongs to the state.
func (s *State) library() []RoomRunbook {
	if s.books.room == nil {
		return shippedRunbooks()
	}
	return s.books.room
}

// Runbooks lists what can be started in the room, by id: what is shipped, and
// the room's own, which take the place of a shipped one with their id.
func (s *State) Runbooks() []RoomRunbook {
	list := slices.Clone(s.library())
	drilled := s.drilled()
	for i := range list {
		b := &list[i].Book
		if day, ok := s.marked(FieldReviewed(b.ID)); ok {
			b.Reviewed = day
		}
		if day, ok := s.marked(FieldExercised(b.ID)); ok {
			b.Exercised = day
		}
		if day := drilled[b.ID]; day.After(b.Exercised) {
			b.Exercised = day
		}
	}
	return list
}

func (s *State) marked(field string) (time.Time, bool) {
	text := s.Fields.Text(field)
	if text == "" {
		return time.Time{}, false
	}
	day, err := time.Parse(time.DateOnly, text)
	return day, err == nil
}

// drilled tells when each runbook was last run to its end in an exercise.
func (s *State) drilled() map[string]time.Time {
	last := map[string]time.Time{}
	for inc := range s.AtHand() {
		if !inc.Known() || !inc.Drill() {
			continue
		}
		for _, run := range s.Runs(inc) {
			if p := run.Progress(); p.Over == runbook.End && p.Since.After(last[run.Runbook]) {
				last[run.Runbook] = p.Since.Truncate(24 * time.Hour)
			}
		}
	}
	return last
}

// shelved gives the runbook of an id, as its text gives the days.
func (s *State) shelved(id string) (RoomRunbook, bool) {
	library := s.library()
	i := slices.IndexFunc(library, func(r RoomRunbook) bool { return r.Book.ID == id })
	if i < 0 {
		return RoomRunbook{}, false
	}
	return library[i], true
}

// FindRunbook reads what a person typed for a runbook: its id, or a part of its
// id or title that fits one alone.
func (s *State) FindRunbook(text string) (RoomRunbook, error) {
	want := strings.ToLower(strings.TrimSpace(text))
	if want == "" {
		return RoomRunbook{}, refuse("no runbook was named; `runbook list` has them")
	}
	var found []RoomRunbook
	var ids []string
	for _, r := range s.Runbooks() {
		if r.Book.ID == want || strings.EqualFold(r.Book.Title, want) {
			return r, nil
		}
		ids = append(ids, r.Book.ID)
		if strings.Contains(r.Book.ID, want) || strings.Contains(strings.ToLower(r.Book.Title), want) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 1:
		return found[0], nil
	case 0:
		return RoomRunbook{}, refuse("there is no runbook %.60q; there are: %s", text, strings.Join(ids, ", "))
	}
	ids = ids[:0]
	for _, r := range found {
		ids = append(ids, r.Book.ID)
	}
	return RoomRunbook{}, refuse("%.60q fits %d runbooks: %s", text, len(found), strings.Join(ids, ", "))
}

// SuggestRunbooks ranks the runbooks that may fit an incident, with reasons:
// by its types, by its title, and by what its entries of the kinds detection,
// trigger and page say of services and alerts.
func (s *State) SuggestRunbooks(inc *Incident) []runbook.Suggestion {
	said := inc.standing("detection", "trigger", "page")
	if list, ok := s.suggested(inc, said); ok {
		return list
	}
	facts := runbook.Facts{Types: inc.AllTypes(), Title: inc.Title()}
	for _, v := range said {
		if len(facts.Alerts) == maxAlerts {
			break
		}
		facts.Alerts = append(facts.Alerts, v.Text[:min(len(v.Text), maxAlert)])
	}
	for _, a := range s.AlertsOf(inc.ID) {
		if len(facts.Alerts) == maxAlerts {
			break
		}
		said := a.Said()
		facts.Alerts = append(facts.Alerts, said[:min(len(said), maxAlert)])
		facts.Services = append(facts.Services, lines(a.Service)...)
	}
	list := s.suggest(facts)
	kept := &s.attic.lists
	kept.Lock()
	defer kept.Unlock()
	kept.books = suggested{incident: inc.ID, others: s.attic.recent.others, said: said, list: list}
	return list
}

// suggested are the runbooks that may fit an incident, as they were found last: to
// rank them reads every one, and a screen asks with each line that is written.
type suggested struct {
	incident ID
	others   uint64    // see recent
	said     []Version // what was read of the entries
	list     []runbook.Suggestion
}

// suggested gives what was found before, where nothing it hangs on has changed.
func (s *State) suggested(inc *Incident, said []Version) ([]runbook.Suggestion, bool) {
	kept := &s.attic.lists
	kept.Lock()
	defer kept.Unlock()
	b := &kept.books
	same := len(b.said) == len(said) && (len(said) == 0 || &b.said[0] == &said[0])
	return b.list, same && b.incident == inc.ID && b.others == s.attic.recent.others
}

func (s *State) suggest(facts runbook.Facts) []runbook.Suggestion {
	library := s.library()
	books := make([]runbook.Runbook, len(library))
	for i := range library {
		books[i] = library[i].Book
	}
	return runbook.Suggest(books, facts)
}

// What is read of the alerts for a suggestion: the first ones tell what it is,
// and a pasted log would say everything.
const (
	maxAlerts = 20
	maxAlert  = 500
)
