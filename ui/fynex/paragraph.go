package fynex

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
)

// paragraphColumns is how many characters wide a paragraph is, about; a sentence takes two lines.
const paragraphColumns = 62

// paragraph is wrapped text that knows its height from the start. A wrapping Label learns its width
// only after it was placed, so what stands below it in an overlay is drawn across its last line.
type paragraph struct {
	widget.BaseWidget
	words string
	style fyne.TextStyle
	lines []*canvas.Text
}

func newParagraph(words string, bold bool) *paragraph {
	p := &paragraph{words: words, style: fyne.TextStyle{Bold: bold}}
	p.ExtendBaseWidget(p)
	return p
}

func (p *paragraph) CreateRenderer() fyne.WidgetRenderer {
	r := &paragraphRenderer{p: p}
	r.wrap()
	return r
}

type paragraphRenderer struct {
	p           *paragraph
	objects     []fyne.CanvasObject
	width, line float32
}

func (r *paragraphRenderer) wrap() {
	size := r.p.Theme().Size(base.SizeNameText)
	face := text.NewFace(func(s string) float32 { return fyne.MeasureText(s, size, r.p.style).Width })
	one := fyne.MeasureText("the quick brown fox", size, r.p.style)
	r.width, r.line = one.Width/19*paragraphColumns, one.Height
	r.objects = r.objects[:0]
	for i, words := range face.Wrap(r.p.words, r.width) {
		if i == len(r.p.lines) {
			r.p.lines = append(r.p.lines, canvas.NewText("", color.Transparent))
		}
		t := r.p.lines[i]
		t.Text, t.TextSize, t.TextStyle = text.Shown(words, r.p.style.Monospace), size, r.p.style
		t.Color = base.ColorForWidget(base.ColorNameForeground, r.p)
		r.objects = append(r.objects, t)
	}
}

func (r *paragraphRenderer) Layout(fyne.Size) {
	for i, o := range r.objects {
		o.Move(fyne.NewPos(0, float32(i)*r.line))
		o.Resize(fyne.NewSize(r.width, r.line))
	}
}

func (r *paragraphRenderer) MinSize() fyne.Size {
	pad := 2 * r.p.Theme().Size(base.SizeNameInnerPadding)
	return fyne.NewSize(r.width, float32(len(r.objects))*r.line+pad)
}

func (r *paragraphRenderer) Refresh() {
	r.wrap()
	r.Layout(r.p.Size())
	canvas.Refresh(r.p)
}

func (r *paragraphRenderer) Destroy() {}

func (r *paragraphRenderer) Objects() []fyne.CanvasObject { return r.objects }
