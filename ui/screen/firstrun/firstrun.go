// Package firstrun is what the desktop shows where a home has no room yet:
// create one, or join one by an invite, a code that was read aloud, asking a
// device nearby, files that are carried, or the room's recovery key.
package firstrun

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// Host is what the panels need of the shell.
type Host interface {
	Task(work func() error, done func(error))
	Focus(fyne.Focusable)
	Toast(text string)
	Fail(what string, err error)
	Confirm(title, text, yes string, then func())
	ChooseFile(part.FileAsk)
	MayReplace(path string) bool
	Draft(name, text string)
	Drafted(name string) string
}

// Rooms is what makes and enters rooms. *node.Node is one.
type Rooms interface {
	Found(context.Context, replica.Founding) (*node.Room, error)
	Join(context.Context, string, node.Guest) (*node.Room, error)
	Ask(ctx context.Context, address string, guest node.Guest) (node.AskView, error)
	AwaitAsk(context.Context) (*node.Room, error)
	// Nearby lists addresses of Holdfasts heard on this network.
	Nearby() []string
	// Recover makes a home without rooms the device of a recovery key, with the
	// record from a bundle where one is named. With an error it gives the room too
	// where the home holds the key already.
	Recover(ctx context.Context, paper identity.Recovery, bundle string) (*node.Room, error)
	// RequestByHand and EnterByHand join by files; with an error the latter gives the
	// room too where it was entered.
	RequestByHand(node.ByHand) (node.ByHandReply, error)
	EnterByHand(ctx context.Context, answer string) (*node.Room, node.ByHandReply, error)
	Status() node.Status
}

// Bounds of a join.
const (
	// joinPatience is for all addresses of an invite, 5 s each, and the
	// exchange with the one that answers.
	joinPatience = 90 * time.Second
	// recordPatience is how long the first part of the record is waited for
	// once this device is a member; after it the room opens as it is.
	recordPatience = 20 * time.Second
)

// FirstRun is the two panels.
type FirstRun struct {
	host    Host
	rooms   Rooms
	entered func(*node.Room)

	name, person, email                *form.Input
	invite, guest, guestEmail, address *form.Input
	create, join, cancel               *fynex.Button
	created, joined                    *form.Words // what went wrong, or goes on
	printed                            *form.Choice
	ways                               ways
	stick                              stick
	first                              *fyne.Container // the panel of the founder
	stop                               context.CancelFunc
	back                               func() // to the room; nil where there is none
	object                             *container.Scroll
}

// New makes the panels. entered is called with the room once there is one; a
// home that has rooms gives back, which leads to them.
func New(h Host, rooms Rooms, entered func(*node.Room), back func()) *FirstRun {
	f := &FirstRun{
		host: h, rooms: rooms, entered: entered, back: back,
		name:       form.NewInput("Name of the room", "Your team or service, such as Payments"),
		person:     form.NewInput("Your name", "As the others know you"),
		email:      form.NewInput("Your e-mail", "Optional. Updates to the team go there"),
		invite:     form.NewInput("Invite", "Paste it whole; it begins with holdfast1-"),
		guest:      form.NewInput("Your name", "As the others know you"),
		guestEmail: form.NewInput("Your e-mail", "Optional. Updates to the team go there"),
		address:    form.NewInput("Address of the inviter", "Optional, such as 192.168.1.20:7420, when no address in the invite answers"),
		created:    form.NewWords("", form.Plain), joined: form.NewWords("", form.Plain),
	}
	f.printed = form.NewChoice("No recovery key", "Print a recovery key")
	f.create = fynex.NewButton("Create room", f.found)
	f.join = fynex.NewButton("Join room", f.enter)
	f.cancel = fynex.NewButton("Cancel", f.Cancel)
	for _, b := range []*fynex.Button{f.create, f.join} {
		b.SetImportance(fynex.Recommended)
	}
	f.cancel.SetHint("Esc")
	f.cancel.Hide()
	f.newWays()
	f.newStick()
	f.bind()
	f.build(back)
	f.arrange()
	f.goOn()
	f.listen(append(f.fields(), f.name, f.person, f.email, f.printed.Object, f.create, f.join, f.cancel)...)
	return f
}

// kept names the fields whose text outlives the program. An invite, a spoken code and a recovery key are keys
// and are not among them.
func (f *FirstRun) kept() map[string]*form.Input {
	return map[string]*form.Input{
		"firstrun.room": f.name, "firstrun.person": f.person, "firstrun.email": f.email,
		"firstrun.guest": f.guest, "firstrun.guest.email": f.guestEmail, "firstrun.address": f.address,
		"firstrun.where": f.ways.where, "firstrun.bundle": f.ways.bundle, "firstrun.answer": f.stick.answer,
	}
}

