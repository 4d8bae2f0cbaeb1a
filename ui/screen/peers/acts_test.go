package peers

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/sample"
)

// press types on what has the keyboard: characters, and arrows and Enter by their signs.
func (f *fixture) press(t *testing.T, typed string) {
	t.Helper()
	names := map[rune]fyne.KeyName{'↓': fyne.KeyDown, '↑': fyne.KeyUp, '→': fyne.KeyRight, '⏎': fyne.KeyReturn, '⎋': fyne.KeyEscape}
	for _, r := range typed {
		if f.host.Focused == nil {
			t.Fatalf("nothing has the keyboard for %q", r)
		}
		if k, ok := names[r]; ok {
			f.host.Focused.TypedKey(&fyne.KeyEvent{Name: k})
		} else {
			f.host.Focused.TypedRune(r)
		}
	}
}

// asked is the open question of the invites, "" for none.
func (f *fixture) asked() (words string) {
	for _, u := range f.acts.invites.list {
		if u.isAsked() {
			words += u.sentence.Text()
		}
	}
	return words
}

// openInvites shows a room with two open invites, in which keys are carried out as the shell does.
func openInvites(t *testing.T) *fixture {
	t.Helper()
	f := open(t)
	k := &keyed{Host: f.host}
	f.Screen = New(t.Context(), k, f.link)
	k.run = f.Screen.Run
	test.NewTempWindow(t, f.Object()).Resize(fyne.NewSize(1204, 660))
	f.host.Attach(f.Screen)
	for n := range byte(2) {
		id := model.ID{7 + n}
		if _, err := f.room.Device(0).Do(model.IssueInvite{Invite: id, Role: model.RoleMember, Uses: 1, Expires: start.Add(time.Hour), Verifier: make([]byte, 32)}); err != nil {
			t.Fatal(err)
		}
		f.link.invites = append(f.link.invites, node.InviteView{InviteView: model.InviteView{ID: id, Role: model.RoleMember, Uses: 1}})
	}
	f.host.Refresh()
	return f
}

// TestAnInviteIsWithdrawnByKeys: T lists them, j goes to the second, w asks in its place, and no key too many
// withdraws.
func TestAnInviteIsWithdrawnByKeys(t *testing.T) {
	f := openInvites(t)
	f.host.Focus(f.list)
	f.press(t, "T⏎⏎")
	list := f.acts.invites
	if len(f.host.Commands) != 0 || f.acts.open != list.act || len(list.list) != 2 {
		t.Fatalf("after T and Enter twice %d invites are listed, and %v was asked for", len(list.list), f.host.Commands)
	}
	if b := list.list[0].ask; b.Hint() != "w" || !b.Focused() {
		t.Errorf("the first button shows %q, and has the keyboard: %v", b.Hint(), b.Focused())
	}
	f.press(t, "jww⎋")
	if len(f.host.Commands) != 0 || f.asked() != "" || !list.list[1].ask.Focused() {
		t.Fatalf("w twice and Esc: asked for %v, says %q", f.host.Commands, f.asked())
	}
	f.press(t, "w→⏎")
	if len(f.host.Commands) != 1 || f.host.Commands[0].(model.RevokeInvite).Invite != f.link.invites[1].ID.String() {
		t.Fatalf("asked for %v", f.host.Commands)
	}
	if f.host.Focused != list.button {
		t.Errorf("the keyboard is on %T: one more key would ask about another invite", f.host.Focused)
	}
	f.press(t, "k")
	if !list.list[0].ask.Focused() {
		t.Error("k on a button of the form does not go to the invites")
	}
}

// TestARelayIsInvitedWithOneKey: B opens the form with the role that reads nothing.
func TestARelayIsInvitedWithOneKey(t *testing.T) {
	f := openInvites(t)
	f.host.Focus(f.list)
	f.press(t, "B")
	role := f.acts.inviting.role.Chosen().(*part.Chip)
	if f.acts.open != f.acts.invite || f.host.Focused != role || !strings.HasPrefix(role.Word(), "Relay") || role.Count() != "B" {
		t.Fatalf("the keyboard is on %v", f.host.Focused)
	}
	f.Run("capture.submit")
	if f.link.wanted.Role != model.RoleRelay {
		t.Errorf("asked for %+v", f.link.wanted)
	}
	f.press(t, "T")
	if f.acts.open != f.acts.invites.act {
		t.Error("the key of another form does nothing on a button of this one")
	}
}

