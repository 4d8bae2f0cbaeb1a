package node_test

import (
	"testing"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/secret"
)

// Another process of the same user parts a running node from its peers, and
// joins it again.
func TestLinksAreCutThroughTheDoor(t *testing.T) {
	home := t.TempDir()
	a, b := start(t, home), start(t, t.TempDir())
	ra := founded(t, a)
	rb := invited(t, ra, b, "Ben Okafor")
	same(t, ra, rb)

	guest, err := node.Connect(t.Context(), node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}})
	if err != nil {
		t.Fatal(err)
	}
	defer guest.Close()
	var reply node.LinksReply
	if err := guest.Call(t.Context(), "links", node.LinksRequest{}, &reply); err != nil || reply.Online || ra.Mesh().Online() {
		t.Fatalf("cut: %+v, %v", reply, err)
	}
	do(t, ra, model.Declare{Title: "Apart", Severity: model.P2})
	for _, p := range ra.PeerViews() {
		if p.Connected {
			t.Errorf("%s is linked over links that are cut", p.Person)
		}
	}
	if err := guest.Call(t.Context(), "links", node.LinksRequest{Online: true}, &reply); err != nil || !reply.Online {
		t.Fatalf("heal: %+v, %v", reply, err)
	}
	same(t, ra, rb)
}

func TestLinksOfAHomeThatLinksNothing(t *testing.T) {
	own, err := node.Connect(t.Context(), node.Options{Home: t.TempDir(), Secrets: secret.Options{Prefer: secret.KeyFile}})
	if err != nil {
		t.Fatal(err)
	}
	defer own.Close()
	founded(t, own.Own())
	if err := own.Call(t.Context(), "links", node.LinksRequest{Online: true}, nil); err == nil {
		t.Error("links were switched where there are none")
	}
}
