// Package security is the screen of a security or privacy incident: at the left
// what is known of the intrusion and what was done, at the right what the law
// asks for, and below the row that is looked at with what can be done about it.
// It proposes and reminds; it gives no legal advice.
package security

import (
	"context"
	"strings"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
)

// Screen is the security screen. All but Read belongs to the UI goroutine.
type Screen struct {
	host  screen.Host
	rooms Rooms
	self  model.DeviceKey
	keys  *keys.Map
	// ctx ends what the screen started, with the desk.
	ctx context.Context

	// wanted is what Read is to read: it runs on another goroutine.
	wanted struct {
		sync.Mutex
		incident model.ID
		paper    string
	}

	content content
	law     bool // the list at the right has the keyboard
	front   bool
	drawn   drawn
	invites []fyne.CanvasObject
	later   screen.Later

	title         *form.Words
	chips         *fyne.Container
	head          *fyne.Container // the choosers of the incident and of the list
	banner        *part.Banner
	record, rules *part.SheetList
	sides         *form.Choice
	panel         *form.Panel
	says          *form.Words
	whole, asked  *fyne.Container
	scrolls       [2]*container.Scroll
	below         *fyne.Container // the form or the draft, with its buttons under it
	ends          *fyne.Container // the buttons of a draft, where the row it belongs to has no room
	empty         *part.EmptyState
	filter        *fynex.Entry
	body          *fyne.Container
	object        *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// markSample is the room of the words at the left of a row.
const markSample = "28 Nov 00:00"

// scrollRoom keeps fields clear of the scroll bar.
const scrollRoom = 10

// New makes the screen of a room; ctx ends what it starts.
func New(ctx context.Context, h screen.Host, rooms Rooms) *Screen {
	s := &Screen{
		host: h, rooms: rooms, self: rooms.Device(), keys: keys.Default(), ctx: ctx, title: form.Heading(""), chips: form.Wrap(container.NewHBox()),
		banner: part.NewBanner(), record: part.NewSheetList(markSample), rules: part.NewSheetList(markSample), sides: form.NewChoice("Record", "Law"),
		panel: form.NewPanel(h, "security."), says: form.NewWords("", form.Plain), whole: form.Stack(4), asked: form.Stack(8),
	}
	s.empty = part.NewEmptyState("No incident here has a security or privacy type, and no legal clock runs. Set the type of an incident to Security Breach or Data Privacy Incident, or start a clock.")
	s.panel.OnClose = func() {
		s.drawDetail()
		if s.front {
			s.host.Focus(s.list())
		}
	}
	s.filter = s.newFilter()
	s.bind(s.record, false)
	s.bind(s.rules, true)
	s.sides.OnChange = func(i int) { s.enter(i == 1) }
	s.scrolls = [2]*container.Scroll{form.Scroll(s.whole), form.Scroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, scrollRoom), s.asked))}
	s.panel.Foot = form.Stack(4)
	s.ends = form.Stack(0)
	foot := container.New(layout.NewCustomPaddedLayout(0, 0, form.RingRoom, form.RingRoom), form.Stack(4, s.panel.Foot, s.ends))
	s.below = form.Footed(s.scrolls[1], foot)
	advice := form.NewWords(model.NoLegalAdvice, form.Quiet)
	s.body = container.New(&bodyLayout{screen: s}, s.record, s.rules, advice, s.scrolls[0], s.below)
	s.head = &fyne.Container{Layout: &chipsLayout{}, Objects: []fyne.CanvasObject{s.chips, s.sides.Object}}
	top := form.Stack(6, s.title, s.head, s.banner, s.filter)
	s.object = container.New(form.Margins(), container.NewBorder(top, nil, nil, nil, container.NewStack(s.body, s.empty)))
	return s
}

func (s *Screen) bind(l *part.SheetList, law bool) {
	l.OnSelect = func(string) { s.look(law) }
	l.OnFocus = func() { s.look(law) }
	l.OnOpen = func(string) { s.first() }
	l.OnPeek = func(string) { s.host.Focus(s.firstButton()) }
	l.OnRune = func(r rune) {
		if e, ok := s.keys.Rune(r); ok && !s.Run(e.ID) {
			s.pass(e.ID)
		}
	}
	l.OnKey = func(k *fyne.KeyEvent) {
		if e, ok := s.keys.Key(k.Name); ok && !s.Run(e.ID) {
			s.pass(e.ID)
		}
	}
}

func (s *Screen) pass(id keys.ID) {
	if shell, ok := s.host.(interface{ Run(keys.ID) bool }); ok {
		shell.Run(id)
	}
}

