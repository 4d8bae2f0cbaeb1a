package peers

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/model"
	"holdfast/sync/bundle"
	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/part"
	"holdfast/ui/sample"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/theme"
)

// link answers as it is told.
type link struct {
	device  model.DeviceKey
	offline bool
	wanted  node.Invitation
	report  oplog.Report
	asked   string
	ailing  []node.Ailment
	err     error
	invites []node.InviteView
	aside   []model.QuarantineView
	held    node.HistoryView
	shrunk  node.CompactReply
	days    int // asked to let go of
	// answered is the request that was answered, of who.
	answered node.ByHand
	who      identity.Wishes
	tried    []node.AttemptView
}

func (l *link) Device() model.DeviceKey { return l.device }
func (l *link) Address() string         { return "[::]:7420" }
func (l *link) Online() bool            { return !l.offline }
func (l *link) SetOnline(on bool)       { l.offline = !on }

func (l *link) Connect(address string) error {
	l.asked = address
	return l.err
}

func (l *link) Unanswered() []node.AttemptView { return l.tried }

func (l *link) Forget(address string) error {
	l.tried = slices.DeleteFunc(l.tried, func(v node.AttemptView) bool { return v.Address == address })
	return l.err
}

func (l *link) Invite(_ context.Context, want node.Invitation) (identity.Invite, error) {
	l.wanted = want
	if l.err != nil {
		return identity.Invite{}, l.err
	}
	return identity.NewInvite(strings.NewReader(strings.Repeat("0123456789abcdef", 8)), identity.Invite{
		Founder: l.device, Host: l.device, RoomName: "Payments", Role: want.Role, Addresses: []string{"192.0.2.1:7420"},
		Expires: start.Add(want.Expires),
	})
}

func (l *link) Speak(_ context.Context, want node.Invitation) (string, []string, time.Time, error) {
	l.wanted = want
	return "7K2M-9QXD", []string{"192.0.2.1:7420"}, start.Add(10 * time.Minute), l.err
}

func (l *link) InviteViews(bool) []node.InviteView { return l.invites }

func (l *link) AnswerAsk(_ context.Context, words, role string) error {
	l.asked = words + " " + role
	return l.err
}

func (l *link) AnswerByHand(_ context.Context, q node.ByHand) (node.ByHandReply, identity.Wishes, error) {
	l.answered = q
	return node.ByHandReply{File: q.Answer, Code: "K7Q2-9DXM-3VTB-80HC"}, l.who, l.err
}

func (l *link) Quarantine(bool) ([]model.QuarantineView, error) { return l.aside, l.err }

func (l *link) Ailments() []node.Ailment                    { return l.ailing }
func (l *link) Check(context.Context) (oplog.Report, error) { return l.report, l.err }
func (l *link) Hash() (model.Hash, error)                   { return model.Hash{0xAB}, nil }

func (l *link) History() (node.HistoryView, error) { return l.held, l.err }

func (l *link) Shrink(_ context.Context, days int) (node.CompactReply, error) {
	l.days = days
	return l.shrunk, l.err
}

func (l *link) ExportBundle(path string, _ model.Vector) (bundle.Summary, error) {
	l.asked = path
	return bundle.Summary{Feeds: 2, Commits: 40}, l.err
}

func (l *link) ImportBundle(_ context.Context, path string) (bundle.Summary, error) {
	l.asked = path
	return bundle.Summary{Commits: 40, New: 3}, l.err
}

var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type fixture struct {
	*Screen
	host *sample.Host
	link *link
	room *sample.Room
}

// torn shows a room that came apart and met again, with commits in quarantine, on Ana's device.
func torn(t *testing.T) (*Screen, *sample.Host, *link) {
	t.Helper()
	test.NewTempApp(t)
	story, err := sample.Torn()
	if err != nil {
		t.Fatal(err)
	}
	host := sample.NewHost(story.Room.Device(0))
	l := &link{device: story.Room.Device(0).Key, aside: sample.Aside(story)}
	s := New(t.Context(), host, l)
	host.Attach(s)
	return s, host, l
}

