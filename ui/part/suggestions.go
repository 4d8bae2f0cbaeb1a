package part

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// suggestionList shows completions; it takes no focus.
type suggestionList struct{ rowList[Suggestion] }

func newSuggestionList() *suggestionList {
	l := &suggestionList{}
	f := faces{}
	l.prepare(l, theme.SizeRow, func(s Suggestion) string { return s.ID }, func() listRow[Suggestion] { return newSuggestionLine(f) })
	l.outer = nil
	return l
}

type suggestionLine struct {
	widget.BaseWidget
	s          Suggestion
	state      rowState
	faces      faces
	ground     ground
	back       *canvas.Rectangle
	text, note *canvas.Text
}

func newSuggestionLine(f faces) *suggestionLine {
	l := &suggestionLine{faces: f, ground: newGround(), back: newRect(), text: newText(), note: newText()}
	l.ExtendBaseWidget(l)
	return l
}

func (l *suggestionLine) set(s Suggestion, state rowState) { l.s, l.state = s, state }

func (l *suggestionLine) CreateRenderer() fyne.WidgetRenderer { return newRenderer(l) }

func (l *suggestionLine) least() fyne.Size { return fyne.NewSize(1, 1) }

func (l *suggestionLine) draw(size fyne.Size) {
	p := newPen(l)
	p.fill(l.back, theme.ColorSurface)
	place(l.back, 0, 0, size.Width, size.Height)
	l.ground.draw(p, l.state, size)
	gap := p.size(base.SizeNameInnerPadding)
	col := columns{f: l.faces, p: p, left: gap, right: size.Width - gap, gap: 2 * gap, height: size.Height}
	style := regular
	if strings.HasPrefix(l.s.Text, "/") { // typed as it stands; a name is read
		style = mono
	}
	width := max(ceil(l.faces.at(p.size(base.SizeNameText), style).Width(l.s.Text)), size.Width/3)
	width = min(width, size.Width*2/3)
	col.put(l.text, l.s.Text, gap, width, base.ColorNameForeground, style)
	col.left += width + 2*gap
	col.rest(l.note, l.s.Note, theme.ColorMuted, regular)
}

func (l *suggestionLine) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{l.back, l.ground.ring, l.ground.fill, l.text, l.note}
}
