package comms

import (
	"context"
	"errors"
	"strings"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/text"
)

// Outbox delivers what waits in the room. *node.Room is one.
type Outbox interface {
	RunOutbox(ctx context.Context) (node.OutboxRun, error)
}

// runOutbox has what waits in the room sent now, and says what became of it.
func (s *Screen) runOutbox() {
	switch {
	case s.Outbox == nil:
		s.host.Toast("This device has no way to send messages")
		return
	case s.run.Disabled():
		return
	}
	s.run.Disable()
	s.host.Toast("Sending what waits …")
	var done node.OutboxRun
	ctx := context.WithoutCancel(s.Context) // a message half sent is written down as such
	s.host.Task(func() (err error) {
		done, err = s.Outbox.RunOutbox(ctx)
		return err
	}, func(err error) {
		s.run.Enable()
		switch {
		case errors.Is(err, node.ErrNoWayOut):
			s.host.Toast("Nothing was sent: this device has no mail account and no other way out; Ctrl+9 sets one up")
		case err != nil:
			s.host.Fail("Nothing was sent", err)
		default:
			s.host.Toast(ranSaid(done))
			s.host.Refresh()
		}
	})
}

// ranSaid tells in a sentence what became of the messages that waited.
func ranSaid(r node.OutboxRun) string {
	if r.Tried == 0 {
		return "No message waits"
	}
	var became []string
	for _, b := range [...]struct{ status, words string }{
		{model.Sent.String(), "sent"},
		{model.Deferred.String(), "put off"},
		{model.Failed.String(), "failed"},
		{model.Unknown.String(), "not known to have gone"},
		{model.Withdrawn.String(), "withdrawn"},
		{model.Outcome(0).String(), "still waiting"},
	} {
		if n := r.Became[b.status]; n > 0 {
			became = append(became, text.Count(n, b.words, b.words))
		}
	}
	says := text.Count(r.Tried, "message waited", "messages waited") + ": " + strings.Join(became, ", ")
	if r.Detail != "" {
		says += " · " + text.Line(r.Detail)
	}
	return says
}

// waits tells whether a message of this incident is still to be sent.
func (c content) waits() bool {
	for _, m := range c.outbox {
		if m.Waits() {
			return true
		}
	}
	return false
}
