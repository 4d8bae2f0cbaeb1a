package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"holdfast/model"
	"holdfast/sync/clock"
	"holdfast/sync/escalate"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/oplog"
	"holdfast/sync/outbox"
	"holdfast/sync/outbox/mail"
	"holdfast/sync/replica"
)

// Room is one room of a node: the replica, its links and its outbox.
type Room struct {
	*replica.Replica
	node   *Node
	mesh   *mesh.Mesh // nil without links
	outbox *outbox.Outbox
	watch  *escalate.Watcher
	known  *acquaintances
	files  *attachments
	named  named
	// readOver is what an archive found when it last read its whole record.
	readOver atomic.Pointer[oplog.Report]
	// unproven archives are told of.
	unproven unproven
	briefs   briefs
	clock    *clock.Watch
	// measuring: enough peers are linked to tell how far the clock is ahead now.
	measuring atomic.Bool
	// wrong wakes who writes into the record how wrong the clock was.
	wrong chan struct{}
	twins twins
	// enteredAs is the room's name as its host gave it, until the record is here.
	enteredAs string
}

// startRoom gives a replica its links and its outbox.
func (n *Node) startRoom(r *replica.Replica) (*Room, error) {
	known, err := loadAcquaintances(n.peersPath(r.Room()))
	if err != nil {
		n.log.Warn("remembered peers set aside", "error", err)
	}
	room := &Room{Replica: r, node: n, known: known, wrong: make(chan struct{}, 1)}
	room.watchClock()
	if room.files, err = openAttachments(room); err != nil {
		return nil, err
	}
	sender := &mail.Sender{Credentials: n, Now: n.opts.Now}
	room.outbox = outbox.New(r, sender, n.config.account, n.log)
	n.channels(room.outbox)
	room.watch = escalate.New(r, room.outbox, n.log)
	if n.opts.Remind != nil {
		room.watch.Remind(n.opts.Remind)
	}
	if n.opts.Links {
		if err := room.link(); err != nil {
			return nil, err
		}
	}
	n.mu.Lock()
	n.rooms[r.Room()] = room
	n.mu.Unlock()
	return room, nil
}

// link starts the room's mesh, its outbox and what watches both.
func (r *Room) link() error {
	n := r.node
	certificate, err := n.home.Certificate(r.Room())
	if err != nil {
		return fmt.Errorf("link room: %w", err)
	}
	r.mesh, err = mesh.New(mesh.Config{
		Room: r.Room(), Identity: meshIdentity{n.home}, Authorize: r.authorize, MyCertificate: certificate,
		Store: replica.Store{Replica: r.Replica}, Version: Version, Now: n.opts.Now, Log: n.log,
		OnRollback: func(mesh.RolledBack) { r.RolledBack() },
		OnFork: func(f mesh.ForkSuspected) {
			n.log.Error("a feed is forked more often than branches are kept; the peer's is not taken", "feed", f.Feed.Short(), "seq", f.Seq)
		},
		OnAddresses: r.remember, OnShutOut: r.shutOut, OnTwin: r.twins.seen, OnArchives: r.archivesNamed, Streams: r.files.streams(), Brief: r.brief, OnBrief: r.takeBrief,
	})
	if err != nil {
		return fmt.Errorf("link room: %w", err)
	}
	for source, list := range map[string][]string{mesh.SourceTyped: n.opts.Peers, "remembered": r.known.addresses()} {
		for _, address := range list {
			if err := r.mesh.AddAddress(address, source); err != nil {
				n.log.Warn("address set aside", "address", address, "error", err)
			}
		}
	}
	if n.listener != nil {
		r.mesh.Announce(n.LocalAddresses())
		n.listener.Add(r.mesh)
	}
	stopClock := r.mesh.Subscribe(r.setClock)
	n.spawn(r.watchMembers)
	n.spawn(r.files.tend)
	n.spawn(r.files.supply)
	n.spawn(r.tendHistory)
	n.spawn(r.tendClock)
	n.spawn(func() {
		defer stopClock()
		if err := r.mesh.Run(n.ctx); err != nil && n.ctx.Err() == nil {
			n.log.Error("links ended", "error", err)
		}
	})
	n.spawn(func() { r.outbox.Run(n.ctx) })
	if !n.opts.DialOnly { // a moment's work leaves the escalation to who stays
		n.spawn(func() { r.watch.Run(n.ctx) })
	}
	return nil
}

