// Package discovery finds the devices of a room on the same network, with no
// server and no DNS. It has two ways, and either can be switched off: a beacon of its own
// (UDP broadcast and IPv6 multicast) and mDNS.
//
// What is announced is a port, a random name that changes each hour, and for each room a
// tag that only who holds a key of the room can recognise. A stranger
// learns that a Holdfast is here, and nothing else: not which room, nor which
// devices share one. What is found is only a place
// to try: who answers there is settled by TLS.
//
// Neither way is vital. Some networks carry neither; then a sentence says so
// and the addresses of invites, of peers and of the user remain.
package discovery

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// Limits and times.
const (
	// MaxRooms bounds the tags in one announcement, so that it fits a datagram.
	MaxRooms = 32
	// maxOlder bounds the keys of epochs before that are tried on a datagram: each
	// costs an HMAC.
	maxOlder = 128
	// maxFound bounds the addresses remembered, against a flood of invented ones.
	maxFound = 256
	// announceEach is the rhythm of the beacon: a laptop opened in the room is
	// found within it, and 200 devices send 7 small datagrams a second.
	announceEach = 30 * time.Second
	// answerGap is the least time between two beacons: a newcomer is answered at
	// once, a hundred newcomers once.
	answerGap = time.Second
	// sayAgain is when an address that is still announced is reported again.
	sayAgain = time.Minute
	// maxHeardASecond bounds the datagrams looked at; each costs an HMAC for each room.
	maxHeardASecond = 200
)

// Options says what to announce and where to report. Keys, Found and Port are needed.
type Options struct {
	// Port is where this device listens for links.
	Port int
	// Keys gives a key of each room, of its current epoch; asked each time, since
	// rooms and epochs change. Safe for concurrent use.
	Keys func() [][]byte
	// Older gives keys of epochs before, which are recognised and not announced:
	// a device that was away when a room's key changed still announces one of
	// them. May be nil.
	Older func() [][]byte
	// Found is told "host:port" of a device that shows the tag of one of the
	// rooms: when first heard, and each minute while it is. It must not block.
	Found func(address string)
	// Stranger is told "host:port" of a device that shows none of the rooms' tags,
	// each time it is heard by the beacon: one that has no room may ask it to be let
	// in. It must not block, and bounds what it keeps. May be nil.
	Stranger func(address string)
	// Health is told a sentence when one of the ways stops or starts to
	// work: way is Beacon or MDNS, and an empty sentence means it works. May be nil.
	Health func(way, sentence string)

	// NoBeacon and NoMDNS switch a way off.
	NoBeacon, NoMDNS bool
	// BeaconPort is the UDP port of the beacon; zero means DefaultBeaconPort.
	BeaconPort int
	// Interfaces lists the network interfaces to use; nil means those that are
	// up, save loopback.
	Interfaces func() ([]net.Interface, error)
	// Now and Rand are the clock and the source of random names; nil means the real ones.
	Now  func() time.Time
	Rand io.Reader
}

// The ways, as named to Options.Health.
const (
	Beacon = "beacon"
	MDNS   = "mdns"
)

var errOptions = errors.New("keys, found and a port are needed")

// Run announces and listens until ctx ends, and has then stopped all it
// started. It fails only for options that make no sense: a network that
// does not carry announcements is told to Health.
func Run(ctx context.Context, o Options) error {
	if o.Keys == nil || o.Found == nil || o.Port < 1 || o.Port > 65535 {
		return fmt.Errorf("discovery: %w", errOptions)
	}
	o = o.withDefaults()
	d := &discovery{Options: o, heard: map[string]sighting{}, said: map[string]string{}}
	if _, err := io.ReadFull(o.Rand, d.seed[:]); err != nil {
		return fmt.Errorf("discovery: draw a name: %w", err)
	}
	var ways sync.WaitGroup
	if !o.NoBeacon {
		ways.Go(func() { d.runBeacon(ctx, &lan{port: o.BeaconPort, interfaces: o.Interfaces}) })
	}
	if !o.NoMDNS {
		ways.Go(func() { d.runMDNS(ctx) })
	}
	<-ctx.Done()
	ways.Wait()
	return nil
}

func (o Options) withDefaults() Options {
	if o.Health == nil {
		o.Health = func(string, string) {}
	}
	if o.BeaconPort == 0 {
		o.BeaconPort = DefaultBeaconPort
	}
	if o.Interfaces == nil {
		o.Interfaces = usableInterfaces
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return o
}

// discovery is what both ways share.
type discovery struct {
	Options
	seed [32]byte // of the names this run goes by

	mu    sync.Mutex
	heard map[string]sighting // by address
	said  map[string]string   // way -> the sentence last given to Health
}

// sighting is what was last heard from an address.
type sighting struct {
	told time.Time // when Found was told
	hour int64
	name [nameSize]byte
}

// report tells Found of an address, unless it was told lately. It says whether somebody
// new is there: an address not heard before, or another name in the same hour, which
// is a program that was started again.
func (d *discovery) report(address string, a announcement) (newcomer bool) {
	now := d.Now()
	d.mu.Lock()
	last, known := d.heard[address]
	newcomer = !known || last.hour == a.Hour && last.name != a.Name
	seen := sighting{told: last.told, hour: a.Hour, name: a.Name}
	tell := newcomer || now.Sub(last.told) >= sayAgain || now.Before(last.told)
	if tell {
		seen.told = now
	}
	if !known && len(d.heard) >= maxFound {
		d.forgetOldest()
	}
	d.heard[address] = seen
	d.mu.Unlock()
	if tell {
		d.Found(address)
	}
	return newcomer
}

// forgetOldest makes room for one address. The lock is held.
func (d *discovery) forgetOldest() {
	var oldest string
	for a, s := range d.heard {
		if oldest == "" || s.told.Before(d.heard[oldest].told) {
			oldest = a
		}
	}
	delete(d.heard, oldest)
}

// health passes a sentence on when it differs from the last one.
func (d *discovery) health(way, sentence string) {
	d.mu.Lock()
	last, any := d.said[way]
	d.said[way] = sentence
	d.mu.Unlock()
	if !any || last != sentence {
		d.Health(way, sentence)
	}
}

// usableInterfaces lists what is up and is not loopback.
func usableInterfaces() ([]net.Interface, error) {
	all, err := net.Interfaces()
	if err != nil {
		return nil, err
	}
	var out []net.Interface
	for _, i := range all {
		if i.Flags&net.FlagUp != 0 && i.Flags&net.FlagLoopback == 0 {
			out = append(out, i)
		}
	}
	return out, nil
}

// addressOf joins a host, whose zone matters for link-local IPv6, and a port.
func addressOf(host netip.Addr, port uint16) string {
	return netip.AddrPortFrom(host.Unmap(), port).String()
}
