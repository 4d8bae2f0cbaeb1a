package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// StandingKind says how a standing line is drawn.
type StandingKind int

const (
	// StandingDrill fills the line: nobody may take an exercise for the real thing, or the other
	// way round.
	StandingDrill StandingKind = iota
	// StandingDown is what does not work.
	StandingDown
	// StandingPlain is what everybody keeps in mind.
	StandingPlain
)

// StandingLine is a line under the header that stays while what it says holds.
type StandingLine struct {
	Word string // in front, bold
	Text string
	Kind StandingKind
}

// standingMost is how many rows of text a line may take: what is down is read whole.
const standingMost = 2

// Standing holds the lines under the header. Without one it is hidden.
type Standing struct {
	widget.BaseWidget
	lines   []StandingLine
	faces   faces
	grounds []*canvas.Rectangle
	words   []*canvas.Text
	texts   [][standingMost]*canvas.Text
	wide    float32
}

// NewStanding makes one without lines.
func NewStanding() *Standing {
	s := &Standing{faces: faces{}}
	s.Hidden = true
	s.ExtendBaseWidget(s)
	return s
}

// Set shows lines; it reports whether anything changed.
func (s *Standing) Set(lines []StandingLine) bool {
	if len(lines) == len(s.lines) {
		same := true
		for i := range lines {
			same = same && lines[i] == s.lines[i]
		}
		if same {
			return false
		}
	}
	s.lines = lines
	for len(s.words) < len(lines) {
		s.grounds, s.words = append(s.grounds, newRect()), append(s.words, newText())
		s.texts = append(s.texts, [standingMost]*canvas.Text{newText(), newText()})
	}
	show(s, len(lines) > 0)
	s.Refresh()
	return true
}

// Lines is what was set.
func (s *Standing) Lines() []StandingLine { return s.lines }

// Resize notes the width, which says how tall the lines are.
func (s *Standing) Resize(size fyne.Size) {
	s.wide = size.Width
	s.BaseWidget.Resize(size)
}

// CreateRenderer draws the lines.
func (s *Standing) CreateRenderer() fyne.WidgetRenderer { return newRenderer(s) }

// wrap breaks a line into what stands beside its word.
func (s *Standing) wrap(p pen, i int, width float32) []string {
	gap, l := p.size(base.SizeNameInnerPadding), s.lines[i]
	room := width - 5*gap - p.width(l.Word, base.SizeNameText, bold)
	if room <= 0 {
		return []string{l.Text}
	}
	return s.faces.at(p.size(base.SizeNameText), regular).Lines(l.Text, room, standingMost)
}

func (s *Standing) high(p pen, i int, width float32) float32 {
	return ceil(float32(len(s.wrap(p, i, width)))*p.height(base.SizeNameText, regular)) + 2*p.size(base.SizeNamePadding)
}

func (s *Standing) least() fyne.Size {
	p, high := newPen(s), float32(0)
	for i := range s.lines {
		high += s.high(p, i, s.wide)
	}
	return fyne.NewSize(320, high)
}

func (s *Standing) draw(size fyne.Size) {
	p := newPen(s)
	gap, pad, row := p.size(base.SizeNameInnerPadding), p.size(base.SizeNamePadding), p.height(base.SizeNameText, regular)
	y := float32(0)
	for i := range s.words {
		visible := i < len(s.lines)
		show(s.grounds[i], visible)
		show(s.words[i], visible)
		for j := range standingMost {
			show(s.texts[i][j], false)
		}
		if !visible {
			continue
		}
		l, high := s.lines[i], s.high(p, i, size.Width)
		ground, word, plain := theme.ColorSurface, base.ColorNameForeground, base.ColorNameForeground
		switch l.Kind {
		case StandingDrill:
			ground, word, plain = theme.Severity(2).Fill, theme.Severity(2).Label, theme.Severity(2).Label
		case StandingDown:
			word = theme.Severity(1).Text
		case StandingPlain:
			word = theme.ColorMuted
		}
		p.fill(s.grounds[i], ground)
		place(s.grounds[i], 0, y, size.Width, high)
		p.write(s.words[i], l.Word, word, base.SizeNameText, bold)
		width := p.width(l.Word, base.SizeNameText, bold)
		place(s.words[i], 2*gap, y+pad, width, row)
		for j, words := range s.wrap(p, i, size.Width) {
			t := s.texts[i][j]
			show(t, true)
			p.write(t, words, plain, base.SizeNameText, regular)
			place(t, 3*gap+width, y+pad+float32(j)*row, max(size.Width-4*gap-width, 0), row)
		}
		y += high
	}
}

func (s *Standing) pieces() []fyne.CanvasObject {
	var all []fyne.CanvasObject
	for i := range s.words {
		all = append(all, s.grounds[i], s.words[i], s.texts[i][0], s.texts[i][1])
	}
	return all
}
