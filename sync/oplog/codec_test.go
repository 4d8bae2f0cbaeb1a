package oplog

import (
	"bytes"
	"strings"
	"testing"
)

// packed gives bodies of all sizes and what they are packed as.
func packed() map[byte][][]byte {
	noise := make([]byte, 300<<10)
	_, _ = seeded("noise").Read(noise)
	text := "Replication lag still rising; reads moved to the second site. "
	long := func(n int) []byte { return []byte(strings.Repeat(text, n/len(text)+1)[:n]) }
	return map[byte][][]byte{
		packRaw:   {nil, {7}, noise[:20], noise[:300], noise[:100<<10]},
		packBare1: {long(62), long(187), long(255), long(256), long(300), long(60 << 10), append(long(300), noise[:60]...)},
		packDict1: {long(70 << 10), long(MaxBody), append(long(200<<10), noise[:100<<10]...)}, // of several blocks
	}
}

func TestBodiesArePackedAndUnpacked(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	for how, bodies := range packed() {
		for _, body := range bodies {
			p := c.pack(body)
			if p[0] != how || len(p) > len(body)+1 {
				t.Errorf("%d bytes are packed as %d, in %d bytes, want %d", len(body), p[0], len(p), how)
			}
			got, err := c.unpack(nil, append(make([]byte, packRoom), p...))
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("%d bytes packed as %d come back as %d: %v", len(body), how, len(got), err)
			}
		}
	}
}

// TestFramesAreUnpacked: earlier versions packed every body as a whole frame.
func TestFramesAreUnpacked(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	for _, bodies := range packed() {
		for _, body := range bodies {
			if len(body) == 0 {
				continue // has no frame
			}
			frame := c.bodyEnc.EncodeAll(body, nil)
			p := append([]byte{packDict1}, frame[magic:]...)
			got, err := c.unpack(nil, append(make([]byte, packRoom), p...))
			if err != nil || !bytes.Equal(got, body) {
				t.Errorf("a frame of %d bytes comes back as %d: %v", len(body), len(got), err)
			}
		}
	}
}
