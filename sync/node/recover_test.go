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
	here, err := fresh.Recover(t.Context(), paper, stick)
	if err != nil {
		t.Fatal(err)
	}
	if !knows(here, done.Code) || here.Device() != paper.Device() || here.Name() != "Payments" {
		t.Errorf("the room is not open under the key: %s as %s", here.Name(), here.Device().Short())
	}
	if _, err := here.Do(t.Context(), model.Log{Incident: done.Code, Text: "written under the recovery key"}); err != nil {
		t.Errorf("nothing can be written before the next start: %v", err)
	}
	if _, err := fresh.Recover(t.Context(), paper, stick); !errors.Is(err, identity.ErrHasRoom) {
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

// TestARecoveredHomeLinksAtOnce: with the key alone and a member's device in reach, the record comes without
// a new start, and the links are made under the key: the listener was there before it.
func TestARecoveredHomeLinksAtOnce(t *testing.T) {
	for _, dial := range []string{"it dials", "it is dialled"} {
		t.Run(dial, func(t *testing.T) {
			ana, fresh := start(t, t.TempDir()), start(t, t.TempDir())
			paper := identity.Recovery{}
			room, err := ana.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz", Device: "ana", Recovery: &paper})
			if err != nil {
				t.Fatal(err)
			}
			do(t, room, model.Declare{Title: "checkout fails"})
			before := fresh.Status().Device
			here, err := fresh.Recover(t.Context(), paper, "")
			if err != nil {
				t.Fatal(err)
			}
			if now := fresh.Status().Device; now == before || now != paper.Device() {
				t.Errorf("the node is %s, not the key's device", now.Short())
			}
			if dial == "it dials" {
				err = here.Mesh().AddAddress(ana.Address(), "test")
			} else {
				err = room.Mesh().AddAddress(fresh.Address(), "test")
			}
			if err != nil {
				t.Fatal(err)
			}
			same(t, room, here)
			do(t, here, model.RemoveMember{Device: "ana", Reason: "stolen"})
		})
	}
}
