package part

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// entryRow draws one item of a timeline: an entry, its day rule above it, or "Load earlier".
type entryRow struct {
	widget.BaseWidget
	timeline *Timeline
	index    int // of the row; -1 is "Load earlier"

	ground                 ground
	bar, line              *canvas.Rectangle
	at, kind, author, rule *canvas.Text
	count                  *canvas.Text
	dot                    *canvas.Circle
	lines, marks           []*canvas.Text
	objects                []fyne.CanvasObject
	markRoom               [6]mark
}

func newEntryRow(t *Timeline) *entryRow {
	r := &entryRow{
		timeline: t, ground: newGround(), bar: newRect(), line: newRect(),
		at: newText(), kind: newText(), author: newText(), rule: newText(), count: newText(),
		dot: canvas.NewCircle(color.Transparent),
	}
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer draws the row.
func (r *entryRow) CreateRenderer() fyne.WidgetRenderer { return newRenderer(r) }

// least is small: the list gives a row the height it was measured at.
func (r *entryRow) least() fyne.Size { return fyne.NewSize(1, 1) }

func (r *entryRow) pieces() []fyne.CanvasObject { return r.objects }

func (r *entryRow) draw(size fyne.Size) {
	t := r.timeline
	if r.index >= len(t.rows) || size.Width == 0 {
		return
	}
	p := newPen(r)
	r.objects = r.objects[:0]
	if r.index < 0 {
		r.drawEarlier(p, size)
		return
	}
	row, g, top := t.rows[r.index], &t.geo, float32(0)
	if t.ruled(r.index) {
		r.drawRule(p, row.Day, size.Width)
		top = g.rule
	}
	r.drawGround(p, row, top, size)
	r.drawColumns(p, row, top)
	r.drawText(p, row, top)
	r.drawSpread(p, row, top)
}

func (r *entryRow) add(o fyne.CanvasObject) { r.objects = append(r.objects, o) }

func (r *entryRow) drawEarlier(p pen, size fyne.Size) {
	t := r.timeline
	words := "Load " + text.Number(min(t.Hidden(), hotRows)) + " earlier of " + text.Count(t.Hidden(), "entry", "entries")
	p.write(r.rule, words, base.ColorNamePrimary, base.SizeNameText, regular)
	place(r.rule, t.geo.at, 0, size.Width-t.geo.at, size.Height)
	r.add(r.rule)
}

func (r *entryRow) drawRule(p pen, day string, width float32) {
	g := &r.timeline.geo
	p.write(r.rule, day, theme.ColorMuted, base.SizeNameCaptionText, bold)
	words := r.rule.MinSize().Width
	place(r.rule, 3+g.gap, 0, words, g.rule)
	p.fill(r.line, base.ColorNameSeparator)
	from := 3 + g.gap + words + 2*g.gap
	place(r.line, from, g.rule/2, max(0, width-from-p.size(base.SizeNameScrollBar)), 1)
	r.add(r.rule)
	r.add(r.line)
}

func (r *entryRow) drawGround(p pen, row *TimelineRow, top float32, size fyne.Size) {
	t := r.timeline
	selected := row.ID == t.selected
	hovered := t.hover == r.index+t.head()
	if selected || hovered {
		p.fill(r.ground.fill, theme.ColorRaised)
		if selected {
			p.fill(r.ground.fill, theme.ColorSelected)
		}
		bar := p.size(base.SizeNameScrollBarSmall) + 1 // it would cover the end of the ring
		r.ground.place(p, selected && t.focused, top, size.SubtractWidthHeight(bar, 0))
		r.add(r.ground.ring)
		r.add(r.ground.fill)
	}
	x := float32(0)
	if selected && t.focused {
		x = p.size(theme.SizeFocusRing) // inside the ring
	}
	p.fill(r.bar, barColour(row))
	place(r.bar, x, top+4, 3, size.Height-top-8)
	r.add(r.bar)
}

func barColour(row *TimelineRow) fyne.ThemeColorName {
	switch {
	case row.Conflict:
		return theme.Severity(0).Fill
	case row.Retracted != "":
		return base.ColorNameSeparator
	default:
		return kindColour(row.KindTone, base.ColorNameSeparator)
	}
}

func kindColour(k KindTone, plain fyne.ThemeColorName) fyne.ThemeColorName {
	switch k {
	case KindSeverity:
		return theme.Severity(0).Text
	case KindDecision:
		return theme.Severity(1).Text
	default:
		return plain
	}
}

func (r *entryRow) drawColumns(p pen, row *TimelineRow, top float32) {
	t, g := r.timeline, &r.timeline.geo
	kind, quiet := kindColour(row.KindTone, theme.ColorMuted), theme.ColorMuted
	if row.Retracted != "" {
		kind, quiet = base.ColorNameDisabled, base.ColorNameDisabled
	}
	p.write(r.at, row.At, quiet, base.SizeNameText, mono)
	p.write(r.kind, p.cut(t.faces, row.Kind, base.SizeNameText, bold, g.kindWidth), kind, base.SizeNameText, bold)
	p.write(r.author, t.faces.at(g.text, regular).Name(row.Author, g.authorWidth), quiet, base.SizeNameText, regular)
	place(r.at, g.at, top, g.atWidth, g.row)
	place(r.kind, g.kind, top, g.kindWidth, g.row)
	place(r.author, g.author, top, g.authorWidth, g.row)
	r.add(r.at)
	r.add(r.kind)
	r.add(r.author)
}

func (r *entryRow) drawText(p pen, row *TimelineRow, top float32) {
	t, g := r.timeline, &r.timeline.geo
	layout := &t.layouts[r.index]
	colour, style := base.ColorNameForeground, regular
	if row.Retracted != "" {
		colour, style = base.ColorNameDisabled, fyne.TextStyle{Strikethrough: true}
	}
	y := top + g.below + (g.row-g.line)/2
	face, used := t.faces.at(g.text, regular), 0
	for i, words := range layout.lines {
		for x := g.words; words != ""; used++ {
			run := text.Run(words)
			if used == len(r.lines) {
				r.lines = append(r.lines, newText())
			}
			p.write(r.lines[used], words[:run], colour, base.SizeNameText, style)
			width := g.words + g.wordsWidth - x
			if run < len(words) {
				width = face.Width(words[:run])
			}
			place(r.lines[used], x, y+float32(i)*g.line, width, g.line)
			r.add(r.lines[used])
			x, words = x+width, words[run:]
		}
	}
	r.drawMarks(p, row, layout, y+float32(len(layout.lines)-1)*g.line)
}

func (r *entryRow) drawMarks(p pen, row *TimelineRow, layout *rowLayout, y float32) {
	t, g := r.timeline, &r.timeline.geo
	x := g.words
	if !layout.inline {
		y += g.line
	} else if n := len(layout.lines); n > 0 && layout.lines[n-1] != "" {
		x += t.faces.at(g.text, regular).Width(layout.lines[n-1]) + 2*g.gap
	}
	small := t.faces.at(g.caption, regular)
	for i, m := range row.marks(r.markRoom[:0]) {
		if i == len(r.marks) {
			r.marks = append(r.marks, newText())
		}
		words := small.Ellipsis(m.words, max(0, g.words+g.wordsWidth-x))
		p.write(r.marks[i], words, markColour(m.tone), base.SizeNameCaptionText, regular)
		place(r.marks[i], x, y+(g.text-g.caption)/4, small.Width(words), g.line) // lower, so that the baselines meet
		x += small.Width(words) + 2*g.gap
		r.add(r.marks[i])
	}
}

func markColour(t markTone) fyne.ThemeColorName {
	switch t {
	case markConflict:
		return theme.Severity(0).Text
	case markLate:
		return theme.Severity(2).Text
	default:
		return theme.ColorMuted
	}
}

// drawSpread draws who has the entry: a hollow dot while no other peer has it, a count while some
// have it, a small quiet dot once all have it.
func (r *entryRow) drawSpread(p pen, row *TimelineRow, top float32) {
	if row.Of <= 0 {
		return
	}
	g := &r.timeline.geo
	size, scale := float32(7), g.text/13
	r.dot.StrokeWidth, r.dot.StrokeColor, r.dot.FillColor = 1.5, p.colour(theme.ColorMuted), color.Transparent
	if row.Spread > 0 {
		r.dot.StrokeWidth, r.dot.FillColor = 0, p.colour(theme.ColorMuted)
	}
	if row.Spread >= row.Of {
		size, r.dot.FillColor = 5, p.colour(base.ColorNameInputBorder)
	}
	size *= scale
	centre := g.spread + g.spreadWidth - 6*scale
	place(r.dot, centre-size/2, top+(g.row-size)/2, size, size)
	r.add(r.dot)
	if row.Spread > 0 && row.Spread < row.Of {
		p.write(r.count, strconv.Itoa(row.Spread)+"/"+strconv.Itoa(row.Of), theme.ColorMuted, base.SizeNameCaptionText, regular)
		r.count.Alignment = fyne.TextAlignTrailing
		place(r.count, g.spread, top, g.spreadWidth-14*scale, g.row)
		r.add(r.count)
	}
}
