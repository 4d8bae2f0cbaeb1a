package firstrun

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/sync/export"
	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/ui/files"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// The ways into a room, in the order of the chips.
const (
	byInvite = iota
	bySpoken
	byAsking
	byFiles
	byRecovery
)

// wayWords are on the chips.
var wayWords = [...]string{byInvite: "Invite", bySpoken: "Spoken code", byAsking: "Ask nearby", byFiles: "By files", byRecovery: "Recovery key"}

// about says what a way is for.
var about = [...]string{
	byInvite:   "With the invite that somebody in the room gave you: text, or what a QR code holds.",
	bySpoken:   "With eight characters and an address that somebody in the room reads to you. They are good for ten minutes.",
	byAsking:   "Without an invite: ask a Holdfast on this network. Both screens show the same three words; say them aloud, and an admin there says yes.",
	byFiles:    "Where no network reaches: you write a file, an admin of the room answers it with another, and a stick carries both.",
	byRecovery: "With the key that was printed when the room was founded. This computer becomes the key's device, which outranks every admin.",
}

// ways are the fields of each way but the invite's, and what they share.
type ways struct {
	choice *form.Choice
	says   *form.Words
	code   *form.Input // spoken
	where  *form.Input // address, of the spoken code and of who is asked
	near   *fyne.Container
	again  *fynex.Button // looks for devices once more
	key    *form.Input   // recovery
	bundle *form.Input
	words  *form.Words // on both screens
}

func (f *FirstRun) newWays() {
	w := &f.ways
	w.choice = form.NewChoice(wayWords[:]...)
	w.says, w.words = form.NewWords("", form.Quiet), form.Heading("")
	w.code = form.NewInput("Eight characters", "As you heard them, such as 7K2M 9QXD")
	w.where = form.NewInput("Address", "Host and port, such as 192.168.1.20:7420")
	w.near = form.Buttons()
	w.key = form.NewPath(f.host, "Recovery key", "Type it, it begins with holdfastrecovery1-, or choose its file with Ctrl+O", part.FileAsk{Kind: "recovery", Title: "File of the recovery key", Types: []string{".txt"}})
	w.bundle = form.NewPath(f.host, "Bundle", "Optional: a bundle on a stick, where no peer can be reached", part.FileAsk{Kind: "bundle", Title: "Bundle with the record", Types: []string{".holdfast"}})
	w.choice.OnChange = func(at int) {
		f.host.Draft(draftWay, wayWords[at])
		f.arrange()
	}
	for _, i := range []*form.Input{w.code, w.where, w.key, w.bundle} {
		i.Entry.OnSubmitted = func(string) { f.enter() }
	}
	for _, i := range []*form.Input{w.code, w.key} { // keys, and so not kept
		i.Entry.OnChanged = func(string) { i.Wrong("") }
	}
}

// fields are the objects of the join panel, each shown by some of the ways.
func (f *FirstRun) fields() []fyne.CanvasObject {
	w := &f.ways
	return append([]fyne.CanvasObject{w.choice.Object, w.says, f.invite, w.code, w.near, w.where, w.key, w.bundle, f.guest, f.guestEmail, f.address}, f.stick.all...)
}

// arrange shows the fields of the way that is chosen.
func (f *FirstRun) arrange() {
	w := &f.ways
	at := w.choice.At()
	w.says.Set(about[at], form.Quiet)
	for _, o := range f.stick.all {
		form.Show(o, at == byFiles)
	}
	for o, shown := range map[fyne.CanvasObject]bool{
		f.invite: at == byInvite, f.address: at == byInvite, w.code: at == bySpoken, w.where: at == bySpoken || at == byAsking, w.near: at == byAsking,
		w.key: at == byRecovery, w.bundle: at == byRecovery, f.guest: at != byRecovery, f.guestEmail: at != byRecovery, w.words: false,
	} {
		form.Show(o, shown)
	}
	f.join.SetText([...]string{"Join room", "Join room", "Ask to be let in", "Enter room", "Use recovery key"}[at])
	f.joined.Set("", form.Plain)
	if at == byAsking {
		f.look()
	}
	if f.object != nil {
		f.object.Refresh()
	}
}

