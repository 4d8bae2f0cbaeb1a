package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// measureMany measures a line on its way through rooms of n peers: all ways, or
// those whose name holds only.
func measureMany(n int, only string) error {
	for _, m := range []struct {
		name    string
		measure func(dir string, n int) error
	}{{"crowd", measureCrowd}, {"hub", measureHub}, {"fan-out", measureFanOut}, {"processes", measureProcesses}} {
		if !strings.Contains(m.name, only) {
			continue
		}
		dir, err := os.MkdirTemp("", "holdfast-bench-")
		if err != nil {
			return err
		}
		if err := errors.Join(m.measure(dir, n), os.RemoveAll(dir)); err != nil {
			return err
		}
	}
	return nil
}

// measureCrowd measures a crowd linked at random.
func measureCrowd(dir string, n int) error {
	c, stop, err := gather(dir, n)
	if err != nil {
		return err
	}
	defer stop()
	if err := c.meet(atRandom(n)); err != nil {
		return err
	}
	took, err := c.write(true, func() {})
	if err != nil {
		return err
	}
	fmt.Printf("%d peers in one process, 4 to 8 links each: a line is durable at a peer after p50 %.0f ms, p99 %.0f ms, at the last after %.0f ms; %.2f copies a peer\n",
		n, ms(quantile(took, 50)), ms(quantile(took, 99)), ms(quantile(took, 100)), c.copies())
	return nil
}

// measureHub measures a peer in a process of its own that all others are linked
// to. The others fold and flush on the same processors and the same disk.
func measureHub(dir string, n int) error {
	c, stop, err := gather(dir, n)
	if err != nil {
		return err
	}
	defer stop()
	hub, err := c.hub(dir)
	if err != nil {
		return err
	}
	defer hub.stop()
	end := time.Now().Add(patience)
	for _, m := range c.members {
		if err := wait(m.mesh, 1, end); err != nil {
			return err
		}
	}
	return c.timeHub(hub, "replicas in one other process")
}

// measureFanOut measures the same peer where the others cost little: what it
// sends is acknowledged at once, and not stored.
func measureFanOut(dir string, n int) error {
	c, stop, err := gather(dir, 1)
	if err != nil {
		return err
	}
	defer stop()
	hub, err := c.hub(dir)
	if err != nil {
		return err
	}
	defer hub.stop()
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	if err := c.listen(ctx, &running, n-1, hub.address); err != nil {
		return err
	}
	return c.timeHub(hub, "take and acknowledge alone")
}

// hub starts a peer in a process of its own and gives the members its address.
func (c *crowd) hub(dir string) (*peer, error) {
	home := filepath.Join(dir, "hub")
	m, err := c.member(context.Background(), home)
	if err != nil {
		return nil, err
	}
	if err := m.home.Close(); err != nil {
		return nil, err
	}
	hub, err := self("hub", home, "", 0)
	if err != nil {
		return nil, err
	}
	for _, m := range c.members {
		if err := m.mesh.AddAddress(hub.address, "typed"); err != nil {
			hub.stop()
			return nil, err
		}
	}
	return hub, nil
}

// timeHub times lines on their way through a hub.
func (c *crowd) timeHub(hub *peer, others string) error {
	before := hub.processor()
	took, err := c.write(false, func() { _, _, _ = hub.left() })
	if err != nil {
		return err
	}
	cost := hub.processor() - before
	p50, p99, err := hub.left()
	if err != nil {
		return err
	}
	fmt.Printf("a peer with %d links, in a process of its own, the others %s: a line arrives after p50 %.1f ms, p99 %.1f ms, its commit in between; from that to its sockets p50 %.1f ms, p99 %.1f ms; %.1f ms of a processor a line, %d MB\n",
		len(c.members)+c.ears, others, ms(quantile(took, 50)), ms(quantile(took, 99)), ms(p50), ms(p99), ms(cost)/(crowdLines+2), hub.memory()>>20)
	return nil
}

// left gives how long lines took to leave a hub since it was last asked.
func (p *peer) left() (p50, p99 time.Duration, err error) {
	fmt.Fprintln(p.in)
	half, err := p.wait("p50")
	if err != nil {
		return 0, 0, err
	}
	most, err := p.wait("p99")
	return time.Duration(half), time.Duration(most), err
}

// runHub is the peer in the middle: it takes whoever comes.
func runHub(home string) error {
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	m := &crowdMember{Store: replica.Store{Replica: h.Rooms()[0]}, crowd: &crowd{}, home: h}
	var watch sockets
	m.Subscribe(watch.durable)
	if err := m.serve(ctx, &running, &watch); err != nil {
		cancel()
		return errors.Join(err, h.Close())
	}
	fmt.Println("ready", m.address)
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() { // until the parent ends it
		took := watch.times()
		fmt.Println("p50", quantile(took, 50).Nanoseconds())
		fmt.Println("p99", quantile(took, 99).Nanoseconds())
	}
	cancel()
	running.Wait()
	return errors.Join(in.Err(), h.Close())
}

// processes is how many real ones are measured together at most.
const processes = 30

// measureProcesses measures nodes in processes of their own.
func measureProcesses(dir string, n int) error {
	n = min(n, processes)
	homes := make([]string, n)
	for i := range homes {
		homes[i] = filepath.Join(dir, fmt.Sprint(i))
	}
	if err := acquaint(homes, nil); err != nil {
		return err
	}
	peers := make([]*peer, n)
	for i, home := range homes {
		role := "watch"
		if i == 0 {
			role = "write"
		}
		p, err := self(role, home, "", 0)
		if err != nil {
			return err
		}
		defer p.stop()
		peers[i] = p
	}
	for _, pair := range atRandom(n) {
		fmt.Fprintln(peers[pair[0]].in, "join", peers[pair[1]].address)
	}
	var took []time.Duration
	for line := range crowdLines + 1 {
		fmt.Fprintln(peers[0].in, "write 1")
		for _, p := range peers[1:] {
			ns, err := p.wait("live")
			if err != nil {
				return err
			}
			if line > 0 { // with the first all have been linked
				took = append(took, time.Duration(ns))
			}
		}
		time.Sleep(between)
	}
	fmt.Printf("%d processes, 4 to 8 links each: a line is durable and folded at a peer after p50 %.0f ms, p99 %.0f ms, at the last after %.0f ms\n",
		n, ms(quantile(took, 50)), ms(quantile(took, 99)), ms(quantile(took, 100)))
	return nil
}

// quantile gives how long so many in a hundred took at most.
func quantile(took []time.Duration, percent int) time.Duration {
	if len(took) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(took))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}
