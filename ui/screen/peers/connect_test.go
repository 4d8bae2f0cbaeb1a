package peers

import (
	"strings"
	"testing"
	"time"

	"holdfast/sync/node"
	"holdfast/ui/screen/form"
)

const refusal = "192.168.1.20:7420 refused the connection: a machine is there, and no program listens at that port."

// TestAnAddressThatDoesNotAnswerIsSaid: in the form while it is open, else on a card, until it links or a
// person has it tried no more.
func TestAnAddressThatDoesNotAnswerIsSaid(t *testing.T) {
	f := open(t)
	connect := f.acts.connect
	f.Run("room.connect")
	connect.address.Fill(" 192.168.1.20:7420 ")
	f.link.tried = []node.AttemptView{{Address: "192.168.1.20:7420"}}
	f.Run("capture.submit")
	if got := connect.says.Text(); f.link.asked != "192.168.1.20:7420" || !strings.HasPrefix(got, "Trying 192.168.1.20:7420") {
		t.Fatalf("asked for %q, says %q", f.link.asked, got)
	}
	f.Tick(connect.since.Add(2 * time.Second))
	if got := connect.says.Text(); got != "Trying 192.168.1.20:7420 … 2 s" {
		t.Errorf("after 2 s it says %q", got)
	}
	f.link.tried[0].Text = refusal
	f.Tick(start.Add(3 * time.Second))
	if got := connect.says.Text(); got != refusal || connect.says.Tone() != form.Wrong {
		t.Errorf("once it was refused it says %q", got)
	}
	if strings.Contains(f.cards.shown, refusal) {
		t.Error("it is said twice")
	}
	f.Run("go.back")
	if !strings.Contains(f.cards.shown, refusal) {
		t.Errorf("with the form closed the cards are %q", f.cards.shown)
	}
	f.Run("room.connect")
	f.link.tried = nil
	f.Tick(start.Add(9 * time.Second))
	if got := connect.says.Text(); got != "Linked: a device of this room answers at 192.168.1.20:7420." || connect.says.Tone() != form.Well || strings.Contains(f.cards.shown, refusal) {
		t.Errorf("once it links it says %q, and the cards are %q", got, f.cards.shown)
	}
}

// TestAnAddressIsTriedNoMore: by key where one goes unanswered; of several the cards are gone to.
func TestAnAddressIsTriedNoMore(t *testing.T) {
	f := open(t)
	f.Run("room.forget")
	f.link.tried = []node.AttemptView{{Address: "192.168.1.20:7420", Text: refusal}, {Address: "10.8.0.3:7420", Text: "Nobody answers at 10.8.0.3:7420."}}
	f.Tick(start)
	f.Run("room.forget")
	if f.host.Focused != f.cards.first[cardUnanswered] || len(f.link.tried) != 2 {
		t.Error("of two the cards are not gone to")
	}
	f.link.tried = f.link.tried[:1]
	f.Tick(start)
	f.Run("room.forget")
	if len(f.link.tried) != 0 || strings.Contains(f.cards.shown, refusal) {
		t.Errorf("still tried: %v", f.link.tried)
	}
	if got := strings.Join(f.host.Toasts, "; "); got != "No address that was given here goes unanswered; 192.168.1.20:7420 is not tried any more" {
		t.Errorf("says %q", got)
	}
}

// TestLinksThatAreCutTryNothing: and that is said in place of trying for ever.
func TestLinksThatAreCutTryNothing(t *testing.T) {
	f := open(t)
	f.link.offline = true
	f.Run("room.connect")
	f.acts.connect.address.Fill("192.168.1.20:7420")
	f.Run("capture.submit")
	if got := f.acts.connect.says.Text(); !strings.Contains(got, "links of this device are cut") {
		t.Errorf("says %q", got)
	}
}
