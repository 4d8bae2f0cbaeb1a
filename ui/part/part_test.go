package part_test

import (
	"fmt"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/text"
	"holdfast/ui/theme"
)

func empty(t testing.TB, o theme.Options, width, height float32) fyne.Window {
	return window(t, o, width, height, container.NewStack())
}

func header() part.HeaderRow {
	return part.HeaderRow{
		Severity: 0, ID: "INC-7K2M", Title: "Oversized bot-management file crashed the proxy worldwide", Phase: "Mitigating",
		Elapsed: "T+00:47:12", Update: "in 03:48", UpdateTone: text.Soon,
		IC: part.RoleCell{Name: "Ana / Tom", Conflict: true}, Comms: part.RoleCell{Name: "Joy Adeyemi"},
	}
}

func TestHeaderOrderAndWords(t *testing.T) {
	w := empty(t, theme.Options{}, 1280, 52)
	h := part.NewHeaderBar()
	h.Set(header())
	w.SetContent(h)
	x := float32(-1)
	for _, words := range []string{"P0", "INC-7K2M", "Phase", "Elapsed", "Next update", "IC CONFLICT", "Comms", "Scribe"} {
		at, ok := where(w, words)
		if !ok || at.X <= x {
			t.Errorf("%q at %v, want it right of %v", words, at, x)
		}
		x = at.X
	}
	for _, words := range []string{"Ana / Tom", "UNASSIGNED", "in 03:48"} {
		if _, ok := where(w, words); !ok {
			t.Errorf("%q is missing", words)
		}
	}
}

// hairSpace stands before a J that begins a line, to keep its hook.
const hairSpace = "\u200A"

func where(w fyne.Window, words string) (fyne.Position, bool) {
	for _, at := range texts(w.Canvas().Content(), fyne.Position{}, nil) {
		if strings.TrimPrefix(at.text, hairSpace) == words {
			return at.pos, true
		}
	}
	return fyne.Position{}, false
}

func TestHeaderDigitsMoveNothing(t *testing.T) {
	w := empty(t, theme.Options{}, 1280, 52)
	h := part.NewHeaderBar()
	h.Set(header())
	w.SetContent(h)
	places := func() string {
		out := ""
		for _, words := range []string{"Phase", "Elapsed", "Next update", "Comms", "Scribe"} {
			at, _ := where(w, words)
			out += fmt.Sprint(at, " ")
		}
		return out
	}
	before := places()
	for _, r := range []func(*part.HeaderRow){
		func(r *part.HeaderRow) { r.Elapsed = "T+08:00:00" },
		func(r *part.HeaderRow) { r.Update, r.UpdateTone = "OVERDUE 2 min", text.Late },
		func(r *part.HeaderRow) { r.Phase = "Resolved" },
		func(r *part.HeaderRow) { r.Scribe.Name = "Wolfeschlegelsteinhausenbergerdorff" },
		func(r *part.HeaderRow) { r.Severity = 3 },
	} {
		row := header()
		r(&row)
		h.Set(row)
		if after := places(); after != before {
			t.Errorf("moved from %s to %s", before, after)
		}
	}
}

func TestHeaderStacksWhereBothLinesDoNotFit(t *testing.T) {
	w := empty(t, theme.Options{Zoom: 150}, 1000, 100)
	h := part.NewHeaderBar()
	h.Set(header())
	w.SetContent(container.NewVBox(h))
	name, _ := where(w, "INC-7K2M")
	phase, _ := where(w, "Phase")
	if phase.Y <= name.Y {
		t.Errorf("cells at %v are not below the name at %v", phase, name)
	}
	if h.MinSize().Height < 1.5*78 {
		t.Errorf("height %v", h.MinSize().Height)
	}
}

