package node

import (
	"errors"
	"fmt"
	"net"
	"time"

	"holdfast/model"
	"holdfast/sync/discovery"
	"holdfast/sync/guard"
	"holdfast/sync/statuspage"
)

// statusToken is the secret that shows the open incidents on the status page.
const statusToken = "status.token"

// listenForReaders opens the status page of one room.
func (n *Node) listenForReaders() error {
	room, err := (&request{node: n, room: n.opts.OneRoom}).pick()
	if err != nil {
		return fmt.Errorf("the status page is of one room: %w", err)
	}
	switch {
	case room.Relay():
		return errors.New("this device is a relay and cannot read the room, so it has no status page to show; start it on a member's device")
	case model.ConfidentialRoom(room.Name()):
		return fmt.Errorf("the room %s is of a confidential incident, and nothing of it is shown on a status page; pick another with --room", room.Name())
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(n.ctx, "tcp", n.opts.StatusPage)
	if err != nil {
		return fmt.Errorf("listen for readers of the status page: %w", err)
	}
	at := ln.Addr().(*net.TCPAddr)
	host := at.String()
	if at.IP.IsUnspecified() {
		host = discovery.LocalAddresses(at.Port)[0] // what a person can type
	}
	n.statusPage = "http://" + host + "/"
	if n.config.value("status.cert") != "" {
		if ln, err = n.withTLS(ln, "status"); err != nil {
			return err
		}
		n.statusPage = "https://" + host + "/"
	} else if n.StatusPageOpens() && !at.IP.IsLoopback() {
		n.log.Warn("the status page is not sealed: who listens on this network can read it, and its token; status.cert and status.key seal it", "at", n.statusPage)
	}
	zone, err := time.LoadLocation(n.config.value("zone")) // UTC where none is set
	if err != nil {
		zone = nil
	}
	s := &statuspage.Server{
		Token: func() ([]byte, error) { return n.home.Secrets().Value(statusToken) }, Page: room.statusPage, Health: room.health,
		Now: n.opts.Now, Zone: zone, Log: n.log,
	}
	n.serveHTTP(s.HTTP(), ln, "the status page")
	return nil
}

// StatusPageOpens tells whether a token is set that shows the open incidents.
func (n *Node) StatusPageOpens() bool {
	token, err := n.home.Secrets().Value(statusToken)
	return err == nil && len(token) >= guard.MinToken
}

// statusPage is the page of the room; a name of a confidential room that it was
// given since shows nothing.
func (r *Room) statusPage(public bool) (page model.StatusPage) {
	r.View(func(s *model.State) {
		if page = s.StatusPage(public, r.Now()); model.ConfidentialRoom(page.Room) {
			page = model.StatusPage{At: page.At, Public: public, Incidents: []model.StatusIncident{}}
		}
	})
	return page
}

// health says how this device and its links are.
func (r *Room) health() statuspage.Health {
	h := statuspage.Health{Version: Version, DiskFull: r.DiskFull(), StoreWritable: r.node.home.Writable(), At: r.Now().UTC()}
	for _, p := range r.PeerViews() {
		if h.Peers++; p.Connected {
			h.PeersLinked++
		}
	}
	r.View(func(s *model.State) { h.LastWriteAt = s.LastWrite() })
	h.OK = h.StoreWritable && !h.DiskFull
	return h
}
