package peers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// act is a small form at the right: a title, what it is about, fields, a
// button and what came of it.
type act struct {
	screen *Screen
	object *fyne.Container
	row    *fyne.Container // its buttons
	foot   *fyne.Container // the buttons and what came of it: in loose, or pinned to the edge by the page
	loose  *fyne.Container
	says   *form.Words
	button *fynex.Button
	fields []fyne.CanvasObject
	first  fyne.Focusable
	kept   []string           // names of the drafts of its fields
	opened func()             // before it is shown; nil does nothing
	on     func(keys.ID) bool // what its buttons do with a key before the screen; nil is nothing
	// aim has a form about the selected device say which that is; other tells that it was not the one before.
	aim   func(d device, other bool)
	aimed model.DeviceKey
	busy  time.Time
	doing string // what goes on, while busy is set
}

func newAct(s *Screen, title, about, button string, submit func(), fields ...fyne.CanvasObject) *act {
	a := &act{screen: s, says: form.NewWords("", form.Plain), button: fynex.NewButton(button, submit), fields: fields}
	a.button.SetImportance(fynex.Recommended)
	a.button.SetHint(keyOf("capture.submit"))
	shut := fynex.NewButton("Close", func() { s.acts.back() })
	shut.SetHint(keyOf("go.back"))
	a.listen(a.button, shut)
	rows := []fyne.CanvasObject{form.Caption(title), form.NewWords(about, form.Quiet)}
	for _, f := range fields {
		rows = append(rows, f)
		if i, ok := f.(*form.Input); ok {
			i.Entry.OnKey = a.escape
			i.Entry.OnSubmitted = func(string) { a.button.Press() }
			if a.first == nil {
				a.first = i.Entry
			}
		}
	}
	if a.first == nil {
		a.first = a.button
	}
	a.row = form.Buttons(a.button, shut)
	a.foot = form.Stack(8, a.row, a.says)
	a.loose = form.Stack(0, a.foot)
	a.object = form.Column(columnWidth, append(rows, a.loose)...)
	a.object.Hide()
	return a
}

func (a *act) escape(k fyne.KeyName) bool {
	if k != fyne.KeyEscape {
		return false
	}
	a.screen.acts.back()
	return true
}

// listen has buttons leave the form on Escape and carry out the keys of the room's acts.
func (a *act) listen(buttons ...*fynex.Button) {
	for _, b := range buttons {
		b.OnKey, b.OnRune = a.escape, a.rune
	}
}

// choose has the chips of a choice do the same.
func (a *act) choose(c *form.Choice) {
	c.OnKey(a.escape)
	c.OnRune(a.rune)
}

// rune carries out the key of an act of the room, or what the form does with it.
func (a *act) rune(r rune) {
	if e, ok := a.screen.keys.FormRune(r); !ok || a.on == nil || !a.on(e.ID) {
		a.screen.onButton(r)
	}
}

// onButton carries out the key of an act of the room: typed on a button it is no text.
func (s *Screen) onButton(r rune) {
	if e, ok := s.keys.FormRune(r); ok && strings.HasPrefix(string(e.ID), "room.") {
		s.Run(e.ID)
	}
}

// keyOf is the key of a command, as its button shows it.
func keyOf(id keys.ID) string {
	e, _ := keys.Default().Find(id)
	return e.KeyText()
}

// show puts the form at the right, with the keyboard in it.
func (a *act) show() {
	for _, o := range a.screen.acts.all {
		form.Show(o.object, o == a)
	}
	a.screen.acts.open, a.aimed = a, model.DeviceKey{}
	a.follow(a.screen.selected())
	if a.opened != nil {
		a.opened()
	}
	a.screen.cards.draw()
	a.screen.object.Refresh()
	a.screen.host.Focus(a.first)
}

// follow keeps a form about the selected device with it: while one is open, another row may be chosen,
// and the device of one that was removed goes.
func (a *act) follow(d device) {
	if a.aim == nil {
		return
	}
	other := d.key != a.aimed
	a.aimed = d.key
	a.aim(d, other)
}

// begin says that work goes on, and keeps the button from starting it twice.
func (a *act) begin(doing string) {
	a.busy, a.doing = time.Now(), doing
	a.button.Disable()
	a.say(doing+" …", form.Plain)
}

func (a *act) end() {
	a.busy = time.Time{}
	a.button.Enable()
}

// say tells what came of it.
func (a *act) say(words string, tone form.Tone) {
	a.says.Set(words, tone)
	a.screen.object.Refresh()
}

// acts are the forms of the screen, one of them shown at a time.
type acts struct {
	screen                                   *Screen
	invite, verify, export, imported, remove *act
	role, age, shrink                        *act
	archive                                  *archiveForm
	quarantine                               *quarantineForm
	invites                                  *inviteList
	inviting                                 *inviteForm
	request                                  *requestForm
	connect                                  *connectForm
	all                                      []*act
	open                                     *act
	object                                   *fyne.Container
}

