package model

import (
	"cmp"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"holdfast/model/crdt"
	"holdfast/model/when"
)

// The views are the documented forms of `--json`, of the local socket and of
// the JSON export. Keys are snake_case and are only ever added. Times are RFC
// 3339 in UTC; one that is not known is left out. Durations are whole seconds
// and end in _s. Lists are arrays, never null. People are shown by name.

// IncidentBrief is one incident in a list.
type IncidentBrief struct {
	ID       ID     `json:"id"`
	Code     string `json:"code"`
	Title    string `json:"title"`
	Severity string `json:"severity"`
	Type     string `json:"type"`
	// Types are the further types, beside the main one.
	Types     []string `json:"types"`
	Detection string   `json:"detection"`
	Phase     string   `json:"phase"`
	// State is open, resolved or closed.
	State      string    `json:"state"`
	DeclaredAt time.Time `json:"declared_at,omitzero"`
	// Since is when it began for those it hurts: see Incident.Since.
	Since time.Time `json:"since,omitzero"`
	// ElapsedS is the seconds from Since to now, or to the resolution.
	ElapsedS     int64     `json:"elapsed_s"`
	NextUpdateAt time.Time `json:"next_update_at,omitzero"`
	// Commander names who commands; two names are a conflict.
	Commander []string `json:"commander"`
	// Conflicts and Entries are counts; entries taken back are counted too.
	Conflicts int `json:"conflicts"`
	Entries   int `json:"entries"`
	// Drill marks an exercise.
	Drill bool `json:"drill"`
	// Exhausted says so where the escalation is at its end and nobody has answered.
	Exhausted string `json:"exhausted,omitempty"`
}

// IncidentView is all of an incident but its timeline. Its conflicts are the
// list, where the brief has their number.
type IncidentView struct {
	IncidentBrief
	// Milestones by name, with _ for the hyphen: cause_found.
	Milestones map[string]time.Time `json:"milestones"`
	Roles      []RoleView           `json:"roles"`
	Conflicts  []ConflictView       `json:"conflicts"`
	Impact     string               `json:"impact"`
	// Marks are the lines every paper of the incident carries: privilege, legal
	// hold.
	Marks []string `json:"marks"`
	// Source names an imported incident where it comes from, Origin tells where
	// that is, Zone which zone its people wrote in.
	Source          string        `json:"source"`
	Origin          string        `json:"origin"`
	Notes           string        `json:"notes"`
	Zone            string        `json:"zone"`
	SeverityHistory []ChangeView  `json:"severity_history"`
	Tasks           []TaskView    `json:"tasks"`
	Messages        []MessageView `json:"messages"`
	// Runs are the runbooks that were started, Suggested those that may fit, the best first.
	Runs      []RunBrief          `json:"runs"`
	Suggested []RunbookSuggestion `json:"suggested_runbooks"`
	// Alerts are those that belong to it.
	Alerts AlertSummary `json:"alerts"`
	// Tickets are those opened with vendors.
	Tickets []TicketView `json:"tickets"`
	// Response is what was recorded of the work on it; open lines of the
	// checklists are in State.Response.
	Response ResponseView `json:"response"`
	// Texts are what people wrote together, the summary first; those nobody wrote are left out.
	Texts []TextView `json:"texts"`
}

// RoleView is a person in a role.
type RoleView struct {
	Role     string    `json:"role"`
	Title    string    `json:"title"`
	Person   string    `json:"person"`
	PersonID ID        `json:"person_id"`
	Accepted bool      `json:"accepted"`
	Since    time.Time `json:"since,omitzero"`
}

// ConflictView is a field with values written apart that nobody settled.
type ConflictView struct {
	// Field is the name of the field, or "entry" or "task", with its id.
	Field  string       `json:"field"`
	Entry  ID           `json:"entry,omitzero"`
	Values []ChangeView `json:"values"`
}

