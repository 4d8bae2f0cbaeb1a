package mesh

import (
	"testing"

	"holdfast/model"
)

func FuzzDecodeKnock(f *testing.F) {
	b, err := encodeKnock(model.RoomID{1}, knockWord, make([]byte, 32), []byte("certificate"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{0xa2, 1, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := decodeKnock(b)
		if err == nil && (len(k.Proof) != 32 || len(k.Certificate) > MaxCertificate) {
			t.Fatalf("accepted a proof of %d bytes and a certificate of %d", len(k.Proof), len(k.Certificate))
		}
	})
}