// Title names the screen.
func (s *Screen) Title() string { return "Security" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read copies the incident and gives the step that shows it.
func (s *Screen) Read(in screen.Input) func() {
	s.wanted.Lock()
	incident, paper := s.wanted.incident, s.wanted.paper
	s.wanted.Unlock()
	c := read(in, s.self, incident, paper)
	now := in.Now
	return func() {
		s.content = c
		s.draw(now)
		s.drawDetail()
		s.object.Refresh()
		s.wanted.Lock()
		same := s.wanted.incident == incident
		s.wanted.Unlock()
		if !same {
			return // another incident is read next
		}
		if waited := s.later.Fresh(); waited != "" {
			s.begin(waited, true)
		}
	}
}

// Tick moves the clocks.
func (s *Screen) Tick(now time.Time) {
	s.record.SetRows(rows(s.filtered(s.content.record), now))
	s.rules.SetRows(rows(s.filtered(s.content.law), now))
}

// Shown puts the keyboard into the list.
func (s *Screen) Shown(front bool) {
	s.front = front
	s.later.Forget()
	s.later.Stale()
	if front {
		s.host.Focus(s.list())
	}
}

// Open shows an incident, where it is one of this screen's.
func (s *Screen) Open(id model.ID) {
	s.wanted.Lock()
	same := s.wanted.incident == id
	s.wanted.incident = id
	s.wanted.Unlock()
	if same {
		return
	}
	s.panel.Close()
	s.invites = nil
	s.later.Stale()
	s.host.Refresh()
}

// list is where the keyboard is.
func (s *Screen) list() *part.SheetList {
	if s.law {
		return s.rules
	}
	return s.record
}

// enter puts the keyboard into one of the lists.
func (s *Screen) enter(law bool) {
	s.look(law)
	s.body.Refresh()
	s.host.Focus(s.list())
}

// look shows the row that is selected in one of the lists.
func (s *Screen) look(law bool) {
	s.law = law
	at := 0
	if law {
		at = 1
	}
	s.sides.Choose(at)
	l := s.selected()
	s.wanted.Lock()
	changed := l.paper != s.wanted.paper
	s.wanted.paper = l.paper
	s.wanted.Unlock()
	if changed && l.paper != "" {
		s.host.Refresh()
	}
	s.drawDetail()
}

// selected is the row that is looked at.
func (s *Screen) selected() line {
	lines := s.content.record
	if s.law {
		lines = s.content.law
	}
	l, _ := find(lines, s.list().Selected())
	return l
}

// first does what Enter does with the row.
func (s *Screen) first() {
	if l := s.selected(); len(l.acts) > 0 {
		s.act(l.acts[0], l)
	}
}

// act begins an act: with its form, or at once.
func (s *Screen) act(a act, l line) {
	s.say("", form.Plain)
	if q, asks := s.ask(a, l); asks {
		s.panel.Open(q)
		s.drawDetail()
		s.scrolls[1].ScrollToTop()
		if l.ID != "" {
			s.list().Select(l.ID) // the form took room: the row stays in sight
		}
	}
}

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	if known(command) {
		s.carry(command)
		return true
	}
	switch command {
	case "go.find", "list.filter":
		s.find()
	case "capture.submit":
		if !s.panel.IsOpen() {
			return false
		}
		s.panel.Press()
	case "go.back":
		switch {
		case s.panel.IsOpen():
			s.panel.Close()
		case s.filter.Visible():
			s.unfilter()
		default:
			return false
		}
	case "incident.task.done":
		l := s.selected()
		if len(l.acts) == 0 || l.acts[0] != actTick {
			return false
		}
		s.first()
	case "go.previous.here", "go.previous":
		s.step(-1)
	case "go.next.here", "go.next":
		s.step(1)
	case "list.open":
		s.first()
	case "list.down":
		s.list().Step(1)
	case "list.up":
		s.list().Step(-1)
	case "list.top":
		s.list().Step(-len(s.list().Rows()))
	case "list.end":
		s.list().Step(len(s.list().Rows()))
	default:
		return false
	}
	return true
}

// step shows the next of the incidents.
func (s *Screen) step(by int) {
	n := len(s.content.all)
	for i, c := range s.content.all {
		if c.id == s.content.shown.id {
			s.Open(s.content.all[(i+by+n)%n].id)
			return
		}
	}
}

// firstButton is the first act of the row, for Space; nil where there is none.
func (s *Screen) firstButton() fyne.Focusable {
	if len(s.drawn.buttons) == 0 {
		return s.list()
	}
	if s.ends.Visible() && len(s.ends.Objects) > 0 {
		return s.drawn.ends[0].(*fynex.Button)
	}
	return s.drawn.buttons[0].(*fynex.Button)
}

// Pick selects a row by its id, or by the start of it, and puts the keyboard
// into its list.
func (s *Screen) Pick(id string) {
	for i, lines := range [][]line{s.content.record, s.content.law} {
		for _, l := range lines {
			if strings.HasPrefix(l.ID, id) {
				s.law = i == 1
				s.list().Select(l.ID)
				s.enter(i == 1)
				return
			}
		}
	}
}
