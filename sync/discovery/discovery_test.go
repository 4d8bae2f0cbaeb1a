package discovery

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hashicorp/mdns"
)

var (
	roomA = bytes.Repeat([]byte{1}, 32)
	roomB = bytes.Repeat([]byte{2}, 32)
)

// hub is a network in memory: what one sends, all others and itself hear.
type hub struct {
	mu   sync.Mutex
	ends []*end
	sent int
}

type end struct {
	hub  *hub
	ip   netip.Addr
	in   chan datagram
	done chan struct{}
	deaf error
}

func (h *hub) end(n byte) *end {
	h.mu.Lock()
	defer h.mu.Unlock()
	e := &end{hub: h, ip: netip.AddrFrom4([4]byte{10, 0, 0, n}), in: make(chan datagram, 1000), done: make(chan struct{})}
	h.ends = append(h.ends, e)
	return e
}

func (e *end) refresh() error {
	e.hub.mu.Lock()
	defer e.hub.mu.Unlock()
	return e.deaf
}

func (e *end) send(b []byte) error {
	e.hub.mu.Lock()
	defer e.hub.mu.Unlock()
	e.hub.sent++
	for _, to := range e.hub.ends {
		select {
		case to.in <- datagram{bytes.Clone(b), e.ip}:
		default:
		}
	}
	return nil
}

func (e *end) receive(b []byte) (int, netip.Addr, error) {
	select {
	case d := <-e.in:
		return copy(b, d.b), d.from, nil
	case <-e.done:
		return 0, netip.Addr{}, net.ErrClosed
	}
}

func (e *end) close() { close(e.done) }

// found collects what a device is told, with the time.
type found struct {
	mu   sync.Mutex
	list []string
	at   []time.Duration
}

func (f *found) addresses() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.list)
}

// newDiscovery gives a device that listens on port and is in rooms.
func newDiscovery(port int, rooms ...[]byte) (*discovery, *found) {
	f := &found{}
	start := time.Now()
	o := Options{
		Port: port, Keys: func() [][]byte { return rooms },
		Found: func(a string) {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.list, f.at = append(f.list, a), append(f.at, time.Since(start))
		},
	}
	d := &discovery{Options: o.withDefaults(), heard: map[string]sighting{}, said: map[string]string{}}
	rand.Read(d.seed[:])
	return d, f
}

func TestDevicesOfARoomFindEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := &hub{}
		a, foundA := newDiscovery(7001, roomA)
		b, foundB := newDiscovery(7002, roomB, roomA)
		c, foundC := newDiscovery(7003, roomB[:16])
		var all sync.WaitGroup
		all.Go(func() { a.runBeacon(ctx, h.end(1)) })
		time.Sleep(10 * time.Second) // of the bubble's clock: a has announced and is silent
		all.Go(func() { b.runBeacon(ctx, h.end(2)) })
		all.Go(func() { c.runBeacon(ctx, h.end(3)) })
		time.Sleep(2 * time.Second)
		if got := foundA.addresses(); !slices.Equal(got, []string{"10.0.0.2:7002"}) {
			t.Errorf("the first found %v", got)
		}
		// b was answered at once, not after the rhythm.
		if got := foundB.addresses(); !slices.Equal(got, []string{"10.0.0.1:7001"}) {
			t.Errorf("the newcomer found %v", got)
		}
		time.Sleep(5*time.Minute + 500*time.Millisecond)
		if got := foundC.addresses(); len(got) != 0 {
			t.Errorf("a stranger found %v", got)
		}
		if n := len(foundA.addresses()); n < 5 || n > 7 {
			t.Errorf("in five minutes the address was told %d times", n)
		}
		cancel()
		all.Wait()
		if h.sent > 45 { // 3 devices, 10 to 11 each, and the answers
			t.Errorf("%d datagrams", h.sent)
		}
	})
}

func TestRestartedProgramIsAnsweredAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		h := &hub{}
		a, foundA := newDiscovery(7001, roomA)
		var all sync.WaitGroup
		all.Go(func() { a.runBeacon(ctx, h.end(1)) })
		for range 2 {
			b, foundB := newDiscovery(7002, roomA)
			life, end := context.WithCancel(ctx)
			var one sync.WaitGroup
			one.Go(func() { b.runBeacon(life, h.end(2)) })
			time.Sleep(2 * time.Second)
			if len(foundB.addresses()) == 0 {
				t.Error("a started program was not answered within two seconds")
			}
			end()
			one.Wait()
		}
		if got := len(foundA.addresses()); got != 2 {
			t.Errorf("told %d times, want once for each start", got)
		}
		cancel()
		all.Wait()
	})
}

