package fynex

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// Importance is how much a button asks to be pressed.
type Importance int

const (
	// Plain is a button among others.
	Plain Importance = iota
	// Recommended is the one act that is advised; at most one on a screen.
	Recommended
	// Danger is an act that cannot be taken back.
	Danger
)

// Button is a button that answers Return as well as Space, draws the focus ring of the theme and
// can show the key that does the same. A stock button answers Space only and shows focus as a
// change of ground alone.
type Button struct {
	widget.BaseWidget
	OnTapped   func()
	OnKey      func(fyne.KeyName) bool // sees other keys first; true means handled
	OnRune     func(rune)              // hears what is typed; nil does nothing
	text, hint string
	importance Importance
	disabled   bool
	focused    bool
	hovered    bool
}

var (
	_ fyne.Focusable    = (*Button)(nil)
	_ fyne.Tappable     = (*Button)(nil)
	_ fyne.Disableable  = (*Button)(nil)
	_ desktop.Hoverable = (*Button)(nil)
)

// NewButton makes a plain button.
func NewButton(text string, tapped func()) *Button {
	b := &Button{text: text, OnTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// SetText changes the word on the button.
func (b *Button) SetText(s string) { set(b, &b.text, s) }

// Text returns the word on the button.
func (b *Button) Text() string { return b.text }

// SetHint shows a key beside the word, such as "E".
func (b *Button) SetHint(s string) { set(b, &b.hint, s) }

// Hint is the key that is shown, "" where none is.
func (b *Button) Hint() string { return b.hint }

// SetImportance changes how much the button asks to be pressed.
func (b *Button) SetImportance(i Importance) { set(b, &b.importance, i) }

// Enable lets the button act.
func (b *Button) Enable() { set(b, &b.disabled, false) }

// Disable keeps the button from acting.
func (b *Button) Disable() { set(b, &b.disabled, true) }

// Focused reports whether the button has the keyboard.
func (b *Button) Focused() bool { return b.focused }

// Disabled reports whether the button does not act.
func (b *Button) Disabled() bool { return b.disabled }

// FocusGained draws the ring and brings the button into sight.
func (b *Button) FocusGained() {
	set(b, &b.focused, true)
	InSight(b)
}

// FocusLost takes the ring away.
func (b *Button) FocusLost() { set(b, &b.focused, false) }

// MouseIn shows that the button can be pressed.
func (b *Button) MouseIn(*desktop.MouseEvent) { set(b, &b.hovered, true) }

// MouseMoved does nothing.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends MouseIn.
func (b *Button) MouseOut() { set(b, &b.hovered, false) }

// set changes one field and redraws only where it changed.
func set[T comparable](b *Button, field *T, to T) {
	if *field != to {
		*field = to
		b.Refresh()
	}
}

// Tapped acts.
func (b *Button) Tapped(*fyne.PointEvent) { b.Press() }

// Press acts, unless the button is disabled.
func (b *Button) Press() {
	if !b.disabled && b.OnTapped != nil {
		b.OnTapped()
	}
}

// TypedKey acts on Return and Space. Escape is left to the canvas: a focused widget would swallow it.
func (b *Button) TypedKey(k *fyne.KeyEvent) {
	if b.OnKey != nil && b.OnKey(k.Name) {
		return
	}
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		b.Press()
	case fyne.KeyEscape:
		PassOn(b, k)
	}
}

// TypedRune passes on what is typed; Space arrives as a key, and as a character too, which means nothing.
func (b *Button) TypedRune(r rune) {
	if b.OnRune != nil && r != ' ' {
		b.OnRune(r)
	}
}

// CreateRenderer draws the button.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	r := &buttonRenderer{
		b: b, ground: canvas.NewRectangle(color.Transparent), ring: canvas.NewRectangle(color.Transparent),
		label: canvas.NewText("", color.Transparent), hint: canvas.NewText("", color.Transparent),
	}
	r.label.TextStyle.Bold = true
	r.apply()
	return r
}

type buttonRenderer struct {
	b            *Button
	ground, ring *canvas.Rectangle
	label, hint  *canvas.Text
}

func (r *buttonRenderer) apply() {
	b, th := r.b, r.b.Theme()
	colour := func(n fyne.ThemeColorName) color.Color { return base.ColorForWidget(n, b) }
	fill, word, hint := colour(theme.ColorRaised), colour(base.ColorNameForeground), colour(theme.ColorMuted)
	switch {
	case b.disabled:
		fill, word, hint = color.Transparent, colour(base.ColorNameDisabled), colour(base.ColorNameDisabled)
	case b.importance == Recommended:
		fill, word = colour(base.ColorNamePrimary), colour(base.ColorNameForegroundOnPrimary)
		hint = word
	case b.importance == Danger:
		s := theme.Severity(0)
		fill, word = colour(s.Fill), colour(s.Label)
		hint = word
	}
	r.ground.FillColor, r.ground.CornerRadius = fill, th.Size(base.SizeNameButtonRadius)
	r.ground.StrokeWidth, r.ground.StrokeColor = 1, color.Transparent
	if b.hovered && !b.disabled {
		r.ground.StrokeColor = colour(base.ColorNameInputBorder)
	} else if b.disabled {
		r.ground.StrokeColor = colour(base.ColorNameSeparator)
	}
	r.ring.StrokeColor, r.ring.StrokeWidth = colour(theme.ColorFocusRing), th.Size(theme.SizeFocusRing)
	r.ring.CornerRadius = th.Size(base.SizeNameButtonRadius) + 2
	r.ring.Hidden = !b.focused
	r.label.Text, r.label.Color, r.label.TextSize = b.text, word, th.Size(base.SizeNameText)
	r.hint.Text, r.hint.Color, r.hint.TextSize = b.hint, hint, th.Size(base.SizeNameCaptionText)
	r.hint.Hidden = b.hint == ""
}

// ringRoom is the space around a button in which its focus ring is drawn, so that the ring never
// covers the ground and never moves the row.
const ringRoom = 3

func (r *buttonRenderer) MinSize() fyne.Size {
	th := r.b.Theme()
	pad := th.Size(base.SizeNameInnerPadding)
	words := r.label.MinSize()
	width := words.Width + 4*pad
	if b := r.b; b.hint != "" {
		width += pad + r.hint.MinSize().Width
	}
	return fyne.NewSize(width+2*ringRoom, max(th.Size(theme.SizeTarget), words.Height+pad)+2*ringRoom)
}

func (r *buttonRenderer) Layout(size fyne.Size) {
	r.ring.Resize(size)
	r.ground.Move(fyne.NewSquareOffsetPos(ringRoom))
	r.ground.Resize(size.Subtract(fyne.NewSquareSize(2 * ringRoom)))
	label, hint := r.label.MinSize(), fyne.Size{}
	gap := float32(0)
	if r.b.hint != "" {
		hint, gap = r.hint.MinSize(), r.b.Theme().Size(base.SizeNameInnerPadding)
	}
	x := (size.Width - label.Width - gap - hint.Width) / 2
	r.label.Move(fyne.NewPos(x, (size.Height-label.Height)/2))
	r.label.Resize(label)
	// The hint stands on the line of the word, not in the middle of the button.
	r.hint.Move(fyne.NewPos(x+label.Width+gap, (size.Height+label.Height)/2-hint.Height-1))
	r.hint.Resize(hint)
}

func (r *buttonRenderer) Refresh() {
	r.apply()
	r.Layout(r.b.Size())
	canvas.Refresh(r.b)
}

func (r *buttonRenderer) Destroy() {}

func (r *buttonRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.label, r.hint, r.ring}
}
