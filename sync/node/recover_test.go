package node_test

import (
	"errors"
	"path/filepath"
	"testing"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/replica"
)

// TestRecoveryFromPaperAndAStick: with the printed key and a bundle, and no
// network at all, a new home holds the record and outranks the founder.
func TestRecoveryFromPaperAndAStick(t *testing.T) {
	ana := openAlone(t, t.TempDir())
	paper := identity.Recovery{}
	room, err := ana.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz", Device: "ana", Recovery: &paper})
	if err != nil {
		t.Fatal(err)
	}
	done, err := room.Do(t.Context(), model.Declare{Title: "checkout fails"})
	if err != nil {
		t.Fatal(err)
	}
	stick := filepath.Join(t.TempDir(), "room.holdfast")
	if _, err := room.ExportBundle(stick, nil); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	fresh := openAlone(t, home)
	if err := fresh.Recover(t.Context(), paper, stick); err != nil {
		t.Fatal(err)
	}
	if err := fresh.Recover(t.Context(), paper, stick); !errors.Is(err, identity.ErrHasRoom) {
		t.Errorf("a second time: %v", err)
	}
	closed(t, fresh)
	closed(t, ana)
	again := openAlone(t, home)
	defer closed(t, again)
	rooms := again.Rooms()
	if len(rooms) != 1 || !knows(rooms[0], done.Code) {
		t.Fatalf("%d rooms after the recovery", len(rooms))
	}
	if _, err := rooms[0].Do(t.Context(), model.RemoveMember{Device: "ana", Reason: "stolen"}); err != nil {
		t.Errorf("the recovery key cannot remove the founder: %v", err)
	}
}
