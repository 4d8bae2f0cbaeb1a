// Package due is the wall of deadlines: everything that is owed in the room, what
// presses on top. It reads from the one list that the terminal and the
// escalation read from too.
package due

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model"
	rules "holdfast/model/due"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// Screen is the due wall. All but Read belongs to the UI goroutine.
type Screen struct {
	host screen.Host
	self model.DeviceKey

	content content
	shown   []line

	title  *form.Words
	empty  *form.Words
	filter *form.Filter
	search *fyne.Container // the filter in its place
	list   *part.DueList
	object *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// filterWidth fits a name and a kind, and topGap keeps the list off the filter.
const (
	filterWidth = 360
	topGap      = 8
)

// New makes the screen; self is this device, whose person's deadlines are
// "mine".
func New(h screen.Host, self model.DeviceKey) *Screen {
	s := &Screen{host: h, self: self, title: form.Heading(""), empty: form.NewWords("", form.Quiet), list: part.NewDueList()}
	s.filter = form.NewOpenFilter("Filter: mine, P0, update, a name, an incident", h.Focus, s.list, func() { s.draw(s.host.Now()) })
	s.list.OnOpen = s.open
	s.list.OnRune, _ = screen.ListKeys(h, keys.Default(), s.Run)
	s.search = form.Wide(filterWidth, s.filter.Entry)
	top := form.Stack(10, s.title, s.search, s.empty)
	head := container.New(layout.NewCustomPaddedLayout(0, topGap, 0, 0), top)
	s.object = container.New(form.Margins(), container.NewBorder(head, nil, nil, nil, s.list))
	return s
}

// Title names the screen.
func (s *Screen) Title() string { return "Due" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read copies the deadlines and gives the step that shows them.
func (s *Screen) Read(in screen.Input) func() {
	c := read(in, s.self)
	now := in.Now
	return func() {
		s.content = c
		s.draw(now)
		s.object.Refresh()
	}
}

// Tick moves the countdowns. A deadline that was met or came up is read with
// the next change; the list is asked anew where one passes.
func (s *Screen) Tick(now time.Time) {
	s.draw(now)
	if now.Second() == 0 {
		s.host.Refresh()
	}
}

// Shown puts the keyboard into the list.
func (s *Screen) Shown(front bool) {
	if front {
		s.host.Focus(s.list)
	}
}

func (s *Screen) draw(now time.Time) {
	s.shown = s.content.filtered(s.filter.Text())
	rows := make([]part.DueRow, len(s.shown))
	for i, l := range s.shown {
		rows[i] = l.row(now)
	}
	s.list.SetRows(rows)
	if s.list.Selected() == "" && len(rows) > 0 {
		s.list.Select(rows[0].ID)
	}
	says := summary(s.shown, now)
	if s.filter.Text() != "" {
		says = text.Count(len(s.shown), "match", "matches") + " of " + text.Count(len(s.content.lines), "deadline", "deadlines")
	}
	s.title.Set(says, form.Plain)
	hint := ""
	if len(s.content.lines) == 0 {
		hint = "Deadlines come from open incidents, from reviews, from schedules and from the law; the policy of the room sets them."
	}
	s.empty.Set(hint, form.Quiet)
	form.Show(s.search, hint == "") // there is nothing to look in
}

// home is the screen on which a deadline of the room is met.
func home(kind string) keys.ID {
	if kind == rules.TestPage || kind == rules.Access {
		return "go.people"
	}
	return "go.oncall"
}

// open goes to where the deadline is met: the composer for an update, the
// post-mortem for its steps, the screen of the room's own, else the incident.
func (s *Screen) open(id string) {
	for _, l := range s.shown {
		if l.id != id {
			continue
		}
		if l.incident.Zero() {
			screen.Pass(s.host, home(l.kind))
			return
		}
		if _, update := s.content.audiences[id]; update {
			s.host.Compose(l.incident, "")
			return
		}
		s.host.Open(l.incident)
		if l.kind == rules.Review {
			screen.Pass(s.host, "go.review")
		}
		return
	}
}

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	switch command {
	case "go.find", "list.filter":
		s.filter.Find()
	case "list.open":
		s.open(s.list.Selected())
	case "update.write.here":
		for _, l := range s.shown {
			if l.id == s.list.Selected() && !l.incident.Zero() {
				s.host.Compose(l.incident, "")
			}
		}
	default:
		return screen.Step(s.list, len(s.shown), command)
	}
	return true
}
