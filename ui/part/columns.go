package part

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/theme"
)

// columns gives texts their place on one line, from both ends inwards. Widths come from a sample, so
// that changing words never move what stands beside them.
type columns struct {
	f                             faces
	p                             pen
	left, right, gap, top, height float32
	tall                          bool // the row stands on two lines
}

// newColumns gives the place of a row of a list. One that is clearly taller than a row is meant to have
// two lines.
func newColumns(f faces, p pen, size fyne.Size) *columns {
	gap := p.size(base.SizeNameInnerPadding)
	return &columns{
		f: f, p: p, left: gap, right: size.Width - gap - p.size(base.SizeNameScrollBar), gap: 2 * gap, height: size.Height,
		tall: size.Height > p.size(theme.SizeBoardRow)*(1+tallRow)/2,
	}
}

// tallRow is how tall a row on two lines is, as a share of one on one line.
const tallRow = 1.75

// lines are the two lines of a tall row. They stand closer to one another than to the rows beside.
func (c *columns) lines() (first, second *columns) {
	edge := ceil(c.height / 16)
	a, b := *c, *c
	a.top, a.height = edge, c.height/2-edge
	b.top, b.height = c.height/2, c.height/2-edge
	return &a, &b
}

func (c *columns) sample(words string, style fyne.TextStyle) float32 {
	return ceil(c.f.at(c.p.size(base.SizeNameText), style).Width(words))
}

func (c *columns) put(t *canvas.Text, words string, x, width float32, colour fyne.ThemeColorName, style fyne.TextStyle) {
	c.p.write(t, c.p.cut(c.f, words, base.SizeNameText, style, width), colour, base.SizeNameText, style)
	place(t, x, c.top+c.p.level(base.SizeNameText, style), max(width, 0), c.height)
}

func (c *columns) fromLeft(t *canvas.Text, words, sample string, colour fyne.ThemeColorName, style fyne.TextStyle) {
	width := c.sample(sample, style)
	c.put(t, words, c.left, width, colour, style)
	c.left += width + c.gap
}

func (c *columns) fromRight(t *canvas.Text, words, sample string, colour fyne.ThemeColorName, style fyne.TextStyle) {
	width := c.sample(sample, style)
	c.right -= width
	c.put(t, words, c.right, width, colour, style)
	c.right -= c.gap
}

// slot is a column at the right of a line.
type slot struct {
	t             *canvas.Text
	words, sample string
	colour        fyne.ThemeColorName
	style         fyne.TextStyle
	person        bool // shortened to an initial rather than cut; a mark before it stays
	rank          int  // what is left out first where the room is small; 0 always stays
}

// keepRest is the room, in letters, that what stands at the left keeps.
const keepRest = "The title of an incident"

// slots places columns from the right end inwards. In a narrow list, or with large text, those that
// are missed least are left out, so that none is drawn across another.
func (c *columns) slots(all ...slot) { c.slotsBeside(c.sample(keepRest, bold), all...) }

// slotsBeside places columns and keeps a width for what stands at the left.
func (c *columns) slotsBeside(keep float32, all ...slot) {
	total := func(least int) (width float32) {
		for _, s := range all {
			if s.rank < least {
				width += c.sample(s.sample, s.style) + c.gap
			}
		}
		return width
	}
	most := 1
	for _, s := range all {
		most = max(most, s.rank+1)
	}
	for most > 1 && c.right-c.left-total(most) < keep {
		most--
	}
	for _, s := range all {
		show(s.t, s.rank < most)
		if s.rank >= most {
			continue
		}
		if s.person {
			s.words = c.person(s.words, c.sample(s.sample, s.style))
		}
		c.fromRight(s.t, s.words, s.sample, s.colour, s.style)
	}
}

// person shortens a name, behind the mark of a conflict if there is one.
func (c *columns) person(words string, width float32) string {
	face := c.f.at(c.p.size(base.SizeNameText), regular)
	who, marked := strings.CutPrefix(words, conflictMark)
	if !marked {
		return face.Name(words, width)
	}
	return conflictMark + face.Name(who, width-face.Width(conflictMark))
}

func (c *columns) rest(t *canvas.Text, words string, colour fyne.ThemeColorName, style fyne.TextStyle) {
	c.put(t, words, c.left, max(0, c.right-c.left), colour, style)
}
