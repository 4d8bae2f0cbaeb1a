package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
	"holdfast/ui/theme"
)

// Field is a row of a form: a label over an input, and under it a word of help or what is wrong, on as
// many lines as the width asks for. The room for a line is always there, so that a short error moves
// nothing.
type Field struct {
	widget.BaseWidget
	input       fyne.CanvasObject
	name        string
	help, wrong string
	faces       faces
	label       *canvas.Text
	under       []*canvas.Text
	lines       int // of under that are drawn
	wide        float32
}

// NewField makes a row for an input.
func NewField(name string, input fyne.CanvasObject) *Field {
	f := &Field{faces: faces{}, name: name, input: input, label: newText()}
	f.ExtendBaseWidget(f)
	return f
}

// Framed is the input, which is seen with its name and its help.
func (f *Field) Framed() fyne.CanvasObject { return f.input }

// SetHelp sets the quiet word under the input.
func (f *Field) SetHelp(s string) {
	if f.help != s {
		f.help = s
		f.Refresh()
	}
}

// SetError says what is wrong; empty takes it back.
func (f *Field) SetError(s string) {
	if f.wrong != s {
		f.wrong = s
		f.Refresh()
	}
}

// CreateRenderer draws the row.
func (f *Field) CreateRenderer() fyne.WidgetRenderer { return newRenderer(f) }

func (f *Field) least() fyne.Size {
	p := newPen(f)
	word := ceil(p.height(base.SizeNameCaptionText, bold))
	return f.input.MinSize().AddWidthHeight(0, word*float32(1+f.room(p))+4)
}

// Resize notes the width, which says how many lines the help takes.
func (f *Field) Resize(size fyne.Size) {
	f.wide = size.Width
	f.BaseWidget.Resize(size)
}

// wrap breaks words under the input to its width.
func (f *Field) wrap(p pen, words string) []string {
	if f.wide <= 0 {
		return []string{words}
	}
	return f.faces.at(p.size(base.SizeNameCaptionText), regular).Wrap(words, f.wide)
}

// room is how many lines stand under the input: what the help needs even while an error is shown.
func (f *Field) room(p pen) int {
	return max(len(f.wrap(p, f.help)), len(f.wrap(p, f.wrong)))
}

func (f *Field) draw(size fyne.Size) {
	p := newPen(f)
	word := ceil(p.height(base.SizeNameCaptionText, bold))
	p.write(f.label, p.cut(f.faces, f.name, base.SizeNameCaptionText, bold, size.Width), theme.ColorMuted, base.SizeNameCaptionText, bold)
	place(f.label, 0, 0, size.Width, word)
	// Beside a field with more help the row is taller; the inputs stay alike.
	input := f.input.MinSize().Height
	place(f.input, 0, word+2, size.Width, input)
	below := word + input + 4
	words, colour := f.help, theme.ColorMuted
	if f.wrong != "" {
		words, colour = f.wrong, theme.Severity(0).Text
	}
	lines := f.wrap(p, words)
	f.lines = len(lines)
	for i, s := range lines {
		if i == len(f.under) {
			f.under = append(f.under, newText())
		}
		p.write(f.under[i], s, colour, base.SizeNameCaptionText, regular)
		place(f.under[i], 0, below+float32(i)*word, size.Width, word)
	}
}

func (f *Field) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{f.label, f.input}
	for _, t := range f.under[:f.lines] {
		all = append(all, t)
	}
	return all
}

// Chip is a choice that is on or off, such as an audience with its count. A tick as well as the
// ground shows that it is on.
type Chip struct {
	widget.BaseWidget
	OnChange func(on bool)
	OnKey    func(fyne.KeyName) bool // sees keys first; true means handled
	OnRune   func(rune)              // hears what is typed; nil does nothing

	text, count   string
	faces         faces
	on            bool
	focused       bool
	ground, ring  *canvas.Rectangle
	label, number *canvas.Text
}

var _ fyne.Focusable = (*Chip)(nil)

