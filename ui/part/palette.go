package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
	"holdfast/ui/theme"
)

// PaletteItem is one command in the palette.
type PaletteItem struct {
	ID       string
	Title    string
	Group    string
	Keys     string // "Ctrl+Shift+U"
	Disabled string // why it cannot act now; empty where it can
}

const (
	paletteWidth = 560 // at text of 13
	paletteRows  = 12
)

// Palette finds a command by a few letters and runs it. It also teaches: every row shows its key,
// and a command that cannot act now says why.
type Palette struct {
	Find  func(query string) []PaletteItem // best first
	OnRun func(id string)                  // after the palette has closed

	asks    string // stands over the field
	canvas  fyne.Canvas
	overlay *fynex.Overlay
	entry   *fynex.Entry
	list    *paletteList
}

// NewPalette makes a palette for a canvas.
func NewPalette(c fyne.Canvas) *Palette {
	p := &Palette{canvas: c, entry: fynex.NewEntry(), list: newPaletteList()}
	p.entry.SetPlaceHolder("Type what you want to do")
	p.entry.OnChanged = func(string) { p.find() }
	p.entry.OnSubmitted = func(string) { p.run(p.list.Selected()) }
	p.entry.OnKey = p.key
	p.list.OnOpen = p.run
	return p
}

// Ask names what is looked for over the field, where it stays while somebody
// types, and changes the words in the empty field.
func (p *Palette) Ask(what, hint string) {
	p.asks = what
	p.entry.SetPlaceHolder(hint)
}

// Show opens the palette, empty, with the recent commands. Showing an open palette closes it.
func (p *Palette) Show() {
	if p.overlay != nil && p.overlay.IsOpen() {
		p.overlay.Close()
		return
	}
	p.entry.SetText("")
	p.find()
	var top fyne.CanvasObject = p.entry
	if p.asks != "" {
		top = NewField(p.asks, p.entry)
	}
	content := fynex.NewPanel(container.NewBorder(top, nil, nil, nil, p.list))
	p.overlay = fynex.Open(p.canvas, content, fynex.Options{Focus: p.entry, Outside: true, Place: fynex.Upper(paletteWidth * base.TextSize() / 13)})
}

// IsOpen reports whether the palette is shown.
func (p *Palette) IsOpen() bool { return p.overlay != nil && p.overlay.IsOpen() }

// Close closes the palette and gives the focus back.
func (p *Palette) Close() {
	if p.IsOpen() {
		p.overlay.Close()
	}
}

func (p *Palette) find() {
	if p.Find == nil {
		return
	}
	items := p.Find(p.entry.Text)
	p.list.SetRows(items)
	p.list.Select("")
	for _, it := range items {
		if it.Disabled == "" {
			p.list.Select(it.ID)
			break
		}
	}
}

func (p *Palette) key(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyDown:
		p.list.Step(1)
	case fyne.KeyUp:
		p.list.Step(-1)
	case fyne.KeyPageDown:
		p.list.Step(paletteRows)
	case fyne.KeyPageUp:
		p.list.Step(-paletteRows)
	case fyne.KeyEscape:
		p.overlay.Escape()
	default:
		return false
	}
	return true
}

// run closes the palette and runs a command, unless it cannot act now.
func (p *Palette) run(id string) {
	at := p.list.index(id)
	if at < 0 || p.list.rows[at].Disabled != "" {
		return
	}
	p.Close()
	if p.OnRun != nil {
		p.OnRun(id)
	}
}

type paletteList struct{ rowList[PaletteItem] }

func newPaletteList() *paletteList {
	l := &paletteList{}
	f := faces{}
	l.prepare(l, theme.SizeRow, func(i PaletteItem) string { return i.ID }, func() listRow[PaletteItem] { return newPaletteLine(f) })
	l.outer, l.most = nil, paletteRows
	return l
}

type paletteLine struct {
	widget.BaseWidget
	item               PaletteItem
	state              rowState
	faces              faces
	ground             ground
	title, group, keys *canvas.Text
}

func newPaletteLine(f faces) *paletteLine {
	l := &paletteLine{faces: f, ground: newGround(), title: newText(), group: newText(), keys: newText()}
	l.ExtendBaseWidget(l)
	return l
}

func (l *paletteLine) set(i PaletteItem, s rowState) { l.item, l.state = i, s }

func (l *paletteLine) CreateRenderer() fyne.WidgetRenderer { return newRenderer(l) }

func (l *paletteLine) least() fyne.Size { return fyne.NewSize(1, 1) }

func (l *paletteLine) draw(size fyne.Size) {
	p := newPen(l)
	l.ground.draw(p, l.state, size)
	gap := p.size(base.SizeNameInnerPadding)
	col := columns{f: l.faces, p: p, left: gap, right: size.Width - gap - p.size(base.SizeNameScrollBar), gap: 2 * gap, height: size.Height}
	show(l.keys, l.item.Keys != "")
	if l.item.Keys != "" {
		col.fromRight(l.keys, l.item.Keys, "Ctrl+Shift+W", theme.ColorMuted, mono)
	}
	l.keys.Alignment = fyne.TextAlignTrailing
	title, note := base.ColorNameForeground, l.item.Group
	if l.item.Disabled != "" {
		title, note = base.ColorNameDisabled, l.item.Disabled
	}
	width := ceil(l.faces.at(p.size(base.SizeNameText), regular).Width(l.item.Title))
	width = min(width, col.right-col.left)
	col.put(l.title, l.item.Title, col.left, width, title, regular)
	col.left += width + 2*gap
	col.rest(l.group, note, theme.ColorMuted, regular)
	l.group.TextSize = p.size(base.SizeNameCaptionText)
}

func (l *paletteLine) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{l.ground.ring, l.ground.fill, l.title, l.group, l.keys}
}
