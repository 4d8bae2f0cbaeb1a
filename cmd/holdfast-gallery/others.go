package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"holdfast/model"
	"holdfast/sync/bundle"
	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
	"holdfast/sync/outbox/mail"
	"holdfast/sync/replica"
	"holdfast/ui/keys"
	"holdfast/ui/sample"
	"holdfast/ui/screen/due"
	"holdfast/ui/screen/firstrun"
	"holdfast/ui/screen/oncall"
	"holdfast/ui/screen/peers"
	"holdfast/ui/screen/people"
	"holdfast/ui/screen/settings"
	"holdfast/ui/theme"
)

// errGallery is what every act answers: pictures change nothing.
var errGallery = errors.New("the gallery has no node behind it")

// still is a node that only shows: what screens ask of one, without one.
type still struct {
	device model.DeviceKey
	story  sample.Story
	held   node.HistoryView
	ailing []node.Ailment // what the node would say of the record
	tried  []node.AttemptView
}

func (s still) Device() model.DeviceKey  { return s.device }
func (s still) Address() string          { return "192.168.1.14:7420" }
func (s still) Online() bool             { return true }
func (s still) SetOnline(bool)           {}
func (s still) Ailments() []node.Ailment { return s.ailing }
func (s still) Connect(string) error     { return errGallery }
func (s still) Forget(string) error      { return errGallery }

func (s still) Unanswered() []node.AttemptView { return s.tried }

func (s still) Hash() (model.Hash, error) {
	return model.Hash(sha256.Sum256([]byte(s.story.Now.String()))), nil
}

func (s still) History() (node.HistoryView, error) { return s.held, nil }

func (s still) Shrink(context.Context, int) (node.CompactReply, error) {
	return node.CompactReply{}, errGallery
}

func (s still) Invite(_ context.Context, want node.Invitation) (identity.Invite, error) {
	return identity.NewInvite(strings.NewReader(strings.Repeat("0123456789abcdef", 8)), identity.Invite{
		Founder: s.device, Host: s.device, RoomName: "Platform on-call", Role: want.Role, Addresses: []string{s.Address(), "10.8.0.14:7420"},
		Expires: s.story.Now.Add(want.Expires),
	})
}

func (s still) Speak(context.Context, node.Invitation) (string, []string, time.Time, error) {
	return "7K2M-9QXD", []string{s.Address()}, time.Date(2017, 2, 1, 1, 10, 0, 0, time.UTC), nil
}

func (s still) InviteViews(bool) []node.InviteView {
	if s.story.Room == nil {
		return nil
	}
	at := s.story.Now
	return []node.InviteView{
		{InviteView: model.InviteView{ID: model.ID{0x9c}, Role: model.RoleMember, By: "Ana Ruiz", ExpiresAt: at.Add(23 * time.Hour), Uses: 5, Used: 2}, AttemptsLeft: 5},
		{InviteView: model.InviteView{ID: model.ID{0x31}, Role: model.RoleObserver, By: "Tom Okafor", ExpiresAt: at.Add(8 * time.Minute), Uses: 1}, AttemptsLeft: 1},
	}
}

func (s still) AnswerAsk(context.Context, string, string) error { return errGallery }

func (s still) Quarantine(bool) ([]model.QuarantineView, error) {
	if s.story.Room == nil {
		return nil, nil
	}
	return sample.Aside(s.story), nil
}

func (s still) Check(context.Context) (oplog.Report, error) { return oplog.Report{}, errGallery }

func (s still) ExportBundle(string, model.Vector) (bundle.Summary, error) {
	return bundle.Summary{}, errGallery
}

func (s still) ImportBundle(context.Context, string) (bundle.Summary, error) {
	return bundle.Summary{}, errGallery
}

func (s still) Found(_ context.Context, f replica.Founding) (*node.Room, error) {
	if f.Recovery == nil {
		return nil, errGallery
	}
	key := identity.Recovery{Secret: [16]byte{0x7a, 0x31, 0x0c, 0x55, 0x92, 0x1e, 0xd3, 0x48, 0x66, 0xb0, 0x2f, 0x9d, 0x81, 0x5e, 0x37, 0xc4}}
	for i := range key.Founder { // fixed, so that the picture is, and as varied as a real one
		key.Founder[i] = byte(37*i*i + 91*i + 163)
	}
	for i := range key.Nonce {
		key.Nonce[i] = byte(53*i*i + 29*i + 77)
	}
	*f.Recovery = key
	return nil, nil
}

func (s still) Join(context.Context, string, node.Guest) (*node.Room, error) { return nil, errGallery }

func (s still) Ask(context.Context, string, node.Guest) (node.AskView, error) {
	return node.AskView{Words: "amber harbour kettle"}, nil
}

func (s still) AwaitAsk(context.Context) (*node.Room, error) { return nil, errGallery }

func (s still) Nearby() []string { return []string{"192.168.1.14:7420", "192.168.1.37:7420"} }

func (s still) Recover(context.Context, identity.Recovery, string) (*node.Room, error) {
	return nil, errGallery
}

func (s still) Status() node.Status {
	return node.Status{
		Version: node.Version, Home: "/home/ana/.local/share/holdfast", Device: s.device, Listen: s.Address(),
		Keys: "Keys are in the keyring of the system",
	}
}

func (s still) Settings() map[string]string {
	return map[string]string{
		"mail.host": "mail.example.com", "mail.port": "587", "mail.user": "oncall@example.com", "mail.from": "oncall@example.com",
		"mail.name": "Platform on-call",
	}
}

func (s still) SetSetting(string, string) error { return errGallery }

func (s still) MailAccount(map[string]string) (mail.Account, bool) {
	return mail.Account{TLS: mail.TLSStartTLS}, true
}

