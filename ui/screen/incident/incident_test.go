package incident

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/model/due"
	"holdfast/model/when"
	"holdfast/ui/fynex"
	"holdfast/ui/fynex/fynextest"
	"holdfast/ui/sample"
	"holdfast/ui/theme"
)

// scene is the incident screen on a sample, in a window without a display.
type scene struct {
	t      *testing.T
	story  sample.Story
	host   *sample.Host
	screen *Screen
	window fyne.Window
}

func open(t *testing.T) *scene {
	t.Helper()
	return openStory(t, sample.Typical)
}

func openStory(t *testing.T, tell func() (sample.Story, error)) *scene {
	t.Helper()
	story, err := tell()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("LANG", "en_US.UTF-8")
	app := test.NewTempApp(t)
	app.Settings().SetTheme(theme.New(theme.Options{}))
	w := app.NewWindow("incident")
	t.Cleanup(w.Close)
	fynextest.Coarse(w)
	w.SetPadded(false)
	host := sample.NewHost(story.Room.Device(0))
	host.Clock = func() time.Time { return story.Now }
	sc := &scene{t: t, story: story, host: host, window: w}
	sc.start()
	return sc
}

// start makes the screen anew, as after a crash.
func (sc *scene) start() {
	s := New(sc.host)
	s.Device, s.Holds = sc.host.Device.Key, sc.host.Device.Holds
	sc.screen = s
	sc.window.SetContent(s.Object())
	sc.window.Resize(fyne.NewSize(1204, 660))
	sc.host.Attach(s)
	s.Open(sc.story.Incident)
	s.Shown(true)
}

func (sc *scene) typed(words string) {
	sc.t.Helper()
	sc.host.Focus(sc.screen.box.Focusable())
	test.Type(sc.screen.box.Focusable(), words)
}

func (sc *scene) press(k fyne.KeyName) {
	sc.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: k})
}

// enter types a line and presses Enter.
func (sc *scene) enter(words string) {
	sc.t.Helper()
	sc.typed(words)
	sc.host.Focus(sc.screen.box.Focusable())
	sc.press(fyne.KeyReturn)
}

func (sc *scene) last() model.Command {
	if len(sc.host.Commands) == 0 {
		return nil
	}
	return sc.host.Commands[len(sc.host.Commands)-1]
}

// rowWith finds the row that holds words.
func (sc *scene) rowWith(words string) row {
	sc.t.Helper()
	for _, r := range sc.screen.content.rows {
		if strings.Contains(r.raw, words) {
			return *r
		}
	}
	sc.t.Fatalf("no row holds %q", words)
	return row{}
}

