package node_test

import (
	"runtime"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
)

// saysRemoved waits until a room says in one sentence that its device was removed.
func saysRemoved(t *testing.T, r *node.Room, want string) {
	t.Helper()
	for ctx := within(t); ctx.Err() == nil; runtime.Gosched() {
		if w := r.Warnings(); len(w) == 1 && strings.Contains(w[0], want) {
			return
		}
	}
	t.Fatalf("it says %q, want %q", r.Warnings(), want)
}

// TestWhoIsRemovedIsToldSo: the removal may not reach whom it removes before the link ends, and
// nobody links to them any more; what the last link said is kept over a restart.
func TestWhoIsRemovedIsToldSo(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	home := t.TempDir()
	n := open(t, home)
	b := invited(t, a, n, "Tom Okafor")
	do(t, a, model.Declare{Title: "Checkout down"})
	same(t, a, b)
	if w := b.Warnings(); len(w) != 0 {
		t.Fatalf("a member is warned: %q", w)
	}
	do(t, a, model.RemoveMember{Device: b.Device().String(), Reason: "lost laptop"})
	saysRemoved(t, b, "Ana Ruiz")
	closed(t, n)
	restarted := room(t, start(t, home))
	saysRemoved(t, restarted, "his device was removed from the room")
	// By a bundle the removal itself arrives.
	path := t.TempDir() + "/after.hfb"
	if _, err := a.ExportBundle(path, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := restarted.ImportBundle(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	saysRemoved(t, restarted, "was removed from the room by Ana Ruiz")
	if w := restarted.Warnings()[0]; !strings.Contains(w, "lost laptop") {
		t.Errorf("without the reason: %q", w)
	}
}
