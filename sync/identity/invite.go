package identity

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"holdfast/model"
)

// Limits of an invite: it has to fit one QR code that a telephone reads from a
// screen, and one line of a chat or mail.
const (
	// MaxRoomName bounds the room's name in bytes.
	MaxRoomName = 120
	// MaxInviteAddresses bounds the host's addresses: some cables, some radio, one outside.
	MaxInviteAddresses = 6
	// MaxAddress bounds one "host:port" in bytes: an IPv6 literal has 47, a DNS name up to 253.
	MaxAddress = 128
	// MaxInvite bounds the text of an invite in characters.
	MaxInvite = 1000
	// maxPasted bounds what ParseInvite looks at: an invite with line breaks, quotes and a greeting.
	maxPasted = 8 << 10
)

// Errors of reading an invite.
var (
	ErrNotInvite     = errors.New("this is not a Holdfast invite: one begins with holdfast1-")
	ErrInviteTypo    = errors.New("the invite has a typo or is cut short: copy it once more, whole")
	ErrInviteExpired = errors.New("this invite has expired")
	ErrInviteLimit   = errors.New("the invite is not complete, or too large")
)

// Invite is what a joiner gets out of band. Whoever holds it can join, so it
// is shown to no one else and never logged.
type Invite struct {
	// Founder and Nonce make the room's id, so the joiner can check it.
	Founder  model.DeviceKey
	Nonce    model.Nonce
	RoomName string
	// Host is the admin's device that answers at Addresses ("host:port", best first).
	Host      model.DeviceKey
	Addresses []string
	ID        model.ID
	Secret    [16]byte
	Role      string
	// Expires, to the second, is on the host's clock, which decides; the joiner's clock
	// may be wrong.
	Expires time.Time
}

// NewInvite draws id and secret for the invite that the other fields of i describe.
func NewInvite(rand io.Reader, i Invite) (Invite, error) {
	if _, err := io.ReadFull(rand, i.ID[:]); err != nil {
		return Invite{}, fmt.Errorf("draw invite: %w", err)
	}
	if _, err := io.ReadFull(rand, i.Secret[:]); err != nil {
		return Invite{}, fmt.Errorf("draw invite: %w", err)
	}
	i.Expires = i.Expires.Truncate(time.Second)
	if err := i.check(); err != nil {
		return Invite{}, fmt.Errorf("make invite: %w", err)
	}
	if len(i.String()) > MaxInvite {
		return Invite{}, fmt.Errorf("make invite: %w: name fewer or shorter addresses", ErrInviteLimit)
	}
	return i, nil
}

// Room is the id of the room.
func (i Invite) Room() model.RoomID { return model.NewRoomID(i.Founder, i.Nonce) }

// Verifier is what the host keeps of the invite.
func (i Invite) Verifier() Verifier { return newVerifier(i.ID, i.Secret[:], stretchNone) }

// GoString names the invite without its secret: only String shows it, on purpose.
func (i Invite) GoString() string { return "invite " + i.ID.Short(8) }

// LogValue is GoString, so that log/slog never writes the secret.
func (i Invite) LogValue() slog.Value { return slog.StringValue(i.GoString()) }

func (i Invite) check() error {
	switch {
	case i.Founder.Zero() || i.Host.Zero() || i.ID.Zero() || !ValidRole(i.Role) || i.Expires.Unix() <= 0:
		return ErrInviteLimit
	case len(i.RoomName) > MaxRoomName || !utf8.ValidString(i.RoomName):
		return fmt.Errorf("%w: the room's name takes up to %d bytes", ErrInviteLimit, MaxRoomName)
	case len(i.Addresses) > MaxInviteAddresses:
		return fmt.Errorf("%w: it takes up to %d addresses", ErrInviteLimit, MaxInviteAddresses)
	}
	for _, a := range i.Addresses {
		if !validAddress(a) {
			return fmt.Errorf("%w: %q is not an address and port", ErrInviteLimit, a)
		}
	}
	return nil
}

