package peers

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// admittable are the roles a device of a request can be given, in the order of the chips.
var admittable = [...]string{model.RoleMember, model.RoleObserver, model.RoleAdmin}

// requestForm lets in a device whose request came as a file, and writes the answer.
type requestForm struct {
	*act
	request, code, answer *form.Input
	role                  *form.Choice
}

func newRequest(s *Screen) *requestForm {
	f := &requestForm{
		request: form.NewPath(s.host, "Request", "The file from the other device, such as /media/stick/join.hfq; Ctrl+O chooses",
			part.FileAsk{Kind: "joining", Title: "Request to join", Types: []string{".hfq"}}),
		code: form.NewInput("Code of the device", "As its owner reads it out from their screen: it shows that the file is theirs"),
		role: form.NewChoice("Member", "Observer, reads only", "Admin"),
		answer: form.NewPath(s.host, "Answer", "Optional. Left empty: beside the request, ending in .hfa",
			part.FileAsk{Kind: "joining", Title: "Write the answer to", Name: "join.hfa", Save: true}),
	}
	f.act = newAct(s, "Answer a request", "Lets a device in that no network reaches. The answer has the room's record in it, and only that device can read it.",
		"Let in", func() { s.answer(f) }, f.request, f.code, form.Line("Role", f.role.Object), f.answer)
	f.choose(f.role)
	for name, i := range map[string]*form.Input{"request": f.request, "request.code": f.code, "request.answer": f.answer} {
		f.keep(name, i)
	}
	f.opened = func() { f.say("", form.Plain) }
	return f
}

// paths are the files of the form; false, and said at the field, where one is none.
func (f *requestForm) paths() (request, answer string, ok bool) {
	if request, ok = f.request.Path(); !ok {
		f.screen.host.Focus(f.request.Entry)
		return "", "", false
	}
	if strings.TrimSpace(f.answer.Text()) == "" {
		f.answer.Wrong("")
		return request, strings.TrimSuffix(request, filepath.Ext(request)) + ".hfa", true
	}
	if answer, ok = f.answer.Path(); !ok {
		f.screen.host.Focus(f.answer.Entry)
	}
	return request, answer, ok
}

// answer lets the device in and writes the answer.
func (s *Screen) answer(f *requestForm) {
	if !s.content.admin {
		f.say("Only an admin of the room lets devices in, and this device is none. Give the request to an admin.", form.Wrong)
		return
	}
	request, answer, ok := f.paths()
	if !ok {
		return
	}
	if f.code.Wrong(""); strings.TrimSpace(f.code.Text()) == "" {
		f.code.Wrong("Ask the owner of the device for its code")
		s.host.Focus(f.code.Entry)
		return
	}
	f.begin("Letting the device in")
	q := node.ByHand{Request: request, Answer: answer, Code: f.code.Text(), Role: admittable[f.role.At()]}
	var reply node.ByHandReply
	var who identity.Wishes
	form.Write(s.host, answer, func(bool) (err error) {
		reply, who, err = s.link.AnswerByHand(s.ctx, q)
		return err
	}, func(err error) {
		f.end()
		if err != nil {
			f.refused(answer, who, err)
			return
		}
		f.forget()
		f.code.Fill("")
		f.say(text.Line(who.Person)+" is in, as "+q.Role+". Carry "+text.Line(answer)+" back. Their screen must name this device as "+reply.Code+".", form.Well)
	})
}

// refused says what was wrong, at the field that can mend it.
func (f *requestForm) refused(answer string, who identity.Wishes, err error) {
	at, why := f.request, ""
	switch {
	case who.Person != "":
		at, why = f.answer, text.Line(who.Person)+" is in, and the answer was not written: "+text.Line(err.Error())+". Give another file and press again"
	case errors.Is(err, fs.ErrExist):
		at, why = f.answer, text.Line(answer)+" is there already and nobody was let in; give another name, or replace it"
	case errors.Is(err, identity.ErrWrongCode):
		at, why = f.code, "This is not the code of the device in the request: have it read out once more"
	case errors.Is(err, identity.ErrNewer):
		why = "It was written by a newer Holdfast: update this one"
	case errors.Is(err, identity.ErrNotRequest):
		why = "This is no whole request to join: choose the file that the other device wrote, or carry it again"
	case errors.Is(err, fs.ErrNotExist):
		why = "There is no such file: choose it with Ctrl+O"
	case errors.Is(err, identity.ErrDeviceRemoved):
		f.say("Not let in: this device was removed from the room, and its key cannot come back. Its owner uses another data folder or computer.", form.Wrong)
		return
	default:
		f.say("Not let in: "+text.Line(err.Error())+".", form.Wrong)
		return
	}
	f.say("", form.Plain)
	at.Wrong(why)
	f.screen.host.Focus(at.Entry)
	f.screen.object.Refresh()
}
