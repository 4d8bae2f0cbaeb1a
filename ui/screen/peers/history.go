package peers

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// fact is a sentence about the room's history, and the act that mends it or goes on from there.
type fact struct {
	words string
	tone  form.Tone
	fix   string // the word of its button; "" has none
	act   keys.ID
	on    model.DeviceKey // the device it is about; zero is the selected one
}

// order puts what asks to be heeded first.
func (f fact) order() int {
	if f.tone == form.Warn {
		return 0
	}
	return 1
}

// days is the age after which history may be let go; 0 is never.
func (c content) days() int { return int(c.age.Hours() / 24) }

// archives are the devices marked as archives.
func (c content) archives() (list []device) {
	for _, d := range c.devices {
		if d.view.Archive {
			list = append(list, d)
		}
	}
	return list
}

// facts says in sentences where old history is, what that relies on, and what is wrong with it.
func (c content) facts(h node.HistoryView, now time.Time) []fact {
	all := []fact{c.whereHistoryIs(h)}
	for _, more := range []func(node.HistoryView, time.Time) []fact{c.oneDisk, c.unreached, c.gone, c.apart} {
		all = append(all, more(h, now)...)
	}
	slices.SortStableFunc(all, func(a, b fact) int { return a.order() - b.order() })
	if !c.admin {
		for i, f := range all {
			if f.act == actArchive || f.act == actHistory {
				all[i].words, all[i].fix = f.words+" An admin of the room decides that.", ""
			}
		}
	}
	return all
}

// Acts on the room's history.
const (
	actArchive = keys.ID("room.archive")
	actHistory = keys.ID("room.history")
	actShrink  = keys.ID("room.compact")
	actConnect = keys.ID("room.connect")
)

// Acts on who is in the room, and on what counts.
const (
	actWithdraw = keys.ID("room.invite.withdraw")
	actRelay    = keys.ID("room.relay")
	actAccept   = keys.ID("room.quarantine.accept")
	actDiscard  = keys.ID("room.quarantine.discard")
	actClock    = keys.ID("room.clock")
)

func (c content) whereHistoryIs(h node.HistoryView) fact {
	archives, old := c.archives(), fmt.Sprintf("Everything older than %d days, of closed incidents,", c.days())
	switch {
	case h.LetGo > 0:
		by := c.names(h.By)
		if by == "" {
			by = c.named(archives)
		}
		what := "What was let go here"
		if c.days() > 0 {
			what = old
		}
		return fact{words: fmt.Sprintf("%s is on %s; this device keeps %s. All of it stays readable here; the signed record of %s is there alone.",
			what, by, size(h.Bytes), counted(h.LetGo, "commit", "commits")), fix: "Let go of more", act: actShrink}
	case len(archives) == 0 && c.days() == 0:
		return fact{words: "Every device keeps all of the room's history. Nothing is let go.", fix: "Mark an archive", act: actArchive}
	case len(archives) == 0:
		return fact{words: fmt.Sprintf("Devices may let go of what is older than %d days, but no device is marked as an archive, so none does.", c.days()), tone: form.Warn, fix: "Mark an archive", act: actArchive}
	case c.days() == 0:
		return fact{words: fmt.Sprintf("Every device keeps all of the room's history, and %s always will. Nothing is let go.", c.named(archives)), fix: "Set the age", act: actHistory}
	case c.self.view.Archive:
		return fact{words: fmt.Sprintf("This device is an archive: it keeps everything, %s. The others rely on it for what is older than %d days.", size(h.Bytes), c.days()), fix: "Change the age", act: actHistory}
	}
	return fact{words: fmt.Sprintf("%s may live on %s alone. This device let go of nothing yet and keeps %s; it looks once a day.", old, c.named(archives), size(h.Bytes)), fix: "Let go now", act: actShrink}
}

// relied reports that history is let go, or may be.
func (c content) relied(h node.HistoryView) bool { return c.age > 0 || h.LetGo > 0 }

func (c content) oneDisk(h node.HistoryView, _ time.Time) []fact {
	if a := c.archives(); len(a) == 1 && c.relied(h) {
		return []fact{{
			words: fmt.Sprintf("The room relies on %s alone, and one archive is one disk: if it is lost, so is the signed record of what the others let go.", c.called(a[0])),
			tone:  form.Warn, fix: "Mark another archive", act: actArchive,
		}}
	}
	return nil
}

