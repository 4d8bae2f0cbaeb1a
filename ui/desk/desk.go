// Package desk puts the desktop together: the shell, the rooms of a node, and
// the screens of the room that is open.
package desk

import (
	"context"
	"fmt"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/screen/board"
	"holdfast/ui/screen/comms"
	"holdfast/ui/screen/due"
	"holdfast/ui/screen/firstrun"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/incident"
	"holdfast/ui/screen/oncall"
	"holdfast/ui/screen/peers"
	"holdfast/ui/screen/people"
	"holdfast/ui/screen/policy"
	"holdfast/ui/screen/reports"
	"holdfast/ui/screen/review"
	"holdfast/ui/screen/security"
	"holdfast/ui/screen/settings"
	"holdfast/ui/shell"
	"holdfast/ui/text"
)

// Settings of this device the desk keeps.
const (
	roomSetting     = "room"     // id of the room shown last
	incidentSetting = "incident" // id of the incident shown last
	zoneSetting     = "zone"
)

// SoundSetting is whether promised updates are heard; SoundOff is that they are
// not.
const (
	SoundSetting = settings.SoundSetting
	SoundOff     = settings.SoundOff
)

// Options join a desk to its program.
type Options struct {
	Window fyne.Window
	Node   *node.Node
	// Post puts a function on the UI goroutine: fyne.Do in the program.
	Post func(func())
	// SetTheme has the program draw with a theme.
	SetTheme func(fyne.Theme)
	// Incident, where given, is opened first: its name for people or its id.
	Incident string
	// Chime, where given, plays the sound of a promised update, and says why it
	// cannot. It is called off the UI goroutine.
	Chime func() error
}

// Desk is the desktop. Its methods are called on the UI goroutine.
type Desk struct {
	opts  Options
	shell *shell.Shell
	first *firstrun.FirstRun // while it is shown
}

// New fills the window. Close ends what it started.
func New(opts Options) *Desk {
	d := &Desk{opts: opts}
	d.shell = shell.New(shell.Options{
		Window: opts.Window, Keeper: opts.Node, Post: opts.Post, SetTheme: opts.SetTheme, Acts: d.acts(),
	})
	if zone, err := time.LoadLocation(opts.Node.Setting(zoneSetting)); err == nil && opts.Node.Setting(zoneSetting) != "" {
		d.shell.SetZone(zone)
	}
	if room := d.lastRoom(); room != nil {
		d.show(room)
		d.restore(room, opts.Incident)
	} else {
		d.firstRun(nil)
	}
	return d
}

// Shell is the window's content.
func (d *Desk) Shell() *shell.Shell { return d.shell }

// Close ends the desk and keeps what was typed last. Call it after the
// window's loop has ended.
func (d *Desk) Close() error {
	if d.first != nil {
		d.first.Cancel()
	}
	return d.shell.Close()
}

// acts are the commands about rooms.
func (d *Desk) acts() map[keys.ID]shell.Act {
	return map[keys.ID]shell.Act{
		"room.switch": {Do: d.chooseRoom, Unable: func() string {
			if len(d.opts.Node.Rooms()) < 2 {
				return "This device is in one room"
			}
			return ""
		}},
		"room.join": {Do: d.another},
		"room.files": {Do: func() {
			d.another()
			d.first.Choose("By files")
		}},
	}
}

// lastRoom is the room shown last, else the first; nil where there is none.
func (d *Desk) lastRoom() *node.Room {
	rooms := d.opts.Node.Rooms()
	for _, r := range rooms {
		if r.Room().String() == d.opts.Node.Setting(roomSetting) {
			return r
		}
	}
	if len(rooms) == 0 {
		return nil
	}
	return rooms[0]
}

// another shows how to get into one more room.
func (d *Desk) another() { d.firstRun(func() { d.show(d.lastRoom()) }) }

// firstRun shows how to get into a room.
func (d *Desk) firstRun(back func()) {
	d.first = firstrun.New(d.shell, d.opts.Node, func(r *node.Room) {
		d.show(r)
		d.shell.Toast("This is " + text.Line(r.Name()) + ". Ctrl+N declares an incident, Ctrl+K finds every command")
	}, back)
	d.shell.Cover(d.first.Object(), d.first.Back)
	d.first.Start()
}

