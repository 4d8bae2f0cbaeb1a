package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"holdfast/model"
	"holdfast/sync/node"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// openNode opens a home. One that is given a peer dials it and cannot be dialled.
func openNode(home, peer string) (*node.Node, error) {
	o := node.Options{Home: home, Secrets: secret.Options{Prefer: secret.KeyFile}, Links: true, Listen: "127.0.0.1:0", Quiet: true}
	if peer != "" {
		o.Peers, o.DialOnly = []string{peer}, true
	}
	return node.Open(o)
}

func runPeer(role, home, peer string, want int) (err error) {
	n, err := openNode(home, peer)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.Close()) }()
	room := n.Rooms()[0]
	fmt.Println("ready", n.Address())
	switch role {
	case "watch":
		watch(room, want)
	case "relay":
		store(room, want)
	}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		if address, ok := strings.CutPrefix(in.Text(), "join "); ok {
			if err := room.Mesh().AddAddress(address, "typed"); err != nil {
				return err
			}
		}
		if live, ok := strings.CutPrefix(in.Text(), "write "); ok {
			count, err := strconv.Atoi(live)
			if err != nil {
				return err
			}
			if err := writeLive(room, count); err != nil {
				return err
			}
		}
	}
	return in.Err()
}

// store reports when a relay, which cannot read entries, holds as many commits.
func store(room *node.Room, want int) {
	changed := make(chan struct{}, 1)
	room.Subscribe(func(replica.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	changed <- struct{}{}
	go func() { // ends once it has reported
		for range changed {
			held := uint64(0)
			for _, head := range room.Heads() {
				held += head.Seq
			}
			if held >= uint64(want) {
				fmt.Println("caught", time.Now().UnixNano())
				return
			}
		}
	}()
}

// watch reports when the room holds what is wanted, and after that how old
// each live entry is when it has been folded here.
func watch(room *node.Room, want int) {
	changed := make(chan struct{}, 1)
	room.Subscribe(func(replica.Change) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	changed <- struct{}{}
	go func() { // ends with the process
		caught := false
		seen := map[model.ID]bool{}
		for range changed {
			now := time.Now()
			room.View(func(s *model.State) {
				// Counting takes a while: it is done once there can be as many.
				full := !caught && commits(s) >= want
				for inc := range s.Incidents() {
					if full && inc.Count() >= want {
						caught = true
						fmt.Println("caught", now.UnixNano())
					}
					if inc.Title() == liveTitle {
						reportLive(inc, seen, now)
					}
				}
			})
		}
	}()
}

// commits is how many commits a state was folded from.
func commits(s *model.State) (n int) {
	for _, mark := range s.Applied {
		n += int(mark.Seq)
	}
	return n
}

// liveTitle names the incident the live entries go to, apart from the bulk, so
// that finding them costs nothing.
const liveTitle = "live entries"

// betweenLive is how far apart live entries are written.
const betweenLive = 5 * time.Millisecond

// reportLive tells how old the entries are that were not seen before, in the order
// they were written.
func reportLive(inc *model.Incident, seen map[model.ID]bool, now time.Time) {
	var sent []int64
	for id, e := range inc.All() {
		if seen[id] {
			continue
		}
		seen[id] = true
		if at, err := strconv.ParseInt(strings.TrimSpace(e.First.Text), 10, 64); err == nil {
			sent = append(sent, at)
		}
	}
	slices.Sort(sent)
	for _, at := range sent {
		fmt.Println("live", now.UnixNano()-at)
	}
}

// writeLive writes entries one by one, each holding when it was handed in, and
// tells how long after that it was committed.
func writeLive(room *node.Room, count int) error {
	ctx := context.Background()
	inc, err := room.Do(ctx, model.Declare{Title: liveTitle})
	if err != nil {
		return err
	}
	pause := time.NewTicker(betweenLive)
	defer pause.Stop()
	for range count {
		<-pause.C
		handedIn := time.Now()
		text := fmt.Sprintf("%-200d", handedIn.UnixNano())
		if _, err := room.Do(ctx, model.Log{Incident: inc.Code, Text: text}); err != nil {
			return err
		}
		fmt.Println("committed", time.Since(handedIn).Nanoseconds())
	}
	return nil
}

// fill writes n entries straight into the log, each a commit of its own, as many
// people would: what waits on one device would be written together.
func fill(home string, n int) error {
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return err
	}
	w, err := historianOf(h, nil)
	if err != nil {
		return err
	}
	err = w.entries(n)
	return errors.Join(err, w.flush(), w.log.Close())
}

func (w *historian) entries(n int) error {
	inc, err := w.do(model.Declare{Title: "The common work", Severity: model.P0})
	if err != nil {
		return err
	}
	all, err := samples()
	if err != nil {
		return err
	}
	for i := range n {
		if _, err := w.do(vary(all, i).command(inc.Code)); err != nil {
			return err
		}
	}
	return nil
}