func newActs(s *Screen) *acts {
	a := &acts{screen: s}
	a.inviting = newInvite(s)
	a.invite, a.connect, a.verify = a.inviting.act, newConnect(s), newVerify(s)
	a.export, a.imported, a.remove = newExport(s), newImport(s), newRemove(s)
	a.role, a.quarantine, a.invites = newRole(s), newQuarantine(s), newInvites(s)
	a.archive, a.age, a.shrink = newArchive(s), newAge(s), newShrink(s)
	a.all = []*act{a.invite, a.connect.act, a.verify, a.export, a.imported, a.remove, a.role, a.quarantine.act, a.invites.act, a.archive.act, a.age, a.shrink}
	a.request = newRequest(s)
	a.all = append(a.all, a.request.act)
	a.object = form.Stack(0)
	for _, o := range a.all {
		a.object.Add(o.object)
	}
	return a
}

// tick counts the seconds of what goes on.
func (a *acts) tick() {
	if o := a.open; o != nil && !o.busy.IsZero() {
		if d := time.Since(o.busy); d >= time.Second {
			o.say(fmt.Sprintf("%s … %d s", o.doing, d/time.Second), form.Plain)
		}
	}
}

// submit presses the button of the form that is shown.
func (a *acts) submit() bool {
	if a.open == nil {
		return false
	}
	a.open.button.Press()
	return true
}

// back closes the form that is shown.
func (a *acts) back() bool {
	if a.open == nil {
		return false
	}
	form.Show(a.open.object, false)
	a.open = nil
	a.screen.cards.draw()
	a.screen.object.Refresh()
	a.screen.host.Focus(a.screen.list)
	return true
}

func newVerify(s *Screen) *act {
	var a *act
	a = newAct(s, "Verify journal", "Reads all that is on this disk: the file's structure, every checksum, every link of the chains, every signature.",
		"Verify", func() { s.verify(a) })
	a.opened = func() {
		if a.busy.IsZero() {
			s.verify(a)
		}
	}
	return a
}

// bundles asks for the file of a bundle.
func bundles(title, name string, save bool) part.FileAsk {
	return part.FileAsk{Kind: "bundle", Title: title, Name: name, Types: []string{".holdfast"}, Save: save}
}

func newExport(s *Screen) *act {
	path := form.NewPath(s.host, "File", "On a stick, such as /media/stick/room.holdfast; Ctrl+O chooses", bundles("Export bundle to", "room.holdfast", true))
	var a *act
	a = newAct(s, "Export bundle", "Writes the whole room, sealed, to a file that another member's device takes in.", "Export", func() { s.export(a, path) }, path)
	a.keep("export", path)
	return a
}

func newImport(s *Screen) *act {
	path := form.NewPath(s.host, "File", "A bundle of this room; Ctrl+O chooses. Taking one in twice changes nothing", bundles("Import bundle from", "", false))
	var a *act
	a = newAct(s, "Import bundle", "Takes in what another device exported. Every signature is checked.", "Import", func() { s.imported(a, path) }, path)
	a.keep("import", path)
	return a
}

func newRemove(s *Screen) *act {
	name := form.NewInput("Type the device's name to confirm", "")
	var a *act
	a = newAct(s, "Remove a device", "For the device selected in the list; Esc goes back to choose another. What it wrote stays. What it writes from now on does not count, and it hears nothing more.",
		"Remove device", func() { s.remove(a, name) }, name)
	a.button.SetImportance(fynex.Danger)
	a.opened = func() { a.say("", form.Plain) }
	a.aim = func(d device, other bool) {
		if other {
			name.Fill("")
			name.Wrong("")
		}
		says := ""
		if !d.self {
			says = "Selected: " + d.whose() + ". Type: " + s.content.called(d)
		}
		name.Say(says)
	}
	return a
}

// called is a name that is this device's alone: where others are named alike, with its person, and where that
// person's are too, with the beginning of its key.
func (c content) called(d device) string {
	for _, name := range []func(device) string{func(d device) string { return d.name }, device.whose} {
		if !slices.ContainsFunc(c.devices, func(o device) bool { return o.key != d.key && name(o) == name(d) }) {
			return name(d)
		}
	}
	return d.whose() + " " + d.key.Short()
}

func (s *Screen) remove(a *act, name *form.Input) {
	d := s.selected()
	switch {
	case !s.content.admin:
		a.say("Only an admin of the room removes devices, and this device is none.", form.Wrong)
		return
	case d.self:
		name.Wrong("Select another device in the list first; this one is the one you use")
		return
	case strings.TrimSpace(name.Text()) != s.content.called(d):
		name.Wrong("Selected is " + d.whose() + "; type " + s.content.called(d))
		return
	}
	name.Wrong("")
	a.begin("Removing " + d.name)
	s.host.Do(model.RemoveMember{Device: d.key.String(), Reason: "removed on the peers screen"}, func(_ model.Done, err error) {
		a.end()
		if err != nil {
			a.say("Not removed: "+err.Error(), form.Wrong)
			return
		}
		name.Fill("")
		a.say(d.whose()+" is out of the room. Others learn it as they link.", form.Well)
	})
}