func (f *FirstRun) bind() {
	for _, i := range []*form.Input{f.name, f.person, f.email} {
		i.Entry.OnSubmitted = func(string) { f.found() }
	}
	for _, i := range []*form.Input{f.invite, f.guest, f.guestEmail, f.address} {
		i.Entry.OnSubmitted = func(string) { f.enter() }
	}
	for name, i := range f.kept() {
		i.Fill(f.host.Drafted(name))
		i.Entry.OnChanged = func(s string) {
			i.Wrong("")
			f.host.Draft(name, s)
		}
	}
	f.invite.Entry.OnChanged = func(s string) {
		f.invite.Wrong("")
		f.invite.Say(describe(s, time.Now()))
	}
}

// describe says what an invite leads to, while it is pasted.
func describe(pasted string, now time.Time) string {
	i, err := identity.ParseInvite(pasted, now)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%s, as %s, at %s", text.Line(i.RoomName), i.Role, strings.Join(i.Addresses, ", "))
}

// Widths of the panels: a line of help fits, and both fit beside each other on
// the smallest window.
const (
	panelWidth = 500
	panelGap   = 24
)

func (f *FirstRun) build(back func()) {
	const gap = 8
	f.first = form.Stack(gap, form.Heading("Create a room"),
		form.NewWords("For your team, with you as its first member. Invite the others next.", form.Quiet),
		f.name, f.person, f.email, f.printed.Object,
		form.NewWords("A printed recovery key gives the room back to you if the admins' devices are lost or stolen.", form.Quiet),
		form.Buttons(f.create), f.created)
	second := form.Stack(gap, form.Heading("Join a room"))
	for _, o := range append(f.fields(), form.Buttons(f.join, f.cancel), f.ways.words, f.joined) {
		second.Add(o)
	}
	st := f.rooms.Status()
	top := form.Stack(gap, form.Heading("Holdfast"),
		form.NewWords("What you write stays on this computer and on those of the people you invite. No server is needed.", form.Plain))
	if back != nil {
		top = form.Stack(gap, form.Buttons(fynex.NewButton("Back to the room", back)))
	}
	rests := form.Stack(2, form.NewWords("Data is kept in "+st.Home+".", form.Quiet), form.NewWords(st.Keys+".", form.Quiet))
	page := form.Stack(2*gap,
		form.Columns(2*panelWidth+panelGap, 0, top),
		form.Columns(panelWidth, panelGap, fynex.NewPanel(f.first), fynex.NewPanel(second)),
		form.Columns(2*panelWidth+panelGap, 0, rests))
	f.object = container.NewVScroll(container.New(fynex.Held(layout.NewCustomPaddedLayout(4*gap, gap, gap, gap)), page))
}

// Object is what the window shows.
func (f *FirstRun) Object() fyne.CanvasObject { return f.object }

// Start puts the keyboard into the first field that is empty.
func (f *FirstRun) Start() {
	if f.waits() {
		f.host.Focus(f.stick.answer.Entry)
		return
	}
	for _, i := range []*form.Input{f.name, f.person, f.email} {
		if i.Text() == "" {
			f.host.Focus(i.Entry)
			return
		}
	}
	f.host.Focus(f.name.Entry)
}

// found creates the room.
func (f *FirstRun) found() {
	if f.create.Disabled() {
		return
	}
	if wrong := firstWrong(
		missing(f.name, "Give the room a name"), missing(f.person, "Give your name"), badEmail(f.email)); wrong != nil {
		f.host.Focus(wrong.Entry)
		return
	}
	f.busy(true)
	f.created.Set("Creating the room …", form.Plain)
	want := replica.Founding{Name: f.name.Text(), Person: f.person.Text(), Email: strings.TrimSpace(f.email.Text())}
	if f.printed.At() == 1 {
		want.Recovery = &identity.Recovery{}
	}
	var room *node.Room
	f.host.Task(func() (err error) {
		room, err = f.rooms.Found(context.Background(), want)
		return err
	}, func(err error) {
		f.busy(false)
		if err != nil {
			f.created.Set("Not created: "+err.Error(), form.Wrong)
			return
		}
		if want.Recovery != nil {
			f.paper(room, *want.Recovery)
			return
		}
		f.done(room)
	})
}

// enter joins in the way that is chosen.
func (f *FirstRun) enter() {
	if f.join.Disabled() {
		return
	}
	switch f.ways.choice.At() {
	case bySpoken:
		f.speak()
	case byAsking:
		f.ask()
	case byFiles:
		f.useAnswer()
	case byRecovery:
		f.recover()
	default:
		f.useInvite()
	}
}

