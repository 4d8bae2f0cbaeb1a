package shell

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	base "fyne.io/fyne/v2/theme"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/screen"
	"holdfast/ui/theme"
)

func three() (board, incident, peers *paper, entries []Entry) {
	board, incident = newPaper("Board", "incident.declare", "list.down"), newPaper("Incident", "incident.severity", "timeline.goto")
	peers = newPaper("Peers", "room.invite")
	return board, incident, peers, []Entry{{"board", board}, {"incident", incident}, {"peers", peers}}
}

// items gives the menu items by title.
func items(w fyne.Window) map[string]*fyne.MenuItem {
	all := map[string]*fyne.MenuItem{}
	for _, m := range w.MainMenu().Items {
		for _, it := range m.Items {
			all[it.Label] = it
		}
	}
	return all
}

func TestMenuHoldsEveryCommandThatWorksWhileTyping(t *testing.T) {
	_, _, _, entries := three()
	f := open(t, entries...)
	got := items(f.window)
	for _, e := range f.keys.All() {
		it := got[e.Title]
		switch {
		case e.Scope == keys.Always && it == nil:
			t.Errorf("%s is not in the menu", e.ID)
		case e.Scope == keys.Always && e.Shortcut() != nil && it.Shortcut == nil:
			t.Errorf("%s has no key in the menu", e.ID)
		case e.Scope == keys.Command && it != nil:
			t.Errorf("%s is in the menu; its key would be typed into the text", e.ID)
		}
	}
}

func TestNoCommandRunsUnderAnOverlay(t *testing.T) {
	board, incident, peers, entries := three()
	f := open(t, entries...)
	over := fynex.Confirm(f.window.Canvas(), fynex.Question{Title: "Sure?", Act: "Do it"})
	for _, it := range items(f.window) {
		it.Action()
	}
	for _, e := range f.keys.All() {
		f.Run(e.ID)
	}
	test.TypeOnCanvas(f.window.Canvas(), "j?")
	for _, p := range []*paper{board, incident, peers} {
		if len(p.ran) > 0 {
			t.Errorf("%s carried out %v under an overlay", p.title, p.ran)
		}
	}
	if f.palette.IsOpen() || f.front != 0 || len(f.themes) != 1 || !over.IsOpen() {
		t.Error("a command of the shell ran under an overlay")
	}
	over.Close()
	items(f.window)["Declare incident"].Action()
	if !slices.Equal(board.ran, []keys.ID{"incident.declare"}) {
		t.Errorf("after the overlay the board carried out %v", board.ran)
	}
}

func TestPaletteFindsAndRuns(t *testing.T) {
	_, _, peers, entries := three()
	f := open(t, entries...)
	f.Choose("view.palette")
	if !f.palette.IsOpen() {
		t.Fatal("the palette does not open")
	}
	test.Type(f.window.Canvas().Focused(), "invite")
	f.window.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if f.palette.IsOpen() || !slices.Equal(peers.ran, []keys.ID{"room.invite"}) || f.Front() != peers {
		t.Errorf("ran %v, in front %s", peers.ran, f.Front().Title())
	}
	if first := f.find("")[0].ID; first != "room.invite" {
		t.Errorf("the palette begins with %s, not with what was done last", first)
	}
	f.Choose("view.palette")
	f.Choose("view.palette")
	if f.palette.IsOpen() {
		t.Error("Ctrl+K does not close the palette")
	}
}

// without is a screen that may show an incident and shows none.
type without struct{ *paper }

func (without) Incident() model.ID { return model.ID{} }

func TestCommandWithoutItsIncidentSaysSo(t *testing.T) {
	board, incident, _, _ := three()
	f := open(t, Entry{"board", board}, Entry{"incident", without{incident}})
	for _, it := range f.find("severity") {
		if it.ID == "incident.severity" && it.Disabled == "" {
			t.Error("the palette offers a change of severity without an incident")
		}
	}
	if f.Choose("incident.severity") || f.Front() != board || len(incident.ran) > 0 {
		t.Error("a command ran without its incident")
	}
}

// A legal clock is started of the incident that is open, else of the one the
// security screen shows.
func TestLegalClockNeedsNoOpenIncident(t *testing.T) {
	board, incident, _, _ := three()
	secure := newPaper("Security", "incident.clock")
	f := open(t, Entry{"board", board}, Entry{"incident", without{incident}}, Entry{"security", secure})
	for _, it := range f.find("start a legal clock") {
		if it.ID == "incident.clock" && it.Disabled != "" {
			t.Errorf("the palette says %q", it.Disabled)
		}
	}
	if !f.Choose("incident.clock") || f.Front() != secure || len(secure.ran) != 1 {
		t.Errorf("it leads to %s", f.Front().Title())
	}
}

