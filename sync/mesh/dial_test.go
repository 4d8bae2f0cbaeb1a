package mesh

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// nowhere is a network in which most addresses lead to nobody who would say so.
type nowhere struct {
	mu   sync.Mutex
	dead func(address string) bool // called with mu held
	// begun counts the tries that went nowhere, and ends are what they ended by.
	begun int
	ends  []error
}

func (n *nowhere) dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	dead := n.dead(address)
	if dead {
		n.begun++
	}
	n.mu.Unlock()
	if !dead {
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	<-ctx.Done()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ends = append(n.ends, context.Cause(ctx))
	return nil, ctx.Err()
}

// TestAddressesWhereNobodyAnswersHoldUpNoOther: there is one place for a link, and
// the first eight addresses lead nowhere.
func TestAddressesWhereNobodyAnswersHoldUpNoOther(t *testing.T) {
	b := newNode(t)
	net := &nowhere{dead: func(address string) bool { return address != b.addr }}
	a := newNode(t, func(c *Config) { c.Dial, c.MaxOutgoing = net.dial, 4 })
	for i := range 8 {
		if err := a.mesh.AddAddress(fmt.Sprintf("10.0.0.%d:7420", i), "typed"); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	a.join(b)
	await(t, "a link", a.linked(b))
	if took := time.Since(began); took >= dialWithin {
		t.Errorf("it came after %s, when the other tries had ended", took)
	}
}

// TestAChangeOfTheNetworkAbandonsWhatIsUnderWay: nothing leads anywhere until a try ends.
func TestAChangeOfTheNetworkAbandonsWhatIsUnderWay(t *testing.T) {
	b := newNode(t)
	net := &nowhere{}
	net.dead = func(string) bool { return len(net.ends) == 0 }
	a := newNode(t, func(c *Config) { c.Dial = net.dial })
	a.join(b)
	await(t, "a try under way", func() bool { net.mu.Lock(); defer net.mu.Unlock(); return net.begun > 0 })
	a.mesh.NetworkChanged(func(netip.Addr) bool { return false })
	await(t, "a link", a.linked(b))
	net.mu.Lock()
	defer net.mu.Unlock()
	if !errors.Is(net.ends[0], errMoved) {
		t.Errorf("the try ended by: %v", net.ends[0])
	}
}

// TestALinkFromAnAddressThatIsGoneEnds at once, and another takes its place; one
// from an address that is still there stays.
func TestALinkFromAnAddressThatIsGoneEnds(t *testing.T) {
	a, b := newNode(t), newNode(t)
	a.join(b)
	await(t, "a link", a.linked(b))
	which := func() (l *link) {
		a.mesh.mu.Lock()
		defer a.mesh.mu.Unlock()
		for _, l = range a.mesh.links {
		}
		return l
	}
	first := which()
	a.mesh.NetworkChanged(func(netip.Addr) bool { return false })
	select {
	case <-first.done:
		t.Error("a link ended whose address is there")
	default:
	}
	a.mesh.NetworkChanged(func(at netip.Addr) bool { return at == netip.MustParseAddr("127.0.0.1") })
	<-first.done
	await(t, "another link", func() bool { l := which(); return l != nil && l != first && a.linked(b)() })
}

// TestATryBeginsAgainBesideItself while nobody answers, and the first answer counts.
func TestATryBeginsAgainBesideItself(t *testing.T) {
	refused := errors.New("connection refused")
	for name, c := range map[string]struct {
		nth   int           // the attempt that is answered; 0 is none
		err   error         // by this
		takes time.Duration // until the try has ended
	}{
		"at once":         {1, nil, 0},
		"refused at once": {1, refused, 0},
		"the third":       {3, nil, 2 * againAfter},
		"then refused":    {2, refused, againAfter},
		"nobody":          {0, nil, dialWithin},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				begun, closed := 0, 0
				m := &Mesh{cfg: Config{Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
					mu.Lock()
					begun++
					mine := begun
					mu.Unlock()
					if mine == c.nth {
						return pipe(func() {}), c.err
					}
					<-ctx.Done()
					return pipe(func() { closed++ }), nil // it got through all the same, too late
				}}}
				ctx, cancel := context.WithTimeout(t.Context(), dialWithin)
				defer cancel()
				began := time.Now()
				conn, err := m.open(ctx, "tcp", "192.0.2.7:7420")
				if took := time.Since(began); took != c.takes {
					t.Errorf("it took %s, want %s", took, c.takes)
				}
				m.tasks.Wait()
				if c.nth > 0 && !errors.Is(err, c.err) || c.nth > 0 && begun != c.nth {
					t.Errorf("the %d. of %d attempts gave %v", c.nth, begun, err)
				}
				if conn != nil {
					_ = conn.Close()
				}
				if late := begun - 1; closed < late {
					t.Errorf("%d of %d that came late were closed", closed, late)
				}
			})
		})
	}
}

// ending is a connection that tells of its end.
type ending struct {
	net.Conn
	end func()
}

func pipe(end func()) net.Conn {
	a, b := net.Pipe()
	_ = b.Close()
	return ending{a, end}
}

func (e ending) Close() error {
	e.end()
	return e.Conn.Close()
}
