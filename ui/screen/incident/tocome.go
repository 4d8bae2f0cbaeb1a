package incident

import (
	"time"

	"holdfast/model"
)

// toCome asks before an entry is written whose time is still to come: a slip of
// the day is more likely than an entry of tomorrow. The answer is what the
// model asks for as a confirmation.
func (p plan) toCome(now time.Time) plan {
	for n, command := range p.commands {
		var at time.Time
		switch c := command.(type) {
		case model.Log:
			at, c.Confirm = c.At, true
			command = c
		case model.EditEntry:
			at, c.Confirm = c.At, true
			command = c
		}
		if at.Sub(now) <= model.ClocksApart {
			continue
		}
		p.commands[n] = command
		p.ask, p.yes = "Write an entry of a time to come?", "Write it"
		p.askWhy = at.UTC().Format("2006-01-02 15:04") + " UTC is still to come: it is " + now.UTC().Format("2006-01-02 15:04") + " UTC now."
	}
	return p
}
