package model

import (
	"bytes"
	"testing"
)

func TestRenameReplacesIdsWhereverTheyStand(t *testing.T) {
	old, now, other := OpID(FeedID{1}, 7, 0), OpID(FeedID{2}, 1, 0), OpID(FeedID{3}, 1, 0)
	body, err := canonical.enc.Marshal(map[int]any{
		1: old[:], 2: old.String(), 3: "see " + old.String() + ", P", 4: []any{other[:], other.String()}, 5: "P",
	})
	if err != nil {
		t.Fatal(err)
	}
	want, err := canonical.enc.Marshal(map[int]any{
		1: now[:], 2: now.String(), 3: "see " + now.String() + ", P", 4: []any{other[:], other.String()}, 5: "P",
	})
	if err != nil {
		t.Fatal(err)
	}
	before := bytes.Clone(body)
	ops := []Op{{Kind: KindEntryEdited, On: old[:], Body: body}, {Kind: KindRoomField, Body: body}}
	got := Rename(ops, func(id ID) (ID, bool) { return now, id == old })
	if !bytes.Equal(got[0].On, now[:]) || got[1].On != nil {
		t.Errorf("targets %x and %x", got[0].On, got[1].On)
	}
	if !bytes.Equal(got[0].Body, want) {
		t.Errorf("body %x, want %x", got[0].Body, want)
	}
	if !bytes.Equal(body, before) || !bytes.Equal(ops[0].On, old[:]) {
		t.Error("what was given was changed")
	}
	if same := Rename(ops, func(id ID) (ID, bool) { return id, false }); !bytes.Equal(same[0].Body, body) {
		t.Error("a body without renamed ids was changed")
	}
}
