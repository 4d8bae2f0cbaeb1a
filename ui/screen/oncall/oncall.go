// Package oncall is the screen of who is on call: now, next, and over two
// weeks, with gaps and clashes marked; hand-offs, overrides, swaps, leave and
// the load of each person.
package oncall

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
)

// Screen is the screen of who is on call. All but Read belongs to the UI
// goroutine.
type Screen struct {
	host screen.Host
	self model.DeviceKey
	keys *keys.Map

	content content
	later   screen.Later
	using   bool // a form is filled in

	title  *form.Words
	now    *duties
	wrong  *form.Words
	strip  *part.Strip
	filter *form.Filter
	list   *part.ShiftList
	side   *side
	object *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// sideWidth holds the forms to lines that are read without effort.
const sideWidth = 400

// New makes the screen; self is this device, whose person's shifts stand out.
func New(h screen.Host, self model.DeviceKey) *Screen {
	s := &Screen{
		host: h, self: self, keys: keys.Default(), title: form.Heading(""), now: newDuties(), wrong: form.NewWords("", form.Warn),
		strip: part.NewStrip(), list: part.NewShiftList(),
	}
	s.list.OnSelect = func(string) {
		s.using = false
		s.side.quiet()
		s.side.draw()
	}
	s.list.OnOpen = func(string) { s.Run("oncall.handoff") }
	s.list.OnRune = func(r rune) {
		if e, ok := s.keys.Rune(r); ok && !s.Run(e.ID) {
			s.pass(e.ID)
		}
	}
	s.list.OnKey = func(k *fyne.KeyEvent) {
		if e, ok := s.keys.Key(k.Name); ok && !s.Run(e.ID) {
			s.pass(e.ID)
		}
	}
	s.side = newSide(s)
	s.filter = form.NewFilter("Filter: a person, a schedule, a layer, gap", s.host.Focus, s.list, s.refilter)
	info := container.New(layout.NewCustomPaddedLayout(0, 0, 0, infoRoom), form.Stack(6, s.now.object, s.wrong, s.strip))
	body := container.New(&bodyLayout{s, info}, s.title, container.NewVScroll(info), s.filter.Entry, s.list, s.side.object)
	s.object = container.New(form.Margins(), body)
	return s
}

// Title names the screen.
func (s *Screen) Title() string { return "On call" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read copies the schedules and gives the step that shows them.
func (s *Screen) Read(in screen.Input) func() {
	c := read(in, s.self)
	return func() {
		s.content = c
		s.draw(in.Now)
		s.side.draw()
		s.object.Refresh()
		if waited := s.later.Fresh(); waited != "" {
			s.answer(waited)
		}
	}
}

// Tick reads anew each minute: shifts end without a change of the room.
func (s *Screen) Tick(now time.Time) {
	if now.Second() == 0 {
		s.host.Refresh()
	}
}

// Shown puts the keyboard into the list.
func (s *Screen) Shown(front bool) {
	s.later.Forget()
	s.later.Stale()
	if front {
		s.host.Focus(s.list)
	}
}

func (s *Screen) draw(now time.Time) {
	c, zone := &s.content, s.host.Zone()
	s.title.Set(c.title(), form.Plain)
	if len(c.duties) == 0 && s.side.choice.At() == panelHandoff {
		s.side.pick(panelSchedule) // the one thing to do
	}
	s.now.set(c.duties, zone)
	s.wrong.Set(strings.Join(c.troubles, "\n"), form.Warn)
	s.strip.Set("times in "+now.In(zone).Format("MST"), headsOf(c.now, zone), c.lanes, 0)
	s.drawShifts(now)
	if s.list.Selected() == "" && len(s.list.Rows()) > 0 {
		s.list.Select(s.first(now))
	}
}

// drawShifts lists the shifts the filter leaves.
func (s *Screen) drawShifts(now time.Time) {
	rows := make([]part.ShiftRow, 0, len(s.content.shifts))
	for _, x := range s.content.shifts {
		if r := x.row(now, s.host.Zone()); s.filter.Holds(r.Place, r.Who, r.Note, r.From, r.Until) {
			rows = append(rows, r)
		}
	}
	s.list.SetRows(rows)
}

// refilter shows the shifts that are left; the forms go with the first of them.
func (s *Screen) refilter() {
	s.drawShifts(s.host.Now())
	if rows := s.list.Rows(); s.filter.Entry.Text != "" && len(rows) > 0 {
		s.list.Select(rows[0].ID)
	}
	s.side.quiet()
	s.side.draw()
}

// first is the row that is selected without a choice: the shift of this
// person's that runs, else the first.
func (s *Screen) first(now time.Time) string {
	for _, x := range s.content.shifts {
		if x.personID == s.content.me && !x.from.After(now) && x.until.After(now) {
			return x.id
		}
	}
	return s.content.shifts[0].id
}

// answer shows what a command is about with the keyboard on its button: a swap
// that waits for this person, or a change that is not over yet. Enter does it.
func (s *Screen) answer(command keys.ID) {
	if command == "oncall.schedule.set" || command == "oncall.schedule.retire" {
		s.change(command == "oncall.schedule.retire")
		return
	}
	if command == "oncall.withdraw" {
		s.side.show(panelChanges)
		if len(s.content.changes) == 0 {
			s.host.Toast("There is no override, swap or leave that is not over yet.")
			return
		}
		s.host.Focus(s.side.panels[panelChanges].(*changesPanel).button)
		return
	}
	s.side.show(panelSwap)
	if _, waits := s.content.waiting(); !waits {
		s.host.Toast("No swap waits for you.")
		return
	}
	s.host.Focus(s.side.swap.refuse.button)
}

// change opens the form on the schedule of the selected shift, else on the
// first there is.
func (s *Screen) change(retire bool) {
	if len(s.content.rotas) == 0 {
		s.host.Toast("There is no schedule yet; \"Make an on-call schedule\" makes the first.")
		return
	}
	at := s.content.rotas[0].id
	if x, ok := s.selected(); ok {
		at = x.schedule
	}
	f := s.side.schedule()
	f.choose(at)
	s.side.show(panelSchedule)
	if retire {
		s.host.Focus(f.fields["reason"].Entry)
	}
}

// selected is the shift the forms are about.
func (s *Screen) selected() (shift, bool) {
	for _, x := range s.content.shifts {
		if x.id == s.list.Selected() {
			return x, true
		}
	}
	return shift{}, false
}

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	switch command {
	case "oncall.handoff", "incident.handover": // h hands over, whatever is in front
		s.side.show(panelHandoff)
	case "oncall.accept":
		s.side.handoff.accept()
	case "oncall.override":
		s.side.show(panelOverride)
	case "oncall.swap":
		s.side.show(panelSwap)
	case "oncall.agree", "incident.accept": // y says yes
		if !s.side.swap.answer(false) {
			s.side.handoff.accept()
		}
	case "oncall.leave":
		s.side.show(panelLeave)
	case "oncall.refuse", "oncall.withdraw":
		if s.later.Keep(command) {
			s.host.Refresh()
		} else {
			s.answer(command)
		}
	case "oncall.changes":
		s.side.show(panelChanges)
	case "oncall.load":
		s.side.show(panelLoad)
	case "oncall.schedule":
		s.side.schedule().choose(model.ID{})
		s.side.show(panelSchedule)
	case "oncall.schedule.set", "oncall.schedule.retire":
		if s.later.Keep(command) {
			s.host.Refresh()
		} else {
			s.answer(command)
		}
	case "oncall.calendar":
		s.side.show(panelCalendar)
	case "go.find", "list.filter":
		s.filter.Find()
	case "go.back":
		return s.filter.Leave()
	case "capture.submit":
		return s.side.submit()
	case "list.down":
		s.list.Step(1)
	case "list.up":
		s.list.Step(-1)
	case "list.top":
		s.list.Step(-len(s.content.shifts))
	case "list.end":
		s.list.Step(len(s.content.shifts))
	default:
		return false
	}
	return true
}

func (s *Screen) pass(id keys.ID) {
	if shell, ok := s.host.(interface{ Run(keys.ID) bool }); ok {
		shell.Run(id)
	}
}
