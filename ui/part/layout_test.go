package part_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/theme"
)

// zoomed is the largest text in the smallest window.
var zoomed = theme.Options{Zoom: 200}

// rings are the shown rectangles in the colour of the focus ring, with their places.
func rings(t *testing.T, o fyne.CanvasObject, at fyne.Position, into []place) []place {
	t.Helper()
	at = at.Add(o.Position())
	if !o.Visible() {
		return into
	}
	switch v := o.(type) {
	case *canvas.Rectangle:
		if v.FillColor == fyne.CurrentApp().Settings().Theme().Color(theme.ColorFocusRing, 0) {
			into = append(into, place{at, v.Size(), v.StrokeWidth})
		}
	case *fyne.Container:
		for _, child := range v.Objects {
			into = rings(t, child, at, into)
		}
	case fyne.Widget:
		for _, child := range test.WidgetRenderer(v).Objects() {
			into = rings(t, child, at, into)
		}
	}
	return into
}

type place struct {
	pos    fyne.Position
	size   fyne.Size
	stroke float32
}

func TestFocusRingIsWhole(t *testing.T) {
	people, peers, board, timeline := part.NewPersonList(), part.NewPeerList(), part.NewBoardList(), part.NewTimeline()
	people.SetRows([]part.PersonRow{{ID: "1", Name: "Tom"}})
	peers.SetRows([]part.PeerRow{{ID: "1", Name: "li-laptop"}})
	board.SetRows([]part.BoardRow{{ID: "INC-7K2M", Title: "checkout down"}})
	timeline.SetRows(given(story()[1:2]))
	for name, o := range map[string]fyne.CanvasObject{"people": people, "peers": peers, "board": board, "timeline": timeline} {
		w := empty(t, theme.Options{}, 900, 120)
		w.SetContent(container.NewWithoutLayout(o))
		o.Resize(fyne.NewSize(900, 100))
		w.Canvas().Focus(o.(fyne.Focusable))
		if name == "timeline" {
			timeline.Select("2")
		}
		all := rings(t, o, fyne.Position{}, nil)
		if len(all) != 1 {
			t.Errorf("%s: %d rings", name, len(all))
			continue
		}
		// A stroke is drawn beyond its rectangle, where the scroller cuts it.
		if r := all[0]; r.stroke != 0 || r.pos.X < 0 || r.pos.X+r.size.Width > 900 {
			t.Errorf("%s: the ring is at %v, %v wide, with a stroke of %v", name, r.pos, r.size.Width, r.stroke)
		}
	}
}

func TestRailWordsKeepOffItsEdge(t *testing.T) {
	for _, o := range []theme.Options{{}, {Density: theme.Comfort}, {Density: theme.Wall}, zoomed} {
		w := empty(t, o, 400, 400)
		r := part.NewRail()
		r.Set([]part.RailItem{{ID: "2", Key: "2", Word: "Incident"}, {ID: "6", Key: "6", Word: "Settings"}}, "2")
		w.SetContent(container.NewBorder(nil, nil, r, nil))
		size := fyne.CurrentApp().Settings().Theme().Size("text")
		for _, words := range []string{"Incident", "Settings"} {
			at, ok := where(w, words)
			end := at.X + fyne.MeasureText(words, size, fyne.TextStyle{Bold: true}).Width
			if !ok || end > r.Size().Width-6 {
				t.Errorf("%q ends at %v of %v", words, end, r.Size().Width)
			}
		}
	}
}

func TestFieldShowsAllOfItsHelp(t *testing.T) {
	const help = "Such as :7420; empty tries port 7420, then any. Counts from the next start"
	for _, wide := range []float32{900, 260} {
		w := empty(t, zoomed, 900, 400)
		f := part.NewField("Address to listen on", widget.NewEntry())
		f.SetHelp(help)
		f.Resize(fyne.NewSize(wide, f.MinSize().Height))
		f.Resize(fyne.NewSize(wide, f.MinSize().Height))
		w.SetContent(container.NewWithoutLayout(f))
		var said []string
		for _, at := range texts(f, fyne.Position{}, nil) {
			if at.pos.Y > f.Size().Height {
				t.Errorf("%q stands below the row", at.text)
			}
			said = append(said, at.text)
		}
		if all := strings.Join(said, " "); !strings.Contains(all, help) {
			t.Errorf("in %v units it says %q", wide, all)
		}
	}
}

