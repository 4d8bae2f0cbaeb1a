package engine

import (
	"bytes"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
)

var writeGolden = flag.Bool("golden", false, "write the frames of this protocol, where the file is missing")

// goldenFrames keeps what each frame of protocol 1 looks like: a later version reads
// it, and writes what this one reads.
const goldenFrames = "testdata/frames-1"

func theFrames() []any {
	feed, device := bytes.Repeat([]byte{0xfe}, 32), bytes.Repeat([]byte{0xde}, 32)
	at := head{Feed: feed, Seq: 300, Hash: []byte{1, 2, 3, 4, 5, 6, 7, 8}}
	return []any{
		helloFrame{Proto: 1, Boot: 77, Wall: 1_795_000_000_000, Version: "0.9", Heads: []head{at}, More: true, Addresses: []string{"192.0.2.7:7465"}, Knows: uint64(frameLast)},
		headsFrame{Heads: []head{at, {Feed: device, Seq: 1, Hash: []byte{}}}},
		runFrame{Feed: feed, First: 301, Count: 2, Bytes: []byte("a run as it is stored")},
		ackFrame{Marks: []mark{{Feed: feed, Seq: 302}}},
		pingFrame{T1: 1_795_000_000_000_000},
		pongFrame{T1: 1_795_000_000_000_000, T2: -5, T3: 7},
		addressesFrame{Addresses: []string{"war-room.example:7465"}},
		byeFrame{Reason: "the program is closed"},
		againFrame{Feed: feed, Seq: 299},
		stopFrame{Feed: feed},
		holdFrame{Feeds: [][]byte{feed}, On: true},
		spareFrame{On: true},
		shortFrame{Marks: []mark{{Feed: feed, Seq: 200}}, Archives: [][]byte{device}},
		briefFrame{Brief: []byte("what is open")},
		proveFrame{ID: 9, Feed: feed, After: 10, Upto: 90, Salt: device},
		proofFrame{ID: 9, Wall: 1_795_000_000_000, Sum: feed},
		alikeFrame{Heads: []head{at}},
		twinFrame{},
	}
}

func TestGoldenFrames(t *testing.T) {
	c, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	frames := theFrames()
	if len(frames) != int(frameLast) {
		t.Fatalf("%d of %d kinds of frames are here", len(frames), frameLast)
	}
	if _, err := os.Stat(goldenFrames); *writeGolden && err != nil {
		var b strings.Builder
		for i, f := range frames {
			fmt.Fprintf(&b, "%x\n", c.encode(byte(i+1), f))
		}
		if err := os.WriteFile(goldenFrames, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(goldenFrames)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Fields(string(kept))
	if len(lines) != len(frames) {
		t.Fatalf("%d frames are kept, of %d", len(lines), len(frames))
	}
	for i, f := range frames {
		old, err := hex.DecodeString(lines[i])
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.decode(old); err != nil || !reflect.DeepEqual(got, f) {
			t.Errorf("frame %d reads as %+v, %v; want %+v", i+1, got, err, f)
		}
		if now := c.encode(byte(i+1), f); !bytes.Equal(now, old) {
			t.Errorf("frame %d is written as %x, and was %x", i+1, now, old)
		}
	}
}
