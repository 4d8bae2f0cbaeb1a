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

// post is a person in a role at a level: what a relief is asked for. The role is
// empty for who joined without one.
type post struct {
	person model.ID
	role   string
	level  string
}

// relieve asks for the relief of a person, which is alike in all incidents of a
// level as the duty is counted over all of them.
func (b *builder) relieve(person model.ID, role string) {
	at := post{person, role, b.level.Level}
	d, made := b.reliefs[at]
	if !made {
		d = b.reliefOf(at)
		if b.reliefs == nil {
			b.reliefs = map[post]*Due{}
		}
		b.reliefs[at] = d
	}
	if d != nil {
		b.add(d)
	}
}

// reliefOf is the deadline of a post; nil where there is none.
func (b *builder) reliefOf(at post) *Due {
	duty, ok := b.duties.Of(at.person)
	if !ok {
		return nil
	}
	awake, command := b.policy.People.Awake, policy.After{}
	if at.role == model.RoleCommander && !duty.Command.IsZero() {
		command = b.policy.People.Command[at.level]
	}
	d := &Due{Kind: Relief, Who: b.state.PersonName(at.person), WhoIDs: b.one(at.person), Target: at.role}
	switch commandEnds := b.after(duty.Command, command); {
	case command.Set && (!awake.Set || commandEnds.Before(b.after(duty.Since, awake))):
		d.Key, d.From, d.DueAt = at.role+"/"+at.person.String(), duty.Command, commandEnds
		d.Why = "command at " + at.level + " is relieved after " + b.span(command)
	case awake.Set:
		d.Key, d.From, d.DueAt = "work/"+at.person.String(), duty.Since, b.after(duty.Since, awake)
		d.Why = "nobody works longer than " + b.span(awake) + ", counted over all roles and incidents"
	default:
		return nil
	}
	d.What = "Relieve " + d.Who
	if title, ok := model.FindRole(at.role); ok {
		d.What += " as " + title.Title
	}
	d.RemindAt = b.moments(d.DueAt.Add(-reliefBefore))
	return d
}
