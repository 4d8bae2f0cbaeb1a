package shell

import (
	"fmt"
	"math"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/text"
)

// health is what the status line says of the room, read by the bridge.
type health struct {
	peers string
	sync  part.Health
	ails  string // a sentence for the banner; empty where all is well
	// readOnly: the disk takes no writes.
	readOnly bool
}

// clockNoted is the difference of clocks worth a sentence: below it, times in
// the timeline still read in the right order.
const clockNoted = 2 * time.Second

// journalWell is what the status line says while all that was done is on disk.
const journalWell = "Written to disk"

// healthOf sums up the links in one sentence.
func healthOf(peers []node.PeerView, online bool, now time.Time) health {
	linked, holding, lacking := 0, 0, uint64(0)
	var heard *time.Time
	h := health{sync: part.Good}
	for _, p := range peers {
		if p.LastHeard != nil && (heard == nil || p.LastHeard.After(*heard)) {
			heard = p.LastHeard
		}
		if p.LastHeard != nil && p.TheyLack == 0 {
			holding++
		}
		if !p.Connected {
			continue
		}
		linked++
		lacking += p.TheyLack
		if ahead := math.Abs(p.ClockAhead); ahead > clockNoted.Seconds() {
			h.ails = clockSentence(p)
		}
	}
	switch {
	case !online:
		h.peers, h.sync = "Links are cut here: nothing is exchanged", part.Stale
	case len(peers) == 0:
		h.peers, h.sync = "No other device yet: this is the only copy", part.Stale
	case linked == 0 && heard == nil:
		h.peers, h.sync = fmt.Sprintf("%s, none heard yet", text.Count(len(peers), "peer", "peers")), part.Stale
	case linked == 0:
		h.peers, h.sync = fmt.Sprintf("Alone: last heard %s", text.Ago(now.Sub(*heard))), part.Stale
	case lacking > 0:
		h.peers = fmt.Sprintf("%d of %s linked, %d on the way", linked, text.Count(len(peers), "peer", "peers"), lacking)
	default:
		h.peers = fmt.Sprintf("All written is on %d of %s", holding, text.Count(len(peers), "peer", "peers"))
	}
	return h
}

func clockSentence(p node.PeerView) string {
	d := time.Duration(math.Abs(p.ClockAhead) * float64(time.Second)).Round(time.Second)
	side := "ahead of"
	if p.ClockAhead < 0 {
		side = "behind"
	}
	return fmt.Sprintf("The clock of %s is %s %s this computer's. Check which is right; nothing is reordered.",
		model.DeviceTitle(text.Line(p.Person), text.Line(p.Name)), d, side)
}

func (s *Shell) setHealth(h health) {
	s.row.Peers, s.row.Sync = h.peers, h.sync
	switch {
	case h.readOnly:
		s.row.Journal, s.row.Store = "Read only: nothing can be written", part.Bad
	case s.row.Store == part.Good:
		s.row.Journal = journalWell
	}
	s.ails = h.ails
	s.showBanner()
	s.setClocks(s.Now())
}

// setClocks shows the time in UTC and here, and what the keys mean now.
func (s *Shell) setClocks(now time.Time) {
	s.row.UTC = now.UTC().Format("15:04:05 UTC")
	local := now.In(s.Zone())
	s.row.Local = ""
	if _, offset := local.Zone(); offset != 0 {
		s.row.Local = local.Format("15:04:05 MST")
	}
	s.row.Mode = fynex.Mode(s.canvas())
	s.status.Set(s.row)
}

// showHelp lists the keys.
func (s *Shell) showHelp() {
	var b strings.Builder
	for _, e := range s.keys.All() {
		if k := e.KeyText(); k != "" && !strings.HasSuffix(string(e.ID), ".here") {
			fmt.Fprintf(&b, "- **%s** %s\n", k, e.Title)
		}
	}
	content := fynex.NewPanel(scrolled(fynex.Markdown(b.String(), nil), fyne.NewSize(520, 480)))
	fynex.Open(s.canvas(), content, fynex.Options{Outside: true, Place: fynex.Upper(560)})
}
