package oncall

import (
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// overrideForm puts somebody on call for a time.
type overrideForm struct {
	act
	person, from, to, reason *form.Input
	shift                    string // whose times are in the fields
	object                   *fyne.Container
}

func newOverrideForm(s *Screen) *overrideForm {
	f := &overrideForm{}
	send := func() { f.submit() }
	f.act = newAct(s, "Put on call", send)
	f.person, f.reason = s.input("Who", "A name, or a part of one", send), s.input("Why", "Optional, for the record", send)
	f.from, f.to = s.input("From", "2026-11-23 10:00, now, 2h", send), s.input("Until", "2026-11-23 18:00, 8h", send)
	f.object = form.Stack(8, form.NewWords("Puts a person on call in the selected place, whoever else was.", form.Quiet),
		f.person, form.Beside(0.5, f.from, f.to), f.reason)
	f.putBelow(form.Buttons(f.button), f.says)
	return f
}

func (f *overrideForm) content() fyne.CanvasObject { return f.object }
func (f *overrideForm) first() fyne.Focusable      { return f.person.Entry }

// draw puts the times of another shift into the fields.
func (f *overrideForm) draw() {
	x, ok := f.screen.selected()
	if !ok || x.id == f.shift {
		return
	}
	f.shift = x.id
	from := x.from
	if now := f.screen.host.Now(); from.Before(now) {
		from = now
	}
	f.from.Offer(f.screen.typed(from))
	f.to.Offer(f.screen.typed(x.until))
}

func (f *overrideForm) submit() bool {
	x, ok := f.screen.selected()
	if !ok {
		f.says.Set("Select a shift or a gap in the list first.", form.Warn)
		return true
	}
	c := model.AddOverride{Schedule: x.schedule.String(), Layer: x.layer, Person: strings.TrimSpace(f.person.Text()), Reason: f.reason.Text()}
	if c.Person == "" {
		f.person.Wrong("Give the name")
		f.screen.host.Focus(f.person.Entry)
		return true
	}
	if c.From, ok = f.screen.readTime(f.from); !ok {
		return true
	}
	if c.To, ok = f.screen.readTime(f.to); ok {
		f.do(c, "The override holds.", func() {
			f.person.Fill("")
			f.reason.Fill("")
		})
	}
	return true
}

// swapForm proposes an exchange of shifts, and answers those that wait.
type swapForm struct {
	act
	who, reason *form.Input
	open        *form.Words
	agree       act
	refuse      act
	object      *fyne.Container
}

func newSwapForm(s *Screen) *swapForm {
	f := &swapForm{open: form.NewWords("", form.Warn)}
	send := func() { f.submit() }
	f.act = newAct(s, "Propose swap", send)
	f.agree, f.refuse = newAct(s, "Agree", func() { f.answer(false) }), newAct(s, "Refuse", func() { f.answer(true) })
	f.agree.button.SetHint("y")
	f.refuse.button.SetHint("")
	f.who, f.reason = s.input("With", "Who gives a shift and takes yours", send), s.input("Why", "Optional, for the record", send)
	f.object = form.Stack(8, f.open, form.Buttons(f.agree.button, f.refuse.button), f.agree.says, f.refuse.says,
		form.NewWords("Select your own shift and say with whom, or select the shift you would take: your next one is given for it. It holds once both agreed.", form.Quiet),
		f.who, f.reason)
	f.putBelow(form.Buttons(f.button), f.says)
	return f
}

func (f *swapForm) content() fyne.CanvasObject { return f.object }
func (f *swapForm) first() fyne.Focusable      { return f.who.Entry }

func (f *swapForm) draw() {
	x, ok := f.screen.selected()
	if ok && !x.personID.Zero() && x.personID != f.screen.content.me && f.who.Text() == "" {
		f.who.Say("Empty: " + x.person + ", whose shift is selected")
	} else {
		f.who.Say("")
	}
	zone := f.screen.host.Zone()
	c, waits := f.screen.content.waiting()
	words := ""
	if waits {
		words = text.Line(c.Person) + " (" + c.Layer + ", " + stampOf(c.From, zone) + ") and " + text.Line(c.With) + " (" + stampOf(c.WithFrom, zone) + ") swap. " +
			"It waits for you."
	}
	f.open.Set(words, form.Warn)
	form.Show(f.agree.button, waits)
	form.Show(f.refuse.button, waits)
}

// answer agrees to the swap that waits, or refuses it.
func (f *swapForm) answer(no bool) bool {
	c, ok := f.screen.content.waiting()
	if !ok {
		return false
	}
	f.screen.side.pick(panelSwap)
	if no {
		f.refuse.do(model.AnswerSwap{Swap: c.ID.String(), No: true}, "The swap is refused.", nil)
	} else {
		f.agree.do(model.AnswerSwap{Swap: c.ID.String()}, "Agreed.", nil)
	}
	return true
}

func (f *swapForm) submit() bool {
	x, ok := f.screen.selected()
	if !ok || x.person == "" {
		f.says.Set("Select a shift in the list first.", form.Warn)
		return true
	}
	c := model.AddSwap{Schedule: x.schedule.String(), Layer: x.layer, Second: strings.TrimSpace(f.who.Text()), Reason: f.reason.Text()}
	if x.personID == f.screen.content.me {
		c.FirstAt = x.from
	} else {
		if c.Second == "" {
			c.Second = x.personID.String()
		}
		c.SecondAt = x.from
	}
	if c.Second == "" {
		f.who.Wrong("Say with whom")
		f.screen.host.Focus(f.who.Entry)
		return true
	}
	f.do(c, "Proposed.", func() {
		f.who.Fill("")
		f.reason.Fill("")
	})
	return true
}

// leaveForm says that somebody cannot be on call.
type leaveForm struct {
	act
	person, from, to, note *form.Input
	object                 *fyne.Container
}

func newLeaveForm(s *Screen) *leaveForm {
	f := &leaveForm{}
	send := func() { f.submit() }
	f.act = newAct(s, "Record leave", send)
	f.person, f.note = s.input("Who", "Empty: you", send), s.input("Note", "Optional, as far as others should know", send)
	f.from, f.to = s.input("From", "2026-12-24, or a time", send), s.input("Until", "2026-12-27, or a time", send)
	f.object = form.Stack(8, form.NewWords("Says that a person cannot be on call, in any schedule. It changes no shift: those that need another person are marked.", form.Quiet),
		f.person, form.Beside(0.5, f.from, f.to), f.note)
	f.putBelow(form.Buttons(f.button), f.says)
	return f
}

func (f *leaveForm) content() fyne.CanvasObject { return f.object }
func (f *leaveForm) first() fyne.Focusable      { return f.person.Entry }
func (f *leaveForm) draw()                      {}

func (f *leaveForm) submit() bool {
	c := model.AddLeave{Person: f.person.Text(), Note: f.note.Text()}
	var ok bool
	if c.From, ok = f.screen.readTime(f.from); !ok {
		return true
	}
	if c.To, ok = f.screen.readTime(f.to); ok {
		f.do(c, "The leave is recorded.", func() {
			for _, i := range []*form.Input{f.person, f.from, f.to, f.note} {
				i.Fill("")
			}
		})
	}
	return true
}

// loadPanel shows what each person bears.
type loadPanel struct {
	screen *Screen
	words  *form.Words
	box    *fyne.Container
}

func (p *loadPanel) content() fyne.CanvasObject {
	if p.box == nil {
		p.box = form.Stack(8, form.NewWords("Hours on call, 60 days back, 30 ahead; night is 22:00 to 06:00 schedule time. Pages are calls to the person in those days; behind the / those at night.", form.Quiet), p.words)
	}
	return p.box
}

func (p *loadPanel) first() fyne.Focusable { return nil }

func (p *loadPanel) below() fyne.CanvasObject { return nil }

func (p *loadPanel) draw() {
	words := p.screen.content.loadLines()
	if words == "" {
		words = "Nobody is on call."
	}
	p.words.Set(words, form.Plain)
}

func (p *loadPanel) submit() bool { return false }
