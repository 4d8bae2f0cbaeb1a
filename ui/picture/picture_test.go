package picture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/png"
	"testing"

	"holdfast/ui/picture"
)

func TestPictureBombIsRefused(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3000, 10))); err != nil {
		t.Fatal(err)
	}
	small, err := picture.Decode(b.Bytes())
	if err != nil || small.Bounds().Dx() != picture.Shown || small.Bounds().Dy() != 6 {
		t.Errorf("a wide picture: %v, %v", small, err)
	}
	bomb := bytes.Clone(b.Bytes())
	binary.BigEndian.PutUint32(bomb[16:], 60_000) // the width, in the first chunk of a PNG
	binary.BigEndian.PutUint32(bomb[20:], 60_000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	if _, err := picture.Decode(bomb); !errors.Is(err, picture.ErrPicture) {
		t.Errorf("a picture of 3.6 billion pixels: %v, want a refusal", err)
	}
	for _, bad := range [][]byte{nil, []byte("GIF89a"), b.Bytes()[:40]} {
		if _, err := picture.Decode(bad); !errors.Is(err, picture.ErrPicture) {
			t.Errorf("%.10q: %v", bad, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		img, err := picture.Decode(b)
		if err == nil && max(img.Bounds().Dx(), img.Bounds().Dy()) > picture.Shown {
			t.Errorf("a picture of %v", img.Bounds())
		}
	})
}
