package peers

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/screen/form"
)

// TestTheCardThatWaitsIsWaitedFor: a command of another screen brings this one to the front, which does not
// know yet who asks.
func TestTheCardThatWaitsIsWaitedFor(t *testing.T) {
	f := open(t)
	f.Shown(false)
	f.host.SetAsks([]node.AskView{{Words: "amber harbour kettle", Name: "spare", Person: "Li Wei", Since: start}})
	f.Shown(true)
	f.Run("room.asks")
	if b, ok := f.host.Focused.(*fynex.Button); !ok || b.Text() != "Same words: let in as member" || len(f.host.Toasts) != 0 {
		t.Errorf("the keyboard is on %v, toasts %q", f.host.Focused, f.host.Toasts)
	}
}

// TestTheKeyboardLeavesACardThatGoes: a button that is drawn no more would swallow every key.
func TestTheKeyboardLeavesACardThatGoes(t *testing.T) {
	f := open(t)
	asks := []node.AskView{{Words: "amber harbour kettle", Name: "spare", Person: "Li Wei", Since: start}}
	f.host.SetAsks(asks)
	f.host.Refresh()
	f.Run("room.asks")
	f.host.SetAsks(append([]node.AskView{{Words: "birch river candle", Name: "old", Since: start}}, asks...))
	f.host.Refresh()
	b := fyne.CurrentApp().Driver().CanvasForObject(f.object).Focused().(*fynex.Button)
	if b != f.cards.held[cardAsk+" amber harbour kettle Same words: let in as member"] {
		t.Error("another card takes the keyboard from the one that was looked at")
	}
	f.host.SetAsks(nil)
	f.host.Refresh()
	if f.host.Focused != f.list {
		t.Errorf("the card is gone, and the keyboard is on %T", f.host.Focused)
	}
	if got, want := f.host.Toasts, "Li Wei (spare) is in the room as member"; len(got) > 0 && got[0] != want {
		t.Errorf("says %q", got)
	}
}

// TestAFormFollowsTheSelectedDevice: what it says, and whom it is about, never differ.
func TestAFormFollowsTheSelectedDevice(t *testing.T) {
	f := open(t)
	role := f.acts.role
	f.list.Select(f.room.Device(1).Key.String())
	f.Run("room.role")
	if f.host.Focused != role.first || role.first == nil {
		t.Errorf("the keyboard is on %T, not on the role", f.host.Focused)
	}
	f.list.Select(f.room.Device(2).Key.String())
	f.Tick(start)
	if got := role.fields[0].(*form.Words).Text(); got != "Selected: Li Wei (li-laptop), member" {
		t.Errorf("says %q", got)
	}
	f.Run("capture.submit")
	if c := f.host.Commands[0].(model.SetMemberRole); c.Device != f.room.Device(2).Key.String() {
		t.Errorf("asked for %+v", c)
	}
}

// TestTheNextDeviceIsNotRemovedByTheSameWord: devices are often named alike, as clones of one image are, and
// once one is removed the next row is the selected one.
func TestTheNextDeviceIsNotRemovedByTheSameWord(t *testing.T) {
	f := open(t)
	name := f.acts.remove.fields[0].(*form.Input)
	for _, d := range f.content.devices {
		f.host.Device.State().Members[d.key].Name = "vm"
	}
	f.host.Refresh()
	f.list.Select(f.room.Device(2).Key.String())
	f.Run("room.remove")
	name.Fill("vm")
	f.Run("capture.submit")
	if len(f.host.Commands) != 0 || !strings.Contains(name.Wrongness(), "type Li Wei (vm)") {
		t.Fatalf("asked for %v, says %q", f.host.Commands, name.Wrongness())
	}
	name.Fill("Li Wei (vm)")
	f.Run("capture.submit")
	name.Fill("Li Wei (vm)")
	f.Run("capture.submit")
	if len(f.host.Commands) != 1 || len(f.content.devices) != 2 {
		t.Errorf("asked for %v, %d devices are left", f.host.Commands, len(f.content.devices))
	}
}

// TestAnInviteThatWasMadeIsNotOfferedAgain: it may be used up, and what is asked for is another one.
func TestAnInviteThatWasMadeIsNotOfferedAgain(t *testing.T) {
	f := open(t)
	f.Run("room.invite")
	f.Run("capture.submit")
	f.Run("go.back")
	f.Run("room.spoken")
	if made := f.acts.inviting; made.shown.Visible() || !made.form.Visible() || made.kind.At() != 1 || f.host.Focused != made.button {
		t.Error("the invite that was made stands in the place of the form")
	}
	f.Run("capture.submit")
	if f.acts.inviting.spoken.Text() == "" {
		t.Error("no code is made")
	}
	f.room.Join("Mia Chen")
	f.host.Refresh()
	if got := f.acts.invite.says.Text(); got != "Mia Chen (mia-laptop) is in the room now, as member." {
		t.Errorf("who joined is not said: %q", got)
	}
}

// TestWhatWaitsIsCounted: the rail shows it while another screen is in front.
func TestWhatWaitsIsCounted(t *testing.T) {
	f := open(t)
	if n, pressing := f.Waiting(f.host.Input()); n != 0 || pressing {
		t.Errorf("%d wait", n)
	}
	f.host.SetAsks([]node.AskView{{Words: "amber harbour kettle"}})
	if n, pressing := f.Waiting(f.host.Input()); n != 1 || !pressing {
		t.Errorf("%d wait, pressing is %v", n, pressing)
	}
}

