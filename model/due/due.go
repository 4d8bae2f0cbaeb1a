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
	Clock      = "clock"       // a legal clock
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
	list := []Due{}
	for _, inc := range s.Incidents {
		if inc.Known() && inc.Fields.Text(model.FieldSource) == "" {
			list = append(list, collect(s, p, inc, now, false)...)
		}
	}
	list = append(list, ofRoom(s, now)...)
	order(list)
	return list
}

// Of gives every deadline of one incident, what is done too.
func Of(s *model.State, p *policy.Policy, inc *model.Incident, now time.Time) []Due {
	list := collect(s, p, inc, now, true)
	order(list)
	return list
}

func order(list []Due) {
	slices.SortFunc(list, func(a, b Due) int {
		return cmp.Or(
			a.DueAt.Compare(b.DueAt), cmp.Compare(a.Severity, b.Severity), cmp.Compare(a.Incident, b.Incident), cmp.Compare(a.ID, b.ID),
		)
	})
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

// builder collects the deadlines of one incident.
type builder struct {
	state  *model.State
	policy *policy.Policy
	inc    *model.Incident
	now    time.Time
	// all keeps what is done.
	all bool

	level    policy.Severity
	levels   []model.Span
	declared time.Time
	// since is when the present run began: the declaration, or the reopening.
	since    time.Time
	attempts []model.Attempt
	list     []Due
}

// kinds are the rules, each of which adds its deadlines.
var kinds = [...]func(*builder){
	(*builder).response, (*builder).escalation, (*builder).updates, (*builder).roles, (*builder).tasks, (*builder).phase,
	(*builder).habits, (*builder).questions, (*builder).watch, (*builder).review, (*builder).clocks,
}

func collect(s *model.State, p *policy.Policy, inc *model.Incident, now time.Time, all bool) []Due {
	b := builder{state: s, policy: p, inc: inc, now: now, all: all, level: p.Severity(inc.Severity()), declared: inc.DeclaredAt()}
	if b.declared.IsZero() {
		b.declared = inc.Since()
	}
	b.since = b.declared
	if t, ok := inc.Milestone("reopened"); ok && t.After(b.since) {
		b.since = t
	}
	b.levels = inc.Levels()
	b.attempts = inc.Attempts()
	b.list = make([]Due, 0, 24)
	for _, rule := range kinds {
		rule(&b)
	}
	return b.list
}

// soonBefore is how long before a deadline people are reminded, where its kind
// says nothing else.
const soonBefore = 5 * time.Minute

// add takes a deadline and gives it its state.
func (b *builder) add(d Due) {
	switch {
	case d.State != "":
	case !b.now.Before(d.DueAt):
		d.State = Overdue
	case !b.now.Before(d.DueAt.Add(-soonBefore)) || len(d.RemindAt) > 0 && !b.now.Before(d.RemindAt[0]):
		d.State = Soon
	default:
		d.State = Later
	}
	if !b.all && !d.Open() {
		return
	}
	d.Incident, d.IncidentID, d.Severity = b.inc.Code, b.inc.ID, b.inc.Severity()
	d.ID = b.inc.ID.String() + "/" + d.Kind + "/" + d.Key
	b.list = append(b.list, d)
}

// done is add for what was done: how, and whether it is skipped.
func (b *builder) done(d Due, result string) {
	if b.all {
		d.State, d.Result = cmp.Or(d.State, Done), result
		b.add(d)
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
