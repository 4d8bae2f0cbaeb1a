package part

import (
	"math"
	"strconv"

	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// rowLayout is how one entry is laid out at the current width.
type rowLayout struct {
	lines  []string
	inline bool    // the marks stand behind the last line
	height float32 // without the day rule; a guess while not known
	known  bool
	unseen bool // came while the reader was elsewhere
}

// geometry is where the columns of a timeline stand, in units. All widths are whole.
type geometry struct {
	row, line, rule             float32 // heights
	at, kind, author, words     float32 // left edges of the columns
	atWidth, kindWidth          float32
	authorWidth, wordsWidth     float32
	spread, spreadWidth         float32
	text, caption, average, gap float32
	// below is how far under the line of time, kind and author the words begin: 0 beside them, a line
	// where the words would not have room.
	below float32
}

// authorSample is as long as most names are; longer ones are shortened to an initial.
const authorSample = "Joanna Kowalska "

const (
	widthStep  = 8   // widths are taken in steps, so that dragging a border does not wrap each pixel
	leastWords = 32  // characters of words beside the columns, below which the words go under them
	lineLength = 100 // the longest line in characters; longer ones are hard to follow back
)

func measureGeometry(p pen, f faces, width float32) geometry {
	size := p.size(base.SizeNameText)
	gap := p.size(base.SizeNameInnerPadding)
	sample := "the quick brown fox jumps over a lazy dog 0123456789"
	words, monos := f.at(size, regular), f.at(size, mono)
	g := geometry{
		text: size, caption: p.size(base.SizeNameCaptionText), gap: gap,
		line:    ceil(p.height(base.SizeNameText, regular)),
		row:     ceil(p.size(theme.SizeRow)),
		average: words.Width(sample) / float32(len(sample)),
		atWidth: ceil(monos.Width("~00:00:00")), kindWidth: ceil(f.at(size, bold).Width("Update sent")),
		authorWidth: ceil(words.Width(authorSample)), spreadWidth: ceil(f.at(size, regular).Width("00/00") + gap),
	}
	g.row = max(g.row, g.line+4)
	g.rule = g.row + 3
	g.at = 3 + 2*gap
	g.kind = g.at + g.atWidth + 2*gap
	g.author = g.kind + g.kindWidth + 2*gap
	g.words = g.author + g.authorWidth + 2*gap
	g.spreadWidth = max(g.spreadWidth, pillWide(p, pillSample)-p.size(base.SizeNameScrollBar))
	right := float32(math.Floor(float64(width)/widthStep) * widthStep)
	g.spread = right - g.spreadWidth - p.size(base.SizeNameScrollBar)
	if g.spread-gap-g.words < leastWords*g.average {
		g.words, g.below = g.kind, g.line
	}
	g.wordsWidth = max(8*g.average, min(g.spread-gap-g.words, lineLength*g.average))
	return g
}

func ceil(v float32) float32 { return float32(math.Ceil(float64(v))) }

// carry returns the layouts for fresh, taking over those of rows that look as they did. Rows nobody
// has seen before are marked, unless there was nothing before.
func carry(old []*TimelineRow, had []rowLayout, fresh []*TimelineRow) []rowLayout {
	out := make([]rowLayout, len(fresh))
	head := 0
	for head < len(old) && head < len(fresh) && old[head].is(fresh[head]) {
		out[head] = had[head].forRow(old[head], fresh[head])
		head++
	}
	tail := 0
	for tail < len(old)-head && tail < len(fresh)-head && old[len(old)-1-tail].is(fresh[len(fresh)-1-tail]) {
		o, n := len(old)-1-tail, len(fresh)-1-tail
		out[n] = had[o].forRow(old[o], fresh[n])
		tail++
	}
	if head+tail == len(fresh) {
		return out
	}
	middle := make(map[string]int, len(old)-head-tail)
	for i := head; i < len(old)-tail; i++ {
		middle[old[i].ID] = i
	}
	for i := head; i < len(fresh)-tail; i++ {
		if o, ok := middle[fresh[i].ID]; ok {
			out[i] = had[o].forRow(old[o], fresh[i])
		} else {
			out[i].unseen = len(old) > 0
		}
	}
	return out
}

// is reports whether two rows are of one entry.
func (r *TimelineRow) is(o *TimelineRow) bool { return r == o || r.ID == o.ID }

// forRow returns the layout for the new form of a row.
func (l rowLayout) forRow(was, is *TimelineRow) rowLayout {
	same := was == is || was.Text == is.Text && was.Edited == is.Edited && was.Late == is.Late &&
		was.Retracted == is.Retracted && was.Conflict == is.Conflict && was.Where == is.Where
	if !same {
		l.known = false
	}
	return l
}

// mark is a remark behind the text of a row.
type mark struct {
	words string
	tone  markTone
}

type markTone int

const (
	markQuiet markTone = iota
	markLate
	markConflict
)

// marks returns the remarks of a row, the pressing ones first.
func (r *TimelineRow) marks(into []mark) []mark {
	if r.Conflict {
		into = append(into, mark{"CONFLICT two versions", markConflict})
	}
	if r.Retracted != "" {
		into = append(into, mark{"retracted: " + r.Retracted, markQuiet})
	}
	if r.Where != "" {
		into = append(into, mark{r.Where, markQuiet})
	}
	if r.Late != "" {
		into = append(into, mark{r.Late, markLate})
	}
	if r.Edited > 1 {
		into = append(into, mark{"edited, " + strconv.Itoa(r.Edited) + " versions", markQuiet})
	}
	if r.Pinned {
		into = append(into, mark{"pinned", markQuiet})
	}
	return into
}

// know wraps row i. It reports whether its height changed.
func (t *Timeline) know(i int) bool {
	l, r, g := &t.layouts[i], t.rows[i], t.geo
	was := l.height
	face := t.faces.at(g.text, regular)
	l.lines = face.Wrap(r.Text, g.wordsWidth)
	l.known = true
	l.height = g.row + g.below + float32(len(l.lines)-1)*g.line
	l.inline = true
	var room [6]mark
	if marks := r.marks(room[:0]); len(marks) > 0 {
		small := t.faces.at(g.caption, regular)
		width := face.Width(l.lines[len(l.lines)-1])
		for _, m := range marks {
			width += 2*g.gap + small.Width(m.words)
		}
		if l.inline = width <= g.wordsWidth; !l.inline {
			l.height += g.line
		}
	}
	return l.height != was
}

// guess gives row i a height without measuring it.
func (t *Timeline) guess(i int) {
	l := &t.layouts[i]
	if l.known || t.geo.row == 0 {
		return
	}
	lines := text.Estimate(t.rows[i].Text, t.geo.average, t.geo.wordsWidth)
	l.height = t.geo.row + t.geo.below + float32(lines-1)*t.geo.line
}

// ruled reports whether row i opens a day.
func (t *Timeline) ruled(i int) bool {
	return t.rows[i].Day != "" && (i == 0 || t.rows[i-1].Day != t.rows[i].Day)
}

// arrange computes the tops of all items from the heights of the rows.
func (t *Timeline) arrange() {
	n := len(t.rows) + t.head()
	if cap(t.tops) < n+1 {
		t.tops = make([]float32, 0, n+n/4+64)
	}
	tops := append(t.tops[:0], 0)
	var y float32
	if t.head() > 0 {
		y = t.geo.rule
		tops = append(tops, y)
	}
	for i := range t.rows {
		if l := &t.layouts[i]; !l.known && l.height == 0 {
			t.guess(i)
		}
		y += t.layouts[i].height
		if t.ruled(i) {
			y += t.geo.rule
		}
		tops = append(tops, y)
	}
	t.tops = tops
}

// head is 1 where the first item is "Load earlier".
func (t *Timeline) head() int {
	if t.Hidden() > 0 {
		return 1
	}
	return 0
}
