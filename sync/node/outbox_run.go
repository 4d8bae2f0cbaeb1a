package node

import (
	"context"
	"errors"

	"holdfast/model"
)

// OutboxRun tells what became of the messages that waited.
type OutboxRun struct {
	// Tried waited before; Became counts them by their status now, in the words of
	// model.MessageView.
	Tried  int
	Became map[string]int
	// Detail is why one of them has not left; empty where all did.
	Detail string
	// Messages are all of the room.
	Messages []model.MessageView
}

// ErrNoWayOut says that a device has no account that messages could leave by.
var ErrNoWayOut = errors.New("this device has no mail account, and no other way out; set it with `config set mail.host HOST` and the other mail settings, or slack.webhook, pagerduty.key or ticket.url")

// RunOutbox tries to deliver now what waits, without the pauses after failures.
// It is refused with ErrNoWayOut on a device without one.
func (r *Room) RunOutbox(ctx context.Context) (OutboxRun, error) {
	run := OutboxRun{Became: map[string]int{}}
	if !r.anyWay() {
		return run, ErrNoWayOut
	}
	waited := map[model.ID]bool{}
	r.View(func(s *model.State) {
		for _, m := range s.MessageViews(nil) {
			waited[m.ID] = m.Waits()
		}
	})
	r.outbox.Pass(ctx, true)
	r.View(func(s *model.State) { run.Messages = s.MessageViews(nil) })
	for _, m := range run.Messages {
		if !waited[m.ID] {
			continue
		}
		run.Tried++
		run.Became[m.Status]++
		if m.Status != model.Sent.String() && run.Detail == "" {
			run.Detail = m.Detail
		}
	}
	return run, nil
}
