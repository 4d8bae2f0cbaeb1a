package firstrun

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/fynex/fynextest"
)

// TestAnEnterTooManyKeepsTheRecoveryKey: the key is shown once, so the keyboard is in the field that writes it.
func TestAnEnterTooManyKeepsTheRecoveryKey(t *testing.T) {
	f := open(t)
	f.Found("Payments", "Ana Ruiz", true)
	path, ok := f.host.focused.(*fynex.Entry)
	if !ok {
		t.Fatalf("the keyboard is on %T", f.host.focused)
	}
	path.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if f.entered != 0 || f.host.focused != path {
		t.Fatal("Enter on an empty path opens the room, and the key is gone")
	}
	path.SetText(filepath.Join(t.TempDir(), "recovery.txt"))
	path.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if b, ok := f.host.focused.(*fynex.Button); !ok || b.Text() != "It is on paper: open the room" {
		t.Errorf("once it is written the keyboard is on %v", f.host.focused)
	}
}

// TestLookingAgainKeepsTheKeyboard: the buttons of what was heard are made anew.
func TestLookingAgainKeepsTheKeyboard(t *testing.T) {
	test.NewTempApp(t)
	seat := &seat{host: host{drafts: map[string]string{}}}
	f := New(seat, &rooms{}, func(*node.Room) {}, nil)
	seat.window = test.NewTempWindow(t, f.Object())
	fynextest.Coarse(seat.window)
	seat.window.Resize(fyne.NewSize(1280, 720))
	f.Choose("Ask nearby")
	seat.Focus(f.ways.again)
	f.ways.again.Press()
	if b, ok := seat.window.Canvas().Focused().(*fynex.Button); !ok || b.Text() != "192.0.2.9:7420" {
		t.Errorf("the keyboard is on %v", seat.window.Canvas().Focused())
	}
}

// TestEscapeEndsAJoin: the keyboard stays in the field from which the join began.
func TestEscapeEndsAJoin(t *testing.T) {
	f := open(t)
	f.host.hold = true
	f.Choose("Spoken code")
	fill(f.ways.code, "7k2m 9qxd")
	fill(f.ways.where, "192.0.2.9:7420")
	fill(f.guest, "Li Wei")
	f.enter()
	if f.stop == nil || !f.cancel.Visible() {
		t.Fatal("nothing is joined")
	}
	if f.cancel.Hint() != "Esc" {
		t.Errorf("the button shows %q", f.cancel.Hint())
	}
	f.guest.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	f.host.held[0]()
	if got := f.joined.Text(); got != "Cancelled. Nothing was changed." {
		t.Errorf("says %q", got)
	}
}

// TestAWrongCodeIsSaidAtTheCode: who mistyped it looks there.
func TestAWrongCodeIsSaidAtTheCode(t *testing.T) {
	f := open(t)
	f.rooms.err = fmt.Errorf("join: %w", identity.ErrNotRecognised)
	f.Choose("Spoken code")
	fill(f.ways.code, "7k2m 9qxx")
	fill(f.ways.where, "192.0.2.9:7420")
	fill(f.guest, "Li Wei")
	f.enter()
	if !strings.Contains(says(f.ways.code), "check the eight characters") || f.host.focused != f.ways.code.Entry {
		t.Errorf("says %q, and %q", says(f.ways.code), f.joined.Text())
	}
}

// TestEscapeGoesBackToTheRoom from the panels that lead to another one, but not from a recovery key.
func TestEscapeGoesBackToTheRoom(t *testing.T) {
	test.NewTempApp(t)
	h, back := &host{drafts: map[string]string{}}, 0
	f := New(h, &rooms{}, func(*node.Room) {}, func() { back++ })
	escape := &fyne.KeyEvent{Name: fyne.KeyEscape}
	f.Start()
	h.focused.(*fynex.Entry).TypedKey(escape)
	f.create.TypedKey(escape)
	if back != 2 {
		t.Errorf("went back %d times of 2", back)
	}
	f.Found("Payments", "Ana Ruiz", true)
	h.focused.(*fynex.Entry).TypedKey(escape)
	f.name.Entry.TypedKey(escape)
	if back != 2 {
		t.Error("Escape leaves the recovery key, which is shown once")
	}
}