// What is hidden gets the keyboard neither now nor later, while something else
// has it.
func TestHiddenWidgetTakesNoKeyboardFromAnother(t *testing.T) {
	board, incident, _, entries := three()
	f := open(t, entries...)
	f.Focus(board.entry)
	f.Focus(incident.entry)
	f.loop.until(t, "the next frame has passed", func() bool { return f.holder == nil })
	incident.entry.Show()
	f.tick(f.Now())
	if got := f.window.Canvas().Focused(); got != board.entry {
		t.Errorf("the keyboard went to %T", got)
	}
}

// A form that was left is hidden with the field that had the keyboard; what was to have it may be hidden too.
func TestHiddenFieldSwallowsNoKeys(t *testing.T) {
	board, incident, _, entries := three()
	f := open(t, entries...)
	f.Focus(board.entry)
	board.entry.Hide()
	f.Focus(incident.entry) // not in front
	f.loop.until(t, "nothing has the keyboard", func() bool { return f.window.Canvas().Focused() == nil })
	if f.status.Row().Mode != "Commands" {
		t.Errorf("the keys are said to be for %q", f.status.Row().Mode)
	}
}

// pressed is a screen that is a button.
type pressed struct {
	*paper
	button *fynex.Button
}

func (p pressed) Object() fyne.CanvasObject { return p.button }

func TestEscapeLeavesAButton(t *testing.T) {
	button := fynex.NewButton("Acknowledge", nil)
	f := open(t, Entry{"board", pressed{newPaper("Board"), button}})
	f.window.Canvas().Focus(button)
	if f.window.Canvas().Focused() != button {
		t.Fatal("the button is not focused")
	}
	button.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if got := f.window.Canvas().Focused(); got != nil {
		t.Errorf("the keyboard is on %T", got)
	}
}

func TestSingleKeysStayOnTheirScreen(t *testing.T) {
	_, incident, _, entries := three()
	f := open(t, entries...)
	test.TypeOnCanvas(f.window.Canvas(), "s") // severity: of which incident, on the board?
	if len(incident.ran) > 0 || f.front != 0 {
		t.Error("a key of the board changed another screen's incident")
	}
	f.Choose("go.incident")
	test.TypeOnCanvas(f.window.Canvas(), "s")
	if !slices.Equal(incident.ran, []keys.ID{"incident.severity"}) {
		t.Errorf("in its own screen the key ran %v", incident.ran)
	}
}

func TestSwitchingKeepsScreensAndMovesTheKeyboard(t *testing.T) {
	board, incident, _, entries := three()
	f := open(t, entries...)
	f.Focus(board.entry)
	test.Type(board.entry, "half a line")
	f.Choose("go.incident")
	if f.window.Canvas().Focused() == board.entry {
		t.Error("a hidden field keeps the keyboard")
	}
	if !slices.Equal(board.fronts, []bool{true, false}) || !slices.Equal(incident.fronts, []bool{true}) {
		t.Errorf("told board %v, incident %v", board.fronts, incident.fronts)
	}
	if !f.Run("go.back") || f.Front() != board || board.entry.Text != "half a line" || !board.entry.Visible() {
		t.Error("Escape does not lead back to the board as it was left")
	}
	if f.Run("go.back") {
		t.Error("there is nothing behind the first screen")
	}
}

func TestFocusWaitsForWhatIsShownLater(t *testing.T) {
	board, _, _, entries := three()
	f := open(t, entries...)
	board.entry.Hide()
	f.Focus(board.entry)
	board.entry.Show()
	f.bridge.Poke()
	f.loop.until(t, "the field has the keyboard", func() bool { return f.window.Canvas().Focused() == board.entry })
}

// What has the edge and the menu bar grow or shrink gives the content another size.
func TestTheContentFillsTheWindowAtEachZoom(t *testing.T) {
	_, _, _, entries := three()
	f := open(t, entries...)
	look := f.Look()
	for _, zoom := range []int{200, 100} {
		look.Zoom = zoom
		f.SetLook(look)
		content := f.window.Canvas().Content()
		if edge := content.Position().X; edge != base.Padding() || content.Size() != f.window.Canvas().Size().Subtract(fyne.NewSquareSize(2*edge)) {
			t.Errorf("at %d %% the content is %v at %v in %v", zoom, content.Size(), content.Position(), f.window.Canvas().Size())
		}
	}
}

func TestToastMovesNothing(t *testing.T) {
	_, _, _, entries := three()
	f := open(t, entries...)
	place := func() (fyne.Position, fyne.Size) { return f.stack.Position(), f.stack.Size() }
	at, size := place()
	f.Toast("Copied the row of 12:04")
	if nowAt, now := place(); nowAt != at || now != size || size.Height < 500 {
		t.Errorf("the screen moved from %v %v to %v %v", at, size, nowAt, now)
	}
	if f.toast.Position().X+f.toast.Size().Width > f.status.Size().Width*(1-clocks)+1 {
		t.Error("the toast covers the clocks")
	}
	f.toastUntil = time.Now().Add(-time.Second)
	f.tick(time.Now())
	if f.toast.Visible() {
		t.Error("the toast stays")
	}
}

