package mesh

import "testing"

// What goes to all idle links is read from the log once.
func TestALineIsReadOnceForAllLinks(t *testing.T) {
	const links = 8
	hub := newNode(t)
	others := make([]*node, links)
	for i := range others {
		others[i] = newNode(t)
		others[i].join(hub)
		await(t, "a link", hub.linked(others[i]))
	}
	everywhere := func(seq uint64) {
		for _, o := range others {
			await(t, "a line", o.has(hub.store.own, seq))
		}
	}
	everywhere(hub.store.write(1, 200))
	// A link that still writes word of something reads for itself: tried again, the
	// links are idle.
	for range 100 {
		before := hub.store.readings()
		everywhere(hub.store.write(1, 200))
		if hub.store.readings() == before+1 {
			return
		}
	}
	t.Errorf("a line for %d links was never read once", links)
}

// A link that ends while others wait for the same read does not keep them from it.
func TestAnEndedLinkKeepsNoOtherFromASharedRead(t *testing.T) {
	hub, stays, leaves := newNode(t), newNode(t), newNode(t)
	for _, o := range []*node{leaves, stays} {
		o.join(hub)
		await(t, "a link", hub.linked(o))
	}
	for range 20 {
		hub.store.write(1, 200)
	}
	leaves.stop()
	seq := hub.store.write(1, 200)
	await(t, "all lines", stays.has(hub.store.own, seq))
}
