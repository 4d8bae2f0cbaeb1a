package settings

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"

	"holdfast/sync/outbox/mail"
	"holdfast/ui/screen/form"
	"holdfast/ui/text"
)

// verdict says what a test of the account found, and what to do.
func verdict(r mail.Report) (string, form.Tone) {
	took := r.Took.Round(10 * time.Millisecond)
	if r.OK {
		how := "without encryption"
		if r.TLS != "" {
			how = "over " + r.TLS
		}
		signed := "It asks for no sign-in"
		if r.Used != "" && r.Used != mail.MechNone {
			signed = "Signed in with " + string(r.Used)
		}
		return fmt.Sprintf("The account works: %s reached %s in %s. %s. Nothing was sent.", r.Remote, how, took, signed), form.Well
	}
	if r.Reason == mail.ReasonCancelled {
		return "Cancelled. Nothing was sent or changed.", form.Plain
	}
	words := "The account does not work: " + text.Line(strings.TrimSuffix(r.Text, ".")) + "."
	switch r.Reason {
	case mail.ReasonNetwork, mail.ReasonTimeout:
		words += " Check server and port, and that this network lets mail out."
	case mail.ReasonTLS:
		words += " Check the encryption; for a server with its own certificate give its file of authorities or its key."
	case mail.ReasonAuth:
		words += " Check user and password, and which sign-in the server takes."
	}
	return words, form.Wrong
}

// certificate says whom the server says it is, for one who knows it.
func certificate(r mail.Report) string {
	if r.PinSPKI == "" {
		return ""
	}
	return fmt.Sprintf("Its certificate: %s, issued by %s, good until %s. Its key: %s",
		text.Line(r.Subject), text.Line(r.Issuer), r.Expires.UTC().Format("2 Jan 2006"), r.PinSPKI)
}

// remember notes the address a name resolved to: mail must not need DNS.
func (a *account) remember(remote string) {
	host, _, err := net.SplitHostPort(remote)
	if err != nil || host == a.host.Text() {
		return
	}
	if _, err := netip.ParseAddr(host); err == nil {
		a.addrs.Fill(host)
		a.says.Set(a.says.Text()+" Its address was noted below; save to keep it.", form.Well)
	}
}

func percent(n int) string { return fmt.Sprintf("%d %%", n) }

// badListen says what is wrong with an address to listen on; "" where nothing.
func badListen(address string) string {
	if address == "" {
		return ""
	}
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		return "Give host and port, or a colon and the port, such as :7420"
	}
	return ""
}
