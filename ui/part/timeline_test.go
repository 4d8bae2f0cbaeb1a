package part_test

import (
	"fmt"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/part"
	"holdfast/ui/theme"
)

// window shows content in a test window under our theme, without padding.
func window(t testing.TB, o theme.Options, width, height float32, content fyne.CanvasObject) fyne.Window {
	t.Helper()
	app := test.NewApp()
	app.Settings().SetTheme(theme.New(o))
	w := app.NewWindow("test")
	w.SetPadded(false)
	w.SetContent(content)
	w.Resize(fyne.NewSize(width, height))
	t.Cleanup(w.Close)
	return w
}

// entries makes n rows with texts of very different length.
func entries(from, n int) []part.TimelineRow {
	texts := []string{
		"Status: still investigating",
		"5xx rate on checkout-api above 4 % for 3 min, db-primary failed over 12:03 and the pool is still pinned to the old writer, which answers reads but refuses every write since then",
		"Roll restart of checkout-api, no strong objections",
		"Team is sure the bot file is the trigger; restoring an old copy chosen as fastest path\nThe other two ways need a deploy each",
	}
	rows := make([]part.TimelineRow, n)
	for i := range rows {
		k := from + i
		rows[i] = part.TimelineRow{
			ID: fmt.Sprintf("e%05d", k), At: fmt.Sprintf("%02d:%02d:%02d", k/3600%24, k/60%60, k%60), Day: "Mon 23 Nov (UTC)",
			Kind: "Note", Author: "Ana", Text: texts[k%len(texts)] + fmt.Sprint(" ", k), Spread: 2, Of: 2,
		}
	}
	return rows
}

// given are rows as a timeline takes them.
func given(rows []part.TimelineRow) []*part.TimelineRow {
	list := make([]*part.TimelineRow, len(rows))
	for i := range rows {
		list[i] = &rows[i]
	}
	return list
}

func insert(rows []part.TimelineRow, at int, r part.TimelineRow) []part.TimelineRow {
	out := append([]part.TimelineRow{}, rows[:at]...)
	return append(append(out, r), rows[at:]...)
}

// shown reads where each visible row stands, from the canvas objects: ID suffix in the text to y.
func top(t *testing.T, w fyne.Window, words string) float32 {
	t.Helper()
	y, found := find(w, words)
	if !found {
		t.Fatalf("%q is not on screen", words)
	}
	return y
}

func find(w fyne.Window, words string) (float32, bool) {
	for _, at := range texts(w.Canvas().Content(), fyne.Position{}, nil) {
		if at.text == words {
			return at.pos.Y, true
		}
	}
	return 0, false
}

func show(t testing.TB, tl *part.Timeline) fyne.Window {
	return window(t, theme.Options{}, 900, 640, container.NewStack(tl))
}

func TestTimelineFollowsTheEnd(t *testing.T) {
	tl := part.NewTimeline()
	w := show(t, tl)
	rows := entries(0, 200)
	tl.SetRows(given(rows))
	if !tl.Following() {
		t.Fatal("a fresh timeline shows its end")
	}
	tl.SetRows(given(append(rows[:200:200], entries(200, 1)...)))
	if _, ok := find(w, "Status: still investigating 200"); !ok || !tl.Following() {
		t.Error("a new row at the end is shown to who reads the end")
	}
}

func TestTimelineInsertAboveDoesNotMoveTheReader(t *testing.T) {
	for _, where := range []string{"far above", "just above", "below", "at the very top"} {
		tl := part.NewTimeline()
		w := show(t, tl)
		rows := entries(0, 400)
		tl.SetRows(given(rows))
		tl.Select("e00200")
		words := "Status: still investigating 200"
		before := top(t, w, words)
		at := map[string]int{"far above": 50, "just above": 199, "below": 250, "at the very top": 0}[where]
		tl.SetRows(given(insert(rows, at, part.TimelineRow{ID: "late", At: "00:01:00", Day: "Mon 23 Nov (UTC)", Kind: "Finding", Author: "Li", Text: "found on the other side of the split " + where, Late: "arrived late from Li, 12:31"})))
		if after := top(t, w, words); after != before {
			t.Errorf("%s: the row moved from %v to %v", where, before, after)
		}
	}
}

