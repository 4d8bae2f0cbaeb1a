package part

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
)

// KindTone is how the kind of an entry is coloured. Everything but severity and decision stays
// quiet: a timeline in which every kind has a colour reads as noise.
type KindTone int

const (
	// KindPlain is every kind but the two below.
	KindPlain KindTone = iota
	// KindSeverity is a change of severity.
	KindSeverity
	// KindDecision is a decision.
	KindDecision
)

// TimelineRow is one entry as it is shown.
type TimelineRow struct {
	ID        string
	At        string // time of day in UTC, "12:04:31"; "~12:04" where it is not exact
	Day       string // the day rule it stands under: "Today, Mon 23 Nov (UTC)"
	Kind      string // "Finding", "Update sent"
	KindTone  KindTone
	Author    string
	Text      string // may hold newlines
	Edited    int    // how many versions there are; below 2 nothing is shown
	Late      string // "arrived late from Li, 12:31", "backdated, written 12:40"; empty where it came in time
	Spread    int    // on how many other peers it is known to be
	Of        int    // how many other peers there are; 0 shows nothing
	Retracted string // why it was taken back; empty where it stands
	Conflict  bool   // two current versions wait for a person to settle them
	Pinned    bool   // shown among the facts
	Where     string // of an attachment: "here", "on Ben Okafor's laptop", "fetching, 40 %"
}

const (
	// hotRows is how many rows are laid out; older ones wait behind "Load earlier". Wrapping and
	// prefix sums stay far under a frame at this size, and nobody reads further by scrolling.
	hotRows = 5_000
	// hotSlack is how far the list may grow past hotRows before its oldest rows are put away, so
	// that an append does not shift everything each time.
	hotSlack = 1_000
	// followWithin is how near to the end, in units, a reader counts as reading the end.
	followWithin = 24
)

// Timeline shows entries, one row each, wrapped. It keeps what the reader looks at: at the end it
// follows; elsewhere the row at the top (or the selected one, if it is in sight) stays where it is
// to the pixel, whatever is inserted, edited or removed above it.
type Timeline struct {
	widget.BaseWidget
	OnSelect  func(id string)      // the selection moved
	OnOpen    func(id string)      // Enter, or a second click
	OnPeek    func(id string)      // Space
	OnEarlier func()               // rows before the first given one are asked for; see SetEarlier
	OnRune    func(rune)           // a character the timeline has no use for
	OnKey     func(*fyne.KeyEvent) // a key the timeline has no use for
	// Later runs a function soon on the UI goroutine (fyne.Do). With it, text out of sight is
	// wrapped in short slices; without it, at once.
	Later func(func())

	given    []*TimelineRow // as given; rows is its tail
	rows     []*TimelineRow
	layouts  []rowLayout // one for each of rows
	tops     []float32   // of each item, and the total
	earlier  int         // rows before the first given one
	selected string
	focused  bool
	hover    int
	slicing  bool

	list   *vlist
	faces  faces
	geo    geometry
	jump   *jumpPill
	late   *jumpPill
	clicks clickTimer
}

var (
	_ fyne.Focusable       = (*Timeline)(nil)
	_ fynex.CommandSurface = (*Timeline)(nil)
)

// NewTimeline makes an empty timeline.
func NewTimeline() *Timeline {
	t := &Timeline{hover: -1, faces: faces{}, tops: []float32{0}}
	t.list = newVlist((*timelineRows)(t))
	t.list.onScroll = t.scrolled
	t.list.onMoved = t.moved
	t.jump = newJumpPill(t.toNew)
	t.late = newJumpPill(t.toLate)
	t.ExtendBaseWidget(t)
	return t
}

// CommandSurface marks a list on which single keys are commands.
func (t *Timeline) CommandSurface() {}

// SetRows shows rows, oldest first. Neither the slice nor a row may be changed from then on; the next
// call brings another slice, with the same pointers for rows that look as they did. Rows are told
// apart by ID.
func (t *Timeline) SetRows(rows []*TimelineRow) {
	h := t.hold()
	start := t.window(rows)
	t.given = rows
	t.show(rows[start:], h)
}

