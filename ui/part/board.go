package part

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// BoardRow is one incident on the board, or one alert.
type BoardRow struct {
	ID         string // "INC-7K2M", shown and used to tell rows apart
	Code       string // shown instead of the ID
	Severity   int
	Title      string
	Phase      string
	Elapsed    string // "T+00:47:12"
	Update     string // "in 03:48", "OVERDUE 2 min"; empty where none is due
	UpdateTone text.Tone
	IC         string // empty shows UNASSIGNED, but for an alert
	Conflict   bool   // two current values wait to be settled
	Drill      bool   // an exercise
	Unread     int    // entries not seen on this device
	Alerts     int    // alerts the row stands for; more than one are counted
	Flapping   bool   // it comes and goes
	Answered   bool   // nobody needs to act on it now
	Silent     bool   // all were called and nobody has answered
}

// BoardList shows incidents, one line a row, in the order given.
type BoardList struct{ rowList[BoardRow] }

// NewBoardList makes an empty board.
func NewBoardList() *BoardList {
	b := &BoardList{}
	f := faces{}
	b.words = boardWords
	b.prepare(b, theme.SizeBoardRow, func(r BoardRow) string { return r.ID }, func() listRow[BoardRow] { return newBoardLine(f) })
	return b
}

// conflictMark stands before those who hold the command at the same time.
const conflictMark = "CONFLICT "

// boardWords need the room below which a row stands on two lines, so that its title is read.
const boardWords = "P0 INC-WWWWW The title of an incident, and more of it " + boardPhase + " T+000:00:00 OVERDUE 59 min " + boardWho

// boardPhase is the room of a phase, or of the source of an alert.
const boardPhase = "alertmanager"

// boardWho is the room of a commander.
const boardWho = conflictMark + "Ana / Tom"

// boardLine draws one row of the board.
type boardLine struct {
	widget.BaseWidget
	row                                           BoardRow
	state                                         rowState
	faces                                         faces
	ground                                        ground
	pill                                          *SevPill
	id, title, phase, elapsed, update, ic, unread *canvas.Text
	badge                                         *canvas.Rectangle
	drill                                         *canvas.Text
	mark                                          *canvas.Rectangle // the ground of the drill mark
}

func newBoardLine(f faces) *boardLine {
	b := &boardLine{
		faces: f, ground: newGround(), pill: NewSevPill(0), badge: newRect(), drill: newText(), mark: newRect(),
		id: newText(), title: newText(), phase: newText(), elapsed: newText(), update: newText(), ic: newText(), unread: newText(),
	}
	b.ExtendBaseWidget(b)
	return b
}

func (b *boardLine) set(r BoardRow, s rowState) { b.row, b.state = r, s }

// CreateRenderer draws the row.
func (b *boardLine) CreateRenderer() fyne.WidgetRenderer { return newRenderer(b) }

func (b *boardLine) least() fyne.Size { return fyne.NewSize(1, 1) }

func (b *boardLine) draw(size fyne.Size) {
	p, r := newPen(b), &b.row
	b.ground.draw(p, b.state, size)
	c := newColumns(b.faces, p, size)
	c.right -= c.gap / 2
	first, second := c, c
	if c.tall {
		first, second = c.lines()
	}
	b.pill.Set(r.Severity)
	pill := b.pill.least()
	place(b.pill, first.left, first.top, pill.Width, first.height)
	first.left += pill.Width + c.gap/2
	second.left = first.left
	if !c.tall {
		first.fromLeft(b.id, b.code(), "INC-WWWWW", theme.ColorMuted, mono)
	}
	b.drawMark(p, first)
	b.drawBadge(p, first)
	b.drawRest(first, second)
}

