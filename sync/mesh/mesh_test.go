package mesh

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"holdfast/model"
)

func TestCatchUpBothWays(t *testing.T) {
	a, b := newNode(t), newNode(t)
	a.store.write(20_000, 150)
	b.store.write(500, 150)
	b.join(a)
	await(t, "b has a's feed", b.has(a.store.own, 20_000))
	await(t, "a has b's feed", a.has(b.store.own, 500))
	await(t, "a knows that b has it", func() bool { return a.mesh.Holds(a.store.own, 20_000) == 1 })
	if a.mesh.Holds(a.store.own, 20_001) != 0 {
		t.Error("a counts a commit that does not exist as held")
	}
	if b.store.copies > 0 || a.store.copies > 0 {
		t.Errorf("runs were sent twice: %d to a, %d to b", a.store.copies, b.store.copies)
	}
}

func TestLivePushAndRelay(t *testing.T) {
	a, r, b := newNode(t), newNode(t), newNode(t)
	a.join(r)
	b.join(r)
	await(t, "links", func() bool { return a.linked(r)() && b.linked(r)() })
	for i := range uint64(50) {
		seq := a.store.write(1, 200)
		if seq != i+1 {
			t.Fatalf("seq %d after %d writes", seq, i+1)
		}
		await(t, "b has it through r", b.has(a.store.own, seq))
	}
	// A hears from r alone; b acknowledges to r alone.
	await(t, "a knows r holds all", func() bool { return a.mesh.Holds(a.store.own, 50) == 1 })
	await(t, "r knows both hold all", func() bool { return r.mesh.Holds(a.store.own, 50) == 2 })
}

func TestPeersTell(t *testing.T) {
	a := newNode(t)
	b := newNode(t, func(c *Config) {
		c.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
		c.Version = "9.9"
	})
	called := make(chan struct{}, 1)
	defer a.mesh.Subscribe(func() { poke(called) })()
	a.join(b)
	await(t, "link", a.linked(b))
	await(t, "clock measured", func() bool {
		ahead := b.mesh.Clocks()
		return len(ahead) == 1 && (ahead[0]-3*time.Hour).Abs() < time.Second
	})
	await(t, "a told of its peers", func() bool { return len(called) == 1 })
	p := a.mesh.Peers()[0]
	if p.Version != "9.9" || p.Address != b.addr || (p.Offset-3*time.Hour).Abs() > time.Second || p.LastHeard.IsZero() {
		t.Errorf("status: %+v", p)
	}
	b.mesh.SetOnline(false)
	await(t, "link cut", func() bool { return !a.linked(b)() })
	a.store.write(7, 100)
	await(t, "b known to lack 7", func() bool { p := a.mesh.Peers()[0]; return p.Behind == 7 && p.Error != "" })
	b.mesh.SetOnline(true)
	await(t, "b has them", b.has(a.store.own, 7))
}

func TestResumeAfterCut(t *testing.T) {
	a, b := newNode(t), newNode(t)
	a.store.write(30_000, 1000) // 30 MB, 120 runs
	a.join(b)
	cuts := 0
	for part := uint64(5000); part < 30_000; part += 5000 {
		await(t, "part of it", b.has(a.store.own, part))
		a.mesh.SetOnline(false)
		a.mesh.SetOnline(true)
		cuts++
	}
	await(t, "all of it", b.has(a.store.own, 30_000))
	b.store.mu.Lock()
	defer b.store.mu.Unlock()
	if b.store.ingested != 30_000 {
		t.Errorf("%d commits taken", b.store.ingested)
	}
	if b.store.copies > cuts*8 {
		t.Errorf("%d runs twice in %d cuts: more than a window each", b.store.copies, cuts)
	}
}

func TestBothDialAtOnce(t *testing.T) {
	for range 10 {
		a, b := newNode(t), newNode(t)
		a.store.write(300, 100)
		b.store.write(300, 100)
		a.join(b)
		b.join(a)
		await(t, "a has all", a.has(b.store.own, 300))
		await(t, "b has all", b.has(a.store.own, 300))
		await(t, "one link", func() bool {
			a.mesh.mu.Lock()
			b.mesh.mu.Lock()
			defer a.mesh.mu.Unlock()
			defer b.mesh.mu.Unlock()
			return len(a.mesh.links) == 1 && len(b.mesh.links) == 1
		})
		// And that one works.
		seq := a.store.write(1, 100)
		await(t, "live", b.has(a.store.own, seq))
		a.stop()
		b.stop()
	}
}

func TestDialsItselfOnce(t *testing.T) {
	a, b := newNode(t), newNode(t)
	a.join(a)
	a.join(b)
	await(t, "link", a.linked(b))
	await(t, "own address known as own", func() bool {
		as := a.mesh.Addresses()
		return len(as) == 1 && as[0].Address == b.addr
	})
	if len(a.mesh.Peers()) != 1 {
		t.Error("a counts itself as a peer")
	}
}

func TestAddressesSpread(t *testing.T) {
	a, b, c := newNode(t), newNode(t), newNode(t)
	for _, n := range []*node{a, b, c} {
		n.mesh.Announce([]string{n.addr})
	}
	a.join(b)
	c.join(b)
	// A and c hear of each other from b and link.
	await(t, "a and c linked", func() bool { return a.linked(c)() && c.linked(a)() })
}

