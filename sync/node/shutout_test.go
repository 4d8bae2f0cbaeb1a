package node_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/secret"
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

// TestWhatIsWrittenInVainIsSaidSo: as long as the device that shut this one out has not linked
// again, each command says it.
func TestWhatIsWrittenInVainIsSaidSo(t *testing.T) {
	host := open(t, t.TempDir())
	a := founded(t, host)
	home := t.TempDir()
	n := open(t, home)
	b := invited(t, a, n, "Tom Okafor")
	inc := do(t, a, model.Declare{Title: "Checkout down"})
	same(t, a, b)
	closed(t, n)
	closed(t, host)
	path := glob(t, filepath.Join(home, "rooms", "*", "peers.json"))[0]
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	shut := strings.Replace(string(kept), `"device":`, `"shut": true, "device":`, 1)
	if err := os.WriteFile(path, []byte(shut), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := node.Connect(t.Context(), node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	done, err := c.Do(t.Context(), model.Log{Incident: inc.Code, Text: "rolled back"})
	if err != nil || !strings.Contains(done.Note, "said Ana Ruiz") || !strings.Contains(done.Note, "nobody may take this in") {
		t.Errorf("it says %q, %v", done.Note, err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}
