package item

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	base "fyne.io/fyne/v2/theme"

	"holdfast/ui/theme"
)

// Line is one row of a List with what its keys do.
type Line struct {
	// ID names what the row is about: the row keeps the focus while others come
	// and go around it, so that no key acts on another thing than was looked at.
	ID string
	Content
	Hint string          // what its keys do, in words
	Open func()          // Enter, Space or a click; nil does nothing
	Rune func(rune) bool // true means handled
}

// Block is a heading and its lines. An empty title has no heading.
type Block struct {
	Title, Note string
	Left        float32 // width of the left column, as New takes it
	Cell        float32 // least width of a line where several stand side by side, as Left is given; 0 has one a row
	Lines       []Line
}

// List shows blocks below each other, scrolled. It belongs to the UI goroutine.
type List struct {
	Focus func(fyne.Focusable)
	Rune  func(rune)                // characters no row takes
	Key   func(*fyne.KeyEvent) bool // keys the list does not take; true means handled
	Hint  func(string)              // the words for the row that has the focus; empty where none has

	blocks []Block
	rows   map[string]*Row
	order  []*Row
	lines  map[*Row]Line
	heads  map[headingKey]*heading
	cells  map[fyne.CanvasObject]float32 // of lines that stand side by side
	at     string                        // ID of the row that had the focus last
	held   bool                          // a row has the focus
	wide   float32
	column *fyne.Container
	object *container.Scroll
}

type headingKey struct {
	at    int
	title string
}

type heading struct {
	title, note *Note
	box         *fyne.Container
}

// NewList makes an empty list.
func NewList() *List {
	l := &List{rows: map[string]*Row{}, lines: map[*Row]Line{}, heads: map[headingKey]*heading{}}
	l.column = container.New((*listLayout)(l))
	l.object = container.NewVScroll(l.column)
	return l
}

// Object is what is shown.
func (l *List) Object() *container.Scroll { return l.object }

// Blocks is what was set.
func (l *List) Blocks() []Block { return l.blocks }

// Set shows blocks. Rows that stay are kept.
func (l *List) Set(blocks []Block) {
	was, high := l.order, l.high(l.wide)
	l.blocks, l.order = blocks, nil
	objects := []fyne.CanvasObject{}
	kept, seen := map[string]*Row{}, map[*Row]Line{}
	l.cells = map[fyne.CanvasObject]float32{}
	for i, b := range blocks {
		if b.Title != "" {
			objects = append(objects, l.heading(i, b).box)
		}
		for _, line := range b.Lines {
			r := l.rows[line.ID]
			if r == nil || r.leftWidth != b.Left {
				r = l.row(b.Left)
			}
			kept[line.ID], seen[r] = r, line
			r.Set(line.Content)
			r.OnOpen = line.Open
			if b.Cell > 0 {
				l.cells[r] = b.Cell
			}
			l.order = append(l.order, r)
			objects = append(objects, r)
		}
	}
	lost := l.held && kept[l.at] == nil
	at := place(was, l.rows[l.at])
	l.rows, l.lines = kept, seen
	if !same(l.column.Objects, objects) {
		l.column.Objects = objects
		l.column.Refresh()
		l.object.Refresh()
	} else if l.high(l.wide) != high {
		l.column.Refresh()
		l.object.Refresh()
	}
	if lost && len(l.order) > 0 { // what had the focus is gone: its place has it
		l.focus(min(max(at, 0), len(l.order)-1))
	} else if l.held {
		l.hint()
	}
}

func place(rows []*Row, r *Row) int {
	for i, o := range rows {
		if o == r {
			return i
		}
	}
	return 0
}

func same(a, b []fyne.CanvasObject) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// heading is that of the block at a place: two blocks may have one title.
func (l *List) heading(at int, b Block) *heading {
	key := headingKey{at, b.Title}
	h := l.heads[key]
	if h == nil {
		h = &heading{NewNote(base.ColorNameForeground, base.SizeNameCaptionText, true, true), NewNote(theme.ColorMuted, base.SizeNameCaptionText, false, true), nil}
		h.title.Set(b.Title, base.ColorNameForeground)
		h.box = container.New(&headLayout{h.title}, h.title, h.note)
		l.heads[key] = h
	}
	if h.note.Set(b.Note, theme.ColorMuted) {
		h.box.Refresh()
	}
	return h
}

func (l *List) row(left float32) *Row {
	r := New(left)
	r.OnFocus = func() {
		l.held, l.at = true, l.lines[r].ID
		l.reveal(r)
		l.hint()
	}
	r.OnBlur = func() {
		l.held = false
		l.hint()
	}
	r.OnRune = func(c rune) {
		if f := l.lines[r].Rune; f != nil && f(c) {
			return
		}
		switch {
		case c == 'j':
			l.focus(place(l.order, r) + 1)
		case c == 'k':
			l.focus(place(l.order, r) - 1)
		case l.Rune != nil:
			l.Rune(c)
		}
	}
	r.OnKey = func(k *fyne.KeyEvent) bool {
		switch k.Name {
		case fyne.KeyDown:
			l.focus(place(l.order, r) + 1)
		case fyne.KeyUp:
			l.focus(place(l.order, r) - 1)
		case fyne.KeyHome:
			l.focus(0)
		case fyne.KeyEnd:
			l.focus(len(l.order) - 1)
		default:
			return l.Key != nil && l.Key(k)
		}
		return true
	}
	return r
}

