// Package board is the first screen: every open incident on one line, the most
// pressing on top, and the line that declares another.
package board

import (
	"context"
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/screen/incident/item"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// Screen is the incident board.
type Screen struct {
	host screen.Host

	// Router passes alerts on; nil where this device cannot. Context ends what it
	// started.
	Router Router
	// Taker takes alerts and incidents in from files; nil where this device cannot.
	Taker   Taker
	Context context.Context

	content content
	shown   []line         // the open ones the filter lets through
	pastIn  []line         // the others the filter lets through
	seen    map[string]int // entries seen, by id of the incident
	current model.ID       // the incident opened last, until the board is back
	front   bool
	withOld bool
	wantOld atomic.Bool // all that is over is to be read
	form    shape

	alerts  *alerts
	later   screen.Later // an act chosen while another screen was in front
	declare *declarePanel
	asks    *asks
	filter  *form.Filter
	summary *item.Note
	list    *part.BoardList
	past    *part.BoardList
	toggle  *fynex.Button
	waits   *part.Banner // about the screen of peers
	waiting string       // what it says
	told    saying       // before the record is here
	toldBy  *form.Words
	toldOf  *part.BoardList
	empty   *item.Note
	lists   *fyne.Container
	top     *fyne.Container // filter and summary
	object  *fyne.Container
	outer   *fyne.Container
}

// edge is the room around the screen, in units.
const edge = 6

var _ screen.Screen = (*Screen)(nil)

// New makes the screen.
func New(h screen.Host) *Screen {
	b := &Screen{
		host: h, seen: map[string]int{}, list: part.NewBoardList(),
		past: part.NewBoardList(), summary: quiet(false), empty: quiet(true), Context: context.Background(),
	}
	b.alerts = newAlerts(b)
	b.declare, b.asks, b.waits = newDeclarePanel(b), newAsks(b), newWaits(b)
	b.toldBy = form.NewWords("", form.Warn)
	b.filter = form.NewOpenFilter("Filter by title, commander or phase", h.Focus, b.list, func() { b.show(b.host.Now()) })
	b.toggle = fynex.NewButton("", b.toggleOld)
	for _, l := range []*part.BoardList{b.list, b.past} {
		l.OnOpen = b.open
		l.OnRune, l.OnKey = screen.ListKeys(h, keys.Default(), b.Run)
	}
	b.build()
	return b
}

func (b *Screen) build() {
	b.top = container.NewBorder(nil, nil, nil, b.summary, b.filter.Entry)
	b.lists = container.New(&lists{b}, append([]fyne.CanvasObject{b.list, b.toggle, b.past}, b.alerts.objects()...)...)
	b.object = container.NewBorder(form.Stack(edge, b.declare.object, b.waits, b.toldBy, b.newTold(), b.top), nil, nil, nil,
		container.NewStack(b.lists, container.NewVBox(b.empty), b.asks.object))
	b.outer = container.New(layout.NewCustomPaddedLayout(edge, edge, form.SideMargin, form.SideMargin), b.object)
	b.arrange()
}

// Title names the screen.
func (b *Screen) Title() string { return "Board" }

// Object is the screen.
func (b *Screen) Object() fyne.CanvasObject { return b.outer }

// Read copies the board and gives the step that shows it.
func (b *Screen) Read(in screen.Input) func() {
	c := read(in.State, b.wantOld.Load(), in.Now)
	now, waits, says := in.Now, screen.Waits(in), hearsay(in.Hearsay)
	lines := readAlerts(in.State)
	var told *about
	if want := b.alerts.wanted.Load(); want != nil {
		told = readAbout(in.State, *want, withOf(lines, want.String()), now)
	}
	return func() {
		b.content = c
		b.alerts.set(lines, told)
		b.setWaits(screen.WaitSentence(waits, b.host.Drafted))
		b.setHearsay(says, now)
		b.catchUp()
		b.show(now)
		if command := b.later.Fresh(); command != "" {
			b.alerts.focus()
		}
	}
}

// Tick moves the clocks.
func (b *Screen) Tick(now time.Time) { b.show(now) }

// Shown shows what was read last until the next reading.
func (b *Screen) Shown(front bool) {
	b.front = front
	b.later.Stale()
	if !front {
		b.later.Forget()
	}
	if front {
		b.show(b.host.Now())
		b.takeKeyboard()
	}
}

// takeKeyboard puts the keyboard on what is selected: a row that looks chosen answers to its keys.
func (b *Screen) takeKeyboard() {
	switch {
	case b.asks.open() || b.declare.object.Visible():
	case b.list.Visible():
		b.host.Focus(b.list)
	case b.alerts.visible():
		b.host.Focus(b.alerts.list)
	}
}

// catchUp takes what is in the incident opened last as seen.
func (b *Screen) catchUp() {
	for _, lines := range [][]line{b.content.open, b.content.past} {
		for _, l := range lines {
			key := l.id.String()
			if _, known := b.seen[key]; !known || l.id == b.current {
				b.seen[key] = l.entries
			}
		}
	}
	if b.front {
		b.current = model.ID{}
	}
}

// Run carries out the board's commands.
func (b *Screen) Run(command keys.ID) bool {
	switch command {
	case "incident.declare", "drill.start":
		b.declare.open(command == "drill.start")
	case "capture.submit":
		if b.asks.press() {
			return true
		}
		if !b.declare.object.Visible() {
			return false
		}
		b.declare.submit()
	case "go.find", "list.filter":
		b.filter.Find()
	case "list.open":
		b.open(b.list.Selected())
	case "go.back":
		if b.asks.shut() {
			return true
		}
		if !b.declare.object.Visible() {
			return b.alerts.shut()
		}
		b.declare.close()
	case "alert.list", "alert.ack", "alert.declare", "alert.link", "alert.route", "alert.end":
		if b.later.Keep(command) {
			b.host.Refresh()
			return true
		}
		return b.alerts.run(command)
	default:
		return b.asks.run(command) || screen.Step(b.list, len(b.shown), command)
	}
	return true
}

// open opens the incident of a row.
func (b *Screen) open(code string) {
	for _, lines := range [][]line{b.shown, b.pastIn} {
		for _, l := range lines {
			if l.code == code {
				b.current = l.id
				b.seen[l.id.String()] = l.entries
				b.host.Open(l.id)
				return
			}
		}
	}
}

// ShowOver shows all that is resolved or closed.
func (b *Screen) ShowOver() {
	if !b.withOld {
		b.toggleOld()
	}
}

func (b *Screen) toggleOld() {
	b.withOld = !b.withOld
	b.show(b.host.Now())
}

// show draws what was read last as it is at a time.
func (b *Screen) show(now time.Time) {
	if want := b.withOld || b.filter.Text() != ""; want != b.wantOld.Swap(want) && b.content.more > 0 {
		b.host.Refresh()
	}
	b.shown, b.pastIn = filtered(b.content.open, b.filter.Text()), filtered(b.content.past, b.filter.Text())
	b.list.SetRows(b.rows(b.shown, now))
	old := b.withOld || len(b.content.open) == 0
	if old {
		b.past.SetRows(b.rows(b.pastIn, now))
	}
	says := b.content.summary(now)
	if len(b.content.open) == 0 {
		says = ""
	}
	if b.filter.Text() != "" {
		says = text.Count(len(b.shown), "match", "matches") + " of " + text.Count(len(b.content.open), "open", "open")
	}
	if b.summary.Set(says, theme.ColorMuted) || b.summary.Visible() != (says != "") {
		setVisible(b.summary, says != "") // the filter takes its room
		b.top.Refresh()
	}
	b.alerts.show(now)
	b.showTold(now)
	setVisible(b.lists, !b.asks.open())
	setVisible(b.top, !b.asks.open() && (len(b.alerts.lines) > 0 || len(b.content.open)+len(b.content.past) > 0)) // there is nothing to look in
	b.empty.Set(b.content.empty(now), theme.ColorMuted)
	over := len(b.pastIn)
	if b.filter.Text() == "" {
		over += b.content.more
	}
	word := "Show "
	if old && len(b.pastIn) > 0 {
		word += "all " // those closed last are below already
	}
	word += text.Count(over, "resolved or closed", "resolved and closed")
	if b.withOld {
		word = "Hide resolved and closed"
	}
	b.toggle.SetText(word)
	told := b.alerts.open() // the details take the place of the incidents
	setVisible(b.empty, len(b.content.open) == 0 && !told && !b.asks.open() && len(b.told.lines) == 0)
	setVisible(b.list, len(b.content.open) > 0 && !told)
	setVisible(b.toggle, len(b.content.past) > 0 && (len(b.content.open) > 0 || b.content.more > 0) && !told)
	setVisible(b.past, old && len(b.pastIn) > 0 && !told)
	form := shape{
		len(b.shown), len(b.pastIn), len(b.alerts.shown), b.list.Visible(), b.toggle.Visible(), b.past.Visible(), b.withOld, b.alerts.visible(), told,
		b.alerts.title.Text(),
	}
	if form != b.form {
		b.form = form
		b.lists.Refresh()
	}
}

// shape is what the places of the lists depend on; a tick of the clocks leaves
// it alone.
type shape struct {
	open, past, alerts       int
	list, toggle, below, old bool
	section, told            bool
	title                    string // how wide it is says where the buttons stand
}

func (b *Screen) rows(lines []line, now time.Time) []part.BoardRow {
	rows := make([]part.BoardRow, len(lines))
	for i, l := range lines {
		rows[i] = l.row(now, max(l.entries-b.seen[l.id.String()], 0))
	}
	return rows
}

// arrange lays the screen out after a part of it came or went.
func (b *Screen) arrange() {
	if b.outer != nil {
		b.outer.Refresh()
		b.object.Refresh()
	}
}

// quiet is a line that is read second.
func quiet(elide bool) *item.Note {
	return item.NewNote(theme.ColorMuted, base.SizeNameText, false, elide)
}

func setVisible(o fyne.CanvasObject, visible bool) {
	if visible == o.Visible() {
		return
	}
	if visible {
		o.Show()
		return
	}
	o.Hide()
}
