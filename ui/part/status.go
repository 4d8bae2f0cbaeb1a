package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// Health is how something stands. Its dot differs in shape as well as in colour.
type Health int

const (
	// Good was checked and is right: a filled dot.
	Good Health = iota
	// Stale has not been heard of lately: a dashed ring.
	Stale
	// Bad needs somebody: a filled square.
	Bad
)

// StatusRow is the line at the bottom of every screen.
type StatusRow struct {
	Mode    string // "Typing", "Choosing" or "Commands"
	Journal string // "Journal written 12:21:30"
	Store   Health
	Peers   string // "3 peers, last heard 2 s ago"
	Sync    Health
	UTC     string // "12:21:34 UTC"
	Local   string // "13:21:34 CET"
}

// StatusLine says whether what was written is safe and who has it, and shows both clocks.
type StatusLine struct {
	widget.BaseWidget
	OnTap func() // the line was clicked: show the peers

	row                             StatusRow
	ground                          *canvas.Rectangle
	mode, journal, peers, utc, zone *canvas.Text
	store, sync                     healthDot
	faces                           faces
}

// NewStatusLine makes an empty line.
func NewStatusLine() *StatusLine {
	s := &StatusLine{
		faces: faces{}, ground: newRect(), mode: newText(), journal: newText(), peers: newText(), utc: newText(), zone: newText(),
		store: newHealthDot(), sync: newHealthDot(),
	}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows the state. Where only a clock changed, only the clocks are redrawn.
func (s *StatusLine) Set(r StatusRow) {
	was := s.row
	if was == r {
		return
	}
	s.row = r
	was.UTC, was.Local = r.UTC, r.Local
	if was == r && len(s.utc.Text) == len(r.UTC) && len(s.zone.Text) == len(r.Local) {
		s.utc.Text, s.zone.Text = r.UTC, r.Local
		s.utc.Refresh()
		s.zone.Refresh()
		return
	}
	s.Refresh()
}

// Row is what the line shows.
func (s *StatusLine) Row() StatusRow { return s.row }

// Tapped asks for the peers.
func (s *StatusLine) Tapped(*fyne.PointEvent) {
	if s.OnTap != nil {
		s.OnTap()
	}
}

// CreateRenderer draws the line.
func (s *StatusLine) CreateRenderer() fyne.WidgetRenderer { return newRenderer(s) }

func (s *StatusLine) least() fyne.Size { return fyne.NewSize(400, newPen(s).size(theme.SizeTarget)) }

func (s *StatusLine) draw(size fyne.Size) {
	p := newPen(s)
	gap := p.size(base.SizeNameInnerPadding)
	p.fill(s.ground, theme.ColorSurface)
	place(s.ground, 0, 0, size.Width, size.Height)

	right := size.Width - 2*gap
	for _, c := range []struct {
		t     *canvas.Text
		words string
	}{{s.zone, s.row.Local}, {s.utc, s.row.UTC}} {
		show(c.t, c.words != "")
		if c.words == "" {
			continue
		}
		p.write(c.t, c.words, theme.ColorMuted, base.SizeNameCaptionText, mono)
		width := ceil(c.t.MinSize().Width)
		right -= width
		place(c.t, right, 0, width, size.Height)
		right -= 2 * gap
	}

	x := 2 * gap
	p.write(s.mode, s.row.Mode, base.ColorNameForeground, base.SizeNameCaptionText, bold)
	reserve := ceil(p.width("Commands", base.SizeNameCaptionText, bold))
	place(s.mode, x, 0, reserve, size.Height)
	x += reserve + 3*gap
	x = s.state(p, s.store, s.journal, s.row.Store, s.row.Journal, x, right, size.Height)
	s.state(p, s.sync, s.peers, s.row.Sync, s.row.Peers, x, right, size.Height)
}

// state draws a dot and its sentence and returns where the next begins.
func (s *StatusLine) state(p pen, dot healthDot, t *canvas.Text, h Health, words string, x, right, height float32) float32 {
	gap := p.size(base.SizeNameInnerPadding)
	dot.draw(p, h, x, height/2, words != "")
	x += dotWide(p) + gap
	colour := theme.ColorMuted
	if h == Bad {
		colour = theme.Severity(0).Text
	}
	face := s.faces.at(p.size(base.SizeNameCaptionText), regular)
	words = face.Ellipsis(words, max(0, right-x))
	p.write(t, words, colour, base.SizeNameCaptionText, regular)
	place(t, x, 0, face.Width(words), height)
	return x + face.Width(words) + 3*gap
}

func (s *StatusLine) pieces() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{s.ground, s.mode, s.journal, s.peers, s.utc, s.zone}, append(s.store.pieces(), s.sync.pieces()...)...)
}