// authorize says whether a device may link: a member may, and so may one who
// shows that an admin admitted it while we were apart. Before the founding has
// arrived, only those the invite named are known; who came by the recovery key
// takes anyone who knows the room, and the founding proves itself.
func (r *Room) authorize(peer model.DeviceKey, certificate []byte) (ok bool) {
	if r.Relay() {
		return r.authorizeAtRelay(peer, certificate)
	}
	r.View(func(s *model.State) {
		if m := s.Members[peer]; m != nil {
			ok = m.Active()
			return
		}
		if s.Founded.Seq == 0 {
			ok = r.known.trusts(peer) || r.metBefore(peer, certificate) || r.node.home.Recovered(r.Room())
			return
		}
		c, err := identity.DecodeCertificate(certificate)
		if err != nil || c.Room != r.Room() || c.Device != peer {
			return
		}
		by, err := c.Verify()
		if err != nil {
			return
		}
		admin, active := s.ActiveMember(by)
		ok = active && admin.Role == model.RoleAdmin
	})
	return ok
}

// metBefore tells of a device, while the founding has not arrived, that this
// one linked to it before, or admitted it: the record was here once and is gone.
func (r *Room) metBefore(peer model.DeviceKey, certificate []byte) bool {
	if r.known.met(peer) {
		return true
	}
	c, err := identity.DecodeCertificate(certificate)
	if err != nil || c.Room != r.Room() || c.Device != peer {
		return false
	}
	by, err := c.Verify()
	return err == nil && by == r.Device()
}

// watchMembers closes the links of devices that are members no more, and sees
// to it that those who are have the keys, and the others not.
func (r *Room) watchMembers() {
	changed := make(chan struct{}, 1)
	stop := r.Subscribe(func(c replica.Change) {
		if c.Room {
			select {
			case changed <- struct{}{}:
			default:
			}
		}
	})
	defer stop()
	turn := time.NewTimer(r.keyTurn())
	defer turn.Stop()
	for {
		select {
		case <-r.node.ctx.Done():
			return
		case <-changed:
			turn.Reset(r.keyTurn())
		case <-turn.C:
			r.tendKeys()
			continue
		}
		for _, device := range r.gone() {
			r.mesh.Drop(device)
		}
	}
}

// Peers lists the devices of the room as the links know them.
func (r *Room) Peers() []mesh.PeerStatus {
	if r.mesh == nil {
		return nil
	}
	return r.mesh.Peers()
}

// Holds counts the other devices known to hold a commit, by its place in the fold.
func (r *Room) Holds(feed model.FeedID, seq uint64) int {
	if r.mesh == nil {
		return 0
	}
	name, before := r.InLog(feed)
	return r.mesh.Holds(name, seq+before)
}

// ReadOnly tells that the disk of the home takes no writes.
func (r *Room) ReadOnly() bool { return r.node.ReadOnly() }

// Address is where the node of this room listens.
func (r *Room) Address() string { return r.node.Address() }

// Mesh is the room's links; nil without them.
func (r *Room) Mesh() *mesh.Mesh { return r.mesh }

// Outbox is what delivers the room's messages.
func (r *Room) Outbox() *outbox.Outbox { return r.outbox }

// Watcher is what acts on the room's deadlines and gives its reminders.
func (r *Room) Watcher() *escalate.Watcher { return r.watch }

// accountChanged has what needs the mail account look again.
func (r *Room) accountChanged() {
	r.outbox.Poke()
	r.watch.Poke()
}

