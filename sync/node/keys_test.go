package node_test

import (
	"errors"
	"testing"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/node"
	"holdfast/sync/replica"
)

// carry hands over what one copy of a room holds and another lacks, as a stick
// would: no membership is asked for.
func carry(t *testing.T, from, to *node.Room) {
	t.Helper()
	for feed := range from.Heads() {
		for {
			run, ok, err := from.ReadRun(feed, to.Heads()[feed].Seq, 64<<10)
			if err != nil {
				t.Fatal(err)
			}
			if !ok {
				break
			}
			if errs := to.Ingest(t.Context(), []mesh.Run{run}); errs[0] != nil {
				t.Fatal(errs[0])
			}
		}
	}
}

// settles waits until a condition on the room's state holds.
func settles(t *testing.T, r *node.Room, what string, ok func(*model.State) bool) {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer r.Subscribe(func(replica.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	ctx := within(t)
	for {
		holds := false
		r.View(func(s *model.State) { holds = ok(s) })
		if holds {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("after 20 s: not %s", what)
		}
	}
}

func knows(r *node.Room, code string) (known bool) {
	r.View(func(s *model.State) {
		_, err := s.FindIncident(code)
		known = err == nil
	})
	return known
}

// TestRemovedDeviceCannotOpenWhatIsWrittenAfter: even where the bytes reach it.
func TestRemovedDeviceCannotOpenWhatIsWrittenAfter(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	b := invited(t, a, start(t, t.TempDir()), "Tom Okafor")
	c := invited(t, a, start(t, t.TempDir()), "Li Wei")
	before := do(t, a, model.Declare{Title: "before the removal"})
	same(t, a, b, c)
	do(t, a, model.RemoveMember{Device: b.Device().String(), Reason: "lost laptop"})
	after := do(t, a, model.Declare{Title: "after the removal"})
	same(t, a, c)
	byOther := do(t, c, model.Declare{Title: "written by another member"})
	same(t, a, c)

	carry(t, c, b)
	for code, want := range map[string]bool{before.Code: true, after.Code: false, byOther.Code: false} {
		if knows(b, code) != want {
			t.Errorf("the removed device knows %s: %v", code, !want)
		}
		if !knows(c, code) {
			t.Errorf("a member does not know %s", code)
		}
	}
	if b.Keys().Len() != 1 || a.Keys().Len() != 2 || c.Keys().Len() != 2 {
		t.Errorf("keys: %d at the removed device, %d and %d at the others", b.Keys().Len(), a.Keys().Len(), c.Keys().Len())
	}
	// Who joins now reads all of it.
	d := invited(t, a, start(t, t.TempDir()), "Dana Kim")
	same(t, a, c, d)
	if !knows(d, before.Code) || !knows(d, byOther.Code) {
		t.Error("a new member does not read everything")
	}
}

func TestRemovalsApartEndUnderOneKey(t *testing.T) {
	na := start(t, t.TempDir())
	a := founded(t, na)
	invite, err := a.Invite(t.Context(), node.Invitation{Role: model.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	b, err := start(t, t.TempDir()).Join(within(t), invite.String(), node.Guest{Person: "Tom Okafor"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.CatchUp(within(t)); err != nil {
		t.Fatal(err)
	}
	x := invited(t, a, start(t, t.TempDir()), "Li Wei")
	y := invited(t, a, start(t, t.TempDir()), "Dana Kim")
	same(t, a, b, x, y)
	for _, r := range []*node.Room{a, b, x, y} {
		r.Mesh().SetOnline(false)
	}
	do(t, a, model.RemoveMember{Device: x.Device().String(), Reason: "lost"})
	do(t, b, model.RemoveMember{Device: y.Device().String(), Reason: "lost"})
	ours := do(t, a, model.Declare{Title: "on one side"})
	theirs := do(t, b, model.Declare{Title: "on the other"})
	a.Mesh().SetOnline(true)
	b.Mesh().SetOnline(true)
	for _, r := range []*node.Room{a, b} {
		settles(t, r, "one key that no removed device holds", func(s *model.State) bool { return len(s.Epochs) == 3 && !s.KeyDue() })
		settles(t, r, "both sides readable", func(s *model.State) bool {
			_, err := s.FindIncident(ours.Code)
			_, err2 := s.FindIncident(theirs.Code)
			return errors.Join(err, err2) == nil && s.Newer == 0
		})
	}
	same(t, a, b)
	later := do(t, b, model.Declare{Title: "together again"})
	same(t, a, b)
	for _, gone := range []*node.Room{x, y} {
		carry(t, a, gone)
		if knows(gone, later.Code) {
			t.Error("a removed device reads on")
		}
	}
}

// TestKeyThatComesAfterWhatItOpens: commits wait sealed, and count once the key
// is there.
func TestKeyThatComesAfterWhatItOpens(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	gone := invited(t, a, start(t, t.TempDir()), "Tom Okafor")
	c := invited(t, a, start(t, t.TempDir()), "Li Wei")
	home := t.TempDir()
	nd := start(t, home)
	d := invited(t, a, nd, "Dana Kim")
	same(t, a, gone, c, d)
	d.Mesh().SetOnline(false)
	do(t, a, model.RemoveMember{Device: gone.Device().String(), Reason: "lost"})
	same(t, a, c)
	inc := do(t, c, model.Declare{Title: "sealed under the new key"})
	same(t, a, c)

	run, ok, err := c.ReadRun(c.OwnFeed(), d.Heads()[c.OwnFeed()].Seq, 64<<10)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if errs := d.Ingest(t.Context(), []mesh.Run{run}); errs[0] != nil {
		t.Fatal(errs[0])
	}
	d.View(func(s *model.State) {
		if s.Newer != 1 {
			t.Errorf("%d commits wait for a key", s.Newer)
		}
	})
	carry(t, a, d)
	same(t, a, d)
	if !knows(d, inc.Code) {
		t.Error("the key opened nothing")
	}
}
