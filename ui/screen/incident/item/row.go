// Package item is one row of a side panel: a role, a task, a template, a
// message. It takes the focus, so that a panel is reached with Tab.
package item

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	base "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/text"
	"holdfast/ui/theme"
)

// Content is what a row shows. Colours that are empty are the usual ones.
type Content struct {
	Left, Main, Right     string
	MainColor, RightColor fyne.ThemeColorName
	Box, Ticked           bool // a box to tick, and whether it is
	Selected              bool
	Person                bool // Main is a name: shortened, not cut
	Lines                 int  // how many lines Main may take; 0 is one
	Bold                  bool
	// Share of a piece of work that is done, 0 to 1, drawn as a bar under the row;
	// 0 draws none.
	Share float32
}

// maxLines is the most a row shows of a text: what is read aloud is read whole, and more than that is
// read in the timeline.
const maxLines = 12

// Row draws one Content. It belongs to the UI goroutine.
type Row struct {
	widget.BaseWidget
	OnOpen  func()                    // Enter, Space or a click
	OnKey   func(*fyne.KeyEvent) bool // sees other keys first; true means handled
	OnRune  func(rune)                // characters
	OnFocus func()
	OnBlur  func()

	content   Content
	leftWidth float32

	focused, hovered  bool
	ground, ring, box *canvas.Rectangle
	track, bar        *canvas.Rectangle // of Share
	left, main, right *canvas.Text
	more              []*canvas.Text // further lines of Main
	tick              *canvas.Text
	face              map[fyne.TextStyle]*text.Face
	faceSize          float32
}

var (
	_ fyne.Focusable    = (*Row)(nil)
	_ fyne.Tappable     = (*Row)(nil)
	_ desktop.Hoverable = (*Row)(nil)
)

// New makes an empty row with a left column of a width, in units at text of 13; 0 has none.
func New(leftWidth float32) *Row {
	clear := color.Transparent
	r := &Row{
		leftWidth: leftWidth, ground: canvas.NewRectangle(clear), ring: canvas.NewRectangle(clear), box: canvas.NewRectangle(clear),
		track: canvas.NewRectangle(clear), bar: canvas.NewRectangle(clear),
		left: canvas.NewText("", clear), main: canvas.NewText("", clear), right: canvas.NewText("", clear), tick: canvas.NewText("✓", clear),
	}
	r.ExtendBaseWidget(r)
	return r
}

// Content is what the row shows.
func (r *Row) Content() Content { return r.content }

// CommandSurface marks a row on which single keys are commands.
func (r *Row) CommandSurface() {}

// Set shows content.
func (r *Row) Set(c Content) {
	if r.content != c {
		r.content = c
		r.Refresh()
	}
}

// Tapped opens the row.
func (r *Row) Tapped(*fyne.PointEvent) {
	if r.OnOpen != nil {
		r.OnOpen()
	}
}

// MouseIn shows that the row can be pressed.
func (r *Row) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.Refresh() }

// MouseMoved does nothing.
func (r *Row) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends MouseIn.
func (r *Row) MouseOut() { r.hovered = false; r.Refresh() }

// FocusGained draws the ring.
func (r *Row) FocusGained() {
	r.focused = true
	r.Refresh()
	if r.OnFocus != nil {
		r.OnFocus()
	}
}

// FocusLost takes the ring away.
func (r *Row) FocusLost() {
	r.focused = false
	r.Refresh()
	if r.OnBlur != nil {
		r.OnBlur()
	}
}

// TypedRune passes characters on.
func (r *Row) TypedRune(c rune) {
	if r.OnRune != nil && c != ' ' {
		r.OnRune(c)
	}
}

// TypedKey opens the row on Return and Space.
func (r *Row) TypedKey(k *fyne.KeyEvent) {
	if r.OnKey != nil && r.OnKey(k) {
		return
	}
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		r.Tapped(nil)
	}
}

// CreateRenderer draws the row.
func (r *Row) CreateRenderer() fyne.WidgetRenderer { return &renderer{r} }

type renderer struct{ r *Row }

func (d *renderer) MinSize() fyne.Size {
	return fyne.NewSize(160, d.r.Theme().Size(theme.SizeRow))
}

func (d *renderer) Destroy() {}