// top is where words stand in the window.
func (sc *scene) top(words string) (float32, bool) {
	y, found := float32(0), false
	var walk func(o fyne.CanvasObject, at fyne.Position)
	walk = func(o fyne.CanvasObject, at fyne.Position) {
		if !o.Visible() {
			return
		}
		at = at.Add(o.Position())
		switch o := o.(type) {
		case *canvas.Text:
			if o.Text == words {
				y, found = at.Y, true
			}
		case *fyne.Container:
			for _, c := range o.Objects {
				walk(c, at)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(o).Objects() {
				walk(c, at)
			}
		}
	}
	walk(sc.window.Canvas().Content(), fyne.Position{})
	return y, found
}

func TestEnterLogsAndEmptiesTheBoxOnlyOnceDurable(t *testing.T) {
	sc := open(t)
	sc.host.Hold = true
	sc.enter("pool is pinned to the old writer")
	if got := sc.screen.box.Text(); got != "pool is pinned to the old writer" {
		t.Fatalf("before the write is durable the box holds %q", got)
	}
	sc.typed(" and more")
	sc.host.Release()
	l, ok := sc.last().(model.Log)
	if !ok || l.Text != "pool is pinned to the old writer" || !l.At.IsZero() {
		t.Fatalf("command %+v", sc.last())
	}
	if got := sc.screen.box.Text(); got != " and more" {
		t.Errorf("what was typed meanwhile is %q", got)
	}
	sc.rowWith("pool is pinned to the old writer")
}

func TestRefusedWriteKeepsTheText(t *testing.T) {
	sc := open(t)
	sc.host.Refuse = errors.New("write the journal: disk full")
	sc.enter("this must not be lost")
	if got := sc.screen.box.Text(); got != "this must not be lost" {
		t.Fatalf("the box holds %q", got)
	}
	if _, shown := sc.top("Not written: write the journal: disk full. Your text is kept; Enter tries again."); !shown {
		t.Error("the reason does not stand under the box")
	}
	sc.host.Refuse = nil
	sc.press(fyne.KeyReturn)
	if got := sc.screen.box.Text(); got != "" {
		t.Errorf("after Enter tried again the box holds %q", got)
	}
	sc.rowWith("this must not be lost")
}

func TestDraftComesBackAfterACrash(t *testing.T) {
	sc := open(t)
	sc.typed("half a thought about db-2")
	sc.start()
	if got := sc.screen.box.Text(); got != "half a thought about db-2" {
		t.Errorf("the box holds %q", got)
	}
}

func TestDraftsBelongToTheirIncident(t *testing.T) {
	sc := open(t)
	sc.typed("about GitLab")
	sc.screen.neighbour(1)
	other := sc.host.Opened
	if other.Zero() || other == sc.story.Incident {
		t.Fatalf("the next incident of the board is %v", other)
	}
	sc.screen.neighbour(-1)
	if briefs := due.Briefs(sc.host.Device.State(), false, sc.host.Now()); sc.host.Opened == sc.story.Incident || len(briefs) < 2 {
		t.Fatalf("the one before of %d is %v", len(briefs), sc.host.Opened)
	}
	sc.screen.Open(other)
	if got := sc.screen.box.Text(); got != "" {
		t.Fatalf("the other incident has the draft %q", got)
	}
	sc.typed("about the other")
	sc.screen.Open(sc.story.Incident)
	if got := sc.screen.box.Text(); got != "about GitLab" {
		t.Errorf("back at the first, the box holds %q", got)
	}
}

func TestPeerEntryDoesNotMoveTheReader(t *testing.T) {
	sc := open(t)
	r := sc.rowWith("Staging data backed up first")
	sc.screen.timeline.Select(r.ID)
	sc.screen.timeline.TypedRune('k')
	sc.screen.timeline.TypedRune('j')
	before, seen := sc.top("Staging data backed up first")
	if !seen {
		t.Fatal("the row is not in sight")
	}
	tom := sc.story.Room.Device(1)
	tom.Now = sc.story.Now
	for _, at := range []time.Duration{-9 * time.Hour, -100 * time.Minute, -time.Second} {
		if _, err := tom.Do(model.Log{Incident: sc.story.Incident.String(), Text: "from the other side of the split\non two lines", At: sc.story.Now.Add(at)}); err != nil {
			t.Fatal(err)
		}
	}
	sc.story.Room.Meet()
	sc.host.Refresh()
	if after, _ := sc.top("Staging data backed up first"); after != before {
		t.Errorf("the row moved from %v to %v", before, after)
	}
}

func TestEditKeepsTheTimeAndBringsTheDraftBack(t *testing.T) {
	sc := open(t)
	sc.typed("a draft")
	r := sc.rowWith("Logical backups missing")
	sc.screen.edit(r.ID)
	if want := "2017-01-31 23:30:00Z " + r.raw; sc.screen.box.Text() != want {
		t.Fatalf("the box holds %q, want %q", sc.screen.box.Text(), want)
	}
	sc.enter(", all of them")
	e, ok := sc.last().(model.EditEntry)
	if !ok || e.Entry != r.ID || e.Text != r.raw+", all of them" || !e.At.IsZero() || e.Precision != nil {
		t.Fatalf("command %+v", sc.last())
	}
	if got := sc.screen.box.Text(); got != "a draft" {
		t.Errorf("the draft is %q", got)
	}
	if got := sc.rowWith("all of them"); got.precision != when.After || got.Edited != 2 {
		t.Errorf("row %+v", got)
	}
}

func TestEscapeLeavesTheEditAndKeepsBoth(t *testing.T) {
	sc := open(t)
	sc.typed("a draft")
	r := sc.rowWith("Logical backups missing")
	sc.screen.edit(r.ID)
	sc.typed(" and then some")
	sc.press(fyne.KeyEscape)
	if got := sc.screen.box.Text(); got != "a draft" {
		t.Fatalf("the draft is %q", got)
	}
	sc.start()
	if got := sc.screen.box.Text(); got != "a draft" {
		t.Fatalf("after a crash the draft is %q", got)
	}
	sc.screen.edit(r.ID)
	if got := sc.screen.box.Text(); !strings.HasSuffix(got, "and then some") {
		t.Errorf("the unsaved correction is %q", got)
	}
}

func TestInsertGoesRightAfterTheRow(t *testing.T) {
	sc := open(t)
	r := sc.rowWith("Staging data backed up first")
	sc.screen.timeline.Select(r.ID)
	sc.screen.timeline.TypedRune('o')
	sc.enter("copy verified with a checksum")
	l, ok := sc.last().(model.Log)
	if !ok || !l.At.Equal(r.at) || l.Precision != when.After {
		t.Fatalf("command %+v", sc.last())
	}
	rows := sc.screen.content.rows
	at := slices.IndexFunc(rows, func(x *row) bool { return x.ID == r.ID })
	if rows[at+1].raw != "copy verified with a checksum" {
		t.Errorf("the next row is %q", rows[at+1].raw)
	}
	if sc.screen.timeline.Selected() != rows[at+1].ID {
		t.Error("the new row is not brought into sight")
	}
}

func TestRetractAsksForTheReason(t *testing.T) {
	sc := open(t)
	r := sc.rowWith("Staging data backed up first")
	sc.screen.timeline.Select(r.ID)
	sc.host.Focus(sc.screen.timeline)
	sc.press(fyne.KeyDelete)
	if len(sc.host.Commands) != 0 {
		t.Fatal("one key takes an entry back")
	}
	sc.enter("wrong host")
	c, ok := sc.last().(model.RetractEntry)
	if !ok || c.Entry != r.ID || c.Reason != "wrong host" {
		t.Fatalf("command %+v", sc.last())
	}
	if got := sc.rowWith("Staging data backed up first"); got.Retracted != "wrong host" {
		t.Errorf("row %+v", got.TimelineRow)
	}
}

func TestOnlyEntriesAreChanged(t *testing.T) {
	sc := open(t)
	for _, r := range sc.screen.content.rows {
		if r.source != model.FromEntry {
			sc.screen.edit(r.ID)
			sc.screen.retract(r.ID)
			if sc.screen.mode != logging {
				t.Fatalf("a row of %s is changed", r.Kind)
			}
		}
	}
}

func TestTwoCommandersAreSettledFromTheBanner(t *testing.T) {
	sc := open(t)
	says := ""
	if len(sc.screen.settling) == 1 {
		says = sc.screen.settling[0].says
	}
	if !strings.HasPrefix(says, "Two commanders: ") || !strings.Contains(says, "Ana Ruiz") || !strings.Contains(says, "Tom Okafor") {
		t.Fatalf("banner %+v", sc.screen.settling)
	}
	button := findButton(sc.window.Canvas().Content(), "Keep Tom")
	if button == nil {
		t.Fatal("there is no button Keep Tom")
	}
	test.Tap(button)
	if c, ok := sc.last().(model.Settle); !ok || c.Field != "role.ic" {
		t.Fatalf("command %+v", sc.last())
	}
	if got := sc.screen.content.cell("ic"); got.Name != "Tom Okafor" || got.Conflict || len(sc.screen.settling) != 0 {
		t.Errorf("commander %+v, banners %+v", got, sc.screen.settling)
	}
}

func findButton(o fyne.CanvasObject, words string) *fynex.Button {
	switch o := o.(type) {
	case *fynex.Button:
		if o.Text() == words {
			return o
		}
	case *fyne.Container:
		for _, c := range o.Objects {
			if b := findButton(c, words); b != nil {
				return b
			}
		}
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			if b := findButton(c, words); b != nil {
				return b
			}
		}
	}
	return nil
}