// ChangeView is one value that was written to a field; an empty one unsets it.
type ChangeView struct {
	Value  string    `json:"value"`
	By     string    `json:"by"`
	At     time.Time `json:"at,omitzero"`
	Reason string    `json:"reason"`
}

// TaskView is a task of an incident.
type TaskView struct {
	ID    ID        `json:"id"`
	Text  string    `json:"text"`
	Owner string    `json:"owner"`
	DueAt time.Time `json:"due_at,omitzero"`
	// Accepted is when its owner said yes to it.
	AcceptedAt time.Time `json:"accepted_at,omitzero"`
	Done       bool      `json:"done"`
	// Dropped tells that it was not to be done, Conflict that it was ticked on one
	// side of a split and dropped on the other.
	Dropped  bool      `json:"dropped"`
	Conflict bool      `json:"conflict"`
	Result   string    `json:"result"`
	AddedAt  time.Time `json:"added_at,omitzero"`
	By       string    `json:"by"`
}

// TimelineRow is one row of a timeline.
type TimelineRow struct {
	ID        ID             `json:"id"`
	At        time.Time      `json:"at,omitzero"`
	Precision when.Precision `json:"precision"`
	// RecordedAt is when it was written down, by the author's corrected clock.
	RecordedAt time.Time `json:"recorded_at,omitzero"`
	Author     string    `json:"author"`
	Kind       string    `json:"kind"`
	Text       string    `json:"text"`
	// Source is entry, change or message.
	Source string `json:"source"`
	// Edited counts corrections.
	Edited    int    `json:"edited"`
	Retracted bool   `json:"retracted"`
	Reason    string `json:"reason"`
	Conflict  bool   `json:"conflict"`
	// Feed and Seq name the commit that wrote it.
	Feed string `json:"feed"`
	Seq  uint64 `json:"seq"`
	// ClockAt is what the author's clock showed, where it was wrong.
	ClockAt time.Time `json:"clock_at,omitzero"`
}

// Briefs lists the incidents by urgency. Without all, only the open ones.
func (s *State) Briefs(all bool, now time.Time) []IncidentBrief {
	if all {
		return s.briefsOf(s.Incidents(), true, now)
	}
	return s.briefsOf(s.Unclosed(), false, now)
}

// RecentBriefs is Briefs of what is at hand: the open ones, those over that
// something is owed for, and those closed last.
func (s *State) RecentBriefs(now time.Time) []IncidentBrief { return s.briefsOf(s.AtHand(), true, now) }

func (s *State) briefsOf(incidents iter.Seq[*Incident], all bool, now time.Time) []IncidentBrief {
	briefs := []IncidentBrief{}
	for inc := range incidents {
		if inc.Known() && (all || inc.Open()) {
			briefs = append(briefs, s.Brief(inc, now))
		}
	}
	slices.SortFunc(briefs, func(a, b IncidentBrief) int { return a.ByUrgency(b, now) })
	return briefs
}

// ByUrgency orders incidents for whoever looks at a board at a time: the real ones before the drills, those
// whose update is overdue first, then by severity, then the oldest. How long an update is overdue does
// not count: a P2 that was forgotten for a day is not above a P0 that is late by a minute.
func (b IncidentBrief) ByUrgency(other IncidentBrief, now time.Time) int {
	return cmp.Or(
		cmp.Compare(b2i(b.Drill), b2i(other.Drill)),
		cmp.Compare(b2i(other.overdue(now)), b2i(b.overdue(now))),
		cmp.Compare(severityRank(b.Severity), severityRank(other.Severity)),
		b.Since.Compare(other.Since), b.ID.Compare(other.ID),
	)
}

// overdue tells whether the next update is late.
func (b IncidentBrief) overdue(now time.Time) bool {
	return !b.NextUpdateAt.IsZero() && b.NextUpdateAt.Before(now)
}

