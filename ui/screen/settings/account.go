package settings

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"holdfast/model/plain"
	"holdfast/sync/outbox/mail"
	"holdfast/ui/files"
	"holdfast/ui/fynex"
	"holdfast/ui/part"
	"holdfast/ui/screen/form"
)

// defaultPort is the port of submission with STARTTLS (RFC 6409).
const defaultPort = "587"

// account is the form of this device's mail account.
type account struct {
	screen                                *Screen
	host, port, addrs, user, name, from   *form.Input
	password, rootCAs, pin, server, helo  *form.Input
	tls                                   *form.Choice
	mechanism                             *fynex.Select
	tlsWrong, mechanismWrong, says, heard *form.Words
	try, save                             *fynex.Button
	stop                                  context.CancelFunc
	object                                *fyne.Container
}

func newAccount(s *Screen) *account {
	a := &account{
		screen:   s,
		host:     form.NewInput("Server", "Name or address, such as smtp.example.org"),
		port:     form.NewInput("Port", "465 or 587 are usual"),
		addrs:    form.NewInput("Addresses without DNS", "Optional. Tried where the name does not resolve; a test fills this in"),
		user:     form.NewInput("User", "Empty where the server asks for none"),
		password: form.NewSecret("Password or token", ""),
		name:     form.NewInput("Sender's name", "Optional, such as Payments on call"),
		from:     form.NewInput("Sender's address", "Such as oncall@example.org"),
		rootCAs:  form.NewPath(s.host, "File of authorities", "Optional. PEM, where the server has its own", part.FileAsk{Kind: "authorities", Title: "File of authorities", Types: []string{".pem", ".crt"}}),
		pin:      form.NewInput("Key to trust", "Optional. A test shows the server's"),
		server:   form.NewInput("Name in the certificate", "Optional, where it is not the server's"),
		helo:     form.NewInput("Name given to the server", "Optional"),
		tls:      form.NewChoice("TLS from the start", "STARTTLS", "If offered", "None"),
		tlsWrong: form.NewWords("", form.Wrong), mechanismWrong: form.NewWords("", form.Wrong),
		says: form.NewWords("", form.Plain), heard: form.NewWords("", form.Quiet),
	}
	var words []string
	for _, m := range mail.Mechanisms() {
		words = append(words, mechanismWord(m))
	}
	a.mechanism = fynex.NewSelect(words, func(string) { a.mechanismWrong.Set("", form.Wrong) })
	a.save = fynex.NewButton("Save account", a.submit)
	a.save.SetImportance(fynex.Recommended)
	a.try = fynex.NewButton("Test account", a.test)
	for _, i := range a.inputs() {
		i.Entry.OnSubmitted = func(string) { a.submit() }
		i.Entry.OnChanged = func(string) { i.Wrong("") }
	}
	a.build()
	return a
}

// selectWidth fits the longest mechanism.
const selectWidth = 220

func mechanismWord(m mail.Mechanism) string {
	switch m {
	case mail.MechAuto:
		return "Strongest offered"
	case mail.MechNone:
		return "No sign-in"
	}
	return string(m)
}

func (a *account) build() {
	a.object = form.Column(columnWidth,
		form.Heading("Mail account of this device"),
		form.NewWords("Messages leave through it. Any device of the room with an account can deliver what another one queued.", form.Quiet),
		form.Beside(0.7, a.host, a.port),
		form.Line("Encryption", a.tls.Object), a.tlsWrong,
		form.Line("Sign-in", form.Wide(selectWidth, a.mechanism)), a.mechanismWrong,
		form.Beside(0.5, a.user, a.password),
		form.Beside(0.5, a.name, a.from),
		form.Buttons(a.save, a.try), a.says, a.heard,
		form.Caption("Rarely needed"),
		a.addrs, form.Beside(0.5, a.rootCAs, a.pin), form.Beside(0.5, a.server, a.helo))
}

// inputs names the fields by their setting.
func (a *account) inputs() map[string]*form.Input {
	return map[string]*form.Input{
		"mail.host": a.host, "mail.port": a.port, "mail.addrs": a.addrs, "mail.user": a.user, "mail.name": a.name,
		"mail.from": a.from, "mail.root-cas": a.rootCAs, "mail.pin": a.pin, "mail.server-name": a.server, "mail.helo": a.helo,
		"mail.password": a.password,
	}
}

// load fills the form from the settings. The password is never shown again.
func (a *account) load() {
	set := a.screen.device.Settings()
	for key, i := range a.inputs() {
		i.Offer(set[key])
	}
	if a.port.Text() == "" {
		a.port.Offer(defaultPort)
	}
	acc, known := a.screen.device.MailAccount(nil)
	if !known {
		acc.TLS, acc.Mechanism = mail.TLSStartTLS, mail.MechAuto
	}
	a.tls.Choose(max(slices.Index(mail.TLSPolicies(), acc.TLS), 0))
	a.mechanism.SetSelectedIndex(max(slices.Index(mail.Mechanisms(), acc.Mechanism), 0))
	a.passwordHelp()
}

