package due

import (
	"slices"
	"time"

	"holdfast/model"
	"holdfast/model/policy"
)

// response asks that somebody answers within the time of the level.
func (b *builder) response() {
	if !b.open {
		return
	}
	from := b.levels[len(b.levels)-1].From
	if from.Before(b.declared) {
		from = b.declared
	}
	d := Due{
		Kind: Response, Key: b.level.Level, From: b.declared, DueAt: b.respondBy(b.declared), Who: "On-call engineer",
		What: "Somebody answers", Why: b.phrase(isAnswered, func() string { return b.level.Level + " is answered " + b.within(b.level.Respond) }),
	}
	if from.After(b.declared) && b.respondBy(from).After(d.DueAt) {
		d.DueAt = from // the level was raised: what the new one asks is due now
	}
	if a := b.answered; a.ok {
		if b.all {
			b.done(&d, b.answerer()+" at "+a.at.Format("15:04")+" UTC")
		}
		return
	}
	b.add(&d)
}

func (b *builder) respondBy(t time.Time) time.Time {
	if b.level.Respond.BusinessDays > 0 {
		return b.after(t, b.level.Respond)
	}
	return t.Add(b.level.Respond.Duration)
}

func (b *builder) within(a policy.After) string {
	if a.Set && a.Duration == 0 && a.BusinessDays == 0 {
		return "at once"
	}
	return "within " + b.span(a)
}

// answerer is who took the incident up first, in words.
func (b *builder) answerer() string {
	if b.answered.who.Zero() {
		return "acknowledged"
	}
	return b.state.PersonName(b.answered.who)
}

// escalation lists the rungs of the matrix. Raising the level makes the new
// level's earlier rungs due at that moment; lowering it drops the rungs to come
// and keeps those that were due already.
func (b *builder) escalation() {
	if !b.open {
		return
	}
	for n, span := range b.levels {
		current := n == len(b.levels)-1
		for at := range b.policy.Escalation {
			rung := &b.policy.Escalation[at]
			if rung.Severity != span.Level || !b.applies(rung) {
				continue
			}
			d := b.rung(rung, at, span.From)
			if !current && (!d.DueAt.Before(span.To) || b.again(rung)) {
				continue
			}
			state, result := b.outcome(rung, &d)
			if state == Done || state == Skipped {
				d.State = state
				b.done(&d, result)
				continue
			}
			d.Result = result
			b.add(&d)
		}
	}
	b.ladder()
}

// applies reports whether a rung is for this incident at all.
func (b *builder) applies(r *policy.Rung) bool {
	return r.When != "sensitive" || b.sensitive
}

// again reports whether the present level calls the same target, so that a rung
// of a former level need not.
func (b *builder) again(r *policy.Rung) bool {
	return slices.ContainsFunc(b.policy.Escalation, func(o policy.Rung) bool {
		return o.Severity == b.level.Level && o.Target == r.Target && (o.Act == r.Act || o.Act == "page" && r.Act == "notify")
	})
}

func (b *builder) rung(r *policy.Rung, place int, from time.Time) Due {
	at := b.after(b.declared, r.After)
	for _, start := range [...]time.Time{from, b.since} {
		if at.Before(start) && start.After(b.declared) {
			at = start
		}
	}
	people := b.targets(r.Target)
	d := Due{
		Kind: Escalation, Key: r.ID, From: b.declared, DueAt: at, What: r.Text, Act: r.Act, Target: r.Target, WhoIDs: people,
		Who: r.Name, Proposed: r.Proposed || r.When == "needed", Why: b.told(rungAfter, len(b.policy.Escalation), place, func() string {
			return r.Severity + ", " + b.span(r.After) + " after the declaration"
		}),
	}
	if len(people) > 0 {
		d.Who = r.Name + ": " + b.names(people, "")
	}
	return d
}