// Brief gives one incident as a list shows it.
func (s *State) Brief(inc *Incident, now time.Time) IncidentBrief {
	since := viewTime(inc.Since())
	b := IncidentBrief{
		ID: inc.ID, Code: inc.Code, Title: inc.Title(), Severity: inc.Severity(), Type: inc.Fields.Text(FieldType),
		Types: lines(inc.Fields.Text(FieldTypes)), Detection: inc.Fields.Text(FieldDetection), Phase: inc.Phase(),
		State: inc.State(), DeclaredAt: inc.declaredAt(), Since: since,
		ElapsedS: int64(inc.end(now).Sub(since) / time.Second), Commander: []string{},
		Conflicts: inc.countConflicts(), Drill: inc.Drill(), Entries: inc.Count(),
	}
	b.ElapsedS = max(b.ElapsedS, 0)
	if next, ok := s.NextUpdate(inc); ok {
		b.NextUpdateAt = next
	}
	role, _ := FindRole(RoleCommander)
	for _, h := range inc.Holders(role) {
		b.Commander = append(b.Commander, s.PersonName(h.Person))
	}
	return b
}

func (i *Incident) declaredAt() time.Time {
	if t, ok := i.Milestone("declared"); ok {
		return t
	}
	if !i.Known() || i.Fields.Text(FieldSource) != "" {
		return time.Time{} // nobody declared what was imported, not now at least
	}
	return viewMilli(i.Declared.Recorded())
}

// end is until when the incident ran: now while people still work on it.
func (i *Incident) end(now time.Time) time.Time {
	if t, ok := i.Milestone("resolved"); ok && !i.Open() {
		return t
	}
	return now
}

// countConflicts is len(Conflicts()) without building the list.
func (i *Incident) countConflicts() int {
	n := 0
	for name := range i.Fields {
		if !strings.HasPrefix(name, acceptPrefix) && i.Fields.conflict(name) != nil {
			n++
		}
	}
	for _, id := range i.corrected {
		if i.contested(id) && len(i.Entry(id).current(id)) > 1 {
			n++
		}
	}
	for _, t := range i.Tasks {
		if t.Known() && t.Disputed() {
			n++
		}
	}
	return n
}

// View gives an incident in full, but for its timeline: see Rows.
func (s *State) View(inc *Incident, now time.Time) IncidentView {
	v := IncidentView{
		IncidentBrief: s.Brief(inc, now), Milestones: map[string]time.Time{}, Roles: []RoleView{},
		Conflicts: s.ConflictViews(inc), Impact: inc.Fields.Text(FieldImpact), Source: inc.Fields.Text(FieldSource),
		Origin: inc.Fields.Text(FieldOrigin), Notes: inc.Fields.Text(FieldNotes), Zone: inc.Fields.Text(FieldZone), Marks: inc.Marks(),
		SeverityHistory: []ChangeView{}, Tasks: s.TaskViews(inc), Messages: s.MessageViews(inc),
		Runs: s.RunBriefs(inc), Suggested: s.SuggestionViews(inc), Alerts: s.AlertSummary(inc), Tickets: s.TicketViews(inc, now),
		Response: s.Response(inc).recorded(inc.Code), Texts: s.writtenTexts(inc),
	}
	for _, name := range Milestones {
		if t, ok := inc.Milestone(name); ok {
			v.Milestones[strings.ReplaceAll(name, "-", "_")] = t
		}
	}
	for _, h := range inc.Team() {
		role, _ := FindRole(h.Role)
		v.Roles = append(v.Roles, RoleView{
			Role: h.Role, Title: role.Title, Person: s.PersonName(h.Person), PersonID: h.Person,
			Accepted: h.Accepted, Since: viewMilli(h.Since.Recorded()),
		})
	}
	if r := inc.Fields[FieldSeverity]; r != nil {
		for _, w := range r.History() {
			v.SeverityHistory = append(v.SeverityHistory, s.changeView(FieldSeverity, w.Value))
		}
	}
	return v
}

