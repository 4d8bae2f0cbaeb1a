// Package due computes everything with a deadline: escalation rungs, updates,
// roles, tasks, phases, reviews and legal clocks. List is the one function the
// screens, the terminal, reminders and the escalation read from; nothing here
// is stored, and equal states give equal lists on every peer.
package due

import (
	"cmp"
	"slices"
	"time"

	"holdfast/model"
	"holdfast/model/policy"
)

// Kinds of due.
const (
	Response   = "response"   // somebody must answer
	Escalation = "escalation" // a rung of the matrix
	Answer     = "answer"     // a call that nobody has answered yet
	Ladder     = "ladder"     // every rung was tried and nobody was reached
	Update     = "update"     // an audience waits for word
	Role       = "role"       // a required role is empty
	Accept     = "accept"     // a role was given and not accepted
	Relief     = "relief"     // somebody has led or worked for too long
	Task       = "task"
	Phase      = "phase"       // a phase runs over its limit
	Reassess   = "severity"    // is the level still right?
	Elapsed    = "elapsed"     // the call of the elapsed time
	Quiet      = "quiet"       // nothing was written for a while
	Question   = "question"    // a question that was not answered: tools, data
	Watch      = "watch"       // recurrence is watched for
	Review     = "post-mortem" // steps of the review
	Action     = "action"      // an action item of the review
	Clock      = "clock"       // a legal clock
	Trigger    = "trigger"     // something asks whether to escalate
	Report     = "report"      // the owner of a hypothesis, or the leader of a team, owes word
	Runbook    = "runbook"     // a step over its minutes, a run that stands still, a runbook to look through
)

// States of a due.
const (
	Later   = "later"
	Soon    = "soon"    // within its reminder
	Overdue = "overdue" // its time has come
	Done    = "done"
	Skipped = "skipped" // with a reason
)

// Due is one deadline.
type Due struct {
	// ID names the deadline the same way on every peer, so that what is done
	// about it can name it.
	ID         string   `json:"id"`
	Kind       string   `json:"kind"`
	Incident   string   `json:"incident"` // code; empty where it is the room's
	IncidentID model.ID `json:"incident_id,omitzero"`
	Severity   string   `json:"severity"`
	// What is the deadline in one line.
	What string `json:"what"`
	// Who is named, in words; WhoIDs are the people behind it, where known.
	Who    string     `json:"who"`
	WhoIDs []model.ID `json:"who_ids,omitempty"`
	// From is when it began to run, DueAt when it ends.
	From  time.Time `json:"from,omitzero"`
	DueAt time.Time `json:"due_at"`
	State string    `json:"state"`
	// Key is what of the policy it comes from: a rung, an audience, a role, a
	// clock and its deadline.
	Key string `json:"key"`
	// Act says for a rung whether to page, notify, message, confirm or ticket.
	Act string `json:"act,omitempty"`
	// Target is who a rung is for, as the policy names it.
	Target string `json:"target,omitempty"`
	// Proposed marks what is put forward to a person and never done by itself.
	Proposed bool `json:"proposed,omitempty"`
	// Drill marks what an exercise owes.
	Drill bool `json:"drill,omitempty"`
	// Why tells the rule, with its source where it is a law.
	Why string `json:"why"`
	// Result is what was done, where something was.
	Result string `json:"result,omitempty"`
	// RemindAt are the moments to speak up, in order.
	RemindAt []time.Time `json:"remind_at,omitempty"`
}

// Open reports whether something is still to be done.
func (d Due) Open() bool { return d.State != Done && d.State != Skipped }

// List gives every deadline of the room at now: the earliest first, and what
// is done left out. p is the room's policy.
func List(s *model.State, p *policy.Policy, now time.Time) []Due {
	b := builder{room: room{state: s, policy: p, now: now}}
	var live []*model.Incident
	for _, inc := range s.Incidents {
		if inc.Known() && inc.Fields.Text(model.FieldSource) == "" {
			live = append(live, inc)
		}
	}
	room := usual * min(len(live), most)
	b.list, b.ids, b.ends = make([]Due, 0, room), make([]byte, 0, room*idSize), make([]int, 0, room)
	for _, rule := range roomKinds {
		rule(&b)
	}
	for _, inc := range live {
		b.collect(inc)
	}
	return ordered(b.named())
}

