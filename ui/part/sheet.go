package part

import (
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// SheetTone is how much the mark of a row asks for.
type SheetTone int

const (
	// SheetQuiet is read second.
	SheetQuiet SheetTone = iota
	// SheetPlain is read first.
	SheetPlain
	// SheetWell was checked and is right.
	SheetWell
	// SheetWarn asks to be heeded.
	SheetWarn
	// SheetAlarm is missing, late or in conflict.
	SheetAlarm
)

func (t SheetTone) colour() fyne.ThemeColorName {
	switch t {
	case SheetPlain:
		return base.ColorNameForeground
	case SheetWell:
		return theme.ColorOK
	case SheetWarn:
		return theme.Severity(2).Text
	case SheetAlarm:
		return theme.Severity(0).Text
	default:
		return theme.ColorMuted
	}
}

// SheetRow is one line of a sheet: a heading, or a fact below it.
type SheetRow struct {
	ID     string
	Head   bool
	Bold   bool
	Mark   string // one short word, such as "done", "E1" or "14 Nov 09:22"
	Tone   SheetTone
	Label  string
	Text   string // where it is empty, the label takes its room
	Meta   string // at the right end: who and when, or what is left
	Urgent SheetTone
	// Share of a time that has passed, 0 to 1, drawn as a bar with marks at 50,
	// 75 and 90 percent; 0 draws none.
	Share float32

	section sheetSection // the longest words of the rows below its heading
}

// sheetSection says what the columns of the rows below a heading have to hold.
type sheetSection struct{ label, text, meta string }

// SheetList lists facts under headings, one line each.
type SheetList struct {
	rowList[SheetRow]
	OnFocus func() // the keyboard came into the list
}

// NewSheetList makes an empty sheet. Its marks have the room of a sample; an empty one shows none.
func NewSheetList(mark string) *SheetList {
	l := &SheetList{}
	f := faces{}
	l.prepare(l, theme.SizeRow, func(r SheetRow) string { return r.ID }, func() listRow[SheetRow] { return newSheetLine(f, mark) })
	return l
}

// SetRows shows rows. The columns below a heading are as wide as its rows need.
func (l *SheetList) SetRows(rows []SheetRow) {
	from := 0
	for i := range rows {
		if rows[i].Head || i == len(rows)-1 {
			measure(rows[from : i+1])
			from = i + 1
		}
	}
	l.rowList.SetRows(rows)
}

// measure notes the longest words of a section in its rows.
func measure(rows []SheetRow) {
	s := sheetSection{}
	for _, r := range rows {
		if r.Text == "" || r.Head || r.Share > 0 {
			continue
		}
		s.label, s.text, s.meta = longer(s.label, r.Label), longer(s.text, r.Text), longer(s.meta, r.Meta)
	}
	for i := range rows {
		rows[i].section = s
	}
}

func longer(a, b string) string {
	if utf8.RuneCountInString(b) > utf8.RuneCountInString(a) {
		return b
	}
	return a
}

// FocusGained draws the ring and reports where the keyboard is.
func (l *SheetList) FocusGained() {
	l.rowList.FocusGained()
	if l.OnFocus != nil {
		l.OnFocus()
	}
}

// shareTicks are the marks on the bar of a time that runs out.
var shareTicks = [...]float32{0.5, 0.75, 0.9}

// sheetLine draws one row.
type sheetLine struct {
	widget.BaseWidget
	row                     SheetRow
	state                   rowState
	faces                   faces
	sample                  string
	ground                  ground
	rule, track, bar        *canvas.Rectangle
	ticks                   [len(shareTicks)]*canvas.Rectangle
	mark, label, text, meta *canvas.Text
}

func newSheetLine(f faces, sample string) *sheetLine {
	l := &sheetLine{
		faces: f, sample: sample, ground: newGround(), rule: newRect(), track: newRect(), bar: newRect(),
		mark: newText(), label: newText(), text: newText(), meta: newText(),
	}
	for i := range l.ticks {
		l.ticks[i] = newRect()
	}
	l.ExtendBaseWidget(l)
	return l
}

func (l *sheetLine) set(r SheetRow, s rowState) { l.row, l.state = r, s }

// CreateRenderer draws the row.
func (l *sheetLine) CreateRenderer() fyne.WidgetRenderer { return newRenderer(l) }

func (l *sheetLine) least() fyne.Size { return fyne.NewSize(1, 1) }

func (l *sheetLine) draw(size fyne.Size) {
	p, r := newPen(l), &l.row
	l.ground.draw(p, l.state, size)
	c := *newColumns(l.faces, p, size)
	show(l.rule, r.Head)
	p.fill(l.rule, base.ColorNameSeparator)
	place(l.rule, 0, size.Height-1, size.Width, 1)
	marked := !r.Head && l.sample != ""
	show(l.mark, marked)
	if marked {
		c.fromLeft(l.mark, r.Mark, l.sample, r.Tone.colour(), regular)
	}
	labelWide := l.labelWide(&c)
	l.drawMeta(&c)
	l.drawShare(p, &c)
	style, width := regular, c.right-c.left
	if r.Head || r.Bold {
		style = bold
	}
	show(l.text, r.Text != "")
	switch {
	case r.Text == "":
	case r.Head:
		width = min(width, l.faces.at(p.size(base.SizeNameText), bold).Width(r.Label)+1)
	default:
		width = min(labelWide, width)
	}
	c.put(l.label, r.Label, c.left, width, base.ColorNameForeground, style)
	c.left += width + c.gap
	colour := base.ColorNameForeground
	if r.Head {
		colour = theme.ColorMuted
	}
	c.rest(l.text, r.Text, colour, regular)
}

// Shares of the room of a row.
const (
	labelShare  = 0.48
	barredShare = 0.2 // in front of a bar
	metaShare   = 0.5
)

// labelWide is the room of the labels of a section: the usual share, and more or less of it where
// that alone keeps words from being cut.
func (l *sheetLine) labelWide(c *columns) float32 {
	all, r := c.right-c.left, &l.row
	if r.Share > 0 {
		return ceil(all * barredShare)
	}
	style := regular
	if r.Bold {
		style = bold
	}
	usual, label, words := ceil(all*labelShare), c.sample(r.section.label, style), c.sample(r.section.text, regular)
	if r.section.meta != "" {
		all -= min(c.sample(r.section.meta, regular), all*metaShare) + c.gap
	}
	switch room := all - words - c.gap - 4; {
	case label > usual && room > usual:
		return min(label, room) + 1
	case room < usual && label < usual:
		return max(label, room) + 1
	}
	return usual
}

// drawMeta puts what stands at the right end there, as wide as it is.
func (l *sheetLine) drawMeta(c *columns) {
	r := &l.row
	show(l.meta, r.Meta != "")
	if r.Meta == "" {
		return
	}
	face := c.f.at(c.p.size(base.SizeNameText), regular)
	most := (c.right - c.left) * metaShare
	if r.Text == "" && !r.Head { // nothing stands between the label and it
		most = max(most, c.right-c.left-c.gap-c.sample(r.Label, bold))
	}
	width := min(ceil(face.Width(r.Meta))+1, most)
	at := c.right - width
	c.right = at
	if r.Share > 0 && l.barred(c) { // the bars of all rows stand below one another
		c.right = min(at, c.right+width-c.sample(leftSample, regular))
	}
	c.put(l.meta, r.Meta, at, width, r.Urgent.colour(), regular)
	c.right -= c.gap
}

// leftSample is the room of what is left behind a bar.
const leftSample = "OVERDUE 59 min"

// shareWide is the width of the bar in units at text of 13.
const shareWide = 72

// barred tells whether there is room for a bar beside the words.
func (l *sheetLine) barred(c *columns) bool {
	return c.right-c.left > c.sample(leftSample, regular)+2*shareWide*c.p.size(base.SizeNameText)/13
}

func (l *sheetLine) drawShare(p pen, c *columns) {
	r := &l.row
	seen := r.Share > 0 && l.barred(c)
	show(l.track, seen)
	show(l.bar, seen)
	for _, t := range l.ticks {
		show(t, seen)
	}
	if !seen {
		return
	}
	wide, high := shareWide*p.size(base.SizeNameText)/13, p.size(base.SizeNamePadding)*2
	c.right -= wide
	x, y := c.right, (c.height-high)/2
	p.fill(l.track, theme.ColorRaised)
	l.track.StrokeColor, l.track.StrokeWidth = p.colour(base.ColorNameInputBorder), 1
	place(l.track, x, y, wide, high)
	p.fill(l.bar, r.Urgent.colour())
	place(l.bar, x, y, wide*min(r.Share, 1), high)
	for i, t := range l.ticks {
		p.fill(t, base.ColorNameForeground)
		place(t, x+wide*shareTicks[i], y-2, 1, high+4)
	}
	c.right -= c.gap
}

func (l *sheetLine) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{l.ground.ring, l.ground.fill, l.rule, l.track, l.bar}
	for _, t := range l.ticks {
		all = append(all, t)
	}
	return append(all, l.mark, l.label, l.text, l.meta)
}
