package peers

import (
	"image"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
)

// What an invite can be, in the order of the chips.
var (
	inviteRoles = [...]string{model.RoleMember, model.RoleObserver, model.RoleAdmin, model.RoleRelay}
	inviteLives = [...]time.Duration{time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}
	inviteUses  = [...]uint32{1, 5, 25}
)

// qrModule is the side of a module of the QR code in units: whole ones, so that
// each is as wide as the next, and a telephone reads it at arm's length.
const qrModule = 4

// inviteForm writes an invite and shows it.
type inviteForm struct {
	*act
	kind, role, life, uses *form.Choice
	address, person        *form.Input
	spoken                 *form.Words // the code that is read aloud
	many                   *fyne.Container
	made                   *form.Words
	qr                     *canvas.Image
	form, shown            *fyne.Container // one of them is seen
	copied                 *fynex.Button
	ready                  []fyne.CanvasObject // the buttons of an invite that was made
	text                   string
	known                  map[model.DeviceKey]bool // who was in the room when it was made
}

func newInvite(s *Screen) *inviteForm {
	f := &inviteForm{
		kind:   form.NewChoice("Text and QR code", "Eight characters to read aloud"),
		person: form.NewInput("Whose further device", "Optional: a person of the room; without, whoever joins says who they are"), spoken: form.Heading(""),
		role: form.NewChoice("Member", "Observer, reads only", "Admin", "Relay, passes on and reads nothing"), life: form.NewChoice("1 hour", "1 day", "7 days"),
		uses: form.NewChoice("1 device", "5", "25"), made: form.Mono(""), qr: canvas.NewImageFromImage(nil),
		address: form.NewInput("Addresses to be reached at", "Optional. Left empty: those of this computer. Several with a comma"),
	}
	f.life.Choose(1)
	f.qr.FillMode, f.qr.ScaleMode = canvas.ImageFillContain, canvas.ImageScalePixels
	f.copied = fynex.NewButton("Copy invite", func() {
		s.copy(f.text, "Copied. Whoever gets it can join, so paste it only where outsiders do not read")
	})
	another := fynex.NewButton("Make another", f.again)
	f.many = form.Stack(8, form.Line("Valid for", f.life.Object), form.Line("For", f.uses.Object))
	f.kind.OnChange = func(i int) { f.aloud(i == 1) }
	f.form = form.Stack(8, form.Line("As", f.kind.Object), form.Line("Role", f.role.Object), f.many, f.person, f.address)
	f.shown = form.Stack(8, f.spoken,
		form.NewWords("This is a key to the room: whoever holds it can join. Say it or send it where only that person hears or reads it.", form.Warn),
		form.Beside(0.58, f.made, container.NewVBox(f.qr)))
	f.shown.Hide()
	f.act = newAct(s, "Invite", "For one person's device, or for several. This Holdfast must be open while they join.", "Make invite",
		func() { s.invite(f) }, f.form, f.shown)
	f.keep("invite.person", f.person)
	f.keep("invite.address", f.address)
	f.opened = f.reset // what was made before may be used up, and is a key
	f.ready = []fyne.CanvasObject{f.copied, another}
	f.row.Objects = slices.Insert(f.row.Objects, 1, f.ready...)
	f.offer(false)
	for _, i := range []*form.Input{f.person, f.address} {
		i.Entry.OnKey = f.escape
		i.Entry.OnSubmitted = func(string) { f.button.Press() }
	}
	f.listen(f.copied, another)
	for _, c := range []*form.Choice{f.kind, f.role, f.life, f.uses} {
		f.choose(c)
	}
	f.role.Hint(slices.Index(inviteRoles[:], model.RoleRelay), keyOf(actRelay))
	return f
}

// offer shows what was made with what can be done with it, or the form that makes one.
func (f *inviteForm) offer(made bool) {
	form.Show(f.shown, made)
	form.Show(f.form, !made)
	form.Show(f.button, !made)
	for _, b := range f.ready {
		form.Show(b, made)
	}
}

// aloud chooses a code that is read aloud, for one device and ten minutes.
func (f *inviteForm) aloud(yes bool) {
	f.kind.Choose(map[bool]int{true: 1}[yes])
	form.Show(f.many, !yes)
	f.screen.object.Refresh()
}

