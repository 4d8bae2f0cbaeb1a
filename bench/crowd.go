package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/mesh"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// A crowd is replicas in one process, with records and links as everywhere: a
// store with its flushes, TLS and WebSocket over loopback. Only how they find
// each other is laid down: each knows the addresses of some, and nobody passes
// addresses on. The first founded the room and writes.
const (
	crowdLines = 20
	// between lines: what is announced and not sent has been asked for by then.
	between = time.Second
	// maxCrowd is more links than a room can have devices.
	maxCrowd = 512
	// patience ends a measurement that does not.
	patience = 3 * time.Minute
)

type crowd struct {
	welcome  identity.Welcome
	members  []*crowdMember
	arrivals chan arrival
	ears     int // that listen beside the members
	// feed is what the first writes, sent how many commits of it left anybody.
	mu   sync.Mutex
	feed model.FeedID
	sent int
}

// arrival is a commit of the first's feed at another.
type arrival struct {
	by      *crowdMember // nil: an ear
	seq     uint64
	at      time.Time
	durable bool // else it has come over a link
}

type crowdMember struct {
	replica.Store
	crowd   *crowd
	home    *replica.Home
	mesh    *mesh.Mesh
	address string
}

// Accept implements mesh.Store. It notes what has come, before it is stored.
func (c *crowdMember) Accept(ctx context.Context, runs []mesh.Run) (answers func() []error) {
	now := time.Now()
	for _, r := range runs {
		if c.crowd.writes(r.Feed, 0) {
			c.crowd.note(arrival{by: c, seq: r.First + uint64(r.Count) - 1, at: now})
		}
	}
	return c.Store.Accept(ctx, runs)
}

// ReadRun implements mesh.Store. It counts what leaves.
func (c *crowdMember) ReadRun(feed model.FeedID, after uint64, maxBytes int) (mesh.Run, bool, error) {
	run, ok, err := c.Replica.ReadRun(feed, after, maxBytes)
	if ok {
		c.crowd.writes(feed, run.Count)
	}
	return run, ok, err
}

// note tells of an arrival where somebody measures.
func (c *crowd) note(a arrival) {
	select {
	case c.arrivals <- a:
	default:
	}
}

// writes reports whether a feed is what is measured, and counts what left of it.
func (c *crowd) writes(feed model.FeedID, left int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if feed != c.feed {
		return false
	}
	c.sent += left
	return true
}

// crowdIdentity is a device as a mesh sees it.
type crowdIdentity struct{ *identity.Device }

// PeerKey implements mesh.Identity.
func (crowdIdentity) PeerKey(cs tls.ConnectionState) (model.DeviceKey, error) {
	return identity.PeerKey(cs)
}

// gather makes n replicas of one room under dir. stop ends them.
func gather(dir string, n int) (c *crowd, stop func(), err error) {
	c = &crowd{arrivals: make(chan arrival, 4*maxCrowd*crowdLines)}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	stop = func() {
		cancel()
		running.Wait()
		for _, m := range c.members {
			_ = m.home.Close() // the folder goes with it
		}
	}
	for i := range n {
		m, err := c.member(ctx, filepath.Join(dir, strconv.Itoa(i)))
		if err == nil {
			err = m.serve(ctx, &running, nil)
		}
		if err != nil {
			stop()
			return nil, nil, err
		}
		c.members = append(c.members, m)
	}
	return c, stop, nil
}

// member opens a home: the first founds the room, the others enter it.
func (c *crowd) member(ctx context.Context, dir string) (*crowdMember, error) {
	home, err := replica.OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return nil, err
	}
	m := &crowdMember{crowd: c, home: home}
	if len(c.members) == 0 {
		if m.Replica, err = home.Found(ctx, replica.Founding{Name: "Bench", Person: "A"}); err != nil {
			return nil, err
		}
		c.welcome.Room, c.welcome.Keys = m.Room(), m.Keys()
		m.View(func(s *model.State) { c.welcome.Founder, c.welcome.Nonce = s.Founder, s.Nonce })
		c.feed = m.OwnFeed()
		return m, nil
	}
	w := c.welcome
	w.Certificate = identity.NewCertificate(w.Room, home.Device().Key(), model.RoleMember, model.ID{1}, time.Now())
	m.Replica, err = home.Enter(w)
	return m, err
}

