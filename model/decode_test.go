package model

import (
	"reflect"
	"strings"
	"testing"
)

// sameOps compares what the two readers gave; a missing target is an empty one.
func sameOps(a, b []Op) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Kind != b[i].Kind || string(a[i].On) != string(b[i].On) || string(a[i].Body) != string(b[i].Body) {
			return false
		}
	}
	return true
}

func agree(t *testing.T, body []byte) {
	t.Helper()
	if ops, ok := new(OpReader).readOps(body); ok {
		slow, err := decodeOps(body)
		if err != nil || !sameOps(ops, slow) {
			t.Fatalf("%x: by hand %+v, by the library %+v (%v)", body, ops, slow, err)
		}
	}
	if e, ok := readEntry(body); ok {
		slow, err := decode[entryAdded](Op{Body: body})
		if err != nil || !reflect.DeepEqual(e, slow) {
			t.Fatalf("%x: by hand %+v, by the library %+v (%v)", body, e, slow, err)
		}
	}
}

// TestTheUsualFormIsReadByHand: else it is slow, though right.
func TestTheUsualFormIsReadByHand(t *testing.T) {
	w, inc, entry := split(t)
	p := w.peers[0]
	p.do(EditEntry{Entry: entry.String(), Text: "x"})
	p.do(RemoveMember{Device: w.peers[1].key.String()})
	p.do(QueueMessage{Incident: inc.String(), Draft: Draft{Subject: "s", Body: "b", Recipients: []Recipient{{Name: "a", Address: "b"}}}})
	for _, c := range p.commits() {
		body, err := EncodeOps(c.Ops)
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := new(OpReader).readOps(body); !ok {
			t.Errorf("a commit of kind %d is not read by hand", c.Ops[0].Kind)
		}
		agree(t, body)
	}
	for _, e := range []entryAdded{
		{}, {Text: "x"}, {After: -3_600_000, Precision: 4, Kind: "note", Text: strings.Repeat("é", 300)}, {After: 1 << 62, Kind: "of a newer version"},
	} {
		op := p.op(KindEntryAdded, inc, e)
		if got, ok := readEntry(op.Body); !ok || got != e {
			t.Errorf("%+v is read as %+v %v", e, got, ok)
		}
	}
}

func FuzzReadByHand(f *testing.F) {
	w, inc, _ := split(&testing.T{})
	p := w.peers[0]
	for _, c := range p.commits() {
		body, err := EncodeOps(c.Ops)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body)
	}
	f.Add([]byte(p.op(KindEntryAdded, inc, entryAdded{After: -1, Precision: 1, Kind: "note", Text: "x"}).Body))
	f.Add([]byte("\xa2\x01\x01\x01\x02"))                                     // a key twice
	f.Add([]byte("\xa1\x04\x62\xff\xfe"))                                     // no UTF-8
	f.Add([]byte("\xa1\x18\x04\x61x"))                                        // a key in its long form
	f.Add([]byte("\x81\x83\x16\x40\x9f\xff"))                                 // an indefinite length
	f.Add([]byte("\x81\x83\x1b\x00\x00\x00\x00\x00\x01\x00\x00\x40\xa0"))     // a kind of 65 536
	f.Add([]byte("\xa1\x01\x1b\xff\xff\xff\xff\xff\xff\xff\xff"))             // beyond 64 bits
	f.Add([]byte("\xa5\x01\x00\x02\x00\x03\x60\x04\x60\x05\x00"))             // five keys
	f.Add([]byte("\x81\x83\x16\x40\x9a\xff\xff\xff\xff\x9a\xff\xff\xff\xff")) // a bomb
	f.Add([]byte("\xb4\x01 \x02\x01\x03d\x10AAA\x04ax"))                      // more keys announced than there are
	f.Fuzz(func(t *testing.T, body []byte) { agree(t, body) })
}
