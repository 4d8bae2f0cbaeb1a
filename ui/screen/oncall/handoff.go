package oncall

import (
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// handoffForm shows the hand-off with which the selected shift begins, takes it
// over, and writes the note of the one with which it ends.
type handoffForm struct {
	act
	take   act
	stands *form.Words
	notes  *form.Words
	note   *form.Words // which note the fields write
	// caption is above the note.
	caption *form.Words
	parts   []*form.Input
	object  *fyne.Container
}

// draftNote is where the note is kept while it is typed, a part after its name.
const draftNote = "oncall.note."

func newHandoffForm(s *Screen) *handoffForm {
	f := &handoffForm{stands: form.NewWords("", form.Plain), notes: form.NewWords("", form.Plain), note: form.NewWords("", form.Quiet), caption: form.Caption("Note for the next person")}
	send := func() { f.submit() }
	f.act = newAct(s, "Save note", send)
	f.take = newAct(s, "Take over", f.accept)
	f.take.button.SetHint("y")
	rows := []fyne.CanvasObject{
		f.stands, f.notes, form.Buttons(f.take.button), f.take.says, f.caption, f.note,
	}
	for _, p := range model.NoteParts {
		i := s.input(p.Title, "", send)
		i.Fill(s.host.Drafted(draftNote + p.Name))
		i.Entry.OnChanged = func(typed string) { s.host.Draft(draftNote+p.Name, typed) }
		f.parts = append(f.parts, i)
		rows = append(rows, i)
	}
	f.object = form.Stack(6, rows...)
	f.putBelow(form.Buttons(f.button), f.says)
	return f
}

func (f *handoffForm) content() fyne.CanvasObject { return f.object }

// first is the note for who goes off call; others read.
func (f *handoffForm) first() fyne.Focusable { return f.parts[0].Entry }

// begins is the hand-off with which the selected shift begins.
func (f *handoffForm) begins() (model.HandoffView, bool) {
	h, ok := f.screen.content.handoffs[f.screen.list.Selected()]
	return h, ok
}

// ends is the hand-off with which the selected shift ends.
func (f *handoffForm) ends() (model.HandoffView, bool) {
	x, ok := f.screen.selected()
	if !ok {
		return model.HandoffView{}, false
	}
	h, ok := f.screen.content.handoffs[shiftID(x.schedule, x.layer, x.until)]
	return h, ok
}

func (f *handoffForm) draw() {
	zone := f.screen.host.Zone()
	words, tone, notes := "Select a shift to see how it was handed over.", form.Quiet, []string{}
	h, ok := f.begins()
	if ok {
		words, tone = handoffLine(h, zone), form.Plain
		switch h.State {
		case "accepted":
			tone = form.Well
		case "late":
			tone = form.Wrong
		}
		for _, n := range h.Notes {
			notes = append(notes, n.Title+": "+text.Block(n.Text))
		}
	} else if _, any := f.screen.selected(); any {
		words = "Nothing was handed over at its beginning: it began before the schedule was here, or nobody had it before."
	}
	f.stands.Set(words, tone)
	f.notes.Set(strings.Join(notes, "\n"), form.Plain)
	form.Show(f.take.button, ok && h.State != "accepted" && h.State != "ahead" && h.ToID == f.screen.content.me)
	next, ends := f.ends()
	says := "At its end nobody else takes over."
	if ends {
		says = "To " + text.Line(next.To) + ", who takes over on " + stampOf(next.At, zone) + "."
		for _, n := range next.Notes {
			says += "\n" + n.Title + ": " + text.Block(n.Text)
		}
	}
	for _, i := range f.parts {
		form.Show(i, ends)
	}
	form.Show(f.button, ends)
	form.Show(f.caption, f.screen.list.Selected() != "")
	if f.screen.list.Selected() == "" {
		says = ""
	}
	f.note.Set(says, form.Quiet)
}

// accept takes over the selected shift, or the nearest of this person.
func (f *handoffForm) accept() {
	c := model.AcceptHandoff{}
	if h, ok := f.begins(); ok && h.ToID == f.screen.content.me {
		c.Schedule, c.Layer, c.At = h.ScheduleID.String(), h.Layer, h.At
	}
	f.screen.side.pick(panelHandoff)
	f.take.do(c, "Taken over.", nil)
}

func (f *handoffForm) submit() bool {
	h, ok := f.ends()
	if !ok {
		return false
	}
	c := model.WriteHandoff{Schedule: h.ScheduleID.String(), Layer: h.Layer, At: h.At, Notes: map[string]string{}}
	for n, i := range f.parts {
		if typed := strings.TrimSpace(i.Text()); typed != "" {
			c.Notes[model.NoteParts[n].Name] = typed
		}
	}
	f.do(c, "Saved.", func() {
		for n, i := range f.parts {
			i.Fill("")
			f.screen.host.Draft(draftNote+model.NoteParts[n].Name, "")
		}
	})
	return true
}
