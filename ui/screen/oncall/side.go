package oncall

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model"
	"holdfast/model/plain"
	"holdfast/model/when"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
)

// The panels of the side, in the order of their chips.
const (
	panelHandoff = iota
	panelOverride
	panelSwap
	panelLeave
	panelChanges
	panelLoad
	panelSchedule
	panelCalendar
)

// panel is one form of the side.
type panel interface {
	content() fyne.CanvasObject
	// first takes the keyboard when the form is opened; nil takes none.
	first() fyne.Focusable
	// below is what stays in sight below the form: its buttons, and what became of them; nil is nothing.
	below() fyne.CanvasObject
	draw()
	submit() bool
}

// side is the column of forms about the shift that is selected.
type side struct {
	screen  *Screen
	choice  *form.Choice
	about   *form.Words
	handoff *handoffForm
	swap    *swapForm
	panels  []panel
	said    []*form.Words // by every act
	body    *fyne.Container
	foot    *fyne.Container // the ends of the panels, in loose or in pinned
	loose   *fyne.Container // below the form, scrolling with it
	pinned  *fyne.Container // below what scrolls
	object  fyne.CanvasObject
}

// Measures of the side, in units.
const (
	scrollRoom = 12 // keeps fields clear of the bar that scrolls them
	footGap    = 4  // between the form and what stays in sight below it
)

func newSide(s *Screen) *side {
	d := &side{
		screen: s, choice: form.NewChoice("Hand-off", "Override", "Swap", "Leave", "Changes", "Load", "Schedule", "Calendar"), about: form.NewWords("", form.Quiet),
		handoff: newHandoffForm(s), swap: newSwapForm(s), body: container.NewStack(),
		foot: form.Stack(0), loose: container.NewStack(), pinned: container.NewStack(),
	}
	d.panels = []panel{d.handoff, newOverrideForm(s), d.swap, newLeaveForm(s), newChangesPanel(s), &loadPanel{screen: s, words: form.Mono("")}, newScheduleForm(s), newCalendarForm(s)}
	for _, p := range d.panels {
		d.body.Add(p.content())
		if end := p.below(); end != nil {
			d.foot.Add(end)
		}
	}
	for _, a := range []act{
		d.handoff.act, d.handoff.take, d.panels[panelOverride].(*overrideForm).act, d.swap.act, d.swap.agree, d.swap.refuse, d.panels[panelLeave].(*leaveForm).act,
	} {
		d.said = append(d.said, a.says)
	}
	d.choice.OnChange = func(at int) { d.show(at) }
	d.choice.OnKey(s.escape)
	fields := container.New(layout.NewCustomPaddedLayout(0, 0, 0, scrollRoom), form.Stack(8, form.Wrap(d.choice.Object), d.about, d.body, d.loose))
	d.object = form.Footed(form.Scroll(fields), container.New(layout.NewCustomPaddedLayout(footGap, 0, form.RingRoom, scrollRoom), d.pinned))
	d.pin(true)
	d.pick(panelHandoff)
	return d
}

// escape brings the keyboard back to the list.
func (s *Screen) escape(k fyne.KeyName) bool {
	if k == fyne.KeyEscape {
		s.using = false
		s.object.Refresh()
		s.host.Focus(s.list)
	}
	return k == fyne.KeyEscape
}

func (d *side) pick(at int) {
	d.choice.Choose(at)
	for i, p := range d.panels {
		form.Show(p.content(), i == at)
		if end := p.below(); end != nil {
			form.Show(end, i == at)
		}
	}
}

// pin keeps the end of the form in sight; where the form has little room, it
// scrolls with the form.
func (d *side) pin(stays bool) {
	to, from := d.pinned, d.loose
	if !stays {
		to, from = from, to
	}
	if len(to.Objects) == 0 {
		from.Objects, to.Objects = nil, []fyne.CanvasObject{d.foot}
		from.Refresh()
		to.Refresh()
	}
}

// schedule is the form that makes and changes schedules.
func (d *side) schedule() *scheduleForm { return d.panels[panelSchedule].(*scheduleForm) }

