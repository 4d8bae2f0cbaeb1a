package oplog

import (
	"bytes"
	"crypto/ed25519"
	"testing"

	"holdfast/model"
)

// fuzzRun is a valid run made without a store.
func fuzzRun(f testing.TB, n int) (Run, *codec) {
	c, err := newCodec()
	if err != nil {
		f.Fatal(err)
	}
	device := testDevice("ann")
	open := FeedOpen{Room: testRoom, Device: model.DeviceKey(device.Public().(ed25519.PublicKey)), App: "fuzz"}
	var commits []Commit
	var prev model.Hash
	for i := range n {
		m := Commit{Feed: open.Feed(), Seq: uint64(i + 1), Lamport: uint64(i*2 + 1), Wall: 1_795_000_000_000 + int64(i), Off: -3, Epoch: 1, Version: uint8(1 + i%Version), Sealed: bytes.Repeat([]byte{byte(i)}, 50+i)}
		if i == 0 {
			m.Open = &open
		}
		prev = chainHash(m.Feed, prev, appendSlim(nil, &m))
		commits = append(commits, m)
	}
	return Run{Feed: open.Feed(), First: 1, Count: n, Payload: c.encodePayload(commits), Sig: [64]byte(sign(device, prev))}, c
}

// What decodes encodes to the same bytes: no commit has two hashes.
func FuzzDecodeCommit(f *testing.F) {
	f.Add(appendSlim(nil, &Commit{Version: 1, Seq: 2, Lamport: 3, Wall: -4, Off: 5, Epoch: 6, Sealed: []byte("sealed")}))
	f.Add(appendSlim(nil, &Commit{Version: Version, Seq: 1, Lamport: 1, Sealed: []byte{}, Open: &FeedOpen{App: "a", PrevSeq: 9}}))
	f.Add([]byte{0x87, 1, 0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff})
	f.Add([]byte{0x87, Version + 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := decodeSlim(b)
		if err != nil {
			return
		}
		if again := appendSlim(nil, &c); !bytes.Equal(again, b) {
			t.Fatalf("%x reads as %x", b, again)
		}
		if want := libraryForm(t, &c); !bytes.Equal(want, b) {
			t.Fatalf("%x is not deterministic CBOR, %x is", b, want)
		}
	})
}

func FuzzDecodeRun(f *testing.F) {
	for _, n := range []int{1, 2, 40} {
		run, _ := fuzzRun(f, n)
		f.Add(AppendRun(nil, run))
	}
	f.Add([]byte{0x86, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		run, err := DecodeRun(b)
		if err != nil {
			return
		}
		if again := AppendRun(nil, run); !bytes.Equal(again, b) {
			t.Fatalf("%x reads as %x", b, again)
		}
	})
}

// A payload never unfolds past its limits, and what it holds goes through
// encoding unchanged.
func FuzzDecodePayload(f *testing.F) {
	var c *codec
	for _, n := range []int{1, 3, 40} {
		var run Run
		run, c = fuzzRun(f, n)
		f.Add(run.First, run.Count, run.Payload)
		raw, mode := appendColumns(nil, []Commit{
			{Version: 1, Seq: 5, Lamport: 9, Wall: -1 << 63, Sealed: []byte{1}},
			{Version: 2, Seq: 6, Lamport: MaxLamport, Wall: 1<<63 - 1, Epoch: 1<<32 - 1},
		})
		f.Add(uint64(5), 2, append([]byte{mode, byte(len(raw))}, append(raw, 1)...))
	}
	f.Fuzz(func(t *testing.T, first uint64, count int, payload []byte) {
		run := Run{First: first, Count: count, Payload: payload}
		commits, err := c.decodePayload(nil, &run)
		if err != nil {
			return
		}
		if len(commits) != count || len(commits) > MaxRunCommits {
			t.Fatal(len(commits))
		}
		size := 0
		for i := range commits {
			size += len(commits[i].Sealed)
			if commits[i].Seq != first+uint64(i) || commits[i].Lamport == 0 || (i > 0 && commits[i].Lamport <= commits[i-1].Lamport) {
				t.Fatal("numbers out of order")
			}
			slim := appendSlim(nil, &commits[i])
			if _, err := decodeSlim(slim); err != nil {
				t.Fatalf("accepted on the way in, not off the disk: %v", err)
			}
		}
		if size > len(payload) {
			t.Fatal("more bytes than came in")
		}
		again := run
		again.Payload = c.encodePayload(commits)
		if _, err := c.decodePayload(nil, &again); err != nil {
			t.Fatal(err)
		}
	})
}

// Whatever arrives, Verify gives an error or a run whose chain was signed.
func FuzzVerify(f *testing.F) {
	l := newLog(f, "bob")
	run, _ := fuzzRun(f, 5)
	good, err := l.Verify(run)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(AppendRun(nil, run))
	f.Fuzz(func(t *testing.T, b []byte) {
		run, err := DecodeRun(b)
		if err != nil {
			return
		}
		if v, err := l.Verify(run); err == nil && v.Head() != good.Head() {
			t.Fatal("a run nobody signed is accepted")
		}
	})
}

func FuzzUnpack(f *testing.F) {
	c, err := newCodec()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(c.pack([]byte("Traffic shifted to the second site; queue drains at 40 per second")))
	f.Add(c.pack(nil))
	f.Add([]byte{packDict1})
	f.Fuzz(func(t *testing.T, b []byte) {
		spaced := func(packed []byte) []byte { return append(make([]byte, packRoom), packed...) }
		body, err := c.unpack(nil, spaced(b))
		if err == nil && len(body) > MaxBody && len(body) >= len(b) {
			t.Fatal("unfolds past the limit")
		}
		if back, err := c.unpack(nil, spaced(c.pack(b))); err != nil || !bytes.Equal(back, b) {
			t.Fatal("packing loses something", err)
		}
	})
}
