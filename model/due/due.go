// Package due computes everything with a deadline: escalation rungs, updates,
// roles, tasks, phases, reviews and legal clocks. List is the one function the
// screens, the terminal, reminders and the escalation read from; nothing here
// is stored, and equal states give equal lists on every peer.
package due

import (
	"cmp"
	"slices"
	"strings"
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
	Vendor     = "vendor"      // a vendor owes an answer on a ticket
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
	var list []live
	for inc := range s.Owing(p) {
		if inc.Known() && inc.Fields.Text(model.FieldSource) == "" {
			list = append(list, live{inc, inc.Severity()})
		}
	}
	byCode(list)
	b.reserve(list)
	for _, rule := range roomKinds {
		rule(&b)
	}
	for _, inc := range list {
		b.collect(inc)
	}
	return ordered(b.identified())
}

// Of gives every deadline of one incident, what is done too.
func Of(s *model.State, p *policy.Policy, inc *model.Incident, now time.Time) []Due {
	b := builder{room: room{state: s, policy: p, now: now, all: true}}
	only := live{inc, inc.Severity()}
	b.reserve([]live{only})
	b.collect(only)
	return ordered(b.identified())
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
	// aims are the targets of the policy, spans are spans in words: looked
	// up once for all incidents.
	aims  map[string]*aim
	spans []wording
	// duties are who is at work and since when, counted once; reliefs are their
	// deadlines, alike in all incidents of a level.
	duties  model.Duties
	counted bool
	reliefs map[post]*Due
	// plan is who is on call in the next weeks, laid once.
	plan    model.Planned
	planned bool
	// texts is what the rules of the policy say in words, by rule.
	texts [texts][]string
	// times and ids are room for those of the deadlines to come: one piece of
	// memory for many.
	times []time.Time
	ids   []model.ID
}

// aim is a target of the policy: the roles it names, and who stands behind it
// where nobody holds one.
type aim struct {
	model.Aim
	standing []model.ID
	asked    bool
}

// builder collects the deadlines of the room, then of one incident after the other.
type builder struct {
	room
	inc      *model.Incident // nil for the room
	id       string          // of the incident, as text
	severity string
	drill    bool
	// secret and sensitive are Security and Sensitive of the incident.
	secret    bool
	sensitive bool
	level     policy.Severity
	levels    []model.Span
	declared  time.Time
	// since is when the present run began: the declaration, or the reopening.
	since    time.Time
	open     bool
	attempts []model.Attempt
	team     []model.Holder
	answered answer
	// list is what was collected, from start on of this incident.
	list  []Due
	start int
	// named are the ids of the list, one after the other.
	named strings.Builder
}

// answer is who took an incident up first.
type answer struct {
	at  time.Time
	who model.ID // zero for an acknowledgement
	ok  bool
}

// targets tells who is meant by a target of the policy in this incident.
func (b *builder) targets(target string) []model.ID {
	a := b.aims[target]
	if a == nil {
		a = &aim{Aim: model.AimAt(target)}
		if b.aims == nil {
			b.aims = map[string]*aim{}
		}
		b.aims[target] = a
	}
	if held, only := a.Holding(b.team); only || len(held) > 0 {
		return held
	}
	if !a.asked {
		a.standing, a.asked = b.state.Standing(target, b.now), true
	}
	return a.standing
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

// kinds are the rules, each of which adds its deadlines.
var kinds = [...]func(*builder){
	(*builder).response, (*builder).escalation, (*builder).updates, (*builder).roles, (*builder).relief, (*builder).tasks, (*builder).triggers, (*builder).tickets, (*builder).reports, (*builder).phase,
	(*builder).habits, (*builder).questions, (*builder).watch, (*builder).customers, (*builder).review, (*builder).clocks,
	(*builder).security, (*builder).breach, (*builder).runs, (*builder).actions,
}

// roomKinds are the rules of the room itself, which no incident has. They come
// before those of the incidents, while the builder has none.
var roomKinds = [...]func(*builder){
	(*builder).runbooks, (*builder).handoffs, (*builder).rotas, (*builder).testPages, (*builder).swaps, (*builder).access,
	(*builder).alerts,
}

func (b *builder) collect(inc live) {
	b.inc, b.id, b.severity, b.drill = inc.Incident, inc.ID.String(), inc.severity, inc.Drill()
	b.level, b.declared = b.policy.Severity(b.severity), inc.DeclaredAt()
	if b.declared.IsZero() {
		b.declared = inc.Since()
	}
	b.since = b.declared
	if t, ok := inc.Milestone("reopened"); ok && t.After(b.since) {
		b.since = t
	}
	b.levels, b.attempts, b.team, b.start = inc.Levels(), inc.Attempts(), inc.Team(), len(b.list)
	b.open, b.secret, b.sensitive = inc.Open(), inc.Security(b.policy), inc.Sensitive(b.policy)
	b.answered.at, b.answered.who, b.answered.ok = inc.FirstAnswer(b.attempts, b.team)
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
		b.named.WriteString(part)
	}
}

// done is add for what was done: how, and whether it is skipped.
func (b *builder) done(d *Due, result string) {
	if b.all {
		was := *d
		was.State, was.Result = cmp.Or(d.State, Done), result
		b.add(&was)
	}
}

// after gives the moment a span of the policy ends.
func (b *builder) after(t time.Time, a policy.After) time.Time { return b.policy.Calendar.Add(t, a) }