func (d *renderer) Objects() []fyne.CanvasObject {
	r := d.r
	all := []fyne.CanvasObject{r.ring, r.ground, r.track, r.bar, r.box, r.tick, r.left, r.main, r.right}
	for _, t := range r.more {
		all = append(all, t)
	}
	return all
}

func (d *renderer) Refresh() {
	d.Layout(d.r.Size())
	canvas.Refresh(d.r)
}

func (d *renderer) Layout(size fyne.Size) {
	r, th := d.r, d.r.Theme()
	gap := th.Size(base.SizeNameInnerPadding)
	colour := func(n, usual fyne.ThemeColorName) color.Color {
		if n == "" {
			n = usual
		}
		return base.ColorForWidget(n, r)
	}
	d.placeGround(size, colour)
	d.placeShare(size, colour)
	first := th.Size(theme.SizeRow) // what stands beside a text of several lines stands on its first
	if r.content.Lines <= 1 && r.content.Share <= 0 {
		first = size.Height
	}
	x := gap
	r.box.Hidden, r.tick.Hidden = !r.content.Box, !r.content.Ticked
	if r.content.Box {
		x = d.placeBox(x, first, colour)
	}
	write := func(t *canvas.Text, words string, c color.Color, style fyne.TextStyle, x, width float32) {
		t.Text, t.Color, t.TextStyle, t.TextSize = text.Shown(d.face(style).Ellipsis(words, width), style.Monospace), c, style, th.Size(base.SizeNameText)
		t.Move(fyne.NewPos(x, 0))
		t.Resize(fyne.NewSize(max(width, 0), first))
	}
	right := d.face(fyne.TextStyle{}).Width(r.content.Right)
	end := size.Width - gap - right
	write(r.right, r.content.Right, colour(r.content.RightColor, theme.ColorMuted), fyne.TextStyle{}, end, right+1)
	if r.leftWidth > 0 && r.content.Main == "" {
		write(r.left, r.content.Left, colour(theme.ColorMuted, ""), fyne.TextStyle{}, x, end-gap-x)
	} else if r.leftWidth > 0 {
		left := r.leftWidth * th.Size(base.SizeNameText) / usualText
		write(r.left, r.content.Left, colour(theme.ColorMuted, ""), fyne.TextStyle{}, x, left)
		x += left + gap
	} else {
		r.left.Text = ""
	}
	main := r.content.Main
	if r.content.Person {
		main = d.face(fyne.TextStyle{}).Name(main, end-gap-x)
	}
	style, tint := fyne.TextStyle{Bold: r.content.Bold}, colour(r.content.MainColor, base.ColorNameForeground)
	for _, t := range r.more {
		t.Text = ""
	}
	if r.content.Lines <= 1 {
		write(r.main, main, tint, style, x, end-gap-x)
		return
	}
	high := d.lineHeight()
	for i, words := range d.wrap(main, end-gap-x) {
		t := r.main
		if i > 0 {
			if i > len(r.more) {
				r.more = append(r.more, canvas.NewText("", color.Transparent))
			}
			t = r.more[i-1]
		}
		write(t, words, tint, style, x, end-gap-x)
		t.Move(fyne.NewPos(x, float32(i)*high))
	}
}

func (d *renderer) lineHeight() float32 {
	return fyne.MeasureText("Mg", d.r.Theme().Size(base.SizeNameText), fyne.TextStyle{}).Height
}

// wrap breaks Main into the lines it may take, the last one cut.
func (d *renderer) wrap(main string, width float32) []string {
	face := d.face(fyne.TextStyle{Bold: d.r.content.Bold})
	return face.Lines(main, max(width, 1), min(d.r.content.Lines, maxLines))
}

// room is the width Main has in a row of a width.
func (d *renderer) room(width float32) float32 {
	r, gap := d.r, d.r.Theme().Size(base.SizeNameInnerPadding)
	room := width - 3*gap - d.face(fyne.TextStyle{}).Width(r.content.Right)
	if r.content.Box {
		room -= r.Theme().Size(base.SizeNameText) + gap
	}
	if r.leftWidth > 0 {
		room -= r.leftWidth*r.Theme().Size(base.SizeNameText)/usualText + gap
	}
	return room
}

