package mail

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// TLSPolicy says how a link to the server is encrypted. The certificate is
// verified under every policy that encrypts.
type TLSPolicy string

// The policies. The empty policy is not valid: encryption is a choice, not a default
// one forgets.
const (
	// TLSImplicit: TLS from the first byte (usually port 465).
	TLSImplicit TLSPolicy = "implicit"
	// TLSStartTLS: STARTTLS or nothing (usually port 587).
	TLSStartTLS TLSPolicy = "starttls"
	// TLSIfOffered: STARTTLS if the server offers it, else in the clear. Only
	// for relays that ask for no sign-in: somebody on the path can strip the offer.
	TLSIfOffered TLSPolicy = "if-offered"
	// TLSNone: no encryption. Only to this very machine.
	TLSNone TLSPolicy = "none"
)

// Mechanism says how the account signs in.
type Mechanism string

// The mechanisms. PLAIN, LOGIN, OAUTHBEARER and EXTERNAL are go-sasl's, the
// others go-mail's.
const (
	// MechAuto takes the strongest password mechanism the server offers.
	MechAuto Mechanism = "auto"
	// MechNone does not sign in: the relay knows the network.
	MechNone        Mechanism = "none"
	MechPlain       Mechanism = "PLAIN"
	MechLogin       Mechanism = "LOGIN"
	MechOAuthBearer Mechanism = "OAUTHBEARER"
	MechExternal    Mechanism = "EXTERNAL"
	MechXOAuth2     Mechanism = "XOAUTH2"
	MechCRAMMD5     Mechanism = "CRAM-MD5"
	MechScramSHA1   Mechanism = "SCRAM-SHA-1"
	MechScramSHA256 Mechanism = "SCRAM-SHA-256"
)

// autoOrder is what MechAuto tries, strongest first: with SCRAM the server
// never sees the password. CRAM-MD5 is last, because servers that offer it keep
// passwords in the clear. Bearer tokens and certificates are another kind of
// secret and never guessed.
var autoOrder = []Mechanism{MechScramSHA256, MechScramSHA1, MechPlain, MechLogin, MechCRAMMD5}

// TLSPolicies and Mechanisms list the valid values in the order a form shows them.
func TLSPolicies() []TLSPolicy {
	return []TLSPolicy{TLSImplicit, TLSStartTLS, TLSIfOffered, TLSNone}
}

// Mechanisms lists the valid mechanisms in the order a form shows them.
func Mechanisms() []Mechanism {
	return []Mechanism{
		MechAuto, MechPlain, MechLogin, MechOAuthBearer, MechExternal,
		MechXOAuth2, MechScramSHA256, MechScramSHA1, MechCRAMMD5, MechNone,
	}
}

const (
	// maxAccountJSON: an account is under 1 KiB; anything larger is not one.
	maxAccountJSON = 16 << 10
	// maxField bounds names, users and paths, which a form shows on one line.
	maxField = 256
	// maxAddrs bounds the remembered addresses tried one after another while DNS is down.
	maxAddrs = 8
)

// Account is how one mail account is reached. It holds no secret and may be
// copied, stored and shown.
type Account struct {
	Name string `json:"name"`
	// Host is a DNS name or an IP literal.
	Host string `json:"host"`
	Port int    `json:"port"`
	// Addrs are IP literals tried when Host does not resolve. A war room must
	// not need DNS: Probe reports the address to remember here.
	Addrs     []string  `json:"addrs,omitempty"`
	TLS       TLSPolicy `json:"tls"`
	Mechanism Mechanism `json:"mechanism"`
	// User is the sign-in name; for EXTERNAL the optional identity to act as.
	User    string  `json:"user,omitempty"`
	From    Address `json:"from"`
	ReplyTo Address `json:"replyTo,omitzero"`
	// ServerName is the name the certificate must carry, if it is not Host.
	ServerName string `json:"serverName,omitempty"`
	// RootCAsFile is a PEM file of the authorities to trust instead of the
	// system's, for private relays.
	RootCAsFile string `json:"rootCAsFile,omitempty"`
	// PinSPKI ("sha256/" and base64) is the server key to trust. Without
	// RootCAsFile the pin alone decides: name, issuer and expiry are not looked
	// at, since only the holder of that key can answer.
	PinSPKI string `json:"pinSPKI,omitempty"`
	// Helo is the name given in EHLO; empty gives the link's own IP address,
	// which tells the relay nothing it does not see.
	Helo string `json:"helo,omitempty"`
}

// FieldError is a problem with one field, ready for a form.
type FieldError struct {
	Field, Problem string
}

// FieldErrors are all problems found, in field order.
type FieldErrors []FieldError

// Error lists the problems.
func (e FieldErrors) Error() string {
	parts := make([]string, len(e))
	for i, f := range e {
		parts[i] = f.Field + ": " + f.Problem
	}
	return strings.Join(parts, "; ")
}

