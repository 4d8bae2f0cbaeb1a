package settings

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"holdfast/sync/node"
	"holdfast/sync/outbox/mail"
	"holdfast/sync/secret"
	"holdfast/ui/sample"
	"holdfast/ui/screen/form"
	"holdfast/ui/theme"
)

// device keeps settings in a real node, and answers tests as it is told.
type device struct {
	*node.Node
	report   mail.Report
	tried    mail.Account
	password string
}

func (d *device) TryMail(_ context.Context, a mail.Account, password string) mail.Report {
	d.tried, d.password = a, password
	return d.report
}

// look notes how the desktop is drawn.
type look struct {
	options theme.Options
	zone    *time.Location
}

func (l *look) Look() theme.Options         { return l.options }
func (l *look) SetLook(o theme.Options)     { l.options = o }
func (l *look) SetZone(zone *time.Location) { l.zone = zone }

type fixture struct {
	*Screen
	host   *sample.Host
	device *device
	look   *look
}

func open(t *testing.T) *fixture {
	t.Helper()
	test.NewTempApp(t)
	n, err := node.Open(node.Options{Home: t.TempDir(), Secrets: secret.Options{Prefer: secret.KeyFile}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	room := sample.New("Payments", "Ana Ruiz", time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	f := &fixture{host: sample.NewHost(room.Device(0)), device: &device{Node: n}, look: &look{options: theme.Options{Zoom: 100}}}
	f.Screen = New(t.Context(), f.host, f.device, f.look)
	w := test.NewTempWindow(t, f.Object())
	w.Resize(fyne.NewSize(1204, 660))
	return f
}

// good fills in an account that is valid.
func (f *fixture) good() {
	a := f.account
	a.host.Fill("smtp.example.org")
	a.user.Fill("oncall")
	a.password.Fill("s3cret")
	a.from.Fill("oncall@example.org")
}

func TestErrorsStandUnderTheirFields(t *testing.T) {
	f := open(t)
	a := f.account
	a.submit()
	if a.host.Wrongness() == "" || f.host.Focused != a.host.Entry {
		t.Error("an account without a server was taken")
	}
	f.good()
	a.port.Fill("lots")
	a.from.Fill("oncall")
	a.pin.Fill("md5/xyz")
	a.addrs.Fill("smtp.example.org")
	a.user.Fill("")
	a.tls.Choose(3) // none
	a.submit()
	for name, i := range map[string]*form.Input{"port": a.port, "from": a.from, "pin": a.pin, "addrs": a.addrs, "user": a.user} {
		if i.Wrongness() == "" {
			t.Errorf("nothing is said about %s", name)
		}
	}
	if a.tlsWrong.Text() == "" {
		t.Error("nothing is said about sending in the clear")
	}
	if _, kept := f.device.MailAccount(nil); kept || f.device.PasswordKept() {
		t.Error("an account with errors was kept")
	}
}

func TestAccountIsKeptAndThePasswordIsNeverShownAgain(t *testing.T) {
	f := open(t)
	f.good()
	f.Run("capture.submit")
	acc, ok := f.device.MailAccount(nil)
	if !ok || acc.Host != "smtp.example.org" || acc.Port != 587 || acc.TLS != mail.TLSStartTLS || acc.Mechanism != mail.MechAuto || acc.User != "oncall" {
		t.Errorf("kept %+v", acc)
	}
	if f.account.says.Tone() != form.Well || f.account.password.Text() != "" {
		t.Errorf("says %q, password field %q", f.account.says.Text(), f.account.password.Text())
	}
	for key, value := range f.device.Settings() {
		if strings.Contains(value, "s3cret") {
			t.Errorf("the password is in the setting %s", key)
		}
	}
	again := New(t.Context(), f.host, f.device, f.look)
	if again.account.password.Text() != "" || again.account.host.Text() != "smtp.example.org" || !f.device.PasswordKept() {
		t.Error("the form of the next start shows the password, or not the account")
	}
	before := maps.Clone(f.device.Settings())
	again.account.submit() // without a password the one kept stays
	if got, err := f.device.Secret("mail"); err != nil || string(got) != "s3cret" || !maps.Equal(before, f.device.Settings()) {
		t.Errorf("saving again changed the account: %v", err)
	}
}

func TestTestOfTheAccountUsesWhatIsTyped(t *testing.T) {
	f := open(t)
	f.good()
	f.device.report = mail.Report{OK: true, Remote: "192.0.2.25:587", TLS: "TLS 1.3", Used: mail.MechScramSHA256, Took: 120 * time.Millisecond}
	f.account.test()
	if f.device.tried.Host != "smtp.example.org" || f.device.password != "s3cret" {
		t.Errorf("tried %+v", f.device.tried)
	}
	says := f.account.says.Text()
	if !strings.HasPrefix(says, "The account works: 192.0.2.25:587 reached over TLS 1.3 in 120ms. Signed in with SCRAM-SHA-256. Nothing was sent.") {
		t.Errorf("says %q", says)
	}
	if f.account.addrs.Text() != "192.0.2.25" {
		t.Error("the address to use without DNS is not noted")
	}
	if _, kept := f.device.MailAccount(nil); kept {
		t.Error("a test keeps the account")
	}
}

func TestVerdictSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		r    mail.Report
		says string
	}{
		{mail.Report{Reason: mail.ReasonNetwork, Text: "connection refused"}, "does not work: connection refused. Check server and port"},
		{mail.Report{Reason: mail.ReasonTLS, Text: "unknown authority"}, "give its file of authorities or its key"},
		{mail.Report{Reason: mail.ReasonAuth, Text: "535 no"}, "Check user and password"},
		{mail.Report{Reason: mail.ReasonCancelled}, "Cancelled. Nothing was sent or changed."},
		{mail.Report{OK: true, Remote: "127.0.0.1:25", Used: mail.MechNone}, "without encryption"},
	} {
		if says, tone := verdict(c.r); !strings.Contains(says, c.says) || (tone == form.Well) != c.r.OK {
			t.Errorf("%+v gives %q", c.r, says)
		}
	}
	if got := certificate(mail.Report{PinSPKI: "sha256/abc", Subject: "CN=relay", Issuer: "CN=own"}); !strings.Contains(got, "sha256/abc") {
		t.Errorf("the key to pin is not shown: %q", got)
	}
}

func TestZoneAndAddressAreChecked(t *testing.T) {
	f := open(t)
	f.zone.Fill("Europe/Nowhere")
	f.save()
	if f.zone.Wrongness() == "" || f.look.zone != nil {
		t.Error("an unknown zone was taken")
	}
	f.zone.Fill("Europe/Berlin")
	f.listen.Fill("7420")
	f.save()
	if f.listen.Wrongness() == "" {
		t.Error("an address without a colon was taken")
	}
	f.listen.Fill(":7421")
	f.save()
	if f.device.Setting("zone") != "Europe/Berlin" || f.device.Setting("listen") != ":7421" || f.look.zone.String() != "Europe/Berlin" {
		t.Errorf("kept %v", f.device.Settings())
	}
}

func TestLookIsChosen(t *testing.T) {
	f := open(t)
	f.variant.OnChange(int(theme.Light))
	f.density.OnChange(int(theme.Comfort))
	f.larger.Press()
	if f.look.options != (theme.Options{Variant: theme.Light, Density: theme.Comfort, Zoom: 110}) || f.variant.At() != int(theme.Light) {
		t.Errorf("drawn with %+v", f.look.options)
	}
	f.look.options.Variant = theme.Dark // by its key
	f.Shown(true)
	if f.variant.At() != int(theme.Dark) {
		t.Error("the form does not follow the key")
	}
}

func TestFailureToKeepIsSaid(t *testing.T) {
	f := open(t)
	broken := &refusing{f.device}
	s := New(t.Context(), f.host, broken, f.look)
	s.save()
	if !strings.HasPrefix(s.says.Text(), "Not saved: disk full") {
		t.Errorf("says %q", s.says.Text())
	}
}

type refusing struct{ *device }

func (refusing) SetSetting(string, string) error { return errors.New("disk full") }

func TestFindMovesTheKeyboardIntoNoField(t *testing.T) {
	f := open(t)
	if f.Run("go.find") || f.host.Focused != nil {
		t.Errorf("Ctrl+F leads to %T", f.host.Focused)
	}
}