func TestHeaderTapNamesTheCell(t *testing.T) {
	w := empty(t, theme.Options{}, 1280, 52)
	h := part.NewHeaderBar()
	h.Set(header())
	w.SetContent(h)
	var cell int
	h.OnCell = func(i int) { cell = i }
	at, _ := where(w, "UNASSIGNED")
	test.TapCanvas(w.Canvas(), at.AddXY(4, 4))
	if cell != part.CellScribe {
		t.Errorf("cell %d", cell)
	}
}

func TestClockRedrawsOnlyWhenItChanged(t *testing.T) {
	empty(t, theme.Options{}, 100, 100)
	c := part.NewClockText("T+00:00:00")
	if !c.Set("T+00:00:01", text.Quiet) || c.Set("T+00:00:01", text.Quiet) {
		t.Error("the same time twice is not a change")
	}
	if !c.Set("T+00:00:01", text.Late) {
		t.Error("a tone is")
	}
}

func TestPillsDifferInShape(t *testing.T) {
	w := empty(t, theme.Options{Variant: theme.Light}, 200, 40)
	shapes := map[string]int{}
	for n := range theme.Severities {
		p := part.NewSevPill(n)
		w.SetContent(p)
		shape := ""
		for _, o := range test.WidgetRenderer(p).Objects() {
			if r, ok := o.(*canvas.Rectangle); ok && r.Visible() {
				_, _, _, a := r.FillColor.RGBA()
				shape += fmt.Sprint("filled ", a > 0, " stroke ", r.StrokeWidth, "; ")
			}
		}
		if before, ok := shapes[shape]; ok {
			t.Errorf("P%d and P%d differ in colour alone: %s", before, n, shape)
		}
		shapes[shape] = n
	}
}

func TestColoursFollowTheTheme(t *testing.T) {
	w := empty(t, theme.Options{Variant: theme.Dark}, 900, 300)
	tl, h, pill := part.NewTimeline(), part.NewHeaderBar(), part.NewSevPill(0)
	h.Set(header())
	w.SetContent(container.NewBorder(container.NewVBox(h, pill), nil, nil, nil, tl))
	tl.SetRows(given(entries(0, 3)))
	tl.Select("e00001")
	dark := colours(w.Canvas().Content(), nil)
	fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Options{Variant: theme.Light}))
	refresh(w.Canvas().Content())
	for c := range colours(w.Canvas().Content(), nil) {
		if dark[c] && c != "transparent" {
			t.Errorf("%s was kept from the dark theme", c)
		}
	}
}

func refresh(o fyne.CanvasObject) {
	o.Refresh()
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			refresh(c)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			refresh(c)
		}
	}
}

func colours(o fyne.CanvasObject, into map[string]bool) map[string]bool {
	if into == nil {
		into = map[string]bool{}
	}
	if !o.Visible() {
		return into
	}
	add := func(c interface{ RGBA() (r, g, b, a uint32) }) {
		if c == nil {
			return
		}
		r, g, b, a := c.RGBA()
		if a > 0 {
			into[fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)] = true
		}
	}
	switch o := o.(type) {
	case *fyne.Container:
		for _, c := range o.Objects {
			colours(c, into)
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			colours(c, into)
		}
	case *canvas.Text:
		if o.Text != "" {
			add(o.Color)
		}
	case *canvas.Rectangle:
		add(o.FillColor)
	}
	return into
}

func board() []part.BoardRow {
	return []part.BoardRow{
		{ID: "INC-7K2M", Severity: 0, Title: "Proxy down worldwide", Phase: "Investigating", Elapsed: "T+00:47:12", Update: "OVERDUE 2 min", UpdateTone: text.Late, IC: "Ana Ruiz", Unread: 4},
		{ID: "INC-4QX9", Severity: 1, Title: "Primary database directory removed", Phase: "Mitigating", Elapsed: "T+02:00:00", Update: "in 22:10"},
		{ID: "INC-11AB", Severity: 3, Title: "Disk small", Phase: "Monitoring", Elapsed: "T+05:00:00", IC: "Ana / Tom", Conflict: true},
	}
}