// look lists the Holdfasts heard on this network.
func (f *FirstRun) look() {
	near := f.rooms.Nearby()
	f.ways.near.Objects = nil
	was := f.ways.again
	for _, address := range near {
		f.ways.near.Add(fynex.NewButton(address, func() {
			f.ways.where.Fill(address)
			f.host.Focus(f.guest.Entry)
		}))
	}
	f.ways.again = fynex.NewButton("Look again", f.arrange)
	f.ways.near.Add(f.ways.again)
	says := "Heard on this network: " + text.Count(len(near), "device", "devices") + ". Choose one, or type its address."
	if len(near) == 0 {
		says = "No device was heard on this network yet; one is within half a minute. Or type the address that its Peers screen shows."
	}
	f.ways.where.Say(says)
	f.listen(f.ways.near)
	if was != nil && was.Focused() { // it is drawn no more
		first, _ := f.ways.near.Objects[0].(*fynex.Button)
		f.host.Focus(first)
	}
}

// Choose takes one of the ways into a room, by the word on its chip.
func (f *FirstRun) Choose(word string) {
	for i, w := range wayWords {
		if w == word {
			f.ways.choice.Choose(i)
			f.arrange()
		}
	}
}

// Ask fills in who asks where, and asks.
func (f *FirstRun) Ask(address, person string) {
	f.ways.where.Fill(address)
	f.guest.Fill(person)
	f.enter()
}

// Found fills in a founding, and founds.
func (f *FirstRun) Found(room, person string, recovery bool) {
	f.name.Fill(room)
	f.person.Fill(person)
	f.printed.Choose(map[bool]int{true: 1}[recovery])
	f.found()
}

// guestOf is who joins, at an address where one is typed.
func (f *FirstRun) guestOf(address string) node.Guest {
	g := node.Guest{Person: f.guest.Text(), Email: strings.TrimSpace(f.guestEmail.Text())}
	if address = strings.TrimSpace(address); address != "" {
		g.Addresses = []string{address}
	}
	return g
}

// speak joins with a code that was read aloud.
func (f *FirstRun) speak() {
	w := &f.ways
	code, err := identity.ParseSpoken(w.code.Text())
	if err != nil {
		w.code.Wrong("A code has eight characters, such as 7K2M-9QXD")
		f.host.Focus(w.code.Entry)
		return
	}
	if wrong := firstWrong(missing(w.where, "Give the address that was read with the code"), missing(f.guest, "Give your name"), badEmail(f.guestEmail)); wrong != nil {
		f.host.Focus(wrong.Entry)
		return
	}
	f.begin("Joining at " + text.Line(w.where.Text()) + " …")
	f.dial(code, f.guestOf(w.where.Text()))
}

// ask asks a device to let this one in, and waits for the yes.
func (f *FirstRun) ask() {
	w := &f.ways
	if wrong := firstWrong(missing(w.where, "Choose a device, or type its address"), missing(f.guest, "Give your name"), badEmail(f.guestEmail)); wrong != nil {
		f.host.Focus(wrong.Entry)
		return
	}
	address := strings.TrimSpace(w.where.Text())
	f.begin("Asking at " + text.Line(address) + " …")
	ctx, cancel := context.WithTimeout(context.Background(), identity.AskPatience)
	f.stop = cancel
	var view node.AskView
	f.host.Task(func() (err error) {
		view, err = f.rooms.Ask(ctx, address, f.guestOf(""))
		return err
	}, func(err error) {
		if err != nil {
			cancel()
			f.finish(nil, err)
			return
		}
		w.words.Set(view.Words, form.Plain)
		form.Show(w.words, true)
		f.joined.Set("Say these three words to an admin there. Their Peers screen must show the same words in the same order; then they let you in.", form.Plain)
		f.object.Refresh()
		f.object.ScrollToBottom() // with large text the words stand below the window, and they are to be said
		f.await(ctx, cancel)
	})
}

func (f *FirstRun) await(ctx context.Context, cancel context.CancelFunc) {
	var room *node.Room
	f.host.Task(func() (err error) {
		defer cancel()
		if room, err = f.rooms.AwaitAsk(ctx); err != nil {
			return err
		}
		wait, done := context.WithTimeout(ctx, recordPatience)
		defer done()
		_ = room.CatchUp(wait) // the room opens as it is; the rest of the record comes in by itself
		return nil
	}, func(err error) { f.finish(room, err) })
}

// maxKeyFile bounds the file of a recovery key: a text and a QR code.
const maxKeyFile = 64 << 10

