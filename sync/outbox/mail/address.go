package mail

import (
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"net/netip"
	"strings"
	"unicode"
)

const (
	// maxAddr and maxLocal are the path and local-part limits of RFC 5321 4.5.3.1.
	maxAddr  = 254
	maxLocal = 64
	// maxHost is the longest DNS name.
	maxHost = 253
	// maxName keeps a display name, encoded, on a few header lines.
	maxName = 128
)

// Address is a mailbox with an optional display name.
type Address struct {
	Name string `json:"name,omitempty"`
	Addr string `json:"addr"`
}

// String is the address as a header carries it. net/mail's own form leaves a
// backslash in an encoded word, which net/mail then cannot read: names outside
// ASCII go as base64, which holds no character with a meaning.
func (a Address) String() string {
	name := cleanLine(a.Name)
	if strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return mime.BEncoding.Encode("utf-8", name) + " <" + a.Addr + ">"
	}
	return (&mail.Address{Name: name, Address: a.Addr}).String()
}

// IsZero reports whether nothing is set.
func (a Address) IsZero() bool { return a == Address{} }

// Validate says what is wrong with the address. Addresses are ASCII: a domain
// in another script is written in its xn-- form, because a relay on the way may
// not know SMTPUTF8 and would bounce the message.
func (a Address) Validate() error {
	if len(a.Name) > maxName {
		return fmt.Errorf("the display name is longer than %d bytes", maxName)
	}
	return checkAddr(a.Addr)
}

// key folds what no mail system in use tells apart, so that nobody who is on
// two lists is written to twice.
func (a Address) key() string { return strings.ToLower(a.Addr) }

func checkAddr(addr string) error {
	switch {
	case addr == "":
		return errors.New("the address is empty")
	case len(addr) > maxAddr:
		return fmt.Errorf("the address is longer than %d bytes", maxAddr)
	}
	for _, r := range addr {
		if r > unicode.MaxASCII {
			return fmt.Errorf("the address %q is not ASCII; write its domain in xn-- form", addr)
		}
		if r <= ' ' || r == 0x7f {
			return fmt.Errorf("the address %q contains a space or control character", addr)
		}
	}
	at := strings.LastIndexByte(addr, '@')
	if at < 0 {
		return fmt.Errorf("the address %q has no @", addr)
	}
	if !isLocalPart(addr[:at]) {
		return fmt.Errorf("the part before the @ of %q is not a plain mailbox name", addr)
	}
	if !isDomain(addr[at+1:]) {
		return fmt.Errorf("the domain of %q is not a host name", addr)
	}
	return nil
}

// isLocalPart accepts a dot-atom. Quoted local parts are legal, unseen in
// practice, and a favourite of header injection.
func isLocalPart(s string) bool {
	if s == "" || len(s) > maxLocal {
		return false
	}
	for atom := range strings.SplitSeq(s, ".") {
		if atom == "" {
			return false
		}
		for _, c := range []byte(atom) {
			if !isAlnum(c) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", rune(c)) {
				return false
			}
		}
	}
	return true
}

// isDomain accepts a host name or an address literal: a room on an island
// network may have no DNS at all.
func isDomain(s string) bool {
	if inner, ok := strings.CutPrefix(s, "["); ok {
		return isLiteral("[" + inner)
	}
	return isHostname(s)
}

func isLiteral(s string) bool {
	inner, ok := strings.CutPrefix(s, "[")
	if !ok {
		return false
	}
	if inner, ok = strings.CutSuffix(inner, "]"); !ok {
		return false
	}
	six, is6 := strings.CutPrefix(inner, "IPv6:")
	ip, err := netip.ParseAddr(six)
	return err == nil && ip.Zone() == "" && ip.Is6() == is6
}

func isHostname(s string) bool {
	if s == "" || len(s) > maxHost {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for _, c := range []byte(label) {
			if !isAlnum(c) && c != '-' && c != '_' {
				return false
			}
		}
	}
	return true
}

func isAlnum(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// cleanLine makes one line of valid UTF-8 of what may be anything: a stray line
// break in an incident's title must not stop the message about it, and must not
// become a header either.
func cleanLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
	return strings.Join(strings.Fields(s), " ")
}
