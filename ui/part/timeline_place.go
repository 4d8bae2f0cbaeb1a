package part

// hold is what stays in its place while rows change.
type hold struct {
	following bool
	id        string
	after     []*TimelineRow // the rows below it, in case it goes
	delta     float32        // how far below the top of the view its top is
}

const (
	// coldWords is how many unknown words one slice of work may measure: 60 microseconds each, so
	// about 8 milliseconds, half a frame.
	coldWords = 120
	// sliceRows bounds a slice of known words; a thousand rows take about a millisecond.
	sliceRows = 1_000
	// settleRounds bounds how often wrapping what came into sight may bring other rows into sight.
	settleRounds = 6
)

// following reports whether the reader reads the end. Near it, a selected row in sight that the end
// would cut at the top is what is read.
func (t *Timeline) following() bool {
	if len(t.rows) == 0 || t.list.viewport() == 0 {
		return true
	}
	offset, end := t.list.offset(), t.list.end()
	if offset < end-followWithin {
		return false
	}
	item := t.index(t.selected) + t.head()
	if offset >= end || item < t.head() || item >= len(t.tops) {
		return true
	}
	return t.tops[item] < offset || t.tops[item] >= end
}

// hold remembers what the reader looks at: the selected row if it is in sight, else the first row
// in sight.
func (t *Timeline) hold() hold {
	if t.following() {
		return hold{following: true}
	}
	first, last := t.list.visible()
	at := max(first-t.head(), 0)
	if s := t.index(t.selected); s >= 0 && s+t.head() >= first && s+t.head() < last {
		at = s
	}
	if at >= len(t.rows) {
		return hold{following: true}
	}
	return hold{id: t.rows[at].ID, after: t.rows[at:], delta: t.bodyTop(at) - t.list.offset()}
}

// bodyTop is where the first line of a row stands, below its day rule: a rule that comes or goes
// above the row must not move the words.
func (t *Timeline) bodyTop(i int) float32 {
	top := t.tops[i+t.head()]
	if t.ruled(i) {
		top += t.geo.rule
	}
	return top
}

// offsetOf returns the offset that puts a hold back in its place. Where the row is gone, the next
// one below it that is left takes over.
func (t *Timeline) offsetOf(h hold) float32 {
	if h.following || len(t.rows) == 0 {
		return t.list.end()
	}
	for i := range h.after {
		if at := indexOf(t.rows, h.after[i].ID); at >= 0 {
			return min(max(t.bodyTop(at)-h.delta, 0), t.list.end())
		}
		if i > hotRows/100 { // far more than a view; give up rather than search for long
			break
		}
	}
	return min(t.list.offset(), t.list.end())
}

// settle places all rows so that a hold stays where it was, wrapping what comes into sight.
func (t *Timeline) settle(h hold) {
	if t.geo.row == 0 {
		return // not drawn yet
	}
	for range settleRounds {
		t.arrange()
		if !t.wrapAround(t.offsetOf(h)) {
			break
		}
	}
	t.list.moveTo(t.offsetOf(h))
}

// wrapAround wraps the rows seen at an offset. It reports whether that moved anything.
func (t *Timeline) wrapAround(offset float32) bool {
	moved := false
	bottom := offset + t.list.viewport()
	for item := t.list.at(offset); item >= 0 && item < len(t.tops)-1 && t.tops[item] < bottom; item++ {
		if i := item - t.head(); i >= 0 && !t.layouts[i].known && t.know(i) {
			moved = true
		}
	}
	return moved
}

// scrolled runs after the reader scrolled. It reports whether it placed the rows itself.
func (t *Timeline) scrolled() bool {
	first, last := t.list.visible()
	for item := first; item < last; item++ {
		if i := item - t.head(); i >= 0 && !t.layouts[i].known {
			h := t.hold()
			t.settle(h)
			return true
		}
	}
	return false
}

// workLater wraps the rows out of sight, in slices where there is a way to come back later.
func (t *Timeline) workLater() {
	if t.geo.row == 0 || t.slicing {
		return
	}
	if t.Later == nil {
		if t.wrapSome(len(t.rows), 1<<30) > 0 {
			t.settle(t.hold())
		}
		return
	}
	for i := len(t.layouts) - 1; i >= 0; i-- {
		if !t.layouts[i].known {
			t.slicing = true
			t.Later(t.slice)
			return
		}
	}
}

func (t *Timeline) slice() {
	t.slicing = false
	h := t.hold()
	if t.wrapSome(sliceRows, coldWords) > 0 {
		t.settle(h)
	}
	t.workLater()
}

// wrapSome wraps unknown rows from the end upwards, at most so many rows and about so many words
// that were never measured. It returns how many rows it wrapped.
func (t *Timeline) wrapSome(rows, words int) int {
	face := t.faces.at(t.geo.text, regular)
	start, done := face.Cold(), 0
	for i := len(t.layouts) - 1; i >= 0 && done < rows && face.Cold()-start < words; i-- {
		if !t.layouts[i].known {
			t.know(i)
			done++
		}
	}
	return done
}

// reveal scrolls as little as shows row i.
func (t *Timeline) reveal(i int) {
	if t.geo.row == 0 {
		return
	}
	for range settleRounds {
		t.arrange()
		top, bottom := t.tops[i+t.head()], t.tops[i+t.head()+1]
		if i == 0 {
			top = 0 // with what stands above the first row
		}
		offset := t.list.shows(top, bottom-top)
		if !t.wrapAround(offset) {
			t.list.moveTo(offset)
			return
		}
	}
	t.list.reveal(i + t.head())
}

// moved counts what the reader has not seen yet.
func (t *Timeline) moved() {
	first, last := t.list.visible()
	first, last = max(first-t.head(), 0), max(last-t.head(), 0)
	above, below := 0, 0
	for i := range t.layouts {
		l := &t.layouts[i]
		if !l.unseen {
			continue
		}
		switch {
		case i < first:
			above++
		case i >= last:
			below++
		default:
			l.unseen = false
		}
	}
	t.jump.set(below, "new ↓")
	t.late.set(above, "late ↑")
	t.placePills()
}

// toNew shows the first new row below, toLate the last late one above.
func (t *Timeline) toNew() {
	_, last := t.list.visible()
	for i := max(last-t.head(), 0); i < len(t.layouts); i++ {
		if t.layouts[i].unseen {
			t.reveal(min(i+t.page()/2, len(t.layouts)-1))
			return
		}
	}
	t.ScrollToEnd()
}

func (t *Timeline) toLate() {
	first, _ := t.list.visible()
	for i := min(first-t.head(), len(t.layouts)) - 1; i >= 0; i-- {
		if t.layouts[i].unseen {
			t.reveal(i)
			return
		}
	}
}

// page is about how many rows are seen at once.
func (t *Timeline) page() int {
	return max(1, int(t.list.viewport()/max(t.geo.row, 1))-1)
}

// Used returns how tall all rows are together.
func (t *Timeline) Used() float32 {
	if len(t.tops) == 0 {
		return 0
	}
	return t.tops[len(t.tops)-1]
}