// serve starts the links of a member, with whoever comes, over sockets that are
// watched where there is one to watch them.
func (c *crowdMember) serve(ctx context.Context, running *sync.WaitGroup, watch *sockets) error {
	me := crowdIdentity{c.home.Device()}
	var err error
	c.mesh, err = mesh.New(mesh.Config{
		Room: c.Room(), Identity: me, Store: c, Authorize: func(model.DeviceKey, []byte) bool { return true }, MaxIncoming: maxCrowd,
	})
	if err != nil {
		return err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.address = ln.Addr().String()
	if watch != nil {
		watch.Listener, ln = ln, watch
	}
	door := mesh.NewListener(ln, me, nil)
	door.Add(c.mesh)
	running.Go(func() { _ = door.Run(ctx) }) // ends with ctx, and so does the mesh
	running.Go(func() { _ = c.mesh.Run(ctx) })
	c.Replica.Subscribe(func(replica.Change) {
		c.crowd.note(arrival{by: c, seq: c.Heads()[c.crowd.feed].Seq, at: time.Now(), durable: true})
	})
	return nil
}

// atOnce is how many links are made together: hundreds would time each other out.
const atOnce = 40

// meet links members as the pairs say.
func (c *crowd) meet(pairs [][2]int) error {
	want := make([]int, len(c.members))
	end := time.Now().Add(patience)
	for some := range slices.Chunk(pairs, atOnce) {
		for _, p := range some {
			if err := c.members[p[0]].mesh.AddAddress(c.members[p[1]].address, "typed"); err != nil {
				return err
			}
			want[p[0]]++
			want[p[1]]++
		}
		for _, p := range some {
			for _, i := range p {
				if err := wait(c.members[i].mesh, want[i], end); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// wait waits until a peer has its links.
func wait(m *mesh.Mesh, links int, end time.Time) error {
	for linked(m) < links {
		if time.Now().After(end) {
			return fmt.Errorf("a peer has %d of %d links after %s", linked(m), links, patience)
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil
}

func linked(m *mesh.Mesh) (n int) {
	for _, p := range m.Peers() {
		if p.Connected {
			n++
		}
	}
	return n
}

// atRandom pairs n members so that each has four to eight links and all hang
// together: a ring, and across it at random, the same in every run.
func atRandom(n int) (pairs [][2]int) {
	r := rand.New(rand.NewPCG(1, 2))
	links := make([]map[int]bool, n)
	for i := range links {
		links[i] = map[int]bool{}
	}
	join := func(a, b int) {
		links[a][b], links[b][a] = true, true
		pairs = append(pairs, [2]int{a, b})
	}
	for i := range n {
		join(i, (i+1)%n)
	}
	for i := range n {
		for want := 4 + r.IntN(3); len(links[i]) < want; {
			if b := r.IntN(n); b != i && !links[i][b] && len(links[b]) < 8 {
				join(i, b)
			}
		}
	}
	return pairs
}

var errPatience = errors.New("a line did not come everywhere")

// write has the first write lines one at a time, and gives for each how long the
// others took to have it: over a link, or durable. It calls begin when all have
// what was before.
func (c *crowd) write(durable bool, begin func()) (took []time.Duration, err error) {
	ctx := context.Background()
	first := c.members[0]
	inc, err := first.Do(ctx, model.Declare{Title: liveTitle})
	if err != nil {
		return nil, err
	}
	if _, err := c.line(inc.Code, true); err != nil { // all have what was before
		return nil, err
	}
	time.Sleep(between)
	c.mu.Lock()
	c.sent = 0
	c.mu.Unlock()
	begin()
	for range crowdLines {
		line, err := c.line(inc.Code, durable)
		if err != nil {
			return nil, err
		}
		took = append(took, line...)
		time.Sleep(between)
	}
	return took, nil
}

// line writes one and waits until all others have it.
func (c *crowd) line(code string, durable bool) (took []time.Duration, err error) {
	first := c.members[0]
	if _, err := first.Do(context.Background(), model.Log{Incident: code, Text: fmt.Sprintf("%-200d", time.Now().UnixNano())}); err != nil {
		return nil, err
	}
	seq, end := first.Heads()[c.feed].Seq, time.After(patience)
	var from time.Time
	for len(took) < len(c.members)-1+c.ears {
		select {
		case a := <-c.arrivals:
			switch {
			case a.seq < seq:
			case a.by == first:
				from = a.at // the writer is told before anybody else can be
			case a.durable == durable:
				took = append(took, a.at.Sub(from))
			}
		case <-end:
			return nil, errPatience
		}
	}
	return took, nil
}

// copies is how often a line was sent, for each member it was sent to.
func (c *crowd) copies() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return float64(c.sent) / float64(crowdLines*(len(c.members)-1))
}