func TestTimelineInsertAboveTheFirstVisibleRow(t *testing.T) {
	tl := part.NewTimeline()
	w := show(t, tl)
	rows := entries(0, 400)
	tl.SetRows(given(rows))
	test.Scroll(w.Canvas(), fyne.NewPos(400, 300), 0, 3000)
	if tl.Following() {
		t.Fatal("scrolled away from the end")
	}
	seen := texts(w.Canvas().Content(), fyne.Position{}, nil)
	for i := range 30 { // a peer's entries arrive one by one, all older
		rows = insert(rows, i*3, part.TimelineRow{ID: fmt.Sprint("late", i), At: "00:00:00", Day: "Mon 23 Nov (UTC)", Kind: "Note", Text: fmt.Sprint("late ", i)})
		tl.SetRows(given(rows))
	}
	now := texts(w.Canvas().Content(), fyne.Position{}, nil)
	for _, was := range seen {
		if was.text == "Note" || was.text == "Ana" || was.text == "" {
			continue
		}
		moved := true
		for _, is := range now {
			if is.text == was.text && is.pos == was.pos {
				moved = false
			}
		}
		if moved {
			t.Errorf("%q moved from %v", was.text, was.pos)
		}
	}
	if _, ok := find(w, "30 late ↑"); !ok {
		t.Error("the reader is told about the entries above")
	}
}

func TestTimelineTellsOfNewRowsBelow(t *testing.T) {
	tl := part.NewTimeline()
	w := show(t, tl)
	rows := entries(0, 300)
	tl.SetRows(given(rows))
	test.Scroll(w.Canvas(), fyne.NewPos(400, 300), 0, 2000)
	seen := top(t, w, firstNote(w))
	words := firstNote(w)
	tl.SetRows(given(append(rows[:300:300], entries(300, 7)...)))
	if got := top(t, w, words); got != seen {
		t.Errorf("new rows at the end moved the reader from %v to %v", seen, got)
	}
	if _, ok := find(w, "7 new ↓"); !ok {
		t.Error("no word of 7 new rows")
	}
	tl.ScrollToEnd()
	if _, ok := find(w, "7 new ↓"); ok {
		t.Error("they have been seen")
	}
}

// firstNote returns the first text on screen that ends in a row number.
func firstNote(w fyne.Window) string {
	for _, at := range texts(w.Canvas().Content(), fyne.Position{}, nil) {
		if len(at.text) > 24 && at.pos.Y > 100 {
			return at.text
		}
	}
	return ""
}

func TestTimelineKeepsThePlaceWhenTextAboveGrows(t *testing.T) {
	tl := part.NewTimeline()
	w := show(t, tl)
	rows := entries(0, 300)
	tl.SetRows(given(rows))
	tl.Select("e00200")
	words := "Status: still investigating 200"
	before := top(t, w, words)
	edited := append([]part.TimelineRow{}, rows...)
	edited[100].Text += "\nand\nfour\nmore\nlines"
	edited[100].Edited = 2
	edited = append(edited[:150], edited[160:]...) // ten retracted from view
	tl.SetRows(given(edited))
	if got := top(t, w, words); got != before {
		t.Errorf("moved from %v to %v", before, got)
	}
	tl.SetRows(given(append(append([]part.TimelineRow{}, rows[:200]...), rows[201:]...)))
	if tl.Selected() != "" {
		t.Error("a row that is gone stays selected")
	}
}

func TestTimelineKeepsThePlaceWhenTheWindowIsResized(t *testing.T) {
	tl := part.NewTimeline()
	w := show(t, tl)
	tl.SetRows(given(entries(0, 300)))
	tl.Select("e00200")
	words := "Status: still investigating 200"
	before := top(t, w, words)
	w.Resize(fyne.NewSize(640, 640))
	if got := top(t, w, words); got != before {
		t.Errorf("moved from %v to %v", before, got)
	}
}

func TestTimelineKeyboard(t *testing.T) {
	tl := part.NewTimeline()
	w := show(t, tl)
	tl.SetRows(given(entries(0, 100)))
	var selected, opened, peeked string
	var runes []rune
	var keys []fyne.KeyName
	tl.OnSelect = func(id string) { selected = id }
	tl.OnOpen = func(id string) { opened = id }
	tl.OnPeek = func(id string) { peeked = id }
	tl.OnRune = func(r rune) { runes = append(runes, r) }
	tl.OnKey = func(k *fyne.KeyEvent) { keys = append(keys, k.Name) }
	w.Canvas().Focus(tl)
	for _, c := range []struct {
		rune rune
		key  fyne.KeyName
		want string
	}{
		{'g', "", "e00000"},
		{'j', "", "e00001"},
		{'k', "", "e00000"},
		{'k', "", "e00000"},
		{'G', "", "e00099"},
		{'j', "", "e00099"},
		{0, fyne.KeyHome, "e00000"},
		{0, fyne.KeyDown, "e00001"},
		{0, fyne.KeyUp, "e00000"},
		{0, fyne.KeyEnd, "e00099"},
	} {
		if c.rune != 0 {
			tl.TypedRune(c.rune)
		} else {
			tl.TypedKey(&fyne.KeyEvent{Name: c.key})
		}
		if selected != c.want || tl.Selected() != c.want {
			t.Errorf("%c %s: %s, want %s", c.rune, c.key, selected, c.want)
		}
		number := atoi(c.want[1:])
		if _, ok := find(w, fmt.Sprintf("00:%02d:%02d", number/60, number%60)); !ok {
			t.Errorf("%s is selected but not in sight", c.want)
		}
	}
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	tl.TypedRune(' ')
	if opened != "e00099" || peeked != "e00099" {
		t.Errorf("opened %q, peeked %q", opened, peeked)
	}
	tl.TypedRune('s')
	tl.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if string(runes) != "s" || len(keys) != 1 || keys[0] != fyne.KeyEscape {
		t.Errorf("what the timeline has no use for goes on: %q %v", runes, keys)
	}
}

