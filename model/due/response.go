package due

import (
	"slices"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/policy"
)

// roles asks that what the level requires is filled and accepted, and that
// nobody leads or works for too long.
func (b *builder) roles() {
	if !b.open {
		return
	}
	people := b.policy.People
	required := b.level.Roles
	if b.sensitive {
		required = slices.Concat(required, b.level.Sensitive)
	}
	start := b.levels[len(b.levels)-1].From
	if start.Before(b.since) {
		start = b.since
	}
	for _, offer := range b.inc.Offers() {
		b.offer(offer)
	}
	for n := range model.ResponseRoles {
		role := &model.ResponseRoles[n]
		held := b.held(role.Name)
		if len(held) == 0 && slices.Contains(required, role.Name) {
			b.add(&Due{
				Kind: Role, Key: role.Name, From: start, DueAt: b.after(start, people.Fill), Who: role.Title,
				What: b.told(roleEmpty, len(model.ResponseRoles), n, func() string { return role.Title + " is not filled" }),
				Why:  b.phrase(needsRole, func() string { return b.level.Level + " needs one " + b.within(people.Fill) }), Target: role.Name,
			})
		}
		for _, h := range held {
			b.holder(role, h)
		}
	}
}

// offer asks for the answer to a role that is on its way to another person.
func (b *builder) offer(offer model.Offer) {
	role, ok := model.FindRole(offer.Role)
	if !ok {
		return
	}
	since, name := time.UnixMilli(offer.At.Recorded()).UTC(), b.state.PersonName(offer.To)
	b.add(&Due{
		Kind: Accept, Key: role.Name + "/" + offer.To.String(), From: since, DueAt: b.after(since, b.policy.People.Accept), Who: name,
		WhoIDs: b.one(offer.To), What: name + " has not accepted the hand-over of " + role.Title,
		Why: "a role is accepted " + b.within(b.policy.People.Accept), Target: role.Name,
	})
}

func (b *builder) holder(role *model.Role, h model.Holder) {
	since := time.UnixMilli(h.Since.Recorded()).UTC()
	who := b.one(h.Person)
	name := b.state.PersonName(h.Person)
	people := b.policy.People
	if !h.Accepted {
		b.add(&Due{
			Kind: Accept, Key: role.Name + "/" + h.Person.String(), From: since, DueAt: b.after(since, people.Accept), Who: name, WhoIDs: who,
			What: name + " has not accepted " + role.Title, Why: "a role is accepted " + b.within(people.Accept), Target: role.Name,
		})
	}
}