func (s still) SaveMail(map[string]string, string) error { return errGallery }

func (s still) TryMail(context.Context, mail.Account, string) mail.Report { return mail.Report{} }

func (s still) PasswordKept() bool { return true }

func (s still) Look() theme.Options { return theme.Options{Zoom: 100} }

func (s still) SetLook(theme.Options) {}

func (s still) SetZone(*time.Location) {}

// links are the other devices as a node would list them: one far behind, one
// with a wrong clock, one not heard of lately.
func links(story sample.Story) []node.PeerView {
	var views []node.PeerView
	for i := 1; i < story.Room.Devices(); i++ {
		d := story.Room.Device(i)
		heard := story.Now.Add(-2 * time.Second)
		v := node.PeerView{
			Device: d.Key, Person: d.Name, Address: fmt.Sprintf("192.168.1.%d:7420", 20+i),
			Connected: true, LastHeard: &heard, Version: node.Version,
		}
		switch i {
		case 1:
			v.TheyLack = 3
		case 2:
			v.ClockAhead = 10801
		case 3:
			v.Connected, heard, v.WeLack, v.Error = false, story.Now.Add(-14*time.Minute), 12, "connection refused"
		}
		views = append(views, v)
	}
	return views
}

// onPeers shows the devices of the room, after some commands.
func onPeers(m maker, then ...keys.ID) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		s.host.SetPeers(links(s.story))
		s.peers(then)
		return nil
	}
}

// peers shows that screen, and has it carry out commands.
func (s *stage) peers(then []keys.ID) {
	p := peers.New(context.Background(), s.host, still{device: s.host.Device.Key, story: s.story})
	s.show("peers", p)
	for _, c := range then {
		p.Run(c)
	}
	s.settle()
}

// archiveScenes are pictures of a room whose old history is on archives.
func archiveScenes() []scene {
	return []scene{
		{"peers-history-none", onArchived(sample.Typical, false, true, "room.archive")},
		{"peers-history-set", onArchived(sample.Archived, false, true, "room.history")},
		{"peers-history-let-go", onArchived(sample.Archived, true, true)},
		{"peers-history-unreachable", onArchived(sample.Lone, true, false)},
		{"peers-history-archive", onArchived(sample.Lone, true, true, "list.down", "room.archive")},
	}
}

// onArchived shows the devices of a room with archives, after history was let go or before, with the
// archives linked or away.
func onArchived(m maker, letGo, linked bool, then ...keys.ID) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		n := still{device: s.host.Device.Key, story: s.story, held: node.HistoryView{Bytes: 141_300_000}}
		views := links(s.story)
		for i := range views {
			if !s.host.Device.State().Archive(views[i].Device) {
				continue
			}
			if letGo {
				n.held.LetGo, n.held.Feeds, n.held.Bytes = 12_480, 6, 34_100_000
				n.held.By = append(n.held.By, views[i].Device)
			}
			if !linked {
				at := s.story.Now.Add(-75 * time.Hour)
				views[i].Connected, views[i].LastHeard, views[i].Error = false, &at, "no route to host"
			}
		}
		s.host.SetPeers(views)
		p := peers.New(context.Background(), s.host, n)
		s.show("peers", p)
		for _, c := range then {
			p.Run(c)
		}
		s.settle()
		return nil
	}
}

// onAsked shows them while a device asks to be let in.
func onAsked(m maker) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		s.host.SetPeers(links(s.story))
		s.host.SetAsks(sample.Asking(s.story))
		s.show("peers", peers.New(context.Background(), s.host, still{device: s.host.Device.Key, story: s.story}))
		return nil
	}
}

// onCall shows who is on call, after a command.
func onCall(m maker, then keys.ID) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		o := oncall.New(s.host, s.host.Device.Key)
		s.show("oncall", o)
		if then != "" {
			o.Run(then)
		}
		return nil
	}
}

func onPeople(m maker, then keys.ID) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		s.host.SetPeers(links(s.story))
		p := people.New(s.host, s.host.Device.Key)
		s.show("people", p)
		if then != "" {
			p.Run(then)
			w.Canvas().Capture() // a field that was never drawn takes no focus
			s.host.Focus(s.host.Focused)
		}
		return nil
	}
}

func onSettings(m maker) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		n := still{device: s.host.Device.Key, story: s.story}
		s.show("settings", settings.New(context.Background(), s.host, n, n))
		return nil
	}
}

func onFirstRun(m maker, then ...func(*firstrun.FirstRun)) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		f := firstrun.New(&patient{s.host, 1}, still{device: s.host.Device.Key}, func(*node.Room) {}, nil)
		w.SetContent(f.Object())
		f.Start()
		for _, act := range then {
			act(f)
		}
		w.Canvas().Capture() // what was never drawn takes no keyboard
		s.host.Focus(s.host.Focused)
		return nil
	}
}

// patient is a host whose work ends so often and then goes on for ever, as a
// question does that nobody has answered.
type patient struct {
	*sample.Host
	left int
}

func (p *patient) Task(work func() error, done func(error)) {
	if p.left--; p.left >= 0 {
		done(work())
	}
}

// askingNear asks the first device nearby.
func askingNear(f *firstrun.FirstRun) {
	f.Choose("Ask nearby")
	f.Ask("192.168.1.37:7420", "Joanna Kowalska")
}

func way(word string) func(*firstrun.FirstRun) {
	return func(f *firstrun.FirstRun) { f.Choose(word) }
}

// founding creates a room with a recovery key.
func founding(f *firstrun.FirstRun) { f.Found("Platform on-call", "Ana Ruiz", true) }

func onDue(m maker) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		s.show("due", due.New(s.host, s.host.Device.Key))
		return nil
	}
}
