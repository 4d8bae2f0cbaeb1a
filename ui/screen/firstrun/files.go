package firstrun

import (
	"context"
	"errors"
	"io/fs"

	"fyne.io/fyne/v2"

	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// stick is joining where no network is: a request that is carried to an admin, a code
// that is read out to them, and their answer.
type stick struct {
	request, answer *form.Input
	write           *fynex.Button
	code            *form.Words
	all             []fyne.CanvasObject // its objects in the join panel
}

func (f *FirstRun) newStick() {
	t := &f.stick
	t.request = form.NewPath(f.host, "1. Your request", "Where it is written, such as /media/stick/join.hfq; Ctrl+O chooses",
		part.FileAsk{Kind: "joining", Title: "Write the request to", Name: "join.hfq", Save: true})
	t.answer = form.NewPath(f.host, "3. The admin's answer", "What came back, such as /media/stick/join.hfa; Ctrl+O chooses",
		part.FileAsk{Kind: "joining", Title: "Answer to the request", Types: []string{".hfa"}})
	t.write = fynex.NewButton("Write request", f.writeRequest)
	t.code = form.NewWords("2. Read this code out to the admin: "+identity.Code(f.rooms.Status().Device), form.Plain)
	t.all = []fyne.CanvasObject{t.request, form.Buttons(t.write), t.code, t.answer}
	t.request.Entry.OnSubmitted = func(string) { f.writeRequest() }
	t.answer.Entry.OnSubmitted = func(string) { f.enter() }
	t.request.Entry.OnChanged = func(string) { t.request.Wrong("") }
}

// draftRequest is the draft that has the path of a request that was written: its answer is waited for, also
// after Holdfast was closed.
const draftRequest = "firstrun.request"

// waits tells whether the answer to a request is waited for.
func (f *FirstRun) waits() bool { return f.host.Drafted(draftRequest) != "" }

// draftWay is the draft that has the way into a room that was chosen.
const draftWay = "firstrun.way"

// goOn shows the request whose answer is waited for, else the way that was chosen last.
func (f *FirstRun) goOn() {
	if f.waits() {
		f.stick.request.Fill(f.host.Drafted(draftRequest))
		f.Choose(wayWords[byFiles])
		return
	}
	f.Choose(f.host.Drafted(draftWay))
}

// writeRequest writes the wish of this device to join.
func (f *FirstRun) writeRequest() {
	if f.join.Disabled() {
		return
	}
	t := &f.stick
	if wrong := firstWrong(missing(f.guest, "Give your name"), badEmail(f.guestEmail)); wrong != nil {
		f.host.Focus(wrong.Entry)
		return
	}
	path, ok := t.request.Path()
	if !ok {
		f.host.Focus(t.request.Entry)
		return
	}
	guest := f.guestOf("")
	f.busy(true)
	f.joined.Set("Writing the request …", form.Plain)
	form.Write(f.host, path, func(bool) error {
		_, err := f.rooms.RequestByHand(node.ByHand{Request: path, Person: guest.Person, Email: guest.Email})
		return err
	}, func(err error) {
		f.busy(false)
		switch {
		case errors.Is(err, fs.ErrExist):
			f.joined.Set("", form.Plain)
			t.request.Wrong("It is there already and was left alone; give another name, or replace it")
		case err != nil:
			f.joined.Set("Not written: "+text.Line(err.Error())+". Give another file.", form.Wrong)
		default:
			f.host.Draft(draftRequest, path)
			f.joined.Set("Written to "+text.Line(path)+". An admin chooses Answer request on their Peers screen. You may close Holdfast meanwhile.", form.Well)
		}
		f.inSight()
	})
}

// inSight shows what was said last: with large text it stands below the window.
func (f *FirstRun) inSight() {
	f.object.Refresh()
	f.object.ScrollToBottom()
}

// useAnswer enters the room of the answer that came back.
func (f *FirstRun) useAnswer() {
	path, ok := f.stick.answer.Path()
	if !ok {
		f.host.Focus(f.stick.answer.Entry)
		return
	}
	f.begin("Entering with " + text.Line(path) + " …")
	ctx, cancel := context.WithCancel(context.Background())
	f.stop = cancel
	var room *node.Room
	var reply node.ByHandReply
	f.host.Task(func() (err error) {
		defer cancel()
		room, reply, err = f.rooms.EnterByHand(ctx, path)
		return err
	}, func(err error) {
		if room == nil {
			f.finish(nil, err)
			return
		}
		f.finish(room, nil)
		if err != nil {
			f.host.Fail("The room is open, and its record is not here yet: carry the answer again, or import a bundle", err)
			return
		}
		f.host.Toast("You are in " + text.Line(reply.Name) + ". The admin's screen must name the device that let you in as " + reply.By)
	})
}

// answerRefused says why the answer does not let this device in.
func (f *FirstRun) answerRefused(err error) {
	defer f.inSight()
	f.joined.Set("", form.Plain)
	why := answerWrong(err)
	if why == "" {
		f.joined.Set("Not entered: "+text.Line(err.Error())+".", form.Wrong)
		return
	}
	f.stick.answer.Wrong(why)
	f.host.Focus(f.stick.answer.Entry)
}

// answerWrong says at the field what is wrong with an answer and what to do; empty
// for what is no fault of the file.
func answerWrong(err error) string {
	switch {
	case errors.Is(err, identity.ErrNotForUs):
		return "It is for another device: take it to the computer that wrote the request"
	case errors.Is(err, identity.ErrNewer):
		return "It was written by a newer Holdfast: update this one"
	case errors.Is(err, identity.ErrNotAnswer), errors.Is(err, identity.ErrBadWelcome):
		return "This is no whole answer to a request: choose the file that the admin's Holdfast wrote, or carry it again"
	case errors.Is(err, fs.ErrNotExist):
		return "There is no such file: choose it with Ctrl+O"
	}
	return ""
}

// Request fills in who asks, and writes the request.
func (f *FirstRun) Request(person, path string) {
	f.guest.Fill(person)
	f.stick.request.Fill(path)
	f.writeRequest()
}

// Answer fills in the answer, and enters with it.
func (f *FirstRun) Answer(path string) {
	f.stick.answer.Fill(path)
	f.enter()
}
