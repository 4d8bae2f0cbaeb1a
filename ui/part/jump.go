package part

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// jumpPill is the small button over a timeline that says how much is unseen and goes there.
type jumpPill struct {
	widget.BaseWidget
	count  int
	words  string
	onTap  func()
	ground *canvas.Rectangle
	label  *canvas.Text
}

func newJumpPill(onTap func()) *jumpPill {
	j := &jumpPill{onTap: onTap, ground: newRect(), label: newText()}
	j.Hidden = true
	j.ExtendBaseWidget(j)
	return j
}

func (j *jumpPill) set(n int, words string) {
	if j.count == n && j.words == words {
		return
	}
	j.count, j.words = n, words
	show(j, n > 0)
	if n > 0 {
		j.Refresh()
	}
}

// Tapped goes there.
func (j *jumpPill) Tapped(*fyne.PointEvent) { j.onTap() }

func (j *jumpPill) text() string { return strconv.Itoa(j.count) + " " + j.words }

// CreateRenderer draws the pill.
func (j *jumpPill) CreateRenderer() fyne.WidgetRenderer { return newRenderer(j) }

func (j *jumpPill) least() fyne.Size {
	p := newPen(j)
	return fyne.NewSize(ceil(p.width(j.text(), base.SizeNameText, bold))+4*p.size(base.SizeNameInnerPadding), p.size(theme.SizeTarget))
}

func (j *jumpPill) draw(size fyne.Size) {
	p := newPen(j)
	p.fill(j.ground, base.ColorNamePrimary)
	j.ground.CornerRadius = size.Height / 2
	place(j.ground, 0, 0, size.Width, size.Height)
	p.write(j.label, j.text(), base.ColorNameForegroundOnPrimary, base.SizeNameText, bold)
	j.label.Alignment = fyne.TextAlignCenter
	place(j.label, 0, 0, size.Width, size.Height)
}

func (j *jumpPill) pieces() []fyne.CanvasObject { return []fyne.CanvasObject{j.ground, j.label} }

// placePills puts the two pills over the lower and the upper edge.
func (t *Timeline) placePills() {
	size := t.Size()
	for _, j := range []*jumpPill{t.jump, t.late} {
		if !j.Visible() {
			continue
		}
		s, y := j.least(), float32(8)
		if j == t.jump {
			y = size.Height - s.Height - 8
		}
		place(j, (size.Width-s.Width)/2, y, s.Width, s.Height)
	}
}