// open shows a room of Ana, Tom and Li on Ana's device.
func open(t *testing.T) *fixture {
	t.Helper()
	test.NewTempApp(t)
	room := sample.New("Payments", "Ana Ruiz", start)
	room.Join("Tom Okafor")
	room.Join("Li Wei")
	f := &fixture{host: sample.NewHost(room.Device(0)), room: room, link: &link{device: room.Device(0).Key}}
	f.Screen = New(t.Context(), f.host, f.link)
	w := test.NewTempWindow(t, f.Object())
	w.Resize(fyne.NewSize(1204, 660))
	f.host.Attach(f.Screen)
	return f
}

// keyed is a host that carries out the commands of keys, as the shell does.
type keyed struct {
	*sample.Host
	run func(keys.ID) bool
}

func (k *keyed) Run(id keys.ID) bool { return k.run(id) }

// TestARoleIsChangedWithOneKey: on the list of devices, M asks for the role of the one that is selected.
func TestARoleIsChangedWithOneKey(t *testing.T) {
	f := open(t)
	k := &keyed{Host: f.host}
	f.Screen = New(t.Context(), k, f.link)
	k.run = f.Screen.Run
	test.NewTempWindow(t, f.Object()).Resize(fyne.NewSize(1204, 660))
	f.host.Attach(f.Screen)
	f.list.Select(f.room.Device(2).Key.String())
	f.list.TypedRune('M')
	if f.acts.open != f.acts.role {
		t.Fatal("M opens nothing")
	}
	if !f.about.hint.Visible() {
		t.Error("no word of the key beside the device")
	}
	f.Run("capture.submit")
	if c, ok := f.host.Commands[0].(model.SetMemberRole); !ok || c.Device != f.room.Device(2).Key.String() {
		t.Errorf("asked for %+v", f.host.Commands)
	}
}

// TestARoleGivenLaterIsNotSaidSinceTheBeginning: it has been in the room longer than in its role.
func TestARoleGivenLaterIsNotSaidSinceTheBeginning(t *testing.T) {
	d := device{role: model.RoleMember, added: start, self: true}
	if got := d.details(start)[0]; !strings.HasPrefix(got, "Member, since ") {
		t.Errorf("%q", got)
	}
	d.view.Changes = []model.RoleChangeView{{Role: model.RoleMember, By: "Ana Ruiz", At: start.Add(time.Hour)}}
	if got := d.details(start)[0]; !strings.HasPrefix(got, "Member, in the room since ") {
		t.Errorf("%q", got)
	}
}

// TestAPersonIsNamedOnce: a device that is called after its person has no second name behind it.
func TestAPersonIsNamedOnce(t *testing.T) {
	for _, c := range []struct{ name, person, whose, does string }{
		{"device of Li Wei", "Li Wei", "device of Li Wei", "member"},
		{"li wei's laptop", "Li Wei", "li wei's laptop", "member"},
		{"thinkpad", "Li Wei", "Li Wei (thinkpad)", "Li Wei · member"},
		{"relay-1", "", "relay-1", "member"},
	} {
		d := device{name: c.name, person: c.person, role: model.RoleMember}
		if d.whose() != c.whose || d.does() != c.does {
			t.Errorf("%q of %q: %q and %q", c.name, c.person, d.whose(), d.does())
		}
	}
}

// peer is what the links say of a device.
func (f *fixture) peer(i int, change func(*node.PeerView)) {
	heard := start.Add(-2 * time.Second)
	v := node.PeerView{Device: f.room.Device(i).Key, Connected: true, LastHeard: &heard, Address: "192.0.2.7:7420", Version: "0.1.0"}
	if change != nil {
		change(&v)
	}
	peers := f.host.Input().Peers
	f.host.SetPeers(append(peers, v))
	f.host.Refresh()
}

