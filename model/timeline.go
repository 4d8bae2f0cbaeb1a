package model

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model/crdt"
	"holdfast/model/when"
)

// Source says what a row of the timeline was made from.
type Source uint8

// Sources of rows.
const (
	FromEntry   Source = iota // written by a person, or imported
	FromChange                // a field that was changed: severity, phase, a role
	FromMessage               // a message that was queued for an audience
)

// Row is one row of the timeline, ready to be shown.
type Row struct {
	ID        ID
	Source    Source
	At        time.Time
	Precision when.Precision
	Recorded  time.Time
	Author    string
	Kind      string
	Text      string
	// Edited counts the corrections of an entry.
	Edited int
	// Retracted is the reason an entry was taken back; Taken says that it was.
	Retracted string
	Taken     bool
	// Conflict is true where versions written apart compete.
	Conflict bool
	// Feed and Seq name the commit, to tell which peers hold it.
	Feed FeedID
	Seq  uint64

	stamp Stamp
	nth   uint8 // of the rows that one op makes
	// after is the time of a row that this one replaces, where a clock puts it later.
	after time.Time
}

// place is the time a row is sorted by: that of what it replaces never comes after it.
func (r *Row) place() time.Time {
	if r.after.After(r.At) {
		return r.after
	}
	return r.At
}

// Timeline gives the rows of an incident in the order they happened.
func (s *State) Timeline(inc *Incident) []Row {
	rows := make([]Row, 0, inc.Count()+16)
	for id, e := range inc.All() {
		rows = append(rows, s.entryRow(id, e))
	}
	return sortedRows(append(rows, s.otherRows(inc)...))
}

// otherRows gives the rows that were not written as entries, in no order.
func (s *State) otherRows(inc *Incident) []Row {
	var rows []Row
	if inc.Known() {
		rows = append(rows, s.changeRows(inc)...)
		rows = append(rows, s.itemRows(inc)...)
		rows = append(rows, s.alertRows(inc)...)
		rows = append(rows, s.taskRows(inc)...)
		rows = append(rows, s.textRows(inc)...)
	}
	for id, m := range inc.Messages {
		if !m.Queued.zero() {
			rows = append(rows, s.messageRow(id, m))
		}
	}
	return rows
}

// sortedRows gives rows in the order of compareRows. What is sorted are places by
// their time: a row is large, and is moved once.
func sortedRows(rows []Row) []Row {
	type place struct{ at, n int64 }
	places := make([]place, len(rows))
	for n := range rows {
		places[n] = place{rows[n].place().UnixMilli(), int64(n)}
	}
	slices.SortFunc(places, func(x, y place) int {
		if x.at != y.at {
			return cmp.Compare(x.at, y.at)
		}
		return compareRows(&rows[x.n], &rows[y.n])
	})
	sorted := make([]Row, len(rows))
	for to, p := range places {
		sorted[to] = rows[p.n]
	}
	return sorted
}

// compareRows orders by when it happened, and what replaces another after it; at one instant what is known exactly
// comes before what came after it, then the order of writing counts, and the order
// in which one op is told.
func compareRows(a, b *Row) int {
	if c := a.place().Compare(b.place()); c != 0 {
		return c
	}
	if c := cmp.Compare(afterRank(a), afterRank(b)); c != 0 {
		return c
	}
	if c := a.stamp.Compare(b.stamp); c != 0 {
		return c
	}
	return cmp.Compare(a.nth, b.nth)
}

func afterRank(r *Row) int {
	if r.Precision == when.After {
		return 1
	}
	return 0
}

func (s *State) newRow(id ID, at Stamp, source Source) Row {
	recorded := time.UnixMilli(at.Recorded()).UTC()
	return Row{
		ID: id, Source: source, At: recorded, Recorded: recorded, Author: s.AuthorName(at), Feed: at.Feed, Seq: at.Seq, stamp: at,
	}
}

func (s *State) entryRow(id ID, e *Entry) Row {
	v := e.first()
	r := s.newRow(id, v.Stamp, FromEntry)
	if len(e.Edits) > 0 {
		v = e.Now(id)
		r.Conflict = len(e.current(id)) > 1
	}
	r.At, r.Precision, r.Kind, r.Text, r.Edited = v.Time(), v.Precision, v.Kind, v.Text, len(e.Edits)
	if e.Retracted() {
		r.Taken, r.Retracted = true, e.Retractions[0].Reason
	}
	return r
}

