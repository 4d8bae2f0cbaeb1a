package node_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/node"
	"holdfast/sync/replica"
)

// saysTwin waits until a room tells of two homes of one key, and gives the act it offers.
func saysTwin(t *testing.T, r *node.Room, words string) node.Ailment {
	t.Helper()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		for _, a := range r.Ailments() {
			if strings.Contains(a.Text, words) && strings.Contains(a.Text, "Nothing is lost") {
				return a
			}
		}
	}
	t.Fatalf("it says %q, want %q", r.Warnings(), words)
	return node.Ailment{}
}

// A recovery key entered in two homes at once is told in both and at a third device, and
// nothing that either wrote is lost.
func TestAKeyInTwoHomesIsTold(t *testing.T) {
	ana := start(t, t.TempDir())
	paper := identity.Recovery{}
	room, err := ana.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz", Device: "ana", Recovery: &paper})
	if err != nil {
		t.Fatal(err)
	}
	inc := do(t, room, model.Declare{Title: "Search stale"}).Code
	var homes [2]*node.Room
	for i := range homes {
		n := start(t, t.TempDir())
		if homes[i], err = n.Recover(t.Context(), paper, ""); err != nil {
			t.Fatal(err)
		}
		connect(t, homes[i], room)
		awaited(t, "the record comes", homes[i], func() bool { return knows(homes[i], inc) })
		do(t, homes[i], model.Log{Incident: inc, Text: fmt.Sprintf("written in home %d", i)})
	}
	for _, h := range homes {
		if a := saysTwin(t, h, "Two homes use this device's key at once"); a.Fix != node.FixInvite {
			t.Errorf("an admin's act is %d", a.Fix)
		}
	}
	if a := saysTwin(t, room, "Two homes use the key of"); a.Fix != node.FixDevice || a.Device != paper.Device() {
		t.Errorf("a third device offers %d about %s", a.Fix, a.Device.Short())
	}
	awaited(t, "both feeds are at the third device", room, func() bool {
		seen := texts(room)
		return seen["written in home 0"] == 1 && seen["written in home 1"] == 1
	})
}

// Two homes of one key that reach nobody but each other are told as well.
func TestAKeyInTwoHomesThatMeet(t *testing.T) {
	home, other := t.TempDir(), t.TempDir()
	n := openAlone(t, home)
	founded(t, n)
	closed(t, n)
	copyTree(t, home, other)
	one, two := room(t, start(t, home)), room(t, start(t, other))
	connect(t, one, two)
	saysTwin(t, one, "this device's key at once")
	saysTwin(t, two, "this device's key at once")
	alone := founded(t, start(t, t.TempDir()))
	connect(t, alone, alone)
	awaited(t, "it met itself", alone, func() bool { return len(alone.Mesh().Addresses()) == 0 })
	for _, a := range alone.Ailments() {
		t.Errorf("a device that meets itself says %q", a.Text)
	}
}
