package node

import (
	"maps"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"

	"holdfast/sync/discovery"
)

// discover announces this node on the LAN and links to those it finds.
func (n *Node) discover() {
	port := n.port()
	if port == 0 {
		return
	}
	n.spawn(func() {
		err := discovery.Run(n.ctx, discovery.Options{
			Port: port, Keys: n.roomKeys, Older: n.olderKeys, Found: n.found, Stranger: n.near.hear, Now: n.opts.Now,
			Health: func(way, sentence string) {
				if sentence != "" {
					n.log.Info("discovery", "way", way, "health", sentence)
				}
			},
		})
		if err != nil && n.ctx.Err() == nil {
			n.log.Error("discovery ended", "error", err)
		}
	})
}

// networkChanged has the rooms link anew by the network there is now, and tells
// their peers where this node is reached.
func (n *Node) networkChanged(gone map[netip.Addr]bool) {
	n.log.Debug("the network changed", "addresses_gone", len(gone))
	for _, r := range n.Rooms() {
		if n.listener != nil {
			r.mesh.Announce(n.LocalAddresses())
		}
		r.mesh.NetworkChanged(func(a netip.Addr) bool { return gone[a] })
	}
}

// roomKeys gives the current key of each room, from which the tags on the LAN
// are made.
func (n *Node) roomKeys() [][]byte {
	var keys [][]byte
	for _, r := range n.Rooms() {
		if key, ok := r.CurrentKey(); ok {
			keys = append(keys, key[:])
		}
	}
	return keys
}

// olderKeys gives the other keys of each room.
func (n *Node) olderKeys() [][]byte {
	var keys [][]byte
	for _, r := range n.Rooms() {
		for _, key := range r.Keys().All() {
			keys = append(keys, key[:])
		}
	}
	return keys
}

// found tries an address for every room: which one it belongs to is not said
// aloud, and a wrong one is refused without a word.
func (n *Node) found(address string) {
	for _, r := range n.Rooms() {
		if err := r.mesh.AddAddress(address, "lan"); err != nil {
			n.log.Debug("address set aside", "address", address, "error", err)
		}
	}
}

// Bounds of what is remembered of strangers on the LAN.
const (
	// maxNear is how many a person would read through.
	maxNear = 16
	// nearFor is three beacons: who was not heard for so long has left.
	nearFor = 90 * time.Second
)

// neighbours are the Holdfasts on the LAN that share no room with this one, by
// address. Safe for concurrent use.
type neighbours struct {
	now   func() time.Time
	mu    sync.Mutex
	heard map[string]time.Time
}

func (n *neighbours) hear(address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if _, known := n.heard[address]; known || len(n.heard) < maxNear {
		n.heard[address] = n.now()
	}
}

func (n *neighbours) list() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	maps.DeleteFunc(n.heard, func(_ string, at time.Time) bool { return n.now().Sub(at) > nearFor })
	return slices.Sorted(maps.Keys(n.heard))
}

// Nearby lists the addresses of Holdfasts heard on the LAN that share no room
// with this one: one of them may let this device in, see Ask.
func (n *Node) Nearby() []string { return n.near.list() }

func (n *Node) port() int {
	if n.listener == nil {
		return 0
	}
	addr, ok := n.listener.Addr().(*net.TCPAddr)
	if !ok {
		return 0
	}
	return addr.Port
}

// LocalAddresses lists where this node can be reached, best first.
func (n *Node) LocalAddresses() []string {
	if n.listener == nil {
		return nil
	}
	if addr, ok := n.listener.Addr().(*net.TCPAddr); ok && !addr.IP.IsUnspecified() {
		return []string{addr.String()}
	}
	return discovery.LocalAddresses(n.port())
}
