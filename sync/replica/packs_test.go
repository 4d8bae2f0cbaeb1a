package replica

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/secret"
)

// TestIncidentLeavesMemoryAndComesBack: after a restart the entries of an incident
// are in the store alone; the state is the same and every row is read from there: from
// the log, or where the incident is open from packs that were made of it. Where those
// are lost, the log gives them again, to who has the room open and to who opens it.
func TestIncidentLeavesMemoryAndComesBack(t *testing.T) {
	t.Run("closed", func(t *testing.T) { testLeavesMemory(t, true) })
	t.Run("open", func(t *testing.T) { testLeavesMemory(t, false) })
}

func testLeavesMemory(t *testing.T, closed bool) {
	dir, ctx := t.TempDir(), t.Context()
	open := func() (*Home, *Replica) {
		h, err := OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if rooms := h.Rooms(); len(rooms) == 1 {
			return h, rooms[0]
		}
		r, err := h.Found(ctx, Founding{Name: "Payments", Person: "Ana Ruiz"})
		if err != nil {
			t.Fatal(err)
		}
		return h, r
	}
	do := func(r *Replica, c model.Command) model.Done {
		done, err := r.Do(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	h, r := open()
	inc := do(r, model.Declare{Title: "Checkout down", Severity: model.P2})
	var writers sync.WaitGroup
	for w := range 50 { // together, so that they share fsyncs
		writers.Go(func() {
			for i := range snapshotEvery / 50 {
				if _, err := r.Do(ctx, model.Log{Incident: inc.Code, Text: fmt.Sprintf("entry %d of %d", i, w)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	if closed {
		do(r, model.Resolve{Incident: inc.Code, Verification: "orders pass"})
		do(r, model.Close{Incident: inc.Code, Customers: "not needed: only staff saw it"})
	}
	for n := range model.KeepRecent {
		later := do(r, model.Declare{Title: fmt.Sprint("Later ", n), Severity: model.P2})
		do(r, model.Resolve{Incident: later.Code, Verification: "orders pass"})
		do(r, model.Close{Incident: later.Code, Customers: "not needed: only staff saw it"})
	}
	rows := func() (n, loose, bytes int) {
		r.Ask(func(s *model.State) {
			n, loose, bytes = len(s.Timeline(s.Incident(inc.ID))), s.Loose(), s.PackedBytes()
		})
		return n, loose, bytes
	}
	want, _, _ := rows()
	hash, err := r.Hash()
	if err != nil {
		t.Fatal(err)
	}
	check := func(when string, inMemory bool) {
		t.Helper()
		n, loose, bytes := rows()
		if got, err := r.Hash(); err != nil || got != hash || n != want {
			t.Errorf("%s: %d rows of %d, hash %s of %s (%v)", when, n, want, got, hash, err)
		}
		if !inMemory && loose+bytes > 0 {
			t.Errorf("%s: %d entries and %d bytes of packs in memory", when, loose, bytes)
		}
	}
	packed := func() (packs int) {
		r.hold(func() {
			r.endPacking()
			for r.beside.give() {
				r.endPacking()
			}
			if err := r.putAside(r.state); err != nil {
				t.Error(err)
			}
			packs = len(r.state.PackKeys())
		})
		return packs
	}
	lose := func() {
		t.Helper()
		names, err := r.log.Snapshots()
		if err != nil {
			t.Fatal(err)
		}
		b, lost := r.log.Begin(), 0
		for _, name := range names {
			if strings.HasPrefix(name, packPrefix) {
				if err := b.DeleteSnapshot(name); err != nil {
					t.Fatal(err)
				}
				lost++
			}
		}
		if err := b.Commit(); err != nil || lost == 0 {
			t.Fatalf("%d packs: %v", lost, err)
		}
	}
	reopen := func() {
		t.Helper()
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		h, r = open()
	}

	reopen()
	check("after a restart", false)
	packs := packed()
	if closed != (packs == 0) {
		t.Fatalf("%d packs were made", packs)
	}
	check("with packs", false)
	if closed {
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	again := func() {
		t.Helper()
		r.mu.Lock()
		r.since = snapshotEvery
		r.mu.Unlock()
		reopen()
	}
	again() // what was read is kept a while
	mended := make(chan struct{}, 1)
	stop := r.Subscribe(func(Change) {
		select {
		case mended <- struct{}{}:
		default:
		}
	})
	lose()
	r.View(func(s *model.State) {
		if n := len(s.Timeline(s.Incident(inc.ID))); n >= want {
			t.Errorf("%d rows while the packs are gone", n)
		}
	})
	<-mended
	stop()
	check("once the log was folded again", true)

	reopen()
	check("after another restart", true)
	again() // a snapshot, with places
	packed()
	again() // and one with packs
	lose()
	reopen()
	check("opened without its packs", true)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestLinesComeWhileEntriesArePacked: of a long incident the old entries leave
// memory while new ones are written, and none is lost.
func TestLinesComeWhileEntriesArePacked(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	h, err := OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := h.Found(ctx, Founding{Name: "Payments", Person: "Ana Ruiz"})
	if err != nil {
		t.Fatal(err)
	}
	inc, err := r.Do(ctx, model.Declare{Title: "Checkout down"})
	if err != nil {
		t.Fatal(err)
	}
	const writers, each = 100, 3 * looseEntries / 100
	var running sync.WaitGroup
	for w := range writers {
		running.Go(func() {
			for i := range each {
				if _, err := r.Do(ctx, model.Log{Incident: inc.Code, Text: fmt.Sprintf("entry %d of %d", i, w)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
	var count, loose int
	look := func(s *model.State) { count, loose = s.Incident(inc.ID).Count(), s.Loose() }
	r.View(look)
	if count < writers*each || loose > 2*looseEntries+writers {
		t.Errorf("%d entries of %d, %d of them in memory", count, writers*each, loose)
	}
	hash, err := r.Hash()
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Close(); err != nil { // while the last may still be packed
		t.Fatal(err)
	}
	if h, err = OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, Options{}); err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	r = h.Rooms()[0]
	before := count
	if r.View(look); count != before || loose > looseEntries {
		t.Errorf("opened again: %d entries of %d, %d of them in memory", count, before, loose)
	}
	if again, err := r.Hash(); err != nil || again != hash {
		t.Errorf("opened again it has another state: %v", err)
	}
}

// TestEntriesOfBranchesAreReadFromTheLog: the fold has other names and numbers for what
// a forked feed brings than the log.
func TestEntriesOfBranchesAreReadFromTheLog(t *testing.T) {
	a := newAging(t)
	a.incident("checkout down", 40, true)
	common := a.files()
	a.incident("mail delayed", 40, false)
	ours := a.files()
	a.putBack(common)
	a.incident("another branch", 40, false)
	a.store()
	branch := a.archive
	a.putBack(ours)
	for _, run := range branch {
		if err := (Store{a.Replica}).Accept(t.Context(), []mesh.Run{run})()[0]; err != nil && !errors.Is(err, mesh.ErrElsewhere) {
			t.Fatal(err)
		}
	}
	if len(a.Forks()) != 1 {
		t.Fatal("no fork")
	}
	hash, lines := a.hash(), a.lines()
	a.hold(func() { a.packLoose(a.state, 0) })
	placed := 0
	a.View(func(s *model.State) {
		for inc := range s.Incidents() {
			placed += len(inc.Places)
		}
	})
	if placed != 3 {
		t.Errorf("%d incidents have their entries in the log alone", placed)
	}
	a.same("packed", hash, lines)
	a.View(func(s *model.State) {
		if n := s.Missed(); n > 0 {
			t.Errorf("%d times missed", n)
		}
	})
}
