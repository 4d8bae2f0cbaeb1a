// Package settings is the screen about this device: its mail account, how the
// desktop looks, the zone of its times, and where its data lies.
package settings

import (
	"context"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"holdfast/sync/node"
	"holdfast/sync/outbox/mail"
	"holdfast/ui/fynex"
	"holdfast/ui/keys"
	"holdfast/ui/screen"
	"holdfast/ui/screen/form"
	"holdfast/ui/theme"
)

// Device is what keeps the settings. *node.Node is one.
type Device interface {
	Settings() map[string]string
	SetSetting(key, value string) error
	MailAccount(change map[string]string) (mail.Account, bool)
	SaveMail(change map[string]string, password string) error
	TryMail(ctx context.Context, account mail.Account, password string) mail.Report
	PasswordKept() bool
	Status() node.Status
}

// Looker draws the desktop another way. The shell is one.
type Looker interface {
	Look() theme.Options
	SetLook(theme.Options)
	SetZone(*time.Location)
}

// Screen is the screen of settings. It belongs to the UI goroutine.
type Screen struct {
	host   screen.Host
	device Device
	look   Looker
	ctx    context.Context

	// Chime, where given, plays the sound of a promised update, and says why it
	// cannot. It is called off the UI goroutine.
	Chime func() error

	account                *account
	sound                  *form.Choice
	variant, density       *form.Choice
	zone, listen, name     *form.Input
	larger, smaller, usual *fynex.Button
	zoom, says             *form.Words
	object                 *fyne.Container
}

var _ screen.Screen = (*Screen)(nil)

// columnWidth lets the two columns stand beside each other on the smallest
// window.
const columnWidth = 560

// New makes the screen; ctx ends what it starts.
func New(ctx context.Context, h screen.Host, d Device, l Looker) *Screen {
	s := &Screen{
		host: h, device: d, look: l, ctx: ctx,
		variant: form.NewChoice("As the system", "Dark", "Light"), density: form.NewChoice("Compact", "Comfort", "Wall"),
		zone:   form.NewInput("Time zone beside UTC", "Such as Europe/Berlin; empty is this computer's"),
		listen: form.NewInput("Address to listen on", "Such as :7420; empty tries port 7420, then any. Counts from the next start"),
		name:   form.NewInput("Name of this device in new rooms", "Empty is this computer's name"),
		zoom:   form.Label("", form.Plain), says: form.NewWords("", form.Plain),
	}
	s.account = newAccount(s)
	s.sound = form.NewChoice("On", "Off")
	s.sound.OnChange = s.keepSound
	s.smaller = fynex.NewButton("Smaller", func() { s.zoomBy(-theme.ZoomStep) })
	s.larger = fynex.NewButton("Larger", func() { s.zoomBy(theme.ZoomStep) })
	s.usual = fynex.NewButton("Reset", func() { s.zoomBy(100 - s.look.Look().Zoom) })
	s.variant.OnChange = func(i int) { s.relook(func(o *theme.Options) { o.Variant = theme.Variant(i) }) }
	s.density.OnChange = func(i int) { s.relook(func(o *theme.Options) { o.Density = theme.Density(i) }) }
	for _, i := range []*form.Input{s.zone, s.listen, s.name} {
		i.Entry.OnSubmitted = func(string) { s.save() }
		i.Entry.OnChanged = func(string) { i.Wrong("") }
	}
	s.build()
	s.load()
	return s
}

func (s *Screen) build() {
	keep := fynex.NewButton("Save", s.save)
	st := s.device.Status()
	right := form.Column(columnWidth,
		form.Heading("This desktop"),
		form.Line("Colours", s.variant.Object), form.Line("Rows", s.density.Object),
		form.Line("Text", form.Buttons(s.smaller, s.larger, s.usual, s.zoom)),
		form.Line("Sound", s.sound.Object), form.NewWords("Five minutes before a promised update, and at its time.", form.Quiet), form.Buttons(fynex.NewButton("Try the sound", s.try)),
		s.zone, s.listen, s.name, form.Buttons(keep), s.says,
		form.Caption("Where data lies"), form.NewWords(st.Home, form.Plain), form.NewWords(st.Keys+".", form.Plain),
		form.NewWords("Back up the whole folder, or export bundles on the Peers screen.", form.Quiet),
		form.Caption("Holdfast "+st.Version),
		form.NewWords("Key of this device", form.Quiet), form.Mono(st.Device.String()))
	both := container.NewGridWithColumns(2, form.Scroll(form.ClearOfBar(s.account.object)), form.Scroll(form.ClearOfBar(right)))
	s.object = container.New(form.Margins(), form.Flush(both))
}

// load fills the form from what is kept.
func (s *Screen) load() {
	set := s.device.Settings()
	s.zone.Fill(set["zone"])
	s.listen.Fill(set["listen"])
	s.name.Fill(set["device.name"])
	if set[SoundSetting] == SoundOff {
		s.sound.Choose(1)
	}
	s.account.load()
	s.drawLook()
}

func (s *Screen) drawLook() {
	o := s.look.Look()
	s.variant.Choose(int(o.Variant))
	s.density.Choose(int(o.Density))
	s.zoom.Set(percent(o.Zoom), form.Plain)
	s.object.Refresh()
}

// Title names the screen.
func (s *Screen) Title() string { return "Settings" }

// Object is the screen.
func (s *Screen) Object() fyne.CanvasObject { return s.object }

// Read has nothing to read: settings are this device's, not the room's.
func (s *Screen) Read(screen.Input) func() { return nil }

// Tick does nothing: no clock is shown.
func (s *Screen) Tick(time.Time) {}

// Shown takes over what another way has changed: the look by its keys.
func (s *Screen) Shown(front bool) {
	if front {
		s.drawLook()
	}
}

// Run carries out the commands of the form.
func (s *Screen) Run(command keys.ID) bool {
	if command != "capture.submit" {
		return false // all of it is in sight, so there is nothing to find
	}
	s.account.submit()
	return true
}

func (s *Screen) relook(change func(*theme.Options)) {
	o := s.look.Look()
	change(&o)
	s.look.SetLook(o)
	s.drawLook()
}

func (s *Screen) zoomBy(percent int) {
	s.relook(func(o *theme.Options) { o.Zoom = theme.ClampZoom(o.Zoom + percent) })
}

// save keeps zone, address and name.
func (s *Screen) save() {
	set := map[string]string{
		"zone": strings.TrimSpace(s.zone.Text()), "listen": strings.TrimSpace(s.listen.Text()), "device.name": strings.TrimSpace(s.name.Text()),
	}
	zone := time.Local
	if set["zone"] != "" {
		var err error
		if zone, err = time.LoadLocation(set["zone"]); err != nil {
			s.zone.Wrong("This zone is not known; Europe/Berlin and America/New_York are of the kind")
			s.host.Focus(s.zone.Entry)
			return
		}
	}
	if wrong := badListen(set["listen"]); wrong != "" {
		s.listen.Wrong(wrong)
		s.host.Focus(s.listen.Entry)
		return
	}
	s.host.Task(func() error {
		for key, value := range set {
			if err := s.device.SetSetting(key, value); err != nil {
				return err
			}
		}
		return nil
	}, func(err error) {
		if err != nil {
			s.says.Set("Not saved: "+err.Error(), form.Wrong)
		} else {
			s.look.SetZone(zone)
			s.says.Set("Saved.", form.Well)
		}
		s.object.Refresh()
	})
}