// usual is about how many deadlines an open incident has, most how many are open
// at once in a busy room: the others have few. An id has about idSize bytes.
const (
	usual  = 16
	most   = 50
	idSize = 48
)

// Of gives every deadline of one incident, what is done too.
func Of(s *model.State, p *policy.Policy, inc *model.Incident, now time.Time) []Due {
	b := builder{room: room{state: s, policy: p, now: now, all: true}, list: make([]Due, 0, 2*usual)}
	b.collect(inc)
	return ordered(b.named())
}

// ordered sorts deadlines, the earliest first. What is sorted are places by
// their time: a Due is large, and moving each once is the lesser part.
func ordered(list []Due) []Due {
	type place struct{ at, n int64 }
	places := make([]place, len(list))
	for n := range list {
		places[n] = place{list[n].DueAt.UnixMicro(), int64(n)}
	}
	slices.SortFunc(places, func(x, y place) int {
		if x.at != y.at {
			return cmp.Compare(x.at, y.at)
		}
		a, b := &list[x.n], &list[y.n]
		if a.Severity != b.Severity {
			return cmp.Compare(a.Severity, b.Severity)
		}
		if a.Incident != b.Incident {
			return cmp.Compare(a.Incident, b.Incident)
		}
		return cmp.Compare(a.ID, b.ID)
	})
	for n := range places { // round each cycle of moves, from the place that is left empty
		if places[n].n == int64(n) {
			continue
		}
		first, to := list[n], int64(n)
		for places[to].n != int64(n) {
			from := places[to].n
			list[to], places[to].n = list[from], to
			to = from
		}
		list[to], places[to].n = first, to
	}
	return list
}

