package replica_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"holdfast/model"
	"holdfast/sync/mesh"
	"holdfast/sync/replica"
	"holdfast/sync/secret"
)

func openHome(t *testing.T, dir string) *replica.Home {
	t.Helper()
	h, err := replica.OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, replica.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func found(t *testing.T, h *replica.Home) *replica.Replica {
	t.Helper()
	r, err := h.Found(t.Context(), replica.Founding{Name: "Payments", Person: "Ana Ruiz", Email: "ana@example.org"})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func must(t *testing.T, r *replica.Replica, c model.Command) model.Done {
	t.Helper()
	done, err := r.Do(t.Context(), c)
	if err != nil {
		t.Fatalf("%T: %v", c, err)
	}
	return done
}

func hash(t *testing.T, r *replica.Replica) model.Hash {
	t.Helper()
	h, err := r.Hash()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestReopenedHomeHoldsTheSameState(t *testing.T) {
	dir := t.TempDir()
	h := openHome(t, dir)
	r := found(t, h)
	inc := must(t, r, model.Declare{Title: "Checkout down", Severity: model.P0})
	entry := must(t, r, model.Log{Incident: inc.Code, Text: "db-1 does not answer"})
	must(t, r, model.EditEntry{Entry: entry.ID.String(), Text: "db-2 does not answer"})
	must(t, r, model.AssignRole{Incident: inc.Code, Role: "ic", Person: "Ana Ruiz"})
	before := hash(t, r)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = openHome(t, dir)
	defer h.Close()
	rooms := h.Rooms()
	if len(rooms) != 1 {
		t.Fatalf("%d rooms after reopening", len(rooms))
	}
	if after := hash(t, rooms[0]); after != before {
		t.Errorf("state hash %s after reopening, %s before", after, before)
	}
}

func TestStateFromSnapshotEqualsStateFromLog(t *testing.T) {
	dir := t.TempDir()
	h := openHome(t, dir)
	r := found(t, h)
	inc := must(t, r, model.Declare{Title: "Checkout down", Severity: model.P0})
	logMany(t, r, inc.Code, 8, 300) // over what makes a snapshot
	before := hash(t, r)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	h = openHome(t, dir)
	defer h.Close()
	r = h.Rooms()[0]
	if after := hash(t, r); after != before {
		t.Errorf("state hash %s from the snapshot, %s before", after, before)
	}
	must(t, r, model.Log{Incident: inc.Code, Text: "goes on"})
}

func logMany(t *testing.T, r *replica.Replica, code string, writers, each int) {
	t.Helper()
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if _, err := r.Do(t.Context(), model.Log{Incident: code, Text: fmt.Sprintf("writer %d entry %d", w, i)}); err != nil {
					t.Errorf("log: %v", err)
				}
			}
		})
	}
	wg.Wait()
	r.View(func(s *model.State) {
		inc, err := s.FindIncident(code)
		if err != nil || len(inc.Entries) < writers*each {
			t.Errorf("%d entries, want at least %d (%v)", len(inc.Entries), writers*each, err)
		}
	})
}

func TestSecondOwnerIsRefused(t *testing.T) {
	dir := t.TempDir()
	defer openHome(t, dir).Close()
	if _, err := replica.OpenHome(dir, secret.Options{Prefer: secret.KeyFile}, replica.Options{}); !errors.Is(err, replica.ErrHomeInUse) {
		t.Errorf("second owner: %v", err)
	}
}

func TestRefusedCommandChangesNothing(t *testing.T) {
	h := openHome(t, t.TempDir())
	defer h.Close()
	r := found(t, h)
	before := hash(t, r)
	for _, c := range []model.Command{
		model.Log{Incident: "INC-NONE", Text: "x"},
		model.Declare{Title: ""},
		model.Declare{Title: "x", Severity: "P9"},
	} {
		if _, err := r.Do(t.Context(), c); !errors.Is(err, model.ErrRefused) {
			t.Errorf("%T: %v, want a refusal", c, err)
		}
	}
	if hash(t, r) != before {
		t.Error("a refused command changed the state")
	}
}

func TestWorkAfterCloseIsAnswered(t *testing.T) {
	h := openHome(t, t.TempDir())
	r := found(t, h)
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Do(t.Context(), model.Declare{Title: "x"}); !errors.Is(err, replica.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestForeignGarbageIsRefusedAndNothingIsLost(t *testing.T) {
	h := openHome(t, t.TempDir())
	defer h.Close()
	r := found(t, h)
	before := hash(t, r)
	run, _, err := r.ReadRun(r.OwnFeed(), 0, 64<<10)
	if err != nil {
		t.Fatal(err)
	}
	bent := run
	bent.Bytes = append([]byte(nil), run.Bytes...)
	bent.Bytes[len(bent.Bytes)/2] ^= 1
	errs := r.Ingest(t.Context(), []mesh.Run{bent, {Feed: run.Feed, First: 1, Count: 1, Bytes: []byte("garbage")}, run})
	if errs[0] == nil || errs[1] == nil {
		t.Errorf("damaged runs were taken: %v", errs)
	}
	if errs[2] != nil {
		t.Errorf("a sound run after them was refused: %v", errs[2])
	}
	if hash(t, r) != before {
		t.Error("garbage changed the state")
	}
}

func TestSubscribersHearOfWhatChanged(t *testing.T) {
	h := openHome(t, t.TempDir())
	defer h.Close()
	r := found(t, h)
	heard := make(chan replica.Change, 8)
	stop := r.Subscribe(func(c replica.Change) { heard <- c })
	inc := must(t, r, model.Declare{Title: "x"})
	select {
	case c := <-heard:
		if !c.Incidents[inc.ID] || c.Room {
			t.Errorf("change %+v, want incident %s alone", c, inc.ID)
		}
	case <-time.After(5 * time.Second):
		t.Fatal("nothing heard")
	}
	stop()
	must(t, r, model.Declare{Title: "y"})
	if len(heard) != 0 {
		t.Error("heard after stop")
	}
}

// TestKeyOfARemovalSurvivesARestart: it is kept beside the log, and is read from
// the log where it was not kept.
func TestKeyOfARemovalSurvivesARestart(t *testing.T) {
	dir := t.TempDir()
	h := openHome(t, dir)
	r := found(t, h)
	lost := model.DeviceKey{2}
	must(t, r, model.IssueInvite{Invite: model.ID{1}, Role: model.RoleMember, Expires: time.Now().Add(time.Hour), Uses: 1})
	must(t, r, model.AdmitMember{Device: lost, Invite: model.ID{1}, Person: "Tom Okafor"})
	before := readTree(t, dir)
	must(t, r, model.RemoveMember{Device: lost.String(), Reason: "stolen"})
	inc := must(t, r, model.Declare{Title: "under the new key"})
	state := hash(t, r)
	for _, put := range []map[string][]byte{nil, before} {
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		for name, b := range put { // a crash lost what was kept last
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		h = openHome(t, dir)
		r = h.Rooms()[0]
		if r.Keys().Len() != 2 || hash(t, r) != state {
			t.Errorf("%d keys after reopening, of 2", r.Keys().Len())
		}
		must(t, r, model.Log{Incident: inc.Code, Text: "goes on"})
		state = hash(t, r)
	}
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
}

// readTree gives the files of a home that are not a room's.
func readTree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		name := filepath.Join(dir, e.Name())
		if files[name], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	return files
}
