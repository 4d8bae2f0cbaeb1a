// Package mesh keeps the replicas of a room alike over live links.
//
// A Mesh holds one room's links on one device; a Listener accepts links for
// any number of rooms on one port. What to send, to ask and to acknowledge is
// decided by the pure state machine in sync/mesh/engine; this package gives it
// goroutines, sockets, a clock and the store.
//
// A link is one WebSocket over TLS 1.3 with both device keys proved. The
// dialler knocks first: it proves that it knows the room and shows its
// membership. Who is not a member gets a closed connection and learns nothing.
package mesh

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/dial"
	"holdfast/sync/mesh/engine"
)

// PeerStatus is what is known of one device of the room.
type PeerStatus = engine.PeerStatus

// Defaults of Config.
const (
	// DefaultOutgoing links keep a room of hundreds connected at random with
	// room to spare.
	DefaultOutgoing = 8
	// DefaultIncoming is what a member accepts; a relay sets more.
	DefaultIncoming = 64
)

// Config says who this device is in a room and what it works on. Device, Room,
// Identity, Authorize and Store are needed; the rest has defaults.
type Config struct {
	Room     model.RoomID
	Identity Identity
	// Authorize says whether the device with this key may link, given the
	// membership certificate it showed (which may be empty). It must be quick.
	Authorize func(peer model.DeviceKey, certificate []byte) bool
	// MyCertificate is shown to peers; at most MaxCertificate bytes.
	MyCertificate []byte
	Store         Store
	// Version of the application, shown at peers.
	Version string
	// Now is the wall clock of this device, wrong or right.
	Now func() time.Time
	// Rand seeds the boot number and the jitter of redialling.
	Rand io.Reader
	Log  *slog.Logger
	// MaxOutgoing and MaxIncoming bound the links.
	MaxOutgoing, MaxIncoming int
	// Dial opens a TCP connection; nil means the system's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// OnFork and OnRollback are told of damage to a feed, from a goroutine of
	// the mesh. They must be quick. OnFork means a branch that the store does not
	// keep: those it keeps, it tells itself. OnRollback means a peer holds more of our
	// own feed than we do: a new incarnation must begin before the next write.
	OnFork     func(ForkSuspected)
	OnRollback func(RolledBack)
	// OnAddresses is told what addresses a peer named, so they can be kept. The
	// mesh itself already tries them.
	OnAddresses func(peer model.DeviceKey, addresses []string)
	// OnShutOut is told that a peer shut this device out as removed; may be nil.
	OnShutOut func(peer model.DeviceKey)
	// OnTwin is told that two homes use the key of a device, this one's own or a peer's;
	// may be nil.
	OnTwin func(device model.DeviceKey)
	// OnArchives is told who keeps the room's whole history, by a peer that let go of
	// some of it. It must be quick.
	OnArchives func(peer model.DeviceKey, archives []model.DeviceKey)
	// Brief gives what a peer that lacks much should know at once, up to
	// engine.MaxBrief bytes; nothing for one who may not know it. OnBrief is told
	// what a peer said so: unproven until the history is here. Both may be nil.
	Brief   func(peer model.DeviceKey) []byte
	OnBrief func(peer model.DeviceKey, brief []byte)
	// Streams is what goes beside the links; nil is nothing.
	Streams *Streams
}

// ForkSuspected reports that a peer's commits of a feed differ from ours and
// cannot be kept beside them.
type ForkSuspected = engine.ForkSuspected

// RolledBack reports that a peer holds more of our own feed than we do.
type RolledBack = engine.RolledBack

var (
	errNoConfig    = errors.New("room, identity, authorize and store are needed")
	errCertificate = fmt.Errorf("membership certificate is over %d bytes", MaxCertificate)
)

// Mesh is one room's links. Its methods may be called from any goroutine.
type Mesh struct {
	cfg    Config
	device model.DeviceKey

	mu       sync.Mutex // guards all below, and every Step
	engine   *engine.Engine
	links    map[engine.LinkID]*link
	nextLink engine.LinkID
	streams  map[model.DeviceKey]*Stream
	online   bool
	running  bool
	incoming int
	trials   map[string]trial // tries under way, by address
	book     *book
	mine     []string
	watchers map[int]func()
	reports  []func() // to be called by notifyLoop
	shared   []shared // to be read by readLoop
	asked    map[uint64]*asked
	mirrors  map[string]bool // dialled, to this device's own key, by their key material
	nextAsk  uint64
	nextSub  int
	runCtx   context.Context // set while Run runs

	ingest  ingestQueue
	buffers sync.Pool     // write buffers of outgoing links
	dialNow chan struct{} // capacity 1
	changed chan struct{} // capacity 1: peers changed
	heads   chan struct{} // capacity 1: the store changed
	reading chan struct{} // capacity 1: reads are shared
	tasks   sync.WaitGroup
}

