package form_test

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
)

const long = "This sentence is long enough that it takes several lines in a column of two hundred units."

func TestWordsWrapToTheirColumn(t *testing.T) {
	test.NewTempApp(t)
	words, below := form.NewWords(long, form.Quiet), form.NewWords("below", form.Plain)
	w := test.NewTempWindow(t, form.Column(200, words, below))
	w.Resize(fyne.NewSize(800, 400))
	line := below.MinSize().Height
	if wide := 200 * theme.TextSize() / 13; words.Size().Width != wide || words.MinSize().Height < 3*line {
		t.Errorf("width %v, height %v of lines of %v", words.Size().Width, words.MinSize().Height, line)
	}
	if below.Position().Y < words.Position().Y+words.MinSize().Height {
		t.Error("what stands below is drawn across the last line")
	}
}

func TestStackTakesNoRoomForWhatSaysNothing(t *testing.T) {
	test.NewTempApp(t)
	a, silent, b := form.NewWords("a", form.Plain), form.NewWords("", form.Wrong), form.NewWords("b", form.Plain)
	hidden := form.NewWords("hidden", form.Plain)
	hidden.Hide()
	s := form.Stack(10, a, silent, hidden, b)
	s.Resize(fyne.NewSize(300, 300))
	if got := b.Position().Y - a.MinSize().Height; got != 10 {
		t.Errorf("%v units between the two that are seen", got)
	}
}

func TestChoiceHasOneChosen(t *testing.T) {
	test.NewTempApp(t)
	c := form.NewChoice("one", "two", "three")
	var chosen []int
	c.OnChange = func(i int) { chosen = append(chosen, i) }
	test.Tap(c.Object.Objects[2].(fyne.Tappable))
	test.Tap(c.Object.Objects[2].(fyne.Tappable)) // the chosen one cannot be taken away
	if c.At() != 2 || len(chosen) != 2 || chosen[0] != 2 {
		t.Errorf("at %d, told %v", c.At(), chosen)
	}
}

func TestTabLeavesAFieldOfSeveralLines(t *testing.T) {
	if form.NewArea(3).AcceptsTab() {
		t.Error("the keyboard is trapped in it")
	}
}

func TestErrorTakesThePlaceOfHelp(t *testing.T) {
	test.NewTempApp(t)
	i := form.NewInput("Port", "465 or 587 are usual")
	before := i.MinSize()
	i.Wrong("a number")
	if i.Wrongness() != "a number" || i.MinSize() != before {
		t.Error("an error moves what stands below")
	}
}

func TestButtonsWrapWhereTheyDoNotFit(t *testing.T) {
	test.NewTempApp(t)
	one, two := fynex.NewButton("Connect to address", nil), fynex.NewButton("Verify journal", nil)
	row := form.Buttons(one, two)
	flat := row.MinSize().Height
	row.Resize(fyne.NewSize(one.MinSize().Width+20, flat))
	if two.Position().Y < one.MinSize().Height || two.Position().X != one.Position().X {
		t.Errorf("the second button stands at %v, the first at %v", two.Position(), one.Position())
	}
	if row.MinSize().Height < 2*one.MinSize().Height {
		t.Error("what stands below is drawn across the second row")
	}
	row.Resize(fyne.NewSize(800, flat))
	if two.Position().Y != 0 || row.MinSize().Height != flat {
		t.Error("a wide row is not one line again")
	}
}

func TestColumnFitsHalfOfASmallWindow(t *testing.T) {
	test.NewTempApp(t)
	wide := container.NewGridWrap(fyne.NewSize(700, 20), form.NewWords("a", form.Plain))
	if got := form.Column(560, wide).MinSize().Width; got > 280 {
		t.Errorf("a scroller would cut it off at less than %v", got)
	}
}

func TestPanesKeepTheEndOfAFormInView(t *testing.T) {
	test.NewTempApp(t)
	read, end := form.NewWords(long, form.Plain), fynex.NewButton("Save", func() {})
	var rows []fyne.CanvasObject
	for range 20 {
		rows = append(rows, form.NewInput("Name", "As the others know them"))
	}
	fields := form.Column(300, rows...)
	w := test.NewTempWindow(t, form.Panes(read, fields, end))
	driver := fyne.CurrentApp().Driver()
	for _, wide := range []float32{1200, 600} {
		w.Resize(fyne.NewSize(wide, 400))
		if at := driver.AbsolutePositionForObject(end); at.Y+end.Size().Height > 400 || end.Size().Height < end.MinSize().Height {
			t.Errorf("%v wide, the button stands at %v, %v tall", wide, at, end.Size().Height)
		}
		a, b := driver.AbsolutePositionForObject(read), driver.AbsolutePositionForObject(fields)
		if beside := a.Y == b.Y; beside != (wide == 1200) {
			t.Errorf("%v wide, what is read stands at %v, the form at %v", wide, a, b)
		}
	}
}

func TestPageShowsWholeRows(t *testing.T) {
	test.NewTempApp(t)
	list := canvas.NewRectangle(nil)
	list.SetMinSize(fyne.NewSize(100, 30))
	for rows, want := range map[int]float32{0: 30, 3: 90, 50: 180} {
		w := test.NewTempWindow(t, form.Page(form.NewWords("top", form.Plain), list, form.NewWords("below", form.Plain), func() int { return rows }))
		w.SetPadded(false)
		w.Resize(fyne.NewSize(800, 400))
		if got := list.Size().Height; got != want {
			t.Errorf("%d rows of 30 take %v, want %v", rows, got, want)
		}
	}
}

