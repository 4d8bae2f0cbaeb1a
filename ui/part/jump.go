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
	return fyne.NewSize(pillWide(p, j.text()), p.size(theme.SizeTarget))
}

// pillSample is the longest that a pill says as a rule; the rows keep that room free of words.
const pillSample = "99 late ↑"

func pillWide(p pen, words string) float32 {
	return ceil(p.width(words, base.SizeNameCaptionText, bold)) + 2*p.size(base.SizeNameInnerPadding)
}

func (j *jumpPill) draw(size fyne.Size) {
	p := newPen(j)
	p.fill(j.ground, base.ColorNamePrimary)
	j.ground.CornerRadius = size.Height / 2
	place(j.ground, 0, 0, size.Width, size.Height)
	p.write(j.label, j.text(), base.ColorNameForegroundOnPrimary, base.SizeNameCaptionText, bold)
	j.label.Alignment = fyne.TextAlignCenter
	place(j.label, 0, 0, size.Width, size.Height)
}

func (j *jumpPill) pieces() []fyne.CanvasObject { return []fyne.CanvasObject{j.ground, j.label} }

// placePills puts the two pills at the right end of the first and the last row in sight, behind the
// words.
func (t *Timeline) placePills() {
	size, bar := t.Size(), newPen(t).size(base.SizeNameScrollBarSmall)+2
	for _, j := range []*jumpPill{t.jump, t.late} {
		if !j.Visible() {
			continue
		}
		s, y := j.least(), float32(2)
		if j == t.jump {
			y = size.Height - s.Height - 2
		}
		place(j, size.Width-s.Width-bar, y, s.Width, s.Height)
	}
}
