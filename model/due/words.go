package due

import (
	"holdfast/model"
	"holdfast/model/policy"
)

// Texts that are alike for all incidents: of a rung, of a row of the cadence, of
// a role, of a phase, and of a level of the policy.
const (
	rungAfter = iota
	updateRhythm
	updatePromised
	updateFirst
	updateNext
	roleEmpty
	phaseExit
	phaseLimit
	needsRole
	isAnswered
	taskTime
	stillRight
	lookedAt
	isSaid
	nothingWritten
	noProgress
	texts
)

// wording is a span of the policy in words.
type wording struct {
	span policy.After
	text string
}

// told gives what a rule of the policy says in words, made once for all
// incidents; n is its place among rules of its kind.
func (b *builder) told(which, rules, n int, write func() string) string {
	texts := b.texts[which]
	if texts == nil {
		texts = make([]string, rules)
		b.texts[which] = texts
	}
	if texts[n] == "" {
		texts[n] = write()
	}
	return texts[n]
}

// phrase gives what is said at the level of the incident, made once for all.
func (b *builder) phrase(which int, write func() string) string {
	n := 0
	for n < len(b.policy.Severities)-1 && b.policy.Severities[n].Level != b.level.Level {
		n++ // the level is one of the policy's
	}
	return b.told(which, len(b.policy.Severities), n, write)
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
