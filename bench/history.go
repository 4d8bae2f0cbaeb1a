package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"holdfast/model"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// A room with a long history: n entries in so many incidents, of which all but
// a few are closed.
const (
	manyIncidents = 2000
	stillOpen     = 5
)

// measureHistory tells what a long history costs a peer that starts: the time to
// the first list of open incidents, and memory.
func measureHistory(n int) error {
	dir, err := os.MkdirTemp("", "holdfast-scale-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	empty, full := filepath.Join(dir, "empty"), filepath.Join(dir, "full")
	for home, entries := range map[string]int{empty: 0, full: n} {
		if err := writeHistory(home, entries); err != nil {
			return err
		}
	}
	fmt.Printf("\n%d entries in %d incidents, %d of them open\n", n, manyIncidents, stillOpen)
	for _, home := range []string{empty, full} {
		if err := startOnce(home); err != nil {
			return err
		}
	}
	return nil
}

func writeHistory(home string, n int) (err error) {
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	room, err := h.Found(context.Background(), replica.Founding{Name: "Bench", Person: "A"})
	if err != nil || n == 0 {
		return err
	}
	all, err := samples()
	if err != nil {
		return err
	}
	each := n / manyIncidents
	const writers = 64
	for i := range manyIncidents {
		inc, err := room.Do(context.Background(), model.Declare{Title: fmt.Sprintf("Incident %d of a long history", i), Severity: model.P2})
		if err != nil {
			return err
		}
		errs := make([]error, writers)
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for k := w; k < each && errs[w] == nil; k += writers {
					entry := vary(all, i*each+k)
					entry.Incident = inc.Code
					_, errs[w] = room.Do(context.Background(), entry)
				}
			})
		}
		wg.Wait()
		if i >= stillOpen {
			_, err := room.Do(context.Background(), model.Resolve{Incident: inc.Code, Verification: "error rate under 0.1 % for 10 minutes"})
			errs = append(errs, err)
			_, err = room.Do(context.Background(), model.Close{Incident: inc.Code})
			errs = append(errs, err)
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
	}
	return nil
}

// startOnce opens a home in a process of its own.
func startOnce(home string) error {
	p, err := startPeer("start", home, "", 0)
	if err != nil {
		return err
	}
	defer p.stop()
	ns, err := p.wait("board")
	if err != nil {
		return err
	}
	size := int64(0)
	if found, _ := filepath.Glob(filepath.Join(home, "rooms", "*", "room.db")); len(found) == 1 {
		if info, err := os.Stat(found[0]); err == nil {
			size = info.Size()
		}
	}
	fmt.Printf("%-6s start to board %.1f ms, memory %d MB, store %d MB\n", filepath.Base(home), ms(time.Duration(ns)), p.memory()>>20, size>>20)
	return nil
}

// runStart is the child: it opens the home, lists what is open, and waits.
func runStart(home string) (err error) {
	fmt.Println("ready -")
	began := time.Now()
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	h.Rooms()[0].View(func(s *model.State) { s.Briefs(false, time.Now()) })
	fmt.Println("board", time.Since(began).Nanoseconds())
	_, err = os.Stdin.Read(make([]byte, 1))
	return nil
}
