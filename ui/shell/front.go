package shell

import (
	"cmp"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/escalate"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
)

// watch pokes the bridge on every change of the room and of its links, and where
// a deadline has come: time alone changes what is shown then.
func (s *Shell) watch(room *node.Room) (stop func()) {
	stopRoom := room.Subscribe(func(replica.Change) { s.bridge.Poke() })
	stopMesh := func() {}
	if m := room.Mesh(); m != nil {
		stopMesh = m.Subscribe(s.bridge.Poke)
	}
	stopAsks := room.OnAsk(s.bridge.Poke)
	stopFiles := room.WatchAttachments(s.bridge.Poke)
	stopDue := room.Watcher().Remind(func([]escalate.Reminder) { s.bridge.Poke() })
	return func() {
		stopDue()
		stopRoom()
		stopMesh()
		stopAsks()
		stopFiles()
	}
}

// bring puts a screen in front. The keyboard leaves the screen that goes: a
// hidden field that keeps it would swallow what is typed next.
func (s *Shell) bring(i int) {
	if i < 0 || i >= len(s.entries) {
		return
	}
	if s.front != i {
		s.entries[s.front].Screen.Object().Hide()
		s.entries[s.front].Screen.Shown(false)
		if s.free() { // a question that is open keeps it
			s.Focus(nil)
		}
	}
	s.front = i
	e := s.entries[i]
	e.Screen.Object().Show()
	s.current.Store(&view{room: s.room(), front: e.Screen, counters: s.counters()})
	s.setRail()
	e.Screen.Shown(true)
	s.bridge.Poke()
}

func (s *Shell) setRail() {
	items := make([]part.RailItem, len(s.entries))
	for i, e := range s.entries {
		c := s.counts[e.ID]
		items[i] = part.RailItem{ID: e.ID, Key: s.digit(e.ID), Word: e.Screen.Title(), Badge: c.n, Alarm: c.pressing}
	}
	s.rail.Set(items, s.entries[s.front].ID)
}

// counters are the screens on which things wait.
func (s *Shell) counters() map[string]screen.Counter {
	all := map[string]screen.Counter{}
	for _, e := range s.entries {
		if c, ok := e.Screen.(screen.Counter); ok {
			all[e.ID] = c
		}
	}
	return all
}

// digit is the number key of a screen; "" where it has none.
func (s *Shell) digit(id string) string {
	if e, ok := s.keys.Find(keys.ID("go." + id)); ok && len(e.Keys) > 0 {
		if k := e.Keys[0]; k.Mod == keys.Main && k.Key >= fyne.Key0 && k.Key <= fyne.Key9 {
			return string(k.Key)
		}
	}
	return ""
}

// index finds a screen by its id; -1 where there is none.
func (s *Shell) index(id string) int {
	return slices.IndexFunc(s.entries, func(e Entry) bool { return e.ID == id })
}

// read runs on the bridge's goroutine: it reads what the screen in front and
// the status line need, and gives the step that draws both.
func (s *Shell) read() func() {
	v := s.current.Load()
	if v == nil || v.front == nil {
		return nil
	}
	peers, asks, told := v.room.PeerViews(), v.room.Asks(), v.room.Hearsay()
	now := v.room.Now()
	var step func()
	counts := make(map[string]count, len(v.counters))
	title := titled(v.room)
	v.room.View(func(st *model.State) {
		in := screen.Input{State: st, Room: v.room, Peers: peers, Asks: asks, Hearsay: told, Now: now, Zone: s.zone.Load()}
		step = v.front.Read(in)
		for id, c := range v.counters {
			n, pressing := c.Waiting(in)
			counts[id] = count{n, pressing}
		}
	})
	mesh := v.room.Mesh()
	h := healthOf(peers, mesh == nil || mesh.Online(), now)
	if says := v.room.Removed(); says != "" {
		h.ails = says
	}
	if v.room.DiskFull() {
		h.ails = "The disk is full: Holdfast writes on its reserve and all written so far is safe. Free some space, then restart it."
	}
	if v.room.ReadOnly() {
		h.readOnly, h.ails = true, node.ReadOnlySentence
	}
	return func() {
		if s.current.Load() != v {
			return // another screen came to the front meanwhile
		}
		if s.opts.Window.Title() != title { // the record came after the room was opened
			s.opts.Window.SetTitle(title)
		}
		if step != nil {
			step()
			s.focusLater()
		}
		s.counts = counts
		s.setRail()
		s.setHealth(h)
	}
}

// titled names the window after its room.
func titled(room *node.Room) string {
	return "Holdfast: " + cmp.Or(room.Name(), "the record is on its way")
}

// tick moves the clocks, and lets go what was shown long enough.
func (s *Shell) tick(time.Time) {
	s.setClocks(s.Now())
	if !s.toastUntil.IsZero() && time.Now().After(s.toastUntil) {
		s.toastUntil = time.Time{}
		s.toast.Set(part.ToastRow{})
	}
	s.drafts.retry()
	s.focusLater()
	if f := s.Front(); f != nil {
		f.Tick(s.Now())
	}
}

// footer places the toast over the status line, so that it moves nothing, and
// leaves the clocks in sight.
type footer struct{}

// clocks is the share of the line the clocks and the gap before them take.
const clocks = 0.24

func (footer) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(o[0].MinSize().Width, max(o[0].MinSize().Height, o[1].MinSize().Height))
}

func (footer) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Move(fyne.NewPos(0, 0))
	o[0].Resize(size)
	o[1].Move(fyne.NewPos(0, 0))
	o[1].Resize(fyne.NewSize(size.Width*(1-clocks), size.Height))
}
