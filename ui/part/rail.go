package part

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/theme"
)

// mostBadge is what a badge counts to: beyond it the number says no more.
const mostBadge = 99

// RailItem is one screen on the rail.
type RailItem struct {
	ID    string
	Key   string // the digit that goes there
	Word  string
	Badge int  // how many things wait there; 0 shows nothing
	Alarm bool // what waits is overdue or unhealthy
}

// Rail lists the screens down the left edge.
type Rail struct {
	widget.BaseWidget
	OnPick func(id string)

	items    []RailItem
	selected string
	drawn    []*railLine
	ground   *canvas.Rectangle
}

// NewRail makes an empty rail.
func NewRail() *Rail {
	r := &Rail{ground: newRect()}
	r.ExtendBaseWidget(r)
	return r
}

// Set shows the screens and which of them is open.
func (r *Rail) Set(items []RailItem, selected string) {
	same := r.selected == selected && len(items) == len(r.items)
	for i := 0; same && i < len(items); i++ {
		same = items[i] == r.items[i]
	}
	if same {
		return
	}
	r.items, r.selected = items, selected
	for len(r.drawn) < len(items) {
		r.drawn = append(r.drawn, newRailLine(r))
	}
	r.drawn = r.drawn[:len(items)]
	for i, it := range items {
		r.drawn[i].set(it, it.ID == selected)
	}
	r.Refresh()
}

// CreateRenderer draws the rail.
func (r *Rail) CreateRenderer() fyne.WidgetRenderer { return newRenderer(r) }

// least lets the lines stand as close as text does: with large text in a small window, what is below the
// rail would be beyond the edge otherwise.
func (r *Rail) least() fyne.Size {
	p := newPen(r)
	return fyne.NewSize(p.size(theme.SizeRail), p.height(base.SizeNameText, bold)*float32(len(r.items)))
}

func (r *Rail) draw(size fyne.Size) {
	p := newPen(r)
	p.fill(r.ground, theme.ColorSurface)
	place(r.ground, 0, 0, size.Width, size.Height)
	// With large text in a small window the lines stand closer.
	height := min(p.size(theme.SizeRow)*1.4, size.Height/float32(max(len(r.drawn), 1)))
	for i, d := range r.drawn {
		place(d, 0, float32(i)*height, size.Width, height)
	}
}

func (r *Rail) pieces() []fyne.CanvasObject {
	all := []fyne.CanvasObject{r.ground}
	for _, d := range r.drawn {
		all = append(all, d)
	}
	return all
}

// railLine draws one item.
type railLine struct {
	widget.BaseWidget
	rail              *Rail
	item              RailItem
	selected, hovered bool
	ground, bar       *canvas.Rectangle
	key, word, badge  *canvas.Text
}

func newRailLine(r *Rail) *railLine {
	l := &railLine{rail: r, ground: newRect(), bar: newRect(), key: newText(), word: newText(), badge: newText()}
	l.ExtendBaseWidget(l)
	return l
}

func (l *railLine) set(it RailItem, selected bool) {
	if l.item != it || l.selected != selected {
		l.item, l.selected = it, selected
		l.Refresh()
	}
}

// Tapped goes to the screen.
func (l *railLine) Tapped(*fyne.PointEvent) {
	if l.rail.OnPick != nil {
		l.rail.OnPick(l.item.ID)
	}
}

// MouseIn shows that the item can be clicked.
func (l *railLine) MouseIn(*desktop.MouseEvent) { l.hovered = true; l.Refresh() }

// MouseMoved does nothing.
func (l *railLine) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends MouseIn.
func (l *railLine) MouseOut() { l.hovered = false; l.Refresh() }

// CreateRenderer draws the item.
func (l *railLine) CreateRenderer() fyne.WidgetRenderer { return newRenderer(l) }

func (l *railLine) least() fyne.Size { return fyne.NewSize(1, newPen(l).size(theme.SizeTarget)) }

func (l *railLine) draw(size fyne.Size) {
	p := newPen(l)
	gap := p.size(base.SizeNameInnerPadding)
	show(l.ground, l.selected || l.hovered)
	show(l.bar, l.selected)
	p.fill(l.ground, theme.ColorRaised)
	p.fill(l.bar, base.ColorNamePrimary)
	place(l.ground, 0, 0, size.Width, size.Height)
	place(l.bar, 0, 0, 3, size.Height)

	word := theme.ColorMuted
	if l.selected {
		word = base.ColorNameForeground
	}
	p.write(l.key, l.item.Key, theme.ColorMuted, base.SizeNameCaptionText, mono)
	p.write(l.word, l.item.Word, word, base.SizeNameText, bold)
	digit := p.width("0", base.SizeNameCaptionText, mono)
	place(l.key, gap+2, 0, digit, size.Height)
	place(l.word, 2*gap+2+digit-2, 0, max(0, size.Width-2*gap-digit), size.Height)

	show(l.badge, l.item.Badge > 0)
	colour := theme.ColorMuted
	if l.item.Alarm {
		colour = theme.Severity(0).Text
	}
	waits := strconv.Itoa(l.item.Badge)
	if l.item.Badge > mostBadge {
		waits = strconv.Itoa(mostBadge) + "+"
	}
	p.write(l.badge, waits, colour, base.SizeNameCaptionText, bold)
	l.badge.Alignment = fyne.TextAlignTrailing
	place(l.badge, 0, 1, size.Width-3, p.height(base.SizeNameCaptionText, bold))
}

func (l *railLine) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{l.ground, l.bar, l.key, l.word, l.badge}
}