// TestARemovedDeviceIsShownAsSuch: it is in the list with the reason, and nothing claims that what is
// written there is safe.
func TestARemovedDeviceIsShownAsSuch(t *testing.T) {
	f := open(t)
	f.peer(1, nil)
	f.peer(2, nil)
	tom := f.room.Device(1)
	if _, err := f.room.Device(0).Do(model.RemoveMember{Device: tom.Key.String(), Reason: "laptop lost"}); err != nil {
		t.Fatal(err)
	}
	f.room.Meet()
	c := read(screen.Input{State: tom.State(), Now: start, Peers: f.host.Input().Peers}, tom.Key)
	if said, tone := c.sentence(true); tone != form.Warn || !strings.Contains(said, "was removed") {
		t.Errorf("it says %q", said)
	}
	if c.admin || len(c.devices) != 3 || c.self.key != tom.Key || c.self.does() != "Tom Okafor · removed" {
		t.Errorf("this device is %+v, of %d", c.self, len(c.devices))
	}
	if got := c.self.details(start)[0]; !strings.HasPrefix(got, "Removed 23 Nov 2026 12:00 UTC, in the room since ") {
		t.Errorf("it says %q", got)
	}
}

func TestSentenceSaysHowManyHoldEverything(t *testing.T) {
	f := open(t)
	if got := f.sentence.Text(); got != "Everything you wrote is on 0 of 2 peers: Li Wei (li-laptop) was never heard, Tom Okafor (tom-laptop) was never heard." {
		t.Errorf("says %q", got)
	}
	f.peer(1, nil)
	f.peer(2, func(v *node.PeerView) { v.TheyLack = 12 })
	if got := f.sentence.Text(); got != "Everything you wrote is on 1 of 2 peers: Li Wei (li-laptop) lacks 12 commits." {
		t.Errorf("says %q", got)
	}
	f.host.SetPeers(nil)
	f.peer(1, nil)
	f.peer(2, func(v *node.PeerView) { v.Connected = false })
	if got := f.sentence.Text(); got != "Everything you wrote is on 2 of 2 peers." || f.sentence.Tone() != form.Well {
		t.Errorf("says %q; a device that went away with everything still holds it", got)
	}
	f.link.offline = true
	f.Tick(start)
	if got := f.sentence.Text(); !strings.HasPrefix(got, "Links are cut here.") {
		t.Errorf("with links cut it says %q", got)
	}
}

func TestRowSaysWhatIsKnown(t *testing.T) {
	f := open(t)
	f.peer(1, func(v *node.PeerView) { v.TheyLack, v.WeLack, v.ClockAhead = 12, 3, -10800 })
	rows := f.list.Rows()
	if len(rows) != 3 || rows[0].Path != "at :7420" || rows[0].Health != part.Good {
		t.Fatalf("rows %+v", rows)
	}
	tom := rows[2]
	if tom.Path != "192.0.2.7:7420" || tom.Lacks != "lacks 12" || tom.WeLack != "we lack 3" || tom.Offset != "-3 h" || !tom.Skewed || tom.Version != "v0.1.0" {
		t.Errorf("row %+v", tom)
	}
	if li := rows[1]; li.Heard != "never heard" || li.Health != part.Stale || li.Lacks != "" {
		t.Errorf("row %+v", li)
	}
	f.list.Select(tom.ID)
	if got := f.about.facts.Text(); !strings.Contains(got, "It lacks 12, we lack 3.") || !strings.Contains(got, "Check which is right") {
		t.Errorf("details %q", got)
	}
	if f.about.key.Text() != f.room.Device(1).Key.String() {
		t.Error("the key shown is another device's")
	}
}

func TestStateHashIsShownToCompare(t *testing.T) {
	f := open(t)
	f.Shown(true)
	f.host.Refresh()
	if got := f.about.hash.Text(); !strings.HasPrefix(got, "ab00 0000 ") {
		t.Errorf("hash %q", got)
	}
}

