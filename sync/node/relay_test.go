package node_test

import (
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

// relayed gives a room and a relay of it, which knows who is in it.
func relayed(t *testing.T) (a, relay *node.Room) {
	t.Helper()
	a = founded(t, start(t, t.TempDir()))
	invite, err := a.Invite(t.Context(), node.Invitation{Role: model.RoleRelay})
	if err != nil {
		t.Fatal(err)
	}
	if invite.RoomName != "" {
		t.Errorf("the relay's invite tells the room's name %q", invite.RoomName)
	}
	relay, err = start(t, t.TempDir()).Join(within(t), invite.String(), node.Guest{Person: "nobody"})
	if err != nil {
		t.Fatal(err)
	}
	if err := relay.CatchUp(within(t)); err != nil {
		t.Fatal(err)
	}
	return a, relay
}

// meets waits for a condition on what a relay knows.
func meets(t *testing.T, relay *node.Room, what string, ok func(members, removed map[model.DeviceKey]bool) bool) {
	t.Helper()
	settles(t, relay, what, func(*model.State) bool {
		members, removed, _ := relay.Who()
		return ok(members, removed)
	})
}

func TestRelayForwardsBetweenTwoWhoNeverMeet(t *testing.T) {
	a, relay := relayed(t)
	if relay.Keys().Len() != 0 {
		t.Fatal("the relay has a key of the room")
	}
	b := invited(t, a, start(t, t.TempDir()), "Tom Okafor")
	same(t, a, b)
	meets(t, relay, "told of b", func(members, _ map[model.DeviceKey]bool) bool { return members[b.Device()] })
	a.Mesh().SetOnline(false)
	inc := do(t, a, model.Declare{Title: "Checkout down", Severity: model.P0})
	b.Mesh().SetOnline(false)
	a.Mesh().SetOnline(true)
	settles(t, relay, "in possession of what a wrote", func(*model.State) bool {
		return relay.Heads()[a.OwnFeed()].Seq == a.Heads()[a.OwnFeed()].Seq
	})
	a.Mesh().SetOnline(false)
	if err := b.Mesh().AddAddress(relay.Address(), "typed"); err != nil {
		t.Fatal(err)
	}
	b.Mesh().SetOnline(true)
	settles(t, b, "told by the relay", func(s *model.State) bool { _, err := s.FindIncident(inc.Code); return err == nil })
	same(t, a, b)
	relay.View(func(s *model.State) {
		if s.Count()+len(s.People)+len(s.Parked) != 0 {
			t.Error("the relay folds what it cannot read")
		}
	})
	if _, err := relay.Do(t.Context(), model.Declare{Title: "by the relay"}); err == nil {
		t.Error("a relay writes")
	}
}

func TestRelayTurnsAwayWhomTheRoomRemoved(t *testing.T) {
	a, relay := relayed(t)
	b := invited(t, a, start(t, t.TempDir()), "Tom Okafor")
	same(t, a, b)
	meets(t, relay, "told of b", func(members, _ map[model.DeviceKey]bool) bool { return members[b.Device()] })
	do(t, a, model.RemoveMember{Device: b.Device().String(), Reason: "lost"})
	meets(t, relay, "told of the removal", func(members, removed map[model.DeviceKey]bool) bool {
		return removed[b.Device()] && !members[b.Device()] && members[a.Device()]
	})
	after := do(t, a, model.Declare{Title: "after the removal"})
	ctx := within(t)
	for linked := true; linked && ctx.Err() == nil; {
		linked = false
		for _, p := range relay.Peers() {
			linked = linked || p.Connected && p.Device == b.Device()
		}
	}
	if ctx.Err() != nil {
		t.Error("the removed device is still linked to the relay")
	}
	if knows(b, after.Code) {
		t.Error("the removed device reads on through the relay")
	}
}

func TestRelayStartsAgainAsOne(t *testing.T) {
	a := founded(t, start(t, t.TempDir()))
	invite, err := a.Invite(t.Context(), node.Invitation{Role: model.RoleRelay})
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	n, err := node.Open(node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true})
	if err != nil {
		t.Fatal(err)
	}
	relay, err := n.Join(within(t), invite.String(), node.Guest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := relay.CatchUp(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	again := start(t, home).Rooms()[0]
	members, _, admins := again.Who()
	if !again.Relay() || !members[a.Device()] || !members[again.Device()] || len(admins) != 1 {
		t.Errorf("after a restart: relay %v, members %v", again.Relay(), members)
	}
}