// A button for a path ends where a field without one does, and moves nothing beside or below it.
func TestAButtonForAPathEndsWhereTheFieldsDo(t *testing.T) {
	for _, o := range []theme.Options{{}, zoomed} {
		w := empty(t, o, 900, 400)
		plain, path := part.NewField("Reason", fynex.NewEntry()), part.NewPathField("File", func(string) {})
		w.SetContent(container.NewVBox(path, plain))
		w.Canvas().Capture()
		row := path.Framed().(*fyne.Container).Objects
		field, button := row[0], row[1]
		if end, want := button.Position().X+button.Size().Width-fynex.RingRoom, plain.Size().Width; end != want {
			t.Errorf("at %d %% the button ends at %v of %v", max(o.Zoom, 100), end, want)
		}
		if field.Position().X+field.Size().Width > button.Position().X {
			t.Errorf("at %d %% the field goes under the button", max(o.Zoom, 100))
		}
		if path.MinSize().Height != plain.MinSize().Height || field.Size().Height != plain.Framed().Size().Height {
			t.Errorf("at %d %% it is %v tall, a field without a button %v", max(o.Zoom, 100), path.MinSize().Height, plain.MinSize().Height)
		}
	}
}

// columnsApart fails where two texts of a line stand across one another.
func columnsApart(t *testing.T, name string, o fyne.CanvasObject) {
	t.Helper()
	size := fyne.CurrentApp().Settings().Theme().Size("text")
	all := texts(o, fyne.Position{}, nil)
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.text == "" || b.text == "" || a.pos.Y+size < b.pos.Y || b.pos.Y+size < a.pos.Y {
				continue
			}
			first, second := a, b
			if b.pos.X < a.pos.X {
				first, second = b, a
			}
			if first.pos.X+0.5*size*float32(len(first.text))*0.8 > second.pos.X {
				t.Errorf("%s: %q at %v is drawn across %q at %v", name, first.text, first.pos, second.text, second.pos)
			}
		}
	}
}

func TestRowsStandOnTwoLinesWhereTextIsLarge(t *testing.T) {
	w := empty(t, zoomed, 1080, 300)
	people, peers, board := part.NewPersonList(), part.NewPeerList(), part.NewBoardList()
	people.SetRows([]part.PersonRow{{ID: "1", Name: "Joanna Kowalska", About: "Incident commander of INC-7K2M", Heard: "last heard 14 min ago", Load: 1, Holds: "1 device", Local: "13:21 CET"}})
	peers.SetRows([]part.PeerRow{{ID: "1", Name: "li-laptop", About: "Li Wei · member", Path: "192.168.1.22:7420", Heard: "last heard 14 min ago", Lacks: "has all", WeLack: "we have all", Offset: "±0.0 s", Version: "v0.1.0"}})
	board.SetRows([]part.BoardRow{{ID: "INC-7K2M", Title: "Checkout fails", Phase: "Containment", Elapsed: "T+02:02:20", Update: "in 04:12", IC: "Joanna Kowalska"}})
	for name, list := range map[string]fyne.CanvasObject{"people": people, "peers": peers, "board": board} {
		w.SetContent(list)
		columnsApart(t, name, list)
	}
	for list, said := range map[fyne.CanvasObject][]string{
		board:  {"Checkout fails", "in 04:12", "Joanna Kowalska", "INC-7K2M"},
		people: {"Joanna Kowalska", "Incident commander of INC-7K2M", "last heard 14 min ago", "1 device"},
		peers:  {"li-laptop", "Li Wei · member", "last heard 14 min ago", "has all", "we have all", "192.168.1.22:7420"},
	} {
		w.SetContent(list)
		for _, words := range said {
			if _, ok := where(w, words); !ok {
				t.Errorf("a row on two lines leaves out %q", words)
			}
		}
	}
}

