package identity

import (
	"bytes"
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"holdfast/model"
)

// answered is an answer to a device, and who wrote it.
func answered(t testing.TB, to *Device) (file []byte, admin *Device, w Welcome) {
	t.Helper()
	admin = device(t)
	var nonce model.Nonce
	room := model.NewRoomID(admin.Key(), nonce)
	keys, err := NewRoomKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	w = Welcome{Room: room, RoomName: "Payments", Founder: admin.Key(), Nonce: nonce, Keys: keys}
	w.Certificate = NewCertificate(room, to.Key(), model.RoleMember, model.ID{1}, time.Unix(1700000000, 0))
	if err := w.Certificate.Sign(admin.Private()); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteAnswer(&b, rand.Reader, w); err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), admin, w
}

func TestJoiningByHand(t *testing.T) {
	tom := device(t)
	b, err := NewRequest(tom, Wishes{Person: "Tom Okafor", Device: "tom-laptop"})
	if err != nil {
		t.Fatal(err)
	}
	code := Code(tom.Key())
	for _, typed := range []string{code, "  " + code, string(bytes.ToLower([]byte(code))), string(bytes.ReplaceAll([]byte(code), []byte("-"), nil))} {
		if r, err := ReadRequest(b, typed); err != nil || r.Device != tom.Key() || r.Wishes.Person != "Tom Okafor" {
			t.Errorf("code %q: %+v %v", typed, r, err)
		}
	}
	if _, err := ReadRequest(b, Code(device(t).Key())); !errors.Is(err, ErrWrongCode) {
		t.Errorf("another device's code: %v", err)
	}
	for i := range b {
		changed := bytes.Clone(b)
		changed[i] ^= 1
		if _, err := ReadRequest(changed, code); err == nil {
			t.Fatalf("a request with byte %d changed is taken", i)
		}
	}

	file, admin, want := answered(t, tom)
	rest := bytes.NewReader(append(bytes.Clone(file), "the record"...))
	w, err := ReadAnswer(rest, tom)
	if err != nil || w.Room != want.Room || w.RoomName != "Payments" || w.Certificate.By != admin.Key() || w.Keys.Len() != want.Keys.Len() {
		t.Fatalf("%+v %v", w, err)
	}
	if rest.Len() != len("the record") {
		t.Errorf("%d bytes are left of what follows", rest.Len())
	}
	key := admin.Key()
	if bytes.Contains(file, []byte("Payments")) || bytes.Contains(file, key[:]) {
		t.Error("the answer tells of the room to who finds it")
	}
	if _, err := ReadAnswer(bytes.NewReader(file), device(t)); !errors.Is(err, ErrNotForUs) {
		t.Errorf("another device: %v", err)
	}
	for i := range file {
		changed := bytes.Clone(file)
		changed[i] ^= 1
		if _, err := ReadAnswer(bytes.NewReader(changed), tom); err == nil {
			t.Fatalf("an answer with byte %d changed is taken", i)
		}
		if _, err := ReadAnswer(bytes.NewReader(file[:i]), tom); err == nil {
			t.Fatalf("an answer of %d bytes is taken", i)
		}
	}
}

func FuzzByHand(f *testing.F) {
	tom := device(f)
	b, err := NewRequest(tom, Wishes{Person: "Tom Okafor"})
	if err != nil {
		f.Fatal(err)
	}
	answer, _, _ := answered(f, tom)
	f.Add(b)
	f.Add(answer)
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := ReadRequest(data, Code(tom.Key())); err == nil && r.Device != tom.Key() {
			t.Fatal("a request of another device has this code")
		}
		_, _ = ReadAnswer(bytes.NewReader(data), tom)
	})
}
