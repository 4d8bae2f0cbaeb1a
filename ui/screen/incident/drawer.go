package incident

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/theme"
)

// sheetKind is what the drawer over the box shows.
type sheetKind int

const (
	drawerShut sheetKind = iota
	drawerSeverity
	drawerTools
	drawerSheet
	drawerFiles
	drawerPicture
	drawerCustomers
	drawerExport
)

// drawer asks over the box, and keeps nobody from anything: the timeline, the
// box and every key work on beside it.
type drawer struct {
	screen *Screen
	kind   sheetKind
	offer  model.OfferView // with drawerSheet; none is zero
	ending ending          // with drawerCustomers
	title  *item.Note
	hint   *item.Note
	shut   *fynex.Button
	list   *item.List
	object *fyne.Container
	// skipped are incidents whose question for the tools was put off here.
	skipped map[model.ID]bool
}

func newDrawer(s *Screen) *drawer {
	d := &drawer{
		screen: s, list: item.NewList(), skipped: map[model.ID]bool{},
		title: item.NewNote(base.ColorNameForeground, base.SizeNameText, true, false),
		hint:  item.NewNote(theme.ColorMuted, base.SizeNameCaptionText, false, true),
	}
	d.shut = fynex.NewButton("Not now", d.close)
	d.shut.SetHint("Esc")
	d.list.Focus = func(f fyne.Focusable) { s.host.Focus(f) }
	d.list.Rune = s.command
	d.list.Key = func(k *fyne.KeyEvent) bool {
		id, file := strings.CutPrefix(d.list.At(), "file.")
		switch {
		case k.Name == fyne.KeyEscape:
			d.close()
		case d.kind == drawerFiles && file && (k.Name == fyne.KeyDelete || k.Name == fyne.KeyBackspace):
			s.files.retract(id)
		default:
			return false
		}
		return true
	}
	d.list.Hint = d.say
	head := container.NewBorder(nil, nil, d.title, d.shut, d.hint)
	d.object = container.New(&drawerLayout{d}, head, d.list.Object())
	return d
}

func (d *drawer) say(hint string) {
	if hint == "" {
		hint = "Ctrl+J goes there"
	}
	d.hint.Set(hint, theme.ColorMuted)
}

// show opens the drawer. enter moves the keyboard into it.
func (d *drawer) show(kind sheetKind, enter bool) {
	s := d.screen
	if s.versionsOf != "" {
		s.versions("")
	}
	fresh := d.kind != kind
	d.kind = kind
	d.say("")
	d.shut.SetText("Not now")
	if kind == drawerFiles || kind == drawerSheet || kind == drawerExport { // nothing is put off
		d.shut.SetText("Close")
	}
	d.set(s.host.Now())
	s.panel.Objects = []fyne.CanvasObject{d.object}
	if kind == drawerPicture {
		s.panel.Objects = []fyne.CanvasObject{s.files.picture.object}
		enter = false
	}
	setVisible(s.panel, true)
	s.panel.Refresh()
	s.relayout()
	if fresh {
		d.list.Object().ScrollToTop()
	}
	if enter {
		d.list.Enter()
	}
}

// close shuts the drawer; a question that was not answered stays owed.
func (d *drawer) close() {
	s := d.screen
	if d.kind == drawerShut {
		return
	}
	if d.kind == drawerTools {
		d.skipped[s.content.id] = true
		if !s.content.work.asked {
			s.host.Toast("Which tools are down stays among what is due")
		}
	}
	if d.kind == drawerPicture {
		d.show(drawerFiles, true)
		return
	}
	inside := d.list.Held()
	d.kind = drawerShut
	setVisible(s.panel, false)
	s.relayout()
	if inside {
		s.host.Focus(s.timeline)
	}
}

// set draws what the drawer shows.
func (d *drawer) set(now time.Time) {
	s := d.screen
	switch d.kind {
	case drawerSeverity:
		d.title.Set("How severe is it?", base.ColorNameForeground)
		d.list.Set(d.severity())
	case drawerTools:
		d.title.Set("Which tools are down?", base.ColorNameForeground)
		d.list.Set(d.tools())
	case drawerSheet:
		d.title.Set("Hand-over sheet", base.ColorNameForeground)
		d.list.Set(d.sheet(now))
	case drawerFiles:
		title, note := s.files.title()
		d.title.Set(title, base.ColorNameForeground)
		d.list.Set(s.files.blocks())
		if !d.list.Held() {
			d.hint.Set(note, theme.ColorMuted)
		}
	case drawerCustomers:
		d.title.Set(d.ending.what+": what are customers told?", base.ColorNameForeground)
		d.list.Set(d.customers())
	case drawerExport:
		d.title.Set("Export "+s.content.code, base.ColorNameForeground)
		d.list.Set(s.exports.blocks())
	case drawerPicture, drawerShut:
	}
}
