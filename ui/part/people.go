package part

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// PersonRow is a person as the people screen lists them.
type PersonRow struct {
	ID     string
	Name   string
	About  string // what they do now and how to reach them
	Heard  string // "last heard 6 min ago"; never "offline"
	Health Health
	Local  string // time of day there: "13:21 CET"
	Load   int    // open tasks
	Holds  string // "2 devices"
}

// The room of a name in the lists of people and of devices.
const (
	personSample = "Maximiliane Kowalska"
	deviceSample = "device of Joanna Kowalska"
)

// Words that need the room below which a row stands on two lines.
const (
	personWords = personSample + " Incident commander of INC-WWWWW last heard 59 min ago 12 tasks 13:21 AEST on call until Mon 00:00"
	peerWords   = deviceSample + " Ana Ruiz 192.168.100.200 direct last heard 59 min ago lacks 99999 we lack 99999 +00:00:00 v0.00.00"
)

// PersonList lists people, one line each.
type PersonList struct{ rowList[PersonRow] }

// NewPersonList makes an empty list.
func NewPersonList() *PersonList {
	l := &PersonList{}
	f := faces{}
	l.words = personWords
	l.prepare(l, theme.SizeBoardRow, func(r PersonRow) string { return r.ID }, func() listRow[PersonRow] {
		return newLine(f, 6, func(c *columns, t []*canvas.Text, d healthDot, r PersonRow) {
			c.dot(d, r.Health)
			load := ""
			if r.Load > 0 {
				load = text.Count(r.Load, "task", "tasks")
			}
			holds := slot{t: t[0], words: r.Holds, sample: "on call until Mon 00:00", colour: theme.ColorMuted, rank: 3}
			local := slot{t: t[1], words: r.Local, sample: "13:21 AEST", colour: theme.ColorMuted, style: mono, rank: 2}
			tasks := slot{t: t[2], words: load, sample: "12 tasks", colour: base.ColorNameForeground, rank: 1}
			heard := slot{t: t[3], words: r.Heard, sample: "last heard 59 min ago", colour: theme.ColorMuted}
			if !c.tall {
				c.slots(holds, local, tasks, heard)
				c.who(c, t[4], t[5], r.Name, r.About, personSample, (*text.Face).Name, (*text.Face).Ellipsis)
				return
			}
			first, second := c.lines()
			first.slots(local, tasks, heard)
			second.slots(holds)
			first.who(second, t[4], t[5], r.Name, r.About, personSample, (*text.Face).Name, (*text.Face).Ellipsis)
		})
	})
	return l
}

// PeerRow is a device of the room as the peers screen lists it.
type PeerRow struct {
	ID      string
	Name    string
	About   string // whose it is and what it may do: "Ana Ruiz · admin"
	Path    string // "192.168.1.20 direct", "over relay-1", "by stick"
	Heard   string // "last heard 2 s ago"
	Health  Health
	Lacks   string // what it lacks of ours: "has all", "lacks 12"
	WeLack  string // what we lack of its: "we have all", "we lack 3"
	Offset  string // of its clock: "+0.2 s"
	Skewed  bool   // the offset is large enough to mislead
	Version string
}

// PeerList lists devices, one line each.
type PeerList struct{ rowList[PeerRow] }

// NewPeerList makes an empty list.
func NewPeerList() *PeerList {
	l := &PeerList{}
	f := faces{}
	l.words = peerWords
	l.prepare(l, theme.SizeBoardRow, func(r PeerRow) string { return r.ID }, func() listRow[PeerRow] {
		return newLine(f, 8, func(c *columns, t []*canvas.Text, d healthDot, r PeerRow) {
			c.dot(d, r.Health)
			offset := theme.ColorMuted
			if r.Skewed {
				offset = theme.Severity(1).Text
			}
			version := slot{t: t[0], words: r.Version, sample: "v0.00.00", colour: theme.ColorMuted, rank: 4}
			ahead := slot{t: t[1], words: r.Offset, sample: "+00:00:00", colour: offset, style: mono, rank: 2}
			ours := slot{t: t[2], words: r.WeLack, sample: "we lack 99999", colour: base.ColorNameForeground, rank: 1}
			theirs := slot{t: t[3], words: r.Lacks, sample: "lacks 99999", colour: base.ColorNameForeground}
			heard := slot{t: t[4], words: r.Heard, sample: "last heard 59 min ago", colour: theme.ColorMuted}
			path := slot{t: t[5], words: r.Path, sample: "192.168.100.200 direct", colour: theme.ColorMuted, rank: 3}
			if !c.tall {
				c.slots(version, ahead, ours, theirs, heard, path)
				c.who(c, t[6], t[7], r.Name, r.About, deviceSample, (*text.Face).Ellipsis, keepRole)
				return
			}
			first, second := c.lines()
			show(heard.t, r.Heard != "")
			if r.Heard != "" { // this device is not heard: what is said of it has the room
				first.slots(heard)
			}
			show(path.t, true)
			second.fromLeft(path.t, path.words, path.sample, path.colour, path.style)
			second.slotsBeside(0, version, ahead, ours, theirs)
			first.who(first, t[6], t[7], r.Name, r.About, deviceSample, (*text.Face).Ellipsis, keepRole)
		})
	})
	return l
}

// shorten makes words fit a width.
type shorten = func(f *text.Face, words string, width float32) string

// keepRole shortens whose a device is, "Ana Ruiz · admin", so that what it may do stays.
func keepRole(f *text.Face, words string, width float32) string {
	const dot = " · "
	whose, role, two := strings.Cut(words, dot)
	if !two {
		return f.Ellipsis(words, width)
	}
	return f.Ellipsis(whose, width-f.Width(dot+role)) + dot + role
}