// Next gives the first moment after now at which the list says something new:
// a deadline or a reminder comes. Zero where none does.
func Next(list []Due, now time.Time) time.Time {
	var next time.Time
	take := func(t time.Time) {
		if t.After(now) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for i := range list {
		take(list[i].DueAt)
		for _, t := range list[i].RemindAt {
			take(t)
		}
	}
	return next
}

// room is what all incidents share while a list is built.
type room struct {
	state  *model.State
	policy *policy.Policy
	now    time.Time
	// all keeps what is done.
	all bool
	// standing is who stands behind a target, spans are spans in words: looked
	// up once for all incidents.
	standing map[string][]model.ID
	spans    []wording
	// rungs and rhythms are the rules of the escalation and the cadence in words.
	rungs, rhythms []string
	// atLevel is what the habits say at each level of the policy.
	atLevel [phrases][]string
}

// What is said alike of all incidents of a level.
const (
	needsRole = iota
	isAnswered
	stillRight
	nothingWritten
	noProgress
	phrases
)

// wording is a span of the policy in words.
type wording struct {
	span policy.After
	text string
}

// builder collects the deadlines of the room, then of one incident after the other.
type builder struct {
	room
	inc      *model.Incident // nil for the room
	id       string          // of the incident, as text
	severity string
	drill    bool
	level    policy.Severity
	levels   []model.Span
	declared time.Time
	// since is when the present run began: the declaration, or the reopening.
	since    time.Time
	attempts []model.Attempt
	team     []model.Holder
	// list is what was collected, from start on of this incident.
	list  []Due
	start int
	// ids are the ids of the list one after the other, ends where each ends.
	ids  []byte
	ends []int
}

// targets tells who is meant by a target of the policy in this incident.
func (b *builder) targets(target string) []model.ID {
	if held, only := model.Holding(b.team, target); only || len(held) > 0 {
		return held
	}
	people, ok := b.standing[target]
	if !ok {
		people = b.state.Standing(target, b.now)
		if b.standing == nil {
			b.standing = map[string][]model.ID{}
		}
		b.standing[target] = people
	}
	return people
}

// held is who holds a role.
func (b *builder) held(role string) []model.Holder {
	from := slices.IndexFunc(b.team, func(h model.Holder) bool { return h.Role == role })
	if from < 0 {
		return nil
	}
	to := from
	for to < len(b.team) && b.team[to].Role == role {
		to++ // a team is in the order of its roles
	}
	return b.team[from:to]
}

// told gives what a rule of the policy says in words, made once for all
// incidents; n is its place among rules of its kind.
func (b *builder) told(texts *[]string, rules, n int, write func() string) string {
	if *texts == nil {
		*texts = append(*texts, slices.Repeat([]string{""}, rules)...)
	}
	if (*texts)[n] == "" {
		(*texts)[n] = write()
	}
	return (*texts)[n]
}

// phrase gives what is said at the level of the incident, made once for all.
func (b *builder) phrase(which int, write func() string) string {
	n := 0
	for n < len(b.policy.Severities)-1 && b.policy.Severities[n].Level != b.level.Level {
		n++ // the level is one of the policy's
	}
	return b.told(&b.atLevel[which], len(b.policy.Severities), n, write)
}

// span writes a span of the policy in words.
func (b *builder) span(a policy.After) string {
	for n := range b.spans { // a policy has few, and most begin the list
		if b.spans[n].span == a {
			return b.spans[n].text
		}
	}
	b.spans = append(b.spans, wording{a, a.String()})
	return b.spans[len(b.spans)-1].text
}

// kinds are the rules, each of which adds its deadlines.
var kinds = [...]func(*builder){
	(*builder).response, (*builder).escalation, (*builder).updates, (*builder).roles, (*builder).tasks, (*builder).triggers, (*builder).reports, (*builder).phase,
	(*builder).habits, (*builder).questions, (*builder).watch, (*builder).review, (*builder).clocks,
	(*builder).security, (*builder).breach, (*builder).runs, (*builder).actions,
}

// roomKinds are the rules of the room itself, which no incident has. They come
// before those of the incidents, while the builder has none.
var roomKinds = [...]func(*builder){
	(*builder).runbooks, (*builder).handoffs, (*builder).rotas, (*builder).testPages, (*builder).swaps, (*builder).access,
	(*builder).alerts,
}

func (b *builder) collect(inc *model.Incident) {
	b.inc, b.id, b.severity, b.drill = inc, inc.ID.String(), inc.Severity(), inc.Drill()
	b.level, b.declared = b.policy.Severity(b.severity), inc.DeclaredAt()
	if b.declared.IsZero() {
		b.declared = inc.Since()
	}
	b.since = b.declared
	if t, ok := inc.Milestone("reopened"); ok && t.After(b.since) {
		b.since = t
	}
	b.levels, b.attempts, b.team, b.start = inc.Levels(), inc.Attempts(), inc.Team(), len(b.list)
	for _, rule := range kinds {
		rule(b)
	}
}

// soonBefore is how long before a deadline people are reminded, where its kind
// says nothing else.
const soonBefore = 5 * time.Minute

// add takes a deadline and gives it its state.
func (b *builder) add(d *Due) {
	state := d.State
	switch {
	case state != "":
	case !b.now.Before(d.DueAt):
		state = Overdue
	case !b.now.Before(d.DueAt.Add(-soonBefore)) || len(d.RemindAt) > 0 && !b.now.Before(d.RemindAt[0]):
		state = Soon
	default:
		state = Later
	}
	if !b.all && (state == Done || state == Skipped) {
		return
	}
	b.list = append(b.list, *d)
	added, on := &b.list[len(b.list)-1], "room"
	added.State = state
	if b.inc != nil {
		added.Drill, added.Incident, added.IncidentID, added.Severity = b.drill, b.inc.Code, b.inc.ID, b.severity
		on = b.id
	}
	for _, part := range [...]string{on, "/", d.Kind, "/", d.Key} {
		b.ids = append(b.ids, part...)
	}
	b.ends = append(b.ends, len(b.ids))
}

// named gives the deadlines collected their ids, all cut from one text.
func (b *builder) named() []Due {
	text, from := string(b.ids), 0
	for n, end := range b.ends {
		b.list[n].ID, from = text[from:end], end
	}
	return b.list
}

// done is add for what was done: how, and whether it is skipped.
func (b *builder) done(d *Due, result string) {
	if b.all {
		was := *d
		was.State, was.Result = cmp.Or(d.State, Done), result
		b.add(&was)
	}
}

// names writes the people of a deadline; fallback where nobody is known.
func (b *builder) names(ids []model.ID, fallback string) string {
	switch len(ids) {
	case 0:
		return fallback
	case 1:
		return b.state.PersonName(ids[0])
	}
	text := b.state.PersonName(ids[0])
	for _, id := range ids[1:] {
		text += ", " + b.state.PersonName(id)
	}
	return text
}

// after gives the moment a span of the policy ends.
func (b *builder) after(t time.Time, a policy.After) time.Time { return b.policy.Calendar.Add(t, a) }