func TestHalfACommandBegunByAKeyIsNotLogged(t *testing.T) {
	sc := open(t)
	sc.typed("a draft")
	sc.screen.Run("incident.assign")
	sc.enter("ic ")
	if len(sc.host.Commands) != 0 {
		t.Fatalf("command %+v", sc.host.Commands)
	}
	sc.enter("@tom")
	if c, ok := sc.last().(model.AssignRole); !ok || c.Role != "ic" || c.Person != "Tom Okafor" {
		t.Fatalf("command %+v", sc.last())
	}
	if got := sc.screen.box.Text(); got != "a draft" {
		t.Errorf("the draft is %q", got)
	}
}

func TestUnknownCommandStaysText(t *testing.T) {
	sc := open(t)
	sc.enter("/sevv P0 payments")
	if l, ok := sc.last().(model.Log); !ok || l.Text != "/sevv P0 payments" {
		t.Fatalf("command %+v", sc.last())
	}
}

func TestUndoTakesTheLastEntryBack(t *testing.T) {
	sc := open(t)
	sc.enter("a slip")
	sc.enter("/undo")
	if c, ok := sc.last().(model.RetractEntry); !ok || c.Entry != sc.rowWith("a slip").ID {
		t.Fatalf("command %+v", sc.last())
	}
}

func TestResolveAsksOnce(t *testing.T) {
	sc := open(t)
	sc.host.Do(model.RecordFacts{Incident: sc.screen.content.id.String(), Customers: "not needed because nobody outside saw it"}, func(model.Done, error) {})
	sc.host.Commands = nil
	sc.host.No = true
	sc.enter("/resolve error rate normal for 30 min")
	if len(sc.host.Commands) != 0 || sc.screen.box.Text() == "" {
		t.Fatal("no still resolves, or loses the line")
	}
	sc.host.No = false
	sc.press(fyne.KeyReturn)
	if _, ok := sc.last().(model.Resolve); !ok {
		t.Fatalf("command %+v", sc.last())
	}
}
