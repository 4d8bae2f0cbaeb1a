package firstrun

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
	"holdfast/ui/fynex"
	"holdfast/ui/fynex/fynextest"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
	"holdfast/ui/theme"
)

// host runs work at once, or holds it back.
type host struct {
	drafts  map[string]string
	focused fyne.Focusable
	hold    bool
	no      bool // the answer to questions
	pick    string
	toasts  []string
	fails   []string
	held    []func()
}

func (h *host) Task(work func() error, done func(error)) {
	run := func() { done(work()) }
	if h.hold {
		h.held = append(h.held, run)
		return
	}
	run()
}

func (h *host) Confirm(_, _, _ string, then func()) {
	if !h.no {
		then()
	}
}
func (h *host) ChooseFile(a part.FileAsk)   { a.Then(h.pick) }
func (h *host) MayReplace(string) bool      { return false }
func (h *host) Toast(text string)           { h.toasts = append(h.toasts, text) }
func (h *host) Fail(what string, err error) { h.fails = append(h.fails, what+": "+err.Error()) }
func (h *host) Focus(f fyne.Focusable)      { h.focused = f }
func (h *host) Draft(name, text string)     { h.drafts[name] = text }
func (h *host) Drafted(name string) string  { return h.drafts[name] }

// rooms answers as it is told.
type rooms struct {
	founded replica.Founding
	guest   node.Guest
	joined  int
	err     error

	asked, bundle string
	request       node.ByHand
	answer        string
	paper         identity.Recovery
	recovered     *node.Room
}

func (r *rooms) Found(_ context.Context, f replica.Founding) (*node.Room, error) {
	r.founded = f
	return nil, r.err
}