// useInvite joins with the invite.
func (f *FirstRun) useInvite() {
	invite, err := identity.ParseInvite(f.invite.Text(), time.Now())
	if err != nil && !errors.Is(err, identity.ErrInviteExpired) {
		f.invite.Wrong(inviteWrong(err))
		f.host.Focus(f.invite.Entry)
		return
	}
	if wrong := firstWrong(missing(f.guest, "Give your name"), badEmail(f.guestEmail)); wrong != nil {
		f.host.Focus(wrong.Entry)
		return
	}
	guest := f.guestOf(f.address.Text())
	tried := append(guest.Addresses, invite.Addresses...)
	f.begin("Joining " + text.Line(invite.RoomName) + " at " + strings.Join(tried, ", ") + " …")
	f.dial(f.invite.Text(), guest)
}

func (f *FirstRun) dial(invite string, guest node.Guest) {
	ctx, cancel := context.WithTimeout(context.Background(), joinPatience)
	f.stop = cancel
	var room *node.Room
	f.host.Task(func() (err error) {
		defer cancel()
		if room, err = f.rooms.Join(ctx, invite, guest); err != nil {
			return err
		}
		wait, done := context.WithTimeout(ctx, recordPatience)
		defer done()
		_ = room.CatchUp(wait) // the room opens as it is; the rest of the record comes in by itself
		return nil
	}, func(err error) { f.finish(room, err) })
}

// refused says why the join failed, at the field that can mend it.
func (f *FirstRun) refused(err error) {
	if f.ways.choice.At() == byFiles && !errors.Is(err, context.Canceled) {
		f.answerRefused(err)
		return
	}
	switch {
	case errors.Is(err, context.Canceled):
		f.joined.Set("Cancelled. Nothing was changed.", form.Plain)
	case errors.Is(err, identity.ErrNotInvite), errors.Is(err, identity.ErrInviteTypo), errors.Is(err, identity.ErrInviteExpired):
		f.joined.Set("", form.Plain)
		if f.ways.choice.At() == bySpoken {
			f.joined.Set("The code was not accepted: "+err.Error(), form.Wrong)
			return
		}
		f.invite.Wrong(inviteWrong(err))
		f.host.Focus(f.invite.Entry)
	case errors.Is(err, identity.ErrNotRecognised) && f.ways.choice.At() == bySpoken:
		f.joined.Set("", form.Plain)
		f.ways.code.Wrong("The device there knows no such code: check the eight characters. After five wrong tries, or ten minutes, ask for a new one")
		f.host.Focus(f.ways.code.Entry)
	default:
		f.joined.Set(whyNot(err), form.Wrong)
	}
}

// listen has Escape on what is in the panels end a join that goes on, or else go back to the room.
func (f *FirstRun) listen(in ...fyne.CanvasObject) {
	for _, o := range in {
		switch w := o.(type) {
		case *fyne.Container:
			f.listen(w.Objects...)
		case *form.Input:
			w.Entry.OnKey = f.escape
		case *part.Chip:
			w.OnKey = f.escape
		case *fynex.Button:
			w.OnKey = f.escape
		}
	}
}

func (f *FirstRun) escape(k fyne.KeyName) bool {
	switch {
	case k != fyne.KeyEscape:
		return false
	case f.cancel.Visible():
		f.Cancel()
	case f.back != nil && !f.join.Disabled(): // else a room is being made, or its recovery key is shown
		f.back()
	default:
		return false
	}
	return true
}

// Back does what Escape does: it ends a join that goes on, or else goes back to the room.
func (f *FirstRun) Back() bool { return f.escape(fyne.KeyEscape) }

// Cancel ends a join that goes on.
func (f *FirstRun) Cancel() {
	if f.stop != nil {
		f.stop()
	}
}

func (f *FirstRun) busy(on bool) {
	for _, b := range []*fynex.Button{f.create, f.join, f.stick.write} {
		if on {
			b.Disable()
		} else {
			b.Enable()
		}
	}
}

func (f *FirstRun) done(room *node.Room) {
	for name := range f.kept() {
		f.host.Draft(name, "")
	}
	f.host.Draft(draftRequest, "")
	f.host.Draft(draftWay, "")
	f.entered(room)
}

// missing marks an empty field and gives it back, or nil.
func missing(i *form.Input, says string) *form.Input {
	if strings.TrimSpace(i.Text()) != "" {
		i.Wrong("")
		return nil
	}
	i.Wrong(says)
	return i
}

// badEmail marks a field that holds something else than an address.
func badEmail(i *form.Input) *form.Input {
	typed := strings.TrimSpace(i.Text())
	if a, err := mail.ParseAddress(typed); typed == "" || err == nil && a.Address == typed {
		i.Wrong("")
		return nil
	}
	i.Wrong("This is not an e-mail address; ana@example.org is one")
	return i
}

func firstWrong(fields ...*form.Input) *form.Input {
	for _, i := range fields {
		if i != nil {
			return i
		}
	}
	return nil
}
