package model

import (
	"slices"
	"strings"
	"time"
)

// What may still be written on a closed incident: closing says that the response is
// over, and not that its record is.
//
// A command is refused that begins work, asks somebody for something or says that
// somebody is at it now: a task, a lock, a hypothesis, an option, a proposal, a
// role, a team, a runbook, a phase before the last, a call of the matrix, the next
// event of an exercise, a promised update. Nothing would remind of it any more, and
// its times would count as those of the response.
//
// All that tells what was is taken as before: entries with the time they have,
// corrections, milestones, levels, facts, evidence, indications, messages, tickets
// of vendors, the review and its actions; and all that ends what was begun: a task
// or a step that is ticked, a lock that is given back, a role that is released, a
// proposal that is decided.
//
// Commands hold this alone. An op that was written elsewhere before the closing was
// known there folds as any other does.

// working finds an incident in which work is begun, and refuses one that is closed.
// act is what is not done, as in "no task was added"; instead is the command that
// writes down the same of a response that is over; empty where there is none.
func (s *State) working(incident, act, instead string) (*Incident, error) {
	inc, err := s.FindIncident(incident)
	if err != nil {
		return nil, err
	}
	return inc, inc.over(act, instead)
}

// over refuses to begin work in an incident that is closed.
func (i *Incident) over(act, instead string) error {
	if i.State() != StateClosed {
		return nil
	}
	text := i.Code + " is closed, and the response with it; " + act + ". Take it up again: reopen " + i.Code + ` --reason "..."`
	if instead != "" {
		text += "; " + strings.ReplaceAll(instead, "INC", i.Code)
	}
	return refuse("%s", text)
}

// What is said instead of beginning work.
const (
	insteadLog    = `or tell what was, with its time: log INC "..." --at TIME`
	insteadAction = `or put it down as an action of the review: action add INC "..."`
	insteadTold   = `or tell it without the time of a next update, as in: message send INC --template incident-resolved`
	insteadFactor = `or name what led to it, in the review: review factor add INC "..."`
)

// closedAt is when a closed incident was; zero where it is not, or nobody knows.
func (i *Incident) closedAt() time.Time {
	if i.State() != StateClosed {
		return time.Time{}
	}
	at, _ := i.Milestone("closed")
	return at
}

// mayPromise refuses a message that says when the next update comes: nothing would
// remind of it.
func (i *Incident) mayPromise() error { return i.over("no next update is promised", insteadTold) }

// mayLead refuses a phase that is entered after the closing, but the last one:
// the review is held then.
func (i *Incident) mayLead(phase string) error {
	if slices.Index(Phases[:], phase) == len(Phases)-1 {
		return nil
	}
	return i.over("the phase was not changed", "")
}