// show puts a window of rows in place of the current one.
func (t *Timeline) show(rows []*TimelineRow, h hold) {
	t.layouts = carry(t.rows, t.layouts, rows)
	t.rows = rows
	if t.selected != "" && t.index(t.selected) < 0 {
		t.selected = ""
	}
	t.settle(h)
	t.workLater()
}

// window returns where the shown part of rows begins.
func (t *Timeline) window(rows []*TimelineRow) int {
	newest := max(0, len(rows)-hotRows)
	hidden := len(t.given) - len(t.rows)
	if len(t.rows) == 0 {
		return newest
	}
	if hidden > 0 {
		first := t.rows[0].ID
		if hidden >= len(rows) || rows[hidden].ID != first {
			if hidden = indexOf(rows, first); hidden < 0 {
				return newest
			}
		}
	}
	if shown := len(rows) - hidden; shown > max(len(t.rows), hotRows)+hotSlack && t.following() {
		return newest
	}
	return hidden
}

// SetEarlier tells how many rows there are before the first given one.
func (t *Timeline) SetEarlier(n int) {
	if n == t.earlier {
		return
	}
	h := t.hold()
	t.earlier = n
	t.settle(h)
}

// Hidden returns how many rows wait behind "Load earlier".
func (t *Timeline) Hidden() int { return len(t.given) - len(t.rows) + t.earlier }

// LoadEarlier shows the next older rows above the others, or asks for them.
func (t *Timeline) LoadEarlier() {
	hidden := len(t.given) - len(t.rows)
	if hidden == 0 {
		if t.earlier > 0 && t.OnEarlier != nil {
			t.OnEarlier()
		}
		return
	}
	h := t.hold()
	h.following = false
	seen := len(t.rows)
	t.show(t.given[max(0, hidden-hotRows):], h)
	for i := range len(t.rows) - seen {
		t.layouts[i].unseen = false // asked for, not news
	}
	t.moved()
}

// Selected returns the ID of the selected row, empty where there is none.
func (t *Timeline) Selected() string { return t.selected }

// Select selects a row and brings it into sight. An unknown ID selects nothing.
func (t *Timeline) Select(id string) {
	i := t.index(id)
	if i < 0 {
		id = ""
	}
	changed := t.selected != id
	t.selected = id
	if i >= 0 {
		t.reveal(i)
	}
	t.list.update(true)
	if changed && id != "" && t.OnSelect != nil {
		t.OnSelect(id)
	}
}

// ScrollToEnd shows the newest row and follows from then on.
func (t *Timeline) ScrollToEnd() { t.settle(hold{following: true}) }

// Following reports whether the newest row is in sight, so that new rows scroll it.
func (t *Timeline) Following() bool { return t.following() }

// CreateRenderer draws the timeline.
func (t *Timeline) CreateRenderer() fyne.WidgetRenderer { return newRenderer(t) }

func (t *Timeline) least() fyne.Size { return fyne.NewSize(320, 96) }

func (t *Timeline) pieces() []fyne.CanvasObject {
	return []fyne.CanvasObject{t.list.scroll, t.jump, t.late}
}

// draw lays the text out again where the width or a size changed, and places everything.
func (t *Timeline) draw(size fyne.Size) {
	if size.Width == 0 {
		return
	}
	h := t.hold()
	geo := measureGeometry(newPen(t), t.faces, size.Width)
	if geo != t.geo {
		t.geo = geo
		for i := range t.layouts {
			t.layouts[i].known = false
		}
	}
	place(t.list.scroll, 0, 0, size.Width, size.Height)
	t.placePills()
	t.settle(h)
	t.workLater()
}

func (t *Timeline) index(id string) int {
	if n := len(t.rows); n > 0 && t.rows[n-1].ID == id {
		return n - 1
	}
	return indexOf(t.rows, id)
}

func indexOf(rows []*TimelineRow, id string) int {
	for i := range rows {
		if rows[i].ID == id {
			return i
		}
	}
	return -1
}
