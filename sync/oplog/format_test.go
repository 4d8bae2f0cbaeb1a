package oplog

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/fxamacker/cbor/v2"
	"github.com/klauspost/compress/zstd"
)

func TestSealedBodies(t *testing.T) {
	l := newLog(t, "ann")
	c := write(t, l, "the body of a commit that is long enough to shrink, shrink, shrink, shrink")[0]
	key := CommitKey(testRing[0], c.Feed, c.Seq)
	if body, err := l.OpenWith(key, c); err != nil || !bytes.HasPrefix(body, []byte("the body")) {
		t.Fatal(err)
	}
	for name, change := range map[string]func(c *Commit){
		"altered":       func(c *Commit) { c.Sealed[30] ^= 1 },
		"cut":           func(c *Commit) { c.Sealed = c.Sealed[:20] },
		"empty":         func(c *Commit) { c.Sealed = nil },
		"another place": func(c *Commit) { c.Seq++ },
		"another feed":  func(c *Commit) { c.Root[0]++ },
		"another epoch": func(c *Commit) { c.Epoch = 1 },
	} {
		d := c
		d.Sealed = bytes.Clone(c.Sealed)
		change(&d)
		if _, err := l.Open(d); !errors.Is(err, ErrDamagedBody) {
			t.Errorf("%s: %v", name, err)
		}
	}
	d := c
	d.Epoch = 7
	if _, err := l.Open(d); !errors.Is(err, ErrNoKey) {
		t.Error(err)
	}
	// What a member with the key may put inside is bounded too.
	enc, _ := zstd.NewWriter(nil)
	bomb := enc.EncodeAll(make([]byte, MaxBody+1), nil)
	for name, test := range map[string]struct {
		packed []byte
		want   error
	}{
		"bomb":          {append([]byte{packDict1}, bomb[4:]...), ErrDamagedBody},
		"not zstd":      {[]byte{packDict1, 1, 2, 3}, ErrDamagedBody},
		"nothing":       {nil, ErrDamagedBody},
		"newer packing": {[]byte{200, 1}, ErrNewerVersion},
	} {
		sealed, err := sealCommit(key, commitAD(nil, c.Feed, c.Seq, 0), test.packed)
		if err != nil {
			t.Fatal(err)
		}
		d := c
		d.Sealed = sealed
		if _, err := l.Open(d); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The hand-written coding is the deterministic CBOR of the library.
type wireOpen struct {
	_                   struct{} `cbor:",toarray"`
	Room, Device, Nonce []byte
	PrevFeed            []byte
	PrevSeq             uint64
	PrevHash            []byte
	App                 string
}

func libraryForm(t testing.TB, c *Commit) []byte {
	enc, err := cbor.CoreDetEncOptions().EncMode()
	if err != nil {
		t.Fatal(err)
	}
	list := []any{c.Version, c.Seq, c.Lamport, c.Wall, c.Off, c.Epoch, append([]byte{}, c.Sealed...)}
	if o := c.Open; o != nil {
		list = append(list, wireOpen{Room: o.Room[:], Device: o.Device[:], Nonce: o.Nonce[:], PrevFeed: o.PrevFeed[:], PrevSeq: o.PrevSeq, PrevHash: o.PrevHash[:], App: o.App})
	}
	b, err := enc.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSlimFormIsDeterministicCBOR(t *testing.T) {
	numbers := []uint64{1, 23, 24, 255, 256, 65535, 65536, 1<<32 - 1, 1 << 32, MaxSeq}
	for i, n := range numbers {
		for _, wall := range []int64{0, -1, -24, -25, -1 << 63, 1<<63 - 1, 1_795_000_000_000} {
			c := Commit{Version: uint8(1 + i%Version), Seq: n, Lamport: n * 3, Wall: wall, Off: wall % (MaxOff + 1), Epoch: uint32(n), Sealed: make([]byte, i*37)}
			if n == 1 {
				c.Open = &FeedOpen{Room: testRoom, PrevSeq: n, App: "näme"}
			}
			slim := appendSlim(nil, &c)
			if want := libraryForm(t, &c); !bytes.Equal(slim, want) {
				t.Fatalf("%+v\n%x\n%x", c, slim, want)
			}
			got, err := decodeSlim(slim)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.Sealed) == 0 {
				got.Sealed = c.Sealed
			}
			if !reflect.DeepEqual(got, c) {
				t.Fatalf("%+v\n%+v", got, c)
			}
		}
	}
}

func TestSlimFormIsReadStrictly(t *testing.T) {
	good := Commit{Version: Version, Seq: 2, Lamport: 3, Wall: 4, Sealed: []byte("x")}
	slim := appendSlim(nil, &good)
	change := func(at int, b ...byte) []byte {
		out := append(bytes.Clone(slim[:at]), b...)
		return append(out, slim[at+1:]...)
	}
	for name, test := range map[string]struct {
		b    []byte
		want error
	}{
		"newer":              {change(1, Version+1), ErrNewerVersion},
		"newer and longer":   {append([]byte{0x8a, 0x18, 99}, "whatever"...), ErrNewerVersion},
		"older":              {change(1, 0), ErrMalformed},
		"seq 0":              {change(2, 0), ErrMalformed},
		"first without open": {change(2, 1), ErrMalformed},
		"lamport 0":          {change(3, 0), ErrMalformed},
		"seq in long form":   {change(2, 0x18, 2), ErrMalformed},
		"seq 2^63":           {change(2, 0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0), ErrMalformed},
		"negative seq":       {change(2, 0x21), ErrMalformed},
		"open without first": {append(change(0, 0x88), appendOpen(nil, &FeedOpen{})...), ErrMalformed},
		"trailing":           {append(bytes.Clone(slim), 0), ErrMalformed},
		"cut":                {slim[:len(slim)-1], ErrMalformed},
		"endless array":      {change(0, 0x9f), ErrMalformed},
		"text body":          {change(len(slim)-2, 0x61), ErrMalformed},
		"body past the end":  {change(len(slim)-2, 0x5a, 0xff, 0xff, 0xff, 0xff), ErrMalformed},
		"empty":              {nil, ErrMalformed},
	} {
		if _, err := decodeSlim(test.b); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