func TestWrongClocksHideNobody(t *testing.T) {
	a, _ := newDiscovery(7001, roomA)
	b, _ := newDiscovery(7002, roomA)
	for _, off := range []time.Duration{3 * time.Hour, -20 * 365 * 24 * time.Hour, 60 * 365 * 24 * time.Hour, -100 * 365 * 24 * time.Hour} {
		a.Now = func() time.Time { return time.Now().Add(off) }
		if !b.ours(roundTrip(t, a.announcement())) {
			t.Errorf("a clock off by %v hides the device", off)
		}
	}
}

func roundTrip(t testing.TB, a announcement) announcement {
	t.Helper()
	b, err := a.encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := decodeAnnouncement(b)
	if err != nil || !reflect.DeepEqual(a, back) {
		t.Fatalf("%+v came back as %+v, %v", a, back, err)
	}
	return back
}

func TestStrangersCannotTellRoomsApart(t *testing.T) {
	one, _ := newDiscovery(7001, roomA)
	same, _ := newDiscovery(7001, roomA)
	three, _ := newDiscovery(7001, roomA, roomB, roomA[:16])
	none, _ := newDiscovery(7001)
	seen := map[string]bool{}
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for _, d := range []*discovery{one, same, three, none} {
		d.Now = func() time.Time { return noon }
		a := d.announcement()
		if len(a.Tags) != tagStep {
			t.Errorf("%d tags tell the number of rooms", len(a.Tags))
		}
		if !reflect.DeepEqual(a, d.announcement()) {
			t.Error("within an hour it changes, so invented tags could be told from true ones")
		}
		d.Now = func() time.Time { return noon.Add(time.Hour) }
		later := d.announcement()
		for _, x := range []announcement{a, later} {
			for _, s := range append(slices.Clone(x.Tags), x.Name[:]) {
				if seen[string(s)] {
					t.Error("two devices or two hours show the same")
				}
				seen[string(s)] = true
			}
		}
	}
	a := one.announcement()
	a.Port++
	if same.ours(a) {
		t.Error("a tag holds for another port")
	}
}

func TestOwnVoiceIsNotAPeer(t *testing.T) {
	d, _ := newDiscovery(7001, roomA)
	a := d.announcement()
	d.Now = func() time.Time { return time.Now().Add(2 * time.Hour) }
	if d.ours(a) {
		t.Error("it took itself for a peer")
	}
}

func TestLargestAnnouncementFits(t *testing.T) {
	keys := make([][]byte, MaxRooms+5)
	for n := range keys {
		keys[n] = []byte{byte(n)}
	}
	d, _ := newDiscovery(65535, keys...)
	a := d.announcement()
	b, err := a.encode()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rooms take %d bytes", MaxRooms, len(b))
	roundTrip(t, a)
	for _, s := range a.text() {
		if len(s) > 255 {
			t.Errorf("a TXT string of %d bytes", len(s))
		}
	}
	if back, ok := announcementOf(a.text(), int(a.Port)); !ok || !reflect.DeepEqual(back, a) {
		t.Errorf("the TXT came back as %+v", back)
	}
}

func TestAddressesAreBounded(t *testing.T) {
	d, f := newDiscovery(7001, roomA)
	now := time.Now()
	d.Now = func() time.Time { now = now.Add(time.Millisecond); return now }
	for n := range maxFound + 100 {
		d.report(fmt.Sprintf("10.0.%d.%d:1", n/256, n%256), announcement{})
	}
	if len(d.heard) != maxFound {
		t.Errorf("%d addresses are remembered", len(d.heard))
	}
	if _, ok := d.heard["10.0.0.0:1"]; ok {
		t.Error("the oldest was kept")
	}
	if len(f.list) != maxFound+100 {
		t.Errorf("%d were told", len(f.list))
	}
}

func TestFloodIsCut(t *testing.T) {
	var b budget
	now := time.Unix(1000, 0)
	allowed := 0
	for range 10 * maxHeardASecond {
		if b.allow(now) {
			allowed++
		}
	}
	if allowed != maxHeardASecond || !b.allow(now.Add(time.Second)) {
		t.Errorf("%d in a second, the next second %v", allowed, b.allow(now.Add(time.Second)))
	}
}

func TestDeafNetworkIsASentence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		d, _ := newDiscovery(7001, roomA)
		var said []string
		d.Health = func(way, s string) { said = append(said, way+": "+s) }
		e := (&hub{}).end(1)
		e.deaf = errors.New("no multicast")
		var all sync.WaitGroup
		all.Go(func() { d.runBeacon(ctx, e) })
		time.Sleep(time.Hour)
		e.hub.mu.Lock()
		e.deaf = nil
		e.hub.mu.Unlock()
		time.Sleep(time.Minute)
		cancel()
		all.Wait()
		if !slices.Equal(said, []string{Beacon + ": " + noListen, Beacon + ": "}) {
			t.Errorf("it said %q", said)
		}
	})
}

func TestRunRefusesNonsense(t *testing.T) {
	for _, o := range []Options{
		{},
		{Port: 70000, Keys: func() [][]byte { return nil }, Found: func(string) {}},
		{Port: 1, Found: func(string) {}},
		{Port: 1, Keys: func() [][]byte { return nil }},
	} {
		if err := Run(t.Context(), o); !errors.Is(err, errOptions) {
			t.Errorf("it gave %v", err)
		}
	}
}

func TestRunSwitchedOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		o := Options{
			Port: 1, Keys: func() [][]byte { return nil }, Found: func(string) {}, NoBeacon: true, NoMDNS: true,
			Interfaces: func() ([]net.Interface, error) { t.Error("it looked at the network"); return nil, nil },
		}
		if err := Run(ctx, o); err != nil {
			t.Error(err)
		}
	})
}

func TestMachineWithoutInterfaces(t *testing.T) {
	said := make(chan string, 4)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{
			Port: 1, Keys: func() [][]byte { return nil }, Found: func(string) {}, NoBeacon: true,
			Interfaces: func() ([]net.Interface, error) { return nil, nil },
			Health:     func(way, s string) { said <- way + ": " + s },
		})
	}()
	if s := <-said; s != MDNS+": "+noMDNS {
		t.Errorf("it said %q", s)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestLocalAddressesAreRanked(t *testing.T) {
	r := func(ip, via string) reachable { return reachable{netip.MustParseAddr(ip), via} }
	got := rank([]reachable{
		r("172.17.0.1", "docker0"), r("fd00::2", "eth0"), r("fe80::1", "eth0"), r("169.254.3.4", "eth1"), r("192.168.1.5", "eth0"),
		r("10.1.1.1", "wlan0"), r("192.168.1.5", "eth2"),
	}, 7413)
	want := []string{"192.168.1.5:7413", "10.1.1.1:7413", "[fd00::2]:7413", "169.254.3.4:7413", "172.17.0.1:7413"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	if got := rank([]reachable{r("fe80::1", "eth0")}, 7413); !slices.Equal(got, []string{"127.0.0.1:7413"}) {
		t.Errorf("with nothing else: %v", got)
	}
	for _, a := range LocalAddresses(7413) {
		if _, err := netip.ParseAddrPort(a); err != nil || !strings.HasSuffix(a, ":7413") {
			t.Errorf("%q is no address", a)
		}
	}
	if len(LocalAddresses(7413)) == 0 {
		t.Error("no address at all")
	}
}

func TestMDNSAnswersAreSifted(t *testing.T) {
	peer, _ := newDiscovery(7002, roomA)
	stranger, _ := newDiscovery(7002, roomB)
	name := "0011223344556677." + Service + ".local."
	entry := func(name string, from *discovery, v6 *net.IPAddr) *mdns.ServiceEntry {
		return &mdns.ServiceEntry{
			Name: name, AddrV4: net.IPv4(10, 0, 0, 2).To4(), AddrV6IPAddr: v6, Port: 7002, InfoFields: from.announcement().text(),
		}
	}
	for what, c := range map[string]struct {
		entry *mdns.ServiceEntry
		want  []string
	}{
		"peer":            {entry(name, peer, nil), []string{"10.0.0.2:7002"}},
		"link-local":      {entry(name, peer, &net.IPAddr{IP: net.ParseIP("fe80::2"), Zone: "eth0"}), []string{"10.0.0.2:7002", "[fe80::2%eth0]:7002"}},
		"without zone":    {entry(name, peer, &net.IPAddr{IP: net.ParseIP("fe80::2")}), []string{"10.0.0.2:7002"}},
		"stranger":        {entry(name, stranger, nil), nil},
		"another service": {entry("tv._http._tcp.local.", peer, nil), nil},
		"nothing":         {&mdns.ServiceEntry{Name: name}, nil},
	} {
		d, f := newDiscovery(7001, roomA)
		d.answered(c.entry)
		if got := f.addresses(); !slices.Equal(got, c.want) {
			t.Errorf("%s: found %v, want %v", what, got, c.want)
		}
	}
}

func FuzzAnnouncement(f *testing.F) {
	d, _ := newDiscovery(7001, roomA)
	b, err := d.announcement().encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add(b[:20])
	listener, _ := newDiscovery(7002, roomB)
	f.Fuzz(func(t *testing.T, b []byte) {
		a, err := decodeAnnouncement(b)
		if err != nil {
			return
		}
		if listener.ours(a) {
			t.Errorf("%x passes for a device of the room", b)
		}
		roundTrip(t, a)
	})
}

func FuzzTXT(f *testing.F) {
	d, _ := newDiscovery(7001, roomA)
	f.Add(strings.Join(d.announcement().text(), "\n"), 7001)
	f.Add("h=1,0011223344556677", 0)
	f.Fuzz(func(t *testing.T, txt string, port int) {
		a, ok := announcementOf(strings.Split(txt, "\n"), port)
		if !ok {
			return
		}
		if again, ok := announcementOf(a.text(), int(a.Port)); !ok || !reflect.DeepEqual(again, a) {
			t.Errorf("%q came back as %+v", txt, again)
		}
	})
}