func (e *FieldErrors) add(field, format string, args ...any) {
	*e = append(*e, FieldError{field, fmt.Sprintf(format, args...)})
}

func (e FieldErrors) err() error {
	if len(e) == 0 {
		return nil
	}
	return e
}

// ParseAccount decodes an account and validates it.
func ParseAccount(b []byte) (Account, error) {
	var a Account
	if len(b) > maxAccountJSON {
		return a, fmt.Errorf("parse mail account: %d bytes, limit is %d", len(b), maxAccountJSON)
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return Account{}, fmt.Errorf("parse mail account: %w", err)
	}
	if err := a.Validate(); err != nil {
		return Account{}, fmt.Errorf("parse mail account: %w", err)
	}
	return a, nil
}

// Validate returns all problems at once as FieldErrors, named as in JSON, or nil.
func (a Account) Validate() error {
	var e FieldErrors
	if strings.TrimSpace(a.Name) == "" {
		e.add("name", "give the account a name")
	}
	for _, f := range []struct{ name, value string }{
		{"name", a.Name}, {"user", a.User}, {"rootCAsFile", a.RootCAsFile},
	} {
		checkField(&e, f.name, f.value)
	}
	if !isHostname(a.Host) && !isIP(a.Host) {
		e.add("host", "%q is not a host name or IP address", a.Host)
	}
	if a.Port < 1 || a.Port > 65535 {
		e.add("port", "%d is not a port; 465 and 587 are usual", a.Port)
	}
	if len(a.Addrs) > maxAddrs {
		e.add("addrs", "at most %d addresses", maxAddrs)
	}
	for _, ip := range a.Addrs {
		if !isIP(ip) {
			e.add("addrs", "%q is not an IP address", ip)
		}
	}
	a.validateSecurity(&e)
	if err := a.From.Validate(); err != nil {
		e.add("from", "%v", err)
	}
	if !a.ReplyTo.IsZero() {
		if err := a.ReplyTo.Validate(); err != nil {
			e.add("replyTo", "%v", err)
		}
	}
	if a.ServerName != "" && !isHostname(a.ServerName) && !isIP(a.ServerName) {
		e.add("serverName", "%q is not a host name or IP address", a.ServerName)
	}
	if a.PinSPKI != "" {
		if _, err := parsePin(a.PinSPKI); err != nil {
			e.add("pinSPKI", "%v", err)
		}
	}
	if a.Helo != "" && !isDomain(a.Helo) {
		e.add("helo", "%q is not a host name or [address]", a.Helo)
	}
	return e.err()
}

func (a Account) validateSecurity(e *FieldErrors) {
	local := a.loopbackOnly()
	switch {
	case !slices.Contains(TLSPolicies(), a.TLS):
		e.add("tls", "%q is not one of implicit, starttls, if-offered, none", a.TLS)
	case a.TLS == TLSNone && !local:
		e.add("tls", "an unencrypted link is allowed to this machine only")
	case a.TLS == TLSIfOffered && a.Mechanism != MechNone && !local:
		e.add("tls", "signing in needs a link that is sure to be encrypted; choose implicit or starttls")
	}
	switch {
	case !slices.Contains(Mechanisms(), a.Mechanism):
		e.add("mechanism", "%q is not known", a.Mechanism)
	case a.Mechanism == MechExternal:
		if a.TLS == TLSNone {
			e.add("mechanism", "EXTERNAL signs in with a certificate and needs TLS")
		}
	case a.Mechanism == MechNone:
		if a.User != "" {
			e.add("user", "a user is given, but the mechanism is none")
		}
	case a.User == "":
		e.add("user", "%s needs a user name", a.Mechanism)
	}
}

// loopbackOnly reports whether every address the account names is this machine.
// The address a link really has is looked at again when it is up.
func (a Account) loopbackOnly() bool {
	for _, s := range append([]string{a.Host}, a.Addrs...) {
		if strings.EqualFold(s, "localhost") {
			continue
		}
		ip, err := netip.ParseAddr(s)
		if err != nil || !ip.IsLoopback() {
			return false
		}
	}
	return true
}

func checkField(e *FieldErrors, name, value string) {
	if len(value) > maxField {
		e.add(name, "longer than %d bytes", maxField)
	}
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		e.add(name, "contains a control character")
	}
}

func isIP(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.IsValid()
}

const pinPrefix = "sha256/"

func parsePin(s string) ([]byte, error) {
	b64, ok := strings.CutPrefix(s, pinPrefix)
	if !ok {
		return nil, fmt.Errorf("a pin starts with %q", pinPrefix)
	}
	b, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || len(b) != 32 {
		return nil, fmt.Errorf("a pin is %q and the base64 of 32 bytes", pinPrefix)
	}
	return b, nil
}