// unreached names the archives that are not linked.
func (c content) unreached(h node.HistoryView, now time.Time) []fact {
	var away []string
	for _, d := range c.archives() {
		switch {
		case d.self || d.peer.Connected:
		case d.peer.LastHeard == nil:
			away = append(away, c.called(d)+" was never heard here")
		default:
			away = append(away, c.called(d)+" was last heard "+text.Ago(now.Sub(*d.peer.LastHeard)))
		}
	}
	if len(away) == 0 || !c.relied(h) || c.self.view.Archive {
		return nil
	}
	words := strings.Join(away, ", ") + ". Until an archive links, nothing is let go to it, and what it alone holds can be neither checked nor fetched."
	return []fact{{words: words, tone: form.Warn, fix: "Connect to address", act: actConnect}}
}

// gone names who held what was let go here and is no archive any more.
func (c content) gone(h node.HistoryView, _ time.Time) []fact {
	var lost []model.DeviceKey
	for _, by := range h.By {
		if d, ok := c.find(by.String()); !ok || !d.view.Archive {
			lost = append(lost, by)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	f := fact{words: fmt.Sprintf("What was let go here is on %s, which the room does not count as an archive any more: nobody promises to keep it.", c.names(lost)), tone: form.Warn}
	if _, member := c.find(lost[0].String()); member {
		f.fix, f.act, f.on = "Mark it again", actArchive, lost[0]
	} else {
		f.fix, f.act = "Mark another archive", actArchive
	}
	return []fact{f}
}

// apart names the devices that one admin marked and another unmarked.
func (c content) apart(node.HistoryView, time.Time) (all []fact) {
	for _, d := range c.devices {
		if d.keeps && !d.view.Archive {
			all = append(all, fact{
				words: d.whose() + " was marked as an archive and unmarked, by admins who had not heard of each other. It keeps everything, and nobody relies on it, until one settles that.",
				tone:  form.Warn, fix: "Settle it", act: actArchive, on: d.key,
			})
		}
	}
	return all
}

// names writes devices as the list names them: "bastion-1 and archive-2".
func (c content) names(keys []model.DeviceKey) string {
	var list []device
	for _, k := range keys {
		d, ok := c.find(k.String())
		if !ok {
			d = device{name: "a device that was removed, " + k.Short()}
		}
		list = append(list, d)
	}
	slices.SortFunc(list, func(a, b device) int { return strings.Compare(a.name, b.name) })
	return c.named(list)
}

// named writes devices by names that are theirs alone.
func (c content) named(list []device) string {
	all := make([]string, len(list))
	for i, d := range list {
		all[i] = c.called(d)
	}
	if n := len(all); n > 1 {
		return strings.Join(all[:n-1], ", ") + " and " + all[n-1]
	}
	return strings.Join(all, "")
}

// size writes bytes as disks are sold, on one line: "34 MB".
func size(bytes int64) string {
	n, unit := float64(bytes), "kB"
	for _, u := range []string{"kB", "MB", "GB", "TB"} {
		n, unit = n/1000, u
		if n < 1000 {
			break
		}
	}
	if n < 10 {
		return fmt.Sprintf("%.1f\u00a0%s", n, unit)
	}
	return fmt.Sprintf("%.0f\u00a0%s", math.Round(n), unit)
}

// history is the panel that shows the facts, a button each.
type history struct {
	screen *Screen
	object *fyne.Container
	view   node.HistoryView
	known  bool
	shown  string
	warns  bool // one of the facts asks to be heeded
	first  fyne.Focusable
	held   buttons
}

func newHistory(s *Screen) *history {
	return &history{screen: s, object: form.Column(columnWidth)}
}

func (h *history) draw(now time.Time) {
	if !h.known {
		return
	}
	facts := h.screen.content.facts(h.view, now)
	shown := fmt.Sprint(facts)
	if shown == h.shown {
		return
	}
	h.shown, h.first = shown, nil
	was := h.held
	h.held = buttons{}
	h.warns = slices.ContainsFunc(facts, func(f fact) bool { return f.tone == form.Warn })
	lines := []fyne.CanvasObject{form.Caption("History and archives")}
	for _, f := range facts {
		lines = append(lines, form.NewWords(f.words, f.tone))
		if f.fix == "" {
			continue
		}
		b := fynex.NewButton(f.fix, func() { h.screen.mend(f) })
		b.OnRune = h.screen.onButton
		if f.on == (model.DeviceKey{}) { // the key is about the selected device
			b.SetHint(keyOf(f.act))
		}
		h.held[f.fix] = b
		if h.first == nil {
			h.first = b
		}
		lines = append(lines, form.Buttons(b))
	}
	h.object.Objects = []fyne.CanvasObject{fynex.NewPanel(form.Stack(8, lines...))}
	h.object.Refresh()
	h.screen.object.Refresh()
	h.screen.replaced(was, h.held)
}

// mend carries out the act of a fact.
func (s *Screen) mend(f fact) {
	if f.on != (model.DeviceKey{}) {
		s.list.Select(f.on.String())
	}
	s.Run(f.act)
}
