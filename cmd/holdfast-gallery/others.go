package main

import (
	"context"
	"errors"
	"fmt"
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
type still struct{ device model.DeviceKey }

func (s still) Device() model.DeviceKey { return s.device }
func (s still) Address() string         { return "192.168.1.14:7420" }
func (s still) Online() bool            { return true }
func (s still) SetOnline(bool)          {}
func (s still) Warnings() []string      { return nil }
func (s still) Connect(string) error    { return errGallery }

func (s still) Hash() (model.Hash, error) { return model.Hash{0xD4, 0x1D, 0x8C}, nil }

func (s still) Invite(context.Context, node.Invitation) (identity.Invite, error) {
	return identity.Invite{}, errGallery
}

func (s still) Check(context.Context) (oplog.Report, error) { return oplog.Report{}, errGallery }

func (s still) ExportBundle(string, model.Vector) (bundle.Summary, error) {
	return bundle.Summary{}, errGallery
}

func (s still) ImportBundle(context.Context, string) (bundle.Summary, error) {
	return bundle.Summary{}, errGallery
}

func (s still) Found(context.Context, replica.Founding) (*node.Room, error) { return nil, errGallery }

func (s still) Join(context.Context, string, node.Guest) (*node.Room, error) { return nil, errGallery }

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

func (s still) MailAccount(map[string]string) (mail.Account, bool) { return mail.Account{}, true }

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
			Device: d.Key, Name: "device of " + d.Name, Person: d.Name, Address: fmt.Sprintf("192.168.1.%d:7420", 20+i),
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

func onPeers(m maker) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		s.host.SetPeers(links(s.story))
		s.show("peers", peers.New(context.Background(), s.host, still{s.host.Device.Key}))
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
		n := still{s.host.Device.Key}
		s.show("settings", settings.New(context.Background(), s.host, n, n))
		return nil
	}
}

func onFirstRun(m maker) func(fyne.Window) error {
	return func(w fyne.Window) error {
		s, err := m.stage(w)
		if err != nil {
			return err
		}
		f := firstrun.New(s.host, still{}, func(*node.Room) {}, nil)
		w.SetContent(f.Object())
		f.Start()
		return nil
	}
}

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
