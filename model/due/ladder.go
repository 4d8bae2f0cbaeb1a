package due

import (
	"slices"
	"time"

	"holdfast/model"
)

// ladder is loud where every rung that calls somebody was tried, each of them
// had the time of an answer, and nobody has the incident. A rung nobody stands
// behind cannot be tried and holds nothing back: an empty ladder is exhausted
// when somebody should have answered. Calls that are made after that do not
// silence it, an answer does.
func (b *builder) ladder() {
	if b.answered.ok {
		return
	}
	empty, ok := b.climbed()
	if !ok {
		return
	}
	at := b.unanswered()
	d := Due{
		Kind: Ladder, Key: b.level.Level, From: b.declared, Who: "Everybody", Why: "the escalation is exhausted",
		What: "Nobody has answered on any rung: call whoever you can, by any way",
	}
	if at.IsZero() {
		if empty.IsZero() {
			return // no rung calls anybody at this level
		}
		d.What = "Nobody is named on any rung: call whoever you can, by any way, and name them"
		if at = b.after(empty, b.policy.People.Acknowledge); at.Before(b.respondBy(b.declared)) {
			at = b.respondBy(b.declared)
		}
	}
	if b.now.Before(at) {
		d.What = "Somebody answers, or whoever you can reach is called by any way"
	}
	d.DueAt, d.RemindAt = at, b.nag(at)[1:]
	b.add(&d)
}

// climbed reports whether no rung with somebody behind it is left to be tried;
// empty is when the first of those with nobody was due, zero where there is none.
func (b *builder) climbed() (empty time.Time, ok bool) {
	for _, d := range b.list[b.start:] {
		if d.Kind != Escalation || !d.Open() || d.Proposed || d.Act != "page" && d.Act != "notify" || d.Result != "" {
			continue
		}
		if len(d.WhoIDs) > 0 {
			return empty, false
		}
		if empty.IsZero() || d.DueAt.Before(empty) {
			empty = d.DueAt
		}
	}
	return empty, true
}

// unanswered is when the first call of each rung has run out; zero where none
// was made.
func (b *builder) unanswered() (at time.Time) {
	for n, a := range b.attempts {
		first := !slices.ContainsFunc(b.attempts[:n], func(o model.Attempt) bool { return o.Rung == a.Rung })
		if a.Rung == "" || a.Result == model.Skipped || !first {
			continue
		}
		if end := b.expires(&a); end.After(at) {
			at = end
		}
	}
	return at
}

// expires is when a call that nobody has answered counts as missed: after the
// time to acknowledge, at once where it was refused or could not be delivered,
// and soon where a device could not send it.
func (b *builder) expires(a *model.Attempt) time.Time {
	if a.Result == model.Declined || a.Result == model.Undelivered {
		return a.Answered
	}
	end := b.after(a.At, b.policy.People.Acknowledge)
	if soon := a.At.Add(model.PageAgain); soon.Before(end) && a.Result == "" {
		if why, _ := b.waiting(a); why != "" {
			return soon
		}
	}
	return end
}

// waiting tells of a call by message that the message has not left, and why where
// that is known.
func (b *builder) waiting(a *model.Attempt) (why string, waits bool) {
	m := b.inc.Messages[a.Message]
	if a.Message.Zero() || m == nil || !m.Known() || m.Settled() {
		return "", false
	}
	_, last := m.Outcome()
	return last.Detail, true
}