// TestPageLeavesRoomBelowATallHeading: the list shares what the heading leaves, so that forms below can be read.
func TestPageLeavesRoomBelowATallHeading(t *testing.T) {
	test.NewTempApp(t)
	top, list, below := canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	top.SetMinSize(fyne.NewSize(100, 106))
	list.SetMinSize(fyne.NewSize(100, 30))
	page := form.Page(top, list, below, func() int { return 50 })
	page.Resize(fyne.NewSize(800, 400))
	if got := list.Size().Height; got != 120 || below.Size().Height < got {
		t.Errorf("the list takes %v, what is below has %v", got, below.Size().Height)
	}
}

func TestWhatScrollsStandsClearOfTheBar(t *testing.T) {
	test.NewTempApp(t)
	o := canvas.NewRectangle(nil)
	o.SetMinSize(fyne.NewSize(100, 2000))
	scroll := form.Scroll(form.ClearOfBar(o))
	scroll.Resize(fyne.NewSize(400, 300))
	if end := form.RingRoom + o.Size().Width; end >= 400-theme.ScrollBarSmallSize() {
		t.Errorf("it ends at %v, below the bar", end)
	}
}

func TestFilterThatStaysInSight(t *testing.T) {
	test.NewTempApp(t)
	list := fynex.NewButton("list", func() {})
	var focused fyne.Focusable
	drawn := 0
	f := form.NewOpenFilter("Filter", func(o fyne.Focusable) { focused = o }, list, func() { drawn++ })
	press := func(k fyne.KeyName) { f.Entry.TypedKey(&fyne.KeyEvent{Name: k}) }
	f.Find()
	if focused != fyne.Focusable(f.Entry) || !f.Entry.Visible() {
		t.Fatal("Find does not lead into the field")
	}
	f.Entry.SetText("P0 checkout")
	if drawn == 0 || !f.Holds("checkout is down", "P0") || f.Holds("checkout") {
		t.Error("what is typed does not filter")
	}
	press(fyne.KeyEscape)
	if f.Text() != "" || focused != fyne.Focusable(f.Entry) {
		t.Error("the first Escape does not empty the field, or leaves it")
	}
	press(fyne.KeyEscape)
	if focused != fyne.Focusable(list) || !f.Entry.Visible() {
		t.Error("the second Escape does not lead back, or hides the field")
	}
	f.Find()
	press(fyne.KeyReturn)
	if focused != fyne.Focusable(list) {
		t.Error("Enter does not lead to the list")
	}
}

func TestMatchingKeepsWhatHoldsEveryWord(t *testing.T) {
	items := []string{"P0 Checkout down", "P2 search slow", "P0 mail late"}
	for query, want := range map[string]int{"": 3, "  ": 3, "p0": 2, "P0 DOWN": 1, "p0 slow": 0} {
		if got := form.Matching(items, query, func(s string) string { return s }); len(got) != want {
			t.Errorf("%q keeps %q", query, got)
		}
	}
}

// Two fields stand side by side where each is wide enough to read what is typed, else below one another.
func TestFieldsStandBelowOneAnotherWhereTheyAreNarrow(t *testing.T) {
	test.NewTempApp(t)
	left, right := form.NewInput("User", ""), form.NewInput("Password or token", "")
	name, chips := "Encryption", form.NewChoice("TLS from the start", "None")
	two, line := form.Beside(0.5, left, right), form.Line(name, chips.Object)
	for wide, stacked := range map[float32]bool{560: false, 260: true} {
		all := form.Column(560, two, line)
		for range 2 {
			all.Resize(fyne.NewSize(wide, 400))
			all.Refresh()
		}
		if got := right.Position().Y > 0; got != stacked {
			t.Errorf("at %v the second field stands at %v", wide, right.Position())
		}
		if got := chips.Object.Position().X == 0; got != stacked {
			t.Errorf("at %v the choice stands at %v", wide, chips.Object.Position())
		}
		if right.Size().Width < 129 {
			t.Errorf("at %v the second field is %v wide", wide, right.Size().Width)
		}
	}
}

// A table with fewer columns than another of the same weights lines up with it.
func TestTablesOfOneGridLineUp(t *testing.T) {
	test.NewTempApp(t)
	grid := []float32{1, 3, 2, 2}
	all := form.Table(grid, []string{"A", "B", "C", "D"}, nil)
	some := form.Table(grid, []string{"A", "B"}, nil)
	for _, o := range []fyne.CanvasObject{all, some} {
		o.Resize(fyne.NewSize(600, 40))
	}
	if a, b := all.Objects[1].Position().X, some.Objects[1].Position().X; a != b {
		t.Errorf("the second column stands at %v and %v", a, b)
	}
	if end := some.Objects[1].Position().X + some.Objects[1].Size().Width; end != 600 {
		t.Errorf("the last column ends at %v", end)
	}
}

// TestAListHasTheRoomThatIsThere: and what is read of its row has half of it at least.
func TestAListHasTheRoomThatIsThere(t *testing.T) {
	test.NewTempApp(t)
	list, read := canvas.NewRectangle(color.Black), canvas.NewRectangle(color.Black)
	halves := form.Halves(540, list, read, func() bool { return false })
	scale := theme.TextSize() / 13
	for _, c := range []struct{ wide, want float32 }{{1330, 540 + 0.4*(1330-1196)}, {1196, 540}, {900, 442}, {700, 700}} {
		halves.Resize(fyne.NewSize(c.wide*scale, 600))
		if got := list.Size().Width / scale; got < c.want-2 || got > c.want+2 {
			t.Errorf("of %v the list has %v, want %v", c.wide, got, c.want)
		}
		if got := read.Size().Width / scale; c.wide > 820 && got < c.wide/2-10 {
			t.Errorf("of %v what is read has %v", c.wide, got)
		}
	}
}