// show opens a form and puts the keyboard into it.
func (d *side) show(at int) {
	d.pick(at)
	d.screen.using = true
	d.draw()
	if f := d.panels[at].first(); f != nil {
		d.screen.host.Focus(f)
	}
}

func (d *side) draw() {
	words := ""
	if x, ok := d.screen.selected(); ok {
		who := x.person
		if who == "" {
			who = "nobody"
		}
		zone := d.screen.host.Zone()
		words = "Selected: " + short(x.place(), maxName) + ", " + short(who, maxName) + ", " + x.span(zone)
		if x.person != "" && x.note != "" {
			words += ". " + plain.Capital(short(x.note, maxWords)) // its line in the list is cut
		}
	}
	switch d.choice.At() {
	case panelLeave, panelLoad, panelSchedule, panelCalendar, panelChanges:
		words = "" // they are about no shift
	}
	d.about.Set(words, form.Quiet)
	d.panels[d.choice.At()].draw()
	d.screen.object.Refresh()
}

// quiet takes back what the forms said of the shift selected before.
func (d *side) quiet() {
	for _, says := range d.said {
		says.Set("", form.Plain)
	}
}

func (d *side) submit() bool { return d.panels[d.choice.At()].submit() }

// act is what every form of the side has: a button, and what became of it.
type act struct {
	screen *Screen
	foot   *fyne.Container
	button *fynex.Button
	says   *form.Words
}

func newAct(s *Screen, words string, do func()) act {
	a := act{screen: s, button: fynex.NewButton(words, do), says: form.NewWords("", form.Plain)}
	a.button.SetHint("Ctrl+Enter")
	a.button.OnKey = s.escape
	return a
}

// putBelow makes what stays in sight below the form.
func (a *act) putBelow(objects ...fyne.CanvasObject) { a.foot = form.Stack(8, objects...) }

func (a *act) below() fyne.CanvasObject {
	if a.foot == nil {
		return nil
	}
	return a.foot
}

// do carries a command out and says what became of it; then runs where it was
// taken.
func (a act) do(c model.Command, done string, then func()) {
	if a.button.Disabled() {
		return
	}
	a.button.Disable()
	a.screen.host.Do(c, func(made model.Done, err error) {
		a.button.Enable()
		switch {
		case err != nil:
			a.says.Set("Not done: "+err.Error()+". What you typed is kept.", form.Wrong)
		case made.Note != "":
			a.says.Set(done+" "+plain.Capital(made.Note)+".", form.Well)
		default:
			a.says.Set(done, form.Well)
		}
		if err == nil && then != nil {
			then()
		}
		a.screen.object.Refresh()
	})
}

// input makes a field of the side.
func (s *Screen) input(name, help string, enter func()) *form.Input {
	i := form.NewInput(name, help)
	s.bind(i, enter)
	return i
}

func (s *Screen) bind(i *form.Input, enter func()) {
	i.Entry.OnChanged = func(string) { i.Wrong("") }
	i.Entry.OnSubmitted = func(string) { enter() }
	i.Entry.OnKey = s.escape
}

// readTime reads a time of a field: a span from now, a day, or a time where the
// reader is.
func (s *Screen) readTime(i *form.Input) (time.Time, bool) {
	typed, zone := strings.TrimSpace(i.Text()), s.host.Zone()
	if typed == "now" {
		return s.host.Now(), true
	}
	for _, layout := range []string{time.DateOnly, "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, typed, zone); err == nil {
			return t, true
		}
	}
	at, err := when.Ahead(typed, s.host.Now(), zone)
	if err != nil || at.IsZero() {
		i.Wrong("Write 2026-11-23 10:00, 10:00, or a span from now such as 8h")
		s.host.Focus(i.Entry)
		return time.Time{}, false
	}
	return at, true
}

// typed writes a time as a field takes it.
func (s *Screen) typed(t time.Time) string { return t.In(s.host.Zone()).Format("2006-01-02 15:04") }
