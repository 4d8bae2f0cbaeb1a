package part

import (
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// ShiftRow is a shift, or a gap between two, as the on-call screen lists it.
type ShiftRow struct {
	ID    string
	From  string // "Mon 23 Nov 10:00"
	Until string
	Place string // "primary of Platform"
	Who   string // "Nobody" in a gap
	Note  string // "override for Ana Ruiz: dentist", "on leave"
	Tone  text.Tone
	Now   bool // it runs
}

// ShiftList lists shifts, one line each.
type ShiftList struct{ rowList[ShiftRow] }

// NewShiftList makes an empty list.
func NewShiftList() *ShiftList {
	l := &ShiftList{}
	f := faces{}
	l.prepare(l, theme.SizeBoardRow, func(r ShiftRow) string { return r.ID }, func() listRow[ShiftRow] {
		return newLine(f, 5, func(c *columns, t []*canvas.Text, _ healthDot, r ShiftRow) {
			time, who := theme.ColorMuted, toneColour(r.Tone)
			if r.Now {
				time = base.ColorNameForeground
			}
			style := regular
			if r.Now || r.Tone != text.Quiet {
				style = bold
			}
			c.fromLeft(t[0], r.From, "Mon 30 Nov 00:00", time, regular)
			c.fromLeft(t[1], r.Until, "Mon 30 Nov 00:00", theme.ColorMuted, regular)
			of := c.sample("secondary of Platform", regular)
			// One width for both styles; with large text a name gives way to the place. A long one is
			// shortened to its initial, which leaves room for the note.
			width := min(c.sample("Joanna Kowalska-Ruiz", bold), max(c.right-c.left-c.gap-of, c.sample("Joanna", bold)))
			name := c.f.at(c.p.size(base.SizeNameText), bold).Name(r.Who, width)
			c.put(t[2], name, c.left, width, who, style)
			c.left += width + c.gap
			width = max(min(of, c.right-c.left), 0)
			c.put(t[3], r.Place, c.left, width, theme.ColorMuted, regular)
			c.left += width + c.gap
			c.rest(t[4], r.Note, toneColour(r.Tone), regular)
		})
	})
	return l
}

// Segment is a stretch of a strip. From and Until are shares of its width.
type Segment struct {
	From, Until float32
	Words       string
	Tone        text.Tone // Late is a gap
	Mine        bool
	// Clash draws a line around what lies below, and nothing else.
	Clash bool
}

// StripLane is one line of a strip.
type StripLane struct {
	Name     string
	Segments []Segment
}

// Strip shows who has what over some days, a lane for each place. It is looked
// at; what is in it stands in a list below, which the keyboard reaches.
type Strip struct {
	widget.BaseWidget
	zone  string
	days  []string
	lanes []StripLane
	now   float32
	faces faces

	heads, names, words []*canvas.Text
	blocks              []*canvas.Rectangle
	marks               []*canvas.Rectangle // between days
	line                *canvas.Rectangle   // the present
	corner              *canvas.Text        // the zone
	used                int
}

// NewStrip makes an empty strip.
func NewStrip() *Strip {
	s := &Strip{faces: faces{}, line: newRect(), corner: newText()}
	s.ExtendBaseWidget(s)
	return s
}

// Set shows lanes over days, which are those of a zone; now is the present as a
// share of the width, negative where it is outside.
func (s *Strip) Set(zone string, days []string, lanes []StripLane, now float32) {
	s.zone, s.days, s.lanes, s.now = zone, days, lanes, now
	s.Refresh()
}

// CreateRenderer draws the strip.
func (s *Strip) CreateRenderer() fyne.WidgetRenderer { return newRenderer(s) }

func (s *Strip) lane(p pen) float32 {
	return ceil(p.height(base.SizeNameText, regular)) + 2*p.size(base.SizeNamePadding)
}

func (s *Strip) least() fyne.Size {
	if len(s.lanes) == 0 {
		return fyne.NewSize(1, 0)
	}
	p := newPen(s)
	return fyne.NewSize(320, ceil(p.height(base.SizeNameCaptionText, regular))+s.lane(p)*float32(len(s.lanes)))
}

func (s *Strip) draw(size fyne.Size) {
	p := newPen(s)
	if s.used = 0; len(s.lanes) == 0 {
		s.zone, s.days = "", nil
	}
	gap := p.size(base.SizeNameInnerPadding)
	names := ceil(s.faces.at(p.size(base.SizeNameText), regular).Width("secondary of Platform")) + gap
	head, lane := ceil(p.height(base.SizeNameCaptionText, regular)), s.lane(p)
	wide := max(size.Width-names, 1)
	p.write(s.corner, s.zone, theme.ColorMuted, base.SizeNameCaptionText, regular)
	place(s.corner, 0, 0, names, head)
	s.heads, s.marks = pool(s.heads, len(s.days), newText), pool(s.marks, len(s.days), newRect)
	for i, d := range s.days {
		x := names + wide*float32(i)/float32(len(s.days))
		p.write(s.heads[i], s.head(p, d, wide/float32(len(s.days))-2), theme.ColorMuted, base.SizeNameCaptionText, regular)
		place(s.heads[i], x+2, 0, wide/float32(len(s.days)), head)
		p.fill(s.marks[i], base.ColorNameSeparator)
		place(s.marks[i], x, 0, 1, size.Height)
	}
	s.names = pool(s.names, len(s.lanes), newText)
	for i, l := range s.lanes {
		y := head + lane*float32(i)
		p.write(s.names[i], p.cut(s.faces, l.Name, base.SizeNameText, regular, names-gap), base.ColorNameForeground, base.SizeNameText, regular)
		place(s.names[i], 0, y, names, lane)
		for _, seg := range l.Segments {
			s.block(p, seg, fyne.NewPos(names+wide*seg.From, y+1), fyne.NewSize(wide*(seg.Until-seg.From), lane-2), func(words float32) (from, until float32) {
				from, until = l.clear(seg, words/wide)
				return names + wide*from, names + wide*until
			})
		}
	}
	show(s.line, s.now >= 0 && s.now <= 1 && len(s.lanes) > 0)
	p.fill(s.line, theme.ColorFocusRing)
	place(s.line, names+wide*s.now-1, 0, 2, size.Height) // clear of the word over the day it begins
}

// head is the word over a day: where there is no room for "Wed 1", the number.
func (s *Strip) head(p pen, day string, room float32) string {
	if p.width(day, base.SizeNameCaptionText, regular) > room {
		day = day[strings.LastIndexByte(day, ' ')+1:]
	}
	return p.cut(s.faces, day, base.SizeNameCaptionText, regular, room)
}

// clear is the part of a segment for words that need a share of the width: the
// first that no line around a clash crosses and that holds them, else the widest.
func (l StripLane) clear(seg Segment, need float32) (from, until float32) {
	edges := []float32{seg.From, seg.Until}
	for _, c := range l.Segments {
		for _, e := range [...]float32{c.From, c.Until} {
			if c.Clash && e > seg.From && e < seg.Until {
				edges = append(edges, e)
			}
		}
	}
	slices.Sort(edges)
	for i, e := range edges[1:] {
		if e-edges[i] > until-from {
			from, until = edges[i], e
		}
		if e-edges[i] >= need {
			return edges[i], e
		}
	}
	return from, until
}

// block draws one stretch: filled where somebody is there, outlined where
// nobody is. clear is where words of a width go.
func (s *Strip) block(p pen, seg Segment, at fyne.Position, size fyne.Size, clear func(float32) (from, until float32)) {
	s.used++
	s.blocks, s.words = pool(s.blocks, s.used, newRect), pool(s.words, s.used, newText)
	r, t := s.blocks[s.used-1], s.words[s.used-1]
	p.fill(r, theme.ColorRaised)
	r.StrokeWidth, r.StrokeColor, r.CornerRadius = 1, p.colour(base.ColorNameSeparator), 3
	style := regular
	switch {
	case seg.Tone == text.Late:
		p.fill(r, theme.Severity(0).Tint)
		r.StrokeWidth, r.StrokeColor, style = 2, p.colour(theme.Severity(0).Text), bold
	case seg.Clash:
		r.FillColor = color.Transparent
		r.StrokeWidth, r.StrokeColor = 2, p.colour(theme.Severity(2).Text)
	case seg.Mine:
		p.fill(r, theme.ColorSelected)
	}
	place(r, at.X+1, at.Y, max(size.Width-2, 2), size.Height)
	words, pad := "", p.size(base.SizeNameInnerPadding)
	from, until := clear(p.width(seg.Words, base.SizeNameText, style) + 2*pad)
	if until-from > 2*size.Height { // less has no room for a name
		words = s.faces.at(p.size(base.SizeNameText), style).Name(seg.Words, until-from-2*pad)
	}
	p.write(t, words, toneColour(seg.Tone), base.SizeNameText, style)
	place(t, from+pad, at.Y, max(until-from-2*pad, 1), size.Height)
}

// pool gives n objects, making those that lack.
func pool[T any](have []T, n int, make func() T) []T {
	for len(have) < n {
		have = append(have, make())
	}
	return have
}

func (s *Strip) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{s.corner}
	for i := range s.days {
		all = append(all, s.marks[i], s.heads[i])
	}
	for i := range s.lanes {
		all = append(all, s.names[i])
	}
	for i := range s.used {
		all = append(all, s.blocks[i], s.words[i])
	}
	return append(all, s.line)
}
