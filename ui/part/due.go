package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// DueRow is one deadline as the due wall lists it.
type DueRow struct {
	ID       string
	Left     string // "in 03:48", "OVERDUE 2 min"
	Tone     text.Tone
	Severity int    // of the incident; negative where it is the room's
	Incident string // "INC-7K2M"
	Kind     string // "escalation", "update"
	What     string
	Who      string
}

// DueList lists deadlines, one line each.
type DueList struct{ rowList[DueRow] }

// NewDueList makes an empty list.
func NewDueList() *DueList {
	l := &DueList{}
	f := faces{}
	l.words = dueWords
	l.prepare(l, theme.SizeBoardRow, func(r DueRow) string { return r.ID }, func() listRow[DueRow] { return newDueLine(f) })
	return l
}

// dueWho is the room of who owes something, and dueWords need the room below which a row stands on two
// lines, so that what is due is read.
const (
	dueWho   = "Engineering manager: Joanna Kowalska"
	dueWords = "OVERDUE 59 min P0 INC-WWWWW Notify the engineering manager, and more of it escalation " + dueWho
)

// dueLine draws one deadline.
type dueLine struct {
	widget.BaseWidget
	row                        DueRow
	state                      rowState
	faces                      faces
	ground                     ground
	pill                       *SevPill
	left, id, kind, what, whom *canvas.Text
}

func newDueLine(f faces) *dueLine {
	d := &dueLine{
		faces: f, ground: newGround(), pill: NewSevPill(0),
		left: newText(), id: newText(), kind: newText(), what: newText(), whom: newText(),
	}
	d.ExtendBaseWidget(d)
	return d
}

func (d *dueLine) set(r DueRow, s rowState) { d.row, d.state = r, s }

// CreateRenderer draws the row.
func (d *dueLine) CreateRenderer() fyne.WidgetRenderer { return newRenderer(d) }

func (d *dueLine) least() fyne.Size { return fyne.NewSize(1, 1) }

func (d *dueLine) draw(size fyne.Size) {
	p, r := newPen(d), &d.row
	d.ground.draw(p, d.state, size)
	c := newColumns(d.faces, p, size)
	first, second := c, c
	if c.tall {
		first, second = c.lines()
	}
	first.fromLeft(d.left, r.Left, "OVERDUE 59 min", updateColour(r.Tone), mono)
	show(d.pill, r.Severity >= 0)
	d.pill.Set(max(r.Severity, 0))
	pill := d.pill.least()
	place(d.pill, first.left, first.top, pill.Width, first.height)
	first.left += pill.Width + c.gap/2
	second.left = first.left
	second.fromLeft(d.id, r.Incident, "INC-WWWWW", theme.ColorMuted, mono)
	if c.tall {
		second.fromLeft(d.kind, r.Kind, "escalation", theme.ColorMuted, regular)
		second.rest(d.whom, r.Who, base.ColorNameForeground, regular)
	} else {
		first.fromRight(d.whom, r.Who, dueWho, base.ColorNameForeground, regular)
		first.fromRight(d.kind, r.Kind, "escalation", theme.ColorMuted, regular)
	}
	first.rest(d.what, r.What, base.ColorNameForeground, bold)
}

func (d *dueLine) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{d.ground.ring, d.ground.fill, d.left, d.pill, d.id, d.kind, d.what, d.whom}
}
