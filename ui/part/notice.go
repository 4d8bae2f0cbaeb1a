package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
	"holdfast/ui/theme"
)

// NoticeTone is how much a sentence asks for.
type NoticeTone int

const (
	// NoticePlain tells something.
	NoticePlain NoticeTone = iota
	// NoticeWarn asks for something soon.
	NoticeWarn
	// NoticeAlarm asks for something now: a conflict, a failed write.
	NoticeAlarm
)

// word is said in front of the sentence, so that colour is not what carries the tone.
func (t NoticeTone) word() string {
	switch t {
	case NoticeAlarm:
		return "Act now"
	case NoticeWarn:
		return "Check"
	default:
		return ""
	}
}

func (t NoticeTone) severity() theme.SeverityColors {
	switch t {
	case NoticeAlarm:
		return theme.Severity(0)
	case NoticeWarn:
		return theme.Severity(1)
	default:
		return theme.Severity(3)
	}
}

// BannerRow is a sentence about the health of the room or a conflict, with the one thing to do.
type BannerRow struct {
	Text   string
	Tone   NoticeTone
	Action string // the word on the button; empty shows none
	Key    string // the key that does the same
}

// Banner stands over a screen until what it says is dealt with. It wraps and never covers anything.
type Banner struct {
	widget.BaseWidget
	OnAction func()

	row    BannerRow
	faces  faces
	ground *canvas.Rectangle
	bar    *canvas.Rectangle
	word   *canvas.Text
	lines  []*canvas.Text
	used   int
	button *fynex.Button
	wide   float32
}

// NewBanner makes a hidden banner.
func NewBanner() *Banner {
	b := &Banner{faces: faces{}, ground: newRect(), bar: newRect(), word: newText()}
	b.button = fynex.NewButton("", func() {
		if b.OnAction != nil {
			b.OnAction()
		}
	})
	b.Hidden = true
	b.ExtendBaseWidget(b)
	return b
}

// Set shows a sentence; an empty one hides the banner.
func (b *Banner) Set(r BannerRow) {
	if b.row == r {
		return
	}
	b.row = r
	b.button.SetText(r.Action)
	b.button.SetHint(r.Key)
	show(b, r.Text != "")
	b.Refresh()
}

// CreateRenderer draws the banner.
func (b *Banner) CreateRenderer() fyne.WidgetRenderer { return newRenderer(b) }

func (b *Banner) least() fyne.Size {
	p := newPen(b)
	line := ceil(p.height(base.SizeNameText, regular))
	height := line*float32(max(1, len(b.wrap(p, b.wide)))) + 2*p.size(base.SizeNameInnerPadding)
	if b.row.Action != "" {
		height = max(height, b.button.MinSize().Height)
	}
	return fyne.NewSize(320, height)
}

// room returns where the sentence begins and how wide it may be.
func (b *Banner) room(p pen, width float32) (x, wide float32) {
	gap := p.size(base.SizeNameInnerPadding)
	x = 2 * gap
	if w := b.row.Tone.word(); w != "" {
		x += ceil(p.width(w, base.SizeNameText, bold)) + 2*gap
	}
	wide = width - x - 2*gap
	if b.row.Action != "" {
		wide -= b.button.MinSize().Width + gap
	}
	return x, wide
}

func (b *Banner) wrap(p pen, width float32) []string {
	_, wide := b.room(p, width)
	if wide < 80 {
		return nil
	}
	return b.faces.at(p.size(base.SizeNameText), regular).Wrap(b.row.Text, wide)
}

func (b *Banner) draw(size fyne.Size) {
	p, names := newPen(b), b.row.Tone.severity()
	b.wide = size.Width
	gap, line := p.size(base.SizeNameInnerPadding), ceil(p.height(base.SizeNameText, regular))
	p.fill(b.ground, names.Tint)
	p.fill(b.bar, names.Outline)
	place(b.ground, 0, 0, size.Width, size.Height)
	place(b.bar, 0, 0, 3, size.Height)

	words := b.wrap(p, size.Width)
	x, wide := b.room(p, size.Width)
	y := (size.Height - line*float32(len(words))) / 2
	p.write(b.word, b.row.Tone.word(), names.Text, base.SizeNameText, bold)
	place(b.word, 2*gap, y, x-2*gap, line)
	b.used = len(words)
	for i, s := range words {
		if i == len(b.lines) {
			b.lines = append(b.lines, newText())
		}
		p.write(b.lines[i], s, base.ColorNameForeground, base.SizeNameText, regular)
		place(b.lines[i], x, y+float32(i)*line, wide, line)
	}
	show(b.button, b.row.Action != "")
	least := b.button.MinSize()
	place(b.button, size.Width-least.Width-gap, (size.Height-least.Height)/2, least.Width, least.Height)
}

func (b *Banner) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{b.ground, b.bar, b.word}
	for _, t := range b.lines[:b.used] {
		all = append(all, t)
	}
	return append(all, b.button)
}

// ToastRow is a short word about what just happened.
type ToastRow struct {
	Text   string // "Severity is now P1"
	Action string // "Undo"; empty shows none
	Left   string // how long the action is offered: "8 s"
}

// Toast is the line over the capture box that says what just happened. It takes no focus, moves
// nothing, and the same words are in the timeline or the log; it goes by the owner's clock.
type Toast struct {
	widget.BaseWidget
	OnAction func()

	row    ToastRow
	faces  faces
	ground *canvas.Rectangle
	text   *canvas.Text
	left   *canvas.Text
	button *fynex.Button
}

// NewToast makes a hidden toast.
func NewToast() *Toast {
	t := &Toast{faces: faces{}, ground: newRect(), text: newText(), left: newText()}
	t.button = fynex.NewButton("", func() {
		if t.OnAction != nil {
			t.OnAction()
		}
	})
	t.Hidden = true
	t.ExtendBaseWidget(t)
	return t
}

// Set shows words; empty ones hide the toast.
func (t *Toast) Set(r ToastRow) {
	if t.row == r {
		return
	}
	t.row = r
	t.button.SetText(r.Action)
	show(t, r.Text != "")
	t.Refresh()
}

// CreateRenderer draws the toast.
func (t *Toast) CreateRenderer() fyne.WidgetRenderer { return newRenderer(t) }

func (t *Toast) least() fyne.Size {
	return fyne.NewSize(240, max(t.button.MinSize().Height, newPen(t).size(theme.SizeRow)))
}

func (t *Toast) draw(size fyne.Size) {
	p := newPen(t)
	gap := p.size(base.SizeNameInnerPadding)
	p.fill(t.ground, theme.ColorRaised)
	t.ground.CornerRadius = 4
	place(t.ground, 0, 0, size.Width, size.Height)
	right := size.Width - gap
	show(t.button, t.row.Action != "")
	if t.row.Action != "" {
		least := t.button.MinSize()
		right -= least.Width
		place(t.button, right, (size.Height-least.Height)/2, least.Width, least.Height)
		right -= gap
	}
	p.write(t.left, t.row.Left, theme.ColorMuted, base.SizeNameText, mono)
	width := ceil(t.left.MinSize().Width)
	place(t.left, right-width, 0, width, size.Height)
	right -= width + gap
	p.write(t.text, p.cut(t.faces, t.row.Text, base.SizeNameText, regular, right-2*gap), base.ColorNameForeground, base.SizeNameText, regular)
	place(t.text, 2*gap, 0, right-2*gap, size.Height)
}

func (t *Toast) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{t.ground, t.text, t.left, t.button}
}