func TestWordsOfARowStandOnOneLine(t *testing.T) {
	for _, o := range []theme.Options{{}, {Density: theme.Comfort}, {Density: theme.Wall}} {
		w := empty(t, o, 1900, 120)
		board := part.NewBoardList()
		board.SetRows([]part.BoardRow{{ID: "INC-7K2M", Title: "Checkout fails", Phase: "Containment", Elapsed: "T+02:02:20", Update: "in 04:12", IC: "Joanna Kowalska"}})
		w.SetContent(board)
		units := fyne.CurrentApp().Settings().Theme().Size("text")
		line := func(words string, style fyne.TextStyle) float32 {
			at, ok := where(w, words)
			if !ok {
				t.Fatalf("%q is missing", words)
			}
			size, base := fyne.CurrentApp().Driver().RenderedTextSize(words, units, style, nil)
			return at.Y - size.Height/2 + float32(math.Ceil(float64(base)))
		}
		want := line("Joanna Kowalska", fyne.TextStyle{})
		for words, style := range map[string]fyne.TextStyle{"INC-7K2M": {Monospace: true}, "in 04:12": {Monospace: true}, "Checkout fails": {Bold: true}} {
			if got := line(words, style); got != want {
				t.Errorf("%q stands at %v, its neighbours at %v", words, got, want)
			}
		}
	}
}

func TestRingKeepsClearOfTheScrollBar(t *testing.T) {
	w := empty(t, theme.Options{}, 900, 100)
	board := part.NewBoardList()
	var rows []part.BoardRow
	for i := range 9 {
		rows = append(rows, part.BoardRow{ID: fmt.Sprint(i), Title: "checkout down"})
	}
	board.SetRows(rows)
	w.SetContent(board)
	w.Canvas().Focus(board)
	bar := fyne.CurrentApp().Settings().Theme().Size("scrollBarSmall")
	for _, r := range rings(t, board, fyne.Position{}, nil) {
		if end := r.pos.X + r.size.Width; end > 900-bar {
			t.Errorf("the ring ends at %v, under the scroll bar", end)
		}
	}
}

func TestTimelineGivesLargeTextTheWholeWidth(t *testing.T) {
	w := empty(t, zoomed, 1080, 400)
	tl := part.NewTimeline()
	tl.SetRows(given([]part.TimelineRow{{ID: "1", At: "12:04:31", Day: "Today, Mon 23 Nov (UTC)", Kind: "Detected", Author: "Joanna Kowalska", Text: "5xx rate on checkout-api above 4 % for 3 min"}}))
	w.SetContent(tl)
	author, _ := where(w, "Joanna Kowalska")
	words, ok := where(w, "5xx rate on checkout-api above 4 % for 3 min")
	if !ok || words.Y <= author.Y || words.X >= author.X {
		t.Errorf("the words stand at %v, the author at %v", words, author)
	}
}

func TestFactsAreReadOnTwoLines(t *testing.T) {
	w := empty(t, theme.Options{}, 860, 300)
	f := part.NewFactStrip()
	f.Set([]part.Fact{
		{Kind: "Impact", Text: "GitLab.com is offline; about six hours of issues, comments and users may be lost"},
		{Kind: "Cause so far", Text: "Staging holds a full copy from 17:20"},
		{Kind: "Doing now", Text: "Copy started"},
	})
	one := f.MinSize().Height
	w.SetContent(container.NewBorder(f, nil, nil, nil))
	f.Resize(fyne.NewSize(860, f.MinSize().Height))
	if f.MinSize().Height <= one {
		t.Error("the strip is one line tall")
	}
	f.Resize(fyne.NewSize(860, f.MinSize().Height))
	lines := 0
	for _, at := range texts(f, fyne.Position{}, nil) {
		if at.pos.X < 280 && at.text != "" && at.text != "Impact" {
			lines++
		}
	}
	if lines != 2 {
		t.Errorf("the impact takes %d lines", lines)
	}
}

