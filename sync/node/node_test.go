package node_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

func start(t *testing.T, home string) *node.Node {
	t.Helper()
	return startAt(t, home, time.Now)
}

func startAt(t *testing.T, home string, now func() time.Time) *node.Node {
	t.Helper()
	n, err := node.Open(node.Options{
		Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true, Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return n
}

// alone waits until a room has no link.
func alone(t *testing.T, r *node.Room) {
	t.Helper()
	changed := make(chan struct{}, 1)
	defer r.Mesh().Subscribe(func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})()
	ctx := within(t)
	for slices.ContainsFunc(r.Peers(), func(p mesh.PeerStatus) bool { return p.Connected }) {
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatal("after 20 s the room still has a link")
		}
	}
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// same waits until all rooms have one state hash.
func same(t *testing.T, rooms ...*node.Room) {
	t.Helper()
	ctx := within(t)
	changed := make(chan struct{}, 1)
	for _, r := range rooms {
		defer r.Subscribe(func(replica.Change) {
			select {
			case changed <- struct{}{}:
			default:
			}
		})()
	}
	for {
		hashes := map[model.Hash]bool{}
		for _, r := range rooms {
			h, err := r.Hash()
			if err != nil {
				t.Fatal(err)
			}
			hashes[h] = true
		}
		if len(hashes) == 1 {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			t.Fatalf("%d different states after 20 s", len(hashes))
		}
	}
}

func do(t *testing.T, r *node.Room, c model.Command) model.Done {
	t.Helper()
	done, err := r.Do(t.Context(), c)
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return done
}

func founded(t *testing.T, n *node.Node) *node.Room {
	t.Helper()
	r, err := n.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz", Email: "ana@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func invited(t *testing.T, host *node.Room, guest *node.Node, person string) *node.Room {
	t.Helper()
	invite, err := host.Invite(t.Context(), node.Invitation{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := guest.Join(within(t), invite.String(), node.Guest{Person: person})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.CatchUp(within(t)); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTwoCommandersAfterASplitAreAConflictOnBothSides(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	b := invited(t, a, start(t, t.TempDir()), "Tom Okafor")
	same(t, a, b)
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	same(t, a, b)

	a.Mesh().SetOnline(false)
	for i := range 5 {
		do(t, a, model.Log{Incident: inc.Code, Text: fmt.Sprintf("from A %d", i)})
		do(t, b, model.Log{Incident: inc.Code, Text: fmt.Sprintf("from B %d", i)})
	}
	do(t, a, model.AssignRole{Incident: inc.Code, Role: "ic", Person: "Ana Ruiz"})
	do(t, b, model.AssignRole{Incident: inc.Code, Role: "ic", Person: "Tom Okafor"})
	a.Mesh().SetOnline(true)
	same(t, a, b)

	for _, r := range []*node.Room{a, b} {
		r.View(func(s *model.State) {
			i, err := s.FindIncident(inc.Code)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(i.Entries); n != 10 {
				t.Errorf("%d of 10 entries", n)
			}
			if c := i.Conflicts(); len(c) != 1 || c[0].Field != "role.ic" {
				t.Errorf("conflicts %+v, want the commander", c)
			}
			role, _ := model.FindRole("ic")
			if held := i.Holders(role); len(held) != 2 || !held[0].Accepted || !held[1].Accepted {
				t.Errorf("commanders %+v, want two who both accepted", held)
			}
		})
	}
}

func TestGuestOfAGuestMeetsAMemberWhoNeverHeardOfIt(t *testing.T) {
	na := start(t, t.TempDir())
	a := founded(t, na)
	invite, err := a.Invite(t.Context(), node.Invitation{Role: model.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	nb := start(t, t.TempDir())
	b, err := nb.Join(within(t), invite.String(), node.Guest{Person: "Tom Okafor"})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.CatchUp(within(t)); err != nil {
		t.Fatal(err)
	}
	c := invited(t, a, start(t, t.TempDir()), "Li Wei")
	same(t, a, b, c)

	// A goes away before it hears of D; C has never heard of D either.
	c.Mesh().SetOnline(false)
	a.Mesh().SetOnline(false)
	nd := start(t, t.TempDir())
	d := invited(t, b, nd, "Dana Kim")
	b.Mesh().SetOnline(false)
	c.Mesh().SetOnline(true)
	if err := d.Mesh().AddAddress(c.Address(), "typed"); err != nil {
		t.Fatal(err)
	}
	same(t, c, d)
}

func TestRemovedDeviceHearsNothingMore(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	b := invited(t, a, start(t, t.TempDir()), "Tom Okafor")
	same(t, a, b)
	do(t, a, model.RemoveMember{Device: b.Device().String(), Reason: "lost laptop"})
	inc := do(t, a, model.Declare{Title: "after the removal"})
	alone(t, a)
	b.View(func(s *model.State) {
		if _, err := s.FindIncident(inc.Code); err == nil {
			t.Error("the removed device was told of a later incident")
		}
	})
}

func TestUsedInviteIsRefusedWithTheReason(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	invite, err := a.Invite(t.Context(), node.Invitation{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := start(t, t.TempDir()).Join(within(t), invite.String(), node.Guest{Person: "Tom"}); err != nil {
		t.Fatal(err)
	}
	_, err = start(t, t.TempDir()).Join(within(t), invite.String(), node.Guest{Person: "Eve"})
	if err == nil {
		t.Fatal("an invite for one was used twice")
	}
	t.Log(err)
}

func TestAWrongClockStallsNothingAndIsCorrected(t *testing.T) {
	const year = 365 * 24 * time.Hour
	for name, ahead := range map[string]time.Duration{"3 h ahead": 3 * time.Hour, "a year ahead": year, "20 years behind": -20 * year} {
		t.Run(name, func(t *testing.T) { clockIsOff(t, ahead) })
	}
}

func clockIsOff(t *testing.T, ahead time.Duration) {
	a := founded(t, start(t, t.TempDir()))
	b := invited(t, a, start(t, t.TempDir()), "Tom Okafor")
	c := invited(t, a, startAt(t, t.TempDir(), func() time.Time { return time.Now().Add(ahead) }), "Li Wei")
	if err := c.Mesh().AddAddress(b.Address(), "typed"); err != nil {
		t.Fatal(err)
	}
	same(t, a, b, c)
	ctx := within(t)
	for time.Until(c.Now()).Abs() > time.Minute && ctx.Err() == nil {
		runtime.Gosched()
	}
	inc := do(t, c, model.Declare{Title: "declared by a wrong clock"})
	same(t, a, b, c)
	var entries []model.ID
	for n, r := range []*node.Room{a, c, b, c} {
		entries = append(entries, do(t, r, model.Log{Incident: inc.Code, Text: fmt.Sprint("line ", n)}).ID)
		same(t, a, b, c)
	}
	a.View(func(s *model.State) {
		i, err := s.FindIncident(inc.Code)
		if err != nil {
			t.Fatal(err)
		}
		shown := 0
		for _, row := range s.Timeline(i) {
			if slices.Contains(entries, row.ID) {
				shown++
			}
			if time.Since(row.At).Abs() > time.Minute {
				t.Errorf("shown at %s, %s from the true time", row.At, time.Since(row.At))
			}
		}
		if shown != len(entries) {
			t.Errorf("%d of %d lines are shown", shown, len(entries))
		}
		if wall := time.UnixMilli(i.Declared.Wall); time.Until(wall.Add(-ahead)).Abs() > time.Minute {
			t.Errorf("its own time is kept as %s", wall)
		}
	})
	for _, p := range a.PeerViews() {
		if p.Device == c.Device() && (p.ClockAhead-ahead.Seconds() > 60 || p.ClockAhead-ahead.Seconds() < -60) {
			t.Errorf("the peer's clock is shown %.0f s ahead, it is %.0f", p.ClockAhead, ahead.Seconds())
		}
	}
}

// texts counts the rows of the first incident by their text.
func texts(r *node.Room) map[string]int {
	seen := map[string]int{}
	r.View(func(s *model.State) {
		if inc, err := s.FindIncident("Search stale"); err == nil {
			for _, row := range s.Rows(inc) {
				seen[strings.TrimSpace(row.Text)]++
			}
		}
	})
	return seen
}
