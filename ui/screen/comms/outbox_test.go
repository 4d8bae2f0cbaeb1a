package comms

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"holdfast/sync/node"
)

// sending answers as a room does.
type sending struct {
	runs int
	run  node.OutboxRun
	err  error
}

func (o *sending) RunOutbox(context.Context) (node.OutboxRun, error) {
	o.runs++
	return o.run, o.err
}

func TestWhatWaitsIsSentByKeyAndTheResultIsASentence(t *testing.T) {
	sc := open(t)
	if !sc.screen.run.Visible() {
		t.Fatal("a message waits, and no button sends it")
	}
	sc.screen.Run("outbox.run")
	if got := sc.host.Toasts[0]; got != "This device has no way to send messages" {
		t.Fatalf("without an outbox it says %q", got)
	}
	out := &sending{run: node.OutboxRun{Tried: 3, Became: map[string]int{"sent": 2, "deferred": 1}, Detail: "421 try again later"}}
	sc.screen.Outbox = out
	if !sc.screen.Run("outbox.run") || out.runs != 1 {
		t.Fatal("the command does nothing")
	}
	if got := sc.host.Toasts[len(sc.host.Toasts)-1]; got != "3 messages waited: 2 sent, 1 put off · 421 try again later" {
		t.Errorf("says %q", got)
	}
	out.run = node.OutboxRun{}
	sc.screen.run.Tapped(nil)
	if got := sc.host.Toasts[len(sc.host.Toasts)-1]; out.runs != 2 || got != "No message waits" {
		t.Errorf("says %q", got)
	}
	out.err = fmt.Errorf("run the outbox: %w", node.ErrNoWayOut)
	sc.screen.Run("outbox.run")
	if got := sc.host.Toasts[len(sc.host.Toasts)-1]; got != "Nothing was sent: this device has no mail account and no other way out; Ctrl+9 sets one up" || len(sc.host.Fails) > 0 {
		t.Errorf("without a way out it says %q, fails %q", got, sc.host.Fails)
	}
	out.err = errors.New("the store is closed")
	sc.screen.Run("outbox.run")
	if len(sc.host.Fails) != 1 || sc.host.Fails[0] != "Nothing was sent: the store is closed" || sc.screen.run.Disabled() {
		t.Errorf("a refusal says %q", sc.host.Fails)
	}
}

func TestNothingLeadsToAnEmptyOutbox(t *testing.T) {
	sc := open(t)
	for i := range sc.screen.content.outbox {
		sc.screen.content.outbox[i].Status = "sent"
	}
	sc.screen.drawOutbox()
	if sc.screen.run.Visible() {
		t.Error("the button stays where nothing waits")
	}
}