// ConflictViews lists what is unsettled in an incident, its command first.
func (s *State) ConflictViews(inc *Incident) []ConflictView {
	views := []ConflictView{}
	for _, c := range inc.Conflicts() {
		views = append(views, ConflictView{Field: c.Field, Entry: c.Entry, Values: s.changeViews(c.Field, c.Writes)})
	}
	return views
}

func (s *State) changeViews(field string, writes []crdt.Write[ID, Value]) []ChangeView {
	views := make([]ChangeView, len(writes))
	for i, w := range writes {
		views[i] = s.changeView(field, w.Value)
	}
	return views
}

func (s *State) changeView(field string, v Value) ChangeView {
	return ChangeView{Value: s.shown(field, v.Text), By: s.AuthorName(v.Stamp), At: viewMilli(v.Stamp.Recorded()), Reason: v.Reason}
}

// shown gives a field's value as people read it: a name for a person.
func (s *State) shown(field, text string) string {
	if field == FieldParent {
		return s.codeOf(text)
	}
	if strings.HasPrefix(field, rolePrefix) || strings.HasPrefix(field, handoverPrefix) || field == TaskOwner {
		if id, err := ParseID(text); err == nil {
			return s.PersonName(id)
		}
	}
	return text
}

// TaskViews lists the tasks of an incident in the order they were given.
func (s *State) TaskViews(inc *Incident) []TaskView {
	views := []TaskView{}
	for _, id := range slices.SortedFunc(maps.Keys(inc.Tasks), func(a, b ID) int {
		return cmp.Or(inc.Tasks[a].Added.Compare(inc.Tasks[b].Added), a.Compare(b))
	}) {
		t := inc.Tasks[id]
		if t.Added.zero() {
			continue
		}
		due, _ := t.Fields.when(TaskDue)
		views = append(views, TaskView{
			ID: id, Text: t.Fields.Text(TaskText), Owner: s.shown(TaskOwner, t.Fields.Text(TaskOwner)), DueAt: due,
			AcceptedAt: t.AcceptedAt(), Done: t.Done(), Dropped: t.Fields.Text(TaskState) == TaskDropped, Conflict: t.Disputed(), Result: t.Fields.Text(TaskResult), AddedAt: viewMilli(t.Added.Recorded()), By: s.AuthorName(t.Added),
		})
	}
	return views
}

// Rows gives the timeline of an incident in the order things happened.
func (s *State) Rows(inc *Incident) []TimelineRow { return viewRows(s.Timeline(inc)) }

func viewRows(timeline []Row) []TimelineRow {
	rows := make([]TimelineRow, len(timeline))
	for i, r := range timeline {
		rows[i] = TimelineRow{
			ID: r.ID, At: viewTime(r.At), Precision: r.Precision, RecordedAt: viewTime(r.Recorded), Author: r.Author,
			Kind: r.Kind, Text: r.Text, Source: r.Source.String(), Edited: r.Edited, Retracted: r.Taken, Reason: r.Retracted,
			Conflict: r.Conflict, Feed: r.Feed.String(), Seq: r.Seq, ClockAt: r.stamp.OwnClock(),
		}
	}
	return rows
}

// String names the source: entry, change or message.
func (s Source) String() string {
	switch s {
	case FromChange:
		return "change"
	case FromMessage:
		return "message"
	}
	return "entry"
}

// viewTime keeps a time within what RFC 3339 can say. A peer may write any
// number, and one such row must not make a whole export fail.
func viewTime(t time.Time) time.Time {
	if y := t.UTC().Year(); y < 1 || y > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

func viewMilli(ms int64) time.Time { return viewTime(time.UnixMilli(ms)) }

// lines splits a field that holds a list, one item a line.
func lines(text string) []string {
	list := []string{}
	for l := range strings.SplitSeq(text, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			list = append(list, l)
		}
	}
	return list
}