func TestBoard(t *testing.T) {
	w := empty(t, theme.Options{}, 1100, 300)
	b := part.NewBoardList()
	w.SetContent(b)
	b.SetRows(board())
	for _, words := range []string{"UNASSIGNED", "CONFLICT Ana / Tom", "OVERDUE 2 min", "4", "P0", "P1", "P3"} {
		if _, ok := where(w, words); !ok {
			t.Errorf("%q is missing", words)
		}
	}
	first, _ := where(w, "INC-7K2M")
	second, _ := where(w, "INC-4QX9")
	if second.Y-first.Y != 28 {
		t.Errorf("rows are %v apart, want 28", second.Y-first.Y)
	}
	w.Canvas().Focus(b)
	var opened, peeked string
	b.OnOpen, b.OnPeek = func(id string) { opened = id }, func(id string) { peeked = id }
	b.TypedRune('j')
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	b.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if opened != "INC-4QX9" || peeked != "INC-4QX9" {
		t.Errorf("opened %q, peeked %q", opened, peeked)
	}
	rows := board()
	rows[0], rows[1] = rows[1], rows[0]
	b.SetRows(rows)
	if b.Selected() != "INC-4QX9" {
		t.Error("the selection follows its incident when the order changes")
	}
	b.SetRows(rows[1:])
	if b.Selected() != "INC-7K2M" {
		t.Errorf("selected %q: where the selected row goes, its neighbour takes its place", b.Selected())
	}
	if _, ok := any(b).(fynex.CommandSurface); !ok {
		t.Error("single keys are commands on the board")
	}
}

func TestPalette(t *testing.T) {
	w := empty(t, theme.Options{}, 1000, 700)
	c, m := w.Canvas(), keys.Default()
	p := part.NewPalette(c)
	var ran []string
	p.OnRun = func(id string) {
		if !fynex.Free(c) {
			t.Error("a command ran under the open palette")
		}
		ran = append(ran, id)
	}
	p.Find = func(q string) (items []part.PaletteItem) {
		for _, x := range m.Rank(q, nil) {
			it := part.PaletteItem{ID: string(x.Entry.ID), Title: x.Entry.Title, Keys: x.Entry.KeyText()}
			if x.Entry.ID == "incident.close" {
				it.Disabled = "the incident is not resolved"
			}
			items = append(items, it)
		}
		return items
	}
	typed := func(s string) {
		for _, r := range s {
			c.Focused().TypedRune(r)
		}
	}
	key := func(k fyne.KeyName) { c.Focused().TypedKey(&fyne.KeyEvent{Name: k}) }

	p.Show()
	typed("declare")
	key(fyne.KeyReturn)
	if len(ran) != 1 || ran[0] != "incident.declare" || p.IsOpen() {
		t.Fatalf("ran %v", ran)
	}
	p.Show()
	typed("close inc")
	key(fyne.KeyDown)
	key(fyne.KeyReturn)
	if len(ran) != 1 || !p.IsOpen() {
		t.Errorf("a command that cannot act ran: %v", ran)
	}
	if _, ok := wordsAnywhere(c, "the incident is not resolved"); !ok {
		t.Error("no reason is given")
	}
	key(fyne.KeyEscape)
	if p.IsOpen() {
		t.Error("Escape closes")
	}
	p.Show()
	p.Show()
	if p.IsOpen() {
		t.Error("the key that opens it closes it")
	}
}

func wordsAnywhere(c fyne.Canvas, words string) (fyne.Position, bool) {
	for _, o := range c.Overlays().List() {
		for _, at := range texts(o, fyne.Position{}, nil) {
			if at.text == words {
				return at.pos, true
			}
		}
	}
	return fyne.Position{}, false
}