func TestInviteIsAKeyAndSaysSo(t *testing.T) {
	f := open(t)
	invite := f.acts.invite
	f.Run("room.invite")
	if !invite.object.Visible() || f.host.Focused != invite.button {
		t.Fatal("the form does not open")
	}
	f.Run("capture.submit")
	if f.link.wanted.Role != model.RoleMember || f.link.wanted.Expires != 24*time.Hour || f.link.wanted.Uses != 1 {
		t.Errorf("asked for %+v", f.link.wanted)
	}
	if got := invite.says.Text(); got != "Good until 24 Nov 12:00 UTC, at 192.0.2.1:7420." {
		t.Errorf("says %q", got)
	}
	if !f.Run("go.back") || invite.object.Visible() || f.Run("go.back") {
		t.Error("Escape closes the form once")
	}
	f.link.err = errors.New("only an admin of the room may do this")
	f.Run("room.invite")
	f.Run("capture.submit")
	if got := invite.says.Text(); got != "No invite was made: only an admin of the room may do this" {
		t.Errorf("says %q", got)
	}
}

// In the smallest window with the largest text a form has the page to itself, and its buttons are in view.
func TestTheButtonsOfAFormStayInView(t *testing.T) {
	f := open(t)
	fyne.CurrentApp().Settings().SetTheme(theme.New(theme.Options{Zoom: 200}))
	w := test.NewTempWindow(t, f.Object())
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1110, 660))
	inView := func(o fyne.CanvasObject) bool {
		y := fyne.CurrentApp().Driver().AbsolutePositionForObject(o).Y
		return o.Visible() && y > 0 && y+o.MinSize().Height <= 660
	}
	for _, a := range f.acts.all {
		a.show()
		f.object.Refresh()
		if !inView(a.button) {
			t.Errorf("the button of a form is out of view in %v", a.fields)
		}
	}
	f.Run("room.invite")
	f.Run("capture.submit")
	f.object.Refresh()
	made := f.acts.inviting
	bottom := fyne.CurrentApp().Driver().AbsolutePositionForObject(made.qr).Y + made.qr.MinSize().Height
	if copied := fyne.CurrentApp().Driver().AbsolutePositionForObject(made.copied).Y; !inView(made.copied) || copied < bottom {
		t.Errorf("what is done with an invite stands at %v, the invite ends at %v", copied, bottom)
	}
	f.Run("go.back")
	if list := f.list.Size(); !f.list.Visible() || list.Height < 1 {
		t.Error("the list does not come back")
	}
}

func TestVerdictOfACheck(t *testing.T) {
	f := open(t)
	f.link.report = oplog.Report{Feeds: 3, Commits: 1200, Signatures: 60}
	f.Run("room.verify")
	if got := f.acts.verify.says; got.Text() != "Sound: 1,200 commits in 3 feeds, every chain whole, 60 signatures checked." || got.Tone() != form.Well {
		t.Errorf("says %q", got.Text())
	}
	f.link.report.Bad = []oplog.BadCommit{{Feed: model.FeedID{1}, Seq: 17, What: "the signature does not match"}, {Seq: 2}}
	f.Run("room.verify")
	if got := f.acts.verify.says; !strings.HasPrefix(got.Text(), "Bad from commit 17 of feed ") || !strings.Contains(got.Text(), "1 other feed is bad too") || got.Tone() != form.Wrong {
		t.Errorf("says %q", got.Text())
	}
}

func TestCuttingTheLinksAsksOnce(t *testing.T) {
	f := open(t)
	f.host.No = true
	f.Run("room.cut")
	if f.link.offline {
		t.Error("cut although the answer was no")
	}
	f.host.No = false
	f.Run("room.cut")
	if !f.link.offline || f.cut.Text() != "Heal links" {
		t.Error("not cut")
	}
	f.Run("room.cut")
	if f.link.offline || len(f.host.Asked) != 2 {
		t.Errorf("healing asks: %v", f.host.Asked)
	}
}

