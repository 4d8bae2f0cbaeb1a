package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// Bar is one line of a chart: a name, how long its bar is, and the number in
// words. Numbers stand beside the bars, so that nothing is read from a length
// alone.
type Bar struct {
	Name  string
	Value float32 // below 0 is not known, and draws none
	Text  string
	Now   bool // it stands out
}

// Bars draws a few numbers below one another, the longest as wide as the room
// allows.
type Bars struct {
	widget.BaseWidget
	rows  []Bar
	faces faces
	drawn []barLine
}

type barLine struct {
	name, text *canvas.Text
	track, bar *canvas.Rectangle
}

// NewBars makes a chart.
func NewBars(rows ...Bar) *Bars {
	b := &Bars{rows: rows, faces: faces{}}
	for range rows {
		b.drawn = append(b.drawn, barLine{newText(), newText(), newRect(), newRect()})
	}
	b.ExtendBaseWidget(b)
	return b
}

// Rows are what is drawn.
func (b *Bars) Rows() []Bar { return b.rows }

// CreateRenderer draws the chart.
func (b *Bars) CreateRenderer() fyne.WidgetRenderer { return newRenderer(b) }

// barLeast is the room for a bar in the narrowest place, in units at text of 13.
const barLeast = 60

func (b *Bars) least() fyne.Size {
	p := newPen(b)
	return fyne.NewSize(barLeast*p.size(base.SizeNameText)/13, b.line(p)*float32(len(b.rows)))
}

func (b *Bars) line(p pen) float32 {
	return ceil(p.height(base.SizeNameText, bold)) + p.size(base.SizeNamePadding)
}

func (b *Bars) draw(size fyne.Size) {
	p := newPen(b)
	high, gap := b.line(p), 2*p.size(base.SizeNameInnerPadding)
	var names, texts, most float32
	for _, r := range b.rows {
		names = max(names, ceil(p.width(r.Name, base.SizeNameText, bold))+1)
		texts = max(texts, ceil(p.width(r.Text, base.SizeNameText, bold))+1)
		most = max(most, r.Value)
	}
	names, texts = min(names, size.Width*0.4), min(texts, size.Width*0.4)
	wide := max(size.Width-names-texts-2*gap, 1)
	thick := p.size(base.SizeNamePadding) * 3
	for i, r := range b.rows {
		l, y := b.drawn[i], float32(i)*high
		style, tone, fill := regular, theme.ColorMuted, theme.ColorStale
		if r.Now {
			style, tone, fill = bold, base.ColorNameForeground, base.ColorNamePrimary
		}
		p.write(l.name, p.cut(b.faces, r.Name, base.SizeNameText, style, names), tone, base.SizeNameText, style)
		place(l.name, 0, y, names, high)
		p.write(l.text, p.cut(b.faces, r.Text, base.SizeNameText, style, texts), tone, base.SizeNameText, style)
		place(l.text, names+wide+2*gap, y, texts, high)
		p.fill(l.track, theme.ColorRaised)
		place(l.track, names+gap, y+(high-thick)/2, wide, thick)
		p.fill(l.bar, fill)
		show(l.bar, r.Value > 0 && most > 0)
		if r.Value > 0 && most > 0 { // what is not nothing is seen
			place(l.bar, names+gap, y+(high-thick)/2, max(wide*r.Value/most, 2), thick)
		}
	}
}

func (b *Bars) pieces() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for _, l := range b.drawn {
		all = append(all, l.track, l.bar, l.name, l.text)
	}
	return all
}