func TestTitleOfTheHeaderShrinksBeforeItIsCut(t *testing.T) {
	w := empty(t, theme.Options{}, 1196, 52)
	h := part.NewHeaderBar()
	r := header()
	r.Title = "GitLab.com: primary database directory removed, backups not usable"
	h.Set(r)
	w.SetContent(h)
	if _, ok := where(w, r.Title); !ok {
		t.Error("the title is cut")
	}
}

func TestHeaderNamesItsAudienceWhole(t *testing.T) {
	for _, audience := range []string{"Status page", "Internal stakeholders", "Business stakeholders"} {
		w := empty(t, theme.Options{}, 1196, 52)
		h := part.NewHeaderBar()
		r := header()
		r.Audience = audience
		h.Set(r)
		w.SetContent(h)
		_, whole := where(w, "To "+audience)
		if _, alone := where(w, audience); !whole && !alone {
			t.Errorf("the header does not say %q", audience)
		}
	}
}

func TestEmptyStateKeepsClearOfWhatIsDrawn(t *testing.T) {
	w := empty(t, theme.Options{}, 600, 200)
	e := part.NewEmptyState("Say what is broken.", part.EmptyAct{Text: "Assign IC"})
	e.Below = func() float32 { return 120 }
	w.SetContent(e)
	if at, ok := where(w, "Say what is broken."); ok && at.Y < 120 {
		t.Errorf("the sentence stands at %v, across what ends at 120", at.Y)
	}
}

func TestPeopleAreShortenedAndDevicesCut(t *testing.T) {
	w := empty(t, theme.Options{}, 1180, 300)
	people, peers := part.NewPersonList(), part.NewPeerList()
	w.SetContent(container.NewGridWithRows(2, people, peers))
	people.SetRows([]part.PersonRow{{ID: "1", Name: "Maximiliane Wolfeschlegelsteinhausenbergerdorff"}})
	peers.SetRows([]part.PeerRow{{ID: "1", Name: "device of Maximiliane Wolfeschlegelsteinhausenbergerdorff"}})
	if _, ok := where(w, "Maximiliane W."); !ok {
		t.Error("the person is not shortened to an initial")
	}
	for _, at := range texts(peers, fyne.Position{}, nil) {
		if strings.HasPrefix(at.text, "device") && (!strings.HasPrefix(at.text, "device of Maxi") || !strings.HasSuffix(at.text, "…")) {
			t.Errorf("the device is called %q", at.text)
		}
	}
}

func TestThisDeviceIsNamedWhole(t *testing.T) {
	w := empty(t, zoomed, 1082, 300)
	peers := part.NewPeerList()
	w.SetContent(peers)
	peers.SetRows([]part.PeerRow{{ID: "1", Name: "laptop", About: "Ana Ruiz · admin · this device", Path: "at 192.168.1.14:7420"}})
	if _, ok := where(w, "Ana Ruiz · admin · this device"); !ok {
		t.Error("what is said of this device is cut beside an empty column")
	}
}

func TestALongNameLeavesTheRoleInItsRow(t *testing.T) {
	w := empty(t, theme.Options{}, 1180, 300)
	peers := part.NewPeerList()
	w.SetContent(peers)
	peers.SetRows([]part.PeerRow{{ID: "1", Name: "maximiliane-laptop", About: "Maximiliane Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh III · member", Path: "no link"}})
	for _, at := range texts(peers, fyne.Position{}, nil) {
		if strings.HasPrefix(at.text, "Maximiliane W") && !strings.HasSuffix(at.text, "… · member") {
			t.Errorf("said of the device: %q", at.text)
		}
	}
}