// HeightAt is how tall the row is at a width.
func (r *Row) HeightAt(width float32) float32 {
	d := renderer{r}
	high := r.Theme().Size(theme.SizeRow)
	if r.content.Share > 0 {
		high += shareRoom
	}
	if r.content.Lines <= 1 {
		return high
	}
	return high + float32(max(len(d.wrap(r.content.Main, d.room(width))), 1)-1)*d.lineHeight()
}

// placeGround draws what lies under a row that is looked at.
func (d *renderer) placeGround(size fyne.Size, colour func(n, usual fyne.ThemeColorName) color.Color) {
	r, th := d.r, d.r.Theme()
	r.ground.FillColor, r.ground.CornerRadius = color.Transparent, th.Size(base.SizeNameSelectionRadius)
	switch {
	case r.content.Selected:
		r.ground.FillColor = colour(theme.ColorSelected, "")
	case r.hovered, r.focused:
		r.ground.FillColor = colour(theme.ColorRaised, "")
	}
	// The ring is a ground under the ground: a stroke is drawn askew where a scroller cuts it.
	r.ring.FillColor, r.ring.CornerRadius = colour(theme.ColorFocusRing, ""), r.ground.CornerRadius
	r.ring.Hidden = !r.focused
	inset := float32(0)
	if r.focused {
		inset = th.Size(theme.SizeFocusRing)
	}
	r.ring.Resize(size)
	r.ground.Move(fyne.NewPos(inset, inset))
	r.ground.Resize(size.SubtractWidthHeight(2*inset, 2*inset))
}

const (
	shareHeight = 3               // how thick the bar of a share is
	shareRoom   = shareHeight + 2 // what it adds to the row: it lies under the letters and above the ring
)

// placeShare draws how much is done, along the lower edge.
func (d *renderer) placeShare(size fyne.Size, colour func(n, usual fyne.ThemeColorName) color.Color) {
	r := d.r
	gap := r.Theme().Size(base.SizeNameInnerPadding)
	r.track.Hidden, r.bar.Hidden = r.content.Share <= 0, r.content.Share <= 0
	r.track.FillColor, r.bar.FillColor = colour(base.ColorNameSeparator, ""), colour(base.ColorNamePrimary, "")
	for o, share := range map[*canvas.Rectangle]float32{r.track: 1, r.bar: min(r.content.Share, 1)} {
		o.CornerRadius = shareHeight / 2
		o.Move(fyne.NewPos(gap, size.Height-shareRoom-1))
		o.Resize(fyne.NewSize(max(size.Width-2*gap, 0)*share, shareHeight))
	}
}

// usualText is the text size the widths of columns are given for.
const usualText = 13

func (d *renderer) placeBox(x, height float32, colour func(n, usual fyne.ThemeColorName) color.Color) float32 {
	r := d.r
	boxSize := r.Theme().Size(base.SizeNameText) // the box to tick is as tall as the letters
	r.box.StrokeColor, r.box.StrokeWidth, r.box.CornerRadius = colour(base.ColorNameInputBorder, ""), 1.5, 2
	r.box.Move(fyne.NewPos(x, (height-boxSize)/2))
	r.box.Resize(fyne.NewSquareSize(boxSize))
	r.tick.Color, r.tick.TextSize, r.tick.TextStyle = colour(base.ColorNameForeground, ""), r.Theme().Size(base.SizeNameText), fyne.TextStyle{Bold: true}
	r.tick.Alignment = fyne.TextAlignCenter
	r.tick.Move(fyne.NewPos(x, 0))
	r.tick.Resize(fyne.NewSize(boxSize, height))
	return x + boxSize + r.Theme().Size(base.SizeNameInnerPadding)
}

// face measures words of the row, remembering them.
func (d *renderer) face(style fyne.TextStyle) *text.Face {
	r, size := d.r, d.r.Theme().Size(base.SizeNameText)
	if r.face == nil || r.faceSize != size {
		r.face, r.faceSize = map[fyne.TextStyle]*text.Face{}, size
	}
	if r.face[style] == nil {
		r.face[style] = text.NewFace(func(s string) float32 { return fyne.MeasureText(s, size, style).Width })
	}
	return r.face[style]
}