func TestRemovingNeedsTheName(t *testing.T) {
	f := open(t)
	name := f.acts.remove.fields[0].(*form.Input)
	f.Run("room.remove")
	f.Run("capture.submit")
	if len(f.host.Commands) != 0 || name.Wrongness() == "" {
		t.Error("this device was removed, or nothing was said")
	}
	f.list.Select(f.room.Device(1).Key.String())
	name.Fill("li-laptop")
	f.Run("capture.submit")
	if len(f.host.Commands) != 0 || !strings.Contains(name.Wrongness(), "tom-laptop") {
		t.Errorf("with another name it says %q", name.Wrongness())
	}
	name.Fill("tom-laptop")
	f.Run("capture.submit")
	if len(f.content.devices) != 2 || !strings.Contains(f.acts.remove.says.Text(), "is out of the room") {
		t.Errorf("%d devices, says %q", len(f.content.devices), f.acts.remove.says.Text())
	}
}

func TestBundlesNeedAWholePath(t *testing.T) {
	f := open(t)
	path := f.acts.export.fields[0].(*form.Input)
	f.Run("room.export")
	path.Fill("stick/room.holdfast")
	f.Run("capture.submit")
	if f.link.asked != "" || path.Wrongness() == "" {
		t.Error("a relative path was taken")
	}
	path.Fill("/media/stick/room.holdfast")
	f.Run("capture.submit")
	if f.link.asked != "/media/stick/room.holdfast" || f.acts.export.says.Text() != "Written: 40 commits of 2 feeds, in /media/stick/room.holdfast." {
		t.Errorf("asked %q, says %q", f.link.asked, f.acts.export.says.Text())
	}
	f.link.err = errors.New("another room")
	f.Run("room.import")
	f.acts.imported.fields[0].(*form.Input).Fill("/media/stick/room.holdfast")
	f.Run("capture.submit")
	if got := f.acts.imported.says.Text(); got != "Not all was taken in: another room. 3 of 40 commits were new." {
		t.Errorf("says %q", got)
	}
}

func TestWhatDoesNotCountIsNamed(t *testing.T) {
	got := ailments(model.RoomView{NewerOps: 1, RefusedOps: 2, Quarantined: 3})
	if len(got) != 3 || !strings.HasPrefix(got[0], "1 change needs a newer version") || !strings.HasPrefix(got[2], "3 commits were written by a device after its removal") {
		t.Errorf("%q", got)
	}
	if got := ailments(model.RoomView{}); got != nil {
		t.Errorf("a healthy room has %q", got)
	}
}

// TestWhatAilsTheRecordStandsFirst, each with the one act that goes on from there.
func TestWhatAilsTheRecordStandsFirst(t *testing.T) {
	f := open(t)
	f.host.SetAsks([]node.AskView{{Words: "amber harbour kettle", Name: "spare", Person: "Li Wei", Since: start}})
	other := f.content.devices[1]
	f.link.ailing = []node.Ailment{
		{Text: "Its feed goes on in 2 ways.", Fix: node.FixDevice, Device: other.key},
		{Text: node.OlderSentence, Fix: node.FixLink},
		{Text: "Three members said that it was removed.", Fix: node.FixExport},
		{Text: "It waits for the archive."},
	}
	f.host.Attach(f.Screen)
	all := f.cards.all()
	if len(all) != 5 || all[4].kind != cardAsk {
		t.Fatalf("%d cards, the last %q", len(all), all[len(all)-1].title)
	}
	for n, ailment := range f.link.ailing {
		if c := all[n]; c.words != ailment.Text || (len(c.acts) == 1) != (ailment.Fix != node.NoFix) {
			t.Errorf("%q has %d acts", c.words, len(c.acts))
		}
	}
	all[0].acts[0].do()
	if f.list.Selected() != other.key.String() {
		t.Error("the device is not looked at")
	}
	all[1].acts[0].do()
	if f.acts.open != f.acts.connect.act {
		t.Error("nothing asks for the address of a peer")
	}
	all[2].acts[0].do()
	if f.acts.open != f.acts.export {
		t.Error("nothing asks where to export to")
	}
}

