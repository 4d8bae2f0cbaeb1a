package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"holdfast/model"
	"holdfast/sync/identity"
	"holdfast/sync/oplog"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

// A room with a long history: n entries in so many incidents, of which all but
// the last few are closed.
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
	packed := filepath.Join(dir, "packed")
	if err := writtenAnew(full, packed); err != nil {
		return err
	}
	for _, start := range []struct{ what, home string }{
		{"empty", empty}, {"folded from rows", full}, {"folded from segments", packed}, {"empty", empty}, {"from a snapshot", full},
	} {
		if err := startOnce(start.what, start.home); err != nil {
			return err
		}
	}
	return letGoOnce(full)
}

// writtenAnew makes a copy of a home, and writes its store anew.
func writtenAnew(home, to string) error {
	err := errors.Join(os.CopyFS(to, os.DirFS(home)), os.Chmod(filepath.Join(to, "secrets"), 0o600))
	if err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(to, "rooms", "*", "room.db"))
	if err != nil || len(found) != 1 {
		return fmt.Errorf("%d stores: %w", len(found), err)
	}
	log, err := oplog.Open(found[0], oplog.Options{})
	if err != nil {
		return err
	}
	began := time.Now()
	c, err := log.Compact()
	took := time.Since(began)
	if err = errors.Join(err, log.Close()); err != nil {
		return err
	}
	fmt.Printf("written anew in %.2f s: store %.1f MB before, %.1f MB after\n", took.Seconds(), float64(c.Before)/1e6, float64(c.After)/1e6)
	return nil
}

// letGoOnce tells what the store takes once all that can be let go is, and how long
// that needs.
func letGoOnce(home string) error {
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return err
	}
	room, all := h.Rooms()[0], map[model.FeedID]uint64{}
	for feed, head := range room.Heads() {
		all[feed] = head.Seq
	}
	began := time.Now()
	done, err := room.LetGo(context.Background(), began.Add(time.Hour), []replica.Holding{{Archive: model.DeviceKey{1}, Upto: all}}, 1)
	took := time.Since(began)
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	fmt.Printf("let go of %d commits in %.1f s: store %.1f MB before, %.1f MB after\n", done.Commits, took.Seconds(), float64(done.Before)/1e6, float64(done.After)/1e6)
	return startOnce("after letting go", home)
}

// writeHistory founds a room and writes its history straight into the log, each
// entry a signed commit of its own, many with one flush.
func writeHistory(home string, n int) error {
	w, err := openHistorian(home)
	if err != nil {
		return err
	}
	if n > 0 {
		err = w.incidents(n)
	}
	return errors.Join(err, w.flush(), w.log.Close())
}

// openHistorian founds a room and opens its log.
func openHistorian(home string) (*historian, error) {
	h, err := replica.OpenHome(home, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		return nil, err
	}
	_, err = h.Found(context.Background(), replica.Founding{Name: "Bench", Person: "A"})
	return historianOf(h, err)
}

// historianOf opens the log of the room of a home, which it closes.
func historianOf(h *replica.Home, err error) (*historian, error) {
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	room := h.Rooms()[0].Room()
	stored, err := h.Secrets().Value("room/" + room.String())
	if err = errors.Join(err, h.Close()); err != nil {
		return nil, err
	}
	keys, err := identity.UnmarshalRoomKeys(stored)
	if err != nil {
		return nil, err
	}
	log, err := oplog.Open(filepath.Join(h.RoomDir(room), "room.db"), oplog.Options{
		Keys: identity.LogKeys{RoomKeys: keys, Room: room}, Device: h.Device().Private(),
	})
	if err != nil {
		return nil, err
	}
	w := &historian{log: log, device: h.Device().Key(), state: model.NewState(room, nil), batch: log.Begin(), now: time.Now()}
	authors := map[model.FeedID]model.DeviceKey{}
	for _, f := range log.Feeds() {
		authors[f.Feed] = f.Open.Device
	}
	err = log.Scan(nil, func(c oplog.Commit) error {
		body, err := log.Open(c)
		if err != nil {
			return err
		}
		ops, err := model.DecodeOps(body)
		return errors.Join(err, w.state.Apply(model.Commit{Feed: c.Feed, Seq: c.Seq, Lamport: c.Lamport, Wall: c.Wall, Device: authors[c.Feed], Ops: ops}))
	})
	if err != nil {
		return nil, errors.Join(err, log.Close())
	}
	return w, nil
}

// historian writes commands to a log, thousands with one flush.
type historian struct {
	log     *oplog.Log
	device  model.DeviceKey
	state   *model.State
	batch   *oplog.Batch
	waiting int
	now     time.Time // of the history, which goes through historyYears up to today
}

// historyYears is how long the room is old.
const historyYears = 2

func (w *historian) incidents(n int) error {
	all, err := samples()
	if err != nil {
		return err
	}
	each := n / manyIncidents
	today := w.now
	for i := range manyIncidents {
		w.now = today.AddDate(-historyYears, 0, 0)
		w.now = w.now.Add(today.Sub(w.now) / manyIncidents * time.Duration(i))
		inc, err := w.do(model.Declare{Title: fmt.Sprintf("Incident %d of a long history", i), Severity: model.P2})
		if err != nil {
			return err
		}
		for k := range each {
			entry := vary(all, i*each+k).command(inc.Code)
			entry.At = w.now // that of the sample may be later than the history is here
			if _, err := w.do(entry); err != nil {
				return err
			}
		}
		if i >= manyIncidents-stillOpen {
			continue
		}
		if _, err := w.do(model.Resolve{Incident: inc.Code, Verification: "error rate under 0.1 % for 10 minutes"}); err != nil {
			return err
		}
		if _, err := w.do(model.Close{Incident: inc.Code, Customers: "staff alone saw it"}); err != nil {
			return err
		}
	}
	return nil
}

func (w *historian) do(c model.Command) (model.Done, error) {
	feed, seq := w.batch.Next()
	w.now = w.now.Add(time.Second)
	p := model.NewPlanner(w.state, w.now, w.device, feed, seq)
	done, err := p.Plan(c)
	if err != nil {
		return done, err
	}
	ops, err := p.Ops()
	if err != nil {
		return done, err
	}
	body, err := model.EncodeOps(ops)
	if err != nil {
		return done, err
	}
	written, err := w.batch.Append(oplog.Draft{Body: body, Wall: w.now.UnixMilli()})
	if err != nil {
		return done, err
	}
	err = w.state.Apply(model.Commit{Feed: written.Feed, Seq: written.Seq, Lamport: written.Lamport, Wall: written.Wall, Device: w.device, Ops: ops})
	if w.waiting++; err == nil && w.waiting == 1000 {
		err = w.flush()
	}
	return done, err
}

// flush makes what was written durable.
func (w *historian) flush() error {
	err := w.batch.Commit()
	w.batch, w.waiting = w.log.Begin(), 0
	return err
}

// startOnce opens a home in a process of its own.
func startOnce(what, home string) error {
	p, err := self("start", home, "", 0)
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
	fmt.Printf("%-20s start to board %.1f ms, memory %d MB, store %d MB\n", what, ms(time.Duration(ns)), p.memory()>>20, size>>20)
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