// outcome tells what was done about a rung: any call for the same target that
// was answered, a notice that was delivered, a message to its audience, or a
// reason to skip it.
func (b *builder) outcome(r *policy.Rung, d *Due) (state, result string) {
	if r.Audience != "" {
		if at, ok := b.lastMessage(r.Audience); ok {
			return Done, "sent at " + at.Format("15:04") + " UTC"
		}
	}
	for _, a := range b.attempts {
		known := a.Result == model.Reached && slices.Contains(d.WhoIDs, a.Person) // who was reached knows, whatever for
		if a.Target != r.Target && a.Rung != r.ID && !known {
			continue
		}
		switch a.Result {
		case model.Skipped:
			if a.Rung == r.ID {
				return Skipped, a.Detail
			}
		case model.Reached:
			return Done, "reached " + b.state.Answerer(a) + " by " + a.Way
		case model.Delivered:
			if r.Act != "page" {
				return Done, "told " + b.state.PersonName(a.Person) + " by " + a.Way
			}
		}
		if result = a.Result; result == "" {
			result = b.calling(&a)
		}
	}
	if r.Act == "page" && r.Target == model.RoleOnCall {
		if who, ok := b.took(d.WhoIDs); ok {
			return Done, who
		}
	}
	if r.Target == model.TargetCommand {
		if holders := b.targets(r.Target); len(holders) > 0 && b.accepted(holders[0]) {
			return Done, b.state.PersonName(holders[0]) + " is in command"
		}
	}
	b.answer(r)
	return "", result
}

// calling tells of a call that has no result yet. One whose message has not left
// has reached nobody, and says so.
func (b *builder) calling(a *model.Attempt) string {
	why, waits := b.waiting(a)
	switch {
	case !waits:
		return "called " + b.state.PersonName(a.Person) + " by " + a.Way
	case why == "":
		return "not sent yet to " + b.state.PersonName(a.Person) + " by " + a.Way
	}
	return "not sent yet to " + b.state.PersonName(a.Person) + " by " + a.Way + ": " + why
}

// took tells who answered for those on call: one of them, whoever holds their
// role, or an acknowledgement. Who takes command does not: an incident that
// somebody else commands still needs who is on call.
func (b *builder) took(people []model.ID) (who string, ok bool) {
	if a := b.answered; a.ok && (a.who.Zero() || len(people) == 0 || slices.Contains(people, a.who)) {
		return b.answerer(), true
	}
	for _, h := range b.held(model.RoleOnCall) {
		if h.Accepted {
			return b.state.PersonName(h.Person), true
		}
	}
	return "", false
}

func (b *builder) accepted(person model.ID) bool {
	return slices.ContainsFunc(b.held(model.RoleCommander), func(h model.Holder) bool { return h.Person == person && h.Accepted })
}

// oneRound is how far apart calls of a rung are that were made together, to
// several people at once.
const oneRound = time.Minute

// rounds counts how often a rung was tried, and gives the last try.
func (b *builder) rounds(r *policy.Rung) (last model.Attempt, n int) {
	for _, a := range b.attempts {
		if a.Rung != r.ID {
			continue
		}
		if n == 0 || a.At.Sub(last.At) >= oneRound {
			n++
		}
		last = a
	}
	return last, n
}

// answer is the deadline of a call nobody has answered: then the person's
// deputy is tried, and after two misses the next rung is offered. A call that
// was refused, or could not be delivered, waits for nothing, and one that no
// device could send so far not for long.
func (b *builder) answer(r *policy.Rung) {
	last, tries := b.rounds(r)
	if tries == 0 {
		return
	}
	d := Due{
		Kind: Answer, Key: r.ID, From: last.At, DueAt: b.expires(&last), Who: b.state.PersonName(last.Person),
		WhoIDs: b.one(last.Person), Act: r.Act, Proposed: r.Proposed || r.When == "needed",
		Why: "a call is answered " + b.within(b.policy.People.Acknowledge),
	}
	missed := b.missed(&last)
	switch {
	case tries >= 2:
		d.What = missed + ": unreachable twice, go on to the next rung"
	case r.Deputy != "":
		d.What, d.Target = missed+": try "+r.Deputy, r.Deputy
	default:
		d.What = missed + ": try again, or the deputy"
	}
	b.add(&d)
}

// missed says what became of a call nobody has answered.
func (b *builder) missed(a *model.Attempt) string {
	switch a.Result {
	case model.Declined:
		return "Refused"
	case model.Undelivered:
		return "Not delivered, call by phone"
	case "":
		if why, _ := b.waiting(a); why != "" {
			return "Not sent, call by phone"
		}
	}
	return "No answer"
}
