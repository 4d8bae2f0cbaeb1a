package due

import (
	"time"

	"holdfast/model"
	"holdfast/model/policy"
)

// longAfter is when an incident counts as a long one, whose rhythm may be
// slower once it was announced.
const longAfter = 2 * time.Hour

// updates lists when each audience waits for the next word: what was promised,
// else what the cadence of the level asks.
func (b *builder) updates() {
	if !b.open {
		return
	}
	for n := range b.policy.Cadence {
		row := &b.policy.Cadence[n]
		if row.Severity != b.level.Level || b.secret && !b.state.Told(b.inc, row.Audience) {
			continue
		}
		d := Due{Kind: Update, Key: row.Audience, Who: row.Name, Why: b.told(updateRhythm, len(b.policy.Cadence), n, func() string {
			return row.Name + " at " + row.Severity + ": " + b.speakRhythm(row)
		})}
		last, number, promised := b.word(row.Audience)
		stuck := b.unsent(row.Audience)
		switch {
		case stuck.After(last):
			d.From, d.DueAt, d.What = stuck, stuck.Add(unsentAfter), "The update to "+row.Name+" has not left: tell them another way"
		case number == 0 && row.Asked && !b.asked(row.Audience):
			continue
		case !promised.IsZero():
			d.From, d.DueAt = last, promised
			d.What = b.told(updatePromised, len(b.policy.Cadence), n, func() string { return "Update promised to " + row.Name })
		case number == 0:
			d.From, d.DueAt = b.declared, b.after(b.declared, row.First)
			d.What = b.told(updateFirst, len(b.policy.Cadence), n, func() string { return "First update to " + row.Name })
			if start := b.levels[len(b.levels)-1].From; start.After(d.DueAt) {
				d.DueAt = start
			}
		case row.Then.Set:
			d.From, d.DueAt = last, b.after(last, b.rhythm(row))
			d.What = b.told(updateNext, len(b.policy.Cadence), n, func() string { return "Update to " + row.Name })
		default:
			continue
		}
		d.RemindAt = b.nag(d.DueAt)
		b.add(&d)
	}
}

// How often an update that is late is reminded of, and for how long: who has not
// written it by then has heard it often enough.
const (
	nagEvery = 2 * time.Minute
	nagFor   = 30 * time.Minute
)

// nag gives the reminders of an update: before it, at its time, and while it is
// late again and again, the one that came last and the next.
func (b *builder) nag(due time.Time) []time.Time {
	late := b.now.Sub(due)
	if late < 0 || late > nagFor {
		return b.moments(due.Add(-soonBefore), due)
	}
	n := late / nagEvery
	if n == 0 {
		return b.moments(due.Add(-soonBefore), due, due.Add(nagEvery))
	}
	return b.moments(due.Add(-soonBefore), due, due.Add(n*nagEvery), due.Add((n+1)*nagEvery))
}

// rhythm gives the time between updates: the slower one of a long incident
// where it was announced.
func (b *builder) rhythm(row *policy.Cadence) policy.After {
	if row.Long.Set && b.now.Sub(b.declared) > longAfter && b.inc.Fields.Text(model.FieldLong) == "yes" {
		return row.Long
	}
	return row.Then
}

func (b *builder) speakRhythm(row *policy.Cadence) string {
	text := "first after " + b.span(row.First)
	if row.First.Duration == 0 {
		text = "at the start"
	}
	if row.Then.Set {
		text += ", then every " + b.span(row.Then)
	}
	return text
}

// asked reports whether somebody said that an audience is to be told.
func (b *builder) asked(audience string) bool {
	return b.inc.Fields.Text(model.FieldAsk(audience)) == "yes"
}

// unsentAfter is how long a message may wait for its way out before the audience
// counts as not told.
const unsentAfter = 5 * time.Minute

// left reports whether a message counts as heard: it went, or is on its way and
// has not waited for long.
func (b *builder) left(m *model.Message) bool {
	switch o, _ := m.Outcome(); o {
	case model.Withdrawn, model.Failed:
		return false
	case model.Sent, model.Unknown:
		return true
	}
	return b.now.Sub(recorded(m.Queued)) < unsentAfter
}

// unsent is when the last message to an audience was queued that failed, or has
// waited too long; zero where none has.
func (b *builder) unsent(audience string) (last time.Time) {
	for _, m := range b.inc.Messages {
		if o, _ := m.Outcome(); !m.Known() || m.Draft.Audience != audience || o == model.Withdrawn || b.left(m) {
			continue
		}
		if at := recorded(m.Queued); at.After(last) {
			last = at
		}
	}
	return last
}

// word tells when an audience last heard, how often, and what it was promised.
func (b *builder) word(audience string) (last time.Time, number int, promised time.Time) {
	for _, m := range b.inc.Messages {
		if !m.Known() || m.Draft.Audience != audience {
			continue
		}
		if !b.left(m) {
			continue
		}
		number++
		if at := recorded(m.Queued); !at.Before(last) {
			last, promised = at, time.Time{}
			if m.Draft.Next > 0 {
				promised = time.UnixMilli(m.Draft.Next).UTC()
			}
		}
	}
	if audience == model.AudienceStakeholders {
		if t, at, ok := b.inc.Promised(); ok && at.After(last) {
			promised = t
		}
	}
	return last, number, promised
}

func (b *builder) lastMessage(audience string) (time.Time, bool) {
	last, number, _ := b.word(audience)
	return last, number > 0
}