func (b *builder) tasks() {
	for id, t := range b.inc.Tasks {
		if !t.Known() {
			continue
		}
		added := time.UnixMilli(t.Added.Recorded()).UTC()
		at, set := t.DueAt()
		if !set {
			at = b.after(added, b.policy.People.Task)
		}
		d := Due{Kind: Task, Key: id.String(), From: added, DueAt: at, What: firstLine(t.Fields.Text(model.TaskText)), Why: "the time given with the task"}
		if !set {
			d.Why = b.phrase(taskTime, func() string { return "a task gets " + b.span(b.policy.People.Task) + " where nobody says" })
		}
		if owner, err := model.ParseID(t.Fields.Text(model.TaskOwner)); err == nil {
			d.WhoIDs = b.one(owner)
		}
		d.Who = b.names(d.WhoIDs, "nobody")
		if t.Done() {
			b.done(&d, t.Fields.Text(model.TaskResult))
			continue
		}
		b.add(&d)
	}
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// phase asks to move on where the lead phase runs over its limit at the level.
func (b *builder) phase() {
	lead := b.inc.Phase()
	n := slices.IndexFunc(b.policy.Phases, func(ph policy.Phase) bool { return ph.Name == lead })
	if n < 0 || !b.open {
		return
	}
	ph := &b.policy.Phases[n]
	limit := ph.LimitAt(b.level.Level)
	if !limit.Set {
		return
	}
	d := Due{
		Kind: Phase, Key: ph.Name, From: b.since, DueAt: b.after(b.since, limit), Who: "Incident commander",
		What: b.told(phaseExit, len(b.policy.Phases), n, func() string { return "Leave " + ph.Name + ": " + plain.Inside(ph.Exit) }),
	}
	if _, own := ph.Limits[b.level.Level]; own {
		d.Why = b.level.Level + ": " + ph.Name + " takes until " + b.span(limit) + " after the declaration"
	} else {
		d.Why = b.told(phaseLimit, len(b.policy.Phases), n, func() string {
			return ph.Name + " takes " + b.span(ph.Begin) + " to " + b.span(limit)
		})
	}
	b.add(&d)
}

// habits are what a commander does by the clock: the elapsed time, the level
// looked at again, a word where none was written.
func (b *builder) habits() {
	if !b.open {
		return
	}
	if b.level.Reassess.Set {
		from := b.inc.Assessed()
		d := Due{
			Kind: Reassess, Key: "level", From: from, DueAt: b.after(from, b.level.Reassess), Who: "Incident commander",
			What: b.phrase(stillRight, func() string { return "Is " + b.level.Level + " still right?" }),
			Why:  b.phrase(lookedAt, func() string { return "the level is looked at every " + b.span(b.level.Reassess) }),
		}
		if moved := b.inc.PhaseSince(); moved.After(from) && moved.Add(reassessAfter).Before(d.DueAt) {
			d.From, d.DueAt, d.Why = moved, moved.Add(reassessAfter), "the level is looked at again in each phase"
		}
		b.add(&d)
	}
	if !b.level.Quiet.Set {
		return
	}
	if every := b.policy.People.Elapsed.Duration; every > 0 {
		n := b.now.Sub(b.since)/every + 1
		at := b.since.Add(n * every)
		b.add(&Due{
			Kind: Elapsed, Key: "call", From: at.Add(-every), DueAt: at, State: Later, Who: "Deputy", What: "Say the elapsed time: " + spoken(at.Sub(b.since)),
			Why: b.phrase(isSaid, func() string { return "every " + b.span(b.policy.People.Elapsed) }),
		})
	}
	if last := b.inc.LastWritten(); !last.IsZero() && b.policy.Watched("quiet") {
		b.add(&Due{
			Kind: Quiet, Key: "log", From: last, DueAt: b.after(last, b.level.Quiet), Who: "Scribe",
			What: b.phrase(nothingWritten, func() string { return "Nothing was written for " + b.span(b.level.Quiet) + ": escalate?" }),
			Why: b.phrase(noProgress, func() string {
				return "trigger: no progress entry for " + b.span(b.level.Quiet) + " at " + b.level.Level
			}),
		})
	}
}

// reassessAfter is how soon after a change of phase the level is looked at again.
const reassessAfter = 5 * time.Minute

func spoken(d time.Duration) string {
	return policy.After{Set: true, Duration: d.Round(time.Minute), Clock: -1}.String()
}

// Times of the questions that every serious incident must answer.
const (
	askTools = 5 * time.Minute
	askData  = 30 * time.Minute
)

// questions lists what nobody has answered yet: which tools are down, and
// whether personal data is involved.
func (b *builder) questions() {
	if !b.open || b.level.Commander != "required" && !b.sensitive {
		return
	}
	if !b.inc.ToolsAnswered() {
		b.add(&Due{
			Kind: Question, Key: "tools", From: b.since, DueAt: b.since.Add(askTools), Who: "Incident commander", What: "Which tools are down?",
			Why: "asked at the declaration, so that every instruction names what still works",
		})
	}
	if b.inc.Fields.Text(model.FieldData) == "" && (b.level.Level == model.P0 || b.secret || b.inc.Privacy(b.policy)) {
		b.add(&Due{
			Kind: Question, Key: "data", From: b.since, DueAt: b.since.Add(askData), Who: "Incident commander", What: "Is personal data involved?",
			Why: "asked of every P0 and every security or privacy incident; a yes may start legal clocks",
		})
	}
}

// watch asks that recurrence is watched for after the resolution.
func (b *builder) watch() {
	if b.open || b.inc.State() != model.StateResolved || !b.level.Watch.Set {
		return
	}
	resolved, ok := b.inc.Milestone("resolved")
	if !ok {
		return
	}
	b.add(&Due{
		Kind: Watch, Key: "recurrence", From: resolved, DueAt: b.after(resolved, b.level.Watch), Who: "On-call engineer",
		What: "Recurrence watch ends: close, or reopen", Why: b.level.Level + " is watched for " + b.span(b.level.Watch) + " after the resolution",
	})
}
