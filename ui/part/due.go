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
	Left     string // "in 03:48", "OVERDUE 02:14"
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
	l.prepare(l, theme.SizeBoardRow, func(r DueRow) string { return r.ID }, func() listRow[DueRow] { return newDueLine(f) })
	return l
}

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
	gap := p.size(base.SizeNameInnerPadding)
	col := columns{f: d.faces, p: p, left: gap, right: size.Width - 2*gap - p.size(base.SizeNameScrollBar), gap: 2 * gap, height: size.Height}
	col.fromLeft(d.left, r.Left, "OVERDUE 00:00", updateColour(r.Tone), mono)
	show(d.pill, r.Severity >= 0)
	d.pill.Set(max(r.Severity, 0))
	pill := d.pill.least()
	place(d.pill, col.left, 0, pill.Width, size.Height)
	col.left += pill.Width + gap
	col.fromLeft(d.id, r.Incident, "INC-WWWWW", theme.ColorMuted, mono)
	col.fromRight(d.whom, r.Who, "Engineering manager: Ana Ruiz", base.ColorNameForeground, regular)
	col.fromRight(d.kind, r.Kind, "escalation", theme.ColorMuted, regular)
	col.rest(d.what, r.What, base.ColorNameForeground, bold)
}

func (d *dueLine) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{d.ground.ring, d.ground.fill, d.left, d.pill, d.id, d.kind, d.what, d.whom}
}
