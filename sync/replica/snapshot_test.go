package replica

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"holdfast/model"
	"holdfast/sync/oplog"
	"holdfast/sync/secret"
)

func TestSnapshotSparesFoldingAgain(t *testing.T) {
	dir := t.TempDir()
	open := func() (*Home, *Replica) {
		h, err := OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if rooms := h.Rooms(); len(rooms) == 1 {
			return h, rooms[0]
		}
		r, err := h.Found(t.Context(), Founding{Name: "Payments", Person: "Ana Ruiz"})
		if err != nil {
			t.Fatal(err)
		}
		return h, r
	}
	h, r := open()
	inc, err := r.Do(t.Context(), model.Declare{Title: "Checkout down"})
	if err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for w := range 50 { // together, so that they share fsyncs
		writers.Go(func() {
			for i := range snapshotEvery / 50 {
				if _, err := r.Do(t.Context(), model.Log{Incident: inc.Code, Text: fmt.Sprintf("entry %d of %d", i, w)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	for range 2 { // written on closing; used, and not written again, after
		before, err := r.Hash()
		if err != nil {
			t.Fatal(err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		h, r = open()
		if r.since != 0 {
			t.Errorf("%d commits were folded again", r.since)
		}
		if after, err := r.Hash(); err != nil || after != before {
			t.Errorf("the snapshot gives another state: %v", err)
		}
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

// A snapshot keeps lines waiting, so it is not written between them.
func TestSnapshotWaitsUntilTheRoomIsQuiet(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		h, err := OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := h.Found(t.Context(), Founding{Name: "Payments", Person: "Ana Ruiz"})
		if err != nil {
			t.Fatal(err)
		}
		inc, err := r.Do(t.Context(), model.Declare{Title: "Checkout down"})
		if err != nil {
			t.Fatal(err)
		}
		r.mu.Lock()
		r.since = snapshotIdle
		r.mu.Unlock()
		kept := func() bool {
			synctest.Wait()
			_, ok, err := r.log.Snapshot(snapshotName)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		for range 5 {
			if _, err := r.Do(t.Context(), model.Log{Incident: inc.Code, Text: "error rate at 4 %"}); err != nil {
				t.Fatal(err)
			}
			time.Sleep(quietFor - time.Millisecond)
			if kept() {
				t.Fatal("a snapshot was written between lines")
			}
		}
		time.Sleep(time.Millisecond)
		if !kept() {
			t.Error("no snapshot was written in a quiet room")
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// Once a room was quiet, a copy of its store alone has every line.
func TestAQuietRoomIsWholeInItsStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, err := OpenHome(t.TempDir(), secret.Options{Prefer: secret.KeyFile}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		r, err := h.Found(t.Context(), Founding{Name: "Payments", Person: "Ana Ruiz"})
		if err != nil {
			t.Fatal(err)
		}
		inc, err := r.Do(t.Context(), model.Declare{Title: "Checkout down"})
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if _, err := r.Do(t.Context(), model.Log{Incident: inc.Code, Text: "error rate at 4 %"}); err != nil {
				t.Fatal(err)
			}
		}
		copied := func() uint64 {
			synctest.Wait()
			store, err := os.ReadFile(r.log.Path())
			path := filepath.Join(t.TempDir(), "room.db")
			if err = errors.Join(err, os.WriteFile(path, store, 0o600)); err != nil {
				t.Fatal(err)
			}
			l, err := oplog.Open(path, oplog.Options{ReadOnly: true})
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			return l.Heads()[r.log.OwnFeed()].Seq
		}
		last := r.log.Heads()[r.log.OwnFeed()].Seq
		if at := copied(); at >= last {
			t.Errorf("the store has %d commits at once: nothing is in the journal alone", at)
		}
		time.Sleep(quietFor)
		if at := copied(); at != last {
			t.Errorf("the store has %d commits of %d", at, last)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