// TestAQuarantineIsRuledOnByKeys: a and d choose on the chips, and in a field they are text.
func TestAQuarantineIsRuledOnByKeys(t *testing.T) {
	s, host, _ := torn(t)
	f := &fixture{Screen: s, host: host}
	if b := s.cards.held[cardQuarantine+" "+s.content.aside[0].Feed.String()+" Read and rule"]; b == nil || b.Hint() != "q" {
		t.Error("the button of the card does not show its key")
	}
	s.Run("room.quarantine.discard")
	q := s.acts.quarantine
	if s.acts.open != q.act || q.choice.At() != 1 || len(host.Commands) != 0 {
		t.Fatalf("the command of the palette opens %v with ruling %d, and asked for %v", s.acts.open, q.choice.At(), host.Commands)
	}
	f.press(t, "a")
	if q.choice.At() != 0 {
		t.Error("a does not choose to let it count")
	}
	host.Focus(q.reason.Entry)
	f.press(t, "ad")
	if q.reason.Text() != "ad" || q.choice.At() != 0 {
		t.Errorf("the reason is %q, the ruling %d", q.reason.Text(), q.choice.At())
	}
	host.Focus(q.choice.Chosen())
	f.press(t, "d")
	s.Run("capture.submit")
	if j, ok := host.Commands[0].(model.JudgeQuarantine); !ok || j.Accept {
		t.Errorf("asked for %+v", host.Commands)
	}
}

// TestTheFormsShowTheirKeys: Ctrl+Enter on what they are for, Esc on what leaves them.
func TestTheFormsShowTheirKeys(t *testing.T) {
	f := open(t)
	for _, a := range f.acts.all {
		shut := a.row.Objects[len(a.row.Objects)-1].(*fynex.Button)
		if !strings.HasSuffix(a.button.Hint(), "+Enter") || shut.Hint() != "Esc" {
			t.Errorf("%q shows %q, %q shows %q", a.button.Text(), a.button.Hint(), shut.Text(), shut.Hint())
		}
	}
}

// TestACorrectionOfTheClockIsTakenBack where it was made: Z asks below the sentence about it, and only Take it
// back writes.
func TestACorrectionOfTheClockIsTakenBack(t *testing.T) {
	test.NewTempApp(t)
	story, err := sample.Skewed()
	if err != nil {
		t.Fatal(err)
	}
	host := sample.NewHost(story.Room.Device(2))
	s := New(t.Context(), host, &link{device: story.Room.Device(2).Key})
	test.NewTempWindow(t, s.Object()).Resize(fyne.NewSize(1204, 660))
	host.Attach(s)
	f, back := &fixture{Screen: s, host: host}, s.about.clock
	if !back.object.Visible() || back.ask.Hint() != "Z" {
		t.Fatalf("below %q no act is offered", s.about.facts.Text())
	}
	s.list.Select(s.content.devices[1].key.String())
	if back.object.Visible() {
		t.Error("it is offered about another device")
	}
	s.Run("room.clock")
	s.Tick(story.Now)
	if !back.isAsked() || !back.no.Focused() || !strings.HasPrefix(back.sentence.Text(), "4 commits from before its clock was measured stood 3 h too late") {
		t.Fatalf("asks %q", back.sentence.Text())
	}
	f.press(t, "⏎")
	if len(host.Commands) != 0 || back.isAsked() || !back.ask.Focused() {
		t.Fatalf("Enter on what leaves it asked for %v", host.Commands)
	}
	f.press(t, "Z→⏎") // on the button as on the list
	if c, ok := host.Commands[0].(model.TakeBackClock); !ok || len(host.Fails) != 0 {
		t.Fatalf("asked for %+v, %q", c, host.Fails)
	}
	if back.object.Visible() || !strings.Contains(s.about.facts.Text(), "stand at the time that its clock showed") || host.Focused != s.list {
		t.Errorf("afterwards it says %q, the keyboard is on %T", s.about.facts.Text(), host.Focused)
	}
	s.Run("room.clock")
	if got := host.Toasts[len(host.Toasts)-1]; got != "No correction of this device's clock counts" {
		t.Errorf("once more it says %q", got)
	}
}

// TestACorrectionIsTakenBackOnItsDeviceAlone: elsewhere the sentence says where.
func TestACorrectionIsTakenBackOnItsDeviceAlone(t *testing.T) {
	test.NewTempApp(t)
	story, err := sample.Skewed()
	if err != nil {
		t.Fatal(err)
	}
	host := sample.NewHost(story.Room.Device(0))
	s := New(t.Context(), host, &link{device: story.Room.Device(0).Key})
	host.Attach(s)
	s.list.Select(story.Room.Device(2).Key.String())
	if got := s.about.facts.Text(); !strings.Contains(got, "true time now. If that is wrong, it is taken back on that device alone.") || s.about.clock.object.Visible() {
		t.Errorf("says %q", got)
	}
}