func (r *Room) remember(peer model.DeviceKey, addresses []string) {
	if err := r.known.add(peer, addresses); err != nil {
		r.node.log.Warn("addresses of a peer not kept", "error", err)
	}
}

// CatchUp waits until this device's own admission has arrived, or ctx ends.
func (r *Room) CatchUp(ctx context.Context) error {
	arrived := make(chan struct{}, 1)
	stop := r.Subscribe(func(replica.Change) {
		select {
		case arrived <- struct{}{}:
		default:
		}
	})
	defer stop()
	for {
		if r.isMember() {
			return nil
		}
		select {
		case <-arrived:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// peersFile remembers where the room's devices were reached.
const peersFile = "peers.json"

// Bounds of what is remembered: a room has at most 256 devices, and a laptop
// is seen at a handful of addresses.
const (
	maxAcquaintances = 256
	maxAddresses     = 8
	maxPeersFile     = 256 << 10
)

// acquaintances are devices and their addresses, outside the record: a cache
// that only costs time when it is lost. Safe for concurrent use.
type acquaintances struct {
	path string
	mu   sync.Mutex
	list []acquaintance
}

type acquaintance struct {
	Device    model.DeviceKey `json:"device"`
	Addresses []string        `json:"addresses"`
	// Trusted devices were named by the invite: they are believed until the
	// founding has arrived.
	Trusted bool `json:"trusted,omitempty"`
	// Shut: it said that this device was removed, and has not linked since.
	Shut bool `json:"shut,omitempty"`
}

func loadAcquaintances(path string) (*acquaintances, error) {
	a := &acquaintances{path: path}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return a, nil
	}
	if err != nil || len(b) > maxPeersFile {
		return a, errors.Join(err, fmt.Errorf("read %s: too large or unreadable", path))
	}
	if err := json.Unmarshal(b, &a.list); err != nil {
		return a, fmt.Errorf("read %s: %w", path, err)
	}
	return a, nil
}

func (a *acquaintances) add(device model.DeviceKey, addresses []string) error {
	return a.change(device, addresses, false)
}

func (a *acquaintances) trust(device model.DeviceKey, addresses []string) error {
	return a.change(device, addresses, true)
}

func (a *acquaintances) change(device model.DeviceKey, addresses []string, trusted bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.list, func(k acquaintance) bool { return k.Device == device })
	if i < 0 {
		if len(a.list) == maxAcquaintances {
			a.list = a.list[1:]
		}
		a.list = append(a.list, acquaintance{Device: device})
		i = len(a.list) - 1
	}
	k := &a.list[i]
	for _, address := range addresses {
		if !slices.Contains(k.Addresses, address) {
			k.Addresses = append(k.Addresses, address)
		}
	}
	k.Addresses = k.Addresses[max(len(k.Addresses)-maxAddresses, 0):]
	k.Trusted, k.Shut = k.Trusted || trusted, false
	return a.save()
}

// shut keeps whether a device shut this one out as removed.
func (a *acquaintances) shut(device model.DeviceKey, out bool) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.list, func(k acquaintance) bool { return k.Device == device })
	if i < 0 || a.list[i].Shut == out {
		return nil
	}
	a.list[i].Shut = out
	return a.save()
}

// save writes the file; the caller holds a.mu.
func (a *acquaintances) save() error {
	b, err := json.MarshalIndent(a.list, "", "\t")
	if err != nil {
		return err
	}
	return replaceFile(a.path, b)
}

func (a *acquaintances) trusts(device model.DeviceKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.list, func(k acquaintance) bool { return k.Device == device && k.Trusted })
}

func (a *acquaintances) met(device model.DeviceKey) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.ContainsFunc(a.list, func(k acquaintance) bool { return k.Device == device })
}

func (a *acquaintances) addresses() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var all []string
	for _, k := range a.list {
		all = append(all, k.Addresses...)
	}
	return all
}

func (a *acquaintances) all() []acquaintance {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.list)
}

func (n *Node) peersPath(room model.RoomID) string {
	return filepath.Join(n.home.RoomDir(room), peersFile)
}
