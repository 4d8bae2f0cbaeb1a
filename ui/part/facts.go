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

// FactStrip holds the pinned facts over the timeline, side by side, one line each.
type FactStrip struct {
	widget.BaseWidget
	OnFact func(i int)

	facts         []Fact
	faces         faces
	ground        *canvas.Rectangle
	kinds, values [maxFacts]*canvas.Text
}

// NewFactStrip makes a hidden strip.
func NewFactStrip() *FactStrip {
	f := &FactStrip{faces: faces{}, ground: newRect()}
	for i := range maxFacts {
		f.kinds[i], f.values[i] = newText(), newText()
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
	height := p.height(base.SizeNameCaptionText, bold) + p.height(base.SizeNameText, regular)
	return fyne.NewSize(320, ceil(height)+2*p.size(base.SizeNamePadding))
}

func (f *FactStrip) draw(size fyne.Size) {
	p := newPen(f)
	gap := p.size(base.SizeNameInnerPadding)
	p.fill(f.ground, theme.ColorSurface)
	f.ground.CornerRadius = 4
	place(f.ground, 0, 0, size.Width, size.Height)
	caption, line := p.height(base.SizeNameCaptionText, bold), p.height(base.SizeNameText, regular)
	top := (size.Height - caption - line) / 2
	each := size.Width / float32(max(len(f.facts), 1))
	for i := range maxFacts {
		visible := i < len(f.facts)
		show(f.kinds[i], visible)
		show(f.values[i], visible)
		if !visible {
			continue
		}
		x, width := float32(i)*each+2*gap, each-3*gap
		p.write(f.kinds[i], f.facts[i].Kind, theme.ColorMuted, base.SizeNameCaptionText, bold)
		p.write(f.values[i], p.cut(f.faces, f.facts[i].Text, base.SizeNameText, regular, width), base.ColorNameForeground, base.SizeNameText, regular)
		place(f.kinds[i], x, top, width, caption)
		place(f.values[i], x, top+caption, width, line)
	}
}

func (f *FactStrip) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{f.ground}
	for i := range maxFacts {
		all = append(all, f.kinds[i], f.values[i])
	}
	return all
}
