package shell

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/theme"
)

// maxRecents is how many commands the palette puts first.
const maxRecents = 8

// bindKeys routes the keys that no menu item has. A menu item's key reaches
// the shell even while a field is focused, which swallows all others.
func (s *Shell) bindKeys() {
	c := s.canvas()
	c.SetOnTypedRune(func(r rune) {
		if e, ok := s.keys.Rune(r); ok && fynex.CommandMode(c) {
			s.Run(e.ID)
		}
	})
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		e, ok := s.keys.Key(k.Name)
		switch {
		case !ok || !s.free():
		case fynex.CommandMode(c):
			s.Run(e.ID)
		case e.ID == "go.back" && !s.ask(s.Front(), e.ID):
			s.Focus(nil) // from a button: the next one leaves the screen
		}
	})
}

// menu makes every command that works while typing a menu item.
func (s *Shell) menu() *fyne.MainMenu {
	var menus []*fyne.Menu
	for _, g := range keys.Groups() {
		var items []*fyne.MenuItem
		for _, e := range s.keys.In(g) {
			if e.Scope != keys.Always || !s.has(e.ID) {
				continue
			}
			item := fyne.NewMenuItem(e.Title, func() { s.Choose(e.ID) })
			item.Shortcut = e.Shortcut()
			items = append(items, item)
		}
		if len(items) > 0 {
			menus = append(menus, fyne.NewMenu(string(g), items...))
		}
	}
	return fyne.NewMainMenu(menus...)
}

// has reports that a command could be carried out in the window as it is:
// before there is a room, only those of the view can.
func (s *Shell) has(id keys.ID) bool {
	return len(s.entries) > 0 || strings.HasPrefix(string(id), "view.") && id != "view.panel"
}

// Run carries out a command of the keyboard map where the keyboard is: the
// shell's own, else one of the screen in front. It is what single keys do.
// Shortcuts fire under an open overlay, so nothing runs while one is open.
func (s *Shell) Run(id keys.ID) bool {
	if !s.free() {
		return false
	}
	return s.note(id, s.own(id) || s.ask(s.Front(), id) || s.back(id))
}

// Choose carries out a command picked from the menu or the palette: it brings
// the screen to the front whose command it is, and says why it cannot.
func (s *Shell) Choose(id keys.ID) bool {
	if id == "view.palette" && s.palette.IsOpen() {
		s.palette.Close()
		return true
	}
	if !s.free() {
		return false
	}
	if s.Run(id) {
		return true
	}
	if why := s.unable(id); why != "" {
		s.Toast(why)
		return false
	}
	for _, home := range homes(id) {
		if i := s.index(home); i >= 0 {
			s.bring(i)
			if s.ask(s.Front(), id) {
				return s.note(id, true)
			}
		}
	}
	s.Toast("There is nothing to do that with on this screen")
	return false
}

// ask hands a command to a screen.
func (s *Shell) ask(f interface{ Run(keys.ID) bool }, id keys.ID) bool {
	return len(s.entries) > 0 && f.Run(id)
}

// note remembers what was done last, for the palette.
func (s *Shell) note(id keys.ID, done bool) bool {
	if done && !strings.HasSuffix(string(id), ".here") {
		s.recents = slices.DeleteFunc(s.recents, func(r keys.ID) bool { return r == id })
		s.recents = append([]keys.ID{id}, s.recents[:min(len(s.recents), maxRecents-1)]...)
	}
	return done
}

// homes are the screens that may carry a command out, the likeliest first.
func homes(id keys.ID) []string {
	switch area, _, _ := strings.Cut(string(id), "."); {
	case id == "incident.declare", id == "incident.import", id == "drill.start", area == "alert":
		return []string{"board"}
	case id == "update.approve", id == "outbox.run":
		return []string{"comms"}
	case id == "update.write":
		return []string{"comms", "incident"}
	case id == "incident.clock":
		return []string{"incident", "security"}
	case area == "incident", area == "timeline", area == "runbook", id == "drill.inject", area == "panel", id == "capture.focus", id == "view.panel", id == "go.previous", id == "go.next":
		return []string{"incident"}
	case area == "room":
		return []string{"peers"}
	case area == "people", area == "oncall", area == "security", area == "review", area == "reports", area == "policy":
		return []string{area}
	}
	return nil
}

// unable says why a command cannot be carried out now; "" where it can.
func (s *Shell) unable(id keys.ID) string {
	if a, ok := s.opts.Acts[id]; ok && a.Unable != nil {
		return a.Unable()
	}
	if h := homes(id); !slices.Contains(h, "incident") || slices.Contains(h, "security") {
		return ""
	}
	if i := s.index("incident"); i >= 0 {
		if h, ok := s.entries[i].Screen.(Holder); ok && h.Incident().Zero() {
			return "Open an incident first"
		}
	}
	return ""
}

// back goes one level out: from what went wrong, then to the first screen.
func (s *Shell) back(id keys.ID) bool {
	switch {
	case id != "go.back":
		return false
	case s.failed != "":
		s.dismiss()
		return true
	case s.uncover != nil:
		return s.uncover()
	case s.front == 0:
		return false
	}
	s.bring(0)
	return true
}

func (s *Shell) own(id keys.ID) bool {
	if to, ok := strings.CutPrefix(string(id), "go."); ok {
		to = strings.TrimSuffix(to, ".here")
		if i := s.index(to); i >= 0 {
			s.bring(i)
			return true
		}
		return false
	}
	if a, ok := s.opts.Acts[id]; ok && s.has(id) && (a.Unable == nil || a.Unable() == "") {
		a.Do()
		return true
	}
	switch id {
	case "view.palette":
		s.palette.Show()
	case "view.zoom.in":
		s.zoom(s.look.Zoom + theme.ZoomStep)
	case "view.zoom.out":
		s.zoom(s.look.Zoom - theme.ZoomStep)
	case "view.zoom.reset":
		s.zoom(100)
	case "view.variant":
		s.switchVariant()
	case "view.density":
		s.switchDensity()
	case "view.choose":
		e, ok := s.canvas().Focused().(*fynex.Entry)
		if !ok || e.OnChoose == nil {
			return false
		}
		e.OnChoose()
	case "view.help", "view.help.here":
		s.showHelp()
	default:
		return false
	}
	return true
}

// find ranks the commands for the palette.
func (s *Shell) find(query string) []part.PaletteItem {
	var items []part.PaletteItem
	for _, m := range s.keys.Rank(query, s.recents) {
		if !s.has(m.Entry.ID) {
			continue
		}
		items = append(items, part.PaletteItem{
			ID: string(m.Entry.ID), Title: m.Entry.Title, Group: string(m.Entry.Group), Keys: m.Entry.KeyText(), Disabled: s.unable(m.Entry.ID),
		})
	}
	return items
}