// relay opens the form for a device that passes on and reads nothing.
func (f *inviteForm) relay() {
	f.show()
	f.role.Choose(slices.Index(inviteRoles[:], model.RoleRelay))
	f.screen.host.Focus(f.role.Chosen())
}

// again goes back from an invite that was made to the form.
func (f *inviteForm) again() {
	f.reset()
	f.screen.host.Focus(f.button)
}

// reset shows the form that makes an invite.
func (f *inviteForm) reset() {
	f.text, f.known = "", nil
	f.made.Set("", form.Plain)
	f.spoken.Set("", form.Plain)
	f.offer(false)
	f.first = f.button
	if f.busy.IsZero() {
		f.say("", form.Plain)
	}
}

// joined says who has come into the room since the invite that is shown was made.
func (f *inviteForm) joined(c content) {
	if f.known == nil {
		return
	}
	for _, d := range c.devices {
		if !f.known[d.key] {
			f.known[d.key] = true
			f.say(d.whose()+" is in the room now, as "+d.role+".", form.Well)
		}
	}
}

func (s *Screen) invite(f *inviteForm) {
	want := node.Invitation{Role: inviteRoles[f.role.At()], Expires: inviteLives[f.life.At()], Uses: inviteUses[f.uses.At()]}
	for a := range strings.SplitSeq(f.address.Text(), ",") {
		if a = strings.TrimSpace(a); a != "" {
			want.Addresses = append(want.Addresses, a)
		}
	}
	want.Person = strings.TrimSpace(f.person.Text())
	f.begin("Writing the invite")
	if f.kind.At() == 1 {
		want.Expires, want.Uses, want.Spoken = 0, 0, true
		s.speak(f, want)
		return
	}
	var invite identity.Invite
	var qr image.Image
	s.host.Task(func() (err error) {
		if invite, err = s.link.Invite(s.ctx, want); err == nil {
			qr, err = identity.QR(invite, qrModule)
		}
		return err
	}, func(err error) {
		if !f.written(err) {
			return
		}
		form.Show(f.qr, true)
		f.text = invite.String()
		f.made.Set(f.text, form.Plain)
		f.qr.Image = qr
		f.qr.SetMinSize(fyne.NewSquareSize(float32(qr.Bounds().Dx())))
		f.qr.Refresh()
		f.say("Good until "+invite.Expires.In(s.host.Zone()).Format("2 Jan 15:04 MST")+", at "+strings.Join(invite.Addresses, ", ")+".", form.Plain)
		f.first = f.copied
		s.host.Focus(f.copied)
	})
}

// written shows what was made in place of the form; false where it was refused.
func (f *inviteForm) written(err error) bool {
	f.end()
	f.offer(err == nil)
	if err != nil {
		f.say("No invite was made: "+err.Error(), form.Wrong)
		return false
	}
	f.forget()
	f.known = map[model.DeviceKey]bool{}
	for _, d := range f.screen.content.devices {
		f.known[d.key] = true
	}
	return true
}

// speak makes a code that is read aloud, with an address.
func (s *Screen) speak(f *inviteForm, want node.Invitation) {
	var code string
	var addresses []string
	var expires time.Time
	s.host.Task(func() (err error) {
		code, addresses, expires, err = s.link.Speak(s.ctx, want)
		return err
	}, func(err error) {
		if !f.written(err) {
			return
		}
		form.Show(f.qr, false)
		f.spoken.Set(spelled(code), form.Plain)
		f.text = code + " at " + strings.Join(addresses, " or ")
		f.made.Set(f.text, form.Plain)
		f.say("Read out the eight characters and one address. Good for one device, until "+expires.In(s.host.Zone()).Format("15:04 MST")+
			"; five wrong tries close it.", form.Plain)
		f.first = f.copied
		s.host.Focus(f.copied)
	})
}

// spelled sets the characters of a code apart, as they are read aloud.
func spelled(code string) string {
	return strings.Join(strings.Split(strings.ReplaceAll(code, "-", " "), ""), " ")
}