// who writes a name, shortened as its kind is, and what there is to say of it behind, or on another line.
func (c *columns) who(on *columns, name, about *canvas.Text, words, says, sample string, fit, fitSays shorten) {
	face := c.f.at(c.p.size(base.SizeNameText), bold)
	width := min(ceil(face.Width(sample)), c.right-c.left)
	c.put(name, fit(face, words, width), c.left, width, base.ColorNameForeground, bold)
	if on == c {
		c.left += width + c.gap
	}
	show(about, on.right-on.left > width/2) // a few letters of it say nothing
	on.rest(about, fitSays(c.f.at(c.p.size(base.SizeNameText), regular), says, on.right-on.left), theme.ColorMuted, regular)
}

// dot puts a health dot at the left end of a line.
func (c *columns) dot(d healthDot, h Health) {
	middle := c.height / 2
	if c.tall { // of the first line
		first, _ := c.lines()
		middle = first.top + first.height/2
	}
	d.draw(c.p, h, c.left+2, middle, true)
	c.left += dotWide(c.p) + c.gap
}

// line is a list row of texts behind a health dot.
type line[R comparable] struct {
	widget.BaseWidget
	row    R
	state  rowState
	faces  faces
	ground ground
	health healthDot
	texts  []*canvas.Text
	paint  func(*columns, []*canvas.Text, healthDot, R)
}

func newLine[R comparable](f faces, texts int, paint func(*columns, []*canvas.Text, healthDot, R)) *line[R] {
	l := &line[R]{faces: f, ground: newGround(), health: newHealthDot(), paint: paint}
	for range texts {
		l.texts = append(l.texts, newText())
	}
	l.ExtendBaseWidget(l)
	return l
}

func (l *line[R]) set(r R, s rowState) { l.row, l.state = r, s }

// CreateRenderer draws the row.
func (l *line[R]) CreateRenderer() fyne.WidgetRenderer { return newRenderer(l) }

func (l *line[R]) least() fyne.Size { return fyne.NewSize(1, 1) }

func (l *line[R]) draw(size fyne.Size) {
	p := newPen(l)
	l.ground.draw(p, l.state, size)
	l.paint(newColumns(l.faces, p, size), l.texts, l.health, l.row)
}

func (l *line[R]) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{l.ground.ring, l.ground.fill}
	for _, t := range l.texts {
		all = append(all, t)
	}
	return append(all, l.health.pieces()...)
}

// EmptyAct is one button of an empty state.
type EmptyAct struct {
	Text, Hint string
	Do         func()
}

// EmptyState says what belongs where nothing is yet, and how to begin.
type EmptyState struct {
	widget.BaseWidget
	Below    func() float32 // how far down something else is drawn; nil is not at all
	sentence string
	faces    faces
	lines    []*canvas.Text
	used     int
	buttons  []*fynex.Button
}

// NewEmptyState makes an empty state with up to three acts; the first is the recommended one.
func NewEmptyState(sentence string, acts ...EmptyAct) *EmptyState {
	e := &EmptyState{sentence: sentence, faces: faces{}}
	for i, a := range acts {
		b := fynex.NewButton(a.Text, a.Do)
		b.SetHint(a.Hint)
		if i == 0 {
			b.SetImportance(fynex.Recommended)
		}
		e.buttons = append(e.buttons, b)
	}
	e.ExtendBaseWidget(e)
	return e
}

// SetText changes the sentence.
func (e *EmptyState) SetText(s string) {
	if e.sentence != s {
		e.sentence = s
		e.Refresh()
	}
}

// CreateRenderer draws the empty state.
func (e *EmptyState) CreateRenderer() fyne.WidgetRenderer { return newRenderer(e) }

func (e *EmptyState) least() fyne.Size { return fyne.NewSize(280, 120) }

// emptyWidth keeps the sentence in short lines.
const emptyWidth = 480

func (e *EmptyState) draw(size fyne.Size) {
	p := newPen(e)
	gap, height := p.size(base.SizeNameInnerPadding), ceil(p.height(base.SizeNameText, regular))
	words := e.faces.at(p.size(base.SizeNameText), regular).Wrap(e.sentence, min(emptyWidth, size.Width-4*gap))
	total := height * float32(len(words))
	var buttons fyne.Size
	for _, b := range e.buttons {
		buttons = fyne.NewSize(buttons.Width+b.MinSize().Width+gap, max(buttons.Height, b.MinSize().Height))
	}
	if len(e.buttons) > 0 {
		total += buttons.Height + 2*gap
	}
	y := max(0, (size.Height-total)*0.4)
	if e.Below != nil { // keep clear of it; where there is no room for both, the buttons say enough
		if below := e.Below() + gap; len(e.buttons) > 0 && below+total > size.Height {
			total -= height*float32(len(words)) + 2*gap
			y, words = max(0, min(below, size.Height-total)-2*gap), nil
		} else {
			y = max(y, below)
		}
	}
	e.used = len(words)
	for i, s := range words {
		if i == len(e.lines) {
			e.lines = append(e.lines, newText())
		}
		p.write(e.lines[i], s, theme.ColorMuted, base.SizeNameText, regular)
		e.lines[i].Alignment = fyne.TextAlignCenter
		place(e.lines[i], 0, y+float32(i)*height, size.Width, height)
	}
	x := (size.Width - buttons.Width + gap) / 2
	for _, b := range e.buttons {
		place(b, x, y+height*float32(len(words))+2*gap, b.MinSize().Width, buttons.Height)
		x += b.MinSize().Width + gap
	}
}

func (e *EmptyState) pieces() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, t := range e.lines[:e.used] {
		all = append(all, t)
	}
	for _, b := range e.buttons {
		all = append(all, b)
	}
	return all
}
