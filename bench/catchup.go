package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/replica"
)

// figures are what one measurement of the common work gives.
type figures struct {
	catchUp  time.Duration
	bytes    float64       // received by B while catching up
	memory   int64         // B's resident set after it, in bytes
	cpu      time.Duration // B's processor time for it
	p50, p99 time.Duration // from handing in on A to folded on B

	lives []time.Duration // in the order they were written
	ours  *fromCommit     // of Holdfast alone
}

// fromCommit is how long live entries took once A had committed them, and how
// long a bare commit takes on the same disk just then.
type fromCommit struct{ p50, p99, bare time.Duration }

const liveEntries = 1000

// catchUp runs the common work once: A filled, B a member that was away.
func catchUp(n int, relay bool) (figures, error) {
	dir, err := os.MkdirTemp("", "holdfast-bench-")
	if err != nil {
		return figures{}, err
	}
	defer os.RemoveAll(dir)
	homes := []string{filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "r")}
	if err := acquaint(homes, map[string]bool{homes[2]: true}); err != nil {
		return figures{}, err
	}
	if err := fill(homes[0], n); err != nil {
		return figures{}, err
	}
	if relay {
		return relayed(homes, n)
	}
	a, err := self("write", homes[0], "", n)
	if err != nil {
		return figures{}, err
	}
	defer a.stop()
	f, err := measurePeer(self, a, a, homes[1], n)
	return f.committed(a, err)
}

// relayed measures Holdfast through a relay. A and B cannot be dialled: told by the relay
// where the other is, they would link to each other.
func relayed(homes []string, n int) (figures, error) {
	r, err := self("relay", homes[2], "", n)
	if err != nil {
		return figures{}, err
	}
	defer r.stop()
	a, err := self("write", homes[0], r.address, n)
	if err != nil {
		return figures{}, err
	}
	defer a.stop()
	if _, err := r.wait("caught"); err != nil {
		return figures{}, err
	}
	f, err := measurePeer(self, a, r, homes[1], n)
	return f.committed(a, err)
}

// committed adds how long the live entries took once A had committed them, as A
// tells it, and times bare commits.
func (f figures) committed(a *peer, err error) (figures, error) {
	if err != nil {
		return f, err
	}
	took := make([]time.Duration, 0, len(f.lives))
	for _, live := range f.lives {
		ns, err := a.wait("committed")
		if err != nil {
			return f, err
		}
		took = append(took, live-time.Duration(ns))
	}
	bare, err := bareCommits(500)
	f.ours = &fromCommit{p50: quantile(took, 50), p99: quantile(took, 99), bare: quantile(bare, 50)}
	return f, err
}

// common measures a system whose A starts with n entries.
func common(start starter, homes []string, n int, relay bool) (figures, error) {
	a, err := start("write", homes[0], "", n)
	if err != nil {
		return figures{}, err
	}
	defer a.stop()
	through := a
	if relay {
		if through, err = start("relay", homes[2], a.address, n); err != nil {
			return figures{}, err
		}
		defer through.stop()
		if _, err := through.wait("caught"); err != nil {
			return figures{}, err
		}
	}
	return measurePeer(start, a, through, homes[1], n)
}

// measurePeer starts B through a counter of bytes and times it.
func measurePeer(start starter, a, through *peer, home string, n int) (figures, error) {
	counter, err := countBytes(through.address)
	if err != nil {
		return figures{}, err
	}
	defer counter.close()
	b, err := start("watch", home, counter.address, n)
	if err != nil {
		return figures{}, err
	}
	defer b.stop()
	at, err := b.wait("caught")
	if err != nil {
		return figures{}, err
	}
	var f figures
	f.catchUp = time.Unix(0, at).Sub(counter.first())
	f.bytes = float64(counter.received.Load())
	f.memory, f.cpu = b.memory(), b.processor()
	fmt.Fprintln(a.in, "write", liveEntries)
	for range liveEntries {
		ns, err := b.wait("live")
		if err != nil {
			return f, err
		}
		f.lives = append(f.lives, time.Duration(ns))
	}
	f.p50, f.p99 = quantile(f.lives, 50), quantile(f.lives, 99)
	return f, nil
}

// acquaint makes the homes of one room, some of them of relays, and forgets
// where they met.
func acquaint(homes []string, relays map[string]bool) error {
	a, err := openNode(homes[0], "")
	if err != nil {
		return err
	}
	defer a.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	room, err := a.Found(ctx, replica.Founding{Name: "Bench", Person: "A"})
	if err != nil {
		return err
	}
	for _, home := range homes[1:] {
		role := model.RoleMember
		if relays[home] {
			role = model.RoleRelay
		}
		invite, err := room.Invite(ctx, node.Invitation{Role: role})
		if err != nil {
			return err
		}
		if err := enter(ctx, home, invite.String()); err != nil {
			return err
		}
	}
	return nil
}

func enter(ctx context.Context, home, invite string) error {
	n, err := openNode(home, "")
	if err != nil {
		return err
	}
	defer n.Close()
	room, err := n.Join(ctx, invite, node.Guest{Person: filepath.Base(home)})
	if err != nil {
		return err
	}
	if err := room.CatchUp(ctx); err != nil {
		return err
	}
	// What is remembered would let B go round the counter and the relay.
	return os.Remove(filepath.Join(n.Home().RoomDir(room.Room()), "peers.json"))
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