func TestChipCutsItsWordsBeforeItsCount(t *testing.T) {
	w := empty(t, theme.Options{}, 400, 100)
	c := part.NewChip("customers-in-every-region-of-the-world", "200")
	w.SetContent(container.NewWithoutLayout(c))
	c.Resize(fyne.NewSize(160, 24))
	for _, at := range texts(c, fyne.Position{}, nil) {
		switch {
		case at.text == "200":
			if end := at.pos.X + fyne.MeasureText("200", 13, fyne.TextStyle{}).Width; end > 160 {
				t.Errorf("the count ends at %v", end)
			}
		case !strings.HasSuffix(at.text, "…"):
			t.Errorf("the words are %q", at.text)
		}
	}
}

func TestHeaderKeepsAllCellsInTheWindow(t *testing.T) {
	w := empty(t, zoomed, 1112, 200)
	h := part.NewHeaderBar()
	h.Set(header())
	w.SetContent(container.NewVBox(h))
	scribe, ok := where(w, "UNASSIGNED")
	end := scribe.X + fyne.MeasureText("UNASSIGNED", 22, fyne.TextStyle{Bold: true}).Width
	if !ok || end > 1112 {
		t.Errorf("the scribe ends at %v of 1112", end)
	}
}

func TestSelectedRowAtTheTopStaysWhole(t *testing.T) {
	w := empty(t, theme.Options{}, 800, 310)
	tl := part.NewTimeline()
	var rows []part.TimelineRow
	for i := range 30 {
		rows = append(rows, part.TimelineRow{ID: fmt.Sprint(i), At: "12:04:31", Kind: "Note", Author: "Tom", Text: "row " + fmt.Sprint(i)})
	}
	w.SetContent(tl)
	tl.SetRows(given(rows))
	tl.ScrollToEnd()
	for i := 29; i >= 0; i-- { // the first row that is only partly in sight
		if at, ok := where(w, "row "+fmt.Sprint(i)); ok && at.Y < 3 {
			tl.Select(fmt.Sprint(i))
			w.Resize(fyne.NewSize(799, 310))
			if at, _ := where(w, "row "+fmt.Sprint(i)); at.Y < 0 {
				t.Errorf("row %d is cut again: its words stand at %v", i, at.Y)
			}
			return
		}
	}
	t.Fatal("no row is cut at the top; the sizes of the test hide what it is about")
}

func TestTheOnlyRowAListHasRoomForIsWhole(t *testing.T) {
	w := empty(t, theme.Options{}, 800, 310)
	board := part.NewBoardList()
	var rows []part.BoardRow
	for i := range 6 {
		rows = append(rows, part.BoardRow{ID: fmt.Sprint(i), Title: "row " + fmt.Sprint(i)})
	}
	w.SetContent(container.NewWithoutLayout(board))
	board.SetRows(rows)
	board.Resize(fyne.NewSize(800, board.MinSize().Height))
	first, _ := where(w, "row 0")
	for i := range rows {
		board.Select(fmt.Sprint(i))
		if at, ok := where(w, "row "+fmt.Sprint(i)); !ok || at.Y != first.Y {
			t.Errorf("the words of row %d stand at %v, those of the first at %v", i, at.Y, first.Y)
		}
	}
}

func TestATitleTakesTheRoomOfABadgeThatIsNotThere(t *testing.T) {
	w := empty(t, zoomed, 1080, 300)
	const title = "GitLab.com: primary database directory removed, backups not usable"
	board := part.NewBoardList()
	w.SetContent(board)
	for unread, whole := range map[int]bool{0: true, 4: false} {
		board.SetRows([]part.BoardRow{{ID: "INC-SR0S", Title: title, Phase: "Containment", Unread: unread}})
		if _, ok := where(w, title); ok != whole {
			t.Errorf("with %d unread the title is whole: %v", unread, ok)
		}
	}
}