func (a *account) passwordHelp() {
	help := "Kept with the secrets, never shown again"
	if a.screen.device.PasswordKept() {
		help = "One is kept. Type another to replace it"
	}
	a.password.Say(help)
}

// typed is the account as the form has it, without the password.
func (a *account) typed() map[string]string {
	set := map[string]string{
		"mail.tls": string(mail.TLSPolicies()[a.tls.At()]), "mail.mechanism": string(mail.Mechanisms()[max(a.mechanism.SelectedIndex(), 0)]),
	}
	for key, i := range a.inputs() {
		if i != a.password {
			set[key] = strings.TrimSpace(i.Text())
		}
	}
	if path, why := files.Path(set["mail.root-cas"]); why == "" {
		set["mail.root-cas"] = path
	}
	return set
}

// check marks the fields that are wrong and gives the account where none is.
func (a *account) check() (mail.Account, bool) {
	fields := map[string]*form.Input{
		"host": a.host, "port": a.port, "addrs": a.addrs, "user": a.user, "from": a.from, "serverName": a.server,
		"rootCAsFile": a.rootCAs, "pinSPKI": a.pin, "helo": a.helo,
	}
	for _, i := range a.inputs() {
		i.Wrong("")
	}
	a.tlsWrong.Set("", form.Wrong)
	a.mechanismWrong.Set("", form.Wrong)
	acc, named := a.screen.device.MailAccount(a.typed())
	if !named {
		a.host.Wrong("Give the server that takes your mail")
		a.screen.host.Focus(a.host.Entry)
		return acc, false
	}
	err := acc.Validate()
	if _, bad := strconv.Atoi(strings.TrimSpace(a.port.Text())); bad != nil {
		err = errors.Join(err, mail.FieldErrors{{Field: "port", Problem: "a number; 465 and 587 are usual"}})
	}
	if err == nil {
		return acc, true
	}
	a.mark(err, fields)
	return acc, false
}

// mark puts each problem under its field, and the keyboard into the first.
func (a *account) mark(err error, fields map[string]*form.Input) {
	var problems mail.FieldErrors
	var list mail.FieldErrors
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			if errors.As(e, &list) {
				problems = append(problems, list...)
			}
		}
	} else if errors.As(err, &list) {
		problems = list
	}
	var first *form.Input
	for _, p := range problems {
		switch i := fields[p.Field]; {
		case i != nil:
			i.Wrong(plain.Capital(p.Problem))
			if first == nil {
				first = i
			}
		case p.Field == "tls":
			a.tlsWrong.Set(plain.Capital(p.Problem), form.Wrong)
		case p.Field == "mechanism":
			a.mechanismWrong.Set(plain.Capital(p.Problem), form.Wrong)
		default:
			a.says.Set(plain.Capital(p.Problem), form.Wrong)
		}
	}
	if first != nil {
		a.screen.host.Focus(first.Entry)
	}
	a.screen.object.Refresh()
}

func (a *account) submit() {
	if _, ok := a.check(); !ok || a.save.Disabled() {
		return
	}
	a.busy(true, "Saving …")
	set, password := a.typed(), a.password.Text()
	a.screen.host.Task(func() error { return a.screen.device.SaveMail(set, password) }, func(err error) {
		a.busy(false, "")
		if err != nil {
			a.say("Not saved: "+err.Error(), form.Wrong)
			return
		}
		a.password.Fill("")
		a.passwordHelp()
		a.say("Saved. What waits in the outbox is tried with it now.", form.Well)
	})
}

// test reaches the server with what the form has, saved or not.
func (a *account) test() {
	if a.stop != nil {
		a.stop()
		return
	}
	acc, ok := a.check()
	if !ok {
		return
	}
	ctx, cancel := context.WithCancel(a.screen.ctx)
	a.stop = cancel
	a.busy(true, "Reaching "+acc.Host+" …")
	a.try.Enable()
	a.try.SetText("Cancel test")
	var r mail.Report
	password := a.password.Text()
	a.screen.host.Task(func() error {
		defer cancel()
		r = a.screen.device.TryMail(ctx, acc, password)
		return nil
	}, func(error) {
		a.stop = nil
		a.try.SetText("Test account")
		a.busy(false, "")
		words, tone := verdict(r)
		a.say(words, tone)
		a.heard.Set(certificate(r), form.Quiet)
		if r.OK && a.addrs.Text() == "" {
			a.remember(r.Remote)
		}
	})
}

func (a *account) busy(on bool, words string) {
	for _, b := range []*fynex.Button{a.save, a.try} {
		if on {
			b.Disable()
		} else {
			b.Enable()
		}
	}
	a.heard.Set("", form.Quiet)
	a.say(words, form.Plain)
}

func (a *account) say(words string, tone form.Tone) {
	a.says.Set(words, tone)
	a.screen.object.Refresh()
}
