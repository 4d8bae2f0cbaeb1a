package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// maxFacts is how many facts are pinned; more would be a list, which nobody reads at a glance.
const maxFacts = 3

// Fact is one pinned fact.
type Fact struct {
	Kind string // "Impact", "Cause", "Workaround"
	Text string
}

// factLines is how many lines a fact may take: they are what the room acts on, and one line of a third
// of the screen holds half a sentence.
const factLines = 2

// FactStrip holds the pinned facts over the timeline, side by side. It is as tall as the longest needs at
// the width it was given.
type FactStrip struct {
	widget.BaseWidget
	OnFact func(i int)

	facts  []Fact
	faces  faces
	ground *canvas.Rectangle
	kinds  [maxFacts]*canvas.Text
	values [maxFacts][factLines]*canvas.Text
	wide   float32
}

// NewFactStrip makes a hidden strip.
func NewFactStrip() *FactStrip {
	f := &FactStrip{faces: faces{}, ground: newRect()}
	for i := range maxFacts {
		f.kinds[i] = newText()
		for j := range factLines {
			f.values[i][j] = newText()
		}
	}
	f.Hidden = true
	f.ExtendBaseWidget(f)
	return f
}

// Set shows the first three facts; none hides the strip.
func (f *FactStrip) Set(facts []Fact) {
	f.facts = facts[:min(len(facts), maxFacts)]
	show(f, len(facts) > 0)
	f.Refresh()
}

// Tapped reports the fact under the pointer.
func (f *FactStrip) Tapped(e *fyne.PointEvent) {
	if n := len(f.facts); n > 0 && f.OnFact != nil && f.Size().Width > 0 {
		f.OnFact(min(int(e.Position.X/f.Size().Width*float32(n)), n-1))
	}
}

// CreateRenderer draws the strip.
func (f *FactStrip) CreateRenderer() fyne.WidgetRenderer { return newRenderer(f) }

func (f *FactStrip) least() fyne.Size {
	p := newPen(f)
	lines := 1
	for i := range f.facts {
		lines = max(lines, len(f.wrap(p, i, f.wide)))
	}
	height := p.height(base.SizeNameCaptionText, bold) + float32(lines)*p.height(base.SizeNameText, regular)
	return fyne.NewSize(320, ceil(height)+2*p.size(base.SizeNamePadding))
}

// Resize notes the width, which says how tall the strip is.
func (f *FactStrip) Resize(size fyne.Size) {
	f.wide = size.Width
	f.BaseWidget.Resize(size)
}

// each is the room of a fact; its words stand within gaps.
func (f *FactStrip) each(width float32) float32 { return width / float32(max(len(f.facts), 1)) }

// wrap breaks a fact into the lines it may take, the last one cut.
func (f *FactStrip) wrap(p pen, i int, width float32) []string {
	room := f.each(width) - 3*p.size(base.SizeNameInnerPadding)
	if room <= 0 {
		return []string{f.facts[i].Text}
	}
	return f.faces.at(p.size(base.SizeNameText), regular).Lines(f.facts[i].Text, room, factLines)
}

func (f *FactStrip) draw(size fyne.Size) {
	p := newPen(f)
	gap := p.size(base.SizeNameInnerPadding)
	p.fill(f.ground, theme.ColorSurface)
	f.ground.CornerRadius = 4
	place(f.ground, 0, 0, size.Width, size.Height)
	caption, line := p.height(base.SizeNameCaptionText, bold), p.height(base.SizeNameText, regular)
	top := p.size(base.SizeNamePadding)
	each := f.each(size.Width)
	for i := range maxFacts {
		visible := i < len(f.facts)
		show(f.kinds[i], visible)
		for j := range factLines {
			show(f.values[i][j], false)
		}
		if !visible {
			continue
		}
		x, width := float32(i)*each+2*gap, each-3*gap
		p.write(f.kinds[i], f.facts[i].Kind, theme.ColorMuted, base.SizeNameCaptionText, bold)
		place(f.kinds[i], x, top, width, caption)
		for j, words := range f.wrap(p, i, size.Width) {
			t := f.values[i][j]
			show(t, true)
			p.write(t, words, base.ColorNameForeground, base.SizeNameText, regular)
			place(t, x, top+caption+float32(j)*line, width, line)
		}
	}
}

func (f *FactStrip) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{f.ground}
	for i := range maxFacts {
		all = append(all, f.kinds[i])
		for _, t := range f.values[i] {
			all = append(all, t)
		}
	}
	return all
}
