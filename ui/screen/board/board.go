// Package board is the first screen: every open incident on one line, the most
// pressing on top, and the line that declares another.
package board

import (
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

	content content
	shown   []line         // the open ones the filter lets through
	pastIn  []line         // the others the filter lets through
	seen    map[string]int // entries seen, by id of the incident
	current model.ID       // the incident opened last, until the board is back
	front   bool
	withOld bool
	form    shape

	declare *declarePanel
	filter  *form.Filter
	summary *item.Note
	list    *part.BoardList
	past    *part.BoardList
	toggle  *fynex.Button
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
		past: part.NewBoardList(), summary: quiet(false), empty: quiet(true),
	}
	b.declare = newDeclarePanel(b)
	b.filter = form.NewOpenFilter("Filter by title, commander or phase", h.Focus, b.list, func() { b.show(b.host.Now()) })
	b.toggle = fynex.NewButton("", b.toggleOld)
	for _, l := range []*part.BoardList{b.list, b.past} {
		l.OnOpen = b.open
		l.OnRune, _ = screen.ListKeys(h, keys.Default(), b.Run)
	}
	b.build()
	return b
}

func (b *Screen) build() {
	b.top = container.NewBorder(nil, nil, nil, b.summary, b.filter.Entry)
	b.lists = container.New(&twoLists{b}, b.list, b.toggle, b.past)
	b.object = container.NewBorder(container.NewVBox(b.declare.object, b.top), nil, nil, nil,
		container.NewStack(b.lists, container.NewVBox(b.empty)))
	b.outer = container.New(layout.NewCustomPaddedLayout(edge, edge, form.SideMargin, form.SideMargin), b.object)
	b.arrange()
}

// Title names the screen.
func (b *Screen) Title() string { return "Board" }

// Object is the screen.
func (b *Screen) Object() fyne.CanvasObject { return b.outer }

// Read copies the board and gives the step that shows it.
func (b *Screen) Read(in screen.Input) func() {
	c := read(in.State, in.Now)
	now := in.Now
	return func() {
		b.content = c
		b.catchUp()
		b.show(now)
	}
}

// Tick moves the clocks.
func (b *Screen) Tick(now time.Time) { b.show(now) }

// Shown shows what was read last until the next reading.
func (b *Screen) Shown(front bool) {
	b.front = front
	if front {
		b.show(b.host.Now())
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
		if !b.declare.object.Visible() {
			return false
		}
		b.declare.submit()
	case "go.find", "list.filter":
		b.filter.Find()
	case "list.open":
		b.open(b.list.Selected())
	case "go.back":
		if !b.declare.object.Visible() {
			return false
		}
		b.declare.close()
	default:
		return screen.Step(b.list, len(b.shown), command)
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

func (b *Screen) toggleOld() {
	b.withOld = !b.withOld
	b.show(b.host.Now())
}

// show draws what was read last as it is at a time.
func (b *Screen) show(now time.Time) {
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
	if b.summary.Set(says, theme.ColorMuted) {
		setVisible(b.summary, says != "") // the filter takes its room
		b.top.Refresh()
	}
	setVisible(b.top, len(b.content.open)+len(b.content.past) > 0) // there is nothing to look in
	b.empty.Set(b.content.empty(now), theme.ColorMuted)
	word := "Show " + text.Count(len(b.pastIn), "resolved or closed", "resolved and closed")
	if b.withOld {
		word = "Hide resolved and closed"
	}
	b.toggle.SetText(word)
	setVisible(b.empty, len(b.content.open) == 0)
	setVisible(b.list, len(b.content.open) > 0)
	setVisible(b.toggle, len(b.content.past) > 0 && len(b.content.open) > 0)
	setVisible(b.past, old && len(b.pastIn) > 0)
	form := shape{len(b.shown), len(b.pastIn), b.list.Visible(), b.toggle.Visible(), b.past.Visible(), b.withOld}
	if form != b.form {
		b.form = form
		b.lists.Refresh()
	}
}

// shape is what the places of the lists depend on; a tick of the clocks leaves
// it alone.
type shape struct {
	open, past               int
	list, toggle, below, old bool
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

// twoLists places the open incidents, the toggle below them, and the others
// below that. Neither list takes more than it needs while the other wants room.
type twoLists struct{ b *Screen }

func (t *twoLists) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(320, 96) }

func (t *twoLists) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	b, gap := t.b, base.Padding()
	for _, l := range []*part.BoardList{b.list, b.past} { // how wide it is says how tall its rows are
		l.Resize(fyne.NewSize(size.Width, l.Size().Height))
	}
	toggle, open := float32(0), float32(0)
	if b.toggle.Visible() {
		toggle = b.toggle.MinSize().Height + gap
	}
	if b.list.Visible() {
		open = size.Height - toggle
		if b.past.Visible() {
			open = min(b.list.MinSize().Height*float32(len(b.shown)), size.Height*2/3)
		} else {
			open = min(b.list.MinSize().Height*float32(max(len(b.shown), 1)), open)
		}
	} else {
		open = b.empty.MinSize().Height
	}
	b.list.Move(fyne.NewPos(0, 0))
	b.list.Resize(fyne.NewSize(size.Width, open))
	b.toggle.Move(fyne.NewPos(-form.RingRoom, open+gap)) // flush with the rows
	b.toggle.Resize(b.toggle.MinSize())
	b.past.Move(fyne.NewPos(0, open+gap+toggle))
	b.past.Resize(fyne.NewSize(size.Width, max(size.Height-open-gap-toggle, 0)))
}
