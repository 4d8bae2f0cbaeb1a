package board

import (
	"holdfast/ui/keys"
	"holdfast/ui/part"
)

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
