package identity

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"image/png"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"holdfast/model"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func someInvite(t testing.TB, host *Device) Invite {
	t.Helper()
	i, err := NewInvite(rand.Reader, Invite{
		Founder: model.DeviceKey{7}, Nonce: model.Nonce{8}, RoomName: "Payments on call", Host: host.Key(),
		Addresses: []string{"192.168.1.20:7413", "[fd00::12]:7413"}, Role: model.RoleMember, Expires: noon,
	})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestInviteSurvivesPasting(t *testing.T) {
	i := someInvite(t, device(t))
	text := i.String()
	t.Logf("%d characters", len(text))
	before := noon.Add(-time.Hour)
	for name, pasted := range map[string]string{
		"plain":           text,
		"upper":           strings.ToUpper(text),
		"lower":           strings.ToLower(text),
		"quoted":          "\u201c" + text + "\u201d\r\n",
		"broken lines":    "> " + text[:60] + "\r\n> " + text[60:120] + "\n>   " + text[120:],
		"with a greeting": "Join the holdfast room with this, please: <" + text + ">.",
		"read as o, l":    text[:10] + strings.NewReplacer("0", "o", "1", "l").Replace(text[10:]),
		"grouped":         text[:10] + strings.Join(groups(text[10:], 5), "-"),
		"zero width":      text[:30] + "\u200b" + text[30:],
		"markdown":        "`" + text + "`",
		"long hyphen":     strings.Replace(text, "-", "–", 1),
	} {
		got, err := ParseInvite(pasted, before)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !reflect.DeepEqual(got, i) {
			t.Errorf("%s: got %+v, want %+v", name, got, i)
		}
	}
}

func groups(s string, n int) []string {
	var out []string
	for len(s) > n {
		out, s = append(out, s[:n]), s[n:]
	}
	return append(out, s)
}

func TestEveryTypoIsFound(t *testing.T) {
	text := someInvite(t, device(t)).String()
	before := noon.Add(-time.Hour)
	start := len("holdfast1-")
	for at := start; at < len(text); at++ {
		other := byte('7')
		if text[at] == other {
			other = '8'
		}
		if _, err := ParseInvite(text[:at]+string(other)+text[at+1:], before); !errors.Is(err, ErrInviteTypo) {
			t.Fatalf("a wrong character at %d gave %v", at, err)
		}
		if _, err := ParseInvite(text[:at], before); !errors.Is(err, ErrInviteTypo) {
			t.Fatalf("cut at %d gave %v", at, err)
		}
		if at > start && text[at] != text[at-1] {
			swapped := text[:at-1] + string(text[at]) + string(text[at-1]) + text[at+1:]
			if _, err := ParseInvite(swapped, before); !errors.Is(err, ErrInviteTypo) {
				t.Fatalf("swapped at %d gave %v", at, err)
			}
		}
	}
}

func TestInviteErrorsTellWhatToDo(t *testing.T) {
	i := someInvite(t, device(t))
	text := i.String()
	for pasted, want := range map[string]error{
		"":                               ErrNotInvite,
		"hello":                          ErrNotInvite,
		"holdfast":                       ErrNotInvite,
		"holdfast-abc":                   ErrNotInvite,
		"holdfast1-":                     ErrInviteTypo,
		"holdfast2-ABCDEF":               ErrNewer,
		strings.Repeat("a", maxPasted+1): ErrNotInvite,
	} {
		if _, err := ParseInvite(pasted, noon); !errors.Is(err, want) {
			t.Errorf("%.20q gave %v, want %v", pasted, err, want)
		}
	}
	got, err := ParseInvite(text, noon.Add(3*time.Hour+5*time.Minute))
	var expired *ExpiredError
	if !errors.As(err, &expired) || !errors.Is(err, ErrInviteExpired) {
		t.Fatalf("an expired invite gave %v", err)
	}
	if err.Error() != "this invite expired 3 h ago; ask for a new one" {
		t.Errorf("it says %q", err)
	}
	if got.ID != i.ID {
		t.Error("the expired invite itself is gone; a wrong clock could not be overruled")
	}
	for d, want := range map[time.Duration]string{
		5 * time.Second: "5 s", 90 * time.Second: "1 min", 47 * time.Hour: "47 h", 72 * time.Hour: "3 days",
	} {
		if got := ago(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func largestInvite(t testing.TB) Invite {
	t.Helper()
	long := strings.Repeat("h", MaxAddress-len(":7413")) + ":7413"
	i, err := NewInvite(rand.Reader, Invite{
		Founder: model.DeviceKey{7}, Host: model.DeviceKey{9}, RoomName: strings.Repeat("n", MaxRoomName),
		Addresses: []string{long, "192.168.100.200:65535", "[2001:0db8:1111:2222:3333:4444:5555:6666]:65535", "10.100.100.100:65535"},
		Role:      model.RoleObserver, Expires: noon,
	})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestInviteFitsItsLimits(t *testing.T) {
	i := largestInvite(t)
	if n := len(i.String()); n > MaxInvite {
		t.Errorf("%d characters", n)
	}
	if _, err := ParseInvite(i.String(), noon.Add(-1)); err != nil {
		t.Error(err)
	}
	if _, err := QRPNG(i); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Invite){
		"room name": func(i *Invite) { i.RoomName += "x" },
		"addresses": func(i *Invite) { i.Addresses = make([]string, MaxInviteAddresses+1) },
		"no port":   func(i *Invite) { i.Addresses = []string{"10.0.0.1"} },
		"port 0":    func(i *Invite) { i.Addresses = []string{"10.0.0.1:0"} },
		"a newline": func(i *Invite) { i.Addresses = []string{"10.0.0.1\n:7413"} },
		"role":      func(i *Invite) { i.Role = "king" },
		"host":      func(i *Invite) { i.Host = model.DeviceKey{} },
		"total": func(i *Invite) {
			for len(i.Addresses) < MaxInviteAddresses {
				i.Addresses = append(i.Addresses, i.Addresses[0])
			}
		},
	} {
		bad := largestInvite(t)
		change(&bad)
		if _, err := NewInvite(rand.Reader, bad); !errors.Is(err, ErrInviteLimit) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestQR(t *testing.T) {
	i := someInvite(t, device(t))
	b, err := QRPNG(i)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c, err := encodeQR(i)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d modules a side, %d bytes of PNG", c.Size, len(b))
	if side := img.Bounds().Dx(); side != (c.Size+8)*defaultModule {
		t.Errorf("the picture is %d pixels wide", side)
	}
	dark, err := QRText(i, false)
	if err != nil {
		t.Fatal(err)
	}
	light, err := QRText(i, true)
	if err != nil {
		t.Fatal(err)
	}
	rows, inverse := strings.Split(strings.TrimSuffix(dark, "\n"), "\n"), strings.Split(light, "\n")
	for y, row := range rows {
		if n := utf8.RuneCountInString(row); n != c.Size+8 {
			t.Fatalf("line %d has %d columns", y, n)
		}
		other := []rune(inverse[y])
		for x, r := range []rune(row) {
			upper := r == '▀' || r == '█'
			lower := r == '▄' || r == '█'
			if upper == c.Black(x-4, 2*y-4) || lower == c.Black(x-4, 2*y-3) {
				t.Fatalf("wrong at column %d, line %d", x, y)
			}
			if strings.ContainsRune(" █", r) && strings.ContainsRune(" █", other[x]) && r == other[x] {
				t.Fatalf("light and dark agree at column %d, line %d", x, y)
			}
		}
	}
}

func TestVerifierIsNotEnoughToJoin(t *testing.T) {
	i := someInvite(t, device(t))
	v := i.Verifier()
	b, err := v.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := DecodeVerifier(b); err != nil || back != v {
		t.Fatalf("it came back as %v, %v", back, err)
	}
	t.Logf("%d bytes", len(b))
	keys := newProofKeys(i.ID, i.Secret[:], stretchNone)
	for name, secret := range map[string][]byte{
		"the secret": i.Secret[:], "the joiner's seed": keys.join.Seed(), "half the seed": keys.join.Seed()[:16],
	} {
		if bytes.Contains(b, secret) {
			t.Errorf("the verifier contains %s", name)
		}
	}
	bound := binding{exported: make([]byte, exporterSize), host: model.DeviceKey{1}, join: model.DeviceKey{2}}
	if !v.checkJoin(joinProof(keys.join, bound), bound) {
		t.Error("the right proof is refused")
	}
	if v.checkJoin(hostProof(v.Host, bound), bound) {
		t.Error("the host's proof passes for the joiner's")
	}
}

func TestProofsAreBoundToTheConnection(t *testing.T) {
	i := someInvite(t, device(t))
	keys := newProofKeys(i.ID, i.Secret[:], stretchNone)
	b := binding{exported: make([]byte, exporterSize), host: model.DeviceKey{1}, join: model.DeviceKey{2}}
	for name, other := range map[string]binding{
		"connection": {exported: bytes.Repeat([]byte{1}, exporterSize), host: b.host, join: b.join},
		"host":       {exported: b.exported, host: model.DeviceKey{3}, join: b.join},
		"joiner":     {exported: b.exported, host: b.host, join: model.DeviceKey{3}},
		"swapped":    {exported: b.exported, host: b.join, join: b.host},
	} {
		if bytes.Equal(hostProof(keys.host, b), hostProof(keys.host, other)) {
			t.Errorf("the host's proof holds for another %s", name)
		}
		if i.Verifier().checkJoin(joinProof(keys.join, b), other) {
			t.Errorf("the joiner's proof holds for another %s", name)
		}
	}
}

func TestExpandIsHKDF(t *testing.T) {
	want, err := hkdf.Key(sha256.New, []byte("secret"), bytes.Repeat([]byte{5}, 16), "info", 32)
	if err != nil {
		t.Fatal(err)
	}
	if got := expand([]byte("secret"), model.ID(bytes.Repeat([]byte{5}, 16)), "info"); !bytes.Equal(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestSpokenCodeIsStretched(t *testing.T) {
	id := model.ID{1}
	slow, fast := newVerifier(id, []byte("ABCD2345"), stretchArgon2), newVerifier(id, []byte("ABCD2345"), stretchNone)
	if slow.Join == fast.Join || slow.Host == fast.Host {
		t.Error("stretching changes nothing")
	}
	b, err := slow.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if back, err := DecodeVerifier(b); err != nil || back != slow {
		t.Errorf("it came back as %v, %v", back, err)
	}
}

func BenchmarkStretch(b *testing.B) {
	for b.Loop() {
		newProofKeys(model.ID{1}, []byte("ABCD2345"), stretchArgon2)
	}
}

func FuzzParseInvite(f *testing.F) {
	i := someInvite(f, device(f))
	f.Add(i.String())
	f.Add("\"" + strings.ToUpper(i.String()) + "\"")
	f.Add(largestInvite(f).String())
	f.Add("holdfast2-AAAA")
	f.Fuzz(func(t *testing.T, s string) {
		i, err := ParseInvite(s, noon.Add(-time.Hour))
		if err != nil {
			return
		}
		again, err := ParseInvite(i.String(), noon.Add(-time.Hour))
		if err != nil || !reflect.DeepEqual(again, i) {
			t.Errorf("%q reads back as %+v, %v", s, again, err)
		}
	})
}

// FuzzInvitePayload goes past the checksum, where FuzzParseInvite hardly gets.
func FuzzInvitePayload(f *testing.F) {
	text := someInvite(f, device(f)).String()
	b, err := inviteText.DecodeString(text[len("holdfast1-"):])
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[:len(b)-checksumSize])
	f.Fuzz(func(t *testing.T, b []byte) {
		text := "holdfast1-" + inviteText.EncodeToString(append(bytes.Clone(b), checksum(b)...))
		i, err := ParseInvite(text, time.Time{})
		if err == nil && i.String() != text {
			t.Errorf("%x has a second form: %s", b, i)
		}
	})
}

func FuzzVerifier(f *testing.F) {
	b, err := someInvite(f, device(f)).Verifier().Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := DecodeVerifier(b)
		if err != nil {
			return
		}
		if again, err := v.Encode(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x came back as %x, %v", b, again, err)
		}
	})
}