// show opens a room.
func (d *Desk) show(room *node.Room) {
	d.first = nil
	inc := incident.New(d.shell)
	inc.Files, inc.Context = room, d.shell.Context()
	secure := security.New(d.shell.Context(), d.shell, room)
	after, tell := review.New(d.shell), comms.New(d.shell)
	tell.Self, tell.Outbox, tell.Context = room.Device(), room, d.shell.Context()
	along := func(id model.ID) { // the screens of the same incident
		secure.Open(id)
		after.Open(id)
	}
	device := settings.New(d.shell.Context(), d.shell, d.opts.Node, d.shell)
	device.Chime = d.opts.Chime
	first := board.New(d.shell)
	first.Router, first.Taker, first.Context = room, room, d.shell.Context()
	humans := people.New(d.shell, room.Device())
	humans.Importer, humans.Context = room, d.shell.Context()
	entries := []shell.Entry{
		{ID: "board", Screen: first},
		{ID: "incident", Screen: &remembering{Screen: inc, keep: d.shell.Keep, also: along}},
		{ID: "due", Screen: due.New(d.shell, room.Device())},
		{ID: "comms", Screen: tell},
		{ID: "oncall", Screen: oncall.New(d.shell, room.Device())},
		{ID: "people", Screen: humans},
		{ID: "security", Screen: secure},
		{ID: "review", Screen: after},
		{ID: "reports", Screen: reports.New(d.shell)},
		{ID: "peers", Screen: peers.New(d.shell.Context(), d.shell, peers.Of(room))},
		{ID: "settings", Screen: device},
		{ID: "policy", Screen: policy.New(d.shell)},
	}
	d.shell.Show(room, entries)
	d.shell.Keep(roomSetting, room.Room().String())
}

// restore opens the incident that was asked for, else the one shown last.
func (d *Desk) restore(room *node.Room, asked string) {
	want := asked
	if want == "" {
		want = d.opts.Node.Setting(incidentSetting)
	}
	if want == "" {
		return
	}
	var found model.ID
	var err error
	room.View(func(s *model.State) {
		var inc *model.Incident
		if inc, err = s.FindIncident(want); err == nil && (asked != "" || inc.Open()) {
			found = inc.ID
		}
	})
	switch {
	case !found.Zero():
		d.shell.Open(found)
	case asked != "" && err != nil:
		d.shell.Fail("Not opened", err)
	}
}

// remembering is the incident screen that notes which incident it shows, for
// the next start.
type remembering struct {
	*incident.Screen
	keep func(key, value string)
	also func(incident model.ID) // the other screens of an incident go along
}

// Open shows an incident.
func (r *remembering) Open(id model.ID) {
	r.Screen.Open(id)
	r.keep(incidentSetting, id.String())
	r.also(id)
}

// chooseRoom lists the rooms.
func (d *Desk) chooseRoom() {
	var over *fynex.Overlay
	rows := container.NewVBox(form.Heading("Switch room"))
	var first fyne.Focusable
	for _, r := range d.opts.Node.Rooms() {
		b := fynex.NewButton(d.roomLine(r), func() {
			over.Close()
			d.show(r)
		})
		b.OnKey = func(k fyne.KeyName) bool {
			if k == fyne.KeyEscape {
				over.Escape()
			}
			return k == fyne.KeyEscape
		}
		if first == nil {
			first = b
		}
		rows.Add(b)
	}
	over = fynex.Open(d.opts.Window.Canvas(), fynex.NewPanel(rows), fynex.Options{Focus: first, Outside: true})
}

func (d *Desk) roomLine(r *node.Room) string {
	var v model.RoomView
	r.View(func(s *model.State) { v = s.Summary(r.Now()) })
	return fmt.Sprintf("%s: %d open, %s", text.Line(v.Name), v.Open, text.Count(v.Devices, "device", "devices"))
}

// Context ends when the desk closes.
func (d *Desk) Context() context.Context { return d.shell.Context() }
