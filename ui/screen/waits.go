package screen

import (
	"fmt"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/ui/text"
)

// SeenDraft names where this device keeps that a card about an overruled act
// was put away by its user.
func SeenDraft(c model.MembershipCard) string {
	return fmt.Sprintf("peers.seen.%s.%s.%d", c.Rule, c.Device, c.At.UnixMilli())
}

// SeenAilment names where this device keeps that a card about the health of the room
// was put away by its user; what is named is node.Ailment.Seen.
func SeenAilment(what string) string { return "peers.seen." + what }

// SeenBy is what is kept there: who put it away and when.
func SeenBy(person string, at time.Time) string {
	return "seen by " + person + ", " + at.UTC().Format("2 Jan 2006 15:04 UTC")
}

// Wait is one thing that waits on the screen of peers.
type Wait struct {
	says string
	seen string // the draft that says it was put away; "" where it cannot be
}

// Waits lists what waits on the screen of peers: devices that ask, what removed
// devices wrote, and acts that were overruled.
func Waits(in Input) (all []Wait) {
	for _, a := range in.Asks {
		all = append(all, Wait{says: "a device asks to join (" + text.Line(a.Words) + ")"})
	}
	if n := in.State.Summary(in.Now).Quarantined; n > 0 {
		all = append(all, Wait{says: text.Count(int(n), "commit of a removed device is", "commits of a removed device are") + " in quarantine"})
	}
	for _, c := range in.State.MembershipCards() {
		all = append(all, Wait{says: text.Line(c.Act) + ", and it does not count", seen: SeenDraft(c)})
	}
	return all
}

// WaitSentence says what of it was not put away; "" where nothing is left. It is
// for the UI goroutine, where drafts are read.
func WaitSentence(all []Wait, drafted func(name string) string) string {
	var left []string
	for _, w := range all {
		if w.seen == "" || drafted(w.seen) == "" {
			left = append(left, w.says)
		}
	}
	if len(left) == 0 {
		return ""
	}
	says := strings.Join(left, "; ") + "."
	return strings.ToUpper(says[:1]) + says[1:]
}