func (r *rooms) Join(ctx context.Context, _ string, g node.Guest) (*node.Room, error) {
	r.guest, r.joined = g, r.joined+1
	if r.err == nil {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return nil, r.err
}

func (r *rooms) Ask(_ context.Context, address string, g node.Guest) (node.AskView, error) {
	r.asked, r.guest = address, g
	return node.AskView{Words: "amber harbour kettle"}, r.err
}

func (r *rooms) AwaitAsk(context.Context) (*node.Room, error) { return nil, identity.ErrAskRefused }

func (r *rooms) Nearby() []string { return []string{"192.0.2.9:7420"} }

func (r *rooms) Recover(_ context.Context, paper identity.Recovery, bundle string) (*node.Room, error) {
	r.paper, r.bundle = paper, bundle
	return r.recovered, r.err
}

func (r *rooms) RequestByHand(q node.ByHand) (node.ByHandReply, error) {
	r.request = q
	return node.ByHandReply{File: q.Request}, r.err
}

func (r *rooms) EnterByHand(_ context.Context, answer string) (*node.Room, node.ByHandReply, error) {
	r.answer = answer
	return r.recovered, node.ByHandReply{Name: "Payments", By: "K7Q2-9DXM-3VTB-80HC"}, r.err
}

func (r *rooms) Status() node.Status {
	return node.Status{Home: "/home/ana/.local/share/holdfast", Keys: secret.KeyFile.Sentence()}
}

type fixture struct {
	*FirstRun
	host    *host
	rooms   *rooms
	entered int
}

func open(t *testing.T) *fixture {
	t.Helper()
	test.NewTempApp(t)
	f := &fixture{host: &host{drafts: map[string]string{}}, rooms: &rooms{}}
	f.FirstRun = New(f.host, f.rooms, func(*node.Room) { f.entered++ }, nil)
	return f
}

func fill(i *form.Input, text string) { i.Entry.SetText(text) }

// says is what is said to be wrong with a field.
func says(i *form.Input) string { return i.Wrongness() }

func anInvite(t *testing.T, expires time.Time) string {
	t.Helper()
	i, err := identity.NewInvite(strings.NewReader(strings.Repeat("0123456789abcdef", 8)), identity.Invite{
		Founder: model.DeviceKey{1}, Host: model.DeviceKey{1}, RoomName: "Payments", Role: model.RoleMember,
		Addresses: []string{"192.0.2.1:7420"}, Expires: expires,
	})
	if err != nil {
		t.Fatal(err)
	}
	return i.String()
}

func TestEmptyFieldsAreNamedAndNothingIsAsked(t *testing.T) {
	f := open(t)
	f.create.Press()
	if says(f.name) == "" || says(f.person) == "" || f.host.focused != f.name.Entry || f.rooms.founded.Name != "" {
		t.Errorf("name %q, person %q", says(f.name), says(f.person))
	}
	fill(f.name, "Payments")
	fill(f.person, "Ana Ruiz")
	fill(f.email, "not an address")
	f.create.Press()
	if says(f.name) != "" || says(f.email) == "" || f.host.focused != f.email.Entry {
		t.Errorf("e-mail %q", says(f.email))
	}
	fill(f.email, "ana@example.org")
	f.create.Press()
	if got := f.rooms.founded; got.Name != "Payments" || got.Person != "Ana Ruiz" || got.Email != "ana@example.org" || f.entered != 1 {
		t.Errorf("asked for %+v, entered %d times", f.rooms.founded, f.entered)
	}
}

func TestTypedTextSurvivesAnErrorAndACrash(t *testing.T) {
	f := open(t)
	f.rooms.err = errors.New("disk full")
	fill(f.name, "Payments")
	fill(f.person, "Ana Ruiz")
	f.create.Press()
	if f.created.Text() != "Not created: disk full" || f.created.Tone() != form.Wrong || f.name.Text() != "Payments" || f.entered != 0 {
		t.Errorf("says %q, name %q", f.created.Text(), f.name.Text())
	}
	again := New(f.host, f.rooms, func(*node.Room) {}, nil)
	if again.name.Text() != "Payments" || again.person.Text() != "Ana Ruiz" {
		t.Error("the next start has forgotten what was typed")
	}
	fill(f.invite, anInvite(t, time.Now().Add(time.Hour)))
	for name, kept := range f.host.drafts {
		if strings.Contains(kept, "holdfast1-") {
			t.Errorf("the invite, a key, is kept as draft %s", name)
		}
	}
}

// TestTheWayIntoARoomOutlivesACrash, with its addresses; what lets somebody in is typed anew.
func TestTheWayIntoARoomOutlivesACrash(t *testing.T) {
	f := open(t)
	fill(f.address, "192.0.2.9:7420")
	for i, c := range f.ways.choice.Object.Objects {
		if wayWords[i] == "Spoken code" {
			c.(*part.Chip).Tapped(nil)
		}
	}
	fill(f.ways.where, "192.0.2.7:7420")
	fill(f.ways.code, "7k2m 9qxd")
	fill(f.ways.key, "holdfastrecovery1-x")
	again := New(f.host, f.rooms, func(*node.Room) {}, nil)
	w := again.ways
	if w.choice.At() != bySpoken || !w.code.Visible() || w.where.Text() != "192.0.2.7:7420" || again.address.Text() != "192.0.2.9:7420" {
		t.Errorf("the next start shows way %d with %q and %q", w.choice.At(), w.where.Text(), again.address.Text())
	}
	if w.code.Text() != "" || w.key.Text() != "" {
		t.Errorf("keys are kept: %q, %q", w.code.Text(), w.key.Text())
	}
	again.done(nil)
	for name, kept := range f.host.drafts {
		if kept != "" {
			t.Errorf("%s is %q once the room is entered", name, kept)
		}
	}
}

func TestInviteIsReadWhileItIsPasted(t *testing.T) {
	f := open(t)
	fill(f.invite, "Here it is:\n"+anInvite(t, time.Now().Add(time.Hour)))
	if got := describe(f.invite.Text(), time.Now()); got != "Payments, as member, at 192.0.2.1:7420" {
		t.Errorf("says %q", got)
	}
}

func TestJoinErrorsAreClear(t *testing.T) {
	good, old := anInvite(t, time.Now().Add(time.Hour)), anInvite(t, time.Now().Add(-3*time.Hour))
	for name, c := range map[string]struct {
		invite string
		err    error
		field  string // under the invite
		panel  string
	}{
		"typo":        {good[:40] + "X" + good[41:], nil, "typo", ""},
		"none":        {"hello", nil, "holdfast1-", ""},
		"expired":     {old, &identity.ExpiredError{Ago: 3 * time.Hour}, "3 h ago", ""},
		"used":        {good, identity.ErrInviteUsed, "", "used already. Ask for a new one"},
		"closed":      {good, identity.ErrInviteRevoked, "", "closed. Ask for a new one"},
		"removed":     {good, identity.ErrDeviceRemoved, "", "removed from the room"},
		"unreachable": {good, errors.Join(identity.ErrUnreachable, errors.New("x")), "", "Nobody answered. Tried"},
		"late":        {good, context.DeadlineExceeded, "", "Nobody answered in time"},
		"other":       {good, errors.New("join: odd"), "", "Not joined: odd"},
	} {
		t.Run(name, func(t *testing.T) {
			f := open(t)
			f.rooms.err = c.err
			fill(f.invite, c.invite)
			fill(f.guest, "Tom Okafor")
			f.join.Press()
			if got := says(f.invite); !strings.Contains(got, c.field) || (c.field == "") != (got == "") {
				t.Errorf("under the invite: %q", got)
			}
			if got := f.joined.Text(); !strings.Contains(got, c.panel) {
				t.Errorf("in the panel: %q", got)
			}
			if f.invite.Text() != c.invite || f.guest.Text() != "Tom Okafor" || f.entered != 0 || f.join.Disabled() {
				t.Error("what was typed is gone, or cannot be tried again")
			}
		})
	}
}

func TestUnreachableNamesWhatWasTried(t *testing.T) {
	err := identity.ErrUnreachable.Error() + ": 192.0.2.1:7420: connection refused"
	got := whyNot(&wrapped{err})
	if !strings.Contains(got, "Tried 192.0.2.1:7420: connection refused.") {
		t.Errorf("says %q", got)
	}
}

type wrapped struct{ text string }

func (w *wrapped) Error() string { return "join: " + w.text }
func (w *wrapped) Unwrap() error { return identity.ErrUnreachable }

func TestTypedAddressIsTriedFirstAndJoiningCanBeCancelled(t *testing.T) {
	f := open(t)
	f.host.hold = true
	fill(f.invite, anInvite(t, time.Now().Add(time.Hour)))
	fill(f.guest, "Tom Okafor")
	fill(f.address, " 10.0.0.9:7420 ")
	f.join.Press()
	f.join.Press()
	if len(f.host.held) != 1 || !f.cancel.Visible() || !strings.Contains(f.joined.Text(), "10.0.0.9:7420, 192.0.2.1:7420") {
		t.Fatalf("%d joins, says %q", len(f.host.held), f.joined.Text())
	}
	f.cancel.Press()
	f.host.held[0]()
	if f.rooms.joined != 1 || f.rooms.guest.Addresses[0] != "10.0.0.9:7420" {
		t.Errorf("asked with %+v", f.rooms.guest)
	}
	if f.cancel.Visible() || f.joined.Text() != "Cancelled. Nothing was changed." || f.entered != 0 {
		t.Errorf("says %q", f.joined.Text())
	}
}

func TestASpokenCodeNeedsItsAddress(t *testing.T) {
	f := open(t)
	f.rooms.err = identity.ErrInviteUsed
	f.Choose("Spoken code")
	fill(f.ways.code, "7K2M 9QX")
	f.join.Press()
	if says(f.ways.code) == "" || f.rooms.joined != 0 {
		t.Errorf("a code cut short: %q", says(f.ways.code))
	}
	fill(f.ways.code, "7k2m 9qxd")
	fill(f.guest, "Tom Okafor")
	f.join.Press()
	if says(f.ways.where) == "" || f.rooms.joined != 0 {
		t.Error("joined without an address")
	}
	fill(f.ways.where, "192.0.2.1:7420")
	f.join.Press()
	if f.rooms.joined != 1 || f.rooms.guest.Addresses[0] != "192.0.2.1:7420" || !strings.Contains(f.joined.Text(), "used already") {
		t.Errorf("asked with %+v, says %q", f.rooms.guest, f.joined.Text())
	}
}

func TestAskingShowsTheWordsUntilAnswered(t *testing.T) {
	f := open(t)
	f.Choose("Ask nearby")
	if n := len(f.ways.near.Objects); n != 2 {
		t.Fatalf("%d buttons, want a device and Look again", n)
	}
	f.host.hold = true
	f.Ask("192.0.2.9:7420", "Tom Okafor")
	f.host.held[0]()
	if f.rooms.asked != "192.0.2.9:7420" || f.ways.words.Text() != "amber harbour kettle" || !f.ways.words.Visible() || !f.cancel.Visible() {
		t.Fatalf("asked at %q, shows %q", f.rooms.asked, f.ways.words.Text())
	}
	f.host.held[1]()
	if f.ways.words.Visible() || !strings.Contains(f.joined.Text(), "said no, or did not answer") || f.entered != 0 {
		t.Errorf("says %q", f.joined.Text())
	}
}

// TestTheWordsToSayStandInALowWindow: with large text the panel is taller than the window, and the
// words are what has to be read from it.
func TestTheWordsToSayStandInALowWindow(t *testing.T) {
	f := open(t)
	const high = 360
	w := test.NewTempWindow(t, f.Object())
	w.Resize(fyne.NewSize(1100, high))
	f.Choose("Ask nearby")
	f.host.hold = true
	f.Ask("192.0.2.9:7420", "Tom Okafor")
	f.host.held[0]()
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(f.ways.words)
	if at.Y < 0 || at.Y+f.ways.words.Size().Height > high {
		t.Errorf("in a window of %d the words stand at %v", high, at.Y)
	}
}

func TestARecoveryKeyIsTypedOrReadFromItsFile(t *testing.T) {
	key := identity.Recovery{Secret: [16]byte{1, 2, 3}}
	path := filepath.Join(t.TempDir(), "key.txt")
	if err := writeKey(path, key, false); err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{key.String(), path} {
		f := open(t)
		f.rooms.recovered = &node.Room{}
		f.Choose("Recovery key")
		fill(f.ways.key, "holdfastrecovery1-oops")
		f.join.Press()
		if says(f.ways.key) == "" {
			t.Error("a wrong key is not refused at its field")
		}
		fill(f.ways.key, typed)
		fill(f.ways.bundle, "/media/stick/room.holdfast")
		f.join.Press()
		if f.rooms.paper != key || f.rooms.bundle != "/media/stick/room.holdfast" || f.entered != 1 || len(f.host.toasts) != 1 {
			t.Errorf("took %v and %q, says %q, entered %d times", f.rooms.paper, f.rooms.bundle, f.host.toasts, f.entered)
		}
		for name, kept := range f.host.drafts {
			if strings.Contains(kept, "holdfastrecovery") {
				t.Errorf("the key is kept as draft %s", name)
			}
		}
	}
}

// TestARecoveryWithoutItsRecordOpensTheRoom: a bundle that cannot be read is said, and the key is taken.
func TestARecoveryWithoutItsRecordOpensTheRoom(t *testing.T) {
	f := open(t)
	f.Choose("Recovery key")
	fill(f.ways.key, identity.Recovery{Secret: [16]byte{1}}.String())
	fill(f.ways.bundle, "/media/stick/room.holdfast")
	f.rooms.err = errors.New("the bundle is cut short")
	f.join.Press()
	if f.entered != 0 || !strings.Contains(f.joined.Text(), "Not recovered: the bundle is cut short") {
		t.Errorf("entered %d times, says %q", f.entered, f.joined.Text())
	}
	f.rooms.recovered = &node.Room{}
	f.join.Press()
	if f.entered != 1 || len(f.host.fails) != 1 || !strings.Contains(f.host.fails[0], "cut short") {
		t.Errorf("entered %d times, failed with %q", f.entered, f.host.fails)
	}
}

func TestARecoveryKeyIsShownBeforeTheRoomOpens(t *testing.T) {
	f := open(t)
	f.Found("Payments", "Ana Ruiz", true)
	if f.rooms.founded.Recovery == nil || f.entered != 0 {
		t.Fatalf("founded with %+v, entered %d times", f.rooms.founded, f.entered)
	}
	path := filepath.Join(t.TempDir(), "recovery.txt")
	f.host.focused.(*fynex.Entry).SetText(path)
	f.host.focused.(*fynex.Entry).TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	f.host.focused.(*fynex.Button).Press()
	if f.entered != 1 {
		t.Error("the room does not open")
	}
}

// TestWhatEndsThePaperIsInSight: at every zoom the button that opens the room is in the window, once the
// keyboard is on it.
func TestWhatEndsThePaperIsInSight(t *testing.T) {
	for _, zoom := range []int{100, 200} {
		app := test.NewTempApp(t)
		app.Settings().SetTheme(theme.New(theme.Options{Zoom: zoom}))
		h := &seat{host: host{drafts: map[string]string{}}}
		f := New(h, &rooms{}, func(*node.Room) {}, nil)
		h.window = test.NewTempWindow(t, f.Object())
		fynextest.Coarse(h.window)
		h.window.Resize(fyne.NewSize(1280, 720))
		f.Found("Payments", "Ana Ruiz", true)
		h.window.Canvas().Capture()
		if _, ok := h.window.Canvas().Focused().(*fynex.Entry); !ok {
			t.Fatalf("at %d %% the keyboard is in %T", zoom, h.window.Canvas().Focused())
		}
		for range 3 { // over the buttons that choose and write a file
			h.window.Canvas().FocusNext()
		}
		open, ok := h.window.Canvas().Focused().(*fynex.Button)
		if !ok || open.Text() != "It is on paper: open the room" {
			t.Fatalf("at %d %% Tab comes to %v", zoom, h.window.Canvas().Focused())
		}
		low := app.Driver().AbsolutePositionForObject(open).Y + open.Size().Height
		if low > 720 {
			t.Errorf("at %d %% the button ends at %v of 720", zoom, low)
		}
	}
}

// seat is a host whose keyboard goes where it is sent.
type seat struct {
	host
	window fyne.Window
}

func (s *seat) Focus(f fyne.Focusable) {
	s.window.Canvas().Capture() // the toolkit focuses nothing that was never drawn
	s.window.Canvas().Focus(f)
}