func (l *List) hint() {
	if l.Hint == nil {
		return
	}
	if r := l.rows[l.at]; l.held && r != nil {
		l.Hint(l.lines[r].Hint)
		return
	}
	l.Hint("")
}

// Enter gives the focus to the row that had it last, else to the first.
func (l *List) Enter() {
	if len(l.order) == 0 {
		return
	}
	l.focus(place(l.order, l.rows[l.at]))
}

// Select gives the focus to a row.
func (l *List) Select(id string) {
	if r := l.rows[id]; r != nil {
		l.focus(place(l.order, r))
	}
}

// At is the ID of the row that had the focus last, where it is still there.
func (l *List) At() string {
	if l.rows[l.at] == nil {
		return ""
	}
	return l.at
}

func (l *List) focus(i int) {
	if len(l.order) > 0 && l.Focus != nil {
		l.Focus(l.order[min(max(i, 0), len(l.order)-1)])
	}
}

// SelectWith gives the focus to a row and shows as much as there is room for of what
// stands below it: the words of a step, the number to call.
func (l *List) SelectWith(id string) {
	l.Select(id)
	if r := l.rows[id]; r != nil {
		l.show(r.Position().Y-r.Theme().Size(theme.SizeRow), l.column.Size().Height) // with its heading
	}
}

// edge keeps a row clear of the shadow at the end of the list.
const edge = 8

// reveal scrolls a row into sight.
func (l *List) reveal(r *Row) {
	l.show(r.Position().Y-edge, r.Position().Y+r.Size().Height+edge)
}

// show scrolls as little as brings what lies between two heights into sight; the
// upper one counts where both have no room.
func (l *List) show(top, low float32) {
	y, high := l.object.Offset.Y, l.object.Size().Height
	if low > y+high {
		y = low - high
	}
	y = max(min(y, top, l.column.Size().Height-high), 0)
	if y != l.object.Offset.Y {
		l.object.ScrollToOffset(fyne.NewPos(0, y))
	}
}

// Fit says how wide the list will be, before it is laid out: its height hangs
// on that.
func (l *List) Fit(width float32) {
	if l.wide != width {
		l.wide = width
		l.column.Refresh()
	}
}

// Held reports whether a row has the focus.
func (l *List) Held() bool { return l.held }

// High is how tall all of the list is at a width.
func (l *List) High(width float32) float32 { return l.high(width) }

// scrollRoom keeps the rows clear of the scroll bar.
const scrollRoom = 8

func (l *List) high(width float32) float32 {
	return l.walk(width, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

// walk gives each object its place at a width, and how tall all are.
func (l *List) walk(width float32, put func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	y, objects := float32(0), l.column.Objects
	width -= scrollRoom
	for i := 0; i < len(objects); {
		columns, n := 1, 1
		if cell := l.cells[objects[i]]; cell > 0 {
			cell *= l.column.Objects[i].(*Row).Theme().Size(base.SizeNameText) / usualText
			columns = max(int(width/cell), 1)
			for i+n < len(objects) && n < columns && l.cells[objects[i+n]] > 0 {
				n++
			}
		}
		each, high, between := width, float32(0), float32(0)
		if columns > 1 {
			between = 2 * scrollRoom
			each = (width - between*float32(columns-1)) / float32(columns)
		}
		for _, o := range objects[i : i+n] {
			high = max(high, l.tall(o, each))
		}
		for j, o := range objects[i : i+n] {
			put(o, float32(j)*(each+between), y, each, high)
		}
		y += high
		i += n
	}
	return y
}

func (l *List) tall(o fyne.CanvasObject, width float32) float32 {
	if r, ok := o.(*Row); ok && width > 0 {
		return r.HeightAt(width)
	}
	return o.MinSize().Height
}

// listLayout puts headings and rows below each other.
type listLayout List

func (l *listLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(160, (*List)(l).high(l.wide))
}

func (l *listLayout) Layout(_ []fyne.CanvasObject, size fyne.Size) {
	l.wide = size.Width
	(*List)(l).walk(size.Width, func(o fyne.CanvasObject, x, y, w, h float32) {
		o.Move(fyne.NewPos(x, y))
		o.Resize(fyne.NewSize(w, h))
	})
}

// headLayout puts what is said of a block after its title, which is shortened
// where it does not fit.
type headLayout struct{ title *Note }

func (l *headLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(1, objects[0].MinSize().Height)
}

func (l *headLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := min(l.title.Wanted(), size.Width)
	objects[0].Resize(fyne.NewSize(width, size.Height))
	objects[1].Move(fyne.NewPos(width, 0))
	objects[1].Resize(fyne.NewSize(size.Width-width, size.Height))
}
