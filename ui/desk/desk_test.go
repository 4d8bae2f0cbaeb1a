package desk_test

import (
	"context"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
	"holdfast/ui/desk"
	"holdfast/ui/fynex"
	"holdfast/ui/fynex/fynextest"
	"holdfast/ui/keys"
	"holdfast/ui/shell"
)

// loop is the UI goroutine of a test: the test itself.
type loop chan func()

func (l loop) post(f func()) { l <- f }

// until runs what was posted until a condition holds. It looks between two posts too,
// as a window draws whether or not something came. A minute is many times what a slow
// machine under the race detector needs.
func (l loop) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(time.Minute)
	frame := time.NewTicker(time.Second / 4)
	defer frame.Stop()
	for !holds() {
		select {
		case f := <-l:
			f()
		case <-frame.C:
		case <-deadline:
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func openNode(t *testing.T, home string) *node.Node {
	t.Helper()
	n, err := node.Open(node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return n
}

func found(t *testing.T, n *node.Node, name string) *node.Room {
	t.Helper()
	r, err := n.Found(t.Context(), replica.Founding{Name: name, Person: "Ana Ruiz", Email: "ana@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func declared(t *testing.T, r *node.Room, title string) model.ID {
	t.Helper()
	done, err := r.Do(context.Background(), model.Declare{Title: title, Severity: model.P1})
	if err != nil {
		t.Fatal(err)
	}
	return done.ID
}

// open opens the desktop of a node.
func open(t *testing.T, n *node.Node, incident string) (*desk.Desk, fyne.Window, loop) {
	t.Helper()
	test.NewTempApp(t)
	l := make(loop, 4096)
	w := test.NewTempWindow(t, nil)
	w.Resize(fyne.NewSize(1280, 720))
	fynextest.Coarse(w)
	d := desk.New(desk.Options{Window: w, Node: n, Post: l.post, SetTheme: func(th fyne.Theme) { test.ApplyTheme(t, th) }, Incident: incident})
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d, w, l
}

// closeOverlays answers what a command asked.
func closeOverlays(w fyne.Window) {
	for _, o := range w.Canvas().Overlays().List() {
		if v, ok := o.(*fynex.Overlay); ok {
			v.Close()
		}
	}
}

// shows is the incident the desktop has open.
func shows(d *desk.Desk) model.ID {
	for _, e := range d.Shell().Entries() {
		if h, ok := e.Screen.(shell.Holder); ok {
			return h.Incident()
		}
	}
	return model.ID{}
}

// No dead key, menu item or row of the palette: with a room, a second one and
// an incident open, every command of the map is carried out somewhere.
func TestEveryCommandOfTheMapIsCarriedOut(t *testing.T) {
	n := openNode(t, t.TempDir())
	room := found(t, n, "Payments")
	found(t, n, "Search")
	id := declared(t, room, "checkout down")
	declared(t, room, "search slow")
	d, w, l := open(t, n, id.String())
	sh := d.Shell()
	l.until(t, "the incident is shown", func() bool { return shows(d) == id })
	last := keys.ID("room.join") // leads away from the room
	for _, e := range keys.Default().All() {
		if e.ID == last || e.ID == "room.files" { // so does that: see TestJoiningByFilesIsOpened
			continue
		}
		done := false
		for i := -1; i < len(sh.Entries()) && !done; i++ {
			if i >= 0 {
				sh.Choose(keys.ID("go." + sh.Entries()[i].ID))
			} else {
				sh.Open(id)
			}
			if e.Scope == keys.Command {
				done = sh.Run(e.ID)
			} else {
				done = sh.Choose(e.ID)
			}
			closeOverlays(w)
		}
		if !done {
			t.Errorf("nothing carries out %s (%q)", e.ID, e.Title)
		}
	}
	if !sh.Choose(last) {
		t.Errorf("nothing carries out %s", last)
	}
}

func TestDigitsAscendAlongTheRail(t *testing.T) {
	n := openNode(t, t.TempDir())
	found(t, n, "Payments")
	d, _, _ := open(t, n, "")
	m := keys.Default()
	last := "0"
	for _, e := range d.Shell().Entries() {
		entry, ok := m.Find(keys.ID("go." + e.ID))
		if !ok || len(entry.Keys) != 1 {
			t.Errorf("screen %s has no key", e.ID)
			continue
		}
		if entry.Keys[0].Mod != keys.Main {
			continue // it stands on the rail without a digit
		}
		if digit := string(entry.Keys[0].Key); digit <= last {
			t.Errorf("screen %s has %s and stands below %s", e.ID, digit, last)
		} else {
			last = digit
		}
	}
}

func TestLastIncidentIsOpenAfterARestart(t *testing.T) {
	n := openNode(t, t.TempDir())
	room := found(t, n, "Payments")
	first, second := declared(t, room, "checkout down"), declared(t, room, "search slow")
	d, _, l := open(t, n, "")
	if !shows(d).Zero() {
		t.Error("a new home opens an incident by itself")
	}
	d.Shell().Open(first)
	d.Shell().Open(second)
	l.until(t, "the place is kept", func() bool { return n.Setting("incident") == second.String() })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	again, _, _ := open(t, n, "")
	if shows(again) != second {
		t.Errorf("shows %s, want %s", shows(again), second)
	}
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	asked, _, _ := open(t, n, first.String())
	if shows(asked) != first {
		t.Error("the incident that was asked for is not the one shown")
	}
}

func TestHomeWithoutARoomBeginsWithFirstRun(t *testing.T) {
	n := openNode(t, t.TempDir())
	d, w, l := open(t, n, "")
	if len(d.Shell().Entries()) != 0 {
		t.Fatal("screens without a room")
	}
	l.until(t, "the first field has the keyboard", func() bool {
		w.Canvas().Capture() // the loop of a window draws between two steps
		return w.Canvas().Focused() != nil
	})
	for _, typed := range []string{"Payments", "Ana Ruiz", "ana@example.org"} {
		test.Type(w.Canvas().Focused(), typed)
		w.Canvas().FocusNext()
	}
	w.Canvas().FocusPrevious()
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	l.until(t, "the room is shown", func() bool { return len(d.Shell().Entries()) > 0 })
	if rooms := n.Rooms(); len(rooms) != 1 || rooms[0].Name() != "Payments" || w.Title() != "Holdfast: Payments" {
		t.Errorf("%d rooms, window %q", len(rooms), w.Title())
	}
}

// TestEscapeLeavesFirstRunAlsoAfterAClick, which takes the keyboard from the fields.
func TestEscapeLeavesFirstRunAlsoAfterAClick(t *testing.T) {
	n := openNode(t, t.TempDir())
	found(t, n, "Payments")
	d, w, l := open(t, n, "")
	d.Shell().Choose("room.join")
	l.until(t, "a field has the keyboard", func() bool {
		w.Canvas().Capture()
		return w.Canvas().Focused() != nil
	})
	w.Canvas().Unfocus()
	w.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if len(d.Shell().Entries()) == 0 {
		t.Error("the room does not come back")
	}
}

func TestSwitchingRooms(t *testing.T) {
	n := openNode(t, t.TempDir())
	found(t, n, "Payments")
	other := found(t, n, "Search")
	d, w, l := open(t, n, "")
	if w.Title() != "Holdfast: Payments" {
		t.Fatalf("opens %q", w.Title())
	}
	if !d.Shell().Choose("room.switch") {
		t.Fatal("cannot switch")
	}
	w.Canvas().FocusNext()
	w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if w.Title() != "Holdfast: Search" {
		t.Errorf("after choosing Search the window is %q", w.Title())
	}
	l.until(t, "the room is remembered", func() bool { return n.Setting("room") == other.Room().String() })
}
