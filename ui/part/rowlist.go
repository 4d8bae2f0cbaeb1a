package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
	"holdfast/ui/theme"
)

// rowState is how a row of a list stands out.
type rowState struct{ selected, focused, hovered bool }

// listRow draws one row of a rowList.
type listRow[R comparable] interface {
	drawing
	set(r R, s rowState)
}

// rowList is a keyboard list of rows of one height. Setting rows redraws only those that changed,
// so a list whose clocks tick costs what it shows.
type rowList[R comparable] struct {
	widget.BaseWidget
	OnSelect func(id string)
	OnOpen   func(id string)
	OnPeek   func(id string)
	OnRune   func(rune)
	OnKey    func(*fyne.KeyEvent)

	rows     []R
	id       func(R) string
	row      func() listRow[R]
	size     fyne.ThemeSizeName
	height   float32
	most     int    // rows the list asks room for; 0 is a view of its own
	words    string // words that need more width than there is put each row on two lines; none never does
	selected string
	focused  bool
	hover    int
	list     *vlist
	clicks   clickTimer
	self     fyne.Widget    // the widget that embeds the list
	outer    fyne.Focusable // the same, where it takes the focus
}

// prepare sets up the list. outer is the widget that embeds it and takes the focus; nil takes none.
func (l *rowList[R]) prepare(outer fyne.Widget, size fyne.ThemeSizeName, id func(R) string, row func() listRow[R]) {
	l.id, l.row, l.size, l.hover = id, row, size, -1
	l.self = outer
	l.outer, _ = outer.(fyne.Focusable)
	l.height = 1
	l.list = newVlist((*rowListRows[R])(l))
	l.ExtendBaseWidget(outer)
}

// CommandSurface marks a list on which single keys are commands.
func (l *rowList[R]) CommandSurface() {}

// SetRows shows rows. The offset stays; the selection stays with its ID, or goes to the row that
// took its place.
func (l *rowList[R]) SetRows(rows []R) {
	was, at := l.rows, l.index(l.selected)
	l.rows = rows
	if at >= 0 && l.index(l.selected) < 0 {
		l.selected = ""
		if len(rows) > 0 {
			l.selected = l.id(rows[min(at, len(rows)-1)])
		}
		l.list.moveTo(l.list.offset())
		return
	}
	if len(was) != len(rows) {
		l.list.moveTo(l.list.offset())
		return
	}
	for i := range rows {
		if rows[i] != was[i] {
			l.list.rebind(i)
		}
	}
}

// Rows returns what is shown.
func (l *rowList[R]) Rows() []R { return l.rows }

// Selected returns the ID of the selected row, empty where there is none.
func (l *rowList[R]) Selected() string { return l.selected }

// Attended reports that somebody is at the list: with the keyboard, or the pointer over a row.
func (l *rowList[R]) Attended() bool { return l.focused || l.hover >= 0 }

// Select selects a row and brings it into sight. An unknown ID selects nothing.
func (l *rowList[R]) Select(id string) {
	i := l.index(id)
	if i < 0 {
		id = ""
	}
	changed := id != l.selected
	l.selected = id
	if i >= 0 {
		l.list.reveal(i)
	} else {
		l.list.update(true)
	}
	if changed && id != "" && l.OnSelect != nil {
		l.OnSelect(id)
	}
}

// Step moves the selection by n rows, staying inside the list.
func (l *rowList[R]) Step(n int) {
	if len(l.rows) == 0 {
		return
	}
	at := l.index(l.selected)
	switch {
	case at < 0 && n > 0:
		at = 0
	case at < 0:
		at = len(l.rows) - 1
	default:
		at = min(max(at+n, 0), len(l.rows)-1)
	}
	l.Select(l.id(l.rows[at]))
}

// FocusGained draws the ring.
func (l *rowList[R]) FocusGained() {
	l.focused = true
	if l.selected == "" && len(l.rows) > 0 {
		l.selected = l.id(l.rows[0])
	}
	l.list.update(true)
}

// FocusLost takes the ring away.
func (l *rowList[R]) FocusLost() {
	l.focused = false
	l.list.update(true)
}

// TypedRune moves on j, k, g and G and offers every other character to OnRune.
func (l *rowList[R]) TypedRune(r rune) {
	switch r {
	case 'j':
		l.Step(1)
	case 'k':
		l.Step(-1)
	case 'g':
		l.Step(-len(l.rows))
	case 'G':
		l.Step(len(l.rows))
	case ' ': // arrives as a key too
	default:
		if l.OnRune != nil {
			l.OnRune(r)
		}
	}
}

// TypedKey moves, opens and peeks, and offers every other key to OnKey.
func (l *rowList[R]) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyDown:
		l.Step(1)
	case fyne.KeyUp:
		l.Step(-1)
	case fyne.KeyHome:
		l.Step(-len(l.rows))
	case fyne.KeyEnd:
		l.Step(len(l.rows))
	case fyne.KeyPageDown:
		l.Step(l.page())
	case fyne.KeyPageUp:
		l.Step(-l.page())
	case fyne.KeyReturn, fyne.KeyEnter:
		l.call(l.OnOpen)
	case fyne.KeySpace:
		l.call(l.OnPeek)
	default:
		if l.OnKey != nil {
			l.OnKey(k)
		}
	}
}

