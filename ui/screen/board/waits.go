package board

import (
	"holdfast/model/due"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
)

// Waiting counts the alerts nobody has taken up. Of a class the one that came in
// first is the first that presses.
func (b *Screen) Waiting(in screen.Input) (n int, pressing bool) {
	policy := in.State.Policy()
	for i := range policy.Routing {
		waiting := in.State.WaitingAlerts(policy.Routing[i].Class)
		if len(waiting) == 0 {
			continue
		}
		if by := due.AcknowledgeBy(policy, waiting[0]); !by.IsZero() && by.Before(in.Now) {
			pressing = true
		}
	}
	return in.State.AlertsWaiting(), pressing
}

// newWaits is the line over the board about what waits on the screen of peers:
// it moves the list down, and covers nothing.
func newWaits(b *Screen) *part.Banner {
	banner := part.NewBanner()
	banner.OnAction = func() {
		if shell, ok := b.host.(interface{ Run(keys.ID) bool }); ok {
			shell.Run("go.peers")
		}
	}
	return banner
}

// setWaits shows a sentence over the board; "" takes it away.
func (b *Screen) setWaits(says string) {
	row := part.BannerRow{}
	if says != "" {
		row = part.BannerRow{Text: says, Tone: part.NoticeWarn, Action: "Open peers"}
	}
	if says == b.waiting {
		return
	}
	b.waiting = says
	b.waits.Set(row)
	b.arrange()
}