func TestSmallParts(t *testing.T) {
	w := empty(t, theme.Options{}, 900, 700)
	b, toast, facts := part.NewBanner(), part.NewToast(), part.NewFactStrip()
	chip := part.NewChip("Execs", "12")
	field := part.NewField("Next update", fynex.NewEntry())
	state := part.NewEmptyState("No open incidents. Ctrl+N declares one.", part.EmptyAct{Text: "Declare", Hint: "Ctrl+N"})
	rail, status := part.NewRail(), part.NewStatusLine()
	w.SetContent(container.NewVBox(b, toast, facts, chip, field, state, rail, status))
	if b.Visible() || toast.Visible() || facts.Visible() {
		t.Error("what has nothing to say is hidden")
	}
	acted := 0
	b.OnAction, toast.OnAction = func() { acted++ }, func() { acted++ }
	b.Set(part.BannerRow{Text: "Two people hold command.", Tone: part.NoticeAlarm, Action: "Settle"})
	toast.Set(part.ToastRow{Text: "Severity is now P1", Action: "Undo", Left: "8 s"})
	facts.Set([]part.Fact{{Kind: "Impact", Text: "EU cards"}, {Kind: "Cause", Text: "old writer"}})
	field.SetError("Not a time: try +15m or 14:30")
	rail.Set([]part.RailItem{{ID: "b", Key: "1", Word: "Board", Badge: 2, Alarm: true}}, "b")
	status.Set(part.StatusRow{Mode: "Commands", Peers: "last heard 6 min ago", Sync: part.Stale, UTC: "12:00:00 UTC"})
	status.Set(part.StatusRow{Mode: "Commands", Peers: "last heard 6 min ago", Sync: part.Stale, UTC: "12:00:01 UTC"})
	w.Resize(fyne.NewSize(900, 701))
	for _, words := range []string{"Act now", "Two people hold command.", "Settle", "Undo", "8 s", "Impact", "old writer", "Not a time: try +15m or 14:30", "Board", "2", "12:00:01 UTC", "Declare"} {
		if _, ok := where(w, words); !ok {
			t.Errorf("%q is missing", words)
		}
	}
	on := false
	chip.OnChange = func(v bool) { on = v }
	chip.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if !on || !chip.On() {
		t.Error("Space turns a chip on")
	}
	picked := ""
	rail.OnPick = func(id string) { picked = id }
	at, _ := where(w, "Board")
	test.TapCanvas(w.Canvas(), at.AddXY(2, 8))
	if picked != "b" {
		t.Error("a click on the rail goes there")
	}
	b.Set(part.BannerRow{})
	if b.Visible() {
		t.Error("an empty sentence hides the banner")
	}
}

func TestBannerGrowsWithItsSentence(t *testing.T) {
	w := empty(t, theme.Options{}, 500, 300)
	b := part.NewBanner()
	b.Set(part.BannerRow{Text: "short"})
	w.SetContent(container.NewBorder(b, nil, nil, nil))
	one := b.MinSize().Height
	b.Set(part.BannerRow{Text: "Two people hold command since the split at 12:03: Ana and Tom. One of them must take it before anything else is decided, or both go on."})
	if b.MinSize().Height <= one {
		t.Error("a long sentence is cut off")
	}
}

func TestPeopleAndPeers(t *testing.T) {
	w := empty(t, theme.Options{}, 1100, 300)
	people, peers := part.NewPersonList(), part.NewPeerList()
	w.SetContent(container.NewGridWithRows(2, people, peers))
	people.SetRows([]part.PersonRow{{ID: "1", Name: "Tom", About: "IC of INC-7K2M", Heard: "last heard 6 min ago", Health: part.Stale, Load: 1}})
	peers.SetRows([]part.PeerRow{{ID: "1", Name: "li-laptop", Lacks: "lacks 12", WeLack: "we lack 3", Offset: "+03:00:12", Skewed: true}})
	for _, words := range []string{"Tom", "IC of INC-7K2M", "last heard 6 min ago", "1 task", "li-laptop", "lacks 12", "we lack 3", "+03:00:12"} {
		if _, ok := where(w, words); !ok {
			t.Errorf("%q is missing", words)
		}
	}
}
