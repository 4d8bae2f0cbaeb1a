package part

import (
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// SevPill shows a severity by word, shape and colour: P0 is filled with a ring around it, P1 filled,
// P2 filled with an outline, P3 an outline only. All four take the same room.
type SevPill struct {
	widget.BaseWidget
	severity            int
	ground, ring, inner *canvas.Rectangle
	label               *canvas.Text
}

// NewSevPill makes a pill for severity 0 to 3.
func NewSevPill(severity int) *SevPill {
	p := &SevPill{severity: severity, ground: newRect(), ring: newRect(), inner: newRect(), label: newText()}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes the severity.
func (p *SevPill) Set(severity int) {
	if p.severity != severity {
		p.severity = severity
		p.Refresh()
	}
}

// CreateRenderer draws the pill.
func (p *SevPill) CreateRenderer() fyne.WidgetRenderer {
	return newRenderer(p)
}

// pillRing is how thick the ring of P0 is, and pillGap the room for it around every fill.
const (
	pillRing = 2
	pillGap  = 3
)

func (p *SevPill) least() fyne.Size {
	words := fyne.MeasureText("P0", newPen(p).size(base.SizeNameText), bold)
	pad := newPen(p).size(base.SizeNameInnerPadding)
	return fyne.NewSize(words.Width+2*pad+2*pillGap, words.Height+2*pillGap)
}

func (p *SevPill) draw(size fyne.Size) {
	pen, names := newPen(p), theme.Severity(p.severity)
	height := min(size.Height, p.least().Height)
	y := (size.Height - height) / 2
	pen.write(p.label, "P"+strconv.Itoa(p.severity), names.Label, base.SizeNameText, bold)
	p.label.Alignment = fyne.TextAlignCenter
	place(p.label, 0, y, size.Width, height)

	pen.fill(p.ground, names.Fill)
	p.ground.StrokeWidth, p.ground.StrokeColor = 0, pen.colour(names.Outline)
	p.ground.CornerRadius = 4
	switch p.severity {
	case 2:
		p.ground.StrokeWidth = 1
	case 3:
		p.ground.StrokeWidth, p.ground.FillColor = 1.5, color.Transparent
		p.label.Color = pen.colour(names.Text)
	}
	place(p.ground, pillGap, y+pillGap, size.Width-2*pillGap, height-2*pillGap)

	// The ring is two grounds, as that of a row: a stroke would be moved where a list cuts it.
	pen.fill(p.ring, names.Fill)
	pen.fill(p.inner, names.Label)
	p.ring.CornerRadius, p.inner.CornerRadius = 6, 5
	place(p.ring, 0, y, size.Width, height)
	place(p.inner, pillRing, y+pillRing, size.Width-2*pillRing, height-2*pillRing)
	show(p.ring, p.severity == 0)
	show(p.inner, p.severity == 0)
}

func (p *SevPill) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{p.ring, p.inner, p.ground, p.label}
}
