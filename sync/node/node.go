// Package node is one running Holdfast: a home, the links of its rooms, the
// outbox, discovery and the door for other processes of this machine. The
// desktop and the headless peer are each a Node with a face; a terminal
// command is a Node for a moment, or a guest at another's door.
package node

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/clock"
	"holdfast/sync/discovery"
	"holdfast/sync/escalate"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// Version is the version of this program, as peers and the record see it.
const Version = "0.1.0"

// DefaultPort is where a Holdfast listens unless it is told otherwise.
const DefaultPort = 7420

// Options say what a node does.
type Options struct {
	// Home is the data folder.
	Home    string
	Secrets secret.Options
	// Links has the node listen and link to peers. Without it the node serves
	// commands alone.
	Links bool
	// Listen is the address to listen on; empty is the setting, then any
	// address at DefaultPort, then any port. A given address that is taken is
	// an error.
	Listen string
	// Peers are addresses to link to, beside those remembered.
	Peers []string
	// DialOnly has the node link to peers without listening, as for a moment's
	// work: an address that is gone at once would only mislead the others.
	DialOnly bool
	// Intake is the address to take in alerts at, StatusPage that to show the status
	// page at; empty does neither. Both are for OneRoom, which may be empty where the
	// home has one room.
	Intake, StatusPage, OneRoom string
	// Quiet keeps the node off multicast.
	Quiet bool
	Log   *slog.Logger
	// Now is the wall clock; nil is time.Now. Uptime is the clock beside it that
	// nobody sets; nil is the machine's.
	Now    func() time.Time
	Uptime clock.Uptime
	// Remind is called with what has come due in a room, from the goroutine
	// that watches it: it must be quick. Nil reminds nobody.
	Remind func([]escalate.Reminder)
}

// Node is one running Holdfast. Its methods may be called from any goroutine.
type Node struct {
	opts     Options
	home     *replica.Home
	config   *config
	drafts   *drafts
	log      *slog.Logger
	listener *mesh.Listener // nil without Links
	door     *door
	intake   string // where alerts are taken in; "" nowhere
	// statusPage is the URL of the status page; "" where none is shown.
	statusPage string
	asks       *identity.Asks
	near       *neighbours
	joins      *identity.Host // who answers those who join
	works      works

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	tasks  sync.WaitGroup

	mu    sync.Mutex
	rooms map[model.RoomID]*Room
	// asking is this device's open question, put at askedAt.
	asking  *identity.Asking
	askedAt string
	// askWatchers are told when who asks here changes.
	askWatchers map[int]func()
	nextWatcher int
}

