package node_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/oplog"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// awaited waits for something that links or the writer bring about.
func awaited(t *testing.T, what string, r *node.Room, is func() bool) {
	t.Helper()
	changed := make(chan struct{}, 1)
	poke := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	defer r.Subscribe(func(replica.Change) { poke() })()
	defer r.Mesh().Subscribe(poke)()
	ctx := within(t)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !is() {
		select {
		case <-changed:
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("not within a minute: %s; %v", what, r.Warnings())
		}
	}
}

func checked(t *testing.T, r *node.Room) oplog.Report {
	t.Helper()
	report, err := r.Check(t.Context())
	if err != nil || !report.OK() {
		t.Fatalf("%+v %v", report, err)
	}
	return report
}

// TestHistoryLivesOnAnArchive: a laptop lets go of what the archive holds, and
// shows all as before. Who joins by the laptop alone is told what it lacks and who
// has it, and gets it once the archive is there. What the laptop needs again it gets.
func TestHistoryLivesOnAnArchive(t *testing.T) {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	home := t.TempDir()
	laptop, err := node.Open(node.Options{
		Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	a := founded(t, laptop)
	vault := invited(t, a, startAt(t, t.TempDir(), now), "Vault Keeper")
	same(t, a, vault)
	inc := do(t, a, model.Declare{Title: "checkout fails"})
	for n := range 80 {
		do(t, a, model.Log{Incident: inc.Code, Text: fmt.Sprintf("line %d: db-1 does not answer", n)})
	}
	for n := range 20 {
		do(t, vault, model.Log{Incident: inc.Code, Text: fmt.Sprintf("line %d from the other building", n)})
	}
	do(t, a, model.Resolve{Incident: inc.Code, Verification: "orders pass"})
	do(t, a, model.Close{Incident: inc.Code, Customers: "staff alone saw it"})
	same(t, a, vault)
	if _, err := a.LetGo(t.Context(), 90*24*time.Hour, 1); err == nil || !strings.Contains(err.Error(), "room archive") {
		t.Errorf("the room says nothing of it: %v", err)
	}
	do(t, a, model.SetHistoryAge{Days: 60})
	ahead.Store(int64(100 * 24 * time.Hour))
	if _, err := a.LetGo(t.Context(), 90*24*time.Hour, 1); !errors.Is(err, replica.ErrNoArchive) {
		t.Errorf("without an archive: %v", err)
	}
	do(t, a, model.MarkArchive{Device: vault.Device().String()})
	open := do(t, a, model.Declare{Title: "mail delayed"})
	same(t, a, vault)
	if _, err := a.LetGo(t.Context(), 30*24*time.Hour, 1); err == nil {
		t.Error("younger than the room says")
	}
	if _, err := vault.LetGo(t.Context(), 90*24*time.Hour, 1); err == nil {
		t.Error("the archive let go")
	}
	before := checked(t, a).Commits
	var done replica.LetGo
	awaited(t, "the archive says that it holds all", a, func() (ok bool) {
		var err error
		done, err = a.LetGo(t.Context(), 90*24*time.Hour, 1)
		if err != nil && !errors.Is(err, replica.ErrNoArchive) {
			t.Fatal(err)
		}
		return done.Commits > 0
	})
	if left := checked(t, a).Commits; done.Commits < 100 || left != before-done.Commits {
		t.Errorf("%+v: %d commits before, %d after", done, before, left)
	}
	if held := a.HeldViews(); len(held) != done.Feeds || held[0].From < 2 || len(held[0].Archives) != 1 {
		t.Errorf("%+v", held)
	}
	same(t, a, vault)
	awaited(t, "the archive knows what the laptop let go of", vault, func() bool {
		for _, p := range vault.PeerViews() {
			if p.Device == a.Device() && p.LetGo == done.Commits {
				return true
			}
		}
		return false
	})

	// The archive is away, and somebody joins.
	vault.Mesh().SetOnline(false)
	stick := filepath.Join(t.TempDir(), "room.holdfast")
	s, err := a.ExportBundle(stick, nil)
	if err != nil || s.LetGo != done.Commits {
		t.Errorf("a bundle that lacks %d commits says %+v %v", done.Commits, s, err)
	}
	invite, err := a.Invite(t.Context(), node.Invitation{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := startAt(t, t.TempDir(), now).Join(within(t), invite.String(), node.Guest{Person: "Tom Okafor"})
	if err != nil {
		t.Fatal(err)
	}
	awaited(t, "the newcomer is told", b, func() bool {
		for _, w := range b.Warnings() {
			if strings.Contains(w, "let go of the beginning") && strings.Contains(w, vault.Device().Short()) {
				return true
			}
		}
		return false
	})
	do(t, a, model.Log{Incident: open.Code, Text: "written while the archive is away"})
	vault.Mesh().SetOnline(true)
	same(t, a, b, vault)
	if !knows(b, inc.Code) || len(b.Begins()) != 0 {
		t.Error("the newcomer lacks", b.Begins())
	}
	checked(t, b)
	awaited(t, "nothing is said any more", b, func() bool { return len(b.Warnings()) == 0 })

	// What was made of it is gone, as where a newer version cannot read it.
	closed(t, laptop)
	for _, path := range glob(t, filepath.Join(home, "rooms", "*", "room.db")) {
		forgetBase(t, path)
	}
	a = room(t, startAt(t, home, now))
	if !a.Wants() && len(a.Begins()) > 0 {
		t.Error("the laptop does not see what it lacks")
	}
	awaited(t, "the laptop has all again", a, func() bool { return len(a.Begins()) == 0 && !a.Wants() })
	same(t, a, b, vault)
	if got := checked(t, a).Commits; got != checked(t, vault).Commits {
		t.Errorf("%d commits", got)
	}
}

// forgetBase takes what was made of history out of a store.
func forgetBase(t *testing.T, path string) {
	t.Helper()
	log, err := oplog.Open(path, oplog.Options{Reserve: -1})
	if err != nil {
		t.Fatal(err)
	}
	names, err := log.Snapshots()
	if err != nil {
		t.Fatal(err)
	}
	b, n := log.Begin(), 0
	for _, name := range names {
		if strings.HasPrefix(name, "base/") || strings.HasPrefix(name, "state/") {
			n++
			if err := b.DeleteSnapshot(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := errors.Join(b.Commit(), log.Close()); err != nil || n == 0 {
		t.Fatal(n, err)
	}
}

// TestARemovalReachesBackBeforeWhatIsHeld: an admin who was apart removed a device,
// and what it wrote since does not count. A laptop that let go of that takes it
// again from the archive, judges it anew, and sees what the others see.
func TestARemovalReachesBackBeforeWhatIsHeld(t *testing.T) {
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	a := founded(t, startAt(t, t.TempDir(), now))
	b := invited(t, a, startAt(t, t.TempDir(), now), "Tom Okafor")
	vault := invited(t, a, startAt(t, t.TempDir(), now), "Vault Keeper")
	laptop := invited(t, a, startAt(t, t.TempDir(), now), "Li Wei")
	do(t, a, model.MarkArchive{Device: vault.Device().String()})
	do(t, a, model.SetHistoryAge{Days: 60})
	same(t, a, b, vault, laptop)
	awaited(t, "the others know each other", laptop, func() bool { // before the one in the middle goes
		linked := 0
		for _, p := range laptop.Peers() {
			if p.Connected {
				linked++
			}
		}
		return linked == 3
	})
	a.Mesh().SetOnline(false)
	inc := do(t, b, model.Declare{Title: "checkout fails"})
	for n := range 30 {
		do(t, b, model.Log{Incident: inc.Code, Text: fmt.Sprintf("line %d: db-1 does not answer", n)})
	}
	do(t, b, model.Resolve{Incident: inc.Code, Verification: "orders pass"})
	do(t, b, model.Close{Incident: inc.Code, Customers: "staff alone saw it"})
	same(t, b, vault, laptop)
	// Of commits that came together the signature of the last is stored, and the last
	// of a feed stays: one more has to follow.
	do(t, b, model.Declare{Title: "mail delayed"})
	same(t, b, vault, laptop)
	ahead.Store(int64(100 * 24 * time.Hour))
	feed := b.OwnFeed()
	awaited(t, "the laptop lets go", laptop, func() bool {
		if _, err := laptop.LetGo(t.Context(), 90*24*time.Hour, 1); err != nil && !errors.Is(err, replica.ErrNoArchive) {
			t.Fatal(err)
		}
		return laptop.Begins()[feed].Seq > 20
	})
	do(t, a, model.RemoveMember{Device: b.Device().String(), Reason: "stolen"})
	a.Mesh().SetOnline(true)
	awaited(t, "the laptop has what it let go of again", laptop, func() bool {
		quarantined := uint64(0)
		laptop.View(func(s *model.State) { quarantined = s.Quarantined })
		return quarantined > 20 && len(laptop.Begins()) == 0 && !laptop.Wants()
	})
	same(t, a, vault, laptop)
	checked(t, laptop)
}