// NewChip makes a chip that is off. An empty count shows none.
func NewChip(text, count string) *Chip {
	c := &Chip{text: text, count: count, faces: faces{}, ground: newRect(), ring: newRect(), label: newText(), number: newText()}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes what the chip shows without reporting it.
func (c *Chip) Set(text, count string, on bool) {
	if c.text != text || c.count != count || c.on != on {
		c.text, c.count, c.on = text, count, on
		c.Refresh()
	}
}

// On reports whether the chip is on.
func (c *Chip) On() bool { return c.on }

// Tapped turns the chip on or off.
func (c *Chip) Tapped(*fyne.PointEvent) {
	c.on = !c.on
	c.Refresh()
	if c.OnChange != nil {
		c.OnChange(c.on)
	}
}

// FocusGained draws the ring and brings the chip into sight.
func (c *Chip) FocusGained() {
	c.focused = true
	c.Refresh()
	fynex.InSight(c)
}

// FocusLost takes the ring away.
func (c *Chip) FocusLost() { c.focused = false; c.Refresh() }

// TypedRune passes on what is typed; Space arrives as a key, and as a character too, which means nothing.
func (c *Chip) TypedRune(r rune) {
	if c.OnRune != nil && r != ' ' {
		c.OnRune(r)
	}
}

// TypedKey turns the chip on or off on Space and Return.
func (c *Chip) TypedKey(k *fyne.KeyEvent) {
	if c.OnKey != nil && c.OnKey(k.Name) {
		return
	}
	switch k.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.Tapped(nil)
	case fyne.KeyEscape:
		fynex.PassOn(c, k)
	}
}

// CreateRenderer draws the chip.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer { return newRenderer(c) }

// words are the label behind its tick. The room of the tick is reserved in both states, so that a click
// moves no neighbour.
func (c *Chip) words() string {
	if c.on {
		return "✓ " + c.text
	}
	return c.text
}

func (c *Chip) least() fyne.Size {
	p := newPen(c)
	gap := p.size(base.SizeNameInnerPadding)
	width := p.width("✓ "+c.text, base.SizeNameText, bold) + 4*gap
	if c.count != "" {
		width += p.width(c.count, base.SizeNameText, regular) + gap
	}
	return fyne.NewSize(ceil(width), p.size(theme.SizeTarget))
}

func (c *Chip) draw(size fyne.Size) {
	p := newPen(c)
	gap := p.size(base.SizeNameInnerPadding)
	p.fill(c.ground, theme.ColorSurface)
	c.ground.StrokeWidth, c.ground.StrokeColor = 1, p.colour(base.ColorNameInputBorder)
	word := theme.ColorMuted
	if c.on {
		p.fill(c.ground, theme.ColorSelected)
		c.ground.StrokeColor = p.colour(base.ColorNamePrimary)
		word = base.ColorNameForeground
	}
	c.ground.CornerRadius = size.Height / 2
	place(c.ground, 0, 0, size.Width, size.Height)
	p.ring(c.ring)
	c.ring.CornerRadius = size.Height / 2
	show(c.ring, c.focused)
	place(c.ring, 0, 0, size.Width, size.Height)
	p.write(c.number, c.count, theme.ColorMuted, base.SizeNameText, regular)
	label := p.width("✓ "+c.text, base.SizeNameText, bold)
	if c.count != "" {
		label = min(label, size.Width-5*gap-p.width(c.count, base.SizeNameText, regular))
	}
	label = max(0, min(label, size.Width-4*gap)) // a chip may be given less than it asks for
	p.write(c.label, p.cut(c.faces, c.words(), base.SizeNameText, bold, label), word, base.SizeNameText, bold)
	c.label.Alignment = fyne.TextAlignCenter
	place(c.label, 2*gap, 0, label, size.Height)
	place(c.number, 2*gap+label+gap, 0, max(0, size.Width-3*gap-label), size.Height)
}

func (c *Chip) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{c.ground, c.label, c.number, c.ring}
}

// Count is what stands behind the word: a number, or the key that chooses it.
func (c *Chip) Count() string { return c.count }

// Word is what the chip offers.
func (c *Chip) Word() string { return c.text }