// validAddress reports whether a is "host:port" with a port that can be dialled.
func validAddress(a string) bool {
	host, port, err := net.SplitHostPort(a)
	if err != nil || host == "" || len(a) > MaxAddress {
		return false
	}
	for _, r := range a {
		if r <= ' ' || r >= 0x7f {
			return false
		}
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// The text of an invite is prefix, version, hyphen and Crockford's base 32
// of payload and checksum: letters in either case, no two that look alike, one
// word for a double click, and the dense alphabet of QR codes.
const (
	invitePrefix  = "holdfast"
	inviteVersion = "1"
	checksumSize  = 4
	inviteTag     = "holdfast/invite/1\x00"
)

var inviteText = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// wireInvite is the payload. The room's id is left out: it is computed.
type wireInvite struct {
	_         struct{} `cbor:",toarray"`
	Founder   [32]byte
	Nonce     [16]byte
	RoomName  string
	Host      []byte // empty: the founder
	Addresses []string
	ID        [16]byte
	Secret    [16]byte
	Role      string
	Expires   int64
}

// String gives the invite as one line.
func (i Invite) String() string {
	w := wireInvite{
		Founder: i.Founder, Nonce: i.Nonce, RoomName: i.RoomName, Addresses: i.Addresses,
		ID: i.ID, Secret: i.Secret, Role: i.Role, Expires: i.Expires.Unix(), Host: []byte{},
	}
	if i.Host != i.Founder {
		w.Host = i.Host[:]
	}
	b, err := marshal(w)
	if err != nil { // only strings and byte strings: cannot happen
		return ""
	}
	return invitePrefix + inviteVersion + "-" + inviteText.EncodeToString(append(b, checksum(b)...))
}

func checksum(b []byte) []byte {
	sum := sha256.Sum256(append([]byte(inviteTag), b...))
	return sum[:checksumSize]
}

// ParseInvite reads an invite as people paste it: spaces, line breaks, quotes,
// hyphens and words before it do not matter, nor do upper and lower case.
// Of an invite that has expired by now it returns both the invite and an
// ExpiredError: if the clock here is wrong, joining may still work.
func ParseInvite(s string, now time.Time) (Invite, error) {
	body, err := inviteBody(s)
	if err != nil {
		return Invite{}, err
	}
	b, err := inviteText.DecodeString(body)
	if err != nil || len(b) <= checksumSize || inviteText.EncodeToString(b) != body {
		// The last letter may hold bits that decoding drops: only one letter is right.
		return Invite{}, ErrInviteTypo
	}
	payload, sum := b[:len(b)-checksumSize], b[len(b)-checksumSize:]
	if !bytes.Equal(sum, checksum(payload)) {
		return Invite{}, ErrInviteTypo
	}
	var w wireInvite
	if err := unmarshalExact(payload, MaxInvite, &w); err != nil {
		return Invite{}, fmt.Errorf("read invite: %w", err)
	}
	i := Invite{
		Founder: w.Founder, Nonce: w.Nonce, RoomName: w.RoomName, Host: w.Founder, Addresses: w.Addresses,
		ID: w.ID, Secret: w.Secret, Role: w.Role, Expires: time.Unix(w.Expires, 0).UTC(),
	}
	if len(w.Host) > 0 {
		if len(w.Host) != len(i.Host) || model.DeviceKey(w.Host) == i.Founder { // the founder is left out
			return Invite{}, fmt.Errorf("read invite: %w", ErrMalformed)
		}
		i.Host = model.DeviceKey(w.Host)
	}
	if err := i.check(); err != nil {
		return Invite{}, fmt.Errorf("read invite: %w", err)
	}
	if !now.Before(i.Expires) {
		return i, &ExpiredError{Ago: now.Sub(i.Expires)}
	}
	return i, nil
}

// inviteBody finds the base 32 part and brings it to the letters of the alphabet.
func inviteBody(s string) (string, error) {
	if len(s) > maxPasted {
		return "", ErrNotInvite
	}
	s = strings.ToLower(strings.Map(dropDecoration, s))
	at := strings.Index(s, invitePrefix)
	for at >= 0 {
		rest := s[at+len(invitePrefix):]
		version := rest[:len(rest)-len(strings.TrimLeft(rest, "0123456789"))]
		if body, ok := strings.CutPrefix(rest[len(version):], "-"); ok && version != "" {
			if version != inviteVersion {
				return "", fmt.Errorf("read invite: %w", ErrNewer)
			}
			body = strings.TrimRight(body, ".,;:!?)")
			return strings.Map(crockfordLetter, body), nil
		}
		next := strings.Index(rest, invitePrefix)
		if next < 0 {
			break
		}
		at += len(invitePrefix) + next
	}
	return "", ErrNotInvite
}

// dropDecoration removes what mail and chat programs put in and around a line.
func dropDecoration(r rune) rune {
	switch {
	case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), unicode.IsControl(r): // Cf: zero-width characters
		return -1
	case strings.ContainsRune("\"'`<>“”‘’«»„‚*|", r):
		return -1
	case r == '‐' || r == '‑' || r == '–' || r == '—': // hyphens an editor may have "improved"
		return '-'
	}
	return r
}

// crockfordLetter undoes what Crockford's alphabet foresees: i and l are read
// for 1, o for 0, hyphens are for the eye.
func crockfordLetter(r rune) rune {
	switch r {
	case '-':
		return -1
	case 'i', 'l':
		return '1'
	case 'o':
		return '0'
	}
	return unicode.ToUpper(r)
}

// ExpiredError says how long ago an invite expired; errors.Is finds ErrInviteExpired.
type ExpiredError struct{ Ago time.Duration }

// Error says it for people.
func (e *ExpiredError) Error() string {
	if e.Ago <= 0 {
		return "this invite has expired; ask for a new one"
	}
	return "this invite expired " + ago(e.Ago) + " ago; ask for a new one"
}

// Unwrap gives ErrInviteExpired.
func (e *ExpiredError) Unwrap() error { return ErrInviteExpired }

// ago rounds to the largest unit that is not zero.
func ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", d/time.Hour)
	default:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
}
