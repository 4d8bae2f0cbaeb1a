package identity

import (
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"testing"

	"holdfast/model"
)

func TestRecoveryKeySurvivesPaper(t *testing.T) {
	founder := device(t)
	r, err := NewRecovery(rand.Reader, founder.Key(), model.Nonce{4})
	if err != nil {
		t.Fatal(err)
	}
	text := r.String()
	t.Logf("%d characters", len(text))
	if r.Room() != model.NewRoomID(founder.Key(), model.Nonce{4}) || r.Device() == founder.Key() || r.Keys().Len() != 1 {
		t.Errorf("it stands for room %s", r.Room())
	}
	for name, typed := range map[string]string{
		"plain": text, "upper": strings.ToUpper(text), "no groups": text[:18] + strings.ReplaceAll(text[18:], "-", ""),
		"with spaces": strings.ReplaceAll(text, "-", " - "), "o for 0": text[:18] + strings.ReplaceAll(text[18:], "0", "o"),
	} {
		if back, err := ParseRecovery(typed); err != nil || back != r {
			t.Errorf("%s: %v", name, err)
		}
	}
	if back, err := FindRecovery("Recovery key of Payments.\n\n" + text + "\n\n▀█▄\n"); err != nil || back != r {
		t.Errorf("in the file that is printed: %v", err)
	}
	for _, bad := range []string{"", "hello", text[:40], text[:len(text)-1] + "0", "holdfast1-" + text[18:], strings.Repeat("7", 9000)} {
		if _, err := ParseRecovery(bad); !errors.Is(err, ErrNotRecovery) && bad != text {
			t.Errorf("%.30q: %v", bad, err)
		}
	}
	if s := fmt.Sprintf("%#v", r); strings.Contains(s, text[20:25]) {
		t.Errorf("%%#v shows the secret: %s", s)
	}
	other, err := NewRecovery(rand.Reader, founder.Key(), model.Nonce{4})
	if err != nil || other.Device() == r.Device() {
		t.Error("two recovery keys are one device")
	}
	if qr, err := r.QRText(true); err != nil || !strings.Contains(qr, "█") {
		t.Errorf("no QR code: %v", err)
	}
}

func FuzzParseRecovery(f *testing.F) {
	r, err := NewRecovery(rand.Reader, model.DeviceKey{7}, model.Nonce{8})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(r.String())
	f.Fuzz(func(t *testing.T, s string) {
		r, err := FindRecovery(s)
		if err != nil {
			return
		}
		if again, err := ParseRecovery(r.String()); err != nil || again != r {
			t.Errorf("%q reads back as another", s)
		}
	})
}