func TestFailureStaysUntilDismissed(t *testing.T) {
	_, _, _, entries := three()
	f := open(t, entries...)
	f.Fail("Not logged", errNoRoom)
	f.setHealth(health{ails: "The clock of laptop is ahead"})
	if !f.banner.Visible() || f.shownBanner.Text != "Not logged: no room is open" {
		t.Errorf("shown is %q", f.shownBanner.Text)
	}
	f.Choose("go.incident")
	if !f.Run("go.back") || f.front == 0 || f.shownBanner.Text != "The clock of laptop is ahead" {
		t.Errorf("Escape leads to screen %d, and shows %q", f.front, f.shownBanner.Text)
	}
	f.Fail("Not logged", errNoRoom)
	f.banner.OnAction()
	if f.shownBanner.Text != "The clock of laptop is ahead" {
		t.Errorf("after dismissing, shown is %q", f.shownBanner.Text)
	}
	f.setHealth(health{})
	if f.banner.Visible() {
		t.Error("the banner outlives what it says")
	}
	f.Fail("dump.log could not be fetched", errNoRoom)
	f.Fail("Not logged", nil)
	if !f.banner.Visible() {
		t.Error("what went well takes back what something else said")
	}
	f.Fail("dump.log could not be fetched", nil)
	if f.banner.Visible() {
		t.Error("what went wrong is shown after it went well")
	}
}

func TestReadOnlyDiskIsSaidWhileItLasts(t *testing.T) {
	_, _, _, entries := three()
	f := open(t, entries...)
	f.setHealth(health{readOnly: true, ails: node.ReadOnlySentence})
	if f.row.Journal == journalWell || f.row.Store != part.Bad || f.shownBanner.Text != node.ReadOnlySentence {
		t.Errorf("the status line says %q, the banner %q", f.row.Journal, f.shownBanner.Text)
	}
}

func TestLookIsDrawnAndKept(t *testing.T) {
	_, _, _, entries := three()
	f := open(t, entries...)
	f.Choose("view.variant")
	f.Choose("view.zoom.in")
	got := f.themes[len(f.themes)-1].(*theme.Theme).Options()
	if got.Variant == theme.Auto || got.Zoom != 110 {
		t.Errorf("drawn with %+v", got)
	}
	f.loop.until(t, "the look is kept", func() bool { return strings.HasSuffix(f.keeper.Setting(themeSetting), "110") })
	if again := f.savedLook(); again != got {
		t.Errorf("kept as %+v, drawn with %+v", again, got)
	}
}

func TestThemeSwitchRecoloursTheWindow(t *testing.T) {
	_, _, _, entries := three()
	f := open(t, entries...)
	before := f.window.Canvas().Capture().At(5, 700)
	f.Choose("view.variant")
	if after := f.window.Canvas().Capture().At(5, 700); after == before {
		t.Errorf("the status line keeps the colour %v", before)
	}
}

func TestStatusSentences(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	minute := now.Add(-time.Minute)
	linked := node.PeerView{Name: "tom", Connected: true, LastHeard: &now}
	away := node.PeerView{Name: "li", LastHeard: &minute, TheyLack: 3}
	behind := linked
	behind.TheyLack = 12
	for _, c := range []struct {
		peers  []node.PeerView
		online bool
		says   string
		health part.Health
	}{
		{nil, true, "No other device yet: this is the only copy", part.Stale},
		{[]node.PeerView{{Name: "li"}}, true, "1 peer, none heard yet", part.Stale},
		{[]node.PeerView{away}, true, "Alone: last heard 1 min ago", part.Stale},
		{[]node.PeerView{linked, away}, true, "All written is on 1 of 2 peers", part.Good},
		{[]node.PeerView{behind}, true, "1 of 1 peer linked, 12 on the way", part.Good},
		{[]node.PeerView{linked}, false, "Links are cut here: nothing is exchanged", part.Stale},
	} {
		if h := healthOf(c.peers, c.online, now); h.peers != c.says || h.sync != c.health || h.ails != "" {
			t.Errorf("%+v, want %q", h, c.says)
		}
	}
	skewed := linked
	skewed.ClockAhead, skewed.Person = -10800, "Tom\u202E"
	if h := healthOf([]node.PeerView{skewed}, true, now); !strings.Contains(h.ails, "Tom<U+202E> (tom) is 3h0m0s behind") {
		t.Errorf("of a skewed clock it says %q", h.ails)
	}
}

// busy is a screen on which something waits.
type busy struct{ *paper }

func (busy) Waiting(screen.Input) (int, bool) { return 7, true }

func TestWhatWaitsIsCountedWhileAnotherScreenIsInFront(t *testing.T) {
	board, incident, _, _ := three()
	f := open(t, Entry{"board", busy{board}}, Entry{"incident", incident})
	f.Choose("go.incident")
	f.loop.until(t, "the count is shown", func() bool { return f.counts["board"] == count{7, true} && f.Front() == incident })
}
