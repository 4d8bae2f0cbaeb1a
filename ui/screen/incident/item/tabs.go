package item

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// Tab is one word of a Tabs.
type Tab struct {
	ID, Word string
	// Mark is a short word after it, as a number; Alarm draws it as one.
	Mark  string
	Alarm bool
}

// Tabs is the head of a panel: words of which one is chosen. Left and Right
// choose the next. It belongs to the UI goroutine.
type Tabs struct {
	widget.BaseWidget
	OnSelect func(id string)
	OnRune   func(rune)
	OnKey    func(*fyne.KeyEvent) bool // keys but Left and Right

	tabs    []Tab
	chosen  string
	focused bool
	words   []*canvas.Text
	marks   []*canvas.Text
	under   *canvas.Rectangle
	edge    *canvas.Rectangle
	ring    *canvas.Rectangle
	rights  []float32
}

var _ fyne.Focusable = (*Tabs)(nil)

// NewTabs makes a head without tabs.
func NewTabs() *Tabs {
	clear := color.Transparent
	t := &Tabs{under: canvas.NewRectangle(clear), edge: canvas.NewRectangle(clear), ring: canvas.NewRectangle(clear)}
	t.ExtendBaseWidget(t)
	return t
}

// Set shows tabs, of which one is chosen.
func (t *Tabs) Set(tabs []Tab, chosen string) {
	if t.chosen == chosen && len(tabs) == len(t.tabs) {
		same := true
		for i := range tabs {
			same = same && tabs[i] == t.tabs[i]
		}
		if same {
			return
		}
	}
	t.tabs, t.chosen = tabs, chosen
	for len(t.words) < len(tabs) {
		t.words, t.marks = append(t.words, canvas.NewText("", color.Transparent)), append(t.marks, canvas.NewText("", color.Transparent))
	}
	t.Refresh()
}

// Step chooses the tab n places on.
func (t *Tabs) Step(n int) {
	for i, tab := range t.tabs {
		if tab.ID == t.chosen && t.OnSelect != nil {
			t.OnSelect(t.tabs[(i+n+len(t.tabs))%len(t.tabs)].ID)
			return
		}
	}
}

// CommandSurface marks a place where single keys are commands.
func (t *Tabs) CommandSurface() {}

// FocusGained draws the ring.
func (t *Tabs) FocusGained() { t.focused = true; t.Refresh() }

// FocusLost takes the ring away.
func (t *Tabs) FocusLost() { t.focused = false; t.Refresh() }

// TypedRune passes characters on.
func (t *Tabs) TypedRune(r rune) {
	if t.OnRune != nil {
		t.OnRune(r)
	}
}

// TypedKey chooses another tab.
func (t *Tabs) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyLeft:
		t.Step(-1)
	case fyne.KeyRight:
		t.Step(1)
	default:
		if t.OnKey != nil {
			t.OnKey(k)
		}
	}
}

// Tapped chooses the tab under the pointer.
func (t *Tabs) Tapped(e *fyne.PointEvent) {
	for i, right := range t.rights {
		if e.Position.X < right {
			if t.OnSelect != nil {
				t.OnSelect(t.tabs[i].ID)
			}
			return
		}
	}
}

// End is where the last tab ends, as it was drawn.
func (t *Tabs) End() float32 {
	if len(t.rights) == 0 {
		return 0
	}
	return t.rights[len(t.rights)-1]
}

// CreateRenderer draws the head.
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer { return &tabsRenderer{t} }

type tabsRenderer struct{ t *Tabs }

func (d *tabsRenderer) MinSize() fyne.Size {
	return fyne.NewSize(120, d.t.Theme().Size(theme.SizeRow)+4)
}

func (d *tabsRenderer) Destroy() {}

func (d *tabsRenderer) Objects() []fyne.CanvasObject {
	all := []fyne.CanvasObject{d.t.edge, d.t.ring, d.t.under}
	for i := range d.t.tabs {
		all = append(all, d.t.words[i], d.t.marks[i])
	}
	return all
}

func (d *tabsRenderer) Refresh() {
	d.Layout(d.t.Size())
	canvas.Refresh(d.t)
}

func (d *tabsRenderer) Layout(size fyne.Size) {
	t, th := d.t, d.t.Theme()
	colour := func(n fyne.ThemeColorName) color.Color { return base.ColorForWidget(n, t) }
	pad, caption := th.Size(base.SizeNameInnerPadding), th.Size(base.SizeNameCaptionText)
	bold := fyne.TextStyle{Bold: true}
	t.edge.FillColor = colour(base.ColorNameSeparator)
	t.edge.Move(fyne.NewPos(0, size.Height-1))
	t.edge.Resize(fyne.NewSize(size.Width, 1))
	t.ring.FillColor, t.ring.StrokeColor, t.ring.StrokeWidth, t.ring.CornerRadius = color.Transparent, colour(theme.ColorFocusRing), th.Size(theme.SizeFocusRing), 3
	t.ring.Hidden = !t.focused
	t.ring.Move(fyne.NewPos(1, 1))
	t.ring.Resize(size.SubtractWidthHeight(2, 3))
	words := float32(0)
	for _, tab := range t.tabs {
		words += fyne.MeasureText(tab.Word, caption, bold).Width + markWidth(tab, caption)
	}
	between := max((size.Width-3*pad-words)/float32(max(len(t.tabs)-1, 1)), 2)
	between = min(between, 4*pad)
	x := pad
	t.rights = t.rights[:0]
	for i, tab := range t.tabs {
		chosen, width := tab.ID == t.chosen, fyne.MeasureText(tab.Word, caption, bold).Width
		w, m := t.words[i], t.marks[i]
		w.Text, w.TextSize, w.TextStyle, w.Color = tab.Word, caption, bold, colour(theme.ColorMuted)
		m.Text, m.TextSize, m.TextStyle, m.Color = tab.Mark, caption, bold, colour(theme.ColorMuted)
		if tab.Alarm {
			m.Color = colour(theme.Severity(0).Text)
		}
		w.Move(fyne.NewPos(x, 0))
		w.Resize(fyne.NewSize(width, size.Height-2))
		m.Move(fyne.NewPos(x+width+markGap(caption), 0))
		m.Resize(fyne.NewSize(markWidth(tab, caption), size.Height-2))
		if chosen {
			w.Color = colour(base.ColorNameForeground)
			t.under.FillColor = colour(base.ColorNamePrimary)
			t.under.Move(fyne.NewPos(x, size.Height-3))
			t.under.Resize(fyne.NewSize(width+markWidth(tab, caption), 3))
		}
		x += width + markWidth(tab, caption)
		t.rights = append(t.rights, x+between/2)
		x += between
	}
}

// markGap stands between a word and its mark: about a blank, at any zoom.
func markGap(size float32) float32 { return size * 3 / 11 }

func markWidth(tab Tab, size float32) float32 {
	if tab.Mark == "" {
		return 0
	}
	return markGap(size) + fyne.MeasureText(tab.Mark, size, fyne.TextStyle{Bold: true}).Width
}
