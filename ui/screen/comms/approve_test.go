package comms

import (
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/ui/sample"
)

// outside has a message to customers written, with all its fields.
func (sc *scene) outside() {
	sc.t.Helper()
	sc.host.Do(model.SetRoom{Field: "audience.customers", Value: "status@customers.example.com"}, func(_ model.Done, err error) {
		if err != nil {
			sc.t.Fatal(err)
		}
	})
	sc.screen.Compose(sc.story.Incident, "customer-notification")
	sc.draw()
	for _, name := range sc.screen.preview.result.Missing {
		sc.fill(name, "being checked")
	}
}

// TestWhoCommandsIsAskedBeforeCustomersHear: the first press asks, a name goes with the message, and nothing is a dead end.
func TestWhoCommandsIsAskedBeforeCustomersHear(t *testing.T) {
	sc := open(t) // on Li's device; Ana and Tom command
	if sc.screen.approval.wanted() || sc.screen.Run("update.approve") && len(sc.host.Toasts) == 0 {
		t.Error("the team may hear without anybody's word")
	}
	sc.outside()
	if !sc.screen.approval.who.object.Visible() {
		t.Fatal("nobody is asked for")
	}
	sc.submit()
	if sc.screen.review != nil || sc.host.Focused != sc.screen.approval.who.in.Entry {
		t.Fatalf("the first press went on: %q", sc.screen.says.Text())
	}
	sc.submit()
	if sc.screen.review == nil {
		t.Fatal("the second press does not go on: ", sc.screen.says.Text())
	}
	sc.screen.Run("go.back")
	sc.screen.approval.who.in.Fill("nobody of that name")
	if why := sc.screen.blocked(); why == "" {
		t.Error("a name that nobody has is taken")
	}
	sc.screen.approval.who.in.Fill("ana")
	sc.submit()
	if sc.screen.review == nil || sc.screen.review.Approver != "Ana Ruiz" {
		t.Fatalf("reviewed %+v: %q", sc.screen.review, sc.screen.says.Text())
	}
	sc.now = sc.now.Add(2 * lockOut)
	sc.submit()
	if len(sc.host.Sent) != 1 {
		t.Fatalf("sent %d, failed %v", len(sc.host.Sent), sc.host.Fails)
	}
	if line := sc.screen.content.outbox[0].line(); !strings.Contains(line, "approved by Ana Ruiz") {
		t.Errorf("the message says %q", line)
	}
	if sc.screen.typed.Approver != "" {
		t.Error("the next message is taken for approved")
	}
}

// TestLegalApprovesWhatASecurityIncidentTells: nothing goes before it, and it is recorded where it is missing.
func TestLegalApprovesWhatASecurityIncidentTells(t *testing.T) {
	sc := open(t)
	story, err := sample.Intrusion()
	if err != nil {
		t.Fatal(err)
	}
	sc.story, sc.now = story, story.Now
	sc.host = sample.NewHost(story.Room.Device(0))
	sc.start()
	sc.outside()
	a := sc.screen.approval
	if a.lacks() == "" || !a.legal.Visible() || !strings.Contains(sc.screen.blocked(), "Legal has not approved") {
		t.Fatalf("it may go: %q", sc.screen.blocked())
	}
	sc.submit()
	if sc.host.Focused != a.lawyer.in.Entry {
		t.Error("the press leads nowhere")
	}
	a.lawyer.in.Fill("joanna")
	a.record.Press()
	found := false
	for _, c := range sc.host.Commands {
		if c, ok := c.(model.ApproveMessage); ok {
			found = c.Person == "Joanna Kowalska" && c.Audience == "customers" && strings.Contains(c.Text, sc.screen.preview.result.Draft.Body)
		}
	}
	if !found {
		t.Fatalf("recorded %+v, failed %v", sc.host.Commands, sc.host.Fails)
	}
	if a.legal.Visible() || a.lacks() != "" {
		t.Error("it is asked for again")
	}
	sc.submit()
	if sc.screen.review == nil {
		t.Errorf("it does not go on: %q", sc.screen.says.Text())
	}
}