// New makes a mesh that rests until Run.
func New(cfg Config) (*Mesh, error) {
	if cfg.Identity == nil || cfg.Authorize == nil || cfg.Store == nil || cfg.Room == (model.RoomID{}) {
		return nil, fmt.Errorf("mesh: %w", errNoConfig)
	}
	if len(cfg.MyCertificate) > MaxCertificate {
		return nil, fmt.Errorf("mesh: %w", errCertificate)
	}
	cfg.setDefaults()
	var boot [16]byte
	if _, err := io.ReadFull(cfg.Rand, boot[:]); err != nil {
		return nil, fmt.Errorf("mesh: read randomness: %w", err)
	}
	m := &Mesh{
		cfg: cfg, device: cfg.Identity.Key(), online: true,
		links: map[engine.LinkID]*link{}, trials: map[string]trial{}, asked: map[uint64]*asked{}, mirrors: map[string]bool{},
		watchers: map[int]func(){}, streams: map[model.DeviceKey]*Stream{},
		book:    newBook(binary.LittleEndian.Uint64(boot[8:])),
		dialNow: make(chan struct{}, 1), changed: make(chan struct{}, 1), heads: make(chan struct{}, 1), reading: make(chan struct{}, 1),
	}
	m.ingest.wake = make(chan struct{}, 1)
	heads, naming, short := m.held()
	eng, err := engine.New(engine.Config{
		Device: m.device, Boot: binary.LittleEndian.Uint64(boot[:8]), Version: cfg.Version,
		Heads: heads, Own: cfg.Store.OwnFeed(), Naming: naming, Short: short,
	})
	if err != nil {
		return nil, fmt.Errorf("mesh: %w", err)
	}
	m.engine = eng
	return m, nil
}

func (c *Config) setDefaults() {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.MaxOutgoing == 0 {
		c.MaxOutgoing = DefaultOutgoing
	}
	if c.MaxIncoming == 0 {
		c.MaxIncoming = DefaultIncoming
	}
	if c.Dial == nil {
		c.Dial = dial.Context
	}
}

// Room is the room this mesh serves.
func (m *Mesh) Room() model.RoomID { return m.cfg.Room }

// Run dials, listens to the store and serves links until ctx ends. It returns
// after every goroutine it started has ended, and nil if ctx ended it.
func (m *Mesh) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m.mu.Lock()
	if m.running {
		m.mu.Unlock()
		return errors.New("mesh: runs already")
	}
	m.running, m.runCtx = true, ctx
	m.mu.Unlock()

	stop := m.cfg.Store.Subscribe(func() { poke(m.heads) })
	poke(m.heads)
	poke(m.dialNow)
	var own sync.WaitGroup
	for _, loop := range []func(context.Context){m.ingestLoop, m.readLoop, m.headsLoop, m.tickLoop, m.dialLoop, m.notifyLoop} {
		own.Go(func() { loop(ctx) })
	}
	<-ctx.Done()
	stop()
	m.mu.Lock()
	m.running, m.runCtx = false, nil
	m.closeAll("this device is stopping")
	m.mu.Unlock()
	own.Wait()
	m.tasks.Wait()
	return nil
}

// Peers tells what is known of each device met, sorted by key.
func (m *Mesh) Peers() []PeerStatus {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.engine.Peers()
}

// Holds counts the other devices known to hold the commit durably. What was
// learnt stays known while they are away.
func (m *Mesh) Holds(feed model.FeedID, seq uint64) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.engine.Holds(feed, seq)
}

// HoldsAll gives how far a device holds each feed durably from its first commit
// on, by what it said over the live link to it; false where there is none.
func (m *Mesh) HoldsAll(device model.DeviceKey) (map[model.FeedID]uint64, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.engine.HoldsAll(device)
}

// Clocks tells, for each device linked and measured over that link, how far this
// device's clock is ahead of its.
func (m *Mesh) Clocks() (ahead []time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.engine.Clocks()
}

// Subscribe has fn called, from one goroutine, after Peers or Holds may have
// changed; several changes may be one call.
func (m *Mesh) Subscribe(fn func()) (stop func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := m.nextSub
	m.nextSub++
	m.watchers[id] = fn
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(m.watchers, id)
	}
}

// AddAddress has host:port tried from now on. Source says where it is from
// ("invite", "mdns", SourceTyped), for people.
func (m *Mesh) AddAddress(address, source string) error {
	host, port, err := net.SplitHostPort(address)
	if number, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil || number == 0 || host == "" {
		return fmt.Errorf("%q is no address; give host and port, such as 192.168.1.20:7420", address)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.book.add(address, source) {
		return fmt.Errorf("address %q: %d addresses are remembered already", address, maxBook)
	}
	if source == SourceTyped {
		m.book.ask(address, m.cfg.Now())
	}
	poke(m.dialNow)
	return nil
}

// Addresses gives the remembered addresses, sorted, those that led to a peer
// first.
func (m *Mesh) Addresses() []Address {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.book.list()
}

// Announce tells peers where this device listens, now and as they come.
func (m *Mesh) Announce(addresses []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mine = slices.Clone(addresses)
	m.step(engine.AddressesChanged{Mine: m.mine, Known: m.book.good()})
}

// Drop ends every link to a device and forgets what was known of it. The
// caller sees to it that Authorize refuses it from now on.
func (m *Mesh) Drop(device model.DeviceKey) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step(engine.Revoked{Device: device})
	m.book.forget(device)
}

// SetOnline cuts all links and refuses new ones, or lets them come again.
func (m *Mesh) SetOnline(on bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.online == on {
		return
	}
	m.online = on
	if !on {
		m.closeAll("this device was taken offline")
		return
	}
	m.book.retryAll()
	poke(m.dialNow)
}

// Online tells what SetOnline set.
func (m *Mesh) Online() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.online
}

// poke wakes the one who waits on a channel of capacity 1; pokes merge.
func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