// changeRows tells the changes of fields a reader of the timeline looks for.
// What an incident was declared with is told by the declaration alone.
func (s *State) changeRows(inc *Incident) []Row {
	declared := s.newRow(inc.ID, inc.Declared, FromChange)
	declared.Kind = "declared"
	declared.Text = strings.TrimSpace(strings.Join([]string{initialText(inc, FieldSeverity), initialText(inc, FieldTitle)}, " "))
	if at, ok := inc.Milestone("declared"); ok {
		declared.At = at
	}
	rows := []Row{declared}
	for _, name := range slices.Sorted(maps.Keys(inc.Fields)) {
		kind, told := changeKind(name)
		if !told {
			continue
		}
		history, placed := inc.Fields[name].History(), map[ID]time.Time{}
		for _, w := range history {
			if at := w.Value.Stamp; at != inc.Declared {
				row := s.newRow(w.Key, at, FromChange)
				row.Kind, row.Text = kind, s.changeText(name, replaced(history, w), w.Value)
				if strings.HasPrefix(name, presencePrefix) {
					s.presenceRow(inc, name, w.Value, &row)
				}
				for _, pred := range w.Pred {
					if at := placed[pred]; at.After(row.after) && row.At.Equal(row.Recorded) { // else a person said when
						row.after = at
					}
				}
				if row.Text != "" { // an offer that was taken up is told by who took it
					placed[w.Key] = row.place()
					rows = append(rows, row)
				}
			}
		}
	}
	return rows
}

// replaced are the values a write replaced, each once: those it names, which are not always those that
// stand before it in the history. Several were in conflict.
func replaced(history []crdt.Write[ID, Value], w crdt.Write[ID, Value]) (values []string) {
	for _, o := range history {
		if slices.Contains(w.Pred, o.Key) && !slices.Contains(values, o.Value.Text) {
			values = append(values, o.Value.Text)
		}
	}
	return values
}

// changed tells a level or a phase with what it was before.
func changed(before []string, now string) string {
	others := slices.DeleteFunc(slices.Clone(before), func(b string) bool { return b == now || b == "" })
	switch {
	case len(before) > 1:
		return now + ", not " + strings.Join(others, " or ") // it settled a conflict
	case len(others) == 1:
		return others[0] + " → " + now
	case len(before) == 1 && before[0] == now:
		return "Stays " + now
	}
	return now
}

func initialText(inc *Incident, field string) string {
	if r := inc.Fields[field]; r != nil && len(r.History()) > 0 {
		return r.History()[0].Value.Text
	}
	return ""
}

func changeKind(field string) (kind string, told bool) {
	switch field {
	case FieldSeverity, FieldPhase, FieldTitle, FieldImpact, FieldType:
		return field, true
	case FieldState:
		return "state", true
	}
	switch {
	case strings.HasPrefix(field, securityPrefix) && field != FieldRoom:
		return "security", true
	case strings.HasPrefix(field, breachPrefix), strings.HasPrefix(field, riskPrefix):
		return "breach", true
	case strings.HasPrefix(field, rolePrefix), strings.HasPrefix(field, handoverPrefix), strings.HasPrefix(field, presencePrefix):
		return "role", true
	case strings.HasPrefix(field, milestonePrefix):
		return "milestone", true
	}
	if isReview(field) {
		return "post-mortem", true
	}
	return responseKind(field)
}

func (s *State) changeText(field string, before []string, v Value) string {
	text := v.Text
	switch {
	case strings.HasPrefix(field, handoverPrefix):
		return s.handoverText(strings.TrimPrefix(field, handoverPrefix), v)
	case strings.HasPrefix(field, rolePrefix):
		name, _, _ := strings.Cut(strings.TrimPrefix(field, rolePrefix), "/")
		title := name
		if r, ok := FindRole(name); ok {
			title = r.Title
		}
		text = title + ": released"
		if id, err := ParseID(v.Text); err == nil {
			text = title + ": " + s.PersonName(id)
		}
	case strings.HasPrefix(field, milestonePrefix):
		text = strings.TrimPrefix(field, milestonePrefix)
		if t, ok := v.Time(); ok {
			text += " at " + t.Format("2006-01-02 15:04:05") + " UTC"
		} else {
			text += " unset"
		}
	case isReview(field):
		text = reviewText(field, v.Text)
	case isResponse(field):
		text = s.responseText(field, v.Text)
	case strings.HasPrefix(field, securityPrefix), strings.HasPrefix(field, breachPrefix), strings.HasPrefix(field, riskPrefix):
		text = fieldTitle(field) + ": " + text
	case field == FieldSeverity || field == FieldPhase:
		text = changed(before, v.Text)
	}
	if v.Reason != "" {
		text += ": " + v.Reason
	}
	return text
}

func (s *State) messageRow(id ID, m *Message) Row {
	r := s.newRow(id, m.Queued, FromMessage)
	r.Kind = "communication"
	outcome, result := m.Outcome()
	to := count(len(m.Draft.Recipients), "recipient") + ", " + outcome.String()
	if len(m.Draft.Recipients) == 0 { // people told them
		to = result.Detail
	}
	if approver, err := ParseID(m.Draft.Approver); err == nil {
		to += ", approved by " + s.PersonName(approver)
	}
	r.Text = m.Draft.Subject + " (" + m.Draft.Audience + ", " + to + ")\n" + m.Draft.Body
	return r
}

// PersonName gives a name to show for a person.
func (s *State) PersonName(id ID) string {
	if p := s.People[id]; p != nil {
		if name := p.Name(); name != "" {
			return name
		}
	}
	return id.Short(6)
}