// Open opens the home and starts what the options ask for. It returns
// replica.ErrHomeInUse where another process has the home; use Connect then.
func Open(opts Options) (*Node, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Uptime == nil {
		opts.Uptime = clock.Machine()
	}
	home, err := replica.OpenHome(opts.Home, opts.Secrets, replica.Options{
		Now: opts.Now, Log: opts.Log, App: "holdfast " + Version,
	})
	if err != nil {
		return nil, err
	}
	n := &Node{opts: opts, home: home, log: opts.Log, rooms: map[model.RoomID]*Room{}}
	n.asks = &identity.Asks{Device: home.Device(), Now: opts.Now, Rand: rand.Reader, Changed: n.asksChanged}
	n.near = &neighbours{now: opts.Now, heard: map[string]time.Time{}}
	tries, err := identity.OpenTries(filepath.Join(home.Dir(), "wrong-proofs"))
	if err != nil {
		return nil, errors.Join(err, home.Close())
	}
	n.joins = n.host(tries)
	n.ctx, n.cancel = context.WithCancel(context.Background())
	if err := n.start(); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func (n *Node) start() error {
	var err error
	if n.config, err = loadConfig(n.opts.Home); err != nil {
		return err
	}
	if err := n.loadDrafts(); err != nil {
		return err
	}
	if n.home.ReadOnly() {
		// Nothing that comes could be kept, and nobody else can use the home.
		n.opts.Links, n.opts.Intake, n.opts.StatusPage = false, "", ""
	}
	if n.opts.Links && !n.opts.DialOnly {
		if err := n.listen(); err != nil {
			return err
		}
	}
	for _, r := range n.home.Rooms() {
		if _, err := n.startRoom(r); err != nil {
			return err
		}
	}
	if n.listener != nil {
		n.spawn(n.closeGuessed)
		n.spawn(func() {
			if err := n.listener.Run(n.ctx); err != nil && n.ctx.Err() == nil {
				n.log.Error("listening ended", "error", err)
			}
		})
		if !n.opts.Quiet {
			n.discover()
		}
	}
	if n.opts.Links && !n.opts.DialOnly {
		n.spawn(func() { discovery.WatchNetwork(n.ctx, n.networkChanged) })
	}
	if n.opts.Intake != "" {
		if err := n.listenForAlerts(); err != nil {
			return err
		}
	}
	if n.opts.StatusPage != "" {
		if err := n.listenForReaders(); err != nil {
			return err
		}
	}
	if n.home.ReadOnly() {
		return nil // a socket is a file, too
	}
	n.door, err = openDoor(n)
	return err
}

// spawn runs fn until Close; fn ends when n.ctx does.
func (n *Node) spawn(fn func()) {
	n.tasks.Go(fn)
}

func (n *Node) listen() error {
	ln, err := n.bind()
	if err != nil {
		return fmt.Errorf("listen for peers: %w", err)
	}
	n.listener = mesh.NewListener(ln, meshIdentity{n.home}, n.log)
	n.listener.Handle(identity.JoinPath, identity.JoinHandler(n.joins))
	n.listener.Handle(identity.AskPath, identity.AskHandler(n.asks))
	return nil
}

func (n *Node) bind() (net.Listener, error) {
	var lc net.ListenConfig
	if n.opts.Listen != "" {
		return lc.Listen(n.ctx, "tcp", n.opts.Listen)
	}
	if set := n.config.value("listen"); set != "" {
		return lc.Listen(n.ctx, "tcp", set)
	}
	if ln, err := lc.Listen(n.ctx, "tcp", net.JoinHostPort("", strconv.Itoa(DefaultPort))); err == nil {
		return ln, nil
	}
	return lc.Listen(n.ctx, "tcp", ":0")
}

// Address is where this node listens; "" without links.
func (n *Node) Address() string {
	if n.listener == nil {
		return ""
	}
	return n.listener.Addr().String()
}

// Home is the home this node owns.
func (n *Node) Home() *replica.Home { return n.home }

// Close stops everything, waits for it and lets the home go.
func (n *Node) Close() error {
	var errs []error
	if n.door != nil {
		errs = append(errs, n.door.close())
	}
	n.cancel()
	n.tasks.Wait()
	return errors.Join(append(errs, n.joins.Tries.Close(), n.home.Close())...)
}

// Rooms lists the rooms by name.
func (n *Node) Rooms() []*Room {
	var rooms []*Room
	for _, r := range n.home.Rooms() {
		n.mu.Lock()
		if room := n.rooms[r.Room()]; room != nil {
			rooms = append(rooms, room)
		}
		n.mu.Unlock()
	}
	return rooms
}

// Setting gives one of this device's settings, or "".
func (n *Node) Setting(key string) string { return n.config.value(key) }

// SetSetting keeps one of this device's settings.
func (n *Node) SetSetting(key, value string) error {
	if n.home.ReadOnly() {
		return replica.ErrReadOnly
	}
	return n.config.put(key, value)
}

// meshIdentity is the device of a home as a mesh sees it. It follows the home, whose device is another one
// once it was recovered: the listener goes on under the new key.
type meshIdentity struct{ home *replica.Home }

// Key implements mesh.Identity.
func (m meshIdentity) Key() model.DeviceKey { return m.home.Device().Key() }

// ServerTLS implements mesh.Identity.
func (m meshIdentity) ServerTLS() *tls.Config {
	c := m.home.Device().ServerTLS()
	c.Certificates = nil
	c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return &m.home.Device().ServerTLS().Certificates[0], nil
	}
	return c
}

// ClientTLS implements mesh.Identity.
func (m meshIdentity) ClientTLS(expect *model.DeviceKey) *tls.Config {
	return m.home.Device().ClientTLS(expect)
}

// PeerKey implements mesh.Identity.
func (meshIdentity) PeerKey(cs tls.ConnectionState) (model.DeviceKey, error) {
	return identity.PeerKey(cs)
}

// deviceName is how this device calls itself in a room.
func (n *Node) deviceName(given string) string {
	if given != "" {
		return given
	}
	if set := n.config.value("device.name"); set != "" {
		return set
	}
	name, err := os.Hostname()
	if err != nil {
		return "device " + n.home.Device().Key().Short()
	}
	return name
}

// Secret gives the credential of a mail account.
func (n *Node) Secret(account string) ([]byte, error) {
	return n.home.Secrets().Value(account + ".password")
}