// recover makes this home the device of a recovery key.
func (f *FirstRun) recover() {
	w := &f.ways
	typed, stick := strings.TrimSpace(w.key.Text()), ""
	if strings.TrimSpace(w.bundle.Text()) != "" {
		var ok bool
		if stick, ok = w.bundle.Path(); !ok {
			f.host.Focus(w.bundle.Entry)
			return
		}
	}
	f.begin("Taking the recovery key …")
	var room *node.Room
	f.host.Task(func() (err error) {
		paper, err := readKey(typed)
		if err != nil {
			return err
		}
		room, err = f.rooms.Recover(context.Background(), paper, stick)
		return err
	}, func(err error) {
		f.busy(false)
		form.Show(f.cancel, false)
		switch {
		case room != nil:
			f.recovered(room, err)
		case errors.Is(err, identity.ErrNotRecovery):
			f.joined.Set("", form.Plain)
			w.key.Wrong("This is no recovery key: one begins with holdfastrecovery1-; it may have a typo or be cut short")
		default:
			f.joined.Set("Not recovered: "+err.Error(), form.Wrong)
		}
		f.object.Refresh()
	})
}

// recovered opens the room of the key. Its record may still have to come.
func (f *FirstRun) recovered(room *node.Room, err error) {
	f.ways.key.Fill("")
	f.done(room)
	f.host.Toast("This is the recovery key's device now. Invite new admins first, then remove the lost devices")
	if err != nil {
		f.host.Fail("The room is open", err)
	}
}

// readKey reads a recovery key that was typed, or the file of one.
func readKey(typed string) (identity.Recovery, error) {
	path, why := files.Path(typed)
	if why != "" {
		return identity.ParseRecovery(typed)
	}
	info, err := os.Stat(path)
	if err != nil {
		return identity.Recovery{}, err
	}
	if info.Size() > maxKeyFile {
		return identity.Recovery{}, fmt.Errorf("%s is too large for a recovery key", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return identity.Recovery{}, err
	}
	return identity.FindRecovery(string(b))
}

// begin says that a join goes on.
func (f *FirstRun) begin(says string) {
	f.busy(true)
	form.Show(f.cancel, f.ways.choice.At() != byRecovery)
	f.joined.Set(says, form.Plain)
}

// finish ends a join: in the room, or with why not.
func (f *FirstRun) finish(room *node.Room, err error) {
	f.busy(false)
	form.Show(f.cancel, false)
	form.Show(f.ways.words, false)
	if err != nil {
		f.refused(err)
		return
	}
	f.done(room)
}

// paper shows the recovery key of the room that was just founded, once.
func (f *FirstRun) paper(room *node.Room, key identity.Recovery) {
	page := container.NewVBox(form.Heading("Recovery key"),
		form.NewWords("Copy this by hand or print it, and put it away. Whoever holds it rules the room, even when the admins' devices are lost or stolen."+
			" It is shown only now and kept nowhere.", form.Warn),
		form.Mono(key.String()))
	path := form.NewPath(f.host, "Write it to a file for printing", "On a stick; Ctrl+O chooses. Delete the file once it is printed", part.FileAsk{Kind: "recovery", Title: "Write recovery key to", Name: "recovery.txt", Save: true})
	says := form.NewWords("", form.Plain)
	open := fynex.NewButton("It is on paper: open the room", func() { f.done(room) })
	open.SetImportance(fynex.Recommended)
	write := fynex.NewButton("Write file", func() {
		p, ok := path.Path()
		if !ok {
			f.host.Focus(path.Entry)
			return
		}
		form.Write(f.host, p, func(replace bool) error { return writeKey(p, key, replace) }, func(err error) {
			if err != nil {
				says.Set("Not written: "+err.Error(), form.Wrong)
				return
			}
			says.Set("Written to "+p+". Print it, put it away, delete the file.", form.Well)
			f.host.Focus(open)
		})
	})
	path.Entry.OnSubmitted = func(string) { write.Press() }
	path.Entry.OnChanged = func(string) { path.Wrong("") }
	f.join.Disable() // the key is shown this once
	page.Add(path)
	page.Add(form.Buttons(write, open))
	page.Add(says)
	f.first.Objects = []fyne.CanvasObject{form.Stack(8, page.Objects...)}
	f.first.Refresh()
	f.object.Refresh()
	f.host.Focus(path.Entry) // an Enter too many must not lose the key
}

// writeKey writes a recovery key to a file that only its owner reads.
func writeKey(path string, key identity.Recovery, replace bool) error {
	qr, err := key.QRText(true)
	if err != nil {
		return err
	}
	return export.Save(path, fmt.Appendf(nil, "Recovery key. Whoever holds this rules the room: print it, put it away, delete the file.\n\n%s\n\n%s", key, qr), replace)
}
