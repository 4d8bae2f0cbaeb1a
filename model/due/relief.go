package due

import (
	"slices"
	"time"

	"holdfast/model"
	"holdfast/model/policy"
)

// reliefBefore is how long before the end people are reminded: a successor is
// found and briefed in about that time.
const reliefBefore = 30 * time.Minute

// relief asks that nobody commands or works for too long. Both are counted for
// the person, over every role and incident: see model.Duty. Each person is named
// once: with the end of the command where it comes first, else of the work.
func (b *builder) relief() {
	if !b.open || !b.policy.Watched("fatigue") {
		return
	}
	if !b.counted {
		b.duties, b.counted = b.state.Duties(b.now), true
	}
	for n := range b.team {
		h := &b.team[n]
		if h.Role != "observer" && !b.seated(b.team[:n], h.Person) {
			b.relieve(h.Person, h.Role)
		}
	}
	for _, person := range b.duties.Joined(b.inc.ID) {
		if !b.seated(b.team, person) {
			b.relieve(person, "")
		}
	}
}

// seated reports whether somebody has a role among these.
func (b *builder) seated(team []model.Holder, person model.ID) bool {
	return slices.ContainsFunc(team, func(h model.Holder) bool { return h.Person == person && h.Role != "observer" })
}

func (b *builder) relieve(person model.ID, role string) {
	duty, ok := b.duties.Of(person)
	if !ok {
		return
	}
	awake, command := b.policy.People.Awake, policy.After{}
	if role == model.RoleCommander && !duty.Command.IsZero() {
		command = b.policy.People.Command[b.level.Level]
	}
	d := Due{Kind: Relief, Key: "work/" + person.String(), Who: b.state.PersonName(person), WhoIDs: b.one(person), Target: role}
	d.What = "Relieve " + d.Who
	switch commandEnds := b.after(duty.Command, command); {
	case command.Set && (!awake.Set || commandEnds.Before(b.after(duty.Since, awake))):
		d.Key, d.From, d.DueAt = role+"/"+person.String(), duty.Command, commandEnds
		d.Why = b.phrase(isRelieved, func() string { return "command at " + b.level.Level + " is relieved after " + b.span(command) })
	case awake.Set:
		d.From, d.DueAt = duty.Since, b.after(duty.Since, awake)
		d.Why = b.phrase(isTired, func() string {
			return "nobody works longer than " + b.span(awake) + ", counted over all roles and incidents"
		})
	default:
		return
	}
	if title, ok := model.FindRole(role); ok {
		d.What += " as " + title.Title
	}
	d.RemindAt = b.moments(d.DueAt.Add(-reliefBefore))
	b.add(&d)
}