// TestAKeyTooManyRulesOnNothing: the ruling is chosen before it is recorded.
func TestAKeyTooManyRulesOnNothing(t *testing.T) {
	f := open(t)
	f.openQuarantine(model.QuarantineView{Device: f.room.Device(1).Key.String(), First: 1, Last: 3})
	if f.host.Focused != f.acts.quarantine.choice.Chosen() {
		t.Errorf("the keyboard is on %T", f.host.Focused)
	}
}

// TestAChangeOfThemeReachesTheWholePage: what is out of the page while it changes is drawn in the old one later.
func TestAChangeOfThemeReachesTheWholePage(t *testing.T) {
	f := open(t)
	w := test.NewTempWindow(t, f.Object())
	in := func(part fyne.CanvasObject) (found bool) {
		var walk func(o fyne.CanvasObject)
		walk = func(o fyne.CanvasObject) {
			found = found || o == part
			switch c := o.(type) {
			case *fyne.Container:
				for _, o := range c.Objects {
					walk(o)
				}
			case *container.Scroll:
				walk(c.Content)
			}
		}
		walk(f.Object())
		return found
	}
	for _, width := range []float32{1204, 480} {
		w.Resize(fyne.NewSize(width, 660))
		for _, open := range []bool{false, true} {
			if f.Run("go.back"); open {
				f.Run("room.connect")
			}
			f.object.Refresh()
			for name, part := range map[string]fyne.CanvasObject{"the forms": f.acts.object, "the cards": f.cards.object, "the history": f.history.object, "the device": f.about.object} {
				if !in(part) {
					t.Errorf("%s are out of a page %v wide, with a form open %v", name, width, open)
				}
			}
		}
	}
}

// TestAnArchiveIsNamedApart: of devices that are named alike one is relied on, and which is said.
func TestAnArchiveIsNamedApart(t *testing.T) {
	f := open(t)
	for _, d := range f.content.devices {
		f.host.Device.State().Members[d.key].Name = "vm"
	}
	f.host.Refresh()
	f.list.Select(f.room.Device(2).Key.String())
	f.Run("room.archive")
	if got := f.acts.archive.risk.Text(); !strings.HasPrefix(got, "It would be the only archive: the room relies on Li Wei (vm) alone") {
		t.Errorf("before it says %q", got)
	}
	f.Run("capture.submit")
	if got := f.acts.archive.risk.Text(); !strings.HasPrefix(got, "It is the only archive: the room relies on Li Wei (vm) alone") {
		t.Errorf("once it is marked it says %q", got)
	}
}

// TestWhatWasPutAwayCanStillBeLetIn: the form says so, and the command leads there once nothing waits.
func TestWhatWasPutAwayCanStillBeLetIn(t *testing.T) {
	s, _, _ := torn(t)
	f := s.acts.quarantine
	for range s.content.aside {
		s.Run("room.quarantine")
		f.choice.Choose(1)
		s.Run("capture.submit")
	}
	if len(s.content.aside) != 0 || len(s.content.away) == 0 {
		t.Fatalf("%d wait, %d are put away", len(s.content.aside), len(s.content.away))
	}
	s.Run("go.back")
	s.Run("room.quarantine")
	if got := f.about.Text(); s.acts.open != f.act || !strings.Contains(got, "put away by Ana Ruiz") {
		t.Fatalf("it says %q", got)
	}
	s.Run("capture.submit")
	if len(s.content.away) != 0 || !strings.Contains(f.says.Text(), "count now") {
		t.Errorf("%d are put away, it says %q", len(s.content.away), f.says.Text())
	}
}

// TestAForkIsPutAwayAsSeen: who saw it and when is kept over a start, what is known stays in sight, and
// another branch of it is told anew.
func TestAForkIsPutAwayAsSeen(t *testing.T) {
	f := open(t)
	const says = "Device tom-laptop of Tom Okafor was put back to an older copy and written on."
	f.link.ailing = []node.Ailment{{Text: says, Fix: node.FixDevice, Device: f.room.Device(1).Key, Seen: "fork.a.214.2"}}
	f.host.Refresh()
	seen := f.cards.held[cardAiling+"  Seen"]
	if seen == nil {
		t.Fatalf("no Seen among %v", f.cards.held)
	}
	seen.Press()
	f.host.Refresh()
	again := New(t.Context(), f.host, f.link)
	f.host.Attach(again)
	for name, s := range map[string]*Screen{"the screen": f.Screen, "after a start": again} {
		if strings.Contains(s.cards.shown, says) {
			t.Errorf("%s: the card is there yet", name)
		}
		if got := s.about.health.Text(); !strings.Contains(got, says+" (Seen by Ana Ruiz, 23 Nov 2026 12:00 UTC)") {
			t.Errorf("%s: the health says %q", name, got)
		}
	}
	f.link.ailing[0].Seen = "fork.a.214.3"
	f.host.Refresh()
	if !strings.Contains(again.cards.shown, says) {
		t.Error("a third branch is not told")
	}
}