func TestDropEndsAndForgets(t *testing.T) {
	var barred atomic.Pointer[model.DeviceKey] // each link that comes in asks on a goroutine of its own
	a := newNode(t, func(c *Config) {
		c.Authorize = func(k model.DeviceKey, _ []byte) bool {
			gone := barred.Load()
			return gone == nil || k != *gone
		}
	})
	b := newNode(t)
	b.join(a)
	await(t, "link", a.linked(b))
	barred.Store(&b.id.key)
	a.mesh.Drop(b.id.key)
	await(t, "b noticed", func() bool { return !b.linked(a)() })
	a.store.write(5, 100)
	await(t, "b was refused again", func() bool { return len(b.mesh.Addresses()) == 1 && b.mesh.Addresses()[0].Error != "" })
	if len(a.mesh.Peers()) != 0 || b.store.Heads()[a.store.own].Seq != 0 {
		t.Error("a dropped device still gets something")
	}
}

func TestStoreTroubleIsNotThePeersFault(t *testing.T) {
	a, b := newNode(t), newNode(t)
	b.store.broken = errors.New("disk is full")
	a.store.write(10, 100)
	b.join(a)
	await(t, "b says why", func() bool {
		ps := b.mesh.Peers()
		return len(ps) == 1 && ps[0].Error == "a run could not be stored here: disk is full"
	})
	b.store.mu.Lock()
	b.store.broken = nil
	b.store.mu.Unlock()
	await(t, "b catches up once the disk has room", b.has(a.store.own, 10))
}

func TestForkStopsOneFeedAlone(t *testing.T) {
	forks := make(chan ForkSuspected, 10)
	shared := model.FeedID{9}
	holding := func(content byte) *memStore {
		s := newStore()
		s.put(shared, append(make([]byte, 7), 1, content)) // seq 1
		return s
	}
	report := func(f ForkSuspected) { forks <- f }
	a := newNode(t, func(c *Config) { c.Store, c.OnFork = holding(1), report })
	b := newNode(t, func(c *Config) { c.Store, c.OnFork = holding(2), report })
	b.join(a)
	f := <-forks
	if f.Feed != shared || f.Seq != 1 || f.Peer != a.id.key && f.Peer != b.id.key {
		t.Errorf("fork: %+v", f)
	}
	seq := a.store.write(3, 100)
	await(t, "other feeds go on", b.has(a.store.own, seq))
	if !a.linked(b)() {
		t.Error("a fork of one feed ended the link")
	}
}

func TestRolledBackIsReportedAndPulled(t *testing.T) {
	a, b := newNode(t), newNode(t)
	a.store.write(20, 100)
	b.join(a)
	await(t, "b has all", b.has(a.store.own, 20))
	a.stop()
	old := newStore()
	old.own = a.store.own
	for _, c := range a.store.feeds[old.own][:12] {
		old.put(old.own, c)
	}
	rolled := make(chan RolledBack, 1)
	again := newNode(t, func(c *Config) {
		c.Identity, c.Store = a.id, old
		c.OnRollback = func(r RolledBack) { rolled <- r }
	})
	again.join(b)
	if r := <-rolled; r.Feed != old.own || r.Seq != 20 || r.Peer != b.id.key {
		t.Errorf("rolled back: %+v", r)
	}
	await(t, "the lost commits are back", again.has(old.own, 20))
}

func TestTwoRoomsOnOnePort(t *testing.T) {
	a, b := newNode(t), newNode(t)
	other := model.RoomID{7}
	a2 := newNode(t, func(c *Config) { c.Room, c.Identity = other, a.id })
	b2 := newNode(t, func(c *Config) { c.Room, c.Identity = other, b.id })
	_ = a2
	a.stop()
	a2.stop()
	sa, sa2 := a.mesh, a2.mesh
	both := &node{t: t, id: a.id, store: a.store, mesh: sa}
	serveTwo(t, both, sa, sa2)
	a.store.write(4, 100)
	a2.store.write(9, 100)
	b.join(both)
	b2.join(both)
	await(t, "room one", b.has(a.store.own, 4))
	await(t, "room two", b2.has(a2.store.own, 9))
	if len(b.store.Heads()) != 1 || len(b2.store.Heads()) != 1 {
		t.Error("a room saw another's feed")
	}
}

// TestAnAddressIsAskedForInWords: what a person mistyped is not answered in those of a library.
func TestAnAddressIsAskedForInWords(t *testing.T) {
	n := newNode(t)
	for _, typed := range []string{"", "nonsense", "192.0.2.1", ":7420", "192.0.2.1:0", "192.0.2.1:99999", "192.0.2.1:port"} {
		if err := n.mesh.AddAddress(typed, "typed"); err == nil || !strings.Contains(err.Error(), "give host and port, such as 192.168.1.20:7420") {
			t.Errorf("%q: %v", typed, err)
		}
	}
	for _, typed := range []string{"192.0.2.1:7420", "[2001:db8::1]:7420", "bastion.example.org:7420"} {
		if err := n.mesh.AddAddress(typed, "typed"); err != nil {
			t.Errorf("%q: %v", typed, err)
		}
	}
}
