// Package reports is the screen of the figures of the response and of the
// weekly, monthly, quarterly and annual report: medians by level with their
// counts and formulas, how they went over six periods, and what they rest on.
package reports

import (
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"holdfast/model/plain"
	"holdfast/model/report"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/paper"
	"holdfast/ui/text"
)

// Screen is the screen of the reports. All but Read belongs to the UI
// goroutine.
type Screen struct {
	host screen.Host
	keys *keys.Map

	// wanted is what Read is to read: it runs on another goroutine.
	wanted struct {
		sync.Mutex
		want
	}
	// made is what was read last, and when; it belongs to Read.
	made struct {
		want
		at time.Time
	}
	old   atomic.Bool // the room changed since
	asked atomic.Bool // it is read whatever was read last

	content content
	rows    []line
	shown   string
	drawn   line
	later   screen.Later

	title  *form.Words
	stands *form.Words
	kinds  *form.Choice
	filter *form.Filter
	list   *part.SheetList
	panel  *form.Panel
	read   *fyne.Container
	scroll *container.Scroll
	object *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// rest is the least time between two readings of the same report: it goes over
// every incident of seven periods.
const rest = 5 * time.Second

// listWide is the width of the list, and scrollRoom keeps what is read clear of
// the scroll bar.
const (
	listWide   = 390
	scrollRoom = 10
)

// New makes the screen.
func New(h screen.Host) *Screen {
	s := &Screen{
		host: h, keys: keys.Default(), title: form.Heading(""), stands: form.NewWords("", form.Quiet), kinds: form.NewChoice("Weekly", "Monthly", "Quarterly", "Annual"),
		list: part.NewSheetList("n 0000"), panel: form.NewPanel(h, "reports."), read: form.Stack(8),
	}
	s.wanted.kind = report.Monthly
	s.kinds.Choose(slices.Index(report.Kinds[:], report.Monthly))
	s.kinds.OnChange = func(at int) { s.want(report.Kinds[at], time.Time{}) }
	s.kinds.OnKey(s.escape)
	s.panel.OnClose = func() {
		s.drawn = line{}
		s.look()
		s.host.Focus(s.list)
	}
	s.list.OnSelect = func(string) { s.look() }
	s.list.OnOpen = func(string) { s.enter() }
	s.list.OnPeek = func(string) { s.enter() }
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
	s.scroll = form.Scroll(container.New(layout.NewCustomPaddedLayout(0, 0, 0, scrollRoom), s.read))
	body := form.Halves(listWide, s.list, form.Flush(s.scroll), s.panel.IsOpen)
	s.filter = form.NewFilter("Filter: words of a figure", s.host.Focus, s.list, s.refilter)
	top := form.Stack(4, s.title, s.stands, s.kinds.Object, s.filter.Entry)
	s.object = container.New(form.Margins(), container.NewBorder(top, nil, nil, nil, body))
	return s
}

func (s *Screen) pass(id keys.ID) {
	if shell, ok := s.host.(interface{ Run(keys.ID) bool }); ok {
		shell.Run(id)
	}
}

func (s *Screen) escape(k fyne.KeyName) bool {
	if k == fyne.KeyEscape {
		s.host.Focus(s.list)
	}
	return k == fyne.KeyEscape
}

// Title names the screen.
func (s *Screen) Title() string { return "Reports" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read computes the report and gives the step that shows it. A room that
// changes on and on is read anew only now and then.
func (s *Screen) Read(in screen.Input) func() {
	s.wanted.Lock()
	w := s.wanted.want
	s.wanted.Unlock()
	if age := in.Now.Sub(s.made.at); !s.asked.Swap(false) && w == s.made.want && age >= 0 && age < rest {
		s.old.Store(true)
		return nil
	}
	s.made.want, s.made.at = w, in.Now
	s.old.Store(false)
	c := read(in, w)
	return func() {
		s.wanted.Lock()
		same := s.wanted.want == w
		s.wanted.Unlock()
		if !same {
			return // another period is read next
		}
		s.content = c
		s.draw()
		if waited := s.later.Fresh(); waited != "" {
			s.carry(waited)
		}
	}
}

// Tick reads what changed meanwhile.
func (s *Screen) Tick(time.Time) {
	if s.old.Load() {
		s.host.Refresh()
	}
}

// Shown puts the keyboard into the list.
func (s *Screen) Shown(front bool) {
	s.later.Forget()
	if front {
		s.asked.Store(true)
		s.host.Focus(s.list)
	}
}

// want asks for another report; the zero day is now.
func (s *Screen) want(kind string, at time.Time) {
	s.wanted.Lock()
	s.wanted.want = want{kind, at}
	s.wanted.Unlock()
	s.asked.Store(true)
	s.kinds.Choose(slices.Index(report.Kinds[:], kind))
	s.later.Stale()
	s.host.Refresh()
}

// step goes to the period before or after the one shown.
func (s *Screen) step(by int) {
	r := s.content.report
	if r.Kind == "" {
		return
	}
	at := r.From.Add(-12 * time.Hour)
	if by > 0 {
		if !r.Over {
			s.host.Toast("This period is not over yet: there is none after it.")
			return
		}
		at = r.To.Add(12 * time.Hour)
	}
	if now := s.host.Now(); at.After(now) {
		at = now
	}
	s.want(r.Kind, at)
}

func (s *Screen) draw() {
	r := s.content.report
	if s.content.err != nil {
		s.title.Set("Reports", form.Plain)
		s.stands.Set(text.Line(s.content.err.Error()), form.Wrong)
		return
	}
	s.title.Set(s.heading(), form.Plain)
	s.stands.Set("Compared with as much time before it, from "+day(r.Before.Add(12*time.Hour))+". [ and ] go to other periods.", form.Quiet)
	s.drawRows()
	if s.list.Selected() == "" {
		s.list.Select(s.rows[0].ID)
	}
	s.drawn = line{}
	s.look()
}

func (s *Screen) drawRows() {
	s.rows = slices.DeleteFunc(s.content.lines(), func(l line) bool { return !l.Head && !s.filter.Holds(l.Label, l.Meta) })
	rows := make([]part.SheetRow, len(s.rows))
	for i, l := range s.rows {
		rows[i] = l.SheetRow
	}
	s.list.SetRows(rows)
}

// refilter shows the figures that are left.
func (s *Screen) refilter() {
	s.drawRows()
	if i := slices.IndexFunc(s.rows, func(l line) bool { return !l.Head }); s.filter.Entry.Text != "" && i >= 0 {
		s.list.Select(s.rows[i].ID)
	}
	s.look()
}

// heading names the period.
func (s *Screen) heading() string {
	r := s.content.report
	from, to := r.From.Add(12*time.Hour).UTC(), r.To.Add(-12*time.Hour).UTC()
	words := plain.Capital(r.Kind) + " report, " + from.Format("2 Jan 2006") + " to " + to.Format("2 Jan 2006")
	if !r.Over {
		words = plain.Capital(r.Kind) + " report, " + from.Format("2 Jan 2006") + " until now"
	}
	return words
}

// look shows the row that is selected, or the form that is open.
func (s *Screen) look() {
	l := s.selected()
	moved := l.ID != s.shown
	if moved {
		s.shown = l.ID
		s.panel.Close()
	}
	switch {
	case s.panel.IsOpen():
		s.read.Objects = []fyne.CanvasObject{s.panel.Object}
		s.drawn = line{}
	case reflect.DeepEqual(l, s.drawn):
	default:
		s.drawn = l
		s.read.Objects = append([]fyne.CanvasObject{s.panel.Object}, s.page(l)...)
	}
	s.object.Refresh()
	if moved {
		s.scroll.ScrollToTop()
	}
}

func (s *Screen) selected() line {
	for _, l := range s.rows {
		if l.ID == s.list.Selected() {
			return l
		}
	}
	return line{}
}

// enter goes into what is read, to the first incident that can be opened.
func (s *Screen) enter() {
	for _, o := range s.read.Objects {
		if box, ok := o.(*fyne.Container); ok && len(box.Objects) > 0 {
			if chip, ok := box.Objects[0].(*part.Chip); ok {
				s.host.Focus(chip)
				return
			}
		}
	}
}

// Run carries out the commands of the screen.
func (s *Screen) Run(command keys.ID) bool {
	switch command {
	case "capture.submit":
		if !s.panel.IsOpen() {
			return false
		}
		s.panel.Press()
	case "go.find", "list.filter":
		s.filter.Find()
	case "go.back":
		if !s.panel.IsOpen() {
			return s.filter.Leave()
		}
		s.panel.Close()
	case "list.open":
		s.enter()
	case "go.previous.here", "go.previous":
		s.step(-1)
	case "go.next.here", "go.next":
		s.step(1)
	case "list.down":
		s.list.Step(1)
	case "list.up":
		s.list.Step(-1)
	case "list.top":
		s.list.Step(-len(s.rows))
	case "list.end":
		s.list.Step(len(s.rows))
	default:
		return s.carry(command)
	}
	return true
}

// carry carries out a command of the palette; false where it is not this
// screen's. What is about the period shown waits until it was read.
func (s *Screen) carry(command keys.ID) bool {
	for _, kind := range report.Kinds {
		if command == keys.ID("reports."+kind) {
			s.want(kind, time.Time{})
			return true
		}
	}
	switch command {
	case "reports.before", "reports.after", "reports.export":
	default:
		return false
	}
	if s.later.Keep(command) {
		s.host.Refresh()
		return true
	}
	switch command {
	case "reports.before":
		s.step(-1)
	case "reports.after":
		s.step(1)
	case "reports.export":
		r := s.content.report
		q := paper.Ask(s.host, "Export: "+s.heading(), true, func(then func(report.Document, [][]string)) { then(r.Document(), r.Table()) })
		q.ID, q.About = "export", "The report with every figure, its formula and its incidents. As a table it is read by a spreadsheet."
		s.read.Objects = []fyne.CanvasObject{s.panel.Object}
		s.read.Refresh()
		s.panel.Open(q)
		s.look()
		s.scroll.ScrollToTop()
	}
	return true
}

// Pick selects a row.
func (s *Screen) Pick(id string) { s.list.Select(id) }
