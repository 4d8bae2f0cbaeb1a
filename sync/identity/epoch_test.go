package identity

import (
	"crypto/ecdh"
	"crypto/rand"
	"crypto/sha512"
	"errors"
	"testing"

	"holdfast/model"
)

func TestRoomKeyOpensForItsDeviceAlone(t *testing.T) {
	room := model.RoomID{4}
	key, check, err := NewEpochKey(rand.Reader, room)
	if err != nil {
		t.Fatal(err)
	}
	epoch := model.EpochNumber(check)
	ours, theirs := device(t), device(t)
	box, err := SealKey(room, epoch, key, ours.Key())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d bytes", len(box))
	if got, err := ours.OpenKey(room, epoch, box); err != nil || got != key {
		t.Fatalf("the device it was sealed to got %x, %v", got, err)
	}
	other := append([]byte(nil), box...)
	other[len(other)-1] ^= 1
	for name, try := range map[string]func() ([32]byte, error){
		"another device": func() ([32]byte, error) { return theirs.OpenKey(room, epoch, box) },
		"another room":   func() ([32]byte, error) { return ours.OpenKey(model.RoomID{5}, epoch, box) },
		"another epoch":  func() ([32]byte, error) { return ours.OpenKey(room, epoch+1, box) },
		"damage":         func() ([32]byte, error) { return ours.OpenKey(room, epoch, other) },
		"nothing":        func() ([32]byte, error) { return ours.OpenKey(room, epoch, nil) },
	} {
		if got, err := try(); !errors.Is(err, ErrNotForUs) || got != ([32]byte{}) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	// A key under a number that is not its own would hide another.
	if box, err = SealKey(room, 7, key, ours.Key()); err != nil {
		t.Fatal(err)
	}
	if _, err := ours.OpenKey(room, 7, box); !errors.Is(err, ErrNotForUs) {
		t.Errorf("a key under a false number: %v", err)
	}
}

// TestAgreementKeyIsTheDevices: the map from the public key meets the private
// key it belongs to, for many keys.
func TestAgreementKeyIsTheDevices(t *testing.T) {
	for range 200 {
		d := device(t)
		h := sha512.Sum512(d.private.Seed())
		private, err := ecdh.X25519().NewPrivateKey(h[:32])
		if err != nil {
			t.Fatal(err)
		}
		got, err := agreementKey(d.Key())
		if err != nil {
			t.Fatal(err)
		}
		if string(got.Bytes()) != string(private.PublicKey().Bytes()) {
			t.Fatalf("%s gave another key", d.Key())
		}
	}
	if _, err := SealKey(model.RoomID{}, 1, [32]byte{}, model.DeviceKey{1}); err == nil {
		t.Error("sealed to the neutral point")
	}
}

func FuzzSealToAnyKey(f *testing.F) {
	f.Add(make([]byte, 32))
	f.Fuzz(func(_ *testing.T, b []byte) {
		var d model.DeviceKey
		copy(d[:], b)
		_, _ = SealKey(model.RoomID{}, 1, [32]byte{}, d) // whatever a peer named as a device
	})
}
