package part

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// vlist shows the visible rows of a long list and reuses row widgets while it scrolls. It stands
// where widget.List would, because that one keeps heights by index in a map it walks from the top on
// every scroll, redraws everything visible on each change of a height, offers neither "at the end"
// nor a place to hold on to, and draws focus as a ground colour (Fyne #3427, #4429, #6306).
// Here heights are prefix sums held by the owner, and a change of any number of them costs one pass.
type vlist struct {
	scroll *container.Scroll
	body   *vbody
	rows   rowSource

	onScroll func() bool // before rows are placed after a scroll; true means it placed them itself
	onMoved  func()      // after any change of offset or of the visible rows
}

// rowSource is what a vlist shows.
type rowSource interface {
	count() int
	span(i int) (top, height float32) // tops ascend; units are whole
	total() float32
	newRow() rowWidget
	bind(r rowWidget, i int) // sets what a row widget shows
	tapped(i int)
	hovered(i int) // -1 when the pointer left
}

// rowWidget is one pooled row.
type rowWidget interface{ fyne.Widget }

func newVlist(rows rowSource) *vlist {
	l := &vlist{rows: rows}
	l.body = &vbody{list: l}
	l.body.ExtendBaseWidget(l.body)
	l.scroll = container.NewVScroll(l.body)
	l.scroll.OnScrolled = l.scrolled
	return l
}

func (l *vlist) scrolled(fyne.Position) {
	if l.onScroll == nil || !l.onScroll() {
		l.update(false)
	}
}

func (l *vlist) offset() float32 { return l.scroll.Offset.Y }

func (l *vlist) viewport() float32 { return l.scroll.Size().Height }

// end is the offset at which the last row stands at the bottom.
func (l *vlist) end() float32 { return max(0, l.rows.total()-l.viewport()) }

// at returns the row at a height of the body, -1 where there is none.
func (l *vlist) at(y float32) int {
	n := l.rows.count()
	i := sort.Search(n, func(i int) bool {
		top, height := l.rows.span(i)
		return top+height > y
	})
	if i == n || y < 0 {
		return -1
	}
	return i
}

// visible returns the rows that are at least partly seen: from first up to, not including, last.
func (l *vlist) visible() (first, last int) {
	n := l.rows.count()
	top, bottom := l.offset(), l.offset()+l.viewport()
	first = sort.Search(n, func(i int) bool {
		t, h := l.rows.span(i)
		return t+h > top
	})
	last = sort.Search(n, func(i int) bool {
		t, _ := l.rows.span(i)
		return t >= bottom
	})
	return first, max(first, last)
}

// moveTo sets the offset after rows changed and shows what is there.
func (l *vlist) moveTo(offset float32) {
	size := fyne.NewSize(l.scroll.Size().Width, max(l.rows.total(), l.viewport()))
	if l.body.Size() != size {
		l.body.Resize(size)
	}
	l.scroll.OnScrolled = nil // the rows are updated below, once
	l.scroll.Offset.Y = min(max(offset, 0), l.end())
	l.scroll.Refresh()
	l.scroll.OnScrolled = l.scrolled
	l.update(true)
}

// revealRoom keeps a row that is brought into sight clear of the shadow at the edge, where the list
// is tall enough for both.
const revealRoom = 8

// reveal scrolls as little as shows row i in full.
func (l *vlist) reveal(i int) {
	if i < 0 || i >= l.rows.count() {
		return
	}
	l.moveTo(l.shows(l.rows.span(i)))
}

// shows is the offset nearest to the present one at which a row is seen in full, from its head
// where it is taller than the view.
func (l *vlist) shows(top, height float32) float32 {
	offset, room := l.offset(), max(0, min(revealRoom, (l.viewport()-height)/2))
	if bottom := top + height + room; bottom > offset+l.viewport() {
		offset = bottom - l.viewport()
	}
	return min(max(min(offset, top-room), 0), l.end())
}

// update places the visible rows; all also sets again what those show that stayed.
func (l *vlist) update(all bool) {
	first, last := l.visible()
	b := l.body
	if !all && b.first == first && len(b.live) == last-first {
		if l.onMoved != nil {
			l.onMoved()
		}
		return
	}
	live := make([]rowWidget, last-first)
	for i, r := range b.live {
		if at := b.first + i - first; at >= 0 && at < len(live) {
			live[at] = r
		} else {
			b.spare = append(b.spare, r)
		}
	}
	width := l.scroll.Size().Width
	for i := range live {
		fresh := live[i] == nil
		if fresh {
			live[i] = b.take()
		}
		top, height := l.rows.span(first + i)
		if fresh || all {
			l.rows.bind(live[i], first+i)
		}
		live[i].Move(fyne.NewPos(0, top))
		size := fyne.NewSize(width, height)
		switch {
		case live[i].Size() != size:
			live[i].Resize(size) // draws
			canvas.Refresh(live[i])
		case fresh || all:
			live[i].Refresh()
		}
	}
	b.set(first, live)
	if l.onMoved != nil {
		l.onMoved()
	}
}

// rebind sets again what row i shows, if it is visible.
func (l *vlist) rebind(i int) {
	if at := i - l.body.first; at >= 0 && at < len(l.body.live) {
		l.rows.bind(l.body.live[at], i)
		l.body.live[at].Refresh()
	}
}

// vbody is the content of the scroller: as tall as all rows, drawing only the visible ones.
type vbody struct {
	widget.BaseWidget
	list    *vlist
	first   int
	live    []rowWidget
	spare   []rowWidget
	objects []fyne.CanvasObject
}

var (
	_ fyne.Tappable     = (*vbody)(nil)
	_ desktop.Hoverable = (*vbody)(nil)
)

func (b *vbody) take() rowWidget {
	if n := len(b.spare); n > 0 {
		r := b.spare[n-1]
		b.spare = b.spare[:n-1]
		return r
	}
	return b.list.rows.newRow()
}

func (b *vbody) set(first int, live []rowWidget) {
	b.first, b.live = first, live
	b.objects = b.objects[:0]
	for _, r := range live {
		b.objects = append(b.objects, r)
	}
}

func (b *vbody) Tapped(e *fyne.PointEvent) {
	if i := b.list.at(e.Position.Y); i >= 0 {
		b.list.rows.tapped(i)
	}
}

func (b *vbody) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

func (b *vbody) MouseMoved(e *desktop.MouseEvent) { b.list.rows.hovered(b.list.at(e.Position.Y)) }

func (b *vbody) MouseOut() { b.list.rows.hovered(-1) }

func (b *vbody) CreateRenderer() fyne.WidgetRenderer { return bodyRenderer{b} }

type bodyRenderer struct{ b *vbody }

func (r bodyRenderer) Layout(fyne.Size) {}

func (r bodyRenderer) MinSize() fyne.Size { return fyne.NewSize(1, r.b.list.rows.total()) }

// Refresh does nothing: rows are refreshed when they are bound, and a change of theme reaches each
// of them and the owner by itself.
func (r bodyRenderer) Refresh() {}

func (r bodyRenderer) Destroy() {}

func (r bodyRenderer) Objects() []fyne.CanvasObject { return r.b.objects }