func TestADeviceThatAsksIsAnsweredFromItsCard(t *testing.T) {
	f := open(t)
	f.host.SetAsks([]node.AskView{{Words: "amber harbour kettle", Name: "spare", Person: "Li Wei", Since: start}})
	f.host.Refresh()
	if !strings.Contains(f.cards.shown, "amber harbour kettle") {
		t.Fatalf("the cards say %q", f.cards.shown)
	}
	f.Run("room.asks")
	b, ok := f.host.Focused.(*fynex.Button)
	if !ok || b.Text() != "Same words: let in as member" {
		t.Fatalf("the keyboard is on %v", f.host.Focused)
	}
	b.Press()
	if f.link.asked != "amber harbour kettle member" || len(f.host.Toasts) == 0 {
		t.Errorf("answered %q", f.link.asked)
	}
	f.host.SetAsks(nil)
	f.host.Refresh()
	if len(f.cards.object.Objects) != 0 {
		t.Error("the card stays after the device has gone")
	}
}

// TestTheQuarantineIsReadAndRuledOn goes from the card to the ruling.
func TestTheQuarantineIsReadAndRuledOn(t *testing.T) {
	s, host, _ := torn(t)
	if !strings.Contains(s.cards.shown, "3 commits") || !strings.Contains(s.cards.shown, "Li Wei (li-laptop) removed Tom Okafor (tom-laptop)") {
		t.Fatalf("the cards say %q", s.cards.shown)
	}
	s.Run("room.quarantine")
	f := s.acts.quarantine
	if !strings.Contains(f.lines.Text(), "Started the copy to db2 from here") {
		t.Errorf("it shows %q", f.lines.Text())
	}
	f.upTo.Fill("99")
	s.Run("capture.submit")
	if f.upTo.Wrongness() == "" || len(host.Commands) != 0 {
		t.Error("a commit that is not there was ruled on")
	}
	f.upTo.Fill("")
	s.Run("capture.submit")
	if len(host.Device.State().QuarantineViews(false)) != 0 || !strings.Contains(f.says.Text(), "count now") {
		t.Errorf("says %q", f.says.Text())
	}
}

func TestRoleOfADeviceIsChangedOnScreen(t *testing.T) {
	f := open(t)
	f.list.Select(f.room.Device(1).Key.String())
	f.Run("room.role")
	f.Run("capture.submit")
	if got := f.acts.role.says.Text(); got != "Tom Okafor (tom-laptop) is member already." {
		t.Errorf("says %q", got)
	}
	if c, ok := f.host.Commands[0].(model.SetMemberRole); !ok || c.Role != model.RoleMember {
		t.Errorf("asked for %+v", f.host.Commands[0])
	}
}

func TestAnInviteCanBeReadAloudAndWithdrawn(t *testing.T) {
	f := open(t)
	f.Run("room.spoken")
	f.Run("capture.submit")
	if !f.link.wanted.Spoken || f.link.wanted.Uses != 0 || f.acts.inviting.spoken.Text() != "7 K 2 M   9 Q X D" {
		t.Errorf("asked for %+v, shows %q", f.link.wanted, f.acts.inviting.spoken.Text())
	}
	f.link.invites = []node.InviteView{{InviteView: model.InviteView{ID: model.ID{1}, Role: model.RoleMember, Uses: 5, Used: 2, By: "Ana Ruiz"}, AttemptsLeft: 4}}
	f.Run("room.invites")
	if n := len(f.acts.invites.rows.Objects); n != 1 {
		t.Fatalf("%d invites are listed", n)
	}
	if got := f.inviteWords(f.link.invites[0]); !strings.Contains(got, "Used by 2 of 5 devices") || !strings.Contains(got, "4 wrong attempts are left") {
		t.Errorf("says %q", got)
	}
}

func TestDevicesAreFilteredByTheirWords(t *testing.T) {
	f := open(t)
	f.Run("go.find")
	f.filter.Entry.SetText("okafor member")
	if rows := f.list.Rows(); len(rows) != 1 || f.host.Focused != f.filter.Entry {
		t.Fatalf("%d devices are left", len(rows))
	}
	f.Tick(start) // the clock brings none back
	if len(f.list.Rows()) != 1 {
		t.Error("the filter is lost with the clock")
	}
	if !f.Run("go.back") || len(f.list.Rows()) != 3 {
		t.Error("going back does not end the filter")
	}
}