func (l *rowList[R]) page() int { return max(1, int(l.list.viewport()/l.height)-1) }

func (l *rowList[R]) call(f func(string)) {
	if f != nil && l.selected != "" {
		f(l.selected)
	}
}

func (l *rowList[R]) index(id string) int {
	if id == "" {
		return -1
	}
	for i := range l.rows {
		if l.id(l.rows[i]) == id {
			return i
		}
	}
	return -1
}

// CreateRenderer draws the list.
func (l *rowList[R]) CreateRenderer() fyne.WidgetRenderer { return newRendererOf(l, l.self) }

func (l *rowList[R]) least() fyne.Size {
	return fyne.NewSize(160, l.rowHeight(l.Size().Width)*float32(max(l.most, 1)))
}

// rowHeight is how tall each row is in a list of a width.
func (l *rowList[R]) rowHeight(width float32) float32 {
	p := newPen(l)
	if l.words != "" && width > 0 && width < p.width(l.words, base.SizeNameText, regular) {
		return ceil(p.size(l.size) * tallRow)
	}
	return ceil(p.size(l.size))
}

func (l *rowList[R]) draw(size fyne.Size) {
	l.height = l.rowHeight(size.Width)
	at := l.index(l.selected)
	kept := at >= 0 && l.list.viewport() != size.Height && (l.focused || l.insight(at))
	place(l.list.scroll, 0, 0, size.Width, size.Height)
	if kept { // what takes room beside the list does not push the selected row out of sight
		l.list.reveal(at)
		return
	}
	l.list.moveTo(l.list.offset())
}

// insight reports whether a row is seen in full.
func (l *rowList[R]) insight(i int) bool {
	top, y := float32(i)*l.height, l.list.offset()
	return top >= y && top+l.height <= y+l.list.viewport()
}

func (l *rowList[R]) pieces() []fyne.CanvasObject { return []fyne.CanvasObject{l.list.scroll} }

// rowListRows is the side of a rowList the scroller sees.
type rowListRows[R comparable] rowList[R]

func (s *rowListRows[R]) l() *rowList[R] { return (*rowList[R])(s) }

func (s *rowListRows[R]) count() int { return len(s.rows) }

func (s *rowListRows[R]) span(i int) (float32, float32) { return float32(i) * s.height, s.height }

func (s *rowListRows[R]) total() float32 { return float32(len(s.rows)) * s.height }

func (s *rowListRows[R]) newRow() rowWidget { return s.row() }

func (s *rowListRows[R]) bind(r rowWidget, i int) {
	selected := s.selected != "" && s.id(s.rows[i]) == s.selected
	r.(listRow[R]).set(s.rows[i], rowState{selected, selected && s.focused, s.hover == i})
}

func (s *rowListRows[R]) tapped(i int) {
	l := s.l()
	if l.outer != nil {
		fynex.FocusOn(l.outer)
	}
	id := l.id(l.rows[i])
	again := l.clicks.again(id)
	l.Select(id)
	if again || l.outer == nil { // a list that takes no focus acts at once
		l.call(l.OnOpen)
	}
}

func (s *rowListRows[R]) hovered(i int) {
	if s.hover == i {
		return
	}
	was := s.hover
	s.hover = i
	s.list.rebind(was)
	s.list.rebind(i)
}

// ground is what a row of a list stands on. The ring is not a stroke but a ground of its own under
// the fill: the software painter moves a stroke that reaches beyond the edge it is cut at, which is
// where the rows of a list stand.
type ground struct{ fill, ring *canvas.Rectangle }

func newGround() ground { return ground{newRect(), newRect()} }

func (g ground) draw(p pen, s rowState, size fyne.Size) {
	show(g.fill, s.selected || s.hovered)
	p.fill(g.fill, theme.ColorRaised)
	if s.selected {
		p.fill(g.fill, theme.ColorSelected)
	}
	g.place(p, s.focused, 0, size.SubtractWidthHeight(p.size(base.SizeNameScrollBarSmall)+1, 0)) // the bar would cover the end of the ring
}

// place puts the ground of a row under a top; with the ring, the fill stands inside it.
func (g ground) place(p pen, ringed bool, top float32, size fyne.Size) {
	show(g.ring, ringed)
	p.fill(g.ring, theme.ColorFocusRing)
	g.fill.CornerRadius = p.size(base.SizeNameSelectionRadius)
	g.ring.CornerRadius = g.fill.CornerRadius
	inset := float32(0)
	if ringed {
		inset = p.size(theme.SizeFocusRing)
		g.fill.CornerRadius = max(0, g.fill.CornerRadius-inset)
	}
	place(g.ring, 0, top, size.Width, size.Height-top)
	place(g.fill, inset, top+inset, size.Width-2*inset, size.Height-top-2*inset)
}
