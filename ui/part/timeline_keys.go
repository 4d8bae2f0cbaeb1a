package part

import (
	"time"

	"fyne.io/fyne/v2"

	"holdfast/ui/fynex"
)

// FocusGained draws the ring around the selected row, selecting the newest in sight if none is.
func (t *Timeline) FocusGained() {
	t.focused = true
	if t.selected == "" && len(t.rows) > 0 {
		_, last := t.list.visible()
		t.selected = t.rows[min(max(last-t.head()-1, 0), len(t.rows)-1)].ID
	}
	t.list.update(true)
}

// FocusLost takes the ring away.
func (t *Timeline) FocusLost() {
	t.focused = false
	t.list.update(true)
}

// TypedRune moves on j, k, g and G and offers every other character to OnRune.
func (t *Timeline) TypedRune(r rune) {
	switch r {
	case 'j':
		t.step(1)
	case 'k':
		t.step(-1)
	case 'g':
		t.pick(0)
	case 'G':
		t.pick(len(t.rows) - 1)
	case ' ': // arrives as a key too
	default:
		if t.OnRune != nil {
			t.OnRune(r)
		}
	}
}

// TypedKey moves, opens and peeks, and offers every other key to OnKey. Letters arrive as runes.
func (t *Timeline) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyDown:
		t.step(1)
	case fyne.KeyUp:
		t.step(-1)
	case fyne.KeyPageDown:
		t.step(t.page())
	case fyne.KeyPageUp:
		t.step(-t.page())
	case fyne.KeyHome:
		t.pick(0)
	case fyne.KeyEnd:
		t.pick(len(t.rows) - 1)
	case fyne.KeyReturn, fyne.KeyEnter:
		t.call(t.OnOpen)
	case fyne.KeySpace:
		t.call(t.OnPeek)
	default:
		if t.OnKey != nil {
			t.OnKey(k)
		}
	}
}

func (t *Timeline) call(f func(string)) {
	if f != nil && t.selected != "" {
		f(t.selected)
	}
}

// step moves the selection by n rows. Above the first row it asks for earlier ones.
func (t *Timeline) step(n int) {
	at := t.index(t.selected)
	if at < 0 {
		first, _ := t.list.visible()
		t.pick(max(first-t.head(), 0))
		return
	}
	if at == 0 && n < 0 && t.head() > 0 {
		t.LoadEarlier()
		at = t.index(t.selected)
	}
	t.pick(at + n)
}

// pick selects the row nearest to i.
func (t *Timeline) pick(i int) {
	if len(t.rows) == 0 {
		return
	}
	t.Select(t.rows[min(max(i, 0), len(t.rows)-1)].ID)
}

// timelineRows is the side of the timeline the list sees.
type timelineRows Timeline

func (s *timelineRows) t() *Timeline { return (*Timeline)(s) }

func (s *timelineRows) count() int { return len(s.tops) - 1 }

func (s *timelineRows) span(i int) (float32, float32) { return s.tops[i], s.tops[i+1] - s.tops[i] }

func (s *timelineRows) total() float32 { return s.tops[len(s.tops)-1] }

func (s *timelineRows) newRow() rowWidget { return newEntryRow(s.t()) }

func (s *timelineRows) bind(r rowWidget, i int) { r.(*entryRow).index = i - s.t().head() }

func (s *timelineRows) tapped(i int) {
	t := s.t()
	fynex.FocusOn(t)
	row := i - t.head()
	if row < 0 {
		t.LoadEarlier()
		return
	}
	again := t.clicks.again(t.rows[row].ID)
	t.Select(t.rows[row].ID)
	if again {
		t.call(t.OnOpen)
	}
}

func (s *timelineRows) hovered(i int) {
	if s.hover == i {
		return
	}
	was := s.hover
	s.hover = i
	s.list.rebind(was)
	s.list.rebind(i)
}

// clickTimer tells a second click on the same thing. Fyne's DoubleTapped would hold back every
// single click for 300 milliseconds.
type clickTimer struct {
	id string
	at time.Time
}

// doubleClick is the longest time between the two clicks.
const doubleClick = 400 * time.Millisecond

func (c *clickTimer) again(id string) bool {
	now := time.Now()
	second := c.id == id && now.Sub(c.at) <= doubleClick
	c.id, c.at = id, now
	if second {
		c.id = ""
	}
	return second
}