// drawRest writes what stands behind the title, or below it.
func (b *boardLine) drawRest(first, second *columns) {
	r := &b.row
	ic, colour := r.IC, base.ColorNameForeground
	if ic == "" && r.Alerts == 0 {
		ic, colour = "UNASSIGNED", theme.Severity(0).Text
	} else if r.Conflict {
		ic, colour = conflictMark+ic, theme.Severity(0).Text
	}
	who := slot{t: b.ic, words: ic, sample: boardWho, colour: colour, person: true}
	update := slot{t: b.update, words: r.Update, sample: "OVERDUE 59 min", colour: updateColour(r.UpdateTone), style: mono}
	elapsed := slot{t: b.elapsed, words: r.Elapsed, sample: "T+000:00:00", colour: theme.ColorMuted, style: mono, rank: 3}
	phase := slot{t: b.phase, words: r.Phase, sample: boardPhase, colour: base.ColorNameForeground, rank: 1}
	if first == second {
		show(b.id, true)
		first.slots(who, update, elapsed, phase)
	} else { // what presses stands first
		id := slot{t: b.id, words: b.code(), sample: "INC-WWWWW", colour: theme.ColorMuted, style: mono, rank: 2}
		second.fromLeft(update.t, update.words, update.sample, update.colour, update.style)
		second.fromLeft(who.t, second.person(who.words, second.sample(who.sample, regular)), who.sample, who.colour, regular)
		second.slotsBeside(0, id, elapsed, phase)
	}
	weight := bold
	if r.Answered {
		weight = regular
	}
	first.rest(b.title, r.Title, base.ColorNameForeground, weight)
}

// code is the name of the row for people.
func (b *boardLine) code() string {
	if b.row.Code != "" {
		return b.row.Code
	}
	return b.row.ID
}

// drawMark marks an exercise before its title, so that nobody takes it for the real thing, an incident that
// nobody has answered for, and an alert that comes and goes.
func (b *boardLine) drawMark(p pen, col *columns) {
	words, ground, colour := "", theme.ColorRaised, theme.ColorMuted
	switch {
	case b.row.Drill:
		words, ground, colour = "DRILL", theme.Severity(2).Fill, theme.Severity(2).Label
	case b.row.Silent:
		words, ground, colour = "NO ANSWER", theme.Severity(0).Fill, theme.Severity(0).Label
	case b.row.Flapping:
		words = "FLAPS"
	}
	show(b.drill, words != "")
	show(b.mark, words != "")
	if words == "" {
		return
	}
	col.left += col.gap / 4
	col.fromLeft(b.drill, words, words, colour, bold)
	at, size := b.drill.Position(), b.drill.Size()
	p.fill(b.mark, ground)
	b.mark.CornerRadius = 3
	high := p.height(base.SizeNameText, bold)
	place(b.mark, at.X-col.gap/4, at.Y+(size.Height-high)/2, size.Width+col.gap/2, high)
}

// drawBadge counts what is unread, or the alerts the row stands for. Its room is kept where columns
// stand beside it; a title alone in its line takes it where nothing is counted.
func (b *boardLine) drawBadge(p pen, col *columns) {
	words := ""
	switch {
	case b.row.Alerts > 1:
		words = "×" + strconv.Itoa(min(b.row.Alerts, 999))
	case b.row.Unread > 0:
		words = strconv.Itoa(min(b.row.Unread, 999))
	}
	show(b.unread, words != "")
	show(b.badge, words != "")
	if words == "" && col.tall {
		return
	}
	col.fromRight(b.unread, words, "999+", base.ColorNameForeground, bold)
	b.unread.Alignment = fyne.TextAlignCenter
	p.fill(b.badge, theme.ColorRaised)
	b.badge.CornerRadius = 8
	at, size := b.unread.Position(), b.unread.Size()
	high := p.height(base.SizeNameText, bold)
	place(b.badge, at.X, at.Y+(size.Height-high)/2, size.Width, high)
}

// updateColour keeps a quiet countdown quiet: muted, then amber, then red with its word.
func updateColour(t text.Tone) fyne.ThemeColorName {
	if t == text.Quiet {
		return theme.ColorMuted
	}
	return toneColour(t)
}

func (b *boardLine) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{b.ground.ring, b.ground.fill, b.pill, b.id, b.mark, b.drill, b.title, b.phase, b.elapsed, b.update, b.ic, b.badge, b.unread}
}