// TestEachAilmentHasOneAct, which the key does as well as the button.
func TestEachAilmentHasOneAct(t *testing.T) {
	for fix, want := range map[node.Fix]func(*fixture) *act{
		node.FixLink: func(f *fixture) *act { return f.acts.connect.act }, node.FixExport: func(f *fixture) *act { return f.acts.export },
		node.FixImport: func(f *fixture) *act { return f.acts.imported }, node.FixVerify: func(f *fixture) *act { return f.acts.verify },
		node.FixInvite: func(f *fixture) *act { return f.acts.invite }, node.FixArchive: func(f *fixture) *act { return f.acts.archive.act },
		node.FixDevice: func(*fixture) *act { return nil },
	} {
		f := open(t)
		other := f.content.devices[1]
		f.link.ailing = []node.Ailment{{Text: "It asks for nothing."}, {Text: node.OlderSentence, Fix: fix, Device: other.key}, {Text: node.MovedSentence, Fix: node.FixExport}}
		f.host.Attach(f.Screen)
		first := f.cards.all()[1]
		if len(first.acts) != 1 || first.acts[0].key != mendKey || !first.acts[0].main || f.cards.all()[2].acts[0].key != "" {
			t.Errorf("%d: the acts of its card are %+v", fix, first.acts)
		}
		for _, do := range []func(){first.acts[0].do, func() { f.Run("room.mend") }} {
			f.acts.back()
			f.list.Select(f.content.self.key.String())
			do()
			if f.acts.open != want(f) {
				t.Errorf("%d: another form is open", fix)
			}
			if about := fix == node.FixDevice || fix == node.FixArchive; (f.list.Selected() == other.key.String()) != about {
				t.Errorf("%d: selected %s", fix, f.list.Selected())
			}
		}
	}
}

// TestTheSentenceAtTheHeadHasOneAct: the button that does what it asks for stands out, and
// the key does it where no card comes first.
func TestTheSentenceAtTheHeadHasOneAct(t *testing.T) {
	heard := start
	self, away := device{self: true}, device{key: model.DeviceKey{2}, peer: node.PeerView{TheyLack: 3, LastHeard: &heard}}
	here, behind, paper := away, away, device{paper: true}
	here.peer = node.PeerView{Connected: true, LastHeard: &heard}
	behind.peer.Connected = true
	for _, c := range []struct {
		what    string
		devices []device
		removed bool
		cut     bool
		fix     keys.ID
	}{
		{"alone", []device{self, paper}, false, false, "room.invite"},
		{"links are cut", []device{self, here}, false, true, "room.cut"},
		{"a peer that lacks lines has no link", []device{self, here, away}, false, false, "room.connect"},
		{"a peer was never heard", []device{self, {key: model.DeviceKey{3}}}, false, false, "room.connect"},
		{"a peer is catching up", []device{self, behind}, false, false, ""},
		{"all have all", []device{self, here}, false, false, ""},
		{"removed", []device{self, here}, true, true, "room.export"},
	} {
		if got := (content{devices: c.devices, removed: c.removed}).fix(!c.cut); got != c.fix {
			t.Errorf("%s: %q, want %q", c.what, got, c.fix)
		}
	}
	f := open(t)
	f.content.devices = []device{self}
	f.Run("room.mend")
	if f.acts.open != f.acts.invite {
		t.Error("the key invites nobody into a room with one copy")
	}
	for _, c := range []struct {
		fix, out keys.ID
		ailing   []node.Ailment
	}{{"room.connect", "room.connect", nil}, {"", "room.invite", nil}, {"room.connect", "", []node.Ailment{{Text: node.OlderSentence, Fix: node.FixLink}}}} {
		f.content.ailing = c.ailing
		if f.advise(c.fix); f.advised != c.out {
			t.Errorf("%q stands out, want %q", f.advised, c.out)
		}
	}
	f.content.ailing = nil
	f.acts.back()
	f.content.devices = []device{self, here}
	f.Run("room.mend")
	if f.acts.open != nil || len(f.host.Toasts) == 0 {
		t.Error("nothing is said where nothing is to be done")
	}
}
