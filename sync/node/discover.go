package node

import (
	"net"

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
			Port: port, Keys: n.roomKeys, Older: n.olderKeys, Found: n.found, Now: n.opts.Now,
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
