package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// measureMany measures a line on its way through rooms of n peers.
func measureMany(n int) error {
	for _, measure := range []func(dir string, n int) error{measureCrowd, measureHub, measureProcesses} {
		dir, err := os.MkdirTemp("", "holdfast-bench-")
		if err != nil {
			return err
		}
		if err := errors.Join(measure(dir, n), os.RemoveAll(dir)); err != nil {
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
	took, err := c.write(true)
	if err != nil {
		return err
	}
	fmt.Printf("%d peers in one process, 4 to 8 links each: a line is durable at a peer after p50 %.0f ms, p99 %.0f ms, at the last after %.0f ms; %.2f copies a peer\n",
		n, ms(quantile(took, 50)), ms(quantile(took, 99)), ms(quantile(took, 100)), c.copies())
	return nil
}

// measureHub measures a peer in a process of its own that all others are linked to.
func measureHub(dir string, n int) error {
	c, stop, err := gather(dir, n)
	if err != nil {
		return err
	}
	defer stop()
	home := filepath.Join(dir, "hub")
	m, err := c.member(context.Background(), home)
	if err != nil {
		return err
	}
	if err := m.home.Close(); err != nil {
		return err
	}
	hub, err := self("hub", home, "", 0)
	if err != nil {
		return err
	}
	defer hub.stop()
	end := time.Now().Add(patience)
	for _, m := range c.members {
		if err := m.mesh.AddAddress(hub.address, "typed"); err != nil {
			return err
		}
	}
	for _, m := range c.members {
		if err := m.wait(1, end); err != nil {
			return err
		}
	}
	took, err := c.write(false)
	if err != nil {
		return err
	}
	fmt.Printf("a peer with %d links, in a process of its own: a line of one arrives at the others after p50 %.1f ms, p99 %.1f ms, its commit in between; %d MB\n",
		n, ms(quantile(took, 50)), ms(quantile(took, 99)), hub.memory()>>20)
	return nil
}

// runHub is the peer in the middle: it takes whoever comes.
func runHub(home string) error {
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	m := &crowdMember{Replica: h.Rooms()[0], crowd: &crowd{}, home: h}
	if err := m.serve(ctx, &running); err != nil {
		cancel()
		return errors.Join(err, h.Close())
	}
	fmt.Println("ready", m.address)
	_, err = os.Stdin.Read(make([]byte, 1)) // until the parent ends it
	cancel()
	running.Wait()
	return errors.Join(ignoreEnd(err), h.Close())
}

// ignoreEnd is nil for the end of the input.
func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
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
	sorted := slices.Sorted(slices.Values(took))
	return sorted[min(len(sorted)*percent/100, len(sorted)-1)]
}