// The shadow at the edge of the list would cover the ring of a row that touches it.
func TestTimelineKeepsTheSelectedRowOffTheEdges(t *testing.T) {
	const clear = 8
	tl := part.NewTimeline()
	w := show(t, tl)
	tl.SetRows(given(entries(0, 200)))
	tl.Select("e00050")
	if y := top(t, w, "00:00:50"); y < clear {
		t.Errorf("above the view: the row stands %v below the edge", y)
	}
	tl.Select("e00150")
	if next := top(t, w, "00:02:31"); next > tl.Size().Height-clear {
		t.Errorf("below the view: the row ends at %v of %v", next, tl.Size().Height)
	}
	tl.Resize(fyne.NewSize(900, 30)) // as at a large zoom
	tl.Select("e00100")
	if y := top(t, w, "00:01:40"); y < 0 || y > 4 {
		t.Errorf("a row as tall as the view starts at %v", y)
	}
}

func atoi(s string) int {
	n := 0
	for _, c := range s {
		n = n*10 + int(c-'0')
	}
	return n
}

func TestTimelineLoadsEarlierRows(t *testing.T) {
	tl := part.NewTimeline()
	w := show(t, tl)
	tl.SetRows(given(entries(0, 12_000)))
	if tl.Hidden() != 7_000 {
		t.Fatalf("%d hidden, want 7000", tl.Hidden())
	}
	tl.Select("e07000")
	words := "Status: still investigating 7000"
	before := top(t, w, words)
	if _, ok := find(w, "Load 5,000 earlier of 7,000 entries"); !ok {
		t.Error("no way to the earlier rows")
	}
	tl.LoadEarlier()
	if got := top(t, w, words); got != before {
		t.Errorf("loading earlier rows moved the reader from %v to %v", before, got)
	}
	tl.LoadEarlier()
	if tl.Hidden() != 0 {
		t.Errorf("%d hidden, want none", tl.Hidden())
	}
	asked := 0
	tl.OnEarlier = func() { asked++ }
	tl.SetEarlier(40)
	tl.LoadEarlier()
	if asked != 1 || tl.Hidden() != 40 {
		t.Errorf("asked %d, hidden %d", asked, tl.Hidden())
	}
}

func TestTimelineWrapsOutOfSightRowsInSlices(t *testing.T) {
	tl := part.NewTimeline()
	var queue []func()
	tl.Later = func(f func()) { queue = append(queue, f) }
	w := show(t, tl)
	tl.SetRows(given(entries(0, 4_000)))
	if _, ok := find(w, "Status: still investigating 3996"); !ok {
		t.Fatal("the end is there before anything else is wrapped")
	}
	tl.Select("e02000")
	words := "Status: still investigating 2000"
	before := top(t, w, words)
	slices := 0
	for len(queue) > 0 {
		if len(queue) > 1 {
			t.Fatal("more than one slice is queued")
		}
		next := queue[0]
		queue = nil
		next()
		slices++
		if got := top(t, w, words); got != before {
			t.Fatalf("slice %d moved the reader from %v to %v", slices, before, got)
		}
	}
	if slices < 4 {
		t.Errorf("%d slices for 4000 rows", slices)
	}
}

func TestTimelineSelectsOnTap(t *testing.T) {
	tl := part.NewTimeline()
	w := show(t, tl)
	tl.SetRows(given(entries(0, 10)))
	opened := ""
	tl.OnOpen = func(id string) { opened = id }
	test.TapCanvas(w.Canvas(), fyne.NewPos(400, 40))
	if tl.Selected() != "e00000" {
		t.Errorf("selected %q", tl.Selected())
	}
	if w.Canvas().Focused() != fyne.Focusable(tl) {
		t.Error("a tap focuses the timeline")
	}
	test.TapCanvas(w.Canvas(), fyne.NewPos(400, 40))
	if opened != "e00000" {
		t.Error("a second tap opens")
	}
}

type placed struct {
	text string
	pos  fyne.Position
}

// texts collects every visible text with its place on the canvas.
func texts(o fyne.CanvasObject, at fyne.Position, into []placed) []placed {
	if !o.Visible() {
		return into
	}
	at = at.Add(o.Position())
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			into = texts(c, at, into)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			into = texts(c, at, into)
		}
	case interface{ MinSize() fyne.Size }:
		if s, ok := wordsOf(o); ok {
			into = append(into, placed{s, at})
		}
	}
	return into
}
